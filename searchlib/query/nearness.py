"""What can stand beside NEAR: nodes that have places in a text, in one field at a time."""

from __future__ import annotations

from typing import Any

from whoosh import query

from searchlib.query.nodes import Near, Word, WordPhrase
from searchlib.query.tidying import at, boosted


def placed_fields(node: Any) -> list[str]:
    """The fields in which ``node`` has places; none where it has none at all."""
    if isinstance(node, (Word, WordPhrase)):
        return [name for name, _ in node.fields]
    if isinstance(node, query.ConstantScoreQuery):
        return placed_fields(node.child)
    if isinstance(node, (query.Or, query.DisjunctionMax)):
        return list(dict.fromkeys(name for child in node.subqueries for name in placed_fields(child)))
    if isinstance(node, Near):
        return placed_fields(node.qs[0])  # whose sides are of one field
    if isinstance(node, (query.Prefix, query.Wildcard, query.FuzzyTerm, query.TermRange)):
        return [node.fieldname]
    return []


def limited_to(node: Any, name: str) -> Any:
    """``node`` in the field ``name`` only; None where part of it has no places in a text."""
    if isinstance(node, Word):
        return at(node, Word([field for field in node.fields if field[0] == name], node.forms, node.text, node.boost))
    if isinstance(node, WordPhrase):
        return WordPhrase([limited_to(word, name) for word in node.words], node.slop, node.boost)
    if isinstance(node, query.ConstantScoreQuery):
        return _scored(limited_to(node.child, name), node.score)
    if isinstance(node, (query.Or, query.DisjunctionMax)):
        placed = [placed_fields(child) for child in node.subqueries]
        found = [limited_to(child, name) for child, names in zip(node.subqueries, placed, strict=True) if name in names]
        if None in found or not all(placed):
            return None
        return _scored(found[0], node.boost) if len(found) == 1 else type(node)(found, boost=node.boost)
    return node if placed_fields(node) == [name] else None


def _scored(node: Any, score: float) -> Any:
    return boosted(node, score) if node is not None else None
