"""A chunk of plain text line by line: where inside it paragraphs begin.

* A line is *closed* when it ends as a sentence does.
* A line is *full* when the first word of the next one would not have fitted on it: hard-wrapped text is made
  of full lines, and a closed line that is not full ends a paragraph there.
* *Lone* chunks are whole files without a blank line. In these every line is a paragraph where that is evident: most are
  closed, or hardly any is and they begin as names and titles do.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import accumulate

from searchlib.paragraphs import linerecords

WRAP_WIDTH = 110
"""Nobody wraps by hand at more than this many columns (a wider line is a paragraph, or a machine's)."""

_CLOSED = re.compile(r"[.!?…。！？｡．।॥؟۔][\"'”’»)\]」』）*_]*\s*\Z")


def divide(text: str, start: int, end: int, lone: bool) -> Iterator[tuple[int, int]]:
    """The paragraphs of the chunk ``text[start:end]``, which has more than one line: (start, end), trimmed."""
    rows = text[start:end].split("\n")
    cuts = (
        linerecords.cuts(rows) or _line_cuts(rows, lone) or _indent_cuts(rows, start - text.rfind("\n", 0, start) - 1)
    )
    if not cuts:
        yield start, end
        return
    offsets = list(accumulate((len(row) + 1 for row in rows), initial=start))
    first = 0
    for cut in [*cuts, len(rows)]:
        part = text[offsets[first] : offsets[cut] - 1]
        body = part.strip()
        if body:
            begin = offsets[first] + len(part) - len(part.lstrip())
            yield begin, begin + len(body)
        first = cut


def _line_cuts(rows: list[str], lone: bool) -> list[int]:
    """The rows that begin a paragraph by what the lines look like: every row, some, or none."""
    count = len(rows)
    if count < 2:
        return []
    lengths = [len(row.rstrip()) for row in rows]
    mean = sum(lengths) / count
    if mean <= WRAP_WIDTH and not lone:
        return []
    closed = [_CLOSED.search(row[-20:]) is not None for row in rows]
    width = max(lengths) if count < 20 else sorted(lengths)[count * 19 // 20]
    full = [length + 1 + _first_word(rows[row + 1]) > width for row, length in enumerate(lengths[:-1])]
    many_closed = 2 * sum(closed[:-1]) >= count - 1
    wrapped = width <= WRAP_WIDTH and 2 * sum(full) >= count - 1
    every = list(range(1, count))
    by_line = not wrapped or (many_closed and 10 * sum(full) < 7 * (count - 1))
    if not lone:
        return every if by_line else []
    if by_line:
        lower = [row.lstrip()[:1].islower() for row in rows]
        names = not closed[-1] and 10 * sum(closed) <= count and 3 * sum(lower) <= count
        if not (many_closed or names or mean > WRAP_WIDTH):
            return [row for row in every if closed[row - 1] and not full[row - 1]]
        # What begins in lower case goes on with a line that is not closed.
        return [row for row in every if closed[row - 1] or not lower[row] or not many_closed]
    # A closed line with room to spare ends a paragraph, and so does one before an indented line.
    margin = min(map(_indent, rows))
    return [
        row
        for row in range(1, count)
        if closed[row - 1] and (not full[row - 1] or _indent(rows[row]) > max(margin, _indent(rows[row - 1])))
    ]


def _indent_cuts(rows: list[str], margin: int) -> list[int]:
    """The rows that begin a paragraph by their indentation, in text whose paragraphs do."""
    if len(rows) < 3:
        return []
    indents = [margin, *map(_indent, rows[1:])]
    base = min(indents)
    cuts = [row for row in range(1, len(rows)) if indents[row] > base >= indents[row - 1] or indents[row] > base]
    if not cuts or 2 * len(cuts) > len(rows) or max(indents) > base + 10:
        return []
    return cuts if all(_CLOSED.search(rows[row - 1][-20:]) for row in cuts) else []


def _indent(row: str) -> int:
    return len(row) - len(row.lstrip())


def _first_word(row: str) -> int:
    """The length of the first word, of 200 code points at most, for scripts without spaces."""
    words = row[:200].split(None, 1)
    return len(words[0]) if words else 0
