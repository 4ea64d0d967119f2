"""What hits and results are read from in a pickle or copy of them: all that there is to ask, asked when it was made."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from searchlib.frozen import frozen

if TYPE_CHECKING:
    from searchlib.engine.answers import Facet
    from searchlib.engine.explaining import Explanation
    from searchlib.highlight import Highlights
    from searchlib.model.records import Record
    from searchlib.search.hits import Hit

# ruff: noqa: D102 - what is asked is documented where it is asked: at HitPage, and at the properties of Results


@frozen
class KnownHit:
    """What a hit asks its page."""

    _record: Record
    _highlights: Highlights
    _explanation: Explanation | None
    _neighbours: tuple[Record, ...]
    _copies: tuple[Record, ...]
    _index: str

    def record(self, _: int) -> Record:
        return self._record

    def highlights(self, _: int) -> Highlights:
        return self._highlights

    def explain(self, _: int) -> Explanation | None:
        return self._explanation

    def neighbours(self, _: int) -> Sequence[Record]:
        return self._neighbours

    def copies(self, _: int) -> tuple[Record, ...]:
        return self._copies

    def index(self, _: int) -> str:
        return self._index


@frozen
class KnownAnswer:
    """What results ask their search."""

    text: str
    offset: int
    total: int
    documents: int
    facets: Mapping[str, Facet]
    cursor: str | None
    suggestion: str | None
    hits: tuple[Hit, ...]

    def __len__(self) -> int:
        return len(self.hits)

    def some(self, start: int, stop: int) -> Sequence[Hit]:
        return self.hits[start:stop]
