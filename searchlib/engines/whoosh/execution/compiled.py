"""Flat queries by compiled code: makes the rows that ``kernels`` take. Importing it imports numba."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from searchlib.engines.whoosh.execution import kernels
from searchlib.engines.whoosh.execution.postings import PostingList
from searchlib.engines.whoosh.execution.prepared import Prepared
from searchlib.engines.whoosh.execution.segment import Docs, Floats, Ints

if TYPE_CHECKING:
    from searchlib.engines.whoosh.execution.flat import Lists

_IN_WINDOW = 4  # docs of a list, about
_NO_PHRASE = np.empty((0, kernels.P_WIDTH + 1), np.int64)


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
    if lists.every:
        order = sorted(range(len(words)), key=lambda number: len(words[number].docs))
    else:
        order = sorted(range(len(words)), key=lambda number: -(lists.scales[number] * words[number].most))
    rows = [_row(word, doc_count) for word in (*words, *lists.required, *lists.excluded)]
    docs, scores = np.empty(k, np.int32), np.empty(k)
    size = kernels.best(
        np.array(rows),
        np.array(lists.scales),
        lists.every,
        len(lists.required),
        np.array(order),
        phrase,
        count,
        slop,
        longest,
        floor,
        docs,
        scores,
    )
    del keep
    return docs[:size], scores[:size]


def _row(word: Prepared, doc_count: int) -> Ints:
    if word.row is None:
        starts, shift = windows(word.docs, doc_count)
        best = np.empty(1 + len(word.best), np.float64)
        best[0] = word.most
        best[1:].view(np.int64)[:] = word.best
        row = np.zeros(kernels.WIDTH, np.int64)
        row[kernels.DOCS] = word.docs.ctypes.data
        row[kernels.GAINS] = word.gains.ctypes.data
        row[kernels.CRESTS] = word.crests.ctypes.data
        row[kernels.STARTS] = starts.ctypes.data
        row[kernels.SIZE] = len(word.docs)
        row[kernels.SHIFT] = shift
        row[kernels.BEST] = best.ctypes.data
        row[kernels.BEST_SIZE] = len(word.best)
        word.starts = (starts, best)
        word.row = row
    return word.row


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
    rows = np.zeros((len(fields) * len(leaves), kernels.P_WIDTH + 1), np.int64)
    keep, longest = [], 1
    for number, field in enumerate(fields):
        for place, leaf in enumerate(leaves):
            postings = leaf.weighed.plain_list(field)
            if postings is None:
                if field in leaf.weighed.fields:
                    return None
                continue
            found = _placed(postings, lists.view.doc_count)
            rows[number * len(leaves) + place] = found[0]
            longest = max(longest, found[1])
            keep.append(found)
    return rows, longest, keep


def _placed(postings: PostingList, doc_count: int) -> tuple[Ints, int, Any]:
    decoded = postings.decoded
    kept: Any = decoded.get((postings, "placed"))
    if kept is None:
        docs, freqs = postings.whole()
        positions, offsets = postings.all_positions()
        starts, shift = windows(docs, doc_count)
        row = np.zeros(kernels.P_WIDTH + 1, np.int64)
        row[kernels.P_DOCS] = docs.ctypes.data
        row[kernels.P_STARTS] = starts.ctypes.data
        row[kernels.P_SHIFT] = shift
        row[kernels.P_OFFSETS] = offsets.ctypes.data if len(offsets) else 0
        row[kernels.P_POSITIONS] = positions.ctypes.data
        row[kernels.P_WIDTH] = positions.itemsize
        kept = row, int(freqs.max(initial=1)), (docs, starts, positions, offsets)
        decoded.put((postings, "placed"), kept, docs.nbytes + starts.nbytes + positions.nbytes + offsets.nbytes)
    found: tuple[Ints, int, Any] = kept
    return found
