"""Places: where in a field something stands, in many docs at once.

A *place* is a range of positions in one field of a doc. What has places is a tree of its own, beside the tree of
sources: a word stands at its occurrences, a phrase from its first word to its last, ``a NEAR b`` from the one to the
other. The algebra is that of ``highlight.places``, node by node, so what is found is what is highlighted.

`Places` are two arrays. A number is the doc's place among those asked for in its upper half, the position in its lower
one, so that numbers ascend by doc and position and nothing is ever near anything of another doc.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

import numpy as np

from searchlib.engines.whoosh.execution.leaves import Ranked
from searchlib.engines.whoosh.execution.phrase import FARTHEST, HALF, located, occurrences_of
from searchlib.engines.whoosh.execution.postings import Reader
from searchlib.engines.whoosh.execution.segment import AnyInts, Bools, Docs, Ints
from searchlib.engines.whoosh.execution.snapshot import View
from searchlib.engines.whoosh.execution.source import Need, Source

_MOST = 1 << 23  # places that are made at once
_KEPT = 1 << 24  # occurrences of a pattern that are kept


class TooMany(Exception):
    """These docs have more places than are made at once: ask for fewer docs."""


class Places(NamedTuple):
    """Beginnings and ends, both included: ascending pairs, none twice."""

    starts: Ints
    ends: Ints

    def docs(self, count: int) -> Bools:
        """Which of ``count`` docs have a place."""
        marks = np.zeros(count, bool)
        marks[self.starts >> HALF] = True
        return marks

    def among(self, chosen: Bools) -> Places:
        """Those of the places that are chosen."""
        return Places(self.starts[chosen], self.ends[chosen])


class Once:
    """A question about docs, asked once of each: nodes within nodes ask the same again and again."""

    def __init__(self, docs: int, ask: Callable[[Docs], Bools]) -> None:
        self._ask = ask
        self._known = np.zeros(docs, np.int8)  # 0 not asked, 1 no, 2 yes

    def of(self, docs: Docs) -> Bools:
        """The answers for these docs."""
        asked = docs[self._known[docs] == 0]
        if len(asked):
            self._known[asked] = 1 + self._ask(asked)
        answers: Bools = self._known[docs] == 2
        return answers


NOWHERE = Places(np.empty(0, np.int64), np.empty(0, np.int64))


class Placed(ABC):
    """A node of a query that has places. ``fields`` are those in which it may have some."""

    fields: tuple[str, ...] = ()

    @abstractmethod
    def of(self, field: str, docs: Docs) -> Places:
        """Its places in a field of these ascending docs. Raises TooMany."""

    def stands(self, field: str, docs: Docs) -> Bools:
        """In which of the docs it has a place in the field."""
        return self.of(field, docs).docs(len(docs))


class Unplaced(Placed):
    """What has no places: a number, a date, everything, what is excluded."""

    def of(self, field: str, docs: Docs) -> Places:
        """None."""
        return NOWHERE


class WordPlaces(Placed):
    """A word: a place for each occurrence."""

    def __init__(self, word: Ranked) -> None:
        self.word = word
        self.fields = tuple(dict.fromkeys(part.field for part in word.parts))

    def of(self, field: str, docs: Docs) -> Places:
        """Its occurrences."""
        found = [(part, *located(part, docs)) for part in self.word.parts if part.field == field]
        here = occurrences_of(found, np.ones(len(docs), bool))
        return Places(here, here)


class PhrasePlaces(Placed):
    """A phrase: a place for each pair of a first and a last word of a whole one."""

    def __init__(self, words: Sequence[Ranked], slop: int) -> None:
        self.words = [WordPlaces(word) for word in words]
        self.slop = min(slop, FARTHEST)
        self.fields = tuple(name for name in self.words[0].fields if all(name in word.fields for word in self.words))

    def of(self, field: str, docs: Docs) -> Places:
        """From its first word to its last."""
        found = self.words[0].of(field, docs)
        for word in self.words[1:]:
            if not len(found.starts):
                return NOWHERE
            found = _followed(found, word.of(field, docs), 1, self.slop)
        return found


class PatternPlaces(Placed):
    """Whatever stands for many terms of a field: a place for each occurrence of each.

    ``terms`` gives the terms. As many as have `_KEPT` occurrences together, the rarest first, are read once and kept;
    that leaves few, of which only what is asked for is read.
    """

    def __init__(self, view: View, field: str, terms: Callable[[], Iterable[tuple[bytes, Any]]], name: str) -> None:
        self.view = view
        self.fields = (field,)
        self._terms = terms
        self._name = (view.number, "places", name)
        self._made: tuple[AnyInts, AnyInts, Sequence[Reader]] | None = None

    def of(self, field: str, docs: Docs) -> Places:
        """The occurrences of the terms."""
        if field != self.fields[0]:
            return NOWHERE
        if self._made is None:
            self._made = self._make()
        of_docs, positions, common = self._made
        rows, columns = _ranges(np.searchsorted(of_docs, docs), np.searchsorted(of_docs, docs, "right"))
        found = [rows << HALF | positions[columns].astype(np.int64)]
        total = len(rows)
        for reader in common:
            places, numbers, freqs = reader.locate(docs)
            total += int(freqs.sum(dtype=np.int64))
            if total > _MOST:
                raise TooMany
            if len(numbers):
                places_in, counts = reader.list.positions(numbers)
                found.append(np.repeat(places, counts) << HALF | places_in)
        every = np.sort(np.concatenate(found)) if len(found) > 1 else found[0]
        return Places(every, every)

    def _make(self) -> tuple[AnyInts, AnyInts, Sequence[Reader]]:
        decoded = self.view.decoded
        kept: Any = decoded.get(self._name)
        if kept is None:
            kept = self._read()
            decoded.put(self._name, kept, kept[0].nbytes + kept[1].nbytes + sum(map(len, kept[2])))
        docs, positions, common = kept
        lists = [self.view.postings(self.fields[0], key) for key in common]
        return docs, positions, [Reader(postings) for postings in lists if postings is not None]

    def _read(self) -> tuple[AnyInts, AnyInts, Sequence[bytes]]:
        """Docs and positions of what is kept, and the other terms."""
        segment = self.view.segment
        terms = sorted(self._terms(), key=lambda term: int(term[1].cf))
        rare = int(np.searchsorted(np.cumsum([int(entry.cf) for _, entry in terms]), _KEPT, "right"))
        docs, positions = [np.empty(0, np.int32)], [np.empty(0, np.uint32)]
        for _, entry in terms[:rare]:
            places, offsets = segment.positions(entry)
            docs.append(np.repeat(segment.docs(entry), np.diff(offsets)).astype(np.int32, copy=False))
            positions.append(places.astype(np.uint32, copy=False))
        every = np.concatenate(docs).astype(np.int64) << HALF | np.concatenate(positions)
        every.sort()
        common = [key for key, _ in terms[rare:]]
        return (every >> HALF).astype(np.int32), (every & 0xFFFFFFFF).astype(np.uint32), common


class AnyPlaces(Placed):
    """Several nodes: the places of all of them."""

    def __init__(self, children: Sequence[Placed]) -> None:
        self.children = children
        self.fields = tuple(dict.fromkeys(name for child in children for name in child.fields))

    def of(self, field: str, docs: Docs) -> Places:
        """The places of any child."""
        return united([child.of(field, docs) for child in self.children if field in child.fields])

    def stands(self, field: str, docs: Docs) -> Bools:
        """Where any child has a place."""
        found = np.zeros(len(docs), bool)
        for child in self.children:
            if field in child.fields:
                found |= child.stands(field, docs)
        return found


class LimitedPlaces(Placed):
    """A node, in those docs only that a source matches."""

    def __init__(self, child: Placed, source: Source) -> None:
        self.child = child
        self.fields = child.fields
        self._matched = Once(source.view.doc_count, lambda docs: source.at(docs, Need.MATCHES)[0])

    def of(self, field: str, docs: Docs) -> Places:
        """The child's places where the source matches."""
        found = self.child.of(field, docs)
        if not len(found.starts):
            return found
        return found.among(self._matched.of(docs)[found.starts >> HALF])


class NearPlaces(Placed):
    """Two nodes near each other: at least ``nearest`` and at most ``slop`` positions apart."""

    def __init__(self, first: Placed, second: Placed, slop: int, ordered: bool, nearest: int) -> None:
        self.first = first
        self.second = second
        self.slop = min(slop, FARTHEST)
        self.ordered = ordered
        self.nearest = nearest
        self.fields = tuple(name for name in first.fields if name in second.fields)

    def of(self, field: str, docs: Docs) -> Places:
        """From the one to the other."""
        first, second = self.first.of(field, docs), self.second.of(field, docs)
        if self.nearest < 1:
            return self._overlapping(first, second)
        found = [_followed(first, second, self.nearest, self.slop)]
        if not self.ordered:
            found.append(_followed(second, first, self.nearest, self.slop))
        return united(found)

    def stands(self, field: str, docs: Docs) -> Bools:
        """Where there is such a pair: found without making pairs."""
        if self.nearest < 1:
            return super().stands(field, docs)
        first, second = self.first.of(field, docs), self.second.of(field, docs)
        found = np.zeros(len(docs), bool)
        for before, after in ((first, second),) if self.ordered else ((first, second), (second, first)):
            ends = np.sort(before.ends)
            low = np.searchsorted(ends, after.starts - self.slop)
            high = np.searchsorted(ends, after.starts - self.nearest, "right")
            found[after.starts[high > low] >> HALF] = True
        return found

    def _overlapping(self, first: Places, second: Places) -> Places:
        # Places that overlap are 0 apart: compare all of a doc.
        docs = second.starts >> HALF
        rows, columns = _ranges(
            np.searchsorted(docs, first.starts >> HALF), np.searchsorted(docs, first.starts >> HALF, "right")
        )
        a, b = Places(first.starts[rows], first.ends[rows]), Places(second.starts[columns], second.ends[columns])
        apart = np.maximum(0, np.maximum(b.starts - a.ends, a.starts - b.ends))
        chosen = (apart >= self.nearest) & (apart <= self.slop)
        if self.ordered:
            chosen &= a.starts <= b.starts
        return _unique(np.minimum(a.starts, b.starts)[chosen], np.maximum(a.ends, b.ends)[chosen])


class FirstPlaces(Placed):
    """A node within the first positions: its places that end at ``limit`` or before."""

    def __init__(self, child: Placed, limit: int) -> None:
        self.child = child
        self.limit = limit
        self.fields = child.fields

    def of(self, field: str, docs: Docs) -> Places:
        """The child's places that end early enough."""
        found = self.child.of(field, docs)
        return found.among(found.ends & 0xFFFFFFFF <= self.limit)


class MergedPlaces(AnyPlaces):
    """Several nodes; places that overlap or touch are one."""

    def of(self, field: str, docs: Docs) -> Places:
        """The places of all children, joined."""
        found = super().of(field, docs)
        if not len(found.starts):
            return found
        reach = np.maximum.accumulate(found.ends)
        first = np.concatenate(([True], found.starts[1:] > reach[:-1] + 1))
        # The last position of a doc and the first of the next are far apart.
        last = np.concatenate((np.flatnonzero(first)[1:] - 1, [len(reach) - 1]))
        return Places(found.starts[first], reach[last])


class PairedPlaces(Placed):
    """Places of a first node that a second one lets stand: ``choose`` says which."""

    def __init__(self, first: Placed, second: Placed, choose: Callable[[Places, Places], Bools]) -> None:
        self.first = first
        self.second = second
        self.fields = first.fields
        self._choose = choose

    def of(self, field: str, docs: Docs) -> Places:
        """The places of the first that are chosen."""
        found = self.first.of(field, docs)
        other = self.second.of(field, docs) if field in self.second.fields else NOWHERE
        return found.among(self._choose(found, other)) if len(found.starts) else found


def outside(first: Places, second: Places) -> Bools:
    """Which of the first places overlap none of the second."""
    starts, ends = np.sort(second.starts), np.sort(second.ends)
    # Those that begin before the end, without those that end before the beginning.
    touching: Ints = np.searchsorted(starts, first.ends, "right") - np.searchsorted(ends, first.starts)
    free: Bools = touching == 0
    return free


def containing(first: Places, second: Places) -> Bools:
    """Which of the first places hold one of the second whole."""
    low, high = np.searchsorted(second.starts, first.starts), np.searchsorted(second.starts, first.ends, "right")
    rows, columns = _ranges(low, high)
    found = np.zeros(len(first.starts), bool)
    found[rows[second.ends[columns] <= first.ends[rows]]] = True
    return found


def before(first: Places, second: Places) -> Bools:
    """Which of the first places end before all of the second in their doc begin."""
    following = np.searchsorted(second.starts, first.starts >> HALF << HALF)
    inside = following < len(second.starts)
    begins = second.starts[np.where(inside, following, 0)] if len(second.starts) else first.starts
    inside &= begins >> HALF == first.starts >> HALF
    found: Bools = inside & (first.ends < begins)
    return found


def united(found: Sequence[Places]) -> Places:
    """The places of all, each once."""
    found = [places for places in found if len(places.starts)]
    if not found:
        return NOWHERE
    if len(found) == 1:
        return found[0]
    return _unique(np.concatenate([places.starts for places in found]), np.concatenate([one.ends for one in found]))


def _followed(first: Places, second: Places, nearest: int, farthest: int) -> Places:
    """From each of the first places to each of the second that begins that far after its end."""
    try:
        return _pairs(first, second, nearest, farthest)
    except TooMany:
        # Read backwards there may be fewer: if the first are words, and many of the second end together.
        return _mirrored(_pairs(_mirrored(second), _mirrored(first), nearest, farthest))


def _pairs(first: Places, second: Places, nearest: int, farthest: int) -> Places:
    low = np.searchsorted(second.starts, first.ends + nearest)
    high = np.searchsorted(second.starts, first.ends + farthest, "right")
    # What begins together reaches ever further: each reaches only what the one before it did not.
    if len(low):
        together = first.starts[1:] == first.starts[:-1]
        low[1:][together] = np.maximum(low[1:], high[:-1])[together]
    rows, columns = _ranges(low, high)
    return _unique(first.starts[rows], second.ends[columns])


def _mirrored(found: Places) -> Places:
    """The same places of the text read backwards."""
    return _unique(-found.ends, -found.starts)


def _ranges(first: Ints, last: Ints) -> tuple[Ints, Ints]:
    """For each i the pairs of i and what is from ``first[i]`` up to and without ``last[i]``."""
    counts = np.maximum(last - first, 0)
    total = int(counts.sum())
    if total > _MOST:
        raise TooMany
    rows = np.repeat(np.arange(len(counts), dtype=np.int64), counts)
    ends = np.cumsum(counts)
    return rows, np.arange(total, dtype=np.int64) + np.repeat(first - ends + counts, counts)


def _unique(starts: Ints, ends: Ints) -> Places:
    order = np.lexsort((ends, starts))
    starts, ends = starts[order], ends[order]
    if len(starts):
        new = np.concatenate(([True], (starts[1:] != starts[:-1]) | (ends[1:] != ends[:-1])))
        starts, ends = starts[new], ends[new]
    return Places(starts, ends)
