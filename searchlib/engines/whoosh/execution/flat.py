"""Flat queries, the ones that people type: a word, or a conjunction, a disjunction or a phrase of words, and a filter.

They are answered from prepared words (see ``prepared``) without a tree of sources: by compiled code where the snapshot
has it, else here, by few and large NumPy calls. `search` says None where a query is not flat, or is better not
prepared for; ``topk`` then has the answer, the same to the bit.

Both ways go through the docs of one word, the *driver*: the rarest of a conjunction; of a disjunction each in turn,
the most valuable first, until what is left cannot make a doc good (MaxScore: H. Turtle and J. Flood, Query
evaluation: strategies and optimizations, 1995). The driver's best docs give a threshold. Of its other docs those are
looked up in the other words that can reach it: first whole runs of docs are left out by their crests (as in S. Ding
and T. Suel, Faster top-k document retrieval using block-max indexes, SIGIR 2011), then single docs by their gains.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from whoosh import query as wq
from whoosh.query.compound import DefaultOr

from searchlib.engines.whoosh.execution.lower import Lowering
from searchlib.engines.whoosh.execution.phrase import Phrase
from searchlib.engines.whoosh.execution.prepared import BEST, RUN, Leaf, Prepared, leaf
from searchlib.engines.whoosh.execution.segment import Bools, Docs, Floats, Ints
from searchlib.engines.whoosh.execution.snapshot import View
from searchlib.query.nodes import Word, WordPhrase

FEW = 1_024  # docs that are looked up without asking for a threshold first
VERIFIED = 256  # docs of a phrase whose positions are read at a time
DEEPEST = 256  # answers
_SLACK = 1e-9  # bounds may add up in another order than scores

Found: TypeAlias = tuple[Docs, Floats]
Check: TypeAlias = Callable[[Docs], Bools]


@dataclass(frozen=True, slots=True)
class Shape:
    """A flat query: nodes of words with their boosts, and words that must be there, or must not, but do not score.

    ``phrase`` is the node of a phrase, whose words must all be there as well. ``every`` word must be there, or any.
    """

    words: Sequence[tuple[Any, float]]
    every: bool
    phrase: Any = None
    required: Sequence[tuple[Any, float]] = ()
    excluded: Sequence[tuple[Any, float]] = ()


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


def shape(query: Any, filter: Any = None) -> Shape | None:
    """What kind of flat query this is; None if it is none."""
    required: tuple[tuple[Any, float], ...] = ()
    if filter is not None:
        if type(filter) not in _LEAVES:
            return None
        required = ((filter, 1.0),)
    kind = type(query)
    if kind in _LEAVES:
        return Shape(((query, 1.0),), True, None, required)
    if kind is wq.And or kind in _OR:
        boost = 1.0 * query.boost
        words, excluded = [], []
        for child in query.subqueries:
            if type(child) in _LEAVES:
                words.append((child, boost))
            elif kind is wq.And and type(child) is wq.Not and type(child.query) in _LEAVES:
                excluded.append((child.query, 1.0))
            else:
                return None
        if not words or (kind is not wq.And and query.scale):
            return None
        return Shape(words, kind is wq.And, None, required, excluded)
    if kind is WordPhrase or kind is wq.Phrase:
        boost = 1.0 * query.boost
        if kind is WordPhrase:
            words = [(word, boost) for word in query.words]
        else:
            words = [(wq.Term(query.fieldname, text), boost) for text in query.words]
        return Shape(words, True, query, required) if len(words) > 1 else None
    return None


def search(lowering: Lowering, shape: Shape, view: View, k: int, floor: float) -> Found | None:
    """The ``k`` best live docs of a segment, best first, none below ``floor``; None to be asked otherwise."""
    lists = _lists(lowering, shape, view)
    if lists is None:
        return None
    if not lists.words:
        return np.empty(0, np.int32), np.empty(0)
    if len(lists.words) == 1 and not lists.required and not lists.excluded:
        top = lists.words[0].top(lists.scales[0], k)
        if top is not None:
            return np.array(top[0], np.int32), np.array(top[1])
    compiled = view.snapshot.compiled
    if compiled is not None:
        found: Found | None = compiled.search(lists, k, floor)
        if found is not None:
            return found
    check = _check(lowering, lists) if lists.phrase is not None else None
    best = _Best(k, floor)
    (_every if lists.every else _any)(lists, best, check)
    return best.docs, best.scores


def _lists(lowering: Lowering, shape: Shape, view: View) -> Lists | None:
    if lowering.ranking.k1 == 0:
        return None  # a gain may be no number
    words: list[Leaf] = []
    for query, boost in shape.words:
        found = leaf(lowering, query, view, boost)
        if found is not None:
            if not found.scale > 0:
                return None
            words.append(found)
        elif shape.every:
            return _nothing(view)
    if not words:
        return _nothing(view)
    required = [leaf(lowering, query, view, boost) for query, boost in shape.required]
    kept = [one for one in required if one is not None]
    if len(kept) < len(required):
        return _nothing(view)
    excluded = [one for query, boost in shape.excluded if (one := leaf(lowering, query, view, boost)) is not None]
    scales = [one.scale for one in words]
    every = shape.every or len(words) == 1
    if every:
        words += kept
        scales += [0.0] * len(kept)
        kept = []
        rarest = min(one.weighed.cost for one in words)
        if not all(one.weighed.pays(rarest) for one in words + excluded):
            return None
    ready = [one.weighed.prepared() for one in words]
    if not all(len(one.docs) for one in ready):  # a word whose docs are all deleted, or in other languages
        if every:
            return _nothing(view)
        there = [number for number, one in enumerate(ready) if len(one.docs)]
        words, ready, scales = ([part[number] for number in there] for part in (words, ready, scales))  # type: ignore
    return Lists(
        view,
        words,
        ready,
        scales,
        every,
        [one.weighed.prepared() for one in kept],
        [one.weighed.prepared() for one in excluded],
        shape.phrase,
    )


def _nothing(view: View) -> Lists:
    return Lists(view, [], [], [], True, [], [], None)


class _Best:
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


def _every(lists: Lists, best: _Best, check: Check | None) -> None:
    order = sorted(range(len(lists.words)), key=lambda number: len(lists.words[number].docs))
    _drive(lists, order, 0, best, check)


def _any(lists: Lists, best: _Best, check: Check | None) -> None:
    bounds = [scale * word.most for scale, word in zip(lists.scales, lists.words, strict=True)]
    order = sorted(range(len(bounds)), key=lambda number: -bounds[number])
    for place in range(len(order)):
        if sum(bounds[number] for number in order[place:]) * (1 + _SLACK) < best.threshold:
            break
        _drive(lists, order, place, best, check)


def _drive(lists: Lists, order: list[int], place: int, best: _Best, check: Check | None) -> None:
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
    runs = np.flatnonzero(driver.crests >= least)
    if len(runs) * 2 > len(driver.crests):
        places = np.flatnonzero(driver.gains >= least)
    else:
        places = (runs[:, None] * RUN + np.arange(RUN)).reshape(-1)
        if len(runs) and runs[-1] == len(driver.crests) - 1:
            places = places[: len(places) - RUN * len(driver.crests) + len(driver.docs)]
        places = places[driver.gains[places] >= least]
    if len(places):
        _follow(lists, order, place, places, best, check)


def _follow(
    lists: Lists, order: list[int], place: int, places: Ints | None, best: _Best, check: Check | None
) -> None:
    """Look docs of the driver up (those at these places; all) in the other words."""
    driver = lists.words[order[place]]
    docs, gains = (driver.docs, driver.gains) if places is None else (driver.docs[places], driver.gains[places])
    parts: list[Floats | None] = [None] * len(order)
    parts[order[place]] = partial = gains * lists.scales[order[place]]
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
                parts[number] = scale * word.gains[at_doc[kept]]
        elif at < place:
            kept = np.flatnonzero(~found)  # these were considered as docs of that word
        else:
            parts[number] = np.where(found, scale * word.gains[at_doc], 0.0)
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


def _take(lists: Lists, docs: Docs, scores: Floats, best: _Best, check: Check | None) -> None:
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


def _check(lowering: Lowering, lists: Lists) -> Check:
    source = lowering.lower(lists.phrase, lists.view)
    assert isinstance(source, Phrase)
    return source.confirm


_LEAVES = frozenset((Word, wq.Term))
_OR = frozenset((wq.Or, DefaultOr))
__all__ = ["BEST", "DEEPEST", "Lists", "Shape", "search", "shape"]
