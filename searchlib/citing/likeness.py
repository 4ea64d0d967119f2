"""How alike a quote and a paragraph are, and how they differ, word by word.

Words are those of `analysis` with what is between them; of scripts without spaces, every character is one. What is
longer between two words, such as a leader of dots, is one token, and counts as a character. A difference is found by
``difflib`` (Ratcliff & Obershelp, 1988), whose time is that of all pairs of equal tokens: these are bounded, and so are
both sides.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from difflib import SequenceMatcher
from functools import lru_cache
from itertools import accumulate, groupby
from typing import TYPE_CHECKING, Literal, NamedTuple

from searchlib.analysis.words import find_words, is_unspaced
from searchlib.citing.normal import normal
from searchlib.concurrency.lazily import lazy_expression

if TYPE_CHECKING:
    from searchlib.model.records import Record

MOST_TOKENS = 2000  # a paragraph has at most 2,000 code points
_MOST_PAIRS = 100_000  # of equal tokens; those that make more are only taken next to others
_ROOM = 4  # tokens
_LOOKED_AT = 8  # paragraphs that share most words with a quote, of which the closest is chosen


_UNIT = lazy_expression(r"\s+|\S")
_BETWEEN = lazy_expression(r"\s+|\S(?:.*\S)?", re.DOTALL)
_SIGNS = 3  # code points between two words that are tokens each; more are one


Op = Literal["=", "-", "+"]
OPS: tuple[Op, ...] = ("=", "-", "+")


class Change(NamedTuple):
    """A piece of a difference: ``text`` that stayed (``op`` is ``=``), went (``-``) or came (``+``)."""

    op: Op
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
        found += _between(text[at : word.start()])
        found += _UNIT.findall(word[0]) if is_unspaced(word[0]) else [word[0]]
        at = word.end()
        if len(found) > MOST_TOKENS:
            return tuple(found[:MOST_TOKENS])
    found += _between(text[at:])
    return tuple(found[:MOST_TOKENS])


def _between(text: str) -> Sequence[str]:
    """The tokens of what stands between two words, the white space at its ends by itself."""
    return text if len(text) <= _SIGNS else _BETWEEN.findall(text)


def _weight(token: str) -> int:
    return len(token) if token[0].isalnum() else 1


def _too_common(mine: Sequence[str], theirs: Sequence[str]) -> set[str]:
    """The most common tokens of two lists, without which there are not too many pairs."""
    there = Counter(theirs)
    pairs = {token: count * there[token] for token, count in Counter(mine).items()}
    total = sum(pairs.values())
    common = set()
    for token in sorted(pairs, key=lambda token: (-pairs[token], token)):
        if total <= _MOST_PAIRS:
            break
        common.add(token)
        total -= pairs[token]
    return common


def _matcher(mine: Sequence[str], theirs: Sequence[str]) -> SequenceMatcher[str]:
    return SequenceMatcher(_too_common(mine, theirs).__contains__, mine, theirs, autojunk=False)


def blocks(mine: Sequence[str], theirs: Sequence[str]) -> list[tuple[int, int, int]]:
    """The runs of tokens that stayed: where in both, and how many. Time is bounded, whatever they are."""
    first = last = 0
    # Where not all pairs are looked at, what both begin and end with is found nevertheless.
    most = min(len(mine), len(theirs)) if _too_common(mine, theirs) else 0
    while first < most and mine[first] == theirs[first]:
        first += 1
    while last < most - first and mine[-1 - last] == theirs[-1 - last]:
        last += 1
    inner = _matcher(mine[first : len(mine) - last], theirs[first : len(theirs) - last]).get_matching_blocks()
    found = [(0, 0, first), *((a + first, b + first, size) for a, b, size in inner)]
    found.append((len(mine) - last, len(theirs) - last, last))
    return [block for block in found if block[2]]


def likeness(quote: str, text: str, part: bool) -> Likeness:
    """How alike they are, both in normal form; of a ``part``, with the range of the text that is most like it."""
    (mine, _), (theirs, starts) = _words(quote), _words(text)
    first, last = 0, len(theirs)
    if part:
        # Around the longest run of words that is still there; twice as far as the quote goes, as words may have come.
        a, b, size = _matcher(mine, theirs).find_longest_match()
        first = max(0, b - 2 * a - _ROOM)
        last = min(len(theirs), b + size + 2 * (len(mine) - a - size) + _ROOM)
    stayed = blocks(mine, theirs[first:last])
    same = sum(_weight(token) for a, _, size in stayed for token in mine[a : a + size])
    if part and stayed:
        # From where the quote would begin, seen from the first words that are still there, to where it would end.
        begin, end = stayed[0][1] - stayed[0][0], stayed[-1][1] + len(mine) - stayed[-1][0]
        first, last = first + max(0, begin), min(last, first + end)
    if first >= last:
        return Likeness(0.0, 0, 0)
    ratio = 2 * same / sum(map(_weight, (*mine, *theirs[first:last])))
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
        common = sum(min(count, there[token]) * _weight(token) for token, count in wanted.items())
        size = sum(count * _weight(token) for token, count in there.items())
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
    a = c = 0
    for b, d, size in (*blocks(mine, theirs), (len(mine), len(theirs), 0)):
        found += [Change("-", "".join(mine[a:b])), Change("+", "".join(theirs[c:d]))]
        a, c = b + size, d + size
        piece = "".join(mine[b:a])
        # A blank alone between two changes is no reason to part them.
        if piece.isspace() and (b or d) and (a < len(mine) or c < len(theirs)):
            found += [Change("-", piece), Change("+", piece)]
        else:
            found.append(Change("=", piece))
    return tuple(_joined(found))


def _joined(changes: Sequence[Change]) -> list[Change]:
    """Without empty pieces, what went before what came, and each in one piece."""
    joined: list[Change] = []
    for same, group in groupby((change for change in changes if change.text), lambda change: change.op == "="):
        parts: dict[str, str] = {"=": ""} if same else {"-": "", "+": ""}
        for change in group:
            parts[change.op] += change.text
        joined += [Change(op, parts[op]) for op in OPS if parts.get(op)]
    return joined
