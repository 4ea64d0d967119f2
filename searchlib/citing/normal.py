"""When two texts say the same: the *normal form* of a quote, and where it stands in a paragraph.

Forms are wrapped, indented and pasted. So white space is compared as single blanks, as ids have it too, and control
characters by the pictures that `searchlib.render` shows for them.
"""

from __future__ import annotations

import re

from searchlib.concurrency.lazily import lazy_expression
from searchlib.render import clean

_WORD = lazy_expression(r"\S+")


def normal(text: str) -> str:
    """``text`` as it is compared: no controls, single blanks, none at the ends."""
    return " ".join(clean(text).split())


def same_line(text: str) -> str:
    """``text`` as a form prints it on a line: its normal form, without the sign that marks a paragraph's number."""
    return normal(text).replace("¶", "%C2%B6")


def find_part(text: str, quote: str) -> list[tuple[int, int]]:
    """The ranges of ``text`` that say what ``quote`` (in normal form) says, in order, not overlapping."""
    if not quote:
        return []
    words = list(_WORD.finditer(clean(text)))
    starts: list[int] = []  # of each word in the normal form
    length = 0
    for word in words:
        starts.append(length)
        length += len(word[0]) + 1
    whole = " ".join(word[0] for word in words)
    found = []
    at = whole.find(quote)
    number = 0
    while at >= 0:
        first, number = _original(words, starts, at, number)
        last, number = _original(words, starts, at + len(quote) - 1, number)
        found.append((first, last + 1))
        at = whole.find(quote, at + len(quote))
    return found


def _original(words: list[re.Match[str]], starts: list[int], at: int, number: int) -> tuple[int, int]:
    """From a place in the normal form, in word ``number`` or after it, to that of the text, and its word."""
    while number + 1 < len(starts) and starts[number + 1] <= at:
        number += 1
    return words[number].start() + at - starts[number], number
