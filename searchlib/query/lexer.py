r"""From a text to the pieces of its syntax: one regular expression, which finds the next piece at every place.

* A *piece* is a word or what is more than a word: a phrase, pattern, range, a field's name, an operator, a bracket.
  What no other alternative takes is part of a word, so every text is made of pieces and of spaces between them.
* ``printable``: control characters and line breaks are spaces.
* ``readable``: the full-width forms of operators (``（和平） ＡＮＤ 貿易``) are those of ASCII, and an escaped
  character (``\"``) becomes a private one that no syntax knows. ``unescaped`` gives it back.

Each of these keeps the number of code points, so that places of pieces are places in what was typed. No alternative
takes more than linear time: each begins where a word can begin or with a character of its own, and stops at the next.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple, cast

from searchlib.concurrency.lazily import lazy_expression

QUOTES = '"“”„‟«»「」『』'
OPERATORS = ("NEAR", "AND", "OR", "ANDNOT", "ANDMAYBE", "REQUIRE")
"""What can stand between two operands, in the order in which it binds."""
EVERY_OPERATOR = frozenset(["NOT", *OPERATORS])
MOST_DIGITS = 20  # behind the point of a boost

# Private characters never come in from outside: to ``printable`` they are spaces.
_ESCAPE = "\ue100"
_ESCAPED = 0xE000
ESCAPES = f"{chr(_ESCAPED)}-{_ESCAPE}"
_WRITTEN = lazy_expression(r"\\([!-/:-@\[-`{-~ ])")
_READ = lazy_expression(f"{_ESCAPE}(.)")
# What has a meaning in a value; two slashes behind a colon are an address, and that no field's.
_SPECIAL = lazy_expression(r"""[\\()"*?^~\[\]{}:<>= ]|^//""")
_SPECIAL_BUT_WILD = lazy_expression(r"""[\\()"^~\[\]{}:<>= ]|^//""")
# Question marks, tildes and stars of full width are punctuation in ordinary text.
_WIDE = str.maketrans(
    {wide: chr(ord(wide) - 0xFEE0) for wide in "（）［］｛｝＋－＂＾＜＞＝"}
    | {chr(0xFEE0 + code): chr(code) for code in (*range(0x30, 0x3A), *range(0x41, 0x5B), *range(0x61, 0x7B))}
)
_WIDE_COLON = lazy_expression(r"(?<![\w.\-])([^\W\d][\w.\-]{0,63})：")

_EDGE = rf"\s(){QUOTES}"  # what words and operators stand between
# Where a word can begin: at an edge, after a field's colon, or after the +, - or = before the word.
_BEGIN = rf"(?:(?<![^{_EDGE}:])|(?<=[\s(][+\-=])|(?<=\A[+\-=]))"
_LETTER = rf"[^{_EDGE}:^~]"  # of a pattern
_MARK = "?!.,;"  # at the end of a word, a question mark is punctuation like these
_INNER = rf"[^{_EDGE}:^~{_MARK}]"
_ADDRESS = r"[A-Za-z][A-Za-z\d+.\-]{0,31}://"
_NAMES = "|".join(f"{name}(?:/(?P<near>\\d{{1,9}}))?" if name == "NEAR" else name for name in OPERATORS)

_PIECE = lazy_expression(
    "|".join(
        f"(?P<{name}>{expression})"
        for name, expression in {
            # Most of what is typed: a word that nothing else would want.
            "plain": rf"(?<!\S)(?!(?:{'|'.join(sorted(EVERY_OPERATOR))})(?!\S))[^\W_]+(?!\S)",
            "all": r"\*:\*",
            # The question mark of an address stands for no letter; a star does behind a field's name.
            "address": rf"(?<![^{_EDGE}]){_ADDRESS}[^{_EDGE}]*|(?<=:){_ADDRESS}[^{_EDGE}*]*(?![^{_EDGE}])",
            "value": rf"(?<=:){_ADDRESS}[^{_EDGE}]*",
            "phrase": rf"[{QUOTES}](?P<quoted>[^{QUOTES}]*)[{QUOTES}](?:~(?P<slop>\d{{1,9}})(?![\w.]))?",
            "distance": rf"(?<=[{QUOTES}])~[^{_EDGE}^]*",
            # Not the http of http://, and not the 12 of 12:30.
            "field": rf"{_BEGIN}(?P<name>[^\W\d][\w.\-]{{0,63}}):(?!//|\\)",
            "open": r"\(",
            "close": r"\)",
            "not": rf"(?<![^{_EDGE}])NOT(?![^{_EDGE}])|(?<![^\s(])-(?=[^\s+\-)])",
            "plus": r"(?<![^\s(])\+(?=[^\s+\-)])",
            "operator": rf"(?<![^{_EDGE}])(?:{_NAMES})(?![^{_EDGE}])",
            "boost": rf"(?<=[^\s(])\^(?:\d{{1,6}}(?:\.\d{{1,{MOST_DIGITS}}})?|\.\d{{1,{MOST_DIGITS}}})(?![^\s)])",
            "quote": f"[{QUOTES}]",
            "range": r"[\[{](?P<low>[^\[\]{}]{0,200}?)(?<=[\[{\s])[Tt][Oo](?=[\s\]}])(?P<high>[^\[\]{}]{0,200})[\]}]",
            "comparison": rf"(?:(?<=:)|(?<=:\s))(?P<relation>[<>]=?|=[<>])\s*"
            rf"(?P<bound>[{QUOTES}][^{QUOTES}]*[{QUOTES}]|[^{_EDGE}^]*)",
            # Behind a word only what looks like a number: x^y is a word.
            "exactly": r"(?:(?<![^\s(:])|(?<=[\s(][+\-])|(?<=\A[+\-]))=(?=[^\s()=<>:+\-])",
            "power": rf"(?<=[^\s(])\^[+-]?[\d.][^\s()]*|(?<=[){QUOTES}])\^[^\s()]*",
            "pattern": rf"{_BEGIN}(?![\[{{])(?:{_LETTER}*\*{_LETTER}*"
            rf"|[{_MARK}]*{_INNER}+(?:[!.,;]+{_INNER}+)*[!.,;]*\?[{_MARK}]*{_INNER}{_LETTER}*)",
            "fuzzy": rf"{_BEGIN}(?P<like>[^{_EDGE}:^~*?]+)~(?P<edits>\d[\d.]*)?(?:/(?P<same>\d{{1,2}}))?(?![^\s()^])",
            # To the next place where another piece can begin.
            "rest": rf"[:+\-]|[^\s:+\-][^{_EDGE}\[{{^+*<>=:\-]*:?",
        }.items()
    )
)


_NOTHING = lazy_expression("")
_KINDS = {"plain": "word", "address": "word", "all": "pattern", "value": "pattern", "comparison": "range"}


class Piece(NamedTuple):
    """A piece: of which kind it is, where it stands, and its text; the match has its parts."""

    kind: str
    start: int
    end: int
    text: str
    match: re.Match[str]


def pieces(text: str) -> Iterator[Piece]:
    """The pieces of a readable text, in order."""
    words = text.split()
    if all(map(str.isalnum, words)) and EVERY_OPERATOR.isdisjoint(words):  # most of what is typed
        return _plain(text, words)
    return found_pieces(text)


def found_pieces(text: str) -> Iterator[Piece]:
    """The pieces of any readable text."""
    begun: re.Match[str] | None = None  # the first of several parts of a word
    end = 0
    for match in _PIECE.finditer(text):
        start, stop = match.span()
        kind = match.lastgroup or ""
        if begun is not None and (kind != "rest" or start != end):
            yield Piece("word", begun.start(), end, text[begun.start() : end], begun)
            begun = None
        end = stop
        if kind != "rest":
            yield Piece(_KINDS.get(kind, kind), start, stop, match[0], match)
        elif begun is None:
            begun = match
    if begun is not None:
        yield Piece("word", begun.start(), end, text[begun.start() : end], begun)


def _plain(text: str, words: Sequence[str]) -> Iterator[Piece]:
    """What `found_pieces` finds where there is nothing but words; its expression takes 4 ms to compile."""
    nothing = cast("re.Match[str]", _NOTHING.match(""))
    end = 0
    for word in words:
        start = text.index(word, end)
        end = start + len(word)
        yield Piece("word", start, end, word, nothing)


def printable(text: str) -> str:
    """``text`` with a space for every control character, line break, unassigned surrogate or the like."""
    if text.isprintable():
        return text
    return "".join(
        " " if character.isspace() or unicodedata.category(character) in ("Cc", "Cs", "Co", "Cn") else character
        for character in text
    )


def readable(text: str, is_field: Callable[[str], bool]) -> str:
    """Printable ``text`` for `pieces`. A full-width colon ends a field's name only where there is such a field."""
    if not text.isascii():
        text = text.translate(_WIDE)
        if "：" in text:
            text = _WIDE_COLON.sub(lambda match: match[1] + (":" if is_field(match[1]) else "："), text)
    if "\\" in text:
        text = _WRITTEN.sub(lambda match: _ESCAPE + chr(_ESCAPED + ord(match[1])), text)
    return text


def unescaped(text: str, write: Callable[[str], str] = str) -> str:
    """``text`` with the characters that were escaped, each as ``write`` has it."""
    if _ESCAPE not in text:
        return text
    return _READ.sub(lambda match: write(chr(ord(match[1]) - _ESCAPED)), text)


def escaped(text: str) -> str:
    r"""Readable ``text`` as it was typed, with a backslash before each character that was escaped."""
    return unescaped(text, lambda character: "\\" + character)


def literal(text: str) -> str:
    r"""Any text as it is typed where it is to have no other meaning: with backslashes."""
    return _SPECIAL.sub(r"\\\g<0>", text)


def typed_pattern(text: str) -> str:
    r"""Readable text with wildcards as it can be typed anywhere: with a backslash before what else has a meaning."""
    return escaped(_SPECIAL_BUT_WILD.sub(r"\\\g<0>", text))
