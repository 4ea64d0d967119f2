"""Norms: how much the length of a field weighs, for all lengths at once."""

from __future__ import annotations

import numpy as np

from searchlib.engines.whoosh.execution.interface import AnyInts, Docs, Floats
from searchlib.model.ranking import BM25F, counted


class FieldNorm:
    """The norms of a field in a segment; ``lengths`` is None for a field that keeps none."""

    __slots__ = ("_ranking", "_short", "_table", "average", "lengths")

    def __init__(self, lengths: AnyInts | None, average: float, ranking: BM25F, short: float = 0.0) -> None:
        self.average = average
        self.lengths = lengths
        self._ranking = ranking
        self._short = short
        longest = int(lengths.max()) if lengths is not None and len(lengths) else 0
        # A table of the norms of all lengths is a look-up instead of two operations a posting.
        self._table: Floats | None = self._computed(np.arange(longest + 1)) if longest < 1 << 16 else None

    def __call__(self, docs: Docs) -> Floats | float:
        """The norms at these docs: an array, or 1.0 where the field keeps no lengths."""
        return 1.0 if self.lengths is None else self.of(self.lengths[docs])

    def of(self, lengths: AnyInts) -> Floats:
        """The norms of fields of these lengths."""
        if self._table is None or int(lengths.max(initial=0)) >= len(self._table):
            return self._computed(lengths)
        return self._table[lengths]

    def least(self, lengths: AnyInts) -> Floats:
        """Norms that those of fields of these lengths, and of any that are longer, are not below."""
        least: Floats = self._ranking.norm(np.maximum(lengths, self._short), self.average)
        return least

    def counts_as(self, doc: int) -> float:
        """The length that the field counts as in a doc where it is short; 0 elsewhere."""
        length = self.length(doc)
        return float(counted(length, self._short)) if 0 < length < self._short else 0.0

    def length(self, doc: int) -> int:
        """The length of the field in a doc; 0 where lengths are not kept."""
        return int(self.lengths[doc]) if self.lengths is not None else 0

    def _computed(self, lengths: AnyInts) -> Floats:
        norms: Floats = self._ranking.norm(lengths.astype(np.float64), self.average, self._short)
        return norms
