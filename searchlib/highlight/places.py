"""Places: where in a field something stands, and how places go together.

A *place* is a range of positions, and the tokens that make it: what lies between the words of a loose phrase is not
highlighted with them. All places that are compared are in one field.

What stands very often (a word repeated without end) has more pairs of places than can be made: of those, the nearest
are.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from itertools import islice
from typing import NamedTuple, TypeAlias

MOST_PAIRS = 1 << 18
_LOOKED_AT = 64  # neighbours on each side

Step: TypeAlias = list[tuple[int, int]]
"""Of one word of a phrase, the (position, token) pairs, sorted."""


class Place(NamedTuple):
    """Positions ``start`` to ``end``, both included; ``tokens`` are indices into those of the field."""

    start: int
    end: int
    tokens: frozenset[int]


def near(
    first: Sequence[Place], second: Sequence[Place], slop: int, ordered: bool, most: int = MOST_PAIRS
) -> list[Place]:
    """What pairs of places span that are at most ``slop`` positions apart, and not within each other.

    Of more than ``most`` pairs, only those of neighbours: each place with the two before and after it that may go with
    it.
    """

    def fit(a: Place, b: Place) -> bool:
        return 1 <= b.start - a.end <= slop or (not ordered and 1 <= a.start - b.end <= slop)

    if len(first) * len(second) <= most:
        return _unique(_spanned(a, b) for a in first for b in second if fit(a, b))
    others = sorted(second, key=_range)
    starts = list(map(_range, others))
    found = []
    for a in first:
        at = bisect_left(starts, _range(a))
        around = (range(at - 1, max(at - _LOOKED_AT, -1), -1), range(at, min(at + _LOOKED_AT, len(others))))
        for numbers in around:
            found += [_spanned(a, b) for b in islice((b for b in map(others.__getitem__, numbers) if fit(a, b)), 2)]
    return _unique(found)


def _range(place: Place) -> tuple[int, int]:
    return place[:2]


def _spanned(a: Place, b: Place) -> Place:
    return Place(min(a.start, b.start), max(a.end, b.end), a.tokens | b.tokens)


def _unique(places: Iterable[Place]) -> list[Place]:
    """Sorted places, those of the same range made one."""
    found: dict[tuple[int, int], Place] = {}
    for place in places:
        known = found.get(_range(place))
        found[_range(place)] = place if known is None else place._replace(tokens=place.tokens | known.tokens)
    return sorted(found.values(), key=_range)


def chains(steps: Sequence[Step], slop: int) -> list[Step]:
    """What of each step of a phrase takes part in a whole one: nothing if there is none.

    It is that from which one can go on to the next word, ``slop`` positions ahead at most, up to the last, and back to
    the first. Forward once, backward once: the time is linear in the pairs, where spelling out all chains would be
    exponential in the words.
    """
    reached: list[Step] = []
    for number, step in enumerate(steps):
        reached.append(step if number == 0 else _following(reached[-1], step, slop))
        if not reached[-1]:
            return []
    for number in range(len(steps) - 2, -1, -1):
        reached[number] = _leading(reached[number], reached[number + 1], slop)
    return reached


def _following(earlier: Step, step: Step, slop: int) -> Step:
    """Those of ``step`` that stand 1 to ``slop`` positions after one of ``earlier``."""
    kept = []
    at = 0
    for position, token in step:
        while at < len(earlier) and earlier[at][0] < position - slop:
            at += 1
        if at < len(earlier) and earlier[at][0] < position:
            kept.append((position, token))
    return kept


def _leading(step: Step, later: Step, slop: int) -> Step:
    """Those of ``step`` that stand 1 to ``slop`` positions before one of ``later``."""
    kept = []
    at = 0
    for position, token in step:
        while at < len(later) and later[at][0] <= position:
            at += 1
        if at < len(later) and later[at][0] <= position + slop:
            kept.append((position, token))
    return kept


def phrase_places(steps: Sequence[Step], slop: int, most: int = MOST_PAIRS) -> list[Place]:
    """Every place of a phrase: one for each pair of a first and a last position.

    Where to spell out all takes more than ``most`` steps: from each first position to the nearest last, and from
    each last to the nearest first, so that nothing near a phrase is missed.
    """
    whole = chains(steps, slop)
    if not whole:
        return []
    if len(whole[0]) * len(whole[-1]) * sum(map(len, whole)) > most:
        return _unique(
            [*(_onward(whole, first) for first in whole[0]), *(_backward(whole, last) for last in whole[-1])]
        )
    found: list[Place] = []
    for first in whole[0]:
        onward = chains([[first], *whole[1:]], slop)
        for last in onward[-1]:
            between = chains([*onward[:-1], [last]], slop)
            found.append(Place(first[0], last[0], frozenset(token for step in between for _, token in step)))
    return found


def _onward(whole: Sequence[Step], first: tuple[int, int]) -> Place:
    chain = [first]
    for step in whole[1:]:
        chain.append(step[bisect_right(step, chain[-1][0], key=_position)])
    return _place(chain)


def _backward(whole: Sequence[Step], last: tuple[int, int]) -> Place:
    chain = [last]
    for step in reversed(whole[:-1]):
        chain.insert(0, step[bisect_left(step, chain[0][0], key=_position) - 1])
    return _place(chain)


def _position(pair: tuple[int, int]) -> int:
    return pair[0]


def _place(chain: Step) -> Place:
    return Place(chain[0][0], chain[-1][0], frozenset(token for _, token in chain))
