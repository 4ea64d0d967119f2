"""The matcher that highlights: a whole query tree, evaluated over one record.

What it finds is defined by the tree, node by node; a node that does not match finds nothing:

====================  ============================================================================================
``Word``              the tokens that match one of its forms, in each of its fields
``WordPhrase``        the tokens that take part in a whole occurrence of the phrase, all occurrences
``Term``              the tokens with exactly this key; of an attribute, its value
pattern, fuzzy, ...   the tokens whose folded key it accepts; one that accepts everything is an ``Every``
``And``               what its children find, if all of them match
``Or``, ``DisMax``    what those of its children find that match
``Not``               nothing, and matches if its child does not
``AndNot``            what the first finds, if the second does not match
``AndMaybe``          what both find, if the first matches
``Require``           what the first finds, if both match: the second is a filter
``Every``             nothing
span queries          the tokens of the places that are left (see `spanning`)
====================  ============================================================================================

A class that is none of Whoosh's or ours counts as an ``Or`` of the terms of its leaves. A node in a field that the
record lacks does not match. The answer is exact, so that this module is also what the executor is tested against.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, NamedTuple

from whoosh import query
from whoosh.query import spans as span_queries

from searchlib.analysis import Token
from searchlib.deadline import check
from searchlib.highlight.leaves import Leaves, as_key, numbered
from searchlib.highlight.patterns import accepts_all, predicate
from searchlib.highlight.places import chains
from searchlib.highlight.texts import Text
from searchlib.query.nodes import Word, WordPhrase

FieldTokens = Sequence[Token]
Found = list[Any] | None
"""What a node finds, None if it does not match; a match may find nothing. See `Evaluator.made`."""


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
    columns: Mapping[str, Any] | None = None,
    leaves: Leaves | None = None,
) -> Match:
    """Evaluate the query ``node`` over one record.

    ``fields`` has the tokens of fields that are analysed; ``attributes`` the values of the others: a string, a
    number, or a tuple of them; ``columns`` those that only ranges and `ColumnQuery` look at. ``language`` is the
    record's. Who evaluates a query over many records gives its ``leaves``.
    """
    values = Values(attributes or {}, columns or {})
    found = Evaluator(leaves or Leaves(node), fields, language, values).evaluate(node)
    tokens: dict[str, list[int]] = {}
    for name, indices in found or ():
        tokens.setdefault(name, []).extend(indices)
    return Match(found is not None, {name: tuple(sorted(set(indices))) for name, indices in tokens.items()})


class Values(NamedTuple):
    """The values of the fields of a record that are not analysed: those that terms find, and columns."""

    attributes: Mapping[str, Any]
    columns: Mapping[str, Any]

    def of(self, name: str) -> tuple[Any, ...]:
        """The values of an attribute."""
        value = self.attributes.get(name)
        if isinstance(value, (tuple, list, set, frozenset)):
            return tuple(value)
        return () if value is None or value == "" else (value,)

    def numbers(self, name: str) -> tuple[Any, ...]:
        """The values of an attribute or of a column."""
        return self.of(name) or ((self.columns[name],) if name in self.columns else ())


class Evaluator:
    """Evaluates one query over one record. What nodes find are fields with indices of tokens in them."""

    methods: ClassVar[dict[type, Callable[[Any, Any], Found]]]

    def __init__(
        self,
        leaves: Leaves,
        fields: Mapping[str, FieldTokens],
        language: str,
        values: Values,
    ) -> None:
        self.leaves = leaves
        self.fields = fields
        self.language = language
        self.values = values
        self._found: dict[str, tuple[int, dict[int, list[int]]]] = {}

    def evaluate(self, node: Any) -> Found:
        """What ``node`` finds, or None where it does not match."""
        check()
        for kind in type(node).__mro__:
            method = self.methods.get(kind)
            if method is not None:
                return method(self, node)
        if isinstance(node, query.MultiTerm):
            return self.pattern(node)
        return self.unknown(node)

    def made(self, name: str, indices: Sequence[int]) -> list[Any]:
        """What is found where these tokens of the field ``name`` match."""
        return [(name, indices)]

    def all_of(self, nodes: Iterable[Any]) -> list[list[Any]] | None:
        """What each of ``nodes`` finds, or None if one does not match."""
        found = []
        for node in nodes:
            one = self.evaluate(node)
            if one is None:
                return None
            found.append(one)
        return found

    # Terms

    def indices(self, name: str, number: int) -> Sequence[int]:
        """The tokens in the field ``name`` that match the leaf with this number, ascending."""
        found = self._found.get(name)
        if found is None or found[0] <= number:
            found = self._found[name] = self._find(name)
        return found[1].get(number, ())

    def _find(self, name: str) -> tuple[int, dict[int, list[int]]]:
        field = self.fields.get(name, ())
        if isinstance(field, Text):
            return field.find(self.leaves)
        table = self.leaves.table(self.language)
        return table.known, numbered([table.of_key(token.key) for token in field])

    def word(self, node: Word) -> Found:
        """A word in any of its fields."""
        number = self.leaves.word(node)
        found: list[Any] = []
        for name, _ in node.fields:
            indices = self.indices(name, number)
            if indices:
                found += self.made(name, indices)
        return found or None

    def word_phrase(self, node: WordPhrase) -> Found:
        """A phrase in any of its fields."""
        numbers = [self.leaves.word(word) for word in node.words]
        return [
            one
            for name, _ in node.fields
            for one in self.phrase(name, [self.indices(name, number) for number in numbers], node.slop)
        ] or None

    def stock_phrase(self, node: Any) -> Found:
        """A phrase of exact keys."""
        name = node.fieldname
        steps = [self.indices(name, self.leaves.key(word)) for word in node.words]
        return self.phrase(name, steps, node.slop) or None

    def phrase(self, name: str, steps: Sequence[Sequence[int]], slop: int) -> list[Any]:
        """What is found of a phrase whose words are these tokens."""
        if not steps or not all(steps):
            return []
        whole = chains([self.positions(name, step) for step in steps], slop)
        return self.standing(name, whole, slop) if whole else []

    def positions(self, name: str, indices: Sequence[int]) -> list[tuple[int, int]]:
        """Tokens with their positions in front."""
        field = self.fields[name]
        if isinstance(field, Text):  # positions count all tokens of a text
            return [(index, index) for index in indices]
        return [(field[index].position, index) for index in indices]

    def standing(self, name: str, steps: Sequence[Sequence[tuple[int, int]]], slop: int) -> list[Any]:
        """What is found where a phrase stands: of each word the tokens that take part."""
        return self.made(name, [index for step in steps for _, index in step])

    def term(self, node: Any) -> Found:
        """An exact term."""
        name = node.fieldname
        if name in self.fields:
            indices = self.indices(name, self.leaves.key(node.text))
            return self.made(name, indices) if indices else None
        return [] if any(_same(value, node.text) for value in self.values.of(name)) else None

    def pattern(self, node: Any) -> Found:
        """Whatever a pattern accepts."""
        name = node.field()
        if accepts_all(node):
            return self.holding(name)
        if name in self.fields:
            number = self.leaves.pattern(node)
            if number is None:
                return self.unknown(node)
            indices = self.indices(name, number)
            return self.made(name, indices) if indices else None
        accepts = predicate(node)
        if accepts is None:
            return self.unknown(node)
        return [] if any(accepts(as_key(value)) for value in self.values.of(name)) else None

    def numeric_range(self, node: Any) -> Found:
        """A number, or a date as Whoosh counts it, between the bounds."""
        for value in self.values.numbers(node.fieldname):
            number = _number(value)
            if number is None:
                continue
            after = node.start is None or (number > node.start if node.startexcl else number >= node.start)
            if after and (node.end is None or (number < node.end if node.endexcl else number <= node.end)):
                return []
        return None

    def every(self, node: Any) -> Found:
        """Every record, or every one with something in the field."""
        return [] if node.fieldname in (None, "", "*") else self.holding(node.fieldname)

    def holding(self, name: str) -> Found:
        """Every record with something in the field."""
        return [] if self.fields.get(name) or self.values.of(name) else None

    def column(self, node: Any) -> Found:
        """A condition on a column."""
        condition = node.condition
        accepts = condition if callable(condition) else condition.__eq__
        return [] if any(accepts(value) is True for value in self.values.numbers(node.fieldname)) else None

    # Groups

    def every_child(self, node: Any) -> Found:
        """And: all children."""
        found = self.all_of(node.subqueries)
        return None if found is None or not node.subqueries else [one for each in found for one in each]

    def any_child(self, node: Any) -> Found:
        """Or: the children that match."""
        found = [each for each in map(self.evaluate, node.subqueries) if each is not None]
        return [one for each in found for one in each] if found else None

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

    def by_places(self, node: Any) -> Found:
        """A span query."""
        from searchlib.highlight.spanning import Spanning  # most queries have none

        places = Spanning(self.leaves, self.fields, self.language, self.values).evaluate(node)
        return None if places is None else [(place.field, place.tokens) for place in places]

    def unknown(self, node: Any) -> Found:
        """Somebody else's class: any term of its leaves."""
        leaves = [node] if node.is_leaf() else [leaf for child in node.children() for leaf in child.leaves()]
        found: list[Any] = []
        matched = False
        for leaf in leaves:
            if leaf is not node and (type(leaf) in self.methods or isinstance(leaf, query.MultiTerm)):
                each = [self.evaluate(leaf)]
            else:
                each = [self.term(query.Term(name, text)) for name, text in leaf.terms(phrases=True)]
            for one in each:
                matched = matched or one is not None
                found.extend(one or ())
        return found if matched else None


def _same(value: Any, wanted: Any) -> bool:
    return bool(value == wanted) or as_key(value) == as_key(wanted)


def _number(value: Any) -> float | None:
    if hasattr(value, "utctimetuple"):
        from whoosh.util.times import datetime_to_long

        return float(datetime_to_long(value))
    try:
        return value if isinstance(value, (int, float)) else float(value)
    except (TypeError, ValueError):
        return None


Evaluator.methods = {
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
    **dict.fromkeys(
        (
            query.Sequence,
            query.Ordered,
            span_queries.SpanNear,
            span_queries.SpanNear2,
            span_queries.SpanFirst,
            span_queries.SpanOr,
            span_queries.SpanNot,
            span_queries.SpanContains,
            span_queries.SpanBefore,
            span_queries.SpanCondition,
        ),
        Evaluator.by_places,
    ),
}
