"""Quoted lines, as mail and forums have them: with ``>`` at the margin, and one more for each quotation in another.

A *run* is of lines that are quoted equally deep; a quoted line without words divides it as a blank line divides text.
A single line in a chunk that begins otherwise is no quotation, unless a colon stands before it; and a session of Python
is none.
"""

from __future__ import annotations

import re

_PROMPT = re.compile(r"(?:\A|^)[ \t]*>>> ", re.MULTILINE)
_MARKS = re.compile(r"[ \t]*((?:>[ \t]?)*)")


def places(text: str, begin: int) -> list[int]:
    """Where quoted lines begin: their first marks."""
    found = []
    place = text.find(">", begin)
    while place >= 0:
        line = text.rfind("\n", 0, place) + 1
        if line == place or text[line:place].isspace():
            found.append(place)
        after = text.find("\n", place)
        place = text.find(">", after) if after >= 0 else -1
    return found


def runs(text: str, start: int, end: int) -> list[tuple[int, int, bool]]:
    """What the chunk ``text[start:end]`` consists of: (start, end, whether it is quoted); one if nothing is quoted."""
    found: list[tuple[int, int, int, int]] = []  # with the depth and how many lines
    place = start
    last: int | None = None  # the depth of the line before; None after a line without words
    while place < end:
        after = text.find("\n", place, end)
        after = end if after < 0 else after
        marks = _MARKS.match(text, place, after)
        depth = marks[1].count(">") if marks is not None else 0
        begin = marks.end() if marks is not None and depth else place
        stop = begin + len(text[begin:after].rstrip())
        if begin >= stop or not text[begin:stop].strip():
            last = None
        elif depth == last:
            found[-1] = (found[-1][0], stop, depth, found[-1][3] + 1)
        else:
            found.append((begin, stop, depth, 1))
            last = depth
        place = after + 1
    if all(depth in (0, 3) for _, _, depth, _ in found) and _PROMPT.search(text, start, end):
        return [(start, end, False)]
    if not any(
        depth and (lines > 1 or not number or text[found[number - 1][1] - 1] == ":")
        for number, (_, _, depth, lines) in enumerate(found)
    ):
        return [(start, end, False)]
    return [(first, stop, depth > 0) for first, stop, depth, _ in found]
