"""Metadata values: the terms that an index holds of them, and the nodes that ask for them.

A value is indexed as its words (without stemming), and whole under a *mark* that tells what it is, in a form whose
order is that of the values: numbers as sortable hexadecimal, dates as ISO 8601, text folded. These terms are part of
the index format.
"""

from __future__ import annotations

import math
import re
import struct
from collections.abc import Iterable

from searchlib.analysis import fold, tokens, where_assigned
from searchlib.concurrency.lazily import lazy_expression
from searchlib.model import locators
from searchlib.model.fields import RESERVED
from searchlib.model.records import Metadata, Scalar
from searchlib.query.analysing import words_of
from searchlib.query.nodes import At, Best, Node, Range, Value, phrase

NUMBER, DATE, TEXT = "\x01", "\x02", "\x03"
_LONGEST_VALUE = 200
_NUMBER_VALUE = lazy_expression(r"[+-]?\d{1,30}(\.\d{1,30})?", re.ASCII)
_LIKE_DATE = lazy_expression(r"(\d{4})-(\d{1,2})(?:-(\d{1,2}))?([T ].*)?", re.ASCII)
_MORE_THAN_LETTERS = lazy_expression(r"[^\w*?]|_")
_DATE_BOUND = lazy_expression(r"\d{4}(-\d\d(-\d\d([T ]\d\d(:\d\d(:\d\d(\.\d+)?)?)?(Z|[+-]\d\d:?\d\d)?)?)?)?")
_LAST = "\U0010ffff"
_DATE_VALUE = lazy_expression(r"\d{4}-\d\d(-\d\d([T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)?)?)?", re.ASCII)


def metadata_field(key: str) -> str:
    """The field that holds a metadata key: the key without case and blanks, out of the way of built-in names."""
    name = "_".join(where_assigned(key, str.lower).split()).replace(":", "_").replace("__", "_").lstrip("_") or "meta"
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


def whole_keys(value: Scalar) -> list[str]:
    """The terms of a whole value: its own, and for a text that is a number (a cell of a table has no other) of that."""
    found = [marked(value)]
    if isinstance(value, str) and is_number(value.strip()):
        found.append(NUMBER + sortable(float(value.strip())))
    return found


def is_number(text: str) -> bool:
    """Whether a text is a number, as cells of tables have them."""
    return _NUMBER_VALUE.fullmatch(text) is not None


def marked(value: Scalar) -> str:
    """The term of a whole value: its mark, and the value in a form that sorts."""
    if isinstance(value, bool):
        return TEXT + _readable(value)
    if isinstance(value, (int, float)):
        return NUMBER + sortable(float(value))
    if _DATE_VALUE.fullmatch(value):
        return DATE + value.replace(" ", "T")
    return TEXT + fold(value[:_LONGEST_VALUE])


def sortable(number: float) -> str:
    """16 hexadecimal digits that sort as the numbers do (IEEE 754 order, sign bit turned)."""
    if number == 0:
        number = 0.0  # minus zero is zero
    (bits,) = struct.unpack(">Q", struct.pack(">d", number))
    return f"{bits ^ (0xFFFFFFFFFFFFFFFF if bits >> 63 else 1 << 63):016x}"


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
    words = words_of(text, ("",), ((name, 1.0),), shift)
    found = phrase(words, at=at) if words else None
    number = _number(plain)
    if number is None or plain.strip().isdecimal():
        return found
    whole = Value(NUMBER + sortable(number), name, typed=plain, at=at)
    # The words of a negative number do not know its sign.
    return whole if found is None or number < 0 else Best((found, whole), at=at)


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

    def marked_range(mark: str, low: str | None, high: str | None, open_low: bool, open_high: bool) -> Range:
        # An open end reaches to the end of the terms with this mark.
        first, last = mark + (low or ""), mark + (_LAST if high is None else high)
        open_low, open_high = open_low and low is not None, open_high and high is not None
        return Range(first, last, (name,), open_low, open_high, typed=typed, at=at)

    bounds = [bound.strip() for bound in (low, high) if bound is not None]
    ranges = []
    if all(_number(bound) is not None for bound in bounds):
        ranges.append(marked_range(NUMBER, _number_term(low), _number_term(high), open_low, open_high))
    if all(_DATE_BOUND.fullmatch(bound) for bound in bounds):
        # A date is in a range of less precise ones: 2020-05-01 is within [2019 TO 2020].
        first, last = (None if bound is None else bound.strip().replace(" ", "T") for bound in (low, high))
        first = first + _LAST if first is not None and open_low else first
        last = last + _LAST if last is not None and not open_high else last
        ranges.append(marked_range(DATE, first, last, False, open_high))
    if not ranges:
        first, last = (None if bound is None else fold(bound) for bound in (low, high))
        ranges.append(marked_range(TEXT, first, last, open_low, open_high))
    return ranges[0] if len(ranges) == 1 else Best(tuple(ranges), at=at)


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


def _number(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def _number_term(text: str | None) -> str | None:
    number = _number(text) if text is not None else None
    return None if number is None else sortable(number)


def marked_patterns(pattern: str) -> list[str]:
    """What a pattern of a query is compared with: words, or where more than letters stand in it, whole values."""
    if not _MORE_THAN_LETTERS.search(pattern):
        return [pattern]
    dates = [DATE + pattern.upper().replace(" ", "T")] if pattern[:1].isdigit() else []
    return [TEXT + pattern, *dates]


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
    from datetime import date

    try:
        date(*(int(part) for part in [*text[:10].split("-"), "1"][:3]))
    except ValueError:
        return False
    return _DATE_VALUE.fullmatch(text) is not None


def is_reversed(start: str | None, end: str | None) -> bool:
    """Whether the bounds of a range are the wrong way round."""
    if start is None or end is None:
        return False
    try:
        return float(start) > float(end)
    except ValueError:
        # A date less precise than the other begins with it: 2020-05 is in 2020.
        less, more = fold(start), fold(end)
        return less[:1].isdigit() == more[:1].isdigit() and less > more and not less.startswith(more)
