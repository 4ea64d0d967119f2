"""Filters: what limits the hits of a search and leaves their scores alone.

A filter is a text in the query language, a ``whoosh.query.Query``, a dictionary, or a list of these, all of which must
match. In a dictionary, all of whose entries must match, a value says what the field is to hold:

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

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from searchlib.errors import SettingsError
from searchlib.records import TOO_BIG

if TYPE_CHECKING:
    from searchlib.query import QueryWarning

_DEEPEST = 50
ALONE = "a value, a list of values, a (from, to) pair, a range or None"


def build_filter(filter: Any, names: Names, parse: Callable[[Any], Any], depth: int = 0) -> Any:
    """The query of a filter; None where there is none. ``parse`` makes the query of a text or tree.

    Raises:
        SettingsError: a value that a field cannot hold, or lists within lists without end.
    """
    from whoosh.query import Query

    if filter is None:
        return None
    if isinstance(filter, (str, Query)):
        return parse(filter)
    if isinstance(filter, Mapping):
        return _all([_entry(name, value, names) for name, value in filter.items()])
    if isinstance(filter, Sequence):
        if depth > _DEEPEST:
            raise SettingsError("the filter has lists within lists without end: give one list")
        built = [build_filter(one, names, parse, depth + 1) for one in filter]
        return _all([one for one in built if one is not None])
    raise SettingsError(f"a filter is a text, a query, a dict, or a list of them, not {type(filter).__name__}")


def _entry(name: Any, wanted: Any, names: Names) -> Any:
    """The query of one entry of a dictionary."""
    field, schema = names.field(name, "filter by"), names.schema
    if isinstance(wanted, (list, set, frozenset)):
        if not wanted:
            raise SettingsError(f"the filter by {name} allows no value at all: leave it out, or give one")
        return _any([_one(name, field, value, schema) for value in sorted(wanted, key=repr)])
    return _one(name, field, wanted, schema)


class Names:
    """The names of fields in the arguments of a search, and ``warnings`` of those that no document has.

    Such a name is taken for a key of metadata without values: the last document that had it may just be gone. It is
    an error if ``strict``.
    """

    def __init__(self, schema: Any, strict: bool = False) -> None:
        self.schema = schema
        self.warnings: list[QueryWarning] = []
        self._strict = strict

    def field(self, name: Any, what: str, also: Sequence[str] = ()) -> str:
        """The field of a key of metadata or attribute, by its name or an alias.

        Raises:
            SettingsError: it is text, which has words and not values, and not one of ``also``.
        """
        from searchlib.query.fields import HIDDEN, PROSE, STORED, Fields
        from searchlib.query.mistakes import QueryWarning
        from searchlib.query.values import metadata_field

        fields = Fields(self.schema)
        if not isinstance(name, str):
            raise SettingsError(f"a field is named by text, not {name!r}")
        found = fields.resolve(name) or fields.resolve(metadata_field(name))
        if found is None or found in HIDDEN or found in STORED:
            similar = fields.similar(name)
            problem = f"No document has {name}, to {what} it."
            advice = f"Did you mean {similar}?" if similar else f"There are {fields.listed()}"
            if self._strict:
                raise SettingsError(f"{problem} {advice}")
            self.warnings.append(QueryWarning(problem, "", advice=advice))
            return metadata_field(name)
        if found in PROSE and found not in also:
            raise SettingsError(
                f"cannot {what} {name}, which is text: ask for its words in the query, as in {found}:word"
            )
        return found


def _one(name: Any, field: str, wanted: Any, schema: Any) -> Any:
    from whoosh import query

    from searchlib.query.fields import CASELESS, NUMBERS
    from searchlib.query.values import whole_keys

    if wanted is None:
        having = query.Every() if field in NUMBERS else query.Every(field)
        return query.And([query.Every(), query.Not(having)])
    if isinstance(wanted, (tuple, range)):
        return _range(name, field, wanted, schema)
    value = _scalar(name, wanted)
    if field in NUMBERS:
        if isinstance(value, bool) or not isinstance(value, int):
            raise SettingsError(f"the filter by {name} is by whole numbers: {wanted!r} is none")
        return query.NumericRange(field, value, value)
    if field in CASELESS:
        return query.Term(field, str(value).lower())
    return query.Term(field, str(value) if field == "document" else whole_keys(value)[-1])


def _range(name: Any, field: str, wanted: tuple[Any, ...] | range, schema: Any) -> Any:
    from whoosh import query

    from searchlib.query.fields import CASELESS, NUMBERS

    if isinstance(wanted, range):
        if wanted.step != 1 or not wanted:
            raise SettingsError(f"the filter by {name} takes ranges of step 1 that are not empty, not {wanted}")
        wanted = (wanted[0], wanted[-1])
    if len(wanted) != 2 or wanted == (None, None):
        raise SettingsError(f"the filter by {name} is {wanted!r}: give {ALONE}; for one of several values a list")
    if field in CASELESS or field == "document":
        raise SettingsError(f"{name} has no order, so it has no range: give a value, or a list of values")
    low, high = (None if end is None else _scalar(name, end) for end in wanted)
    if field in NUMBERS:
        if any(end is not None and not isinstance(end, int) for end in (low, high)):
            raise SettingsError(f"the filter by {name} is by whole numbers: {wanted!r} has others")
        return query.NumericRange(field, low, high)
    if low is not None and high is not None and isinstance(low, str) is not isinstance(high, str):
        raise SettingsError(f"the filter by {name} goes from {low!r} to {high!r}: give two numbers, or two texts")
    if field not in schema:
        return query.NullQuery
    return schema[field].parse_range(field, *(None if end is None else str(end) for end in (low, high)))


def _scalar(name: Any, value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if not isinstance(value, (str, int, float)):
        raise SettingsError(f"the filter by {name} is {value!r}: give {ALONE}")
    if isinstance(value, int) and abs(value) >= TOO_BIG:
        raise SettingsError(f"the filter by {name} has a number of over 300 digits, which no document can have")
    return value


def _all(queries: Sequence[Any]) -> Any:
    from whoosh import query

    if len(queries) < 2:
        return queries[0] if queries else None
    return query.And(list(queries))


def _any(queries: Sequence[Any]) -> Any:
    from whoosh import query

    return queries[0] if len(queries) == 1 else query.Or(list(queries))
