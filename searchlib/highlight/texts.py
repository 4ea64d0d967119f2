"""Analysed text for the matcher: tokens that are made when looked at, and where each folded key stands.

Highlighting is mostly tokenising, and most tokens of a paragraph are never looked at. So the words are found and
their keys taken from the analyser's cache, but a `Token` is made only of those that matched.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import overload

from searchlib.analysis import Token, keys_of, split_key, tokens
from searchlib.analysis.words import find_words

_CACHED_WORDS = 1 << 16


class Text(Sequence[Token]):
    """The tokens of ``text``, as ``searchlib.analysis.tokens`` gives them."""

    def __init__(self, text: str, language: str = "") -> None:
        self._language = language
        self._found: list[re.Match[str] | Token] = []
        self.folded: dict[str, list[int]] = {}  # the folded part of a key: the indices of its tokens
        found, folded = self._found, self.folded
        for match in find_words(text):
            keys = _folded_keys(match[0], language)
            if len(keys) == 1:
                folded.setdefault(keys[0], []).append(len(found))
                found.append(match)
                continue
            start = match.start()
            for key, token in zip(keys, tokens(match[0], language) if keys else (), strict=True):
                folded.setdefault(key, []).append(len(found))
                found.append(Token(token.key, start + token.start, start + token.end, len(found)))

    @overload
    def __getitem__(self, index: int) -> Token: ...
    @overload
    def __getitem__(self, index: slice) -> list[Token]: ...
    def __getitem__(self, index: int | slice) -> Token | list[Token]:
        if isinstance(index, slice):
            return [self[i] for i in range(*index.indices(len(self)))]
        found = self._found[index]
        if isinstance(found, Token):
            return found
        return Token(keys_of(found[0], self._language)[0], found.start(), found.end(), index % len(self))

    def __len__(self) -> int:
        return len(self._found)


@lru_cache(_CACHED_WORDS)
def _folded_keys(word: str, language: str) -> tuple[str, ...]:
    return tuple(split_key(key)[0] for key in keys_of(word, language))


class LazyFields(Mapping[str, Sequence[Token]]):
    """Fields that are analysed when first looked at: most queries look at few."""

    def __init__(self, makers: Mapping[str, Callable[[], Sequence[Token]]]) -> None:
        self._makers = makers
        self._made: dict[str, Sequence[Token]] = {}

    def __getitem__(self, name: str) -> Sequence[Token]:
        made = self._made.get(name)
        if made is None:
            made = self._made[name] = self._makers[name]()
        return made

    def __contains__(self, name: object) -> bool:
        return name in self._makers

    def __iter__(self) -> Iterator[str]:
        return iter(self._makers)

    def __len__(self) -> int:
        return len(self._makers)
