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
    from searchlib.records import Document, Ranked, Record


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


class Reader(Protocol):
    """One generation of an index, safe to share between threads."""

    @property
    def schema(self) -> Any:
        """The Whoosh schema of the records."""

    @property
    def languages(self) -> Sequence[str]:
        """The languages of the documents."""

    @property
    def digest(self) -> str:
        """The digest of the index, 32 hexadecimal digits: equal digests, equal answers."""

    def search(self, query: Any, limit: int | None, offset: int = 0, filter: Any = None) -> list[Ranked]:
        """The best records for a ``whoosh.query.Query``: by score, then document, then paragraph."""

    def count(self, query: Any, filter: Any = None) -> int:
        """How many records match, exactly."""

    def record(self, handle: int) -> Record:
        """The record itself."""

    def find(self, prefix: str, limit: int = 2) -> list[int]:
        """Handles of up to ``limit`` records whose id begins with ``prefix``."""

    def around(self, handle: int, before: int, after: int) -> list[int]:
        """The handle with up to so many neighbours of the same document on each side, in order."""

    def explain(self, query: Any, handle: int) -> Any:
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
