"""Joining nodes: the same question, asked without empty, doubled or needlessly nested parts.

None stands for a clause that asks for nothing, and is left out. A `Not` alone is a clause that only excludes: what it
is joined with becomes what it excludes from, and `alone` makes that everything.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from searchlib.model.fields import field_named
from searchlib.query.nodes import (
    NOTHING,
    And,
    At,
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
    boosted,
    without_segmented,
)


def any_of(nodes: Iterable[Node | None], at: At = None) -> Node | None:
    """What matches one of ``nodes`` at least; their scores add up."""
    made = [alone(node) for node in nodes if node is not None]
    return _joined(Or, [node for node in made if not is_nothing(node)] or made[:1], at)


def all_of(nodes: Sequence[Node | None], at: At = None) -> Node | None:
    """What matches all of ``nodes``. A `Not` among them excludes."""
    made = [node for node in nodes if node is not None]
    joined = _joined(And, made, at)
    if isinstance(joined, Not) and len(made) > 1:
        return alone(joined)
    if isinstance(joined, And) and all(isinstance(node, Not) for node in joined.nodes):
        return And((Everything(), *joined.nodes), at)
    return joined


def alone(node: Node) -> Node:
    """``node`` where it must not be a bare `Not`: everything that it does not exclude."""
    return And((Everything(), node), node.at) if isinstance(node, Not) else node


def is_nothing(node: Node) -> bool:
    """Whether ``node`` matches nothing, as an empty range does."""
    return isinstance(node, Or) and not node.nodes


def side_by_side(clauses: Iterable[tuple[bool, Node | None]], at: At = None) -> Node | None:
    """Clauses without operators between them, each with whether it is required."""
    required: list[Node] = []
    optional: list[Node] = []
    excluded: list[Not] = []
    for needed, node in clauses:
        if isinstance(node, Not):
            excluded.append(node)
        elif node is not None:
            (required if needed else optional).append(node)
    wanted, ranked = all_of(required, at), any_of(counted(optional), at)
    if wanted is not None and ranked is not None:
        wanted = Optional(wanted, ranked, at)
    elif wanted is None:
        wanted = ranked
    if wanted is None and excluded:
        left_out = any_of([node.node for node in excluded], at)
        return Not(left_out, at) if left_out is not None else None
    return all_of([wanted, *excluded], at)


def counted(nodes: Iterable[Node]) -> list[Node]:
    """The same without repetitions: what is there several times counts as often."""
    counts: dict[Node, int] = {}
    for node in nodes:
        for one in node.nodes if isinstance(node, Or) and node.nodes else (node,):
            counts[one] = counts.get(one, 0) + 1
    return [boosted(node, float(count)) for node, count in counts.items()]


def without(node: Node | None, at: At = None) -> Node | None:
    """What ``node`` does not match; to exclude what is excluded is to want it."""
    if isinstance(node, Not):
        return node.node
    return None if node is None else Not(node, at or node.at)


def first_of_two(kind: type[Optional | Require], first: Node | None, second: Node | None, at: At) -> Node | None:
    """``first``, for whose score or matches ``second`` counts."""
    if first is None or second is None:
        found = second if first is None else first
        return None if found is None else alone(found)
    return kind(alone(first), alone(second), at)


def near(first: Node, second: Node, slop: int, at: At = None, ordered: bool = False) -> Node | None:
    """``first`` and ``second`` at most ``slop`` positions apart in one field; None where a part has no places in it."""
    if is_nothing(first) or is_nothing(second):
        return NOTHING
    first, second = without_segmented(first), without_segmented(second)  # whose words have no places
    found = []
    for name in (name for name in _placed_fields(first) if name in _placed_fields(second)):
        one, other = _limited_to(first, name), _limited_to(second, name)
        if one is None or other is None:
            return None
        found.append(Near(one, other, name, slop, ordered, at))
    return any_of(found, at)


def _joined(kind: type[And | Or], nodes: Sequence[Node], at: At) -> Node | None:
    if len(nodes) < 2:
        return nodes[0] if nodes else None
    found: dict[Node, None] = {}
    for node in nodes:
        if isinstance(node, kind):
            found.update(dict.fromkeys(node.nodes))
        else:
            found[node] = None
    return kind(tuple(found), at) if len(found) > 1 else next(iter(found), None)


def _placed_fields(node: Node) -> list[str]:  # noqa: PLR0911 - one for each shape of node
    """The fields in which ``node`` has places; none where it has none at all."""
    match node:
        case Word() | Phrase():
            return [name for name, _ in node.fields]
        case Prefix() | Wildcard() | Fuzzy() | Range():
            return [name for name in node.fields if field_named(name).kind in ("prose", "metadata")]
        case Value():
            return [node.field] if field_named(node.field).kind == "prose" else []
        case Constant():
            return _placed_fields(node.node)
        case Or() | Best():
            return list(dict.fromkeys(name for child in node.nodes for name in _placed_fields(child)))
        case Near():
            return [node.field]
    return []


def _limited_to(node: Node, name: str) -> Node | None:  # noqa: PLR0911 - one for each shape of node
    """``node`` in the field ``name`` only; None where part of it has no places in a text."""
    match node:
        case Word():
            return _word_in(node, name)
        case Phrase():
            return replace(node, words=tuple(_word_in(word, name) for word in node.words))
        case Prefix() | Wildcard() | Fuzzy() | Range():
            return replace(node, fields=(name,))
        case Constant():
            inner = _limited_to(node.node, name)
            return None if inner is None else replace(node, node=inner)
        case Or() | Best():
            placed = [_placed_fields(child) for child in node.nodes]
            found = [_limited_to(child, name) for child, names in zip(node.nodes, placed, strict=True) if name in names]
            nodes = tuple(child for child in found if child is not None)
            if len(nodes) < len(found) or not all(placed):
                return None
            return nodes[0] if len(nodes) == 1 else replace(node, nodes=nodes)
        case Near() | Value():
            return node if node.field == name else None
    return None


def _word_in(word: Word, name: str) -> Word:
    return replace(word, fields=tuple(field for field in word.fields if field[0] == name))
