"""Counting what matches: paragraphs, documents, and paragraphs by the values of attributes.

A document's paragraphs have its metadata in common. So matches are counted by document, once for all facets, and a
value's count is the sum over its documents. Only kinds and locators are counted record by record.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from searchlib.analysis.natural import natural_key
from searchlib.concurrency.lazily import cached_property
from searchlib.engine.answers import Facet, FacetCount
from searchlib.engines.whoosh.attributes import Attributes, Ints
from searchlib.engines.whoosh.documents import DocumentTable
from searchlib.engines.whoosh.execution import Snapshot, marked
from searchlib.frozen import frozen
from searchlib.guards.deadline import check
from searchlib.model.arrays import NDArray
from searchlib.query.nodes import Node

_SPARSE = 4  # one document in so many: only these are counted


@frozen
class Tally:
    """How many records match, of how many documents, and by which values; facets by the names of their fields."""

    total: int
    documents: int
    facets: Mapping[str, Facet]


class Matches:
    """The live records of one segment that match."""

    def __init__(self, table: DocumentTable, marks: NDArray[np.bool_]) -> None:
        self._table = table
        self.marks = marks

    @cached_property
    def by_document(self) -> Ints:
        """How many records of each document match."""
        firsts = self._table.firsts
        if len(firsts) == len(self.marks):  # a record each
            return self.marks.astype(np.int64)
        found: Ints = np.add.reduceat(self.marks.view(np.uint8), firsts, dtype=np.int64)
        return found

    @cached_property
    def documents(self) -> int:
        """How many documents have a record that matches."""
        return int(np.count_nonzero(self.by_document))


def tally(
    snapshot: Snapshot, attributes: Attributes, query: Node, filter: Node | None, facets: Mapping[str, int | None]
) -> Tally:
    """How many records and documents match, and for each field of ``facets`` its commonest values, so many of them."""
    marks = marked(snapshot, query, filter)
    matches = [Matches(table, one) for table, one in zip(attributes.tables, marks, strict=True)]
    total = sum(int(found.by_document.sum()) for found in matches)
    documents = sum(found.documents for found in matches)
    return Tally(
        total, documents, {name: _facet(attributes, name, matches, total, most) for name, most in facets.items()}
    )


def _facet(attributes: Attributes, name: str, matches: Sequence[Matches], total: int, most: int | None) -> Facet:
    if name == "document":
        return _of_documents(attributes.tables, matches, most)
    attribute = attributes.attribute(name)
    counts = np.zeros(len(attribute.keys), np.int64)
    missing = total
    for segment, found in enumerate(matches):
        check()
        if attribute.of_records:
            own, having_any = attributes.counts(attribute, segment, found.marks)
            counts += own
            missing -= having_any
            continue
        each, codes = found.by_document, attribute.codes[segment]
        if codes is not None:
            if found.documents * _SPARSE < len(each):
                there = np.flatnonzero(each)
                codes, each = codes[there], each[there]
            own = np.bincount(codes, each, len(counts) + 1).astype(np.int64)
            counts += own[:-1]
            missing -= int(own[:-1].sum())
            continue
        owners = attribute.owners[segment]
        counts += np.bincount(attribute.ordinals[segment], each[owners], len(counts)).astype(np.int64)
        having = np.zeros(len(each), bool)
        having[owners] = True
        missing -= int(each[having].sum())
    best = _greatest(counts, most)
    values = tuple(FacetCount(attributes.label(attribute, one), int(counts[one])) for one in best.tolist())
    return Facet(name, values, int(np.count_nonzero(counts)) - len(values), missing)


def _of_documents(tables: Sequence[DocumentTable], matches: Sequence[Matches], most: int | None) -> Facet:
    counts = np.concatenate([np.zeros(0, np.int64), *(found.by_document for found in matches)])
    size = int(np.count_nonzero(counts))
    wanted = size if most is None else min(most, size)
    if not wanted:
        return Facet("document", (), size, 0)
    # Of those that have as many as the last that is wanted, the first by path; a segment has them in that order.
    least = int(np.partition(counts, len(counts) - wanted)[len(counts) - wanted])
    found = []
    for table, one in zip(tables, matches, strict=True):
        check()
        own = one.by_document
        best = (*np.flatnonzero(own > least).tolist(), *np.flatnonzero(own == least)[:wanted].tolist())
        found += [(int(own[document]), table.path(document)) for document in best]
    found.sort(key=lambda pair: (-pair[0], natural_key(pair[1])))
    values = tuple(FacetCount(path, count) for count, path in found[:wanted])
    return Facet("document", values, size - len(values), 0)


def _greatest(counts: Ints, most: int | None) -> Ints:
    """The numbers of the greatest counts, greatest first, of equal ones the first; none of nothing."""
    there = np.flatnonzero(counts)
    if most is not None and most < len(there):
        sizes = counts[there]
        least = np.partition(sizes, len(sizes) - most)[len(sizes) - most] if most else sizes.max() + 1
        there = there[sizes >= least]
    best: Ints = there[np.argsort(-counts[there], kind="stable")]
    return best[:most]
