"""The two Whoosh field types of a record.

* `Prose` holds language: its terms are the keys of ``searchlib.analysis``, with positions of every token.
* `Meta` holds metadata of any type. A value is indexed as its folded words, and whole under a *mark* that tells
  what it is, in an order that ranges can walk: numbers as sortable hexadecimal, dates as ISO 8601, text folded.

Whoosh keeps the schema in its TOC by module path, so the names here are part of the index format.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from typing import Any

from whoosh import formats, query
from whoosh.analysis import Analyzer
from whoosh.analysis import Token as WhooshToken
from whoosh.fields import FieldType

from searchlib import analysis
from searchlib.query.nodes import WordPhrase
from searchlib.query.values import DATE, NUMBER, TEXT, meta_keys, sortable
from searchlib.query.words import analysed, words_of

_LAST = "\U0010ffff"
_DATE = re.compile(r"\d{4}(-\d\d(-\d\d([T ]\d\d(:\d\d(:\d\d(\.\d+)?)?)?(Z|[+-]\d\d:?\d\d)?)?)?)?")


class KeyAnalyzer(Analyzer):  # type: ignore[misc]
    """searchlib's tokens as a Whoosh analyzer, for one language."""

    def __init__(self, language: str = "") -> None:
        self.language = language

    def __eq__(self, other: object) -> bool:
        return isinstance(other, KeyAnalyzer) and other.language == self.language

    def __hash__(self) -> int:
        return hash(self.language)

    def __call__(self, value: str, positions: bool = False, chars: bool = False, **options: Any) -> Iterator[Any]:
        """Whoosh's tokens of a text: one object that changes, as Whoosh has it."""
        token = WhooshToken(positions, chars, **{name: options[name] for name in ("mode",) if name in options})
        first = options.get("start_pos", 0)
        for found in analysis.tokens(value, self.language):
            token.text = found.key
            token.boost = 1.0
            token.stopped = False
            token.pos = first + found.position
            token.startchar, token.endchar = found.start, found.end
            yield token


class Prose(FieldType):  # type: ignore[misc]
    """Text in a language. ``language`` is what Whoosh's own writer, which knows no other, analyses with."""

    def __init__(self, language: str = "", stored: bool = True) -> None:
        super().__init__(formats.Positions(), KeyAnalyzer(language), scorable=True, stored=stored)
        self.language = language

    def self_parsing(self) -> bool:
        """True: a word of a query becomes a node of its own."""
        return True

    def parse_query(self, fieldname: str, qstring: str, boost: float = 1.0) -> Any:
        """The node for a word, or for the phrase that the word turns out to be."""
        return _words(fieldname, qstring, [self.language], boost)


class Meta(FieldType):  # type: ignore[misc]
    """A piece of metadata: text, number, date or yes/no, or several of them."""

    def __init__(self, stored: bool = False) -> None:
        super().__init__(formats.Positions(), KeyAnalyzer(), scorable=True, stored=stored)

    def index(self, value: Any, **_: Any) -> Iterator[tuple[bytes, int, float, bytes]]:
        """Whoosh's postings of a value: (term, frequency, weight, encoded positions), in order of the terms."""
        keys, positions = meta_keys(value)
        places: dict[str, list[int]] = {}
        for key, position in zip(keys, positions, strict=True):
            places.setdefault(key, []).append(position)
        for key in sorted(places, key=str.encode):
            found = places[key]
            yield key.encode(), len(found), float(len(found)), self.format.encode(found)

    def self_parsing(self) -> bool:
        """True: words and ranges become nodes of their own."""
        return True

    def parse_query(self, fieldname: str, qstring: str, boost: float = 1.0) -> Any:
        """The node for a word, or for the phrase that the word turns out to be; a number also for its value."""
        found = _words(fieldname, qstring, [""], boost)
        number = _number(qstring)
        if number is None or qstring.strip().isdecimal():
            return found
        value = query.Term(fieldname, NUMBER + sortable(number), boost=boost)
        # The words of a negative number do not know its sign.
        return value if number < 0 else query.DisjunctionMax([found, value])

    def parse_range(
        self,
        fieldname: str,
        start: str | None,
        end: str | None,
        startexcl: bool = False,
        endexcl: bool = False,
        boost: float = 1.0,
    ) -> Any:
        """The records with a number, a date or else a text between the bounds; None is an open end."""
        bounds = [bound.strip() for bound in (start, end) if bound is not None]
        ranges = []
        if all(_number(bound) is not None for bound in bounds):
            ranges.append(
                _term_range(fieldname, NUMBER, _number_term(start), _number_term(end), startexcl, endexcl, boost)
            )
        if all(_DATE.fullmatch(bound) for bound in bounds):
            # A date is in a range of less precise ones: 2020-05-01 is within [2019 TO 2020].
            low = start.replace(" ", "T") if start else None
            high = end.replace(" ", "T") if end else None
            if low is not None and startexcl:
                low += _LAST
            if high is not None and not endexcl:
                high += _LAST
            ranges.append(_term_range(fieldname, DATE, low, high, False, endexcl, boost))
        if not ranges:
            low, high = (analysis.fold(bound) if bound is not None else None for bound in (start, end))
            ranges.append(_term_range(fieldname, TEXT, low, high, startexcl, endexcl, boost))
        return ranges[0] if len(ranges) == 1 else query.DisjunctionMax(ranges)


def _term_range(
    fieldname: str, mark: str, low: str | None, high: str | None, startexcl: bool, endexcl: bool, boost: float
) -> Any:
    # An open end reaches to the end of the terms with this mark.
    return query.TermRange(
        fieldname,
        mark + (low or ""),
        mark + (high if high is not None else _LAST),
        startexcl=startexcl and low is not None,
        endexcl=endexcl and high is not None,
        boost=boost,
    )


def _words(fieldname: str, text: str, languages: list[str], boost: float) -> Any:
    return WordPhrase(words_of(text, analysed(text, languages), [(fieldname, 1.0)]), boost=boost).normalize()


def _number(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def _number_term(text: str | None) -> str | None:
    number = _number(text) if text is not None else None
    return None if number is None else sortable(number)
