"""Filters: what limits the hits of a search and leaves their scores alone.

A filter is a text in the query language, a query tree (`searchlib.query.Node` or ``whoosh.query.Query``), a dictionary,
or a list of these, all of which must match; `AnyOf` and `NoneOf` join any of them otherwise. In a dictionary, all of
whose entries must match, a value says what the field is to hold:

==================================  ================================================================
``{"year": 1995}``                  this value, whole: case and accents do not count
``{"year": [1994, 1995]}``          any of these (a list or a set; of values, ranges and None)
``{"year": (1990, 1999)}``          from the one to the other, both included; None is an open end
``{"year": range(1990, 2000)}``     whole numbers of a Python range of step 1: 2000 is not one of them
``{"year": None}``                  no value at all
==================================  ================================================================

Keys are type, language (or lang), kind, document (or path), number (or paragraph), line, and every key of the
metadata. Dates are text as in ISO 8601, or `datetime.date` and `datetime.datetime`; a range of dates includes all of
its last day, month or year, as in the query language.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from searchlib.errors import SettingsError
from searchlib.frozen import frozen
from searchlib.model.fields import Field, Fields, field_named
from searchlib.model.records import TOO_BIG

if TYPE_CHECKING:
    from searchlib.query import Node, QueryWarning

_DEEPEST = 50


@frozen
class AnyOf:
    """A filter that matches where one of ``filters`` does."""

    filters: tuple[Any, ...]


@frozen
class NoneOf:
    """A filter that matches where none of ``filters`` does."""

    filters: tuple[Any, ...]


ALONE = "a value, a list of values, a (from, to) pair, a range or None"


def build_filter(filter: Any, names: Names, made: Callable[[Any], Node | None], depth: int = 0) -> Node | None:
    """The query of a filter; None where there is none. ``made`` makes the query of a text or tree, None of all else.

    Raises:
        SettingsError: a value that a field cannot hold, or lists within lists without end.
    """
    if filter is None:
        return None
    if isinstance(filter, (AnyOf, NoneOf)):
        return _any(filter, names, made, depth)
    if isinstance(filter, Mapping):
        return _all([_entry(name, value, names) for name, value in filter.items()])
    if isinstance(filter, Sequence) and not isinstance(filter, str):
        if depth > _DEEPEST:
            raise SettingsError("the filter has lists within lists without end: give one list")
        built = [build_filter(one, names, made, depth + 1) for one in filter]
        return _all([one for one in built if one is not None])
    found = made(filter)
    if found is None:
        raise SettingsError(f"a filter is a text, a query, a dict, or a list of them, not {type(filter).__name__}")
    return found


def _any(filter: AnyOf | NoneOf, names: Names, made: Callable[[Any], Node | None], depth: int) -> Node:
    from searchlib.query.nodes import And, Everything, Not, Or

    if depth > _DEEPEST:
        raise SettingsError("the filter has filters within filters without end: give fewer")
    built = (build_filter(one, names, made, depth + 1) for one in filter.filters)
    found = Or(tuple(one if one is not None else Everything() for one in built))
    return found if isinstance(filter, AnyOf) else And((Everything(), Not(found)))


def _entry(name: Any, wanted: Any, names: Names) -> Node:
    """The query of one entry of a dictionary."""
    from searchlib.query.nodes import Or

    field = names.field(name, "filter by")
    if isinstance(wanted, (list, set, frozenset)):
        if not wanted:
            raise SettingsError(f"the filter by {name} allows no value at all: leave it out, or give one")
        found = tuple(_one(name, field, value) for value in sorted(wanted, key=repr))
        return found[0] if len(found) == 1 else Or(found)
    return _one(name, field, wanted)


class Names:
    """The names of fields in the arguments of a search, and ``warnings`` of those that no document has.

    Such a name is taken for a key of metadata without values: the last document that had it may just be gone. It is
    an error if ``strict``, as it is in filters.
    """

    def __init__(self, metadata: Iterable[str], strict: bool = False) -> None:
        self._fields = Fields(metadata)
        self.warnings: list[QueryWarning] = []
        self._strict = strict

    def field(self, name: Any, what: str, also: Sequence[str] = ()) -> str:
        """The field of a key of metadata or attribute, by its name or an alias.

        Raises:
            SettingsError: it is text, which has words and not values, and not one of ``also``.
        """
        from searchlib.query.mistakes import QueryWarning
        from searchlib.query.values import metadata_field

        fields = self._fields
        if not isinstance(name, str):
            raise SettingsError(f"a field is named by text, not {name!r}")
        found = fields.resolve(name) or fields.resolve(metadata_field(name))
        if found is None or found.hidden:
            similar = fields.similar(name)
            problem = f"No document has {name}, to {what} it."
            advice = f"Did you mean {similar}?" if similar else f"There are {fields.listed()}"
            if self._strict:
                raise SettingsError(f"{problem} {advice}")
            self.warnings.append(QueryWarning(problem, "", advice=advice))
            return metadata_field(name)
        if found.kind == "prose" and found.name not in also:
            raise SettingsError(
                f"cannot {what} {name}, which is text: ask for its words in the query, as in {found.name}:word"
            )
        return found.name


def _one(name: Any, field: str, wanted: Any) -> Node:
    from searchlib.query.clauses import having
    from searchlib.query.nodes import And, Everything, Not, Range, Value
    from searchlib.query.valuekeys import after, date_key, whole_keys

    known = field_named(field)
    if wanted is None:
        return And((Everything(), Not(having(known))))
    if isinstance(wanted, (tuple, range)):
        return _range(name, known, wanted)
    value = _scalar(name, wanted)
    if known.kind == "number":
        if isinstance(value, bool) or not isinstance(value, int):
            raise SettingsError(f"the filter by {name} is by whole numbers: {wanted!r} is none")
        return Range(value, value, (field,))
    if known.kind == "exact":
        return Value(str(value).lower() if known.caseless else str(value), field)
    key = whole_keys(value)[-1]
    if (isinstance(value, str) and not date_key(value.strip())) or isinstance(value, bool):
        return Value(key, field)
    return Range(key, after(key), (field,))  # all of a day or month, and the spellings of a number


def _range(name: Any, field: Field, wanted: tuple[Any, ...] | range) -> Node:
    from searchlib.query.nodes import Range
    from searchlib.query.values import value_range

    if isinstance(wanted, range):
        if wanted.step != 1 or not wanted:
            raise SettingsError(f"the filter by {name} takes ranges of step 1 that are not empty, not {wanted}")
        wanted = (wanted[0], wanted[-1])
    if len(wanted) != 2 or wanted == (None, None):
        raise SettingsError(f"the filter by {name} is {wanted!r}: give {ALONE}; for one of several values a list")
    if field.kind == "exact":
        raise SettingsError(f"{name} has no order, so it has no range: give a value, or a list of values")
    low, high = (None if end is None else _scalar(name, end) for end in wanted)
    if field.kind == "number":
        if any(end is not None and not isinstance(end, int) for end in (low, high)):
            raise SettingsError(f"the filter by {name} is by whole numbers: {wanted!r} has others")
        return Range(low, high, (field.name,))
    if low is not None and high is not None and isinstance(low, str) is not isinstance(high, str):
        raise SettingsError(f"the filter by {name} goes from {low!r} to {high!r}: give two numbers, or two texts")
    first, last = (None if end is None else str(end) for end in (low, high))
    return value_range(field.name, first, last)


def _scalar(name: Any, value: Any) -> Any:
    if isinstance(value, date):  # a datetime is one
        return value.isoformat()
    if not isinstance(value, (str, int, float)):
        raise SettingsError(f"the filter by {name} is {value!r}: give {ALONE}")
    if isinstance(value, int) and abs(value) >= TOO_BIG:
        raise SettingsError(f"the filter by {name} has a number of over 300 digits, which no document can have")
    return value


def _all(made: Sequence[Node | None]) -> Node | None:
    from searchlib.query.nodes import And

    found = tuple(node for node in made if node is not None)
    return And(found) if len(found) > 1 else next(iter(found), None)
