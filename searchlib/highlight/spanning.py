"""Span queries: what of a record stands near, before, around or outside of what else.

Under a span query every node finds *places* (see `places`), since it is their positions that are compared.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import reduce
from typing import Any

from whoosh import query
from whoosh.query import spans as span_queries
from whoosh.util import make_binary_tree

from searchlib.highlight.matching import Evaluator
from searchlib.highlight.places import (
    Place,
    before,
    containing,
    merged,
    near,
    outside,
    phrase_places,
)

Found = list[Place] | None


class Spanning(Evaluator):
    """Evaluates span queries over one record. What nodes find are places."""

    def made(self, name: str, indices: Sequence[int]) -> list[Any]:
        """A place for each token."""
        return [Place(name, position, position, frozenset((i,))) for position, i in self.positions(name, indices)]

    def standing(self, name: str, steps: Sequence[Sequence[tuple[int, int]]], slop: int) -> list[Any]:
        """Every place of a phrase."""
        return phrase_places(name, steps, slop)

    def sequence(self, node: Any) -> Found:
        """Sequence: neighbours, joined two by two as Whoosh does."""
        found = self.all_of(node.subqueries)
        if not found:
            return None
        joined: list[Place] = make_binary_tree(lambda a, b, **_: near(a, b, node.slop, node.ordered), found)
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
        return outside(found or [], self.evaluate(node.b) or []) or None

    def pairs(self, node: Any, join: Callable[[list[Place], list[Place]], list[Place]]) -> Found:
        """Both, joined."""
        found = self.all_of((node.a, node.b))
        return None if found is None else join(*found) or None


Spanning.methods = {
    **Evaluator.methods,
    query.Sequence: Spanning.sequence,
    query.Ordered: Spanning.ordered,
    span_queries.SpanNear: Spanning.span_near,
    span_queries.SpanNear2: Spanning.span_near_all,
    span_queries.SpanFirst: Spanning.span_first,
    span_queries.SpanOr: Spanning.span_or,
    span_queries.SpanNot: Spanning.span_not,
    span_queries.SpanContains: lambda self, node: self.pairs(node, containing),
    span_queries.SpanBefore: lambda self, node: self.pairs(node, before),
    span_queries.SpanCondition: lambda self, node: self.pairs(node, lambda a, b: a),
}
