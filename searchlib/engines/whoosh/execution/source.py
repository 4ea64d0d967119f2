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

import math
from abc import ABC, abstractmethod
from enum import Enum
from typing import Any, NamedTuple, TypeAlias

import numpy as np

from searchlib.arrays import NDArray
from searchlib.engines.whoosh.execution.explanation import Explanation, described
from searchlib.engines.whoosh.execution.postings import Span
from searchlib.engines.whoosh.execution.segment import Bools, Docs, Floats
from searchlib.engines.whoosh.execution.snapshot import View

ABSENT = -1.0
FIRST = 512  # docs that score well, to get a threshold from
MOST_DRIVERS = 48  # children of a disjunction: to look the docs of each up in all others takes the square of them
Matched: TypeAlias = tuple[Bools, Floats]


class Promising(NamedTuple):
    """Ascending docs with bounds of their scores, coarse and small: reading them is most of the work in a long list.

    A doc scores no more than ``step`` times its code (no more than ``step`` where there are no codes). ``best`` are
    docs that score well, to get a threshold from. The arrays are not to be changed.
    """

    docs: Docs
    codes: NDArray[np.uint8] | None
    step: float
    best: Docs

    def above(self, least: float) -> tuple[Docs, Floats]:
        """The docs that may score ``least``, and their bounds."""
        if self.codes is None or self.step <= 0:
            docs = self.docs if least <= max(self.step, 0.0) else self.docs[:0]
            return docs, np.full(len(docs), max(self.step, 0.0))
        least_code = math.ceil(min(max(least / self.step - 1e-6, 0.0), 256.0))
        places = np.flatnonzero(self.codes >= least_code) if least_code < 256 else np.empty(0, np.int64)
        return self.docs[places], np.multiply(self.codes[places], self.step, dtype=np.float64)


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

    def bound(self) -> float:
        """No doc scores more; not below 0."""
        return max(float(self.windows().max(initial=0.0)), 0.0)

    def upper(self, docs: Docs) -> float | Floats:
        """No doc scores more: one number for all of the docs, or one for each, whichever is found fast."""
        return self.bound()

    def promising(self) -> Promising:
        """All docs that match, and perhaps others, with bounds of their scores."""
        docs = self.candidates()
        return Promising(docs, None, self.bound(), docs[:FIRST])

    def estimate(self, docs: Docs) -> Matched:
        """Which of these ascending docs may match, and what they score at most: whatever is found fast."""
        return self.at(docs, Need.UPPER)

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

    def __init__(self, view: View, score: float, text: Any = "*") -> None:
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
        return Explanation(self.score, "constant", described(self.text))


class Marked(Source):
    """Matches the docs that a bitmap of the segment marks; one score, or an array of them (0 where not marked)."""

    def __init__(self, view: View, marks: Bools, score: float | Floats, text: Any, foreign: bool = False) -> None:
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
        return Explanation(score, "foreign" if self.foreign else "constant", described(self.text)) if matched else None
