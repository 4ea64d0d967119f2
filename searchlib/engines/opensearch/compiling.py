"""What matches a node of a query, in OpenSearch's language: queries without scores.

Places (phrases, NEAR) are intervals, or where words may be further apart, a phrase of each *shape*: of each way in
which positions can be between them. A word counts by the forms of the record's language (``formgroups``). A cluster
refuses a query of more *clauses* than it takes, which are those at its leaves: so it asks for nothing that stands
nowhere, and is counted before it is sent.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import product
from typing import Any, assert_never

from searchlib.analysis import join_key
from searchlib.engines.opensearch import entryfields
from searchlib.engines.opensearch.cluster import too_many
from searchlib.engines.opensearch.clusterwords import ClusterLexicon
from searchlib.engines.opensearch.entryfields import ACCENTED, BETWEEN, BOTH, MOST_CLAUSES, NO_TERM, WITHIN, escaped
from searchlib.engines.opensearch.formgroups import Folded, FormGroups, Limit, Way
from searchlib.engines.opensearch.statistics import Statistics
from searchlib.errors import QueryError
from searchlib.model.fields import PROSE, TABLE
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
    Pattern,
    Phrase,
    Prefix,
    Range,
    Require,
    Value,
    Weights,
    Wildcard,
    Word,
    words,
)

Json = dict[str, Any]

_MOST_SHAPES = 512
NOTHING: Json = {"match_none": {}}
ALL: Json = {"match_all": {}}


class Matching:
    """Nodes of one question as queries that match the same, without scores; `know` its words before."""

    def __init__(self, lexicon: ClusterLexicon, statistics: Statistics) -> None:
        self._lexicon = lexicon
        self._statistics = statistics
        self.groups = FormGroups(lexicon)
        self._words: dict[tuple[int, str], tuple[Word, Json]] = {}

    def know(self, found: Iterable[Word]) -> None:
        """Ask which terms there are of these words."""
        self._lexicon.know(form.folded for word in found for form in word.forms if not form.prefix)

    def fields(self, *found: Word) -> Weights:
        """The fields in which all of these words may stand, as far as they were counted."""
        return tuple(
            (field, weight)
            for field, weight in found[0].fields
            if not any(self._statistics.is_nowhere(self.word(word, field)) for word in found)
        )

    def has(self, folded: str, exact: str) -> bool:
        """Whether a folded form may be written so somewhere."""
        return self._lexicon.has(folded, exact)

    def marks(self, folded: str, field: str) -> Sequence[str]:
        """What stands before a folded form in the terms of a field."""
        return self._lexicon.marks(folded) if field in PROSE else BOTH

    def node(self, node: Node) -> Json:  # noqa: PLR0911 - one for each kind of node
        """What matches a node."""
        match node:
            case Word():
                return any_of(self.word(node, field) for field, _ in self.fields(node))
            case Phrase():
                return any_of(self._phrase(node, field) for field, _ in self.fields(*node.words))
            case Prefix() | Wildcard() | Fuzzy() | Range():
                return any_of(one for field in node.fields for one in pattern(node, field))
            case Value(key, field):
                return value(key, field)
            case Everything(field):
                return _having(field) if field else ALL
            case And(nodes):
                return self._all(nodes)
            case Or(nodes) | Best(nodes):
                return any_of(map(self.node, nodes))
            case Not(inner):
                return {"bool": {"must_not": [self.node(inner)]}}
            case Optional(inner) | Constant(inner):
                return self.node(inner)
            case Require(inner, required):
                return {"bool": {"filter": [self.node(inner), self.node(required)]}}
            case Near():
                return self._near(node)
        assert_never(node)

    def _all(self, nodes: Iterable[Node]) -> Json:
        nodes = tuple(nodes)
        wanted = [self.node(one) for one in nodes if not isinstance(one, Not)]
        unwanted = [self.node(one.node) for one in nodes if isinstance(one, Not)]
        return {"bool": {"filter": wanted, "must_not": unwanted}} if unwanted else {"bool": {"filter": wanted or [ALL]}}

    # Words

    def word(self, word: Word, field: str) -> Json:
        """What matches a word in a field."""
        known = self._words.get((id(word), field))
        if known is None:
            known = self._words[id(word), field] = word, self._word(word, field)
        return known[1]

    def _word(self, word: Word, field: str) -> Json:
        name = entryfields.terms(field)
        found = []
        for limit, forms in self.groups.of_word(word, field):
            plain = [
                mark + folded
                for folded, ways in forms.items()
                if ways.free and not ways.prefix
                for mark in self.marks(folded, field)
            ]
            parts: list[Json] = [{"terms": {name: plain}}] if plain else []
            alone = [exact_term(field, way) for ways in forms.values() for way in ways.alone]
            parts += [{"terms": {"exact": alone}}] if alone else []
            for folded, (_, prefix) in forms.items():
                parts += [{"prefix": {name: mark + folded}} for mark in BOTH if prefix]
            found.append(limited(any_of(parts), limit))
        return any_of(found)

    # Places

    def _phrase(self, phrase: Phrase, field: str) -> Json:
        steps = len(phrase.words) - 1
        if phrase.slop == 1 or steps == 1:
            found = []
            for limit, forms in self.groups.of_row(phrase.words, field):
                inside = [_interval(self._of_forms(one, field)) for one in forms]
                found.append(limited(_intervals(field, _in_row(inside, phrase.slop)), limit))
            return any_of(found)
        if phrase.slop**steps > _MOST_SHAPES:
            raise QueryError(
                f"The words of a phrase of {steps + 1} can be no more than {int(_MOST_SHAPES ** (1 / steps))} apart in "
                f"this index, not {phrase.slop}.",
                advice="Give it a smaller number, or fewer words.",
            )
        return any_of(
            limited(self._shape(field, forms, gaps), limit)
            for limit, forms in self.groups.of_row(phrase.words, field)
            for gaps in product(range(phrase.slop), repeat=steps)
        )

    def _near(self, near: Near) -> Json:
        found = []
        both = [one for side in (near.first, near.second) for one in words(side)]
        no_words: list[tuple[Limit, list[Folded]]] = [(None, [])]
        for limit, forms in self.groups.of_row(both, near.field) if both else no_words:
            known = dict(zip(map(id, both), forms, strict=True))
            sides = [_by_length(self._sources(side, near.field, known)) for side in (near.first, near.second)]
            for first, second in product(*sides):
                found.append(limited(_intervals(near.field, _in_row([first, second], near.slop)), limit))
                if not near.ordered:
                    found.append(limited(_intervals(near.field, _in_row([second, first], near.slop)), limit))
        return any_of(found)

    def _sources(  # noqa: PLR0911 - one for each kind of node
        self, node: Node, field: str, known: Mapping[int, Folded]
    ) -> list[tuple[int, Json]]:
        """The ways in which a side of NEAR stands in a field, each with the number of its positions."""
        match node:
            case Word():
                if field not in dict(node.fields):
                    return []
                return [(1, one) for one in self._of_forms(known[id(node)], field)]
            case Phrase(inner, 1):
                if field not in dict(node.fields):
                    return []
                row = [_interval(self._of_forms(known[id(word)], field)) for word in inner]
                return [(len(inner), _in_row(row, 1))]
            case Prefix() | Wildcard() | Fuzzy() | Range() if field in node.fields:
                return [(1, one) for one in _pattern_rules(node)]
            case Prefix() | Wildcard() | Fuzzy() | Range():
                return []
            case Value(key, own) if ACCENTED not in key:
                return [(1, _term(key))] if own == field else []
            case Or(nodes) | Best(nodes):
                return [source for one in nodes for source in self._sources(one, field, known)]
            case Constant(inner):
                return self._sources(inner, field, known)
        raise QueryError(
            "On a side of NEAR this index takes words, patterns and phrases of words next to each other.",
            advice="Ask for the parts with AND, or for one NEAR.",
        )

    def _of_forms(self, forms: Folded, field: str) -> list[Json]:
        """The rules for intervals of a word."""
        found = []
        for folded, ways in forms.items():
            if ways.prefix:
                found += [_starting(mark + folded) for mark in BOTH]
            elif ways.free:
                found += [_term(mark + folded) for mark in self.marks(folded, field)]
            found += [_term(join_key(way.exact), entryfields.marked(field)) for way in ways.alone]
        return found

    def _shape(self, field: str, forms: Sequence[Folded], gaps: Sequence[int]) -> Json:
        """The phrase in which the words have so many positions between them."""
        name = entryfields.terms(field)
        return any_of(
            {"match_phrase": {name: {"query": BETWEEN.join(_spaced(each, gaps)), "analyzer": "terms"}}}
            for each in product(*(self._plain_terms(one, field) for one in forms))
        )

    def _plain_terms(self, forms: Folded, field: str) -> list[str]:
        if any(ways.prefix for ways in forms.values()):
            raise QueryError(
                "A single character cannot be further off in a phrase in this index.", advice="Leave out the ~."
            )
        free = [folded for folded, ways in forms.items() if ways.free]
        return [mark + folded for folded in free or forms for mark in self.marks(folded, field)]


def exact_term(field: str, way: Way) -> str:
    """The term of a word as it is written."""
    return field + WITHIN + join_key(way.exact)


def _pattern_rules(node: Pattern) -> list[Json]:
    marks = BOTH
    match node:
        case Prefix(text):
            return [_starting(mark + text) for mark in marks]
        case Wildcard(text):
            return [{"regexp": {"pattern": _expression(text), "max_expansions": MOST_CLAUSES}}]
        case Fuzzy(text, _, distance, prefix):
            return [
                {"fuzzy": {"term": mark + text, "prefix_length": prefix + len(mark), "fuzziness": distance,
                           "transpositions": True, "analyzer": "keyword"}}
                for mark in marks
            ]  # fmt: skip
        case Range():
            raise QueryError("A range cannot be a side of NEAR in this index.", advice="Ask for it with AND.")
    assert_never(node)


def _by_length(found: Iterable[tuple[int, Json]]) -> list[Json]:
    lengths: dict[int, list[Json]] = {}
    for size, one in found:
        lengths.setdefault(size, []).append(one)
    return [_interval(rules) for rules in lengths.values()]


def _intervals(field: str, rule: Json) -> Json:
    return {"intervals": {entryfields.terms(field): rule}}


def _interval(rules: Sequence[Json]) -> Json:
    return rules[0] if len(rules) == 1 else {"any_of": {"intervals": list(rules)}}


def _in_row(rules: Sequence[Json], slop: int) -> Json:
    return {"all_of": {"ordered": True, "max_gaps": slop - 1, "intervals": list(rules)}}


def _term(term: str, field: str = "") -> Json:
    """The rule for intervals of a term, which is in another field of the same positions if one is named."""
    return {"match": {"query": term, "analyzer": "keyword", **({"use_field": field} if field else {})}}


def _starting(text: str) -> Json:
    return {"regexp": {"pattern": escaped(text) + f"[^{ACCENTED}]*", "max_expansions": MOST_CLAUSES}}


def _spaced(found: Sequence[str], gaps: Sequence[int]) -> list[str]:
    row = [found[0]]
    for term, gap in zip(found[1:], gaps, strict=True):
        row += [NO_TERM] * gap + [term]
    return row


# Leaves that are no words


def pattern(node: Pattern, field: str) -> list[Json]:
    """What matches a pattern in a field."""
    if field in TABLE and TABLE[field].kind == "number":
        return [{"range": {entryfields.column(field): _bounds(node)}}] if isinstance(node, Range) else []
    name = entryfields.terms(field) if entryfields.is_analysed(field) else entryfields.exact(field)
    marks = BOTH if entryfields.is_analysed(field) else ("",)
    match node:
        case Prefix(text):
            return [{"prefix": {name: mark + text}} for mark in marks]
        case Wildcard(text):
            return [
                {"regexp": {name: {"value": _expression(text), "flags": "NONE", "max_determinized_states": 100_000}}}
            ]
        case Fuzzy(text, _, distance, prefix):
            return [
                {"fuzzy": {name: {"value": mark + text, "fuzziness": distance, "prefix_length": prefix + len(mark),
                                  "max_expansions": MOST_CLAUSES, "rewrite": "constant_score"}}}
                for mark in marks
            ]  # fmt: skip
        case Range():
            return [{"range": {name: _bounds(node, mark)}} for mark in marks]
    assert_never(node)


def _bounds(node: Range, mark: str = "") -> Json:
    low, high = node.low, node.high
    if isinstance(low, str) or isinstance(high, str) or mark:
        # The marked terms are a range of their own.
        low = mark + str(low) if low is not None else (mark or None)
        high = mark + str(high) if high is not None else (mark + "\U0010ffff" if mark else None)
    found: Json = {}
    if low is not None:
        found["gt" if node.open_low and node.low is not None else "gte"] = low
    if high is not None:
        found["lt" if node.open_high and node.high is not None else "lte"] = high
    return found


def value(key: str, field: str) -> Json:
    """What matches a value, or a term of prose."""
    if field in TABLE and TABLE[field].kind == "number":
        return {"term": {entryfields.column(field): int(key)}} if key.isdecimal() else NOTHING
    if not entryfields.is_analysed(field):
        return {"term": {entryfields.exact(field): key}}
    if ACCENTED in key:
        return {"term": {"exact": field + WITHIN + key}}
    return {"term": {entryfields.terms(field): key}}


def _having(field: str) -> dict[str, Any]:
    """What tells that a record has anything in ``field``; the empty value is none."""
    if field in TABLE and TABLE[field].kind == "number":
        return {"exists": {"field": entryfields.column(field)}}
    if entryfields.is_analysed(field):
        return {"exists": {"field": entryfields.terms(field)}}
    return {"range": {entryfields.exact(field): {"gt": ""}}}


def _expression(text: str) -> str:
    found, parts = [], iter(text)
    for one in parts:
        wild = {"*": f"[^{ACCENTED}]*", "?": f"[^{ACCENTED}]"}.get(one)
        found.append(wild or escaped(next(parts, "\\") if one == "\\" else one))
    return f"{ACCENTED}?" + "".join(found)


def any_of(found: Iterable[Json]) -> Json:
    """What matches any of these."""
    parts = list(found)
    if len(parts) == 1:
        return parts[0]
    return {"bool": {"should": parts, "minimum_should_match": 1}} if parts else NOTHING


def limited(query: Json, limit: Json | None) -> Json:
    """The query within a limit."""
    return query if limit is None else {"bool": {"must": [query], "filter": [limit]}}


def askable(query: Json) -> Json:
    """The query, if a cluster takes that many clauses. Raises QueryError."""
    number = clauses(query)
    if number > MOST_CLAUSES:
        raise too_many(f"{number:,}: a word has one for each field and way to be written that counts otherwise")
    return query


def clauses(query: Json) -> int:
    """How many clauses a query has where the cluster counts them, which is at its leaves."""
    ((kind, body),) = query.items()
    match kind:
        case "bool":
            return sum(clauses(one) for part in _PARTS for one in body.get(part, ()))
        case "dis_max":
            return sum(map(clauses, body["queries"]))
        case "constant_score":
            return clauses(body["filter"])
        case "script_score" | "function_score":
            return clauses(body["query"])
        case "intervals":
            return sum(map(_rules, body.values()))
        case _:
            return 1


_PARTS = ("must", "should", "filter", "must_not")


def _rules(rule: Json) -> int:
    ((kind, body),) = rule.items()
    return sum(map(_rules, body["intervals"])) if kind in ("any_of", "all_of") else 1
