"""AsciiDoc: sections, lists, tables and delimited blocks. Nothing that a file includes is read."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from searchlib.documents.markuplines import MarkedLines, numbered
from searchlib.documents.sandboxing import sandboxed
from searchlib.documents.seed import Seed
from searchlib.documents.text import text_of
from searchlib.model.records import Document, Kind, Scalar

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
def load_asciidoc(seed: Seed) -> Iterator[Document]:  # noqa: PLR0912, PLR0915 - what a line begins with
    """The file as one document with blocks."""
    source = text_of(seed)
    lines = MarkedLines(_plain)
    said: dict[str, str] = {}
    fence, begun, held = "", 0, [""]
    frames: list[str] = []
    in_header = False
    for number, line in numbered(source):
        if fence:
            if line.rstrip() == fence:
                _close(lines, fence, held, begun)
                fence = ""
            else:
                held.append(line)
            continue
        kind: Kind = "quote" if any(frame.startswith("_") for frame in frames) else "text"
        if (match := _HEADING.fullmatch(line)) and not frames:
            level = len(match[1])
            in_header = level == 1 and not said.get("title")
            if in_header:
                said["title"] = match[2]
            lines.heading(match[2], level, number)
        elif match := _ATTRIBUTE.fullmatch(line):
            said.setdefault(match[1], match[2].strip())
        elif in_header and line.strip():
            if "author" not in said and not line.startswith("//"):
                said["author"] = re.sub(r"[ \t]*<[^<>]*>", "", line).strip()
        elif match := _FENCE.fullmatch(line):
            lines.end()
            mark = match[0].rstrip()
            if mark[0] in "=*_" or mark == "--":
                if frames and frames[-1] == mark:
                    frames.pop()
                else:
                    frames.append(mark)
            else:
                fence, begun, held = ("```" if mark.startswith("```") else mark), number, []
        elif line.startswith("//") or re.fullmatch(
            r"\[[^\[\]]*\][ \t]*|\[\[.*\]\]|'''|<<<|include::.*|toc::.*|\+", line
        ):
            if line.strip() != "+":
                lines.end()
        elif re.match(r"\.[^\s.]", line):
            lines.end()
            lines.add(line[1:], number)
            lines.end()
        elif match := _ITEM.match(line):
            lines.add(line[match.end() :], number, "item", anew=True)
        elif (match := _TERM.fullmatch(line)) and "://" not in match[1]:
            lines.add(f"{match[1]}: {match[2] or ''}".strip(), number, "item", anew=True)
        elif line[:1] in " \t" and line.strip() and lines.kind is None:
            lines.code([line], number)
        else:
            lines.add(line, number, "item" if lines.kind == "item" else kind)
        in_header = in_header and bool(line.strip())
    if fence:
        _close(lines, fence, held, begun)
    lines.end()
    builder = lines.builder
    metadata: dict[str, Scalar | tuple[Scalar, ...]] = {
        {"revdate": "date"}.get(key, key): said[key] for key in said if key in _LISTED - {"lang"} and said[key]
    }
    title = _plain(said.get("title", "")) or builder.first_heading or seed.stem
    language = said.get("lang", "")[:2].lower() or seed.options.language
    yield Document(seed.name, builder.text, title, "asciidoc", language, metadata, builder.blocks)


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
