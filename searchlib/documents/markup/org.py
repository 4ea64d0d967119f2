"""Org: headlines, lists, tables and blocks. Drawers, comments, keywords and tags are left out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from searchlib.documents.markup.inline import raised
from searchlib.documents.markup.markuplines import MarkedLines, is_item, numbered, without_mark
from searchlib.documents.sandboxing import sandboxed
from searchlib.documents.seed import Seed
from searchlib.documents.text import text_of
from searchlib.model.records import Document, Kind, Metadata

_HEADLINE: Final = re.compile(r"(\*+)[ \t]+(?:(?:TODO|DONE|NEXT|WAITING|CANCELLED)[ \t]+)?(?:\[#\w\][ \t]+)?(.*)")
_TAGS: Final = re.compile(r"[ \t]+:[\w@:#%]+:[ \t]*$")
_KEYWORD: Final = re.compile(r"[ \t]*#\+(\w+):[ \t]*(.*)")
_BEGIN: Final = re.compile(r"[ \t]*#\+begin_(\w+)", re.IGNORECASE)
_DRAWER: Final = re.compile(r"[ \t]*:[\w-]+:[ \t]*$")
_PLANNING: Final = re.compile(r"[ \t]*(?:CLOSED|DEADLINE|SCHEDULED|CLOCK):")
_LINK: Final = re.compile(r"\[\[([^\[\]]+)\](?:\[([^\[\]]+)\])?\]")
_NOTE: Final = re.compile(r"\[fn:([\w-]+)\]")
_EMPHASIS: Final = re.compile(r"(?<![\w*/_=~+])([*/_=~+])(?=\S)([^\n]{1,300}?)(?<=\S)\1(?![\w*/_=~+])")


@sandboxed
def load_org(seed: Seed) -> Iterator[Document]:
    """The file as one document with blocks."""
    source = text_of(seed)
    reader = _Org()
    for number, line in numbered(source):
        reader.add(line, number)
    reader.end(source.count("\n") + 1)
    said = reader.said
    metadata: Metadata = {key: said[key] for key in said if said[key] and key not in ("title", "language")}
    yield reader.lines.document(seed, "org", said.get("title", ""), said.get("language", ""), metadata)


class _Org:
    """Goes through the lines of a file. ``said`` is what its keywords say of it."""

    def __init__(self) -> None:
        self.lines = MarkedLines(_plain)
        self.said: dict[str, str] = {}
        self._block = ""  # what the block is that is open
        self._held: list[str] = []  # its lines
        self._begun = 0
        self._in_drawer = False
        self._rows: list[list[str]] = []  # of the table that goes on

    def add(self, line: str, number: int) -> None:
        """Add a line."""
        if self._block:
            if line.strip().lower() == f"#+end_{self._block}":
                self._end_block()
            else:
                self._held.append(line)
        elif self._in_drawer:
            self._in_drawer = line.strip().upper() != ":END:"
        elif line.lstrip().startswith("|"):
            self.lines.end()
            self._rows.append([] if re.fullmatch(r"[-+|\s]*", line) else line.strip().strip("|").split("|"))
        else:
            self._end_table(number)
            self._add_text(line, number)

    def _add_text(self, line: str, number: int) -> None:
        if match := _BEGIN.match(line):
            self.lines.end()
            self._block, self._begun, self._held = match[1].lower(), number, []
        elif match := _HEADLINE.fullmatch(line):
            self.lines.heading(_TAGS.sub("", match[2]), len(match[1]) + ("title" in self.said), number)
        elif match := _KEYWORD.match(line):
            self._keyword(match[1].lower(), match[2], number)
        elif _DRAWER.match(line):
            self._in_drawer = True
        elif line.startswith(("# ", "#+")) or line == "#" or _PLANNING.match(line):
            self.lines.end()
        elif is_item(line) and not line.startswith("*"):
            self.lines.add(without_mark(line), number, "item", anew=True)
        else:
            goes_on = self.lines.kind == "item" and line[:1] in " \t"
            self.lines.add(line, number, "item" if goes_on else "text")

    def _keyword(self, key: str, value: str, number: int) -> None:
        if key == "title" and key not in self.said:
            self.lines.heading(value, 1, number)
        if key in ("title", "author", "date", "language", "keywords", "description"):
            self.said.setdefault(key, value.strip())
        elif key == "caption":
            self.lines.add(value, number, anew=True)

    def _end_block(self) -> None:
        if self._block in ("src", "example", "export"):
            self.lines.code(self._held, self._begun + 1)
        elif self._block != "comment":
            kind: Kind = "quote" if self._block in ("quote", "verse") else "text"
            for place, inner in enumerate(self._held, self._begun + 1):
                self.lines.add(inner, place, kind)
        self.lines.end()
        self._block = ""

    def _end_table(self, number: int) -> None:
        if self._rows:
            self.lines.table(self._rows, number - len(self._rows))
            self._rows = []

    def end(self, number: int) -> None:
        """End the file, which has so many lines."""
        if self._block:  # which is never closed
            self.lines.code(self._held, self._begun + 1)
        self._end_table(number + 1)
        self.lines.end()


def _plain(text: str) -> str:
    text = _LINK.sub(lambda match: match[2] or match[1].removeprefix("file:"), text)
    text = _NOTE.sub(lambda match: raised(match[1], of_a_note=True), text)
    return _EMPHASIS.sub(r"\2", text)
