"""All hits in the order of the index, whatever their number: a part of each segment is in memory at a time."""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Sequence
from typing import Any, TypeAlias

import numpy as np

from searchlib.analysis.natural import natural_key
from searchlib.engines.whoosh.documents import DocumentTable
from searchlib.engines.whoosh.execution import Snapshot, scored_parts
from searchlib.engines.whoosh.storedrecords import read_records
from searchlib.model.ranking import BM25F
from searchlib.model.records import Record
from searchlib.query.nodes import Node

Found: TypeAlias = tuple[Any, int, int, float, Record]  # place of the document, segment, doc, score

_AT_ONCE = 256  # records of a segment


def in_index_order(
    snapshot: Snapshot, tables: Sequence[DocumentTable], query: Node, filter: Node | None, ranking: BM25F
) -> Iterator[tuple[int, int, float, Record]]:
    """Segment, doc, score and record of all that is live and matches, by document and paragraph."""
    segments = [_of_segment(snapshot, tables, number, query, filter, ranking) for number in range(len(tables))]
    for _, segment, doc, score, record in segments[0] if len(segments) == 1 else heapq.merge(*segments):
        yield segment, doc, score, record


def _of_segment(
    snapshot: Snapshot, tables: Sequence[DocumentTable], number: int, query: Node, filter: Node | None, ranking: BM25F
) -> Iterator[Found]:
    path = place = None
    for docs, scores in scored_parts(snapshot, query, number, ranking=ranking, filter=filter):
        for first in range(0, len(docs), _AT_ONCE):
            part = docs[first : first + _AT_ONCE].astype(np.int64)
            records = read_records(tables[number].segment, part)
            for doc, score, record in zip(
                part.tolist(), scores[first : first + _AT_ONCE].tolist(), records, strict=True
            ):
                if record.document.path != path:
                    path = record.document.path
                    place = natural_key(path)
                yield place, number, doc, score, record
