"""A document's paragraphs.

* A *stretch* is what a layout or a format sees as one paragraph: a range of the text with its kind, heading
  path and line. Plain text gets its stretches from ``layout``, a document with blocks from its blocks.
* A *piece* is what is left of a stretch that is too long for a paragraph (``pieces``). Most stretches are
  one piece.
* *Places* say where paragraphs are, in parallel lists: what an index needs of millions of them.

``split`` numbers the pieces. No word of the text is lost: each is in a paragraph, in the heading path of one,
or in the document's title.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import accumulate, chain, repeat
from typing import TypeAlias

from searchlib.model.locators import Locator
from searchlib.model.records import Block, Document, Kind, Paragraph
from searchlib.paragraphs import layout, titles
from searchlib.paragraphs.pieces import LIMIT, pieces

Stretch: TypeAlias = tuple[int, int, int, Block]
"""Start, end, line, and the block that has the rest."""

# In these a document is on one line of its seed, whatever line breaks its text has.
_ONE_LINE = frozenset({"json", "jsonl"})


@dataclass(slots=True)
class Places:
    """Where the paragraphs of a document are: lists of one length, with an item for each, in order.

    The text of paragraph ``i`` is ``document.text[starts[i]:ends[i]]``, its number ``i + 1``.
    """

    starts: list[int] = field(default_factory=list)
    ends: list[int] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)
    headings: list[tuple[str, ...]] = field(default_factory=list)
    kinds: list[Kind] = field(default_factory=list)
    locators: list[tuple[Locator, ...]] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.starts)


def split(document: Document) -> list[Paragraph]:
    """The paragraphs of ``document``, in order, numbered from 1.

    ``document.text[p.start:p.end] == p.text`` for each, without white space around it, and none is longer
    than 2,000 code points unless a single grapheme cluster is. Time and memory are linear in the text.
    """
    found = places(document)
    text = document.text
    texts = [text[start:end] for start, end in zip(found.starts, found.ends, strict=True)]
    numbers = range(1, len(texts) + 1)
    about = (found.lines, found.headings, found.kinds, found.locators)
    return list(map(Paragraph, numbers, found.starts, found.ends, texts, *about))


def places(document: Document) -> Places:
    """Where the paragraphs of ``document`` are: what ``split`` gives, in half the time."""
    if document.blocks is not None:
        return _blocked_places(document, document.blocks)
    text = document.text
    starts, ends, kinds = layout.stretches(text, _after_title(document))
    long = [place for place, start in enumerate(starts) if ends[place] - start > LIMIT]
    if long:
        starts, ends, kinds = _cut(text, starts, ends, kinds, long)
    if document.type in _ONE_LINE or not document.line:
        lines = [document.line] * len(starts)
    else:
        breaks = map(text.count, repeat("\n"), chain((0,), starts), starts)
        lines = list(accumulate(breaks, initial=document.line))[1:]
    return Places(starts, ends, lines, [()] * len(starts), kinds, [()] * len(starts))


def _after_title(document: Document) -> int:
    """Where plain text begins: the line that the document is named by is no paragraph if others follow."""
    place = titles.place(document.text, document.title) if document.title else None
    return place[1] if place is not None and document.text[place[1] :].strip() else 0


def _cut(
    text: str, starts: list[int], ends: list[int], kinds: list[Kind], long: list[int]
) -> tuple[list[int], list[int], list[Kind]]:
    """The stretches with the ``long`` ones in pieces."""
    found_starts: list[int] = []
    found_ends: list[int] = []
    found_kinds: list[Kind] = []
    done = 0
    for place in long:
        found_starts += starts[done:place]
        found_ends += ends[done:place]
        found_kinds += kinds[done:place]
        for first, last in pieces(text, starts[place], ends[place], kinds[place]):
            found_starts.append(first)
            found_ends.append(last)
            found_kinds.append(kinds[place])
        done = place + 1
    return found_starts + starts[done:], found_ends + ends[done:], found_kinds + kinds[done:]


def _blocked_places(document: Document, blocks: tuple[Block, ...]) -> Places:
    text = document.text
    row = document.type == "csv"  # with blocks, its text is no cell as it stands in the seed
    one_line = row or document.type in _ONE_LINE
    found = Places()
    for start, end, first_line, block in _blocked(document, blocks, _after_title(document) if row else 0):
        counted, line = start, first_line
        for first, last in ((start, end),) if end - start <= LIMIT else pieces(text, start, end, block.kind):
            if first > counted and line and not one_line:
                line += text.count("\n", counted, first)
                counted = first
            found.starts.append(first)
            found.ends.append(last)
            found.lines.append(line)
            found.headings.append(block.headings)
            found.kinds.append(block.kind)
            found.locators.append(block.locators)
    return found


def _blocked(document: Document, blocks: tuple[Block, ...], done: int) -> Iterator[Stretch]:
    """The stretches of a document with blocks from ``done`` on, and of what a careless loader left between them."""
    text = document.text
    between = Block(0, 0, "text", (), document.line)
    for place, block in enumerate(blocks):
        begin = min(max(block.start, done), len(text))
        yield from _trimmed(text, done, begin, between)
        done = min(max(begin, block.end), len(text))
        between = Block(0, 0, "text", block.headings, block.line, block.locators)
        if block.kind == "heading":
            path = (*block.headings, " ".join(text[begin:done].split()))
            between = Block(0, 0, "text", path, block.line, block.locators)
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
        line = block.line + text.count("\n", start, first) if block.line else 0
        yield first, first + len(body.rstrip()), line, block
