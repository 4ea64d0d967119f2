"""Whoosh's way through postings, one at a time, over decoded arrays (see `sources`)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from whoosh.matching import LeafMatcher, NullMatcher, ReadTooFar

from searchlib.engines.whoosh.compat.walked import ListedPostings, TermPostings
from searchlib.engines.whoosh.format.packing import BLOCK


class PostingMatcher(LeafMatcher):  # type: ignore[misc]
    """Whoosh's matcher for one term (or one vector).

    Args:
        source: the postings.
        format_: their Whoosh format.
        scorer: Whoosh's scorer, or None.
        term: (field, term) for Whoosh to know it by, or None.
    """

    def __init__(
        self, source: TermPostings | ListedPostings, format_: Any, scorer: Any = None, term: Any = None
    ) -> None:
        self.format = format_
        self.scorer = scorer
        self._term = term
        self._source = source
        self._at = 0
        self._block = -1
        self._ids: list[Any] = []
        self._weights: list[float] | None = None
        self._load(0)

    def _load(self, block: int) -> None:
        """Make a block the current one."""
        if block != self._block:
            self._block = block
            self._ids = self._source.ids(block) if block * BLOCK < self._source.count else []
            self._weights = None

    def copy(self) -> PostingMatcher:
        """A matcher at the same place that moves by itself."""
        other = self.__class__(self._source, self.format, self.scorer, self._term)
        other._go(self._at)
        return other

    def _go(self, at: int) -> None:
        self._at = at
        self._load(at // BLOCK)

    def is_active(self) -> bool:
        """Whether there is a current posting."""
        return self._at < self._source.count

    def reset(self) -> None:
        """Go to the first posting."""
        self._go(0)

    def replace(self, minquality: float = 0) -> Any:
        """Nothing, if no posting can be better than ``minquality``."""
        if not self.is_active() or (minquality and self.supports_block_quality() and self.max_quality() < minquality):
            return NullMatcher()
        return self

    def id(self) -> Any:
        """The current document (or term)."""
        if self._at >= self._source.count:
            raise ReadTooFar
        return self._ids[self._at % BLOCK]

    def all_ids(self) -> Iterator[Any]:
        """All documents (or terms), from the current one on."""
        return iter(self._source.all_ids()[self._at :])

    def all_items(self) -> Iterator[tuple[Any, bytes]]:
        """All documents (or terms) with their values."""
        while self.is_active():
            yield self.id(), self.value()
            self.next()

    def items_as(self, astype: str) -> Iterator[tuple[Any, Any]]:
        """All documents (or terms) with their values, decoded."""
        while self.is_active():
            yield self.id(), self.value_as(astype)
            self.next()

    def value(self) -> bytes:
        """The value of the current posting, as its format encodes it."""
        return self._source.value(self._at)

    def value_as(self, astype: str) -> Any:
        """The value of the current posting, decoded."""
        return self._source.value_as(self._at, astype)

    def weight(self) -> float:
        """The weight of the current posting."""
        if self._weights is None:
            self._weights = self._source.weights(self._block)
        return self._weights[self._at % BLOCK]

    def next(self) -> bool:
        """Go to the next posting; True if it is in another block, or there is none."""
        self._at += 1
        if self._at % BLOCK and self._at < self._source.count:
            return False
        self._load(self._at // BLOCK)
        return True

    def skip_to(self, id: Any) -> None:
        """Go to the first posting that is not before ``id``; never back."""
        if not self.is_active():
            raise ReadTooFar
        if id > self.id():
            self._go(self._source.find(id, self._at))

    def skip_to_quality(self, minquality: float) -> int:
        """Go to the first block, from the current one on, that may be better; returns how many were skipped."""
        skipped = 0
        while self.is_active() and self.block_quality() <= minquality:
            self._at = (self._block + 1) * BLOCK
            self._load(self._block + 1)
            skipped += 1
        return skipped

    def supports_block_quality(self) -> bool:
        """Whether the scorer can tell how good a block may be."""
        return bool(self.scorer and self.scorer.supports_block_quality())

    def block_min_id(self) -> Any:
        """The first document of the block."""
        return self._ids[0]

    def block_max_id(self) -> Any:
        """The last document of the block."""
        return self._ids[-1]

    def block_max_weight(self) -> float:
        """No weight in the block is greater."""
        return self._source.max_weight(self._block)

    def block_min_length(self) -> int:
        """No document in the block is shorter."""
        return self._source.min_length(self._block)

    def block_max_length(self) -> int:
        """No document in the block is longer."""
        return self._source.max_length(self._block)
