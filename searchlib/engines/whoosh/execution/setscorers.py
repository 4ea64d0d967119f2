"""Leaves that count the same for whatever they match: everything, numbers in a range, and patterns, which stand for
many terms.

A pattern's docs are those of all its terms. A page of hits needs the first of them alone: then rare terms are read
together, and of common ones no more than their docs up to where the page is full. What needs all of them has a bitmap,
which is kept.
"""

# ruff: noqa: D102 - what the methods of a scorer do is written at Scorer

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from itertools import groupby, islice
from typing import NamedTuple

import numpy as np

from searchlib.engine.explaining import Explanation
from searchlib.engines.whoosh.execution.interface import Bools, Docs, Entry
from searchlib.engines.whoosh.execution.postinglist import PostingList
from searchlib.engines.whoosh.execution.prepared import distinct_docs
from searchlib.engines.whoosh.execution.scorer import Batch, Matched, Need, Scorer, cut
from searchlib.engines.whoosh.execution.snapshot import View
from searchlib.guards.deadline import check
from searchlib.model.arrays import NDArray
from searchlib.query.nodes import Node
from searchlib.query.wording import described

_TERM_BYTES = 400  # of a term that is kept, about

Holds = Callable[["Docs | slice"], Bools]
Term = tuple[str, bytes, Entry]
"""A field, a key and its entry."""


class SetScorer(Scorer):
    """A set of docs with one score."""

    candidates_match = True

    def __init__(self, view: View, score: float, asked: Node) -> None:
        self.view = view
        self.constant: float = score
        self.never_negative = score >= 0
        self._asked = asked

    @property
    def most(self) -> float:
        return max(self.constant, 0.0)

    def found(self, hits: Bools) -> Matched:
        """What is found where these docs of a batch are in the set."""
        which = np.flatnonzero(hits)
        return Matched(which, np.full(len(which), self.constant))

    def explain(self, doc: int) -> Explanation | None:
        if self.score_of(doc) is None:
            return None
        return Explanation(self.constant, "constant", described(self._asked))


class EverythingScorer(SetScorer):
    """All docs."""

    @property
    def cost(self) -> int:
        return self.view.live_count

    def at(self, batch: Batch, need: Need, least: float = -np.inf) -> Matched:
        return self.found(np.ones(len(batch), bool))

    def candidates(self) -> Docs:
        return self.view.all_live(0, self.view.doc_count)

    def within(self, first: int, stop: int) -> Docs:
        return self.view.all_live(first, stop)

    def count(self) -> int:
        return self.view.live_count


class TestedScorer(SetScorer):
    """The docs that pass a test, which is fast for any docs or ranges of them. ``name`` is what it is known by."""

    def __init__(self, view: View, holds: Holds, name: Hashable, score: float, asked: Node) -> None:
        super().__init__(view, score, asked)
        self._holds = holds
        self._name = name

    @property
    def cost(self) -> int:
        return self.view.made((self._name, "cost"), lambda: int(np.count_nonzero(self.marks())))

    def at(self, batch: Batch, need: Need, least: float = -np.inf) -> Matched:
        return self.found(self._holds(batch.docs))

    def candidates(self) -> Docs:
        return np.flatnonzero(self.marks()).astype(np.int32)

    def within(self, first: int, stop: int) -> Docs:
        return self.view.live((np.flatnonzero(self._holds(slice(first, stop))) + first).astype(np.int32))

    def marks(self) -> Bools:
        marks = self._holds(slice(0, self.view.doc_count))
        return marks if self.view.alive is None else marks & self.view.alive

    def count(self) -> int:
        return self.cost


class Marks(NamedTuple):
    """The live docs of a pattern as bits, how many these are, and how many terms it has."""

    bits: NDArray[np.uint8]
    size: int
    terms: int


class Listed(NamedTuple):
    """The terms of a pattern, if they are not many."""

    terms: list[Term]


class Beginning(NamedTuple):
    """The live docs of a pattern that are less than ``stop``."""

    stop: int
    docs: Docs


class PatternScorer(SetScorer):
    """The docs of many terms. ``terms`` gives them; ``name`` is what they are kept by."""

    def __init__(
        self,
        view: View,
        terms: Callable[[], Iterable[Term]],
        name: Hashable,
        score: float,
        asked: Node,
    ) -> None:
        super().__init__(view, score, asked)
        self._terms = terms
        self._name = name
        self._listed: list[Term] | None = None
        self._split: tuple[list[Term], list[PostingList]] | None = None
        self._own: Bools | None = None

    @property
    def cost(self) -> int:
        kept = self._kept
        if kept is not None:
            return kept.size
        listed = self._list()
        return (
            self.view.doc_count if listed is None else min(sum(entry.df for *_, entry in listed), self.view.doc_count)
        )

    @property
    def terms(self) -> int:
        """How many terms the pattern has in this segment."""
        kept = self._kept or self._make()
        return kept.terms

    def at(self, batch: Batch, need: Need, least: float = -np.inf) -> Matched:
        return self.found(np.ones(len(batch), bool) if batch.source is self else self._marks()[batch.docs])

    def candidates(self) -> Docs:
        return np.flatnonzero(self._marks()).astype(np.int32)

    def within(self, first: int, stop: int) -> Docs:
        if self._own is None and self._kept is None and stop < self.view.doc_count // 2:
            known = self.view.decoded.get((self._name, "beginning"), Beginning)
            if known is not None and known.stop >= stop:
                return cut(known.docs, first, stop)
            listed = self._list()
            if listed is not None:
                return cut(self._below(stop, listed), first, stop)
        return (np.flatnonzero(self._marks()[first:stop]) + first).astype(np.int32)

    def marks(self) -> Bools:
        return self._marks().copy()

    def count(self) -> int:
        return (self._kept or self._make()).size

    @property
    def _kept(self) -> Marks | None:
        return self.view.decoded.get((self._name, "marks"), Marks)

    def _marks(self) -> Bools:
        """The bitmap, not to be changed."""
        if self._own is None:
            kept = self._kept
            if kept is None:
                self._make()
            else:
                self._own = np.unpackbits(kept.bits, count=self.view.doc_count).view(bool)
        assert self._own is not None
        return self._own

    def _make(self) -> Marks:
        """Read all terms."""
        marks = np.zeros(self.view.doc_count, bool)
        number = 0
        for portion in self._portions(self._terms() if self._listed is None else self._listed):
            check()
            number += len(portion)
            marks[self.view.segment.docs_of(portion)] = True
        if self.view.alive is not None:
            marks &= self.view.alive
        self._own = marks
        made = Marks(np.packbits(marks), int(np.count_nonzero(marks)), number)
        self.view.decoded.put((self._name, "marks"), made, made.bits.nbytes)
        return made

    def _list(self) -> list[Term] | None:
        """The terms; None if they are too many."""
        if self._listed is None and self._own is None:
            kept = self.view.decoded.get((self._name, "terms"), Listed)
            if kept is not None:
                self._listed = kept.terms
                return self._listed
            check()
            listed = list(islice(self._terms(), self.view.tuning.listed + 1))
            if len(listed) > self.view.tuning.listed:
                self._make()
                return None
            self._listed = listed
            if len(listed) <= self.view.tuning.kept_terms:
                self.view.decoded.put((self._name, "terms"), Listed(listed), _TERM_BYTES * len(listed))
        return self._listed

    def _below(self, stop: int, listed: Sequence[Term]) -> Docs:
        """The docs less than ``stop``."""
        if self._split is None:
            self._split = self._rare_and_common(listed)
        rare, common = self._split
        found = [postings.docs_below(stop) for postings in common]
        for portion in self._portions(rare):
            check()
            docs = self.view.segment.docs_of(portion).astype(np.int32, copy=False)
            found.append(docs[docs < stop])
        made = Beginning(stop, self.view.live(distinct_docs(found)))
        self.view.decoded.put((self._name, "beginning"), made, made.docs.nbytes)
        return made.docs

    def _rare_and_common(self, listed: Sequence[Term]) -> tuple[list[Term], list[PostingList]]:
        """The rare terms, and the lists of the others."""
        rare, common = [], []
        for term in listed:
            field, key, entry = term
            postings = self.view.postings(field, key) if entry.df > self.view.tuning.rare else None
            if postings is None:
                rare.append(term)
            else:
                common.append(postings)
        return rare, common

    def _portions(self, terms: Iterable[Term]) -> Iterator[list[Entry]]:
        """The entries of terms, some of a field at a time."""
        for _, of_field in groupby(terms, key=lambda term: term[0]):
            portion: list[Entry] = []
            docs = 0
            for *_, entry in of_field:
                if portion and docs + entry.df > self.view.tuning.portion:
                    yield portion
                    portion, docs = [], 0
                portion.append(entry)
                docs += entry.df
            yield portion
