"""Words: the leaves that are ranked.

A `Part` is one posting list of a word: a key in a field, with the weight it has there. A `Ranked` word adds up its
parts into tf~ and saturates once, as ``searchlib.ranking`` has it.
"""

# ruff: noqa: D102 - what the methods of a source do is written at Source

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from searchlib.arrays import NDArray
from searchlib.engines.whoosh.codec.packing import distinct
from searchlib.engines.whoosh.execution.explanation import Explanation, Occurrence, described
from searchlib.engines.whoosh.execution.postings import PARTLY, Reader, Span, common
from searchlib.engines.whoosh.execution.segment import AnyInts, Bools, Docs, Floats, Ints
from searchlib.engines.whoosh.execution.snapshot import FieldNorm, View
from searchlib.engines.whoosh.execution.source import ABSENT, FIRST, Matched, Need, Promising, Source
from searchlib.ranking import BM25F

_PAYS = 64  # a long list is worth reading whole for one in so many of its docs
_MANY = 2_048  # for so many docs it pays to look their bounds up

Weights = tuple[tuple[float, frozenset[str] | None], ...]


class Part:
    """A key of a word in a field.

    ``weights``: how much the key counts in docs of some languages (None: of any); where several apply, the
    greatest does, and where none does the key does not match.
    """

    __slots__ = ("field", "greatest", "key", "norm", "plain", "reader", "view", "weights")

    def __init__(self, view: View, field: str, key: bytes, reader: Reader, norm: FieldNorm, weights: Weights) -> None:
        self.view = view
        self.field = field
        self.key = key
        self.reader = reader
        self.norm = norm
        self.weights = weights
        self.greatest = max(weight for weight, _ in weights)
        self.plain = len(weights) == 1 and weights[0][1] is None

    def weigh(self, docs: Docs) -> tuple[Bools, Floats]:
        """In which of the docs the key matches, and what it counts there."""
        hits, weights = np.zeros(len(docs), bool), np.zeros(len(docs))
        for weight, languages in self.weights:
            applies = np.ones(len(docs), bool) if languages is None else self.view.speaks(languages)[docs]
            hits |= applies
            weights = np.where(applies, np.maximum(weights, weight), weights)
        return hits, weights

    def shares(self, places: Ints, docs: Docs, freqs: AnyInts) -> tuple[Ints, Floats]:
        """Where the key matches among these postings, and its shares of tf~ there."""
        if self.plain:
            return places, freqs * self.greatest / self.norm(docs)
        hits, weights = self.weigh(docs)
        return places[hits], (freqs * weights / self.norm(docs))[hits]

    def postings(self) -> tuple[Docs, Floats]:
        """All docs in which the key matches, and its shares of tf~."""
        docs, freqs = self.reader.whole()
        if self.plain:
            return docs, freqs * self.greatest / self.norm(docs)
        hits, weights = self.weigh(docs)
        return docs[hits], (freqs * weights / self.norm(docs))[hits]

    def matching(self, docs: Docs) -> Docs:
        """Those of some docs that hold the key in which it matches."""
        return docs if self.plain else docs[self.weigh(docs)[0]]

    def peaks(self) -> Floats:
        """The greatest ``freq / norm`` in each window, unweighted."""
        return self.reader.list.peaks(self.norm, self.view.bits, self.view.windows)


class Rarity(NamedTuple):
    """What a word is worth anywhere: ``df`` of all ``records`` hold it. ``text`` (or its ``str``) is for people."""

    text: Any
    boost: float
    idf: float
    df: int
    records: int


class Ranked(Source):
    """A word: posting lists that count as one. ``scale`` is boost * idf."""

    def __init__(
        self,
        view: View,
        parts: Sequence[Part],
        ranking: BM25F,
        rarity: Rarity,
    ) -> None:
        self.view = view
        self.parts = tuple(parts)
        self.ranking = ranking
        self.scale = rarity.boost * rarity.idf
        self.rarity = rarity
        self.synonyms: Mapping[bytes, str] = {}  # keys that are there as synonyms, and of what
        self._cost = min(sum(part.reader.df for part in parts), view.doc_count)
        self._windows: Floats | None = None
        self._bound: float | None = None
        self._promising: Promising | None = None
        self._cost_met = 0

    @property
    def cost(self) -> int:
        return self._cost

    def windows(self) -> Floats:
        if self._windows is None:
            decoded = self.view.decoded
            kept = decoded.get(("windows", *self.kept_as()))
            if kept is None:
                kept = (self._unscaled(),)
                decoded.put(("windows", *self.kept_as()), kept)
            bounds = kept[0]
            self._windows = bounds if self.scale == 1 else np.where(bounds > 0, bounds * max(self.scale, 0.0), bounds)
        return self._windows

    def _unscaled(self) -> Floats:
        tf = np.zeros(self.view.windows)
        present = np.zeros(self.view.windows, bool)
        for part in self.parts:
            peaks = part.peaks()
            tf += part.greatest * peaks
            present |= peaks > 0
        return np.where(present, self.ranking.score(1.0, tf), ABSENT)

    def bound(self) -> float:
        if self._bound is None:
            tf = sum(part.greatest * part.reader.list.peak(part.norm.key, part.norm) for part in self.parts)
            self._bound = float(self.ranking.score(max(self.scale, 0.0), tf)) if tf > 0 else 0.0
        return self._bound

    def upper(self, docs: Docs) -> float | Floats:
        if len(docs) < _MANY or not all(part.reader.list.ready for part in self.parts):
            return self.bound()
        bounds: Floats = self.windows()[docs >> self.view.bits]
        return np.maximum(bounds, 0.0)

    def dense(self, span: Span, need: Need) -> Matched:
        hits, scores = np.zeros(span.size, bool), np.zeros(span.size)
        if len(self.parts) == 1:
            (part,) = self.parts
            places, shares = part.shares(*part.reader.read(span))
            hits[places] = True
            if need is not Need.MATCHES:
                scores[places] = self._score(shares)
            return hits, scores
        for part in self.parts:
            places, shares = part.shares(*part.reader.read(span))
            hits[places] = True
            scores[places] += shares
        return hits, self._scored(hits, scores)

    def at(self, docs: Docs, need: Need) -> Matched:
        hits, tf = np.zeros(len(docs), bool), np.zeros(len(docs))
        for part in self.parts:
            found, _, freqs = part.reader.locate(docs)
            if len(found):
                places, shares = part.shares(found, docs[found], freqs)
                hits[places] = True
                tf[places] += shares
        return hits, self._scored(hits, tf)

    def candidates(self) -> Docs:
        lists = [part.reader.whole()[0] for part in self.parts]
        return lists[0] if len(lists) == 1 else distinct(np.concatenate(lists))

    def listed(self) -> tuple[Docs, Floats]:
        """All docs that match, ascending, and their scores."""
        docs, tf = self.listed_tf(self.parts)
        return docs, self._score(tf)

    def promising(self) -> Promising:
        key = self.kept_as()
        kept = self.view.decoded.get(key)
        if kept is None:
            docs, tf = self.listed_tf(self.parts)
            # Divided by the scale, since that is what a word's scores have in common in all queries.
            scores: Floats = self.ranking.score(1.0, tf)
            step = scores.max(initial=0.0) * (1 + 1e-9) / 255
            codes = np.ceil(scores / step if step else scores).astype(np.uint8)
            own = () if self._single else (docs,)
            kept = (codes, np.array(step), docs[_best(codes)], *own)
            self.view.decoded.put(key, kept)
        codes, least, best, *own_docs = kept
        docs = own_docs[0] if own_docs else self.parts[0].reader.whole()[0]
        return Promising(docs, codes, max(float(least) * self.scale, 0.0), best)

    def estimate(self, docs: Docs) -> Matched:
        if self._promising is None:
            if self._cost > PARTLY and self.view.decoded.get(self.kept_as()) is None:
                self._cost_met += len(docs)
                if self._cost_met * _PAYS < self._cost:
                    return self.at(docs, Need.UPPER)
            self._promising = self.promising()
        known, codes, step, _ = self._promising
        found, number = common(docs, known)
        hits, bounds = np.zeros(len(docs), bool), np.zeros(len(docs))
        if codes is not None:
            hits[found] = True
            bounds[found] = codes[number] * step
        return hits, bounds

    def kept_as(self) -> tuple[Any, ...]:
        """All that the scores of the word in this segment depend on, but idf and boost."""
        parts = tuple((part.field, part.key, part.norm.key, part.weights) for part in self.parts)
        return self.view.number, parts, self.ranking

    @property
    def _single(self) -> bool:
        """Whether the docs of the word are those of a posting list, which are kept already."""
        return len(self.parts) == 1 and self.parts[0].plain

    @staticmethod
    def listed_tf(parts: Sequence[Part]) -> tuple[Docs, Floats]:
        """All docs that a word with these parts matches, ascending, and tf~ there."""
        if len(parts) == 1:
            return parts[0].postings()
        found = [part.postings() for part in parts]
        every = np.concatenate([docs for docs, _ in found])
        order = every.argsort(kind="stable")  # runs that ascend are merged
        docs = every[order]
        first = np.ones(len(docs), bool)
        np.not_equal(docs[1:], docs[:-1], out=first[1:])
        # bincount adds in the order of its input, that of the parts, like the other ways.
        place = np.cumsum(first) - 1
        tf = np.bincount(place, np.concatenate([shares for _, shares in found])[order], int(first.sum()))
        return docs[first], tf.astype(np.float64, copy=False)

    def explain(self, doc: int) -> Explanation | None:
        matched, score = self.match(doc)
        if not matched:
            return None
        at = np.array([doc], np.int32)
        occurrences: list[Occurrence] = []
        tf = 0.0
        for part in self.parts:
            found, _, freqs = part.reader.locate(at)
            hits, weights = part.weigh(at)
            if not len(found) or not hits[0]:
                continue
            norm = float(np.broadcast_to(part.norm(at), 1)[0])
            share = float(weights[0]) * float(freqs[0]) / norm
            tf += share
            occurrences.append(
                Occurrence(
                    part.field,
                    part.key.decode("utf-8", "replace"),
                    int(freqs[0]),
                    part.norm.length(doc),
                    part.norm.average,
                    float(weights[0]),
                    norm,
                    share,
                    self.synonyms.get(part.key, ""),
                )
            )
        return Explanation(
            score,
            "word",
            described(self.rarity.text),
            boost=self.rarity.boost,
            idf=self.rarity.idf,
            df=self.rarity.df,
            records=self.rarity.records,
            tf=tf,
            k1=self.ranking.k1,
            delta=self.ranking.delta,
            occurrences=tuple(occurrences),
        )

    def _score(self, tf: Floats) -> Floats:
        scores: Floats = self.ranking.score(self.scale, tf)
        return scores

    def _scored(self, hits: Bools, tf: Floats) -> Floats:
        scores = self._score(tf)
        if self.ranking.delta or self.ranking.k1 == 0:
            scores[~hits] = 0.0  # elsewhere the formula gives 0 for 0
        return scores


def _best(codes: NDArray[np.uint8]) -> Ints:
    """Where `FIRST` of the best scores are, ascending; of equal ones the first."""
    low, high = 0, 256  # more than FIRST are at least low, no more than that at least high
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if np.count_nonzero(codes >= middle) > FIRST else (low, middle)
    best = np.flatnonzero(codes >= high) if high < 256 else np.empty(0, np.int64)
    return np.sort(np.concatenate((best, np.flatnonzero(codes == low)[: FIRST - len(best)])))
