"""The reader: one generation of an index, opened for search."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from searchlib.deadline import check
from searchlib.engines.whoosh.execution import Snapshot, count, explain, frequency, is_costly, search
from searchlib.engines.whoosh.manifest import Manifest
from searchlib.engines.whoosh.order import IndexOrder
from searchlib.engines.whoosh.segments import open_generation
from searchlib.engines.whoosh.storedrecords import read_record
from searchlib.explaining import Explanation
from searchlib.fields import PROSE
from searchlib.lazily import cached_property
from searchlib.query.nodes import Node, Pattern, Word, leaves
from searchlib.ranking import BM25F
from searchlib.records import ID_LENGTH, Ranked, Record, id_number

if TYPE_CHECKING:
    from searchlib.engine import DocumentState, Place, Problem, SortKey, Stats, Tally, Words
    from searchlib.engines.whoosh.attributes import Attributes
    from searchlib.engines.whoosh.codec.segment import SegmentColumns

_ID_BITS = 32  # of an id that the column holds
_SHIFT = 32  # a handle is segment << 32 | record
_RECORD = (1 << _SHIFT) - 1


def _room(size: int) -> int:
    """Bytes that decoded posting lists may take in an index of so many: what is asked again and again has room."""
    return min(max(2 * size, 64 << 20), 1 << 30)


def _tokens(segment: SegmentColumns) -> int:
    """The tokens of records that are not deleted."""
    if segment.deleted is None:
        return segment.length_sum("text")
    return int(segment.lengths("text")[~segment.deleted].sum(dtype=np.int64))


class WhooshReader:
    """Implements ``searchlib.engine.Reader``. For ``compiled`` see ``execution.Snapshot``."""

    def __init__(self, folder: Path, ranking: BM25F | None = None, compiled: bool | None = None) -> None:
        self.folder = folder
        self.manifest: Manifest
        self.manifest, self._segments, self._words = open_generation(folder)
        self._ranking = ranking or BM25F()
        self._order = IndexOrder(self._segments)
        self._snapshot = Snapshot(
            self._segments,
            order=self._order,
            cache_bytes=_room(sum(entry.size for entry in self.manifest.all_files.values())),
            compiled=compiled,
        )

    @cached_property
    def schema(self) -> Any:
        """The Whoosh schema of the records."""
        from searchlib.engines.whoosh.schema import record_schema

        return record_schema(self.manifest.metadata_fields)

    @cached_property
    def fields(self) -> frozenset[str]:
        """The metadata fields of the documents."""
        return frozenset(self.manifest.metadata_fields)

    @property
    def languages(self) -> Sequence[str]:
        """The languages of the documents."""
        return list(self.manifest.languages)

    @property
    def records(self) -> int:
        """How many records there are."""
        return self._snapshot.records

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
        """The best records: by ``sort`` or score, then document, then paragraph."""
        if sort or per_document is not None or after is not None:
            return self._page(query, limit, offset, filter, sort, per_document, after)
        found = search(self._snapshot, query, limit, ranking=self._ranking, filter=filter, offset=offset)
        return [
            Ranked(segment << _SHIFT | record, score)
            for segment, record, score in zip(
                found.segments.tolist(), found.docs.tolist(), found.scores.tolist(), strict=True
            )
        ]

    def _page(
        self,
        query: Node,
        limit: int | None,
        offset: int,
        filter: Node | None,
        sort: Sequence[SortKey],
        per_document: int | None,
        after: Place | None,
    ) -> list[Ranked]:
        from searchlib.engines.whoosh.pages import Paging, Wanted

        paging = Paging(self._snapshot, self._attributes, self._order.ranks, self._ranking, query, filter, sort)
        page = paging.page(Wanted(limit, offset, per_document, after), self._place)
        return [
            Ranked(segment << _SHIFT | record, score, keys)
            for segment, record, score, keys in zip(
                page.segments.tolist(), page.docs.tolist(), page.scores.tolist(), page.keys, strict=True
            )
        ]

    def _place(self, id: str) -> tuple[int, int] | None:
        handles = self.find(id, 1)
        return (handles[0] >> _SHIFT, handles[0] & _RECORD) if handles else None

    def costly(self, query: Node) -> list[Pattern]:
        """The patterns in text of a query that stand for very many words."""
        patterns = [leaf for leaf in leaves(query) if isinstance(leaf, Pattern) and set(PROSE) & set(leaf.fields)]
        return [pattern for pattern in patterns if is_costly(self._snapshot, pattern)]

    def count(self, query: Node, filter: Node | None = None) -> int:
        """How many records match, exactly."""
        return count(self._snapshot, query, filter=filter)

    def tally(self, query: Node, filter: Node | None = None, facets: Mapping[str, int | None] | None = None) -> Tally:
        """How many records and documents match, and by which values of the fields of ``facets``."""
        from searchlib.engines.whoosh.facets import tally

        return tally(self._snapshot, self._attributes, query, filter, facets or {})

    def stream(self, query: Node, filter: Node | None = None) -> Iterator[tuple[Ranked, Record]]:
        """All records that match, by document and paragraph."""
        from searchlib.engines.whoosh.exporting import in_index_order

        found = in_index_order(self._snapshot, self._order.tables, query, filter, self._ranking)
        for segment, number, score, record in found:
            yield Ranked(segment << _SHIFT | number, score), record

    def frequencies(self, words: Sequence[Word]) -> list[int]:
        """In how many records each of these words stands."""
        found = []
        for word in words:
            check()
            found.append(frequency(self._snapshot, word))
        return found

    def has_key(self, field: str, key: str) -> bool:
        """Whether the dictionary of a field holds a key."""
        written = key.encode("utf-8", "surrogatepass")
        return any(segment.term(field, written) is not None for segment in self._segments)

    @cached_property
    def _attributes(self) -> Attributes:
        from searchlib.engines.whoosh.attributes import Attributes

        return Attributes(self._order.tables)

    def explain(self, query: Node, handle: int) -> Explanation | None:
        """Where the score of a record came from."""
        found = explain(self._snapshot, query, handle >> _SHIFT, handle & _RECORD, ranking=self._ranking)
        return None if found is None else found.written_in(self.record(handle))

    @cached_property
    def words(self) -> Words:
        """The words of the documents; in an index older than vocabularies, stems."""
        from searchlib.engines.whoosh.words import IndexWords, TermWords

        return IndexWords(self._words.vocabulary) if self._words is not None else TermWords(self._segments)

    def record(self, handle: int) -> Record:
        """The record itself."""
        return read_record(self._segments[handle >> _SHIFT], handle & _RECORD)

    def find(self, prefix: str, limit: int = 2) -> list[int]:
        """Handles of up to ``limit`` records whose id begins with ``prefix``."""
        try:
            number = id_number(prefix)
        except ValueError:
            return []
        bits = 5 * min(len(prefix), ID_LENGTH)
        found = []
        for segment_number, segment in enumerate(self._segments):
            column = segment.column("_id").astype(np.uint32, copy=False)
            if bits <= _ID_BITS:
                matching = column >> np.uint32(_ID_BITS - bits) == number
            else:
                matching = column == number >> (bits - _ID_BITS)
            if segment.deleted is not None:
                matching &= ~segment.deleted
            for record in np.flatnonzero(matching).tolist():
                handle = segment_number << _SHIFT | record
                if bits <= _ID_BITS or self.record(handle).id.startswith(prefix):
                    found.append(handle)
                    if len(found) == limit:
                        return found
        return found

    def around(self, handle: int, before: int, after: int) -> list[int]:
        """The handle with up to so many neighbours of the same document on each side."""
        segment, record = handle >> _SHIFT, handle & _RECORD
        numbers = self._segments[segment].column("number")
        number = int(numbers[record])
        if not 1 <= number <= record + 1:
            self._segments[segment].columns_damaged("the paragraphs of a document are not numbered in order")
        first = max(record - number + 1, record - before)
        following = numbers[record + 1 : record + 1 + after]
        ends = np.flatnonzero(following == 1)
        last = record + (int(ends[0]) if len(ends) else len(following))
        return [segment << _SHIFT | number for number in range(first, last + 1)]

    def documents(self) -> Iterator[DocumentState]:
        """Every document of the index."""
        for table in self._order.tables:
            yield from table.states()

    def stats(self) -> Stats:
        """Figures of the index."""
        from searchlib.engine import Stats

        manifest = self.manifest
        files = manifest.all_files.values()
        return Stats(
            documents=sum(manifest.languages.values()),
            paragraphs=sum(entry.live for entry in manifest.segments),
            tokens=sum(map(_tokens, self._segments)),
            segments=len(manifest.segments),
            deleted=sum(entry.deleted for entry in manifest.segments),
            bytes=sum(entry.size for entry in files) + len(manifest.encode()),
            generation=manifest.generation,
            languages=manifest.languages,
            types=manifest.types,
            format=manifest.format,
            settings=manifest.settings,
            digest=manifest.digest,
        )

    @property
    def digest(self) -> str:
        """The digest of the index: of all its files."""
        return self.manifest.digest

    def verify(self, quick: bool = False) -> list[Problem]:
        """Check every file against what the manifest says, then, if they are sound and unless ``quick``, all against
        each other.
        """
        from searchlib.engines.whoosh.checking import damaged_files, inconsistencies

        problems = damaged_files(self.folder, self.manifest)
        return problems if problems or quick else list(inconsistencies(self.folder, self.manifest))

    def close(self) -> None:
        """Release the files."""
        # Results, and other threads, may still read: files are unmapped with the last who does.
