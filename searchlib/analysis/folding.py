"""Forms of a word: exact, folded, and the key that holds both.

* The *exact* form is the word without case and compatibility differences: NFKC, full case folding, nothing of what
  stands in words and changes nothing (joiners, soft hyphens, variation selectors).
* The *folded* form is the exact one without accents, with one letter for those that only keyboards tell apart
  (the yeh and kaf of Arabic and Persian), and with the digits 0 to 9 for those of all scripts.
* Characters that Unicode 14.0 does not have (see `_ranges`) are left as they are, whatever the running Python knows.
* The exact form of a word with a mark (`wordmarks`) has that: ``c++``, ``re-ported``. The *plain* form is the word
  without it (``c``, ``ported``), of which the folded form is; what it *says* is all that is joined: ``reported``.
* The *key* is how a token stands in the term dictionary: the folded form, and where the exact form differs,
  a unit separator and the exact form. So all accent variants of a word are neighbours in the dictionary, and a
  word costs one posting however it is written.
"""

from __future__ import annotations

import unicodedata
from bisect import bisect_right
from collections.abc import Callable
from functools import cache
from itertools import groupby

from searchlib.analysis import _ranges
from searchlib.analysis.words import BEYOND_LATIN, IGNORABLE, LINE_END
from searchlib.concurrency.lazily import lazy_expression

SEPARATOR = "\x1f"
AFTER_SEPARATOR = "\x20"  # keys with the folded form f lie in {f} and [f + SEPARATOR, f + AFTER_SEPARATOR)
LONGEST_WORD = 200  # code points; longer ones are cut, for indexing and querying alike

# Letters that Unicode does not decompose but readers take for an accented one, or, in Arabic, for the same.
_LETTERS = (
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i", "ħ": "h", "ŧ": "t", "ŋ": "n"}
    | {"ک": "ك", "ڪ": "ك", "ی": "ي", "ى": "ي", "ہ": "ه", "ة": "ه", "ٱ": "ا"}
)  # fmt: skip
# Outside of these blocks, which have no gaps, a character may be one that Unicode 14.0 does not have.
# To look beyond Latin first is quicker.
_DOUBTFUL = lazy_expression(
    "[^\x00-\u0377\u0400-\u052f\u1e00-\u1eff\u2010-\u2064\u3041-\u3096\u30a0-\u30ff\u4e00-\u9fff\uac00-\ud7a3]"
)
SIGNS, MARKS = lazy_expression(r"[+#]+|^\."), lazy_expression(r"[+#&\-]|^\.")  # no other exact form has any
_KEPT = "\u0439"  # й is no accented и: the letter is another, and its words are others


@cache
def _assigned() -> tuple[list[int], ...]:
    """Tables of the first code of each range and the one after its last, in turn."""
    tables = (_ranges.BMP + _ranges.ASTRAL, _ranges.OTHERS)
    ranges = [[one.split("-") for one in table.split()] for table in tables]
    return tuple([code for ends in table for code in (int(ends[0], 16), int(ends[-1], 16) + 1)] for table in ranges)


def is_assigned(character: str) -> bool:
    """Whether Unicode 14.0 has the character."""
    return any(bisect_right(table, ord(character)) % 2 for table in _assigned())


def all_assigned(text: str) -> bool:
    """Whether Unicode 14.0 has all characters of ``text``."""
    return text.isascii() or not BEYOND_LATIN.search(text) or not _DOUBTFUL.search(text) or all(map(is_assigned, text))


def where_assigned(text: str, change: Callable[[str], str]) -> str:
    """``text`` with all stretches changed whose characters Unicode 14.0 has."""
    if all_assigned(text):
        return change(text)
    parts = [(known, "".join(part)) for known, part in groupby(text, is_assigned)]
    return "".join(change(part) if known else part for known, part in parts)


def exact_form(word: str) -> str:
    """``word`` without differences of case and compatibility, at most LONGEST_WORD code points.

    Unicode 14.0 has all its characters, as it has those of words; `fold` takes any text.
    """
    if word.isascii():
        return word.lower()[:LONGEST_WORD]
    if "\n" in word:
        word = LINE_END.sub("", word)
    folded = unicodedata.normalize("NFKC", word).casefold()
    # Full case folding makes İ an i with a dot above, which no reader of Turkish sees there.
    folded = IGNORABLE.sub("", folded.replace("i\u0307", "i"))
    return unicodedata.normalize("NFKC", folded)[:LONGEST_WORD]


def without_accents(exact: str) -> str:
    """The folded form of an exact one. Marks that are letters of their own (Hindi, Thai) stay."""
    if exact.isascii():
        return exact
    kept = []
    for character in exact:
        if character == _KEPT:
            kept.append(character)
            continue
        decomposed = unicodedata.normalize("NFD", character)
        kept.append("".join(c for c in decomposed if not _is_accent(c)))
    return unicodedata.normalize("NFC", "".join(kept)).translate(_letters()) or exact


@cache
def _letters() -> dict[int, str]:
    zeros = [int(zero, 16) for zero in _ranges.ZEROS.split()]
    letters = {ord(letter): other for letter, other in _LETTERS.items()}
    return letters | {zero + digit: str(digit) for zero in zeros for digit in range(10)}


def _is_accent(character: str) -> bool:
    # Combining classes: 10-36 the points of Hebrew and Arabic, 200 and above placed around the letter; the vowel
    # signs, nuktas and viramas of Indic scripts and Thai have others. The voicing marks of kana have 8.
    combining = unicodedata.combining(character)
    return 10 <= combining <= 36 or combining >= 200


def fold(text: str) -> str:
    """Case and accents of a whole string folded, without stemming."""
    return where_assigned(text, _folded) if len(text) <= LONGEST_WORD else fold_long(text)


def _folded(text: str) -> str:
    return without_accents(exact_form(text))


def fold_long(text: str) -> str:
    """As ``fold``, for text of any length."""
    if text.isascii():
        return text.lower()
    return "".join(fold(text[i : i + LONGEST_WORD]) for i in range(0, len(text), LONGEST_WORD))


def join_key(exact: str) -> str:
    """The key of a token whose exact form is ``exact``."""
    if exact.isascii() and exact.isalnum():
        return exact
    folded = folded_form(exact)
    return exact if folded == exact else folded + SEPARATOR + exact


def split_key(key: str) -> tuple[str, str]:
    """(folded, exact) of a key."""
    folded, separator, exact = key.partition(SEPARATOR)
    return (folded, exact) if separator else (key, key)


# Words with marks


def folded_form(exact: str) -> str:
    """The folded form of the exact form of a word."""
    return without_accents(plain_form(exact))


def plain_form(exact: str) -> str:
    """An exact form without its mark: of what is joined the last word."""
    if exact.isalnum():
        return exact
    return SIGNS.sub("", exact[max(exact.rfind("&"), exact.rfind("-")) + 1 :])


def said_form(exact: str) -> str:
    """What a word with a mark says: all that is joined, without signs."""
    return exact if exact.isalnum() else SIGNS.sub("", exact).replace("&", "").replace("-", "")


def joint_of(exact: str) -> str:
    """What joins a word to the one before: ``&``, or the ``-`` of a line's end; "" if it is not joined."""
    return "" if exact.isalnum() else "&" if "&" in exact else "-" if "-" in exact else ""


def has_mark(exact: str) -> bool:
    """Whether the exact form of a word has a mark."""
    return not exact.isalnum() and bool(MARKS.search(exact))
