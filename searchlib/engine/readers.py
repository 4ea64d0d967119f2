"""Readers: what answers from one generation of an index, and what some of them offer besides."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, runtime_checkable

from searchlib.model.ranking import BM25F, DEFAULT_RANKING

if TYPE_CHECKING:
    from searchlib.analysis import Lexicon
    from searchlib.engine.answers import Answer, Handle, Ranked
    from searchlib.engine.explaining import Explanation
    from searchlib.engine.figures import Problem, Stats
    from searchlib.engine.locations import Single
    from searchlib.engine.requests import Request
    from searchlib.engine.writers import DocumentState
    from searchlib.model.records import Record
    from searchlib.query.nodes import Node, Word


class NearWord(NamedTuple):
    """A word not far from another, how often it occurs, and how many edits it is away."""

    word: str
    often: int
    edits: int


class Words(Protocol):
    """The words of the documents as they are written, compared without case and accents; in batches."""

    def beginning(self, prefix: str, limit: int) -> list[tuple[str, int]]:
        """The commonest words that begin with ``prefix``, the commonest first, then in alphabetical order.

        Each as it is written, but for case, and how often it occurs.
        """

    def counts(self, words: Sequence[str]) -> list[int]:
        """How often each of these occurs."""

    def commonest(self, most: int) -> Sequence[tuple[str, int]]:
        """About so many of the commonest words, folded, and how often each occurs; of an index with no more, all."""

    def near(self, words: Sequence[tuple[str, int]]) -> list[list[NearWord]]:
        """For each of these, the words at most so many edits (optimal string alignment) from it, in alphabetical order.

        Of those that differ in accents the commonest, and how often all of them occur.
        """


class Reader(Protocol):
    """One generation of an index, safe to share between threads. Lists are parallel to what was asked for."""

    @property
    def fields(self) -> frozenset[str]:
        """The metadata fields of the documents."""

    @property
    def languages(self) -> Sequence[str]:
        """The languages of the documents."""

    @property
    def size(self) -> int:
        """How many records there are."""

    def search(self, request: Request) -> Answer:
        """What a request finds."""

    def stream(self, query: Node, filter: Node | None = None) -> Iterator[Ranked]:
        """All that matches, with its records, by document and paragraph, in memory that does not grow with it."""

    def records(self, handles: Sequence[Handle]) -> list[Record]:
        """The records themselves."""

    def contexts(self, handles: Sequence[Handle], before: int, after: int) -> list[list[Record]]:
        """Each record with up to so many neighbours of the same document on each side, in order."""

    def find(self, prefixes: Sequence[str], limit: int = 2) -> list[list[Handle]]:
        """For each prefix up to ``limit`` records whose id begins with it."""

    def frequencies(self, words: Sequence[Word]) -> list[int]:
        """In how many records each of these words stands."""

    def explain(
        self, query: Node, handles: Sequence[Handle], ranking: BM25F = DEFAULT_RANKING
    ) -> list[Explanation | None]:
        """Where the scores of records came from; None where the query does not match."""

    @property
    def lexicon(self) -> Lexicon:
        """The words of the documents, by which those of queries are resolved; the same one each time."""

    @property
    def words(self) -> Words:
        """The words of the documents."""

    def documents(self) -> Iterator[DocumentState]:
        """Every document of the index."""

    def stats(self) -> Stats:
        """Figures of the index."""

    def close(self) -> None:
        """Release what is held; further calls are errors."""


@runtime_checkable
class Digested(Protocol):
    """A reader that stays at one generation, and knows by digests whether there is another."""

    @property
    def digest(self) -> str:
        """The digest of the index, 32 hexadecimal digits: equal digests, equal answers."""

    def newest_digest(self) -> str:
        """The digest of the newest generation, which is cheap to ask; "" if it says none."""


@runtime_checkable
class OfSeveral(Protocol):
    """A reader of several indexes as one."""

    def location_of(self, handle: Handle) -> Single:
        """Where the index is that a record is in."""


@runtime_checkable
class TellsNearness(Protocol):
    """A reader that knows where words stand without reading texts."""

    def nearest_first(self, request: Request, words: Sequence[Word], among: int) -> Answer:
        """What `search` finds of a request by score, without a cursor.

        Of its first ``among`` hits those with equal scores come by the nearness of these words, see
        `searchlib.search.nearness`, in the text of the record; then as they come in `search`.
        """


@runtime_checkable
class OpensWhoosh(Protocol):
    """A reader whose index is one of Whoosh's."""

    def open_whoosh(self) -> Any:
        """The ``whoosh.index.Index``."""


@runtime_checkable
class Verifiable(Protocol):
    """A reader whose index can be checked."""

    def verify(self, quick: bool = False) -> list[Problem]:
        """Check every file and, unless ``quick``, every invariant; an empty list means that all is well."""
