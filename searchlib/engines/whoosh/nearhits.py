"""Hits of equal score, those first in which words stand nearer: see `searchlib.search.nearness` for what that is."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from searchlib.engines.whoosh.execution import Snapshot, occurrences
from searchlib.engines.whoosh.execution.primitives import HALF
from searchlib.engines.whoosh.pages import Ints, Page
from searchlib.model.arrays import NDArray
from searchlib.query.nodes import Word


def nearest_first(snapshot: Snapshot, page: Page, words: Sequence[Word], among: int, shown: slice) -> Page:
    """Part of a page, of whose first ``among`` hits those with equal scores are in that order."""
    tied = _tied(page.scores[:among], shown)
    order = np.arange(len(page.docs))
    if len(tied):
        near = np.empty(len(tied))
        for segment in np.unique(page.segments[tied]).tolist():
            of = np.flatnonzero(page.segments[tied] == segment)
            of = of[page.docs[tied[of]].argsort()]
            near[of] = _nearness(snapshot, words, segment, page.docs[tied[of]])
        order[tied] = tied[np.lexsort((tied, -near, -page.scores[tied]))]
    order = order[shown]
    return Page(page.segments[order], page.docs[order], page.scores[order])


def _tied(scores: NDArray[np.float64], part: slice) -> Ints:
    """The places of hits whose scores others have too, if any of these is among the hits that are shown."""
    equal = scores[1:] == scores[:-1]
    tied = np.append(equal, False) | np.append(False, equal)
    shown = scores[part]
    if not len(shown):
        return np.empty(0, np.int64)
    return np.flatnonzero(tied & (scores <= shown[0]) & (scores >= shown[-1]))


def _nearness(snapshot: Snapshot, words: Sequence[Word], segment: int, docs: Ints) -> NDArray[np.float64]:
    """That of the texts of some ascending docs."""
    ascending = docs.astype(np.int32, copy=False)
    standing = [occurrences(snapshot, word, segment, ascending, "text") for word in words]
    near = np.zeros(len(docs))
    for one, other in pairwise(standing):
        if len(one) and len(other):
            near += _nearest(one, other, len(docs))
    return near


def _nearest(one: Ints, other: Ints, size: int) -> NDArray[np.float64]:
    """For each doc the most that an occurrence of one word, and the nearest of another, are worth."""
    best = np.zeros(size)
    places = one >> HALF
    after = other.searchsorted(one, "right")
    for neighbours, behind in ((after, True), (after - 1, False)):
        at = neighbours.clip(0, len(other) - 1)
        found = other[at]
        apart = found - one if behind else one - found + 1
        there = (at == neighbours) & (found >> HALF == places) & (apart > (0 if behind else 1))
        np.maximum.at(best, places[there], 1 / apart[there])
    return best
