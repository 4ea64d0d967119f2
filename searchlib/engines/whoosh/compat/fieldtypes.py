"""The two Whoosh field types of a record.

* `Prose` holds language: its terms are the keys of ``searchlib.analysis``, with positions of every token.
* `Meta` holds metadata of any type. A value is indexed as its folded words, and whole under a *mark* that tells
  what it is, in an order that ranges can walk (see `searchlib.query.valuekeys`).

Whoosh keeps the schema in its TOC by module path, so the names here are part of the index format.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from whoosh import formats, query
from whoosh.analysis import Analyzer
from whoosh.analysis import Token as WhooshToken
from whoosh.fields import FieldType

from searchlib import analysis
from searchlib.analysis import SEPARATOR, Form, join_key
from searchlib.engines.whoosh.compat.anyform import AnyForm
from searchlib.query.nodes import NOTHING, Best, Node, Phrase, Range, Value, Word, phrase
from searchlib.query.values import meta_keys, value, value_range


class KeyAnalyzer(Analyzer):  # type: ignore[misc]
    """searchlib's tokens as a Whoosh analyzer: words as they are written."""

    def __eq__(self, other: object) -> bool:
        return isinstance(other, KeyAnalyzer)

    def __hash__(self) -> int:
        return hash(KeyAnalyzer)

    def __call__(self, value: str, positions: bool = False, chars: bool = False, **options: Any) -> Iterator[Any]:
        """Whoosh's tokens of a text: one object that changes, as Whoosh has it."""
        token = WhooshToken(positions, chars, **{name: options[name] for name in ("mode",) if name in options})
        first = options.get("start_pos", 0)
        for found in analysis.tokens(value):
            token.text = found.key
            token.boost = 1.0
            token.stopped = False
            token.pos = first + found.position
            token.startchar, token.endchar = found.start, found.end
            yield token


class Prose(FieldType):  # type: ignore[misc]
    """Text. ``language`` is that of most documents: Whoosh's parser, which knows no other, asks for its stems."""

    def __init__(self, language: str = "", stored: bool = True) -> None:
        super().__init__(formats.Positions(), KeyAnalyzer(), scorable=True, stored=stored)
        self.language = language

    def self_parsing(self) -> bool:
        """True: a word of a query is found in whatever form and accentuation."""
        return True

    def parse_query(self, fieldname: str, qstring: str, boost: float = 1.0) -> Any:
        """What finds a word in all its forms, or the phrase, as it is written, that the word turns out to be."""
        words = [Word(qstring, token, ((fieldname, 1.0),)) for token in analysis.forms(qstring)]
        if self.language and len(words) == 1 and not words[0].forms[0].prefix:
            return AnyForm(fieldname, words[0].forms[0].exact, self.language, boost)
        return _stock(phrase(words) or NOTHING, boost)


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
        """True: words and ranges are those of values."""
        return True

    def parse_query(self, fieldname: str, qstring: str, boost: float = 1.0) -> Any:
        """What finds a word, or the phrase that the word turns out to be; a number also for its value."""
        return _stock(value(fieldname, qstring, qstring) or NOTHING, boost)

    def parse_range(
        self,
        fieldname: str,
        start: str | None,
        end: str | None,
        startexcl: bool = False,
        endexcl: bool = False,
        boost: float = 1.0,
    ) -> Any:
        """What finds the records with a number, a date or else a text between the bounds; None is an open end."""
        return _stock(value_range(fieldname, start, end, startexcl, endexcl), boost)


def _stock(node: Node, boost: float) -> Any:
    """A word, phrase, value or range, or the best of some, for a stock searcher: in Whoosh's own classes."""
    match node:
        case Word(_, forms, ((name, _),)):
            return query.Or([one for form in forms for one in _keys(name, form)], boost=boost)
        case Phrase(words):
            keys = [join_key(word.forms[0].exact) for word in words]
            return query.Phrase(node.fields[0][0], keys, boost=boost)
        case Value(key, name):
            return query.Term(name, key, boost=boost)
        case Range(low, high, (name,), open_low, open_high):
            return query.TermRange(name, low, high, open_low, open_high, boost=boost)
        case Best(nodes):
            return query.DisjunctionMax([_stock(one, boost) for one in nodes])
        case _:
            return query.NullQuery


def _keys(name: str, form: Form) -> list[Any]:
    """What finds the keys of a form. All accentuations of a word are neighbours in the dictionary."""
    if form.prefix:
        return [query.Prefix(name, form.folded)]
    return [query.Term(name, form.folded), query.Prefix(name, form.folded + SEPARATOR)]
