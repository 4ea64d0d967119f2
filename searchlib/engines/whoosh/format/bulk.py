"""Decoding the postings of many terms at once: what a merge reads.

Most terms stand in a few documents. To unpack each by itself costs fifty microseconds of calls, whatever it holds; here
the streams of thousands of such terms are unpacked together, those of one width in a few operations on whole arrays.
It is `postings.TermRecord` for many terms, none of them very frequent, and says the same of the same bytes: see there
and in `packing` for the layout and the words.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

import numpy as np

from searchlib.engines.whoosh.format.packing import BLOCK, HIGH_BYTES, PLANES, U32, WIDTHS, ranges
from searchlib.engines.whoosh.format.postings import HAS_FREQUENCIES, NO_POSITIONS, SUMMARY_BYTES
from searchlib.engines.whoosh.format.terms import TermEntry
from searchlib.engines.whoosh.format.unpacking import StreamDamaged, unpack_plane
from searchlib.model.arrays import NDArray

MOST_OCCURRENCES: Final = 1 << 14
"""A term that stands more often is decoded by itself, which costs no more then."""
AT_ONCE: Final = 1 << 20
"""Occurrences that are decoded at once: what a file says of its sizes must not decide how much room is made."""

U32Array = NDArray[np.uint32]
I64Array = NDArray[np.int64]


class Several(NamedTuple):
    """The postings of some terms, one term after the other."""

    docs: U32Array
    freqs: U32Array
    positions: U32Array | None


def portions(entries: Sequence[TermEntry], at_once: int = AT_ONCE) -> Iterator[tuple[int, int]]:
    """Cut terms into those to be decoded together, and single ones: (first, last) each."""
    first = occurrences = 0
    for number, entry in enumerate(entries):
        if not 1 <= entry.df <= entry.cf <= MOST_OCCURRENCES:
            if first < number:
                yield first, number
            yield number, number + 1
            first, occurrences = number + 1, 0
            continue
        occurrences += entry.cf
        if occurrences > at_once:
            yield first, number
            first, occurrences = number, entry.cf
    if first < len(entries):
        yield first, len(entries)


def decode(data: NDArray[np.uint8], entries: Sequence[TermEntry], positions: bool, doc_count: int) -> Several:
    """The postings of ``entries``, a portion of several.

    Args:
        data: the field's postings from the beginning of the first record to the end of the last.
        entries: successive terms.
        positions: whether the field keeps positions.
        doc_count: no document has this number or a greater one.

    Raises:
        StreamDamaged: a record cannot be what was written.
    """
    records = _Records(data, entries, positions)
    docs = _documents(records.stream(records.df, records.doc_codes), records.df, doc_count)
    freqs = np.ones(len(docs), U32)
    which = np.flatnonzero(records.repeated)
    if len(which):
        df = records.df[which]
        less_one = records.stream(df, records.freq_codes[which], which)
        if (less_one > np.repeat(records.cf[which] - df, df)).any():
            raise StreamDamaged("frequencies")
        freqs[ranges((np.cumsum(records.df) - records.df)[which], df)] += less_one
    if not positions:
        return Several(docs, freqs, None)
    if (records.position_codes == NO_POSITIONS).any():
        raise StreamDamaged("no positions")
    if not np.array_equal(np.add.reduceat(freqs, np.cumsum(records.df) - records.df, dtype=np.int64), records.cf):
        raise StreamDamaged("positions")
    return Several(docs, freqs, _running(records.stream(records.cf, records.position_codes), freqs))


def decode_docs(data: NDArray[np.uint8], entries: Sequence[TermEntry], positions: bool, doc_count: int) -> U32Array:
    """The documents alone of ``entries``; otherwise as `decode`."""
    records = _Records(data, entries, positions)
    return _documents(records.stream(records.df, records.doc_codes), records.df, doc_count)


class _Records:
    """The records of some terms, their streams read one kind after the other."""

    def __init__(self, data: NDArray[np.uint8], entries: Sequence[TermEntry], positions: bool) -> None:
        count = len(entries)
        first = entries[0].start
        self.data = data
        self.df = np.fromiter((entry.df for entry in entries), np.int64, count)
        self.cf = np.fromiter((entry.cf for entry in entries), np.int64, count)
        self.at = np.fromiter((entry.start - first for entry in entries), np.int64, count)
        self.ends = np.fromiter((entry.stop - first for entry in entries), np.int64, count)
        if (
            (self.df < 1).any()
            or (self.at < 0).any()
            or (self.ends > len(data)).any()
            or (self.at + 1 + positions > self.ends).any()
        ):
            raise StreamDamaged("record")
        codes = data[self.at]
        self.repeated = (codes & HAS_FREQUENCIES) > 0
        self.doc_codes = codes & np.uint8(0x3F)
        once = ~self.repeated
        if ((self.cf != self.df) & once).any() or (self.at + 1 + positions + self.repeated > self.ends).any():
            raise StreamDamaged("record")
        self.at += 1
        self.freq_codes = data[np.minimum(self.at, len(data) - 1)]
        self.at += self.repeated
        if positions:
            self.position_codes = data[self.at]
            self.at += 1
        blocks = np.where(self.df > BLOCK, (self.df + BLOCK - 1) // BLOCK, 0)  # in the block table, which is not read
        self.at += np.where(blocks > 0, SUMMARY_BYTES, 0) + blocks * (6 + (4 * positions + 1) * self.repeated)

    def stream(self, counts: I64Array, codes: NDArray[np.uint8], which: I64Array | None = None) -> U32Array:
        """The next stream of the terms ``which`` (None: of all): so many numbers each, packed so."""
        which = np.arange(len(counts)) if which is None else which
        if (codes > 63).any():
            raise StreamDamaged("unknown code")
        at, ends = self.at[which], self.ends[which]
        before = np.cumsum(counts) - counts
        patches = self._patches(at, ends, counts, codes, before)
        out = np.zeros(int(counts.sum()), U32)
        width_codes = codes & np.uint8(15)
        for code in np.flatnonzero(np.bincount(width_codes, minlength=16)).tolist():
            chosen = np.flatnonzero(width_codes == code)
            self._planes(out, chosen, code, at, ends, counts, before)
        for where, high in patches:
            out[where] |= high
        self.at[which] = at
        return out

    def _planes(
        self,
        out: U32Array,
        chosen: I64Array,
        code: int,
        at: I64Array,
        ends: I64Array,
        counts: I64Array,
        before: I64Array,
    ) -> None:
        """Add the planes of the streams ``chosen``, which have one width, and go past them."""
        count = counts[chosen]
        places = ranges(before[chosen], count)
        shift = 0
        for plane in PLANES[code]:
            sizes = (count * plane + 7) >> 3
            start = at[chosen]
            if (start + sizes > ends[chosen]).any():
                raise StreamDamaged("planes")
            values = unpack_plane(self.data[ranges(start, sizes)], plane)
            if plane < 8:  # what fills the last byte of each
                room = sizes * (8 // plane)
                values = values[ranges(np.cumsum(room) - room, count)]
            out[places] |= values.astype(U32) << np.uint32(shift)
            at[chosen] = start + sizes
            shift += plane

    def _patches(
        self, at: I64Array, ends: I64Array, counts: I64Array, codes: NDArray[np.uint8], before: I64Array
    ) -> list[tuple[I64Array, U32Array]]:
        """The exceptions: where they belong, and their high bits; ``at`` goes past them."""
        patched = np.flatnonzero(codes > 15)
        found = []
        if len(patched):
            blocks = (counts[patched] + BLOCK - 1) // BLOCK
            begin = at[patched]
            limit = ends[patched]
            if (begin + blocks > limit).any():
                raise StreamDamaged("exceptions")
            in_block = self.data[ranges(begin, blocks)].astype(np.int64)
            first_blocks = np.cumsum(blocks) - blocks
            each = np.add.reduceat(in_block, first_blocks)
            inside = begin + blocks
            highs = inside + each
            sizes = np.array(HIGH_BYTES)[codes[patched] >> 4]
            at[patched] = highs + each * sizes
            if (at[patched] > limit).any():
                raise StreamDamaged("exceptions")
            number = np.arange(len(in_block)) - np.repeat(first_blocks, blocks)
            base = np.repeat(before[patched], blocks) + number * BLOCK
            index = self.data[ranges(inside, each)]
            where = np.repeat(base, in_block) + index
            if (index >= BLOCK).any() or (where >= np.repeat(before[patched] + counts[patched], each)).any():
                raise StreamDamaged("exceptions")
            width = np.array(WIDTHS, np.uint32)[codes[patched] & 15]
            owner = np.repeat(np.arange(len(patched)), each)
            for size in (1, 2, 4):
                chosen = sizes == size
                if chosen.any():
                    raw = self.data[ranges(highs[chosen], each[chosen] * size)].view(f"<u{size}").astype(U32)
                    mine = chosen[owner]
                    found.append((where[mine], raw << width[owner[mine]]))
        return found


def _documents(gaps: U32Array, df: I64Array, doc_count: int) -> U32Array:
    """The documents of each term, from the gaps between them."""
    steps = gaps.astype(np.int64) + 1
    firsts = np.cumsum(df) - df
    total = np.cumsum(steps)
    docs = total - np.repeat(total[firsts] - steps[firsts] + 1, df)
    if int(docs.max()) >= doc_count:
        raise StreamDamaged("documents")
    found: U32Array = docs.astype(U32)
    return found


def _running(gaps: U32Array, freqs: U32Array) -> U32Array:
    """The positions in each posting, from the gaps between them; sums are those of 32 bits, as of a single term."""
    total = np.cumsum(gaps, dtype=U32)
    firsts = np.cumsum(freqs, dtype=np.int64) - freqs
    positions: U32Array = total - np.repeat(total[firsts] - gaps[firsts], freqs)
    return positions
