"""Names in a query that other documents spell otherwise, or in another script: found too, where that is asked for.

Which names there are, and which of them are near, the index knows (``searchlib.spelling.nametable``); this says of
which words of a query they are asked, and makes *forms* of them: so a name is found, ranked, highlighted and explained
as any form of its word, and counts less than what was typed.

What may be a name: a word of letters that begins with a capital, or is of a script without capitals, and is no function
word of a language of the index. Where no word of a query has a capital, it was typed in haste, and any may be one.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Final, TypeAlias

from searchlib.analysis import Form, Lexicon
from searchlib.analysis.languages import function_words
from searchlib.analysis.words import find_words, is_unspaced
from searchlib.frozen import frozen
from searchlib.query.analysing import words_of
from searchlib.query.lexer import EVERY_OPERATOR
from searchlib.query.mistakes import Mistakes, QueryWarning
from searchlib.query.nodes import Node, Word, words

WEIGHT: Final = 0.25
"""What another spelling of a name counts, where what was typed counts 1: less than other accents of it."""

FindNames: TypeAlias = Callable[[str], Sequence[str]]
"""The names of an index, folded, that sound as a folded word does, the nearest first."""


@frozen
class ByName:
    """Adds to the words of one query the names that are near."""

    find: FindNames
    lexicon: Lexicon
    haste: bool

    def named(self, word: Word) -> Word:
        """The word, with the forms of other spellings of it, if it may be a name."""
        typed = word.forms[0]
        if typed.prefix or not self._may_be_name(word.text):
            return word
        known = {form.folded for form in word.forms}
        forms = list(word.forms)
        for name in self.find(typed.folded):
            if name not in known:
                found = [one for one in self._forms(name, word) if one.folded not in known]
                known.update(one.folded for one in found)
                forms += found
        return word if len(forms) == len(word.forms) else replace(word, forms=tuple(forms))

    def _may_be_name(self, text: str) -> bool:
        could_be_capital = text[0] != text[0].upper()
        if not is_spelt(text) or (could_be_capital and not self.haste):
            return False
        return not any(text.casefold() in function_words(language) for language in self.lexicon.languages)

    def _forms(self, name: str, word: Word) -> list[Form]:
        """The forms of a name: each way in which it is written, and what shares its stem."""
        (first, *others) = (form for one in words_of(name, self.lexicon, word.fields) for form in one.forms)
        written = [replace(first, exact=reading) for reading in self.lexicon.readings(name) or (first.exact,)]
        return [
            replace(form, weight=form.weight * WEIGHT, synonym_of=word.text, by_name=True)
            for form in (*written, *others)
        ]


def is_spelt(word: str) -> bool:
    """Whether a word is one of letters, with spaces around it. Vowel signs of Indic scripts are none to Python."""
    return word.isalpha() if word.isascii() else not any(map(str.isnumeric, word)) and not is_unspaced(word)


def by_name(find: FindNames, lexicon: Lexicon, source: str) -> ByName:
    """What adds names to the words of a query with this text."""
    return ByName(find, lexicon, not any(_has_capital(match[0]) for match in find_words(source)))


def _has_capital(word: str) -> bool:
    return word[0] != word[0].lower() and word not in EVERY_OPERATOR


def found_by_name(text: str, query: Node) -> tuple[QueryWarning, ...]:
    """What is said of words that are found by other spellings too. It is no mistake, so it is never raised."""
    notes = Mistakes(text)
    for word in words(query):
        names = dict.fromkeys(form.exact for form in word.forms if form.by_name and not form.other and not form.alone)
        if names and word.at is not None:
            said = f"Also by name, for {word.text}: {', '.join(map(str.title, names))}."
            notes.add(said, word.at, f"To find this spelling alone: ={word.text}")
    return notes.in_order()
