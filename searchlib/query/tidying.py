"""Tidying a query tree: the same question, asked without empty, doubled or needlessly nested parts.

Whoosh's own ``normalize`` does more, and wrong: an ``And`` with `Every` in it becomes `Every`, ranges on one field
are merged although a field may have several values. So the language does not call it.
"""

from __future__ import annotations

from typing import Any

from whoosh import query


def at(place: Any, made: Any) -> Any:
    """``made``, at the place of a node of the syntax."""
    if made is not query.NullQuery and made.startchar is None:
        made.startchar, made.endchar = place.startchar, place.endchar
    return made


def boosted(node: Any, boost: float) -> Any:
    """``node`` with its own boost times ``boost``."""
    if boost == 1.0 or node is query.NullQuery:
        return node
    if isinstance(node, query.ConstantScoreQuery):
        return type(node)(node.child, node.score * boost)
    if isinstance(node, (query.AndMaybe, query.Require)):
        scored = boosted(node.a, boost)
        return type(node)(scored, boosted(node.b, boost) if isinstance(node, query.AndMaybe) else node.b)
    if isinstance(node, query.SpanNear2):
        return query.Or([node], boost=boost)
    return node.with_boost(node.boost * boost)


def any_of(nodes: list[Any], boost: float = 1.0) -> Any:
    """What matches one of ``nodes`` at least; their scores add up."""
    something = [alone(node) for node in nodes if not is_nothing(node)]
    return _joined(query.Or, something or nodes[:1], boost)


def is_nothing(node: Any) -> bool:
    """Whether ``node`` is what an empty range matches: nothing."""
    return isinstance(node, query.ConstantScoreQuery) and bool(node.child == query.NullQuery)


def all_of(nodes: list[Any], boost: float = 1.0) -> Any:
    """What matches all of ``nodes``. A ``Not`` among them excludes."""
    joined = _joined(query.And, nodes, boost)
    if isinstance(joined, query.Not) and sum(node is not query.NullQuery for node in nodes) > 1:
        return alone(joined)
    if isinstance(joined, query.And) and all(isinstance(node, query.Not) for node in joined.subqueries):
        return query.And([query.Every(), *joined.subqueries], boost=joined.boost)
    return joined


def alone(node: Any) -> Any:
    """``node`` where it must not be a bare ``Not``: everything that it does not exclude."""
    return query.And([query.Every(), node]) if isinstance(node, query.Not) else node


def _joined(join: Any, nodes: list[Any], boost: float) -> Any:
    found: dict[Any, None] = {}
    for node in nodes:
        if node is query.NullQuery:
            continue
        if type(node) is join:
            found.update((boosted(child, node.boost), None) for child in node.subqueries)
        else:
            found[node] = None
    if not found:
        return query.NullQuery
    children = list(found)
    if len(children) == 1:
        return boosted(children[0], boost) if not isinstance(children[0], query.Not) else children[0]
    return join(children, boost=boost)
