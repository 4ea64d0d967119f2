"""Synonyms: words that a query is to find for others, from a file, when the query is read.

* The file is in the format of Solr's synonym filter, UTF-8: ``a, b, c`` on a line are synonyms of each other;
  ``a, b => c, d`` says that a query for a or b is to find c and d too, and not the other way round; ``#`` begins a
  comment, and a backslash takes the meaning from the character behind it. Several words between commas are a phrase.
* An *entry* is what stands between two commas. Entries are compared with a query as a query with texts: without
  case, by stem.
* A `Thesaurus` is the file, analysed for the languages of an index.

Unlike Solr's, ``=>`` takes nothing away: what was typed is always found.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from searchlib.analysis import Form, tokens
from searchlib.errors import SettingsError
from searchlib.files.opening import read_file
from searchlib.frozen import frozen
from searchlib.query.analysing import Analysed, analysed
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
    _analysed: dict[tuple[str, ...], Thesaurus] = field(default_factory=dict, repr=False, compare=False)

    def thesaurus(self, languages: Sequence[str]) -> Thesaurus:
        """The rules for an index with documents in these languages."""
        key = tuple(sorted(set(languages)))
        if key not in self._analysed:
            self._analysed[key] = Thesaurus(self.rules, key)
        return self._analysed[key]


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
    """A synonym: its text and tokens."""

    text: str
    found: Analysed

    def words(self, fields: Weights) -> list[Word]:
        """Its words, which stand nowhere in the query."""
        return [Word(self.text[start:end], forms, fields) for forms, start, end in self.found]


class Thesaurus:
    """Entries by the beginnings of their tokens' keys."""

    def __init__(self, rules: Iterable[tuple[tuple[str, ...], tuple[str, ...]]], languages: tuple[str, ...]) -> None:
        self._entries: dict[str, list[tuple[str, list[frozenset[str]], list[Meaning]]]] = {}
        made: dict[str, Meaning] = {}

        def meaning(text: str) -> Meaning:
            if text not in made:
                made[text] = Meaning(text, analysed(text, languages))
            return made[text]

        for entries, others in rules:
            meanings = [meaning(other) for other in others]  # of all entries: each leaves itself out when asked
            for entry in entries:
                steps = [_keys(forms) for forms, *_ in meaning(entry).found]
                for key in sorted(steps[0]):
                    self._entries.setdefault(key, []).append((entry, steps, meanings))

    def at(self, words: Sequence[Word], place: int) -> dict[int, list[Meaning]]:
        """What the words from ``place`` on have synonyms for: how many words, and the synonyms."""
        found: dict[int, dict[str, Meaning]] = {}
        for key in sorted(_keys(words[place].forms)):
            for entry, steps, meanings in self._entries.get(key, ()):
                if len(steps) <= len(words) - place and all(
                    step & _keys(words[place + number].forms) for number, step in enumerate(steps)
                ):
                    found.setdefault(len(steps), {}).update((one.text, one) for one in meanings if one.text != entry)
        return {length: list(meanings.values()) for length, meanings in found.items()}

    def word(self, words: Sequence[Word], place: int) -> Word:
        """The word at ``place``, with the forms of its synonyms of one word."""
        word = words[place]
        forms = list(word.forms)
        known = _keys(forms)
        for meaning in self.at(words, place).get(1, ()):
            its_forms = meaning.found[0][0]
            if len(meaning.found) == 1 and not known & _keys(its_forms):
                forms += [replace(form, weight=form.weight * WEIGHT, synonym_of=word.text) for form in its_forms]
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
        return [_synonym(one.words(part[0].fields), part, 1) for one in self.at(words, place).get(length, ())]

    def _variants(self, words: Sequence[Word], merged: list[Word]) -> list[list[Word]]:
        """All ways to write the words, with other numbers of them."""
        variants: list[list[list[Word]]] = [[] for _ in words] + [[[]]]
        for place in range(len(words) - 1, -1, -1):
            found = [[merged[place], *rest] for rest in variants[place + 1]]
            for length, meanings in sorted(self.at(words, place).items()):
                for one in meanings:
                    if length == 1 == len(one.found):
                        continue  # is in the word itself
                    written = one.words(words[place].fields)
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


def _keys(forms: Iterable[Form]) -> frozenset[str]:
    return frozenset(form.folded + "*" * form.prefix for form in forms)
