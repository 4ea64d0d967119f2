"""Stems, by the Snowball algorithm of each language (Porter, https://snowballstem.org)."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

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
_ALIASES = {"nb": "no", "nn": "no"}


def base_language(language: str) -> str:
    """The primary subtag of a language tag in lower case: ``pt`` of ``pt-BR``; "" if it is no tag at all."""
    primary = language.replace("_", "-").partition("-")[0].strip().lower()
    primary = _ALIASES.get(primary, primary)
    return primary if primary.isascii() and primary.isalpha() and 2 <= len(primary) <= 3 else ""


@cache
def _stemmer(language: str) -> Any:
    import Stemmer

    algorithm = ALGORITHMS.get(language)
    return Stemmer.Stemmer(algorithm, 0) if algorithm in Stemmer.algorithms() else None


def stem(exact: str, language: str) -> str:
    """The stem of an exact form; the form itself where the language has no stemmer, or it holds a digit."""
    if not language or _DIGIT.search(exact):
        return exact
    stemmer = _stemmer(language)
    if stemmer is None:
        return exact
    return stemmer.stemWord(exact) or exact


def stem_all(exact: Sequence[bytes], language: str) -> list[bytes]:
    """The stems of many exact forms of ASCII letters and digits, without a call from Python for each."""
    stemmer = _stemmer(language) if language else None
    if stemmer is None:
        return list(exact)
    stems = stemmer.stemWords(exact)
    return [stemmed or form if form.isalpha() else form for form, stemmed in zip(exact, stems, strict=True)]
