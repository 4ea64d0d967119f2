"""Words: the leaves that are ranked. Posting lists that count as one, scored by BM25F."""

# ruff: noqa: D102 - what the methods of a scorer do is written at Scorer

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from searchlib.analysis import Form
from searchlib.engine.explaining import Explanation, Occurrence
from searchlib.engines.whoosh.execution.interface import Bools, Docs, Floats
from searchlib.engines.whoosh.execution.prepared import Prepared, Weighed
from searchlib.engines.whoosh.execution.scorer import Batch, Matched, Need, Scorer
from searchlib.model.fields import SEGMENTED
from searchlib.query.nodes import Value, Word
from searchlib.query.wording import described

_NONE = Matched(np.empty(0, np.int64), np.empty(0))


class Rarity(NamedTuple):
    """What a word is worth anywhere: ``df`` of all ``records`` hold it."""

    idf: float
    df: int
    records: int


class WordScorer(Scorer):
    """A word: a `Weighed` with a scale, which is boost * idf.

    ``synonyms`` are keys that only synonyms of it match, each with the form that does.
    """

    candidates_match = True
    heeds_before = True

    def __init__(
        self, weighed: Weighed, rarity: Rarity, boost: float, asked: Word | Value, synonyms: Mapping[bytes, Form]
    ) -> None:
        self.view = weighed.view
        self.weighed = weighed
        self.scale = boost * rarity.idf
        if self.scale <= 0:
            self.never_negative = self.scale == 0
            self.constant = None if self.scale else 0.0
        self._rarity = rarity
        self._boost = boost
        self._asked = asked
        self._synonyms = synonyms
        self._prepared: Prepared | None = weighed.kept()
        self._most: float | None = None

    @property
    def cost(self) -> int:
        return self.weighed.cost

    @property
    def most(self) -> float:
        if self._most is None:
            if self.scale <= 0:
                self._most = 0.0
            elif self._prepared is None and self.weighed.cost > self.view.tuning.at_once:
                return self.scale * self.weighed.most_by_blocks()  # until it is read
            else:
                self._most = self.scale * self.prepared.most
        return self._most

    @property
    def prepared(self) -> Prepared:
        """Its docs and gains."""
        if self._prepared is None:
            self._prepared = self.weighed.prepared()
            self._most = None
        return self._prepared

    def at(self, batch: Batch, need: Need, least: float = -np.inf) -> Matched:
        if batch.source is self:
            if need is Need.MATCHES:
                return Matched(np.arange(len(batch)), np.zeros(len(batch)))
            return Matched(np.arange(len(batch)), self.scale * self.prepared.gains(batch.places))
        if self in batch.absent:
            return _NONE
        if self._prepared is None and self.weighed.is_read_in_part(len(batch)):
            which, gains = self.weighed.gains_in_blocks(batch.docs)
            return Matched(which, self.scale * gains)
        if need is Need.MATCHES or self.scale == 0:
            docs = self.weighed.docs() if self._prepared is None else self._prepared.docs
            which, _ = self.view.primitives.common(docs, batch.docs, self.weighed.sieve(docs, len(batch)))
            return Matched(which, np.zeros(len(which)))
        prepared = self.prepared
        docs = prepared.docs
        sieve = self.weighed.sieve(docs, len(batch))
        return Matched(
            *self.view.primitives.look_up(
                docs, prepared.values, prepared.levels, batch.docs, sieve, self.scale, batch.before, least
            )
        )

    def add_to(self, batch: Batch, need: Need, hits: Bools, scores: Floats) -> None:
        prepared = self._prepared
        if prepared is None or batch.source is self or need is Need.MATCHES:
            super().add_to(batch, need, hits, scores)
        elif self not in batch.absent:
            docs = prepared.docs
            sieve = self.weighed.sieve(docs, len(batch))
            self.view.primitives.add_up(
                docs, prepared.values, prepared.levels, batch.docs, sieve, self.scale, hits, scores
            )

    def candidates(self) -> Docs:
        return self.weighed.docs()

    def top(self, k: int) -> tuple[Docs, Floats] | None:
        found = self.prepared.top(self.scale, k) if self.scale > 0 else None
        return None if found is None else (np.array(found[0], np.int32), np.array(found[1]))

    def promising(self) -> Batch | None:
        prepared = self.prepared
        if self.scale <= 0 or len(prepared.docs) <= self.view.tuning.best:
            return None
        return Batch(prepared.docs[prepared.best_places], self, prepared.best_places)

    def reaching(self, least: float) -> Batch:
        prepared = self.prepared
        if self.scale <= 0 or least <= 0:
            return Batch(prepared.docs, self)
        places = prepared.reaching(least / self.scale)
        return Batch(prepared.docs, self) if places is None else Batch(prepared.docs[places], self, places)

    def marks(self) -> Bools:
        marks = np.zeros(self.view.doc_count, bool)
        for part in self.weighed.parts:
            marks[part.docs()] = True
        if self.view.alive is not None:
            marks &= self.view.alive
        return marks

    def count(self) -> int:
        return len(self.weighed.docs())

    def explain(self, doc: int) -> Explanation | None:
        score = self.score_of(doc)
        if score is None:
            return None
        at = np.array([doc], np.int32)
        occurrences: list[Occurrence] = []
        for part in self.weighed.parts:
            hits, weights = part.weigh(at)
            for key, postings in part.lists.items():
                docs, freqs = postings.whole()
                _, places = self.view.primitives.common(docs, at)
                if not len(places) or not hits[0]:
                    continue
                often = int(freqs[places[0]])
                norm = float(np.broadcast_to(part.norm(at), 1)[0])
                synonym = self._synonyms.get(key)
                occurrences.append(
                    Occurrence(
                        SEGMENTED.get(part.field, part.field),
                        key.decode("utf-8", "replace"),
                        often,
                        part.norm.length(doc),
                        part.norm.average,
                        float(weights[0]),
                        norm,
                        float(weights[0]) * often / norm,
                        synonym.synonym_of if synonym is not None else "",
                        by_name=synonym is not None and synonym.by_name,
                        counts_as=part.norm.counts_as(doc),
                    )
                )
        ranking = self.weighed.ranking
        return Explanation(
            score,
            "word",
            described(self._asked),
            boost=self._boost,
            idf=self._rarity.idf,
            df=self._rarity.df,
            records=self._rarity.records,
            tf=sum(one.share for one in occurrences),
            k1=ranking.k1,
            delta=ranking.delta,
            occurrences=tuple(occurrences),
        )
