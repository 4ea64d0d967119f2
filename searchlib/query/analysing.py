"""The words of a query's text, as nodes that know their places."""

from __future__ import annotations

from functools import lru_cache
from typing import TypeAlias

from searchlib.analysis import Form, forms, tokens
from searchlib.query.nodes import Weights, Word

Analysed: TypeAlias = tuple[tuple[tuple[Form, ...], int, int], ...]
"""For each token its forms, and where it stands in the text: start and end."""

_KEPT, _LONGEST = 1 << 12, 64  # texts, and code points of each


def words_of(text: str, languages: tuple[str, ...], fields: Weights, shift: int = 0) -> list[Word]:
    """A `Word` for each token of ``text``, which stands ``shift`` code points from the query's beginning."""
    return [
        Word(text[start:end], token, fields, at=(shift + start, shift + end))
        for token, start, end in analysed(text, languages)
    ]


def analysed(text: str, languages: tuple[str, ...]) -> Analysed:
    """The tokens of a query's ``text`` for documents in these ``languages``."""
    return _kept(text, languages) if len(text) <= _LONGEST else _analysed(text, languages)


def _analysed(text: str, languages: tuple[str, ...]) -> Analysed:
    return tuple((token, *place) for token, place in zip(forms(text, languages), _places(text), strict=True))


_kept = lru_cache(_KEPT)(_analysed)


def _places(text: str) -> list[tuple[int, int]]:
    """Where the tokens of a query stand that `forms` gives: the last unit of a longer run of bigrams is none."""
    places: list[tuple[int, int]] = []
    for token in tokens(text):
        if not (places and places[-1][0] < token.start and places[-1][1] == token.end):
            places.append((token.start, token.end))
    return places
