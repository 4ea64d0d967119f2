"""Operations on arrays of docs and positions, which take most of the time of a query.

They have two implementations that give the same: this one, on NumPy, and ``compiled``, by numba, which the extra
``fast`` installs. Arrays go in and out; whatever they hold, nothing outside of them is read.

An *occurrence* is a number: in its upper half the place of a doc among those asked for, in its lower half a position.
So occurrences ascend by doc and position, and nothing is ever near anything of another doc.
"""

from __future__ import annotations

from typing import Protocol, TypeAlias

import numpy as np

from searchlib.arrays import NDArray
from searchlib.engines.whoosh.execution.segment import AnyInts, Bools, Docs, Floats, Ints

Numbers: TypeAlias = "Docs | Ints"
Values: TypeAlias = "NDArray[np.float64] | NDArray[np.uint16]"

HALF = 32
FARTHEST = (1 << HALF - 1) - 1
"""No slop is greater."""


class Primitives(Protocol):
    """The operations."""

    def find(self, known: Numbers, wanted: Numbers) -> Ints:
        """Where ascending numbers stand in ``known``, which ascends too; -1 for those that are not there."""

    def look_up(self, known: Docs, values: Values, levels: Floats, docs: Docs) -> tuple[Ints, Floats]:
        """Which of some ascending docs are known, and the values that stand beside them there.

        Where there are ``levels``, values are numbers of these.
        """

    def occurrences(self, places: Ints, numbers: Ints, positions: AnyInts, offsets: AnyInts) -> Ints:
        """The occurrences of the postings with these numbers, which are of the docs with these (ascending) places.

        Those of posting n are ``positions[offsets[n]:offsets[n + 1]]``.
        """

    def following(self, ends: Ints, occurrences: Ints, slop: int) -> Ints:
        """Those of ascending ``occurrences`` that stand 1 to ``slop`` positions after one of ascending ``ends``."""


class OnArrays:
    """The operations on NumPy."""

    def find(self, known: Numbers, wanted: Numbers) -> Ints:
        """By binary search."""
        if 8 * len(known) < len(wanted):
            found = np.full(len(wanted), -1)
            places = self.find(wanted, known)
            there = np.flatnonzero(places >= 0)
            found[places[there]] = there
            return found
        places = known.searchsorted(wanted)
        if len(wanted) and wanted[-1] > known[-1]:
            np.minimum(places, len(known) - 1, out=places)
        places[known[places] != wanted] = -1
        return places

    def look_up(self, known: Docs, values: Values, levels: Floats, docs: Docs) -> tuple[Ints, Floats]:
        """By finding all."""
        places = self.find(known, docs)
        which = np.flatnonzero(places >= 0)
        found: AnyInts = values[places[which]]
        return which, levels[found] if len(levels) else found

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
