"""Words made ready: their docs with what they add to a score, kept between queries.

* A *gain* is a word's score in a doc, but for its *scale* (boost * idf): ``score = scale * gain``, to the bit.
* `Prepared` has the live docs of a word and their gains; the best of them; and *crests*, the greatest gain of each run
  of `RUN` docs, by which most of a long list is left out without a look at it.
* `Weighed` is a word in a segment as far as gains depend on it: posting lists, weights, parameters. It makes its
  `Prepared`, which the snapshot keeps as long as there is room.
* A `Leaf` is a `Weighed` with a scale: what a node of a query becomes.

A posting takes 6 bytes (12 where words have several parts), and 3 more where compiled code looks docs up.
"""

from __future__ import annotations

import weakref
from typing import TYPE_CHECKING, Any

import numpy as np

from searchlib.engines.whoosh.execution.leaves import Part, Ranked
from searchlib.engines.whoosh.execution.postings import PARTLY, PER_BLOCK, PostingList, Reader
from searchlib.engines.whoosh.execution.segment import AnyInts, Docs, Floats, Ints
from searchlib.engines.whoosh.execution.source import Nothing, Source
from searchlib.query.nodes import Word
from searchlib.ranking import BM25F

if TYPE_CHECKING:
    from searchlib.engines.whoosh.execution.lower import Lowering
    from searchlib.engines.whoosh.execution.snapshot import View

RUN = 64  # docs under one crest
BEST = 128  # docs that are kept as the best
_WORDS = 4_096
_PAIRS = 1 << 21  # of a frequency and a length


class Prepared:
    """The live docs of a word, ascending, and their gains. Nothing of it is ever changed.

    ``values`` are the gains themselves, or, where there are few different ones, their numbers among the ``levels``,
    which ascend: so values compare as gains do. ``crests`` are the greatest values of runs. ``best`` are the places of
    the `BEST` docs that gain most, those first; of equal gains the first docs. ``below`` is the greatest gain that is
    less than all of theirs, -inf if there is none.
    """

    __slots__ = (
        "__weakref__",
        "address",
        "below",
        "best",
        "best_docs",
        "best_gains",
        "crests",
        "docs",
        "levels",
        "most",
        "rows",
        "values",
    )

    def __init__(self, docs: Docs, values: AnyInts, levels: Floats | None = None) -> None:
        self.docs = docs
        self.values = values
        self.levels = levels
        self.crests: AnyInts = np.maximum.reduceat(values, np.arange(0, len(values), RUN)) if len(values) else values
        self.best: Ints = _best(values, self.crests)
        self.best_docs: list[int] = docs[self.best].tolist()
        self.best_gains: list[float] = self.gains(self.best).tolist()
        self.most = self.best_gains[0] if self.best_gains else 0.0
        self.below = self._below() if len(self.best) < len(values) else -np.inf
        self.address = 0  # what compiled code adds: see ``compiled``
        self.rows: list[Any] = []

    @property
    def nbytes(self) -> int:
        """What it takes, with what compiled code may add."""
        return self.docs.nbytes + self.values.nbytes + self.crests.nbytes + 3 * len(self.docs) + 40 * BEST

    def gains(self, places: Ints | None = None) -> Floats:
        """The gains of the docs at these places; None: of all."""
        values = self.values if places is None else self.values[places]
        return values if self.levels is None else self.levels[values]

    def reaching(self, least: float) -> Ints | None:
        """The places of the docs that gain ``least`` or more; None: all of them."""
        value: Any = least
        if self.levels is not None:
            value = int(self.levels.searchsorted(least))
            if value == 0:
                return None
            if value == len(self.levels):
                return np.empty(0, np.int64)
        runs = np.flatnonzero(self.crests >= value)
        if len(runs) * 2 > len(self.crests):
            return np.flatnonzero(self.values >= value)
        places = (runs[:, None] * RUN + np.arange(RUN)).reshape(-1)
        if len(runs) and runs[-1] == len(self.crests) - 1:
            places = places[: len(places) - RUN * len(self.crests) + len(self.docs)]
        reached: Ints = places[self.values[places] >= value]
        return reached

    def top(self, scale: float, k: int) -> tuple[list[int], list[float]] | None:
        """The ``k`` best docs and their scores, for a ``scale`` above 0; None if what is kept does not tell."""
        count = min(k, len(self.docs))
        if count > len(self.best_docs):
            return None
        gains = self.best_gains
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

    def _below(self) -> float:
        last = self.values[self.best[-1]]
        if self.levels is not None:
            return float(self.levels[last - 1]) if last else -np.inf
        return float(self.values.max(initial=-np.inf, where=self.values < last))


class Weighed:
    """A word in a segment, without its scale."""

    __slots__ = ("_asked", "_parts", "_view", "cost", "fields", "is_list", "plain_lists", "ranking")

    def __init__(self, word: Ranked) -> None:
        self._view = weakref.ref(word.view)
        self.ranking = word.ranking
        self.cost = word.cost
        self._parts = [(part.field, part.key, part.reader.list, part.norm, part.weights) for part in word.parts]
        self._asked = False
        self.fields: list[str] = list(dict.fromkeys(part.field for part in word.parts))
        """The fields that it is found in."""
        self.plain_lists: dict[str, PostingList] = {
            field: found[0].reader.list
            for field in self.fields
            if len(found := [part for part in word.parts if part.field == field]) == 1 and _is_plain(found[0].weights)
        }
        """Those in which it is one posting list, in all languages, with that list."""
        self.is_list = len(word.parts) == 1 and _is_plain(word.parts[0].weights) and word.view.alive is None
        """Whether its prepared docs are those of its one posting list."""

    @property
    def view(self) -> View:
        """The segment, which keeps this."""
        view = self._view()
        assert view is not None
        return view

    def prepared(self) -> Prepared:
        """Its docs and gains."""
        decoded = self.view.decoded
        kept: Prepared | None = decoded.get(self)
        if kept is None:
            kept = self._make()
            decoded.put(self, kept, kept.nbytes)
        return kept

    def for_few(self, wanted: int) -> Prepared | None:
        """The same for a query that looks ``wanted`` docs up; None for a long list that is not worth it this time."""
        if self.cost > PARTLY and wanted * PER_BLOCK < self.cost and not self._asked:
            kept: Prepared | None = self.view.decoded.get(self)
            self._asked = True
            return kept
        return self.prepared()

    def _make(self) -> Prepared:
        view = self.view
        parts = [
            Part(view, field, key, Reader(postings), norm, weights)
            for field, key, postings, norm, weights in self._parts
        ]
        values: AnyInts
        levels: Floats | None = None
        found = _in_levels(parts[0], self.ranking) if len(parts) == 1 and parts[0].plain else None
        if found is not None:
            docs, values, levels = found
        else:
            docs, tf = Ranked.listed_tf(parts)
            values = self.ranking.score(1.0, tf)
        if view.alive is not None:
            alive = view.alive[docs]
            docs, values = docs[alive], values[alive]
        return Prepared(docs, values, levels)


class Leaf:
    """A word of a query in a segment."""

    __slots__ = ("scale", "weighed")

    def __init__(self, weighed: Weighed, scale: float) -> None:
        self.weighed = weighed
        self.scale = scale


def _is_plain(weights: Any) -> bool:
    """Whether a part of a word counts alike in every document."""
    return len(weights) == 1 and weights[0][1] is None


def leaf(lowering: Lowering, query: Any, view: View, boost: float) -> Leaf | None:
    """The leaf that a `Word` or ``Term`` becomes; None if it matches nothing."""
    known = view.words.get(id(query))
    if known is not None and known[0] is query and known[1] == boost and known[2] is lowering.ranking:
        return known[3]

    def make() -> Leaf | None:
        source: Source = lowering.lower(query, view, boost)
        if isinstance(source, Nothing):
            return None
        assert isinstance(source, Ranked)
        word = source
        weighed: Weighed = view.weighed.get(word.kept_as(), lambda: Weighed(word))
        return Leaf(weighed, word.scale)

    found: Leaf | None = view.leaves.get((query, boost, lowering.ranking), make)
    if type(query) is Word:  # which is never changed, so that the object says it all
        if len(view.words) > _WORDS:
            view.words.clear()
        view.words[id(query)] = query, boost, lowering.ranking, found
    return found


def _in_levels(part: Part, ranking: BM25F) -> tuple[Docs, AnyInts, Floats] | None:
    """Docs, the number of the gain of each, and all gains, ascending; None if there may be too many.

    The gain depends on frequency and length alone, and there are few pairs of these.
    """
    docs, freqs = part.reader.list.whole(keep=False)
    lengths = part.norm.lengths
    most = int(freqs.max(initial=0)) + 1
    longest = 1
    pairs: AnyInts = freqs.astype(np.int32)
    if lengths is not None:
        here = lengths[docs]
        longest = int(here.max(initial=0)) + 1
        if most * longest > _PAIRS:
            return None
        pairs *= longest
        pairs += here
    there = np.zeros(most * longest, bool)
    there[pairs] = True
    which = np.flatnonzero(there)
    norms: Any = part.norm.of_each(which % longest) if lengths is not None else 1.0
    gains: Floats = ranking.score(1.0, (which // longest) * part.greatest / norms)
    order = gains.argsort()
    levels = gains[order]
    if len(levels) > 1 << 16:
        return None
    first = np.ones(len(levels), bool)
    np.not_equal(levels[1:], levels[:-1], out=first[1:])
    number = np.empty(most * longest, np.uint16)
    number[which[order]] = np.cumsum(first) - 1
    return docs, number[pairs], levels[first]


def _best(values: AnyInts, crests: AnyInts) -> Ints:
    """The places of the greatest values, greatest first."""
    best = np.arange(len(values))
    if len(values) > BEST:
        if len(crests) > BEST:
            # So many runs have a value as great as this.
            runs = np.flatnonzero(crests >= np.partition(crests, len(crests) - BEST)[len(crests) - BEST])
            best = (runs[:, None] * RUN + np.arange(RUN)).reshape(-1)
            best = best[: np.searchsorted(best, len(values))]
        found = values[best]
        cut = np.partition(found, len(found) - BEST)[len(found) - BEST]
        greater = best[found > cut]
        best = np.concatenate((greater, best[found == cut][: BEST - len(greater)]))
    found = values[best]
    order: Ints = np.lexsort((best, -found.astype(np.float64)))
    return best[order]
