"""Ranking again: what the texts of the first hits say of their order, where the engine knew words alone.

* Those of a *question*, several words side by side, are ranked by what the engine says of their words and `letters` of
  their texts.
* Those of fewer words that have equal scores come by `nearness`: ``hot dog`` before ``dog hot``.

The engine is asked for the first `AGAIN` hits, or for as many as a page needs; these are put in another order, and a
page is cut from them. So pages are parts of one order, and what comes behind the first `AGAIN` is in the engine's. A
cursor *within* them is ours, and says how many hits came before.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from itertools import groupby, pairwise
from typing import TYPE_CHECKING, Final

from searchlib.engine.answers import Answer, Ranked
from searchlib.engine.cursors import no_cursor
from searchlib.query.nodes import Optional, Or

if TYPE_CHECKING:
    from collections.abc import Sequence

    from searchlib.engine.readers import Reader
    from searchlib.engine.requests import Request

WITHIN: Final = b"within:"
"""What a cursor within the first hits begins with, where an engine's has its own."""
AGAIN: Final = 30
"""Hits that are ranked again."""
LEAST: Final = 4
"""Words of a question."""


def ranked(reader: Reader, request: Request) -> Answer:
    """The answer to a request, its first hits ranked again if it asks for words side by side, by score."""
    query = request.query.optional if isinstance(request.query, Optional) else request.query
    begins = request.by_score and request.after is None and request.limit != 0 and request.offset < AGAIN
    if not begins or not isinstance(query, Or) or len(query.nodes) < 2:
        return reader.search(request)
    if len(query.nodes) >= LEAST and request.ranking.letters > 0:
        from searchlib.search.letters import asked

        typed = asked(query)
        if len(typed) >= LEAST:
            found = _first(reader, request, AGAIN)
            return _page(found, _by_letters(reader, request, typed, found.hits[:AGAIN]), request)
    end = _end(request)
    is_within = end is not None and end < AGAIN
    found = _first(reader, request, end + 1 if end is not None and is_within else 0)
    if not _has_ties(found.hits[:AGAIN]):
        page = _page(found, (), request)
        return replace(page, _resume=partial(_cursor, reader, request)) if is_within else page
    if is_within:
        found = _first(reader, request, AGAIN)
    return _page(found, _by_nearness(reader, query, found.hits[:AGAIN]), request)


def _end(request: Request) -> int | None:
    return None if request.limit is None else request.offset + request.limit


def _first(reader: Reader, request: Request, least: int) -> Answer:
    """The answer from the first hit on, with so many of them."""
    end = _end(request)
    return reader.search(replace(request, offset=0, limit=None if end is None else max(least, end)))


def _page(found: Answer, first: Sequence[Ranked], request: Request) -> Answer:
    """What was asked for of an answer whose first hits were ranked again."""
    end = _end(request)
    hits = (*first, *found.hits[len(first) :])
    resume = found._resume if end is None or end >= len(hits) else partial(_place, end)
    return replace(found, hits=hits[request.offset : end], offset=request.offset, _resume=resume)


def _by_letters(reader: Reader, request: Request, typed: dict[str, float], hits: Sequence[Ranked]) -> list[Ranked]:
    from searchlib.search.letters import similarities

    records = reader.records([hit.handle for hit in hits])
    given = [request.ranking.letters * one for one in similarities(typed, records, reader)]
    again = [
        Ranked(hit.handle, hit.score + letters, record, letters)
        for hit, record, letters in zip(hits, records, given, strict=True)
    ]
    return sorted(again, key=lambda hit: -hit.score)  # stable: equal scores stay in the order of the engine


def _has_ties(hits: Sequence[Ranked]) -> bool:
    return any(one.score == other.score for one, other in pairwise(hits))


def _by_nearness(reader: Reader, query: Or, hits: Sequence[Ranked]) -> list[Ranked]:
    from searchlib.search.nearness import nearness

    again: list[Ranked] = []
    for _, group in groupby(hits, key=lambda hit: hit.score):
        tied = list(group)
        if len(tied) > 1:
            records = reader.records([hit.handle for hit in tied])
            tied = [hit._replace(record=record) for hit, record in zip(tied, records, strict=True)]
            near = nearness(query, records)
            tied = [tied[place] for place in sorted(range(len(tied)), key=lambda place: -near[place])]
        again += tied
    return again


def place_within(cursor: bytes) -> int:
    """How many hits came before a cursor within the first ones. Raises SettingsError for what is none."""
    number = cursor.removeprefix(WITHIN)
    if not number.isdigit() or len(number) > 2:
        raise no_cursor()
    return int(number)


def _cursor(reader: Reader, request: Request) -> bytes | None:
    """The engine's own, which it makes anew, as the answer had a hit more than the page."""
    return reader.search(request).cursor


def _place(end: int) -> bytes:
    return WITHIN + str(end).encode()
