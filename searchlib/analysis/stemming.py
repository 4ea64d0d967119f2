"""Stems, by the Snowball algorithm of each language (Porter, https://snowballstem.org), or what `lightstems` has.

Nothing of an index depends on them but its tables of stems, which are made of its words: the words themselves stand in
it as they are written. A *reading* of a word is it as it is written, or without accents, as people type it: its stems
are those of both, so that accents never decide, whatever a stemmer makes of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache, lru_cache
from typing import Any

from searchlib.analysis import lightstems
from searchlib.analysis.folding import said_form, without_accents
from searchlib.concurrency.lazily import lazy_expression

# ISO 639-1 code: the algorithm's name in Snowball.
ALGORITHMS = {
    "ar": "arabic", "ca": "catalan", "cs": "czech", "da": "danish", "de": "german", "el": "greek", "en": "english",
    "eo": "esperanto", "es": "spanish", "et": "estonian", "eu": "basque", "fa": "persian", "fi": "finnish",
    "fr": "french", "ga": "irish", "hi": "hindi", "hu": "hungarian", "hy": "armenian", "id": "indonesian",
    "it": "italian", "lt": "lithuanian", "ne": "nepali", "nl": "dutch", "no": "norwegian", "pl": "polish",
    "pt": "portuguese", "ro": "romanian", "ru": "russian", "sr": "serbian", "sv": "swedish", "ta": "tamil",
    "tr": "turkish", "yi": "yiddish",
}  # fmt: skip
_DIGIT = lazy_expression(r"\d")
_SHARED = {"bs": "serbian", "hr": "serbian", "sh": "serbian"}  # reads both scripts and pronunciations
_ALIASES = {"nb": "no", "nn": "no"}


def base_language(language: str) -> str:
    """The primary subtag of a language tag in lower case: ``pt`` of ``pt-BR``; "" if it is no tag at all."""
    primary = language.replace("_", "-").partition("-")[0].strip().lower()
    primary = _ALIASES.get(primary, primary)
    return primary if primary.isascii() and primary.isalpha() and 2 <= len(primary) <= 3 else ""


@cache
def _stemmer(language: str) -> Any:
    import Stemmer

    name = _snowball(language)
    if name in Stemmer.algorithms():
        return Stemmer.Stemmer(name, 0)
    light = lightstems.light_stemmer(language)
    return light and light[1]


def _snowball(language: str) -> str:
    return ALGORITHMS.get(language) or _SHARED.get(language, "")


def algorithm(language: str) -> str:
    """What stems words of a language, with its version; "" if nothing does."""
    stemmer = _stemmer(language)
    if stemmer is None:
        return ""
    light = lightstems.light_stemmer(language)
    if light is not None:
        return f"{light[0]} {lightstems.VERSION}"
    import Stemmer

    return f"{_snowball(language)} {Stemmer.version()}"


@lru_cache(1 << 16)
def stem(exact: str, language: str) -> str:
    """The stem of an exact form; the form itself where the language has no stemmer, or it holds a digit."""
    if not language or _DIGIT.search(exact):
        return exact
    stemmer = _stemmer(language)
    if stemmer is None:
        return exact
    return stemmer.stemWord(exact) or exact


def stems(exact: str, language: str) -> tuple[str, ...]:
    """The stems of the readings of a word, without accents: of the word as it is, and as it is without accents.

    Those of a word with a mark are of what it says.
    """
    exact = said_form(exact)
    if not language:
        return (without_accents(exact),)
    own = without_accents(stem(exact, language))
    if exact.isascii():
        return (own,)
    plain = without_accents(stem(without_accents(exact), language))
    return (plain,) if own == plain else (plain, own)


def stems_of_all(words: Sequence[str], language: str) -> list[tuple[str, ...]]:
    """The `stems` of many exact forms, without a call from Python for each of ASCII."""
    stemmer = _stemmer(language)
    if stemmer is None:
        return [stems(word, "") for word in words]
    found = stemmer.stemWords(words)
    return [
        ((stemmed or word) if word.isalpha() else word,)
        if word.isascii() and word.isalnum() and stemmed.isascii()  # Turkish makes ``uç`` of ``uca``
        else stems(word, language)
        for word, stemmed in zip(words, found, strict=True)
    ]
