"""Which fields the page counts: those whose values tell documents apart and are shared by several of them."""

from __future__ import annotations

from typing import Final

from searchlib import Index, QueryTimeout
from searchlib.model.locators import FIELDS

MOST_FIELDS: Final = 12
_LOOKED_AT: Final = 24
ALWAYS: Final = ("type", "language")  # come first, also with many values
_FEW: Final = 12
"""So many values are worth a look in any case."""


def telling_fields(index: Index) -> tuple[str, ...]:
    """The fields of an index that are worth counting, those with few values first."""
    known = [name for name in index.fields if name not in FIELDS]
    candidates = (*ALWAYS, *known[:_LOOKED_AT])
    try:
        found = index.search("*", 0, facets=dict.fromkeys(candidates, 1)).facets
    except QueryTimeout:  # there are too many values to be worth it
        return ()
    documents = index.stats().documents
    sizes = {name: len(facet) + facet.others for name, facet in found.items()}
    telling = [name for name, size in sizes.items() if 2 <= size <= max(_FEW, documents // 2)]

    def last(name: str) -> tuple[bool, int]:
        return sizes[name] > _FEW and name not in ALWAYS, candidates.index(name)

    return tuple(sorted(telling, key=last)[:MOST_FIELDS])
