"""searchlib's BM25F as a weighting of Whoosh's own, so that stock searchers score as the executor does."""

from __future__ import annotations

from typing import Any

from whoosh import scoring

from searchlib.engines.whoosh.execution import Snapshot
from searchlib.model.ranking import BM25F, idf


class Weighting(scoring.WeightingModel):
    """searchlib's BM25F for Whoosh.

    With a ``snapshot`` of the same index, statistics are exact. Without one they are those of Whoosh, which count
    deleted documents in document frequencies and lengths.
    """

    def __init__(self, ranking: BM25F, snapshot: Snapshot | None = None) -> None:
        self.ranking = ranking
        self.snapshot = snapshot

    def idf(self, searcher: Any, fieldname: str, text: Any) -> float:
        """Inverse document frequency of a term."""
        key = text if isinstance(text, bytes) else searcher.schema[fieldname].to_bytes(text)
        if self.snapshot is not None:
            return idf(self.snapshot.records, self.snapshot.df(fieldname, key))
        parent = searcher.get_parent()
        return idf(parent.doc_count(), parent.doc_frequency(fieldname, key))

    def average_length(self, searcher: Any, fieldname: str) -> float:
        """Tokens of a field a document; 0 for a field without lengths."""
        if self.snapshot is not None:
            return self.snapshot.average_length(fieldname)
        if not searcher.schema[fieldname].scorable:
            return 0.0
        parent = searcher.get_parent()
        return float(parent.field_length(fieldname) / max(parent.doc_count_all(), 1))

    def scorer(self, searcher: Any, fieldname: str, text: Any, qf: int = 1) -> TermScorer:
        """Whoosh's scorer of a term."""
        return TermScorer(self, searcher, fieldname, text)


class TermScorer(scoring.BaseScorer):
    """The score of one term in a segment."""

    def __init__(self, model: Weighting, searcher: Any, fieldname: str, text: Any) -> None:
        self._ranking = model.ranking
        self._searcher = searcher
        self._field = fieldname
        self._idf = model.idf(searcher, fieldname, text)
        self._average = model.average_length(searcher, fieldname)
        info = searcher.term_info(fieldname, text)
        self._greatest = self._score(info.max_weight(), info.min_length() or 1)

    def supports_block_quality(self) -> bool:
        """True: scores rise with the weight and fall with the length."""
        return True

    def score(self, matcher: Any) -> float:
        """The score of the matcher's document."""
        length = self._searcher.doc_field_length(matcher.id(), self._field, 1) if self._average else 1
        return self._score(matcher.weight(), length)

    def max_quality(self) -> float:
        """No document scores more."""
        return self._greatest

    def block_quality(self, matcher: Any) -> float:
        """No document of the matcher's block scores more."""
        return self._score(matcher.block_max_weight(), matcher.block_min_length() or 1)

    def _score(self, weight: float, length: int) -> float:
        tf = (
            self._ranking.weight(self._field)
            * weight
            / self._ranking.norm(float(length), self._average, self._ranking.short_below(self._field, self._average))
        )
        return float(self._ranking.score(self._idf, tf))
