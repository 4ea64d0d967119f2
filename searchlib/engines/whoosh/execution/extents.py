"""Where in a field something stands, in many docs at once.

A *extent* is a range of positions in one field of a doc: of a word each occurrence, of a phrase from its first word to
its last, of ``a NEAR b`` from the one to the other. What has extents is a tree of its own beside that of scorers; its
algebra is that of the highlighter, node by node, so what is found is what is highlighted.

Beginnings and ends are occurrences (see ``primitives``): they ascend by doc and position, and nothing is near anything
of another doc.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import NamedTuple

import numpy as np

from searchlib.engines.whoosh.execution.interface import AnyInts, Bools, Docs, Ints
from searchlib.engines.whoosh.execution.phrasescorer import Keys
from searchlib.engines.whoosh.execution.postinglist import PostingList
from searchlib.engines.whoosh.execution.prepared import Weighed
from searchlib.engines.whoosh.execution.primitives import FARTHEST, HALF, places_of
from searchlib.engines.whoosh.execution.setscorers import Term
from searchlib.engines.whoosh.execution.snapshot import View


class TooMany(Exception):
    """These docs have more extents than are made at once: ask for fewer docs."""


class Extents(NamedTuple):
    """Beginnings and ends, both included: ascending pairs, none twice."""

    starts: Ints
    ends: Ints


NOWHERE = Extents(np.empty(0, np.int64), np.empty(0, np.int64))


class Placed(ABC):
    """A node that has extents in one field."""

    @abstractmethod
    def of(self, docs: Docs) -> Extents:
        """Its extents in these ascending docs. Raises TooMany."""

    def stands(self, docs: Docs) -> Bools:
        """In which of the docs it has one."""
        marks = np.zeros(len(docs), bool)
        marks[places_of(self.of(docs).starts)] = True
        return marks


class PlacedWord(Placed):
    """A word: a extent for each occurrence."""

    def __init__(self, word: Weighed, field: str) -> None:
        self._keys = Keys(word, field)

    def of(self, docs: Docs) -> Extents:
        """Its occurrences."""
        here = self._keys.occurrences(docs)
        return Extents(here, here)


class PlacedPhrase(Placed):
    """A phrase: a extent for each pair of a first and a last word of a whole one."""

    def __init__(self, words: Sequence[Placed], slop: int, most: int) -> None:
        self._words = words
        self._most = most
        self._slop = min(slop, FARTHEST)

    def of(self, docs: Docs) -> Extents:
        """From its first word to its last."""
        found = self._words[0].of(docs)
        for word in self._words[1:]:
            if not len(found.starts):
                return NOWHERE
            found = _followed(found, word.of(docs), self._slop, self._most)
        return found


class _Occurrences(NamedTuple):
    """Of a pattern: docs and positions of the rarer terms, in order, and the keys of the others."""

    docs: AnyInts
    positions: AnyInts
    common: Sequence[bytes]


class PlacedPattern(Placed):
    """What stands for many terms of a field: a extent for each occurrence of each.

    ``terms`` gives the terms. As many as have few occurrences together, the rarest first, are read once and kept;
    that leaves few, of which only what is asked for is read.
    """

    def __init__(self, view: View, field: str, terms: Callable[[], Iterable[Term]], name: Hashable) -> None:
        self._view = view
        self._field = field
        self._terms = terms
        self._name = (name, "occurrences")
        self._made: tuple[AnyInts, AnyInts, list[PostingList]] | None = None

    def of(self, docs: Docs) -> Extents:
        """The occurrences of the terms."""
        if self._made is None:
            self._made = self._make()
        of_docs, positions, common = self._made
        rows, columns = _ranges(
            np.searchsorted(of_docs, docs), np.searchsorted(of_docs, docs, "right"), self._view.tuning.extents
        )
        found = [rows << HALF | positions[columns].astype(np.int64)]
        total = len(rows)
        for postings in common:
            places, numbers = self._view.primitives.common(postings.docs(), docs)
            total += int(postings.whole().freqs[numbers].sum(dtype=np.int64))
            if total > self._view.tuning.extents:
                raise TooMany
            if len(numbers):
                numbers, (all_positions, offsets) = postings.positions(numbers)
                found.append(self._view.primitives.occurrences(places, numbers, all_positions, offsets))
        every = np.sort(np.concatenate(found)) if len(found) > 1 else found[0]
        return Extents(every, every)

    def _make(self) -> tuple[AnyInts, AnyInts, list[PostingList]]:
        kept = self._view.decoded.get(self._name, _Occurrences)
        if kept is None:
            kept = self._read()
            size = kept.docs.nbytes + kept.positions.nbytes + sum(map(len, kept.common))
            self._view.decoded.put(self._name, kept, size)
        lists = [self._view.postings(self._field, key) for key in kept.common]
        return kept.docs, kept.positions, [postings for postings in lists if postings is not None]

    def _read(self) -> _Occurrences:
        segment = self._view.segment
        terms = sorted(self._terms(), key=lambda term: int(term[2].cf))
        rare = int(
            np.searchsorted(np.cumsum([int(entry.cf) for *_, entry in terms]), self._view.tuning.occurrences, "right")
        )
        docs, positions = [np.empty(0, np.int32)], [np.empty(0, np.uint32)]
        for *_, entry in terms[:rare]:
            places, offsets = segment.positions(entry)
            docs.append(np.repeat(segment.docs(entry), np.diff(offsets)).astype(np.int32, copy=False))
            positions.append(places.astype(np.uint32, copy=False))
        every = np.concatenate(docs).astype(np.int64) << HALF | np.concatenate(positions)
        every.sort()
        common = [key for _, key, _ in terms[rare:]]
        return _Occurrences((every >> HALF).astype(np.int32), (every & 0xFFFFFFFF).astype(np.uint32), common)


class PlacedAny(Placed):
    """Several nodes: the extents of all of them. Of none: none."""

    def __init__(self, children: Sequence[Placed]) -> None:
        self._children = children

    def of(self, docs: Docs) -> Extents:
        """The extents of any child."""
        return _united([child.of(docs) for child in self._children])


class PlacedNear(Placed):
    """Two nodes at most ``slop`` positions apart."""

    def __init__(self, first: Placed, second: Placed, slop: int, ordered: bool, most: int) -> None:
        self._first = first
        self._second = second
        self._slop = min(slop, FARTHEST)
        self._ordered = ordered
        self._most = most

    def of(self, docs: Docs) -> Extents:
        """From the one to the other."""
        first, second = self._first.of(docs), self._second.of(docs)
        found = [_followed(first, second, self._slop, self._most)]
        if not self._ordered:
            found.append(_followed(second, first, self._slop, self._most))
        return _united(found)

    def stands(self, docs: Docs) -> Bools:
        """Where there is such a pair: found without making pairs."""
        first, second = self._first.of(docs), self._second.of(docs)
        found = np.zeros(len(docs), bool)
        for before, after in ((first, second),) if self._ordered else ((first, second), (second, first)):
            ends = np.sort(before.ends)
            low = np.searchsorted(ends, after.starts - self._slop)
            high = np.searchsorted(ends, after.starts - 1, "right")
            found[after.starts[high > low] >> HALF] = True
        return found


def _united(found: Sequence[Extents]) -> Extents:
    """The extents of all, each once."""
    found = [one for one in found if len(one.starts)]
    if len(found) < 2:
        return found[0] if found else NOWHERE
    return _unique(np.concatenate([one.starts for one in found]), np.concatenate([one.ends for one in found]))


def _followed(first: Extents, second: Extents, farthest: int, most: int) -> Extents:
    """From each of the first to each of the second that begins that far after its end, or nearer."""
    try:
        return _pairs(first, second, farthest, most)
    except TooMany:
        # Read backwards there may be fewer: if the first are words, and many of the second end together.
        return _mirrored(_pairs(_mirrored(second), _mirrored(first), farthest, most))


def _pairs(first: Extents, second: Extents, farthest: int, most: int) -> Extents:
    low = np.searchsorted(second.starts, first.ends + 1)
    high = np.searchsorted(second.starts, first.ends + farthest, "right")
    # What begins together reaches ever further: each reaches only what the one before it did not.
    if len(low):
        together = first.starts[1:] == first.starts[:-1]
        low[1:][together] = np.maximum(low[1:], high[:-1])[together]
    rows, columns = _ranges(low, high, most)
    return _unique(first.starts[rows], second.ends[columns])


def _mirrored(found: Extents) -> Extents:
    """The same extents of the text read backwards."""
    return _unique(-found.ends, -found.starts)


def _ranges(first: Ints, last: Ints, most: int) -> tuple[Ints, Ints]:
    """For each i the pairs of i and what is from ``first[i]`` up to and without ``last[i]``."""
    counts = np.maximum(last - first, 0)
    total = int(counts.sum())
    if total > most:
        raise TooMany
    rows = np.repeat(np.arange(len(counts), dtype=np.int64), counts)
    ends = np.cumsum(counts)
    return rows, np.arange(total, dtype=np.int64) + np.repeat(first - ends + counts, counts)


def _unique(starts: Ints, ends: Ints) -> Extents:
    order = np.lexsort((ends, starts))
    starts, ends = starts[order], ends[order]
    if len(starts):
        new = np.append(True, (starts[1:] != starts[:-1]) | (ends[1:] != ends[:-1]))
        starts, ends = starts[new], ends[new]
    return Extents(starts, ends)
