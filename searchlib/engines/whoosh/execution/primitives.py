"""Operations on arrays of docs and positions, which take most of the time of a query.

They have two implementations that give the same: this one, on NumPy, and ``compiled``, by numba, which the extra
``fast`` installs. Arrays go in and out; whatever they hold, nothing outside of them is read.

An *occurrence* is a number: in its upper half the place of a doc among those asked for, in its lower half a position.
So occurrences ascend by doc and position, and nothing is ever near anything of another doc.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, TypeAlias

import numpy as np

from searchlib.engines.whoosh.execution.interface import AnyInts, Bools, Docs, Floats, Ints
from searchlib.model.arrays import NDArray

Numbers: TypeAlias = "Docs | Ints"
Values: TypeAlias = "NDArray[np.float64] | NDArray[np.uint16]"

_SIEVED = 64  # docs: of fewer all are searched for

HALF = 32
FARTHEST = (1 << HALF - 1) - 1
"""No slop is greater."""


NO_SIEVE: Bools = np.empty(0, bool)
NO_SCORES: Floats = np.empty(0)


def sieve_of(docs: Docs) -> Bools:
    """A sieve: for each remainder by its length, a power of 2, whether a doc has it. Most other docs fall through."""
    sieve = np.zeros(1 << max(4 * len(docs) - 1, 1).bit_length(), bool)
    sieve[docs & (len(sieve) - 1)] = True
    return sieve


class Primitives(Protocol):
    """The operations."""

    @property
    def prunes(self) -> bool:
        """Whether what may be left out of what is looked up is left out."""

    def common(self, known: Numbers, wanted: Numbers, sieve: Bools = NO_SIEVE) -> tuple[Ints, Ints]:
        """Where the numbers that two ascending arrays share stand, in ``wanted`` and in ``known``.

        ``sieve`` is that of ``known``, if there is one.
        """

    def look_up(
        self,
        known: Docs,
        values: Values,
        levels: Floats,
        docs: Docs,
        sieve: Bools = NO_SIEVE,
        scale: float = 1.0,
        before: Floats = NO_SCORES,
        least: float = -np.inf,
    ) -> tuple[Ints, Floats]:
        """Which of some ascending docs are known, and what they score: ``scale`` times what stands beside them there.

        Where there are ``levels``, values are numbers of these. What scores less than ``least`` together with what it
        scored ``before`` (nothing, where that is empty) may be left out.
        """

    def add_up(
        self,
        known: Docs,
        values: Values,
        levels: Floats,
        docs: Docs,
        sieve: Bools,
        scale: float,
        hits: Bools,
        scores: Floats,
    ) -> None:
        """Mark those of the docs that are known in ``hits``, and add what they score to ``scores``."""

    def best(
        self, docs: Docs, scores: Floats, best_docs: Docs, best_scores: Floats, k: int, floor: float
    ) -> tuple[Docs, Floats]:
        """The ``k`` best of ascending docs and of those that were best before: by score, then by doc.

        What scores less than ``floor`` may be left out. A doc may be given again, with the same score.
        """

    def beginning(
        self,
        docs: Docs,
        known: Docs,
        positions: AnyInts,
        offsets: AnyInts,
        number: int,
        starts: Ints | None,
    ) -> Ints:
        """Where a phrase may begin in some ascending docs, as its word with this number (from 0) has it: occurrences.

        The word's docs are ``known``. With ``starts``: those of them where that word has it so too.
        """

    def united(self, lists: Sequence[Docs]) -> tuple[Docs, Ints]:
        """All docs of one or more ascending arrays, ascending and each once; and the place there of each of ``lists``.

        The places are those of the docs of all lists, end to end: so ``bincount(places, values, len(docs))`` adds up
        the values of each doc, in the order of the lists.
        """

    def occurrences(self, places: Ints, numbers: Ints, positions: AnyInts, offsets: AnyInts) -> Ints:
        """The occurrences of the postings with these numbers, which are of the docs with these (ascending) places.

        Those of posting n are ``positions[offsets[n]:offsets[n + 1]]``.
        """

    def following(self, ends: Ints, occurrences: Ints, slop: int) -> Ints:
        """Those of ascending ``occurrences`` that stand 1 to ``slop`` positions after one of ascending ``ends``."""


def places_of(occurrences: Ints) -> Ints:
    """The places of the docs that have these ascending occurrences; what lies before its doc is in none."""
    if len(occurrences) and occurrences[0] < 0:
        occurrences = occurrences[occurrences.searchsorted(0) :]
    places = occurrences >> HALF
    first = np.ones(len(places), bool)
    np.not_equal(places[1:], places[:-1], out=first[1:])
    found: Ints = places[first]
    return found


class OnArrays:
    """The operations on NumPy."""

    prunes = False
    """Whether what may be left out is."""

    def common(self, known: Numbers, wanted: Numbers, sieve: Bools = NO_SIEVE) -> tuple[Ints, Ints]:
        """By binary search, of the fewer in the more."""
        if len(sieve) and len(wanted) > _SIEVED:
            left = sieve[wanted & (len(sieve) - 1)].nonzero()[0]
            which, places = self.common(known, wanted[left])
            return left[which], places
        if 4 * len(known) < len(wanted):
            in_known, in_wanted = self.common(wanted, known)
            return in_wanted, in_known
        places = known.searchsorted(wanted)
        if len(wanted) and (not len(known) or wanted[-1] > known[-1]):
            wanted = wanted[: int(wanted.searchsorted(known[-1], "right"))] if len(known) else wanted[:0]
            places = places[: len(wanted)]
        which = (known[places] == wanted).nonzero()[0]
        return which, places if len(which) == len(places) else places[which]

    def look_up(
        self,
        known: Docs,
        values: Values,
        levels: Floats,
        docs: Docs,
        sieve: Bools = NO_SIEVE,
        scale: float = 1.0,
        before: Floats = NO_SCORES,
        least: float = -np.inf,
    ) -> tuple[Ints, Floats]:
        """By what both have."""
        which, places = self.common(known, docs, sieve)
        found: AnyInts = values[places]
        return which, scale * (levels[found] if len(levels) else found)

    def add_up(
        self,
        known: Docs,
        values: Values,
        levels: Floats,
        docs: Docs,
        sieve: Bools,
        scale: float,
        hits: Bools,
        scores: Floats,
    ) -> None:
        """By looking them up."""
        which, more = self.look_up(known, values, levels, docs, sieve, scale)
        hits[which] = True
        scores[which] += more

    def best(
        self, docs: Docs, scores: Floats, best_docs: Docs, best_scores: Floats, k: int, floor: float
    ) -> tuple[Docs, Floats]:
        """By sorting what may be among them."""
        threshold = max(floor, float(best_scores[-1])) if len(best_scores) == k else floor
        if len(scores) > 4 * k:
            threshold = max(threshold, float(np.partition(scores, len(scores) - k)[len(scores) - k]))
        if threshold > -np.inf:
            good = scores >= threshold
            docs, scores = docs[good], scores[good]
        if not len(best_docs):
            order = (-scores).argsort(kind="stable")[:k]
            return docs[order], scores[order]
        docs, scores = np.concatenate((best_docs, docs)), np.concatenate((best_scores, scores))
        order = np.lexsort((docs, -scores))
        in_order = docs[order]
        first = np.ones(len(order), bool)
        np.not_equal(in_order[1:], in_order[:-1], out=first[1:])  # a doc's score is always the same
        order = order[first][:k]
        return docs[order], scores[order]

    def beginning(
        self,
        docs: Docs,
        known: Docs,
        positions: AnyInts,
        offsets: AnyInts,
        number: int,
        starts: Ints | None,
    ) -> Ints:
        """By what both have."""
        places = np.arange(len(docs)) if starts is None else places_of(starts)
        which, numbers = self.common(known, docs if starts is None else docs[places])
        found = self.occurrences(places[which], numbers, positions, offsets) - number
        return found if starts is None else starts[self.common(found, starts)[0]]

    def united(self, lists: Sequence[Docs]) -> tuple[Docs, Ints]:
        """By a sort that merges runs."""
        every = np.concatenate(lists)
        order = every.argsort(kind="stable")
        docs = every[order]
        first = np.ones(len(docs), bool)
        np.not_equal(docs[1:], docs[:-1], out=first[1:])
        places = np.empty(len(docs), np.int64)
        places[order] = first.cumsum() - 1
        return docs[first], places

    def occurrences(self, places: Ints, numbers: Ints, positions: AnyInts, offsets: AnyInts) -> Ints:
        """By laying ranges end to end."""
        starts = offsets[numbers]
        counts = offsets[numbers + 1] - starts
        ends = counts.cumsum(dtype=np.int64)
        total = int(ends[-1]) if len(ends) else 0
        if total == len(numbers) and (counts == 1).all():
            single: Ints = np.bitwise_or(places << HALF, positions[starts])
            return single
        index = (starts - ends + counts).repeat(counts)
        index += np.arange(total)
        found: Ints = np.bitwise_or((places << HALF).repeat(counts), positions[index])
        return found

    def following(self, ends: Ints, occurrences: Ints, slop: int) -> Ints:
        """By binary search for the last end before each."""
        if not len(ends):
            return ends
        before = ends.searchsorted(occurrences) - 1
        near: Bools = (before >= 0) & (occurrences - ends[before] <= slop)
        return occurrences[near]
