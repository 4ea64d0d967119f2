"""The best k docs of a scorer, without scoring what cannot be among them.

The docs that match are in the lists of the scorer's *leads*: in a conjunction those of its rarest part, in a
disjunction of each part, the most valuable first, until what is left cannot make a doc good (MaxScore: H. Turtle and
J. Flood, Query evaluation: strategies and optimizations, 1995). A lead's best docs give a threshold. Of its others
those are looked up that can reach it: first whole runs of docs are left out by their block maxima (as in S. Ding and
T. Suel, Faster top-k document retrieval using block-max indexes, SIGIR 2011), then single docs by their gains, and on
the way from part to part those that the parts that are left cannot make good.

The words of a longer disjunction are added up one after another (see `summing`).

Of a two-phase scorer the docs with the greatest bounds are confirmed first.

Where all docs that match score the same, the first ones are the best: they are looked for in order, until there are k.

A bound that is equal to the threshold is still looked at: of equal scores the first doc counts.
"""

from __future__ import annotations

import numpy as np

from searchlib.engines.whoosh.execution.interface import Bools, Docs, Floats
from searchlib.engines.whoosh.execution.primitives import Primitives
from searchlib.engines.whoosh.execution.scorer import (
    SLACK,
    Batch,
    Lead,
    Need,
    Scorer,
    lowered,
)
from searchlib.engines.whoosh.execution.summing import many_words, promising
from searchlib.engines.whoosh.execution.wordscorer import WordScorer
from searchlib.guards.deadline import check


class Top:
    """The k best docs so far of one segment, best first; of equal scores the first docs."""

    __slots__ = ("_primitives", "docs", "floor", "k", "scores")

    def __init__(self, k: int, floor: float, primitives: Primitives) -> None:
        self.k = k
        self.floor = floor
        self.docs: Docs = np.empty(0, np.int32)
        self.scores: Floats = np.empty(0)
        self._primitives = primitives

    @property
    def threshold(self) -> float:
        """No doc with a score below this can be among the k best."""
        return max(self.floor, float(self.scores[-1])) if len(self.scores) == self.k else self.floor

    def add(self, docs: Docs, scores: Floats) -> None:
        """Take docs in; one may be given again, with the same score."""
        self.docs, self.scores = self._primitives.best(docs, scores, self.docs, self.scores, self.k, self.floor)


def collect(scorer: Scorer, k: int, floor: float = -np.inf) -> tuple[Docs, Floats]:
    """The ``k`` best docs and their scores, best first; docs that score below ``floor`` need not be found."""
    if k <= 0:
        return np.empty(0, np.int32), np.empty(0)
    if scorer.constant is not None:
        docs = first_docs(scorer, k) if scorer.constant >= floor else np.empty(0, np.int32)
        return docs, np.full(len(docs), scorer.constant)
    known = scorer.top(k)
    if known is not None:
        return known
    top = Top(k, floor, scorer.view.primitives)
    words = many_words(scorer)
    if words:
        docs = promising(words, k, floor)
        for start in range(0, len(docs), scorer.view.tuning.at_once):
            _consider(scorer, Batch(docs[start : start + scorer.view.tuning.at_once]), [], top)
        return top.docs, top.scores
    leads = scorer.leads()
    if len(leads) > scorer.view.tuning.most_leads:
        leads = [Lead(scorer, 0.0)]
    done: list[WordScorer] = []
    for lead in leads:
        check()
        _drive(scorer, lead, done, top)
        if lead.final and isinstance(lead.leaf, WordScorer):
            done.append(lead.leaf)
    return top.docs, top.scores


def first_docs(scorer: Scorer, k: int) -> Docs:
    """The first ``k`` docs that match."""
    size = scorer.view.doc_count
    found: list[Docs] = []
    count = first = 0
    tuning = scorer.view.tuning
    step = tuning.beginning
    while count < k and first < size:
        check()
        stop = min(first + step, size)
        found.append(scorer.within(first, stop))
        count += len(found[-1])
        first, step = stop, min(4 * step, tuning.at_once)
    return np.concatenate(found)[:k] if found else np.empty(0, np.int32)


def _drive(scorer: Scorer, lead: Lead, done: list[WordScorer], top: Top) -> None:
    """Consider the docs of a lead; those of leaves that are done have been considered."""
    leaf, rest = lead.leaf, lead.rest
    tuning = scorer.view.tuning
    if (leaf.most + rest) * (1 + SLACK) < top.threshold:
        return
    if leaf.cost > tuning.few and len(top.docs) < top.k:
        best = leaf.promising()
        if best is not None:
            _consider(scorer, best, done, top)
    reaching = leaf.reaching(lowered(top.threshold, rest))
    at_once = tuning.at_once
    if len(reaching) <= at_once:
        _consider(scorer, reaching, done, top)
        return
    for start in range(0, len(reaching), at_once):
        check()
        _consider(scorer, reaching.take(np.arange(start, min(start + at_once, len(reaching)))), done, top)


def _consider(scorer: Scorer, batch: Batch, done: list[WordScorer], top: Top) -> None:
    """Take in what is good of a batch."""
    for leaf in done:
        if not len(batch):
            return
        seen = leaf.at(batch, Need.MATCHES).which
        if len(seen):
            kept = np.ones(len(batch), bool)
            kept[seen] = False
            batch = batch.take(np.flatnonzero(kept))
    if not len(batch):
        return
    if done:
        batch = Batch(batch.docs, batch.source, batch.places, done)
    which, scores = scorer.at(batch, Need.BOUNDS if scorer.two_phase else Need.SCORES, top.threshold)
    docs = batch.docs[which] if len(which) < len(batch) else batch.docs
    if not scorer.two_phase:
        if len(docs):
            top.add(docs, scores)
        return
    _confirm(scorer, docs, scores, top)


def _confirm(scorer: Scorer, docs: Docs, bounds: Floats, top: Top) -> None:
    """Take in those of the docs that match, those with the greatest bounds first."""
    wanted = scorer.view.tuning.confirmed
    while len(docs):
        check()
        good = bounds >= lowered(top.threshold)
        if not good.all():
            docs, bounds = docs[good], bounds[good]
        taken = _greatest(bounds, wanted)
        some = docs[taken]
        if scorer.exact_bounds:
            hits = scorer.confirm(some)
            some, scores = some[hits], bounds[taken][hits]
        else:
            which, scores = scorer.at(Batch(some), Need.SCORES)
            some = some[which]
        if len(some):
            top.add(some, scores)
        docs, bounds = docs[~taken], bounds[~taken]
        wanted *= 4


def _greatest(values: Floats, count: int) -> Bools:
    """A mask of ``count`` of the greatest values."""
    if count >= len(values):
        return np.ones(len(values), bool)
    chosen = np.zeros(len(values), bool)
    chosen[np.argpartition(values, len(values) - count)[len(values) - count :]] = True
    return chosen
