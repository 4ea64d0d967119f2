"""Phrases: words that stand one after another in one field.

A doc must have all the words; that, and the score, which is the sum of the words' scores, is known without positions.
So positions are the second phase, here and wherever nodes have to stand together.
"""

# ruff: noqa: D102 - what the methods of a scorer do is written at Scorer

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence

import numpy as np

from searchlib.deadline import check
from searchlib.engines.whoosh.execution.groupscorers import AndScorer
from searchlib.engines.whoosh.execution.interface import Bools, Docs, Ints
from searchlib.engines.whoosh.execution.prepared import Part, Weighed
from searchlib.engines.whoosh.execution.primitives import FARTHEST, HALF
from searchlib.engines.whoosh.execution.scorer import Batch, Lead, Matched, Need, Scorer
from searchlib.engines.whoosh.execution.wordscorer import WordScorer
from searchlib.explaining import Explanation
from searchlib.query.nodes import Near, Phrase
from searchlib.query.wording import described


class StandingScorer(Scorer):
    """What a conjunction matches and scores, where its parts also stand as they should.

    ``within`` is what else has to match: it scores nothing.
    """

    def __init__(self, parts: Sequence[Scorer], asked: Phrase | Near, within: Sequence[Scorer] = ()) -> None:
        self.view = parts[0].view
        # Where the whole stands, so do its parts: they need not be looked for one by one.
        self.conjunction: AndScorer = AndScorer(
            [*(one.conjunction if isinstance(one, StandingScorer) else one for one in parts), *within], asked
        )
        self.never_negative = self.conjunction.never_negative
        # The score of what only looks like a match must not be below the true one, 0.
        self.two_phase = self.never_negative
        self._parts = parts
        self._asked = asked

    @abstractmethod
    def confirm(self, docs: Docs) -> Bools: ...

    @property
    def cost(self) -> int:
        return self.conjunction.cost

    @property
    def most(self) -> float:
        return self.conjunction.most

    @property
    def exact_bounds(self) -> bool:
        return self.conjunction.exact_bounds

    def at(self, batch: Batch, need: Need, least: float = -np.inf) -> Matched:
        if need is Need.BOUNDS and self.two_phase:
            return self.conjunction.at(batch, need, least)
        found = self.conjunction.at(batch, Need.MATCHES if need is Need.MATCHES else Need.SCORES, least)
        hits = self.confirm(batch.docs[found.which])
        return Matched(found.which[hits], found.scores[hits])

    def candidates(self) -> Docs:
        return self.conjunction.candidates()

    def leads(self) -> list[Lead]:
        return self.conjunction.leads()

    def within(self, first: int, stop: int) -> Docs:
        docs = self.conjunction.within(first, stop)
        return docs[self.confirm(docs)]

    def explain(self, doc: int) -> Explanation | None:
        score = self.score_of(doc)
        if score is None:
            return None
        parts = [part.explain(doc) for part in self._parts]
        return Explanation(score, "phrase", described(self._asked), tuple(part for part in parts if part))


class PhraseScorer(StandingScorer):
    """Words in order in one field, each at most ``slop`` positions after the one before."""

    def __init__(self, words: Sequence[WordScorer], asked: Phrase, within: Sequence[Scorer] = ()) -> None:
        super().__init__(words, asked, within)
        self._words = [word.weighed for word in words]
        self._slop = min(asked.slop, FARTHEST)

    def confirm(self, docs: Docs) -> Bools:
        """In which of these docs, all of which have the words in some field, the phrase stands."""
        standing = np.zeros(len(docs), bool)
        for field in dict.fromkeys(part.field for part in self._words[0].parts):
            left = np.flatnonzero(~standing)
            if len(left) and all(any(part.field == field for part in word.parts) for word in self._words):
                standing[left] = self._stands_in(field, docs[left])
        return standing

    def _stands_in(self, field: str, docs: Docs) -> Bools:
        standing = np.ones(len(docs), bool)
        words = [Keys(word, field) for word in self._words]
        if self._slop > 1:
            ends: Ints | None = None
            for word in words:
                found = word.occurrences(docs, standing)
                ends = found if ends is None else self.view.primitives.following(ends, found, self._slop)
                standing = marked(ends, len(docs))
            return standing
        # Where the phrase would begin, as each word has it: the rarest word leaves the fewest docs to look at.
        starts: Ints | None = None
        for number in sorted(range(len(words)), key=lambda number: words[number].cost):
            found = words[number].occurrences(docs, standing) - number
            starts = found if starts is None else starts[self.view.primitives.common(found, starts)[0]]
            standing = marked(starts, len(docs))
        return standing


class Keys:
    """The keys of a word in one field."""

    def __init__(self, word: Weighed, field: str) -> None:
        self.view = word.view
        self._word = word
        self._parts = [part for part in word.parts if part.field == field]
        self.cost = sum(part.postings.df for part in self._parts)

    def occurrences(self, docs: Docs, wanted: Bools | None = None) -> Ints:
        """The occurrences of the word in those of some ascending docs that are wanted, ascending."""
        check()
        places = None if wanted is None else np.flatnonzero(wanted)
        chosen = docs if places is None or len(places) == len(docs) else docs[places]
        found = [self._of_part(part, chosen) for part in self._parts] if len(chosen) else []
        every = found[0] if len(found) == 1 else np.sort(np.concatenate(found)) if found else np.empty(0, np.int64)
        if places is None or len(places) == len(docs):
            return every
        in_all: Ints = places[every >> HALF] << HALF | every & (1 << HALF) - 1
        return in_all

    def _of_part(self, part: Part, docs: Docs) -> Ints:
        prepared = self._word.kept() if self._word.docs_are_postings else None
        known = part.postings.docs() if prepared is None else prepared.docs
        places, numbers = self.view.primitives.common(known, docs)
        if not part.plain:
            hits = part.weigh(docs[places])[0]
            places, numbers = places[hits], numbers[hits]
        if not len(places):
            return places
        numbers, (positions, offsets) = part.postings.positions(numbers)
        return self.view.primitives.occurrences(places, numbers, positions, offsets)


def marked(occurrences: Ints, docs: int) -> Bools:
    """Which docs have these occurrences; one that would be before the first doc is none."""
    marks = np.zeros(docs, bool)
    marks[occurrences[occurrences >= 0] >> HALF] = True
    return marks
