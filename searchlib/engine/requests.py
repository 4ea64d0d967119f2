"""What an engine is asked: all that is wanted of a search, at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import TYPE_CHECKING, Final

from searchlib.frozen import frozen
from searchlib.model.ranking import BM25F, DEFAULT_RANKING

if TYPE_CHECKING:
    from searchlib.query.nodes import Node

RELEVANCE: Final = "relevance"
"""To sort by score."""
DOCUMENT: Final = "document"
"""To sort by the place in the index: by the natural order of paths, then by paragraph."""


@frozen
class SortKey:
    """What to sort by: a field, or "relevance", or "document" for the order of the index."""

    name: str
    descending: bool = False


@frozen
class Request:
    """A query and what is wanted of its hits.

    ``filter`` limits the hits and leaves their scores alone. They come by ``sort`` or, without it, by score, then by
    document and paragraph; if ``distinct``, without those that say what one before them said (`paragraphs.saying`); of
    what is left, at most ``per_document`` of each document; ``limit`` of them (None: all) from the ``offset``-th on, or
    from ``after`` on, which is an engine's own (`Answer.cursor`).

    What does not say that it is wanted an engine may leave out, and may give where that costs it nothing: how many
    records match (``total``) and of how many ``documents``, ``facets`` with so many values of each field (None: all),
    and the ``records`` of the hits. Counts are of all that matches, wherever a page begins. ``ranking`` has the
    parameters of the formula.
    """

    query: Node
    filter: Node | None = None
    sort: tuple[SortKey, ...] = ()
    per_document: int | None = None
    after: bytes | None = None
    offset: int = 0
    limit: int | None = 10
    total: bool = False
    documents: bool = False
    facets: Mapping[str, int | None] = field(default_factory=dict)
    records: bool = False
    ranking: BM25F = DEFAULT_RANKING
    distinct: bool = False

    @property
    def by_score(self) -> bool:
        """Whether hits come by score, the best first."""
        return self.sort in ((), (SortKey(RELEVANCE),))

    def first(self, limit: int = 1) -> Request:
        """The same query and filter, and only so many of the best hits wanted of it."""
        return Request(self.query, self.filter, limit=limit, ranking=self.ranking)
