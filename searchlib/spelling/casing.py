"""Capitals: the words of an index have none, and what is shown should look as it was typed."""

from __future__ import annotations

from searchlib.analysis import surfaces
from searchlib.query.lexer import EVERY_OPERATOR

_RESERVED = EVERY_OPERATOR | {"TO"}  # words that mean something else in capitals


def like(typed: str, word: str) -> str:
    """``word`` with capitals where ``typed`` has them: at its beginning, or everywhere; never an operator."""
    if typed.isupper() and len(typed) > 1:
        shown = word.upper()
    elif typed[:1].isupper():
        shown = word[:1].upper() + word[1:]
    else:
        return word
    # Capitals of some letters are those of others, or several.
    return shown if surfaces(shown) == (word,) and shown not in _RESERVED else word
