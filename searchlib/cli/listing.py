"""How hits and paragraphs look: title, citation, text.

On a terminal, lines are wrapped and the parts told apart by weight and colour; piped, a paragraph's text is one line
(or as many as it has, where line breaks mean something), so that output can be compared, cut and searched::

    1. Title of the document
       seeds/report.txt:4  ¶ 3  Heading › Subheading  4f8m0c2k9x1pt7aw
       … the part of the paragraph that holds the matches …
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from searchlib.cli.output import BOLD, DIM, Output

if TYPE_CHECKING:
    from searchlib import Hit, Record

_KEEPS_LINES = ("code", "table")
"""Kinds of paragraphs in which line breaks mean something."""


def hit_lines(
    hit: Hit, output: Output, *, full: bool = False, snippets: int = 1, explain: bool = False
) -> Iterator[str]:
    """The lines of a hit: rank and title, citation, snippet; with ``explain`` also where the score came from."""
    from searchlib.highlight import snippet, whole
    from searchlib.hits import SNIPPET_LENGTH
    from searchlib.render.terminal import snippet_lines

    rank = f"{hit.rank}. "
    indent = " " * len(rank)
    yield from _heading(hit.record, output, rank, indent)
    shown = whole(hit.text, hit.spans) if full else snippet(hit.text, hit.spans, SNIPPET_LENGTH, snippets)
    flowing = hit.paragraph.kind not in _KEEPS_LINES
    yield from snippet_lines(shown, hit.text, output.width, indent, color=output.color, flowing=flowing)
    if explain:
        for line in str(hit.explain()).splitlines():
            yield indent + output.style(line, DIM)


def record_lines(wanted: Record, records: Sequence[Record], output: Output) -> Iterator[str]:
    """The lines of a paragraph among its neighbours; it stands out by its number and, in colour, by being bright."""
    from searchlib.render.terminal import wrap

    yield from _heading(wanted, output, "", "")
    indent = " " * (len(str(records[-1].paragraph.number)) + 4)
    for record in records:
        here = record.id == wanted.id
        paragraph = record.paragraph
        text = paragraph.text if paragraph.kind in _KEEPS_LINES else " ".join(paragraph.text.split())
        number = f"{'>' if here else ' '} {paragraph.number}".ljust(len(indent))
        lines = wrap(text, output.width, indent)
        yield ""
        for place, line in enumerate(lines):
            body = line[len(indent) :]
            if not here:
                yield output.style((indent if place else number) + body, DIM)
            else:
                yield (indent if place else output.style(number, BOLD)) + body


def _heading(record: Record, output: Output, label: str, indent: str) -> Iterator[str]:
    """The lines of title and citation."""
    from searchlib.render.terminal import wrap

    document, paragraph = record.document, record.paragraph
    title = wrap(_line(document.title or document.path), output.width, indent)
    for number, line in enumerate(title):
        yield output.style(label + line[len(indent) :], BOLD) if number == 0 else output.style(line, BOLD)
    parts = [f"{document.path}:{paragraph.line}", f"¶ {paragraph.number}"]
    if paragraph.headings:
        parts.append(" › ".join(paragraph.headings))
    for line in _filled([*map(_line, parts), record.id], output.width - len(indent)):
        for piece in wrap(line, output.width, indent):
            yield indent + output.style(piece[len(indent) :], DIM)


def _filled(parts: Sequence[str], room: int) -> Iterator[str]:
    """Lines of whole parts, as many as have ``room``; all in one where there is no width."""
    from searchlib.render.terminal import columns

    line = parts[0]
    for part in parts[1:]:
        if 0 < room < columns(line) + 2 + columns(part):
            yield line
            line = part
        else:
            line += "  " + part
    yield line


def _line(text: str) -> str:
    return " ".join(text.split())
