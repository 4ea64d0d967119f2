"""A library of an index and its seeds: what these say now, wherever it is not what the index says.

No record of the index is handed on before its seed was found to be as it was indexed; those of seeds that are not come
from the seeds themselves, by the same path, split in the same way. What cannot be seen is `unseen`: what the index says
of it is all that can be said, and `checking` calls that unknown.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Protocol

from searchlib.citing.library import Library
from searchlib.citing.sources import SourceLibrary

if TYPE_CHECKING:
    from searchlib.model.records import Document, Record


class Seeds(Protocol):
    """The seeds of an index, as they are now: `searchlib.update.remembered.Now`."""

    @property
    def documents(self) -> Iterable[Document]:
        """Those of seeds that are not as indexed."""

    @property
    def changed(self) -> int:
        """How many seeds are known not to be as indexed; grows."""

    @property
    def whole(self) -> bool:
        """Whether all can be seen."""

    def is_as_indexed(self, path: str) -> bool:
        """Whether what the index says of the document at ``path`` is so, or all that can be said."""

    def unseen(self, path: str) -> bool:
        """Whether nobody can say what the document at ``path`` is now."""


class CurrentLibrary:
    """A `Library` of what the seeds of an index say now, and of documents that are in the index alone."""

    def __init__(self, index: Library, seeds: Seeds) -> None:
        self._index = index
        self._seeds = seeds
        self._changed = -1
        self._loaded = SourceLibrary(())

    def with_id(self, prefix: str) -> Sequence[Record]:
        """The records whose id begins with ``prefix``."""
        return self._found(lambda library: library.with_id(prefix))

    def document(self, path: str) -> Sequence[Record]:
        """The records of a document, in order; none if there is no such document."""
        indexed = self._index.document(path) if self._seeds.is_as_indexed(path) else ()
        return indexed or self._sources.document(path)

    def saying(self, quote: str) -> Sequence[Record]:
        """Records whose text holds ``quote``, which is in normal form."""
        return self._found(lambda library: library.saying(quote))

    def like(self, quote: str, limit: int) -> Sequence[Record]:
        """The records that share most words with ``quote``: the best of the index, and of what is not in it."""
        return self._found(lambda library: library.like(quote, limit))

    def around(self, record: Record) -> Sequence[Record]:
        """A record with its neighbours in the document."""
        path = record.document.path
        return (self._sources if self._sources.document(path) else self._index).around(record)

    def unseen(self, path: str) -> bool:
        """Whether nobody can say what the document at ``path`` is now."""
        return self._seeds.unseen(path)

    @property
    def whole(self) -> bool:
        """Whether all seeds can be seen."""
        return self._seeds.whole

    @property
    def _sources(self) -> SourceLibrary:
        if self._changed != self._seeds.changed:
            self._changed = self._seeds.changed
            self._loaded = SourceLibrary(self._seeds.documents)
        return self._loaded

    def _found(self, find: Callable[[Library], Sequence[Record]]) -> list[Record]:
        """What is found in the index where that is right, and then in all else."""
        indexed = [record for record in find(self._index) if self._seeds.is_as_indexed(record.document.path)]
        return [*indexed, *find(self._sources)]
