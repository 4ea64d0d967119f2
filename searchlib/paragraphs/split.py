"""A document's paragraphs.

* A *stretch* is what a layout or a format sees as one paragraph: a range of the text with its kind, heading
  path and line. Plain text gets its stretches from ``layout``, a document with blocks from its blocks.
* A *piece* is what is left of a stretch that is too long for a paragraph (``pieces``). Most stretches are
  one piece.

``split`` numbers the pieces. No word of the text is lost: each is in a paragraph, in the heading path of one,
or in the document's title.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TypeAlias

from searchlib.paragraphs import layout, titles
from searchlib.paragraphs.pieces import LIMIT, pieces
from searchlib.records import Block, Document, Kind, Paragraph

Stretch: TypeAlias = tuple[int, int, Kind, tuple[str, ...], int]
"""Start, end, kind, heading path, line (0: count the line breaks from the beginning of the document)."""

# In these a document is one line of its seed, whatever line breaks its text has.
_ONE_LINE = frozenset({"jsonl"})


def split(document: Document) -> list[Paragraph]:
    """The paragraphs of ``document``, in order, numbered from 1.

    ``document.text[p.start:p.end] == p.text`` for each, without white space around it, and none is longer
    than 2,000 code points unless a single grapheme cluster is. Time and memory are linear in the text.
    """
    if document.blocks is not None:
        return _numbered(document, _blocked(document, document.blocks))
    text = document.text
    begin = 0
    if document.title:
        # The line that the document is named by is no paragraph if others follow.
        place = titles.place(text, document.title)
        if place is not None and text[place[1] :].strip():
            begin = place[1]
    return _numbered(document, [(start, end, kind, (), 0) for start, end, kind in layout.stretches(text, begin)])


def _numbered(document: Document, stretches: Iterable[Stretch]) -> list[Paragraph]:
    text, line, counted = document.text, document.line, 0
    one_line = document.type in _ONE_LINE
    paragraphs: list[Paragraph] = []
    add = paragraphs.append
    count = text.count
    number = 0
    for start, end, kind, headings, known_line in stretches:
        if known_line:
            line, counted = known_line, start
        for first, last in ((start, end),) if end - start <= LIMIT else pieces(text, start, end, kind):
            number += 1
            if not one_line:
                line += count("\n", counted, first)
                counted = first
            add(Paragraph(number, first, last, text[first:last], line, headings, kind))
    return paragraphs


def _blocked(document: Document, blocks: tuple[Block, ...]) -> Iterator[Stretch]:
    """The stretches of a document with blocks, and of what a careless loader left between them."""
    text = document.text
    done = 0
    between = Block(0, 0, "text", (), document.line)
    for place, block in enumerate(blocks):
        begin = min(max(block.start, done), len(text))
        yield from _trimmed(text, done, begin, between)
        done = min(max(begin, block.end), len(text))
        between = Block(0, 0, "text", block.headings, block.line)
        if block.kind == "heading":
            path = (*block.headings, " ".join(text[begin:done].split()))
            between = Block(0, 0, "text", path, block.line)
            if place + 1 < len(blocks) and blocks[place + 1].headings[: len(path)] == path:
                continue  # what follows carries it in its heading path
        yield from _trimmed(text, begin, done, block)
    yield from _trimmed(text, done, len(text), between)


def _trimmed(text: str, start: int, end: int, block: Block) -> Iterator[Stretch]:
    """The range without the white space around it, with the rest from ``block``; nothing if nothing is left."""
    whole = text[start:end]
    body = whole.lstrip()
    if body:
        first = start + len(whole) - len(body)
        line = block.line + text.count("\n", start, first)
        yield first, first + len(body.rstrip()), block.kind, block.headings, line
