"""What values are in JSON: a dataclass is an object of its fields, a tuple a list."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import Any, TypeAlias

JsonObject: TypeAlias = dict[str, Any]
"""An object, ready for JSON; who makes it says what is in it."""


def as_object(value: Any, *without: str) -> JsonObject:
    """A dataclass, ready for JSON, without some of its fields."""
    return {one.name: as_json(getattr(value, one.name)) for one in fields(value) if one.name not in without}


def as_json(value: object) -> Any:
    """``value`` of dataclasses, mappings, lists, tuples and what JSON has itself, ready for JSON."""
    if is_dataclass(value):
        return as_object(value)
    if isinstance(value, Mapping):
        return {str(name): as_json(one) for name, one in value.items()}
    return [as_json(one) for one in value] if isinstance(value, list | tuple) else value
