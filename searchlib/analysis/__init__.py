"""Analysis: from text to the terms that stand for it.

Each question has one place: `words` where words begin and end (and scripts without spaces are cut), `wordmarks` what
belongs to them that is neither letter nor digit, `folding` what is alike in writing, `tokens` what of a text stands in
an index, `stemming` and `languages` what a language adds, `wordforms` which words of an index a word of a query finds.
"""

from searchlib.analysis.folding import SEPARATOR, fold, join_key, split_key, where_assigned
from searchlib.analysis.languages import detect_language, language_at, languages_said
from searchlib.analysis.stemming import base_language, stems
from searchlib.analysis.tokens import Token, ascii_keys, keys_of, query_tokens, surfaces, tokens, words_in
from searchlib.analysis.wordforms import NO_WORDS, Form, Lexicon, NoWords, forms
from searchlib.analysis.words import split_words

__all__ = [
    "NO_WORDS",
    "SEPARATOR",
    "Form",
    "Lexicon",
    "NoWords",
    "Token",
    "ascii_keys",
    "base_language",
    "detect_language",
    "fold",
    "forms",
    "join_key",
    "keys_of",
    "language_at",
    "languages_said",
    "query_tokens",
    "split_key",
    "split_words",
    "stems",
    "surfaces",
    "tokens",
    "where_assigned",
    "words_in",
]
