"""What is wanted of the hits of a query: how many, in which order, which of them, and what is to be counted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from searchlib.errors import SettingsError
from searchlib.frozen import frozen
from searchlib.guards.arguments import flag, whole
from searchlib.guards.limits import LIMITS, Limits
from searchlib.model.fields import NUMBERS
from searchlib.model.ranking import BM25F, DEFAULT_RANKING

if TYPE_CHECKING:
    from searchlib.engine.requests import SortKey
    from searchlib.query.synonyms import Synonyms
    from searchlib.search.filtering import Names

FACET_VALUES: Final = 10
_SORTED_ALSO: Final = ("title",)


@frozen
class Wanted:
    """What is wanted of the hits of a query: see ``searchlib.Index.search``.

    Raises:
        SettingsError: an argument cannot be; it says which one and what it may be.
    """

    limit: int = 10
    offset: int = 0
    filter: Any = None
    sort: str | Sequence[str] = ()
    per_document: int | None = None
    after: str | None = None
    facets: str | Sequence[str] | Mapping[str, int | None] = ()
    strict: bool = False
    synonyms: Synonyms | None = None
    limits: Limits = LIMITS
    ranking: BM25F = DEFAULT_RANKING
    distinct: bool = False
    names: bool = False

    def __post_init__(self) -> None:
        for name, least, may_be_none in (("limit", 0, False), ("offset", 0, False), ("per_document", 1, True)):
            value = getattr(self, name)
            if value is not None or not may_be_none:
                whole(name, value, least)
        for name in ("sort", "facets"):
            value = getattr(self, name)
            if not isinstance(value, (str, Sequence, Mapping)) or isinstance(value, bytes):
                raise SettingsError(f"{name} is {value!r}: give the name of a field, or a list of names")
            if not all(isinstance(one, str) for one in value):
                raise SettingsError(f"{name} is {value!r}: a field is named by text, so give a name, or a list of them")
        flag("strict", self.strict)
        flag("distinct", self.distinct)
        flag("names", self.names)
        if self.after is not None and self.offset:
            raise SettingsError("after and offset both say where to begin: give one of them")

    def sort_keys(self, names: Names) -> tuple[SortKey, ...]:
        """What to sort by."""
        from searchlib.engine.requests import DOCUMENT, RELEVANCE, SortKey

        keys = []
        for given in (self.sort,) if isinstance(self.sort, str) else self.sort:
            if not isinstance(given, str) or not given.strip("-"):
                raise SettingsError(f'sort has {given!r}: give a name, as in "year", or "-year" for the greatest first')
            descending, name = given.startswith("-"), given.removeprefix("-")
            if name not in (RELEVANCE, DOCUMENT):
                name = names.field(name, "sort by", _SORTED_ALSO)
            keys.append(SortKey(name, descending))
        return tuple(keys)

    def facet_sizes(self, names: Names) -> dict[str, tuple[str, int | None]]:
        """The field, and the number of values, of each facet by the name that it was asked for."""
        given = (self.facets,) if isinstance(self.facets, str) else self.facets
        sizes = given if isinstance(given, Mapping) else dict.fromkeys(given, FACET_VALUES)
        found = {}
        for name, size in sizes.items():
            if size is not None and (not isinstance(size, int) or isinstance(size, bool) or size < 0):
                raise SettingsError(f"the facet {name} is to have {size!r} values: give a number, or None for all")
            field = names.field(name, "count by", _SORTED_ALSO)
            if field in NUMBERS:
                raise SettingsError(f"cannot count by {name}, which nearly every paragraph has another of")
            found[name] = field, size
        return found

    def question(self, query: Any) -> str:
        """A text that tells this search from others, but not one page of it from another."""
        sort = (self.sort,) if isinstance(self.sort, str) else tuple(self.sort)
        told = [_named(query), _named(self.filter), repr(sort), repr(self.per_document)]
        told += [repr(self.synonyms)] if self.synonyms is not None else []
        told += ["distinct"] if self.distinct else []
        told += ["names"] if self.names else []
        return "\0".join([*told, repr(self.ranking)] if self.ranking != DEFAULT_RANKING else told)


def _named(given: Any) -> str:
    """A text for a query or a filter, the same for the same: trees of searchlib's are written in the query language."""
    if isinstance(given, str):
        return given
    if isinstance(given, Mapping):
        return "{" + ", ".join(f"{key!r}: {_named(value)}" for key, value in sorted(given.items(), key=repr)) + "}"
    if isinstance(given, (set, frozenset)):
        return "[" + ", ".join(sorted(map(repr, given))) + "]"
    if isinstance(given, list):
        return "[" + ", ".join(map(_named, given)) + "]"
    from searchlib.query import Node, write

    return write(given) if isinstance(given, Node) else repr(given)
