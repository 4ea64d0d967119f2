"""What a query means, said a second time and slowly: one record at a time, from the definitions of the nodes.

Nothing of an engine is used but the formula of `searchlib.model.ranking`. A record is a `Doc`; statistics are counted
over the live ones.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import cache
from itertools import count, product
from typing import assert_never

from searchlib.analysis import Form, split_key
from searchlib.analysis.folding import joint_of, plain_form
from searchlib.highlight.texts import RecordFields, attributes_of
from searchlib.model.ranking import BM25F, idf
from searchlib.model.records import Record
from searchlib.query.nodes import (
    And,
    Best,
    Constant,
    Everything,
    Fuzzy,
    Near,
    Node,
    Not,
    Optional,
    Or,
    Pattern,
    Phrase,
    Prefix,
    Range,
    Require,
    Value,
    Wildcard,
    Word,
)

from .memory import Doc

Answer = float | None  # the score; None if there is no match
Place = tuple[int, int]  # the first and the last position


def as_doc(record: Record) -> Doc:
    """A record of an index as a `Doc`."""
    fields, attributes = RecordFields(record), attributes_of(record)
    return Doc(
        {name: [token.key for token in tokens] for name, tokens in fields.items()},
        {name: value for name, value in attributes.items() if isinstance(value, str)},
        {name: value for name, value in attributes.items() if isinstance(value, int)},
        positions={name: [token.position for token in tokens] for name, tokens in fields.items()},
    )


class Oracle:
    def __init__(self, docs: Sequence[Doc], ranking: BM25F) -> None:
        self.live = [doc for doc in docs if not doc.deleted]
        self.ranking = ranking
        self.df = cache(self._df)
        self.df_of_word = cache(self._df_of_word)
        self.average = cache(self._average)

    def answers(self, node: Node) -> dict[int, float]:
        """Scores of the live records that match, by their place among the live ones."""
        found = {number: self.score(node, doc) for number, doc in enumerate(self.live)}
        return {number: score for number, score in found.items() if score is not None}

    def score(self, node: Node, doc: Doc) -> Answer:
        """The score of one record."""
        match node:
            case Word():
                return self.word(node, doc)
            case Phrase():
                if not any(places_of(node, doc, field) for field, _ in node.fields):
                    return None
                return node.boost * (_total(self.word(word, doc) for word in node.words) or 0.0)
            case Value(key, field, boost):
                count = keys_of(doc, field).count(key)
                if not count:
                    return None
                tf = self.ranking.weight(field) * count / self.norm(doc, field)
                return self.bm25(tf, self.df(field, key), boost)
            case Prefix() | Wildcard() | Fuzzy() | Range():
                return node.boost if any(holds(node, doc, field) for field in node.fields) else None
            case Everything(field, boost):
                return boost if not field or any(keys_of(doc, field)) else None  # "" is no value
            case And(nodes):
                scores = [self.score(one, doc) for one in nodes]
                return None if None in scores else _total(scores)
            case Or(nodes):
                return _total(self.score(one, doc) for one in nodes)
            case Best(nodes, tiebreak):
                found = sorted(score for one in nodes if (score := self.score(one, doc)) is not None)
                return found[-1] + tiebreak * sum(found[:-1]) if found else None
            case Not(inner):
                return 0.0 if self.score(inner, doc) is None else None
            case Optional(inner, optional):
                score = self.score(inner, doc)
                return None if score is None else score + (self.score(optional, doc) or 0.0)
            case Require(inner, required):
                return None if self.score(required, doc) is None else self.score(inner, doc)
            case Constant(inner, constant):
                return None if self.score(inner, doc) is None else constant
            case Near(first, second, field):
                both = [self.score(first, doc), self.score(second, doc)]
                return _total(both) if places_of(node, doc, field) else None
        assert_never(node)

    # Words

    def word(self, word: Word, doc: Doc) -> Answer:
        tf, matched = 0.0, False
        for field, weight in word.fields:
            for key in keys_of(doc, field):
                counts = self.counts(word, key, doc.language)
                if counts is not None:
                    matched = True
                    tf += weight * counts / self.norm(doc, field)
        return self.bm25(tf, self.df_of_word(word), word.boost) if matched else None

    def counts(self, word: Word, key: str, language: str) -> float | None:
        """What a key counts for a word in a record of a language, or None if it does not match."""
        written = split_key(key)[1]
        found = []
        for form in word.forms_in(language):
            if fits(form, key):
                equal = written.startswith(form.exact) if form.prefix else _is_written(form, written)
                weight = form.weight * (self.ranking.form if form.other else 1.0)
                found.append(weight * (1.0 if equal else self.ranking.variant(form.tonal)))
        return max(found, default=None)

    def bm25(self, tf: float, df: int, boost: float) -> float:
        return float(self.ranking.score(boost * idf(len(self.live), df), tf))

    def norm(self, doc: Doc, field: str) -> float:
        average, length = self.average(field), len(doc.prose.get(field, ()))
        return float(self.ranking.norm(length, average, self.ranking.short_below(field, average)))

    # Statistics

    def _df(self, field: str, key: str) -> int:
        return sum(key in keys_of(doc, field) for doc in self.live)

    def _df_of_word(self, word: Word) -> int:
        """In how many records it stands in the field where it is commonest."""

        def holds(doc: Doc, field: str) -> bool:
            return any(self.counts(word, key, doc.language) is not None for key in keys_of(doc, field))

        return max((sum(holds(doc, field) for doc in self.live) for field, _ in word.fields), default=0)

    def _average(self, field: str) -> float:
        return sum(len(doc.prose.get(field, ())) for doc in self.live) / max(len(self.live), 1)


def keys_of(doc: Doc, field: str) -> list[str]:
    """The keys of a field, in order."""
    value = doc.exact.get(field)
    return list(doc.prose.get(field, ())) or ([value] if isinstance(value, str) else [])


def fits(form: Form, key: str) -> bool:
    """Whether a key is one of a form."""
    folded, exact = split_key(key)
    if form.alone:
        return (folded, exact) == (form.folded, form.exact)
    return folded.startswith(form.folded) if form.prefix else folded == form.folded


def holds(node: Pattern, doc: Doc, field: str) -> bool:
    """Whether something in a field fits a pattern."""
    number = doc.numbers.get(field)
    if isinstance(node, Range) and number is not None:
        return within(node, number)
    return any(accepts(node, split_key(key)[0]) for key in keys_of(doc, field))


def accepts(node: Pattern, word: str) -> bool:
    """Whether a word fits a pattern."""
    match node:
        case Prefix(text):
            return word.startswith(text)
        case Wildcard(pattern):
            parts = re.findall(r"\\.|.", pattern, re.DOTALL)
            expression = "".join({"*": ".*", "?": "."}.get(part, re.escape(part[-1])) for part in parts)
            return re.fullmatch(expression, word, re.DOTALL) is not None
        case Fuzzy(text, _, edits, prefix):
            return word[:prefix] == text[:prefix] and distance(text, word) <= edits
        case Range():
            return within(node, word)
    assert_never(node)


def within(node: Range, value: str | int) -> bool:
    """Whether a term or a number lies in a range."""
    low = node.low is None or (value > node.low if node.open_low else value >= node.low)  # type: ignore[operator]
    high = node.high is None or (value < node.high if node.open_high else value <= node.high)  # type: ignore[operator]
    return low and high


def places_of(node: Node, doc: Doc, field: str) -> set[Place]:
    """Where in a field a node stands."""
    keys = list(zip(doc.positions.get(field, count()), keys_of(doc, field), strict=False))
    match node:
        case Word(_, _, fields):
            forms = node.forms_in(doc.language) if field in dict(fields) else ()
            return {(at, at) for at, key in keys if any(fits(form, key) for form in forms)}
        case Phrase(words, slop):
            steps = [sorted(places_of(word, doc, field)) for word in words]
            reached = {(first, first) for first, _ in steps[0]}
            for step in steps[1:]:
                reached = {(first, at) for first, last in reached for at, _ in step if 1 <= at - last <= slop}
            return reached
        case Prefix() | Wildcard() | Fuzzy() | Range():
            return {(at, at) for at, key in keys if field in node.fields and accepts(node, split_key(key)[0])}
        case Value(key, own):
            return {(at, at) for at, other in keys if own == field and other == key}
        case Or(nodes) | Best(nodes):
            return {place for one in nodes for place in places_of(one, doc, field)}
        case Constant(inner):
            return places_of(inner, doc, field)
        case Near(first, second, own, slop, ordered):
            pairs = product(places_of(first, doc, field), places_of(second, doc, field))
            return {
                (min(a[0], b[0]), max(a[1], b[1]))
                for a, b in pairs
                if own == field and (1 <= b[0] - a[1] <= slop or (not ordered and 1 <= a[0] - b[1] <= slop))
            }
        case Everything() | And() | Not() | Optional() | Require():
            raise ValueError(f"{node!r} has no places")
    assert_never(node)


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


def _total(scores: Iterable[Answer]) -> Answer:
    found = [score for score in scores if score is not None]
    return sum(found) if found else None


def paged(answers: dict[int, float], limit: int | None, offset: int = 0) -> list[tuple[int, float]]:
    """The best answers in order; ties (to 1e-9) by record."""
    return sorted(answers.items(), key=lambda item: (-item[1], item[0]))[
        offset : None if limit is None else offset + limit
    ]


def _is_written(form: Form, exact: str) -> bool:
    """Whether the exact part of a key, whose folded part is that of a form, is written as the form is."""
    return exact == form.exact or (bool(joint_of(exact)) and plain_form(exact) == form.exact)
