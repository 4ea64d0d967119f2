"""The leaves of a tree of Whoosh's query classes as nodes: terms, patterns and ranges (see `translation`)."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from datetime import datetime
from typing import Any, TypeAlias

from whoosh import query

from searchlib.analysis import NO_WORDS, SEPARATOR, Form, Lexicon, fold, forms, split_key
from searchlib.analysis.words import is_unspaced
from searchlib.errors import QueryError
from searchlib.model.fields import Field, field_named
from searchlib.query.joining import any_of
from searchlib.query.nodes import (
    NOTHING,
    Best,
    Everything,
    Fuzzy,
    Node,
    Prefix,
    Range,
    Value,
    Wildcard,
    Word,
    phrase,
)
from searchlib.query.valuekeys import NUMBER, TEXT
from searchlib.query.values import marked_patterns, value, value_range

Query: TypeAlias = Any
"""A ``whoosh.query.Query``: Whoosh has no types."""

_MARKS = (NUMBER, TEXT)
_SET = re.compile(r"\[!?[^\]]+\]")  # of letters, in a wildcard of Whoosh's
_SPECIAL = re.compile(r"[*?\\]")


class LeafTranslator:
    """Translates single leaves, for an index with the words of a lexicon."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._lexicon = lexicon

    # Terms

    def term(self, tree: query.Term) -> Node:
        """A word, value or number."""
        return self._term(field_named(tree.fieldname), tree.text, tree)

    def _term(self, field: Field, asked: object, tree: Query) -> Node:
        text = _text(asked)
        if field.kind == "number":
            number = _whole(asked, tree)
            return Range(number, number, (field.name,))
        if field.kind == "exact":
            return Value(fold(text) if field.caseless else text, field.name)
        if field.kind == "prose":
            return Value(text, field.name) if SEPARATOR in text else self._typed(field, text)
        return Value(text, field.name) if text.startswith(_MARKS) else value(field.name, text, text) or NOTHING

    def phrase(self, tree: query.Phrase) -> Node:
        """Words one after another; those of keys with a separator in any accentuation."""
        field, texts = field_named(tree.fieldname), [_text(word) for word in tree.words if word is not None]
        if field.kind in ("exact", "number"):
            return self._term(field, " ".join(texts), tree)
        return phrase([word for text in texts for word in self._words(field, text)], tree.slop) or NOTHING

    def variations(self, tree: query.Variations) -> Node:
        """The forms of an English word: a word finds all its forms."""
        return self.term(tree)

    def _typed(self, field: Field, text: str) -> Node:
        """Text of prose as it may be typed: a word, a phrase, or any of the bigrams of a script without spaces."""
        words = self._words(field, text)
        if any(is_unspaced(form.exact) for word in words for form in word.forms):
            return any_of(words) or NOTHING
        return phrase(words) or NOTHING

    def _words(self, field: Field, text: str) -> list[Word]:
        """A word for each token of a text."""
        fields = ((field.name, 1.0),)
        if SEPARATOR in text:
            folded, exact = split_key(text)
            return [Word(exact, (Form(folded, exact),), fields)]
        found = forms(text, self._lexicon if field.kind == "prose" else NO_WORDS)
        return [Word(text if len(found) == 1 else token[0].exact, token, fields) for token in found]

    # Patterns

    def prefix(self, tree: query.Prefix) -> Node:
        """What begins alike, as it is written."""
        field, text = _textual(tree), _text(tree.text)
        if not text:
            return Everything(field.name)
        if field.kind != "prose":
            asked = _compared(field, _SPECIAL.sub(r"\\\g<0>", text))
            return best(Prefix(re.sub(r"\\(.)", r"\1", one, flags=re.DOTALL), (field.name,)) for one in asked)
        if SEPARATOR in text:  # what all accentuations of a word begin with
            return self._typed(field, split_key(text)[0])
        return Prefix(fold(text), (field.name,))

    def wildcard(self, tree: query.Wildcard) -> Node:
        """A pattern of ``*`` and ``?``."""
        field, text = _textual(tree), _text(tree.text)
        if _SET.search(text):
            raise untranslated(tree, "has a set of letters", "Write ? for any letter, or an Or of patterns.")
        if not text.strip("*"):
            return Everything(field.name)
        return best(Wildcard(one, (field.name,)) for one in _compared(field, text.replace("\\", "\\\\")))

    def fuzzy(self, tree: query.FuzzyTerm) -> Node:
        """A word in which some letters may differ."""
        field, text = _textual(tree), _text(tree.text)
        compared = text if field.name == "document" else fold(text)
        return Fuzzy(compared, (field.name,), int(tree.maxdist), tree.prefixlength)

    # Ranges

    def term_range(self, tree: query.TermRange) -> Node:
        """What is between two words, values or numbers."""
        field, (low, high) = field_named(tree.fieldname), (tree.start, tree.end)
        opened = bool(tree.startexcl), bool(tree.endexcl)
        if low is None and high is None:
            return _holding(field)
        if field.kind == "number":
            first, last = (None if bound is None else _whole(bound, tree) for bound in (low, high))
            return Range(first, last, (field.name,), *opened)
        low, high = (None if bound is None else _text(bound) for bound in (low, high))
        if field.kind == "prose":
            low, high = (None if bound is None else fold(bound) for bound in (low, high))
        elif field.kind == "metadata" and not (low or high or "").startswith(_MARKS):
            return value_range(field.name, low, high, *opened)
        return Range(low, high, (field.name,), *opened)

    def numeric_range(self, tree: query.NumericRange) -> Node:
        """Numbers between two."""
        field, (low, high) = field_named(tree.fieldname), (tree.start, tree.end)
        if field.kind in ("prose", "exact"):
            advice = "Write TermRange for words, or name a field that holds numbers."
            raise untranslated(tree, f"is in {field.name}, which holds text", advice)
        for bound in (low, high):
            if bound is not None and not _is_number(bound):
                raise untranslated(tree, f"has {bound!r} for a bound", "Give numbers, or None for an open end.")
        if low is None and high is None:
            return _holding(field)
        if field.kind == "number":
            first = None if low is None else math.floor(low) + 1 if tree.startexcl else math.ceil(low)
            last = None if high is None else math.ceil(high) - 1 if tree.endexcl else math.floor(high)
            return Range(first, last, (field.name,))
        low, high = (
            None if bound is None else str(bound if isinstance(bound, int) else float(bound)) for bound in (low, high)
        )
        return value_range(field.name, low, high, bool(tree.startexcl), bool(tree.endexcl))

    def date_range(self, tree: query.DateRange) -> Node:
        """Dates between two; one without a time of day is all of its day."""
        field = field_named(tree.fieldname)
        if field.kind != "metadata":
            raise untranslated(tree, f"is in {field.name}, which holds no dates", "Name a field that holds dates.")
        low, high = (None if bound is None else _date(bound) for bound in (tree.startdate, tree.enddate))
        if low is None and high is None:
            return _holding(field)
        return value_range(field.name, low, high, bool(tree.startexcl), bool(tree.endexcl))

    def every(self, tree: query.Every) -> Node:
        """Every record, or every one that has something in a field."""
        return Everything() if tree.fieldname in (None, "*") else _holding(field_named(tree.fieldname))


def _textual(tree: Query) -> Field:
    """The field of a pattern, which is to hold text."""
    field = field_named(tree.fieldname)
    if field.kind == "number":
        advice = f"Write NumericRange({field.name!r}, first, last)."
        raise untranslated(tree, f"asks {field.name}, which holds numbers, for words", advice)
    return field


def _holding(field: Field) -> Everything:
    return Everything("" if field.kind == "number" else field.name)  # every record has its numbers


def best(nodes: Iterable[Node], tiebreak: float = 0.0) -> Node:
    """What any of these matches, with the score of the best."""
    found = tuple(dict.fromkeys(nodes))
    return Best(found, tiebreak) if len(found) > 1 else found[0] if found else NOTHING


def _compared(field: Field, pattern: str) -> list[str]:
    """What a pattern is compared with, as the query language has it."""
    if field.name == "document" or pattern.startswith(_MARKS):
        return [pattern]
    return marked_patterns(fold(pattern)) if field.kind == "metadata" else [fold(pattern)]


def _text(asked: object) -> str:
    """A term as text: what Whoosh takes as bytes is UTF-8."""
    if isinstance(asked, bytes):
        return asked.decode("utf-8", "replace")
    if isinstance(asked, bool):
        return "true" if asked else "false"
    return _date(asked) if isinstance(asked, datetime) else str(asked)


def _date(moment: datetime) -> str:
    """A moment as metadata has it: without a time of day at midnight, without seconds at none."""
    if (moment.hour, moment.minute, moment.second, moment.microsecond) == (0, 0, 0, 0):
        return moment.date().isoformat()
    return moment.isoformat(timespec="auto" if moment.second or moment.microsecond else "minutes")


def _whole(asked: object, tree: Query) -> int:
    try:
        return int(_text(asked))
    except ValueError:
        advice = f"Write a whole number, as in {type(tree).__name__}({tree.fieldname!r}, 3)."
        raise untranslated(tree, f"asks {tree.fieldname}, which holds numbers, for {asked!r}", advice) from None


def _is_number(bound: object) -> bool:
    try:
        return isinstance(bound, (int, float)) and math.isfinite(bound)
    except OverflowError:
        return False


def untranslated(tree: Query, problem: str, advice: str) -> QueryError:
    """The error for a query that has no translation, which says what to write instead."""
    return QueryError(f"{type(tree).__name__} {problem}, which searchlib cannot run.", advice=advice)
