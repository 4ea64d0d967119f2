"""What a query means, said a second time and slowly: one record at a time, from the definitions.

Nothing of the executor is used. A record is a `Doc`; statistics are counted over the live ones.
"""

from __future__ import annotations

import fnmatch
import math
import re
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any

from whoosh.lang.morph_en import variations

from searchlib.query.nodes import Word, WordPhrase
from searchlib.ranking import BM25F

from .memory import Doc

Answer = float | None  # the score; None if there is no match


class Oracle:
    def __init__(self, docs: Sequence[Doc], ranking: BM25F) -> None:
        self.live = [doc for doc in docs if not doc.deleted]
        self.ranking = ranking
        self._df: dict[tuple[str, str], int] = {}
        self._average: dict[str, float] = {}
        self._vocabulary: dict[str, set[str]] = {}
        self._word_df: dict[Word, int] = {}
        self._answered: dict[int, tuple[Any, bool]] = {}  # by id, with the query so that ids are not used again

    def answers(self, query: Any) -> dict[int, float]:
        """Scores of the live records that match, by their place among the live ones."""
        found = {number: self.score(query, doc) for number, doc in enumerate(self.live)}
        return {number: score for number, score in found.items() if score is not None}

    def keys(self, doc: Doc, field: str) -> Sequence[str]:
        if field in doc.prose:
            return doc.prose[field]
        value = doc.exact.get(field)
        return [] if value is None or isinstance(value, bytes) else [value]

    def vocabulary(self, field: str) -> set[str]:
        if field not in self._vocabulary:
            self._vocabulary[field] = {key for doc in self.live for key in self.keys(doc, field)}
        return self._vocabulary[field]

    def df(self, field: str, key: str) -> int:
        if (field, key) not in self._df:
            self._df[field, key] = sum(key in self.keys(doc, field) for doc in self.live)
        return self._df[field, key]

    def idf(self, df: int) -> float:
        n = len(self.live)
        return math.log(1 + (n - df + 0.5) / (df + 0.5))

    def norm(self, doc: Doc, field: str) -> float:
        if field not in self._average:
            self._average[field] = sum(len(one.prose.get(field, ())) for one in self.live) / max(len(self.live), 1)
        average = self._average[field]
        b = self.ranking.b
        return 1 - b + b * len(doc.prose.get(field, ())) / average if average else 1.0

    def bm25(self, tf: float, df: int, boost: float) -> float:
        k1 = self.ranking.k1
        return boost * self.idf(df) * ((k1 + 1) * tf / (k1 + tf) + self.ranking.delta)

    def score(self, query: Any, doc: Doc, boost: float = 1.0) -> Answer:
        method = getattr(self, f"_{type(query).__name__.lstrip('_')}".lower())
        answer: Answer = method(query, doc, boost)
        return answer

    # Words

    def _exact(self, field: str, key: str, doc: Doc, boost: float) -> Answer:
        tf = list(self.keys(doc, field)).count(key)
        if not tf:
            return None
        return self.bm25(self.ranking.weight(field) * tf / self.norm(doc, field), self.df(field, key), boost)

    def _term(self, query: Any, doc: Doc, boost: float) -> Answer:
        return self._exact(query.fieldname, query.text, doc, boost * query.boost)

    def _counts(self, word: Word, key: str, language: str | None) -> float | None:
        """What a key counts for a word in a record of a language (None: of any), or None if it does not match."""
        folded, _, exact = key.partition("\x1f")
        best: float | None = None
        for form in word.forms:
            if form.languages is not None and language is not None and language not in form.languages:
                continue
            if not (folded.startswith(form.folded) if form.prefix else folded == form.folded):
                continue
            written = exact or folded
            equal = written.startswith(form.exact) if form.prefix else written == form.exact
            best = max(best or 0.0, form.weight * (1.0 if equal else self.ranking.accent))
        return best

    def _word(self, query: Word, doc: Doc, boost: float) -> Answer:
        tf, matched = 0.0, False
        for field, weight in query.fields:
            for key in self.keys(doc, field):
                counts = self._counts(query, key, doc.language)
                if counts is not None:
                    matched = True
                    tf += weight * counts / self.norm(doc, field)
        return self.bm25(tf, self._df_of(query), boost * query.boost) if matched else None

    def _df_of(self, word: Word) -> int:
        if word not in self._word_df:
            self._word_df[word] = max(
                (
                    self.df(field, key)
                    for field, _ in word.fields
                    for key in self.vocabulary(field)
                    if self._counts(word, key, None) is not None
                ),
                default=0,
            )
        return self._word_df[word]

    def _phrase(self, query: Any, doc: Doc, boost: float) -> Answer:
        keys = self.keys(doc, query.fieldname)
        steps = [[place for place, key in enumerate(keys) if key == word] for word in query.words]
        if not _chained(steps, query.slop):
            return None
        return _total(self._exact(query.fieldname, word, doc, boost * query.boost) for word in query.words)

    def _wordphrase(self, query: WordPhrase, doc: Doc, boost: float) -> Answer:
        for field, _ in query.fields:
            keys = self.keys(doc, field)
            steps = [
                [place for place, key in enumerate(keys) if self._counts(word, key, doc.language) is not None]
                for word in query.words
            ]
            if _chained(steps, query.slop):
                return _total(self._word(word, doc, boost * query.boost) for word in query.words)
        return None

    # Many terms

    def _expanded(self, query: Any, doc: Doc, boost: float, means: Any) -> Answer:
        keys = {key for key in self.keys(doc, query.fieldname) if means(key.partition("\x1f")[0])}
        if not keys:
            return None
        if getattr(query, "constantscore", False):
            return float(boost * query.boost)
        return _total(self._exact(query.fieldname, key, doc, boost * query.boost) for key in sorted(keys))

    def _prefix(self, query: Any, doc: Doc, boost: float) -> Answer:
        if not query.text:
            return self._every(query, doc, boost)
        return self._expanded(query, doc, boost, lambda word: word.startswith(query.text))

    def _wildcard(self, query: Any, doc: Doc, boost: float) -> Answer:
        if not query.text.strip("*"):
            return self._every(query, doc, boost)
        return self._expanded(query, doc, boost, lambda word: fnmatch.fnmatchcase(word, query.text))

    def _regex(self, query: Any, doc: Doc, boost: float) -> Answer:
        return self._expanded(query, doc, boost, re.compile(query.text).match)

    def _fuzzyterm(self, query: Any, doc: Doc, boost: float) -> Answer:
        return self._expanded(
            query,
            doc,
            boost,
            lambda word: (
                word[: query.prefixlength] == query.text[: query.prefixlength]
                and distance(word, query.text) <= query.maxdist
            ),
        )

    def _variations(self, query: Any, doc: Doc, boost: float) -> Answer:
        return _total(
            self._exact(query.fieldname, word, doc, boost * query.boost) for word in set(variations(query.text))
        )

    def _termrange(self, query: Any, doc: Doc, boost: float) -> Answer:
        def inside(word: str) -> bool:
            low = query.start is None or (word > query.start if query.startexcl else word >= query.start)
            return low and (query.end is None or (word < query.end if query.endexcl else word <= query.end))

        return self._expanded(query, doc, boost, inside)

    def _numericrange(self, query: Any, doc: Doc, boost: float) -> Answer:
        value = doc.numbers.get(query.fieldname)
        if value is None:
            return None
        low = query.start is None or (value > query.start if query.startexcl else value >= query.start)
        high = query.end is None or (value < query.end if query.endexcl else value <= query.end)
        return float(boost * query.boost) if low and high else None

    def _every(self, query: Any, doc: Doc, boost: float) -> Answer:
        matched = query.fieldname is None or self.keys(doc, query.fieldname)
        return float(boost * query.boost) if matched else None

    # Nodes of nodes

    def _and(self, query: Any, doc: Doc, boost: float) -> Answer:
        scores = [self.score(child, doc, boost * query.boost) for child in query.subqueries]
        return None if not scores or None in scores else sum(score for score in scores if score is not None)

    def _or(self, query: Any, doc: Doc, boost: float) -> Answer:
        return _total(self.score(child, doc, boost * query.boost) for child in query.subqueries)

    def _disjunctionmax(self, query: Any, doc: Doc, boost: float) -> Answer:
        scores = [self.score(child, doc, boost * query.boost) for child in query.subqueries]
        found = [score for score in scores if score is not None]
        return max(found) + query.tiebreak * (sum(found) - max(found)) if found else None

    def _not(self, query: Any, doc: Doc, boost: float) -> Answer:
        return 0.0 if self.score(query.query, doc) is None else None

    def _andnot(self, query: Any, doc: Doc, boost: float) -> Answer:
        return self.score(query.a, doc, boost) if self.score(query.b, doc) is None else None

    def _andmaybe(self, query: Any, doc: Doc, boost: float) -> Answer:
        required = self.score(query.a, doc, boost)
        return None if required is None else required + (self.score(query.b, doc, boost) or 0.0)

    def _require(self, query: Any, doc: Doc, boost: float) -> Answer:
        return None if self.score(query.b, doc) is None else self.score(query.a, doc, boost)

    def _otherwise(self, query: Any, doc: Doc, boost: float) -> Answer:
        if id(query) not in self._answered:
            self._answered[id(query)] = query, bool(self.answers(query.a))
        return self.score(query.a if self._answered[id(query)][1] else query.b, doc, boost)

    def _constantscorequery(self, query: Any, doc: Doc, boost: float) -> Answer:
        return None if self.score(query.child, doc) is None else float(boost * query.score)

    def _nullquery(self, query: Any, doc: Doc, boost: float) -> Answer:
        return None


@cache
def distance(one: str, other: str) -> int:
    """Optimal string alignment, by its recursive definition."""

    @cache
    def between(i: int, j: int) -> int:
        if not i or not j:
            return i + j
        best = min(between(i - 1, j) + 1, between(i, j - 1) + 1, between(i - 1, j - 1) + (one[i - 1] != other[j - 1]))
        if i > 1 and j > 1 and one[i - 1] == other[j - 2] and one[i - 2] == other[j - 1]:
            best = min(best, between(i - 2, j - 2) + 1)
        return best

    return between(len(one), len(other))


def _chained(steps: Sequence[Sequence[int]], slop: int) -> bool:
    """Whether one place can be taken of each step so that each is 1 to ``slop`` after the one before."""
    ends = set(steps[0])
    for step in steps[1:]:
        ends = {place for place in step if any(0 < place - end <= slop for end in ends)}
    return bool(ends)


def _total(scores: Iterator[Answer]) -> Answer:
    found = [score for score in scores if score is not None]
    return sum(found) if found else None


def paged(answers: dict[int, float], limit: int | None, offset: int = 0) -> list[tuple[int, float]]:
    """The best answers in order; ties (to 1e-9) by record."""
    return sorted(answers.items(), key=lambda item: (-item[1], item[0]))[
        offset : None if limit is None else offset + limit
    ]
