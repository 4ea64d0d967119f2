"""The operations of ``primitives`` compiled by numba. Importing it imports numba.

Every index is checked (``boundscheck``): an array that is not what it should be ends in an IndexError.
"""

from __future__ import annotations

from collections.abc import Sequence

import numba
import numpy as np

from searchlib.engines.whoosh.execution.interface import AnyInts, Docs, Floats, Ints
from searchlib.engines.whoosh.execution.primitives import HALF, Numbers, OnArrays, Values

_FEW = 16
"""Lists whose first docs are compared with one another: the time for a doc grows with their number."""

_compile = numba.njit(nogil=True, cache=True, boundscheck=True)


@_compile
def _common(known, wanted):
    which = np.empty(len(wanted), np.int64)
    places = np.empty(len(wanted), np.int64)
    size = len(known)
    place = count = 0
    for number in range(len(wanted)):
        one = wanted[number]
        # Gallop: the next one is mostly near.
        step = 1
        low = place
        high = place
        while high < size and known[high] < one:
            low = high + 1
            high += step
            step <<= 1
        high = min(high, size)
        while low < high:
            middle = (low + high) >> 1
            if known[middle] < one:
                low = middle + 1
            else:
                high = middle
        place = low
        if place < size and known[place] == one:
            which[count] = number
            places[count] = place
            count += 1
    return which[:count], places[:count]


@_compile
def _look_up(known, values, levels, docs):
    which, places = _common(known, docs)
    found = np.empty(len(places), np.float64)
    for number in range(len(places)):
        value = values[places[number]]
        found[number] = levels[np.int64(value)] if len(levels) else value
    return which, found


@_compile
def _united(every, ends):
    docs = np.empty(len(every), np.int32)
    places = np.empty(len(every), np.int64)
    heads = np.zeros(len(ends), np.int64)
    heads[1:] = ends[:-1]
    size = 0
    while True:
        least = np.int64(1) << 62
        for number in range(len(ends)):
            if heads[number] < ends[number]:
                least = min(least, np.int64(every[heads[number]]))
        if least == np.int64(1) << 62:
            return docs[:size], places
        for number in range(len(ends)):
            if heads[number] < ends[number] and every[heads[number]] == least:
                places[heads[number]] = size
                heads[number] += 1
        docs[size] = least
        size += 1


@_compile
def _occurrences(places, numbers, positions, offsets):
    total = 0
    for at in range(len(numbers)):
        total += len(range(np.int64(offsets[numbers[at]]), np.int64(offsets[numbers[at] + 1])))
    found = np.empty(total, np.int64)
    size = 0
    for at in range(len(numbers)):
        for place in range(np.int64(offsets[numbers[at]]), np.int64(offsets[numbers[at] + 1])):
            found[size] = places[at] << HALF | np.int64(positions[place])
            size += 1
    return found


@_compile
def _following(ends, occurrences, slop):
    found = np.empty(len(occurrences), np.int64)
    size = before = 0
    for at in range(len(occurrences)):
        while before < len(ends) and ends[before] < occurrences[at]:
            before += 1
        if before > 0 and occurrences[at] - ends[before - 1] <= slop:
            found[size] = occurrences[at]
            size += 1
    return found[:size]


class Compiled(OnArrays):
    """The operations, compiled when they are first used and kept on disk."""

    def common(self, known: Numbers, wanted: Numbers) -> tuple[Ints, Ints]:
        """By galloping from each number to the next."""
        if len(known) < len(wanted):
            in_known, in_wanted = _common(wanted, known)
            return in_wanted, in_known
        found: tuple[Ints, Ints] = _common(known, wanted)
        return found

    def look_up(self, known: Docs, values: Values, levels: Floats, docs: Docs) -> tuple[Ints, Floats]:
        """In one pass."""
        found: tuple[Ints, Floats] = _look_up(known, values, levels, docs)
        return found

    def united(self, lists: Sequence[Docs]) -> tuple[Docs, Ints]:
        """By always taking the least of the first docs."""
        if len(lists) > _FEW:
            return super().united(lists)
        found: tuple[Docs, Ints] = _united(np.concatenate(lists), np.cumsum([len(one) for one in lists]))
        return found

    def occurrences(self, places: Ints, numbers: Ints, positions: AnyInts, offsets: AnyInts) -> Ints:
        """One by one."""
        found: Ints = _occurrences(places, numbers, positions, offsets)
        return found

    def following(self, ends: Ints, occurrences: Ints, slop: int) -> Ints:
        """Walking both."""
        found: Ints = _following(ends, occurrences, slop)
        return found
