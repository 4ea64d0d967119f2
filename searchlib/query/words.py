"""The words of a query's text, as nodes that know their places."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from searchlib.analysis import Form, forms, tokens
from searchlib.query.nodes import Word

Analysed = list[tuple[tuple[Form, ...], tuple[int, int]]]
"""For each token its forms, and where it stands in the text."""


def analysed(text: str, languages: Sequence[str]) -> Analysed:
    """The tokens of a query's ``text`` for documents in these ``languages``."""
    return list(zip(forms(text, languages), _places(text), strict=True))


def words_of(text: str, found: Analysed, fields: Iterable[tuple[str, float]], shift: int = 0) -> list[Word]:
    """A `Word` for each token found in ``text``, which stands ``shift`` code points from the query's beginning."""
    fields = tuple(fields)
    words = []
    for token, (start, end) in found:
        word = Word(fields, token, text[start:end])
        word.startchar, word.endchar = shift + start, shift + end
        words.append(word)
    return words


def _places(text: str) -> list[tuple[int, int]]:
    """Where the tokens of a query stand that `forms` gives: the last unit of a longer run of bigrams is none."""
    places: list[tuple[int, int]] = []
    for token in tokens(text):
        if not (places and places[-1][0] < token.start and places[-1][1] == token.end):
            places.append((token.start, token.end))
    return places
