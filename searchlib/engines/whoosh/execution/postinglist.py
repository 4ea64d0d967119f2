"""Posting lists as the executor reads them: whole, up to a doc, or at given docs.

* A `PostingList` is that of one term. A `PostingUnion` is those of several terms of a field as if they were one term:
  its frequencies are their sums, its positions all of theirs. Both are `Postings`.

A list belongs to a snapshot and is shared between threads. Decoded lists are kept in its `Decoded` cache, up
to a number of bytes: a handful of NumPy calls decodes a million postings, but no fewer calls decode three blocks, so a
long list is read in part only the first time, and only where little of it is needed.

Docs are int32: NumPy searches and compares arrays of one type without copying them.
"""

# ruff: noqa: D102 - what the methods of postings do is written at Postings

from __future__ import annotations

import weakref
from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from searchlib.engines.whoosh.execution.caching import Decoded
from searchlib.engines.whoosh.execution.interface import BLOCK, AnyInts, Docs, Entry, Ints, Segment
from searchlib.engines.whoosh.execution.norms import FieldNorm
from searchlib.engines.whoosh.execution.primitives import HALF, Primitives
from searchlib.engines.whoosh.execution.tuning import Tuning


class Whole(NamedTuple):
    """All docs and frequencies of a list."""

    docs: Docs
    freqs: AnyInts


class Positions(NamedTuple):
    """Those of posting n are ``positions[offsets[n]:offsets[n + 1]]``."""

    positions: AnyInts
    offsets: AnyInts


class Postings(ABC):
    """Docs that hold something in a field, how often, and where. ``df`` is how many they are, at most."""

    __slots__ = ("_decoded", "_phrased", "cf", "df", "tuning")

    def __init__(self, df: int, cf: int, decoded: Decoded, tuning: Tuning) -> None:
        self.df = df
        self.cf = cf
        self.tuning = tuning
        self._decoded = weakref.ref(decoded)  # which keeps this
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
        docs, freqs = self._read()
        small = np.uint8 if int(freqs.max(initial=0)) < 256 else freqs.dtype
        whole = Whole(docs, freqs.astype(small, copy=False))
        if keep:
            self.decoded.put(self, whole, docs.nbytes + whole.freqs.nbytes)
        return whole

    def docs(self) -> Docs:
        """All docs."""
        return self.whole().docs

    def positions(self, numbers: Ints) -> tuple[Ints, Positions]:
        """The positions of the postings with these ascending numbers, and under which numbers they are there."""
        kept = self.all_positions()
        return (np.arange(len(numbers)), self._positions(numbers)) if kept is None else (numbers, kept)

    def all_positions(self) -> Positions | None:
        """The positions of all postings, if they are not so many that only some are read."""
        kept = self.decoded.get((self, "positions"), Positions)
        most = self.tuning.many_positions if self._phrased else self.tuning.few_positions
        if kept is None and self.cf <= most:
            positions, offsets = self._positions(None)
            small = np.uint16 if int(positions.max(initial=0)) < 1 << 16 else np.uint32
            kept = Positions(positions.astype(small, copy=False), offsets.astype(np.int32))
            self.decoded.put((self, "positions"), kept, kept.positions.nbytes + kept.offsets.nbytes)
        self._phrased = True
        return kept

    @abstractmethod
    def is_read_in_part(self, wanted: int) -> bool:
        """Whether only the blocks are to be read in which ``wanted`` docs are: of a long list, the first time."""

    @abstractmethod
    def in_blocks(self, docs: Docs) -> tuple[Ints, AnyInts]:
        """Which of these ascending docs the list has (their places), and frequencies; only some blocks are read."""

    @abstractmethod
    def most_over(self, norm: FieldNorm) -> float:
        """No frequency is more times the norm of its doc: as the tables of blocks tell."""

    @abstractmethod
    def _read(self) -> tuple[Docs, AnyInts]: ...

    @abstractmethod
    def _positions(self, which: Ints | None) -> Positions:
        """The positions of the postings with these ascending numbers; None: of all."""


class PostingList(Postings):
    """The postings of a term in a segment."""

    __slots__ = ("_asked", "entry", "segment")

    def __init__(self, segment: Segment, entry: Entry, decoded: Decoded, tuning: Tuning) -> None:
        super().__init__(int(entry.df), int(entry.cf), decoded, tuning)
        self.segment = segment
        self.entry = entry
        self._asked = False

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
        if self.df <= self.tuning.partly or wanted * self.tuning.per_block >= self.df:
            return False
        if self.decoded.get(self, Whole) is not None:
            return False
        first, self._asked = not self._asked, True
        return first

    def in_blocks(self, docs: Docs) -> tuple[Ints, AnyInts]:
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

    def most_over(self, norm: FieldNorm) -> float:
        blocks = self.segment.blocks(self.entry)
        norms = norm.least(np.maximum(blocks.min_length, 1)) if norm.lengths is not None else 1.0
        return float((blocks.max_freq / norms).max())

    def _read(self) -> tuple[Docs, AnyInts]:
        return self.segment.docs(self.entry).astype(np.int32, copy=False), self.segment.freqs(self.entry)

    def _positions(self, which: Ints | None) -> Positions:
        return Positions(*self.segment.positions(self.entry, which))


class PostingUnion(Postings):
    """Several lists of different terms of a field in a segment, as one."""

    __slots__ = ("_primitives", "lists")

    def __init__(self, lists: Sequence[PostingList], primitives: Primitives) -> None:
        one = lists[0]
        super().__init__(sum(own.df for own in lists), sum(own.cf for own in lists), one.decoded, one.tuning)
        self.lists = lists
        self._primitives = primitives

    def is_read_in_part(self, wanted: int) -> bool:
        if self.decoded.get(self, Whole) is not None:
            return False
        return any([own.is_read_in_part(wanted) for own in self.lists])  # noqa: C419 - each is asked

    def in_blocks(self, docs: Docs) -> tuple[Ints, AnyInts]:
        total = np.zeros(len(docs), np.int64)
        for own in self.lists:
            places, freqs = own.in_blocks(docs)
            total[places] += freqs
        found = np.flatnonzero(total)
        return found, total[found]

    def most_over(self, norm: FieldNorm) -> float:
        return sum(own.most_over(norm) for own in self.lists)

    def _read(self) -> tuple[Docs, AnyInts]:
        found = [own.whole(keep=False) for own in self.lists]
        docs, places = self._primitives.united([one.docs for one in found])
        # Sums of whole numbers below 2**53: exact.
        freqs = np.bincount(places, np.concatenate([one.freqs for one in found]), len(docs))
        return docs, freqs.astype(np.int64)

    def _positions(self, which: Ints | None) -> Positions:
        docs = self.whole().docs
        occurrences = self._occurrences() if which is None else self._occurrences_at(docs[which])
        every = np.concatenate(occurrences)
        every.sort(kind="stable")  # ascending runs are merged
        offsets = np.zeros((len(docs) if which is None else len(which)) + 1, np.int64)
        np.cumsum(np.bincount(every >> HALF, minlength=len(offsets) - 1), out=offsets[1:])
        return Positions(every & 0xFFFFFFFF, offsets)

    def _occurrences(self) -> list[Ints]:
        """Those of each list, at the places of all docs."""
        found = []
        begin = 0
        _, places = self._primitives.united([own.whole(keep=False).docs for own in self.lists])
        for own in self.lists:
            positions, offsets = own._positions(None)
            here = np.repeat(places[begin : begin + own.df] << HALF, np.diff(offsets))
            here |= positions
            found.append(here)
            begin += own.df
        return found

    def _occurrences_at(self, docs: Docs) -> list[Ints]:
        """Those of each list in some ascending docs, at their places."""
        found = []
        for own in self.lists:
            places, numbers = self._primitives.common(own.whole().docs, docs)
            numbers, (positions, offsets) = own.positions(numbers)
            found.append(self._primitives.occurrences(places, numbers, positions, offsets))
        return found
