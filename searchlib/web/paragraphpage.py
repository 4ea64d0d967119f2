"""The page of a paragraph: in its context, its citation in each form, where its score came from, and others like it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from searchlib import Index
from searchlib.citing.forms import inline, place
from searchlib.citing.references import Span
from searchlib.files.roots import StrPath
from searchlib.model.records import Record
from searchlib.web.addresses import paragraph_address
from searchlib.web.drawnpage import drawn_pages
from searchlib.web.hitviews import KEEPS_LINES, ShownHit, ShownPlace, details, lines_of
from searchlib.web.templating import marked

if TYPE_CHECKING:
    from searchlib import Citation, Hit

SIMILAR = 5
CONTEXT = 1
MOST_CONTEXT = 50


@dataclass(frozen=True, slots=True)
class ShownParagraph:
    """A paragraph of the context; ``is_here`` says that it is the one that is asked for."""

    number: int
    text: Markup
    keeps_lines: bool
    page: str
    is_here: bool


@dataclass(frozen=True, slots=True)
class CitationForm:
    """A form of a citation, to be copied."""

    name: str
    label: str
    text: str


def paragraph_values(
    index: Index, cited: str, q: str, around: int, base: str, sources: Sequence[StrPath] | None
) -> dict[str, Any]:
    """What the template of the page shows of the paragraph, or the part of one, that a reference names; ``sources`` as
    in `searchlib.web.serveoptions.ServeOptions`.
    """
    citation = index.citation(cited)
    record = index.paragraph(citation.id)
    part = None if citation.whole else citation.part
    hit = found_by(index, record, q)
    records = index.context(record.id, around, around)
    last = records[-1].paragraph.number
    whole = records[0].paragraph.number == 1 and last < record.paragraph.number + around
    more = max(around * 3, 3)
    spans = (part,) if part is not None else hit.spans if hit is not None else ()
    drawn, not_drawn = drawn_pages(index, sources, record, spans, base)
    return {
        "q": q,
        "place": ShownPlace.of(record, base, q, hit.highlights if hit is not None else None),
        "record": record,
        "details": details(record.document.metadata),
        "context": [_shown(one, record, spans, base, q) for one in records],
        "more": "" if whole or more > MOST_CONTEXT else paragraph_address(base, record.id, q, more, part),
        "forms": forms(citation),
        "link": citation.link,
        "citation": str(citation),
        "why": lines_of(hit.explain().lines()) if hit is not None else [],
        "similar": [ShownHit.of(one, base, "") for one in index.similar(record.id, SIMILAR)],
        "stale": sources is not None and index.is_stale(record, sources),
        "drawn": drawn,
        "not_drawn": not_drawn,
    }


def found_by(index: Index, record: Record, q: str) -> Hit | None:
    """The record as a hit of the words that it was found by; None if there are none, or they do not find it."""
    if not q:
        return None
    here = {"document": record.document.path, "number": record.paragraph.number}
    return next(iter(index.search(q, 1, filter=here)), None)


def _shown(one: Record, record: Record, spans: Sequence[Span], base: str, q: str) -> ShownParagraph:
    is_here = one.id == record.id
    text = marked(one.paragraph.text, spans if is_here else ())
    place = ShownPlace.of(one, base, q)
    return ShownParagraph(one.paragraph.number, text, one.paragraph.kind in KEEPS_LINES, place.page, is_here)


def forms(citation: Citation) -> list[CitationForm]:
    """A citation in each of its forms."""
    annotation = json.dumps(citation.annotation(), ensure_ascii=False, indent=2)
    found = [
        CitationForm("text", "Text", citation.text()),
        CitationForm("markdown", "Markdown footnote", citation.markdown()),
        CitationForm("annotation", "Web Annotation (JSON)", annotation),
        CitationForm("inline", "In a line", inline(citation.reference, citation.quote, place(citation))),
        CitationForm("reference", "Reference", citation.reference),
    ]
    return found + ([CitationForm("link", "Link to the words", citation.link)] if citation.link else [])
