"""Messages of Outlook: read as mail is."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from compounds import compound, item, outlook
from reading import documents, one, shown, texts

from searchlib import MissingExtra, SeedError
from searchlib.concurrency.sandbox import keeping
from searchlib.documents.holders.msg import as_sent

SUBJECT, KIND, HEADER, ANSWERED = 0x0037, 0x001A, 0x007D, 0x1042
PLAIN, RTF, HTML = 0x1000, 0x1009, 0x1013
SENDER, ADDRESS, SENT, ID = 0x0C1A, 0x5D01, 0x0039, 0x1035
NAME, MAIL, TYPE = 0x3001, 0x39FE, 0x0C15
FILE, CONTENT, MIME = 0x3707, 0x3701, 0x370E
CODE_PAGE, LANGUAGE_OF_HTML = 0x3FFD, 0x3FDE


@pytest.fixture(scope="module", autouse=True)
def one_sandbox() -> Iterator[None]:
    with keeping():
        yield


def test_a_message_has_its_subject_people_and_date_and_its_text() -> None:
    data = compound(
        outlook(
            {
                SUBJECT: "Grüße vom Hafen", SENDER: "Poe, Änne", ADDRESS: "ann@example.org", ID: "<abc@example.org>",
                SENT: datetime(2025, 11, 21, 9, tzinfo=UTC), PLAIN: "The harbour is closed.\r\n\r\n> Is it open?\r\n",
            },
            recipients=(
                item({NAME: "Bo Öz", MAIL: "bo@example.org", TYPE: 1}),
                item({NAME: "c@example.org", MAIL: "c@example.org", TYPE: 1}),
                item({NAME: "Di", 0x3003: "/O=X/CN=DI", TYPE: 2}),
                item({NAME: "Hidden", MAIL: "e@example.org", TYPE: 3}),
            ),
        )
    )  # fmt: skip
    found = one("a.msg", data)
    assert (found.title, found.type) == ("Grüße vom Hafen", "mail")
    assert dict(found.metadata) == {
        "from": "Poe, Änne <ann@example.org>",
        "to": ("Bo Öz <bo@example.org>", "c@example.org"),
        "cc": "Di",
        "date": "2025-11-21T09:00:00+00:00",
        "message_id": "abc@example.org",
    }
    assert [(kind, text) for kind, _, text in shown(found)] == [
        ("text", "The harbour is closed."),
        ("quote", "Is it open?"),
    ]


def test_the_header_that_a_message_came_with_is_believed_first() -> None:
    header = (
        "Microsoft Mail Internet Headers Version 2.0\r\nFrom: =?utf-8?Q?Poe=2C_=C3=84nne?= <ann@example.org>\r\n"
        "Date: Fri, 21 Nov 2025 10:00:00 +0100\r\nList-ID: <tides.example.org>\r\nContent-Type: text/html\r\n\r\n"
    )
    found = one(
        "a.msg", compound(outlook({HEADER: header, SENDER: "other", SUBJECT: "x", PLAIN: "Tide.", ID: "<i@j>"}))
    )
    assert dict(found.metadata) == {
        "from": "Poe, Änne <ann@example.org>",
        "date": "2025-11-21T10:00:00+01:00",
        "message_id": "i@j",
        "list_id": "tides.example.org",
    }
    assert found.text == "Tide."


def test_of_the_forms_of_a_text_html_comes_first_and_rtf_last() -> None:
    compressed_rtf = pytest.importorskip("compressed_rtf", reason="of searchlib[mail]")
    rtf = compressed_rtf.compress(rb"{\rtf1\ansi In \'e4 harbour.\par Deep.}")
    html = "<p>Tide</p><p>Straße</p>".encode("cp1252")
    page = {HTML: html, PLAIN: "plain", RTF: rtf, LANGUAGE_OF_HTML: 28591}
    assert texts("a.msg", compound(outlook(page))) == ["Tide", "Straße"]
    assert texts("a.msg", compound(outlook({HTML: "<p>Straße</p>", PLAIN: "plain"}))) == ["Straße"]
    assert texts("a.msg", compound(outlook({PLAIN: "plain", RTF: rtf}))) == ["plain"]
    assert texts("a.msg", compound(outlook({RTF: rtf}))) == ["In ä harbour.", "Deep."]
    assert texts("a.msg", compound(outlook({RTF: b"no rtf", SUBJECT: "x"}))) == ["x"]


@pytest.mark.parametrize(
    ("page", "data", "expected"),
    [
        (1251, "Прилив".encode("cp1251"), "Прилив"),
        (950, "格式測試".encode("big5"), "格式測試"),
        (65001, "Straße".encode("cp1252"), "Straße"),
        (0, "Straße".encode("cp1252"), "Straße"),
    ],
)
def test_texts_of_old_programs_are_in_the_code_page_that_the_message_names(
    page: int, data: bytes, expected: str
) -> None:
    found = one("a.msg", compound(outlook({-SUBJECT: data, -PLAIN: data + b"\0", CODE_PAGE: page})))
    assert (found.title, found.text) == (expected, expected)


def test_attached_files_and_messages_are_documents_of_their_own() -> None:
    deep = outlook({SUBJECT: "Deep", PLAIN: "Deepest."}, item({FILE: "d.txt", CONTENT: b"In the deep."}), head=24)
    inner = {"__substg1.0_3701000D": deep}
    data = compound(
        outlook(
            {SUBJECT: "Outer", PLAIN: "See below."},
            item({FILE: "../notes.txt", CONTENT: b"A long note. " * 1000}),
            item({FILE: "logo.png", CONTENT: b"\x89PNG"}),
            item({NAME: "Deep"}, **inner),
            item({FILE: "elsewhere.txt"}),
        )
    )
    found = documents("mail.msg", data)
    assert [(document.path, document.title, document.text[:12]) for document in found] == [
        ("mail.msg", "Outer", "See below."),
        ("mail.msg#notes.txt", "notes", "A long note."),
        ("mail.msg#Deep.eml", "Deep", "Deepest."),
        ("mail.msg#Deep.eml#d.txt", "d", "In the deep."),
    ]
    assert found[0].metadata["attachments"] == ("notes.txt", "logo.png", "Deep.eml")


def test_what_is_signed_is_read_and_what_is_encrypted_told() -> None:
    signed = b'Content-Type: multipart/signed; boundary="b"\r\n\r\n--b\r\n\r\nSigned tide.\r\n--b--\r\n'
    kinds = {KIND: "IPM.Note.SMIME.MultipartSigned", SUBJECT: "x"}
    assert texts("a.msg", compound(outlook(kinds, item({MIME: "multipart/signed", CONTENT: signed})))) == [
        "Signed tide."
    ]
    told: list[str] = []
    secret = item({MIME: "application/pkcs7-mime", FILE: "smime.p7m", CONTENT: b"\x30\x80"})
    assert one("a.msg", compound(outlook({SUBJECT: "Secret"}, secret)), told).text == "Secret"
    assert told == ["Secret: is encrypted; only its header can be found: save it decrypted"]


def test_contacts_and_appointments_have_what_is_known_of_them() -> None:
    contact = {
        KIND: "IPM.Contact",
        SUBJECT: "Ann Poe",
        NAME: "Dr Ann Poe",
        0x3A16: "Tide & Co",
        0x8001: "ann@example.org",
    }
    found = one("a.msg", compound(outlook({**contact, PLAIN: "Met once."}, names={0x8083: 0x8001})))
    assert [text for _, _, text in shown(found)] == ["Dr Ann Poe\nTide & Co\nann@example.org", "Met once."]
    meeting = {KIND: "IPM.Appointment", SUBJECT: "Tides", 0x8002: "Harbour 7", SENT: datetime(2025, 1, 1, tzinfo=UTC)}
    begins = {0x8003: datetime(2025, 11, 21, 9, tzinfo=UTC)}
    found = one("a.msg", compound(outlook({**meeting, **begins}, names={0x8208: 0x8002, 0x820D: 0x8003})))
    assert (found.text, found.metadata["date"]) == ("Harbour 7", "2025-11-21T09:00:00+00:00")


def test_what_is_no_message_or_damaged_is_told() -> None:
    with pytest.raises(SeedError, match=r"no message of Outlook: does not begin as one; if it is mail as text, name"):
        one("a.msg", "Subject: x\n\ny")
    with pytest.raises(SeedError, match="no message of Outlook, but another of its kind of files"):
        one("a.msg", compound({"WordDocument": b"x"}))
    whole = compound(outlook({SUBJECT: "x", PLAIN: "y"}))
    with pytest.raises(SeedError, match="a damaged message of Outlook"):
        one("a.msg", whole[:600])
    assert documents("a.msg", b"") == []


def test_what_it_needs_is_told_with_its_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "olefile", None)
    with pytest.raises(MissingExtra, match=r'needs olefile: pip install "searchlib\[mail\]"'):
        list(as_sent(compound(outlook({SUBJECT: "x"})), "a.msg"))
