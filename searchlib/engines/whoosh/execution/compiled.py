"""Flat queries by compiled code: makes the rows that ``kernels`` take. Importing it imports numba."""

from __future__ import annotations

import weakref
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
    size = kernels.best(np.array(plan, np.int64), np.array(lists.scales, np.float64), phrase, floor, docs, scores)
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
    count = len(lists.phrase.words)
    leaves = lists.leaves[:count]
    fields = leaves[0].weighed.fields
    rows = np.zeros((len(fields) * count, kernels.P_WIDTH), np.int64)
    keep, longest, row = [], 1, 0
    for field in fields:
        for leaf, word in zip(leaves, lists.words, strict=False):
            postings = leaf.weighed.plain_lists.get(field)
            if postings is not None:
                placed = _placed(leaf, word, postings, lists.view.doc_count)
                if placed is None:
                    return None
                rows[row], most, *_ = placed
                longest = max(longest, most)
                keep.append(placed)
            elif field in leaf.weighed.fields:
                return None
            row += 1
    return rows, longest, keep


def _placed(leaf: Leaf, word: Prepared, postings: PostingList, doc_count: int) -> tuple[Ints, int, Any] | None:
    """The row of a posting list, the most positions in a doc, and what must be kept with it.

    None if a doc has too many, or the list is not worth it yet.
    """
    decoded, shared = postings.decoded, leaf.weighed.is_list
    kept: tuple[Ints, int, Any] | None = decoded.get((postings, "placed", shared))
    if kept is None:
        if postings.rarely_placed:
            return None
        row, longest, arrays = _positions(postings)
        if longest >= 1 << 16:
            return None
        if not shared:
            docs = postings.whole(keep=False)[0]
            starts, row[kernels.P_SHIFT] = windows(docs, doc_count)
            row[kernels.P_DOCS], row[kernels.P_STARTS] = docs.ctypes.data, starts.ctypes.data
            arrays += [docs, starts]
        kept = row, longest, (_nothing, arrays)
        decoded.put((postings, "placed", shared), kept, sum(array.nbytes for array in arrays))
    if shared and kept[2][0]() is not word:
        # The docs are those of the prepared word, which may have been let go of and made again: it is not kept here.
        if not word.address:
            _row(word, doc_count)
        found, row = word.rows[-1][0], kept[0].copy()
        row[kernels.P_DOCS] = found[kernels.DOCS]
        row[kernels.P_STARTS] = found[kernels.STARTS]
        row[kernels.P_SHIFT] = found[kernels.SHIFT]
        arrays = kept[2][1]
        kept = row, kept[1], (weakref.ref(word), arrays)
        decoded.put_again((postings, "placed", shared), kept)
    return kept


def _nothing() -> None:
    """A reference to no word."""


def _positions(postings: PostingList) -> tuple[Ints, int, list[Any]]:
    """A row with the positions of a list, the most of them in a doc, and the arrays that it points to."""
    row = np.zeros(kernels.P_WIDTH, np.int64)
    freqs = postings.whole(keep=False)[1]
    longest = int(freqs.max(initial=1))
    positions, offsets = postings.all_positions()
    row[kernels.P_POSITIONS], row[kernels.P_BYTES] = positions.ctypes.data, positions.itemsize
    if not len(offsets):
        return row, longest, [positions]
    offsets, small = offsets[: -1 : kernels.STRIDE].copy(), freqs.astype(np.uint16)
    row[kernels.P_OFFSETS], row[kernels.P_FREQS] = offsets.ctypes.data, small.ctypes.data
    return row, longest, [positions, offsets, small]
