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

HALF = 32
FARTHEST = (1 << HALF - 1) - 1
"""No slop is greater."""


class Primitives(Protocol):
    """The operations."""

    def common(self, known: Numbers, wanted: Numbers) -> tuple[Ints, Ints]:
        """Where the numbers that two ascending arrays share stand, in ``wanted`` and in ``known``."""

    def look_up(self, known: Docs, values: Values, levels: Floats, docs: Docs) -> tuple[Ints, Floats]:
        """Which of some ascending docs are known, and the values that stand beside them there.

        Where there are ``levels``, values are numbers of these.
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


class OnArrays:
    """The operations on NumPy."""

    def common(self, known: Numbers, wanted: Numbers) -> tuple[Ints, Ints]:
        """By binary search, of the fewer in the more."""
        if 4 * len(known) < len(wanted):
            in_known, in_wanted = self.common(wanted, known)
            return in_wanted, in_known
        places = known.searchsorted(wanted)
        if len(wanted) and (not len(known) or wanted[-1] > known[-1]):
            wanted = wanted[: int(wanted.searchsorted(known[-1], "right"))] if len(known) else wanted[:0]
            places = places[: len(wanted)]
        which = np.flatnonzero(known[places] == wanted)
        return which, places if len(which) == len(places) else places[which]

    def look_up(self, known: Docs, values: Values, levels: Floats, docs: Docs) -> tuple[Ints, Floats]:
        """By what both have."""
        which, places = self.common(known, docs)
        found: AnyInts = values[places]
        return which, levels[found] if len(levels) else found

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
        starts = offsets[numbers].astype(np.int64)
        counts = offsets[numbers + 1] - starts
        ends = counts.cumsum()
        total = int(ends[-1]) if len(ends) else 0
        index = np.repeat(starts - ends + counts, counts) + np.arange(total)
        return np.bitwise_or(np.repeat(places << HALF, counts), positions[index])

    def following(self, ends: Ints, occurrences: Ints, slop: int) -> Ints:
        """By binary search for the last end before each."""
        if not len(ends):
            return ends
        before = ends.searchsorted(occurrences) - 1
        near: Bools = (before >= 0) & (occurrences - ends[before] <= slop)
        return occurrences[near]
