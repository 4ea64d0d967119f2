"""Conditions of other libraries' filters, as filters of searchlib's: see `searchlib.search.filtering`.

A *condition* compares a field with a value. All three libraries have the same ones under other names: these are the
names of Haystack, with LangChain's (``$gte``) and LlamaIndex's (``nin``) as aliases.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from searchlib.errors import SettingsError
from searchlib.search.filtering import AnyOf, NoneOf

ALIASES: Final[Mapping[str, str]] = {
    **{"$eq": "==", "$ne": "!=", "$gt": ">", "$gte": ">=", "$lt": "<", "$lte": "<=", "$in": "in", "$nin": "not in"},
    **{"nin": "not in", "any": "in", "contains": "==", "$exists": "exists"},
    **{"$and": "and", "$or": "or", "$not": "not", "AND": "and", "OR": "or", "NOT": "not"},
}

NOTHING: Final = AnyOf(())
"""What nothing matches: nothing is more than no value."""


def condition(field: str, operator: str, value: Any) -> Any:  # noqa: PLR0911 - one for each operator
    """The filter of one condition. Raises SettingsError for an operator that there is not."""
    match ALIASES.get(operator, operator):
        case "==":
            return {field: value}
        case "!=":
            return NoneOf(({field: value},))
        case ">=" | "<=" | ">" | "<" if value is None:
            return NOTHING
        case ">=":
            return {field: (value, None)}
        case "<=":
            return {field: (None, value)}
        case ">":
            return [{field: (value, None)}, NoneOf(({field: value},))]
        case "<":
            return [{field: (None, value)}, NoneOf(({field: value},))]
        case "in":
            return {field: list(value)}
        case "not in":
            return NoneOf(({field: list(value)},))
        case "all":
            return [{field: one} for one in value]
        case "is_empty":
            return {field: None}
        case "exists":
            return NoneOf(({field: None},)) if value else {field: None}
    known = "==, !=, >, >=, <, <=, in, not in"
    raise SettingsError(f"the filter has the operator {operator!r}, which an index does not have: there are {known}")


def joined(operator: str, filters: Iterable[Any]) -> Any:
    """Several filters joined by and, or, not (all of them); SettingsError for another operator."""
    found = tuple(filters)
    match ALIASES.get(operator, operator):
        case "and":
            return list(found)
        case "or":
            return AnyOf(found)
        case "not":
            return NoneOf((list(found),))
    raise SettingsError(f"the filter joins by {operator!r}: there are and, or and not")
