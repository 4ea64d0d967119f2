"""Tokens: the one definition that indexing, querying and highlighting share.

* ``tokens(text, language)`` gives each token with its key, its range in the text and its position.
* ``keys_of(word, language)`` gives the keys of one word, which the bulk builder asks once per distinct word.
* ``forms(text, languages)`` gives, for each token of a query, the forms in which an index may hold it.
* ``surfaces(word)`` gives the words that a reader sees in it, which the vocabulary of an index counts.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from searchlib.analysis.folding import LONGEST_WORD, exact_form, join_key, split_key, without_accents
from searchlib.analysis.stemming import stem, stem_all
from searchlib.analysis.words import find_words, is_unspaced, pieces
from searchlib.frozen import frozen

_CACHED_WORDS = 1 << 16


@frozen
class Token:
    """A word of a text (or a bigram): its key, its range in code points, its position among all tokens."""

    key: str
    start: int
    end: int
    position: int


@frozen
class Form:
    """A form in which an index may hold a token of a query.

    A key matches when its folded part equals ``folded`` (with ``prefix``: begins with it), and the record's
    language is one of ``languages`` (None: any). The exact part tells an accent variant from the form itself.
    ``synonym_of`` is the word of the query that the form is a synonym of; "" for the word's own.
    """

    folded: str
    exact: str
    languages: frozenset[str] | None = None
    weight: float = 1.0
    prefix: bool = False
    synonym_of: str = ""


@frozen
class _Piece:
    """One token of a word: the key, and the range of the word that it stands for."""

    key: str
    start: int
    end: int
    last_of_run: bool = False  # a unit alone: in an index it ends each run, in a query only runs of one


@lru_cache(_CACHED_WORDS)
def _analyse(word: str, language: str) -> tuple[_Piece, ...]:
    if not is_unspaced(word):
        exact = exact_form(word)
        return (_Piece(join_key(stem(exact, language)), 0, len(word)),) if exact else ()
    found: list[_Piece] = []
    cut = list(pieces(word))
    for number, (start, end, is_unit) in enumerate(cut):
        if not is_unit:
            found.extend(
                _Piece(piece.key, start + piece.start, start + piece.end)
                for piece in _analyse(word[start:end], language)
            )
            continue
        following = cut[number + 1] if number + 1 < len(cut) else None
        bigram = following is not None and following[2]
        stop = following[1] if following is not None and bigram else end
        exact = exact_form(word[start:stop])
        if exact:
            found.append(_Piece(join_key(exact), start, stop, not bigram))
    return tuple(found)


def tokens(text: str, language: str = "") -> list[Token]:
    """The tokens of ``text`` in order; ``language`` (ISO 639-1) chooses the stemmer, "" means none."""
    found: list[Token] = []
    for match in find_words(text):
        start = match.start()
        for piece in _analyse(match[0], language):
            found.append(Token(piece.key, start + piece.start, start + piece.end, len(found)))
    return found


def keys_of(word: str, language: str = "") -> tuple[str, ...]:
    """The keys of the tokens that one word (of ``words.split_words``) becomes, in order; mostly one."""
    return tuple(piece.key for piece in _analyse(word, language))


def surfaces(word: str) -> tuple[str, ...]:
    """What one word (of ``words.split_words``) is when nothing but its case is folded: its exact form, not stemmed.

    A run of a script without spaces gives its bigrams, or its only unit.
    """
    if not is_unspaced(word):
        exact = exact_form(word)
        return (exact,) if exact else ()
    return tuple(split_key(piece.key)[1] for piece in _query_pieces(word, ""))


def ascii_keys(words: Sequence[bytes], language: str = "") -> list[bytes]:
    """The key of each of many words of ASCII letters and digits in lower case: one for each, in UTF-8."""
    return stem_all([word[:LONGEST_WORD] if len(word) > LONGEST_WORD else word for word in words], language)


def forms(text: str, languages: Sequence[str]) -> list[tuple[Form, ...]]:
    """For each token of a query's ``text``, in order, the forms in which the index may hold it.

    ``languages`` are those of the index's documents. A token has one form where they all stem it alike, else one
    for each distinct stem, which counts in documents of the languages that stem so.
    """
    wanted = sorted(set(languages)) or [""]
    per_language = {language: _query_pieces(text, language) for language in wanted}
    # Languages differ in stems only, never in where words begin and end.
    return [
        _merge({language: found[number] for language, found in per_language.items()})
        for number in range(len(per_language[wanted[0]]))
    ]


def _query_pieces(text: str, language: str) -> list[_Piece]:
    found: list[_Piece] = []
    for match in find_words(text):
        analysed = _analyse(match[0], language)
        for number, piece in enumerate(analysed):
            # Within a longer run the last unit is the second half of the bigram before it.
            if piece.last_of_run and number and _is_bigram_of_run(analysed[number - 1], piece):
                continue
            found.append(piece)
    return found


def _is_bigram_of_run(before: _Piece, last: _Piece) -> bool:
    return before.end == last.end and before.start < last.start


def _merge(pieces_by_language: dict[str, _Piece]) -> tuple[Form, ...]:
    by_key: dict[str, set[str]] = {}
    single = False
    for language, piece in pieces_by_language.items():
        by_key.setdefault(piece.key, set()).add(language)
        single = piece.last_of_run
    found = []
    for key, its_languages in by_key.items():
        exact = key.rpartition("\x1f")[2]
        limited = frozenset(its_languages) if len(by_key) > 1 else None
        found.append(Form(without_accents(exact), exact, limited, prefix=single))
    return tuple(found)
