"""Every hit in an order of its own, page by page: what a stream is to the order of the index.

Each page goes on from the cursor of the one before, on the same generation, so that memory is that of a page however
many hits there are. To sort is to look at all that matches, once for each page: these are large.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from searchlib.search.hits import Hit, Results, Stream
from searchlib.search.searching import search

if TYPE_CHECKING:
    from searchlib.engine.readers import Reader
    from searchlib.search.wanted import Wanted

PAGE: Final = 10_000
"""Hits of a page."""


def sorted_stream(reader: Reader, query: Any, wanted: Wanted, size: int = PAGE) -> Stream:
    """All hits in the order of ``wanted.sort``, ``size`` at a time. What is wrong with what is wanted is said now."""
    first = search(reader, query, replace(wanted, limit=size))

    def hits(page: Results) -> Iterator[Hit]:
        while True:
            yield from page
            if page.cursor is None:
                return
            page = search(reader, query, replace(wanted, limit=size, after=page.cursor))

    return Stream(hits(first), first.warnings)
