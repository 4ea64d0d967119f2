"""How hits and paragraphs look: title, citation, text.

On a terminal, lines are wrapped and the parts told apart by weight and colour; piped, a paragraph's text is one line
(or as many as it has, where line breaks mean something), so that output can be compared, cut and searched::

    1. Title of the document
       seeds/report.txt:4  ¶ 3  Heading › Subheading  4f8m0c2k9x1pt7aw
       … the part of the paragraph that holds the matches …

    2. seeds/report.txt:9  ¶ 7  …

The title is not said again for a hit that follows another of its document.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from searchlib.cli.output import BOLD, DIM, Output
from searchlib.guards.cleaning import Harmless
from searchlib.model.records import KEEPS_LINES, below_title

if TYPE_CHECKING:
    from searchlib import Hit, Record
    from searchlib.highlight import Highlights, Snippet
    from searchlib.render.terminal import Style

    Marked = tuple[str, list[Style]]

_PLACES = 3  # of copies


def hit_lines(hit: Hit, output: Output, shown: Snippet, *, explain: bool = False, titled: bool = True) -> Iterator[str]:
    """The lines of a hit: rank and title, citation, what is shown; with ``explain`` also where the score came from.

    In colour, what matched stands out in all of them. Without the title if it is not to be ``titled``.
    """
    from searchlib.render.terminal import snippet_lines, wrap

    rank = f"{hit.rank}. "
    indent = " " * len(rank)
    yield from _heading(hit.record, output, rank, indent, hit.highlights, titled=titled)
    flowing = hit.paragraph.kind not in KEEPS_LINES
    yield from snippet_lines(shown, hit.text, output.width, indent, color=output.color, flowing=flowing)
    if hit.copies:
        for plain in wrap(_also_in(hit.copies), output.width, indent):
            yield indent + output.style(plain[len(indent) :], DIM)
    if explain:
        for line in hit.explain().lines(output.width - len(indent) if output.width else 0):
            yield indent + output.style(line, DIM)


def _also_in(copies: Sequence[Record]) -> str:
    """How many others say the same, and where the first of them stand."""
    places = [f"{one.document.path}:{one.paragraph.line}".removesuffix(":0") for one in copies[:_PLACES]]
    more = f" and {len(copies) - _PLACES:,} more" if len(copies) > _PLACES else ""
    return f"{len(copies):,} more that say{'s' * (len(copies) == 1)} the same: {', '.join(places)}{more}"


def record_lines(wanted: Record, records: Sequence[Record], output: Output) -> Iterator[str]:
    """The lines of a paragraph among its neighbours; it stands out by its number and, in colour, by being bright."""
    from searchlib.analysis.words import without_breaks
    from searchlib.render.terminal import wrap

    yield from _heading(wanted, output, "", "")
    indent = " " * (len(str(records[-1].paragraph.number)) + 4)
    for record in records:
        here = record.id == wanted.id
        paragraph = record.paragraph
        text = paragraph.text if paragraph.kind in KEEPS_LINES else " ".join(without_breaks(paragraph.text).split())
        number = f"{'>' if here else ' '} {paragraph.number}".ljust(len(indent))
        lines = wrap(text, output.width, indent)
        yield ""
        for place, line in enumerate(lines):
            body = line[len(indent) :]
            if not here:
                yield output.style((indent if place else number) + body, DIM)
            else:
                yield (indent if place else output.style(number, BOLD)) + body


def _heading(
    record: Record,
    output: Output,
    label: str,
    indent: str,
    highlights: Highlights | None = None,
    *,
    titled: bool = True,
) -> Iterator[str]:
    """The lines of title and citation, the first of them after a label."""
    document, paragraph = record.document, record.paragraph
    title, headings = (highlights.title, highlights.headings) if highlights is not None else ((), ())
    if titled:
        yield from _lines(_marked(document.title or document.path, title), output, BOLD, label, indent)
        label = indent
    file = f"{document.path}:{paragraph.line}" if paragraph.line else document.path
    parts = [_marked(file), *map(_marked, map(str, paragraph.locators)), _marked(f"¶ {paragraph.number}")]
    shown = below_title(paragraph.headings, document.title)
    if shown:
        spans = headings[-len(shown) :] or ((),) * len(shown)
        marked = [_marked(heading, its_spans) for heading, its_spans in zip(shown, spans, strict=True)]
        parts.append(_joined(marked, " › "))
    for line in _filled([*parts, _marked(record.id)], output.width - len(indent)):
        yield from _lines(line, output, DIM, label, indent, BOLD)
        label = indent


def _marked(text: str, spans: Sequence[tuple[int, int]] = ()) -> Marked:
    """Text on one line, and the styles of what matched in it."""
    from searchlib.highlight import whole
    from searchlib.render.terminal import flattened

    shown, styles = flattened(whole(text, spans), text)
    return (shown, styles) if spans else (shown.strip(), [])


def _joined(parts: Sequence[Marked], between: str) -> Marked:
    text, styles = parts[0][0], list(parts[0][1])
    for part, its_styles in parts[1:]:
        text += between
        styles += [(len(text) + start, len(text) + end, style) for start, end, style in its_styles]
        text += part
    return text, styles


def _lines(marked: Marked, output: Output, style: str, label: str, indent: str, label_style: str = "") -> Iterator[str]:
    """Lines in a style, what matched in its own, after a label, which may have another, and then after an indent."""
    from searchlib.render.terminal import filled, wrap

    text, styles = marked
    lines = wrap(text, output.width, indent, filled(styles, len(text), style) if output.color else ())
    begin = Harmless(f"\x1b[{style}m")
    for number, line in enumerate(lines):
        body = line[len(indent) :]
        if number:
            yield indent + body
        elif label.strip() and output.color:  # in one go with what has the same style
            same = body.startswith(begin) and not label_style
            yield begin + label + body.removeprefix(begin) if same else output.style(label, label_style or style) + body
        else:
            yield label + body


def _filled(parts: Sequence[Marked], room: int) -> Iterator[Marked]:
    """Lines of whole parts, as many as have ``room``; all in one where there is no width."""
    from searchlib.render.terminal import columns

    line = parts[0]
    for part in parts[1:]:
        if 0 < room < columns(line[0]) + 2 + columns(part[0]):
            yield line
            line = part
        else:
            line = _joined([line, part], "  ")
    yield line
