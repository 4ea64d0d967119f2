"""Reading what an index has: paragraphs by their ids, documents by their paths."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from searchlib.api.opened import Opened
from searchlib.engine.readers import OfSeveral
from searchlib.guards.arguments import optional, whole
from searchlib.guards.arguments import text as _text
from searchlib.search.hits import Results
from searchlib.search.interpreting import handle_of
from searchlib.search.searching import search
from searchlib.search.wanted import Wanted

if TYPE_CHECKING:
    from searchlib.model.records import DocumentInfo, Record
    from searchlib.search.outline import OutlineSection

_AT_ONCE = 1000  # documents of a list that are read together


class Readable(Opened):
    """Paragraphs and documents."""

    def paragraph(self, id: str) -> Record:
        """The record whose id is, or alone begins with, ``id``. Raises ParagraphNotFound."""
        reader = self._reader
        return reader.records([handle_of(reader, id)])[0]

    def context(self, id: str, before: int = 1, after: int = 1) -> list[Record]:
        """The paragraph with up to so many of the same document before and after it, in order."""
        whole("before", before)
        whole("after", after)
        reader = self._reader
        return reader.contexts([handle_of(reader, id)], before, after)[0]

    @property
    def fields(self) -> tuple[str, ...]:
        """The keys of the documents' metadata, in alphabetical order: what can be filtered, sorted and counted by."""
        return tuple(sorted(self._reader.fields))

    def documents(self, *, filter: Any = None) -> Iterator[DocumentInfo]:
        """Every document, or those with a paragraph that matches ``filter``, by path: as they are when it begins."""
        reader = self._reader

        def page(after: str | None) -> Results:
            return search(reader, "*", Wanted(_AT_ONCE, 0, filter, "document", 1, after, limits=self.limits))

        def pages(results: Results) -> Iterator[DocumentInfo]:
            yield from (hit.document for hit in results)
            while (after := results.cursor) is not None:
                results = page(after)
                yield from (hit.document for hit in results)

        return pages(page(None))  # what is wrong with what was given is said now, and not when the first is asked for

    def document(self, path: str, first: int = 1, limit: int | None = None) -> list[Record]:
        """The paragraphs of the document at ``path``, in order; none if there is no such document.

        From the one with the number ``first`` on, and up to ``limit`` of them. Of several indexes that have the path,
        that of the first.
        """
        whole("first", first, 1)
        if optional(whole, "limit", limit) == 0:
            return []
        within = {"document": _text("path", path), "number": (first, None if limit is None else first + limit - 1)}
        reader = self._reader
        asked = Wanted(reader.size if limit is None else limit, 0, within, "document", limits=self.limits)
        found = list(search(reader, "*", asked))
        if found and isinstance(reader, OfSeveral):
            (one,) = search(reader, "*", Wanted(1, 0, {"document": path}, "document"))
            found = [hit for hit in found if hit.index == one.index]
        return [hit.record for hit in found]

    def outline(self, path: str) -> list[OutlineSection]:
        """The headings of the document at ``path``, in order, with where what stands below each begins.

        None if there is no such document. Costs the reading of all of it.
        """
        from searchlib.search.outline import outline

        return outline(self.document(path))
