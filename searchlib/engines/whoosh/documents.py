"""The documents of a segment: where their records are, and what is known of them without reading the text."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import compress
from typing import cast

import numpy as np

from searchlib.concurrency.lazily import cached_property
from searchlib.engine.writers import DocumentState
from searchlib.engines.whoosh.format.segment import SegmentColumns
from searchlib.engines.whoosh.storedrecords import DOCUMENTS
from searchlib.model.arrays import NDArray


class DocumentTable:
    """The documents of one segment, in order. A document's records are neighbours."""

    def __init__(self, segment: SegmentColumns) -> None:
        self.segment = segment
        self.alive: NDArray[np.bool_] = (
            np.ones(segment.doc_count, bool) if segment.deleted is None else ~segment.deleted
        )

    @property
    def firsts(self) -> NDArray[np.int64]:
        """The first record of each document."""
        return self.segment.firsts

    @cached_property
    def living(self) -> NDArray[np.bool_]:
        """Which documents are not deleted."""
        living = self.alive[self.firsts]
        if self.segment.deleted is not None and not np.array_equal(living[self.document_of], self.alive):
            self.segment.columns_damaged("a document is deleted in part")
        return living

    def values(self, name: str) -> list[str]:
        """A stored text of each document."""
        found = [value for value in self.segment.stream(DOCUMENTS).values(name) if isinstance(value, str)]
        if len(found) < len(self.firsts):
            self.segment.stored_damaged(f"{name!r} of a document is no text")
        return found

    @cached_property
    def spans(self) -> NDArray[np.int64]:
        """How many records each document has."""
        return np.diff(self.firsts, append=self.segment.doc_count)

    @cached_property
    def document_of(self) -> NDArray[np.int32]:
        """The document of each record."""
        return np.repeat(np.arange(len(self.firsts), dtype=np.int32), self.spans)

    def value(self, name: str, document: int) -> str:
        """A stored text of one document."""
        found = self.segment.stream(DOCUMENTS).value(name, document)
        if type(found) is not str:
            self.segment.stored_damaged(f"{name!r} of a document is no text")
        return found

    def path(self, document: int) -> str:
        """The path of one document."""
        return self.value("document", document)

    @cached_property
    def paths(self) -> list[str]:
        """The path of each document."""
        return self.values("document")

    def sizes(self) -> list[tuple[str, int]]:
        """(path, number of records) of each document."""
        return list(zip(self.paths, self.spans.tolist(), strict=True))

    def places(self) -> Iterator[tuple[str, int, int]]:
        """(path, first record, number of records) of each document."""
        for (path, size), first in zip(self.sizes(), self.firsts.tolist(), strict=True):
            yield path, first, size

    def states(self) -> Iterator[DocumentState]:
        """What is known of each document that is not deleted."""
        rows = self.segment.stream(DOCUMENTS).rows(("document", "_digest", "_seed"))
        for row in compress(rows, self.living.tolist()):
            if not all(isinstance(value, str) for value in row):
                self.segment.stored_damaged("what is known of a document is no text")
            yield DocumentState(*cast("list[str]", row))

    def count(self, kept: NDArray[np.bool_], languages: Counter[str], types: Counter[str]) -> None:
        """Add the documents whose records are ``kept`` to the counts by language and type."""
        keeps = kept[self.firsts].tolist()
        for name, counts in (("language", languages), ("type", types)):
            counts.update(compress(self.values(name), keeps))
