"""A page of the hits of a search: from an offset or after a place on, of each document no more than allowed, and of
those that say the same the first alone.

The first so many hits are asked for, then more until the page is full. Each time they are the beginning of the one
order of all hits, so what is on the page does not depend on how many were asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import numpy as np

from searchlib.engine.requests import RELEVANCE, Request, SortKey
from searchlib.engines.whoosh.execution import Snapshot, match_at, search
from searchlib.engines.whoosh.storedrecords import read_texts
from searchlib.guards.deadline import check
from searchlib.hashing import blake2b
from searchlib.model.arrays import NDArray

if TYPE_CHECKING:
    from searchlib.engines.whoosh.attributes import Attributes
    from searchlib.engines.whoosh.resuming import CursorPlace
    from searchlib.engines.whoosh.sorting import Sorted

_GROWTH: Final = 4

Ints: TypeAlias = NDArray[np.int64]
Keys: TypeAlias = tuple[str | None, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Page:
    """Hits in order: parallel arrays of segments, docs and scores, and what they were sorted by, if not by score."""

    segments: Ints
    docs: Ints
    scores: NDArray[np.float64]
    keys: Sequence[Keys] = ()

    def __reduce__(self) -> tuple[Any, ...]:
        # As bytes: a pickle of an array takes as long as one of all else.
        columns = np.stack([self.segments, self.docs, self.scores.view(np.int64)]).astype(np.int64, copy=False)
        return _unpickled, (columns.tobytes(), self.keys)


def _unpickled(columns: bytes, keys: Sequence[Keys]) -> Page:
    segments, docs, scores = np.frombuffer(columns, np.int64).reshape(3, -1)
    return Page(segments, docs, scores.view(np.float64), keys)


class Paging:
    """The pages of one search: ``place`` is what its request is to go on from."""

    def __init__(
        self,
        snapshot: Snapshot,
        attributes: Attributes,
        ranks: Callable[[int], Ints],
        request: Request,
        place: CursorPlace | None,
    ) -> None:
        self._snapshot, self._attributes, self._ranks = snapshot, attributes, ranks
        self._ranking = request.ranking
        self._query, self._filter = request.query, request.filter
        self._request, self._place = request, place
        self._said: dict[tuple[int, int], bytes] = {}  # by segment and doc
        self._sorted = None if request.by_score else self._in_order(request.sort)

    def _in_order(self, sort: Sequence[SortKey]) -> Sorted:
        from searchlib.engines.whoosh.sorting import Sorted

        return Sorted(self._snapshot, self._attributes, self._ranks, self._query, self._filter, sort, self._ranking)

    def page(self, anchors: Callable[[CursorPlace], Iterator[tuple[int, int]]]) -> Page:
        """The hits that are wanted; ``anchors`` gives segment and doc of the hits before a place, the nearest first."""
        place = self._place
        if place is None:
            return self._grown(self._request.offset, None)
        for anchor in anchors(place):
            if self._matches(*anchor):
                return self._grown(place.depth, anchor)
        return self._after_values(place)

    def _matches(self, segment: int, doc: int) -> bool:
        alive = self._snapshot.views[segment].alive
        if alive is not None and not alive[doc]:
            return False
        hits, _ = match_at(self._snapshot, self._query, segment, np.array([doc], np.int32), filter=self._filter)
        return bool(hits[0])

    def _grown(self, depth: int, anchor: tuple[int, int] | None) -> Page:
        """The hits after ``depth`` others, or after a hit that is about so deep."""
        limit = self._request.limit
        count = None if limit is None else depth + limit + (anchor is not None)
        while True:
            check()
            segments, docs, scores, which = self._first(count)
            kept = self._kept(segments, docs)
            begin = depth
            if anchor is not None:
                at = np.flatnonzero((segments == anchor[0]) & (docs == anchor[1]))
                begin = int(np.count_nonzero(kept[: at[0] + 1])) if len(at) else len(docs)
            chosen = np.flatnonzero(kept)[begin : None if limit is None else begin + limit]
            if len(chosen) == limit or count is None or len(docs) < count:
                own = None if which is None else which[chosen]
                return self._page(segments[chosen], docs[chosen], scores[chosen], own)
            count = None if count * _GROWTH > self._snapshot.tuning.asked else max(count * _GROWTH, 64)

    def _first(self, count: int | None) -> tuple[Ints, Ints, NDArray[np.float64], Ints | None]:
        if self._sorted is None:
            found = search(self._snapshot, self._query, count, ranking=self._ranking, filter=self._filter)
            return found.segments, found.docs.astype(np.int64), found.scores, None
        which = self._sorted.first(count)
        return self._sorted.segments[which], self._sorted.docs[which], np.zeros(len(which)), which

    def _after_values(self, place: CursorPlace) -> Page:
        """The hits after the values of a place of which nothing is left."""
        order = self._sorted or self._in_order([SortKey(RELEVANCE)])
        later = order.after(place if self._sorted else _by_score_alone(place))
        which = order.first(None)
        segments, docs = order.segments[which], order.docs[which]
        chosen = np.flatnonzero(later[which] & self._kept(segments, docs))[: self._request.limit]
        segments, docs = segments[chosen], docs[chosen]
        return self._page(segments, docs, self._scores(segments, docs), which[chosen] if self._sorted else None)

    def _kept(self, segments: Ints, docs: Ints) -> NDArray[np.bool_]:
        """Which of the first hits, in order, are shown."""
        kept = self._first_said(segments, docs) if self._request.distinct else np.ones(len(docs), bool)
        if self._request.per_document is not None:
            left = np.flatnonzero(kept)
            kept[left] = self._at_most(self._request.per_document, segments[left], docs[left])
        return kept

    def _first_said(self, segments: Ints, docs: Ints) -> NDArray[np.bool_]:
        """Which hits say what none before them says."""
        from searchlib.paragraphs.saying import said

        places = list(zip(segments.tolist(), docs.tolist(), strict=True))
        new = sorted(place for place in places if place not in self._said)
        for number, view in enumerate(self._attributes.tables):
            own = np.array([doc for segment, doc in new if segment == number], np.int64)
            for doc, text in zip(own.tolist(), read_texts(view.segment, own), strict=True):
                check()
                digest = blake2b(said(text).encode("utf-8", "surrogatepass"), digest_size=16).digest()
                self._said[number, doc] = digest
        seen: set[bytes] = set()
        kept = []
        for place in places:
            kept.append(self._said[place] not in seen)
            seen.add(self._said[place])
        return np.array(kept, bool)

    def _at_most(self, count: int, segments: Ints, docs: Ints) -> NDArray[np.bool_]:
        """Which hits are among the first ``count`` of their documents."""
        tables = self._attributes.tables
        firsts = np.cumsum([0, *(len(table.firsts) for table in tables)])
        document = np.empty(len(docs), np.int64)
        for number, table in enumerate(tables):
            own = segments == number
            document[own] = firsts[number] + table.document_of[docs[own]]
        order = np.argsort(document, kind="stable")
        ordered = document[order]
        begins = np.flatnonzero(np.diff(ordered, prepend=-1))
        nth = np.arange(len(ordered)) - np.repeat(begins, np.diff(begins, append=len(ordered)))
        kept = np.empty(len(docs), bool)
        kept[order] = nth < count
        return kept

    def _page(self, segments: Ints, docs: Ints, scores: NDArray[np.float64], which: Ints | None) -> Page:
        if self._sorted is None or which is None:
            return Page(segments, docs, scores)
        return Page(segments, docs, self._scores(segments, docs), self._sorted.keys_at(which))

    def _scores(self, segments: Ints, docs: Ints) -> NDArray[np.float64]:
        scores = np.zeros(len(docs))
        for number in np.unique(segments).tolist():
            own = np.flatnonzero(segments == number)
            own = own[np.argsort(docs[own])]
            _, scores[own] = match_at(
                self._snapshot, self._query, number, docs[own].astype(np.int32), ranking=self._ranking
            )
        return scores


def _by_score_alone(place: CursorPlace) -> CursorPlace:
    from searchlib.engines.whoosh.resuming import CursorPlace

    return CursorPlace(place.depth, place.score, (None,), place.path, place.number, place.ids)
