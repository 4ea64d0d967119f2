"""Many queries at once: one after another, or shared out among processes.

A process is forked: it has the generation that is open here, and what was decoded of it. It sends back its *answers*,
which name records by handles; what else is asked of results is asked here, as of those of any search.
"""

from __future__ import annotations

import copyreg
import io
import pickle
import time
from collections.abc import Iterable, Sequence
from contextvars import ContextVar
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

from searchlib.concurrency.forked import can_fork, forked
from searchlib.errors import QueryError, QueryTimeout, SearchlibError, SettingsError
from searchlib.guards.arguments import several, whole
from searchlib.guards.deadline import Deadline
from searchlib.search.hits import Results
from searchlib.search.interpreting import Interpreter
from searchlib.search.searching import Question, Search, answered, question_of

if TYPE_CHECKING:
    from searchlib.engine.answers import Answer
    from searchlib.engine.readers import Reader
    from searchlib.query import QueryWarning
    from searchlib.search.wanted import Wanted


class _Asked(NamedTuple):
    """What a query was answered, by when it was asked: whether here or elsewhere."""

    answer: Answer
    warnings: tuple[QueryWarning, ...]
    took: float


_Errors = dict[int, SearchlibError]


class Asking:
    """Several queries on one generation of an index."""

    def __init__(self, reader: Reader, queries: Sequence[Any], wanted: Wanted) -> None:
        self._reader = reader
        self._queries = queries
        self._wanted = wanted
        self._parser = Interpreter(reader, wanted.strict, wanted.synonyms, wanted.limits, wanted.ranking, wanted.names)
        with Deadline(wanted.limits.timeout).running():
            self._filter = self._parser.filter(wanted.filter)

    def question(self, number: int) -> Question:
        """What to ask for one of the queries, counted from 0."""
        query = self._queries[number]
        return question_of(self._reader, query, self._parser.query(query), self._filter, self._wanted)

    def found(self, share: Sequence[int]) -> tuple[list[_Asked], _Errors]:
        """The answers to some of the queries, up to the first that has none."""
        found: list[_Asked] = []
        for number in share:
            began = time.perf_counter()
            try:
                with Deadline(self._wanted.limits.timeout).running():
                    asked = answered(self._reader, self._queries[number], self.question(number), self._wanted)
            except (QueryError, SettingsError, QueryTimeout) as error:
                return found, {number: error}
            found.append(_Asked(*asked, time.perf_counter() - began))
        return found, {}

    def packed(self, share: Sequence[int]) -> bytes:
        """The same as bytes: readers in it are left out."""
        return _packed(self.found(share), self._reader)

    def unpacked(self, data: bytes) -> tuple[list[_Asked], _Errors]:
        """What another process packed, with the reader that is open here."""
        found: tuple[list[_Asked], _Errors] = _unpacked(data, self._reader)
        return found

    def results(self, number: int, found: _Asked) -> Results:
        """The results of one of the queries."""
        wanted = self._wanted
        ask = partial(self.question, number)
        made = Search(self._reader, self._queries[number], ask, found.answer, wanted, Deadline(wanted.limits.timeout))
        return Results(made, found.took, found.warnings)


def search_many(reader: Reader, queries: Iterable[Any], wanted: Wanted, processes: int = 1) -> list[Results]:
    """The results of each of several queries. What they have in common is done once; an error says in which it is."""
    if isinstance(queries, str):
        raise SettingsError("search_many takes a list of queries: for a single one there is search")
    given = several("queries", queries, "a list of queries")
    whole("processes", processes, 1)
    if processes > 1 and not can_fork():
        raise SettingsError("processes can be given where they can be forked, which is not so here: leave it out")
    asking = Asking(reader, given, wanted)
    count = max(min(processes, len(given)), 1)
    shares = [range(first, len(given), count) for first in range(count)]
    with forked([partial(asking.packed, share) for share in shares[1:]]) as answers:
        parts = [asking.found(shares[0])]
        parts += [asking.unpacked(data) for data in answers()]
    errors = {number: error for _, wrong in parts for number, error in wrong.items()}
    if errors:
        number = min(errors)  # the first, as if they had been asked one after another
        raise _numbered(errors[number], f"Query {number + 1} of {len(given)}: ") from errors[number]
    found = {
        number: one
        for share, (own, _) in zip(shares, parts, strict=True)
        for number, one in zip(share, own, strict=True)
    }
    return [asking.results(number, found[number]) for number in range(len(given))]


def _numbered(error: SearchlibError, which: str) -> SearchlibError:
    if isinstance(error, QueryError):
        return QueryError(which + error.message, error.source, error.position, error.advice)
    if isinstance(error, QueryTimeout):
        return QueryTimeout(f"{which}{error}", error.seconds)
    return SettingsError(f"{which}{error}")


def _packed(found: object, reader: Reader) -> bytes:
    """A pickle in which a word stands for the reader: who reads it has one of the same generation."""
    data = io.BytesIO()
    pickler = pickle.Pickler(data, pickle.HIGHEST_PROTOCOL)
    pickler.dispatch_table = {**copyreg.dispatch_table, type(reader): lambda _: (_reader_here, ())}
    pickler.dump(found)
    return data.getvalue()


def _unpacked(data: bytes, reader: Reader) -> Any:
    token = _here.set(reader)
    try:
        return pickle.loads(data)  # a child of this process wrote it
    finally:
        _here.reset(token)


_here: ContextVar[Reader] = ContextVar("reader")


def _reader_here() -> Reader:
    return _here.get()
