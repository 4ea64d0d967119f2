r"""How plain text is laid out, and the stretches that makes.

* A *gap* is what separates *chunks*: line breaks with nothing but white space between.
* A *cut* is a place inside a chunk where a paragraph begins all the same: at a list item, at an indented first
  line, or at every line of a file that has one paragraph a line.
* A chunk may be made of *records* (``linerecords``), each a line, or have quoted lines in it (``quoting``).
* *Furniture* is what a printer put on each page: the footer and header around a form feed.

Most text has gaps and no cuts, and is split by one pass of a regular expression. Three cheap searches over
the whole text say which chunks need a look at their lines (``wrapping``).
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from itertools import pairwise

from searchlib.model.records import Kind
from searchlib.paragraphs import furniture, linerecords, quoting, wrapping

LONG_LINE = 200
OVERSIZE = 2000

# Linear: nothing is run through twice.
_GAP = re.compile(r"\n[ \t]*+[^\S\n]*+\n\s*")
# What is there besides ASCII punctuation: rules and rows of stars are nobody's paragraph.
_WORDY = re.compile(r"[^\x00-\x2f:-@\[-`{-\x7f]")
# A bullet or number, and a word after it. Most lines begin with a word: they are turned away first, most of those
# by their first two characters.
_ITEM = re.compile(
    r"\n[ \t]*+(?![A-Za-hj-uwyz\n][^)])(?![^\W\d_]++[^)])"
    r"((?:[-*+•‣◦▪●–—]|\(?\d{1,3}[.)]|\([a-zA-Z]{1,4}\)|[a-zA-Z]\)|[ivx]{1,4}\)|\[\d{1,3}\])"
    r"[ \t]+(?=[\w\"'“«(\[<`*_]))"
)
# A line at the margin, then one that is not: perhaps the first line of a paragraph.
_INDENT = re.compile(r"\n[^ \t\u3000\n][^\n]*+\n(?=[ \t\u3000])(?:  |\t|\u3000)")


def stretches(text: str, begin: int = 0) -> tuple[list[int], list[int], list[Kind]]:
    """The paragraphs of plain ``text`` from ``begin`` on, trimmed and in order: their starts, ends and kinds."""
    starts, ends = _chunks(text, begin)
    if not starts:
        return [], [], []
    lone = len(starts) == 1
    if "\f" in text:
        joined = furniture.joined(text, list(zip(starts, ends, strict=True)))
        starts, ends = [start for start, _ in joined], [end for _, end in joined]
    items = _by_chunk(_items(text, begin), starts, ends)
    if lone or _long_line(text, begin):
        looks = set(range(len(starts)))
    else:
        looks = set(_by_chunk([match.end() for match in _INDENT.finditer(text, begin)], starts, ends))
        looks.update(place for place, start in enumerate(starts) if ends[place] - start > OVERSIZE)
        looks.update(linerecords.doubtful(text, starts, ends))
    quoted = quoting.places(text, begin)
    quoted_chunks = _by_chunk(quoted, starts, ends) if quoted else {}
    # Punctuation alone is no paragraph, and most that are begin with a letter.
    doubtful = {place for place, start in enumerate(starts) if not text[start].isalnum()}
    whole: list[Kind] = ["text"]
    found_starts: list[int] = []
    found_ends: list[int] = []
    kinds: list[Kind] = []
    done = 0
    for place in sorted(looks.union(items, doubtful, quoted_chunks)):
        found_starts += starts[done:place]
        found_ends += ends[done:place]
        kinds += whole * (place - done)
        done = place + 1
        start, end = starts[place], ends[place]
        runs = quoting.runs(text, start, end) if place in quoted_chunks else []
        cuts = _list_cuts(text, start, end, items[place]) if place in items else []
        parts: list[tuple[int, int, Kind]]
        if len(runs) > 1 or (runs and runs[0][2]):
            parts = [(first, last, "quote" if is_quote else "text") for first, last, is_quote in runs]
        elif cuts:
            parts = _list(text, start, end, cuts)
        elif place in looks and text.find("\n", start, end) >= 0:
            parts = [(first, last, "text") for first, last in wrapping.divide(text, start, end, lone)]
        else:
            parts = [(start, end, "text")]
        for first, last, kind in parts:
            if _WORDY.search(text, first, last):
                found_starts.append(first)
                found_ends.append(last)
                kinds.append(kind)
    return found_starts + starts[done:], found_ends + ends[done:], kinds + whole * (len(starts) - done)


def _long_line(text: str, begin: int) -> bool:
    """Whether a line, or the rest of one from ``begin``, has ``LONG_LINE`` characters; in steps of that many."""
    place = begin - 1
    last = len(text) - LONG_LINE
    while place < last:
        after = text.rfind("\n", place + 1, place + 1 + LONG_LINE)
        if after < 0:
            return True
        place = after
    return False


def _chunks(text: str, begin: int) -> tuple[list[int], list[int]]:
    """What the gaps separate, trimmed: starts and ends."""
    stop = len(text.rstrip())
    if stop <= begin:
        return [], []
    start = stop - len(text[begin:stop].lstrip())
    bounds = [start]
    for gap in _GAP.finditer(text, start, stop):
        bounds += gap.span()
    bounds.append(stop)
    starts, ends = bounds[::2], bounds[1::2]
    for place in [place for place, end in enumerate(ends) if text[end - 1].isspace()]:
        ends[place] = starts[place] + len(text[starts[place] : ends[place]].rstrip())
    return starts, ends


def _by_chunk(places: list[int], starts: list[int], ends: list[int]) -> dict[int, list[int]]:
    """Which of ``places``, in order, are in which chunk, by its number."""
    found: dict[int, list[int]] = {}
    first = 0
    while first < len(places):
        chunk = bisect_right(starts, places[first]) - 1
        after = max(bisect_left(places, ends[chunk], first), first + 1)
        if places[first] < ends[chunk]:
            found[chunk] = places[first:after]
        first = after
    return found


def _items(text: str, begin: int) -> list[int]:
    """Where lines begin with what may be the mark of a list item: the places of the marks."""
    items = [match.start(1) for match in _ITEM.finditer(text, begin)]
    if begin == 0 and (first := _ITEM.match("\n" + text[:200])) is not None:
        items.insert(0, first.start(1) - 1)
    return items


def _list_cuts(text: str, start: int, end: int, items: list[int]) -> list[int]:
    """Where the items of a list in this chunk begin; none if it is prose with a number at the edge."""
    if text.find("....", start, end) >= 0 or text.find(". . . ", start, end) >= 0:
        return []  # a table of contents stays whole
    if items[0] == start or len(items) > 1 or text[start : items[0]].rstrip().endswith(":"):
        return items
    return []


def _list(text: str, start: int, end: int, cuts: list[int]) -> list[tuple[int, int, Kind]]:
    """What is before the first item, and the items."""
    found: list[tuple[int, int, Kind]] = []
    if cuts[0] > start:
        found.append((start, start + len(text[start : cuts[0]].rstrip()), "text"))
    for first, after in pairwise([*cuts, end]):
        found.append((first, first + len(text[first:after].rstrip()), "item"))
    return found
