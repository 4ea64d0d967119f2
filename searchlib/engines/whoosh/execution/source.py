"""What every node of a query becomes, for one segment: a source of docs and scores.

A source can be asked in three ways:

* ``windows()``: the greatest score it could have in each window of the segment (see ``postings``), `ABSENT` where it
  cannot match. These bounds add up through the tree, and let top-k leave windows out.
* ``dense(span)``: which docs of a span match, and their scores, as arrays of the span's size.
* ``at(docs)``: the same for any ascending docs, reading no more than they need.

Wherever a doc's score is computed, the same operations run in the same order (children in the order of the query),
so the ways agree to the bit. What does not match scores 0. Deleted docs are the caller's business.

`Need` says how much to find out. Under `UPPER` a source may take docs for matches that only look so (a phrase whose
words are there but whose positions were not read); their scores are then not below the true ones.
"""

# ruff: noqa: D102 - what the methods of a source do is written at Source

from __future__ import annotations

from abc import ABC, abstractmethod
from enum import Enum
from typing import TypeAlias

import numpy as np

from searchlib.engines.whoosh.execution.explanation import Explanation
from searchlib.engines.whoosh.execution.postings import Span
from searchlib.engines.whoosh.execution.segment import Bools, Docs, Floats
from searchlib.engines.whoosh.execution.snapshot import View

ABSENT = -1.0
Matched: TypeAlias = tuple[Bools, Floats]


class Need(Enum):
    """How much a source is to find out."""

    MATCHES = "which docs match; scores may be anything"
    UPPER = "which docs may match, and what they score at most"
    SCORES = "which docs match, and their scores"


class Source(ABC):
    """A node of a query in a segment. ``cost``: it matches no more docs than this, deleted ones counted.

    ``guesses``: ``UPPER`` finds out less than ``SCORES``, so that it pays to ask for it first.
    """

    view: View
    guesses = False

    @property
    @abstractmethod
    def cost(self) -> int:
        """An upper bound on the number of docs that match."""

    @abstractmethod
    def windows(self) -> Floats:
        """The greatest score in each window, `ABSENT` where nothing can match; not to be changed."""

    @abstractmethod
    def dense(self, span: Span, need: Need) -> Matched:
        """Which docs of a span match, and scores; the arrays are the caller's."""

    @abstractmethod
    def at(self, docs: Docs, need: Need) -> Matched:
        """Which of these ascending docs match, and scores; the arrays are the caller's."""

    @abstractmethod
    def candidates(self) -> Docs:
        """Ascending docs, among which are all that match."""

    def split(self, limit: int) -> tuple[Docs | None, Source | None]:
        """Docs, not many more than ``limit``, and a source: what matches is in the docs or matches that source.

        Either is None where there is nothing. The bounds of that source hold for what is not in the docs.
        """
        return (self.candidates(), None) if self.cost <= limit else (None, self)

    @abstractmethod
    def explain(self, doc: int) -> Explanation | None:
        """How the score of a doc is made; None if it does not match."""

    def match(self, doc: int) -> tuple[bool, float]:
        """Whether a doc matches, and its score."""
        hits, scores = self.at(np.array([doc], np.int32), Need.SCORES)
        return bool(hits[0]), float(scores[0])


class Nothing(Source):
    """Matches nothing."""

    cost = 0

    def __init__(self, view: View) -> None:
        self.view = view

    def windows(self) -> Floats:
        return np.full(self.view.windows, ABSENT)

    def dense(self, span: Span, need: Need) -> Matched:
        return np.zeros(span.size, bool), np.zeros(span.size)

    def at(self, docs: Docs, need: Need) -> Matched:
        return np.zeros(len(docs), bool), np.zeros(len(docs))

    def candidates(self) -> Docs:
        return np.empty(0, np.int32)

    def explain(self, doc: int) -> Explanation | None:
        return None


class Everything(Source):
    """Matches every doc, with one score."""

    def __init__(self, view: View, score: float, text: str = "*") -> None:
        self.view = view
        self.score = score
        self.text = text

    @property
    def cost(self) -> int:
        return self.view.doc_count

    def windows(self) -> Floats:
        return np.full(self.view.windows, max(self.score, 0.0))

    def dense(self, span: Span, need: Need) -> Matched:
        hits = np.ones(span.size, bool)
        excess = (int(span.windows[-1]) + 1 << span.bits) - self.view.doc_count
        if excess > 0:
            hits[-excess:] = False
        return hits, np.where(hits, self.score, 0.0)

    def at(self, docs: Docs, need: Need) -> Matched:
        return np.ones(len(docs), bool), np.full(len(docs), self.score)

    def candidates(self) -> Docs:
        return np.arange(self.view.doc_count, dtype=np.int32)

    def explain(self, doc: int) -> Explanation | None:
        return Explanation(self.score, "constant", self.text)


class Marked(Source):
    """Matches the docs that a bitmap of the segment marks; one score, or an array of them (0 where not marked)."""

    def __init__(self, view: View, marks: Bools, score: float | Floats, text: str, foreign: bool = False) -> None:
        self.view = view
        self.marks = marks
        self.score = score
        self.text = text
        self.foreign = foreign
        self._cost = int(np.count_nonzero(marks))
        self._windows: Floats | None = None

    @property
    def cost(self) -> int:
        return self._cost

    def windows(self) -> Floats:
        if self._windows is None:
            starts = np.arange(self.view.windows, dtype=np.int64) << self.view.bits
            if len(starts) == 0:
                return np.empty(0)
            any_marks = np.logical_or.reduceat(self.marks, starts)
            best = max(self.score, 0.0) if isinstance(self.score, float) else np.maximum.reduceat(self.score, starts)
            self._windows = np.where(any_marks, best, ABSENT)
        return self._windows

    def dense(self, span: Span, need: Need) -> Matched:
        if span.contiguous:
            hits = np.zeros(span.size, bool)
            marked = self.marks[span.start : span.start + span.size]
            hits[: len(marked)] = marked
            if isinstance(self.score, float):
                return hits, np.where(hits, self.score, 0.0)
            scores = np.zeros(span.size)
            scores[: len(marked)] = self.score[span.start : span.start + span.size]
            return hits, scores
        docs = span.docs(np.arange(span.size, dtype=np.int64))
        inside = int(np.searchsorted(docs, self.view.doc_count))
        hits, scores = np.zeros(span.size, bool), np.zeros(span.size)
        hits[:inside], scores[:inside] = self.at(docs[:inside], need)
        return hits, scores

    def at(self, docs: Docs, need: Need) -> Matched:
        hits = self.marks[docs]
        return hits, np.where(hits, self.score, 0.0) if isinstance(self.score, float) else self.score[docs]

    def candidates(self) -> Docs:
        return np.flatnonzero(self.marks).astype(np.int32)

    def explain(self, doc: int) -> Explanation | None:
        matched, score = self.match(doc)
        return Explanation(score, "foreign" if self.foreign else "constant", self.text) if matched else None
