"""The words of a query's text, as nodes that know their places."""

from __future__ import annotations

from functools import lru_cache

from searchlib.analysis import Lexicon, query_tokens
from searchlib.analysis.tokens import QueryToken
from searchlib.analysis.wordforms import as_written, forms_of
from searchlib.query.nodes import Weights, Word

_KEPT, _LONGEST = 1 << 12, 64  # texts, and code points of each


def words_of(text: str, lexicon: Lexicon, fields: Weights, shift: int = 0, *, exactly: bool = False) -> list[Word]:
    """A `Word` for each token of ``text``, which stands ``shift`` code points from the query's beginning.

    ``exactly`` as it is written, and in no other form.
    """
    return [
        Word(
            text[token.start : token.end],
            as_written(token) if exactly else forms_of(token, lexicon),
            fields,
            exactly=exactly,
            at=(shift + token.start, shift + token.end),
        )
        for token in tokens_of(text)
    ]


def tokens_of(text: str) -> tuple[QueryToken, ...]:
    """The tokens of a query's ``text``."""
    return _kept(text) if len(text) <= _LONGEST else tuple(query_tokens(text))


@lru_cache(_KEPT)
def _kept(text: str) -> tuple[QueryToken, ...]:
    return tuple(query_tokens(text))
