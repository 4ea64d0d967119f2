"""Forms of a word: exact, folded, and the key that holds both.

* The *exact* form is the word without case and compatibility differences: NFKC, full case folding.
* The *folded* form is the exact one without accents.
* The *key* is how a token stands in the term dictionary: the folded form, and where the exact form differs,
  a unit separator and the exact form. So all accent variants of a word are neighbours in the dictionary, and a
  word costs one posting however it is written.
"""

from __future__ import annotations

import unicodedata

from searchlib.analysis.words import IGNORABLE

SEPARATOR = "\x1f"
AFTER_SEPARATOR = "\x20"  # keys with the folded form f lie in {f} and [f + SEPARATOR, f + AFTER_SEPARATOR)
LONGEST_WORD = 200  # code points; longer ones are cut, for indexing and querying alike

_DROP_IGNORABLE = dict.fromkeys(map(ord, IGNORABLE))
# Letters that Unicode does not decompose but readers take for an accented one.
_LETTERS = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i", "ħ": "h", "ŧ": "t", "ŋ": "n"}
)  # fmt: skip
_KEPT = "\u0439"  # й is no accented и: the letter is another, and its words are others


def exact_form(word: str) -> str:
    """``word`` without differences of case and compatibility, at most LONGEST_WORD code points."""
    if word.isascii():
        return word.lower()[:LONGEST_WORD]
    folded = unicodedata.normalize("NFKC", word).casefold()
    # Full case folding makes İ an i with a dot above, which no reader of Turkish sees there.
    folded = folded.replace("i\u0307", "i").translate(_DROP_IGNORABLE)
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
    return unicodedata.normalize("NFC", "".join(kept)).translate(_LETTERS) or exact


def _is_accent(character: str) -> bool:
    # Combining classes: 10-36 the points of Hebrew and Arabic, 200 and above placed around the letter; the vowel
    # signs, nuktas and viramas of Indic scripts and Thai have others. The voicing marks of kana have 8.
    combining = unicodedata.combining(character)
    return 10 <= combining <= 36 or combining >= 200


def fold(text: str) -> str:
    """Case and accents of a whole string folded, without stemming."""
    return without_accents(exact_form(text)) if len(text) <= LONGEST_WORD else fold_long(text)


def fold_long(text: str) -> str:
    """As ``fold``, for text of any length."""
    if text.isascii():
        return text.lower()
    return "".join(fold(text[i : i + LONGEST_WORD]) for i in range(0, len(text), LONGEST_WORD))


def join_key(exact: str) -> str:
    """The key of a token whose exact form is ``exact``."""
    if exact.isascii():
        return exact
    folded = without_accents(exact)
    return exact if folded == exact else folded + SEPARATOR + exact


def split_key(key: str) -> tuple[str, str]:
    """(folded, exact) of a key."""
    folded, separator, exact = key.partition(SEPARATOR)
    return (folded, exact) if separator else (key, key)
