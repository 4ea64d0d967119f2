"""What metadata can hold, and what becomes of the other things that people and loaders give.

Held are text, numbers, true and false, and tuples of them. Dates and times become text (ISO 8601), exact decimals
and those of NumPy numbers, lists and sets tuples, mappings a key for each of theirs (``author.name``). None, NaN and
what is empty is nothing. The rest is *refused*.
"""

from __future__ import annotations

import datetime
import math
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from searchlib.model.records import TOO_BIG, Metadata, Scalar

_DEEPEST = 5


def is_plain(metadata: Metadata) -> bool:
    """Whether these are metadata as they stand."""
    for value in metadata.values():
        kind = type(value)
        if kind is str or kind is bool or (kind is int and abs(value) < TOO_BIG):  # type: ignore[arg-type]
            continue
        if kind is float and math.isfinite(value):  # type: ignore[arg-type]
            continue
        if kind is not tuple or not all(is_plain({"": one}) and type(one) is not tuple for one in value):  # type: ignore[union-attr]
            return False
    return True


def held(metadata: Mapping[str, Any]) -> tuple[dict[str, Scalar | tuple[Scalar, ...]], list[str]]:
    """The metadata that these are, and the keys of those that were refused, in part or as a whole."""
    kept: dict[str, Scalar | tuple[Scalar, ...]] = {}
    refused: list[str] = []
    for key, value in _flat(metadata, 0):
        if isinstance(value, (list, tuple, set, frozenset)):
            ordered = sorted(value, key=repr) if isinstance(value, (set, frozenset)) else value
            found = [_scalar(one) for one in ordered]
            parts = tuple(one for one in found if one is not None and one is not _REFUSED)
            if parts:
                kept[key] = parts
            if _REFUSED in [one for one in found if one is _REFUSED]:
                refused.append(key)
        else:
            one = _scalar(value)
            if one is _REFUSED:
                refused.append(key)
            elif one is not None:
                kept[key] = one
    return kept, refused


_REFUSED: Any = object()


def _flat(metadata: Mapping[str, Any], depth: int, prefix: str = "") -> Iterator[tuple[str, Any]]:
    for key, value in metadata.items():
        if isinstance(value, Mapping) and depth < _DEEPEST and all(isinstance(inner, str) for inner in value):
            yield from _flat(value, depth + 1, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", value


def _scalar(value: Any) -> Any:
    """``value`` as one thing metadata can hold; None for nothing, ``_REFUSED`` for what it cannot."""
    kept: Any = _REFUSED
    if isinstance(value, Decimal):
        value = _number(value)
    elif not isinstance(value, (str, bool, int, float)) and type(value).__module__ == "numpy" and value.shape == ():
        value = value.item()
    if value is None or value == "":
        kept = None
    elif isinstance(value, (str, bool)):
        kept = value
    elif isinstance(value, int):
        kept = int(value) if abs(value) < TOO_BIG else _REFUSED
    elif isinstance(value, float):
        kept = float(value) if math.isfinite(value) else None
    elif isinstance(value, (datetime.date, datetime.time)):  # a datetime is a date
        kept = value.isoformat()
    return kept


def _number(value: Decimal) -> Scalar | None:
    """An exact decimal: as a number if that is the same, as text if not."""
    if not value.is_finite():
        return None
    if abs(value.adjusted()) > 300:
        return str(value)
    if value == value.to_integral_value():
        return int(value)
    return float(value) if Decimal(repr(float(value))) == value else format(value, "f")
