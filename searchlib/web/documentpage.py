"""The page of a document: its paragraphs with their headings, as they are in the index; of a row, its values.

Nothing of a seed's own markup is ever shown: what stands here is text. A document that is long is shown in parts.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from itertools import groupby
from typing import TYPE_CHECKING, Any, Final

from markupsafe import Markup

from searchlib import Index
from searchlib.citing.links import address
from searchlib.model.locators import Locator, where
from searchlib.model.records import Record, below_title
from searchlib.web.addresses import document_address, paragraph_address
from searchlib.web.hitviews import details
from searchlib.web.problemdetails import ProblemDetail
from searchlib.web.templating import marked

if TYPE_CHECKING:
    from searchlib import Hit

PART: Final = 200
"""Paragraphs that are shown at once."""
ROWS: Final = ("csv", "tsv", "jsonl", "json")
_DEEPEST = 6


@dataclass(frozen=True, slots=True)
class DocumentPiece:
    """A heading, or a run of paragraphs of one kind. ``level`` is that of a heading, 0 of paragraphs."""

    kind: str
    level: int = 0
    heading: str = ""
    paragraphs: tuple[Numbered, ...] = ()


@dataclass(frozen=True, slots=True)
class Numbered:
    """A paragraph of a document."""

    id: str
    number: int
    at: str  # the page, slide or time, where that is another than of the one before
    text: Markup
    page: str
    is_found: bool


def document_values(index: Index, path: str, q: str, at: int, base: str) -> dict[str, Any]:
    """What the template of the page shows: the part of the document that has the paragraph ``at``."""
    first = (at - 1) // PART * PART + 1
    records = index.document(path, first, PART + 1)
    if not records:
        raise ProblemDetail(
            HTTPStatus.NOT_FOUND, "document-not-found", "There is no such document, or no such part of it."
        )
    has_more = len(records) > PART
    records = records[:PART]
    found = _found(index, records, q)
    document = records[0].document
    places: list[Sequence[Locator]] = [(), *(record.paragraph.locators for record in records)]
    shown = [
        (
            record,
            Numbered(
                record.id,
                record.paragraph.number,
                where([one for one in record.paragraph.locators if one not in before]),
                _text(record, found),
                paragraph_address(base, record.id, q),
                record.id in found,
            ),
        )
        for before, record in zip(places, records, strict=False)
    ]
    return {
        "q": q,
        "document": document,
        "heading": marked(document.title) if document.title.strip() else marked(path),
        "details": details(document.metadata),
        "is_row": "#" in path and document.type in ROWS,
        "link": address(str(document.metadata.get("url", ""))),
        "pieces": list(_pieces(shown, document.title)),
        "found": [one for _, one in shown if one.is_found],
        "first": first,
        "last": records[-1].paragraph.number,
        "previous": document_address(base, path, q, first - PART) if first > 1 else "",
        "next": document_address(base, path, q, first + PART) if has_more else "",
    }


def _found(index: Index, records: Sequence[Record], q: str) -> dict[str, Hit]:
    """Those of the records in whose text the words stand, by id: what has them in its title or headings is not."""
    if not q:
        return {}
    here = {"document": records[0].document.path, "number": (records[0].paragraph.number, records[-1].paragraph.number)}
    return {hit.id: hit for hit in index.search(q, len(records), filter=here) if hit.spans}


def _text(record: Record, found: dict[str, Hit]) -> Markup:
    hit = found.get(record.id)
    return marked(record.paragraph.text, hit.spans if hit is not None else ())


def _pieces(shown: Sequence[tuple[Record, Numbered]], title: str) -> Iterator[DocumentPiece]:
    """The headings where they begin, and the paragraphs below them, those of one kind together."""
    above: tuple[str, ...] = ()
    for headings, under in groupby(shown, lambda pair: below_title(pair[0].paragraph.headings, title)):
        same = 0
        while same < min(len(above), len(headings)) and above[same] == headings[same]:
            same += 1
        for depth in range(same, len(headings)):
            yield DocumentPiece("heading", min(depth + 2, _DEEPEST), marked(headings[depth]))
        above = headings
        for kind, run in groupby(under, lambda pair: pair[0].paragraph.kind):
            yield DocumentPiece(kind, paragraphs=tuple(one for _, one in run))
