"""The language of a text, told by its script, its function words and its letters.

A language is named when what speaks for it is a fair share of the text, and when of the words that tell it from any
other those for it are clearly more; when unsure the answer is "", and the text is indexed without stemming: the forms
of a word that one language has are wrong ones in another. Function words are the commonest of each language (Luhn's
"noise words"), and each that a text has counts one. A word with letters that few languages write counts for these, the
more the fewer they are, and against those that lack one of its letters. So a sentence is mostly enough, and no model is
needed.

Who knows the language says it: for all documents, or for those whose paths match a pattern (`language_at`).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from fnmatch import fnmatchcase
from functools import cache, lru_cache
from heapq import nlargest
from operator import itemgetter

from searchlib.analysis._alphabets import ALPHABETS
from searchlib.analysis._function_words import FUNCTION_WORDS
from searchlib.analysis.stemming import base_language
from searchlib.analysis.words import split_words
from searchlib.concurrency.lazily import lazy_expression

SAMPLE = 2_000  # code points looked at, from the beginning
_LEAST = 1.0  # what speaks for a language, in function words
_SHARE = 0.08  # of all words
_RIVALS = 3  # languages that speak the next loudest
_ROUNDING = 1e-9  # of thirds and fifths, in whatever order they are added up
_LEAD = 0.75  # more than what tells a rival from it; and at least twice as much

_SCRIPTS = (  # without spaces: the first whose characters are a tenth of the sample; kana before Han
    ("ja", "\u3041", "\u30ff"),
    ("ko", "\uac00", "\ud7a3"),
    ("zh", "\u4e00", "\u9fff"),
    ("th", "\u0e01", "\u0e5b"),
    ("lo", "\u0e81", "\u0edf"),
    ("my", "\u1000", "\u109f"),
    ("km", "\u1780", "\u17ff"),
)
_SPACED_SCRIPTS = (  # that one language writes, or mostly one: the first whose characters are half of the sample
    ("el", "\u0370", "\u03ff"),
    ("hy", "\u0530", "\u058f"),
    ("bn", "\u0980", "\u09ff"),
    ("pa", "\u0a00", "\u0a7f"),
    ("gu", "\u0a80", "\u0aff"),
    ("ta", "\u0b80", "\u0bff"),
    ("te", "\u0c00", "\u0c7f"),
    ("kn", "\u0c80", "\u0cff"),
    ("ml", "\u0d00", "\u0d7f"),
    ("si", "\u0d80", "\u0dff"),
    ("ka", "\u10a0", "\u10ff"),
    ("am", "\u1200", "\u137f"),
)
# What no script of one language has: most of most texts.
_OF_SHARED_SCRIPTS = lazy_expression("[\x00-\u036f\u0400-\u052f\u0600-\u06ff\u0900-\u097f]+")
_NOTHING: dict[str, float] = {}
_HEBREW = (("he", "\u0590", "\u05ff"),)  # which Yiddish shares: where no function word decides


@cache
def function_words(language: str) -> frozenset[str]:
    """The function words of a language, without case; none where they are not known."""
    return frozenset(FUNCTION_WORDS.get(language, "").split())


def detect_language(text: str, default: str = "") -> str:
    """The ISO 639 code of the language of ``text``; ``default`` when unsure."""
    sample = text[:SAMPLE]
    if not sample.isascii():
        counts = Counter(_OF_SHARED_SCRIPTS.sub("", sample))
        own = _script_language(counts, len(sample), _SCRIPTS)
        own = own or _script_language(counts, 5 * len(sample), _SPACED_SCRIPTS)
        if own:
            return own
        default = _script_language(counts, 5 * len(sample), _HEBREW) or default
    words = split_words(sample.lower())
    evidence = _evidence(words)
    speaking: defaultdict[str, float] = defaultdict(float)
    for number, said in evidence:
        for language, weight in said.items():
            speaking[language] += weight * number
    (best, most), *rivals = [*nlargest(1 + _RIVALS, speaking.items(), key=itemgetter(1)), ("", 0.0)]
    if most < max(_LEAST, _SHARE * len(words)):
        return default
    for rival, less in rivals:
        lead = most - less
        # Nothing can be more against the best than all that the rival has, but for words that speak against this one.
        if lead + _ROUNDING < _LEAD or (
            (lead < less or not sample.isascii()) and not _is_told_from(rival, best, lead, evidence)
        ):
            return default
    return best


def _evidence(words: list[str]) -> list[tuple[int, dict[str, float]]]:
    """What words say, each with how many say just that: those that say it by their letters alone share it."""
    numbers: defaultdict[int, int] = defaultdict(int)
    found: dict[int, dict[str, float]] = {}
    for word, number in Counter(words).items():
        said = _said_by(word)
        if said:
            numbers[id(said)] += number
            found[id(said)] = said
    return [(numbers[key], said) for key, said in found.items()]


def _is_told_from(rival: str, best: str, lead: float, evidence: list[tuple[int, dict[str, float]]]) -> bool:
    """Whether of what tells two languages apart twice as much speaks for the best: the lead is at least the rest."""
    against = 0.0
    for number, said in evidence:
        if rival in said:
            against += number * max(0.0, said[rival] - said.get(best, 0.0))
        elif said.get(best, 0.0) < 0:
            against -= number * said[best]
    return lead + _ROUNDING >= against


@lru_cache(1 << 15)
def _said_by(word: str) -> dict[str, float]:
    """How loud a word speaks for languages, or against them."""
    by_letters = _NOTHING if word.isascii() else _by_letters("".join(sorted(_writers().keys() & set(word))))
    languages = _languages_of().get(word)
    if languages is None:
        return by_letters
    said = dict.fromkeys(languages, 1.0)
    for language, weight in by_letters.items():
        said[language] = said.get(language, 0.0) + weight
    return said


def languages_said(setting: str) -> str:
    """A setting of languages as an index keeps it: codes cut to their primary subtag. Raises ValueError, naming a part.

    It is a code, or "auto", or several with patterns of paths, separated by commas: ``de/=de,*_tr.txt=tr,auto``.
    """
    said = []
    for part in setting.split(","):
        pattern, is_pattern, code = part.strip().rpartition("=")
        base = code if code == "auto" else base_language(code)
        if not base or (is_pattern and not pattern):
            raise ValueError(part.strip())
        said.append(f"{pattern}={base}" if is_pattern else base)
    return ",".join(said)


@cache
def _rules(setting: str) -> tuple[tuple[str, str], ...]:
    parts = [part.rpartition("=") for part in setting.split(",")]
    return tuple((pattern.rstrip("/") if is_pattern else "*", code) for pattern, is_pattern, code in parts)


def language_at(path: str, setting: str) -> str:
    """What a setting of `languages_said` says for a path, by the first pattern that matches it or a folder above."""
    if "=" not in setting and "," not in setting:
        return setting
    for pattern, code in _rules(setting):
        if fnmatchcase(path, pattern) or fnmatchcase(path, pattern + "/*"):
            return code
    return "auto"


@cache
def _languages_of() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for language, words in FUNCTION_WORDS.items():
        for word in words.split():
            # Single ASCII letters are words in many languages, and labels and list items in all.
            if len(word) > 1 or not word.isascii():
                found.setdefault(word, []).append(language)
    return found


@cache
def _writers() -> dict[str, tuple[frozenset[str], frozenset[str]]]:
    """For each letter of an alphabet which languages of the script write it, and which do not."""
    found = {}
    for alphabets in ALPHABETS:
        for letter in set("".join(alphabets.values())):
            writing = frozenset(language for language, letters in alphabets.items() if letter in letters)
            found[letter] = (writing, frozenset(alphabets) - writing)
    return found


@lru_cache(1 << 13)
def _by_letters(letters: str) -> dict[str, float]:
    """What letters of a word say for languages, and against them."""
    known = [_writers()[letter] for letter in letters]
    if not known:
        return _NOTHING
    without = frozenset().union(*(lacking for _, lacking in known))
    writing = frozenset().union(*(having for having, _ in known)) - without
    rarest = min(len(having) for having, _ in known)
    return {**dict.fromkeys(writing, 1 / rarest), **dict.fromkeys(without, -1.0)}


def _script_language(counts: Counter[str], size: int, scripts: tuple[tuple[str, str, str], ...]) -> str:
    for language, first, last in scripts:
        if 10 * sum(number for character, number in counts.items() if first <= character <= last) >= size:
            return language
    return ""
