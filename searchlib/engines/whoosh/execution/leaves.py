"""Words: the leaves that are ranked.

A `Part` is one posting list of a word: a key in a field, with the weight it has there. A `Ranked` word adds up its
parts into tf~ and saturates once, as ``searchlib.ranking`` has it.
"""

# ruff: noqa: D102 - what the methods of a source do is written at Source

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from searchlib.engines.whoosh.execution.explanation import Explanation, Occurrence
from searchlib.engines.whoosh.execution.postings import Reader, Span
from searchlib.engines.whoosh.execution.segment import AnyInts, Bools, Docs, Floats, Ints
from searchlib.engines.whoosh.execution.snapshot import FieldNorm, View
from searchlib.engines.whoosh.execution.source import ABSENT, Matched, Need, Source
from searchlib.ranking import BM25F

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

    def peaks(self) -> Floats:
        """The greatest ``freq / norm`` in each window, unweighted."""
        return self.reader.list.peaks(self.norm.key, self.norm, self.view.bits, self.view.windows)


class Ranked(Source):
    """A word: posting lists that count as one. ``scale`` is boost * idf."""

    def __init__(
        self,
        view: View,
        parts: Sequence[Part],
        ranking: BM25F,
        scale: float,
        described: dict[str, Any],
    ) -> None:
        self.view = view
        self.parts = tuple(parts)
        self.ranking = ranking
        self.scale = scale
        self.described = described
        self._cost = min(sum(part.reader.df for part in parts), view.doc_count)
        self._windows: Floats | None = None

    @property
    def cost(self) -> int:
        return self._cost

    def windows(self) -> Floats:
        if self._windows is None:
            tf = np.zeros(self.view.windows)
            present = np.zeros(self.view.windows, bool)
            for part in self.parts:
                peaks = part.peaks()
                tf += part.greatest * peaks
                present |= peaks > 0
            best = self._score(tf) if self.scale > 0 else np.zeros(self.view.windows)
            self._windows = np.where(present, best, ABSENT)
        return self._windows

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
        return lists[0] if len(lists) == 1 else np.unique(np.concatenate(lists))

    def listed(self) -> tuple[Ints, Floats]:
        """All docs and scores of a word of one part."""
        (part,) = self.parts
        docs, freqs = part.reader.whole()
        docs, shares = part.shares(docs, docs, freqs)
        return docs, self._score(shares)

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
                )
            )
        return Explanation(
            score,
            "word",
            tf=tf,
            k1=self.ranking.k1,
            delta=self.ranking.delta,
            occurrences=tuple(occurrences),
            **self.described,
        )

    def _score(self, tf: Floats) -> Floats:
        scores: Floats = self.ranking.score(self.scale, tf)
        return scores

    def _scored(self, hits: Bools, tf: Floats) -> Floats:
        scores = self._score(tf)
        if self.ranking.delta or self.ranking.k1 == 0:
            scores[~hits] = 0.0  # elsewhere the formula gives 0 for 0
        return scores
