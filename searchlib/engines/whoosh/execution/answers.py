"""Answers: the best records, how many match, which ones, and why.

A query runs segment by segment. A segment's k-th best score is where the next one starts from, so the order of the
segments matters for speed and not for answers: ids, order and the bits of scores are those of a single segment.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np

from searchlib.arrays import NDArray
from searchlib.engines.whoosh.execution import flat, topk
from searchlib.engines.whoosh.execution.boolean import All, Constant, Excluded
from searchlib.engines.whoosh.execution.explanation import Explanation
from searchlib.engines.whoosh.execution.lower import Lowering
from searchlib.engines.whoosh.execution.segment import AnyInts, Bools, Docs, Floats
from searchlib.engines.whoosh.execution.snapshot import Snapshot, View
from searchlib.engines.whoosh.execution.source import Marked, Need, Nothing, Source
from searchlib.ranking import BM25F

# A query, or the ascending docs of each segment.
Restriction: TypeAlias = Any | Sequence[AnyInts]

DEFAULT = BM25F()


@dataclass(frozen=True, slots=True, eq=False)
class TopDocs:
    """The best records, best first: parallel arrays of segment numbers, docs in them, and scores."""

    segments: NDArray[np.int64]
    docs: AnyInts
    scores: Floats

    def __len__(self) -> int:
        return len(self.docs)


def search(
    snapshot: Snapshot,
    query: Any,
    limit: int | None = 10,
    *,
    ranking: BM25F = DEFAULT,
    filter: Restriction | None = None,
    mask: Restriction | None = None,
    offset: int = 0,
) -> TopDocs:
    """The ``limit`` best records from the ``offset``-th on (from 0), by score, then ``snapshot.order``.

    With ``limit`` None, all of them. ``filter`` keeps what it matches, ``mask`` leaves it out; neither scores.
    """
    found = []
    lowering = Lowering(snapshot, ranking)
    k = None if limit is None else limit + offset
    best = np.empty(0)
    shape = flat.shape(query, filter) if k and k <= flat.DEEPEST and mask is None else None
    for view in snapshot.views:
        if k and shape is not None:
            floor = float(best[-1]) if len(best) == k else -np.inf
            answer = flat.search(lowering, shape, view, k, floor)
            if answer is not None:
                if len(snapshot.views) == 1:
                    docs, scores = answer
                    return TopDocs(np.zeros(len(docs[offset:]), np.int64), docs[offset:], scores[offset:])
                found.append((view, *answer))
                best = -np.sort(-np.concatenate((best, answer[1])))[:k]
                continue
        source = _restricted(lowering, query, view, filter, mask)
        if isinstance(source, Nothing):
            continue
        if k is None:
            parts = list(topk.scored_chunks(source))
            docs, scores = (np.concatenate(part) for part in zip(*parts, strict=True))
        else:
            top = topk.collect(source, k, float(best[-1]) if k and len(best) == k else -np.inf)
            docs, scores = top.docs, top.scores
            best = -np.sort(-np.concatenate((best, scores)))[:k]
        found.append((view, docs, scores))
    return _ordered(snapshot, found, offset, k)


def count(snapshot: Snapshot, query: Any, *, filter: Restriction | None = None, mask: Restriction | None = None) -> int:
    """How many live records match."""
    lowering = Lowering(snapshot, DEFAULT)
    return sum(
        len(docs) for view in snapshot.views for docs in topk.chunks(_restricted(lowering, query, view, filter, mask))
    )


def matches(
    snapshot: Snapshot, query: Any, *, filter: Restriction | None = None, mask: Restriction | None = None
) -> list[Docs]:
    """For each segment the ascending docs of the live records that match."""
    lowering = Lowering(snapshot, DEFAULT)
    return [
        np.concatenate(list(topk.chunks(_restricted(lowering, query, view, filter, mask))) or [np.empty(0, np.int32)])
        for view in snapshot.views
    ]


def marked(snapshot: Snapshot, query: Any, filter: Restriction | None = None) -> Iterator[Bools]:
    """For each segment a bitmap of the live records that match; an array of the caller's own."""
    from searchlib.engines.whoosh.execution.marking import live_marks  # a query that counts nothing has no use for it

    lowering = Lowering(snapshot, DEFAULT)
    for view in snapshot.views:
        yield live_marks(_restricted(lowering, query, view, filter, None))


def match_at(
    snapshot: Snapshot, query: Any, segment: int, docs: Docs, *, ranking: BM25F = DEFAULT, filter: Any = None
) -> tuple[Bools, Floats]:
    """Which of these ascending docs of a segment match, and their scores; 0 where they do not."""
    view = snapshot.views[segment]
    return _restricted(Lowering(snapshot, ranking), query, view, filter, None).at(docs, Need.SCORES)


def scored_parts(
    snapshot: Snapshot, query: Any, segment: int, *, ranking: BM25F = DEFAULT, filter: Any = None
) -> Iterator[tuple[Docs, Floats]]:
    """The live docs of a segment that match, ascending, and their scores, as parts of bounded size."""
    view = snapshot.views[segment]
    return topk.scored_chunks(_restricted(Lowering(snapshot, ranking), query, view, filter, None))


def frequency(snapshot: Snapshot, word: Any) -> int:
    """In how many live records a word of the query language stands, as its rarity counts it."""
    return Lowering(snapshot, DEFAULT).frequency(word)


def explain(snapshot: Snapshot, query: Any, segment: int, doc: int, *, ranking: BM25F = DEFAULT) -> Explanation | None:
    """How the score of a record is made; None if the query does not match it."""
    view = snapshot.views[segment]
    if view.alive is not None and not view.alive[doc]:
        return None
    return Lowering(snapshot, ranking).lower(query, view).explain(doc)


def _restricted(
    lowering: Lowering, query: Any, view: View, filter: Restriction | None, mask: Restriction | None
) -> Source:
    source = lowering.lower(query, view)
    if isinstance(source, Nothing):
        return source
    children = [source]
    if filter is not None:
        kept = _restriction(lowering, filter, view)
        if isinstance(kept, Nothing):
            return kept
        children.append(Constant(kept, 0.0, "filter"))
    if mask is not None:
        left_out = _restriction(lowering, mask, view)
        if not isinstance(left_out, Nothing):
            children.append(Excluded(left_out))
    return source if len(children) == 1 else All(children, "filtered")


def _restriction(lowering: Lowering, restriction: Restriction, view: View) -> Source:
    if not isinstance(restriction, Sequence) or isinstance(restriction, str):
        return lowering.lower(restriction, view)
    marks = np.zeros(view.doc_count, bool)
    marks[np.asarray(restriction[view.number], np.int64)] = True
    return Marked(view, marks, 0.0, "docs")


def _ordered(snapshot: Snapshot, found: list[tuple[View, Docs, Floats]], offset: int, k: int | None) -> TopDocs:
    if not found:
        return TopDocs(np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0))
    segments = np.concatenate([np.full(len(docs), view.number, np.int64) for view, docs, _ in found])
    docs = np.concatenate([docs for _, docs, _ in found]).astype(np.int64)
    scores = np.concatenate([scores for _, _, scores in found])
    best = np.lexsort((docs, segments, -scores))
    if snapshot.order is not None and len(found) > 1 and len(docs) > 1:
        # Only of equal scores is the order asked for: it may have to be read.
        equal = scores[best[1:]] == scores[best[:-1]]
        tied = best[np.append(equal, False) | np.append(False, equal)]
        if len(tied):
            rank = np.zeros(len(docs), np.int64)
            rank[tied] = snapshot.order(segments[tied], docs[tied])
            best = np.lexsort((docs, segments, rank, -scores))
    best = best[offset:k]
    return TopDocs(segments[best], docs[best], scores[best])
