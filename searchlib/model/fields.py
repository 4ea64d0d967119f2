"""The fields of a record: one table, from which all that deals with fields follows.

* *Prose* is running text, analysed into tokens that have positions.
* An *exact* field holds one term, as it is; in a *caseless* one it is in lower case.
* A *number* is a column of whole numbers.
* Every other field is *metadata*: a key of the documents' metadata, whose values are indexed as their words and whole
  (see `searchlib.query.values`). What the *locators* of a paragraph say is in such fields, too
  (`searchlib.model.locators`).

A query may name a field by an *alias*, too. A *hidden* field can be asked for, but no advice names it. The *weight* is
what a field counts where a query names none. What a record has in a field is an attribute of its *owner*, which is the
document or the paragraph: called ``attribute``, or as the field is.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias

from searchlib.frozen import frozen
from searchlib.model import locators

if TYPE_CHECKING:
    from searchlib.model.records import DocumentInfo, Paragraph, Record

Kind: TypeAlias = Literal["prose", "exact", "number", "metadata"]
Owner: TypeAlias = Literal["document", "paragraph"]


@frozen
class Field:
    """A field of a record. Of ``tokens`` it has about so many, where nothing better is known."""

    name: str
    kind: Kind = "metadata"
    owner: Owner = "document"
    aliases: tuple[str, ...] = ()
    weight: float = 1.0
    caseless: bool = False
    hidden: bool = False
    attribute: str = ""
    tokens: float = 4.0

    def of(self, owner: DocumentInfo | Paragraph) -> Any:
        """What the document, or the paragraph, has in this field of the table: text, a number, or a heading path."""
        return getattr(owner, self.attribute or self.name)

    def value(self, record: Record) -> Any:
        """What a record has in this field of the table."""
        return self.of(getattr(record, self.owner))

    @property
    def path(self) -> str:
        """Where a record has it, as `operator.attrgetter` takes it."""
        return f"{self.owner}.{self.attribute or self.name}"

    def text(self, record: Record) -> str:
        """What a record has in this field of prose, as it is indexed: of a heading path, each heading is a line."""
        found = getattr(getattr(record, self.owner), self.attribute or self.name)  # asked for each field of each hit
        return found if isinstance(found, str) else "\n".join(found)


TABLE: Final[Mapping[str, Field]] = MappingProxyType(
    {
        field.name: field
        for field in (
            Field("text", "prose", "paragraph", tokens=50.0),
            Field("title", "prose", weight=3.0, tokens=8.0),
            Field("headings", "prose", "paragraph", ("heading",), weight=2.0, tokens=8.0),
            Field("document", "exact", aliases=("path",), attribute="path"),
            Field("type", "exact", caseless=True),
            Field("language", "exact", aliases=("lang",), caseless=True),
            Field("kind", "exact", "paragraph", caseless=True),
            Field("number", "number", "paragraph", ("paragraph",)),
            Field("start", "number", "paragraph", hidden=True),
            Field("line", "number", "paragraph"),
        )
    }
)
"""The fields that every record has, by name, in the order in which people are told of them and segments store them."""


def _of_kind(kind: Kind) -> tuple[str, ...]:
    return tuple(name for name, field in TABLE.items() if field.kind == kind)


PROSE: Final = _of_kind("prose")
SEGMENTED: Final[Mapping[str, str]] = {f"_{name}": name for name in PROSE}
"""Fields of the words that segmenters found in those of prose (`searchlib.analysis.segmenting`), in an index of such.

They have no places and lengths: such a word counts by the length of the field that it stands in.
"""
EXACT: Final = _of_kind("exact")
NUMBERS: Final = _of_kind("number")
ALIASES: Final[Mapping[str, str]] = {alias: name for name, field in TABLE.items() for alias in field.aliases}
CASELESS: Final = tuple(name for name in EXACT if TABLE[name].caseless)
"""Exact fields of few values, which many records share: sorted and counted by, as metadata is."""
STORED_TEXTS: Final = (*PROSE, *EXACT, "metadata", "locators")
"""What is stored of each record as text; the metadata of its document is JSON, and so are its locators."""
OF_PARAGRAPH: Final = (*(name for name in (*PROSE, *EXACT) if TABLE[name].owner == "paragraph"), "locators")
"""Those of them in which the paragraphs of a document differ,"""
OF_DOCUMENT: Final = tuple(name for name in STORED_TEXTS if name not in OF_PARAGRAPH)
"""and in which they do not."""
RESERVED: Final = frozenset({*TABLE, *STORED_TEXTS, "id"})
"""Names that no key of the metadata can take."""

_MOST_LISTED = 10  # keys of metadata


def field_named(name: str) -> Field:
    """The field of this name: that of the table, or else a key of the metadata."""
    return TABLE.get(name) or Field(name, owner="paragraph" if name in locators.FIELDS else "document")


class Fields:
    """The fields of an index: those of the table, and the keys of its documents' metadata."""

    def __init__(self, metadata: Iterable[str] = ()) -> None:
        keys = (name for name in metadata if name not in RESERVED and not name.startswith("_"))
        self._known = {**TABLE, **{name: field_named(name) for name in sorted(keys)}}

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
