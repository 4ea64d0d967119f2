"""Words made ready: their live docs with what they add to a score, kept between queries.

* A *part* of a word is the postings of those of its keys in a field that have the same weight there.
* A *gain* is a word's score in a doc, but for its *scale* (boost * idf): ``score = scale * gain``.
* `Prepared` has the live docs of a word and their gains; the best of them; and the block maxima, the greatest gain of
  each run of docs, by which most of a long list is left out without a look at it.
* `Weighed` is a word in a segment as far as gains depend on it: its parts, and the parameters of ranking. It makes its
  `Prepared`, which the snapshot keeps as long as there is room.

A posting takes 6 bytes, 12 where words have several parts.
"""

from __future__ import annotations

import math
import weakref
from collections.abc import Mapping, Sequence
from typing import TypeAlias

import numpy as np

from searchlib.engines.whoosh.execution.interface import AnyInts, Bools, Docs, Floats, Ints
from searchlib.engines.whoosh.execution.norms import FieldNorm
from searchlib.engines.whoosh.execution.postinglist import PostingList, Postings, PostingUnion, Whole
from searchlib.engines.whoosh.execution.primitives import NO_SIEVE, Values, sieve_of
from searchlib.engines.whoosh.execution.snapshot import View
from searchlib.engines.whoosh.execution.tuning import TUNING, Tuning
from searchlib.model.arrays import NDArray
from searchlib.model.ranking import BM25F

_PAIRS = 1 << 21  # of a frequency and a length
_NO_LEVELS: Floats = np.empty(0)

Weighting: TypeAlias = tuple[tuple[float, frozenset[str] | None], ...]


class Part:
    """Keys of a word in a field, which count alike: once as often as they stand in a doc together.

    ``weights``: how much they count in docs of some languages (None: of any); where several apply, the
    greatest does, and where none does the keys do not match.
    """

    __slots__ = ("_view", "field", "greatest", "lists", "norm", "plain", "postings", "weights")

    def __init__(
        self, view: View, field: str, lists: Mapping[bytes, PostingList], norm: FieldNorm, weights: Weighting
    ) -> None:
        self._view = weakref.ref(view)  # which keeps this
        self.field = field
        self.lists = lists
        found = list(lists.values())
        self.postings: Postings = found[0] if len(found) == 1 else PostingUnion(found, view.primitives)
        self.norm = norm
        self.weights = weights
        self.greatest = max(weight for weight, _ in weights)
        self.plain = len(weights) == 1 and weights[0][1] is None

    @property
    def view(self) -> View:
        """The segment."""
        return _there(self._view)

    def weigh(self, docs: Docs) -> tuple[Bools, Floats]:
        """In which of the docs, which hold a key, it matches, and what it counts there."""
        hits, weights = np.zeros(len(docs), bool), np.zeros(len(docs))
        for weight, languages in self.weights:
            applies = np.ones(len(docs), bool) if languages is None else self.view.speaks(languages)[docs]
            hits |= applies
            weights = np.where(applies, np.maximum(weights, weight), weights)
        return hits, weights

    def shares(self, docs: Docs, freqs: AnyInts) -> tuple[Bools | slice, Floats]:
        """In which of the docs, which hold keys so often, these match, and their shares of tf~ there."""
        if self.plain:
            return slice(None), freqs * self.greatest / self.norm(docs)
        hits, weights = self.weigh(docs)
        shares: Floats = freqs * weights / self.norm(docs)
        return hits, shares[hits]

    def all_shares(self) -> tuple[Docs, Floats]:
        """All docs in which a key matches, and the shares of tf~."""
        docs, freqs = self.postings.whole()
        hits, shares = self.shares(docs, freqs)
        return docs[hits], shares

    def docs(self) -> Docs:
        """All docs in which a key matches."""
        docs = self.postings.docs()
        return docs if self.plain else docs[self.weigh(docs)[0]]


class Prepared:
    """The live docs of a word, ascending, and their gains. Nothing of it is ever changed.

    ``values`` are the gains themselves, or, where there are few different ones, their numbers among the ``levels``,
    which ascend (none, if there are many): so values compare as gains do. ``maxima`` are the greatest values of runs.
    ``best`` are the places of the docs that gain most, those first; of equal gains the first docs. ``below`` is
    the greatest gain that is less than all of theirs, -inf if there is none.
    """

    __slots__ = (
        "below",
        "best",
        "best_docs",
        "best_gains",
        "best_places",
        "docs",
        "levels",
        "maxima",
        "most",
        "tuning",
        "values",
    )

    def __init__(self, docs: Docs, values: Values, levels: Floats = _NO_LEVELS, tuning: Tuning = TUNING) -> None:
        self.tuning = tuning
        self.docs = docs
        self.values = values
        self.levels = levels
        self.maxima: Values = (
            np.maximum.reduceat(values, np.arange(0, len(values), tuning.run)) if len(values) else values
        )
        self.best: Ints = _best(values, self.maxima, tuning)
        self.best_places: Ints = np.sort(self.best)
        self.best_docs: list[int] = docs[self.best].tolist()
        self.best_gains: list[float] = self.gains(self.best).tolist()
        self.most = self.best_gains[0] if self.best_gains else 0.0
        self.below = self._below() if len(self.best) < len(values) else -np.inf

    @property
    def nbytes(self) -> int:
        """What it takes."""
        return self.docs.nbytes + self.values.nbytes + self.maxima.nbytes + 48 * len(self.best)

    def gains(self, places: Ints | None = None) -> Floats:
        """The gains of the docs at these places; None: of all."""
        values: AnyInts = self.values if places is None else self.values[places]
        return self.levels[values] if len(self.levels) else values

    def reaching(self, least: float) -> Ints | None:
        """The places of the docs that gain ``least`` or more; None: all of them."""
        value: float = least
        if len(self.levels):
            value = int(self.levels.searchsorted(least))
            if value == 0:
                return None
            if value == len(self.levels):
                return np.empty(0, np.int64)
        runs = np.flatnonzero(self.maxima >= value)
        if len(runs) * 2 > len(self.maxima):
            return np.flatnonzero(self.values >= value)
        run = self.tuning.run
        places = (runs[:, None] * run + np.arange(run)).reshape(-1)
        if len(runs) and runs[-1] == len(self.maxima) - 1:
            places = places[: len(places) - run * len(self.maxima) + len(self.docs)]
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
        if len(self.levels):
            return float(self.levels[last - 1]) if last else -np.inf
        return float(self.values.max(initial=-np.inf, where=self.values < last))


class Weighed:
    """A word in a segment, without its scale."""

    __slots__ = ("_in_fields", "_looked_up", "_view", "cost", "docs_are_postings", "parts", "ranking")

    def __init__(self, view: View, parts: Sequence[Part], ranking: BM25F) -> None:
        self._view = weakref.ref(view)  # which keeps this
        self._looked_up = 0
        self.parts = parts
        self.ranking = ranking
        self.cost = min(sum(part.postings.df for part in parts), view.doc_count)
        self._in_fields: dict[str, Postings | None] = {}
        of_one = all(part.plain and part.field == parts[0].field for part in parts)
        self.docs_are_postings = of_one and view.alive is None
        """Whether its docs are those of the postings of all parts together."""

    @property
    def view(self) -> View:
        """The segment."""
        return _there(self._view)

    def plain_postings(self, field: str) -> Postings | None:
        """Those of its plain parts in a field, as one: where a word stands, it does not matter what it counts."""
        if field not in self._in_fields:
            parts = [part for part in self.parts if part.plain and part.field == field]
            lists = [one for part in parts for one in part.lists.values()]
            joined = PostingUnion(lists, self.view.primitives) if len(parts) > 1 else None
            self._in_fields[field] = joined or next((part.postings for part in parts), None)
        return self._in_fields[field]

    def kept(self) -> Prepared | None:
        """Its docs and gains, if they are there."""
        return self.view.decoded.get(self, Prepared)

    def prepared(self) -> Prepared:
        """Its docs and gains."""
        kept = self.kept()
        if kept is None:
            kept = self._make()
            self.view.decoded.put(self, kept, kept.nbytes)
        return kept

    def docs(self) -> Docs:
        """Its live docs."""
        kept = self.kept()
        if kept is not None:
            return kept.docs
        found = [part.docs() for part in self.parts]
        return self.view.live(found[0] if len(found) == 1 else distinct_docs(found))

    def sieve(self, docs: Docs, wanted: int) -> Bools:
        """The sieve of its docs: made once so many docs were looked up that it is worth while; ``wanted`` are now."""
        kept = self.view.decoded.get((self, "sieve"), np.ndarray)
        if kept is not None:
            return kept
        self._looked_up += wanted
        if self._looked_up * self.view.tuning.sieved < len(docs):
            return NO_SIEVE
        made = sieve_of(docs)
        self.view.decoded.put((self, "sieve"), made, made.nbytes)
        return made

    def is_read_in_part(self, wanted: int) -> bool:
        """Whether not all of it is to be read for a query that looks ``wanted`` docs up."""
        if self.kept() is not None:
            return False
        return any([part.postings.is_read_in_part(wanted) for part in self.parts])  # noqa: C419 - each is asked

    def most_by_blocks(self) -> float:
        """No gain is greater, as the tables of blocks tell."""
        tf = sum(part.greatest * part.postings.most_over(part.norm) for part in self.parts)
        return float(self.ranking.score(1.0, tf))

    def gains_in_blocks(self, docs: Docs) -> tuple[Ints, Floats]:
        """Which of these docs it matches, and its gains there, reading few blocks."""
        hits, tf = np.zeros(len(docs), bool), np.zeros(len(docs))
        for part in self.parts:
            places, freqs = part.postings.in_blocks(docs)
            chosen, shares = part.shares(docs[places], freqs)
            hits[places[chosen]] = True
            tf[places[chosen]] += shares
        found = np.flatnonzero(hits)
        return found, self.ranking.score(1.0, tf[found])

    def _make(self) -> Prepared:
        view = self.view
        values: Values
        levels = _NO_LEVELS
        found = _in_levels(self.parts, view, self.ranking)
        if found is not None:
            docs, values, levels = found
        else:
            docs, tf = _added([part.all_shares() for part in self.parts], view)
            values = self.ranking.score(1.0, tf)
        if view.alive is not None:
            alive = view.alive[docs]
            docs, values = docs[alive], values[alive]
        return Prepared(docs, values, levels, view.tuning)


def _there(view: weakref.ref[View]) -> View:
    found = view()
    assert found is not None
    return found


def distinct_docs(lists: Sequence[Docs]) -> Docs:
    """The docs that are in any of some ascending arrays, ascending."""
    docs = np.concatenate(lists) if lists else np.empty(0, np.int32)
    docs.sort(kind="stable")  # runs that ascend are merged
    first = np.ones(len(docs), bool)
    np.not_equal(docs[1:], docs[:-1], out=first[1:])
    return docs[first]


def _added(found: Sequence[tuple[Docs, Floats]], view: View) -> tuple[Docs, Floats]:
    """All docs of some parts, ascending, and the sums of their shares."""
    if len(found) == 1:
        return found[0]
    docs, places = view.primitives.united([docs for docs, _ in found])
    # bincount adds in the order of its input, that of the parts, however many segments there are.
    tf = np.bincount(places, np.concatenate([shares for _, shares in found]), len(docs))
    return docs, tf.astype(np.float64, copy=False)


def _in_levels(parts: Sequence[Part], view: View, ranking: BM25F) -> tuple[Docs, NDArray[np.uint16], Floats] | None:
    """Docs, the number of the gain of each, and all gains, ascending; None if there may be too many.

    In one field the gain depends on the length and on the frequency in each part, and there are few of these together.
    """
    field, norm = parts[0].field, parts[0].norm
    if not all(part.plain and part.field == field for part in parts):
        return None
    # Of several parts a phrase would need the docs of each.
    docs, freqs = _freqs([part.postings.whole(keep=len(parts) > 1) for part in parts], view)
    radices = [int(one.max(initial=0)) + 1 for one in freqs]
    here = None if norm.lengths is None else norm.lengths[docs]
    radices.append(1 if here is None else int(here.max(initial=0)) + 1)
    size = math.prod(radices)
    if size > _PAIRS:
        return None
    code: AnyInts = freqs[0].astype(np.int32)
    for digit, radix in zip((*freqs[1:], here), radices[1:], strict=True):
        if digit is not None:
            code *= radix
            code += digit.astype(np.int32, copy=False)
    there = np.zeros(size, bool)
    there[code] = True
    which = np.flatnonzero(there)
    *often, lengths = np.unravel_index(which, radices)
    norms: Floats | float = norm.of(lengths) if here is not None else 1.0
    tf = sum(freq * part.greatest / norms for freq, part in zip(often, parts, strict=True))
    gains: Floats = ranking.score(1.0, tf)
    order = gains.argsort()
    levels = gains[order]
    if len(levels) > 1 << 16:
        return None
    first = np.ones(len(levels), bool)
    np.not_equal(levels[1:], levels[:-1], out=first[1:])
    number = np.empty(size, np.uint16)
    number[which[order]] = first.cumsum() - 1
    return docs, number[code], levels[first]


def _freqs(found: Sequence[Whole], view: View) -> tuple[Docs, list[AnyInts]]:
    """All docs of some lists, and how often each has them."""
    if len(found) == 1:
        return found[0].docs, [found[0].freqs]
    docs, places = view.primitives.united([one.docs for one in found])
    freqs: list[AnyInts] = []
    begin = 0
    for one in found:
        own = np.zeros(len(docs), one.freqs.dtype)
        own[places[begin : begin + len(one.docs)]] = one.freqs
        freqs.append(own)
        begin += len(one.docs)
    return docs, freqs


def _best(values: Values, maxima: Values, tuning: Tuning) -> Ints:
    """The places of the greatest values, greatest first."""
    best = np.arange(len(values))
    most, run = tuning.best, tuning.run
    if len(values) > most:
        if len(maxima) > most:
            # So many runs have a value as great as this.
            runs = np.flatnonzero(maxima >= np.partition(maxima, len(maxima) - most)[len(maxima) - most])
            best = (runs[:, None] * run + np.arange(run)).reshape(-1)
            best = best[: np.searchsorted(best, len(values))]
        found = values[best]
        cut = np.partition(found, len(found) - most)[len(found) - most]
        greater = best[found > cut]
        best = np.concatenate((greater, best[found == cut][: most - len(greater)]))
    found = values[best]
    order: Ints = np.lexsort((best, -found.astype(np.float64)))
    return best[order]
