"""What every node of a query becomes, for one segment: a scorer of docs.

A scorer matches live docs. It can be asked

* ``at(batch)``: which of some docs match, and their scores. All scores come from here, and are added up in the order of
  the query, so a doc's score has the same bits however it was found;
* ``leads()``: where docs that match can be found, for top-k: leaves that together hold all of them, with bounds;
* ``within(first, stop)``: the docs of a range that match, in order: what constant scores need;
* ``candidates()``, ``marks()``: all docs that match, and perhaps others; a bitmap of those that do.

A *two-phase* scorer finds out in a first phase which docs may match, and what they score at most (`Need.BOUNDS`); the
positions that decide are read in the second phase, of those docs alone that would be among the best.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from enum import Enum
from typing import NamedTuple

import numpy as np

from searchlib.engine.explaining import Explanation
from searchlib.engines.whoosh.execution.interface import Bools, Docs, Floats, Ints
from searchlib.engines.whoosh.execution.primitives import NO_SCORES
from searchlib.engines.whoosh.execution.snapshot import View
from searchlib.guards.deadline import check

SLACK = 1e-9
"""Bounds may add up in another order than scores."""


class Need(Enum):
    """How much a scorer is to find out."""

    MATCHES = "which docs match; scores may be anything"
    BOUNDS = "which docs may match, and what they score at most"
    SCORES = "which docs match, and their scores"


class Batch:
    """Ascending live docs that are looked up together.

    They may come from the list of a leaf, its ``source``, where they stand at ``places`` (None: they are all of it).
    None of the docs is in the leaves that are ``absent``. ``before`` is what each scores already, elsewhere; empty
    where that is nothing, or nobody asks.
    """

    __slots__ = ("absent", "before", "docs", "places", "source")

    def __init__(
        self,
        docs: Docs,
        source: Scorer | None = None,
        places: Ints | None = None,
        absent: Sequence[Scorer] = (),
        before: Floats = NO_SCORES,
    ) -> None:
        self.docs = docs
        self.before = before
        self.source = source
        self.places = places
        self.absent = absent

    def __len__(self) -> int:
        return len(self.docs)

    def take(self, chosen: Ints | Bools) -> Batch:
        """Some of the docs, without what they score."""
        places = self.places
        if self.source is not None:
            if places is not None:
                places = places[chosen]
            else:
                places = np.flatnonzero(chosen) if chosen.dtype == bool else chosen.astype(np.int64, copy=False)
        return Batch(self.docs[chosen], self.source, places, self.absent)


class Matched(NamedTuple):
    """Of the docs of a batch those that match: their indices in it, ascending, and their scores."""

    which: Ints
    scores: Floats


class Lead(NamedTuple):
    """A leaf whose docs are candidates. What it does not score itself adds ``rest`` at most to what it does.

    A doc of leads before it that are ``final`` need not be looked at again.
    """

    leaf: Scorer
    rest: float
    final: bool = True

    def adding(self, more: float) -> Lead:
        """The same where there is so much more that can add to a score."""
        return Lead(self.leaf, self.rest + more, self.final)


class Scorer(ABC):
    """A node of a query in a segment."""

    view: View
    two_phase = False
    """Whether `Need.BOUNDS` finds out less than `Need.SCORES`."""
    constant: float | None = None
    """The score of all docs that match, if it is known to be one."""
    never_negative = True
    """Whether no score is below 0."""

    heeds_before = False
    """Whether what a batch scored before is added to what is compared with ``least``."""

    candidates_match = False
    """Whether all candidates match."""

    @property
    @abstractmethod
    def cost(self) -> int:
        """It matches no more docs than this."""

    @property
    @abstractmethod
    def most(self) -> float:
        """No doc scores more; not below 0."""

    @abstractmethod
    def at(self, batch: Batch, need: Need, least: float = -np.inf) -> Matched:
        """Which docs of a batch match, and scores.

        Docs that score less than ``least`` may be left out: with what they scored before, where that is heeded.
        """

    def add_to(self, batch: Batch, need: Need, hits: Bools, scores: Floats) -> None:
        """Mark the docs of a batch that match, and add their scores."""
        which, more = self.at(batch, need)
        hits[which] = True
        scores[which] += more

    @abstractmethod
    def candidates(self) -> Docs:
        """Ascending docs, among which are all that match; not to be changed."""

    @abstractmethod
    def explain(self, doc: int) -> Explanation | None:
        """How the score of a doc is made; None if it does not match."""

    # Top-k

    def top(self, k: int) -> tuple[Docs, Floats] | None:
        """The ``k`` best docs and their scores, best first; None where they are not known without a search."""
        return None

    def leads(self) -> list[Lead]:
        """Leaves in whose lists are all docs that match, the most promising first."""
        return [Lead(self, 0.0)]

    def promising(self) -> Batch | None:
        """Some docs of a leaf that score well, if they are known and it has many others."""
        return None

    def reaching(self, least: float) -> Batch:
        """The docs of a leaf that may score ``least``."""
        docs = self.candidates()
        return Batch(docs if least <= self.most else docs[:0], self)

    @property
    def exact_bounds(self) -> bool:
        """Whether the bound of a doc is its score if it matches."""
        return not self.two_phase

    def confirm(self, docs: Docs) -> Bools:
        """Which docs match, of those that may by their bounds: the second phase."""
        hits = np.zeros(len(docs), bool)
        hits[self.at(Batch(docs), Need.MATCHES).which] = True
        return hits

    # All that match

    def matching(self, docs: Docs) -> Docs:
        """Those of some ascending live docs that match."""
        return docs[self.at(Batch(docs), Need.MATCHES).which] if len(docs) else docs

    def within(self, first: int, stop: int) -> Docs:
        """The docs from ``first`` up to and without ``stop`` that match, ascending."""
        docs = cut(self.candidates(), first, stop)
        return docs if self.candidates_match else self.matching(docs)

    def portions(self) -> Iterator[Docs]:
        """The docs that match, in order, a part at a time."""
        known = self.candidates_match or self.cost > self.view.tuning.sparse
        if self.candidates_match or self.cost <= self.view.tuning.sparse:
            docs = self.candidates()
        else:
            docs = np.flatnonzero(self.marks()).astype(np.int32)
        for start in range(0, len(docs), self.view.tuning.at_once):
            check()
            part = docs[start : start + self.view.tuning.at_once]
            yield part if known else self.matching(part)

    def marks(self) -> Bools:
        """A bitmap of the docs that match; an array of the caller's own."""
        marks = np.zeros(self.view.doc_count, bool)
        docs = self.candidates()
        if self.candidates_match:
            marks[docs] = True
            return marks
        for start in range(0, len(docs), self.view.tuning.at_once):
            check()
            marks[self.matching(docs[start : start + self.view.tuning.at_once])] = True
        return marks

    def count(self) -> int:
        """How many docs match."""
        if self.cost > self.view.tuning.sparse:
            return int(np.count_nonzero(self.marks()))
        docs = self.candidates()
        return len(docs if self.candidates_match else self.matching(docs))

    def score_of(self, doc: int) -> float | None:
        """The score of a doc; None if it does not match."""
        found = self.at(Batch(np.array([doc], np.int32)), Need.SCORES)
        return float(found.scores[0]) if len(found.which) else None


def lowered(least: float, rest: float = 0.0) -> float:
    """What a bound, to which ``rest`` may still be added, has to be to reach ``least``, whatever rounding did."""
    return least - rest - (abs(least) + rest) * SLACK


def cut(docs: Docs, first: int, stop: int) -> Docs:
    """Those of ascending docs that are from ``first`` up to and without ``stop``."""
    begin, end = docs.searchsorted(np.array((first, stop), docs.dtype)).tolist()
    return docs[begin:end]
