"""The words of texts, as a lexicon: every word is compared with all that is asked."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property

from searchlib.analysis import join_key, split_key, stems, tokens


class TextLexicon:
    """The words of texts, each with its language."""

    segmented = ()

    def __init__(self, texts: Iterable[tuple[str, str]]) -> None:
        self._texts = list(texts)
        self.languages = sorted({language for _, language in self._texts})

    @cached_property
    def words(self) -> dict[str, set[str]]:
        found: dict[str, set[str]] = {language: set() for language in self.languages}
        for text, language in self._texts:
            found[language].update(split_key(token.key)[1] for token in tokens(text))
        return found

    def readings(self, folded: str) -> list[str]:
        words = {word for some in self.words.values() for word in some}
        return sorted(word for word in words if split_key(join_key(word))[0] == folded)

    def stemmed(self, language: str, stem: str) -> list[str]:
        return sorted(word for word in self.words.get(language, ()) if stem in stems(word, language))


def lexicon_of(*texts: str, languages: Iterable[str] = ("en",)) -> TextLexicon:
    """That of texts, each in all of the languages."""
    return TextLexicon((text, language) for text in texts or ("",) for language in languages)
