"""Questions and their answers: the best records, how many match, which ones, and why.

A query runs segment by segment. A segment's k-th best score is where the next one starts from, so the order of the
segments matters for speed and not for answers: ids, order and the bits of scores are those of a single segment.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from searchlib.engine.explaining import Explanation
from searchlib.engines.whoosh.execution import expansion
from searchlib.engines.whoosh.execution.driver import collect
from searchlib.engines.whoosh.execution.interface import AnyInts, Bools, Docs, Floats, Ints
from searchlib.engines.whoosh.execution.lowering import Lowering
from searchlib.engines.whoosh.execution.phrasescorer import Keys
from searchlib.engines.whoosh.execution.scorer import Batch, Need, Scorer
from searchlib.engines.whoosh.execution.snapshot import Snapshot, View
from searchlib.guards.deadline import check
from searchlib.model.arrays import NDArray
from searchlib.model.ranking import BM25F, DEFAULT_RANKING
from searchlib.query.nodes import Node, Pattern, Word


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
    query: Node,
    limit: int | None = 10,
    *,
    ranking: BM25F = DEFAULT_RANKING,
    filter: Node | None = None,
    offset: int = 0,
) -> TopDocs:
    """The ``limit`` best records from the ``offset``-th on (from 0), by score, then ``snapshot.order``.

    With ``limit`` None, all of them. ``filter`` keeps what it matches, and does not score.
    """
    found = []
    k = None if limit is None else limit + offset
    best = np.empty(0)
    for view, scorer in _scorers(snapshot, query, filter, ranking):
        if k is None:
            parts = [(_NO_DOCS, best), *_scored(scorer)]
            docs, scores = (np.concatenate(part) for part in zip(*parts, strict=True))
        else:
            docs, scores = collect(scorer, k, float(best[-1]) if k and len(best) == k else -np.inf)
            if len(snapshot.views) > 1:
                best = -np.sort(-np.concatenate((best, scores)))[:k]
        found.append((view, docs, scores))
    return _ordered(snapshot, found, offset, k)


def count(snapshot: Snapshot, query: Node, *, filter: Node | None = None) -> int:
    """How many live records match."""
    return sum(scorer.count() for _, scorer in _scorers(snapshot, query, filter, DEFAULT_RANKING))


def matches(snapshot: Snapshot, query: Node, *, filter: Node | None = None) -> list[Docs]:
    """For each segment the ascending docs of the live records that match."""
    found = [_NO_DOCS] * len(snapshot.views)
    for view, scorer in _scorers(snapshot, query, filter, DEFAULT_RANKING):
        found[view.number] = np.concatenate([_NO_DOCS, *scorer.portions()])
    return found


def marked(snapshot: Snapshot, query: Node, filter: Node | None = None) -> Iterator[Bools]:
    """For each segment a bitmap of the live records that match; an array of the caller's own."""
    lowering = Lowering(snapshot, DEFAULT_RANKING)
    for view in snapshot.views:
        check()
        scorer = lowering.filtered(query, filter, view)
        yield np.zeros(view.doc_count, bool) if scorer is None else scorer.marks()


def match_at(
    snapshot: Snapshot,
    query: Node,
    segment: int,
    docs: Docs,
    *,
    ranking: BM25F = DEFAULT_RANKING,
    filter: Node | None = None,
) -> tuple[Bools, Floats]:
    """Which of these ascending docs of a segment are live and match, and their scores; 0 where they do not."""
    view = snapshot.views[segment]
    hits, scores = np.zeros(len(docs), bool), np.zeros(len(docs))
    scorer = Lowering(snapshot, ranking).filtered(query, filter, view)
    if scorer is not None:
        places = np.arange(len(docs)) if view.alive is None else np.flatnonzero(view.alive[docs])
        which, found = scorer.at(Batch(docs[places]), Need.SCORES)
        hits[places[which]] = True
        scores[places[which]] = found
    return hits, scores


def scored_parts(
    snapshot: Snapshot,
    query: Node,
    segment: int,
    *,
    ranking: BM25F = DEFAULT_RANKING,
    filter: Node | None = None,
) -> Iterator[tuple[Docs, Floats]]:
    """The live docs of a segment that match, ascending, and their scores, as parts of bounded size."""
    scorer = Lowering(snapshot, ranking).filtered(query, filter, snapshot.views[segment])
    if scorer is not None:
        yield from _scored(scorer)


def frequency(snapshot: Snapshot, word: Word) -> int:
    """In how many live records a word of the query language stands, as its rarity counts it."""
    return Lowering(snapshot, DEFAULT_RANKING).frequency(word)


def occurrences(snapshot: Snapshot, word: Word, segment: int, docs: Docs, field: str) -> Ints:
    """Where in a field of these ascending docs of a segment a word stands, as `primitives` has it."""
    view = snapshot.views[segment]
    scorer = Lowering(snapshot, DEFAULT_RANKING).word(word, view)
    return np.empty(0, np.int64) if scorer is None else Keys(scorer.weighed, field).occurrences(docs)


def is_costly(snapshot: Snapshot, pattern: Pattern, many: int = expansion.MANY) -> bool:
    """Whether a pattern stands for so many terms that it takes its time."""
    return expansion.is_costly(snapshot, pattern, many)


def explain(
    snapshot: Snapshot, query: Node, segment: int, doc: int, *, ranking: BM25F = DEFAULT_RANKING
) -> Explanation | None:
    """How the score of a record is made; None if the query does not match it."""
    view = snapshot.views[segment]
    if view.alive is not None and not view.alive[doc]:
        return None
    scorer = Lowering(snapshot, ranking).lower(query, view)
    return None if scorer is None else scorer.explain(doc)


_NO_DOCS = np.empty(0, np.int32)


def _scorers(snapshot: Snapshot, query: Node, filter: Node | None, ranking: BM25F) -> Iterator[tuple[View, Scorer]]:
    lowering = Lowering(snapshot, ranking)
    for view in snapshot.views:
        check()
        scorer = lowering.filtered(query, filter, view)
        if scorer is not None:
            yield view, scorer


def _scored(scorer: Scorer) -> Iterator[tuple[Docs, Floats]]:
    for docs in scorer.portions():
        yield docs, scorer.at(Batch(docs), Need.SCORES).scores


def _ordered(snapshot: Snapshot, found: list[tuple[View, Docs, Floats]], offset: int, k: int | None) -> TopDocs:
    if not found:
        return TopDocs(np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0))
    if len(snapshot.views) == 1 and k is not None:  # they are in order
        _, docs, scores = found[0]
        return TopDocs(np.zeros(len(docs[offset:]), np.int64), docs[offset:], scores[offset:])
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
