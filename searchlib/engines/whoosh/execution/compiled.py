"""The operations of ``primitives`` compiled by numba. Importing it imports numba.

Every index is checked (``boundscheck``): an array that is not what it should be ends in an IndexError.
"""

from __future__ import annotations

import numba
import numpy as np

from searchlib.engines.whoosh.execution.primitives import HALF, Numbers, Values
from searchlib.engines.whoosh.execution.segment import AnyInts, Docs, Floats, Ints

_compile = numba.njit(nogil=True, cache=True, boundscheck=True)


@_compile
def _find(known, docs):
    found = np.empty(len(docs), np.int64)
    size = len(known)
    place = 0
    for number in range(len(docs)):
        doc = docs[number]
        # Gallop: the next doc is mostly near.
        step = 1
        low = place
        high = place
        while high < size and known[high] < doc:
            low = high + 1
            high += step
            step <<= 1
        high = min(high, size)
        while low < high:
            middle = (low + high) >> 1
            if known[middle] < doc:
                low = middle + 1
            else:
                high = middle
        place = low
        found[number] = place if place < size and known[place] == doc else -1
    return found


@_compile
def _look_up(known, values, levels, docs):
    which = np.empty(len(docs), np.int64)
    found = np.empty(len(docs), np.float64)
    size = len(known)
    place = count = 0
    for number in range(len(docs)):
        doc = docs[number]
        step = 1
        low = place
        high = place
        while high < size and known[high] < doc:
            low = high + 1
            high += step
            step <<= 1
        high = min(high, size)
        while low < high:
            middle = (low + high) >> 1
            if known[middle] < doc:
                low = middle + 1
            else:
                high = middle
        place = low
        if place < size and known[place] == doc:
            which[count] = number
            found[count] = levels[np.int64(values[place])] if len(levels) else values[place]
            count += 1
    return which[:count], found[:count]


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


class Compiled:
    """The operations, compiled when they are first used and kept on disk."""

    def find(self, known: Numbers, wanted: Numbers) -> Ints:
        """By galloping from each number to the next."""
        found: Ints = _find(known, wanted)
        return found

    def look_up(self, known: Docs, values: Values, levels: Floats, docs: Docs) -> tuple[Ints, Floats]:
        """In one pass."""
        found: tuple[Ints, Floats] = _look_up(known, values, levels, docs)
        return found

    def occurrences(self, places: Ints, numbers: Ints, positions: AnyInts, offsets: AnyInts) -> Ints:
        """One by one."""
        found: Ints = _occurrences(places, numbers, positions, offsets)
        return found

    def following(self, ends: Ints, occurrences: Ints, slop: int) -> Ints:
        """Walking both."""
        found: Ints = _following(ends, occurrences, slop)
        return found
