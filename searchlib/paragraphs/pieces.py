"""Long stretches in pieces that are fit for a paragraph.

A *piece* ends where a sentence ends; in code and tables where a line does; if there is no such place, at white
space; if there is none, anywhere but inside a grapheme cluster (UAX 29: what a reader sees as one character).
Pieces are filled from the front, so that what is appended to a document leaves the pieces before it alone.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from searchlib.analysis.sentences import ends
from searchlib.records import Kind

LIMIT = 2000
"""Code points in a paragraph, at most."""

_SPACES = re.compile(r"\s*")
_ZWJ = "\u200d"


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
            places = [place for place in ends(text, begin, end_of_search) if not inside_cluster(text, place)]
            if places:
                return places[-1]
        line = text.rfind("\n", least, stop)
        if line > start and not inside_cluster(text, line + 1):
            return line
    space = _last_space(text, start, stop)
    if space:
        return space
    for place in range(stop, start, -1):
        if not inside_cluster(text, place):
            return place
    while stop < end and inside_cluster(text, stop):
        stop += 1
    return stop


def _last_space(text: str, start: int, stop: int) -> int:
    """The place after the last white space in ``text[start:stop]`` that can be cut there; 0 if there is none."""
    window = text[start:stop]
    while window:
        head = window.rstrip()
        if head != window and not inside_cluster(text, start + len(window)):
            return start + len(window)
        words = head.rsplit(None, 1)
        if not words or len(words[-1]) == len(head):
            return 0
        window = head[: len(head) - len(words[-1])]
    return 0


def inside_cluster(text: str, place: int) -> bool:
    """Whether cutting ``text`` before ``place`` would cut a grapheme cluster."""
    if place <= 0 or place >= len(text):
        return False
    before, after = text[place - 1], text[place]
    if after < "\u0300" and before != _ZWJ:
        return before == "\r" and after == "\n"
    return (
        unicodedata.category(after) in ("Mn", "Me", "Mc")
        or after in (_ZWJ, "\u200c")
        or before == _ZWJ
        or "\U0001f3fb" <= after <= "\U0001f3ff"
        or "\U000e0020" <= after <= "\U000e007f"
        or (_hangul(before) <= _hangul(after) and _hangul(after) > 1)
        or (_hangul(before) == 1 and 0x1100 <= ord(after) <= 0xD7A3 and _hangul_any(after))
        or _splits_flag(text, place)
    )


def _hangul(character: str) -> int:
    """1 for a leading consonant, 2 for a vowel (or a syllable), 3 for a trailing consonant, else 0 before / 9 after."""
    code = ord(character)
    if 0x1100 <= code <= 0x115F or 0xA960 <= code <= 0xA97C:
        return 1
    if 0x1160 <= code <= 0x11A7 or 0xD7B0 <= code <= 0xD7C6:
        return 2
    if 0x11A8 <= code <= 0x11FF or 0xD7CB <= code <= 0xD7FB:
        return 3
    return 0


def _hangul_any(character: str) -> bool:
    return _hangul(character) > 0 or 0xAC00 <= ord(character) <= 0xD7A3


def _splits_flag(text: str, place: int) -> bool:
    """Whether both sides are halves of one flag (two regional indicators): pairs count from the run's beginning."""
    if not ("\U0001f1e6" <= text[place] <= "\U0001f1ff" and "\U0001f1e6" <= text[place - 1] <= "\U0001f1ff"):
        return False
    first = place
    while first > 0 and place - first < 200 and "\U0001f1e6" <= text[first - 1] <= "\U0001f1ff":
        first -= 1
    return (place - first) % 2 == 1
