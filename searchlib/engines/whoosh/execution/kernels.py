"""Flat queries in machine code, a doc at a time: what ``flat`` does, with the same operations in the same order.

Lists come as rows of addresses and sizes (the constants below name the columns), since a call with a list of arrays
takes longer than many a query; ``compiled`` makes the rows and keeps the arrays alive. A list is looked up in by
*windows*: ``starts[doc >> shift]`` is the place of its first doc in the window of so many docs, and a window has a
few of its docs, so that a look-up takes the same few steps however long the list is. Before that its *marks* are
asked, a bit for every remainder ``doc & mask``: most docs that are not in a list end there, and the marks of all but
the longest lists are in the processor's cache.
"""

# ruff: noqa: PLR0912, PLR0913, PLR0915, PLR0917 - kernels take what they need, and take it apart, without a call

from __future__ import annotations

from typing import Any

import numba
import numpy as np
from numba import types
from numba.extending import intrinsic

from searchlib.engines.whoosh.execution.prepared import RUN

DOCS, VALUES, LEVELS, CRESTS, STARTS, SIZE, SHIFT, BEST, BEST_SIZE, MARKS, MASK = range(11)
WIDTH = 11
HEADER = 6  # numbers of a plan before the order
# Of a word of a phrase in a field:
P_DOCS, P_STARTS, P_SHIFT, P_OFFSETS, P_FREQS, P_POSITIONS, P_BYTES = range(7)
P_WIDTH = 7
STRIDE = 16  # postings from one known offset of positions to the next
_SLACK = 1e-9

# Without inlining, a call takes longer than a look-up: each array passed is counted in and out.
_inline = numba.njit(nogil=True, cache=True, error_model="numpy", forceinline=True)


@intrinsic
def _pointer(typing_context: Any, address: Any) -> Any:
    """The pointer that an integer is."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.inttoptr(arguments[0], context.get_value_type(types.voidptr))

    return types.voidptr(types.int64), generate


@_inline
def _at_i32(address, number):
    return numba.carray(_pointer(address), (number + 1,), np.int32)[number]


@_inline
def _gain(values, levels, number):
    """The gain that a value stands for."""
    if levels == 0:
        return numba.carray(_pointer(values), (number + 1,), np.float64)[number]
    level = np.int64(numba.carray(_pointer(values), (number + 1,), np.uint16)[number])
    return numba.carray(_pointer(levels), (level + 1,), np.float64)[level]


@_inline
def _find(docs_at, starts_at, shift, doc):
    """The place of a doc in a list, -1 if it is not there."""
    window = np.int64(doc) >> shift
    starts = numba.carray(_pointer(starts_at), (window + 2,), np.int32)
    place, stop = np.int64(starts[window]), np.int64(starts[window + 1])
    docs = numba.carray(_pointer(docs_at), (stop,), np.int32)
    while stop - place > 8:
        middle = (place + stop) >> 1
        if docs[middle] < doc:
            place = middle + 1
        else:
            stop = middle + 1
    while place < stop:
        found = docs[place]
        if found >= doc:
            return place if found == doc else np.int64(-1)
        place += 1
    return np.int64(-1)


@_inline
def _find_marked(lists, number, doc):
    """The same in a list with marks."""
    # Numbers are taken out one by one: a row of its own, as an array, would be counted in and out each time.
    bit = np.int64(doc) & lists[number, MASK]
    marks = numba.carray(_pointer(lists[number, MARKS]), ((bit >> 3) + 1,), np.uint8)
    if not (marks[bit >> 3] >> (bit & 7)) & 1:
        return np.int64(-1)
    return _find(lists[number, DOCS], lists[number, STARTS], lists[number, SHIFT], doc)


@_inline
def _put(top_docs, top_scores, size, doc, score):
    """Take a doc into the best; the number of them afterwards."""
    k = len(top_docs)
    place = size
    while place > 0 and (
        top_scores[place - 1] < score or (top_scores[place - 1] == score and top_docs[place - 1] > doc)
    ):
        place -= 1
    # The same doc has the same score: it would be right before.
    if (place > 0 and top_docs[place - 1] == doc) or place == k:
        return size
    for number in range(min(size, k - 1), place, -1):
        top_docs[number] = top_docs[number - 1]
        top_scores[number] = top_scores[number - 1]
    top_docs[place] = doc
    top_scores[place] = score
    return min(size + 1, k)


@_inline
def _stands(phrase, words, slop, doc, ends, following):
    """Whether a phrase stands in a doc, in any of the fields."""
    for first in range(0, len(phrase), words):
        count = 0
        for word in range(words):
            row = first + word
            count_here = 0
            if phrase[row, P_DOCS] != 0:
                number = _find(phrase[row, P_DOCS], phrase[row, P_STARTS], phrase[row, P_SHIFT], doc)
                if number >= 0:
                    begin, stop = number, number + 1
                    if phrase[row, P_OFFSETS] != 0:
                        freqs = numba.carray(_pointer(phrase[row, P_FREQS]), (number + 1,), np.uint16)
                        begin = np.int64(_at_i32(phrase[row, P_OFFSETS], number // STRIDE))
                        for at in range(number // STRIDE * STRIDE, number):
                            begin += np.int64(freqs[at])
                        stop = begin + np.int64(freqs[number])
                    before = 0
                    wide = phrase[row, P_BYTES] == 4
                    short = numba.carray(_pointer(phrase[row, P_POSITIONS]), (stop,), np.uint16)
                    long = numba.carray(_pointer(phrase[row, P_POSITIONS]), (stop,), np.uint32)
                    for at in range(begin, stop):
                        position = np.int64(long[at]) if wide else np.int64(short[at])
                        if word == 0:
                            following[count_here] = position
                            count_here += 1
                            continue
                        # The last end before this position.
                        while before < count and ends[before] < position:
                            before += 1
                        if before > 0 and position - ends[before - 1] <= slop:
                            following[count_here] = position
                            count_here += 1
            count = count_here
            if count == 0:
                break
            for at in range(count):
                ends[at] = following[at]
        if count > 0:
            return True
    return False


@_inline
def _allowed(lists, words, required, doc):
    """Whether a doc is in all lists that are required and in none that is excluded; they follow the words."""
    for number in range(words, len(lists)):
        if (_find_marked(lists, number, doc) >= 0) != (number < words + required):
            return False
    return True


@_inline
def _score(lists, scales, bounds, every, order, place, left, threshold, parts, doc, gain):
    """The score of a doc of a driver; -1 where it is not good, does not match, or was a doc of an earlier driver."""
    words = len(scales)
    driver = order[place]
    partial = scales[driver] * gain
    if not every:
        parts[:] = 0.0
    parts[driver] = partial
    rest = left
    for at in range(place + 1, words):
        if (partial + rest) * (1 + _SLACK) < threshold:
            return -1.0
        number = order[at]
        found = _find_marked(lists, number, doc)
        rest -= bounds[number]
        if found >= 0:
            parts[number] = scales[number] * _gain(lists[number, VALUES], lists[number, LEVELS], found)
            partial += parts[number]
        elif every:
            return -1.0
    if (partial + max(rest, 0.0)) * (1 + _SLACK) < threshold:
        return -1.0
    for at in range(place):
        if _find_marked(lists, order[at], doc) >= 0:
            return -1.0
    score = 0.0
    for number in range(words):
        score += parts[number]
    return score


@numba.njit(nogil=True, cache=True, error_model="numpy")
def best(plan, scales, phrase, floor, top_docs, top_scores):
    """Fill in the best docs and their scores, best first; returns how many.

    ``plan``: 0 or 1 for a conjunction (``every``), how many lists there are, how many of them follow the words because
    they are required, how many words of a phrase, its slop, the most positions that one of them has in a doc; then the
    numbers of the words, in a conjunction the one to go through first, otherwise the greatest bound first; then the
    addresses of the rows of the lists, those of the words, in the order of the query, first. ``phrase`` are rows, field
    by field, of the words of a phrase. Few arguments, because each takes time.
    """
    every, required, words, slop = plan[0] == 1, plan[2], plan[3], plan[4]
    longest = plan[5]
    order = plan[HEADER : HEADER + len(scales)]
    lists = np.empty((plan[1], WIDTH), np.int64)
    for number in range(len(lists)):
        lists[number] = numba.carray(_pointer(plan[HEADER + len(scales) + number]), (WIDTH,), np.int64)
    k = len(top_docs)
    size = 0
    threshold = floor
    parts, bounds = np.zeros(len(scales)), np.zeros(len(scales))
    for number in range(len(scales)):
        bounds[number] = scales[number] * numba.carray(_pointer(lists[number, BEST]), (1,), np.float64)[0]
    ends, following = np.zeros(longest, np.int64), np.zeros(longest, np.int64)
    for place in range(1 if every else len(scales)):
        driver = order[place]
        row = lists[driver]
        scale = scales[driver]
        docs = numba.carray(_pointer(row[DOCS]), (row[SIZE],), np.int32)
        values, levels, crests = row[VALUES], row[LEVELS], row[CRESTS]
        length = row[SIZE]
        runs = (length + RUN - 1) // RUN
        left = 0.0
        for at in range(place + 1, len(scales)):
            left += bounds[order[at]]
        if (bounds[driver] + left) * (1 + _SLACK) < threshold:
            break
        # What is asked of every doc is asked here: calls would take longer than the questions.
        numbers = numba.carray(_pointer(values), (length,), np.uint16)
        gains = numba.carray(_pointer(values), (length,), np.float64)
        table = numba.carray(_pointer(levels), (1 << 16,), np.float64)
        meets = every and len(scales) > 1
        second = order[1] if meets else driver
        mask = lists[second, MASK]
        marks = numba.carray(_pointer(lists[second, MARKS]), ((mask >> 3) + 1,), np.uint8)
        # The docs that gain most first: they give a threshold.
        chosen = numba.carray(_pointer(row[BEST] + 8), (row[BEST_SIZE],), np.int64)
        first = len(chosen) if runs > 2 and scale > 0 else 0
        for turn in range(first + runs):
            if turn < first:
                begin, stop = chosen[turn], chosen[turn] + 1
            else:
                run = turn - first
                if (scale * _gain(crests, levels, run) + left) * (1 + _SLACK) < threshold:
                    continue
                begin, stop = run * RUN, min((run + 1) * RUN, length)
            for at in range(begin, stop):
                doc = docs[at]
                if meets:
                    bit = np.int64(doc) & mask
                    if not (marks[bit >> 3] >> (bit & 7)) & 1:
                        continue
                gain = gains[at] if levels == 0 else table[numbers[at]]
                if (scale * gain + left) * (1 + _SLACK) < threshold:
                    continue
                score = _score(lists, scales, bounds, every, order, place, left, threshold, parts, doc, gain)
                if score < 0 or score < threshold:
                    continue
                if size == k and score == threshold and score == top_scores[k - 1] and doc >= top_docs[k - 1]:
                    continue
                if len(lists) > len(scales) and not _allowed(lists, len(scales), required, doc):
                    continue
                if words > 0 and not _stands(phrase, words, slop, doc, ends, following):
                    continue
                size = _put(top_docs, top_scores, size, doc, score)
                if size == k:
                    threshold = max(threshold, top_scores[k - 1])
    return size
