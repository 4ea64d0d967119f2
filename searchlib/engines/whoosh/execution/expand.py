"""Queries that stand for many terms: which terms of a field they mean.

Patterns compare with the *folded* part of a key (see ``searchlib.analysis``): ``erdo*`` means ``erdogan`` and all
its accented variants. Terms stream from the dictionary, so an expansion has no limit and takes no memory: it is exact
however many they are. `MANY` is only what a warning may be given for.
"""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, TypeAlias

import numpy as np

from searchlib.analysis import Form, folding
from searchlib.deadline import check
from searchlib.engines.whoosh.execution import fuzzy
from searchlib.engines.whoosh.execution.segment import Bools
from searchlib.engines.whoosh.execution.snapshot import Snapshot, View

SEPARATOR, AFTER_SEPARATOR = folding.SEPARATOR.encode(), folding.AFTER_SEPARATOR.encode()
Terms: TypeAlias = Iterator[tuple[bytes, Any]]

MANY = 10_000  # terms: reading their postings takes about a second

_GLOB_SPECIAL = re.compile(r"[*?\[]")
_REGEX_LITERAL = re.compile(r"(?:\^|\\A)?([^{}()\[\].?*+^$\\|]*)")
_CHECK_EVERY = 4096
_TIMED_EVERY = 256


def folded(key: bytes) -> bytes:
    """The folded part of a key."""
    return key.partition(SEPARATOR)[0]


def end_of_prefix(prefix: bytes) -> bytes | None:
    """The least bytes that sort after everything that begins with ``prefix``; None if there are none."""
    stripped = prefix.rstrip(b"\xff")
    return stripped[:-1] + bytes((stripped[-1] + 1,)) if stripped else None


def variants(key: str) -> tuple[tuple[bytes, bytes], tuple[bytes, bytes]]:
    """The two ranges of keys whose folded part is ``key``."""
    plain = key.encode("utf-8", "surrogatepass")
    return (plain, plain + b"\0"), (plain + SEPARATOR, plain + AFTER_SEPARATOR)


def prefixed(view: View, field: str, prefix: str) -> Terms:
    """Terms that begin with ``prefix``."""
    start = prefix.encode("utf-8", "surrogatepass")
    return view.segment.terms(field, start, end_of_prefix(start))


def globbed(view: View, field: str, pattern: str) -> Terms:
    """Terms whose folded part a glob matches (``fnmatch``: ``*``, ``?``, ``[abc]``)."""
    special = _GLOB_SPECIAL.search(pattern)
    literal = pattern[: special.start()] if special else pattern
    return _matching(prefixed(view, field, literal), re.compile(fnmatch.translate(pattern)).match)


def matched(view: View, field: str, pattern: str) -> Terms:
    """Terms whose folded part begins with a match of a regular expression."""
    literal = "" if "|" in pattern else _REGEX_LITERAL.match(pattern).group(1)  # type: ignore[union-attr]
    follows = pattern[pattern.find(literal) + len(literal) :] if literal else ""
    if follows[:1] in ("*", "?", "{"):
        literal = literal[:-1]  # its last character may be there no times
    return _matching(prefixed(view, field, literal), re.compile(pattern).match)


def ranged(
    view: View, field: str, start: bytes, end: bytes | None, startexcl: bool, endexcl: bool, fold: bool
) -> Terms:
    """Terms from ``start`` to ``end`` (None: no end), either of which may be excluded; folded parts if ``fold``."""
    stop = None if end is None else end + (AFTER_SEPARATOR if fold else b"\0")
    for key, entry in _timed(view.segment.terms(field, start, stop)):
        value = folded(key) if fold else key
        if (startexcl and value == start) or (end is not None and (value > end or (endexcl and value == end))):
            continue
        yield key, entry


def similar(view: View, field: str, text: str, distance: int, prefix: int) -> Terms:
    """Terms whose folded part is within ``distance`` edits of ``text``, equal in the first ``prefix`` characters."""
    for key in fuzzy.similar(view, field, text, distance, prefix):
        entry = view.segment.term(field, key)
        if entry is not None:
            yield key, entry


def mark(view: View, terms: Terms) -> tuple[Bools, int]:
    """The docs of all the terms, as a bitmap of the segment, and how many terms these are; -1: not all were read."""
    marks = np.zeros(view.doc_count, bool)
    docs = view.segment.docs
    number = 0
    for number, (_, entry) in enumerate(terms, 1):
        if number % _TIMED_EVERY == 0:
            check()
        marks[docs(entry)] = True
        if number % _CHECK_EVERY == 0 and marks.all():
            return marks, -1
    return marks, number


def kept_as(query: Any, view: View) -> tuple[Any, ...]:
    """Under which name the marks of a query, and the number of its terms, are kept."""
    return view.number, "marks", repr(query.with_boost(1.0))


def is_costly(snapshot: Snapshot, query: Any, terms: Callable[[View], Terms]) -> bool:
    """Whether a query stands for more than `MANY` terms."""
    kept = [snapshot.decoded.get(kept_as(query, view)) for view in snapshot.views]
    counts = [int(marks[1]) for marks in kept if marks is not None]
    # Mostly they were counted on the way, and are far from the limit.
    if len(counts) == len(kept) and min(counts, default=0) >= 0 and sum(counts) <= MANY:
        return False
    return more_than(MANY, snapshot.views, terms)


def more_than(limit: int, views: Sequence[View], terms: Callable[[View], Terms]) -> bool:
    """Whether there are more than ``limit`` different terms that live docs hold: the same for any segments."""
    found: set[bytes] = set()
    for view in views:
        for key, entry in _timed(terms(view)):
            if key not in found and (view.alive is None or view.alive[view.segment.docs(entry)].any()):
                found.add(key)
                if len(found) > limit:
                    return True
    return False


def _timed(terms: Terms) -> Terms:
    """The terms, with a look at the deadline now and then: most may be passed over without a word."""
    for number, term in enumerate(terms):
        if number % _TIMED_EVERY == 0:
            check()
        yield term


def synonyms_among(forms: Iterable[Form], keys: Iterable[bytes]) -> dict[bytes, str]:
    """Of the keys that only synonyms among the forms of a word match: what they are synonyms of."""
    forms = list(forms)
    own = {form.folded for form in forms if not form.synonym_of}
    meant = {form.folded: form.synonym_of for form in forms if form.synonym_of}
    found = {}
    for key in keys:
        word = folded(key).decode("utf-8", "replace")
        if word not in own and word in meant:
            found[key] = meant[word]
    return found


def _matching(terms: Terms, match: Callable[[str], Any]) -> Terms:
    return ((key, entry) for key, entry in _timed(terms) if match(folded(key).decode("utf-8", "replace")))
