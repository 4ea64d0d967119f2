r"""RTF, read as word processors do: groups that open and close, and control words that hold from where they stand.

A *destination* is a group that is no text of the document: tables of fonts and styles, pictures, running heads.
Characters are in the code page of the document or the font (``\'e4``), or are told by their number (``\u228``),
followed by as many characters for programs that know no Unicode.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Final

from searchlib.documents.builder import Builder
from searchlib.documents.markup.inline import raised
from searchlib.documents.properties import title_of
from searchlib.documents.sandboxing import sandboxed
from searchlib.documents.seed import Seed
from searchlib.documents.text import clean
from searchlib.errors import SeedError
from searchlib.model.records import Document, Kind, Scalar

_TOKEN: Final = re.compile(
    rb"\\([a-zA-Z]{1,32})(-?\d{1,10})?[ ]?|\\'([0-9a-fA-F]{2})|\\(\r\n|[^a-zA-Z])|([{}])|[\r\n]+|([^\\{}\r\n]+)"
)
_DESTINATIONS: Final = frozenset(
    {
        "fonttbl",
        "colortbl",
        "stylesheet",
        "pict",
        "object",
        "header",
        "headerl",
        "headerr",
        "headerf",
        "footer",
        "footerl",
    }
    | {"footerr", "footerf", "info", "listtable", "listoverridetable", "revtbl", "rsidtbl", "generator", "xmlnstbl"}
    | {"filetbl", "themedata", "colorschememapping", "datastore", "latentstyles", "fldinst", "bkmkstart", "bkmkend"}
    | {"nonshppict", "mmathPr", "template", "tc", "tcl", "xe", "rxe", "private", "objdata", "objclass", "pntext", "pn"}
    | {"sp", "leveltext", "levelnumbers", "listname", "nonesttables"}
    | {"ftnsep", "ftnsepc", "aftnsep", "atrfstart", "atrfend", "atnid", "atnref", "pgptbl", "wgrffmtfilter", "deleted"}
)
_NOTES: Final = frozenset({"footnote", "annotation"})
_SAYS: Final = frozenset({"title", "author", "subject", "keywords"})
_CHARACTERS: Final = {
    "tab": " ", "line": "\n", "nestcell": " ", "emdash": "—",
    "endash": "–", "bullet": "•", "lquote": "‘", "rquote": "’", "ldblquote": "“",
    "rdblquote": "”", "emspace": " ", "enspace": " ", "qmspace": " ",
}  # fmt: skip
_SYMBOLS: Final = {b"~": "\u00a0", b"_": "-", b"-": "", b"{": "{", b"}": "}", b"\\": "\\"}
_CHARSETS: Final = {
    77: "mac_roman", 128: "cp932", 129: "cp949",
    134: "gb18030", 136: "big5", 161: "cp1253", 162: "cp1254", 163: "cp1258",
    177: "cp1255", 178: "cp1256", 186: "cp1257", 204: "cp1251", 222: "cp874", 238: "cp1250",
}  # fmt: skip
_DEEPEST: Final = 500
_HEADING: Final = re.compile(r"heading ?(\d)", re.IGNORECASE)


@dataclass(slots=True)
class _RtfGroup:
    """What holds in a group."""

    destination: str = ""
    font: int = -1
    skip: int = 1
    hidden: bool = False
    above: bool = False
    page: str = ""


@dataclass(slots=True)
class _Paragraph:
    """What is known of a paragraph before it ends."""

    level: int = 0
    style: int = -1
    in_table: bool = False
    is_item: bool = False


@sandboxed
def load_rtf(seed: Seed) -> Iterator[Document]:
    """The file as one document with blocks. Raises SeedError if it is no RTF."""
    data = seed.read()
    if not data.strip():
        return
    if not data.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"{\\rtf"):
        raise SeedError("no RTF: does not begin as one; if it is text, name it .txt", seed.name)
    reader = _Rtf()
    reader.read(data, seed.name)
    builder, said = reader.builder, reader.said
    title = title_of(reader.title, said.get("title", ""), builder.first_heading) or seed.stem
    metadata: dict[str, Scalar | tuple[Scalar, ...]] = {
        key: " ".join(clean(said[key]).split())
        for key in ("author", "subject", "keywords")
        if said.get(key, "").strip()
    }
    yield Document(seed.name, builder.text, title, "rtf", seed.options.language, metadata, builder.blocks, line=0)


@dataclass(slots=True)
class _Rtf:
    builder: Builder = field(default_factory=Builder)
    said: dict[str, str] = field(default_factory=dict)
    title: str = ""
    page: str = "cp1252"
    fonts: dict[int, str] = field(default_factory=dict)
    styles: dict[int, str] = field(default_factory=dict)
    group: _RtfGroup = field(default_factory=_RtfGroup)
    paragraph: _Paragraph = field(default_factory=_Paragraph)
    parts: list[str] = field(default_factory=list)
    raw: bytearray = field(default_factory=bytearray)
    cells: list[str] = field(default_factory=list)
    rows: list[str] = field(default_factory=list)
    notes: list[tuple[str, str]] = field(default_factory=list)
    outer: list[list[str]] = field(default_factory=list)
    _style: str = ""
    _number: int = 0
    _skip: int = 0
    _high: int = 0

    def read(self, data: bytes, name: str) -> None:  # noqa: PLR0912 - what a token is
        """Go through the file once. Raises SeedError if it is nested too deeply."""
        stack: list[_RtfGroup] = []
        place = 0
        is_first = False  # in its group
        while match := _TOKEN.search(data, place):
            place = match.end()
            word, number, code, symbol, brace, text = match.groups()
            if brace == b"{":
                self._flush()
                if len(stack) >= _DEEPEST:
                    raise SeedError(f"nested more than {_DEEPEST} deep", name)
                stack.append(self.group)
                self.group = replace(self.group)
                is_first = True
                continue
            if brace == b"}":
                self._flush()
                if not stack:
                    break
                self._close(stack.pop())
                if not stack:  # what follows is not of the document
                    break
            elif word is not None:
                value = int(number) if number else None
                if word == b"bin":
                    place += max(0, value or 0)
                else:
                    self._word(word.decode("ascii"), value, is_first)
            elif code is not None:
                self._bytes(bytes.fromhex(code.decode("ascii")))
            elif symbol is not None:
                if symbol == b"*":
                    if is_first and self.group.destination in ("", *_NOTES):
                        self.group.destination = "*"
                    continue
                if symbol in (b"\r", b"\n", b"\r\n"):
                    self._end()
                else:
                    self._text(_SYMBOLS.get(symbol, ""))
            elif text is not None:
                self._bytes(text)
            else:  # the end of a line
                continue
            is_first = False
        self._flush()
        self._end()
        self._end_table()

    # Groups and words

    def _close(self, outer: _RtfGroup) -> None:
        closed, self.group = self.group, outer
        if closed.destination in _NOTES and outer.destination not in _NOTES and self.outer:
            text = " ".join("".join(self.parts).split())
            self.parts = self.outer.pop()
            if text:
                mark = raised(str(len(self.notes) + self._number + 1)) if closed.destination == "footnote" else ""
                self.notes.append((mark, text))
                self.parts.append(mark)
        elif closed.destination == "stylesheet" and outer.destination == "stylesheet" and self._style:
            self.styles[self.paragraph.style] = self._style.strip(" ;")
            self._style = ""
            self.paragraph.style = -1

    def _word(self, word: str, value: int | None, is_first: bool) -> None:
        if word == "u" and value is not None:
            self._unicode(value & 0xFFFF)
            self._skip = self.group.skip
            return
        self._flush()
        if self._leads(word, is_first) or self._of_file(word, value) or self.group.destination:
            return
        if not self._of_paragraph(word, value) and word in _CHARACTERS:
            self._text(_CHARACTERS[word])

    def _leads(self, word: str, is_first: bool) -> bool:
        """Whether a word says where what follows belongs, or is of what nobody sees."""
        group = self.group
        if word in _NOTES and not group.destination.strip("*"):
            group.destination = word
            self.outer.append(self.parts)
            self.parts = []
        elif word in _DESTINATIONS and (is_first or group.destination == "*"):
            group.destination = word
        elif word in _SAYS and group.destination == "info":
            group.destination = f"info {word}"
        elif group.destination == "*":
            group.destination = "" if word in ("shpinst", "shptxt", "listtext") else "unknown"
        else:
            return word in ("shptxt", "rtlch")
        return True

    def _of_file(self, word: str, value: int | None) -> bool:
        """Whether a word says how bytes are read, or which style a paragraph has: it counts wherever it stands."""
        group = self.group
        if word == "ansicpg" and value:
            self.page = _page(value)
        elif word == "mac":
            self.page = "mac_roman"
        elif word == "uc":
            group.skip = min(max(value or 0, 0), 16)
        elif word == "f":
            group.font = value or 0
        elif word == "fcharset" and group.destination == "fonttbl":
            self.fonts[group.font] = _CHARSETS.get(value or 0, "")
        elif word == "s" and value is not None:
            self.paragraph.style = value
        else:
            return False
        return True

    def _of_paragraph(self, word: str, value: int | None) -> bool:
        """Whether a word ends a paragraph or a cell, or says how what follows looks."""
        group = self.group
        if word in ("par", "sect", "page"):
            self._end()
        elif word == "pard":
            self.paragraph = _Paragraph()
        elif word == "plain":
            group.hidden = group.above = False
        elif word == "v":
            group.hidden = value != 0
        elif word in ("super", "nosupersub"):
            group.above = word == "super" and value != 0
        elif word == "outlinelevel" and value is not None:
            self.paragraph.level = value + 1 if 0 <= value < 9 else 0
        elif word == "intbl":
            self.paragraph.in_table = True
        elif word in ("ls", "listtext"):
            self.paragraph.is_item = True
        elif word == "cell":
            self.cells.append(" ".join("".join(self.parts).split()))
            self.parts.clear()
        elif word == "row":
            self.rows.append(" | ".join(self.cells))
            self.cells.clear()
        else:
            return False
        return True

    # Characters

    def _bytes(self, data: bytes) -> None:
        if self._skip:
            skipped = min(self._skip, len(data))
            self._skip -= skipped
            data = data[skipped:]
        self.raw += data

    def _unicode(self, number: int) -> None:
        if 0xD800 <= number < 0xDC00:
            self._flush()
            self._high = number
        elif 0xDC00 <= number < 0xE000 and self._high:
            self._text(chr(0x10000 + ((self._high - 0xD800) << 10) + number - 0xDC00))
            self._high = 0
        else:
            self._text(chr(number) if not 0xD800 <= number < 0xE000 else "\ufffd")

    def _flush(self) -> None:
        """The bytes so far as text."""
        self._skip = 0
        if self.raw:
            page = self.fonts.get(self.group.font, "") or self.page
            data = bytes(self.raw)
            self.raw.clear()
            self._text(data.decode(page, "replace"))

    def _text(self, text: str) -> None:
        if self.raw:
            skip, self._skip = self._skip, 0
            self._flush()
            self._skip = skip
        destination = self.group.destination
        if destination == "stylesheet":
            self._style += text
        elif destination.startswith("info "):
            key = destination[5:]
            self.said[key] = self.said.get(key, "") + text
        elif (not destination or destination in _NOTES) and not self.group.hidden:
            self.parts.append(raised(text) if self.group.above else text)

    # Paragraphs

    def _end(self) -> None:
        """End a paragraph, if there is one."""
        if self.outer:  # in a note
            self.parts.append("\n")
            return
        if self.paragraph.in_table:
            self.parts.append(" ")
            return
        self._end_table()
        text = "".join(self.parts)
        self.parts.clear()
        style = self.styles.get(self.paragraph.style, "")
        heading = _HEADING.match(style)
        level = self.paragraph.level or (int(heading[1]) if heading else 0)
        if style.lower() == "title" and text.strip():
            self.title = self.title or " ".join(text.split())
            level = 1
        elif level and self.title:
            level += 1
        kind: Kind = "heading" if level else "item" if self.paragraph.is_item else "text"
        self.builder.add(" ".join(text.split()) if level else text, kind, 0, level)
        self._add_notes()

    def _end_table(self) -> None:
        if self.cells:
            self.rows.append(" | ".join(self.cells))
            self.cells.clear()
        if self.rows:
            self.builder.add("\n".join(row for row in self.rows if row.strip(" |")), "table", 0)
            self.rows.clear()
            self._add_notes()

    def _add_notes(self) -> None:
        for mark, text in self.notes:
            self.builder.add(f"{mark} {text}".strip(), "text", 0)
        self._number += sum(bool(mark) for mark, _ in self.notes)
        self.notes.clear()


def _page(number: int) -> str:
    name = {65001: "utf-8", 10000: "mac_roman", 936: "gb18030"}.get(number, f"cp{number}")
    try:
        codecs.lookup(name)
    except LookupError:
        return "cp1252"
    return name
