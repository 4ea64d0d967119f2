"""Org: headlines, lists, tables and blocks. Drawers, comments, keywords and tags are left out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from searchlib.documents.inline import raised
from searchlib.documents.markuplines import MarkedLines, is_item, numbered, without_mark
from searchlib.documents.sandboxing import sandboxed
from searchlib.documents.seed import Seed
from searchlib.documents.text import text_of
from searchlib.model.records import Document, Scalar

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
def load_org(seed: Seed) -> Iterator[Document]:  # noqa: PLR0912, PLR0915 - what a line begins with
    """The file as one document with blocks."""
    source = text_of(seed)
    lines = MarkedLines(_plain)
    said: dict[str, str] = {}
    block, begun, held = "", 0, [""]
    drawer = False
    rows: list[list[str]] = []
    for number, line in numbered(source):
        if block:
            if line.strip().lower() == f"#+end_{block}":
                if block in ("src", "example", "export"):
                    lines.code(held, begun + 1)
                elif block != "comment":
                    for place, inner in enumerate(held, begun + 1):
                        lines.add(inner, place, "quote" if block in ("quote", "verse") else "text")
                lines.end()
                block = ""
            else:
                held.append(line)
            continue
        if drawer:
            drawer = line.strip().upper() != ":END:"
            continue
        if rows and not line.lstrip().startswith("|"):
            lines.table(rows, number - len(rows))
            rows = []
        if match := _BEGIN.match(line):
            lines.end()
            block, begun, held = match[1].lower(), number, []
        elif match := _HEADLINE.fullmatch(line):
            lines.heading(_TAGS.sub("", match[2]), len(match[1]) + ("title" in said), number)
        elif match := _KEYWORD.match(line):
            key = match[1].lower()
            if key == "title" and key not in said:
                lines.heading(match[2], 1, number)
            if key in ("title", "author", "date", "language", "keywords", "description"):
                said.setdefault(key, match[2].strip())
            elif key == "caption":
                lines.add(match[2], number, anew=True)
        elif _DRAWER.match(line):
            drawer = True
        elif line.startswith(("# ", "#+")) or line == "#" or _PLANNING.match(line):
            lines.end()
        elif line.lstrip().startswith("|"):
            lines.end()
            cells = line.strip().strip("|").split("|")
            rows.append([] if re.fullmatch(r"[-+|\s]*", line) else cells)
        elif is_item(line) and not line.startswith("*"):
            lines.add(without_mark(line), number, "item", anew=True)
        else:
            goes_on = lines.kind == "item" and line[:1] in " \t"
            lines.add(line, number, "item" if goes_on else "text")
    if block:  # which is never closed
        lines.code(held, begun + 1)
    lines.table(rows, max(1, source.count("\n") + 1 - len(rows)))
    lines.end()
    builder = lines.builder
    metadata: dict[str, Scalar | tuple[Scalar, ...]] = {
        key: value for key, value in said.items() if value and key not in ("title", "language")
    }
    title = _plain(said.get("title", "")) or builder.first_heading or seed.stem
    language = said.get("language", "")[:2].lower() or seed.options.language
    yield Document(seed.name, builder.text, title, "org", language, metadata, builder.blocks)


def _plain(text: str) -> str:
    text = _LINK.sub(lambda match: match[2] or match[1].removeprefix("file:"), text)
    text = _NOTE.sub(lambda match: raised(match[1], of_a_note=True), text)
    return _EMPHASIS.sub(r"\2", text)
