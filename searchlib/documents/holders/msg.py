"""Outlook's messages (``.msg``, MS-OXMSG), by olefile: made to messages as they are sent, which `mail` reads.

A *compound file* has storages, as folders, and streams. An *item* (a message, a recipient, an attachment) is a storage
of *properties*, each with a number (MS-OXPROPS): texts and bytes are a stream each, what is short stands in a list of
them all. The header that a message came with is believed before them. Of the forms of its text the first that is there
counts: HTML, plain text, RTF.

What contacts and appointments have in fields of their own comes before their text: who, how to reach them, and where.
The date of an appointment is that on which it begins.
"""

from __future__ import annotations

import base64
import codecs
import html
import json
import struct
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.header import Header
from email.message import Message
from email.parser import HeaderParser
from email.utils import format_datetime, formataddr, quote
from typing import TYPE_CHECKING, Final, TypeAlias

from searchlib.documents.encodings import decode
from searchlib.documents.holders.mail import message_documents
from searchlib.documents.holders.members import MOST_NESTED
from searchlib.documents.office.rtf import load_rtf
from searchlib.documents.packages import OLE
from searchlib.documents.sandboxing import ask
from searchlib.documents.seed import Seed
from searchlib.documents.text import clean
from searchlib.errors import MissingExtra, SeedError
from searchlib.model.records import Document

if TYPE_CHECKING:
    from olefile import OleFileIO

Storage: TypeAlias = "tuple[str, ...]"

_SUBJECT, _HEADER, _CLASS, _ID, _ANSWERED = 0x0037, 0x007D, 0x001A, 0x1035, 0x1042
_PLAIN, _RTF, _HTML = 0x1000, 0x1009, 0x1013
_TIMES: Final = (0x0039, 0x0E06, 0x3007)  # sent, delivered, made
_SENDER: Final = (0x0C1A, 0x0042)
_SENDER_ADDRESS: Final = (0x5D01, 0x5D02, 0x0C1F, 0x0065)
_NAME: Final = 0x3001
_ADDRESS: Final = (0x39FE, 0x3003)
_RECIPIENT_TYPE: Final = 0x0C15
_RECIPIENTS: Final = {"To": 1, "Cc": 2}
_FILE_NAME: Final = (0x3707, 0x3704, _NAME)
_CONTENT, _MIME_TYPE = 0x3701, 0x370E
_CODE_PAGE_OF_HTML, _CODE_PAGE = 0x3FDE, 0x3FFD
_CODE_PAGES: Final = {
    20127: "ascii", 20866: "koi8-r", 21866: "koi8-u", 28591: "cp1252", 50220: "iso-2022-jp", 50221: "iso-2022-jp",
    50225: "iso-2022-kr", 51932: "euc-jp", 51936: "gb2312", 51949: "euc-kr", 52936: "hz", 54936: "gb18030",
    65000: "utf-7", 65001: "utf-8", **{28590 + part: f"iso8859-{part}" for part in (*range(2, 10), 13, 15)},
}  # fmt: skip
_OF_CONTACTS: Final = (_NAME, 0x3A17, 0x3A18, 0x3A16, 0x3A08, 0x3A09, 0x3A1C)  # title, department, company, telephones
# Properties that have no number of their own are told by another list in the file, which gives them one.
_ALSO_OF_CONTACTS: Final = (0x8083, 0x8093, 0x80A3, 0x801B, 0x801A, 0x801C)  # mail, addresses
_PLACE, _BEGINS = 0x8208, 0x820D  # of appointments

_KEPT: Final = ("From", "To", "Cc", "Sender", "Date", "Message-ID", "List-ID", "In-Reply-To")
_NO_HEADER: Final = "Microsoft Mail Internet Headers Version 2.0"
_LONGEST: Final = 20_000  # characters of a header
_HEAD, _HEAD_WITHIN, _HEAD_OF_OTHERS = 32, 24, 8  # bytes before the list of properties
_SINCE: Final = datetime(1601, 1, 1, tzinfo=UTC)


def load_msg(seed: Seed) -> Iterator[Document]:
    """The message as a document, and what is attached to it. Raises SeedError if it is none."""
    data = seed.read()
    if not data:
        return
    if not data.startswith(OLE):
        raise SeedError("no message of Outlook: does not begin as one; if it is mail as text, name it .eml", seed.name)
    (sent,) = ask(f"{__name__}:as_sent", data, {"name": seed.name}, seed.limits, seed.name)
    yield from message_documents(seed, str(json.loads(sent)).encode("ascii"), seed.name, 1)


# In the sandbox


def as_sent(data: bytes, name: str) -> Iterator[str]:
    """A message as it is sent, in ASCII. Raises SeedError."""
    try:
        from olefile import OleFileIO
    except ImportError:
        raise MissingExtra("olefile", "mail", name) from None
    try:
        with OleFileIO(data) as file:
            item = _Item(_Compound(file), (), _HEAD)
            if not item.is_there:
                raise SeedError("no message of Outlook, but another of its kind of files: give it its own suffix", name)
            sent = _message(item, 0).as_bytes()
    except (
        OSError,
        struct.error,
        LookupError,
        ValueError,
        TypeError,
        AttributeError,
        OverflowError,
    ) as error:  # by olefile
        raise SeedError(f"a damaged message of Outlook ({error}); save it anew", name) from None
    yield sent.decode("ascii", "replace")


class _Compound:
    """A compound file, and the numbers of properties that only have one in this file."""

    def __init__(self, file: OleFileIO) -> None:
        self._file = file
        self.paths: set[Storage] = {tuple(path) for path in file.listdir(streams=True, storages=True)}
        listed = self.read(("__nameid_version1.0", "__substg1.0_00030102"))
        entries = struct.iter_unpack("<IHH", listed[: len(listed) // 8 * 8])
        self.numbers: dict[int, int] = {name: 0x8000 + number for name, kind, number in entries if not kind & 1}

    def read(self, path: Storage) -> bytes:
        """A stream; b"" if there is none."""
        if path not in self.paths:
            return b""
        with self._file.openstream(list(path)) as stream:
            return bytes(stream.read())


class _Item:
    """An item; its list of properties has a head of so many bytes. Texts are in ``code_page`` if it has none itself."""

    def __init__(self, compound: _Compound, storage: Storage, head: int, code_page: str = "") -> None:
        self.compound = compound
        self.storage = storage
        self._list = (*storage, "__properties_version1.0")
        listed = compound.read(self._list)[head:]
        entries = struct.iter_unpack("<HHI8s", listed[: len(listed) // 16 * 16])
        self._short: dict[int, bytes] = {number: value for _, number, _, value in entries}
        self.code_page = _codec(self.number(_CODE_PAGE) or self.number(_CODE_PAGE_OF_HTML)) or code_page

    @property
    def is_there(self) -> bool:
        """Whether there is such an item."""
        return self._list in self.compound.paths

    def number(self, prop: int) -> int:
        """A property that is a number; 0 if there is none."""
        return int.from_bytes(self._short.get(prop, b"")[:4], "little")

    def time(self, *props: int) -> str:
        """The first of these times that there is, as in a header; "" if there is none."""
        for prop in props:
            ticks = int.from_bytes(self._short.get(self._numbered(prop), b""), "little")
            if 0 < ticks < 1 << 61:  # year 9,000
                return format_datetime(_SINCE + timedelta(microseconds=ticks // 10))
        return ""

    def text(self, *props: int) -> str:
        """The first of these texts that there is."""
        for prop in props:
            name = self._numbered(prop)
            text = self.stream(name, "001F").decode("utf-16-le", "replace")
            if not text:
                text = _decoded(self.stream(name, "001E"), self.code_page)
            if text := clean(text.rstrip("\0")):
                return text
        return ""

    def stream(self, prop: int, kind: str) -> bytes:
        """The bytes of a property."""
        return self.compound.read((*self.storage, f"__substg1.0_{prop:04X}{kind}"))

    def _numbered(self, prop: int) -> int:
        return self.compound.numbers.get(prop, prop)

    def items(self, prefix: str) -> list[_Item]:
        """The items in it whose names begin so, in their order."""
        depth = len(self.storage)
        paths = sorted(
            path
            for path in self.compound.paths
            if len(path) == depth + 1 and path[:depth] == self.storage and path[-1].startswith(prefix)
        )
        return [_Item(self.compound, path, _HEAD_OF_OTHERS, self.code_page) for path in paths]

    def message(self) -> _Item:
        """The message that an attachment is, if it is one."""
        return _Item(self.compound, (*self.storage, f"__substg1.0_{_CONTENT:04X}000D"), _HEAD_WITHIN, self.code_page)


def _message(item: _Item, depth: int) -> Message:
    """A message as it is sent; it is in so many others."""
    sent = Message()
    header = HeaderParser().parsestr(item.text(_HEADER).removeprefix(_NO_HEADER).lstrip("\n"))
    about = _about(item)
    for name in _KEPT:
        _put(sent, name, ", ".join(map(str, header.get_all(name, []))) or about.get(name, ""))
    _put(sent, "Subject", item.text(_SUBJECT))
    sent["Content-Type"] = "multipart/mixed"
    sent.set_payload([])
    if details := _details(item):
        sent.attach(_part(f"<p>{details}</p>".encode(), "text/html", "utf-8"))
    sent.attach(_body(item))
    for attached in item.items("__attach_version1.0_"):
        inner = attached.message()
        if not inner.is_there:
            _attach(sent, attached)
        elif depth <= MOST_NESTED:  # one more than is read: that is told
            part = Message()
            part["Content-Type"] = "message/rfc822"
            part.set_payload([_message(inner, depth + 1)])
            sent.attach(part)
    return sent


def _about(item: _Item) -> dict[str, str]:
    """What a header would say, of what stands in properties."""
    about = {"From": _person(item.text(*_SENDER), item.text(*_SENDER_ADDRESS))}
    people = [(one.number(_RECIPIENT_TYPE), one) for one in item.items("__recip_version1.0_")]
    for name, kind in _RECIPIENTS.items():
        found = (_person(one.text(_NAME), one.text(*_ADDRESS)) for is_kind, one in people if is_kind == kind)
        about[name] = ", ".join(filter(None, found))
    begins = item.time(_BEGINS) if item.text(_CLASS).startswith(("IPM.Appointment", "IPM.Schedule")) else ""
    return {
        **about,
        "Date": begins or item.time(*_TIMES),
        "Message-ID": item.text(_ID),
        "In-Reply-To": item.text(_ANSWERED),
    }


def _person(name: str, address: str) -> str:
    """Somebody as in a header. What is no address of the internet is one that nobody sees."""
    address = address if "@" in address and address.isascii() and not address.startswith("/") else ""
    name = " ".join(name.split())
    if not address:
        return Header(name, "utf-8").encode() if not name.isascii() else f'"{quote(name)}"' if name else ""
    return formataddr((name if name.strip("'") != address else "", address))


def _put(sent: Message, name: str, value: str) -> None:
    value = " ".join(value.split())[:_LONGEST]
    if value:
        sent[name] = value if value.isascii() else Header(value, "utf-8").encode()


def _details(item: _Item) -> str:
    """What contacts and appointments have besides a text, in HTML."""
    if item.text(_CLASS).startswith("IPM.Contact"):
        said = [item.text(prop) for prop in (*_OF_CONTACTS, *_ALSO_OF_CONTACTS)]
    else:
        said = [item.text(_PLACE)]
    return "<br>".join(dict.fromkeys(html.escape(" ".join(one.split())) for one in said if one))


def _body(item: _Item) -> Message:
    """The text of a message, in the best form that there is."""
    if data := item.stream(_HTML, "0102") or item.stream(_HTML, "001E"):
        return _part(data, "text/html", _codec(item.number(_CODE_PAGE_OF_HTML)))
    if text := item.text(_HTML):
        return _part(text.encode(), "text/html", "utf-8")
    text = item.text(_PLAIN)
    if not text.strip() and (packed := item.stream(_RTF, "0102")):
        text = _from_rtf(packed)
    return _part(text.encode(), "text/plain", "utf-8")


def _from_rtf(packed: bytes) -> str:
    try:
        from compressed_rtf import decompress
    except ImportError:
        raise MissingExtra("compressed-rtf", "mail") from None
    try:
        data = decompress(packed)
    except Exception:  # which is all that it says of damage
        return ""
    return "\n\n".join(document.text for document in load_rtf(Seed("mail.rtf", data.strip(b"\0"))))


def _attach(sent: Message, attached: _Item) -> None:
    """Attach a file, if it is kept with the message."""
    data = attached.stream(_CONTENT, "0102")
    kind = attached.text(_MIME_TYPE).lower()
    if not data:
        return
    if kind == "multipart/signed":  # and all of the message is in it
        sent.attach(message_from_bytes(data))
        return
    encrypted = kind in ("application/pkcs7-mime", "application/x-pkcs7-mime")
    part = _part(data, kind if encrypted else "application/octet-stream", "")
    name = " ".join(attached.text(*_FILE_NAME).split())
    part.add_header("Content-Disposition", "attachment", filename=("utf-8", "", name))
    sent.attach(part)


def _part(data: bytes, kind: str, charset: str) -> Message:
    part = Message()
    part["Content-Type"] = f"{kind}; charset={charset}" if charset else kind
    part["Content-Transfer-Encoding"] = "base64"
    part.set_payload(base64.b64encode(data).decode("ascii"))
    return part


def _decoded(data: bytes, code_page: str) -> str:
    data = data.replace(b"\0", b"")
    try:
        return data.decode(code_page or "ascii")
    except ValueError:  # as files do in which it is that of another program
        return decode(data)


def _codec(number: int) -> str:
    """Python's name of a code page; "" if it has none."""
    name = _CODE_PAGES.get(number, f"cp{number}")
    try:
        return codecs.lookup(name).name
    except LookupError:
        return ""
