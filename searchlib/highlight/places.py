"""Places: where in a field something stands, and how places go together.

A *place* is a range of positions in one field, and the tokens that make it. The algebra below is that of
Whoosh's span queries, with two differences: places in different fields never go together, and a place remembers
its tokens, so what lies between the words of a loose phrase is not highlighted with them.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from itertools import islice
from typing import NamedTuple

MOST_PAIRS = 1 << 18
_LOOKED_AT = 64  # neighbours on each side


class Place(NamedTuple):
    """Positions ``start`` to ``end``, both included, of ``field``; ``tokens`` are indices into its tokens."""

    field: str
    start: int
    end: int
    tokens: frozenset[int]

    def overlaps(self, other: Place) -> bool:
        """Whether the two share a position."""
        return self.field == other.field and self.start <= other.end and other.start <= self.end

    def to(self, other: Place) -> Place:
        """The range from the one to the other, made of the tokens of both."""
        return Place(self.field, min(self.start, other.start), max(self.end, other.end), self.tokens | other.tokens)

    def distance(self, other: Place) -> int:
        """Positions from the end of the first to the beginning of the second; 0 if they overlap."""
        return max(0, other.start - self.end, self.start - other.end)


def near(first: Iterable[Place], second: Sequence[Place], slop: int, ordered: bool, mindist: int = 1) -> list[Place]:
    """Pairs of places at most ``slop`` and at least ``mindist`` positions apart.

    Of very many pairs, as a word that is repeated without end makes, only those of neighbours: each place with the
    two before and after it that may go with it.
    """
    first = list(first)

    def fit(a: Place, b: Place) -> bool:
        return a.field == b.field and (not ordered or a.start <= b.start) and mindist <= a.distance(b) <= slop

    if len(first) * len(second) <= MOST_PAIRS:
        return _unique(a.to(b) for a in first for b in second if fit(a, b))
    others = sorted(second, key=lambda place: place[:3])
    starts = [place[:2] for place in others]
    found = []
    for a in first:
        at = bisect_left(starts, a[:2])
        around = (range(at - 1, max(at - _LOOKED_AT, -1), -1), range(at, min(at + _LOOKED_AT, len(others))))
        for numbers in around:
            found += [a.to(b) for b in islice((b for b in map(others.__getitem__, numbers) if fit(a, b)), 2)]
    return _unique(found)


def before(first: Iterable[Place], second: Sequence[Place]) -> list[Place]:
    """The places of ``first`` that end before any of ``second`` in their field begins."""
    kept = []
    for a in first:
        starts = [b.start for b in second if b.field == a.field]
        if starts and a.end < min(starts):
            after = frozenset().union(*(b.tokens for b in second if b.field == a.field))
            kept.append(a._replace(tokens=a.tokens | after))
    return kept


def outside(first: Iterable[Place], second: Sequence[Place]) -> list[Place]:
    """The places of ``first`` that overlap none of ``second``."""
    return [a for a in first if not any(a.overlaps(b) for b in second)]


def containing(first: Iterable[Place], second: Sequence[Place]) -> list[Place]:
    """The places of ``first`` that hold one of ``second`` whole."""
    kept = []
    for a in first:
        inner = [b for b in second if b.field == a.field and a.start <= b.start and b.end <= a.end]
        if inner:
            kept.append(a._replace(tokens=a.tokens.union(*(b.tokens for b in inner))))
    return kept


def merged(places: Iterable[Place]) -> list[Place]:
    """The places with those that overlap or touch made one."""
    found: list[Place] = []
    for place in sorted(places, key=lambda p: (p.field, p.start, p.end)):
        if found and found[-1].field == place.field and place.start <= found[-1].end + 1:
            found[-1] = found[-1].to(place)
        else:
            found.append(place)
    return found


def _unique(places: Iterable[Place]) -> list[Place]:
    found: dict[tuple[str, int, int], Place] = {}
    for place in places:
        key = place[:3]
        found[key] = place._replace(tokens=place.tokens | found[key].tokens) if key in found else place
    return sorted(found.values(), key=lambda place: place[:3])


def chains(steps: Sequence[Sequence[tuple[int, int]]], slop: int) -> list[list[tuple[int, int]]]:
    """What of each step of a phrase takes part in a whole one.

    ``steps`` has for each word its (position, token) pairs, sorted. Returned are those from which one can go on to
    the next word, ``slop`` positions ahead at most, up to the last, and back to the first. Forward once, backward
    once: the time is linear in the pairs, where spelling out all chains would be exponential in the words.
    """
    reached: list[list[tuple[int, int]]] = []
    for number, step in enumerate(steps):
        reached.append(list(step) if number == 0 else _following(reached[-1], step, slop))
        if not reached[-1]:
            return []
    for number in range(len(steps) - 2, -1, -1):
        reached[number] = _leading(reached[number], reached[number + 1], slop)
    return reached


def _following(earlier: list[tuple[int, int]], step: Sequence[tuple[int, int]], slop: int) -> list[tuple[int, int]]:
    """Those of ``step`` that stand 1 to ``slop`` positions after one of ``earlier``."""
    kept = []
    at = 0
    for position, token in step:
        while at < len(earlier) and earlier[at][0] < position - slop:
            at += 1
        if at < len(earlier) and earlier[at][0] < position:
            kept.append((position, token))
    return kept


def _leading(step: list[tuple[int, int]], later: list[tuple[int, int]], slop: int) -> list[tuple[int, int]]:
    """Those of ``step`` that stand 1 to ``slop`` positions before one of ``later``."""
    kept = []
    at = 0
    for position, token in step:
        while at < len(later) and later[at][0] <= position:
            at += 1
        if at < len(later) and later[at][0] <= position + slop:
            kept.append((position, token))
    return kept


def phrase_places(field: str, steps: Sequence[Sequence[tuple[int, int]]], slop: int) -> list[Place]:
    """Every place of a phrase: one for each pair of a first and a last position."""
    found: list[Place] = []
    for position, token in steps[0]:
        whole = chains([[(position, token)], *steps[1:]], slop)
        if not whole:
            continue
        for last, last_token in whole[-1]:
            ending = chains([*whole[:-1], [(last, last_token)]], slop)
            found.append(Place(field, position, last, frozenset(t for step in ending for _, t in step)))
    return found
