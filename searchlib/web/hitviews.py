"""Hits, paragraphs and facets as templates show them: texts with marks, and the addresses that they lead to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from searchlib.model.records import below_title
from searchlib.web.addresses import PageQuery, document_address, paragraph_address
from searchlib.web.templating import marked, snippet

if TYPE_CHECKING:
    from searchlib import Hit, Record
    from searchlib.engine.answers import Facet
    from searchlib.highlight import Highlights

KEEPS_LINES = ("code", "table")
"""Kinds of paragraphs in which line breaks mean something."""
MOST_DETAILS = 4
"""Values of the metadata beside a hit."""
MOST_SHOWN = 60
"""Code points of a value."""


@dataclass(frozen=True, slots=True)
class ShownPlace:
    """Where a paragraph stands: its document, its number, the headings above it."""

    id: str
    title: Markup
    file: str
    locators: tuple[str, ...]
    number: int
    headings: tuple[Markup, ...]
    page: str
    document: str

    @classmethod
    def of(cls, record: Record, base: str, q: str = "", highlights: Highlights | None = None) -> ShownPlace:
        """The place of a record, what matched in its title and headings marked."""
        document, paragraph = record.document, record.paragraph
        title, spans = (highlights.title, highlights.headings) if highlights is not None else ((), ())
        headings = below_title(paragraph.headings, document.title)
        of_each = spans[-len(headings) :] if headings and spans else ((),) * len(headings)
        return cls(
            record.id,
            marked(document.title, title) if document.title.strip() else marked(document.path),
            f"{document.path}:{paragraph.line}" if paragraph.line else document.path,
            tuple(map(str, paragraph.locators)),
            paragraph.number,
            tuple(marked(heading, its) for heading, its in zip(headings, of_each, strict=True)),
            paragraph_address(base, record.id, q),
            document_address(base, document.path, q, paragraph.number),
        )


@dataclass(frozen=True, slots=True)
class ShownHit:
    """A hit in a list."""

    rank: int
    place: ShownPlace
    text: Markup
    keeps_lines: bool
    language: str
    details: tuple[tuple[str, str], ...]
    metadata: Mapping[str, Any]

    @classmethod
    def of(cls, hit: Hit, base: str, q: str, count: int = 1) -> ShownHit:
        """A hit, with the part of its text that matched."""
        return cls(
            hit.rank,
            ShownPlace.of(hit.record, base, q, hit.highlights),
            snippet(hit.fragments(count=count), hit.text),
            hit.paragraph.kind in KEEPS_LINES,
            hit.document.language,
            tuple(one for one in details(hit.document.metadata) if one[0] != "url")[:MOST_DETAILS],
            hit.document.metadata,
        )


def details(metadata: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What is known of a document, as people read it."""
    return [(name, _shown(value)) for name, value in metadata.items() if name != "title"]


def _shown(value: Any) -> str:
    if isinstance(value, (tuple, list)):
        return ", ".join(map(_shown, value))
    return written(value)


def written(value: object) -> str:
    """A value of a field as it stands in an address."""
    return str(value).lower() if isinstance(value, bool) else str(value)


@dataclass(frozen=True, slots=True)
class Choice:
    """A value that can be clicked: how often it occurs, where it leads, whether it is chosen."""

    label: str
    count: int
    address: str
    is_chosen: bool


def choices(name: str, facet: Facet, asked: PageQuery, base: str) -> list[Choice]:
    """The values of a facet, and those of it that were chosen."""
    found = []
    for value, count in facet:
        text = written(value)
        address = asked.choosing(name, text).address(base)
        found.append(Choice(shortened(text), count, address, (name, text) in asked.chosen))
    return found


def shortened(text: str) -> str:
    """A value as it is shown."""
    flat = " ".join(text.split()) or "(empty)"
    return flat if len(flat) <= MOST_SHOWN else flat[: MOST_SHOWN - 1] + "…"


def lines_of(lines: Sequence[str]) -> list[tuple[int, str]]:
    """Lines of an explanation, each with how deep it stands."""
    return [((len(line) - len(line.lstrip(" "))) // 2, line.strip()) for line in lines]
