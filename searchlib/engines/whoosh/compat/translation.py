"""From a tree of Whoosh's query classes to searchlib's nodes, once, where it comes in.

A query is translated as its author means it, whatever Whoosh's matchers would find:

* Words of prose may be written as in a text (``weapons``) or as they stand in the term dictionary (``weapon``, or with
  an accent behind a separator): either finds all forms of the word. A term with a separator is exactly that key.
* Values of metadata, numbers and dates are compared as in the query language.
* Patterns, ranges and fuzzy words count the same for whatever they match.
* A boost on a group multiplies what is in it.

What has no translation is a QueryError, which names the class and says what to write instead: there is no other way to
run a query than the engine's own.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any, TypeAlias

from whoosh import query
from whoosh.query import compound

from searchlib.analysis import NO_WORDS, SEPARATOR, Form, Lexicon, fold, forms, split_key
from searchlib.analysis.words import is_unspaced
from searchlib.engines.whoosh.compat.anyform import AnyForm
from searchlib.errors import QueryError
from searchlib.model.fields import Field, field_named
from searchlib.query.joining import all_of, alone, any_of, near, without
from searchlib.query.nodes import (
    NOTHING,
    Best,
    Constant,
    Everything,
    Fuzzy,
    Node,
    Optional,
    Prefix,
    Range,
    Require,
    Value,
    Wildcard,
    Word,
    boosted,
    phrase,
)
from searchlib.query.valuekeys import NUMBER, TEXT
from searchlib.query.values import marked_patterns, value, value_range

Query: TypeAlias = Any
"""A ``whoosh.query.Query``: Whoosh has no types."""

_HOOKS = ("matcher", "_matcher", "_btexts")  # by which a class says what it matches
_MARKS = (NUMBER, TEXT)
_SET = re.compile(r"\[!?[^\]]+\]")  # of letters, in a wildcard of Whoosh's
_SPECIAL = re.compile(r"[*?\\]")


def translated(tree: Query, lexicon: Lexicon, matches: Callable[[Node], bool]) -> Node:
    """The node for a query of Whoosh's, for an index with the words of ``lexicon``.

    ``matches`` tells whether any record of the index matches a node: what `whoosh.query.Otherwise` means hangs on that.
    Raises QueryError for what cannot be translated.
    """
    try:
        return _Translator(lexicon, matches).positive(tree)
    except RecursionError:
        raise QueryError("This query is nested too deeply: join its parts side by side.") from None


class _Translator:
    def __init__(self, lexicon: Lexicon, matches: Callable[[Node], bool]) -> None:
        self._lexicon = lexicon
        self._matches = matches

    def node(self, tree: Query) -> Node:
        """The node for one query; a `Not` for what only excludes."""
        kind = next((kind for kind in type(tree).__mro__ if kind in _MAKERS), None)
        if kind is None or any(getattr(type(tree), name, None) is not getattr(kind, name, None) for name in _HOOKS):
            name = type(tree).__name__
            if isinstance(tree, query.Query):
                advice = "Make it of Whoosh's own classes, or run it on index.whoosh.searcher()."
                raise QueryError(f"{name} is a class of its own, which searchlib cannot run.", advice=advice)
            advice = "Give a text in the query language, or a whoosh.query.Query."
            raise QueryError(f"{name} is not a query.", advice=advice)
        return boosted(_MAKERS[kind](self, tree), getattr(tree, "boost", 1.0))

    def positive(self, tree: Query) -> Node:
        """The node where it must not be a bare `Not`: everything that it does not exclude."""
        return alone(self.node(tree))

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
            return _best(Prefix(re.sub(r"\\(.)", r"\1", one, flags=re.DOTALL), (field.name,)) for one in asked)
        if SEPARATOR in text:  # what all accentuations of a word begin with
            return self._typed(field, split_key(text)[0])
        return Prefix(fold(text), (field.name,))

    def wildcard(self, tree: query.Wildcard) -> Node:
        """A pattern of ``*`` and ``?``."""
        field, text = _textual(tree), _text(tree.text)
        if _SET.search(text):
            raise _untranslated(tree, "has a set of letters", "Write ? for any letter, or an Or of patterns.")
        if not text.strip("*"):
            return Everything(field.name)
        return _best(Wildcard(one, (field.name,)) for one in _compared(field, text.replace("\\", "\\\\")))

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
            raise _untranslated(tree, f"is in {field.name}, which holds text", advice)
        for bound in (low, high):
            if bound is not None and not _is_number(bound):
                raise _untranslated(tree, f"has {bound!r} for a bound", "Give numbers, or None for an open end.")
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
            raise _untranslated(tree, f"is in {field.name}, which holds no dates", "Name a field that holds dates.")
        low, high = (None if bound is None else _date(bound) for bound in (tree.startdate, tree.enddate))
        if low is None and high is None:
            return _holding(field)
        return value_range(field.name, low, high, bool(tree.startexcl), bool(tree.endexcl))

    def every(self, tree: query.Every) -> Node:
        """Every record, or every one that has something in a field."""
        return Everything() if tree.fieldname in (None, "*") else _holding(field_named(tree.fieldname))

    # Groups

    def nothing(self, tree: Query) -> Node:
        """The null query; one that stands for a mistake tells it."""
        problem = getattr(tree, "error", None)
        if problem:
            raise QueryError(f"Whoosh could not parse this query: {problem}")
        return NOTHING

    def all_of(self, tree: query.And) -> Node:
        """And: a Not in it excludes."""
        return all_of([self.node(one) for one in tree.subqueries]) or NOTHING

    def any_of(self, tree: query.Or) -> Node:
        """Or, whichever way Whoosh would drive it."""
        if tree.scale:
            advice = "Leave scale away: BM25F ranks what matches more of the words higher by itself."
            raise _untranslated(tree, "has a scale, a bonus for matching more", advice)
        return any_of(map(self.node, tree.subqueries)) or NOTHING

    def best_of(self, tree: query.DisjunctionMax) -> Node:
        """DisjunctionMax."""
        return _best(map(self.positive, tree.subqueries), tree.tiebreak)

    def opposite(self, tree: query.Not) -> Node:
        """Not; twice is not at all."""
        return without(self.node(tree.query)) or NOTHING

    def and_not(self, tree: query.AndNot) -> Node:
        """AndNot: And with a Not in it."""
        return self.all_of(query.And([tree.a, query.Not(tree.b)]))

    def and_maybe(self, tree: query.AndMaybe) -> Node:
        """AndMaybe."""
        return Optional(self.positive(tree.a), self.positive(tree.b))

    def require(self, tree: query.Require) -> Node:
        """Require."""
        return Require(self.positive(tree.a), self.positive(tree.b))

    def otherwise(self, tree: query.Otherwise) -> Node:
        """Otherwise: the second where nothing in the index matches the first."""
        first = self.positive(tree.a)
        return first if self._matches(first) else self.positive(tree.b)

    def constant(self, tree: query.ConstantScoreQuery) -> Node:
        """ConstantScoreQuery."""
        return Constant(self.positive(tree.child), tree.score)

    # Nearness

    def near_two(self, tree: query.SpanNear) -> Node:
        """SpanNear of two."""
        return self._near(tree, [tree.a, tree.b])

    def near_all(self, tree: query.SpanNear2) -> Node:
        """SpanNear2 of several, from left to right."""
        return self._near(tree, tree.qs)

    def sequence(self, tree: query.Sequence) -> Node:
        """Sequence: a phrase of any queries."""
        return self._near(tree, tree.subqueries)

    def any_span(self, tree: query.SpanOr) -> Node:
        """SpanOr."""
        return any_of(map(self.node, tree.subqs)) or NOTHING

    def _near(self, tree: Query, trees: Sequence[Query]) -> Node:
        if getattr(tree, "mindist", 1) != 1:
            raise _untranslated(tree, "has a mindist", "Leave it away, or exclude what is nearer with a Not.")
        first, *others = [self.positive(one) for one in trees] or [NOTHING]
        for other in others:
            joined = near(first, other, tree.slop, ordered=bool(tree.ordered))
            if joined is None:
                advice = "Put words, phrases, patterns or an Or of these on both sides, all in one field."
                raise _untranslated(tree, "joins what has no places in one field", advice)
            first = joined
        return first


def _textual(tree: Query) -> Field:
    """The field of a pattern, which is to hold text."""
    field = field_named(tree.fieldname)
    if field.kind == "number":
        advice = f"Write NumericRange({field.name!r}, first, last)."
        raise _untranslated(tree, f"asks {field.name}, which holds numbers, for words", advice)
    return field


def _holding(field: Field) -> Everything:
    return Everything("" if field.kind == "number" else field.name)  # every record has its numbers


def _best(nodes: Iterable[Node], tiebreak: float = 0.0) -> Node:
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
        raise _untranslated(tree, f"asks {tree.fieldname}, which holds numbers, for {asked!r}", advice) from None


def _is_number(bound: object) -> bool:
    try:
        return isinstance(bound, (int, float)) and math.isfinite(bound)
    except OverflowError:
        return False


def _untranslated(tree: Query, problem: str, advice: str) -> QueryError:
    return QueryError(f"{type(tree).__name__} {problem}, which searchlib cannot run.", advice=advice)


def _refused(problem: str, advice: str) -> Callable[[_Translator, Query], Node]:
    def refuse(_: _Translator, tree: Query) -> Node:
        raise _untranslated(tree, problem, advice)

    return refuse


_PLACE = "looks at where words stand in a way of its own"
_NESTED = _refused(
    "joins records that belong together",
    "A paragraph knows its document: ask for Term('document', path), or for one hit of each with per_document=1.",
)

_MAKERS: dict[type, Callable[[_Translator, Any], Node]] = {
    query.Term: _Translator.term,
    query.Phrase: _Translator.phrase,
    query.Variations: _Translator.variations,
    query.Prefix: _Translator.prefix,
    query.Wildcard: _Translator.wildcard,
    query.FuzzyTerm: _Translator.fuzzy,
    query.TermRange: _Translator.term_range,
    query.NumericRange: _Translator.numeric_range,
    query.DateRange: _Translator.date_range,
    query.Every: _Translator.every,
    type(query.NullQuery): _Translator.nothing,
    AnyForm: _Translator.term,
    query.And: _Translator.all_of,
    query.Or: _Translator.any_of,
    compound.DefaultOr: _Translator.any_of,
    compound.SplitOr: _Translator.any_of,
    compound.PreloadedOr: _Translator.any_of,
    query.DisjunctionMax: _Translator.best_of,
    query.Not: _Translator.opposite,
    query.AndNot: _Translator.and_not,
    query.AndMaybe: _Translator.and_maybe,
    query.Require: _Translator.require,
    query.Otherwise: _Translator.otherwise,
    query.ConstantScoreQuery: _Translator.constant,
    query.SpanNear: _Translator.near_two,
    query.SpanNear2: _Translator.near_all,
    query.Sequence: _Translator.sequence,
    query.SpanOr: _Translator.any_span,
    query.Ordered: _refused(_PLACE, "Write SpanNear2(queries, slop=1000): in this order, and not too far apart."),
    query.SpanBefore: _refused(_PLACE, "Write SpanNear(a, b, slop=1000): in this order, and not too far apart."),
    query.SpanFirst: _refused(_PLACE, "Search for the query without its place, or in the title or the headings."),
    query.SpanNot: _refused(_PLACE, "Write And([a, Not(b)]) for records without b."),
    query.SpanContains: _refused(_PLACE, "Write SpanNear with what is between, or And([a, b])."),
    query.SpanCondition: _refused(_PLACE, "Write Require(a, b)."),
    query.Regex: _refused("is a regular expression", "Write Prefix, or Wildcard with * and ?."),
    query.ColumnQuery: _refused("asks a function about each record", "Write Term, NumericRange or DateRange."),
    query.WeightingQuery: _refused("brings a ranking of its own", "Leave it away: what is found is ranked by BM25F."),
    query.NestedParent: _NESTED,
    query.NestedChildren: _NESTED,
}
