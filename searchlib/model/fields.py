"""The fields of a record: one table, from which all that deals with fields follows.

* *Prose* is running text, analysed into tokens that have positions.
* An *exact* field holds one term, as it is; in a *caseless* one it is in lower case.
* A *number* is a column of whole numbers.
* Every other field is *metadata*: a key of the documents' metadata, whose values are indexed as their words and whole
  (see `searchlib.query.values`).

A query may name a field by an *alias*, too. A *hidden* field can be asked for, but no advice names it. The *weight* is
what a field counts where a query names none.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, Literal, TypeAlias

Kind: TypeAlias = Literal["prose", "exact", "number", "metadata"]


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a record."""

    name: str
    kind: Kind = "metadata"
    aliases: tuple[str, ...] = ()
    weight: float = 1.0
    caseless: bool = False
    hidden: bool = False


TABLE: Final[Mapping[str, Field]] = MappingProxyType(
    {
        field.name: field
        for field in (
            Field("text", "prose"),
            Field("title", "prose", weight=3.0),
            Field("headings", "prose", ("heading",), weight=2.0),
            Field("document", "exact", ("path",)),
            Field("type", "exact", caseless=True),
            Field("language", "exact", ("lang",), caseless=True),
            Field("kind", "exact", caseless=True),
            Field("number", "number", ("paragraph",)),
            Field("line", "number"),
            Field("start", "number", hidden=True),
        )
    }
)
"""The fields that every record has, by name, in the order in which people are told of them."""


def _of_kind(kind: Kind) -> tuple[str, ...]:
    return tuple(name for name, field in TABLE.items() if field.kind == kind)


PROSE: Final = _of_kind("prose")
EXACT: Final = _of_kind("exact")
NUMBERS: Final = _of_kind("number")
ALIASES: Final[Mapping[str, str]] = {alias: name for name, field in TABLE.items() for alias in field.aliases}
RESERVED: Final = frozenset({*TABLE, "metadata", "id"})
"""Names that no key of the metadata can take."""

_MOST_LISTED = 10  # keys of metadata


def field_named(name: str) -> Field:
    """The field of this name: that of the table, or else a key of the metadata."""
    return TABLE.get(name) or Field(name)


class Fields:
    """The fields of an index: those of the table, and the keys of its documents' metadata."""

    def __init__(self, metadata: Iterable[str] = ()) -> None:
        keys = (name for name in metadata if name not in RESERVED and not name.startswith("_"))
        self._known = {**TABLE, **{name: Field(name) for name in sorted(keys)}}

    def resolve(self, name: str) -> Field | None:
        """The field that ``name``, or an alias of it, means in any case; None when there is none."""
        lower = name.lower()
        for candidate in (name, ALIASES.get(name, ""), lower, ALIASES.get(lower, "")):
            if candidate in self._known:
                return self._known[candidate]
        return None

    def similar(self, name: str) -> str:
        """The known name most like ``name``, or ""."""
        from difflib import get_close_matches  # only where a mistake was made

        close = get_close_matches(name.lower(), sorted([*self._told(), *ALIASES]), n=1, cutoff=0.6)
        return close[0] if close else ""

    def listed(self) -> str:
        """The names for a message, the record's own first."""
        told = self._told()
        shown = told[: _MOST_LISTED + sum(name in TABLE for name in told)]
        return ", ".join(shown) + (", …" if len(shown) < len(told) else "")

    def _told(self) -> list[str]:
        return [name for name, field in self._known.items() if not field.hidden]
