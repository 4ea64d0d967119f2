"""What a node of a query scores, in OpenSearch's language: BM25F as ``searchlib.model.ranking`` has it.

Terms that count alike give how often they occur together, one script divides by the norm of their field and weighs
them, another makes the score of a word of the sum. Statistics are exact, over all shards; the cluster adds in single
precision.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple, assert_never

from searchlib.analysis.folding import joint_of
from searchlib.engine.explaining import Explanation
from searchlib.engines.opensearch import entryfields
from searchlib.engines.opensearch.compiling import ALL, NOTHING, Matching, any_of, exact_term, limited, value
from searchlib.engines.opensearch.entryfields import ACCENTED, WITHIN
from searchlib.engines.opensearch.formgroups import Folded, Way
from searchlib.engines.opensearch.statistics import Statistics
from searchlib.model.ranking import BM25F, idf
from searchlib.query.nodes import (
    And,
    Best,
    Constant,
    Everything,
    Fuzzy,
    Near,
    Node,
    Not,
    Optional,
    Or,
    Phrase,
    Prefix,
    Range,
    Require,
    Value,
    Wildcard,
    Word,
    leaves,
    words,
)
from searchlib.query.wording import described

Json = dict[str, Any]

_SHARE = (
    "double l = doc[params.n].value; if (l < params.m) { l = params.m * params.m / Math.max(l, 1) } "
    "return params.w * _score / (1 - params.b + params.b * l / params.a)"
)
_WORD = "double t = _score; return params.s * ((t > 0 ? (params.k + 1) * t / (params.k + t) : 0) + params.d)"


class Scoring:
    """Nodes as queries that score; `know` asks the statistics for all that a node needs before."""

    def __init__(
        self, statistics: Statistics, matching: Matching, ranking: BM25F, names: dict[int, str] | None = None
    ) -> None:
        self._statistics = statistics
        self._ranking = ranking
        self._names = names
        self.matching = matching

    def know(self, node: Node) -> None:
        """Ask for what is not known of the words of a node."""
        self.matching.know(words(node))
        fields = [field for word in words(node) for field, _ in word.fields]
        matching = [self.matching.word(word, field) for word in words(node) for field, _ in word.fields]
        for leaf in leaves(node):
            if isinstance(leaf, Value):
                matching.append(value(leaf.key, leaf.field))
                fields += [leaf.field] if entryfields.is_analysed(leaf.field) else []
        self._statistics.know(fields, matching)

    def df(self, word: Word) -> int:
        """In how many records a word stands, in the field where it is commonest."""
        return max((self._statistics.df(self.matching.word(word, field)) for field, _ in word.fields), default=0)

    def postings(self, node: Node) -> int:
        """About how many times a word of a node is scored."""
        return sum(map(self.df, words(node)))

    def explained(self, word: Word, score: float) -> Explanation:
        """What the formula made of a word that scored so."""
        ranking, df, records = self._ranking, self.df(word), self._statistics.size
        rarity = idf(records, df)
        frequency = score / (word.boost * rarity) - ranking.delta if word.boost else 0.0
        left = ranking.k1 + 1 - frequency
        tf = ranking.k1 * frequency / left if left > 0 and frequency > 0 else 0.0
        text = described(word)
        return Explanation(score, "word", text, (), word.boost, rarity, df, records, tf, ranking.k1, ranking.delta)

    def node(self, node: Node, factor: float = 1.0) -> Json:
        """What scores as a node does, times ``factor``."""
        found = self._node(node, factor)
        if self._names is None:
            return found
        name = self._names.setdefault(id(node), f"n{len(self._names)}")
        return {"bool": {"must": [found], "_name": name}}

    def _node(self, node: Node, factor: float) -> Json:  # noqa: PLR0911 - one for each kind of node
        match node:
            case Word():
                return self._word(node, factor)
            case Phrase():
                inside = [self.node(word, factor * node.boost) for word in node.words]
                return {"bool": {"must": inside, "filter": [self.matching.node(node)]}}
            case Value(key, field, boost):
                return self._value(key, field, boost * factor)
            case Prefix() | Wildcard() | Fuzzy() | Range() | Everything():
                return constant(self.matching.node(node), node.boost * factor)
            case And(nodes):
                wanted = [self.node(one, factor) for one in nodes if not isinstance(one, Not)]
                unwanted = [self.matching.node(one.node) for one in nodes if isinstance(one, Not)]
                return {"bool": {"must": wanted or [constant(ALL, 0)], "must_not": unwanted}}
            case Or(nodes):
                return any_of(self.node(one, factor) for one in nodes)
            case Best(nodes, tiebreak):
                parts = [self.node(one, factor) for one in nodes]
                return {"dis_max": {"queries": parts, "tie_breaker": tiebreak}} if parts else NOTHING
            case Not():
                return constant(self.matching.node(node), 0)
            case Optional(inner, optional):
                return {"bool": {"must": [self.node(inner, factor)], "should": [self.node(optional, factor)]}}
            case Require(inner, required):
                return {"bool": {"must": [self.node(inner, factor)], "filter": [self.matching.node(required)]}}
            case Constant(inner, score):
                return constant(self.matching.node(inner), score * factor)
            case Near(first, second):
                both = [self.node(one, factor) for one in (first, second)]
                # A side may stand in the field of the NEAR only, and another way elsewhere: both score as they match.
                return {"bool": {"must": both, "filter": [self.matching.node(node)]}}
        assert_never(node)

    def _word(self, word: Word, factor: float) -> Json:
        scale = factor * word.boost * idf(self._statistics.size, self.df(word))
        shares = []
        for field, weight in self.matching.fields(word):
            often = any_of(
                limited(any_of(self._often(forms, field)), limit)
                for limit, forms in self.matching.groups.of_word(word, field)
            )
            shares.append(self._share(often, field, weight))
        return self._saturated(any_of(shares), scale) if shares else NOTHING

    def _often(self, forms: Folded, field: str) -> Iterator[Json]:
        """How often the terms of a word stand in a field, each weighed."""
        name = entryfields.terms(field)
        alike: dict[tuple[str, float], list[str]] = {}
        for folded, ways in forms.items():
            for way in ways.alone:
                alike.setdefault(("exact", weight_of(way, self._ranking)), []).append(exact_term(field, way))
            if not ways.free:
                continue
            written, other, plain = counts_of(ways.free, folded, self._ranking)
            if ways.prefix:
                # Of what begins so, nothing says how it goes on: it counts as it is written.
                often = {"rewrite": "scoring_boolean"}
                for mark, weight in (("", plain), (ACCENTED, other)):
                    yield {"prefix": {name: often | {"value": mark + folded, "boost": weight * entryfields.ONCE}}}
                continue
            marks = self.matching.marks(folded, field)
            for mark in marks:
                alike.setdefault((name, other if mark else plain), []).append(mark + folded)
            for one, weight in written.items() if ACCENTED in marks or any(map(joint_of, written)) else ():
                if one != folded and weight > other and self.matching.has(folded, one):
                    term = f"{field}{WITHIN}{folded}{ACCENTED}{one}"
                    alike.setdefault(("exact", weight - other), []).append(term)
        for (where, weight), terms in alike.items():
            yield entryfields.scored(where, terms, weight * entryfields.ONCE)

    def _share(self, often: Json, field: str, weight: float) -> Json:
        average = self._statistics.average(field)
        if not average:
            return often
        least = self._ranking.short_below(field, average)
        known = {"w": weight, "b": self._ranking.b, "n": entryfields.length(field), "a": average, "m": least}
        return {"script_score": {"query": often, "script": {"source": _SHARE, "params": known}}}

    def _saturated(self, sums: Json, scale: float) -> Json:
        known = {"s": scale, "k": self._ranking.k1, "d": self._ranking.delta}
        return {"script_score": {"query": sums, "script": {"source": _WORD, "params": known}}}

    def _value(self, key: str, field: str, boost: float) -> Json:
        query = value(key, field)
        scale = boost * idf(self._statistics.size, self._statistics.df(query))
        weight = self._ranking.weight(field)
        if not entryfields.is_analysed(field):
            return constant(query, float(self._ranking.score(scale, weight)) if weight else scale * self._ranking.delta)
        ((name, term),) = query["term"].items()
        return self._saturated(self._share(entryfields.scored(name, [term], entryfields.ONCE), field, weight), scale)


class Counts(NamedTuple):
    """What an occurrence counts: as it is written (exact forms), written in another way, without accents."""

    written: Mapping[str, float]
    other: float
    plain: float


def counts_of(ways: Sequence[Way], folded: str, ranking: BM25F) -> Counts:
    """What an occurrence of a word counts that has this folded form."""
    written: dict[str, float] = {}
    for way in ways:
        written[way.exact] = max(weight_of(way, ranking), written.get(way.exact, 0.0))
    other = max(ranking.variant(way.tonal) * weight_of(way, ranking) for way in ways)
    return Counts(written, other, max(written.get(folded, 0.0), other))


def weight_of(way: Way, ranking: BM25F) -> float:
    """What an occurrence counts that is written so."""
    return way.weight * (ranking.form if way.other else 1.0)


def constant(query: Json, score: float) -> Json:
    """The query with one score for whatever it matches."""
    return {"constant_score": {"filter": query, "boost": score}}
