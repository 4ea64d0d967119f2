"""Results and hits as a notebook shows them, and as rows of a table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

from searchlib.model.locators import KINDS
from searchlib.render.markup import render, text_as_html
from searchlib.render.outputcell import Entry, listing, single

if TYPE_CHECKING:
    from searchlib.engine.answers import Facet
    from searchlib.search.hits import Hit, Results

SHOWN: Final = 20
"""Hits of results that a notebook shows; of more it says how many."""
_PARTS: Final = 2  # of a text
_PREFIX: Final = "metadata."
_SECTION: Final = " › "


def results_as_html(results: Results) -> str:
    """What was asked, how much was found, the first hits, and what was counted."""
    total = results.total
    many = _many(total, "paragraph") + (f" in {_many(results.documents, 'document')}" if total else "")
    said = f"<b>{text_as_html(results.query)}</b> — {many}"
    notes = [line for warning in results.warnings for line in warning.lines[:1]]
    notes += [f"Did you mean: {results.suggestion}"] if results.suggestion else []
    counts = [f"{_many(len(results) - SHOWN, 'more hit')}, not shown"] if len(results) > SHOWN else []
    counts += [_counted(name, facet) for name, facet in results.facets.items()]
    return listing(said, notes, map(_entry, results[:SHOWN]), counts)


def hit_as_html(hit: Hit) -> str:
    """One hit."""
    return single(_entry(hit))


def _entry(hit: Hit) -> Entry:
    from searchlib.highlight import whole

    title = hit.document.title
    marked = render(whole(title, hit.title_spans), title, "html") if title else ""
    citation = hit.citation
    section = _SECTION.join(citation.section)
    place = ", ".join(filter(None, (hit.index, citation.path, citation.where, section, f"¶ {citation.paragraph}")))
    return Entry(hit.rank, marked, place, hit.id, hit.score, hit.snippet("html", count=_PARTS))


def _many(count: int, what: str) -> str:
    return f"{count:,} {what}{'' if count == 1 else 's'}"


def _counted(name: str, facet: Facet) -> str:
    values = ", ".join(f"{value} ({count:,})" for value, count in facet)
    return f"{name}: {values}" + (f" and {facet.others:,} more" if facet.others else "")


def rows(hits: Sequence[Hit], length: int) -> list[dict[str, Any]]:
    """Each hit as a flat row, all with the same columns: see `searchlib.search.hits.Results.to_dicts`."""
    found = [_row(hit, length) for hit in hits]
    empty = dict.fromkeys(name for row in found for name in row)
    return [{**empty, **row} for row in found]


def _row(hit: Hit, length: int) -> dict[str, Any]:
    document, paragraph = hit.document.as_dict(), hit.paragraph.as_dict()
    metadata, locators = document.pop("metadata"), paragraph.pop("locators")
    paragraph["headings"] = _SECTION.join(hit.paragraph.headings)
    row = {"rank": hit.rank, "score": hit.score, "id": hit.id, **document, **paragraph, "text": hit.text}
    row |= {"snippet": hit.snippet("plain", length), "citation": str(hit.citation)}
    row |= {"index": hit.index} if hit.index else {}
    taken = {*row, "index", *KINDS}
    row |= {one["kind"]: one["number"] for one in locators}
    return row | {_PREFIX + key if key in taken else key: value for key, value in metadata.items()}
