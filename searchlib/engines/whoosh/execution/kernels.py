"""Flat queries in machine code, a doc at a time: what ``flat`` does, with the same operations in the same order.

Lists come as rows of addresses and sizes (the constants below name the columns), since a call with a list of arrays
takes longer than many a query; ``compiled`` makes the rows and keeps the arrays alive. A list is looked up in by
*windows*: ``starts[doc >> shift]`` is the place of its first doc in the window of so many docs, and a window has a
few of its docs, so that a look-up takes the same few steps however long the list is.
"""

# ruff: noqa: PLR0913, PLR0912 - kernels take what they need, and take it apart, without a call

from __future__ import annotations

from typing import Any

import numba
import numpy as np
from numba import types
from numba.extending import intrinsic

from searchlib.engines.whoosh.execution.prepared import RUN

DOCS, GAINS, CRESTS, STARTS, SIZE, SHIFT, BEST, BEST_SIZE = range(8)
WIDTH = 8
# Of a word of a phrase in a field:
P_DOCS, P_STARTS, P_SHIFT, P_OFFSETS, P_POSITIONS, P_WIDTH = range(6)
_SLACK = 1e-9

_inline = numba.njit(inline="never", nogil=True, cache=True, error_model="numpy")


@intrinsic
def _pointer(typing_context: Any, address: Any) -> Any:
    """The pointer that an integer is."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.inttoptr(arguments[0], context.get_value_type(types.voidptr))

    return types.voidptr(types.int64), generate


@_inline
def _at_i32(address, number):  # type: ignore[no-untyped-def]
    return numba.carray(_pointer(address), (number + 1,), np.int32)[number]


@_inline
def _at_f64(address, number):  # type: ignore[no-untyped-def]
    return numba.carray(_pointer(address), (number + 1,), np.float64)[number]


@_inline
def _find(docs_at, starts_at, shift, doc):  # type: ignore[no-untyped-def]
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
def _put(top_docs, top_scores, size, doc, score):  # type: ignore[no-untyped-def]
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
def _stands(phrase, words, slop, doc, ends, following):  # type: ignore[no-untyped-def]
    """Whether a phrase stands in a doc, in any of the fields."""
    for first in range(0, len(phrase), words):
        count = 0
        for word in range(words):
            row = phrase[first + word]
            count_here = 0
            if row[P_DOCS] != 0:
                number = _find(row[P_DOCS], row[P_STARTS], row[P_SHIFT], doc)
                if number >= 0:
                    begin, stop = number, number + 1
                    if row[P_OFFSETS] != 0:
                        begin = np.int64(_at_i32(row[P_OFFSETS], number))
                        stop = np.int64(_at_i32(row[P_OFFSETS], number + 1))
                    before = 0
                    wide = row[P_WIDTH] == 4
                    short = numba.carray(_pointer(row[P_POSITIONS]), (stop,), np.uint16)
                    long = numba.carray(_pointer(row[P_POSITIONS]), (stop,), np.uint32)
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
def _allowed(lists, words, required, doc):  # type: ignore[no-untyped-def]
    """Whether a doc is in all lists that are required and in none that is excluded; they follow the words."""
    for number in range(words, len(lists)):
        row = lists[number]
        found = _find(row[DOCS], row[STARTS], row[SHIFT], doc) >= 0
        if found != (number < words + required):
            return False
    return True


@_inline
def _score(lists, scales, every, order, place, left, threshold, parts, doc, gain):  # type: ignore[no-untyped-def]
    """The score of a doc of a driver; -1 where it is not good, does not match, or was a doc of an earlier driver."""
    words = len(scales)
    for number in range(words):
        parts[number] = 0.0
    driver = order[place]
    parts[driver] = scales[driver] * gain
    partial = parts[driver]
    rest = left
    for at in range(0 if every else place + 1, words):
        if at == place:
            continue
        if (partial + rest) * (1 + _SLACK) < threshold:
            return -1.0
        number = order[at]
        row = lists[number]
        bound = scales[number] * numba.carray(_pointer(row[BEST]), (1,), np.float64)[0]
        found = _find(row[DOCS], row[STARTS], row[SHIFT], doc)
        rest -= bound
        if found >= 0:
            parts[number] = scales[number] * _at_f64(row[GAINS], found)
            partial += parts[number]
        elif every:
            return -1.0
    if (partial + max(rest, 0.0)) * (1 + _SLACK) < threshold:
        return -1.0
    if not every:
        for at in range(place):
            row = lists[order[at]]
            if _find(row[DOCS], row[STARTS], row[SHIFT], doc) >= 0:
                return -1.0
    score = 0.0
    for number in range(words):
        score += parts[number]
    return score


@numba.njit(nogil=True, cache=True, error_model="numpy")
def best(lists, scales, every, required, order, phrase, words, slop, longest, floor, top_docs, top_scores):  # type: ignore[no-untyped-def]  # noqa: E501
    """Fill in the best docs and their scores, best first; returns how many.

    ``lists`` are rows, those of the words in the order of the query first; ``order`` are the numbers of the words:
    in a conjunction (``every``) the shortest list first, otherwise the one with the greatest bound. ``phrase`` are
    rows, field by field, of ``words`` words (none: no phrase), which have at most ``longest`` positions in a doc.
    """
    k = len(top_docs)
    size = 0
    threshold = floor
    parts = np.zeros(len(scales))
    ends, following = np.zeros(longest, np.int64), np.zeros(longest, np.int64)
    for place in range(1 if every else len(scales)):
        driver = order[place]
        row = lists[driver]
        scale = scales[driver]
        docs = numba.carray(_pointer(row[DOCS]), (row[SIZE],), np.int32)
        gains = numba.carray(_pointer(row[GAINS]), (row[SIZE],), np.float64)
        crests = numba.carray(_pointer(row[CRESTS]), ((row[SIZE] + RUN - 1) // RUN,), np.float64)
        left = 0.0
        for at in range(place + 1, len(scales)):
            number = order[at]
            left += scales[number] * numba.carray(_pointer(lists[number][BEST]), (1,), np.float64)[0]
        bound = scale * numba.carray(_pointer(row[BEST]), (1,), np.float64)[0]
        if (bound + left) * (1 + _SLACK) < threshold:
            break
        # The docs that gain most first: they give a threshold.
        chosen = numba.carray(_pointer(row[BEST] + 8), (row[BEST_SIZE],), np.int64)
        first = len(chosen) if len(crests) > 2 and scale > 0 else 0
        for turn in range(first + len(crests)):
            if turn < first:
                begin, stop = chosen[turn], chosen[turn] + 1
            else:
                run = turn - first
                if (scale * crests[run] + left) * (1 + _SLACK) < threshold:
                    continue
                begin, stop = run * RUN, min((run + 1) * RUN, row[SIZE])
            for at in range(begin, stop):
                gain = gains[at]
                if (scale * gain + left) * (1 + _SLACK) < threshold:
                    continue
                doc = docs[at]
                score = _score(lists, scales, every, order, place, left, threshold, parts, doc, gain)
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
