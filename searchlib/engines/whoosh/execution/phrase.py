"""Phrases, words that stand one after another in one field, and whatever else is a matter of places.

A doc must have all the words, in one field; that, and the score, which is the sum of the words' scores, is known
without positions. So positions are read last, and only where the score is wanted: `Need.UPPER` leaves them out.
``placing`` has other nodes of which that is true; a phrase of words has a faster way of its own.

Positions are compared for all docs at once. An occurrence becomes a number, the doc's place in its upper half and
the position in its lower one, so that occurrences ascend by doc and position and a doc is never near another.
"""

# ruff: noqa: D102 - what the methods of a source do is written at Source

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from typing import Any, TypeAlias

import numpy as np

from searchlib.deadline import check
from searchlib.engines.whoosh.execution.boolean import All
from searchlib.engines.whoosh.execution.explanation import Explanation, described
from searchlib.engines.whoosh.execution.leaves import Part, Ranked
from searchlib.engines.whoosh.execution.postings import Span
from searchlib.engines.whoosh.execution.segment import Bools, Docs, Floats, Ints
from searchlib.engines.whoosh.execution.source import Matched, Need, Source

HALF = 32
FARTHEST = (1 << HALF - 1) - 1
Lists: TypeAlias = Sequence[tuple[Part, Ints, Ints]]  # a word's keys: in which docs, and which postings


class Standing(Source):
    """What a source matches, as far as its words also stand as they should: for that positions are read."""

    def __init__(self, source: Source, text: Any, guesses: bool) -> None:
        self.view = source.view
        self.text = text
        self.guesses = guesses
        self._source = source

    @abstractmethod
    def confirm(self, docs: Docs) -> Bools:
        """In which of these docs, all of which the source matches, the words stand as they should."""

    @property
    def conjunction(self) -> Source:
        """What is known without positions, and scores the same."""
        return self._source

    @property
    def cost(self) -> int:
        return self._source.cost

    def windows(self) -> Floats:
        return self._source.windows()

    def dense(self, span: Span, need: Need) -> Matched:
        hits, scores = self._source.dense(span, self._need(need))
        if need is not Need.UPPER or not self.guesses:
            places = np.flatnonzero(hits)
            standing = self.confirm(span.docs(places))
            hits[places] = standing
            scores[places[~standing]] = 0.0
        return hits, scores

    def at(self, docs: Docs, need: Need) -> Matched:
        hits, scores = self._source.at(docs, self._need(need))
        if need is not Need.UPPER or not self.guesses:
            places = np.flatnonzero(hits)
            standing = self.confirm(docs[places])
            hits[places] = standing
            scores[places[~standing]] = 0.0
        return hits, scores

    def candidates(self) -> Docs:
        return self._source.candidates()

    def bound(self) -> float:
        return self._source.bound()

    def _need(self, need: Need) -> Need:
        # What is not to guess has to know what the source only takes for a match.
        return Need.SCORES if need is Need.UPPER and not self.guesses else need


class Phrase(Standing):
    """Words in order in one field, each at most ``slop`` positions after the one before.

    ``within`` is what else has to match: it scores nothing.
    """

    def __init__(self, words: Sequence[Ranked], slop: int, text: Any, within: Sequence[Source] = ()) -> None:
        # With a negative boost, the score of what only looks like a match would not be above the true one, 0.
        super().__init__(All([*words, *within], text), text, all(word.scale >= 0 for word in words))
        self.words = tuple(words)
        self.slop = min(slop, FARTHEST)

    def confirm(self, docs: Docs) -> Bools:
        """In which of these docs, all of which the conjunction matches, the phrase stands."""
        return self._stands(docs)

    def explain(self, doc: int) -> Explanation | None:
        matched, score = self.match(doc)
        if not matched:
            return None
        parts = [word.explain(doc) for word in self.words]
        return Explanation(score, "phrase", described(self.text), tuple(part for part in parts if part))

    def _stands(self, docs: Docs) -> Bools:
        """In which of the docs, all of which have the words in some field, the phrase stands."""
        standing = np.zeros(len(docs), bool)
        for field in dict.fromkeys(part.field for part in self.words[0].parts):
            words = [[part for part in word.parts if part.field == field] for word in self.words]
            open_places = np.flatnonzero(~standing)
            if len(open_places) and all(words):
                standing[open_places] = self._stands_in(words, docs[open_places])
        return standing

    def _stands_in(self, words: Sequence[Sequence[Part]], docs: Docs) -> Bools:
        found = []
        for parts in words:
            check()
            found.append([(part, *located(part, docs)) for part in parts])
        standing = np.ones(len(docs), bool)
        for lists in found:
            if len(lists) == 1 and len(lists[0][1]) == len(docs):
                continue
            here = np.zeros(len(docs), bool)
            for _, places, _ in lists:
                here[places] = True
            standing &= here
        return self._next_to_each_other(found, standing) if self.slop == 1 else self._near(found, standing)

    def _next_to_each_other(self, found: Sequence[Lists], standing: Bools) -> Bools:
        # Where the phrase would begin, as each word has it: the rarest word leaves the fewest docs to look at.
        starts: Ints | None = None
        for number in sorted(range(len(found)), key=lambda number: sum(part.reader.df for part, _, _ in found[number])):
            if not standing.any():
                break
            check()
            occurrences = occurrences_of(found[number], standing) - number
            if starts is not None:
                place = np.searchsorted(occurrences, starts)
                place[place == len(occurrences)] = 0
                occurrences = starts[occurrences[place] == starts]
            starts = occurrences
            standing = standing & _marked(starts, len(standing))
        return standing

    def _near(self, found: Sequence[Lists], standing: Bools) -> Bools:
        ends: Ints | None = None
        for lists in found:
            if not standing.any():
                break
            check()
            occurrences = occurrences_of(lists, standing)
            if ends is not None:
                before = np.searchsorted(ends, occurrences) - 1
                near = before >= 0
                near &= occurrences - ends[before] <= self.slop
                occurrences = occurrences[near]
            ends = occurrences
            standing = _marked(ends, len(standing))
        return standing


def _marked(occurrences: Ints, docs: int) -> Bools:
    """Which docs have these occurrences; one that would be before the first doc is none."""
    marks = np.zeros(docs, bool)
    marks[occurrences[occurrences >= 0] >> HALF] = True
    return marks


def located(part: Part, docs: Docs) -> tuple[Ints, Ints]:
    """Which of these docs a key of a word is in, and the numbers of its postings there."""
    found, numbers, _ = part.reader.locate(docs)
    if not part.plain:
        hits, _ = part.weigh(docs[found])
        found, numbers = found[hits], numbers[hits]
    return found, numbers


def occurrences_of(lists: Lists, wanted: Bools) -> Ints:
    """Where the keys of a word (their docs, and postings) stand in the docs that are wanted: ascending numbers."""
    found = []
    for part, places, numbers in lists:
        chosen = wanted[places]
        if chosen.any():
            positions, counts = part.reader.list.positions(numbers[chosen])
            found.append((np.repeat(places[chosen], counts) << HALF) | positions)
    if len(found) == 1:
        return found[0]
    return np.sort(np.concatenate(found)) if found else np.empty(0, np.int64)
