"""Mail: messages, what is quoted in them, and what is attached."""

from __future__ import annotations

from email.message import EmailMessage
from pathlib import Path

import pytest
from packing import docx, packed
from reading import documents, one, paragraphs, placed, shown, texts

import searchlib
from searchlib import SeedError
from searchlib.documents import Seed, load, walk
from searchlib.documents.holders.mail import load_eml
from searchlib.guards.limits import LIMITS

BODY = """Dear Bo,

the harbour is closed,
I fear.

On Monday Bo wrote:
> Is the harbour open?
> I ask.
>
> Bo

Yours
-- 
Ann Poe
Harbour Street 7
"""  # noqa: W291 - so a signature begins


def message(subject: str = "The harbour", body: str = BODY) -> EmailMessage:
    made = EmailMessage()
    made["Subject"] = subject
    made["From"] = "Ann Poe <ann@example.org>"
    made["To"] = "Bo Öz <bo@example.org>, c@example.org"
    made["Date"] = "Fri, 21 Nov 2025 10:00:00 +0100"
    made["Message-ID"] = "<abc@example.org>"
    made.set_content(body)
    return made


def test_a_message_has_its_subject_people_and_date_and_tells_quotations_and_signature_apart() -> None:
    found = one("a.eml", message("Grüße vom Hafen").as_bytes())
    assert found.title == "Grüße vom Hafen"
    assert dict(found.metadata) == {
        "from": "Ann Poe <ann@example.org>",
        "to": ("Bo Öz <bo@example.org>", "c@example.org"),
        "date": "2025-11-21T10:00:00+01:00",
        "message_id": "abc@example.org",
    }
    assert [(kind, text) for kind, _, text in shown(found)] == [
        ("text", "Dear Bo,"),
        ("text", "the harbour is closed,\nI fear."),
        ("text", "On Monday Bo wrote:"),
        ("quote", "Is the harbour open?\nI ask."),
        ("quote", "Bo"),
        ("text", "Yours"),
        ("text", "Ann Poe\nHarbour Street 7"),
    ]
    assert placed(found)[0][0] == "message 1 “2025-11-21”"


def test_of_alternatives_the_last_that_can_be_read_is() -> None:
    made = message()
    made.add_alternative("<p>Dear <b>Bo</b>,</p><blockquote>Is it open?</blockquote>", subtype="html")
    assert [(kind, text) for kind, _, text in shown(one("a.eml", made.as_bytes()))] == [
        ("text", "Dear Bo,"),
        ("quote", "Is it open?"),
    ]
    made = message("x", "Plain.")
    made.add_alternative("  ", subtype="html")
    assert texts("a.eml", made.as_bytes()) == ["Plain."]


def test_attachments_are_documents_of_their_own_and_so_is_what_is_in_them() -> None:
    inner = message("Inner", "Deep tide.")
    inner.add_attachment(b"Deepest.", maintype="text", subtype="plain", filename="deep.txt")
    made = message("Outer", "See below.")
    made.add_attachment(docx("<w:p><w:r><w:t>In Word.</w:t></w:r></w:p>"), maintype="application", subtype="x",
                        filename="../../etc/report.docx")  # fmt: skip
    made.add_attachment(b"\x89PNG", maintype="image", subtype="png", filename="logo.png")
    made.add_attachment(packed({"a/b.txt": "In an archive."}), maintype="application", subtype="zip", filename="x.zip")
    made.add_attachment(b"no zip", maintype="application", subtype="zip", filename="y.zip")
    made.add_attachment(inner)
    told: list[str] = []
    found = documents("mail.eml", made.as_bytes(), told)
    assert [(document.path, document.text, document.title) for document in found] == [
        ("mail.eml", "See below.", "Outer"),
        ("mail.eml#report.docx", "In Word.", "report"),
        ("mail.eml#x.zip#a/b.txt", "In an archive.", "b"),
        ("mail.eml#Inner.eml", "Deep tide.", "Inner"),
        ("mail.eml#Inner.eml#deep.txt", "Deepest.", "deep"),
    ]
    assert found[0].metadata["attachments"] == ("report.docx", "logo.png", "x.zip", "y.zip", "Inner.eml")
    assert found[1].metadata["attached_to"] == "Outer"
    assert len(told) == 1
    assert told[0].startswith("y.zip: no ZIP, or a damaged one")


def test_a_mailbox_has_a_document_for_each_message_by_its_id() -> None:
    second = message("Second", "From here on\n>From the past\n\nthe tide turns.")
    second.replace_header("Message-ID", "<x#y/z@example.org>")
    boxed = b"From ann@example.org Fri Nov 21 10:00:00 2025\n%s\n\nFrom bo@example.org Sat Nov 22 10:00:00 2025\n%s\n"
    data = boxed % (message("First", "One.").as_bytes(), second.as_bytes().replace(b"\nFrom here", b"\n>From here"))
    data += b"\nFrom bo@example.org Sat Nov 22 10:00:00 2025\n" + message("Again", "Three.").as_bytes()
    found = documents("in.mbox", data)
    assert [(document.path, document.title) for document in found] == [
        ("in.mbox#abc@example.org", "First"),
        ("in.mbox#xy/z@example.org", "Second"),
        ("in.mbox#abc@example.org~2", "Again"),
    ]
    assert [p.text for p in paragraphs(found[1])] == ["From here on\nFrom the past", "the tide turns."]
    assert placed(found[2])[0][0] == "message 3 “2025-11-21”"


def test_a_message_of_a_mailbox_may_have_no_header() -> None:
    found = documents("in.mbox", "From ann@example.org Mon Jun 01 10:00:00 2009\n\nA tide.\n")
    assert [(document.path, document.title, document.text) for document in found] == [
        ("in.mbox#1", "Message 1", "A tide.")
    ]


def test_a_folder_of_messages_is_a_maildir(tmp_path: Path) -> None:
    box = tmp_path / "Maildir" / "cur"
    box.mkdir(parents=True)
    (box / "1204680122.27c448Bdc9a.host:2,S").write_bytes(message("Read", "A tide.").as_bytes())
    with searchlib.build(tmp_path / "Maildir", tmp_path / "index") as index:
        (hit,) = index.search("tide")
        assert (hit.document.title, hit.document.type) == ("Read", "mail")
        assert index.search("message:1").total == 1


@pytest.mark.parametrize(
    ("headers", "body", "expected"),
    [
        ("Content-Type: text/plain; charset=iso-8859-1", b"Stra\xdfe", "Straße"),
        ("Content-Type: text/plain; charset=nonsense", "Straße".encode(), "Straße"),
        ("Content-Type: text/plain; charset=utf-8", b"Stra\xdfe", "Straße"),
        ("Content-Transfer-Encoding: base64", b"VGlkZQ==", "Tide"),
        ("Content-Transfer-Encoding: base64", b"VGlk!ZQ", "Tide"),
        ("Content-Transfer-Encoding: quoted-printable", b"Ti=\nde =C3=9F", "Tide ß"),
        ("Content-Type: text/plain; format=flowed", b"The tide \nturns.\n> a \n> b", "The tide turns.\n\na b"),
        ("Content-Type: text/html", b"<p>Tide</p>", "Tide"),
    ],
)
def test_the_body_is_read_as_its_header_says_or_as_it_can_be(headers: str, body: bytes, expected: str) -> None:
    assert one("a.eml", f"Subject: x\n{headers}\n\n".encode() + body).text == expected


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        (b"=?utf-8?Q?M=C3=BCller=2C_J=C3=B6rg?= <j@example.org>", "Müller, Jörg <j@example.org>"),
        (b'"=?utf-8?Q?M=C3=BCller=2C_J=C3=B6rg?=" <j@example.org>', "Müller, Jörg <j@example.org>"),
        ('"Müller, Jörg" <j@example.org>'.encode(), "Müller, Jörg <j@example.org>"),
        ('"Müller, Jörg" <j@example.org>'.encode("cp1252"), "Müller, Jörg <j@example.org>"),
    ],
)
def test_names_with_a_comma_or_letters_that_are_not_encoded_are_one_person(header: bytes, expected: str) -> None:
    assert one("a.eml", b"From: " + header + b"\nSubject: x\n\nTide.\n").metadata["from"] == expected


def test_what_is_no_message_or_encrypted_is_told() -> None:
    with pytest.raises(SeedError, match="no message of mail"):
        one("a.eml", "\x01\x02 no header here\n")
    with pytest.raises(SeedError, match="no mailbox"):
        one("a.mbox", "Dear Bo,\n")
    told: list[str] = []
    data = 'Subject: Secret\nContent-Type: multipart/encrypted; boundary="b"\n\n--b\n\nx\n--b--\n'
    assert one("a.eml", data, told).text == "Secret"
    assert told == ["Secret: is encrypted; only its header can be found: save it decrypted"]


def test_parts_in_parts_and_attachments_without_end_are_bounded() -> None:
    nested = b"Tide."
    for number in range(60):
        kind = b"multipart/mixed; boundary=b%d" % number
        nested = b"Content-Type: " + kind + b"\n\n--b%d\n" % number + nested + b"\n--b%d--\n" % number
    assert one("a.eml", b"Subject: deep\n" + nested).text == "deep"
    made = message()
    for number in range(5):
        made.add_attachment(b"x", maintype="text", subtype="plain", filename=f"{number}.txt")
    seed = Seed("a.eml", made.as_bytes(), limits=LIMITS.with_(members=3))
    with pytest.raises(SeedError, match="has more than 3 files in it; raise it by members"):
        list(load_eml(seed))


def test_a_message_that_is_attached_to_itself_in_turn_ends(tmp_path: Path) -> None:
    made = message("0", "Body 0.")
    for number in range(1, 9):
        outer = message(str(number), f"Body {number}.")
        outer.add_attachment(made)
        made = outer
    (tmp_path / "a.eml").write_bytes(made.as_bytes())
    (seed,) = walk([tmp_path / "a.eml"])
    report = searchlib.documents.Report()
    assert len(list(load(seed, report=report))) == 5
    assert "more than 4 deep" in report.skipped[0].reason
