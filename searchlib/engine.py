"""The seam: what an engine gives the API, whatever it keeps its records in.

* A *handle* names a record within one open engine; it means nothing outside it.
* A *reader* answers queries over one generation of an index; a *writer* makes the next one, whole or not at all.

Engines live under ``searchlib.engines``; nothing above the seam knows how they store anything.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from searchlib.query.nodes import Leaf, Node, Word
    from searchlib.records import Document, Ranked, Record, Scalar


@dataclass(frozen=True, slots=True)
class DocumentState:
    """What an index knows of a document, to tell whether it changed: digests are hexadecimal."""

    path: str
    digest: str
    seed: str


@dataclass(frozen=True, slots=True)
class Stats:
    """Figures of an index. ``bytes`` is the size of its files, ``digest`` that of them all.

    ``generation`` counts the commits since the index was last built of a piece.
    """

    documents: int
    paragraphs: int
    tokens: int
    segments: int
    deleted: int
    bytes: int
    generation: int
    languages: Mapping[str, int]
    types: Mapping[str, int]
    format: int
    settings: Mapping[str, Any] = field(default_factory=dict)
    digest: str = ""


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong with an index: the file concerned and what is wrong with it."""

    file: str
    message: str


@dataclass(frozen=True, slots=True)
class FacetCount:
    """A value, as it is written where it stands first, and how many of the paragraphs that match have it."""

    value: Scalar
    count: int

    def __iter__(self) -> Iterator[Any]:
        return iter((self.value, self.count))


@dataclass(frozen=True, slots=True)
class Facet:
    """The values of one attribute among the paragraphs that match, the commonest first, then by value.

    ``others`` is how many more values there are, ``missing`` how many paragraphs have none. A paragraph whose
    document has several values counts for each. Iterating gives the `FacetCount` of each value.
    """

    name: str
    values: tuple[FacetCount, ...]
    others: int
    missing: int

    def __iter__(self) -> Iterator[FacetCount]:
        return iter(self.values)

    def __len__(self) -> int:
        return len(self.values)

    def first(self, size: int | None) -> Facet:
        """The ``size`` first values; None: all of them."""
        left = 0 if size is None else max(len(self.values) - size, 0)
        return Facet(self.name, self.values[: len(self.values) - left], self.others + left, self.missing)

    def as_dict(self) -> dict[str, Any]:
        """All of it, ready for JSON."""
        return {
            "values": [{"value": value, "count": count} for value, count in self.values],
            "others": self.others,
            "missing": self.missing,
        }


@dataclass(frozen=True, slots=True)
class Tally:
    """How many paragraphs match, of how many documents, and by which values; facets by the names of their fields."""

    total: int
    documents: int
    facets: Mapping[str, Facet] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SortKey:
    """What to sort by: a field, or "relevance", or "document" for the order of the index."""

    name: str
    descending: bool = False


@dataclass(frozen=True, slots=True)
class Place:
    """A place in the order of the hits of a search, right after one of them, which outlives a generation.

    ``ids`` are the last hits before it, the nearest first: the place is after the first of these that still matches.
    If none does, it is where their ``score`` and ``keys`` (see `Ranked`), and then ``path`` and the paragraph's
    ``number``, would stand. ``depth`` is how many hits there were before it.
    """

    depth: int
    score: float
    keys: tuple[str | None, ...]
    path: str
    number: int
    ids: tuple[str, ...]


class Words(Protocol):
    """The words of the documents as they are written, compared without case and accents."""

    def beginning(self, prefix: str, limit: int) -> list[tuple[str, int]]:
        """The commonest words that begin with ``prefix``, the commonest first, then in alphabetical order.

        Each as it is written, but for case, and how often it occurs.
        """

    def count(self, word: str) -> int:
        """How often the word occurs."""

    def near(self, word: str, distance: int) -> list[tuple[str, int, int]]:
        """The words at most so many edits (optimal string alignment) from ``word``, in alphabetical order.

        Each with how often it occurs and how many edits it is away; of those that differ in accents the commonest, and
        how often all of them occur.
        """


class Reader(Protocol):
    """One generation of an index, safe to share between threads."""

    @property
    def schema(self) -> Any:
        """The Whoosh schema of the records."""

    @property
    def fields(self) -> frozenset[str]:
        """The metadata fields of the documents."""

    @property
    def languages(self) -> Sequence[str]:
        """The languages of the documents."""

    @property
    def digest(self) -> str:
        """The digest of the index, 32 hexadecimal digits: equal digests, equal answers."""

    @property
    def records(self) -> int:
        """How many records there are."""

    def search(
        self,
        query: Node,
        limit: int | None,
        offset: int = 0,
        filter: Node | None = None,
        *,
        sort: Sequence[SortKey] = (),
        per_document: int | None = None,
        after: Place | None = None,
    ) -> list[Ranked]:
        """The best records for a query: by ``sort`` or by score, then by document and paragraph.

        At most ``per_document`` of each document; those that come ``after`` a place instead of an offset.
        """

    def costly(self, query: Node) -> Sequence[Leaf]:
        """The leaves of a query that stand for so many words that it takes its time, whatever segments there are."""

    def count(self, query: Node, filter: Node | None = None) -> int:
        """How many records match, exactly."""

    def tally(self, query: Node, filter: Node | None = None, facets: Mapping[str, int | None] | None = None) -> Tally:
        """How many records and documents match; for each field of ``facets`` its so many (None: all) values."""

    def stream(self, query: Node, filter: Node | None = None) -> Iterator[tuple[Ranked, Record]]:
        """All records that match, by document and paragraph, in memory that does not grow with their number."""

    def frequencies(self, words: Sequence[Word]) -> list[int]:
        """In how many records each of these words stands."""

    @property
    def words(self) -> Words:
        """The words of the documents."""

    def has_key(self, field: str, key: str) -> bool:
        """Whether the dictionary of a field holds a key."""

    def record(self, handle: int) -> Record:
        """The record itself."""

    def find(self, prefix: str, limit: int = 2) -> list[int]:
        """Handles of up to ``limit`` records whose id begins with ``prefix``."""

    def around(self, handle: int, before: int, after: int) -> list[int]:
        """The handle with up to so many neighbours of the same document on each side, in order."""

    def explain(self, query: Node, handle: int) -> Any:
        """Where the score of a record came from: an ``Explanation`` tree."""

    def documents(self) -> Iterator[DocumentState]:
        """Every document of the index."""

    def stats(self) -> Stats:
        """Figures of the index."""

    def verify(self, quick: bool = False) -> list[Problem]:
        """Check every file and, unless ``quick``, every invariant; an empty list means that all is well."""

    def close(self) -> None:
        """Release files; further calls are errors."""


class Writer(Protocol):
    """Makes the next generation of an index. Nothing shows until ``commit``."""

    def add(self, document: Document, *, seed: str = "", digest: str = "", default_language: str = ...) -> None:
        """Add a document, in place of any of the same path; ``default_language`` is its language if in doubt."""

    def remove(self, path: str) -> None:
        """Remove a document; removing what is not there is no error."""

    def commit(self) -> None:
        """Publish all of it at once."""

    def cancel(self) -> None:
        """Forget all of it and leave nothing behind."""
