"""reStructuredText: sections, lists, tables, literal blocks and directives, by their lines.

Sections are as deep as the order in which their marks come. What a directive includes or makes (tables of contents,
files, raw markup) is no text of the file; what it has in it, as notes and warnings have, is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from searchlib.documents.markup.inline import raised
from searchlib.documents.markup.markuplines import MarkedLines, is_item, without_mark
from searchlib.documents.sandboxing import sandboxed
from searchlib.documents.seed import Seed
from searchlib.documents.text import text_of
from searchlib.model.records import Document, Kind

_MARKS: Final = r"""([!-/:-@\[-`{-~])\1{1,}"""
_UNDERLINE: Final = re.compile(_MARKS + r"[ \t]*")
_EXPLICIT: Final = re.compile(r"\.\.(?:[ \t]+(.*))?$")
_DIRECTIVE: Final = re.compile(r"(?:\|[^|]+\|[ \t]+)?([\w:.+-]+?)::(?:[ \t]+(.*))?$")
_FOOTNOTE: Final = re.compile(r"\[(#?[\w.-]*|\*)\][ \t]*(.*)")
_FIELD: Final = re.compile(r":([^:\n`]{1,60}):(?:[ \t]+(.*))?$")
_CODE: Final = frozenset({"code", "code-block", "sourcecode", "parsed-literal", "math", "doctest", "testcode"})
_NO_TEXT: Final = frozenset(
    {
        "toctree",
        "contents",
        "raw",
        "include",
        "literalinclude",
        "index",
        "image",
        "meta",
        "default-role",
        "role",
        "sectnum",
    }
    | {
        "automodule",
        "autoclass",
        "autofunction",
        "currentmodule",
        "module",
        "highlight",
        "csv-table",
        "header",
        "footer",
    }
)
_GRID: Final = re.compile(r"\+[-=+]+\+[ \t]*")
_RULE: Final = re.compile(r"=+(?:[ \t]+=+)+[ \t]*")
_INLINE: Final = re.compile(
    r"``(?P<literal>[^\n]{1,500}?)``(?!`)"
    r"|:(?P<role>[\w:.+-]{1,60}):`(?P<said>[^`]{1,500})`"
    r"|`(?P<link>[^`<]{0,300}?)[ \t\n]*<[^`<>]*>`_{0,2}"
    r"|`(?P<quoted>[^`]{1,500})`(?::[\w:.+-]{1,60}:)?_{0,2}"
    r"|(?<![\w*])(?P<stars>\*{1,2})(?=\S)(?P<stressed>[^*]{1,500})(?<=\S)(?P=stars)(?![\w*])"
    r"|[ ]?\[(?P<note>#?\w*|\*)\]_(?!\w)"
    r"|(?<!\w)(?P<name>[^\W_](?:\w{0,200}[^\W_])?)__?(?!\w)"
    r"|\\(?P<escaped>.)"
)
_OF_ROLES: Final = {"pep": "PEP ", "rfc": "RFC "}
_DEEPEST: Final = 20


@sandboxed
def load_rst(seed: Seed) -> Iterator[Document]:
    """The file as one document with blocks."""
    lines = [line.expandtabs(8).rstrip() for line in text_of(seed).split("\n")]
    reader = _Rst()
    reader.read(lines, 1)
    yield reader.lines.document(seed, "rst", "", "", {**reader.said})


class _Rst:
    def __init__(self) -> None:
        self.lines = MarkedLines(_plain)
        self.said: dict[str, str] = {}
        self._levels: list[tuple[str, bool]] = []
        self._listed = False

    def read(self, lines: Sequence[str], first: int, kind: Kind = "text", depth: int = 0) -> None:
        """Add lines, of which the ``first`` has that number in the file."""
        place = 0
        literal = False
        while place < len(lines):
            line = lines[place]
            number = first + place
            indent = len(line) - len(line.lstrip())
            if not line:
                self.lines.end()
                place += 1
                continue
            if literal and self.lines.kind is None:
                literal = False
                if indent:
                    end = _end_of_indent(lines, place)
                    self.lines.code(lines[place:end], number)
                    place = end
                    continue
            heading = self._heading(lines, place) if not depth and self.lines.kind is None else 0
            if heading:
                place += heading
            elif match := _EXPLICIT.fullmatch(line.strip()):
                self.lines.end()
                end = _end_of_indent(lines, place + 1, indent + 1)
                self._explicit(match[1] or "", lines[place + 1 : end], number, depth)
                place = end
            elif _GRID.fullmatch(line.strip()) or (_RULE.fullmatch(line.strip()) and self.lines.kind is None):
                place = self._table(lines, place, number)
            elif line.startswith("__ ") or ((match := _FIELD.match(line)) and self._field(match, depth)):
                place += 1
            else:
                literal = self._line(line, number, kind, indent) or literal
                place += 1
        self.lines.end()

    def _line(self, line: str, number: int, kind: Kind, indent: int) -> bool:
        """Add a line of text; whether a literal block follows it."""
        literal = line.endswith("::")
        if literal:
            line = line[:-1] if len(line) > 2 and not line[-3].isspace() else line[:-2].rstrip()
        line = line.removeprefix("| ")
        self._listed = is_item(line) or (self._listed and (indent > 0 or self.lines.kind == "item"))
        if self._listed:
            self.lines.add(without_mark(line), number, "item", anew=is_item(line))
        else:
            self.lines.add(line, number, "quote" if indent and kind == "text" and self.lines.kind != "text" else kind)
        return literal

    def _heading(self, lines: Sequence[str], place: int) -> int:
        """How many lines a heading has that begins here; 0 if none does."""

        def mark(at: int) -> str:
            match = _UNDERLINE.fullmatch(lines[at]) if at < len(lines) else None
            return match[1] if match else ""

        over = mark(place)
        if over and mark(place + 2) == over and place + 1 < len(lines) and lines[place + 1].strip():
            text, sort, size = lines[place + 1], (over, True), 3
        elif not over and mark(place + 1) and len(lines[place + 1].rstrip()) >= min(len(lines[place]), 3):
            text, sort, size = lines[place], (mark(place + 1), False), 2
            if text[:1] == " ":
                return 0
        else:
            if over and len(lines[place]) >= 4:  # a line between paragraphs
                return 1
            return 0
        if sort not in self._levels:
            self._levels.append(sort)
        self.lines.heading(text, self._levels.index(sort) + 1, place + size - 1)
        self._listed = False
        return size

    def _field(self, match: re.Match[str], depth: int) -> bool:
        """Whether a line is a field of the document's header, or an option, which is no text."""
        key = match[1].strip().lower()
        if not depth and key in ("author", "authors", "date", "version", "status", "copyright", "organization"):
            self.said.setdefault(key, (match[2] or "").strip())
            return True
        return False

    def _explicit(self, said: str, held: Sequence[str], number: int, depth: int) -> None:
        """A directive, a note, a target, or else a comment."""
        if match := _FOOTNOTE.fullmatch(said):
            self.lines.add(f"{raised(match[1].lstrip('#'))} {match[2]}", number)
            self.read([line.strip() for line in held], number + 1, "text", depth + 1)
            return
        match = _DIRECTIVE.fullmatch(said)
        if match is None or depth >= _DEEPEST:
            return
        name, argument = match[1].lower(), match[2] or ""
        skipped = 0
        while skipped < len(held) and _FIELD.match(held[skipped].strip()):
            skipped += 1
        body = _dedented(held[skipped:])
        if name in _CODE:
            self.lines.code(body, number + skipped + 1)
        elif name not in _NO_TEXT:
            if argument and name != "figure":
                self.lines.add(argument, number)
                self.lines.end()
            self.read(body, number + skipped + 1, "text", depth + 1)

    def _table(self, lines: Sequence[str], place: int, number: int) -> int:
        """A table of a grid, or of columns below rules; the line after it."""
        if _GRID.fullmatch(lines[place].strip()):
            end = place
            while end < len(lines) and lines[end]:
                end += 1
            rows: list[list[str]] = [[]]
            for line in lines[place:end]:
                if _GRID.fullmatch(line.strip()):
                    rows.append([])
                    continue
                cells = line.strip().strip("|").split("|")
                before = rows[-1]
                rows[-1] = [f"{before[at] if at < len(before) else ''} {cell}".strip() for at, cell in enumerate(cells)]
            self.lines.table(rows, number)
            return end
        spans = [(match.start(), match.end()) for match in re.finditer(r"=+", lines[place])]
        rules = 1
        at = place + 1
        found: list[list[str]] = []
        while at < len(lines) and rules < 3:
            line = lines[at]
            if _RULE.fullmatch(line.strip()):
                rules += 1
                if rules == 2 and (at + 1 == len(lines) or not lines[at + 1]):
                    at += 1
                    break
            elif line and not set(line) <= set("- "):
                cells = [line[start : (spans[n + 1][0] if n + 1 < len(spans) else None)].strip() for n, (start, _) in
                         enumerate(spans)]  # fmt: skip
                if not cells[0] and found:
                    found[-1] = [" ".join(filter(None, pair)) for pair in zip(found[-1], cells, strict=True)]
                else:
                    found.append(cells)
            at += 1
        self.lines.table(found, number)
        return at


def _end_of_indent(lines: Sequence[str], place: int, least: int = 1) -> int:
    """The end of the lines that are indented so far, without empty ones behind them."""
    end = last = place
    while end < len(lines) and (not lines[end] or len(lines[end]) - len(lines[end].lstrip()) >= least):
        end += 1
        if lines[end - 1]:
            last = end
    return last


def _dedented(lines: Sequence[str]) -> list[str]:
    indent = min((len(line) - len(line.lstrip()) for line in lines if line), default=0)
    return [line[indent:] for line in lines]


def _plain(text: str) -> str:
    return _INLINE.sub(_shown, text)


def _shown(match: re.Match[str]) -> str:
    """What a reader sees of inline markup; of a reference, its name."""
    found = match.groupdict()
    if found["said"] is not None:
        name = found["role"].rpartition(":")[2].lower()
        return _OF_ROLES.get(name, "") + re.sub(r"\s*<[^<>]*>$", "", found["said"]).lstrip("~!.")
    if found["note"] is not None:
        return raised(found["note"].lstrip("#"), of_a_note=True)
    if found["escaped"] is not None:
        return found["escaped"].strip()
    return found["literal"] or found["link"] or found["quoted"] or found["stressed"] or found["name"] or ""
