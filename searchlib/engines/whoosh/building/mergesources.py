"""What a merge reads: fields as streams of postings in order of their keys.

A *slice* is the postings of some successive keys. A source gives a field in slices, be it a run fresh from
inversion, a run that was put aside on disk, or a segment of the index; a merge knows nothing but slices.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from itertools import chain, islice
from typing import Any, Protocol, TypeAlias

import numpy as np

from searchlib.engines.whoosh.building.portions import PORTIONS, Portions
from searchlib.engines.whoosh.building.runs import StoredValue, UInts, sums
from searchlib.engines.whoosh.format.segment import SegmentColumns
from searchlib.engines.whoosh.format.terms import TermEntry
from searchlib.engines.whoosh.format.thin import SHARED, beginning, field_of
from searchlib.engines.whoosh.storedrecords import STREAMS
from searchlib.frozen import frozen
from searchlib.model.arrays import NDArray
from searchlib.model.fields import PROSE, SEGMENTED, TABLE

Columns: TypeAlias = Sequence[Sequence[StoredValue]]
"""Stored values of some items: of each field those of all of them."""
Sizes: TypeAlias = tuple[NDArray[np.int64], NDArray[np.bool_]]


@frozen
class Slice:
    """The postings of successive keys: as in ``FieldRun``, with ``cf`` positions for each key."""

    keys: Sequence[bytes]
    df: UInts
    cf: NDArray[np.int64]
    docs: UInts
    freqs: UInts
    positions: UInts | None

    def without(self, cut: int) -> Slice:
        """The same without so many bytes at the beginning of each key."""
        return replace(self, keys=[key[cut:] for key in self.keys])

    def behind(self, begin: bytes) -> Slice:
        """The same with these bytes before each key."""
        return replace(self, keys=[begin + key for key in self.keys])


class Source(Protocol):
    """A part of what is to be merged, its records numbered from 0."""

    size: int

    def metadata(self, kept: NDArray[np.bool_] | None) -> dict[str, int]:
        """How many postings each field of metadata has in the records that are kept (None: all)."""

    def segmented(self) -> AbstractSet[str]:
        """The fields of words that a segmenter found, if it has them."""

    def slices(self, name: str) -> Iterator[Slice]:
        """The postings of a field, in order of the keys."""

    def thin_slices(self, names: AbstractSet[str]) -> list[Iterator[Slice]]:
        """The postings of fields of metadata with keys as in the dictionary of thin fields: streams in their order."""

    def lengths(self, name: str) -> NDArray[Any] | None:
        """Tokens of a field for each record; None for a field without lengths, and for one of metadata."""

    def documents(self) -> Sizes:
        """How many records each document has, or each part of one, and whether a document begins with it.

        Those without records are not among them.
        """

    def rows(self, stream: str) -> Iterator[Columns]:
        """What is stored of the records, or of the documents, in chunks: a list for each field of the stream."""

    def column(self, name: str) -> UInts:
        """A column, one number for each record."""

    def stored_at(self, name: str, records: NDArray[np.int64]) -> Iterator[str]:
        """The stored texts of one name of some records, given by increasing number."""


class SegmentSource:
    """A segment of the index."""

    def __init__(self, segment: SegmentColumns, portions: Portions = PORTIONS) -> None:
        self._segment = segment
        self._portions = portions
        self.size = segment.doc_count

    def metadata(self, kept: NDArray[np.bool_] | None) -> dict[str, int]:
        """How many postings each field of metadata has."""
        segment = self._segment
        names = [name for name in segment.fields if name not in TABLE and name not in SEGMENTED]
        if kept is None:
            return {name: segment.posting_count(name) for name in names}
        found: Counter[str] = Counter()
        for name in names:
            if name not in segment.thin:
                found[name] = sum(int(kept_df(part.df, part.docs, kept).sum()) for part in self.slices(name))
        for part in self._slices(SHARED, self._thin_entries(set(segment.thin))):
            for key, count in zip(part.keys, kept_df(part.df, part.docs, kept).tolist(), strict=True):
                found[field_of(key)] += count
        return {name: count for name, count in found.items() if count}

    def segmented(self) -> AbstractSet[str]:
        """The fields of words that a segmenter found."""
        return SEGMENTED.keys() & set(self._segment.fields)

    def slices(self, name: str) -> Iterator[Slice]:
        """The postings of a field, in order of the keys."""
        return self._slices(name, iter(self._segment.terms(name)))

    def thin_slices(self, names: AbstractSet[str]) -> list[Iterator[Slice]]:
        """The postings of fields of metadata: those that are thin here, and those that were not."""
        segment = self._segment
        streams = [
            (part.behind(beginning(name)) for part in self.slices(name))
            for name in sorted(names & set(segment.fields), key=beginning)
            if name not in segment.thin
        ]
        return [chain.from_iterable(streams), self._slices(SHARED, self._thin_entries(names))]

    def _thin_entries(self, names: AbstractSet[str]) -> Iterator[tuple[bytes, TermEntry]]:
        """What the dictionary of thin fields has of some of them."""
        known = {beginning(name): name in names for name in self._segment.thin}
        for key, entry in self._segment.terms(SHARED):
            wanted = known.get(key[: key.find(0) + 1])
            if wanted:
                yield key, entry
            elif wanted is None:
                self._segment.terms_damaged("a key of its thin fields is of none of them")

    def _slices(self, name: str, entries: Iterator[tuple[bytes, TermEntry]]) -> Iterator[Slice]:
        while batch := list(islice(entries, self._portions.keys)):
            found = self._segment.postings(name, [entry for _, entry in batch])
            df = np.fromiter((entry.df for _, entry in batch), np.uint32, len(batch))
            ends = np.cumsum(df, dtype=np.int64)
            cf = np.add.reduceat(found.freqs, ends - df, dtype=np.int64)
            yield Slice([key for key, _ in batch], df, cf, *found)

    def lengths(self, name: str) -> NDArray[Any] | None:
        """Tokens of the field for each record."""
        return self._segment.lengths(name) if name in PROSE else None

    def documents(self) -> Sizes:
        """How many records each document has; none is in parts."""
        sizes = np.diff(self._segment.firsts, append=self.size)
        return sizes, np.ones(len(sizes), bool)

    def rows(self, stream: str) -> Iterator[Columns]:
        """What is stored of the records, or of the documents, in chunks."""
        rows = self._segment.stream(stream).rows(STREAMS[stream])
        while chunk := list(islice(rows, self._portions.values)):
            yield list(zip(*chunk, strict=True))

    def column(self, name: str) -> UInts:
        """A column."""
        return self._segment.column(name)

    def stored_at(self, name: str, records: NDArray[np.int64]) -> Iterator[str]:
        """The stored texts of one name of some records."""
        for value in self._segment.stored_values_at(name, records):
            if type(value) is not str:
                self._segment.stored_damaged(f"{name!r} of a record is no text")
            yield value


def kept_df(df: UInts, docs: UInts, kept: NDArray[np.bool_] | None) -> NDArray[np.int64]:
    """For each key how many of its documents are kept."""
    return df.astype(np.int64) if kept is None else sums(kept[docs].astype(np.int64), df).astype(np.int64)
