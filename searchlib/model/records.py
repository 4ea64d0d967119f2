"""What travels through searchlib: documents, their paragraphs, and how the index names them.

* A *seed* is a source file. A *document* is what a seed loads into: a file has one, a CSV or JSON Lines
  file one a row.
* A *block* is a range of a document's text that a loader saw as one thing: a heading, a list item, a table.
* A *paragraph* is a slice of a document's text, with its place. For every paragraph
  ``document.text[p.start:p.end] == p.text``; all offsets are code points.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import field
from functools import cache
from typing import Final, Literal, TypeAlias

from searchlib.frozen import frozen
from searchlib.hashing import blake2b
from searchlib.model.jsonable import JsonObject, as_object
from searchlib.model.locators import Locator
from searchlib.model.shortening import shortened

Scalar: TypeAlias = str | int | float | bool
TOO_BIG = 1 << 1023
"""What no value of metadata may reach: a float has to hold it."""
Metadata: TypeAlias = Mapping[str, "Scalar | tuple[Scalar, ...]"]

Kind: TypeAlias = Literal["text", "heading", "item", "table", "code", "quote"]
KEEPS_LINES: Final = ("code", "table")
"""Kinds of paragraphs in which line breaks mean something."""

ID_LENGTH = 16
_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"  # Crockford's base 32: no i, l, o, u to misread
_DIGITS = b"0123456789abcdefghijklmnopqrstuv"  # those of `int`, to which all that is in no id is no digit
_TO_DIGITS = bytes(_DIGITS[_ALPHABET.index(chr(code))] if chr(code) in _ALPHABET else ord("!") for code in range(256))


@frozen
class Block:
    """A range of a document's text as its format has it: ``text[start:end]``, from ``start`` to ``end``.

    ``kind`` is what it is, ``headings`` are those above it; it begins on ``line`` of its file, which is 0 where that
    has no lines, and where ``locators`` say.
    """

    start: int
    end: int
    kind: Kind = "text"
    headings: tuple[str, ...] = ()
    line: int = 1
    locators: tuple[Locator, ...] = ()


@frozen
class Document:
    """What a seed (or a row of one) loads into.

    ``path`` names it in the index: relative, with ``/``, and for a row ``file.csv#id``. ``text`` is what a reader sees,
    without markup; ``title`` and ``type`` ("text", "pdf", …) are shown, and can be searched. ``metadata`` is what else
    is known: text, numbers, true and false, or tuples of them. ``blocks`` are in order and do not overlap; None says
    that the text is plain and paragraphs are to be found in it. ``line`` is the line of the seed on which the text
    begins. ``language`` is an ISO 639-1 code, or "" to have it detected. ``digest`` is what its loader knows it to be
    changed by, "" if that is to be found out from all the rest (`document_digest`).
    """

    path: str
    text: str
    title: str = ""
    type: str = "text"
    language: str = ""
    metadata: Metadata = field(default_factory=dict, hash=False)
    blocks: tuple[Block, ...] | None = None
    line: int = 1
    digest: str = ""

    def __repr__(self) -> str:
        return f"<Document {self.path!r}, {len(self.text):,} characters: {shortened(self.text)}>"


@frozen
class Paragraph:
    """A slice of a document's text.

    ``number`` counts from 1; ``start`` and ``end`` are its range in the text of the document, in code points, and
    ``text`` is what stands there. ``headings`` are those above it, the outermost first, and ``kind`` what it is: text,
    an item of a list, a table, code, a quote. ``line`` (from 1; 0 in a file without lines) and ``locators`` (page,
    slide, …) say where it stands in the file.
    """

    number: int
    start: int
    end: int
    text: str
    line: int = 1
    headings: tuple[str, ...] = ()
    kind: Kind = "text"
    locators: tuple[Locator, ...] = ()

    def __repr__(self) -> str:
        return f"<Paragraph {self.number}, [{self.start}:{self.end}], line {self.line}: {shortened(self.text)}>"

    def as_dict(self) -> JsonObject:
        """All but the text, ready for JSON."""
        return as_object(self, "text")


@frozen
class DocumentInfo:
    """A document as a hit shows it: everything but the text.

    ``path`` names it in the index, ``title`` is for people, ``type`` its format ("text", "pdf", …), ``language`` an ISO
    639-1 code or "", and ``metadata`` what else is known of it, several values of a key as a tuple. ``digest`` is its
    hash.
    """

    path: str
    title: str
    type: str
    language: str
    metadata: Metadata = field(hash=False)
    digest: str = ""

    def as_dict(self) -> JsonObject:
        """What people know of it, ready for JSON."""
        return as_object(self, "digest")


@frozen
class Record:
    """A paragraph as the index stores it: the ``paragraph``, its ``document``, and the ``id`` that names it
    everywhere.
    """

    id: str
    document: DocumentInfo
    paragraph: Paragraph

    def __repr__(self) -> str:
        path, paragraph = self.document.path, self.paragraph
        return f"<Record {self.id} {path!r} ¶ {paragraph.number}: {shortened(paragraph.text)}>"

    def as_dict(self) -> JsonObject:
        """All of it, ready for JSON."""
        return {
            "id": self.id,
            "document": self.document.as_dict(),
            "paragraph": self.paragraph.as_dict(),
            "text": self.paragraph.text,
        }


def below_title(headings: tuple[str, ...], title: str) -> tuple[str, ...]:
    """A heading path without the document's title, where it begins with that."""
    return headings[1:] if headings and title and headings[0] == title else headings


def paragraph_id(path: str, text: str, occurrence: int = 0) -> str:
    """The id of the ``occurrence``-th paragraph of document ``path`` with this ``text``: 16 characters.

    It depends on nothing else, so it survives rebuilds, other machines and edits elsewhere in the document.
    White space is not significant. 80 bits of BLAKE2b (RFC 7693) in Crockford's base 32: among two million
    paragraphs the chance that any two collide is 2e-12.
    """
    return id_text(paragraph_number(path, text, occurrence))


def paragraph_number(path: str, text: str, occurrence: int = 0) -> int:
    """The 80 bits of ``paragraph_id``."""
    hashed = b"%b\0%b\0%d" % (_encoded(path), _encoded(" ".join(text.split())), occurrence)
    return int.from_bytes(blake2b(hashed, digest_size=10).digest(), "big")


def id_text(number: int) -> str:
    """The id whose 80 bits are this number."""
    return id_texts((number,))[0]


def id_texts(numbers: Sequence[int]) -> list[str]:
    """The ids whose 80 bits are these numbers."""
    pairs = _pairs()
    found = []
    for number in numbers:
        first, last = number >> 40, number & 0xFFFFFFFFFF  # small integers are several times faster
        found.append(
            f"{pairs[first >> 30]}{pairs[first >> 20 & 1023]}{pairs[first >> 10 & 1023]}{pairs[first & 1023]}"
            f"{pairs[last >> 30]}{pairs[last >> 20 & 1023]}{pairs[last >> 10 & 1023]}{pairs[last & 1023]}"
        )
    return found


@cache
def _pairs() -> list[str]:
    """The two characters of each ten bits."""
    return [one + two for one in _ALPHABET for two in _ALPHABET]


def id_number(prefix: str) -> int:
    """The bits of an id, or of the beginning of one, as a number. Raises ValueError for a character of no id."""
    return int(prefix.encode("ascii").translate(_TO_DIGITS), 32) if prefix else 0


def _encoded(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


class IdHash:
    """The hash behind the paragraph ids of one document, with the path hashed once."""

    def __init__(self, path: str) -> None:
        self._begin = blake2b(_encoded(path) + b"\0", digest_size=10).copy

    def digest(self, text: str, occurrence: int) -> bytes:
        """The 10 bytes of the ``occurrence``-th paragraph with this text, its white space made single blanks."""
        found = self._begin()
        found.update(_encoded(text) + b"\0%d" % occurrence)
        return found.digest()


def document_digest(document: Document) -> str:
    """A hash of everything in a document, or of all that its loader makes it of."""
    if document.digest:
        return document.digest
    hashed = blake2b(digest_size=16)
    parts = [document.path, document.title, document.type, document.language, str(document.line)]
    parts.append(json.dumps(dict(document.metadata), sort_keys=True, default=str))
    for part in parts:
        hashed.update(part.encode("utf-8", "surrogatepass") + b"\0")
    for block in document.blocks or ():
        place = f"{block.start} {block.end} {block.kind} {block.line} {block.headings}{block.locators or ''}\n"
        hashed.update(place.encode("utf-8", "surrogatepass"))
    hashed.update(document.text.encode("utf-8", "surrogatepass"))
    return hashed.hexdigest()
