"""From the arguments of a search to its results.

A `Search` is one query with its `searchlib.search.wanted.Wanted` on one generation of an index: it is what
`searchlib.search.hits.Results` reads hits, counts and facets from, when they are looked at.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from itertools import count
from typing import TYPE_CHECKING, Any, TypeVar

from searchlib.citing import NEIGHBOURS
from searchlib.concurrency.lazily import Lazy, cached_property
from searchlib.engine.answers import AT_ONCE
from searchlib.engine.readers import OfSeveral
from searchlib.engine.requests import Request
from searchlib.frozen import frozen
from searchlib.guards.deadline import Deadline
from searchlib.guards.limits import LIMITS, Limits
from searchlib.model.ranking import BM25F, DEFAULT_RANKING
from searchlib.search.again import WITHIN, explained, place_within, ranked
from searchlib.search.hits import Hit, Results, Stream
from searchlib.search.interpreting import Interpretation, Interpreter, Within

if TYPE_CHECKING:
    from searchlib.engine.answers import Answer, Facet, Handle, Ranked
    from searchlib.engine.explaining import Explanation
    from searchlib.engine.readers import Reader
    from searchlib.engine.requests import SortKey
    from searchlib.highlight import Highlighter, Highlights
    from searchlib.model.records import Record
    from searchlib.query import Node, QueryWarning
    from searchlib.query.synonyms import Synonyms
    from searchlib.search.wanted import Wanted

_Read = TypeVar("_Read")


@frozen
class Question:
    """What the engine is asked, in one go; the field, and the number of values, of each facet by its name."""

    request: Request
    facets: Mapping[str, tuple[str, int | None]]
    warnings: tuple[QueryWarning, ...]


class Search:
    """A query on one generation of an index, answered; ``ask`` makes its question, if that has to be known."""

    def __init__(
        self,
        reader: Reader,
        given: Any,
        ask: Callable[[], Question],
        answer: Answer,
        wanted: Wanted,
        deadline: Deadline,
    ) -> None:
        self._reader = reader
        self._given = given
        self._wanted = wanted
        self._deadline = deadline
        self._question = Lazy(ask)
        self._answer = answer
        self._first = answer.offset + 1
        self._records: dict[int, Record] = {}
        self._contexts: dict[int, list[Record]] = {}
        self._highlights: dict[int, Highlights] = {}
        self._copies: dict[int, tuple[Record, ...]] = {}

    @property
    def _request(self) -> Request:
        return self._question().request

    def __len__(self) -> int:
        return len(self._answer.hits)

    @property
    def text(self) -> str:
        """The query, as it was given or in words."""
        return self._given if isinstance(self._given, str) else str(self._given)

    @property
    def offset(self) -> int:
        """How many hits come before the first."""
        return self._answer.offset

    def some(self, start: int, stop: int) -> list[Hit]:
        """The hits from one number, counted from 0, to another."""
        found = enumerate(self._answer.hits[start:stop], self._first + start)
        return [Hit(rank, one.score, one.handle.id, self) for rank, one in found]

    # Of a hit, by its rank

    def record(self, rank: int) -> Record:
        """The record; read with those around it."""
        found = self._records.get(rank) or self._answer.hits[rank - self._first].record
        return self._read(rank, self._records, self._reader.records) if found is None else found

    def neighbours(self, rank: int) -> list[Record]:
        """The record with its neighbours."""
        found = self._contexts.get(rank)
        return self._read(rank, self._contexts, partial(_contexts, self._reader)) if found is None else found

    def highlights(self, rank: int) -> Highlights:
        """What of the record matched."""
        found = self._highlights.get(rank)
        if found is None:
            found = self._highlights[rank] = _highlights(self._highlighter, self.record(rank), self._deadline)
        return found

    def explain(self, rank: int) -> Explanation | None:
        """Where the score came from."""
        asked, found = self._request, self._answer.hits[rank - self._first]
        return _explain(self._reader, asked.query, found, self._deadline, asked.ranking)

    def copies(self, rank: int) -> tuple[Record, ...]:
        """The others that say the same and match too, for which it stands."""
        if not self._wanted.distinct:
            return ()
        found = self._copies.get(rank)
        if found is None:
            from searchlib.search.similarity import copies

            with self._deadline.running():
                found = copies(self._reader, self.record(rank), self._request.query, self._request.filter)
            self._copies[rank] = found
        return found

    def index(self, rank: int) -> str:
        """Where its index is, of several; "" where there is one."""
        return _index_of(self._reader, self._answer.hits[rank - self._first].handle)

    def _read(self, rank: int, known: dict[int, _Read], read: Callable[[list[Handle]], list[_Read]]) -> _Read:
        """What is read of a hit, and of those around it."""
        start = (rank - self._first) // AT_ONCE * AT_ONCE
        hits = self._answer.hits[start : start + AT_ONCE]
        with self._deadline.running():
            known |= zip(count(self._first + start), read([hit.handle for hit in hits]))
        return known[rank]

    @cached_property
    def _highlighter(self) -> Highlighter:
        from searchlib.highlight import Highlighter

        return Highlighter(self._request.query)

    @cached_property
    def total(self) -> int:
        """How many paragraphs match."""
        known = self._answer.total
        if known is None:
            known = (self._counted if "_counted" in self.__dict__ else self._count(total=True)).total
        assert known is not None
        return known

    @property
    def documents(self) -> int:
        """How many documents they are of."""
        known = self._answer.documents if self._answer.documents is not None else self._counted.documents
        assert known is not None
        return known

    @cached_property
    def _counted(self) -> Answer:
        """Paragraphs and documents, in one go."""
        return self._count(total=True, documents=True)

    def _count(self, *, total: bool, documents: bool = False) -> Answer:
        with self._deadline.running():
            asked = self._request
            return self._reader.search(Request(asked.query, asked.filter, limit=0, total=total, documents=documents))

    @cached_property
    def facets(self) -> Mapping[str, Facet]:
        """The facets that were asked for."""
        found = self._answer.facets
        return {name: found[field].first(size) for name, (field, size) in self._question().facets.items()}

    @cached_property
    def cursor(self) -> str | None:
        """Where the next page begins; None if there is none."""
        from searchlib.engine.cursors import seal

        place = self._answer.cursor
        return None if place is None else seal(place, self._wanted.question(self._given))

    @cached_property
    def suggestion(self) -> str | None:
        """What the query may have been meant to be; None if nothing better is known, or it is no text."""
        if not isinstance(self._given, str):
            return None
        from searchlib.spelling import suggest

        parser = Interpreter(self._reader, limits=self._wanted.limits, ranking=self._wanted.ranking)
        with self._deadline.running():
            return suggest(
                self._given,
                self._request.query,
                self._reader,
                lambda text: parser.query(text).query,
                lambda number: len(self) < number and self.total < number,
                self._request.filter,
                variants=not self._wanted.names,  # which are found then
            )


class StreamedHit:
    """What a hit of a stream is read from."""

    def __init__(self, reader: Reader, highlighter: Highlighter, deadline: Deadline, found: Ranked) -> None:
        self._reader = reader
        self._highlighter = highlighter
        self._deadline = deadline
        self._found = found
        self._record = found.record or reader.records([found.handle])[0]

    def record(self, _: int) -> Record:
        """The record."""
        return self._record

    def neighbours(self, _: int) -> list[Record]:
        """The record with its neighbours."""
        return self._neighbours

    def highlights(self, _: int) -> Highlights:
        """What of the record matched."""
        return self._highlights

    def copies(self, _: int) -> tuple[Record, ...]:
        """None: a stream has them all."""
        return ()

    def index(self, _: int) -> str:
        """Where its index is, of several; "" where there is one."""
        return _index_of(self._reader, self._found.handle)

    @cached_property
    def _neighbours(self) -> list[Record]:
        return _contexts(self._reader, [self._found.handle])[0]

    @cached_property
    def _highlights(self) -> Highlights:
        return _highlights(self._highlighter, self._record, self._deadline)

    def explain(self, _: int) -> Explanation | None:
        """Where the score came from."""
        return _explain(self._reader, self._highlighter.query, self._found, self._deadline)


def search(reader: Reader, query: Any, wanted: Wanted, deadline: Deadline | None = None) -> Results:
    """The results of one query. ``deadline`` is that of a search which has begun already."""
    began = time.perf_counter()
    deadline = deadline or Deadline(wanted.limits.timeout)
    with deadline.running():
        parser = Interpreter(reader, wanted.strict, wanted.synonyms, wanted.limits, wanted.ranking, wanted.names)
        parsed, filter = parser.query(query), parser.filter(wanted.filter)
        question = question_of(reader, query, parsed, filter, wanted)
        answer, warnings = answered(reader, query, question, wanted)
        found = Search(reader, query, lambda: question, answer, wanted, deadline)
        return Results(found, time.perf_counter() - began, warnings)


def question_of(reader: Reader, given: Any, parsed: Interpretation, filter: Within, wanted: Wanted) -> Question:
    """What to ask for a query. Raises SettingsError for names that cannot be, or a cursor of another search."""
    sort: tuple[SortKey, ...] = ()
    facets: dict[str, tuple[str, int | None]] = {}
    warnings = (*parsed.warnings, *filter.warnings)
    if wanted.facets or wanted.sort:
        from searchlib.search.filtering import Names

        names = Names(reader.fields, wanted.strict)
        facets, sort = wanted.facet_sizes(names), wanted.sort_keys(names)
        warnings = (*warnings, *names.warnings)
    after = None
    if wanted.after is not None:
        from searchlib.engine.cursors import unseal

        after = unseal(wanted.after, wanted.question(given))
    sizes: dict[str, int | None] = {}
    for field, size in facets.values():  # by several names, it is counted once
        known = sizes.get(field, 0)
        sizes[field] = None if size is None or known is None else max(size, known)
    per_document, offset, limit = wanted.per_document, wanted.offset, wanted.limit
    if after is not None and after.startswith(WITHIN):
        offset, after = place_within(after), None
    request = Request(
        *(parsed.query, filter.query, sort, per_document, after, offset, limit),
        facets=sizes,
        ranking=wanted.ranking,
        distinct=wanted.distinct,
    )
    return Question(request, facets, warnings)


def answered(reader: Reader, given: Any, question: Question, wanted: Wanted) -> tuple[Answer, tuple[QueryWarning, ...]]:
    """The answer of the engine, and all warnings."""
    if not isinstance(given, str):
        return reader.search(question.request), question.warnings
    answer, warnings = ranked(reader, question.request), question.warnings
    if answer.costly:
        warnings = (*warnings, *expanded(given, answer, wanted.strict))
    if "-" in given:
        from searchlib.query.mistakes import left_out

        warnings = (*warnings, *left_out(given, question.request.query, bool(answer.hits)))
    if wanted.names:
        from searchlib.query.byname import found_by_name

        warnings = (*warnings, *found_by_name(given, question.request.query))
    return answer, warnings


def stream(
    reader: Reader,
    query: Any,
    filter: Any = None,
    strict: bool = False,
    synonyms: Synonyms | None = None,
    limits: Limits = LIMITS,
    names: bool = False,
) -> Stream:
    """All hits, in the order of the index."""
    deadline = Deadline(limits.timeout)
    with deadline.running():
        parser = Interpreter(reader, strict, synonyms, limits, names=names)
        parsed, within = parser.query(query), parser.filter(filter)
        noted: Sequence[QueryWarning] = ()
        if isinstance(query, str):
            noted = expanded(query, reader.search(Request(parsed.query, limit=0)), strict)
            if names:
                from searchlib.query.byname import found_by_name

                noted = (*noted, *found_by_name(query, parsed.query))
        from searchlib.highlight import Highlighter

        highlighter = Highlighter(parsed.query)
    hits = _streamed(reader, highlighter, within.query, deadline)
    return Stream(_timed(hits, deadline), (*parsed.warnings, *within.warnings, *noted))


def _streamed(reader: Reader, highlighter: Highlighter, filter: Node | None, deadline: Deadline) -> Iterator[Hit]:
    for rank, found in enumerate(reader.stream(highlighter.query, filter), 1):
        yield Hit(rank, found.score, found.handle.id, StreamedHit(reader, highlighter, deadline, found))


def _explain(
    reader: Reader, query: Node, found: Ranked, deadline: Deadline, ranking: BM25F = DEFAULT_RANKING
) -> Explanation | None:
    with deadline.running():
        explanation = reader.explain(query, [found.handle], ranking)[0]
    return None if explanation is None else explained(explanation, found)


def _highlights(highlighter: Highlighter, record: Record, deadline: Deadline) -> Highlights:
    with deadline.running():
        return highlighter.highlights(record)


def _index_of(reader: Reader, handle: Handle) -> str:
    return str(reader.location_of(handle)) if isinstance(reader, OfSeveral) else ""


def _contexts(reader: Reader, handles: Sequence[Handle]) -> list[list[Record]]:
    return reader.contexts(handles, NEIGHBOURS, NEIGHBOURS)


def _timed(hits: Iterator[Hit], deadline: Deadline) -> Iterator[Hit]:
    """The hits, each made on time; what the caller does between them is not."""
    while True:
        with deadline.running():
            hit = next(hits, None)
        if hit is None:
            return
        yield hit


def expanded(text: str, answer: Answer, strict: bool) -> Sequence[QueryWarning]:
    """A warning for each part of a query that stands for very many words. Raises QueryError if strict."""
    if not answer.costly:
        return ()
    from searchlib.query.mistakes import too_many_words

    warnings = too_many_words(text, (leaf.at for leaf in answer.costly if leaf.at is not None))
    if strict:
        raise warnings[0].as_error()
    return warnings
