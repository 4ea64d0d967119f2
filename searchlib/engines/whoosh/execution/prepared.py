"""Words made ready: their docs with what they add to a score, kept between queries.

* A *gain* is a word's score in a doc, but for its *scale* (boost * idf): ``score = scale * gain``, to the bit.
* `Prepared` has the live docs of a word and their gains; the best of them; and *crests*, the greatest gain of each run
  of `RUN` docs, by which most of a long list is left out without a look at it.
* `Weighed` is a word in a segment as far as gains depend on it: posting lists, weights, parameters. It makes its
  `Prepared`, which the snapshot keeps as long as there is room.
* A `Leaf` is a `Weighed` with a scale: what a node of a query becomes.

A posting takes 12 bytes, and 1 more where lists are looked up in by compiled code.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from searchlib.engines.whoosh.execution.leaves import Part, Ranked
from searchlib.engines.whoosh.execution.postings import PARTLY, PER_BLOCK, PostingList, Reader
from searchlib.engines.whoosh.execution.segment import Docs, Floats, Ints
from searchlib.engines.whoosh.execution.source import Nothing, Source

if TYPE_CHECKING:
    from searchlib.engines.whoosh.execution.lower import Lowering
    from searchlib.engines.whoosh.execution.snapshot import View

RUN = 64  # docs under one crest
BEST = 128  # docs that are kept as the best


class Prepared:
    """The live docs of a word, ascending, and their gains. Nothing of it is ever changed.

    ``best`` are the places of the `BEST` docs that gain most, those first; of equal gains the first docs.
    ``below`` is the greatest gain that is less than all of theirs, -inf if there is none.
    """

    __slots__ = ("below", "best", "best_docs", "best_gains", "crests", "docs", "gains", "most", "row", "starts")

    def __init__(self, docs: Docs, gains: Floats) -> None:
        self.docs = docs
        self.gains = gains
        self.crests: Floats = np.maximum.reduceat(gains, np.arange(0, len(gains), RUN)) if len(gains) else gains
        self.most = float(self.crests.max(initial=0.0))
        self.best, self.below = _best(gains, self.crests)
        self.best_docs: list[int] = docs[self.best].tolist()
        self.best_gains: Floats = gains[self.best]
        self.starts: Any = None  # what compiled code adds: see ``compiled``
        self.row: Ints | None = None

    @property
    def nbytes(self) -> int:
        """What it takes, with what compiled code may add."""
        return self.docs.nbytes + self.gains.nbytes + self.crests.nbytes + len(self.docs) + 32 * BEST

    def top(self, scale: float, k: int) -> tuple[list[int], list[float]] | None:
        """The ``k`` best docs and their scores, for a ``scale`` above 0; None if what is kept does not tell."""
        count = min(k, len(self.docs))
        if count > len(self.best_docs):
            return None
        gains: list[float] = self.best_gains.tolist()
        last = gains[count - 1] if count else 0.0
        following = next((gain for gain in gains[count:] if gain < last), self.below)
        scores = [scale * gain for gain in gains[:count]]
        # Different gains may give equal scores, after rounding: then docs would have to be compared.
        for number in range(count - 1):
            if scores[number] == scores[number + 1] and gains[number] != gains[number + 1]:
                return None
        if count and scale * following >= scores[-1]:
            return None
        return self.best_docs[:count], scores


class Weighed:
    """A word in a segment, without its scale."""

    __slots__ = ("_asked", "_parts", "cost", "ranking", "view")

    def __init__(self, word: Ranked) -> None:
        self.view = word.view
        self.ranking = word.ranking
        self.cost = word.cost
        self._parts = [(part.field, part.key, part.reader.list, part.norm, part.weights) for part in word.parts]
        self._asked = False

    def prepared(self) -> Prepared:
        """Its docs and gains."""
        kept: Prepared | None = self.view.snapshot.decoded.get(self)
        if kept is None:
            kept = self._make()
            self.view.snapshot.decoded.put(self, kept, kept.nbytes)
        return kept

    def pays(self, wanted: int) -> bool:
        """Whether to prepare it for a query that looks ``wanted`` docs up: a long list not the first time for a few."""
        if self.cost <= PARTLY or wanted * PER_BLOCK >= self.cost or self._asked:
            return True
        if self.view.snapshot.decoded.get(self) is not None:
            return True
        self._asked = True
        return False

    def plain_list(self, field: str) -> PostingList | None:
        """The one posting list that the word is in a field; None if it is none, several, or not in all languages."""
        found = [(postings, weights) for name, _, postings, _, weights in self._parts if name == field]
        if len(found) != 1 or len(found[0][1]) != 1 or found[0][1][0][1] is not None:
            return None
        return found[0][0]

    @property
    def fields(self) -> list[str]:
        """The fields that it is found in."""
        return list(dict.fromkeys(name for name, *_ in self._parts))

    def _make(self) -> Prepared:
        view = self.view
        parts = [
            Part(view, field, key, Reader(postings), norm, weights)
            for field, key, postings, norm, weights in self._parts
        ]
        docs, tf = Ranked.listed_tf(parts)
        gains: Floats = self.ranking.score(1.0, tf)
        if view.alive is not None:
            alive = view.alive[docs]
            docs, gains = docs[alive], gains[alive]
        return Prepared(docs, gains)


class Leaf:
    """A word of a query in a segment."""

    __slots__ = ("scale", "weighed")

    def __init__(self, weighed: Weighed, scale: float) -> None:
        self.weighed = weighed
        self.scale = scale


def leaf(lowering: Lowering, query: Any, view: View, boost: float) -> Leaf | None:
    """The leaf that a `Word` or ``Term`` becomes; None if it matches nothing."""

    def make() -> Leaf | None:
        source: Source = lowering.lower(query, view, boost)
        if isinstance(source, Nothing):
            return None
        assert isinstance(source, Ranked)
        word = source
        weighed: Weighed = view.weighed.get(word.kept_as(), lambda: Weighed(word))
        return Leaf(weighed, word.scale)

    found: Leaf | None = view.leaves.get((query, boost, lowering.ranking), make)
    return found


def _best(gains: Floats, crests: Floats) -> tuple[Ints, float]:
    """The places of the greatest gains, greatest first, and the next lesser gain."""
    if len(gains) > BEST:
        low = 0.0
        if len(crests) > BEST:
            # So many runs have a gain as great as this.
            low = float(np.partition(crests, len(crests) - BEST)[len(crests) - BEST])
            runs = np.flatnonzero(crests >= low)
            places = (runs[:, None] * RUN + np.arange(RUN)).reshape(-1)
            places = places[: np.searchsorted(places, len(gains))]
            places = places[gains[places] >= low]
        else:
            places = np.arange(len(gains))
        found = gains[places]
        cut = np.partition(found, len(found) - BEST)[len(found) - BEST]
        greater = places[found > cut]
        equal = places[found == cut][: BEST - len(greater)]
        best = np.concatenate((greater, equal))
        lesser = gains[gains < cut]
        below = float(lesser.max()) if len(lesser) else -np.inf
    else:
        best, below = np.arange(len(gains)), -np.inf
    return best[np.argsort(-gains[best], kind="stable")], below
