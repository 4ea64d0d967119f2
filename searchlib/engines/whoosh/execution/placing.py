"""From a query tree to places: where each node stands (see ``places``), and the sources of Whoosh's span queries.

A node in a boolean one has its places where the whole matches: in ``a AND b``, those of both, in docs with both.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import partial, reduce
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
from whoosh import query as wq
from whoosh.query import spans as sq
from whoosh.query.compound import DefaultOr, PreloadedOr, SplitOr
from whoosh.util import make_binary_tree

from searchlib.deadline import check
from searchlib.engines.whoosh.execution import places
from searchlib.engines.whoosh.execution.boolean import All, Constant, Optional, Some
from searchlib.engines.whoosh.execution.explanation import Explanation, described
from searchlib.engines.whoosh.execution.leaves import Ranked
from searchlib.engines.whoosh.execution.phrase import Standing
from searchlib.engines.whoosh.execution.places import Once, Placed, TooMany
from searchlib.engines.whoosh.execution.segment import Bools, Docs
from searchlib.engines.whoosh.execution.source import Everything, Marked, Nothing, Source
from searchlib.errors import QueryError
from searchlib.query import nodes
from searchlib.query.nodes import Word, WordPhrase

if TYPE_CHECKING:
    from searchlib.engines.whoosh.execution.lower import Lowering
    from searchlib.engines.whoosh.execution.snapshot import View

_NEARS = (nodes.Near, sq.SpanNear, sq.SpanNear2, wq.Sequence)
_Placer: TypeAlias = Callable[["Lowering", Any, "View"], Placed]


class Foreign(Exception):
    """There is a class of somebody else's in the tree."""


def span_query(lowering: Lowering, query: Any, view: View, boost: float) -> Source:
    """The source of one of Whoosh's span queries: what it wraps, where that stands as it should.

    Scores are those of what it wraps, as in Whoosh.
    """
    try:
        found = _placing(lowering, query, view)
    except Foreign:
        return lowering.foreign(query, view, boost)
    boost *= getattr(query, "boost", 1.0)
    children = [lowering.lower(child, view, boost) for child in _operands(query)]
    explained = source = _wrapped(query, children)
    if isinstance(query, _NEARS):
        # Where the whole stands, so do its parts: they need not be looked for one by one.
        source = _wrapped(query, [child.conjunction if isinstance(child, Standing) else child for child in children])
    return Nothing(view) if isinstance(source, Nothing) else Near(source, found, query, explained)


def place(lowering: Lowering, query: Any, view: View) -> Placed:
    """Where a node stands. Raises Foreign."""
    return _placing(lowering, query, view).placed


class _Placing:
    """Where a node stands in a segment, and in which docs it does."""

    def __init__(self, query: Any, placed: Placed, view: View) -> None:
        self.query = query  # as long as this is kept, its id is no other's
        self.placed = placed
        self.standing = Once(view.doc_count, _Anywhere(query, placed))


class _Anywhere:
    """In which docs a node stands, in any field."""

    def __init__(self, query: Any, placed: Placed) -> None:
        self._query = query
        self._placed = placed

    def __call__(self, docs: Docs) -> Bools:
        standing = np.zeros(len(docs), bool)
        for field in self._placed.fields:
            left = np.flatnonzero(~standing)
            if len(left):
                standing[left] = self._in(field, docs[left])
        return standing

    def _in(self, field: str, docs: Docs) -> Bools:
        check()
        try:
            return self._placed.stands(field, docs)
        except TooMany:
            if len(docs) == 1:
                text = described(self._query)
                raise QueryError(f"{text} stands too often in one paragraph; use a smaller NEAR/n") from None
        half = len(docs) // 2
        return np.concatenate((self._in(field, docs[:half]), self._in(field, docs[half:])))


def _placing(lowering: Lowering, query: Any, view: View) -> _Placing:
    check()
    # Once for a node and a segment: nodes ask for each other's places and sources in turn.
    found: _Placing | None = lowering.placed.get((id(query), view.number))
    if found is None:
        placer = PLACERS.get(type(query))
        if placer is None:
            raise Foreign
        found = lowering.placed[id(query), view.number] = _Placing(query, placer(lowering, query, view), view)
    return found


def _operands(query: Any) -> Sequence[Any]:
    for name in ("qs", "subqs", "subqueries"):
        if hasattr(query, name):
            return list(getattr(query, name))
    return [query.q] if isinstance(query, sq.SpanFirst) else [query.a, query.b]


def _wrapped(query: Any, children: list[Source]) -> Source:
    view = children[0].view if children else None
    if not children:
        raise Foreign
    missing = [child for child in children if isinstance(child, Nothing)]
    if isinstance(query, sq.SpanOr):
        left = [child for child in children if not isinstance(child, Nothing)]
        return Some(left, query) if len(left) > 1 else left[0] if left else missing[0]
    if isinstance(query, sq.SpanNot):
        first, second = children
        return first if isinstance(first, Nothing) or isinstance(second, Nothing) else Optional(first, second, query)
    if missing:
        return missing[0]
    return children[0] if len(children) == 1 and view is not None else All(children, query)


class Near(Standing):
    """Nodes near each other, or otherwise placed: what ``source`` matches where the whole has a place."""

    def __init__(self, source: Source, placing: _Placing, text: Any, explained: Source) -> None:
        super().__init__(source, text, _never_negative(source))
        self._explained = explained
        self._placing = placing

    def confirm(self, docs: Docs) -> Bools:  # noqa: D102
        return self._placing.standing.of(docs)

    def explain(self, doc: int) -> Explanation | None:  # noqa: D102
        found = self._explained.explain(doc) if self.match(doc)[0] else None
        if found is None:
            return None
        return replace(found, made="phrase" if found.parts else found.made, text=described(self.text))


def _never_negative(source: Source) -> bool:
    """Whether no part of a source can score less than 0, so that what only looks like a match is not below one."""
    good = True
    if isinstance(source, Ranked):
        good = source.scale >= 0
    elif isinstance(source, Marked):
        good = bool(np.all(np.asarray(source.score) >= 0))
    elif isinstance(source, Standing):
        good = source.guesses
    elif isinstance(source, Constant | Everything):
        good = source.score >= 0
    elif isinstance(source, Optional):
        good = _never_negative(source.required) and _never_negative(source.wanted)
    elif isinstance(source, All | Some):
        good = all(map(_never_negative, source.children)) and getattr(source, "tiebreak", 0.0) >= 0
    return good


# Leaves


def _has_places(view: View, field: str) -> bool:
    # What is kept whole, a path or a language, has no lengths either.
    return view.segment.length_sum(field) > 0


def _of_word(word: Ranked | None) -> Placed:
    return places.Unplaced() if word is None else places.WordPlaces(word)


def _word(lowering: Lowering, query: Word, view: View) -> Placed:
    return _of_word(lowering.ranked_word(query, view))


def _term(lowering: Lowering, query: Any, view: View) -> Placed:
    source = lowering.lower(query, view)
    return _of_word(source if isinstance(source, Ranked) and _has_places(view, query.fieldname) else None)


def _phrase(lowering: Lowering, query: Any, view: View) -> Placed:
    words = [lowering.lower(wq.Term(query.fieldname, text), view) for text in query.words]
    return _of_phrase([word for word in words if isinstance(word, Ranked)], len(words), query.slop)


def _word_phrase(lowering: Lowering, query: WordPhrase, view: View) -> Placed:
    words = [lowering.ranked_word(word, view) for word in query.words]
    return _of_phrase([word for word in words if word is not None], len(words), query.slop)


def _of_phrase(words: list[Ranked], wanted: int, slop: int) -> Placed:
    return places.PhrasePlaces(words, slop) if words and len(words) == wanted else places.Unplaced()


def _pattern(lowering: Lowering, query: Any, view: View) -> Placed:
    name = query.fieldname
    if not _has_places(view, name):
        return places.Unplaced()
    expansion = partial(lowering.anew().expansion, query, view)  # what is found is kept in the lowering itself
    return places.PatternPlaces(view, name, expansion, repr(query.with_boost(1.0)))


def _variations(lowering: Lowering, query: Any, view: View) -> Placed:
    from whoosh.lang.morph_en import variations  # compiles many patterns

    texts = sorted(set(variations(query.text)))
    return _any(place(lowering, wq.Term(query.fieldname, text), view) for text in texts)


def _nowhere(lowering: Lowering, query: Any, view: View) -> Placed:
    return places.Unplaced()


# Nodes of nodes


def _any(found: Iterable[Placed]) -> Placed:
    placed = [one for one in found if one.fields]
    return placed[0] if len(placed) == 1 else places.AnyPlaces(placed) if placed else places.Unplaced()


def _or(lowering: Lowering, query: Any, view: View) -> Placed:
    return _any(place(lowering, child, view) for child in query.subqueries)


def _and(lowering: Lowering, query: Any, view: View) -> Placed:
    return places.LimitedPlaces(_or(lowering, query, view), lowering.lower(query, view))


def _first(lowering: Lowering, query: Any, view: View) -> Placed:
    """Require and AndNot: of the first, where the whole matches."""
    return places.LimitedPlaces(place(lowering, query.a, view), lowering.lower(query, view))


def _and_maybe(lowering: Lowering, query: Any, view: View) -> Placed:
    both = _any([place(lowering, query.a, view), place(lowering, query.b, view)])
    return places.LimitedPlaces(both, lowering.lower(query.a, view))


def _otherwise(lowering: Lowering, query: Any, view: View) -> Placed:
    return place(lowering, query.a if lowering.answers(query.a) else query.b, view)


def _child(lowering: Lowering, query: Any, view: View) -> Placed:
    return place(lowering, query.child, view)


# Span queries


def _near(query: Any, first: Placed, second: Placed, **_: Any) -> Placed:
    return places.NearPlaces(first, second, query.slop, query.ordered, getattr(query, "mindist", 1))


def _near_all(lowering: Lowering, query: Any, view: View) -> Placed:
    found = [place(lowering, child, view) for child in query.qs]
    joined = reduce(partial(_near, query), found) if found else places.Unplaced()
    return _whole(lowering, query.qs, found, view, joined)


def _near_two(lowering: Lowering, query: Any, view: View) -> Placed:
    found = [place(lowering, query.a, view), place(lowering, query.b, view)]
    return _whole(lowering, [query.a, query.b], found, view, _near(query, *found))


def _sequence(lowering: Lowering, query: Any, view: View) -> Placed:
    found = [place(lowering, child, view) for child in query.subqueries]
    joined = make_binary_tree(partial(_near, query), found) if found else places.Unplaced()
    return _whole(lowering, query.subqueries, found, view, joined)


def _ordered(lowering: Lowering, query: Any, view: View) -> Placed:
    found = [place(lowering, child, view) for child in query.subqueries]

    def join(first: Placed, second: Placed, **_: Any) -> Placed:
        return places.PairedPlaces(first, second, places.before)

    joined = make_binary_tree(join, found) if found else places.Unplaced()
    return _whole(lowering, query.subqueries, found, view, joined)


def _span_first(lowering: Lowering, query: Any, view: View) -> Placed:
    return places.FirstPlaces(place(lowering, query.q, view), query.limit)


def _span_or(lowering: Lowering, query: Any, view: View) -> Placed:
    return places.MergedPlaces([place(lowering, child, view) for child in query.subqs])


def _paired(choose: Callable[..., Any]) -> _Placer:
    def placer(lowering: Lowering, query: Any, view: View) -> Placed:
        return places.PairedPlaces(place(lowering, query.a, view), place(lowering, query.b, view), choose)

    return placer


def _condition(lowering: Lowering, query: Any, view: View) -> Placed:
    found = [place(lowering, query.a, view), place(lowering, query.b, view)]
    return _whole(lowering, [query.a, query.b], found, view, found[0])


def _whole(lowering: Lowering, children: Sequence[Any], found: Sequence[Placed], view: View, joined: Placed) -> Placed:
    # A child that has places somewhere matches; of what has none (a date) it is to be asked.
    asked = [child for child, placed in zip(children, found, strict=True) if not placed.fields]
    if not asked:
        return joined
    return places.LimitedPlaces(joined, lowering.lower(wq.And(asked), view))


PLACERS: dict[type, _Placer] = {
    Word: _word,
    WordPhrase: _word_phrase,
    wq.Term: _term,
    wq.Phrase: _phrase,
    wq.Prefix: _pattern,
    wq.Wildcard: _pattern,
    wq.Regex: _pattern,
    wq.FuzzyTerm: _pattern,
    nodes.Fuzzy: _pattern,
    wq.TermRange: _pattern,
    wq.Variations: _variations,
    wq.NumericRange: _nowhere,
    wq.DateRange: _nowhere,
    wq.Every: _nowhere,
    wq.Not: _nowhere,
    type(wq.NullQuery): _nowhere,
    wq.And: _and,
    wq.Or: _or,
    DefaultOr: _or,
    SplitOr: _or,
    PreloadedOr: _or,
    wq.DisjunctionMax: _or,
    wq.AndNot: _first,
    wq.AndMaybe: _and_maybe,
    wq.Require: _first,
    wq.Otherwise: _otherwise,
    wq.ConstantScoreQuery: _child,
    nodes.Constant: _child,
    nodes.Near: _near_all,
    wq.Sequence: _sequence,
    wq.Ordered: _ordered,
    sq.SpanNear: _near_two,
    sq.SpanNear2: _near_all,
    sq.SpanFirst: _span_first,
    sq.SpanOr: _span_or,
    sq.SpanNot: _paired(places.outside),
    sq.SpanContains: _paired(places.containing),
    sq.SpanBefore: _paired(places.before),
    sq.SpanCondition: _condition,
}
