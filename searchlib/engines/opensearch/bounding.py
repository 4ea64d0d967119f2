"""What a node of a query scores at most, in OpenSearch's language: by terms alone, without scripts for all matches.

The score of a word saturates in the sum of what its fields and forms hold (`searchlib.model.ranking`). Saturation is
concave, so it is at most the sum of what each field, and in it each group of forms that count alike, would make alone;
and what one alone makes is at most a constant times the curve that its field was indexed with (`entryfields.Curve`),
whatever the parameters are. Lengths are rounded down in an index, which makes the bound greater, never less. So the
cluster finds the best by these bounds, for which it skips what cannot be among them, and scores only these exactly
(``quickest``).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from searchlib.analysis.folding import joint_of
from searchlib.engines.opensearch import entryfields
from searchlib.engines.opensearch.compiling import ALL, NOTHING, Matching, any_of, exact_term, limited, value
from searchlib.engines.opensearch.entryfields import BOTH, COUNTED
from searchlib.engines.opensearch.formgroups import Folded
from searchlib.engines.opensearch.scoring import Scoring, constant, counts_of
from searchlib.engines.opensearch.statistics import Statistics
from searchlib.model.ranking import BM25F, idf
from searchlib.query.nodes import Word

Json = dict[str, Any]


class Bounding(Scoring):
    """Nodes as queries that match the same, and score as much or more: groups are scored as ever, words by bounds."""

    def __init__(
        self, statistics: Statistics, matching: Matching, ranking: BM25F, lengths: Mapping[str, float]
    ) -> None:
        super().__init__(statistics, matching, ranking)
        self._lengths = lengths

    def _word(self, word: Word, factor: float) -> Json:
        scale = factor * word.boost * idf(self._statistics.size, self.df(word))
        found = [
            limited(any_of(self._terms(forms, field, weight, scale)), limit)
            for field, weight in self.matching.fields(word)
            for limit, forms in self.matching.groups.of_word(word, field)
        ]
        return self._with_delta(any_of(found), scale) if found else NOTHING

    def _terms(self, forms: Folded, field: str, weight: float, scale: float) -> Iterator[Json]:
        """What the terms of a word make in a field, those together that count as much."""
        name = entryfields.terms(field)
        alike: dict[float, list[str]] = {}
        alone = [exact_term(field, way) for ways in forms.values() for way in ways.alone]
        if alone:
            yield constant({"terms": {"exact": alone}}, scale * (self._ranking.k1 + 1))
        for folded, ways in forms.items():
            if not ways.free:
                continue
            if ways.prefix:
                most = scale * (self._ranking.k1 + 1)
                yield from (constant({"prefix": {name: {"value": mark + folded}}}, most) for mark in BOTH)
                continue
            counts = counts_of(ways.free, folded, self._ranking)
            joined = any(map(joint_of, counts.written))
            for mark in self.matching.marks(folded, field):
                count = max(counts.other, *counts.written.values()) if mark or joined else counts.plain
                alike.setdefault(count, []).append(mark + folded)
        for count, terms in alike.items():
            yield self._most(name, terms, field, weight * count, scale)

    def _most(self, name: str, terms: Sequence[str], field: str, weight: float, scale: float) -> Json:
        """What terms make at most in a field where each occurrence counts as ``weight``."""
        within, above = entryfields.curve(field, self._lengths), self._above(field, weight)
        most = scale * (self._ranking.k1 + 1)
        if above is None:
            return constant({"terms": {name: list(terms)}}, most)
        times = max(1.0, (1 + within.at(1)) / (1 + above.at(1)), within.slope / above.slope)
        return entryfields.scored(name, terms, max(most * times, COUNTED))

    def _above(self, field: str, weight: float) -> entryfields.Curve | None:
        """The curve that the share of a term follows; None where it has none, as lengths do not count."""
        ranking, average = self._ranking, self._statistics.average(field)
        if not (weight and average and ranking.k1 and ranking.b):
            return None
        return entryfields.Curve(ranking.k1 * (1 - ranking.b) / weight, ranking.k1 * ranking.b / average / weight)

    def _with_delta(self, query: Json, scale: float) -> Json:
        """With what a match is worth besides."""
        delta = scale * self._ranking.delta
        return {"bool": {"must": [query, constant(ALL, delta)]}} if delta else query

    def _value(self, key: str, field: str, boost: float) -> Json:
        query = value(key, field)
        if not entryfields.is_analysed(field) or "term" not in query:
            return super()._value(key, field, boost)
        scale = boost * idf(self._statistics.size, self._statistics.df(query))
        ((name, term),) = query["term"].items()
        if name == "exact":
            return self._with_delta(constant(query, scale * (self._ranking.k1 + 1)), scale)
        weight = self._ranking.weight(field)
        return self._with_delta(self._most(name, [term], field, weight, scale), scale)
