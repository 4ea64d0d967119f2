"""Sorting what matches by the values of attributes, by numbers, by score, or as the index has it.

A *code* is a number by which a record stands in the order of one sort key: less comes first. The codes of the keys
are compared one key after another, and then the *ranks*, which are the places in the index and differ for all.

Numbers come before dates, dates before text; what has no value comes last in either direction; of several values
the first in that direction counts.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, TypeAlias

import numpy as np

from searchlib.analysis.natural import natural_key
from searchlib.concurrency.lazily import cached_property
from searchlib.engine.cursors import no_cursor
from searchlib.engine.requests import DOCUMENT, RELEVANCE, SortKey
from searchlib.engines.whoosh.attributes import Attributes
from searchlib.engines.whoosh.documents import DocumentTable
from searchlib.engines.whoosh.execution import Snapshot, marked, scored_parts
from searchlib.engines.whoosh.resuming import CursorPlace
from searchlib.model.arrays import NDArray
from searchlib.model.fields import NUMBERS
from searchlib.model.ranking import BM25F
from searchlib.query.nodes import Node

Codes: TypeAlias = NDArray[Any]
CodesOf: TypeAlias = "Callable[[Ints], Codes]"
Ints: TypeAlias = NDArray[np.int64]


def least(codes: Sequence[CodesOf], size: int, count: int) -> Ints:
    """The ``count`` first of ``size`` things, in order.

    ``codes`` give the codes of those asked for, for each key; the last ones differ for all things. Of a later key only
    the codes of things are asked for that are equal by those before, where these decide.
    """
    kept: list[Ints] = []
    left = np.arange(size, dtype=np.int64)
    for number, of in enumerate(codes):
        if len(left) <= count:
            break
        if not count:
            left = left[:0]
            break
        values = of(left)
        if number == len(codes) - 1:
            left = left[np.argpartition(values, count - 1)[:count]]
            break
        limit = np.partition(values, count - 1)[count - 1]
        kept.append(left[values < limit])
        left = left[values == limit]
        count -= len(kept[-1])
    found = np.concatenate([*kept, left])
    order: Ints = found[np.lexsort([of(found) for of in reversed(codes)])]
    return order


class Sorted:
    """All records that match, ready to be had in the order of some sort keys."""

    def __init__(
        self,
        snapshot: Snapshot,
        attributes: Attributes,
        ranks: Callable[[int], Ints],
        query: Node,
        filter: Node | None,
        keys: Sequence[SortKey],
        ranking: BM25F,
    ) -> None:
        self._snapshot = snapshot
        self._attributes = attributes
        self._ranks = ranks
        self.keys = keys
        self._asked = snapshot, query, filter, ranking
        found = [np.flatnonzero(marks) for marks in marked(snapshot, query, filter)]
        self.segments: Ints = np.repeat(np.arange(len(found)), [len(part) for part in found])
        self.docs: Ints = np.concatenate([np.empty(0, np.int64), *found])
        self._bounds = np.cumsum([0, *(len(part) for part in found)])

    @cached_property
    def _scores(self) -> NDArray[np.float64]:
        """The scores of all that matches."""
        snapshot, query, filter, ranking = self._asked
        parts = [np.empty(0)]
        for number in range(len(self._bounds) - 1):
            scored = scored_parts(snapshot, query, number, ranking=ranking, filter=filter)
            parts += [scores for _, scores in scored]
        return np.concatenate(parts)

    @property
    def codes(self) -> list[CodesOf]:
        """What gives the codes of some of all that matches: for each key, and then the ranks."""
        return [*(partial(self._codes, key) for key in self.keys), self._ranks_of]

    def first(self, count: int | None) -> Ints:
        """Which of all that matches are the ``count`` first, in order; with None all of them."""
        size = len(self.docs)
        return least(self.codes, size, size if count is None else count)

    def _ranks_of(self, which: Ints) -> Codes:
        return self._by_segment(which, lambda segment, docs: self._ranks(segment)[docs])

    def _codes(self, key: SortKey, which: Ints) -> Codes:
        if key.name == RELEVANCE:
            scores = self._scores[which]
            return scores if key.descending else -scores
        return self._by_segment(which, partial(self._codes_of, key))

    def _by_segment(self, which: Ints, of: Callable[[int, Ints], Codes]) -> Codes:
        """What is so of some of all that matches, asked segment by segment."""
        docs = self.docs[which]
        if len(self._bounds) == 2:
            return of(0, docs)
        found = np.empty(len(which), np.int64)
        segments = self.segments[which]
        for segment in range(len(self._bounds) - 1):
            own = segments == segment
            found[own] = of(segment, docs[own])
        return found

    def _codes_of(self, key: SortKey, segment: int, docs: Ints) -> Codes:
        table = self._attributes.tables[segment]
        sign = -1 if key.descending else 1
        if key.name == DOCUMENT:  # in either direction the paragraphs of a document stay in order
            ranks: Codes = sign * self._ranks(segment)[table.firsts]
            return ranks[table.document_of[docs]]
        if key.name in NUMBERS:
            return sign * table.segment.column(key.name)[docs].astype(np.int64)
        attribute = self._attributes.attribute(key.name)
        places = self._attributes.places(attribute, segment, key.descending)
        return places[docs if attribute.of_records else table.document_of[docs]]

    def after(self, place: CursorPlace) -> Codes:
        """Which of all that matches stands after the values of a place."""
        later = np.zeros(len(self.docs), bool)
        equal = np.ones(len(self.docs), bool)
        codes = [self._code(key, value, place) for key, value in zip(self.keys, place.keys, strict=True)]
        rank, size = self._place_of(place.path)
        codes.append(rank + min(place.number, size) - 1 if size else rank)
        everything = np.arange(len(self.docs), dtype=np.int64)
        for of, code in zip(self.codes, codes, strict=True):
            own = of(everything)
            later |= equal & (own > code)
            equal &= own == code
        return later

    def _code(self, key: SortKey, value: str | None, place: CursorPlace) -> float:
        sign = -1 if key.descending else 1
        if key.name == RELEVANCE:
            return -sign * place.score
        if key.name in NUMBERS:
            return sign * _number(value)
        if key.name == DOCUMENT:
            return sign * self._place_of(place.path)[0]
        keys = self._attributes.attribute(key.name).keys
        if value is None:
            return len(keys)
        wanted = value.encode("utf-8", "surrogatepass")
        at = bisect_left(keys, wanted)
        ordinal = at if at < len(keys) and keys[at] == wanted else at - 0.5
        return len(keys) - 1 - ordinal if key.descending else ordinal

    def _place_of(self, path: str) -> tuple[float, int]:
        """Rank of the first record of the document of this path and how many it has.

        Where there is no such document: a rank between those of its neighbours, and 0.
        """
        wanted = natural_key(path)
        following = [np.inf]
        for number, table in enumerate(self._attributes.tables):
            documents = range(len(table.firsts))
            at = bisect_left(documents, wanted, key=partial(_key_of_path, table))
            if at == len(documents):
                continue
            rank = int(self._ranks(number)[table.firsts[at]])
            if table.path(at) == path and table.alive[table.firsts[at]]:
                return float(rank), int(table.spans[at])
            following.append(rank - 0.5)
        return min(following), 0

    def keys_at(self, which: Ints) -> list[tuple[str | None, ...]]:
        """What some of all that matches are sorted by, as text."""
        columns = [
            [self._text(key, code) for code in of(which).tolist()]
            for key, of in zip(self.keys, self.codes, strict=False)
        ]
        return list(zip(*columns, strict=True))

    def _text(self, key: SortKey, code: float) -> str | None:
        if key.name in (RELEVANCE, DOCUMENT):
            return None  # told by the score and the path
        if key.name in NUMBERS:
            return str(-code if key.descending else code)
        keys = self._attributes.attribute(key.name).keys
        if code == len(keys):
            return None
        return keys[int(len(keys) - 1 - code if key.descending else code)].decode("utf-8", "surrogatepass")


def _number(value: str | None) -> float:
    try:
        number = float(value or "")
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise no_cursor()
    return number


def _key_of_path(table: DocumentTable, document: int) -> Any:
    return natural_key(table.path(document))
