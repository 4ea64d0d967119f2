"""The matcher that highlights: a whole query tree, evaluated over one record.

What it finds is defined by the tree, node by node; a node that does not match finds nothing:

==================  ===============================================================================================
``Word``            the tokens that match one of its forms, in each of its fields
``Phrase``          the tokens that take part in a whole occurrence of the phrase, all occurrences
``Value``           the tokens with exactly this key; an attribute matches by its value, and finds no token
patterns, ranges    the tokens whose folded key they accept, in each field; of an attribute, as ``Value``
``Everything``      nothing
``And``             what its nodes find, if all of them match
``Or``, ``Best``    what those of its nodes find that match
``Not``             nothing, and matches if its node does not
``Optional``        what both find, if the first matches
``Require``         what the first finds, if both match: the second is a filter
``Constant``        what its node finds
``Near``            the tokens of the places of both that are near each other (see `places`)
==================  ===============================================================================================

A node in a field that the record lacks does not match. The answer is exact.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TypeAlias, assert_never

from searchlib.analysis import Token
from searchlib.frozen import frozen
from searchlib.guards.deadline import check
from searchlib.highlight.leaves import Asked, Leaves, numbered
from searchlib.highlight.places import MOST_PAIRS, Place, Step, chains, near, phrase_places
from searchlib.highlight.texts import Text
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
    Wildcard,
    Word,
)
from searchlib.query.patterns import in_range, predicate

FieldTokens: TypeAlias = Sequence[Token]
Found: TypeAlias = list[tuple[str, Sequence[int]]] | None
"""What a node finds: fields, with indices of tokens in them. None if it does not match; a match may find nothing."""


@frozen
class Match:
    """Whether a record matches, and which tokens made it: for each field, indices into its tokens, sorted."""

    matched: bool
    tokens: Mapping[str, tuple[int, ...]]

    def __bool__(self) -> bool:
        return self.matched


def match(
    node: Node,
    fields: Mapping[str, FieldTokens],
    language: str = "",
    attributes: Mapping[str, str | int] | None = None,
    leaves: Leaves | None = None,
    most_pairs: int = MOST_PAIRS,
) -> Match:
    """Evaluate the query ``node`` over one record.

    ``fields`` has the tokens of fields that are analysed; ``attributes`` the values of the others: a text is one exact
    term, a number is what ranges of numbers look at. ``language`` is the record's. Who evaluates a query over many
    records gives its ``leaves``.
    """
    found = Evaluator(leaves or Leaves(node), fields, language, attributes or {}, most_pairs).evaluate(node)
    tokens: dict[str, tuple[int, ...]] = {}
    for name, indices in found or ():  # which are ascending
        known = tokens.get(name)
        tokens[name] = tuple(sorted({*known, *indices}) if known else indices)
    return Match(found is not None, tokens)


class Evaluator:
    """Evaluates one query over one record."""

    def __init__(
        self,
        leaves: Leaves,
        fields: Mapping[str, FieldTokens],
        language: str,
        attributes: Mapping[str, str | int],
        most_pairs: int = MOST_PAIRS,
    ) -> None:
        self._leaves = leaves
        self._fields = fields
        self._language = language
        self._attributes = attributes
        self._most_pairs = most_pairs
        self._found: dict[str, dict[int, list[int]]] = {}

    def evaluate(self, node: Node) -> Found:  # noqa: PLR0911 - one for each shape of node
        """What ``node`` finds, or None where it does not match."""
        check()
        match node:
            case Word():
                found = [(name, self._tokens(node, name)) for name, _ in node.fields]
                return [one for one in found if one[1]] or None
            case And(nodes):
                return self._all(nodes)
            case Or(nodes) | Best(nodes):
                return _any(map(self.evaluate, nodes))
            case Phrase():
                return [one for name, _ in node.fields for one in self._phrase(node, name)] or None
            case Value():
                return self._in_field(node, node.field)
            case Prefix() | Wildcard() | Fuzzy() | Range():
                return _any(self._in_field(node, name) for name in node.fields)
            case Everything(field):
                return [] if not field or self._fields.get(field) or self._text_of(field) else None
            case Not(inner):
                return [] if self.evaluate(inner) is None else None
            case Optional(inner, optional):
                first = self.evaluate(inner)
                return None if first is None else [*first, *(self.evaluate(optional) or ())]
            case Require(inner, required):
                first = self.evaluate(inner)
                return None if first is None or self.evaluate(required) is None else first
            case Constant(inner):
                return self.evaluate(inner)
            case Near():
                return [(node.field, sorted(place.tokens)) for place in self.places(node, node.field)] or None
        assert_never(node)

    def _all(self, nodes: Sequence[Node]) -> Found:
        found: list[tuple[str, Sequence[int]]] = []
        for node in nodes:
            one = self.evaluate(node)
            if one is None:
                return None
            found += one
        return found if nodes else None

    # Leaves

    def _tokens(self, leaf: Asked, name: str) -> Sequence[int]:
        """The tokens in the field ``name`` that match a leaf, ascending."""
        found = self._found.get(name)
        if found is None:
            found = self._found[name] = self._find(name)
        number = self._leaves.number(leaf) if found else None
        return () if number is None else found.get(number, ())

    def _find(self, name: str) -> dict[int, list[int]]:
        field = self._fields.get(name, ())
        if isinstance(field, Text):
            return field.find(self._leaves)
        table = self._leaves.table(self._language)
        return numbered([table.of_key(token.key) for token in field])

    def _steps(self, phrase: Phrase, name: str) -> list[Step]:
        """For each word of a phrase where it stands."""
        steps: list[Step] = []
        for word in phrase.words:
            indices = self._tokens(word, name)
            if not indices:
                return []
            steps.append(self._positions(name, indices))
        return steps

    def _phrase(self, phrase: Phrase, name: str) -> Iterator[tuple[str, Sequence[int]]]:
        steps = self._steps(phrase, name)
        for step in chains(steps, phrase.slop) if steps else ():
            yield name, [index for _, index in step]

    def _in_field(self, leaf: Value | Pattern, name: str) -> Found:
        """What a leaf finds in one field, which may be an attribute."""
        if name in self._fields:
            indices = self._tokens(leaf, name)
            return [(name, indices)] if indices else None
        value = self._attributes.get(name)
        if isinstance(value, int):
            return [] if isinstance(leaf, Range) and in_range(leaf, value) else None
        if not isinstance(value, str):
            return None
        return [] if (value == leaf.key if isinstance(leaf, Value) else predicate(leaf)(value)) else None

    def _text_of(self, name: str) -> str:
        value = self._attributes.get(name)
        return value if isinstance(value, str) else ""

    # Places

    def places(self, node: Node, name: str) -> list[Place]:  # noqa: PLR0911 - one for each shape of node
        """Where ``node`` stands in the field ``name``; what has no places stands nowhere."""
        match node:
            case Word(_, _, fields):
                return self._single(node, name) if any(name == one for one, _ in fields) else []
            case Value(_, field):
                return self._single(node, name) if name == field else []
            case Prefix() | Wildcard() | Fuzzy() | Range():
                return self._single(node, name) if name in node.fields else []
            case Phrase():
                steps = self._steps(node, name) if any(name == one for one, _ in node.fields) else []
                return phrase_places(steps, node.slop, self._most_pairs) if steps else []
            case Or(nodes) | Best(nodes):
                return [place for one in nodes for place in self.places(one, name)]
            case Constant(inner):
                return self.places(inner, name)
            case Near(first, second, field, slop, ordered):
                before = self.places(first, name) if name == field else []
                return near(before, self.places(second, name), slop, ordered, self._most_pairs) if before else []
            case Everything() | And() | Not() | Optional() | Require():
                return []
        assert_never(node)

    def _single(self, leaf: Asked, name: str) -> list[Place]:
        positions = self._positions(name, self._tokens(leaf, name))
        return [Place(position, position, frozenset((index,))) for position, index in positions]

    def _positions(self, name: str, indices: Sequence[int]) -> Step:
        """The position of each of these tokens, with its index."""
        field = self._fields.get(name, ())
        if isinstance(field, Text):  # whose tokens stand one after another
            return [(index, index) for index in indices]
        return [(field[index].position, index) for index in indices]


def _any(found: Iterator[Found]) -> Found:
    matched = [one for one in found if one is not None]
    return [one for each in matched for one in each] if matched else None
