"""Long stretches in pieces that are fit for a paragraph.

A *piece* ends where a sentence ends; in code and tables where a line does; if there is no such place, at white
space; if there is none, anywhere but inside a grapheme cluster (UAX 29: what a reader sees as one character).
Pieces are filled from the front, so that what is appended to a document leaves the pieces before it alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from searchlib.analysis.graphemes import is_boundary
from searchlib.analysis.sentences import ends
from searchlib.model.records import Kind

LIMIT = 2000
"""Code points in a paragraph, at most."""

_SPACES = re.compile(r"\s*")


def pieces(text: str, start: int, end: int, kind: Kind = "text") -> Iterator[tuple[int, int]]:
    """``text[start:end]`` in pieces of up to ``LIMIT`` code points: (start, end), trimmed; linear in time."""
    while end - start > LIMIT:
        # The last two are of a size, rather than one full and one a scrap.
        window = LIMIT if end - start > LIMIT * 3 // 2 else (end - start + 1) // 2 + LIMIT // 8
        cut = _cut(text, start, start + window, kind, end)
        piece = text[start:cut].rstrip()
        if piece:
            yield start, start + len(piece)
        start = cut
        start = _SPACES.match(text, start, end).end()  # type: ignore[union-attr]
    if start < end:
        yield start, end


def _cut(text: str, start: int, stop: int, kind: Kind, end: int) -> int:
    """The best place to cut in ``text[start:stop]``: after ``start``, and far from it where there is a choice."""
    least = start + (stop - start) // 4
    if kind in ("code", "table"):
        line = text.rfind("\n", least, stop)
        if line > start:
            return line
    else:
        # Nearly always there is one in the last quarter.
        for begin, end_of_search in ((stop - (stop - start) // 4, stop), (least, stop - (stop - start) // 4)):
            places = [place for place in ends(text, begin, end_of_search) if is_boundary(text, place, start)]
            if places:
                return places[-1]
        line = text.rfind("\n", least, stop)
        if line > start and is_boundary(text, line + 1, start):
            return line
    space = _last_space(text, start, stop)
    if space:
        return space
    for place in range(stop, start, -1):
        if is_boundary(text, place, start):
            return place
    while stop < end and not is_boundary(text, stop, start):
        stop += 1
    return stop


def _last_space(text: str, start: int, stop: int) -> int:
    """The place after the last white space in ``text[start:stop]`` that can be cut there; 0 if there is none."""
    window = text[start:stop]
    while window:
        head = window.rstrip()
        if head != window and is_boundary(text, start + len(window), start):
            return start + len(window)
        words = head.rsplit(None, 1)
        if not words or len(words[-1]) == len(head):
            return 0
        window = head[: len(head) - len(words[-1])]
    return 0
