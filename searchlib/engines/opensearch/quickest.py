"""The best hits without a look at all that matches: found by bounds, of which only the greatest are scored exactly.

The cluster gives the `_Window` hits with the greatest bounds (``bounding``), for which it skips what cannot be among
them, and scores these exactly. Whatever was not looked at scores no more than the last bound of them: hits that score
more are *sure*. Where too few are sure for a page, what can be in it is known by then: hits whose bound is no less than
the score of the last that is wanted, and only these are scored and sorted.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final, TypeAlias

from searchlib.engine.requests import Request
from searchlib.engines.opensearch import entryfields
from searchlib.engines.opensearch.cluster import Json
from searchlib.engines.opensearch.compiling import clauses
from searchlib.engines.opensearch.entries import record_of
from searchlib.engines.opensearch.paging import SortedPage
from searchlib.frozen import frozen

Searches: TypeAlias = Callable[[Sequence[Json]], list[Json]]
"""Asks several searches in one request."""

MANY: Final = 100_000
"""Postings from which on bounds take less time than to score all that matches, as measured on one shard."""
_DEEPEST = 1000  # hits from the first to the last of a page
_TIES = 20  # more hits than are wanted, which may tie with the last
_WINDOW = 200  # hits that are scored exactly, at least
_ROUNDING = 1e-5  # the cluster adds in single precision


@frozen
class PageRows:
    """The hits of a page, and what was counted beside."""

    rows: Sequence[Json]
    counted: Json


@frozen
class BoundedQuestion:
    """A question, as ``exact`` queries, and as such that score as much or more (``bound``)."""

    exact: Json
    bound: Json
    within: Sequence[Json]
    location: str

    def read(
        self, page: SortedPage, request: Request, asked: Json, searches: Callable[[Sequence[Json]], list[Json]]
    ) -> PageRows:
        """The page; ``asked`` is what is to be counted, ``searches`` asks several searches in one request."""
        assert request.limit is not None
        size = page.offset + request.limit + _TIES
        window = max(4 * size, _WINDOW)
        bodies = [self._first(size, window), self._last(window)]
        found = searches([*bodies, asked] if asked else bodies)
        rows = sorted(map(self._sorted, found[0]["hits"]["hits"]), key=page.key)
        unseen = [hit["_score"] * (1 + _ROUNDING) for hit in found[1]["hits"]["hits"]]
        floor = max([*unseen, *([rows[-1]["sort"][0]] if len(rows) == size else [])], default=-1.0)
        sure = page.following([row for row in rows if row["sort"][0] > floor])[: request.limit]
        if len(sure) < request.limit and floor >= 0:
            sure = self._all(page, request, rows, searches)
        return PageRows(sure, found[2] if asked else {})

    def _first(self, size: int, window: int) -> Json:
        exactly = {"rescore_query": self.exact, "query_weight": 0, "rescore_query_weight": 1}
        rescore = {"window_size": window, "query": exactly}
        return {"query": self._question(self.bound), "rescore": rescore, "size": size, **_PLAIN}

    def _last(self, window: int) -> Json:
        return {"query": self._question(self.bound), "from": window - 1, "size": 1, **_PLAIN, "_source": False}

    def _all(self, page: SortedPage, request: Request, rows: Sequence[Json], searches: Searches) -> Sequence[Json]:
        """The page from all that can be in it; from all that matches, if it has changed what comes before the page."""
        assert request.limit is not None
        wanted = page.offset + request.limit
        least = rows[min(wanted, len(rows)) - 1]["sort"][0] * (1 - _ROUNDING)
        enough: Json = {"function_score": {"query": self.bound, "min_score": least}}
        both = clauses(self._question(self.exact, [enough])) <= entryfields.MOST_CLAUSES
        for more in ([enough], []) if both else ([],):
            (found,) = searches([{"query": self._question(self.exact, more), **_PLAIN, **page.part(request.limit)}])
            hits: Sequence[Json] = found["hits"]["hits"]
            if len(hits) == request.limit:
                break
        return hits

    def _question(self, query: Json, more: Sequence[Json] = ()) -> Json:
        return {"bool": {"must": [query], "filter": [*self.within, *more]}}

    def _sorted(self, hit: Json) -> Json:
        """A hit with its place in the order of hits."""
        record = record_of(hit["_source"]["stored"], self.location)
        place = [hit["_score"], entryfields.order_of(record.document.path), record.paragraph.number]
        return hit | {"sort": place}


_PLAIN: Json = {"_source": ["stored"], "track_total_hits": False}


def is_worth_while(request: Request, page: SortedPage, postings: int, many: int = MANY) -> bool:
    """Whether a page is of the best, not far behind them, and of so many that to score all would take longer."""
    if not request.by_score or request.distinct or request.per_document is not None or not request.limit:
        return False
    return page.offset + request.limit <= _DEEPEST and postings >= many
