"""From the arguments of a search to its results.

A `Search` is one query with its `searchlib.request.Request` on one generation of an index: it is what
`searchlib.hits.Results` reads hits, counts and facets from, when they are looked at.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from searchlib.arguments import several, text
from searchlib.citing import NEIGHBOURS
from searchlib.deadline import Deadline
from searchlib.errors import ParagraphNotFound, QueryError, QueryTimeout, SettingsError
from searchlib.hits import Hit, Results, Stream
from searchlib.lazily import cached_property
from searchlib.limits import LIMITS, Limits
from searchlib.records import ID_LENGTH

if TYPE_CHECKING:
    from searchlib.engine import Facet, Place, Reader, SortKey, Tally
    from searchlib.highlight import Highlighter
    from searchlib.query import Node, QueryWarning
    from searchlib.query.synonyms import Synonyms
    from searchlib.records import Ranked, Record
    from searchlib.request import Request


class Search:
    """A query on one generation of an index, answered."""

    def __init__(
        self, reader: Reader, given: Any, parsed: Parsed, filter: Within, request: Request, deadline: Deadline
    ) -> None:
        self._reader = reader
        self._given = given
        self._request = request
        self._deadline = deadline
        self._query, self._filter = parsed.query, filter.query
        self._facets: dict[str, tuple[str, int | None]] = {}
        self._place: Place | None = None
        self.warnings = [*parsed.warnings, *filter.warnings]
        self._sort = self._named() if request.facets or request.sort else ()
        self._ranked = self._ask()

    def _named(self) -> tuple[SortKey, ...]:
        from searchlib.filtering import Names

        names = Names(self._reader.fields, self._request.strict)
        self._facets = self._request.facet_sizes(names)
        keys = self._request.sort_keys(names)
        self.warnings += names.warnings
        return keys

    def _ask(self) -> list[Ranked]:
        reader, request = self._reader, self._request
        if request.plain:
            return reader.search(self._query, request.limit, request.offset, self._filter)
        if request.after is not None:
            from searchlib.cursors import decode
            from searchlib.engine import SortKey

            by_score = self._sort in ((), (SortKey("relevance"),))
            sorts = 0 if by_score else len(self._sort)
            self._place = decode(request.after, request.question(self._given), sorts)
        return reader.search(
            self._query,
            request.limit,
            request.offset,
            self._filter,
            sort=self._sort,
            per_document=request.per_document,
            after=self._place,
        )

    def __len__(self) -> int:
        return len(self._ranked)

    @property
    def text(self) -> str:
        """The query, as it was given or in words."""
        return self._given if isinstance(self._given, str) else str(self._given)

    @property
    def offset(self) -> int:
        """How many hits come before the first."""
        return self._place.depth if self._place is not None else self._request.offset

    def hit(self, number: int) -> Hit:
        """One of the hits, counted from 0."""
        with self._deadline.running():
            found, rank = self._ranked[number], self.offset + number + 1
            return make_hit(self._reader, self._highlighter, found, rank, self._deadline)

    @cached_property
    def _highlighter(self) -> Highlighter:
        from searchlib.highlight import Highlighter

        return Highlighter(self._query)

    @cached_property
    def total(self) -> int:
        """How many paragraphs match."""
        if self._counted_on_the_way:
            return self._request.offset + len(self._ranked)
        if "tally" in self.__dict__:
            return self.tally.total
        with self._deadline.running():
            return self._reader.count(self._query, self._filter)

    @property
    def _counted_on_the_way(self) -> bool:
        """Whether there were fewer hits than were asked for: then these are all."""
        request, found = self._request, len(self._ranked)
        if request.per_document is not None or request.after is not None:
            return False
        return found < request.limit and bool(found or not request.offset)

    @property
    def documents(self) -> int:
        """How many documents they are of."""
        return self.tally.documents

    @property
    def facets(self) -> Mapping[str, Facet]:
        """The facets that were asked for."""
        return self.tally.facets if self._facets else {}

    @cached_property
    def tally(self) -> Tally:
        """Documents and facets, in one go."""
        from searchlib.engine import Tally

        sizes: dict[str, int | None] = {}
        for field, size in self._facets.values():  # by several names, it is counted once
            known = sizes.get(field, 0)
            sizes[field] = None if size is None or known is None else max(size, known)
        with self._deadline.running():
            found = self._reader.tally(self._query, self._filter, sizes)
        facets = {name: found.facets[field].first(size) for name, (field, size) in self._facets.items()}
        return Tally(found.total, found.documents, facets)

    @cached_property
    def cursor(self) -> str | None:
        """Where the next page begins; None if there is none."""
        from searchlib.cursors import NEAREST, encode
        from searchlib.engine import Place

        ranked = self._ranked
        if not ranked or len(ranked) < self._request.limit:
            return None
        nearest = [self._reader.record(one.handle) for one in reversed(ranked[-NEAREST:])]
        last, record = ranked[-1], nearest[0]
        ids = tuple(one.id for one in nearest)
        depth = self.offset + len(ranked)
        place = Place(depth, last.score, last.keys, record.document.path, record.paragraph.number, ids)
        return encode(place, self._request.question(self._given))

    @cached_property
    def suggestion(self) -> str | None:
        """What the query may have been meant to be; None if nothing better is known, or it is no text."""
        if not isinstance(self._given, str):
            return None
        from searchlib.spelling import suggest

        parser = Parser(self._reader, limits=self._request.limits)
        with self._deadline.running():
            return suggest(
                self._given,
                self._query,
                self._reader,
                lambda text: parser.query(text).query,
                lambda number: len(self) < number and self.total < number,
                self._filter,
            )


@dataclass(frozen=True, slots=True)
class Parsed:
    """A query tree, and the mistakes in the text that it was made of."""

    query: Node
    warnings: tuple[QueryWarning, ...] = ()


@dataclass(frozen=True, slots=True)
class Within:
    """The query tree of a filter, None if there is none, and the mistakes in its texts."""

    query: Node | None
    warnings: tuple[QueryWarning, ...] = ()


def search(reader: Reader, query: Any, request: Request, deadline: Deadline | None = None) -> Results:
    """The results of one query. ``deadline`` is that of a search which has begun already."""
    began = time.perf_counter()
    deadline = deadline or Deadline(request.limits.timeout)
    with deadline.running():
        parser = Parser(reader, request.strict, request.synonyms, request.limits)
        return _answer(reader, query, parser.query(query), parser.filter(request.filter), request, began, deadline)


def search_many(reader: Reader, queries: Iterable[Any], request: Request) -> list[Results]:
    """The results of each of several queries. What they have in common is done once; an error says in which it is."""
    if isinstance(queries, str):
        raise SettingsError("search_many takes a list of queries: for a single one there is search")
    asked = several("queries", queries, "a list of queries")
    parser = Parser(reader, request.strict, request.synonyms, request.limits)
    with Deadline(request.limits.timeout).running():
        filter = parser.filter(request.filter)
    found = []
    for number, query in enumerate(asked, 1):
        began = time.perf_counter()
        deadline = Deadline(request.limits.timeout)
        try:
            with deadline.running():
                found.append(_answer(reader, query, parser.query(query), filter, request, began, deadline))
        except QueryError as error:
            message = f"Query {number} of {len(asked)}: {error.message}"
            raise QueryError(message, error.source, error.position, error.advice) from error
        except SettingsError as error:
            raise SettingsError(f"Query {number} of {len(asked)}: {error}") from error
        except QueryTimeout as error:
            raise QueryTimeout(f"Query {number} of {len(asked)}: {error}", error.seconds) from error
    return found


def stream(
    reader: Reader,
    query: Any,
    filter: Any = None,
    strict: bool = False,
    synonyms: Synonyms | None = None,
    limits: Limits = LIMITS,
) -> Stream:
    """All hits, in the order of the index."""
    deadline = Deadline(limits.timeout)
    with deadline.running():
        parser = Parser(reader, strict, synonyms, limits)
        parsed, within = parser.query(query), parser.filter(filter)
        costly = expanded(reader, query, parsed, strict) if isinstance(query, str) else ()
        from searchlib.highlight import Highlighter

        highlighter = Highlighter(parsed.query)
    everything = enumerate(reader.stream(parsed.query, within.query), 1)
    hits = (make_hit(reader, highlighter, found, rank, deadline, record) for rank, (found, record) in everything)
    return Stream(_timed(hits, deadline), (*parsed.warnings, *within.warnings, *costly))


def _timed(hits: Iterator[Hit], deadline: Deadline) -> Iterator[Hit]:
    """The hits, each made on time; what the caller does between them is not."""
    while True:
        with deadline.running():
            hit = next(hits, None)
        if hit is None:
            return
        yield hit


def _answer(
    reader: Reader, given: Any, parsed: Parsed, filter: Within, request: Request, began: float, deadline: Deadline
) -> Results:
    found = Search(reader, given, parsed, filter, request, deadline)
    costly = expanded(reader, given, parsed, request.strict) if isinstance(given, str) else ()
    return Results(found, time.perf_counter() - began, (*found.warnings, *costly))


def expanded(reader: Reader, text: str, parsed: Parsed, strict: bool) -> Sequence[QueryWarning]:
    """A warning for each part of a query that stands for very many words. Raises QueryError if strict."""
    leaves = reader.costly(parsed.query)
    if not leaves:
        return ()
    from searchlib.query.mistakes import too_many_words

    warnings = too_many_words(text, (leaf.at for leaf in leaves if leaf.at is not None))
    if strict:
        raise warnings[0].as_error()
    return warnings


class Parser:
    """Makes query trees of what is given; the same text is parsed once."""

    def __init__(
        self, reader: Reader, strict: bool = False, synonyms: Synonyms | None = None, limits: Limits = LIMITS
    ) -> None:
        self._reader = reader
        self._limits = limits
        self._strict = strict
        self._synonyms = synonyms
        self._parsed: dict[str, Parsed] = {}

    def query(self, given: Any) -> Parsed:
        """The query of a text or tree. Raises SettingsError for what is neither, QueryError if strict."""
        if not isinstance(given, str):
            tree = self.tree(given)
            if tree is None:
                raise SettingsError(f"a query is a text or a query tree, not {type(given).__name__}")
            return Parsed(tree)
        if given not in self._parsed:
            from searchlib.query import parse

            reader = self._reader
            found = parse(
                given,
                reader.fields,
                reader.languages,
                strict=self._strict,
                synonyms=self._synonyms,
                limits=self._limits,
            )
            self._parsed[given] = Parsed(found.query, found.warnings)
        return self._parsed[given]

    def tree(self, given: Any) -> Node | None:
        """The nodes of a tree: searchlib's own, or Whoosh's, translated. None for what is neither."""
        from searchlib.query import Node
        from searchlib.query.cost import check_clauses

        if not isinstance(given, Node):
            if not hasattr(given, "normalize"):
                return None
            from searchlib.engines.whoosh.translation import translated

            given = translated(given, self._reader.languages, lambda node: bool(self._reader.search(node, 1)))
        check_clauses(given, self._limits)
        return cast("Node", given)

    def filter(self, given: Any) -> Within:
        """The query of a filter, with the warnings of all texts in it."""
        if given is None:
            return Within(None)
        from searchlib.filtering import Names, build_filter

        names = Names(self._reader.fields, self._strict)
        warnings: list[QueryWarning] = []

        def made(one: Any) -> Node | None:
            if not isinstance(one, str):
                return self.tree(one)
            parsed = self.query(one)
            warnings.extend(parsed.warnings)
            return parsed.query

        query = build_filter(given, names, made)
        return Within(query, (*warnings, *names.warnings))


def make_hit(
    reader: Reader,
    highlighter: Highlighter,
    found: Ranked,
    rank: int,
    deadline: Deadline,
    record: Record | None = None,
) -> Hit:
    """The hit of a record that was found; ``record`` is it, if it was read already."""
    handle = found.handle
    record = reader.record(handle) if record is None else record

    def neighbours() -> Sequence[Record]:
        return [reader.record(one) for one in reader.around(handle, NEIGHBOURS, NEIGHBOURS)]

    def explain() -> Any:
        with deadline.running():
            return reader.explain(highlighter.query, handle)

    return Hit(rank, found.score, record, highlighter.highlights(record), explain, neighbours)


def handle_of(reader: Reader, id: str) -> int:
    """The handle of the record whose id is, or alone begins with, ``id``. Raises ParagraphNotFound."""
    wanted = text("id", id, "the id of a paragraph, as text").strip().lower()
    if not wanted or len(wanted) > ID_LENGTH:
        raise ParagraphNotFound(f"{id!r} is no paragraph id: these have up to {ID_LENGTH} characters", id)
    found = reader.find(wanted)
    if not found:
        raise ParagraphNotFound(f"no paragraph has the id {id}: searchlib query prints the ids there are", id)
    if len(found) > 1:
        raise ParagraphNotFound(f"several paragraphs have ids that begin with {id}: give more of it", id)
    return found[0]
