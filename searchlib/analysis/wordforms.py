"""Forms: which words of an index a word of a query finds.

The dictionary of an index holds words as they are written. Stems are resolved when a query is read: a word finds every
word of the index that shares a stem with it, in documents of the languages whose stemmers say so. Accents never decide:
words that differ in nothing else are found together, and the stems of a word are those of all its *readings*, which are
the ways in which documents write it, with and without accents.

In some languages two letters stand for one (`respelling`); in Vietnamese another accent makes another word, which is
found far behind.

* A `Lexicon` is what is asked of an index: its languages, how words are written in it, and which have a stem.
* A `Form` is one way in which the index may hold a word of a query.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Protocol
from weakref import WeakKeyDictionary

from searchlib.analysis.folding import folded_form, has_mark, joint_of, plain_form, said_form, split_key
from searchlib.analysis.respelling import respelled
from searchlib.analysis.stemming import stem, stems
from searchlib.analysis.tokens import QueryToken, query_tokens
from searchlib.frozen import frozen


class Lexicon(Protocol):
    """The words of an index. Compared by identity: what is made by one is kept as long as it is there."""

    @property
    def languages(self) -> Sequence[str]:
        """The languages of its documents; "" is that of documents without one."""

    @property
    def segmented(self) -> Sequence[str]:
        """The languages of whose words it has those that a segmenter finds."""

    def readings(self, folded: str) -> Sequence[str]:
        """The exact forms of the words whose folded form this is."""

    def stemmed(self, language: str, stem: str) -> Sequence[str]:
        """The exact forms of the words of documents in a language that have a stem, of those of `stemming.stems`."""


class NoWords:
    """A lexicon that knows of no word: each is found as it is written only."""

    segmented: Sequence[str] = ()

    def __init__(self, languages: Sequence[str] = ()) -> None:
        self.languages = languages

    def readings(self, _: str) -> Sequence[str]:
        """None."""
        return ()

    def stemmed(self, *_: str) -> Sequence[str]:
        """None."""
        return ()


NO_WORDS = NoWords()

TONAL = frozenset(["vi"])
"""Languages in which another accent makes another word."""
_MOST_KNOWN = 4096  # words of a lexicon
_KNOWN: WeakKeyDictionary[Lexicon, dict[tuple[str, bool], tuple[Form, ...]]] = WeakKeyDictionary()


@frozen
class Form:
    """A form in which an index may hold a token of a query.

    A key matches when its folded part equals ``folded`` (with ``prefix``: begins with it; ``alone``: and its exact part
    ``exact``), and the record's language is one of ``languages`` (None: any). The exact part tells an accent variant
    from the form itself; what a word is joined to (`wordmarks`) makes no variant of it. ``weight`` is what it counts,
    and ``other`` a form that shares the stem of what was typed from that itself. ``synonym_of`` is the word of the
    query that the form is a synonym of, or with ``by_name`` another spelling of; "" for the word's own. Of a
    ``tonal`` form an accent variant is another word, and counts as far less (`model.ranking.BM25F.variant`).
    """

    folded: str
    exact: str
    languages: frozenset[str] | None = None
    weight: float = 1.0
    prefix: bool = False
    synonym_of: str = ""
    other: bool = False
    by_name: bool = False
    alone: bool = False
    tonal: bool = False


def forms(text: str, lexicon: Lexicon = NO_WORDS) -> list[tuple[Form, ...]]:
    """For each token of a query's ``text``, in order, the forms in which the index may hold it; the typed one first."""
    return [forms_of(token, lexicon) for token in query_tokens(text)]


def forms_of(token: QueryToken, lexicon: Lexicon) -> tuple[Form, ...]:
    """The forms of one token; those met last are remembered as long as the lexicon is there."""
    known = _KNOWN.get(lexicon)
    if known is None:
        known = _KNOWN.setdefault(lexicon, {})
    found = known.get((token.key, token.unit))
    if found is None:
        if len(known) >= _MOST_KNOWN:
            known.clear()
        found = known[token.key, token.unit] = _find(token, lexicon)
    return found


def _find(token: QueryToken, lexicon: Lexicon) -> tuple[Form, ...]:
    folded, exact = split_key(token.key)
    typed = Form(folded, exact, prefix=token.unit)
    if token.unit:
        return (typed,)
    languages = sorted(set(lexicon.languages))
    plain = plain_form(exact)
    readings = {plain, folded, *(plain_form(one) for one in lexicon.readings(folded))}
    spoken: dict[Form, set[str]] = {}
    for language in languages:
        found: dict[str, list[str]] = {}
        respelt = [one for one in respelled(plain, language) if one in lexicon.readings(folded_form(one))]
        for one in respelt:
            spoken.setdefault(Form(folded_form(one), one, other=True), set()).add(language)
        for one in sorted({one for reading in (*readings, *respelt) for one in stems(reading, language)}):
            for word in lexicon.stemmed(language, one):
                other = folded_form(word)
                if not joint_of(word):
                    found.setdefault(other, []).append(word)
                elif other not in (one, folded):
                    joined = Form(other, word, other=said_form(word) != plain or "&" in word, alone=True)
                    spoken.setdefault(joined, set()).add(language)
        found.pop(folded, None)
        root = stem(plain, language)
        for other, words in found.items():
            # The one that is written as the typed one is: of its stem with its accents.
            for word in [word for word in words if stem(word, language) == root] or [""]:
                spoken.setdefault(Form(other, word, other=True), set()).add(language)
    in_order = sorted(spoken, key=lambda form: (form.alone, form.folded, form.exact))
    of_all = len(languages)
    others = [
        replace(form, languages=None if len(spoken[form]) == of_all else frozenset(spoken[form])) for form in in_order
    ]
    return (*_by_accents(typed, languages), *others)


def _by_accents(typed: Form, languages: Sequence[str]) -> tuple[Form, ...]:
    """The typed form; where it has accents, and those make a word of some languages, that apart from others."""
    tonal = TONAL.intersection(languages)
    if not tonal or typed.exact == typed.folded:
        return (typed,)
    if tonal.issuperset(languages):
        return (replace(typed, tonal=True),)
    return (replace(typed, languages=frozenset(languages) - tonal), replace(typed, languages=tonal, tonal=True))


def as_written(token: QueryToken) -> tuple[Form, ...]:
    """The form of one token as it is written, with its mark."""
    folded, exact = split_key(token.key)
    return (Form(folded, exact, prefix=token.unit, alone=has_mark(exact)),)
