"""Metadata values: the terms that an index holds of them, and the nodes that ask for them.

A value is indexed as its words (without stemming), and whole, by its key (see `searchlib.query.valuekeys`). These terms
are part of the index format.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from searchlib.analysis import NO_WORDS, fold, tokens, where_assigned
from searchlib.concurrency.lazily import lazy_expression
from searchlib.model import locators
from searchlib.model.fields import RESERVED
from searchlib.model.records import Metadata, Scalar
from searchlib.query.analysing import words_of
from searchlib.query.nodes import At, Best, Node, Range, Value, phrase
from searchlib.query.valuekeys import (
    LAST,
    NUMBER,
    TEXT,
    after,
    bound_key,
    date_key,
    measure_key,
    number_of,
    sortable,
    whole_keys,
)

_NUMBER_VALUE = lazy_expression(r"[+-]?\d{1,30}(\.\d{1,30})?", re.ASCII)
_LIKE_DATE = lazy_expression(r"(\d{4})-(\d{1,2})(?:-(\d{1,2}))?([T ].*)?", re.ASCII)
_LIKE_TIME = lazy_expression(r"\d{4}-\S* ", re.ASCII)
_SURROGATES = lazy_expression("[\ud800-\udfff]")
_NOT_IN_NAMES = str.maketrans(":\0", "__")
_MORE_THAN_LETTERS = lazy_expression(r"[^\w*?]|_")


@lru_cache(1 << 12)
def metadata_field(key: str) -> str:
    """The field that holds a metadata key: the key without case and blanks, out of the way of built-in names."""
    name = "_".join(where_assigned(key, str.lower).split()).translate(_NOT_IN_NAMES).replace("__", "_").lstrip("_")
    name = (name or "meta") if name.isascii() else _SURROGATES.sub("\ufffd", name)  # two of them read as one character
    return f"meta_{name}" if name in RESERVED else name


def field_values(metadata: Metadata, located: Iterable[locators.Locator] = ()) -> dict[str, tuple[Scalar, ...]]:
    """The values of each field that metadata and locators have; keys that differ in case only share one."""
    found: dict[str, tuple[Scalar, ...]] = {}
    for key, value in sorted(metadata.items()):
        name = metadata_field(key)
        found[name] = found.get(name, ()) + (value if isinstance(value, tuple) else (value,))
    for name, values in locators.values_of(located).items():
        found[name] = found.get(name, ()) + values
    return found


def meta_keys(value: Scalar | tuple[Scalar, ...] | list[Scalar]) -> tuple[list[str], list[int]]:
    """The terms of a metadata value and their positions.

    The words of several values are a position apart, so that no phrase spans two; the marked whole values
    stand where their words begin.
    """
    keys: list[str] = []
    positions: list[int] = []
    position = 0
    for one in value if isinstance(value, (tuple, list)) else (value,):
        for key in whole_keys(one):
            keys.append(key)
            positions.append(position)
        for token in tokens(_readable(one)):
            keys.append(token.key)
            positions.append(position)
            position += 1
        position += 2
    return keys, positions


def _readable(value: Scalar) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


# What a query asks for


def value(name: str, text: str, plain: str, at: At = None, shift: int = 0) -> Node | None:
    """What a value of the metadata field ``name`` asks for: its words in a row, and a number also whole.

    ``text`` stands ``shift`` code points from the query's beginning; ``plain`` is it without escapes. None where there
    is nothing to look for.
    """
    words = words_of(text, NO_WORDS, ((name, 1.0),), shift)
    found = phrase(words, at=at)
    date = date_key(plain.strip())
    number = None if date else number_of(plain)
    if date:
        whole: Node = Range(date, after(date), (name,), typed=plain, at=at)
    elif number is None or plain.strip().isdecimal():
        return found
    else:
        key = NUMBER + sortable(number)
        written = measure_key(plain) or key
        whole = Value(written, name, typed=plain, at=at)
        if written != key and number == int(number):  # 1.10 is not 1.1, but 1995.0 is 1995
            whole = Best((whole, Value(key, name, typed=plain, at=at)), at=at)
    # The words of a negative number do not know its sign.
    negative = number is not None and number < 0
    return whole if found is None or negative else Best((found, whole), at=at)


def value_range(
    name: str,
    low: str | None,
    high: str | None,
    open_low: bool = False,
    open_high: bool = False,
    typed: str = "",
    at: At = None,
) -> Node:
    """The records with a number, a date or else a text between the bounds; None is an open end."""
    keys = [None if bound is None else bound_key(bound) for bound in (low, high)]
    open_low, open_high = open_low and low is not None, open_high and high is not None
    found: list[Node] = []
    if "" not in keys:
        # A bound is all that is within it: 2020-05-01 is within [2019 TO 2020].
        first, last = (NUMBER if keys[0] is None else keys[0]), (NUMBER + LAST if keys[1] is None else keys[1])
        first = after(first) if open_low else first
        last = after(last) if high is not None and not open_high else last
        found.append(Range(first, last, (name,), open_low, open_high, typed=typed, at=at))
    if not all(bound is None or measure_key(bound) for bound in (low, high)):
        # What is written as no measure may be text: 02134. An open end reaches to the end of the texts.
        first, last = TEXT + fold(low or ""), TEXT + (LAST if high is None else fold(high))
        found.append(Range(first, last, (name,), open_low, open_high, typed=typed, at=at))
    return found[0] if len(found) == 1 else Best(tuple(found), at=at)


def number_range(
    name: str,
    low: str | None,
    high: str | None,
    open_low: bool = False,
    open_high: bool = False,
    typed: str = "",
    at: At = None,
) -> Range:
    """The records whose number (a column) is between the bounds. Raises ValueError where one is none."""
    first, last = (None if bound is None else int(bound) for bound in (low, high))
    return Range(first, last, (name,), open_low, open_high, typed=typed, at=at)


def marked_patterns(pattern: str) -> list[str]:
    """What a pattern of a query is compared with: words, or where more than letters stand in it, whole values."""
    if not _MORE_THAN_LETTERS.search(pattern):
        return [pattern]
    return [TEXT + (pattern.replace(" ", "t") if _LIKE_TIME.match(pattern) else pattern)]


def bounds_problem(start: str | None, end: str | None) -> str:
    """What is odd about the bounds of a range of values; "" if nothing is."""
    bounds = [bound.strip() for bound in (start, end) if bound is not None]
    for bound in bounds:
        if _LIKE_DATE.fullmatch(bound) and not _is_date(bound):
            return f"There is no date {bound}."
    numbers = [bound for bound in bounds if _NUMBER_VALUE.fullmatch(bound)]
    others = [bound for bound in bounds if bound not in numbers and not _LIKE_DATE.fullmatch(bound)]
    if numbers and others:
        return f"{numbers[0]} is a number, and {others[0]} is not."
    return ""


def _is_date(text: str) -> bool:
    return date_key(text) != ""


def is_reversed(start: str | None, end: str | None) -> bool:
    """Whether the bounds of a range are the wrong way round."""
    if start is None or end is None:
        return False
    first, last = bound_key(start), bound_key(end)
    if first and last:
        return first > after(last)
    less, more = fold(start), fold(end)
    return less[:1].isdigit() == more[:1].isdigit() and less > more and not less.startswith(more)
