"""Ranking again: the first hits of a question, by what the engine says of their words and `letters` of their texts.

The engine is asked for the first `AGAIN` hits, or for as many as a page needs; these are put in another order, and a
page is cut from them. So pages are parts of one order, and what comes behind the first `AGAIN` is in the engine's. A
cursor *within* them is ours, and says how many hits came before.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Final

from searchlib.engine.answers import Answer, Ranked
from searchlib.engine.cursors import no_cursor
from searchlib.query.nodes import Optional, Or

if TYPE_CHECKING:
    from searchlib.engine.readers import Reader
    from searchlib.engine.requests import Request

WITHIN: Final = b"within:"
"""What a cursor within the first hits begins with, where an engine's has its own."""
AGAIN: Final = 30
"""Hits that are ranked again."""
LEAST: Final = 4
"""Words of a question."""


def may_rank_again(request: Request) -> bool:
    """Whether a request is for a page of a question's first hits."""
    ranked = request.query.optional if isinstance(request.query, Optional) else request.query
    begins = request.by_score and request.after is None and request.limit != 0 and request.offset < AGAIN
    return begins and isinstance(ranked, Or) and len(ranked.nodes) >= LEAST and request.ranking.letters > 0


def ranked_again(reader: Reader, request: Request) -> Answer:
    """The answer to a request that `may_rank_again`."""
    from searchlib.search.letters import asked, similarities

    typed = asked(request.query)
    if len(typed) < LEAST:
        return reader.search(request)
    end = None if request.limit is None else request.offset + request.limit
    found = reader.search(replace(request, offset=0, limit=None if end is None else max(AGAIN, end)))
    first = found.hits[:AGAIN]
    records = reader.records([hit.handle for hit in first])
    weight = request.ranking.letters
    given = [weight * one for one in similarities(typed, records, reader)]
    again = [
        Ranked(hit.handle, hit.score + letters, record, letters)
        for hit, record, letters in zip(first, records, given, strict=True)
    ]
    again.sort(key=lambda hit: -hit.score)  # stable: equal scores stay in the order of the engine
    hits = (*again, *found.hits[AGAIN:])
    is_within = end is not None and end < AGAIN
    resume = partial(_place, end if end is not None and end < len(hits) else None) if is_within else found._resume
    return replace(found, hits=hits[request.offset : end], offset=request.offset, _resume=resume)


def place_within(cursor: bytes) -> int:
    """How many hits came before a cursor within the first ones. Raises SettingsError for what is none."""
    number = cursor.removeprefix(WITHIN)
    if not number.isdigit() or len(number) > 2:
        raise no_cursor()
    return int(number)


def _place(end: int | None) -> bytes | None:
    return None if end is None else WITHIN + str(end).encode()
