"""Posting lists: in which documents a term stands, how often, and where.

* A *posting* is one document of a term: document number, frequency, and (in fields that keep them) positions.
* A *block* is 128 postings of a term. Terms of more than one block have a *block table*, with which blocks are
  found, skipped and bounded ("block-max index": Ding and Suel, "Faster top-k document retrieval using block-max
  indexes", SIGIR 2011).
* A *record* is everything about one term's postings: consecutive bytes, whose place the term dictionary knows.
* A *tail* is what Whoosh may attach to the postings of a term besides: weights and values (see `tails`).

A record, for a term in df documents, cf times in all::

    document code      the code of the document stream (bits 0-5, see `packing`)
                       · bit 6: the term stands more than once in some document · bit 7: there is a tail
    frequency code     if bit 6: code of the frequency stream
    position code      in fields with positions: code of the position stream; 255: this term has none
    block table        if df > 128, with n = ceil(df / 128):
                         greatest frequency, least and greatest length of a document (4 bytes each),
                         last document of each block (4·n),
                         number of positions before each block (4·n), if bit 6 and positions,
                         least length in each block, at most 65535 (2·n),
                         greatest frequency in each block, at most 255 (n), if bit 6
    documents          stream of df: the first document, then document - previous document - 1
    frequencies        if bit 6: stream of df: frequency - 1
    positions          stream of cf: for each posting the first position, then position - previous position
    tail               if bit 7: the rest

A *length* is the number of tokens that the document has in the field.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np

from searchlib.concurrency.lazily import cached_property
from searchlib.engines.whoosh.format.packing import BLOCK, U32, distinct, ranges
from searchlib.engines.whoosh.format.unpacking import PackedStream, StreamDamaged
from searchlib.model.arrays import NDArray

HAS_FREQUENCIES: Final = 0x40
HAS_TAIL: Final = 0x80
NO_POSITIONS: Final = 255
LENGTH_BOUND: Final = 0xFFFF
FREQUENCY_BOUND: Final = 0xFF
SUMMARY_BYTES: Final = 12
MAX_DOCUMENTS: Final = 1 << 31
"""A segment has fewer."""
EMPTY_POSITIONS: Final = 1 << 20
"""A stream of positions without a byte (all of them 0) has at most so many, or as many as documents."""
_UNBOUNDED: Final = np.uint32(0xFFFFFFFF)
_MOST_REPEATED: Final = 0xFFFFFFFE

U32Array = NDArray[np.uint32]
I64Array = NDArray[np.int64]


class Blocks(NamedTuple):
    """What is known of the blocks of a term without unpacking them; arrays of one item a block."""

    last_docs: U32Array
    """The last document of the block."""
    max_freq: U32Array
    """No frequency in the block is greater (2**32 - 1 where it is over 254)."""
    min_length: U32Array
    """No document of the block is shorter."""


class TermRecord:
    """The postings of one term, for reading.

    Args:
        data: the record.
        df: documents of the term.
        cf: how often it stands in all of them.
        positions: whether the field keeps positions.

    Raises:
        StreamDamaged: from here and from every method: the record cannot be what was written.
    """

    def __init__(self, data: NDArray[np.uint8], df: int, cf: int, positions: bool) -> None:
        if df < 1 or cf < df or len(data) < 1 + positions:
            raise StreamDamaged("record")
        code = int(data[0])
        self._data = data
        self.df = df
        self.cf = cf
        self.repeated = bool(code & HAS_FREQUENCIES)
        self._tailed = bool(code & HAS_TAIL)
        at = 1
        self._freq_code = 0
        if self.repeated:
            if len(data) < 2 + positions:
                raise StreamDamaged("record")
            self._freq_code = int(data[1])
            at = 2
        elif cf != df:
            raise StreamDamaged("frequencies")
        self._position_code = NO_POSITIONS
        if positions:
            self._position_code = int(data[at])
            at += 1
        self._table = at
        if df > BLOCK:
            counted = self.repeated and positions
            self._block_count = (df + BLOCK - 1) // BLOCK
            at += SUMMARY_BYTES + self._block_count * (6 + 4 * counted + self.repeated)
            if at > len(data):
                raise StreamDamaged("block table")
        self._doc_stream = PackedStream(data, at, df, code & 0x3F)

    @property
    def has_positions(self) -> bool:
        """Whether the term has positions."""
        return self._position_code != NO_POSITIONS

    @cached_property
    def _freq_stream(self) -> PackedStream:
        return PackedStream(self._data, self._doc_stream.end, self.df, self._freq_code)

    @cached_property
    def _position_stream(self) -> PackedStream:
        if not self.has_positions:
            raise StreamDamaged("no positions")
        start = self._freq_stream.end if self.repeated else self._doc_stream.end
        stream = PackedStream(self._data, start, self.cf, self._position_code)
        # What takes no bytes may still take memory: the file must justify it.
        if stream.end == start and self.cf > max(self.df, EMPTY_POSITIONS):
            raise StreamDamaged("positions")
        return stream

    @property
    def end(self) -> int:
        """The first byte after the streams: where the tail begins, and otherwise the record ends."""
        if self.has_positions:
            return self._position_stream.end
        return self._freq_stream.end if self.repeated else self._doc_stream.end

    @property
    def tail(self) -> NDArray[np.uint8] | None:
        """The tail, if there is one."""
        return self._data[self.end :] if self._tailed else None

    def docs(self, doc_count: int = MAX_DOCUMENTS) -> U32Array:
        """All documents, increasing, all below ``doc_count``."""
        docs = self._doc_stream.all()
        if self.df > 1:
            # No step is greater than ``doc_count``, so the sum cannot pass 2**32 without being beyond it first.
            if int(docs.max()) >= doc_count:
                raise StreamDamaged("documents")
            docs[1:] += np.uint32(1)
            np.cumsum(docs, out=docs)
        if int(docs.max()) >= doc_count:
            raise StreamDamaged("documents")
        return docs

    def freqs(self) -> U32Array:
        """All frequencies, at least 1."""
        if not self.repeated:
            return np.ones(self.df, U32)
        return self._frequencies(self._freq_stream.all())

    def _frequencies(self, less_one: U32Array) -> U32Array:
        if less_one.size and int(less_one.max()) > min(self.cf - self.df, _MOST_REPEATED):
            raise StreamDamaged("frequencies")
        less_one += np.uint32(1)
        return less_one

    @cached_property
    def _last_docs(self) -> U32Array:
        start = self._table + SUMMARY_BYTES
        return self._data[start : start + 4 * self._block_count].view(U32)

    @cached_property
    def _positions_before(self) -> U32Array:
        start = self._table + SUMMARY_BYTES + 4 * self._block_count
        return self._data[start : start + 4 * self._block_count].view(U32)

    def summary(self) -> tuple[int, int, int] | None:
        """Greatest frequency, least and greatest length; None for a term of a single block."""
        if self.df <= BLOCK:
            return None
        most, least, longest = self._data[self._table : self._table + SUMMARY_BYTES].view(U32).tolist()
        return most, least, longest

    def blocks(self, lengths: NDArray[np.unsignedinteger]) -> Blocks:
        """The block table; for a term of a single block it is computed, with the lengths of all documents."""
        if self.df <= BLOCK:
            docs = self.docs(len(lengths))
            most = np.array([self.freqs().max()], U32)
            return Blocks(docs[-1:], most, np.array([lengths[docs].min()], U32))
        count = self._block_count
        start = self._doc_stream_start()
        if self.repeated:
            start -= count
            freqs = self._data[start : start + count].astype(U32)
            freqs[freqs == FREQUENCY_BOUND] = _UNBOUNDED
        else:
            freqs = np.ones(count, U32)
        start -= 2 * count
        last = self._last_docs
        if not _increases(last):
            raise StreamDamaged("block table")
        return Blocks(last, freqs, self._data[start : start + 2 * count].view("<u2").astype(U32))

    def _doc_stream_start(self) -> int:
        counted = self.repeated and self._counted
        return self._table + SUMMARY_BYTES + self._block_count * (6 + 4 * counted + self.repeated)

    @property
    def _counted(self) -> bool:
        # The position code is there, 255 or not, in every field that keeps positions.
        return self._table == 1 + self.repeated + 1

    def decode(self, numbers: NDArray[np.intp], doc_count: int = MAX_DOCUMENTS) -> tuple[U32Array, U32Array]:
        """Documents, increasing and below ``doc_count``, and frequencies of these blocks (increasing numbers)."""
        if self.df <= BLOCK:
            return (self.docs(doc_count), self.freqs()) if len(numbers) else (np.zeros(0, U32), np.zeros(0, U32))
        if 2 * len(numbers) > self._block_count:
            return self._decode_most(numbers, doc_count)
        docs = self._doc_stream.block(numbers)
        docs[:, 1:] += np.uint32(1)
        later = numbers > 0
        docs[later, 0] += self._last_docs[numbers[later] - 1] + np.uint32(1)
        np.cumsum(docs, axis=1, out=docs)
        if self.repeated:
            freqs = self._freq_stream.block(numbers)
        else:
            freqs = np.ones(docs.shape, U32)
        surplus = BLOCK * self._block_count - self.df if len(numbers) and numbers[-1] == self._block_count - 1 else 0
        stop = docs.size - surplus  # what follows is anything
        found, freqs = docs.reshape(-1)[:stop], freqs.reshape(-1)[:stop]
        if len(found) and (int(found[-1]) >= doc_count or not _increases(found)):
            raise StreamDamaged("documents")
        return found, self._frequencies(freqs) if self.repeated else freqs

    def _decode_most(self, numbers: NDArray[np.intp], doc_count: int) -> tuple[U32Array, U32Array]:
        if len(numbers) == self._block_count:
            return self.docs(doc_count), self.freqs()
        chosen = np.zeros(self._block_count, bool)
        chosen[numbers] = True
        mask = np.repeat(chosen, BLOCK)[: self.df]
        return self.docs(doc_count)[mask], self.freqs()[mask]

    def positions(self, which: NDArray[np.intp] | None = None) -> tuple[U32Array, I64Array]:
        """Positions of these postings (indices into `docs`; None: all), and where those of each begin.

        Returns:
            (positions, offsets): those of the i-th posting asked for are ``positions[offsets[i]:offsets[i + 1]]``.
        """
        stream = self._position_stream
        if which is None:
            each = self.freqs().astype(np.int64)
            values = stream.all()
        else:
            begins, each = self._position_ranges(which)
            # Before room is made for them.
            if len(each) and (int(begins.min()) < 0 or int((begins + each).max()) > self.cf):
                raise StreamDamaged("positions")
            if int(each.sum()) > self.cf:
                raise StreamDamaged("positions")
            index = ranges(begins, each)
            values = stream.at(index)
        offsets = np.zeros(len(each) + 1, np.int64)
        np.cumsum(each, out=offsets[1:])
        if int(offsets[-1]) != len(values):
            raise StreamDamaged("positions")
        if len(values) > len(each):
            # One running sum for all: the first gap of a posting takes back where the posting before it ended.
            ends = np.cumsum(values, dtype=U32).take(offsets[1:-1] - 1)
            ends[1:] -= ends[:-1].copy()
            values[offsets[1:-1]] -= ends
            np.cumsum(values, out=values)
        return values, offsets

    def _position_ranges(self, which: NDArray[np.intp]) -> tuple[I64Array, I64Array]:
        """Of these postings, the first index into the position stream and the frequency."""
        if not self.repeated:
            return which.astype(np.int64), np.ones(len(which), np.int64)
        if self.df <= BLOCK or 4 * len(which) > self.df:
            each = self.freqs().astype(np.int64)
            before = np.cumsum(each) - each
            return before[which], each[which]
        numbers = distinct(which >> 7)
        row = numbers.searchsorted(which >> 7)
        freqs = self._freq_stream.block(numbers).astype(np.int64) + 1
        before = np.cumsum(freqs, axis=1) - freqs + self._positions_before[numbers][:, None]
        column = which & (BLOCK - 1)
        return before[row, column], freqs[row, column]


def _increases(numbers: U32Array) -> bool:
    return bool((numbers[1:] > numbers[:-1]).all())
