r"""Which terms a pattern means: those of prose are compared by their folded part, those of attributes whole.

A wildcard is read in one place, here: ``*`` is any number of characters, ``?`` one, ``\`` before either or before
itself takes their meaning.
"""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Callable
from functools import lru_cache, partial
from typing import TypeAlias, assert_never

from searchlib.concurrency.lazily import lazy_expression
from searchlib.query.edits import within
from searchlib.query.nodes import Fuzzy, Pattern, Prefix, Range, Wildcard

Predicate: TypeAlias = Callable[[str], bool]

_PARTS = lazy_expression(r"\\.|.", re.DOTALL)
_LITERAL = lazy_expression(r"(?:\\.|[^*?\\])*", re.DOTALL)


def predicate(node: Pattern) -> Predicate:
    """What tells the terms that ``node`` accepts; a range of numbers accepts none."""
    match node:
        case Prefix(text):
            return lambda term: term.startswith(text)
        case Wildcard(pattern):
            match_whole = expression(pattern).match
            return lambda term: match_whole(term) is not None
        case Fuzzy(text, _, distance, prefix):
            beginning = text[:prefix]
            return lambda term: term[:prefix] == beginning and within(text, term, distance)
        case Range():
            return partial(in_range, node)
    assert_never(node)


def in_range(node: Range, value: str | int) -> bool:
    """Whether ``value`` is between the bounds; where these are of another type, it is not."""
    return _ordered(node.low, value, node.open_low) and _ordered(value, node.high, node.open_high)


def _ordered(first: str | int | None, second: str | int | None, strictly: bool) -> bool:
    # Terms are ordered by their bytes in UTF-8, which is the order of code points.
    if first is None or second is None:
        return True
    if isinstance(first, str):
        return isinstance(second, str) and (first < second or (first == second and not strictly))
    return isinstance(second, int) and (first < second or (first == second and not strictly))


@lru_cache(256)
def expression(pattern: str) -> re.Pattern[str]:
    """What matches, from its beginning, a term that fits a wildcard; in time that no pattern makes exponential."""
    return re.compile(fnmatch.translate("".join(map(_as_glob, _PARTS.findall(pattern)))))


def literal_start(pattern: str) -> str:
    """What every term that fits a wildcard begins with."""
    found = _LITERAL.match(pattern)
    return re.sub(r"\\(.)", r"\1", found[0], flags=re.DOTALL) if found else ""


def _as_glob(part: str) -> str:
    # The globs of the standard library know sets of characters, and no backslash.
    if len(part) == 2:
        return f"[{part[1]}]" if part[1] in "*?[" else part[1]
    return "[[]" if part == "[" else part
