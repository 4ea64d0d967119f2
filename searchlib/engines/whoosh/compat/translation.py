"""From a tree of Whoosh's query classes to searchlib's nodes, once, where it comes in.

A query is translated as its author means it, whatever Whoosh's matchers would find:

* Words of prose may be written as in a text (``weapons``) or as they stand in the term dictionary (``weapon``, or with
  an accent behind a separator): either finds all forms of the word. A term with a separator is exactly that key.
* Values of metadata, numbers and dates are compared as in the query language.
* Patterns, ranges and fuzzy words count the same for whatever they match.
* A boost on a group multiplies what is in it.

What has no translation is a QueryError, which names the class and says what to write instead: there is no other way to
run a query than the engine's own.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from whoosh import query
from whoosh.query import compound

from searchlib.analysis import Lexicon
from searchlib.engines.whoosh.compat.anyform import AnyForm
from searchlib.engines.whoosh.compat.leaftranslation import LeafTranslator, Query, best, untranslated
from searchlib.errors import QueryError
from searchlib.query.joining import all_of, alone, any_of, near, without
from searchlib.query.nodes import NOTHING, Constant, Node, Optional, Require, boosted

_HOOKS = ("matcher", "_matcher", "_btexts")  # by which a class says what it matches


def translated(tree: Query, lexicon: Lexicon, matches: Callable[[Node], bool]) -> Node:
    """The node for a query of Whoosh's, for an index with the words of ``lexicon``.

    ``matches`` tells whether any record of the index matches a node: what `whoosh.query.Otherwise` means hangs on that.
    Raises QueryError for what cannot be translated.
    """
    try:
        return _Translator(lexicon, matches).positive(tree)
    except RecursionError:
        raise QueryError("This query is nested too deeply: join its parts side by side.") from None


class _Translator(LeafTranslator):
    def __init__(self, lexicon: Lexicon, matches: Callable[[Node], bool]) -> None:
        super().__init__(lexicon)
        self._matches = matches

    def node(self, tree: Query) -> Node:
        """The node for one query; a `Not` for what only excludes."""
        kind = next((kind for kind in type(tree).__mro__ if kind in _MAKERS), None)
        if kind is None or any(getattr(type(tree), name, None) is not getattr(kind, name, None) for name in _HOOKS):
            name = type(tree).__name__
            if isinstance(tree, query.Query):
                advice = "Make it of Whoosh's own classes, or run it on index.whoosh.searcher()."
                raise QueryError(f"{name} is a class of its own, which searchlib cannot run.", advice=advice)
            advice = "Give a text in the query language, or a whoosh.query.Query."
            raise QueryError(f"{name} is not a query.", advice=advice)
        return boosted(_MAKERS[kind](self, tree), getattr(tree, "boost", 1.0))

    def positive(self, tree: Query) -> Node:
        """The node where it must not be a bare `Not`: everything that it does not exclude."""
        return alone(self.node(tree))

    # Groups

    def nothing(self, tree: Query) -> Node:
        """The null query; one that stands for a mistake tells it."""
        problem = getattr(tree, "error", None)
        if problem:
            raise QueryError(f"Whoosh could not parse this query: {problem}")
        return NOTHING

    def all_of(self, tree: query.And) -> Node:
        """And: a Not in it excludes."""
        return all_of([self.node(one) for one in tree.subqueries]) or NOTHING

    def any_of(self, tree: query.Or) -> Node:
        """Or, whichever way Whoosh would drive it."""
        if tree.scale:
            advice = "Leave scale away: BM25F ranks what matches more of the words higher by itself."
            raise untranslated(tree, "has a scale, a bonus for matching more", advice)
        return any_of(map(self.node, tree.subqueries)) or NOTHING

    def best_of(self, tree: query.DisjunctionMax) -> Node:
        """DisjunctionMax."""
        return best(map(self.positive, tree.subqueries), tree.tiebreak)

    def opposite(self, tree: query.Not) -> Node:
        """Not; twice is not at all."""
        return without(self.node(tree.query)) or NOTHING

    def and_not(self, tree: query.AndNot) -> Node:
        """AndNot: And with a Not in it."""
        return self.all_of(query.And([tree.a, query.Not(tree.b)]))

    def and_maybe(self, tree: query.AndMaybe) -> Node:
        """AndMaybe."""
        return Optional(self.positive(tree.a), self.positive(tree.b))

    def require(self, tree: query.Require) -> Node:
        """Require."""
        return Require(self.positive(tree.a), self.positive(tree.b))

    def otherwise(self, tree: query.Otherwise) -> Node:
        """Otherwise: the second where nothing in the index matches the first."""
        first = self.positive(tree.a)
        return first if self._matches(first) else self.positive(tree.b)

    def constant(self, tree: query.ConstantScoreQuery) -> Node:
        """ConstantScoreQuery."""
        return Constant(self.positive(tree.child), tree.score)

    # Nearness

    def near_two(self, tree: query.SpanNear) -> Node:
        """SpanNear of two."""
        return self._near(tree, [tree.a, tree.b])

    def near_all(self, tree: query.SpanNear2) -> Node:
        """SpanNear2 of several, from left to right."""
        return self._near(tree, tree.qs)

    def sequence(self, tree: query.Sequence) -> Node:
        """Sequence: a phrase of any queries."""
        return self._near(tree, tree.subqueries)

    def any_span(self, tree: query.SpanOr) -> Node:
        """SpanOr."""
        return any_of(map(self.node, tree.subqs)) or NOTHING

    def _near(self, tree: Query, trees: Sequence[Query]) -> Node:
        if getattr(tree, "mindist", 1) != 1:
            raise untranslated(tree, "has a mindist", "Leave it away, or exclude what is nearer with a Not.")
        first, *others = [self.positive(one) for one in trees] or [NOTHING]
        for other in others:
            joined = near(first, other, tree.slop, ordered=bool(tree.ordered))
            if joined is None:
                advice = "Put words, phrases, patterns or an Or of these on both sides, all in one field."
                raise untranslated(tree, "joins what has no places in one field", advice)
            first = joined
        return first


def _refused(problem: str, advice: str) -> Callable[[_Translator, Query], Node]:
    def refuse(_: _Translator, tree: Query) -> Node:
        raise untranslated(tree, problem, advice)

    return refuse


_PLACE = "looks at where words stand in a way of its own"
_NESTED = _refused(
    "joins records that belong together",
    "A paragraph knows its document: ask for Term('document', path), or for one hit of each with per_document=1.",
)

_MAKERS: dict[type, Callable[[_Translator, Any], Node]] = {
    query.Term: _Translator.term,
    query.Phrase: _Translator.phrase,
    query.Variations: _Translator.variations,
    query.Prefix: _Translator.prefix,
    query.Wildcard: _Translator.wildcard,
    query.FuzzyTerm: _Translator.fuzzy,
    query.TermRange: _Translator.term_range,
    query.NumericRange: _Translator.numeric_range,
    query.DateRange: _Translator.date_range,
    query.Every: _Translator.every,
    type(query.NullQuery): _Translator.nothing,
    AnyForm: _Translator.term,
    query.And: _Translator.all_of,
    query.Or: _Translator.any_of,
    compound.DefaultOr: _Translator.any_of,
    compound.SplitOr: _Translator.any_of,
    compound.PreloadedOr: _Translator.any_of,
    query.DisjunctionMax: _Translator.best_of,
    query.Not: _Translator.opposite,
    query.AndNot: _Translator.and_not,
    query.AndMaybe: _Translator.and_maybe,
    query.Require: _Translator.require,
    query.Otherwise: _Translator.otherwise,
    query.ConstantScoreQuery: _Translator.constant,
    query.SpanNear: _Translator.near_two,
    query.SpanNear2: _Translator.near_all,
    query.Sequence: _Translator.sequence,
    query.SpanOr: _Translator.any_span,
    query.Ordered: _refused(_PLACE, "Write SpanNear2(queries, slop=1000): in this order, and not too far apart."),
    query.SpanBefore: _refused(_PLACE, "Write SpanNear(a, b, slop=1000): in this order, and not too far apart."),
    query.SpanFirst: _refused(_PLACE, "Search for the query without its place, or in the title or the headings."),
    query.SpanNot: _refused(_PLACE, "Write And([a, Not(b)]) for records without b."),
    query.SpanContains: _refused(_PLACE, "Write SpanNear with what is between, or And([a, b])."),
    query.SpanCondition: _refused(_PLACE, "Write Require(a, b)."),
    query.Regex: _refused("is a regular expression", "Write Prefix, or Wildcard with * and ?."),
    query.ColumnQuery: _refused("asks a function about each record", "Write Term, NumericRange or DateRange."),
    query.WeightingQuery: _refused("brings a ranking of its own", "Leave it away: what is found is ranked by BM25F."),
    query.NestedParent: _NESTED,
    query.NestedChildren: _NESTED,
}
