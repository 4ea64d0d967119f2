"""Patterns stand for many terms: which terms of their fields these are.

Patterns compare with the *folded* part of a key (see ``searchlib.analysis``): ``erdo*`` means ``erdogan`` and all
its accented variants. Terms stream from the dictionary, so an expansion has no limit: it is exact however many they
are. `MANY` is only what a warning may be given for.
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterable, Iterator
from dataclasses import replace
from typing import TypeAlias, assert_never

from searchlib.analysis import Form, folding
from searchlib.concurrency.lazily import lazy_expression
from searchlib.engines.whoosh.execution import fuzzy
from searchlib.engines.whoosh.execution.interface import Entry
from searchlib.engines.whoosh.execution.setscorers import Listed, Marks, Term
from searchlib.engines.whoosh.execution.snapshot import Snapshot, View
from searchlib.guards.deadline import check
from searchlib.query.nodes import Fuzzy, Pattern, Prefix, Range, Wildcard
from searchlib.query.patterns import literal_start, predicate

SEPARATOR, AFTER_SEPARATOR = folding.SEPARATOR.encode(), folding.AFTER_SEPARATOR.encode()
MANY = 10_000  # terms: reading their postings takes about a second

_Entries: TypeAlias = Iterator[tuple[bytes, Entry]]
_LITERALS = lazy_expression(r"(?:\\.|[^*?\\])+", re.DOTALL)
_TIMED_EVERY = 256  # terms
_LITERAL = 2  # characters of a wildcard's longest literal with which all keys are searched at once


def end_of_prefix(prefix: bytes) -> bytes | None:
    """The least bytes that sort after everything that begins with ``prefix``; None if there are none."""
    stripped = prefix.rstrip(b"\xff")
    return stripped[:-1] + bytes((stripped[-1] + 1,)) if stripped else None


def variants(folded: str) -> tuple[bytes, bytes]:
    """The range of the keys whose folded part this is: it, and it with what is below the characters of words behind."""
    return _encoded(folded), _encoded(folded) + AFTER_SEPARATOR


def is_anything(node: Pattern) -> bool:
    """Whether a pattern accepts every term."""
    match node:
        case Prefix(text):
            return not text
        case Wildcard(pattern):
            return bool(pattern) and not pattern.strip("*")
        case Range(low, high):
            return low is None and high is None
        case _:
            return False


def terms(view: View, node: Pattern) -> Iterator[Term]:
    """The terms that a pattern stands for, field by field, in the order of their keys."""
    for field in dict.fromkeys(node.fields):
        check()
        for key, entry in _in_field(view, field, node):
            yield field, key, entry


def kept_as(node: Pattern, view: View) -> Hashable:
    """The name under which what is made of a pattern is kept."""
    return view.number, replace(node, boost=1.0)


def is_costly(snapshot: Snapshot, node: Pattern, many: int = MANY) -> bool:
    """Whether more than ``many`` different terms that live docs hold match a pattern: the same for any segments."""
    names = [kept_as(node, view) for view in snapshot.views]
    # Mostly they were counted or listed on the way, and are far from the limit.
    if sum(_counted(snapshot, name, many + 1) for name in names) <= many:
        return False
    found: set[bytes] = set()
    for view in snapshot.views:
        for _, key, entry in terms(view, node):
            check()
            if key not in found and (view.alive is None or view.alive[view.segment.docs(entry)].any()):
                found.add(key)
                if len(found) > many:
                    return True
    return False


def _counted(snapshot: Snapshot, name: Hashable, otherwise: int) -> int:
    """How many terms of a segment are known to match, deleted or not."""
    listed = snapshot.decoded.get((name, "terms"), Listed)
    if listed is not None:
        return len(listed.terms)
    marks = snapshot.decoded.get((name, "marks"), Marks)
    return otherwise if marks is None else marks.terms


def synonyms_among(forms: Iterable[Form], keys: Iterable[bytes]) -> dict[bytes, Form]:
    """Of the keys that only synonyms among the forms of a word match: the form that each matches."""
    forms = list(forms)
    own = {form.folded for form in forms if not form.synonym_of}
    meant = {form.folded: form for form in forms if form.synonym_of}
    found = {}
    for key in keys:
        word = _folded(key)
        if word not in own and word in meant:
            found[key] = meant[word]
    return found


def _in_field(view: View, field: str, node: Pattern) -> _Entries:
    match node:
        case Prefix(text):
            return view.segment.terms(field, _encoded(text), end_of_prefix(_encoded(text)))
        case Wildcard(pattern):
            return _wildcard(view, field, node, pattern)
        case Fuzzy(text, _, distance, prefix):
            return fuzzy.similar(view, field, text, distance, prefix)
        case Range():
            return _range(view, field, node)
    assert_never(node)


def _wildcard(view: View, field: str, node: Wildcard, pattern: str) -> _Entries:
    accepts = predicate(node)
    start = _encoded(literal_start(pattern))
    if start:
        found = view.segment.terms(field, start, end_of_prefix(start))
        return ((key, entry) for key, entry in _timed(found) if accepts(_folded(key)))
    literals = [re.sub(r"\\(.)", r"\1", one, flags=re.DOTALL) for one in _LITERALS.findall(pattern)]
    longest = max(literals, key=len, default="")
    if len(longest) < _LITERAL:
        return ((key, entry) for key, entry in _timed(view.segment.terms(field)) if accepts(_folded(key)))
    keys = fuzzy.keys_with(view, field, _encoded(longest))
    return _entries(view, field, (key for key in keys if accepts(_folded(key))))


def _range(view: View, field: str, node: Range) -> _Entries:
    low, high = node.low, node.high
    if isinstance(low, int) or isinstance(high, int):
        return iter(())
    start = b"" if low is None else _encoded(low)
    end = None if high is None else _encoded(high)
    return _between(view, field, start, end, node.open_low and low is not None, node.open_high)


def _between(view: View, field: str, start: bytes, end: bytes | None, open_start: bool, open_end: bool) -> _Entries:
    for key, entry in _timed(view.segment.terms(field, start, None if end is None else end + AFTER_SEPARATOR)):
        value = key.partition(SEPARATOR)[0]
        if (open_start and value == start) or (end is not None and (value > end or (open_end and value == end))):
            continue
        yield key, entry


def _timed(entries: _Entries) -> _Entries:
    """The same, with a look at the deadline now and then: most may be passed over."""
    for number, entry in enumerate(entries):
        if number % _TIMED_EVERY == 0:
            check()
        yield entry


def _entries(view: View, field: str, keys: Iterable[bytes]) -> _Entries:
    for key in keys:
        check()
        entry = view.segment.term(field, key)
        if entry is not None:
            yield key, entry


def _folded(key: bytes) -> str:
    return key.partition(SEPARATOR)[0].decode("utf-8", "replace")


def _encoded(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")
