"""Mail: a document for each message, what it quotes told apart, and its attachments as documents of their own.

Of the forms in which a message says the same (``multipart/alternative``) the last that can be read is, as RFC 2046 has
it. A *signature* is what follows a line of ``-- ``: one paragraph. Messages stand alone in a file (``.eml``, a Maildir)
or one after another (``.mbox``), each behind a line that begins with ``From ``.
"""

from __future__ import annotations

import email
import email.errors
import email.header
import email.utils
import re
from collections.abc import Iterator
from dataclasses import replace
from email.message import Message
from itertools import groupby
from typing import Any, Final

from searchlib.documents.builder import Builder
from searchlib.documents.encodings import decode
from searchlib.documents.holders.members import Members
from searchlib.documents.markup.html import load_html
from searchlib.documents.seed import Seed
from searchlib.documents.text import clean
from searchlib.errors import SeedError
from searchlib.guards.limits import how_to_raise
from searchlib.model.locators import Locator
from searchlib.model.records import Document, Scalar
from searchlib.paragraphs import split

_PEOPLE: Final = {"from": "from", "to": "to", "cc": "cc", "sender": "sender"}
_SIGNATURE: Final = re.compile(r"^-- ?\n", re.MULTILINE)
_LONGEST_SIGNATURE: Final = 1200
_MARKS: Final = re.compile(r"(?:>[ \t]?)+")
_FROM: Final = re.compile(rb"From \S*.*\d\d:\d\d.*\d{4}|From - |From \S+@|From MAILER-DAEMON")
_MOST_HEADER: Final = 20_000  # bytes of a header that is decoded
_MOST_TRIED: Final = 50_000_000  # ends of parts, by lines
_MOST_PARTS: Final = 1000  # of a message
_DEEPEST: Final = 20  # parts in parts
_MIDDLE: Final = "no message of mail: has no header lines (From:, Date:, Subject:); if it is text, name it .txt"


def load_eml(seed: Seed) -> Iterator[Document]:
    """The message as a document, and what is attached to it. Raises SeedError if it is none."""
    data = seed.read()
    if not data.strip():
        return
    yield from message_documents(seed, data, seed.name, 1)


def load_mbox(seed: Seed) -> Iterator[Document]:
    """A document for each message, and for what is attached to it; read one message at a time."""
    taken: dict[str, int] = {}
    for number, (line, data) in enumerate(_messages(seed), 1):
        parsed = _parsed(data)
        said = _header(parsed, "message-id") if parsed is not None else ""
        name = "".join(said.split()).strip("<>").replace("#", "")[:200] or str(number)
        taken[name] = taken.get(name, 0) + 1
        if taken[name] > 1:
            name = f"{name}~{taken[name]}"
        try:
            yield from message_documents(seed, data, f"{seed.name}#{name}", number, line)
        except SeedError as error:
            seed.skips(line, str(error))


def _messages(seed: Seed) -> Iterator[tuple[int, bytes]]:
    """The messages of an mbox, each with the line that it begins on."""
    lines: list[bytes] = []
    first, number, size, blank, begun = 1, 0, 0, True, False
    with seed.open() as stream:
        while line := stream.readline(1 << 20):
            number += line.endswith(b"\n")
            if blank and line.startswith(b"From ") and _FROM.match(line):
                if begun:
                    yield first, b"".join(lines)
                lines.clear()
                first, size, begun, blank = number + 1, 0, True, False
                continue
            if not begun and line.strip():
                raise SeedError("no mailbox: does not begin with a line as 'From someone@example.org …'", seed.name)
            size += len(line)
            if size > seed.limits.file_bytes:
                told = f"a message of more than {seed.limits.file_bytes:,} bytes"
                raise SeedError(f"{told}; {how_to_raise('file_bytes')}", seed.name)
            blank = not line.strip()
            lines.append(line[1:] if line.startswith(b">") and line.lstrip(b">").startswith(b"From ") else line)
    if begun:
        yield first, b"".join(lines)


def _parsed(data: bytes) -> Message | None:
    if data.lower().count(b"boundary=") * data.count(b"\n") > _MOST_TRIED:  # the parser tries each at each line
        return None
    try:
        return email.message_from_bytes(data)
    except (email.errors.MessageError, ValueError, LookupError, RecursionError, AttributeError, IndexError):
        return None


def message_documents(seed: Seed, data: bytes, path: str, number: int, line: int = 0) -> Iterator[Document]:
    """The documents of a message: itself, and what is attached to it. It has a number, and begins on a line, if any.

    Raises SeedError if it is none.
    """
    message = _parsed(data)
    if message is None or (path == seed.name and not message.keys()):  # in a mailbox it may have none
        raise SeedError(_MIDDLE, seed.name)
    about = _about(message)
    date = about.get("date", "")
    place = (Locator("message", number, str(date)[:10]),)
    builder = Builder()
    parts = _MessageParts(seed, builder, place)
    parts.add(message)
    names = [name for name, _ in parts.attached]
    if names:
        about["attachments"] = tuple(names)
    subject = _header(message, "subject")
    title = subject or (seed.stem if path == seed.name else f"Message {number}")
    if not builder.text:  # it is found by its subject
        builder.add(subject, "text", 0, 0, place)
    yield Document(path, builder.text, title, "mail", seed.options.language, about, builder.blocks, line)
    if parts.encrypted:
        seed.notes(line, f"{title}: is encrypted; only its header can be found: save it decrypted")
    members = Members(seed)
    for name, content in parts.attached:
        if members.wants(name, path):
            for document in members.load(name, content, path):
                found = {**document.metadata, "attached_to": title}
                yield replace(document, metadata=found)


class _MessageParts:
    """Goes through the parts of a message: text to the builder, files to ``attached``."""

    def __init__(self, seed: Seed, builder: Builder, place: tuple[Locator, ...]) -> None:
        self.seed = seed
        self.builder = builder
        self.place = place
        self.attached: list[tuple[str, bytes]] = []
        self.encrypted = False
        self._left = _MOST_PARTS

    def add(self, part: Message, depth: int = 0) -> None:
        """Add a part, with all that is in it."""
        self._left -= 1
        if self._left < 0 or depth > _DEEPEST:
            return
        kind = part.get_content_type()
        held: Any = part.get_payload()
        inner: list[Message] = held if isinstance(held, list) else []
        if kind in ("multipart/encrypted", "application/pkcs7-mime", "application/x-pkcs7-mime"):
            self.encrypted = True
        elif kind == "message/rfc822" and inner:
            name = _name_of(part) or _header(inner[0], "subject") or f"message{len(self.attached) + 1}"
            self.attached.append((_safe(name.removesuffix(".eml") + ".eml"), _bytes_of(inner[0])))
        elif kind == "multipart/alternative":
            readable = [one for one in inner if _is_readable(one)]
            for one in readable[-1:] or inner[-1:]:
                self.add(one, depth + 1)
            for one in inner:  # a calendar, or a file that a program put among them
                if one not in readable and one.get_filename():
                    self.add(one, depth + 1)
        elif isinstance(held, list):
            for one in inner:
                self.add(one, depth + 1)
        elif kind in ("text/plain", "text/html") and part.get_content_disposition() != "attachment" and not (
            part.get_filename() and kind == "text/plain" and self.builder.text
        ):  # fmt: skip
            self._text(part, kind == "text/html")
        else:
            name = _name_of(part)
            if name:
                self.attached.append((_safe(name), _payload(part)))

    def _text(self, part: Message, is_html: bool) -> None:
        data = _payload(part)
        charset = part.get_content_charset("") or ""
        try:
            text = data.decode(charset or "ascii")
        except (LookupError, ValueError):
            text = decode(data.replace(b"\0", b""), self.seed.name)
        if is_html:
            page = replace(self.seed, name="mail.html", source=text.encode("utf-8", "replace"))
            for document in load_html(page):
                self.builder.copy(document, self.place)
            return
        text = clean(text)
        if part.get_param("format") == "flowed":
            text = _unflowed(text)
        signatures = list(_SIGNATURE.finditer(text, max(0, len(text) - 2 * _LONGEST_SIGNATURE)))
        signed = signatures[-1] if signatures else None
        signature = text[signed.end() :] if signed is not None else ""
        if signed is None or len(signature) > _LONGEST_SIGNATURE:
            signature = ""
        else:
            text = text[: signed.start()]
        for quoted, rows in groupby(text.split("\n"), key=lambda row: row.startswith(">")):
            run = "\n".join(_MARKS.sub("", row) if quoted else row for row in rows)
            for one in split(Document("", run)):
                self.builder.add(one.text, "quote" if quoted else one.kind, 0, 0, self.place)
        self.builder.add("\n".join(row.rstrip() for row in signature.split("\n")), "text", 0, 0, self.place)


def _about(message: Message) -> dict[str, Scalar | tuple[Scalar, ...]]:
    """What a message's header says, as metadata."""
    about: dict[str, Scalar | tuple[Scalar, ...]] = {}
    for key, header in _PEOPLE.items():
        said = email.utils.getaddresses(_headers(message, header)[:20])
        people = tuple(_person(_decoded(name), address) for name, address in said if name or address)
        if people:
            about[key] = people[0] if len(people) == 1 else people
    try:
        date = email.utils.parsedate_to_datetime(_header(message, "date"))
    except (ValueError, TypeError, IndexError, OverflowError):
        date = None
    if date is not None:
        about["date"] = date.isoformat()
    for key in ("message-id", "list-id", "in-reply-to"):
        value = _header(message, key)
        if value:
            about[key.replace("-", "_")] = value.strip("<>")
    return about


def _person(name: str, address: str) -> str:
    name = " ".join(clean(name).split())
    return f"{name} <{clean(address)}>" if name and address else name or clean(address)


def _headers(message: Message, name: str) -> list[str]:
    """The headers of a name as they stand there, in whatever encoding."""
    found = (str(value)[:_MOST_HEADER] for key, value in message.raw_items() if key.lower() == name)
    return [
        text if text.isascii() else decode(text.replace("\0", "").encode("utf-8", "surrogateescape")) for text in found
    ]


def _header(message: Message, name: str) -> str:
    """What the first header of a name says; "" if there is none."""
    found = _headers(message, name)
    return " ".join(clean(_decoded(found[0])).split()) if found else ""


def _decoded(text: str) -> str:
    """A header's text, with encoded words decoded."""
    try:
        parts = email.header.decode_header(text)
    except (email.errors.HeaderParseError, ValueError):
        return text
    found = []
    for part, charset in parts:
        if isinstance(part, str):
            found.append(part)
            continue
        try:
            found.append(part.decode(charset or "utf-8"))
        except (LookupError, ValueError):
            found.append(decode(part.replace(b"\0", b"")))
    return re.sub(r"\r?\n[ \t]*", " ", "".join(found)).encode("utf-8", "replace").decode("utf-8")


def _payload(part: Message) -> bytes:
    try:
        data = part.get_payload(decode=True)
    except (ValueError, LookupError, AssertionError):
        data = None
    return data if isinstance(data, bytes) else b""


def _bytes_of(message: Message) -> bytes:
    try:
        return message.as_bytes(unixfrom=False)
    except (ValueError, LookupError, KeyError, AttributeError, TypeError, RecursionError):
        return b""


def _is_readable(part: Message) -> bool:
    kind = part.get_content_type()
    if kind in ("text/plain", "text/html"):
        return bool(_payload(part).strip())
    return kind.startswith("multipart/")


def _name_of(part: Message) -> str:
    try:
        return _decoded(part.get_filename() or "")
    except (ValueError, LookupError, TypeError):
        return ""


def _safe(name: str) -> str:
    """A name without folders: what stands behind the last slash."""
    base = re.split(r"[/\\]", clean(name))[-1]
    shown = "".join(letter if letter.isprintable() and letter != "#" else "_" for letter in base).strip(". ")
    return shown[-120:] or "attachment"


def _unflowed(text: str) -> str:
    """Text whose lines go on where they end in a blank (RFC 3676), with each paragraph on a line."""
    rows: list[str] = []
    open_at = ""
    is_open = False
    for line in text.split("\n"):
        marks = line[: len(line) - len(line.lstrip(">"))]
        body = line[len(marks) :].removeprefix(" ")
        if is_open and marks == open_at and body != "-- ":
            rows[-1] += body
        else:
            rows.append(f"{marks} {body}" if marks else body)
        is_open, open_at = body.endswith(" ") and body != "-- ", marks
    return "\n".join(rows)
