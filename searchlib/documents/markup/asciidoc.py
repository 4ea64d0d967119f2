"""AsciiDoc: sections, lists, tables and delimited blocks. Nothing that a file includes is read."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from searchlib.documents.markup.markuplines import MarkedLines, numbered
from searchlib.documents.sandboxing import sandboxed
from searchlib.documents.seed import Seed
from searchlib.documents.text import text_of
from searchlib.model.records import Document, Kind, Metadata

_HEADING: Final = re.compile(r"(={1,6}|#{1,6})[ \t]+(\S.*?)(?:[ \t]+\1)?[ \t]*")
_ATTRIBUTE: Final = re.compile(r":(!?[\w-]+!?):[ \t]*(.*)")
_ITEM: Final = re.compile(r"[ \t]*(?:\*{1,5}|-|\.{1,5}|\d{1,3}\.|<\d{0,3}\.?>)[ \t]+(?=\S)(?:\[[ x*]\][ \t]+)?")
_TERM: Final = re.compile(r"[ \t]*(\S.*?)(?:::{1,3}|;;)(?:[ \t]+(.*))?")
_FENCE: Final = re.compile(r"(-{4,}|\.{4,}|={4,}|\*{4,}|_{4,}|\+{4,}|/{4,}|```|--|[|!,:]===)[\w,]*[ \t]*")
_MACRO: Final = re.compile(r"(?:image|video|audio)::?[^\s\[\]]{0,1000}\[([^\],]{0,1000})[^\]]{0,1000}\]")
_LINK: Final = re.compile(r"(?:link:|mailto:|xref:|https?://)[^\s\[\]]{1,1000}\[([^\]]{0,1000})\]")
_REFERENCE: Final = re.compile(r"<<[^<>,]*(?:,[ \t]*([^<>]*))?>>")
_ANCHOR: Final = re.compile(r"\[\[[^\]]{0,200}\]\]|\[#[^\]]{0,200}\]|(?:\(\(\(?)[^()]*\)\)\)|indexterm:\[[^\]]*\]")
_NOTE: Final = re.compile(r"footnote:\w{0,40}\[([^\]]{0,2000})\]")
_EMPHASIS: Final = re.compile(r"(?<![\w*_`#])([*_`#]{1,2})(?=\S)([^\n]{1,300}?)(?<=\S)\1(?![\w*_`#])")
_NO_TEXT: Final = re.compile(r"\[[^\[\]]*\][ \t]*|\[\[.*\]\]|'''|<<<|include::.*|toc::.*|\+")
_LISTED: Final = frozenset({"author", "email", "revdate", "keywords", "description", "lang"})


@sandboxed
def load_asciidoc(seed: Seed) -> Iterator[Document]:
    """The file as one document with blocks."""
    reader = _AsciiDoc()
    for number, line in numbered(text_of(seed)):
        reader.add(line, number)
    reader.end()
    said = reader.said
    metadata: Metadata = {
        {"revdate": "date"}.get(key, key): said[key] for key in said if key in _LISTED - {"lang"} and said[key]
    }
    yield reader.lines.document(seed, "asciidoc", said.get("title", ""), said.get("lang", ""), metadata)


class _AsciiDoc:
    """Goes through the lines of a file. ``said`` is what its header says of it."""

    def __init__(self) -> None:
        self.lines = MarkedLines(_plain)
        self.said: dict[str, str] = {}
        self._fence = ""  # what ends the block that is open,
        self._held: list[str] = []  # whose lines are taken as they are
        self._begun = 0
        self._frames: list[str] = []  # what ends those that are open around text
        self._in_header = False

    def add(self, line: str, number: int) -> None:
        """Add a line."""
        if not self._fence:
            self._add_text(line, number)
            self._in_header = self._in_header and bool(line.strip())
        elif line.rstrip() == self._fence:
            self.end()
        else:
            self._held.append(line)

    def _add_text(self, line: str, number: int) -> None:
        if (match := _HEADING.fullmatch(line)) and not self._frames:
            self._heading(match, number)
        elif match := _ATTRIBUTE.fullmatch(line):
            self.said.setdefault(match[1], match[2].strip())
        elif self._in_header and line.strip():
            if "author" not in self.said and not line.startswith("//"):
                self.said["author"] = re.sub(r"[ \t]*<[^<>]*>", "", line).strip()
        elif match := _FENCE.fullmatch(line):
            self._open_or_close(match[0].rstrip(), number)
        elif line.startswith("//") or _NO_TEXT.fullmatch(line):
            if line.strip() != "+":
                self.lines.end()
        elif re.match(r"\.[^\s.]", line):  # a caption
            self.lines.end()
            self.lines.add(line[1:], number)
            self.lines.end()
        else:
            self._add_line(line, number)

    def _heading(self, match: re.Match[str], number: int) -> None:
        level = len(match[1])
        self._in_header = level == 1 and not self.said.get("title")
        if self._in_header:
            self.said["title"] = match[2]
        self.lines.heading(match[2], level, number)

    def _open_or_close(self, mark: str, number: int) -> None:
        self.lines.end()
        if mark[0] not in "=*_" and mark != "--":
            self._fence, self._begun, self._held = ("```" if mark.startswith("```") else mark), number, []
        elif self._frames and self._frames[-1] == mark:
            self._frames.pop()
        else:
            self._frames.append(mark)

    def _add_line(self, line: str, number: int) -> None:
        if match := _ITEM.match(line):
            self.lines.add(line[match.end() :], number, "item", anew=True)
        elif (match := _TERM.fullmatch(line)) and "://" not in match[1]:
            self.lines.add(f"{match[1]}: {match[2] or ''}".strip(), number, "item", anew=True)
        elif line[:1] in " \t" and line.strip() and self.lines.kind is None:
            self.lines.code([line], number)
        else:
            kind: Kind = "quote" if any(frame.startswith("_") for frame in self._frames) else "text"
            self.lines.add(line, number, "item" if self.lines.kind == "item" else kind)

    def end(self) -> None:
        """End the block that is open, or the file."""
        if self._fence:
            _close(self.lines, self._fence, self._held, self._begun)
            self._fence = ""
        self.lines.end()


def _close(lines: MarkedLines, fence: str, held: list[str], begun: int) -> None:
    if fence.endswith("==="):
        rows: list[list[str]] = []
        cells: list[str] = []
        for line in held:
            parts = re.split(r"(?:(?<=[ \t])|^)[\d.+*<>^]*[a-z]?\|", line.strip())
            if len(parts) > 1 and parts[0] == "":
                parts = parts[1:]
                if len(parts) > 1 or not cells:
                    if cells:
                        rows.append(cells)
                    cells = parts
                else:
                    cells += parts
            elif line.strip() and cells:
                cells[-1] += f" {line.strip()}"
            elif cells:
                rows.append(cells)
                cells = []
        lines.table([*rows, cells], begun + 1)
    elif not fence.startswith("/"):
        lines.code(held, begun + 1)


def _plain(text: str) -> str:
    text = _NOTE.sub(lambda match: f" ({match[1]})", text)
    text = _MACRO.sub(lambda match: match[1], text)
    text = _LINK.sub(lambda match: match[1].rstrip("^") or match[0].partition("[")[0], text)
    text = _REFERENCE.sub(lambda match: match[1] or "", text)
    text = _EMPHASIS.sub(r"\2", _ANCHOR.sub("", text))
    return re.sub(r"[ \t]\+$", "", text, flags=re.MULTILINE)
