"""From syntax to query: what each piece of the language asks for.

* A word becomes a `Word` in the fields that are searched; one that analysis cuts into several tokens
  (``state-of-the-art``) a `WordPhrase`, and one of a script written without spaces any of its bigrams.
* Patterns and fuzzy words compare with what stands in the term dictionary: stems without accents. They score the
  same for whatever they match.
* Attributes (path, language, metadata) are asked through their Whoosh field type where it parses itself.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from whoosh import query
from whoosh.qparser import syntax

from searchlib.analysis import Form, fold, forms, tokens
from searchlib.analysis.words import is_unspaced
from searchlib.query.fields import CASELESS, NUMBERS, PROSE, Fields
from searchlib.query.mistakes import Mistakes
from searchlib.query.nodes import Constant, Near, Word, WordPhrase
from searchlib.query.syntax import (
    EveryNode,
    ExcludedGroup,
    FuzzyNode,
    NearGroup,
    PatternNode,
    PhraseNode,
    RangeNode,
    RequiredGroup,
    WordsGroup,
)
from searchlib.query.tidying import all_of, alone, any_of, boosted

MOST_EDITS = 2
_PATTERN_PARTS = re.compile(r"[^\s*?!-/:-@\[-`{-~]*(?:[*?][^\s*?!-/:-@\[-`{-~]*)+|[^\s*?!-/:-@\[-`{-~]+")
_STARS = re.compile(r"\*\*+")
_WILDCARDS = re.compile(r"[*?]")


class Builder:
    """Builds the query of one text."""

    def __init__(
        self,
        fields: Fields,
        languages: Sequence[str],
        default_fields: Mapping[str, float],
        mistakes: Mistakes,
    ) -> None:
        self.fields = fields
        self.languages = languages
        self.default_fields = tuple(default_fields.items())
        self.mistakes = mistakes
        self._analysed: dict[str, list[tuple[tuple[Form, ...], tuple[int, int]]]] = {}
        self._makers: dict[type, Callable[[Any], Any]] = {
            WordsGroup: self.side_by_side,
            RequiredGroup: lambda node: self.build(node[0]),
            ExcludedGroup: self.excluded,
            NearGroup: self.near,
            syntax.NotGroup: self.excluded,
            syntax.AndGroup: lambda node: all_of(self.children(node), node.boost),
            syntax.OrGroup: lambda node: any_of(self.children(node), node.boost),
            syntax.AndNotGroup: self.and_not,
            syntax.AndMaybeGroup: self.and_maybe,
            syntax.RequireGroup: self.require,
            syntax.WordNode: self.word,
            PhraseNode: self.phrase,
            PatternNode: self.pattern,
            FuzzyNode: self.fuzzy,
            RangeNode: self.range,
            EveryNode: lambda node: query.Every(node.fieldname, boost=node.boost),
        }

    def build(self, node: Any) -> Any:
        """The query of a syntax node; the null query where there is nothing to search for."""
        made = self._makers[type(node)](node)
        if made is not query.NullQuery and made.startchar is None:
            made.startchar, made.endchar = node.startchar, node.endchar
        return made

    def children(self, group: Any) -> list[Any]:
        """The queries of the nodes of a group."""
        return [self.build(node) for node in group]

    # Groups

    def side_by_side(self, group: Any) -> Any:
        """Clauses without operators between them."""
        required, optional, excluded = [], [], []
        for node in group:
            built = self.build(node)
            if isinstance(built, query.Not):
                excluded.append(built)
            elif isinstance(node, RequiredGroup):
                required.append(built)
            else:
                optional.append(built)
        wanted = all_of(required)
        ranked = any_of(optional)
        if wanted is query.NullQuery:
            wanted = ranked
        elif ranked is not query.NullQuery:
            wanted = query.AndMaybe(wanted, ranked)
        if wanted is query.NullQuery and excluded:
            return query.Not(any_of([built.query for built in excluded]))
        return boosted(all_of([wanted, *excluded]), group.boost)

    def excluded(self, group: Any) -> Any:
        """``NOT clause`` or ``-clause``."""
        built = self.build(group[0])
        if isinstance(built, query.Not):
            return built.query
        return built if built is query.NullQuery else query.Not(built)

    def and_not(self, group: Any) -> Any:
        """``a ANDNOT b``. Whoosh's own AndNot returns a record too many."""
        first, second = self.children(group)
        if second is query.NullQuery:
            return first
        return all_of([first, second.query if isinstance(second, query.Not) else query.Not(second)])

    def and_maybe(self, group: Any) -> Any:
        """``a ANDMAYBE b``."""
        first, second = (alone(child) for child in self.children(group))
        if query.NullQuery in (first, second):
            return second if first is query.NullQuery else first
        return query.AndMaybe(first, second)

    def require(self, group: Any) -> Any:
        """``a REQUIRE b``: b filters, without a score."""
        first, second = (alone(child) for child in self.children(group))
        if query.NullQuery in (first, second):
            return second if first is query.NullQuery else first
        return query.Require(first, second)

    def near(self, group: Any) -> Any:
        """``a NEAR/n b``: in one field, in any order, at most n positions apart."""
        first, second = self.children(group)
        if query.NullQuery in (first, second):
            return second if first is query.NullQuery else first
        names = [name for name in _fields_of(first) if name in _fields_of(second)]
        sides = [(_limited(first, name), _limited(second, name)) for name in names]
        if not sides or any(None in pair for pair in sides):
            self.mistakes.add(
                "NEAR stands between words or phrases of one field only, so it is searched as AND.",
                group.startchar,
                "Write a word or a phrase on both sides.",
            )
            return all_of([first, second], group.boost)
        return any_of([Near(list(pair), slop=group.slop, ordered=False, mindist=1) for pair in sides], group.boost)

    # Words

    def in_fields(self, node: Any) -> tuple[tuple[str, float], ...]:
        """The prose fields that ``node`` searches, with their weights."""
        return self.default_fields if node.fieldname is None else ((node.fieldname, 1.0),)

    def is_prose(self, node: Any) -> bool:
        """Whether ``node`` searches running text."""
        return node.fieldname is None or node.fieldname in PROSE

    def word(self, node: Any) -> Any:
        """A word; where it holds white space (an unknown field and its word) each of them."""
        if not self.is_prose(node):
            return self.attribute(node, node.text)
        return any_of([self.one_word(part, node) for part in node.text.split()], node.boost)

    def one_word(self, text: str, node: Any) -> Any:
        """The query of text without white space."""
        words = self.words(text, node)
        if not any(_is_bigram(word) for word in words):
            return WordPhrase(words).normalize()
        # Between runs of bigrams there may be words of other scripts: each on its own.
        return any_of(list(words))

    def words(self, text: str, node: Any) -> list[Word]:
        """A `Word` for each token of ``text``."""
        fields = self.in_fields(node)
        shift = node.startchar + isinstance(node, PhraseNode)  # its quotation mark
        found = []
        if text not in self._analysed:
            self._analysed[text] = list(zip(forms(text, self.languages), _places(text), strict=True))
        for token, (start, end) in self._analysed[text]:
            word = Word(fields, token, text[start:end])
            word.startchar, word.endchar = shift + start, shift + end
            found.append(word)
        return found

    def phrase(self, node: Any) -> Any:
        """Text in quotation marks."""
        if not self.is_prose(node):
            return self.attribute(node, node.text)
        return WordPhrase(self.words(node.text, node), node.slop, node.boost).normalize()

    def pattern(self, node: Any) -> Any:
        """A word with ``*`` or ``?``."""
        if not self.is_prose(node):
            return _pattern(node.fieldname, node.text if node.fieldname == "document" else fold(node.text))
        parts = _PATTERN_PARTS.findall(node.text.rstrip("?"))
        made = [self.one_pattern(part, node) if _WILDCARDS.search(part) else self.one_word(part, node)
                for part in parts]  # fmt: skip
        return all_of(made, node.boost)

    def one_pattern(self, text: str, node: Any) -> Any:
        """A pattern of letters, digits and wildcards only."""
        text = _STARS.sub("*", text)
        asked = [_pattern(name, fold(text)) for name, _ in self.in_fields(node)]
        if text.endswith("*") and not _WILDCARDS.search(text[:-1]):
            # The index holds stems: industry* is to find "industry", which stands there as industri.
            asked.append(self.one_word(text[:-1], node))
        return _constant(any_of(asked))

    def fuzzy(self, node: Any) -> Any:
        """A word and how many letters of it may differ."""
        distance = node.distance
        if distance > MOST_EDITS:
            self.mistakes.add(
                f"A word may differ in {MOST_EDITS} letters at most, not {distance}.",
                node.startchar,
                f"Write {node.text}~{MOST_EDITS}",
            )
            distance = MOST_EDITS
        if not self.is_prose(node):
            return query.FuzzyTerm(
                node.fieldname, fold(node.text), boost=node.boost, maxdist=distance, prefixlength=node.prefix
            )
        # Compared with the stems that the index holds, so the stems of what was typed are what is compared.
        tokens = forms(node.text, self.languages)
        each = [
            any_of([
                query.FuzzyTerm(name, folded, maxdist=distance, prefixlength=node.prefix)
                for folded in dict.fromkeys(form.folded for form in token)
                for name, _ in self.in_fields(node)
            ])
            for token in tokens
        ]  # fmt: skip
        return all_of([_constant(one) for one in each], node.boost) if distance else self.word(node)

    # Attributes and ranges

    def attribute(self, node: Any, text: str) -> Any:
        """A value of an attribute."""
        name = node.fieldname
        if name in NUMBERS:  # one number is a range of one
            return self.self_parsed(node, lambda: _number_range(name, text, text, False, False, node.boost))
        field = self.fields.type_of(name)
        if field is None or not field.self_parsing():
            return query.Term(name, fold(text) if name in CASELESS or field is None else text, boost=node.boost)
        return self.self_parsed(node, lambda: field.parse_query(name, text, boost=node.boost))

    def range(self, node: Any) -> Any:
        """A range of words, values, numbers or dates."""
        names = [node.fieldname] if node.fieldname is not None else [name for name, _ in self.default_fields]
        if _reversed(node.start, node.end):
            self.mistakes.add(
                f"This range ends before it begins, so it is empty: {node.start} comes after {node.end}.",
                node.startchar,
                f"Turn it around: [{node.end} TO {node.start}]",
            )
            return query.NullQuery
        return _constant(any_of([self.range_in(name, node) for name in names]), node.boost)

    def range_in(self, name: str, node: Any) -> Any:
        """The range in one field."""
        if name in NUMBERS:
            return self.self_parsed(
                node, lambda: _number_range(name, node.start, node.end, node.startexcl, node.endexcl)
            )
        field = self.fields.type_of(name)
        if field is not None and field.self_parsing():
            made = self.self_parsed(
                node, lambda: field.parse_range(name, node.start, node.end, node.startexcl, node.endexcl)
            )
            if made is not None:
                return made
        start, end = (None if bound is None else fold(bound) for bound in (node.start, node.end))
        return query.TermRange(name, start, end, node.startexcl, node.endexcl)

    def self_parsed(self, node: Any, parse: Callable[[], Any]) -> Any:
        """What a field type makes of a value; a value that it cannot understand is a mistake."""
        try:
            made = parse()
            error = getattr(made, "error", None)
        except Exception as problem:
            made, error = query.NullQuery, problem
        if error is None:
            return made
        given = node.text if node.has_text else " TO ".join(bound or "" for bound in (node.start, node.end)).strip()
        self.mistakes.add(
            f'{node.fieldname}: never holds "{given}", so this finds nothing.',
            node.startchar,
            f"Write a number, as in {node.fieldname}:3" if node.fieldname in NUMBERS else "",
        )
        return query.NullQuery


def _number_range(
    name: str, start: str | None, end: str | None, startexcl: bool, endexcl: bool, boost: float = 1.0
) -> Any:
    first, last = (None if bound is None else int(bound) for bound in (start, end))
    return query.NumericRange(name, first, last, startexcl, endexcl, boost=boost)


def _is_bigram(word: Word) -> bool:
    return any(is_unspaced(form.exact) for form in word.forms)


def _places(text: str) -> list[tuple[int, int]]:
    """Where the tokens of a query stand that `forms` gives: the last unit of a longer run of bigrams is none."""
    places: list[tuple[int, int]] = []
    for token in tokens(text):
        if not (places and places[-1][0] < token.start and places[-1][1] == token.end):
            places.append((token.start, token.end))
    return places


def _constant(node: Any, score: float = 1.0) -> Any:
    return node if node is query.NullQuery else Constant(node, score)


def _pattern(name: str, text: str) -> Any:
    if not text.strip("*"):
        return query.Every(name)
    if "?" not in text and text.index("*") == len(text) - 1:
        return query.Prefix(name, text[:-1])
    return query.Wildcard(name, text)


def _fields_of(node: Any) -> list[str]:
    """The fields in which ``node`` has places; none where it has none at all."""
    if isinstance(node, (Word, WordPhrase)):
        return [name for name, _ in node.fields]
    if isinstance(node, query.ConstantScoreQuery):
        return _fields_of(node.child)
    if isinstance(node, query.Or):
        return list(dict.fromkeys(name for child in node.subqueries for name in _fields_of(child)))
    if isinstance(node, (query.Prefix, query.Wildcard, query.FuzzyTerm)):
        return [node.fieldname]
    return []


def _limited(node: Any, name: str) -> Any:
    """``node`` in the field ``name`` only; None where part of it has no places in a text."""
    if isinstance(node, Word):
        return Word(((name, 1.0),), node.forms, node.text)
    if isinstance(node, WordPhrase):
        return WordPhrase([_limited(word, name) for word in node.words], node.slop)
    if isinstance(node, query.ConstantScoreQuery):
        return _limited(node.child, name)
    if isinstance(node, query.Or):
        if not all(_fields_of(child) for child in node.subqueries):
            return None
        return any_of([_limited(child, name) for child in node.subqueries if name in _fields_of(child)])
    return node if node.fieldname == name else None


def _reversed(start: str | None, end: str | None) -> bool:
    if start is None or end is None:
        return False
    try:
        return float(start) > float(end)
    except ValueError:
        # A date less precise than the other begins with it: 2020-05 is in 2020.
        less, more = fold(start), fold(end)
        return less[:1].isdigit() == more[:1].isdigit() and less > more and not less.startswith(more)
