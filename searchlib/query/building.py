"""From syntax to query: what each piece of the language asks for.

* A word becomes a `Word` in the fields that are searched; one that analysis cuts into several tokens
  (``state-of-the-art``) a `WordPhrase`, and one of a script written without spaces any of its bigrams.
* Patterns and fuzzy words compare with what stands in the term dictionary: stems without accents. They score the
  same for whatever they match.
* Attributes (path, language, metadata) are asked through their Whoosh field type where it parses itself.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from whoosh import query
from whoosh.qparser import syntax

from searchlib.analysis import fold, forms
from searchlib.analysis.words import is_unspaced
from searchlib.deadline import check
from searchlib.limits import LIMITS, Limits
from searchlib.query.characters import unescaped
from searchlib.query.clauses import too_many
from searchlib.query.fields import CASELESS, NUMBERS, PROSE, Fields
from searchlib.query.mistakes import Mistakes
from searchlib.query.nodes import NOTHING, Constant, Fuzzy, Near, Word, WordPhrase
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
from searchlib.query.tidying import all_of, alone, any_of, at, boosted, is_nothing
from searchlib.query.values import bounds_problem, is_reversed, marked_patterns
from searchlib.query.words import Analysed, analysed, words_of

if TYPE_CHECKING:
    from searchlib.query.synonyms import Thesaurus

MOST_EDITS = 2
_PATTERN_PARTS = re.compile(r"[^\s*?!-/:-@\[-`{-~]*(?:[*?][^\s*?!-/:-@\[-`{-~]*)+|[^\s*?!-/:-@\[-`{-~]+")
_LONGEST_ENTRY = 16  # words side by side that a synonym can stand for
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
        synonyms: Thesaurus | None = None,
        limits: Limits = LIMITS,
    ) -> None:
        self.fields = fields
        self.languages = languages
        self.default_fields = tuple(default_fields.items())
        self.mistakes = mistakes
        self.synonyms = synonyms
        self.limits = limits
        self._made = 0  # words, and synonyms for them
        self._analysed: dict[str, Analysed] = {}
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
        check()
        return at(node, self._makers[type(node)](node))

    def children(self, group: Any) -> list[Any]:
        """The queries of the nodes of a group."""
        return [self.build(node) for node in group]

    def mistake(self, problem: str, node: Any, advice: str = "", *, so: str = "") -> None:
        """Note what is wrong with a node."""
        self.mistakes.add(problem, node.startchar, node.endchar, advice, so=so)

    def spend(self, count: int) -> None:
        """Count words and synonyms while they are made: a few words could have millions of synonyms."""
        self._made += count
        if self._made > self.limits.query_clauses:
            raise too_many(self.limits)

    # Groups

    def side_by_side(self, group: Any) -> Any:
        """Clauses without operators between them."""
        required, optional, excluded = [], [], []
        for node, built in self.clauses(group):
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

    def clauses(self, group: Any) -> Iterator[tuple[Any, Any]]:
        """The clauses of a group with their queries; words that have a synonym together are one clause."""
        place = 0
        while place < len(group):
            count, others = self.synonyms_from(group, place) if self.synonyms is not None else (1, [])
            self.spend(len(others))
            node, built = group[place], self.children(group[place : place + count])
            yield node, query.DisjunctionMax([any_of(built), *others]) if others else built[0]
            place += count

    def synonyms_from(self, group: Any, first: int) -> tuple[int, list[Any]]:
        """How many nodes, from the first on, are words that have synonyms together, and the synonyms."""
        assert self.synonyms is not None
        words: list[Word] = []
        ends: list[int] = []
        node = group[first]
        for other in group[first : first + _LONGEST_ENTRY]:
            if not (isinstance(other, syntax.WordNode) and self.is_prose(other)):
                break
            if other.fieldname != node.fieldname or other.boost != node.boost:
                break
            words += self.words(other.text, other)
            ends.append(len(words))
        for count in range(len(ends), 1, -1):
            others = self.synonyms.others(words[: ends[count - 1]], 0, ends[count - 1])
            if others and ends[0]:
                return count, [boosted(other, node.boost) for other in others]
        return 1, []

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
        from searchlib.query.nearness import limited_to, placed_fields  # few queries have it

        first, second = self.children(group)
        if query.NullQuery in (first, second):
            return second if first is query.NullQuery else first
        if is_nothing(first) or is_nothing(second):
            return NOTHING
        names = [name for name in placed_fields(first) if name in placed_fields(second)]
        sides = [(limited_to(first, name), limited_to(second, name)) for name in names]
        if not sides or any(None in pair for pair in sides):
            self.mistakes.add(
                "NEAR stands between words or phrases of one field only.",
                group.operator[0],
                group.operator[1],
                "Write a word or a phrase on both sides.",
                so="it is searched as AND",
            )
            return all_of([first, second], group.boost)
        slop = group.slop
        if not slop:
            start, end = group.operator
            self.mistakes.add(
                "No two words stand 0 words apart.", start, end, "Write NEAR/1 for neighbours.", so="it is NEAR/1"
            )
            slop = 1
        return any_of([Near(list(pair), slop=slop, ordered=False, mindist=1) for pair in sides], group.boost)

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
            return self.attribute(node, unescaped(node.text))
        return any_of([self.one_word(part, node) for part in node.text.split()], node.boost)

    def one_word(self, text: str, node: Any, synonyms: bool = True) -> Any:
        """The query of text without white space."""
        words = self.words(text, node)
        self.spend(len(words))
        if not any(_is_bigram(word) for word in words):
            return self.in_a_row(words, synonyms=synonyms)
        # Between runs of bigrams there may be words of other scripts: each on its own.
        found = any_of(list(words))
        if self.synonyms is None or not synonyms:
            return found
        others = [
            other
            for place in range(len(words))
            for length in self.synonyms.at(words, place)
            for other in self.synonyms.others(words, place, length)
        ]
        return query.DisjunctionMax([found, *others]) if others else found

    def in_a_row(self, words: list[Word], slop: int = 1, boost: float = 1.0, synonyms: bool = True) -> Any:
        """A phrase, or its only word, with what means the same."""
        if self.synonyms is None or not words or not synonyms:
            return WordPhrase(words, slop, boost).normalize()
        for place in range(len(words)):
            self.spend(sum(map(len, self.synonyms.at(words, place).values())))
        return self.synonyms.phrase(words, slop, boost)

    def words(self, text: str, node: Any) -> list[Word]:
        """A `Word` for each token of ``text``."""
        if text not in self._analysed:
            self._analysed[text] = analysed(text, self.languages)
        shift = node.startchar + isinstance(node, PhraseNode)  # its quotation mark
        return words_of(text, self._analysed[text], self.in_fields(node), shift)

    def phrase(self, node: Any) -> Any:
        """Text in quotation marks."""
        if not self.is_prose(node):
            return self.attribute(node, unescaped(node.text))
        words = self.words(node.text, node)
        self.spend(len(words))
        made = self.in_a_row(words, node.slop, node.boost)
        if made is query.NullQuery:
            self.mistake("There is no word between these quotation marks.", node, "Write at least one word there.")
        return made

    def pattern(self, node: Any) -> Any:
        """A word with ``*`` or ``?``."""
        if not self.is_prose(node):
            return boosted(self.attribute_pattern(node), node.boost)
        parts = _PATTERN_PARTS.findall(node.text.rstrip("?"))
        made = [self.one_pattern(part, node) if _WILDCARDS.search(part) else self.one_word(part, node)
                for part in parts]  # fmt: skip
        return all_of(made, node.boost)

    def attribute_pattern(self, node: Any) -> Any:
        """A value with wildcards."""
        text = node.text.replace("[", "[[]")  # Whoosh's own wildcards know sets of letters
        text = unescaped(text, lambda character: f"[{character}]" if character in "*?[" else character)
        if node.fieldname == "document":
            return _pattern(node.fieldname, text)
        field = self.fields.type_of(node.fieldname)
        asked = marked_patterns(fold(text)) if field is not None and field.self_parsing() else [fold(text)]
        return any_of([_pattern(node.fieldname, one) for one in asked])

    def one_pattern(self, text: str, node: Any) -> Any:
        """A pattern of letters, digits and wildcards only."""
        text = _STARS.sub("*", text)
        asked = [at(node, _pattern(name, fold(text))) for name, _ in self.in_fields(node)]
        if text.endswith("*") and not _WILDCARDS.search(text[:-1]):
            # The index holds stems: industry* is to find "industry", which stands there as industri.
            asked.append(self.one_word(text[:-1], node, synonyms=False))
        return _constant(any_of(asked))

    def fuzzy(self, node: Any) -> Any:
        """A word and how many letters of it may differ."""
        text = unescaped(node.text)
        if node.distance in ("0", "1", "2"):
            distance = int(node.distance)
        else:
            distance = MOST_EDITS
            said = f"A word may differ in 1 or {MOST_EDITS} letters, not {node.distance}."
            self.mistake(said, node, f"Write {text}~ or {text}~{MOST_EDITS}", so=f"it may in {MOST_EDITS}")
        if not self.is_prose(node):
            return Fuzzy(node.fieldname, fold(text), boost=node.boost, maxdist=distance, prefixlength=node.prefix)
        # Compared with the stems that the index holds, so the stems of what was typed are what is compared.
        tokens = forms(node.text, self.languages)
        each = [
            any_of([
                at(node, Fuzzy(name, folded, maxdist=distance, prefixlength=node.prefix))
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
        if is_reversed(node.start, node.end):
            self.mistake(
                f"This range ends before it begins, so it is empty: {node.start} comes after {node.end}.",
                node,
                f"Turn it around: [{node.end} TO {node.start}]",
            )
            return NOTHING
        return _constant(any_of([at(node, self.range_in(name, node)) for name in names]), node.boost)

    def range_in(self, name: str, node: Any) -> Any:
        """The range in one field."""
        if name in NUMBERS:
            return self.self_parsed(
                node, lambda: _number_range(name, node.start, node.end, node.startexcl, node.endexcl)
            )
        field = self.fields.type_of(name)
        if field is not None and field.self_parsing():
            problem = "" if name in PROSE else bounds_problem(node.start, node.end)
            if problem:
                advice = "Write numbers as 3 or 1.5, and dates as 2020-05-17, 2020-05 or 2020."
                self.mistake(problem, node, advice, so="it is compared as text")
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
        self.mistake(
            f'{node.fieldname}: never holds "{given}", so this finds nothing.',
            node,
            f"Write a number, as in {node.fieldname}:3" if node.fieldname in NUMBERS else "",
        )
        return NOTHING


def _number_range(
    name: str, start: str | None, end: str | None, startexcl: bool, endexcl: bool, boost: float = 1.0
) -> Any:
    first, last = (None if bound is None else int(bound) for bound in (start, end))
    return query.NumericRange(name, first, last, startexcl, endexcl, boost=boost)


def _is_bigram(word: Word) -> bool:
    return any(is_unspaced(form.exact) for form in word.forms)


def _constant(node: Any, score: float = 1.0) -> Any:
    return node if node is query.NullQuery else Constant(node, score)


def _pattern(name: str, text: str) -> Any:
    if not text.strip("*"):
        return query.Every(name)
    if not any(special in text for special in "?[") and text.index("*") == len(text) - 1:
        return query.Prefix(name, text[:-1])
    return query.Wildcard(name, text)
