r"""How plain text is laid out, and the stretches that makes.

* A *gap* is what separates *chunks*: line breaks with nothing but white space between.
* A *cut* is a place inside a chunk where a paragraph begins all the same: at a list item, at an indented first
  line, or at every line of a file that has one paragraph a line.
* *Furniture* is what a printer put on each page: the footer and header around a form feed.

Most text has gaps and no cuts, and is split by one pass of a regular expression. Three cheap searches over
the whole text say which chunks need a look at their lines (``lines``).
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator

from searchlib.paragraphs import lines, pages
from searchlib.records import Kind

LONG_LINE = 200
OVERSIZE = 2000

# Linear: after the first line break the white space is run through once, and once back.
_GAP = re.compile(r"\n\s*\n\s*")
# What is there besides ASCII punctuation: rules and rows of stars are nobody's paragraph.
_WORDY = re.compile(r"[^\x00-\x2f:-@\[-`{-\x7f]")
_LONG = re.compile(rf"\n[^\n]{{{LONG_LINE}}}")
# A bullet or number, and a word after it. Most lines begin with a word: they are turned away first.
_ITEM = re.compile(
    r"\n[ \t]*+(?=[^\n])(?![^\W\d_]++[^)])"
    r"((?:[-*+•‣◦▪●–—]|\(?\d{1,3}[.)]|\([a-zA-Z]{1,4}\)|[a-zA-Z]\)|[ivx]{1,4}\)|\[\d{1,3}\])"
    r"[ \t]+(?=[\w\"'“«(\[<`*_]))"
)
_LEADERS = re.compile(r"\.{4}|(?:\. ){3}")
# A line at the margin, then one that is not: perhaps the first line of a paragraph.
_INDENT = re.compile(r"\n(?![ \t\u3000\n])[^\n]*\n(?:  |\t|\u3000)")


def stretches(text: str, begin: int = 0) -> list[tuple[int, int, Kind]]:
    """The paragraphs of plain ``text`` from ``begin`` on: (start, end, kind), trimmed and in order."""
    chunks = _chunks(text, begin)
    if not chunks:
        return []
    lone = len(chunks) == 1
    if "\f" in text:
        chunks = pages.joined(text, chunks)
    by_line = lone or _LONG.search(text, begin) is not None or text.find("\n", begin, begin + LONG_LINE) < 0
    items = _items(text, begin)
    items.append(len(text))
    looks = [match.end() for match in _INDENT.finditer(text, begin)]
    looks.append(len(text))
    item = look = 0
    found: list[tuple[int, int, Kind]] = []
    add = found.append
    for start, end in chunks:
        while looks[look] < start:
            look += 1
        if items[item] < end:
            first = item
            item = bisect_left(items, end, item)
            cuts = _list_cuts(text, start, end, items[first:item])
            if cuts:
                found += [part for part in _list(text, start, end, cuts) if _WORDY.search(text, part[0], part[1])]
                continue
        if (by_line or looks[look] < end or end - start > OVERSIZE) and text.find("\n", start, end) >= 0:
            found += [
                (first, last, "text")
                for first, last in lines.divide(text, start, end, lone)
                if _WORDY.search(text, first, last)
            ]
        elif text[start].isalnum() or _WORDY.search(text, start, end):
            add((start, end, "text"))
    return found


def _chunks(text: str, begin: int) -> list[tuple[int, int]]:
    """What the gaps separate, trimmed."""
    stop = len(text.rstrip())
    if stop <= begin:
        return []
    found = []
    start = stop - len(text[begin:stop].lstrip())
    for gap in _GAP.finditer(text, start, stop):
        end, after = gap.span()
        if text[end - 1].isspace():
            end = start + len(text[start:end].rstrip())
        found.append((start, end))
        start = after
    found.append((start, stop))
    return found


def _items(text: str, begin: int) -> list[int]:
    """Where lines begin with what may be the mark of a list item: the places of the marks."""
    items = [match.start(1) for match in _ITEM.finditer(text, begin)]
    if begin == 0 and (first := _ITEM.match("\n" + text[:200])) is not None:
        items.insert(0, first.start(1) - 1)
    return items


def _list_cuts(text: str, start: int, end: int, items: list[int]) -> list[int]:
    """Where the items of a list in this chunk begin; none if it is prose with a number at the edge."""
    if _LEADERS.search(text, start, end):  # a table of contents stays whole
        return []
    if items[0] == start or len(items) > 1 or text[start : items[0]].rstrip().endswith(":"):
        return items
    return []


def _list(text: str, start: int, end: int, cuts: list[int]) -> Iterator[tuple[int, int, Kind]]:
    """What is before the first item, and the items."""
    if cuts[0] > start:
        yield start, start + len(text[start : cuts[0]].rstrip()), "text"
    for first, after in zip(cuts, [*cuts[1:], end], strict=True):
        yield first, first + len(text[first:after].rstrip()), "item"
