"""An immutable view of an index: its segments, and statistics that are exact over all of them.

Statistics count live records only. A deletion is subtracted where it happened: from the number of records, from
the df of every term that the deleted record holds, and from the length of its fields. So a query is scored as it
would be in an index that was built without the deleted records, in any number of segments.

A snapshot may be shared between threads. What it caches is bounded and computed from immutable files, so two threads
that race compute the same.

Who has the snapshot has its files open, and who lets go of it closes them, at once: so nothing that it holds may hold
it. Its views, and what is cached of them, refer to it and to one another by weak references.
"""

from __future__ import annotations

import weakref
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from itertools import chain
from typing import TypeAlias, TypeVar, cast

import numpy as np

from searchlib.engines.whoosh.execution.activation import activate
from searchlib.engines.whoosh.execution.caching import DECODED_BYTES, Cache, Decoded
from searchlib.engines.whoosh.execution.interface import Bools, Docs, Ints, Segment
from searchlib.engines.whoosh.execution.norms import FieldNorm
from searchlib.engines.whoosh.execution.postinglist import PostingList
from searchlib.engines.whoosh.execution.primitives import Primitives
from searchlib.engines.whoosh.execution.tuning import TUNING, Tuning
from searchlib.model.arrays import NDArray
from searchlib.model.fields import SEGMENTED
from searchlib.model.ranking import BM25F

Order: TypeAlias = Callable[[NDArray[np.int64], NDArray[np.int64]], NDArray[np.int64]]

LANGUAGE_FIELD = "language"
_LISTS = 16_384  # posting lists that keep their tables
_TERMS = 65_536  # statistics and dictionary look-ups that are kept
_LANGUAGES = 64
_Value = TypeVar("_Value")


class View:
    """A segment as a part of a snapshot."""

    def __init__(self, snapshot: Snapshot, number: int, segment: Segment) -> None:
        self._snapshot = weakref.ref(snapshot)
        self.number = number
        self.segment = segment
        self.primitives = snapshot.primitives
        self.decoded = snapshot.decoded
        self.tuning = snapshot.tuning
        self.doc_count = int(segment.doc_count)
        deleted = segment.deleted
        self.alive: Bools | None = None if deleted is None or not deleted.any() else ~deleted
        self.live_count = self.doc_count if self.alive is None else int(self.alive.sum())
        self.deleted_docs: Ints = np.flatnonzero(np.zeros(0) if self.alive is None else ~self.alive)
        self._lists: Cache[PostingList | None] = Cache(_LISTS)
        self._norms: Cache[FieldNorm] = Cache(256)
        self._languages: Cache[Bools] = Cache(_LANGUAGES)
        self._made: Cache[object] = Cache(_LISTS)

    @property
    def snapshot(self) -> Snapshot:
        """What it is a part of, which who searches holds."""
        snapshot = self._snapshot()
        assert snapshot is not None
        return snapshot

    def made(self, key: Hashable, make: Callable[[], _Value]) -> _Value:
        """What queries have in common in this segment, made when missing: small, and for this key always the same."""
        return cast(_Value, self._made.get(key, make))

    def postings(self, field: str, key: bytes) -> PostingList | None:
        """The posting list of a term."""

        def make() -> PostingList | None:
            entry = self.segment.term(field, key)
            return None if entry is None else PostingList(self.segment, entry, self.decoded, self.tuning)

        return self._lists.get((field, key), make)

    def keys(self, field: str, start: bytes, stop: bytes | None) -> Iterator[bytes]:
        """The terms of a field in a range, in order of their bytes."""
        return chain.from_iterable(self.segment.keys(field, start, stop))

    def norm(self, field: str, ranking: BM25F) -> FieldNorm:
        """The norms of a field; words that a segmenter found count by those of the field that they stand in."""
        field = SEGMENTED.get(field, field)
        average = self.snapshot.average_length(field)
        short = ranking.short_below(field, average)

        def make() -> FieldNorm:
            lengths = self.segment.lengths(field) if average > 0 else None
            return FieldNorm(lengths, average, ranking, short)

        return self._norms.get((field, ranking.b, short), make)

    def live(self, docs: Docs) -> Docs:
        """Those of the docs that are not deleted."""
        return docs if self.alive is None else docs[self.alive[docs]]

    def all_live(self, first: int, stop: int) -> Docs:
        """All docs from ``first`` up to and without ``stop`` that are not deleted."""
        return self.live(np.arange(first, min(stop, self.doc_count), dtype=np.int32))

    def speaks(self, languages: frozenset[str]) -> Bools:
        """Which docs are in one of these languages; "" stands for docs without one."""
        if len(languages) == 1:
            (language,) = languages
            return self._languages.get(language, lambda: self._speaks_one(language))
        spoken = np.zeros(self.doc_count, bool)
        for language in languages:
            spoken |= self.speaks(frozenset((language,)))
        return spoken

    def _speaks_one(self, language: str) -> Bools:
        spoken = np.zeros(self.doc_count, bool)
        for key, entry in self.segment.terms(LANGUAGE_FIELD) if not language else ():
            spoken[self.segment.docs(entry)] |= key != b""  # documents without one may be there, too
        if not language:
            return ~spoken
        entry = self.segment.term(LANGUAGE_FIELD, language.encode())
        if entry is not None:
            spoken[self.segment.docs(entry)] = True
        return spoken


class Snapshot:
    """Several segments as one index.

    ``order`` gives ranks of docs (arrays of their segments and of themselves) for ties between segments; without it the
    order of segments and docs decides. ``cache_bytes`` is what decoded posting lists may take, at 6 to 20 bytes a
    posting. ``compiled`` is whether operations on arrays are compiled: see ``activation``. ``tuning`` changes no
    answer. ``near`` gives the keys of the words of a vocabulary that are so many edits
    from a text; without it those of each segment are compared.
    """

    def __init__(
        self,
        segments: Sequence[Segment],
        *,
        order: Order | None = None,
        cache_bytes: int = DECODED_BYTES,
        compiled: bool | None = None,
        tuning: Tuning = TUNING,
        near: Callable[[str, int], Iterable[bytes]] | None = None,
    ) -> None:
        self.near = near
        self.primitives: Primitives = activate(compiled)
        self.decoded = Decoded(cache_bytes)
        self.tuning = tuning
        self.order = order
        self.views = tuple(View(self, number, segment) for number, segment in enumerate(segments))
        self.records = sum(view.live_count for view in self.views)
        self._df: Cache[int] = Cache(_TERMS)
        self._averages: Cache[float] = Cache(256)
        self._keys: Cache[tuple[bytes, ...]] = Cache(_TERMS)

    @property
    def has_deletions(self) -> bool:
        """Whether records are deleted."""
        return any(view.alive is not None for view in self.views)

    def counted(self, name: Hashable, count: Callable[[], int]) -> int:
        """How many live records something is true of, counted once."""
        return self._df.get(name, count)

    def df(self, field: str, key: bytes) -> int:
        """How many live records hold a term."""
        return self._df.get((field, key), lambda: sum(self._live_df(view, field, key) for view in self.views))

    def average_length(self, field: str) -> float:
        """Tokens of a field a live record; 0 where lengths are not kept."""
        return self._averages.get(field, lambda: self._average(field))

    def keys(self, field: str, start: bytes, stop: bytes | None) -> tuple[bytes, ...]:
        """The terms of a field in a range, in any segment, in order of their bytes. For short ranges."""

        def make() -> tuple[bytes, ...]:
            if len(self.views) == 1:
                return tuple(self.views[0].keys(field, start, stop))
            return tuple(sorted({key for view in self.views for key in view.keys(field, start, stop)}))

        return self._keys.get((field, start, stop), make)

    def _live_df(self, view: View, field: str, key: bytes) -> int:
        postings = view.postings(field, key)
        if postings is None:
            return 0
        if view.alive is None:
            return postings.df
        return int(view.alive[postings.docs()].sum())

    def _average(self, field: str) -> float:
        total = 0
        for view in self.views:
            length = int(view.segment.length_sum(field))
            if length and view.alive is not None:
                length -= int(view.segment.lengths(field)[view.deleted_docs].sum(dtype=np.int64))
            total += length
        return total / self.records if self.records else 0.0
