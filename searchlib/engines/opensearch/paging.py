"""Pages: the order of hits, how a page is asked for, and where the next one begins.

The order is that of the sort, and within it that of the index, so that there are no ties. The next page begins after
the sort values of the last hit, whatever has changed meanwhile. Where a document may have so many hits, each document
that the page may reach is read as a group of its first ones, and the groups are merged.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from functools import cmp_to_key
from typing import Any, Final

from searchlib.engine.cursors import no_cursor
from searchlib.engine.requests import DOCUMENT, RELEVANCE, Request, SortKey
from searchlib.engines.opensearch import entryfields
from searchlib.engines.opensearch.cluster import Json
from searchlib.errors import SettingsError
from searchlib.model.fields import NUMBERS

IN_ORDER: Final[list[Any]] = [{"order": {"order": "asc"}}, {"c_number": {"order": "asc"}}]
"""By document and paragraph."""
_AT_ONCE = 1000
_GROUPS = "of_document"


class SortedPage:
    """The page of hits that a request asks for."""

    def __init__(self, request: Request) -> None:
        self._request = request
        self._sort = [*map(_order, request.sort or (SortKey(RELEVANCE),)), *IN_ORDER]
        self._is_grouped = request.distinct or request.per_document is not None
        self.offset = request.offset
        self._after: list[Any] | None = None
        if request.after is not None:
            self.offset, self._after = _place(request.after, len(self._sort))
        if self.offset + min(request.limit or 0, _AT_ONCE) > entryfields.WINDOW and self._after is None:
            raise SettingsError(f"a page begins among the first {entryfields.WINDOW} hits: go on by cursors")

    def read(self, ask: Callable[[Json], Json]) -> tuple[Json, list[Json]]:
        """The answer, and the hits of the page; ``ask`` adds to the body of the search and asks."""
        if self._request.limit == 0:
            return ask({}), []
        if self._is_grouped:
            return self._grouped(ask)
        limit = self._request.limit
        first = ask(part := self.part(limit))
        size = part["size"]
        rows = list(first["hits"]["hits"])
        last = rows
        while (limit is None or len(rows) < limit) and len(last) == size:
            part = {"sort": self._sort, "track_scores": True, "search_after": last[-1]["sort"], "aggs": {}}
            last = ask(part | {"size": size})["hits"]["hits"]
            rows += last
        return first, rows if limit is None else rows[:limit]

    def part(self, limit: int | None) -> Json:
        """What asks for the first hits of the page."""
        found: Json = {"sort": self._sort, "track_scores": True}
        if self._after is not None:
            found["search_after"] = self._after
        elif self.offset:
            found["from"] = self.offset
        return found | {"size": _AT_ONCE if limit is None else min(limit, entryfields.WINDOW - found.get("from", 0))}

    def following(self, rows: Sequence[Json]) -> Sequence[Json]:
        """Of the best rows, in order from the first, those from where the page begins."""
        if self._after is None:
            return rows[self.offset :]
        place = self.key({"sort": self._after})
        return [row for row in rows if self.key(row) > place]

    @staticmethod
    def key(row: Json) -> tuple[float, bytes, int]:
        """What orders hits as the cluster does by score."""
        score, document, number = row["sort"]
        return -score, document.encode("utf-8", "surrogatepass"), number

    def _grouped(self, ask: Callable[[Json], Json]) -> tuple[Json, list[Json]]:
        limit = self._request.limit
        wanted = entryfields.WINDOW if limit is None else self.offset + limit
        if wanted > entryfields.WINDOW:
            raise SettingsError(f"a page like this is of the first {entryfields.WINDOW} hits: ask for a nearer one")
        found, rows = (self._distinct if self._request.distinct else self._of_documents)(ask, wanted)
        return found, rows[self.offset : None if limit is None else self.offset + limit]

    def _distinct(self, ask: Callable[[Json], Json], wanted: int) -> tuple[Json, list[Json]]:
        """The first hit of those that say the same; more are read where documents have too many of them."""
        size = wanted
        while True:
            found = ask({"sort": self._sort, "track_scores": True, "collapse": {"field": "said"}, "size": size})
            hits = found["hits"]["hits"]
            rows = list(_at_most(self._request.per_document, hits))
            if len(rows) >= wanted or len(hits) < size or size == entryfields.WINDOW:
                return found, rows
            size = min(4 * size, entryfields.WINDOW)

    def _of_documents(self, ask: Callable[[Json], Json], wanted: int) -> tuple[Json, list[Json]]:
        most = self._request.per_document or 1
        collapse: Json = {"field": entryfields.exact("document")}
        if most > 1:
            known = {"sort": self._sort, "track_scores": True, "_source": ["stored"]}
            collapse["inner_hits"] = {"name": _GROUPS, "size": min(most, 1000), **known}
        found = ask({"sort": self._sort, "track_scores": True, "collapse": collapse, "size": wanted})
        rows = list(found["hits"]["hits"])
        if most > 1:
            rows = [hit for row in rows for hit in row["inner_hits"][_GROUPS]["hits"]["hits"]]
            rows.sort(key=cmp_to_key(self._compare))
        return found, rows

    def _compare(self, one: Json, other: Json) -> int:
        for how, first, second in zip(self._sort, one["sort"], other["sort"], strict=True):
            if first == second:
                continue
            if first is None or second is None:
                return 1 if first is None else -1
            ((_, order),) = how.items()
            less = first < second if isinstance(first, (int, float)) else first.encode() < second.encode()
            return -1 if less == (order["order"] == "asc") else 1
        return 0

    def resume(self, rows: Sequence[Json]) -> Callable[[], bytes | None]:
        """What gives the place after these hits; None at the end."""
        limit = self._request.limit
        if not rows or limit is None or len(rows) < limit:
            return lambda: None
        return lambda: json.dumps([self.offset + len(rows), rows[-1]["sort"]]).encode()


def _place(after: bytes, size: int) -> tuple[int, list[Any]]:
    try:
        depth, values = json.loads(after)
        if isinstance(depth, int) and depth >= 0 and len(values) == size:
            return depth, list(values)
    except (ValueError, TypeError):
        pass
    raise no_cursor()


def _order(key: SortKey) -> Json:
    order = "desc" if key.descending else "asc"
    if key.name == RELEVANCE:
        return {"_score": {"order": "asc" if key.descending else "desc"}}
    if key.name == DOCUMENT:
        return {"order": {"order": order}}
    if key.name in NUMBERS:
        return {entryfields.column(key.name): {"order": order}}
    return {entryfields.values(key.name): {"order": order, "missing": "_last", "unmapped_type": "keyword"}}


def _at_most(most: int | None, hits: Sequence[Json]) -> Iterator[Json]:
    """The first so many hits of each document, which is told by its place in the order of the index."""
    seen: Counter[str] = Counter()
    for hit in hits:
        document = hit["sort"][-len(IN_ORDER)]
        seen[document] += 1
        if most is None or seen[document] <= most:
            yield hit


def batches(found: Sequence[Any], size: int) -> Iterator[Sequence[Any]]:
    """``found`` in parts of ``size``."""
    for at in range(0, len(found), size):
        yield found[at : at + size]
