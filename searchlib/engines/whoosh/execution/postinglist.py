"""Posting lists as the executor reads them: whole, up to a doc, or at given docs.

A `PostingList` belongs to a snapshot and is shared between threads. Decoded lists are kept in its `Decoded` cache, up
to a number of bytes: a handful of NumPy calls decodes a million postings, but no fewer calls decode three blocks, so a
long list is read in part only the first time, and only where little of it is needed.

Docs are int32: NumPy searches and compares arrays of one type without copying them.
"""

from __future__ import annotations

import weakref
from typing import NamedTuple

import numpy as np

from searchlib.engines.whoosh.execution.caching import Decoded
from searchlib.engines.whoosh.execution.interface import BLOCK, AnyInts, Docs, Entry, Ints, Segment
from searchlib.engines.whoosh.execution.tuning import Tuning


class Whole(NamedTuple):
    """All docs and frequencies of a list."""

    docs: Docs
    freqs: AnyInts


class Positions(NamedTuple):
    """Those of posting n are ``positions[offsets[n]:offsets[n + 1]]``."""

    positions: AnyInts
    offsets: AnyInts


class PostingList:
    """The postings of a term in a segment."""

    __slots__ = ("_asked", "_decoded", "_phrased", "cf", "df", "entry", "segment", "tuning")

    def __init__(self, segment: Segment, entry: Entry, decoded: Decoded, tuning: Tuning) -> None:
        self.segment = segment
        self.tuning = tuning
        self.entry = entry
        self.df = int(entry.df)
        self.cf = int(entry.cf)
        self._decoded = weakref.ref(decoded)  # which keeps this
        self._asked = False
        self._phrased = False

    @property
    def decoded(self) -> Decoded:
        """Where its arrays are kept."""
        decoded = self._decoded()
        assert decoded is not None
        return decoded

    def whole(self, keep: bool = True) -> Whole:
        """All docs and freqs; ``keep`` them."""
        kept = self.decoded.get(self, Whole)
        if kept is not None:
            return kept
        freqs = self.segment.freqs(self.entry)
        small = np.uint8 if int(freqs.max(initial=0)) < 256 else np.uint32
        docs = self.segment.docs(self.entry).astype(np.int32, copy=False)
        whole = Whole(docs, freqs.astype(small, copy=False))
        if keep:
            self.decoded.put(self, whole, docs.nbytes + whole.freqs.nbytes)
        return whole

    def docs(self) -> Docs:
        """All docs."""
        return self.whole().docs

    def docs_below(self, stop: int) -> Docs:
        """The docs that are less than ``stop``."""
        kept = self.decoded.get(self, Whole)
        if kept is not None:
            docs = kept.docs
        elif self.df <= BLOCK:
            docs = self.segment.docs(self.entry).astype(np.int32, copy=False)
        else:
            blocks = int(self.segment.blocks(self.entry).last_docs.searchsorted(stop)) + 1
            numbers = np.arange(min(blocks, -(-self.df // BLOCK)))
            docs = self.segment.decode(self.entry, numbers)[0].astype(np.int32, copy=False)
        return docs[: int(docs.searchsorted(stop))]

    def is_read_in_part(self, wanted: int) -> bool:
        """Whether only the blocks are to be read in which ``wanted`` docs are: of a long list, the first time."""
        if self.df <= self.tuning.partly or wanted * self.tuning.per_block >= self.df:
            return False
        if self.decoded.get(self, Whole) is not None:
            return False
        first, self._asked = not self._asked, True
        return first

    def in_blocks(self, docs: Docs) -> tuple[Ints, AnyInts]:
        """Which of these ascending docs the list has (their places), and frequencies; only some blocks are read."""
        last = self.segment.blocks(self.entry).last_docs
        docs = docs[: int(np.searchsorted(docs, last[-1], "right"))]
        if not len(docs):
            return np.empty(0, np.int64), np.empty(0, np.int64)
        block = np.searchsorted(last, docs)
        numbers = block[np.append(True, block[1:] != block[:-1])]
        known, freqs = self.segment.decode(self.entry, numbers)
        at = np.minimum(np.searchsorted(known, docs), len(known) - 1)
        found = np.flatnonzero(known[at] == docs)
        return found, freqs[at[found]]

    def positions(self, numbers: Ints) -> tuple[Ints, Positions]:
        """The positions of the postings with these ascending numbers, and under which numbers they are there."""
        kept = self._kept_positions()
        if kept is not None:
            return numbers, kept
        return np.arange(len(numbers)), Positions(*self.segment.positions(self.entry, numbers))

    def _kept_positions(self) -> Positions | None:
        kept = self.decoded.get((self, "positions"), Positions)
        most = self.tuning.many_positions if self._phrased else self.tuning.few_positions
        if kept is None and self.cf <= most:
            positions, offsets = self.segment.positions(self.entry)
            small = np.uint16 if int(positions.max(initial=0)) < 1 << 16 else np.uint32
            kept = Positions(positions.astype(small, copy=False), offsets.astype(np.int32))
            self.decoded.put((self, "positions"), kept, kept.positions.nbytes + kept.offsets.nbytes)
        self._phrased = True
        return kept
