"""The query nodes that Whoosh does not have: a word of the language, and a phrase of words.

* A *form* is one way in which a word can stand in the index: its stem without accents (``folded``), with
  them (``exact``), and the languages that stem it so.
* `Word` asks for one word as a person types it: any of its forms, in any of its fields.
* `WordPhrase` asks for words one after another in one of the fields.

Everything else in a query tree is Whoosh's own. Both nodes are ordinary `whoosh.query.Query` objects: they
compare, hash, print, and run in a stock Whoosh ``Searcher``, where they match the same records as in
searchlib's executor (scores there are Whoosh's). They are not to be changed once made.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from whoosh import matching, query
from whoosh.util import make_binary_tree

from searchlib.analysis import SEPARATOR, Form
from searchlib.query.stock import NOTHING, Constant, Fuzzy, Near, boost_text

__all__ = ["NOTHING", "Constant", "Fuzzy", "Near", "Word", "WordPhrase", "expand", "key_of"]

LANGUAGE_FIELD = "language"


def key_of(form: Form) -> str:
    """The key under which a token that is written exactly as ``form`` stands in the term dictionary."""
    return form.folded if form.exact == form.folded else form.folded + SEPARATOR + form.exact


class Word(query.Query):  # type: ignore[misc]
    """One word, in any of its forms, in any of its fields.

    A record matches when, in some field, the key of a token matches a form (equal when folded, or beginning
    with it where ``form.prefix``), and ``form.languages`` is None or holds the record's language.

    ``fields`` are (name, weight) pairs; ``text`` is the word as it was typed, for messages. ``synonym_of`` is what
    was typed instead of it, if it is a synonym.
    """

    synonym_of = ""

    def __init__(
        self,
        fields: Iterable[tuple[str, float]],
        forms: Iterable[Form],
        text: str = "",
        boost: float = 1.0,
    ) -> None:
        self.fields = tuple(fields)
        self.forms = tuple(forms)
        self.text = text
        self.boost = boost

    def __repr__(self) -> str:
        boost = "" if self.boost == 1.0 else f", boost={self.boost}"
        return f"Word({self.fields!r}, {self.forms!r}, {self.text!r}{boost})"

    def __str__(self) -> str:
        return f"{_names(self.fields)}:{self.text}{boost_text(self.boost)}"

    __unicode__ = __str__

    def _identity(self) -> tuple[object, ...]:
        return (self.fields, self.forms, self.boost)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Word) and self._identity() == other._identity()

    def __hash__(self) -> int:
        return hash(("Word", *self._identity()))

    def __copy__(self) -> Word:
        return self.with_boost(self.boost)

    def __deepcopy__(self, memo: dict[int, Any]) -> Word:
        return self.with_boost(self.boost)

    def with_boost(self, boost: float) -> Word:
        """A copy with this boost."""
        copied = Word(self.fields, self.forms, self.text, boost)
        copied.startchar, copied.endchar = self.startchar, self.endchar
        if self.synonym_of:
            copied.synonym_of = self.synonym_of
        return copied

    def languages(self) -> frozenset[str]:
        """The languages that some form of the word is limited to."""
        return frozenset().union(*(form.languages for form in self.forms if form.languages is not None))

    def forms_in(self, language: str | None) -> tuple[Form, ...]:
        """The forms that count in a record of ``language``; None: those that count in every record."""
        return tuple(
            form
            for form in self.forms
            if form.languages is None or (language is not None and language in form.languages)
        )

    def field(self) -> str | None:
        """The name of the field where there is only one."""
        return self.fields[0][0] if len(self.fields) == 1 else None

    def has_terms(self) -> bool:
        """Always true: a word looks for terms."""
        return True

    def terms(self, phrases: bool = False) -> Iterator[tuple[str, str]]:
        """The (field, key) pairs of the word written exactly as its forms."""
        for name, _ in self.fields:
            for form in self.forms:
                yield name, key_of(form)

    def expanded_terms(self, ixreader: Any, phrases: bool = True) -> Iterator[tuple[str, bytes]]:
        """The (field, key) pairs of the reader's dictionary that some form matches."""
        for name, _ in self.fields:
            for key in expand(ixreader, name, self.forms):
                yield name, key

    def tokens(self, boost: float = 1.0, exreader: Any = None) -> Iterator[Any]:
        """Whoosh's tokens for `terms`."""
        from whoosh.analysis import Token

        for name, key in self.terms():
            yield Token(
                fieldname=name,
                text=key,
                boost=boost * self.boost,
                startchar=self.startchar,
                endchar=self.endchar,
                chars=True,
            )

    def normalize(self) -> Any:
        """The word itself, or the null query when there is nothing to look for."""
        return self if self.fields and self.forms else query.NullQuery

    def estimate_size(self, ixreader: Any) -> int:
        """At most this many records match."""
        found = sum(int(ixreader.doc_frequency(name, key)) for name, key in self.expanded_terms(ixreader))
        return min(found, int(ixreader.doc_count()))

    def estimate_min_size(self, ixreader: Any) -> int:
        """At least this many records match, as far as is known without reading postings."""
        return 0

    def simplify(self, ixreader: Any) -> Any:
        """The same question in Whoosh's own nodes, for the dictionary of this reader."""
        return _by_language(
            self,
            [self],
            lambda language: _any_of(_terms(ixreader, name, self.forms_in(language)) for name, _ in self.fields),
        )

    def matcher(self, searcher: Any, context: Any = None) -> Any:
        """A stock Whoosh matcher."""
        return _matcher(self, searcher, context)


class WordPhrase(query.Query):  # type: ignore[misc]
    """Words one after another in one field.

    A record matches when, in one field, tokens that match the words stand in their order, each at most
    ``slop`` positions after the one before: 1 means next to each other. All words have the same fields.
    ``synonym_of`` is what was typed instead of it, if it is a synonym.
    """

    synonym_of = ""

    def __init__(self, words: Iterable[Word], slop: int = 1, boost: float = 1.0) -> None:
        self.words = tuple(words)
        self.slop = slop
        self.boost = boost

    @property
    def fields(self) -> tuple[tuple[str, float], ...]:
        """The (name, weight) pairs of the words."""
        return self.words[0].fields if self.words else ()

    @property
    def text(self) -> str:
        """The words as they were typed."""
        return " ".join(word.text for word in self.words)

    def __repr__(self) -> str:
        boost = "" if self.boost == 1.0 else f", boost={self.boost}"
        return f"WordPhrase({self.words!r}, slop={self.slop}{boost})"

    def __str__(self) -> str:
        slop = "" if self.slop == 1 else f"~{self.slop}"
        return f'{_names(self.fields)}:"{self.text}"{slop}{boost_text(self.boost)}'

    __unicode__ = __str__

    def _identity(self) -> tuple[object, ...]:
        return (self.words, self.slop, self.boost)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, WordPhrase) and self._identity() == other._identity()

    def __hash__(self) -> int:
        return hash(("WordPhrase", *self._identity()))

    def __copy__(self) -> WordPhrase:
        return self.with_boost(self.boost)

    def __deepcopy__(self, memo: dict[int, Any]) -> WordPhrase:
        return self.with_boost(self.boost)

    def with_boost(self, boost: float) -> WordPhrase:
        """A copy with this boost."""
        copied = WordPhrase(self.words, self.slop, boost)
        copied.startchar, copied.endchar = self.startchar, self.endchar
        if self.synonym_of:
            copied.synonym_of = self.synonym_of
        return copied

    def languages(self) -> frozenset[str]:
        """The languages that some form of some word is limited to."""
        return frozenset().union(*(word.languages() for word in self.words))

    def field(self) -> str | None:
        """The name of the field where there is only one."""
        return self.words[0].field() if self.words else None

    def has_terms(self) -> bool:
        """Always true: a phrase looks for terms."""
        return True

    def terms(self, phrases: bool = False) -> Iterator[tuple[str, str]]:
        """The (field, key) pairs of its words, where phrases are asked for."""
        if phrases:
            for word in self.words:
                yield from word.terms()

    def expanded_terms(self, ixreader: Any, phrases: bool = True) -> Iterator[tuple[str, bytes]]:
        """The (field, key) pairs of the reader's dictionary that some word matches."""
        if phrases:
            for word in self.words:
                yield from word.expanded_terms(ixreader)

    def tokens(self, boost: float = 1.0, exreader: Any = None) -> Iterator[Any]:
        """Whoosh's tokens for its words."""
        for word in self.words:
            yield from word.tokens(boost * self.boost)

    def normalize(self) -> Any:
        """The phrase itself, its word where there is but one, or the null query."""
        if not self.words or not self.fields or not all(word.forms for word in self.words):
            return query.NullQuery
        if len(self.words) == 1:
            word = self.words[0].with_boost(self.words[0].boost * self.boost)
            word.synonym_of = self.synonym_of or word.synonym_of
            return word
        return self

    def estimate_size(self, ixreader: Any) -> int:
        """At most this many records match."""
        return min((word.estimate_size(ixreader) for word in self.words), default=0)

    def estimate_min_size(self, ixreader: Any) -> int:
        """At least this many records match, as far as is known without reading postings."""
        return 0

    def simplify(self, ixreader: Any) -> Any:
        """The same question in Whoosh's own nodes, for the dictionary of this reader."""

        def in_field(name: str, language: str | None) -> Any:
            steps = [_terms(ixreader, name, word.forms_in(language)) for word in self.words]
            if any(step is query.NullQuery for step in steps):
                return query.NullQuery
            return Near(steps, slop=self.slop, ordered=True, mindist=1)

        return _by_language(
            self,
            self.words,
            lambda language: _any_of(in_field(name, language) for name, _ in self.fields),
        )

    def matcher(self, searcher: Any, context: Any = None) -> Any:
        """A stock Whoosh matcher."""
        return _matcher(self, searcher, context)


def expand(ixreader: Any, name: str, forms: Iterable[Form]) -> list[bytes]:
    """The keys of field ``name`` in the reader's dictionary that match some of the ``forms``, sorted."""
    if name not in ixreader.schema:
        return []
    field = ixreader.schema[name]
    keys: set[bytes] = set()
    for form in forms:
        if form.prefix:
            keys.update(ixreader.expand_prefix(name, form.folded))
            continue
        plain = field.to_bytes(form.folded)
        if (name, plain) in ixreader:
            keys.add(plain)
        # All accented variants of a word are neighbours in the dictionary.
        keys.update(ixreader.expand_prefix(name, form.folded + SEPARATOR))
    return sorted(keys)


class _Union(query.Or):  # type: ignore[misc]
    """An ``Or`` that keeps positions: Whoosh's picks matchers without them when it has many children."""

    def matcher(self, searcher: Any, context: Any = None) -> Any:
        matchers = [child.matcher(searcher, context) for child in self.subqueries]
        active = [matcher for matcher in matchers if matcher.is_active()]
        if not active:
            return matching.NullMatcher()
        united = make_binary_tree(matching.UnionMatcher, active)
        return united if self.boost == 1.0 else matching.WrappingMatcher(united, boost=self.boost)


class _Limited(query.And):  # type: ignore[misc]
    """The first of two, where the second matches as well; the second has neither scores nor positions."""

    def matcher(self, searcher: Any, context: Any = None) -> Any:
        wanted, condition = self.subqueries
        limited = _LimitedMatcher(
            wanted.matcher(searcher, context), condition.matcher(searcher, searcher.boolean_context())
        )
        return limited if self.boost == 1.0 else matching.WrappingMatcher(limited, boost=self.boost)


class _LimitedMatcher(matching.RequireMatcher):  # type: ignore[misc]
    """Whoosh's, without its shortcuts by quality, which lose records."""

    def spans(self) -> Any:
        return self.a.spans()

    def supports_block_quality(self) -> bool:
        return False

    def replace(self, minquality: float = 0) -> Any:
        return self if self.is_active() else matching.NullMatcher()


def _terms(ixreader: Any, name: str, forms: Iterable[Form]) -> Any:
    keys = expand(ixreader, name, forms)
    return _any_of(query.Term(name, ixreader.schema[name].from_bytes(key)) for key in keys)


def _any_of(nodes: Iterable[Any]) -> Any:
    found = [node for node in nodes if node is not query.NullQuery]
    if len(found) < 2:
        return found[0] if found else query.NullQuery
    return _Union(found)


def _by_language(node: Any, words: Iterable[Word], variant: Any) -> Any:
    """``variant(language)`` for every language that matters, each limited to its records.

    A record has one language, so the languages cut the records into parts that can be asked one by one; the
    forms that count everywhere are asked of all records.
    """
    words = list(words)
    parts = []
    if all(word.forms_in(None) for word in words):
        parts.append(variant(None))
    for language in sorted(frozenset().union(*(word.languages() for word in words))):
        part = variant(language)
        if part is not query.NullQuery:
            parts.append(_Limited([part, query.Term(LANGUAGE_FIELD, language)]))
    found = _any_of(parts)
    return found if found is query.NullQuery or node.boost == 1.0 else _boosted(found, node.boost)


def _boosted(node: Any, boost: float) -> Any:
    # Near has no boost of its own: a union of one carries it.
    return node.with_boost(boost) if hasattr(node, "boost") else _Union([node], boost=boost)


def _matcher(node: Any, searcher: Any, context: Any) -> Any:
    found = node.simplify(searcher.reader())
    return matching.NullMatcher() if found is query.NullQuery else found.matcher(searcher, context)


def _names(fields: tuple[tuple[str, float], ...]) -> str:
    return "|".join(name for name, _ in fields)
