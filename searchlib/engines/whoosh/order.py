"""The order of the index: by document, in the natural order of their paths, then by paragraph."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from searchlib.analysis.natural import natural_key
from searchlib.concurrency.lazily import cached_property
from searchlib.engines.whoosh.format.segment import SegmentColumns
from searchlib.model.arrays import NDArray

if TYPE_CHECKING:
    from searchlib.engines.whoosh.documents import DocumentTable

_FEW = 1_024  # records whose paths are read to compare them, not those of all


class IndexOrder:
    """Which place the records of some segments have; called with arrays of segments and records, as a snapshot does."""

    def __init__(self, segments: Sequence[SegmentColumns]) -> None:
        self._segments = segments

    @cached_property
    def tables(self) -> list[DocumentTable]:
        """The documents of each segment."""
        from searchlib.engines.whoosh.documents import DocumentTable

        return [DocumentTable(segment) for segment in self._segments]

    def ranks(self, segment: int) -> NDArray[np.int64]:
        """For each record of a segment its place among all records."""
        return self._ranks[segment]

    @cached_property
    def _ranks(self) -> list[NDArray[np.int64]]:
        tables = self.tables
        if len(tables) == 1:
            return [np.arange(self._segments[0].doc_count)]
        documents = sorted(
            (natural_key(path), number, first, size)
            for number, table in enumerate(tables)
            for path, first, size in table.places()
        )
        ranks = [np.zeros(segment.doc_count, np.int64) for segment in self._segments]
        place = 0
        for _, number, first, size in documents:
            ranks[number][first : first + size] = np.arange(place, place + size)
            place += size
        return ranks

    def __call__(self, segments: NDArray[np.int64], docs: NDArray[np.int64]) -> NDArray[np.int64]:
        """Numbers that compare as the places of some records do."""
        places = np.zeros(len(docs), np.int64)
        if len(docs) > _FEW or "_ranks" in self.__dict__:
            for number, ranks in enumerate(self._ranks):
                of_segment = segments == number
                places[of_segment] = ranks[docs[of_segment]]
            return places
        paths = [
            self._segments[segment].stored_value("document", doc)
            for segment, doc in zip(segments.tolist(), docs.tolist(), strict=True)
        ]
        if not all(isinstance(path, str) for path in paths):
            self._segments[0].stored_damaged("the path of a document is not what was written")
        keys = list(zip(map(natural_key, paths), segments.tolist(), docs.tolist(), strict=True))
        places[sorted(range(len(keys)), key=keys.__getitem__)] = np.arange(len(keys))
        return places
