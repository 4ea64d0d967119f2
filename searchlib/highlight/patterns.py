"""Which terms a pattern means: a predicate for each of Whoosh's nodes that stand for many terms.

In a prose field the predicates are asked of the folded part of a token's key; of an attribute, of its value.
"""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from whoosh import query

from searchlib.query.edits import within

Predicate = Callable[[str], bool]


def predicate(node: Any) -> Predicate | None:
    """What ``node`` accepts, or None where it is no pattern."""
    for kind, make in _MAKERS:
        if isinstance(node, kind):
            return make(node)
    return None


def accepts_all(node: Any) -> bool:
    """Whether ``node`` is a pattern that any value fits: it asks only whether there is one."""
    return isinstance(node, (query.Prefix, query.Wildcard)) and not _text(node.text).strip("*")


def _prefix(node: Any) -> Predicate:
    beginning = _text(node.text)
    return lambda term: term.startswith(beginning)


def _wildcard(node: Any) -> Predicate:
    return _matcher(fnmatch.translate(_text(node.text)))


def _regex(node: Any) -> Predicate:
    return _matcher(_text(node.text))


@lru_cache(256)
def _matcher(expression: str) -> Predicate:
    try:
        match = re.compile(expression).match
    except re.error:
        return lambda term: False
    return lambda term: match(term) is not None


def _fuzzy(node: Any) -> Predicate:
    wanted, limit = _text(node.text), int(node.maxdist)
    beginning = wanted[: node.prefixlength]
    return lambda term: term.startswith(beginning) and within(wanted, term, limit)


def _range(node: Any) -> Predicate:
    # Terms are ordered by their bytes in UTF-8, which is the order of code points.
    start = None if node.start is None else _text(node.start)
    end = None if node.end is None else _text(node.end)

    def accepts(term: str) -> bool:
        if start is not None and (term < start or (node.startexcl and term == start)):
            return False
        return end is None or term < end or (term == end and not node.endexcl)

    return accepts


def _variations(node: Any) -> Predicate:
    from whoosh.lang.morph_en import variations

    return set(variations(node.text)).__contains__


def _text(value: Any) -> str:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)


_MAKERS: tuple[tuple[Any, Callable[[Any], Predicate]], ...] = (
    (query.Prefix, _prefix),
    (query.Wildcard, _wildcard),
    (query.Regex, _regex),
    (query.FuzzyTerm, _fuzzy),
    (query.TermRange, _range),
    (query.Variations, _variations),
)
