"""Posting lists as the executor reads them: whole, by window, or at given docs.

* A *window* is a run of ``2 ** bits`` docs. It is the unit in which top-k bounds scores: see ``topk``.
* A *span* is a set of windows that are evaluated together. A doc's *place* in a span is its index in the arrays
  that stand for the span.
* A *peak* is the greatest ``freq / norm`` of a posting list in a window, 0 where it has no postings.
* A `PostingList` belongs to a snapshot and is shared between threads. Decoded lists are kept in its `Decoded`
  cache, up to a number of bytes: a handful of NumPy calls decodes a million postings, but no fewer calls decode
  three blocks, so a long list is read in part only the first time, and only where little of it is needed.
* A `Reader` is one query's way into a list.

Docs are int32: NumPy searches and compares arrays of one type without copying them.
"""

from __future__ import annotations

import weakref
from collections import OrderedDict
from collections.abc import Hashable
from typing import Any, Protocol, TypeAlias

import numpy as np

from searchlib.arrays import NDArray
from searchlib.engines.whoosh.execution.segment import BLOCK, AnyInts, Bools, Docs, Floats, Ints, Segment
from searchlib.forking import lock_for

PARTLY = 131_072  # longer lists may be read in part
PER_BLOCK = 512  # where no more than one in so many postings is looked for
_MARK = 8_192  # from so many docs on, two lists are intersected by way of an array over all docs
DECODED_BYTES = 320 << 20
# Lists of few positions are decoded whole at once, those of many the second time, longer ones never.
_FEW_POSITIONS, _MANY_POSITIONS = 65_536, 1 << 20

Whole: TypeAlias = tuple[Docs, AnyInts]
Arrays: TypeAlias = tuple[NDArray[Any], ...]
_NO_DOCS = np.empty(0, np.int32)
_NOTHING = np.empty(0, np.int64)


class Norm(Protocol):
    """The norms of a field."""

    def __call__(self, docs: Docs) -> Any:
        """The norms at docs: an array or a number."""
        ...

    def of(self, lengths: AnyInts) -> Any:
        """The norms of lengths: an array or a number."""
        ...


class Decoded:
    """Arrays that were decoded or computed from posting lists: the last used ones, up to ``limit`` bytes."""

    def __init__(self, limit: int = DECODED_BYTES) -> None:
        self._limit = limit
        self.size = 0
        """Bytes that are kept."""
        self._kept: OrderedDict[Hashable, tuple[Any, int]] = OrderedDict()
        self._lock = lock_for(self)

    def get(self, key: Hashable) -> Any | None:
        """What was kept under this key."""
        with self._lock:
            found = self._kept.get(key)
            if found is None:
                return None
            self._kept.move_to_end(key)
            return found[0]

    def put(self, key: Hashable, arrays: Any, size: int | None = None) -> None:
        """Keep arrays, which nobody may change from now on; ``size``, in bytes, where it is no tuple of arrays."""
        size = _bytes(arrays) if size is None else size + 200
        with self._lock:
            if key in self._kept or size > self._limit:
                return
            self._kept[key] = arrays, size
            self.size += size
            while self.size > self._limit:
                self.size -= self._kept.popitem(last=False)[1][1]

    def put_again(self, key: Hashable, arrays: Any) -> None:
        """Put something of the same size in the place of what is kept under this key."""
        with self._lock:
            if key in self._kept:
                self._kept[key] = arrays, self._kept[key][1]


class Span:
    """A set of windows, ascending, laid end to end."""

    __slots__ = ("_slots", "bits", "contiguous", "size", "start", "windows")

    def __init__(self, windows: Ints, bits: int) -> None:
        self.windows = windows
        self.bits = bits
        self.size = len(windows) << bits
        self.start = int(windows[0]) << bits
        self.contiguous = int(windows[-1] - windows[0]) + 1 == len(windows)
        self._slots: Ints | None = None

    @classmethod
    def run(cls, first: int, stop: int, bits: int) -> Span:
        """The windows ``first`` up to and without ``stop``."""
        return cls(np.arange(first, stop, dtype=np.int64), bits)

    def docs(self, places: Ints) -> Docs:
        """The docs at these places."""
        if self.contiguous:
            docs = places + self.start
        else:
            docs = (self.windows[places >> self.bits] << self.bits) | (places & ((1 << self.bits) - 1))
        return docs.astype(np.int32)

    def select(self, docs: Docs) -> tuple[slice | Bools, Ints]:
        """Which of these ascending docs are in the span, and their places."""
        if self.contiguous:
            first, stop = docs.searchsorted(np.array((self.start, self.start + self.size), np.int32))
            chosen = slice(int(first), int(stop))
            return chosen, docs[chosen].astype(np.int64) - self.start
        if self._slots is None:
            slots = np.full(int(self.windows[-1]) + 2, -1, np.int64)
            slots[self.windows] = np.arange(len(self.windows), dtype=np.int64) << self.bits
            self._slots = slots
        slot = self._slots[np.minimum(docs >> self.bits, len(self._slots) - 1)]
        inside = slot >= 0
        return inside, slot[inside] | (docs[inside] & ((1 << self.bits) - 1))


class PostingList:
    """The postings of a term in a segment, and tables about them that are made when first needed."""

    __slots__ = ("_asked", "_decoded", "_last_docs", "_peak", "_phrased", "df", "entry", "segment")

    def __init__(self, segment: Segment, entry: Any, decoded: Decoded) -> None:
        self.segment = segment
        self.entry = entry
        self.df = int(entry.df)
        self._decoded = weakref.ref(decoded)  # which keeps this
        self._asked = False
        self._phrased = False
        self._last_docs: Docs | None = None
        self._peak: tuple[object, float] | None = None

    @property
    def decoded(self) -> Decoded:
        """Where its arrays are kept."""
        decoded = self._decoded()
        assert decoded is not None
        return decoded

    @property
    def last_docs(self) -> Docs:
        """The last doc of each block."""
        if self._last_docs is None:
            self._last_docs = self.segment.blocks(self.entry).last_docs.astype(np.int32)
        return self._last_docs

    def docs(self) -> Docs:
        """All docs."""
        return self.whole()[0]

    def whole(self, keep: bool = True) -> Whole:
        """All docs and freqs; ``keep`` them."""
        kept = self.decoded.get(self)
        if kept is not None:
            docs, freqs = kept
            return docs, freqs
        freqs = self.segment.freqs(self.entry)
        small = np.uint8 if int(freqs.max(initial=0)) < 256 else np.uint32
        whole = self.segment.docs(self.entry).astype(np.int32, copy=False), freqs.astype(small, copy=False)
        if keep:
            self.decoded.put(self, whole)
        return whole

    def first_asked(self) -> bool:
        """Whether the list is long, not decoded, and no query before this one wanted a part of it."""
        if self.ready or self._asked:
            return False
        self._asked = True
        return True

    @property
    def ready(self) -> bool:
        """Whether the list is short, or decoded."""
        return self.df <= PARTLY or self.decoded.get(self) is not None

    def peak(self, key: object, norm: Norm) -> float:
        """At least the greatest peak: exact for a list that is ready, otherwise what the table of blocks tells."""
        known = self._peak
        if known is not None and known[0] == key:
            return known[1]
        if not self.ready:
            blocks = self.segment.blocks(self.entry)
            return float((blocks.max_freq / norm.of(np.maximum(blocks.min_length, 1))).max())
        docs, freqs = self.whole()
        peak = float((freqs / norm(docs)).max())
        self._peak = (key, peak)
        return peak

    @property
    def rarely_placed(self) -> bool:
        """Whether the list has so many positions that they are not all decoded for the first phrase."""
        return int(self.entry.cf) > _MANY_POSITIONS and not self._phrased

    def all_positions(self) -> tuple[AnyInts, AnyInts]:
        """All positions, and where those of each posting begin: no offsets where each posting has one position."""
        positions, offsets = self.segment.positions(self.entry)
        small = np.uint16 if int(positions.max(initial=0)) < 1 << 16 else np.uint32
        single = self.entry.cf == self.df
        return positions.astype(small, copy=False), offsets[:0] if single else offsets.astype(np.int32)

    def positions(self, numbers: Ints) -> tuple[Ints, Ints]:
        """Positions of the postings with these ascending numbers, and how many each has."""
        kept = self.decoded.get((self, "positions"))
        if kept is None and self.entry.cf <= _MANY_POSITIONS and (self._phrased or self.entry.cf <= _FEW_POSITIONS):
            kept = self.all_positions()
            self.decoded.put((self, "positions"), kept)
        self._phrased = True
        if kept is None:
            positions, offsets = self.segment.positions(self.entry, numbers)
            return positions.astype(np.int64), np.diff(offsets).astype(np.int64)
        positions, offsets = kept
        if not len(offsets):
            return positions[numbers].astype(np.int64), np.ones(len(numbers), np.int64)
        starts = offsets[numbers].astype(np.int64)
        counts = offsets[numbers + 1] - starts
        ends = np.cumsum(counts)
        index = np.repeat(starts - ends + counts, counts) + np.arange(int(ends[-1]) if len(ends) else 0)
        return positions[index].astype(np.int64), counts

    def peaks(self, norm: Norm, bits: int, windows: int) -> Floats:
        """The peak of every window: float64[windows]."""
        docs, freqs = self.whole()
        peaks = np.zeros(windows, np.float64)
        if len(docs):
            window = docs >> bits
            starts = np.flatnonzero(np.concatenate(([True], window[1:] != window[:-1])))
            peaks[window[starts]] = np.maximum.reduceat(freqs / norm(docs), starts)
        return peaks


class Reader:
    """One query's way into a posting list."""

    __slots__ = ("_in_blocks", "_whole", "df", "list")

    def __init__(self, postings: PostingList) -> None:
        self.list = postings
        self.df = postings.df
        self._in_blocks: bool | None = None
        self._whole: Whole | None = None

    def whole(self) -> Whole:
        """All docs and freqs."""
        if self._whole is None:
            self._whole = self.list.whole()
        return self._whole

    def read(self, span: Span) -> tuple[Ints, Docs, AnyInts]:
        """Places, docs and freqs of the postings in a span."""
        docs, freqs = self.whole()
        chosen, places = span.select(docs)
        return places, docs[chosen], freqs[chosen]

    def locate(self, docs: Docs) -> tuple[Ints, Ints, AnyInts]:
        """Which of these ascending docs the list has: their indices in ``docs``, posting numbers, and freqs."""
        if self._whole is None and len(docs) * PER_BLOCK < self.df:
            if self._in_blocks is None:
                self._in_blocks = self.list.first_asked()
            if self._in_blocks:
                return self._locate_in_blocks(docs)
        known, freqs = self.whole()
        found, number = common(docs, known)
        return found, number, freqs[number]

    def _locate_in_blocks(self, docs: Docs) -> tuple[Ints, Ints, AnyInts]:
        last = self.list.last_docs
        docs = docs[: int(np.searchsorted(docs, last[-1], "right"))]
        block = np.searchsorted(last, docs)
        if len(docs) == 0:
            return _NOTHING, _NOTHING, _NOTHING
        blocks = block[np.concatenate(([True], block[1:] != block[:-1]))]
        known, freqs = self.list.segment.decode(self.list.entry, blocks)
        found, number = common(docs, known.astype(np.int32, copy=False))
        return found, blocks[number // BLOCK] * BLOCK + number % BLOCK, freqs[number]


def common(one: Docs, other: Docs) -> tuple[Ints, Ints]:
    """Where the docs that two ascending arrays share stand in the one and in the other."""
    if len(one) == 0 or len(other) == 0:
        return _NOTHING, _NOTHING
    if len(one) > len(other):
        in_other, in_one = common(other, one)
        return in_one, in_other
    if len(one) > _MARK and len(one) * 16 > len(other):
        # Looking up is 20 ns a doc, marking and reading marks 1 ns: leave what is not shared out first.
        marks = np.zeros(int(max(one[-1], other[-1])) + 1, bool)
        marks[one] = True
        in_other = np.flatnonzero(marks[other])
        return np.searchsorted(one, other[in_other]), in_other
    place = np.searchsorted(other, one)
    place[place == len(other)] = 0
    in_one = np.flatnonzero(other[place] == one)
    return in_one, place[in_one]


def _bytes(arrays: Arrays) -> int:
    return sum(array.nbytes for array in arrays) + 200
