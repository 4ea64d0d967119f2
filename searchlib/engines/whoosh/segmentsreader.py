"""Segments, opened for search: what readers of one index, and of several as one, have in common."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import replace
from functools import lru_cache, partial
from itertools import islice, repeat
from typing import TYPE_CHECKING, NamedTuple, overload

import numpy as np

from searchlib.concurrency.lazily import cached_property
from searchlib.concurrency.turns import Turns
from searchlib.engine.answers import AT_ONCE, Answer, Facet, Handle, Ranked
from searchlib.engine.readers import Words
from searchlib.engine.requests import Request
from searchlib.engine.writers import DocumentState
from searchlib.engines.whoosh.execution import Snapshot, count, explain, frequency, is_costly, search
from searchlib.engines.whoosh.execution.tuning import TUNING, Tuning
from searchlib.engines.whoosh.lexicon import IndexLexicon
from searchlib.engines.whoosh.order import IndexOrder
from searchlib.engines.whoosh.pages import Page, Paging
from searchlib.engines.whoosh.storedrecords import KnownDocuments, read_ids, read_records
from searchlib.guards.deadline import check
from searchlib.model.fields import PROSE
from searchlib.model.ranking import BM25F, DEFAULT_RANKING
from searchlib.model.records import ID_LENGTH, Record, id_number, id_texts
from searchlib.query.nodes import Leaf, Node, Pattern, Word, leaves

if TYPE_CHECKING:
    from searchlib.analysis import Lexicon
    from searchlib.engine.explaining import Explanation
    from searchlib.engines.whoosh.attributes import Attributes
    from searchlib.engines.whoosh.format.segment import SegmentColumns
    from searchlib.engines.whoosh.resuming import CursorPlace
    from searchlib.engines.whoosh.segments import WordFile

_ID_BITS = 32  # of an id that the first of its columns holds
_NEAR = 64  # fuzzy words whose matches are kept: they are asked for field by field
_NO_HITS = Page(np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0))


class WhooshHandle(NamedTuple):
    """Implements ``searchlib.engine.answers.Handle``: a record of a segment."""

    segment: int
    doc: int
    id: str


class RankedPage(Sequence[Ranked]):
    """The hits of a page, some at a time: those around the one that is asked for."""

    def __init__(self, reader: SegmentsReader, page: Page) -> None:
        self._reader = reader
        self.page = page
        self._size = len(page.docs)
        self._made: dict[int, list[Ranked]] = {}

    def __len__(self) -> int:
        return self._size

    @overload
    def __getitem__(self, number: int) -> Ranked: ...
    @overload
    def __getitem__(self, number: slice) -> list[Ranked]: ...

    def __getitem__(self, number: int | slice) -> Ranked | list[Ranked]:
        if isinstance(number, slice):
            start, stop, step = number.indices(self._size)
            if start % AT_ONCE == 0 and stop <= start + AT_ONCE and step == 1:
                return self._some(start // AT_ONCE)[: max(stop - start, 0)]
            return [self[one] for one in range(start, stop, step)]
        if not 0 <= number < self._size:
            number = range(self._size)[number]
        which, place = divmod(number, AT_ONCE)
        return self._some(which)[place]

    def _some(self, which: int) -> list[Ranked]:
        some = self._made.get(which)
        if some is None:
            page, part = self.page, slice(which * AT_ONCE, (which + 1) * AT_ONCE)
            places = list(zip(page.segments[part].tolist(), page.docs[part].tolist(), strict=True))
            some = list(map(Ranked, self._reader.handles(places), page.scores[part].tolist()))
            self._made[which] = some
        return some


def _room(size: int) -> int:
    """Bytes that decoded posting lists may take in an index of so many: what is asked again and again has room."""
    return min(max(2 * size, 64 << 20), 1 << 30)


def _near(words: Sequence[WordFile], text: str, distance: int) -> tuple[bytes, ...]:
    """The keys of the words so near a text."""
    from searchlib.engines.whoosh.nearwords import keys_near

    return keys_near([one.near for one in words], text, distance)


class SegmentsReader(ABC):
    """Implements ``searchlib.engine.readers.Reader`` on segments, but for what is said of whole indexes.

    ``words`` are those of all segments, ``fields`` and ``languages`` those of all documents; ``size_on_disk`` is bytes.
    For ``compiled`` see ``Snapshot``.
    """

    def __init__(
        self,
        segments: Sequence[SegmentColumns],
        words: Sequence[WordFile],
        fields: Iterable[str],
        languages: Iterable[str],
        size_on_disk: int,
        compiled: bool | None = None,
        tuning: Tuning = TUNING,
    ) -> None:
        self.fields = frozenset(fields)
        self.languages = tuple(languages)
        self._segments = segments
        self._order = IndexOrder(segments)
        self._documents = KnownDocuments()
        self._turns = Turns()
        self._snapshot = Snapshot(
            segments,
            order=self._order,
            cache_bytes=_room(size_on_disk),
            compiled=compiled,
            tuning=tuning,
            near=lru_cache(_NEAR)(partial(_near, words)),
        )

    @property
    def size(self) -> int:
        """How many records there are."""
        return self._snapshot.records

    # Searching

    def search(self, request: Request) -> Answer:
        """The hits of a request, and what of it is to be counted."""
        taken = self._turns.take()
        try:
            return self._search(request)
        finally:
            if taken:
                self._turns.give()

    def nearest_first(self, request: Request, words: Sequence[Word], among: int) -> Answer:
        """The same, without a cursor; of its first ``among`` hits those with equal scores by nearness."""
        from searchlib.engines.whoosh.nearhits import nearest_first

        end = None if request.limit is None else request.offset + request.limit
        found = self.search(replace(request, offset=0, limit=None if end is None else max(among, end), records=False))
        assert isinstance(found.hits, RankedPage)
        page = nearest_first(self._snapshot, found.hits.page, words, among, slice(request.offset, end))
        hits = self._hits(page, request.records)
        return Answer(hits, request.offset, found.total, found.documents, found.facets, found.costly)

    def _search(self, request: Request) -> Answer:
        sorts = 0 if request.by_score else len(request.sort)
        place: CursorPlace | None = None
        if request.after is not None:
            from searchlib.engines.whoosh.resuming import decode

            place = decode(request.after, sorts)
        page = self._page(request, place)
        total = self._known_total(request, len(page.docs))
        documents: int | None = None
        facets: Mapping[str, Facet] = {}
        if request.documents or request.facets:
            from searchlib.engines.whoosh.facets import tally

            counted = tally(self._snapshot, self._attributes, request.query, request.filter, request.facets)
            total, documents, facets = counted.total, counted.documents, counted.facets
        elif request.total and total is None:
            total = count(self._snapshot, request.query, filter=request.filter)
        offset = request.offset if place is None else place.depth
        hits = self._hits(page, request.records)
        resume = partial(self._resume, page, request.limit, offset)
        return Answer(hits, offset, total, documents, facets, self._costly(request.query), resume)

    def _page(self, request: Request, place: CursorPlace | None) -> Page:
        if request.limit == 0:
            return _NO_HITS
        if request.sort or request.per_document is not None or request.distinct or place is not None:
            ranks = self._order.ranks
            return Paging(self._snapshot, self._attributes, ranks, request, place).page(self._anchors)
        query, filter = request.query, request.filter
        found = search(
            self._snapshot, query, request.limit, ranking=request.ranking, filter=filter, offset=request.offset
        )
        return Page(found.segments, found.docs, found.scores)

    def _hits(self, page: Page, with_records: bool) -> Sequence[Ranked]:
        found = RankedPage(self, page)
        if not with_records:
            return found
        records = self.records([one.handle for one in found])
        return [one._replace(record=record) for one, record in zip(found, records, strict=True)]

    @staticmethod
    def _known_total(request: Request, found: int) -> int | None:
        """How many match, if there were fewer hits than were asked for: then these are all."""
        collapsed = request.per_document is not None or request.distinct
        if collapsed or request.after is not None or (request.offset and not found):
            return None
        return request.offset + found if request.limit is None or found < request.limit else None

    def _resume(self, page: Page, limit: int | None, offset: int) -> bytes | None:
        size = len(page.docs)
        if limit is None or not size or size < limit:
            return None
        from searchlib.engines.whoosh.resuming import NEAREST, CursorPlace, encode

        places = list(zip(page.segments.tolist(), page.docs.tolist(), strict=True))[: -NEAREST - 1 : -1]
        nearest = self.handles(places)
        last = self.records(nearest[:1])[0]
        keys = page.keys[-1] if page.keys else ()
        ids = tuple(handle.id for handle in nearest)
        score = float(page.scores[-1])
        place = CursorPlace(offset + size, score, keys, last.document.path, last.paragraph.number, ids)
        return encode(self._named(place, nearest))

    def _named(self, place: CursorPlace, nearest: Sequence[WhooshHandle]) -> CursorPlace:
        """A place with what else names the hits before it."""
        return place

    def _anchors(self, place: CursorPlace) -> Iterator[tuple[int, int]]:
        """Where the hits before a place are that are still there, the nearest first."""
        for id in place.ids:
            yield from islice(self._find(id), 1)

    def _costly(self, query: Node) -> tuple[Leaf, ...]:
        """The patterns in text of a query that stand for very many words."""
        patterns = [leaf for leaf in leaves(query) if isinstance(leaf, Pattern) and set(PROSE) & set(leaf.fields)]
        return tuple(pattern for pattern in patterns if is_costly(self._snapshot, pattern))

    def stream(self, query: Node, filter: Node | None = None) -> Iterator[Ranked]:
        """All records that match, by document and paragraph."""
        from searchlib.engines.whoosh.exporting import in_index_order

        found = in_index_order(self._snapshot, self._order.tables, query, filter, DEFAULT_RANKING)
        for segment, doc, score, record in found:
            yield Ranked(WhooshHandle(segment, doc, record.id), score, record)

    def frequencies(self, words: Sequence[Word]) -> list[int]:
        """In how many records each of these words stands."""
        found = []
        for word in words:
            check()
            found.append(frequency(self._snapshot, word))
        return found

    @cached_property
    def _attributes(self) -> Attributes:
        from searchlib.engines.whoosh.attributes import Attributes

        return Attributes(self._order.tables)

    def explain(
        self, query: Node, handles: Sequence[Handle], ranking: BM25F = DEFAULT_RANKING
    ) -> list[Explanation | None]:
        """Where the scores of records came from."""
        found: list[Explanation | None] = []
        for handle, record in zip(handles, self.records(handles), strict=True):
            segment, doc = _place(handle)
            one = explain(self._snapshot, query, segment, doc, ranking=ranking)
            found.append(None if one is None else one.written_in(record))
        return found

    @cached_property
    def lexicon(self) -> Lexicon:
        """The words of the documents, by which those of queries are resolved."""
        return IndexLexicon(self._snapshot, self.languages, sorted(self.segmented & set(self.languages)))

    @property
    @abstractmethod
    def segmented(self) -> Set[str]:
        """The languages in which a segmenter found the words of documents."""

    @property
    @abstractmethod
    def words(self) -> Words:
        """The words of the documents."""

    # Records

    def handles(self, places: Sequence[tuple[int, int]]) -> list[WhooshHandle]:
        """What names the records at these places (segment, doc), of which nothing is read but their ids."""
        number_of: dict[tuple[int, int], int] = {}
        for segment, docs in _by_segment(places):
            number_of |= zip(zip(repeat(segment), docs), read_ids(self._segments[segment], docs), strict=False)
        ids = id_texts([number_of[place] for place in places])
        return [WhooshHandle(segment, doc, id) for (segment, doc), id in zip(places, ids, strict=True)]

    def records(self, handles: Sequence[Handle]) -> list[Record]:
        """The records themselves."""
        ids = {_place(handle): handle.id for handle in handles}
        read = self._read(ids, ids)
        return [read[_place(handle)] for handle in handles]

    def contexts(self, handles: Sequence[Handle], before: int, after: int) -> list[list[Record]]:
        """Each record with up to so many neighbours of the same document on each side."""
        around = [self._around(*_place(handle), before, after) for handle in handles]
        read = self._read(place for places in around for place in places)
        return [[read[place] for place in places] for places in around]

    def _read(
        self, places: Iterable[tuple[int, int]], ids: Mapping[tuple[int, int], str] | None = None
    ) -> dict[tuple[int, int], Record]:
        """The records at these places, those of a segment together; their ids, if they are known."""
        found: dict[tuple[int, int], Record] = {}
        for segment, docs in _by_segment(sorted(set(places))):
            known = None if ids is None else [ids[segment, doc] for doc in docs]
            records = read_records(self._segments[segment], np.array(docs, np.int64), self._documents, known)
            found |= zip(zip(repeat(segment), docs), records, strict=True)
        return found

    def find(self, prefixes: Sequence[str], limit: int = 2) -> list[list[Handle]]:
        """For each prefix up to ``limit`` records whose id begins with it."""
        return [list(self.handles(list(islice(self._find(one), limit)))) for one in prefixes]

    def _find(self, prefix: str) -> Iterator[tuple[int, int]]:
        """The places of the records whose id begins with ``prefix``."""
        try:
            number = id_number(prefix)
        except ValueError:
            return
        bits = 5 * min(len(prefix), ID_LENGTH)
        for segment_number, segment in enumerate(self._segments):
            column = segment.column("_id").astype(np.uint32, copy=False)
            if bits <= _ID_BITS:
                matching = column >> np.uint32(_ID_BITS - bits) == number
            else:
                matching = column == number >> (bits - _ID_BITS)
            if segment.deleted is not None:
                matching &= ~segment.deleted
            for doc in np.flatnonzero(matching).tolist():
                if bits <= _ID_BITS or self.handles([(segment_number, doc)])[0].id.startswith(prefix):
                    yield segment_number, doc

    def _around(self, segment: int, doc: int, before: int, after: int) -> list[tuple[int, int]]:
        """The places of a record and of its neighbours."""
        columns = self._segments[segment]
        firsts, document = columns.firsts, int(columns.document_of(np.array([doc]))[0])
        end = int(firsts[document + 1]) if document + 1 < len(firsts) else columns.doc_count
        first = max(int(firsts[document]), doc - before)
        return [(segment, number) for number in range(first, min(doc + 1 + after, end))]

    def documents(self) -> Iterator[DocumentState]:
        """Every document of the index."""
        for table in self._order.tables:
            yield from table.states()

    def close(self) -> None:  # noqa: B027 - and nothing to be done by others
        """Release the files."""
        # Results, and other threads, may still read: files are unmapped with the last who does.


def _by_segment(places: Sequence[tuple[int, int]]) -> Iterator[tuple[int, list[int]]]:
    """The docs of each segment, in order."""
    for segment in dict.fromkeys([segment for segment, _ in places]):
        yield segment, [doc for of, doc in places if of == segment]


def _place(handle: Handle) -> tuple[int, int]:
    assert isinstance(handle, WhooshHandle)
    return handle.segment, handle.doc
