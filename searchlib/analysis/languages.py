"""The language of a text, told by its script and its function words.

A language is named when its function words make up a fair share of the text, and clearly more than any other
language's; when unsure the answer is "", and the text is indexed without stemming. Function words are the
commonest of each language (Luhn's "noise words"), so a paragraph is enough and no model is needed.
"""

from __future__ import annotations

from collections import Counter
from functools import cache

from searchlib.analysis._function_words import FUNCTION_WORDS
from searchlib.analysis.words import split_words

DEFAULT_LANGUAGE = "en"  # of a document that does not tell
SAMPLE = 2_000  # code points looked at, from the beginning
_FEWEST = 3  # function words
_SHARE = 0.08  # of all words
_MARGIN = 1.25  # times those of the next language

_SCRIPTS = (  # the first whose characters are a tenth of the sample; kana before Han, as Japanese has both
    ("ja", "\u3041", "\u30ff"),
    ("ko", "\uac00", "\ud7a3"),
    ("zh", "\u4e00", "\u9fff"),
    ("th", "\u0e01", "\u0e5b"),
)
_SHARED_SCRIPTS = (  # scripts of several languages, with the one that is assumed when no function word decides
    ("ru", "\u0400", "\u04ff"),
    ("el", "\u0370", "\u03ff"),
    ("ar", "\u0600", "\u06ff"),
    ("hi", "\u0900", "\u097f"),
    ("he", "\u0590", "\u05ff"),
    ("hy", "\u0530", "\u058f"),
    ("ta", "\u0b80", "\u0bff"),
)


@cache
def function_words(language: str) -> frozenset[str]:
    """The function words of a language, without case; none where they are not known."""
    return frozenset(FUNCTION_WORDS.get(language, "").split())


def detect_language(text: str, default: str = "") -> str:
    """The ISO 639-1 code of the language of ``text``; ``default`` when unsure."""
    sample = text[:SAMPLE]
    if not sample.isascii():
        counts = Counter(sample)
        own = _script_language(counts, len(sample), _SCRIPTS)
        if own:
            return own
        default = _script_language(counts, 5 * len(sample), _SHARED_SCRIPTS) or default
    words = split_words(sample.lower())
    languages_of = _languages_of()
    found: Counter[str] = Counter()
    for word, number in Counter(words).items():
        for language in languages_of.get(word, ()):
            found[language] += number
    if not found:
        return default
    (best, most), (_, next_most) = [*found.most_common(2), ("", 0)][:2]
    sure = most >= _FEWEST and most >= _SHARE * len(words) and most >= _MARGIN * next_most
    return best if sure else default


@cache
def _languages_of() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for language, words in FUNCTION_WORDS.items():
        for word in words.split():
            # Single ASCII letters are words in many languages, and labels and list items in all.
            if len(word) > 1 or not word.isascii():
                found.setdefault(word, []).append(language)
    return found


def _script_language(counts: Counter[str], size: int, scripts: tuple[tuple[str, str, str], ...]) -> str:
    for language, first, last in scripts:
        if 10 * sum(number for character, number in counts.items() if first <= character <= last) >= size:
            return language
    return ""
