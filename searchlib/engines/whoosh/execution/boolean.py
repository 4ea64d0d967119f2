"""Nodes made of nodes: And, Or, DisjunctionMax, Not, AndMaybe, and a constant score.

`Need.UPPER` stays true through all of them: scores only add up or are compared, and what is negated is taken for a
match until it is known.
"""

# ruff: noqa: D102 - what the methods of a source do is written at Source

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from searchlib.deadline import check
from searchlib.engines.whoosh.codec.packing import distinct
from searchlib.engines.whoosh.execution.explanation import Explanation, described
from searchlib.engines.whoosh.execution.postings import Span
from searchlib.engines.whoosh.execution.segment import Bools, Docs, Floats
from searchlib.engines.whoosh.execution.source import ABSENT, Matched, Need, Source

_AT_ONCE = 1 << 24  # scores of children that are kept until they are added up in the order of the query
_SEEK = 16  # finding a doc in a posting list takes the time of reading about so many postings


class All(Source):
    """Matches what every child matches; scores add up."""

    def __init__(self, children: Sequence[Source], text: Any) -> None:
        self.view = children[0].view
        self.children = tuple(children)
        self.text = text
        self.guesses = any(child.guesses for child in children)
        self._rising = sorted(range(len(children)), key=lambda number: children[number].cost)

    @property
    def cost(self) -> int:
        return self.children[self._rising[0]].cost

    def windows(self) -> Floats:
        bounds = np.zeros(self.view.windows)
        present = np.ones(self.view.windows, bool)
        for child in self.children:
            windows = child.windows()
            present &= windows >= 0
            bounds += windows
        return np.where(present, bounds, ABSENT)

    def dense(self, span: Span, need: Need) -> Matched:
        if span.size * len(self.children) > _AT_ONCE and len(span.windows) > 1:
            half = len(span.windows) // 2
            halves = [Span(part, span.bits) for part in (span.windows[:half], span.windows[half:])]
            return _end_to_end([self.dense(part, need) for part in halves])
        scores: list[Floats | None] = [None] * len(self.children)
        hits = np.ones(span.size, bool)
        for place, number in enumerate(self._rising):
            check()
            child = self.children[number]
            left = int(np.count_nonzero(hits)) if place else span.size
            if left == 0:
                return hits, np.zeros(span.size)
            expected = child.cost * span.size // max(self.view.doc_count, 1)
            if left * _SEEK < expected:
                places = np.flatnonzero(hits)
                found, part = child.at(span.docs(places), need)
                hits[places] = found
                whole = np.zeros(span.size)
                whole[places] = part
                scores[number] = whole
            else:
                found, scores[number] = child.dense(span, need)
                hits &= found
        return hits, _added(scores, hits)

    def at(self, docs: Docs, need: Need) -> Matched:
        if len(docs) * len(self.children) > _AT_ONCE and len(docs) > 1:
            half = len(docs) // 2
            return _end_to_end([self.at(part, need) for part in (docs[:half], docs[half:])])
        scores: list[Floats | None] = [None] * len(self.children)
        places = np.arange(len(docs), dtype=np.int64)
        for number in self._rising:
            check()
            found, part = self.children[number].at(docs[places], need)
            whole = np.zeros(len(docs))
            whole[places] = part
            scores[number] = whole
            places = places[found]
            if len(places) == 0:
                break
        hits = np.zeros(len(docs), bool)
        hits[places] = True
        return hits, _added(scores, hits)

    def candidates(self) -> Docs:
        return self.children[self._rising[0]].candidates()

    @property
    def rising(self) -> list[Source]:
        """The children, those that match least docs first."""
        return [self.children[number] for number in self._rising]

    def bound(self) -> float:
        return sum(child.bound() for child in self.children)

    def explain(self, doc: int) -> Explanation | None:
        matched, score = self.match(doc)
        if not matched:
            return None
        parts = [child.explain(doc) for child in self.children]
        return Explanation(score, "sum", described(self.text), tuple(part for part in parts if part and part.score))


class Some(Source):
    """Matches what any child matches; scores add up."""

    def __init__(self, children: Sequence[Source], text: Any) -> None:
        self.view = children[0].view
        self.children = tuple(children)
        self.text = text
        self.guesses = any(child.guesses for child in children)

    @property
    def cost(self) -> int:
        return min(sum(child.cost for child in self.children), self.view.doc_count)

    def windows(self) -> Floats:
        bounds = np.zeros(self.view.windows)
        present = np.zeros(self.view.windows, bool)
        for child in self.children:
            windows = child.windows()
            present |= windows >= 0
            bounds += np.maximum(windows, 0.0)
        return np.where(present, bounds, ABSENT)

    def dense(self, span: Span, need: Need) -> Matched:
        return self._merge(span.size, (child.dense(span, need) for child in self.children))

    def at(self, docs: Docs, need: Need) -> Matched:
        return self._merge(len(docs), (child.at(docs, need) for child in self.children))

    def candidates(self) -> Docs:
        return distinct(np.concatenate([child.candidates() for child in self.children]))

    def bound(self) -> float:
        return sum(child.bound() for child in self.children)

    def split(self, limit: int) -> tuple[Docs | None, Source | None]:
        """The rare children are known whole; the rest is left."""
        rising = sorted(self.children, key=lambda child: child.cost)
        known: list[Docs] = []
        for child in rising:
            if child.cost > limit:
                break
            limit -= child.cost
            known.append(child.candidates())
        rest = [child for child in self.children if not any(child is one for one in rising[: len(known)])]
        docs = distinct(np.concatenate(known)) if known else None
        return docs, self._of(rest) if rest else None

    def explain(self, doc: int) -> Explanation | None:
        matched, score = self.match(doc)
        if not matched:
            return None
        parts = [child.explain(doc) for child in self.children]
        return Explanation(score, "sum", described(self.text), tuple(part for part in parts if part))

    def _of(self, children: Sequence[Source]) -> Source:
        return children[0] if len(children) == 1 else Some(children, self.text)

    def _merge(self, size: int, found: Iterable[Matched]) -> Matched:
        # One after another: all at once, thousands of children would take gigabytes.
        hits, scores = np.zeros(size, bool), np.zeros(size)
        for more_hits, more_scores in found:
            check()
            hits |= more_hits
            scores += more_scores
        return hits, scores


class Best(Some):
    """Matches what any child matches; the best score counts, and ``tiebreak`` times the others."""

    def __init__(self, children: Sequence[Source], tiebreak: float, text: Any) -> None:
        super().__init__(children, text)
        self.tiebreak = tiebreak
        if tiebreak < 0:
            self.guesses = False

    def windows(self) -> Floats:
        best = np.full(self.view.windows, ABSENT)
        total = np.zeros(self.view.windows)
        for child in self.children:
            windows = child.windows()
            best = np.maximum(best, windows)
            total += np.maximum(windows, 0.0)
        return np.where(best >= 0, best + max(self.tiebreak, 0.0) * (total - best), ABSENT)

    def dense(self, span: Span, need: Need) -> Matched:
        return super().dense(span, self._need(need))

    def at(self, docs: Docs, need: Need) -> Matched:
        return super().at(docs, self._need(need))

    def explain(self, doc: int) -> Explanation | None:
        matched, score = self.match(doc)
        if not matched:
            return None
        parts = [child.explain(doc) for child in self.children]
        found = tuple(part for part in parts if part)
        return Explanation(score, "max", described(self.text), found, tiebreak=self.tiebreak)

    def _need(self, need: Need) -> Need:
        # With a negative tiebreak a doc's score grows when a part of it falls away.
        return Need.SCORES if self.tiebreak < 0 and need is Need.UPPER else need

    def _of(self, children: Sequence[Source]) -> Source:
        return children[0] if len(children) == 1 else Best(children, self.tiebreak, self.text)

    def _merge(self, size: int, found: Iterable[Matched]) -> Matched:
        hits = np.zeros(size, bool)
        best = np.full(size, -np.inf)
        total = np.zeros(size)
        for more_hits, more_scores in found:
            check()
            hits |= more_hits
            total += more_scores
            best = np.where(more_hits, np.maximum(best, more_scores), best)
        best[~hits] = 0.0
        return hits, best + self.tiebreak * (total - best) if self.tiebreak else best


class Excluded(Source):
    """Matches what the child does not; scores nothing."""

    def __init__(self, child: Source) -> None:
        self.view = child.view
        self.child = child
        self.guesses = child.guesses

    @property
    def cost(self) -> int:
        return self.view.doc_count

    def windows(self) -> Floats:
        return np.zeros(self.view.windows)

    def dense(self, span: Span, need: Need) -> Matched:
        inside = np.ones(span.size, bool)
        excess = (int(span.windows[-1]) + 1 << span.bits) - self.view.doc_count
        if excess > 0:
            inside[-excess:] = False
        if not (self.guesses and need is Need.UPPER):
            inside &= ~self.child.dense(span, Need.MATCHES)[0]
        return inside, np.zeros(span.size)

    def at(self, docs: Docs, need: Need) -> Matched:
        if self.guesses and need is Need.UPPER:
            return np.ones(len(docs), bool), np.zeros(len(docs))
        return ~self.child.at(docs, Need.MATCHES)[0], np.zeros(len(docs))

    def candidates(self) -> Docs:
        return np.arange(self.view.doc_count, dtype=np.int32)

    def bound(self) -> float:
        return 0.0

    def explain(self, doc: int) -> Explanation | None:
        return Explanation(0.0, "constant", "nothing that is excluded") if self.match(doc)[0] else None


class Optional(Source):
    """Matches what the first child matches; the second one's score is added where it matches too."""

    def __init__(self, required: Source, wanted: Source, text: Any) -> None:
        self.view = required.view
        self.required = required
        self.wanted = wanted
        self.text = text
        self.guesses = required.guesses or wanted.guesses

    @property
    def cost(self) -> int:
        return self.required.cost

    def windows(self) -> Floats:
        required = self.required.windows()
        return np.where(required >= 0, required + np.maximum(self.wanted.windows(), 0.0), ABSENT)

    def dense(self, span: Span, need: Need) -> Matched:
        hits, scores = self.required.dense(span, need)
        if need is not Need.MATCHES and hits.any():
            scores += np.where(hits, self.wanted.dense(span, need)[1], 0.0)
        return hits, scores

    def at(self, docs: Docs, need: Need) -> Matched:
        hits, scores = self.required.at(docs, need)
        if need is not Need.MATCHES:
            scores[hits] += self.wanted.at(docs[hits], need)[1]
        return hits, scores

    def candidates(self) -> Docs:
        return self.required.candidates()

    def bound(self) -> float:
        return self.required.bound() + self.wanted.bound()

    def explain(self, doc: int) -> Explanation | None:
        matched, score = self.match(doc)
        if not matched:
            return None
        parts = [self.required.explain(doc), self.wanted.explain(doc)]
        return Explanation(score, "sum", described(self.text), tuple(part for part in parts if part))


class Constant(Source):
    """Matches what the child matches, with one score."""

    def __init__(self, child: Source, score: float, text: Any) -> None:
        self.view = child.view
        self.child = child
        self.score = score
        self.text = text
        # With a negative score, what only looks like a match would hide what is one.
        self.guesses = child.guesses and score >= 0

    @property
    def cost(self) -> int:
        return self.child.cost

    def windows(self) -> Floats:
        return np.where(self.child.windows() >= 0, max(self.score, 0.0), ABSENT)

    def dense(self, span: Span, need: Need) -> Matched:
        hits, _ = self.child.dense(span, self._need(need))
        return hits, np.where(hits, self.score, 0.0)

    def at(self, docs: Docs, need: Need) -> Matched:
        hits, _ = self.child.at(docs, self._need(need))
        return hits, np.where(hits, self.score, 0.0)

    def candidates(self) -> Docs:
        return self.child.candidates()

    def bound(self) -> float:
        return max(self.score, 0.0)

    def explain(self, doc: int) -> Explanation | None:
        return Explanation(self.score, "constant", described(self.text)) if self.match(doc)[0] else None

    def _need(self, need: Need) -> Need:
        return Need.UPPER if need is Need.UPPER and self.guesses else Need.MATCHES


def _end_to_end(found: Sequence[Matched]) -> Matched:
    return np.concatenate([hits for hits, _ in found]), np.concatenate([scores for _, scores in found])


def _added(scores: Sequence[Floats | None], hits: Bools) -> Floats:
    """The sum in the order of the query, 0 where there is no hit."""
    total = np.zeros(len(hits))
    for part in scores:
        if part is not None:
            total += part
    total[~hits] = 0.0
    return total
