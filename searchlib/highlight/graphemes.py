"""Where a text can be cut: between what a reader sees as characters, and better between words.

Extended grapheme clusters follow Unicode Standard Annex 29, rules GB3 to GB13; the properties are taken from
``unicodedata``, so pictographs after a zero-width joiner are not told from other characters: a joiner holds to
whatever follows it.
"""

from __future__ import annotations

import unicodedata
from bisect import bisect_right

from searchlib.analysis.words import find_words, is_unspaced, pieces

_ZWNJ, _ZWJ = "\u200c", "\u200d"
_VIRAMA = 9  # its combining class
SPACING_LETTERS = "\u0e33\u0eb3"  # letters by category, the second half of their syllable to a reader


def is_boundary(text: str, index: int) -> bool:
    """Whether ``text`` can be cut before ``text[index]`` without splitting a character that a reader sees."""
    if index <= 0 or index >= len(text):
        return True
    before, after = text[index - 1], text[index]
    if after < "\u0300":
        return not (before == "\r" and after == "\n")
    return not (_extends(after) or _joins(text, index, before, after))


def _extends(after: str) -> bool:
    return (
        after in (_ZWNJ, _ZWJ)
        or after in SPACING_LETTERS
        or "\U0001f3fb" <= after <= "\U0001f3ff"  # skin tones
        or "\U000e0020" <= after <= "\U000e007f"  # tags of flags
        or unicodedata.category(after)[0] == "M"
    )


def _joins(text: str, index: int, before: str, after: str) -> bool:
    if before == _ZWJ:
        return True
    if unicodedata.combining(before) == _VIRAMA:
        return unicodedata.category(after) == "Lo"
    if _is_regional(after):
        first = index
        while first > 0 and _is_regional(text[first - 1]):
            first -= 1
        return (index - first) % 2 == 1
    return _is_syllable(before, after)


def _is_regional(character: str) -> bool:
    return "\U0001f1e6" <= character <= "\U0001f1ff"


def _is_syllable(before: str, after: str) -> bool:
    """Hangul: leading consonants, vowels and trailing consonants that make one syllable."""
    kind, following = _hangul(before), _hangul(after)
    if kind == "L":
        return following in ("L", "V", "S")
    if kind == "V" or (kind == "S" and (ord(before) - 0xAC00) % 28 == 0):
        return following in ("V", "T")
    return kind in ("T", "S") and following == "T"


def _hangul(character: str) -> str:
    if "\uac00" <= character <= "\ud7a3":
        return "S"
    if "\u1100" <= character <= "\u115f" or "\ua960" <= character <= "\ua97c":
        return "L"
    if "\u1160" <= character <= "\u11a7" or "\ud7b0" <= character <= "\ud7c6":
        return "V"
    if "\u11a8" <= character <= "\u11ff" or "\ud7cb" <= character <= "\ud7fb":
        return "T"
    return ""


class Cuts:
    """The places where a text can be cut without splitting a word; in scripts without spaces, a unit."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._words: list[tuple[int, int]] = []
        for match in find_words(text):
            start = match.start()
            if is_unspaced(match[0]):
                self._words += [(start + begin, start + end) for begin, end, _ in pieces(match[0])]
            else:
                self._words.append(match.span())
        self._starts = [start for start, _ in self._words]

    def at_or_before(self, index: int, lowest: int) -> int:
        """The last cut up to ``index``; within a word longer than the room from ``lowest``, the last character's."""
        index = min(index, len(self._text))
        word = self._around(index)
        cut = word[0] if word is not None else index
        while cut > lowest and not is_boundary(self._text, cut):
            cut -= 1
        if cut > lowest:
            return cut
        while index > lowest + 1 and not is_boundary(self._text, index):
            index -= 1
        return self._forward(index)

    def at_or_after(self, index: int, highest: int) -> int:
        """The first cut from ``index`` on; within a word longer than the room to ``highest``, the next character's."""
        index = max(index, 0)
        word = self._around(index)
        cut = self._forward(word[1] if word is not None else index)
        return cut if cut <= highest else min(self._forward(index), highest)

    def _around(self, index: int) -> tuple[int, int] | None:
        number = bisect_right(self._starts, index) - 1
        if number >= 0 and self._starts[number] < index < self._words[number][1]:
            return self._words[number]
        return None

    def _forward(self, index: int) -> int:
        while not is_boundary(self._text, index):
            index += 1
        return index
