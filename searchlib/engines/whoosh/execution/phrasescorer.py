"""Phrases: words that stand one after another in one field.

A doc must have all the words; that, and the score, which is the sum of the words' scores, is known without positions.
So positions are the second phase, here and wherever nodes have to stand together.
"""

# ruff: noqa: D102 - what the methods of a scorer do is written at Scorer

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence

import numpy as np

from searchlib.engine.explaining import Explanation
from searchlib.engines.whoosh.execution.groupscorers import AndScorer
from searchlib.engines.whoosh.execution.interface import Bools, Docs, Ints
from searchlib.engines.whoosh.execution.postinglist import Postings
from searchlib.engines.whoosh.execution.prepared import Part, Weighed
from searchlib.engines.whoosh.execution.primitives import FARTHEST, places_of
from searchlib.engines.whoosh.execution.scorer import Batch, Lead, Matched, Need, Scorer
from searchlib.engines.whoosh.execution.wordscorer import WordScorer
from searchlib.guards.deadline import check
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
        self._slop = min(asked.slop, FARTHEST)
        fields = dict.fromkeys(part.field for part in words[0].weighed.parts)
        in_fields = [[Keys(word.weighed, field, True) for word in words] for field in fields]
        self._in_fields = [keys for keys in in_fields if all(one.cost for one in keys)]

    def confirm(self, docs: Docs) -> Bools:
        """In which of these docs, all of which have the words in some field, the phrase stands."""
        standing = np.zeros(len(docs), bool)
        for number, keys in enumerate(self._in_fields):
            left = np.flatnonzero(~standing) if number else np.arange(len(docs))
            standing[left[self._standing_in(keys, docs[left] if number else docs)]] = True
        return standing

    def _standing_in(self, words: Sequence[Keys], docs: Docs) -> Ints:
        """The places of the docs in which the phrase stands in a field."""
        if self._slop > 1:
            ends = words[0].occurrences(docs)
            for word in words[1:]:
                ends = self.view.primitives.following(ends, word.occurrences(docs, places_of(ends)), self._slop)
            return places_of(ends)
        # Where the phrase would begin, as each word has it: the rarest word leaves the fewest docs to look at.
        starts: Ints | None = None
        for number in sorted(range(len(words)), key=lambda number: words[number].cost):
            starts = words[number].beginning(docs, number, starts)
        # What would begin before its doc is at the end of another, or before all: the first word is not there.
        return places_of(starts) if starts is not None else np.empty(0, np.int64)


class Keys:
    """The keys of a word in one field. ``matched``: it is asked only of docs that the word matches in any field."""

    def __init__(self, word: Weighed, field: str, matched: bool = False) -> None:
        self.view = word.view
        self._sure = matched and word.docs_are_postings
        self._word = word
        self._plain = word.plain_postings(field)
        self._parts = [part for part in word.parts if part.field == field and not part.plain]
        self.cost = sum(part.postings.df for part in word.parts if part.field == field)

    def occurrences(self, docs: Docs, places: Ints | None = None) -> Ints:
        """The occurrences of the word in some ascending docs, in those at these places alone, ascending."""
        check()
        chosen = docs if places is None else docs[places]
        found = []
        if len(chosen):
            if self._plain is not None:
                found.append(self._of_plain(self._plain, chosen, places))
            found += [self._of_part(part, chosen, places) for part in self._parts]
        if len(found) == 1:
            return found[0]
        return np.sort(np.concatenate(found)) if found else np.empty(0, np.int64)

    def beginning(self, docs: Docs, number: int, starts: Ints | None) -> Ints:
        """Where a phrase may begin whose word with this number, from 0, this is; with ``starts``, those of them."""
        primitives = self.view.primitives
        if primitives.prunes and self._plain is not None and not self._parts:
            kept = self._plain.all_positions()
            if kept is not None:
                check()
                known = self._known(self._plain)
                return primitives.beginning(docs, known, kept.positions, kept.offsets, number, starts)
        found = self.occurrences(docs, None if starts is None else places_of(starts)) - number
        return found if starts is None else starts[primitives.common(found, starts)[0]]

    def _known(self, postings: Postings) -> Docs:
        kept = self._word.kept() if self._word.docs_are_postings else None
        return postings.docs() if kept is None else kept.docs

    def _of_plain(self, postings: Postings, docs: Docs, places: Ints | None) -> Ints:
        if self._sure:  # what the word matches is this
            here, numbers = places, self._known(postings).searchsorted(docs)
        else:
            which, numbers = self.view.primitives.common(self._known(postings), docs)
            here = which if places is None else places[which]
        return self._at(postings, numbers, np.arange(len(docs)) if here is None else here)

    def _of_part(self, part: Part, docs: Docs, places: Ints | None) -> Ints:
        which, numbers = self.view.primitives.common(part.postings.docs(), docs)
        hits = part.weigh(docs[which])[0]
        which, numbers = which[hits], numbers[hits]
        return self._at(part.postings, numbers, which if places is None else places[which])

    def _at(self, postings: Postings, numbers: Ints, here: Ints) -> Ints:
        if not len(numbers):
            return numbers
        numbers, (positions, offsets) = postings.positions(numbers)
        return self.view.primitives.occurrences(here, numbers, positions, offsets)
