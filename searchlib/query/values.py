"""Metadata values as an index holds them: terms that words find, and ranges can walk.

A value is indexed as its words (without stemming), and whole under a *mark* that tells what it is, in a form whose
order is that of the values: numbers as sortable hexadecimal, dates as ISO 8601, text folded. These terms are part of
the index format.
"""

from __future__ import annotations

import re
import struct

from searchlib.analysis import fold, tokens
from searchlib.records import Scalar

NUMBER, DATE, TEXT = "\x01", "\x02", "\x03"
BUILT_IN = frozenset(
    ["text", "title", "headings", "document", "type", "language", "kind", "number", "start", "line", "metadata", "id"]
)  # field names that metadata cannot take
_LONGEST_VALUE = 200
_NUMBER_VALUE = re.compile(r"[+-]?\d{1,30}(\.\d{1,30})?", re.ASCII)
_DATE_VALUE = re.compile(r"\d{4}-\d\d(-\d\d([T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)?)?)?")


def metadata_field(key: str) -> str:
    """The field that holds a metadata key: the key without case and blanks, out of the way of built-in names."""
    name = "_".join(key.lower().split()).replace(":", "_").replace("__", "_").lstrip("_") or "meta"
    return f"meta_{name}" if name in BUILT_IN else name


def meta_keys(value: Scalar | tuple[Scalar, ...] | list[Scalar]) -> tuple[list[str], list[int]]:
    """The terms of a metadata value and their positions.

    The words of several values are a position apart, so that no phrase spans two; the marked whole values
    stand where their words begin.
    """
    keys: list[str] = []
    positions: list[int] = []
    position = 0
    for one in value if isinstance(value, (tuple, list)) else (value,):
        keys.append(marked(one))
        positions.append(position)
        if isinstance(one, str) and _NUMBER_VALUE.fullmatch(one.strip()):
            keys.append(NUMBER + sortable(float(one)))  # a cell of a table, which has no other numbers
            positions.append(position)
        for token in tokens(_readable(one)):
            keys.append(token.key)
            positions.append(position)
            position += 1
        position += 2
    return keys, positions


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
