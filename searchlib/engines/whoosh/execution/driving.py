"""Flat queries on arrays: by few and large NumPy calls.

Both ways go through the docs of one word, the *driver*: the rarest of a conjunction; of a disjunction each in turn,
the most valuable first, until what is left cannot make a doc good (MaxScore: H. Turtle and J. Flood, Query
evaluation: strategies and optimizations, 1995). The driver's best docs give a threshold. Of its other docs those are
looked up in the other words that can reach it: first whole runs of docs are left out by their crests (as in S. Ding
and T. Suel, Faster top-k document retrieval using block-max indexes, SIGIR 2011), then single docs by their gains.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np

from searchlib.deadline import check as check_time
from searchlib.engines.whoosh.execution.prepared import Leaf, Prepared
from searchlib.engines.whoosh.execution.segment import Bools, Docs, Floats, Ints
from searchlib.engines.whoosh.execution.snapshot import View

FEW = 1_024  # docs that are looked up without asking for a threshold first
VERIFIED = 256  # docs of a phrase whose positions are read at a time
_UNSCORED = 8  # looking up a doc of a word that does not score may be in vain
_SLACK = 1e-9  # bounds may add up in another order than scores

Check: TypeAlias = Callable[[Docs], Bools]


@dataclass(slots=True)
class Lists:
    """A flat query in a segment: its words, prepared, and their scales, in the order of the query.

    In a conjunction those that only have to be there are among the words, with a scale of 0.
    """

    view: View
    leaves: list[Leaf]
    words: list[Prepared]
    scales: list[float]
    every: bool
    required: list[Prepared]
    excluded: list[Prepared]
    phrase: Any

    @property
    def order(self) -> list[int]:
        """The numbers of the words in the order in which their docs are gone through or looked up."""
        if not self.every:
            return sorted(range(len(self.words)), key=lambda number: -self.scales[number] * self.words[number].most)
        # Docs of a word that scores are left out by what they gain, unless others are far fewer.
        dear = [
            len(word.docs) * (1 if scale else _UNSCORED) for word, scale in zip(self.words, self.scales, strict=True)
        ]
        return sorted(range(len(dear)), key=dear.__getitem__)


class Best:
    """The k best docs so far, best first; of equal scores the first docs."""

    __slots__ = ("docs", "floor", "k", "scores")

    def __init__(self, k: int, floor: float) -> None:
        self.k = k
        self.floor = floor
        self.docs: Docs = np.empty(0, np.int32)
        self.scores: Floats = np.empty(0)

    @property
    def threshold(self) -> float:
        """No doc below this counts."""
        return max(self.floor, float(self.scores[-1])) if len(self.scores) == self.k else self.floor

    def add(self, docs: Docs, scores: Floats) -> None:
        """Take docs in; one may be given again, with the same score."""
        threshold = self.threshold
        if len(scores) > 4 * self.k:
            threshold = max(threshold, float(np.partition(scores, len(scores) - self.k)[len(scores) - self.k]))
        if threshold > -np.inf:
            good = scores >= threshold
            docs, scores = docs[good], scores[good]
        again = len(self.docs) > 0
        if again:
            docs, scores = np.concatenate((self.docs, docs)), np.concatenate((self.scores, scores))
        best = np.lexsort((docs, -scores))
        if again:
            sorted_docs = docs[best]
            first = np.ones(len(best), bool)
            np.not_equal(sorted_docs[1:], sorted_docs[:-1], out=first[1:])
            best = best[first]
        best = best[: self.k]
        self.docs, self.scores = docs[best], scores[best]


def every(lists: Lists, best: Best, check: Check | None) -> None:
    """Collect the best of a conjunction, of those docs alone that pass the check."""
    _drive(lists, lists.order, 0, best, check)


def anyone(lists: Lists, best: Best, check: Check | None) -> None:
    """Collect the best of a disjunction."""
    bounds = [scale * word.most for scale, word in zip(lists.scales, lists.words, strict=True)]
    order = lists.order
    for place in range(len(order)):
        if sum(bounds[number] for number in order[place:]) * (1 + _SLACK) < best.threshold:
            break
        _drive(lists, order, place, best, check)


def all_scored(lists: Lists, best: Best) -> None:
    """Collect the best of a disjunction of many words: all their docs are scored, a word after another."""
    hits, scores = np.zeros(lists.view.doc_count, bool), np.zeros(lists.view.doc_count)
    for word, scale in zip(lists.words, lists.scales, strict=True):
        check_time()
        hits[word.docs] = True
        scores[word.docs] += scale * word.gains(None)
    docs = np.flatnonzero(hits).astype(np.int32)
    _take(lists, docs, scores[docs], best, None)


def _drive(lists: Lists, order: list[int], place: int, best: Best, check: Check | None) -> None:
    """Consider the docs of one word, those that score best first."""
    driver = lists.words[order[place]]
    if len(driver.docs) <= FEW:
        _follow(lists, order, place, None, best, check)
        return
    scale = lists.scales[order[place]]
    _follow(lists, order, place, np.sort(driver.best), best, check)
    rest = sum(lists.scales[number] * lists.words[number].most for number in order if number != order[place])
    if not lists.every:
        rest = sum(lists.scales[number] * lists.words[number].most for number in order[place + 1 :])
    least = (best.threshold - rest) * (1 - _SLACK) - abs(rest) * _SLACK
    if least <= 0 or scale == 0:
        _follow(lists, order, place, None, best, check)
        return
    least /= scale * (1 + _SLACK)
    places = driver.reaching(least)
    if places is None or len(places):
        _follow(lists, order, place, places, best, check)


def _follow(lists: Lists, order: list[int], place: int, places: Ints | None, best: Best, check: Check | None) -> None:  # noqa: PLR0912
    """Look docs of the driver up (those at these places; all) in the other words."""
    check_time()
    driver = lists.words[order[place]]
    docs = driver.docs if places is None else driver.docs[places]
    parts: list[Floats | None] = [None] * len(order)
    parts[order[place]] = partial = driver.gains(places) * lists.scales[order[place]]
    threshold = best.threshold
    following = [number for at, number in enumerate(order) if at != place]
    left = sum(lists.scales[number] * lists.words[number].most for number in following)
    for at, number in enumerate(following):
        word, scale = lists.words[number], lists.scales[number]
        found, at_doc = _looked_up(word.docs, docs)
        left -= scale * word.most
        if lists.every:
            kept: Any = np.flatnonzero(found)
            if scale:
                parts[number] = scale * word.gains(at_doc[kept])
        elif at < place:
            kept = np.flatnonzero(~found)  # these were considered as docs of that word
        else:
            parts[number] = np.where(found, scale * word.gains(at_doc), 0.0)
            kept = None
        if kept is not None and len(kept) < len(docs):
            docs, partial = docs[kept], partial[kept]
            for other, part in enumerate(parts):
                if part is not None and (other != number or not lists.every):
                    parts[other] = part[kept]
        more = parts[number]
        if more is not None:
            partial = partial + more
        if len(docs) > FEW and threshold > -np.inf:
            good = (partial + left) * (1 + _SLACK) + left * _SLACK >= threshold
            kept = np.flatnonzero(good)
            docs, partial = docs[kept], partial[kept]
            parts = [None if part is None else part[kept] for part in parts]
        if not len(docs):
            return
    scores: Any = 0.0
    for part in parts:
        if part is not None:
            scores = scores + part
    _take(lists, docs, scores, best, check)


def _take(lists: Lists, docs: Docs, scores: Floats, best: Best, check: Check | None) -> None:
    threshold = best.threshold
    if threshold > -np.inf:
        good = scores >= threshold
        docs, scores = docs[good], scores[good]
    for word in lists.required:
        found, _ = _looked_up(word.docs, docs)
        docs, scores = docs[found], scores[found]
    for word in lists.excluded:
        found, _ = _looked_up(word.docs, docs)
        docs, scores = docs[~found], scores[~found]
    if check is None:
        if len(docs):
            best.add(docs, scores)
        return
    wanted = VERIFIED
    while len(docs):
        check_time()
        taken = np.ones(len(docs), bool)
        if wanted < len(docs):
            taken[np.argpartition(scores, len(scores) - wanted)[: len(scores) - wanted]] = False
        batch, values = docs[taken], scores[taken]
        stands = check(batch)
        if stands.any():
            best.add(batch[stands], values[stands])
        left = ~taken & (scores >= best.threshold)
        docs, scores = docs[left], scores[left]
        wanted *= 4


def _looked_up(known: Docs, docs: Docs) -> tuple[Bools, Ints]:
    """Which of some ascending docs are known, and where."""
    at = known.searchsorted(docs)
    if len(docs) and len(known) and docs[-1] > known[-1]:
        np.minimum(at, len(known) - 1, out=at)
    return (known[at] == docs if len(known) else np.zeros(len(docs), bool)), at
