"""The page to search with: hits, what they can be narrowed down by, and what else could be asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

from searchlib import Index, QueryError
from searchlib.search.wanted import FACET_VALUES
from searchlib.web.addresses import HITS, MOST_PAGES, PageQuery
from searchlib.web.facetfields import ALWAYS
from searchlib.web.hitviews import Choice, ShownHit, choices, shortened

if TYPE_CHECKING:
    from searchlib import Results

_FEW = 5
"""With fewer hits than this, other words are suggested."""
SNIPPETS = 2
FACETS = 6
ShownFacet: TypeAlias = tuple[str, list[Choice], int]


@dataclass(frozen=True, slots=True)
class Chosen:
    """Something that hits were limited by, and the address without it."""

    label: str
    address: str


def search_values(
    index: Index, asked: PageQuery, base: str, facets: Sequence[str], count: int = HITS, *, best: bool = False
) -> dict[str, Any]:
    """What the template of the page shows of ``count`` hits: with all ``facets``, or the ``best`` of them. A query that
    asks too much is told, with what is wrong.
    """
    values: dict[str, Any] = {"asked": asked, "q": asked.q, "sorts": sorts(index, facets), "problem": None}
    if asked.is_empty:
        return {**values, "stats": index.stats(), "results": None}
    try:
        results = index.search(
            asked.text,
            count,
            offset=(asked.page - 1) * count,
            filter=asked.filters,
            sort=asked.sort or (),
            per_document=1 if asked.one else None,
            facets=dict.fromkeys(facets, FACET_VALUES),
        )
    except QueryError as error:
        return {**values, "results": None, "stats": None, "problem": error.lines}
    shown = _facets(results, asked, base)
    return {**values, **_found(results, asked, base), "facets": _best(shown, results) if best else shown}


def _found(results: Results, asked: PageQuery, base: str) -> dict[str, Any]:
    total = results.documents if asked.one else results.total
    suggestion = results.suggestion if asked.q and not asked.typing and results.total < _FEW else None
    last = min(-(-total // HITS), MOST_PAGES)
    return {
        "results": results,
        "stats": None,
        "hits": [ShownHit.of(hit, base, asked.q, SNIPPETS) for hit in results],
        "suggestion": suggestion,
        "suggested": asked.asking(suggestion or "").address(base),
        "warnings": [] if asked.typing else [warning.lines for warning in results.warnings],
        "chosen": _chosen(asked, base),
        "previous": asked.at(min(asked.page - 1, last)).address(base) if asked.page > 1 and last else "",
        "next": asked.at(asked.page + 1).address(base) if asked.page < last else "",
        "last": last,
        "feed": asked.at(1).address(base, "/feed"),
    }


def _facets(results: Results, asked: PageQuery, base: str) -> list[ShownFacet]:
    """The name of each facet, its values, and how many more there are; without those that tell nothing."""
    found = []
    for name, facet in results.facets.items():
        values = choices(name, facet, asked, base)
        if len(values) > 1 or any(value.is_chosen for value in values) or (values and facet.missing):
            found.append((name, values, facet.others))
    return found


def _best(facets: Sequence[ShownFacet], results: Results) -> list[ShownFacet]:
    """Some of them, in their order: what was chosen by, and what the most of the hits have a value of."""

    def worth(one: ShownFacet) -> tuple[bool, bool, int]:
        name, values, _ = one
        return not any(value.is_chosen for value in values), name not in ALWAYS, results.facets[name].missing

    best = sorted(facets, key=worth)[:FACETS]
    return [one for one in facets if one in best]


def _chosen(asked: PageQuery, base: str) -> list[Chosen]:
    found = [
        Chosen(f"{name}: {shortened(value)}", asked.choosing(name, value).address(base)) for name, value in asked.chosen
    ]
    return found + [Chosen(shortened(text), asked.without_filter(text).address(base)) for text in asked.within]


def sorts(index: Index, facets: Sequence[str]) -> list[tuple[str, str]]:
    """What hits can be sorted by, and how that is called."""
    found = [("", "Relevance"), ("document", "Document"), ("title", "Title")]
    for name in index.fields:
        if name in facets or any(word in name.lower() for word in ("date", "year", "time", "created", "published")):
            found += [(f"-{name}", f"{name}, greatest first"), (name, f"{name}, least first")]
    return found
