"""Tokens: the one definition that indexing, querying and highlighting share.

* ``tokens(text)`` gives each token with its key, its range in the text and its position.
* ``words_in(text)`` gives its words as ``keys_of(word)`` takes them, which the bulk builder asks once per distinct
  word.
* ``surfaces(word)`` gives the words that a reader sees in it, which the vocabulary of an index counts.

A token is a word as it is written, or a bigram of a script without spaces. Which words are forms of one another is no
matter of theirs: see `wordforms`.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from searchlib.analysis.folding import LONGEST_WORD, exact_form, has_mark, join_key, joint_of, plain_form, split_key
from searchlib.analysis.wordmarks import Marked, find_marked, may_have_marks
from searchlib.analysis.words import is_unspaced, pieces, split_words
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
class WordPart:
    """One token of a word: the key, and the range of the word that it stands for."""

    key: str
    start: int
    end: int
    last_of_run: bool = False  # a unit alone: in an index it ends each run, in a query only runs of one


@lru_cache(_CACHED_WORDS)
def pieces_of(word: str) -> tuple[WordPart, ...]:
    """The tokens of one word, in order."""
    if not is_unspaced(word):
        exact = exact_form(word)
        return (WordPart(join_key(exact), 0, len(word)),) if exact else ()
    found: list[WordPart] = []
    cut = list(pieces(word))
    for number, (start, end, is_unit) in enumerate(cut):
        if not is_unit:
            found.extend(
                WordPart(piece.key, start + piece.start, start + piece.end) for piece in pieces_of(word[start:end])
            )
            continue
        following = cut[number + 1] if number + 1 < len(cut) else None
        bigram = following is not None and following[2]
        stop = following[1] if following is not None and bigram else end
        exact = exact_form(word[start:stop])
        if exact:
            found.append(WordPart(join_key(exact), start, stop, not bigram))
    return tuple(found)


def tokens(text: str, flowing: bool = True) -> list[Token]:
    """The tokens of ``text`` in order; one that is not ``flowing`` is of lines that have nothing to do with another."""
    found: list[Token] = []
    for match in find_marked(text, flowing=flowing):
        if isinstance(match, Marked):
            found.append(Token(join_key(exact_form(match.word)), match.start, match.end, len(found)))
            continue
        start = match.start()
        for piece in pieces_of(match[0]):
            found.append(Token(piece.key, start + piece.start, start + piece.end, len(found)))
    return found


def words_in(text: str) -> list[str]:
    """Every word of ``text`` in order, with its mark; those without of ASCII text in lower case."""
    if not may_have_marks(text):
        return split_words(text)
    found = [one.word if isinstance(one, Marked) else one[0] for one in find_marked(text)]
    return [word.lower() for word in found] if text.isascii() else found


def keys_of(word: str) -> tuple[str, ...]:
    """The keys of the tokens that one word (of `words_in`) becomes, in order; mostly one."""
    return tuple(piece.key for piece in pieces_of(word))


def surfaces(word: str) -> tuple[str, ...]:
    """What one word (of `words_in`) is when nothing but its case is folded: its exact form, without its mark.

    A run of a script without spaces gives its bigrams, or its only unit.
    """
    exact = "" if word.isalnum() else exact_form(word)
    if has_mark(exact):  # which the word may have in full width
        return (plain_form(exact),)
    return tuple(split_key(token.key)[1] for token in query_tokens(word))


def ascii_keys(words: Sequence[bytes]) -> list[bytes]:
    """The key of each of many words of ASCII letters and digits in lower case: one for each, in UTF-8."""
    return [word[:LONGEST_WORD] if len(word) > LONGEST_WORD else word for word in words]


@frozen
class QueryToken:
    """A token of a query: its key, its range in the text, and whether it is a single unit: a beginning of bigrams."""

    key: str
    start: int
    end: int
    unit: bool = False


def query_tokens(text: str) -> list[QueryToken]:
    """The tokens of a query's ``text``: those of a text, without the last units of longer runs.

    Within a longer run the last unit is the second half of the bigram before it.
    """
    found: list[QueryToken] = []
    for match in find_marked(text, typed=True):
        if isinstance(match, Marked):
            exact = exact_form(match.word)
            # What is joined stands behind the word that it is joined to.
            start = match.start if not joint_of(exact) else match.first - 1
            found.append(QueryToken(join_key(exact), start, match.end))
            continue
        start = match.start()
        before: WordPart | None = None
        for piece in pieces_of(match[0]):
            second_half = before is not None and before.end == piece.end and before.start < piece.start
            if not (piece.last_of_run and second_half):
                found.append(QueryToken(piece.key, start + piece.start, start + piece.end, piece.last_of_run))
            before = piece
    return found
