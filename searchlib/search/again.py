"""Ranking again: what the texts of the first hits say of their order, where the engine knew words alone.

* Those of a *question*, several words side by side, are ranked by what the engine says of their words, `letters` and
  `nearness` of their texts, and the other hits of their documents: so a page about a thing comes before one that names
  it once.
* Those of fewer words that have equal scores come by `nearness`: ``hot dog`` before ``dog hot``.

The engine is asked for the first `AGAIN` hits, or for as many as a page needs; these are put in another order, and a
page is cut from them. So pages are parts of one order, and what comes behind the first `AGAIN` is in the engine's. A
cursor *within* them is ours, and says how many hits came before.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache, partial
from itertools import groupby, pairwise
from typing import TYPE_CHECKING, Final, cast

from searchlib.engine.answers import Answer, Ranked
from searchlib.engine.cursors import no_cursor
from searchlib.engine.readers import TellsNearness
from searchlib.query.nodes import Optional, Or

if TYPE_CHECKING:
    from collections.abc import Sequence

    from searchlib.engine.explaining import Explanation
    from searchlib.engine.readers import Reader
    from searchlib.engine.requests import Request

WITHIN: Final = b"within:"
"""What a cursor within the first hits begins with, where an engine's has its own."""
AGAIN: Final = 30
"""Hits that are ranked again."""
LEAST: Final = 4
"""Words of a question."""
OTHERS: Final = 4
"""Other hits of a document that count for one of its hits."""
LETTERS: Final = "runs of letters in common with the question"
NEAR: Final = "words of the question near one another, in its order"
DOCUMENT: Final = "other paragraphs of the document that were found"


def ranked(reader: Reader, request: Request) -> Answer:
    """The answer to a request, its first hits ranked again if it asks for words side by side, by score."""
    query = request.query.optional if isinstance(request.query, Optional) else request.query
    begins = request.by_score and request.after is None and request.limit != 0 and request.offset < AGAIN
    if not begins or not isinstance(query, Or) or len(query.nodes) < 2:
        return reader.search(request)
    weights = request.ranking.letters, request.ranking.near, request.ranking.document
    if len(query.nodes) >= LEAST and any(weights):
        from searchlib.search.letters import asked

        typed = asked(query)
        if len(typed) >= LEAST:
            found = _first(reader, request, AGAIN)
            return _page(found, _of_question(reader, request, typed, found.hits[:AGAIN]), request)
    if _tells_nearness(type(reader)):
        from searchlib.search.nearness import typed_words

        found = cast(TellsNearness, reader).nearest_first(request, typed_words(query), AGAIN)
        return replace(found, _resume=partial(_cursor, reader, request))
    found = _first(reader, request, AGAIN)
    first = found.hits[:AGAIN]
    again = _by_nearness(reader, query, first, request) if _has_ties(first) else ()
    return replace(_page(found, again, request), _resume=partial(_cursor, reader, request))


@cache
def _tells_nearness(kind: type) -> bool:
    """`isinstance` of a protocol would take as long as all else here."""
    return issubclass(kind, TellsNearness)


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


def _of_question(reader: Reader, request: Request, typed: dict[str, float], hits: Sequence[Ranked]) -> list[Ranked]:
    """The hits of a question by their scores and what is added to these."""
    from searchlib.search.letters import similarities
    from searchlib.search.nearness import nearness

    ranking, records = request.ranking, reader.records([hit.handle for hit in hits])
    added = {
        LETTERS: [ranking.letters * one for one in similarities(typed, records, reader)],
        NEAR: [ranking.near * one for one in nearness(request.query, records)],
        DOCUMENT: [ranking.document * one for one in _of_documents(hits, [one.document.path for one in records])],
    }
    again = []
    for place, (hit, record) in enumerate(zip(hits, records, strict=True)):
        own = tuple((name, amounts[place]) for name, amounts in added.items() if amounts[place])
        again.append(Ranked(hit.handle, hit.score + sum(amount for _, amount in own), record, own))
    return sorted(again, key=lambda hit: -hit.score)  # stable: equal scores stay in the order of the engine


def _of_documents(hits: Sequence[Ranked], paths: Sequence[str]) -> list[float]:
    """For each hit, what the best other hits of its document score together."""
    scores: dict[str, list[float]] = {}
    for hit, path in zip(hits, paths, strict=True):
        scores.setdefault(path, []).append(hit.score)
    found = []
    for hit, path in zip(hits, paths, strict=True):
        best = scores[path][: OTHERS + 1]  # the engine's order: they fall
        found.append(sum(best) - (hit.score if hit.score >= best[-1] else best[-1]) if len(best) > 1 else 0.0)
    return found


def explained(explanation: Explanation, hit: Ranked) -> Explanation:
    """The explanation of the engine's score, and what was added to that."""
    if not hit.added:
        return explanation
    from searchlib.engine.explaining import Explanation

    parts = [Explanation(amount, "added", text) for text, amount in hit.added]
    score = explanation.score + sum(amount for _, amount in hit.added)
    if explanation.made == "sum":
        return replace(explanation, score=score, parts=(*explanation.parts, *parts))
    return Explanation(score, "sum", explanation.text, (explanation, *parts))


def _has_ties(hits: Sequence[Ranked]) -> bool:
    return any(one.score == other.score for one, other in pairwise(hits))


def _by_nearness(reader: Reader, query: Or, hits: Sequence[Ranked], request: Request) -> list[Ranked]:
    """The hits, in the order of nearness where they have equal scores and are on the page."""
    from searchlib.search.nearness import nearness

    end = _end(request)
    places: list[int] = []
    start = 0
    for _, group in groupby(hits, key=lambda hit: hit.score):
        size = len(list(group))
        if size > 1 and start + size > request.offset and (end is None or start < end):
            places += range(start, start + size)
        start += size
    records = reader.records([hits[place].handle for place in places])
    again = list(hits)
    found = [hits[place]._replace(record=record) for place, record in zip(places, records, strict=True)]
    near = nearness(query, records)
    order = sorted(range(len(places)), key=lambda number: (-found[number].score, -near[number]))
    for place, number in zip(places, order, strict=True):
        again[place] = found[number]
    return again


def place_within(cursor: bytes) -> int:
    """How many hits came before a cursor within the first ones. Raises SettingsError for what is none."""
    number = cursor.removeprefix(WITHIN)
    if not number.isdigit() or len(number) > 2:
        raise no_cursor()
    return int(number)


def _cursor(reader: Reader, request: Request) -> bytes | None:
    """Where the next page begins: the engine's own, but within the first hits, if some of these have equal scores."""
    found = _first(reader, request, AGAIN)
    if _has_ties(found.hits[:AGAIN]):
        return _page(found, (), request).cursor
    return reader.search(request).cursor  # made anew: this answer had more hits than the page


def _place(end: int) -> bytes:
    return WITHIN + str(end).encode()
