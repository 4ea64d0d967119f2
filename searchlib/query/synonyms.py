"""Synonyms: words that a query is to find for others, from a file, when the query is read.

* The file is in the format of Solr's synonym filter, UTF-8: ``a, b, c`` on a line are synonyms of each other;
  ``a, b => c, d`` says that a query for a or b is to find c and d too, and not the other way round; ``#`` begins a
  comment, and a backslash takes the meaning from the character behind it. Several words between commas are a phrase.
* An *entry* is what stands between two commas. Entries are compared with a query as a query with texts: without
  case, by stem.
* `Entries` is the file, analysed for the languages of an index; a `Thesaurus` is that and the words of the index.

Unlike Solr's, ``=>`` takes nothing away: what was typed is always found.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from searchlib.analysis import NO_WORDS, Lexicon, stems, tokens
from searchlib.analysis.folding import has_mark, joint_of, plain_form
from searchlib.errors import SettingsError
from searchlib.files.opening import read_file
from searchlib.frozen import frozen
from searchlib.query.analysing import words_of
from searchlib.query.nodes import At, Best, Node, Phrase, Weights, Word, boosted, phrase

MAX_FILE = 16 << 20
"""Bytes of a file of synonyms."""
WEIGHT = 0.8
"""What a synonym counts, where what was typed counts 1; one of several words is divided by their number."""
MOST_VARIANTS = 32
"""Of a phrase with several entries that have synonyms of several words."""

_ESCAPED = re.compile(r"\\([!-~ ])")
_HIDDEN = re.compile("[\ue000-\ue07f]")  # private characters, for those that were escaped
_PRIVATE = 0xE000


@dataclass(frozen=True, eq=False)
class Synonyms:
    """The rules of a file: entries, and the entries that a query for one of them is to find too.

    Each is equal to itself alone: it is part of what parsed texts are kept by, and may be large.
    """

    rules: tuple[tuple[tuple[str, ...], tuple[str, ...]], ...]
    _analysed: dict[tuple[str, ...], Entries] = field(default_factory=dict, repr=False, compare=False)

    def thesaurus(self, lexicon: Lexicon) -> Thesaurus:
        """The rules for an index with these words."""
        key = tuple(sorted(set(lexicon.languages)))
        if key not in self._analysed:
            self._analysed[key] = Entries(self.rules, key)
        return Thesaurus(self._analysed[key], lexicon)


def load_synonyms(given: str | os.PathLike[str] | Synonyms) -> Synonyms:
    """The synonyms of a file. Raises SettingsError for a file that cannot be read, or a line that makes no sense."""
    if isinstance(given, Synonyms):
        return given
    path = Path(given)
    try:
        return parse_synonyms(read_file(path, MAX_FILE).decode("utf-8-sig").replace("\r\n", "\n"), os.fspath(path))
    except OSError as error:
        raise SettingsError(f"the synonyms {path} cannot be read ({error.strerror}): give another file") from None
    except UnicodeDecodeError:
        raise SettingsError(f"the synonyms {path} are not in UTF-8: save them so") from None
    except ValueError as error:  # no name of a file
        raise SettingsError(f"the synonyms {str(path)!r} cannot be read ({error}): give another file") from None


def parse_synonyms(text: str, name: str = "synonyms") -> Synonyms:
    """The synonyms of a text in the format of the file. Raises SettingsError, which names the line."""
    rules: dict[tuple[tuple[str, ...], tuple[str, ...]], None] = {}
    for number, line in enumerate(text.split("\n"), 1):
        rest = _ESCAPED.sub(lambda match: chr(_PRIVATE + ord(match[1])), line).partition("#")[0]
        if rest.strip():
            for rule in _rules(rest, f"{name}, line {number}"):
                rules[rule] = None
    return Synonyms(tuple(rules))


def _rules(line: str, where: str) -> Iterable[tuple[tuple[str, ...], tuple[str, ...]]]:
    sides = [_entries(side, where) for side in line.split("=>")]
    if len(sides) > 2:
        raise SettingsError(f"{where} has more than one =>: write one rule a line, as in: tv => television")
    if len(sides) == 2:
        yield sides[0], sides[1]
        return
    (same,) = sides
    if len(same) < 2:
        raise SettingsError(f"{where} has a single entry: put a comma between synonyms, as in: car, automobile")
    yield same, same


def _entries(side: str, where: str) -> tuple[str, ...]:
    entries = []
    for entry in side.split(","):
        written = _HIDDEN.sub(lambda match: chr(ord(match[0]) - _PRIVATE), entry).strip()
        if not tokens(written):
            said = f'"{written}" without a word' if written else "an empty entry"
            raise SettingsError(f"{where} has {said}: put words between the commas and around =>")
        entries.append(written)
    return tuple(dict.fromkeys(entries))


@frozen
class Meaning:
    """A synonym: its text, and the keys by which each of its words is compared."""

    text: str
    steps: tuple[frozenset[str], ...]

    def words(self, lexicon: Lexicon, fields: Weights) -> list[Word]:
        """Its words, which stand nowhere in the query."""
        return [replace(word, at=None) for word in words_of(self.text, lexicon, fields)]


class Entries:
    """Entries by the keys of their first words: stems, in each language of the index."""

    def __init__(self, rules: Iterable[tuple[tuple[str, ...], tuple[str, ...]]], languages: tuple[str, ...]) -> None:
        self._languages = languages or ("",)
        self._entries: dict[str, list[tuple[Meaning, list[Meaning]]]] = {}
        made: dict[str, Meaning] = {}

        def meaning(text: str) -> Meaning:
            if text not in made:
                made[text] = Meaning(text, tuple(map(self.keys, words_of(text, NO_WORDS, ()))))
            return made[text]

        for entries, others in rules:
            meanings = [meaning(other) for other in others]  # of all entries: each leaves itself out when asked
            for entry in map(meaning, entries):
                for key in sorted(entry.steps[0]):
                    self._entries.setdefault(key, []).append((entry, meanings))

    def keys(self, word: Word) -> frozenset[str]:
        """What a word is compared by: equal stems, in some language, are one word."""
        typed = word.forms[0]
        if typed.prefix:
            return frozenset((typed.folded + "*",))
        if has_mark(typed.exact) and not joint_of(typed.exact):
            return frozenset((typed.exact,))
        plain = plain_form(typed.exact)
        return frozenset(stem for language in self._languages for stem in stems(plain, language))

    def at(self, words: Sequence[Word], place: int) -> dict[int, list[Meaning]]:
        """What the words from ``place`` on have synonyms for: how many words, and the synonyms."""
        found: dict[int, dict[str, Meaning]] = {}
        keys = list(map(self.keys, words[place : place + 1]))
        for key in sorted(keys[0]):
            for entry, meanings in self._entries.get(key, ()):
                size = len(entry.steps)
                keys += map(self.keys, words[place + len(keys) : place + size])
                if size <= len(keys) and all(map(frozenset.intersection, entry.steps, keys)):
                    found.setdefault(size, {}).update((one.text, one) for one in meanings if one.text != entry.text)
        return {length: list(meanings.values()) for length, meanings in found.items()}


class Thesaurus:
    """The synonyms of the words of a query."""

    def __init__(self, entries: Entries, lexicon: Lexicon) -> None:
        self._entries = entries
        self._lexicon = lexicon
        self.at = entries.at

    def word(self, words: Sequence[Word], place: int) -> Word:
        """The word at ``place``, with the forms of its synonyms of one word."""
        word = words[place]
        forms = list(word.forms)
        known = self._entries.keys(word)
        for meaning in self.at(words, place).get(1, ()):
            if len(meaning.steps) == 1 and not known & meaning.steps[0]:
                (other,) = meaning.words(self._lexicon, word.fields)
                forms += [replace(form, weight=form.weight * WEIGHT, synonym_of=word.text) for form in other.forms]
        return word if len(forms) == len(word.forms) else replace(word, forms=tuple(forms))

    def phrase(self, words: Sequence[Word], slop: int = 1, at: At = None) -> Node | None:
        """A phrase (or its only word) with its synonyms: the best of all the ways to say it. None without words."""
        merged = [self.word(words, place) for place in range(len(words))]
        typed = phrase(merged, slop, at)
        if typed is None:
            return None
        others = [_synonym(variant, words, slop) for variant in self._variants(words, merged) if variant != merged]
        return Best((typed, *others), at=at) if others else typed

    def others(self, words: Sequence[Word], place: int, length: int) -> list[Node]:
        """The synonyms of the ``length`` words from ``place`` on."""
        part = words[place : place + length]
        found = self.at(words, place).get(length, ())
        return [_synonym(one.words(self._lexicon, part[0].fields), part, 1) for one in found]

    def _variants(self, words: Sequence[Word], merged: list[Word]) -> list[list[Word]]:
        """All ways to write the words, with other numbers of them."""
        variants: list[list[list[Word]]] = [[] for _ in words] + [[[]]]
        for place in range(len(words) - 1, -1, -1):
            found = [[merged[place], *rest] for rest in variants[place + 1]]
            for length, meanings in sorted(self.at(words, place).items()):
                for one in meanings:
                    if length == 1 == len(one.steps):
                        continue  # is in the word itself
                    written = one.words(self._lexicon, words[place].fields)
                    found += [[*written, *rest] for rest in variants[place + length]]
            variants[place] = found[:MOST_VARIANTS]
        return variants[0]


def _synonym(words: Sequence[Word], typed: Sequence[Word], slop: int) -> Node:
    # The words of a phrase add up: one for a word is to count like a word.
    share = min(1.0, len(typed) / max(1, len(words)))
    made = phrase(words, slop)
    assert made is not None  # every entry has a word
    weighed = boosted(made, WEIGHT * share)
    assert isinstance(weighed, (Word, Phrase))
    at = _place(typed)
    return replace(weighed, synonym_of=" ".join(word.text for word in typed), at=at)


def _place(words: Sequence[Word]) -> At:
    first, last = words[0].at, words[-1].at
    return None if first is None or last is None else (first[0], last[1])
