"""Groups: And, Or, Best and Not; what scores otherwise what another matches is in `rescorers`.

What a scorer finds by `Need.BOUNDS` stays true through all of them: scores only add up or are compared, and what is
negated is taken for a match until it is known.
"""

# ruff: noqa: D102 - what the methods of a scorer do is written at Scorer

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from searchlib.engine.explaining import Explanation
from searchlib.engines.whoosh.execution.interface import Bools, Docs, Floats, Ints
from searchlib.engines.whoosh.execution.prepared import distinct_docs
from searchlib.engines.whoosh.execution.primitives import NO_SCORES
from searchlib.engines.whoosh.execution.scorer import Batch, Lead, Matched, Need, Scorer, lowered
from searchlib.guards.deadline import check
from searchlib.query.nodes import Node
from searchlib.query.wording import described

_UNSCORED = 8  # looking up a doc of what does not score may be in vain


class AndScorer(Scorer):
    """Matches what every child matches; scores add up."""

    def __init__(self, children: Sequence[Scorer], asked: Node) -> None:
        self.view = children[0].view
        self.children = tuple(children)
        _join(self, children)
        constants = [child.constant for child in children]
        self.constant = None if None in constants else sum(score for score in constants if score is not None)
        self._asked = asked
        # In which order docs are looked up: what scores leaves docs out by their bounds, unless others are far fewer.
        dear = [child.cost * (1 if child.constant is None else _UNSCORED) for child in children]
        self._order = sorted(range(len(children)), key=dear.__getitem__)

    @property
    def cost(self) -> int:
        return min(child.cost for child in self.children)

    @property
    def most(self) -> float:
        return sum(child.most for child in self.children)

    @property
    def exact_bounds(self) -> bool:
        return all(child.exact_bounds for child in self.children)

    def at(self, batch: Batch, need: Need, least: float = -np.inf) -> Matched:
        if len(batch) * len(self.children) > self.view.tuning.scores and len(batch) > 1:
            middle = len(batch) // 2
            one, other = (self.at(batch.take(part), need, least) for part in np.split(np.arange(len(batch)), [middle]))
            return Matched(np.append(one.which, other.which + middle), np.append(one.scores, other.scores))
        which: Ints | None = None  # of all docs those that are left; None: all of them
        parts: list[Floats | None] = [None] * len(self.children)
        partial = NO_SCORES
        pruning = least > -np.inf and need is not Need.MATCHES
        prunes = self.view.primitives.prunes
        rest = self.most if pruning else 0.0
        for number in self._order:
            check()
            child = self.children[number]
            scored = need is not Need.MATCHES and child.constant != 0.0
            if child is batch.source and child.candidates_match:  # it gave docs that can reach what is wanted
                rest -= child.most if pruning else 0.0
                scores = child.at(batch, need).scores
                batch = Batch(batch.docs, absent=batch.absent)
            else:
                bound = -np.inf
                if pruning:
                    rest -= child.most
                    bound = lowered(least, rest) if scored else bound
                if prunes and child.heeds_before:
                    batch.before = partial
                    kept, scores = child.at(batch, need, bound)
                else:
                    kept, scores = child.at(batch, need)
                    if bound > -np.inf and len(kept) > self.view.tuning.pruned:
                        good = ((scores + partial[kept] if len(partial) else scores) >= bound).nonzero()[0]
                        kept, scores = kept[good], scores[good]
                if len(kept) < len(batch):
                    batch = batch.take(kept)
                    which = kept if which is None else which[kept]
                    parts = [None if part is None else part[kept] for part in parts]
                    partial = partial[kept] if len(partial) else partial
            if scored:
                parts[number] = scores
                if pruning:
                    partial = partial + scores if len(partial) else scores
            if not len(batch):
                break
        return Matched(np.arange(len(batch)) if which is None else which, _sum(parts, len(batch)))

    def candidates(self) -> Docs:
        return min(self.children, key=lambda child: child.cost).candidates()

    def leads(self) -> list[Lead]:
        first = self.children[self._order[0]]
        rest = sum(child.most for child in self.children if child is not first)
        return [lead.adding(rest) for lead in first.leads()]

    def confirm(self, docs: Docs) -> Bools:
        hits = np.ones(len(docs), bool)
        for child in self.children:
            if child.two_phase:
                places = np.flatnonzero(hits)
                hits[places] = child.confirm(docs[places])
        return hits

    def within(self, first: int, stop: int) -> Docs:
        rarest = min(self.children, key=lambda child: child.cost)
        docs = rarest.within(first, stop)
        for child in self.children:
            if child is not rarest and len(docs):
                docs = child.matching(docs)
        return docs

    def marks(self) -> Bools:
        if self.cost <= self.view.tuning.sparse:
            return super().marks()
        marks = self.children[0].marks()
        for child in self.children[1:]:
            check()
            marks &= child.marks()
        return marks

    def explain(self, doc: int) -> Explanation | None:
        score = self.score_of(doc)
        if score is None:
            return None
        parts = [child.explain(doc) for child in self.children]
        return Explanation(score, "sum", described(self._asked), tuple(part for part in parts if part and part.score))


class OrScorer(Scorer):
    """Matches what any child matches; scores add up."""

    def __init__(self, children: Sequence[Scorer], asked: Node) -> None:
        self.view = children[0].view
        self.children = tuple(children)
        _join(self, children)
        if [child.constant for child in children].count(0.0) == len(children):
            self.constant = 0.0
        self.candidates_match = all([child.candidates_match for child in children])  # noqa: C419 - faster for few
        self._asked = asked

    @property
    def cost(self) -> int:
        return min(sum(child.cost for child in self.children), self.view.doc_count)

    @property
    def most(self) -> float:
        return sum(child.most for child in self.children)

    def at(self, batch: Batch, need: Need, least: float = -np.inf) -> Matched:
        size = len(batch)
        if (
            least == -np.inf
            or need is Need.MATCHES
            or size <= self.view.tuning.pruned
            or size * len(self.children) > self.view.tuning.scores
        ):
            return self._all_at(batch, need)
        which: Ints | None = None  # of all docs those that are left; None: all of them
        parts: list[Floats | None] = [None] * len(self.children)
        hits = np.zeros(len(batch), bool)
        partial = np.zeros(len(batch))
        order = self._order(batch)
        mosts = [self.children[number].most for number in order]
        for place, number in enumerate(order):
            check()
            part = np.zeros(len(batch))
            self.children[number].add_to(batch, need, hits, part)
            parts[number] = part
            partial = partial + part
            if len(batch) > self.view.tuning.pruned and place + 1 < len(order):
                kept = np.flatnonzero(partial >= lowered(least, sum(mosts[place + 1 :])))
                if len(kept) < len(batch):
                    batch, hits, partial = batch.take(kept), hits[kept], partial[kept]
                    which = kept if which is None else which[kept]
                    parts = [None if one is None else one[kept] for one in parts]
        return _found(which, hits, _sum(parts, len(batch)))

    def _all_at(self, batch: Batch, need: Need) -> Matched:
        """The same without leaving docs out; children are added up one by one, however many they are."""
        hits, scores = np.zeros(len(batch), bool), np.zeros(len(batch))
        for child in self.children:
            check()
            child.add_to(batch, need, hits, scores)
        return _found(None, hits, scores)

    def _order(self, batch: Batch) -> list[int]:
        """The children in the order in which docs are looked up in them: where they come from, the most valuable."""
        there = [number for number, child in enumerate(self.children) if child not in batch.absent]
        if len(there) < 2:
            return there
        value = {
            number: np.inf if self.children[number] is batch.source else self.children[number].most for number in there
        }
        return sorted(there, key=lambda number: -value[number])

    def candidates(self) -> Docs:
        if sum(child.cost for child in self.children) < self.view.doc_count:
            return distinct_docs([child.candidates() for child in self.children])
        marks = np.zeros(self.view.doc_count, bool)
        for child in self.children:
            check()
            marks[child.candidates()] = True
        return np.flatnonzero(marks).astype(np.int32)

    def leads(self) -> list[Lead]:
        falling = sorted(self.children, key=lambda child: -child.most)
        mosts = [child.most for child in falling]
        # A doc that is in none of the children before is good by these.
        return [lead.adding(sum(mosts[place + 1 :])) for place, child in enumerate(falling) for lead in child.leads()]

    def within(self, first: int, stop: int) -> Docs:
        return distinct_docs([child.within(first, stop) for child in self.children])

    def marks(self) -> Bools:
        marks = self.children[0].marks()
        for child in self.children[1:]:
            check()
            marks |= child.marks()
        return marks

    def explain(self, doc: int) -> Explanation | None:
        score = self.score_of(doc)
        if score is None:
            return None
        parts = [child.explain(doc) for child in self.children]
        return Explanation(score, "sum", described(self._asked), tuple(part for part in parts if part))


class BestScorer(OrScorer):
    """Matches what any child matches; the best score counts, and ``tiebreak`` times the others."""

    def __init__(self, children: Sequence[Scorer], tiebreak: float, asked: Node) -> None:
        super().__init__(children, asked)
        self.tiebreak = tiebreak
        if tiebreak < 0:
            # A doc's score grows when a part of it falls away, so bounds of parts say nothing.
            self.two_phase = False
            self.never_negative = False

    @property
    def most(self) -> float:
        mosts = [child.most for child in self.children]
        return max(mosts) + max(self.tiebreak, 0.0) * (sum(mosts) - max(mosts))

    def at(self, batch: Batch, need: Need, least: float = -np.inf) -> Matched:
        if self.tiebreak < 0 and need is Need.BOUNDS:
            need = Need.SCORES
        hits = np.zeros(len(batch), bool)
        best = np.full(len(batch), -np.inf)
        total = np.zeros(len(batch))
        for child in self.children:
            check()
            found, scores = child.at(batch, need)
            hits[found] = True
            total[found] += scores
            best[found] = np.maximum(best[found], scores)
        which = np.flatnonzero(hits)
        best, total = best[which], total[which]
        return Matched(which, best + self.tiebreak * (total - best) if self.tiebreak else best)

    def leads(self) -> list[Lead]:
        # A doc is found in the child where it scores best, which may not be the first that has it.
        total = sum(child.most for child in self.children)
        falling = sorted(self.children, key=lambda child: -child.most)
        return [
            Lead(lead.leaf, lead.rest + max(self.tiebreak, 0.0) * (total - child.most), False)
            for child in falling
            for lead in child.leads()
        ]

    def explain(self, doc: int) -> Explanation | None:
        found = super().explain(doc)
        if found is None:
            return None
        return Explanation(found.score, "max", found.text, found.parts, tiebreak=self.tiebreak)


class NotScorer(Scorer):
    """Matches what the child does not; scores nothing."""

    constant = 0.0

    def __init__(self, child: Scorer) -> None:
        self.view = child.view
        self.child = child
        self.two_phase = child.two_phase

    @property
    def cost(self) -> int:
        return self.view.doc_count

    @property
    def most(self) -> float:
        return 0.0

    @property
    def exact_bounds(self) -> bool:
        return True

    def at(self, batch: Batch, need: Need, least: float = -np.inf) -> Matched:
        kept = np.ones(len(batch), bool)
        if not (self.two_phase and need is Need.BOUNDS):
            kept[self.child.at(batch, Need.MATCHES).which] = False
        which = np.flatnonzero(kept)
        return Matched(which, np.zeros(len(which)))

    def candidates(self) -> Docs:
        return self.view.all_live(0, self.view.doc_count)

    def within(self, first: int, stop: int) -> Docs:
        return self.matching(self.view.all_live(first, stop))

    def marks(self) -> Bools:
        marks = ~self.child.marks()
        if self.view.alive is not None:
            marks &= self.view.alive
        return marks

    def explain(self, doc: int) -> Explanation | None:
        if self.score_of(doc) is None:
            return None
        return Explanation(0.0, "constant", "nothing that is excluded")


def _join(group: Scorer, children: Sequence[Scorer]) -> None:
    for child in children:
        if child.two_phase:
            group.two_phase = True
        if not child.never_negative:
            group.never_negative = False


def _sum(parts: Sequence[Floats | None], size: int) -> Floats:
    """The sum in the order of the query."""
    total: Floats | None = None
    for part in parts:
        if part is not None:
            total = part if total is None else total + part
    return np.zeros(size) if total is None else total


def _found(which: Ints | None, hits: Bools, scores: Floats) -> Matched:
    """What of the docs that are left matches."""
    matched = np.flatnonzero(hits)
    if len(matched) < len(hits):
        scores = scores[matched]
        which = matched if which is None else which[matched]
    return Matched(np.arange(len(hits)) if which is None else which, scores)
