"""How alike a quote and a paragraph are, and how they differ, word by word.

Words are those of `analysis` with what is between them; of scripts without spaces, every character is one. A
difference is found by ``difflib`` (Ratcliff & Obershelp, 1988). Both sides are bounded, as its time is not linear.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from difflib import SequenceMatcher
from functools import lru_cache
from itertools import accumulate
from typing import TYPE_CHECKING, Literal, NamedTuple

from searchlib.analysis.words import find_words, is_unspaced
from searchlib.citing.normal import normal

if TYPE_CHECKING:
    from searchlib.records import Record

MOST_TOKENS = 2000  # a paragraph has at most 2,000 code points
_ROOM = 4  # tokens
_LOOKED_AT = 8  # paragraphs that share most words with a quote, of which the closest is chosen


class Change(NamedTuple):
    """A piece of a difference: text that stayed (``=``), went (``-``) or came (``+``)."""

    op: Literal["=", "-", "+"]
    text: str


class Likeness(NamedTuple):
    """How alike a quote and a range of a text (in normal form) are, from 0 to 1."""

    ratio: float
    start: int
    end: int


@lru_cache(256)
def _tokens(text: str) -> tuple[str, ...]:
    found: list[str] = []
    at = 0
    for word in find_words(text):
        found += text[at : word.start()]
        found += list(word[0]) if is_unspaced(word[0]) else [word[0]]
        at = word.end()
        if len(found) > MOST_TOKENS:
            return tuple(found[:MOST_TOKENS])
    found += text[at : at + MOST_TOKENS]
    return tuple(found[:MOST_TOKENS])


def likeness(quote: str, text: str, part: bool) -> Likeness:
    """How alike they are, both in normal form; of a ``part``, with the range of the text that is most like it."""
    (mine, _), (theirs, starts) = _words(quote), _words(text)
    matcher = SequenceMatcher(None, mine, theirs, autojunk=False)
    first, last = 0, len(theirs)
    if part:
        # Around the longest run of words that is still there; twice as far as the quote goes, as words may have come.
        a, b, size = matcher.find_longest_match()
        first = max(0, b - 2 * a - _ROOM)
        last = min(len(theirs), b + size + 2 * (len(mine) - a - size) + _ROOM)
        matcher = SequenceMatcher(None, mine, theirs[first:last], autojunk=False)
    blocks = [block for block in matcher.get_matching_blocks() if block.size]
    same = sum(len(token) for block in blocks for token in mine[block.a : block.a + block.size])
    if part and blocks:
        # From where the quote would begin, seen from the first words that are still there, to where it would end.
        begin, end = blocks[0].b - blocks[0].a, blocks[-1].b + len(mine) - blocks[-1].a
        first, last = first + max(0, begin), min(last, first + end)
    if first >= last:
        return Likeness(0.0, 0, 0)
    ratio = 2 * same / sum(map(len, (*mine, *theirs[first:last])))
    return Likeness(ratio, starts[first], starts[last - 1] + len(theirs[last - 1]))


@lru_cache(256)
def _words(text: str) -> tuple[tuple[str, ...], tuple[int, ...]]:
    """The tokens that are no white space, and where each begins."""
    tokens = _tokens(text)
    starts = accumulate(map(len, tokens), initial=0)
    found = [(token, start) for token, start in zip(tokens, starts, strict=False) if not token.isspace()]
    return tuple(token for token, _ in found), tuple(start for _, start in found)


def closest(quote: str, records: Sequence[Record], part: bool) -> tuple[Record, Likeness] | None:
    """The record whose text is most like ``quote``, which is in normal form; the first of several."""
    wanted = Counter(_words(quote)[0])
    if not wanted:
        return None
    shared = []
    for number, record in enumerate(records):
        there = Counter(_words(normal(record.paragraph.text))[0])
        common = sum(min(count, there[token]) * len(token) for token, count in wanted.items())
        size = sum(count * len(token) for token, count in there.items())
        shared.append((-common if part else -2 * common / max(1, size + len(quote)), number))
    best: tuple[Record, Likeness] | None = None
    for _, number in sorted(shared)[:_LOOKED_AT]:
        found = likeness(quote, normal(records[number].paragraph.text), part)
        if best is None or found.ratio > best[1].ratio:
            best = records[number], found
    return best


def difference(before: str, after: str) -> tuple[Change, ...]:
    """What became of ``before``: its words in order, with those that went and those that came."""
    mine, theirs = _tokens(before), _tokens(after)
    found: list[Change] = []
    for op, a, b, c, d in SequenceMatcher(None, mine, theirs, autojunk=False).get_opcodes():
        if op == "equal":
            piece = "".join(mine[a:b])
            # A blank alone between two changes is no reason to part them.
            if piece.isspace() and found and (b < len(mine) or d < len(theirs)):
                found += [Change("-", piece), Change("+", piece)]
            else:
                found.append(Change("=", piece))
            continue
        found += [Change("-", "".join(mine[a:b])), Change("+", "".join(theirs[c:d]))]
    return tuple(_joined(found))


def _joined(changes: Sequence[Change]) -> list[Change]:
    """Without empty pieces, and with what went before what came, each in one piece."""
    joined: list[Change] = []
    went: list[str] = []
    came: list[str] = []

    def flush() -> None:
        joined.extend(Change(op, text) for op, text in _sides("".join(went), "".join(came)) if text)
        went.clear()
        came.clear()

    for change in changes:
        if change.op == "=":
            flush()
            joined.append(change)
        else:
            (went if change.op == "-" else came).append(change.text)
    flush()
    return joined


def _sides(went: str, came: str) -> list[tuple[Literal["=", "-", "+"], str]]:
    return [("-", went), ("+", came)]
