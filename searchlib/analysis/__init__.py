"""Analysis: from text to the terms that stand for it."""

from searchlib.analysis.folding import SEPARATOR, fold, join_key, split_key, where_assigned
from searchlib.analysis.languages import DEFAULT_LANGUAGE, detect_language
from searchlib.analysis.stemming import base_language
from searchlib.analysis.tokens import Form, Token, ascii_keys, forms, keys_of, surfaces, tokens
from searchlib.analysis.words import split_words

__all__ = [
    "DEFAULT_LANGUAGE",
    "SEPARATOR",
    "Form",
    "Token",
    "ascii_keys",
    "base_language",
    "detect_language",
    "fold",
    "forms",
    "join_key",
    "keys_of",
    "split_key",
    "split_words",
    "surfaces",
    "tokens",
    "where_assigned",
]
