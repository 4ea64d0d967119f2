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
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from itertools import chain
from typing import TYPE_CHECKING, Any, Generic, TypeAlias, TypeVar

import numpy as np

from searchlib.arrays import NDArray
from searchlib.engines.whoosh.execution.activation import activate
from searchlib.engines.whoosh.execution.postings import DECODED_BYTES, Decoded, PostingList
from searchlib.engines.whoosh.execution.segment import AnyInts, Bools, Docs, Floats, Ints, Segment
from searchlib.forking import lock_for
from searchlib.ranking import BM25F

if TYPE_CHECKING:
    from searchlib.engines.whoosh.execution.prepared import Leaf, Weighed

Foreign: TypeAlias = Callable[["Snapshot", Any, int], tuple[AnyInts, Floats]]
Order: TypeAlias = Callable[[NDArray[np.int64], NDArray[np.int64]], NDArray[np.int64]]

WINDOW_BITS = 7
LANGUAGE_FIELD = "language"
_LISTS = 16_384  # posting lists that keep their tables
_TERMS = 65_536  # statistics and dictionary look-ups that are kept
_LANGUAGES = 64
_Value = TypeVar("_Value")


class Cache(Generic[_Value]):
    """The values of the last ``size`` keys, made when missing. None is a value too."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._values: OrderedDict[Hashable, _Value] = OrderedDict()
        self._lock = lock_for(self)

    def get(self, key: Hashable, make: Callable[[], _Value]) -> _Value:
        """The value of ``key``; ``make`` runs outside the lock, perhaps in two threads at once."""
        with self._lock:
            if key in self._values:
                self._values.move_to_end(key)
                return self._values[key]
        value = make()
        with self._lock:
            self._values[key] = value
            if len(self._values) > self._size:
                self._values.popitem(last=False)
        return value


class FieldNorm:
    """The norms of a field in a segment, for the parameters that ``key`` names."""

    __slots__ = ("_table", "average", "key", "lengths", "ranking")

    def __init__(self, lengths: AnyInts | None, average: float, ranking: BM25F) -> None:
        self.average = average
        self.key = (ranking.b, average)
        self.ranking = ranking
        self.lengths = lengths
        longest = int(lengths.max()) if lengths is not None and len(lengths) else 0
        # A table of the norms of all lengths is a look-up instead of two operations a posting.
        self._table: Floats | None = (
            ranking.norm(np.arange(longest + 1, dtype=np.float64), average) if longest < 1 << 16 else None
        )

    def __call__(self, docs: Docs) -> Any:
        """The norms at these docs: an array, or 1.0 where the field keeps no lengths."""
        if self.lengths is None:
            return 1.0
        lengths = self.lengths[docs]
        return self._table[lengths] if self._table is not None else self.ranking.norm(lengths, self.average)

    def of(self, lengths: AnyInts) -> Any:
        """The norms of fields of these lengths."""
        return 1.0 if self.lengths is None else self.ranking.norm(lengths.astype(np.float64), self.average)

    def of_each(self, lengths: Ints) -> Floats:
        """The norms of lengths that docs have, with the bits that ``norm(docs)`` has."""
        norms: Floats = self._table[lengths] if self._table is not None else self.ranking.norm(lengths, self.average)
        return norms

    def length(self, doc: int) -> int:
        """The length of the field in a doc; 0 where lengths are not kept."""
        return int(self.lengths[doc]) if self.lengths is not None else 0


class View:
    """A segment as a part of a snapshot."""

    def __init__(self, snapshot: Snapshot, number: int, segment: Segment, bits: int) -> None:
        self._snapshot = weakref.ref(snapshot)
        self.decoded = snapshot.decoded
        self.number = number
        self.segment = segment
        self.bits = bits
        self.doc_count = int(segment.doc_count)
        self.windows = (self.doc_count + (1 << bits) - 1) >> bits
        deleted = segment.deleted
        self.alive: Bools | None = None if deleted is None or not deleted.any() else ~deleted
        self.live_count = self.doc_count if self.alive is None else int(self.alive.sum())
        self.deleted_docs: Ints = np.flatnonzero(np.zeros(0) if self.alive is None else ~self.alive)
        self._lists: Cache[PostingList | None] = Cache(_LISTS)
        self._norms: Cache[FieldNorm] = Cache(256)
        self._languages: Cache[Bools] = Cache(_LANGUAGES)
        self.leaves: Cache[Leaf | None] = Cache(_LISTS)
        self.weighed: Cache[Weighed] = Cache(_LISTS)
        self.words: dict[int, tuple[Any, float, BM25F, Leaf | None]] = {}

    @property
    def snapshot(self) -> Snapshot:
        """What it is a part of, which who searches holds."""
        snapshot = self._snapshot()
        assert snapshot is not None
        return snapshot

    def postings(self, field: str, key: bytes) -> PostingList | None:
        """The posting list of a term."""

        def make() -> PostingList | None:
            entry = self.segment.term(field, key)
            return None if entry is None else PostingList(self.segment, entry, self.decoded)

        return self._lists.get((field, key), make)

    def keys(self, field: str, start: bytes, stop: bytes | None) -> Iterator[bytes]:
        """The terms of a field in a range, in order of their bytes."""
        return chain.from_iterable(self.segment.keys(field, start, stop))

    def norm(self, field: str, ranking: BM25F) -> FieldNorm:
        """The norms of a field."""
        average = self.snapshot.average_length(field)

        def make() -> FieldNorm:
            return FieldNorm(self.segment.lengths(field) if average > 0 else None, average, ranking)

        return self._norms.get((field, ranking.b), make)

    def live(self, docs: Docs) -> Docs:
        """Those of the docs that are not deleted."""
        return docs if self.alive is None else docs[self.alive[docs]]

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
        for _, entry in self.segment.terms(LANGUAGE_FIELD) if not language else ():
            spoken[self.segment.docs(entry)] = True
        if not language:
            return ~spoken
        entry = self.segment.term(LANGUAGE_FIELD, language.encode())
        if entry is not None:
            spoken[self.segment.docs(entry)] = True
        return spoken


class Snapshot:
    """Several segments as one index.

    ``schema`` (a Whoosh schema) turns the values of queries into terms; without one they are UTF-8. ``order``
    gives ranks of docs (arrays of their segments and of themselves) for ties between segments; without it the order of
    segments and docs decides. ``foreign`` evaluates a query that the executor does not know, in the segment of a
    snapshot of this number: docs, ascending, and scores. ``cache_bytes`` is what decoded posting lists may take, at 6
    to 20 bytes a posting.
    ``compiled`` is whether flat queries go through compiled code: see ``activation``.
    """

    def __init__(
        self,
        segments: Sequence[Segment],
        *,
        schema: Mapping[str, Any] | None = None,
        order: Order | None = None,
        foreign: Foreign | None = None,
        cache_bytes: int = DECODED_BYTES,
        window_bits: int = WINDOW_BITS,
        compiled: bool | None = None,
    ) -> None:
        self.schema = schema
        self.compiled: Any = activate(compiled)
        self.decoded = Decoded(cache_bytes)
        self.order = order
        self.foreign = foreign
        self.views = tuple(View(self, number, segment, window_bits) for number, segment in enumerate(segments))
        self.records = sum(view.live_count for view in self.views)
        self._df: Cache[int] = Cache(_TERMS)
        self._averages: Cache[float] = Cache(256)
        self._keys: Cache[tuple[bytes, ...]] = Cache(_TERMS)

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
