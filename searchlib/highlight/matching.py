"""The matcher that highlights: a whole query tree, evaluated over one record.

What it finds is defined by the tree, node by node; a node that does not match finds nothing:

====================  ============================================================================================
``Word``              the tokens that match one of its forms, in each of its fields
``WordPhrase``        the tokens that take part in a whole occurrence of the phrase, all occurrences
``Term``              the tokens with exactly this key; of an attribute, its value
pattern, fuzzy, ...   the tokens whose folded key it accepts
``And``               what its children find, if all of them match
``Or``, ``DisMax``    what those of its children find that match
``Not``               nothing, and matches if its child does not
``AndNot``            what the first finds, if the second does not match
``AndMaybe``          what both find, if the first matches
``Require``           what the first finds, if both match: the second is a filter
``Every``             nothing
span queries          the tokens of the places that are left (see `places`)
====================  ============================================================================================

A class that is none of Whoosh's or ours counts as an ``Or`` of the terms of its leaves. A node in a field that the
record lacks does not match. The answer is exact, so that this module is also what the executor is tested against.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Any

from whoosh import query
from whoosh.query import spans as span_queries
from whoosh.util import make_binary_tree

from searchlib.analysis import Form, Token, split_key
from searchlib.highlight.patterns import predicate
from searchlib.highlight.places import (
    Place,
    before,
    chains,
    containing,
    merged,
    near,
    outside,
    phrase_places,
)
from searchlib.highlight.texts import Text
from searchlib.query.nodes import Word, WordPhrase

FieldTokens = Sequence[Token]
Found = list[Place] | None  # None: does not match; a match may have no places


@dataclass(frozen=True, slots=True)
class Match:
    """Whether a record matches, and which tokens made it: for each field, indices into its tokens, sorted."""

    matched: bool
    tokens: Mapping[str, tuple[int, ...]]

    def __bool__(self) -> bool:
        return self.matched


def match(
    node: Any,
    fields: Mapping[str, FieldTokens],
    language: str = "",
    attributes: Mapping[str, Any] | None = None,
) -> Match:
    """Evaluate the query ``node`` over one record.

    ``fields`` has the tokens of fields that are analysed; ``attributes`` the values of the others: a string, a
    number, or a tuple of them. ``language`` is the record's.
    """
    found = Evaluator(fields, language, attributes or {}).evaluate(node)
    tokens: dict[str, set[int]] = {}
    for place in found or ():
        tokens.setdefault(place.field, set()).update(place.tokens)
    return Match(found is not None, {name: tuple(sorted(indices)) for name, indices in tokens.items()})


class Evaluator:
    """Evaluates queries over one record."""

    def __init__(self, fields: Mapping[str, FieldTokens], language: str, attributes: Mapping[str, Any]) -> None:
        self.fields = fields
        self.language = language
        self.attributes = attributes
        self._folded: dict[str, dict[str, list[int]]] = {}

    def evaluate(self, node: Any) -> Found:
        """The places that ``node`` finds, or None where it does not match."""
        for kind in type(node).__mro__:
            method = _METHODS.get(kind)
            if method is not None:
                return method(self, node)
        if isinstance(node, query.MultiTerm):
            return self.pattern(node)
        return self.unknown(node)

    def all_of(self, nodes: Iterable[Any]) -> list[list[Place]] | None:
        """What each of ``nodes`` finds, or None if one does not match."""
        found = []
        for node in nodes:
            places = self.evaluate(node)
            if places is None:
                return None
            found.append(places)
        return found

    # Terms

    def folded(self, name: str) -> dict[str, list[int]]:
        """For each folded key in the field ``name`` the indices of its tokens."""
        found = self._folded.get(name)
        if found is None:
            field = self.fields.get(name, ())
            if isinstance(field, Text):
                return field.folded
            found = self._folded[name] = {}
            for index, token in enumerate(field):
                found.setdefault(split_key(token.key)[0], []).append(index)
        return found

    def places(self, name: str, indices: Iterable[int]) -> list[Place]:
        """A place for each token."""
        field = self.fields.get(name, ())
        if isinstance(field, Text):  # positions count all tokens of a text
            return [Place(name, i, i, frozenset((i,))) for i in indices]
        return [Place(name, field[i].position, field[i].position, frozenset((i,))) for i in indices]

    def indices(self, name: str, forms: Iterable[Form]) -> list[int]:
        """The tokens in the field ``name`` that match one of ``forms``, in order."""
        folded = self.folded(name)
        found: set[int] = set()
        for form in forms:
            if form.prefix:
                for key, indices in folded.items():
                    if key.startswith(form.folded):
                        found.update(indices)
            else:
                found.update(folded.get(form.folded, ()))
        return sorted(found)

    def word(self, node: Word) -> Found:
        """A word in any of its fields."""
        forms = node.forms_in(self.language)
        return [place for name, _ in node.fields for place in self.places(name, self.indices(name, forms))] or None

    def word_phrase(self, node: WordPhrase) -> Found:
        """A phrase in any of its fields."""
        forms = [word.forms_in(self.language) for word in node.words]
        return [
            place
            for name, _ in node.fields
            for place in self.phrase(name, [self.indices(name, one) for one in forms], node.slop)
        ] or None

    def stock_phrase(self, node: Any) -> Found:
        """A phrase of exact keys."""
        tokens = self.fields.get(node.fieldname, ())
        steps = [[i for i, token in enumerate(tokens) if _same(token.key, word)] for word in node.words]
        return self.phrase(node.fieldname, steps, node.slop) or None

    def phrase(self, name: str, steps: list[list[int]], slop: int) -> list[Place]:
        """The places of a phrase whose words are these tokens."""
        if not steps or not all(steps):
            return []
        tokens = self.fields[name]
        pairs = [[(tokens[i].position, i) for i in step] for step in steps]
        whole = chains(pairs, slop)
        return phrase_places(name, whole, slop) if whole else []

    def term(self, node: Any) -> Found:
        """An exact term."""
        name = node.fieldname
        if name in self.fields:
            tokens = self.fields[name]
            return self.places(name, [i for i, token in enumerate(tokens) if _same(token.key, node.text)]) or None
        return [] if any(_same(value, node.text) for value in self.values(name)) else None

    def pattern(self, node: Any) -> Found:
        """Whatever a pattern accepts."""
        accepts = predicate(node)
        if accepts is None:
            return self.unknown(node)
        name = node.field()
        if name not in self.fields:
            return [] if any(accepts(_string(value)) for value in self.values(name)) else None
        if isinstance(node, query.Variations):  # Whoosh looks for its variations as they are
            return self.places(name, [i for i, token in enumerate(self.fields[name]) if accepts(token.key)]) or None
        folded = self.folded(name)
        return self.places(name, sorted(i for key in folded if accepts(key) for i in folded[key])) or None

    def values(self, name: str) -> tuple[Any, ...]:
        """The values of an attribute."""
        value = self.attributes.get(name)
        if isinstance(value, (tuple, list, set, frozenset)):
            return tuple(value)
        return () if value is None or value == "" else (value,)

    def numeric_range(self, node: Any) -> Found:
        """A number, or a date as Whoosh counts it, between the bounds."""
        for value in self.values(node.fieldname):
            number = _number(value)
            if number is None:
                continue
            after = node.start is None or (number > node.start if node.startexcl else number >= node.start)
            if after and (node.end is None or (number < node.end if node.endexcl else number <= node.end)):
                return []
        return None

    def every(self, node: Any) -> Found:
        """Every record, or every one with something in the field."""
        name = node.fieldname
        return [] if name is None or self.fields.get(name) or self.values(name) else None

    def column(self, node: Any) -> Found:
        """A condition on a column."""
        condition = node.condition
        accepts = condition if callable(condition) else condition.__eq__
        return [] if any(accepts(value) is True for value in self.values(node.fieldname)) else None

    # Groups

    def every_child(self, node: Any) -> Found:
        """And: all children."""
        found = self.all_of(node.subqueries)
        return None if found is None or not node.subqueries else [place for places in found for place in places]

    def any_child(self, node: Any) -> Found:
        """Or: the children that match."""
        found = [places for places in map(self.evaluate, node.subqueries) if places is not None]
        return [place for places in found for place in places] if found else None

    def opposite(self, node: Any) -> Found:
        """Not."""
        return [] if self.evaluate(node.query) is None else None

    def and_not(self, node: Any) -> Found:
        """The first without the second."""
        found = self.evaluate(node.a)
        return found if found is not None and self.evaluate(node.b) is None else None

    def and_maybe(self, node: Any) -> Found:
        """The first, and the second where it matches."""
        found = self.evaluate(node.a)
        return None if found is None else [*found, *(self.evaluate(node.b) or ())]

    def require(self, node: Any) -> Found:
        """The first where the second matches as well."""
        found = self.evaluate(node.a)
        return found if found is not None and self.evaluate(node.b) is not None else None

    def otherwise(self, node: Any) -> Found:
        """The first, or else the second. (Whoosh asks that of a whole segment, not of a record.)"""
        found = self.evaluate(node.a)
        return self.evaluate(node.b) if found is None else found

    def child(self, node: Any) -> Found:
        """What only wraps another node."""
        return self.evaluate(node.child)

    # Spans

    def sequence(self, node: Any) -> Found:
        """Sequence: neighbours, joined two by two as Whoosh does."""
        found = self.all_of(node.subqueries)
        if not found:
            return None
        joined: list[Place] = make_binary_tree(
            lambda a, b, **_: near(a, b, node.slop, node.ordered), found
        )  # fmt: skip
        return joined or None

    def ordered(self, node: Any) -> Found:
        """Ordered: each before the next."""
        found = self.all_of(node.subqueries)
        if not found:
            return None
        joined: list[Place] = make_binary_tree(lambda a, b, **_: before(a, b), found)
        return joined or None

    def span_near(self, node: Any) -> Found:
        """SpanNear of two."""
        return self.pairs(node, lambda a, b: near(a, b, node.slop, node.ordered, node.mindist))

    def span_near_all(self, node: Any) -> Found:
        """SpanNear2 of several, from left to right."""
        found = self.all_of(node.qs)
        if not found:
            return None
        return reduce(lambda a, b: near(a, b, node.slop, node.ordered, node.mindist), found) or None

    def span_first(self, node: Any) -> Found:
        """SpanFirst: what ends within the first positions."""
        return [place for place in self.evaluate(node.q) or () if place.end <= node.limit] or None

    def span_or(self, node: Any) -> Found:
        """SpanOr: any, those that touch made one."""
        found = [place for child in node.subqs for place in self.evaluate(child) or ()]
        return merged(found) or None

    def span_not(self, node: Any) -> Found:
        """SpanNot: the first where the second does not overlap it."""
        found = self.evaluate(node.a)
        return found and (outside(found, self.evaluate(node.b) or []) or None)

    def pairs(self, node: Any, join: Callable[[list[Place], list[Place]], list[Place]]) -> Found:
        """Both, joined."""
        found = self.all_of((node.a, node.b))
        return None if found is None else join(*found) or None

    def unknown(self, node: Any) -> Found:
        """Somebody else's class: any term of its leaves."""
        leaves = [node] if node.is_leaf() else [leaf for child in node.children() for leaf in child.leaves()]
        found: list[Place] = []
        matched = False
        for leaf in leaves:
            if leaf is not node and (type(leaf) in _METHODS or isinstance(leaf, query.MultiTerm)):
                places = self.evaluate(leaf)
                matched = matched or places is not None
                found.extend(places or ())
                continue
            for name, text in leaf.terms(phrases=True):
                places = self.term(query.Term(name, text))
                matched = matched or places is not None
                found.extend(places or ())
        return found if matched else None


def _same(value: Any, wanted: Any) -> bool:
    if isinstance(wanted, bytes):
        return _string(value).encode("utf-8", "surrogatepass") == wanted
    return bool(value == wanted) or _string(value) == _string(wanted)


def _string(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def _number(value: Any) -> float | None:
    if hasattr(value, "utctimetuple"):
        from whoosh.util.times import datetime_to_long

        return float(datetime_to_long(value))
    try:
        return value if isinstance(value, (int, float)) else float(value)
    except (TypeError, ValueError):
        return None


_METHODS: dict[type, Callable[[Evaluator, Any], Found]] = {
    Word: Evaluator.word,
    WordPhrase: Evaluator.word_phrase,
    query.Term: Evaluator.term,
    query.Phrase: Evaluator.stock_phrase,
    query.NumericRange: Evaluator.numeric_range,
    query.Every: Evaluator.every,
    query.ColumnQuery: Evaluator.column,
    type(query.NullQuery): lambda evaluator, node: None,
    query.And: Evaluator.every_child,
    query.Or: Evaluator.any_child,
    query.DisjunctionMax: Evaluator.any_child,
    query.Not: Evaluator.opposite,
    query.AndNot: Evaluator.and_not,
    query.AndMaybe: Evaluator.and_maybe,
    query.Require: Evaluator.require,
    query.Otherwise: Evaluator.otherwise,
    query.ConstantScoreQuery: Evaluator.child,
    query.WeightingQuery: Evaluator.child,
    query.Sequence: Evaluator.sequence,
    query.Ordered: Evaluator.ordered,
    span_queries.SpanNear: Evaluator.span_near,
    span_queries.SpanNear2: Evaluator.span_near_all,
    span_queries.SpanFirst: Evaluator.span_first,
    span_queries.SpanOr: Evaluator.span_or,
    span_queries.SpanNot: Evaluator.span_not,
    span_queries.SpanContains: lambda self, node: self.pairs(node, containing),
    span_queries.SpanBefore: lambda self, node: self.pairs(node, before),
    span_queries.SpanCondition: lambda self, node: self.pairs(node, lambda a, b: a),
}
