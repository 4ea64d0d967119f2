"""Flat queries by compiled code: makes the rows that ``kernels`` take. Importing it imports numba."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from searchlib.engines.whoosh.execution import kernels
from searchlib.engines.whoosh.execution.postings import PostingList
from searchlib.engines.whoosh.execution.prepared import Prepared
from searchlib.engines.whoosh.execution.segment import Docs, Floats, Ints

if TYPE_CHECKING:
    from searchlib.engines.whoosh.execution.driving import Lists
    from searchlib.engines.whoosh.execution.prepared import Leaf

_IN_WINDOW = 4  # docs of a list, about
_MARKS = 8  # for each of them, at least
_NO_PHRASE = np.empty((0, kernels.P_WIDTH), np.int64)


def search(lists: Lists, k: int, floor: float) -> tuple[Docs, Floats] | None:
    """The ``k`` best docs and their scores; None for a phrase that has to be looked for otherwise."""
    words, doc_count = lists.words, lists.view.doc_count
    phrase, longest, slop, count = _NO_PHRASE, 0, 0, 0
    keep: Any = None
    if lists.phrase is not None:
        found = _phrase(lists)
        if found is None:
            return None
        phrase, longest, keep = found
        count, slop = len(lists.phrase.words), min(lists.phrase.slop, 1 << 31)
    plan = [int(lists.every), 0, len(lists.required), count, slop, longest, *lists.order]
    every = words + lists.required + lists.excluded if lists.required or lists.excluded else words
    plan += [word.address or _row(word, doc_count) for word in every]
    plan[1] = len(every)
    docs, scores = np.empty(k, np.int32), np.empty(k)
    size = kernels.best(np.array(plan), np.array(lists.scales), phrase, floor, docs, scores)
    del keep
    return docs[:size], scores[:size]


def _row(word: Prepared, doc_count: int) -> int:
    """The address of the row of a word."""
    starts, shift = windows(word.docs, doc_count)
    best = np.empty(1 + len(word.best), np.float64)
    best[0] = word.most
    best[1:].view(np.int64)[:] = word.best
    row = np.zeros(kernels.WIDTH, np.int64)
    row[kernels.DOCS] = word.docs.ctypes.data
    row[kernels.VALUES] = word.values.ctypes.data
    row[kernels.LEVELS] = word.levels.ctypes.data if word.levels is not None else 0
    row[kernels.CRESTS] = word.crests.ctypes.data
    row[kernels.STARTS] = starts.ctypes.data
    row[kernels.SIZE] = len(word.docs)
    row[kernels.SHIFT] = shift
    row[kernels.BEST] = best.ctypes.data
    row[kernels.BEST_SIZE] = len(word.best)
    # One for each doc of the segment says all; fewer, if docs are few, let some pass that are not there.
    mask = (1 << min((len(word.docs) * _MARKS).bit_length(), doc_count.bit_length())) - 1
    marked = np.zeros(max(mask + 1, 8), bool)
    marked[word.docs & mask] = True
    marks = np.packbits(marked, bitorder="little")
    row[kernels.MARKS] = marks.ctypes.data
    row[kernels.MASK] = mask
    address = int(row.ctypes.data)
    # Another thread may do the same: what is known by one address stays as long as the word.
    word.rows.append((row, starts, best, marks))
    word.address = address
    return address


def windows(docs: Docs, doc_count: int) -> tuple[Docs, int]:
    """Where the docs of each window begin, and the bits of a window."""
    shift = max((doc_count * _IN_WINDOW // max(len(docs), 1)).bit_length() - 1, 0)
    count = (doc_count >> shift) + 1
    starts = np.zeros(count + 1, np.int32)
    starts[1:] = np.cumsum(np.bincount(docs >> shift, minlength=count))
    return starts, shift


def _phrase(lists: Lists) -> tuple[Ints, int, Any] | None:
    """The rows of a phrase, the most positions in a doc, and what must be kept until they were used."""
    leaves = lists.leaves[: len(lists.phrase.words)]
    fields = leaves[0].weighed.fields
    rows = np.zeros((len(fields) * len(leaves), kernels.P_WIDTH), np.int64)
    keep, longest = [], 1
    for number, field in enumerate(fields):
        for place, leaf in enumerate(leaves):
            postings = leaf.weighed.plain_list(field)
            if postings is None:
                if field in leaf.weighed.fields:
                    return None
                continue
            found = _placed(leaf, postings, lists.view.doc_count)
            if found is None:
                return None
            rows[number * len(leaves) + place] = found[0]
            longest = max(longest, found[1])
            keep.append(found)
    return rows, longest, keep


def _placed(leaf: Leaf, postings: PostingList, doc_count: int) -> tuple[Ints, int, Any] | None:
    """The row of a posting list, the most positions in a doc, and arrays to be kept.

    None if a doc has too many, or the list is not worth it yet.
    """
    decoded, shared = postings.decoded, leaf.weighed.is_list
    kept: Any = decoded.get((postings, "placed", shared))
    if kept is None:
        if postings.rarely_placed:
            return None
        row = np.zeros(kernels.P_WIDTH, np.int64)
        docs, freqs = postings.whole(keep=False)
        longest = int(freqs.max(initial=1))
        if longest >= 1 << 16:
            return None
        small = freqs.astype(np.uint16)
        positions, offsets = postings.all_positions()
        offsets = offsets[: -1 : kernels.STRIDE].copy()
        own: tuple[Any, ...] = (positions, offsets, small)
        if len(offsets):
            row[kernels.P_OFFSETS] = offsets.ctypes.data
            row[kernels.P_FREQS] = small.ctypes.data
        else:
            own = (positions,)
        row[kernels.P_POSITIONS] = positions.ctypes.data
        row[kernels.P_BYTES] = positions.itemsize
        if not shared:  # otherwise the docs are those of the prepared word
            starts, shift = windows(docs, doc_count)
            row[kernels.P_DOCS] = docs.ctypes.data
            row[kernels.P_STARTS] = starts.ctypes.data
            row[kernels.P_SHIFT] = shift
            own = (*own, docs, starts)
        kept = row, longest, own
        decoded.put((postings, "placed", shared), kept, sum(array.nbytes for array in own))
    row, longest, own = kept
    if shared:
        word = leaf.weighed.prepared()
        if not word.address:
            _row(word, doc_count)
        found = word.rows[-1][0]
        row = row.copy()
        row[kernels.P_DOCS] = found[kernels.DOCS]
        row[kernels.P_STARTS] = found[kernels.STARTS]
        row[kernels.P_SHIFT] = found[kernels.SHIFT]
        own = (own, word)
    return row, longest, own
