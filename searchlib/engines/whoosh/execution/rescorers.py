"""Optional, and one score for all that matches: what another scorer matches, scored otherwise."""

# ruff: noqa: D102 - what the methods of a scorer do is written at Scorer

from __future__ import annotations

import numpy as np

from searchlib.engine.explaining import Explanation
from searchlib.engines.whoosh.execution.interface import Bools, Docs
from searchlib.engines.whoosh.execution.scorer import Batch, Lead, Matched, Need, Scorer, lowered
from searchlib.query.nodes import Node
from searchlib.query.wording import described


class _RescoringScorer(Scorer):
    """Matches what the inner scorer matches, and scores it otherwise."""

    def __init__(self, inner: Scorer) -> None:
        self.view = inner.view
        self.inner = inner

    @property
    def cost(self) -> int:
        return self.inner.cost

    def candidates(self) -> Docs:
        return self.inner.candidates()

    def within(self, first: int, stop: int) -> Docs:
        return self.inner.within(first, stop)

    def marks(self) -> Bools:
        return self.inner.marks()

    def count(self) -> int:
        return self.inner.count()


class OptionalScorer(_RescoringScorer):
    """Matches what the first child matches; the second one's score is added where it matches too."""

    def __init__(self, required: Scorer, wanted: Scorer, asked: Node) -> None:
        super().__init__(required)
        self.wanted = wanted
        self.two_phase = required.two_phase or wanted.two_phase
        self.never_negative = required.never_negative and wanted.never_negative
        if wanted.constant == 0.0:
            self.constant = required.constant
        self._asked = asked

    @property
    def most(self) -> float:
        return self.inner.most + self.wanted.most

    def at(self, batch: Batch, need: Need, least: float = -np.inf) -> Matched:
        which, scores = self.inner.at(batch, need, lowered(least, self.wanted.most))
        if need is not Need.MATCHES and len(which):
            found, more = self.wanted.at(batch.take(which), need)
            scores[found] += more
        return Matched(which, scores)

    def leads(self) -> list[Lead]:
        return [lead.adding(self.wanted.most) for lead in self.inner.leads()]

    def explain(self, doc: int) -> Explanation | None:
        score = self.score_of(doc)
        if score is None:
            return None
        parts = [self.inner.explain(doc), self.wanted.explain(doc)]
        return Explanation(score, "sum", described(self._asked), tuple(part for part in parts if part))


class ConstantScorer(_RescoringScorer):
    """Matches what the child matches, with one score."""

    def __init__(self, child: Scorer, score: float, asked: Node) -> None:
        super().__init__(child)
        self.constant: float = score
        self.never_negative = score >= 0
        # With a negative score, what only looks like a match would hide what is one.
        self.two_phase = child.two_phase and score >= 0
        self.candidates_match = child.candidates_match
        self._asked = asked

    @property
    def most(self) -> float:
        return max(self.constant, 0.0)

    @property
    def exact_bounds(self) -> bool:
        return True

    def at(self, batch: Batch, need: Need, least: float = -np.inf) -> Matched:
        if batch.source is self and self.candidates_match:
            which = np.arange(len(batch))
        else:
            which = self.inner.at(batch, Need.BOUNDS if need is Need.BOUNDS and self.two_phase else Need.MATCHES).which
        return Matched(which, np.full(len(which), self.constant))

    def confirm(self, docs: Docs) -> Bools:
        return self.inner.confirm(docs)

    def explain(self, doc: int) -> Explanation | None:
        if self.score_of(doc) is None:
            return None
        return Explanation(self.constant, "constant", described(self._asked))
