"""The operations of ``primitives`` compiled by numba. Importing it imports numba, and makes it ready.

Every index is checked (``boundscheck``): an array that is not what it should be ends in an IndexError. An operation is
compiled by the first search of an installation that needs it: seconds that are not counted as its time.
"""

from __future__ import annotations

from collections.abc import Sequence

import numba
import numpy as np
from numba.core import event
from numba.core.registry import cpu_target

from searchlib.engines.whoosh.execution.interface import AnyInts, Bools, Docs, Floats, Ints
from searchlib.engines.whoosh.execution.primitives import HALF, NO_SCORES, NO_SIEVE, Numbers, OnArrays, Values
from searchlib.guards import deadline

_FEW = 16
"""Lists whose first docs are compared with one another: the time for a doc grows with their number."""

_SHORT = 64
"""Best docs among which each finds its place in order."""
FARTHEST_POSITION = (1 << HALF) - 1


class _NotCounted(event.Listener):  # type: ignore[misc]
    """Is told by numba when it compiles."""

    def on_start(self, event: object) -> None:
        deadline.pause()

    def on_end(self, event: object) -> None:
        deadline.resume()


event.register("numba:compile", _NotCounted())

# What numba would import before the first function is compiled, or read: a third of a second of the first search.
cpu_target.typing_context.refresh()
cpu_target.target_context.refresh()

_compile = numba.njit(nogil=True, cache=True, boundscheck=True)


@_compile
def _common(known, wanted, sieve):
    which = np.empty(len(wanted), np.int64)
    places = np.empty(len(wanted), np.int64)
    size = len(known)
    mask = len(sieve) - 1
    place = count = 0
    for number in range(len(wanted)):
        one = wanted[number]
        if mask >= 0 and not sieve[one & mask]:
            continue
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
def _look_up(known, values, levels, docs, sieve, scale, before, least):
    which, places = _common(known, docs, sieve)
    found = np.empty(len(places), np.float64)
    count = 0
    for number in range(len(places)):
        value = values[places[number]]
        score = scale * (levels[np.int64(value)] if len(levels) else np.float64(value))
        if (score + before[which[number]] if len(before) else score) >= least:
            which[count] = which[number]
            found[count] = score
            count += 1
    return which[:count], found[:count]


@_compile
def _add_up(known, values, levels, docs, sieve, scale, hits, scores):
    which, places = _common(known, docs, sieve)
    for number in range(len(places)):
        value = values[places[number]]
        hits[which[number]] = True
        scores[which[number]] += scale * (levels[np.int64(value)] if len(levels) else np.float64(value))


@_compile
def _best(docs, scores, best_docs, best_scores, k, floor):
    found_docs = np.empty(k, np.int32)
    found_scores = np.empty(k, np.float64)
    size = len(best_docs)
    found_docs[:size] = best_docs
    found_scores[:size] = best_scores
    for number in range(len(docs)):
        doc, score = docs[number], scores[number]
        if not score >= floor or (size == k and score < found_scores[k - 1]):
            continue
        place = size
        while place > 0 and (
            found_scores[place - 1] < score or (found_scores[place - 1] == score and found_docs[place - 1] > doc)
        ):
            place -= 1
        # The same doc has the same score: it would be right before.
        if place == k or (place > 0 and found_docs[place - 1] == doc):
            continue
        for at in range(min(size, k - 1), place, -1):
            found_docs[at] = found_docs[at - 1]
            found_scores[at] = found_scores[at - 1]
        found_docs[place] = doc
        found_scores[place] = score
        size = min(size + 1, k)
    return found_docs[:size], found_scores[:size]


@_compile
def _beginning(docs, known, positions, offsets, number):
    none = np.empty(0, np.bool_)
    which, numbers = _common(known, docs, none)
    total = 0
    for at in range(len(which)):
        total += len(range(np.int64(offsets[numbers[at]]), np.int64(offsets[numbers[at] + 1])))
    found = np.empty(total, np.int64)
    size = 0
    for at in range(len(which)):
        for place in range(np.int64(offsets[numbers[at]]), np.int64(offsets[numbers[at] + 1])):
            position = np.int64(positions[place])
            if position >= number:
                found[size] = which[at] << HALF | position - number
                size += 1
    return found[:size]


@_compile
def _still_beginning(docs, known, positions, offsets, number, starts):
    found = np.empty(len(starts), np.int64)
    size = at = low = 0
    while at < len(starts):
        place = starts[at] >> HALF
        if place < 0:  # before its doc
            at += 1
            continue
        doc = docs[place]
        # Gallop: the next one is mostly near.
        step = 1
        high = low
        while high < len(known) and known[high] < doc:
            low = high + 1
            high += step
            step <<= 1
        high = min(high, len(known))
        while low < high:
            middle = (low + high) >> 1
            if known[middle] < doc:
                low = middle + 1
            else:
                high = middle
        there = low < len(known) and known[low] == doc
        next_one = np.int64(offsets[low]) if there else np.int64(0)
        stop = np.int64(offsets[low + 1]) if there else np.int64(0)
        while at < len(starts) and starts[at] >> HALF == place:
            wanted = (starts[at] & FARTHEST_POSITION) + number
            while next_one < stop and np.int64(positions[next_one]) < wanted:
                next_one += 1
            if next_one < stop and np.int64(positions[next_one]) == wanted:
                found[size] = starts[at]
                size += 1
            at += 1
    return found[:size]


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

    prunes = True

    def common(self, known: Numbers, wanted: Numbers, sieve: Bools = NO_SIEVE) -> tuple[Ints, Ints]:
        """By galloping from each number to the next."""
        if len(known) < len(wanted) and not len(sieve):
            in_known, in_wanted = _common(wanted, known, NO_SIEVE)
            return in_wanted, in_known
        found: tuple[Ints, Ints] = _common(known, wanted, sieve)
        return found

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
        """In one pass."""
        found: tuple[Ints, Floats] = _look_up(known, values, levels, docs, sieve, scale, before, least)
        return found

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
        """In one pass."""
        _add_up(known, values, levels, docs, sieve, scale, hits, scores)

    def best(
        self, docs: Docs, scores: Floats, best_docs: Docs, best_scores: Floats, k: int, floor: float
    ) -> tuple[Docs, Floats]:
        """By putting each in its place."""
        if k > _SHORT:
            return super().best(docs, scores, best_docs, best_scores, k, floor)
        found: tuple[Docs, Floats] = _best(docs, scores, best_docs, best_scores, k, floor)
        return found

    def beginning(
        self,
        docs: Docs,
        known: Docs,
        positions: AnyInts,
        offsets: AnyInts,
        number: int,
        starts: Ints | None,
    ) -> Ints:
        """Walking both."""
        found: Ints
        if starts is None:
            found = _beginning(docs, known, positions, offsets, number)
        else:
            found = _still_beginning(docs, known, positions, offsets, number, starts)
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
