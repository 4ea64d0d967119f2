"""From a piece of the syntax to the node that asks for it.

* A word becomes a `Word` in the fields that are searched; one that analysis cuts into several tokens
  (``state-of-the-art``) a `Phrase`, and one of a script written without spaces any of its bigrams.
* Patterns and fuzzy words compare with words as they are written, but for case and accents. They score the same for
  whatever they match.
* In a field that is no prose, a word or what is in quotation marks is one value, whole.

Each of the methods returns None for what asks for nothing. ``field`` is the field that is named, None where none is.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from searchlib.analysis import Lexicon, fold, split_key
from searchlib.analysis.words import is_unspaced
from searchlib.concurrency.lazily import lazy_expression
from searchlib.guards.limits import LIMITS, Limits
from searchlib.model.fields import Field
from searchlib.model.locators import KINDS, LABEL
from searchlib.model.ranking import DEFAULT_RANKING
from searchlib.query import values
from searchlib.query.analysing import tokens_of, words_of
from searchlib.query.compounds import APART, apart, inside, joined_form, joined_name, through_lines
from searchlib.query.cost import too_many
from searchlib.query.joining import all_of, any_of
from searchlib.query.lexer import ESCAPES, QUOTES, Piece, escaped, typed_pattern, unescaped
from searchlib.query.mistakes import Mistakes
from searchlib.query.nodes import (
    NOTHING,
    At,
    Best,
    Everything,
    Fuzzy,
    Node,
    Prefix,
    Range,
    Value,
    Weights,
    Wildcard,
    Word,
    boosted,
    phrase,
)

if TYPE_CHECKING:
    from searchlib.query.byname import ByName
    from searchlib.query.synonyms import Thesaurus

MOST_EDITS = 2
_APART = rf"\s!-/:-@\[-`{{-~{ESCAPES}"  # what cuts a pattern in parts, with the wildcards
_PARTS = lazy_expression(rf"[^{_APART}]*(?:[*?][^{_APART}]*)+|[^{_APART}]+")
_STARS = lazy_expression(r"\*\*+")
_BEGINNING = lazy_expression(r"(?P<text>(?:\\.|[^*?\\])*)\*", re.DOTALL)
_BOUND = r"(?:\d+(?:\.\d+)?|\d{4}(?:-\d\d){1,2})?"
_FROM_TO = lazy_expression(rf"(?P<low>{_BOUND})\.\.(?P<high>{_BOUND})", re.ASCII)  # two numbers, or two dates
_AT_ENDS = "'" + QUOTES  # of a bound


class Clauses:
    """Makes the nodes of one text."""

    def __init__(
        self,
        lexicon: Lexicon,
        weights: Weights,
        mistakes: Mistakes,
        synonyms: Thesaurus | None = None,
        limits: Limits = LIMITS,
        function: float = DEFAULT_RANKING.function,
        names: ByName | None = None,
    ) -> None:
        self._lexicon = lexicon
        self.function = function
        self.languages = tuple(lexicon.languages)
        self._weights = weights
        self._names = tuple(name for name, _ in weights)
        self._mistakes = mistakes
        self._synonyms = synonyms
        self._by_name = names
        self._limits = limits
        self._made = 0  # words, and synonyms for them

    def spend(self, count: int) -> None:
        """Count words and synonyms while they are made: a few words could have millions of synonyms."""
        self._made += count
        if self._made > self._limits.query_clauses:
            raise too_many(self._limits)

    def word(self, text: str, start: int, end: int, field: Field | None, exactly: bool = False) -> Node | None:
        """A word without white space in it; ``exactly`` as it is written."""
        if field is None or field.kind == "prose":
            return self._one_word(text, start, field, (start, end), exactly)
        return self._value(text, start, field, (start, end))

    def words(self, parts: Sequence[tuple[str, int]], end: int, field: Field | None) -> Node | None:
        """Several words, each with its place, that are one clause: an unknown field and what it was to hold."""
        start = parts[0][1]
        if field is None or field.kind == "prose":
            made = [self._one_word(text, place, field, (place, place + len(text))) for text, place in parts]
            return any_of(made, (start, end))
        padded = ""  # with every part at its place
        for text, place in parts:
            padded = padded.ljust(place - start) + text
        return self._value(padded, start, field, (start, end))

    def tokens(self, text: str, start: int, field: Field | None, exactly: bool = False) -> list[Word]:
        """A `Word` for each token of prose."""
        words = words_of(text, self._lexicon, self._weights_in(field), start, exactly=exactly)
        return words if exactly or self._by_name is None else list(map(self._by_name.named, words))

    def phrase(self, piece: Piece, field: Field | None, exactly: bool = False) -> Node | None:
        """Text in quotation marks; ``exactly`` as it is written."""
        text, start, at = piece.match["quoted"], piece.start + 1, (piece.start, piece.end)
        if field is not None and field.kind != "prose":
            return self._value(text, start, field, at)
        words = self.tokens(text, start, field, exactly)
        self.spend(len(words))
        made = self._in_a_row(words, max(1, int(piece.match["slop"] or 1)), at, escaped(piece.text))
        if made is None:
            self._mistakes.add("There is no word between these quotation marks.", at, "Write at least one word there.")
        return made

    def pattern(self, piece: Piece, field: Field | None) -> Node | None:
        """A word with ``*`` or ``?``."""
        at = piece.start, piece.end
        if not piece.text.strip("*:"):
            return having(field, at)
        if field is not None and field.kind != "prose":
            return _value_pattern(piece.text, field, at)
        made = []
        for part in _PARTS.finditer(piece.text):
            # A question mark at the end of a word is punctuation, and so is one before a word that has no other.
            text, start = part[0].rstrip("?"), piece.start + part.start()
            bare = text.lstrip("?")
            if "*" in text or "?" in bare:
                made.append(self._part(text, field, (start, start + len(text))))
            else:
                start += len(text) - len(bare)
                made.append(self._one_word(bare, start, field, (start, start + len(bare))))
        return all_of(made, at)

    def fuzzy(self, piece: Piece, field: Field | None) -> Node | None:
        """A word and how many letters of it may differ."""
        at, text = (piece.start, piece.end), piece.match["like"]
        edits, prefix = piece.match["edits"] or "1", int(piece.match["same"] or 0)
        if edits not in ("0", "1", "2"):
            said, plain = f"A word may differ in 1 or {MOST_EDITS} letters, not {edits}.", unescaped(text)
            advice = f"Write {plain}~ or {plain}~{MOST_EDITS}"
            self._mistakes.add(said, at, advice, so=f"it may in {MOST_EDITS}")
            edits = str(MOST_EDITS)
        distance = int(edits)
        if field is not None and field.kind != "prose":
            folded = fold(unescaped(text))
            return Fuzzy(folded, (field.name,), distance, prefix, typed=typed_pattern(text), at=at)
        if not distance:
            return self._one_word(text, piece.start, field, at)
        made = []
        for token in tokens_of(text):
            place, typed = (piece.start + token.start, piece.start + token.end), text[token.start : token.end]
            folded = split_key(token.key)[0]
            made.append(Fuzzy(folded, self._names_in(field), distance, prefix, typed=typed, at=place))
        return all_of(made, at)

    def range(self, piece: Piece, field: Field | None) -> Node | None:
        """A range of words, values, numbers or dates: ``[a TO b]``, or ``>=a`` behind a field's name."""
        at, bounds = (piece.start, piece.end), bounds_of(piece)
        low, high = (None if bound is None else unescaped(bound[0]) for bound in bounds)
        sign = piece.match["relation"]
        open_low = piece.text[0] == "{" if sign is None else "=" not in sign
        open_high = piece.text[-1] == "}" if sign is None else "=" not in sign
        typed = escaped(piece.text) if sign is None or field is not None else ""
        return self._between(low, high, field, at, typed, open_low, open_high)

    # Parts of these

    def _between(
        self,
        low: str | None,
        high: str | None,
        field: Field | None,
        at: At,
        typed: str,
        open_low: bool = False,
        open_high: bool = False,
    ) -> Node | None:
        if values.is_reversed(low, high):
            said = f"This range ends before it begins, so it is empty: {low} comes after {high}."
            self._mistakes.add(said, at or (0, 0), f"Turn it around: [{high} TO {low}]")
            return NOTHING
        open_low, open_high = open_low and low is not None, open_high and high is not None
        if field is not None and field.kind == "number":
            given = f"{low or ''} TO {high or ''}".strip()
            return self._number(
                field, given, at, lambda: values.number_range(field.name, low, high, open_low, open_high, typed, at)
            )
        if field is not None and field.kind == "metadata":
            problem = values.bounds_problem(low, high)
            if problem:
                advice = "Write numbers as 3 or 1.5, and dates as 2020-05-17, 2020-05 or 2020."
                self._mistakes.add(problem, at or (0, 0), advice, so="it is compared as text")
            return values.value_range(field.name, low, high, open_low, open_high, typed, at)
        low, high = (bound if bound is None else fold(bound) for bound in (low, high))
        return Range(low, high, self._names_in(field), open_low, open_high, typed=typed, at=at)

    def _weights_in(self, field: Field | None) -> Weights:
        return self._weights if field is None else ((field.name, 1.0),)

    def _names_in(self, field: Field | None) -> tuple[str, ...]:
        return self._names if field is None else (field.name,)

    def _one_word(self, text: str, start: int, field: Field | None, at: At, exactly: bool = False) -> Node | None:
        words = self.tokens(text, start, field, exactly)
        self.spend(len(words))
        thesaurus = None if exactly else self._synonyms
        if text.isascii() or not any(is_unspaced(word.forms[0].exact) for word in words):
            made = self._in_a_row(words, 1, at, typed_pattern(text))
            return made if exactly or made is None else self._written_otherwise(made, text, start, words, field, at)
        # Between runs of bigrams there may be words of other scripts: each on its own.
        found = any_of([*words, *self._segmented(text, field)], at)
        if thesaurus is None or found is None:
            return found
        others = [
            other
            for place in range(len(words))
            for length in thesaurus.at(words, place)
            for other in thesaurus.others(words, place, length)
        ]
        return Best((found, *others), at=at) if others else found

    def _segmented(self, text: str, field: Field | None) -> list[Word]:
        """The words that segmenters find in a text, where the index has such."""
        if not self._lexicon.segmented:
            return []
        from searchlib.query.segmented import segmented_words

        words = segmented_words(text, self._lexicon.segmented, self._weights_in(field))
        self.spend(len(words))
        return words

    def _written_otherwise(
        self, made: Node, typed: str, start: int, words: Sequence[Word], field: Field | None, at: At
    ) -> Node:
        """The node of a word, with the ways in which it may be written otherwise."""
        first, last = words[0].at or (0, 0), words[-1].at or (0, 0)
        text = typed[first[0] - start : last[1] - start]
        ways = [(way, APART * len(words) / len(way)) for way in apart(text, self._lexicon)]
        name = joined_name(text, words)
        if name is not None:
            return Best((replace(name, at=at), boosted(made, APART)), typed=typed_pattern(text), at=at)
        if len(words) > 1:
            together = joined_form(text, self._lexicon)
            ways += [((together,), 1.0)] if together else []
        others: list[Node] = []
        fields = self._weights_in(field)
        for way, weight in ways:
            row = [replace(word, at=None) for part in way for word in words_of(part, self._lexicon, fields)]
            found = phrase(row, 1, at)
            others += [boosted(found, weight)] if found is not None else []
        within = inside(text, self._names_in(field), at)
        others += [within] if within is not None else []
        self.spend(len(others))
        if not others:
            return made
        return Best((*(made.nodes if isinstance(made, Best) else (made,)), *others), typed=typed_pattern(text), at=at)

    def _in_a_row(self, words: list[Word], slop: int, at: At, typed: str) -> Node | None:
        """A phrase, or its only word, with what means the same."""
        if self._synonyms is None or not words or words[0].exactly:
            made = phrase(words, slop, at)
        else:
            for place in range(len(words)):
                self.spend(sum(map(len, self._synonyms.at(words, place).values())))
            made = self._synonyms.phrase(words, slop, at)
        # What stands further apart has room for a word that is two.
        rows = list(through_lines(words)) if len(words) > 1 and slop == 1 else []
        if made is None or not rows:
            return made
        self.spend(sum(map(len, rows)))
        broken = [one for one in (phrase(row, slop, at) for row in rows) if one is not None]
        return Best((*(made.nodes if isinstance(made, Best) else (made,)), *broken), typed=typed, at=at)

    def _part(self, text: str, field: Field | None, at: At) -> Node | None:
        """A pattern of letters, digits and wildcards only."""
        if not text.strip("*"):
            return having(field, at)
        return _pattern(fold(_STARS.sub("*", text)), self._names_in(field), text, at)

    def _value(self, text: str, start: int, field: Field, at: At) -> Node | None:
        plain = unescaped(" ".join(text.split()) if "  " in text else text)
        bounds = _FROM_TO.fullmatch(text) if field.kind != "exact" else None
        if bounds is not None and any(bounds.groups()):
            return self._between(bounds["low"] or None, bounds["high"] or None, field, at, text)
        if field.kind == "metadata":
            found = values.value(field.name, text, plain, at, start)
            if field.name not in KINDS or plain.strip().isdecimal():
                return found
            # What people read on a page, or a sheet, is no number often: "page:xii" means its label.
            label = values.value(field.name + LABEL, text, plain, at, start)
            return Best((found, label), at=at) if found is not None and label is not None else found
        if field.kind == "number":  # one number is a range of one
            return self._number(field, plain, at, lambda: values.number_range(field.name, plain, plain, at=at))
        return Value(fold(plain) if field.caseless else plain, field.name, at=at)

    def _number(self, field: Field, given: str, at: At, make: Callable[[], Node]) -> Node:
        try:
            return make()
        except ValueError:
            said = f'{field.name}: never holds "{given}", so this finds nothing.'
            self._mistakes.add(said, at or (0, 0), f"Write a number, as in {field.name}:3")
            return NOTHING


MAKERS: Final[Mapping[str, Callable[[Clauses, Piece, Field | None], Node | None]]] = {
    "pattern": Clauses.pattern,
    "fuzzy": Clauses.fuzzy,
    "range": Clauses.range,
}
"""What makes the node of each kind of piece that is an operand, but no word."""


def having(field: Field | None, at: At = None) -> Everything:
    """Every record that has anything in a field; all have the numbers, and without a field all are meant."""
    return Everything("" if field is None or field.kind == "number" else field.name, at=at)


def bounds_of(piece: Piece) -> tuple[tuple[str, int] | None, tuple[str, int] | None]:
    """The bounds of a range or comparison, each with its place; None where an end is open."""
    match = piece.match
    if match["relation"] is None:
        return _bound(match["low"], match.start("low")), _bound(match["high"], match.start("high"))
    bound = _bound(match["bound"], match.start("bound"))
    return (bound, None) if ">" in match["relation"] else (None, bound)


def _bound(text: str, start: int) -> tuple[str, int] | None:
    bound = text.strip().strip(_AT_ENDS)
    return None if bound in ("", "*") else (bound, start + text.index(bound))


def _value_pattern(text: str, field: Field, at: At) -> Node | None:
    """A value with wildcards."""
    glob = unescaped(
        text.replace("\\", "\\\\"), lambda character: "\\" + character if character in "*?\\" else character
    )
    asked = [glob]
    if field.kind == "metadata":
        asked = values.marked_patterns(fold(glob))
    elif field.caseless:
        asked = [fold(glob)]
    made = [_pattern(one, (field.name,), typed_pattern(text), at) for one in asked]
    return made[0] if len(made) == 1 else Best(tuple(made), at=at)


def _pattern(text: str, names: tuple[str, ...], typed: str, at: At) -> Prefix | Wildcard:
    beginning = _BEGINNING.fullmatch(text)
    if beginning is None:
        return Wildcard(text, names, typed=typed, at=at)
    return Prefix(re.sub(r"\\(.)", r"\1", beginning["text"], flags=re.DOTALL), names, typed=typed, at=at)
