"""Writing posting lists: the records (see `postings`) of many terms at once, without a loop over postings."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from searchlib.engines.whoosh.format.packing import BLOCK, U8, U32, StreamPlan, ranges, scatter
from searchlib.engines.whoosh.format.postings import (
    FREQUENCY_BOUND,
    HAS_FREQUENCIES,
    HAS_TAIL,
    LENGTH_BOUND,
    NO_POSITIONS,
    SUMMARY_BYTES,
    I64Array,
    U32Array,
)
from searchlib.frozen import frozen
from searchlib.model.arrays import NDArray


@frozen
class PostingArrays:
    """The postings of some terms, term after term.

    Attributes:
        df: documents of each term, int64.
        docs: uint32, increasing within a term.
        freqs: uint32, at least 1, one a document.
        positions: uint32, not decreasing within a document, ``freqs`` of them for each; None where there are none.
        lengths: that of the document of each posting; unused where no term has a block table.
    """

    df: I64Array
    docs: U32Array
    freqs: U32Array
    positions: U32Array | None
    lengths: NDArray[np.unsignedinteger]


class Encoded(NamedTuple):
    """Records of some terms, and what the dictionary needs to know of them."""

    data: NDArray[np.uint8]
    sizes: I64Array
    cf: I64Array


def encode(
    postings: PostingArrays, tails: list[bytes] | None = None, placed: NDArray[np.bool_] | None = None
) -> Encoded:
    """The records of some terms (at least one), written at once.

    Args:
        postings: their postings.
        tails: what to attach to each record (b"" nothing).
        placed: in a field with positions, which of the terms have any (None: all).

    Raises:
        ValueError: documents or positions that are not in order, a frequency of 0, or arrays that do not fit
            each other.
    """
    df, docs, freqs = postings.df, postings.docs, postings.freqs
    ends = np.cumsum(df)
    if int(df.min()) < 1 or int(ends[-1]) != len(docs) or len(docs) != len(freqs) or int(freqs.min()) < 1:
        raise ValueError("postings that do not fit each other")
    streams = _streams(postings, ends - df, placed)
    tail_sizes = np.array([len(tail) for tail in tails], np.int64) if tails else np.zeros(len(df), np.int64)
    sizes = streams.header + streams.table.sizes + tail_sizes
    for which, plan in streams.plans:
        sizes[which] += plan.sizes
    at = np.cumsum(sizes) - sizes
    out = np.empty(int(sizes.sum()), U8)
    streams.write_header(out, at, tail_sizes > 0)
    at = at + streams.header
    streams.table.write(out, at)
    at += streams.table.sizes
    for which, plan in streams.plans:
        plan.write(out, at[which])
        at[which] += plan.sizes
    if tails:
        scatter(out, at, tail_sizes, np.frombuffer(b"".join(tails), U8))
    return Encoded(out, sizes, streams.cf)


class _Streams(NamedTuple):
    """What records are made of: header, block table, and the streams of documents, frequencies and positions."""

    cf: I64Array
    header: I64Array  # bytes
    table: _BlockTable
    plans: list[tuple[NDArray[np.bool_] | slice, StreamPlan]]  # each with the terms that have it
    repeated: NDArray[np.bool_]  # terms that stand several times in a document
    positions: bool

    def write_header(self, out: NDArray[np.uint8], at: I64Array, tailed: NDArray[np.bool_]) -> None:
        """Write what says how each record is to be read, at its beginning."""
        (_, docs), *others = self.plans
        frequencies, tail = np.where(self.repeated, U8(HAS_FREQUENCIES), U8(0)), np.where(tailed, U8(HAS_TAIL), U8(0))
        out[at] = docs.codes | frequencies | tail
        if self.positions:
            which, plan = others.pop()
            codes = np.full(len(at), NO_POSITIONS, U8)
            codes[which] = plan.codes
            out[at + self.header - 1] = codes
        for which, plan in others:
            out[at[which] + 1] = plan.codes


def _streams(postings: PostingArrays, starts: I64Array, placed: NDArray[np.bool_] | None) -> _Streams:
    df, freqs = postings.df, postings.freqs
    cf = np.add.reduceat(freqs, starts, dtype=np.int64)
    repeated = cf > df
    header = np.full(len(df), 1, np.int64) + repeated
    plans: list[tuple[NDArray[np.bool_] | slice, StreamPlan]] = []
    plans.append((slice(None), StreamPlan(_gaps(postings.docs, starts, 1, "documents"), df)))
    if repeated.any():
        plans.append((repeated, StreamPlan(_chosen(freqs, df, repeated) - np.uint32(1), df[repeated])))
    if postings.positions is not None:
        header += 1
        which = np.ones(len(df), bool) if placed is None else placed
        plans.append((which, _plan_positions(postings, postings.positions, df, cf, which)))
    table = _BlockTable(postings, starts, repeated, postings.positions is not None)
    return _Streams(cf, header, table, plans, repeated, postings.positions is not None)


def _chosen(values: U32Array, counts: I64Array, chosen: NDArray[np.bool_]) -> U32Array:
    return values if chosen.all() else values[np.repeat(chosen, counts)]


def _gaps(values: U32Array, starts: I64Array, least: int, what: str) -> U32Array:
    """The first value of each run as it is, and how much each other one exceeds the value before it, less ``least``."""
    gaps = np.empty(len(values), U32)
    gaps[0] = values[0]
    np.subtract(values[1:], values[:-1], out=gaps[1:])
    falls = values[1:] <= values[:-1] if least else values[1:] < values[:-1]
    if np.count_nonzero(falls) != np.count_nonzero(falls[starts[1:] - 1]):
        raise ValueError(f"{what} that are not in order")
    if least:
        gaps[1:] -= np.uint32(least)
    gaps[starts] = values[starts]
    return gaps


def _plan_positions(
    postings: PostingArrays, positions: U32Array, df: I64Array, cf: I64Array, placed: NDArray[np.bool_]
) -> StreamPlan:
    each = _chosen(postings.freqs, df, placed).astype(np.int64)
    ends = np.cumsum(each)
    if (int(ends[-1]) if len(ends) else 0) != len(positions):
        raise ValueError("positions that do not fit the frequencies")
    if not len(positions):
        return StreamPlan(np.zeros(0, U32), np.zeros(0, np.int64))
    return StreamPlan(_gaps(positions, ends - each, 0, "positions"), cf[placed])


class _BlockTable:
    """The block tables of those terms that have one."""

    def __init__(self, postings: PostingArrays, starts: I64Array, repeated: NDArray[np.bool_], positions: bool) -> None:
        df = postings.df
        self.sizes: I64Array = np.zeros(len(df), np.int64)
        self._long = np.flatnonzero(df > BLOCK)
        if not len(self._long):
            return
        long = self._long
        self._blocks = (df[long] + BLOCK - 1) // BLOCK
        self._repeated = repeated[long]
        self._counted = self._repeated & positions
        item = 6 + 4 * self._counted + self._repeated
        self.sizes[long] = SUMMARY_BYTES + self._blocks * item
        docs, freqs = postings.docs, postings.freqs
        lengths = postings.lengths
        # Where each block begins and, behind the last one of a term, where the term ends.
        cuts = ranges(np.zeros(len(long), np.int64), self._blocks + 1) * BLOCK + np.repeat(
            starts[long], self._blocks + 1
        )
        is_end = np.zeros(len(cuts), bool)
        term_ends = np.cumsum(self._blocks + 1) - 1
        is_end[term_ends] = True
        cuts[term_ends] = starts[long] + df[long]
        if cuts[-1] == len(docs):
            cuts, is_end = cuts[:-1], is_end[:-1]
        inner = ~is_end
        next_cuts = np.append(cuts[1:], len(docs))
        self._last_docs = docs[next_cuts[inner] - 1]
        self._max_freq = np.maximum.reduceat(freqs, cuts)[inner]
        self._min_length = np.minimum.reduceat(lengths, cuts)[inner]
        longest = np.maximum.reduceat(lengths, cuts)[inner]
        first_blocks = np.cumsum(self._blocks) - self._blocks
        within = np.add.reduceat(freqs, cuts, dtype=np.int64)[inner]
        before = np.cumsum(within) - within
        self._before = (before - np.repeat(before[first_blocks], self._blocks)).astype(U32)
        self._summary = np.stack(
            [
                np.maximum.reduceat(self._max_freq, first_blocks).astype(U32),
                np.minimum.reduceat(self._min_length, first_blocks).astype(U32),
                np.maximum.reduceat(longest, first_blocks).astype(U32),
            ],
            axis=1,
        )

    def write(self, out: NDArray[np.uint8], starts: I64Array) -> None:
        if not len(self._long):
            return
        at = starts[self._long]
        blocks = self._blocks
        scatter(out, at, np.full(len(at), SUMMARY_BYTES), self._summary.reshape(-1).view(U8))
        at = at + SUMMARY_BYTES
        scatter(out, at, 4 * blocks, self._last_docs.astype(U32).view(U8))
        at = at + 4 * blocks
        if self._counted.any():
            data = _chosen(self._before, blocks, self._counted).view(U8)
            scatter(out, at[self._counted], 4 * blocks[self._counted], data)
            at[self._counted] += 4 * blocks[self._counted]
        scatter(out, at, 2 * blocks, np.minimum(self._min_length.astype(U32), LENGTH_BOUND).astype("<u2").view(U8))
        at = at + 2 * blocks
        if self._repeated.any():
            data = np.minimum(_chosen(self._max_freq, blocks, self._repeated), FREQUENCY_BOUND).astype(U8)
            scatter(out, at[self._repeated], blocks[self._repeated], data)
