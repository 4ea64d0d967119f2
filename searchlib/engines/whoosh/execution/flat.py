"""Flat queries, the ones that people type: a word, or a conjunction, a disjunction or a phrase of words, and a filter.

They are answered from prepared words (see ``prepared``) without a tree of sources: by compiled code where the snapshot
has it, else here, by few and large NumPy calls. `search` says None where a query is not flat, or is better not
prepared for; ``topk`` then has the answer, the same to the bit.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from whoosh import query as wq
from whoosh.query.compound import DefaultOr

from searchlib.deadline import check
from searchlib.engines.whoosh.execution.driving import Best, Check, Lists, all_scored, anyone, every
from searchlib.engines.whoosh.execution.lower import Lowering
from searchlib.engines.whoosh.execution.phrase import Phrase
from searchlib.engines.whoosh.execution.prepared import Leaf, leaf
from searchlib.engines.whoosh.execution.segment import Docs, Floats
from searchlib.engines.whoosh.execution.snapshot import View
from searchlib.engines.whoosh.execution.source import MOST_DRIVERS
from searchlib.query.nodes import Word, WordPhrase

DEEPEST = 256  # answers

Found: TypeAlias = tuple[Docs, Floats]


@dataclass(slots=True)
class Shape:
    """A flat query: nodes of words with their boosts, and words that must be there, or must not, but do not score.

    ``phrase`` is the node of a phrase, whose words must all be there as well. ``every`` word must be there, or any.
    """

    words: Sequence[tuple[Any, float]]
    every: bool
    phrase: Any = None
    required: Sequence[tuple[Any, float]] = ()
    excluded: Sequence[tuple[Any, float]] = ()


def shape(query: Any, filter: Any = None) -> Shape | None:  # noqa: PLR0911
    """What kind of flat query this is; None if it is none."""
    required: tuple[tuple[Any, float], ...] = ()
    if filter is not None:
        if type(filter) not in _LEAVES:
            return None
        required = ((filter, 1.0),)
    kind = type(query)
    if kind in _LEAVES:
        return Shape(((query, 1.0),), True, None, required)
    if kind is wq.And or kind in _OR:
        boost = 1.0 * query.boost
        words, excluded = [], []
        for child in query.subqueries:
            if type(child) in _LEAVES:
                words.append((child, boost))
            elif kind is wq.And and type(child) is wq.Not and type(child.query) in _LEAVES:
                excluded.append((child.query, 1.0))
            else:
                return None
        if not words or (kind is not wq.And and query.scale):
            return None
        return Shape(words, kind is wq.And, None, required, excluded)
    if kind is WordPhrase or kind is wq.Phrase:
        boost = 1.0 * query.boost
        if kind is WordPhrase:
            words = [(word, boost) for word in query.words]
        else:
            words = [(wq.Term(query.fieldname, text), boost) for text in query.words]
        return Shape(words, True, query, required) if len(words) > 1 else None
    return None


def search(lowering: Lowering, shape: Shape, view: View, k: int, floor: float) -> Found | None:
    """The ``k`` best live docs of a segment, best first, none below ``floor``; None to be asked otherwise."""
    few = not shape.every or len(shape.words) <= MOST_DRIVERS  # of more, all parts of the scores would be kept
    lists = _lists(lowering, shape, view) if few else None
    if lists is None:
        return None
    if not lists.words:
        return np.empty(0, np.int32), np.empty(0)
    if len(lists.words) == 1 and not lists.required and not lists.excluded:
        top = lists.words[0].top(lists.scales[0], k)
        if top is not None:
            return np.array(top[0], np.int32), np.array(top[1])
    best = Best(k, floor)
    if not lists.every and len(lists.words) > MOST_DRIVERS:
        all_scored(lists, best)
        return best.docs, best.scores
    compiled = view.snapshot.compiled
    if compiled is not None:
        found: Found | None = compiled.search(lists, k, floor)
        if found is not None:
            return found
    confirm = _check(lowering, lists) if lists.phrase is not None else None
    (every if lists.every else anyone)(lists, best, confirm)
    return best.docs, best.scores


def _lists(lowering: Lowering, shape: Shape, view: View) -> Lists | None:  # noqa: PLR0911
    if lowering.ranking.k1 == 0:
        return None  # a gain may be no number
    words: list[Leaf] = []
    for query, boost in shape.words:
        check()
        found = leaf(lowering, query, view, boost)
        if found is not None:
            if not found.scale > 0:
                return None
            words.append(found)
        elif shape.every:
            return _nothing(view)
    if not words:
        return _nothing(view)
    kept: list[Leaf] = []
    for query, boost in shape.required:
        found = leaf(lowering, query, view, boost)
        if found is None:
            return _nothing(view)
        kept.append(found)
    excluded = [one for query, boost in shape.excluded if (one := leaf(lowering, query, view, boost)) is not None]
    scales = [one.scale for one in words]
    whole = shape.every or len(words) == 1
    ready: list[Any]
    if whole:
        words += kept
        scales += [0.0] * len(kept)
        rarest = min([one.weighed.cost for one in words])
        ready = [one.weighed.for_few(rarest) for one in words]
        barred: list[Any] = [one.weighed.for_few(rarest) for one in excluded]
        if None in ready or None in barred:
            return None
        for one in ready:
            if not len(one.docs):  # all of them are deleted, or in other languages
                return _nothing(view)
        return Lists(view, words, ready, scales, True, [], barred, shape.phrase)
    ready = [_on_time(one) for one in words]
    there = [number for number, one in enumerate(ready) if len(one.docs)]
    return Lists(
        view,
        [words[number] for number in there],
        [ready[number] for number in there],
        [scales[number] for number in there],
        False,
        [one.weighed.prepared() for one in kept],
        [one.weighed.prepared() for one in excluded],
        None,
    )


def _on_time(one: Leaf) -> Any:
    check()
    return one.weighed.prepared()


def _nothing(view: View) -> Lists:
    return Lists(view, [], [], [], True, [], [], None)


def _check(lowering: Lowering, lists: Lists) -> Check:
    source = lowering.lower(lists.phrase, lists.view)
    assert isinstance(source, Phrase)
    return source.confirm


_LEAVES = frozenset((Word, wq.Term))
_OR = frozenset((wq.Or, DefaultOr))
