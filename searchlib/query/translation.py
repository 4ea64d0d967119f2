"""Trees of Whoosh's query nodes, as others build them, into trees that mean what their author meant.

What is written for a stock Whoosh index asks for words and values as a person writes them: ``Term("text", "weapons")``,
``NumericRange("year", 1990, 2000)``. This index holds stems, and values under a mark (`searchlib.query.values`), so
that such nodes would match nothing. Here, where a tree comes in:

* A *term* or *phrase* of running text is analysed as the query language does, unless it is a *key*: bytes, or text that
  stands in the dictionary and that no word is written as (``industri``).
* A *range* of numbers or dates, and a term, of an attribute becomes what ``year:[1990 TO 2000]`` is.
* A *pattern* loses capitals and accents, as all that it is compared with has.
* Of a field that is none, or that a node cannot be asked of, a *warning* says so.

Nodes that need none of this, and searchlib's own, stay the objects they are.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from copy import copy
from datetime import datetime, time
from typing import Any

from whoosh import query
from whoosh.query import spans

from searchlib.analysis import SEPARATOR, fold, forms
from searchlib.query.clauses import children_of
from searchlib.query.fields import CASELESS, NUMBERS, PROSE, Fields
from searchlib.query.mistakes import QueryWarning
from searchlib.query.nodes import NOTHING, Word, WordPhrase
from searchlib.query.tidying import any_of
from searchlib.query.values import DATE, NUMBER, TEXT
from searchlib.query.words import analysed, words_of

_MARKS = (NUMBER, DATE, TEXT)
_WHOLE = frozenset({"document", "id"})  # attributes that are compared as they are written

HasKey = Callable[[str, str], bool]


class Translation:
    """The translation of one tree for an index with this schema and documents in these languages.

    ``has_key`` says whether a field's dictionary holds a key; ``warnings`` are what could not be meant.
    """

    def __init__(self, schema: Any, languages: Sequence[str], has_key: HasKey) -> None:
        self.warnings: list[QueryWarning] = []
        self._schema = schema
        self._fields = Fields(schema)
        self._languages = languages
        self._has_key = has_key

    def translate(self, node: Any) -> Any:
        """The tree that means what this one means to its author; the same object where that is what it says."""
        make = _MAKERS.get(type(node))
        if make is None:
            return self._within(node)
        made = make(self, node) if self._known(node) else node
        if made is not node and made is not NOTHING and made.startchar is None:
            made.startchar, made.endchar = node.startchar, node.endchar
        return made

    def _within(self, node: Any) -> Any:
        """A node of nodes, with these translated."""
        if isinstance(node, spans.SpanQuery):
            meant = {id(child): self.translate(child) for child in children_of(node)}
            same = all(meant[id(child)] is child for child in children_of(node))
            return node if same else node.apply(lambda child: meant[id(child)])
        made = node
        for name in _CHILDREN.get(type(node), ()):
            before = getattr(node, name)
            after: Any = [self.translate(one) for one in before] if isinstance(before, list) else self.translate(before)
            same = (
                all(a is b for a, b in zip(before, after, strict=True)) if isinstance(before, list) else after is before
            )
            if not same:
                made = copy(node) if made is node else made
                setattr(made, name, after)
        if made is not node and isinstance(made, query.compound.BinaryQuery):
            made.subqueries = (made.a, made.b)
        return made

    def _known(self, node: Any) -> bool:
        """Whether the field of a node is one; a warning if not."""
        name = node.fieldname
        if name in self._schema or name in NUMBERS or name in _WHOLE:
            return True
        similar = self._fields.similar(str(name))
        advice = f"Did you mean {similar}?" if similar else f"The fields are {self._fields.listed()}."
        self._warn(f'There is no field "{name}"', node, advice)
        return False

    def _warn(self, problem: str, node: Any, advice: str) -> None:
        message = f"{problem}, so {type(node).__name__} of it finds nothing."
        self.warnings.append(QueryWarning(message, "", advice=advice, problem=f"{problem}."))

    # Words and values

    def _term(self, node: Any) -> Any:  # noqa: PLR0911 - a kind of field a return
        name, text = node.fieldname, node.text
        if isinstance(text, bytes) or name in _WHOLE:
            return node
        if name in PROSE:
            words = self._words(name, str(text))
            if not words or self._is_key(name, text, words):
                return node
            return WordPhrase(words, boost=node.boost).normalize()
        if name in NUMBERS:
            return self._one_number(node, text)
        if name in CASELESS:
            return node if fold(text) == text else query.Term(name, fold(text), boost=node.boost)
        if str(text).startswith(_MARKS):
            return node
        made = self._schema[name].parse_query(name, str(text), boost=node.boost)
        return node if made == query.NullQuery else made

    def _phrase(self, node: Any) -> Any:
        name = node.fieldname
        if any(isinstance(word, bytes) for word in node.words):
            return node
        if name not in PROSE:
            if name in NUMBERS or name in CASELESS or name in _WHOLE:
                self._warn(f"{name} holds single values and no words", node, f"Ask for one by Term({name!r}, ...).")
                return NOTHING
            made = self._schema[name].parse_query(name, " ".join(node.words), boost=node.boost)
            return made if made != query.NullQuery else node
        each = [self._words(name, word) for word in node.words]
        if any(self._is_key(name, word, words) for word, words in zip(node.words, each, strict=True)):
            return node
        return WordPhrase([word for words in each for word in words], node.slop, node.boost).normalize()

    def _words(self, name: str, text: str) -> list[Word]:
        return words_of(text, analysed(text, self._languages), [(name, 1.0)])

    def _is_key(self, name: str, text: str, words: Sequence[Word]) -> bool:
        """Whether a text is a key of the dictionary, and not one of those that it means as a word."""
        if SEPARATOR in text:
            return True
        meant = {form.folded for word in words for form in word.forms}
        return text not in meant and self._has_key(name, text)

    # Ranges

    def _numbers(self, node: Any) -> Any:
        if node.fieldname in NUMBERS:
            return node
        return self._range(node, *(None if bound is None else str(bound) for bound in (node.start, node.end)))

    def _dates(self, node: Any) -> Any:
        if node.fieldname in NUMBERS:
            self._warn(f"{node.fieldname} holds numbers and no dates", node, "Give a NumericRange.")
            return NOTHING
        return self._range(node, *map(_written, (node.startdate, node.enddate)))

    def _terms(self, node: Any) -> Any:
        bounds = node.start, node.end
        if any(isinstance(bound, bytes) or str(bound or "").startswith(_MARKS) for bound in bounds):
            return node
        name = node.fieldname
        if name in NUMBERS:
            if all(bound is None or str(bound).isdecimal() for bound in bounds):
                first, last = (None if bound is None else int(bound) for bound in bounds)
                return query.NumericRange(name, first, last, node.startexcl, node.endexcl, node.boost)
            self._warn(f"{name} holds numbers and no text", node, "Give a NumericRange.")
            return NOTHING
        if name not in PROSE and name not in CASELESS and name not in _WHOLE:
            return self._range(node, *bounds)
        folded = [None if bound is None or name in _WHOLE else fold(bound) for bound in bounds]
        if name in _WHOLE or folded == list(bounds):
            return node
        made = copy(node)
        made.start, made.end = folded
        return made

    def _range(self, node: Any, start: str | None, end: str | None) -> Any:
        name = node.fieldname
        if name in PROSE or name in CASELESS or name in _WHOLE:
            self._warn(f"{name} holds neither numbers nor dates", node, "Name a field of the metadata.")
            return NOTHING
        return self._schema[name].parse_range(name, start, end, node.startexcl, node.endexcl, node.boost)

    def _one_number(self, node: Any, text: Any) -> Any:
        if str(text).isdecimal():
            return query.NumericRange(node.fieldname, int(text), int(text), boost=node.boost)
        self._warn(f"{node.fieldname} holds whole numbers", node, f"Write one, as in Term({node.fieldname!r}, 3).")
        return NOTHING

    # Patterns

    def _pattern(self, node: Any) -> Any:
        if node.fieldname in _WHOLE or isinstance(node.text, bytes) or str(node.text).startswith(_MARKS):
            return node
        folded = fold(node.text)
        if folded == node.text:
            return node
        made = copy(node)
        made.text = folded
        return made

    def _fuzzy(self, node: Any) -> Any:
        if node.fieldname not in PROSE or isinstance(node.text, bytes):
            return self._pattern(node)
        stems = dict.fromkeys(form.folded for token in forms(node.text, self._languages) for form in token)
        made = []
        for stem in stems:
            one = copy(node)
            one.text = stem
            made.append(one)
        return node if not made or list(stems) == [node.text] else any_of(made)

    def _variations(self, node: Any) -> Any:
        """The English forms of a word: all forms are found by the word alone."""
        return self._term(query.Term(node.fieldname, node.text, boost=node.boost)) if node.fieldname in PROSE else node


def translate(tree: Any, schema: Any, languages: Sequence[str], has_key: HasKey) -> tuple[Any, list[QueryWarning]]:
    """What a tree means, and warnings: see `Translation`."""
    translation = Translation(schema, languages, has_key)
    return translation.translate(tree), translation.warnings


def _written(moment: datetime | None) -> str | None:
    """A date as text in ISO 8601; midnight is the day."""
    if moment is None:
        return None
    return moment.date().isoformat() if moment.time() == time() and moment.tzinfo is None else moment.isoformat()


_CHILDREN: dict[type, tuple[str, ...]] = {
    **dict.fromkeys(
        (query.And, query.Or, query.DisjunctionMax, query.Sequence, query.Ordered,
         query.compound.DefaultOr, query.compound.SplitOr, query.compound.PreloadedOr),
        ("subqueries",),
    ),
    **dict.fromkeys((query.AndNot, query.AndMaybe, query.Require, query.Otherwise), ("a", "b")),
    query.Not: ("query",),
    query.ConstantScoreQuery: ("child",),
}  # fmt: skip
_MAKERS: dict[type, Callable[[Translation, Any], Any]] = {
    query.Term: Translation._term,
    query.Phrase: Translation._phrase,
    query.NumericRange: Translation._numbers,
    query.DateRange: Translation._dates,
    query.TermRange: Translation._terms,
    query.Prefix: Translation._pattern,
    query.Wildcard: Translation._pattern,
    query.FuzzyTerm: Translation._fuzzy,
    query.Variations: Translation._variations,
}
