"""Grapheme clusters: what a reader sees as one character, however many code points it takes.

A text is cut only where a cluster ends, by the rules of Unicode Standard Annex 29 for extended grapheme clusters, GB3
to GB13. The properties come from ``unicodedata``, with short tables for the three that it does not have:
Extended_Pictographic, Prepend and Indic_Conjunct_Break (of the scripts of the Basic Multilingual Plane).

`is_boundary` answers for one place, `boundaries` gives all of them in one pass. Both take a ``start``: a place where a
cluster is known to begin, before which nothing counts. Time is linear in what stands between, so whoever cuts a long
text piece by piece gives the beginning of each piece.
"""

from __future__ import annotations

import unicodedata
from bisect import bisect_right
from collections.abc import Iterator
from functools import lru_cache
from typing import Final

_OTHER, _CR, _LF, _CONTROL, _EXTEND, _ZWJ, _REGIONAL, _PREPEND, _SPACING, _L, _V, _T, _LV, _LVT = range(14)
_CONSONANT, _LINKER = 1, 2

_PREPENDED = """
    600 605 6dd 6dd 70f 70f 890 891 8e2 8e2 d4e d4e 110bd 110bd 110cd 110cd 111c2 111c3 1193f 1193f 11941 11941
    11a3a 11a3a 11a84 11a89 11d46 11d46 11f02 11f02
"""
# Spacing marks that stand for themselves (Myanmar, Tai Tham, Ahom).
_ALONE = """
    102b 102c 1038 1038 1062 1064 1067 106d 1083 1083 1087 108c 108f 108f 109a 109c 1a61 1a61 1a63 1a64 aa7b aa7b
    aa7d aa7d 11720 11721
"""
SPACING_LETTERS: Final = "\u0e33\u0eb3"
"""The second halves of syllables of Thai and Lao: letters by category, parts of a cluster to a reader."""
_EXTENDING_LETTERS = "\u200c\uff9e\uff9f"
# Marks that are spacing ones by category only.
_EXTENDING_MARKS = """
    9be 9be 9d7 9d7 b3e b3e b57 b57 bbe bbe bd7 bd7 cc0 cc0 cc2 cc2 cc7 cc8 cca ccb cd5 cd6 d3e d3e d57 d57 dcf dcf
    ddf ddf 1b35 1b35 302e 302f
"""
# The tables have the first and the last code of each range. Extended_Pictographic (emoji-data.txt):
_PICTOGRAPHS = """
    a9 a9 ae ae 203c 203c 2049 2049 2122 2122 2139 2139 2194 2199 21a9 21aa 231a 231b 2328 2328 2388 2388 23cf 23cf
    23e9 23f3 23f8 23fa 24c2 24c2 25aa 25ab 25b6 25b6 25c0 25c0 25fb 25fe 2600 2605 2607 2612 2614 2685 2690 2705
    2708 2712 2714 2714 2716 2716 271d 271d 2721 2721 2728 2728 2733 2734 2744 2744 2747 2747 274c 274c 274e 274e
    2753 2755 2757 2757 2763 2767 2795 2797 27a1 27a1 27b0 27b0 27bf 27bf 2934 2935 2b05 2b07 2b1b 2b1c 2b50 2b50
    2b55 2b55 3030 3030 303d 303d 3297 3297 3299 3299 1f000 1f0ff 1f10d 1f10f 1f12f 1f12f 1f16c 1f171 1f17e 1f17f
    1f18e 1f18e 1f191 1f19a 1f1ad 1f1e5 1f201 1f20f 1f21a 1f21a 1f22f 1f22f 1f232 1f23a 1f23c 1f23f 1f249 1f3fa
    1f400 1f53d 1f546 1f64f 1f680 1f6ff 1f774 1f77f 1f7d5 1f7ff 1f80c 1f80f 1f848 1f84f 1f85a 1f85f 1f888 1f88f
    1f8ae 1f8ff 1f90c 1f93a 1f93c 1f945 1f947 1faff 1fc00 1fffd
"""
# Indic_Conjunct_Break=Consonant: Devanagari to Malayalam, Myanmar, Khmer, Tai Tham, Balinese, Javanese.
_CONSONANTS = """
    915 939 958 95f 978 97f 995 9a8 9aa 9b0 9b2 9b2 9b6 9b9 9dc 9dd 9df 9df 9f0 9f1 a95 aa8 aaa ab0 ab2 ab3 ab5 ab9
    af9 af9 b15 b28 b2a b30 b32 b33 b35 b39 b5c b5d b5f b5f b71 b71 c15 c28 c2a c39 c58 c5a d15 d3a 1000 102a 103f 103f
    1050 1055 105a 105d 1061 1061 1065 1066 106e 1070 1075 1081 108e 108e 1780 17b3 1a20 1a54 1b0b 1b0c 1b13 1b33
    1b45 1b4c a989 a98b a98f a9b2
"""
_LINKERS = frozenset([0x94D, 0x9CD, 0xACD, 0xB4D, 0xC4D, 0xD4D, 0x1039, 0x17D2, 0x1A60, 0x1B44, 0xA9C0])


def is_boundary(text: str, index: int, start: int = 0) -> bool:
    """Whether ``text`` can be cut before ``text[index]`` without splitting a cluster."""
    if index <= start or index >= len(text):
        return True
    before, after = text[index - 1], text[index]
    if after < "\u0300" and before < "\u0300":
        return not (before == "\r" and after == "\n")
    left, right = _property(before), _property(after)
    if left == right == _REGIONAL:
        return _run_of_flags(text, index, start) % 2 == 0
    if left == _ZWJ and _is_pictograph(after):
        return not _joins_pictographs(text, index - 1, start)
    if left in (_EXTEND, _ZWJ) and _conjunct(after) == _CONSONANT:
        return not _joins_consonants(text, index, start)
    return _breaks(left, right)


def boundaries(text: str, start: int = 0) -> Iterator[int]:
    """Every place after ``start`` where a cluster ends, in order; the last is the end of the text."""
    size = len(text)
    if text.isascii() and "\r" not in text:
        yield from range(start + 1, size + 1)
        return
    left = _OTHER
    flags = 0  # regional indicators just before
    pictograph = linked = False  # a pictograph and marks just before; a consonant, marks and a linker
    consonant = False
    for index in range(start, size):
        character = text[index]
        right = _property(character)
        if index > start:
            joined = (
                (left == right == _REGIONAL and flags % 2 == 1)
                or (left == _ZWJ and pictograph and _is_pictograph(character))
                or (linked and _conjunct(character) == _CONSONANT)
            )
            if not joined and _breaks(left, right):
                yield index
        flags = flags + 1 if right == _REGIONAL else 0
        pictograph = _is_pictograph(character) or (pictograph and right in (_EXTEND, _ZWJ) and left != _ZWJ)
        kind = _conjunct(character)
        consonant = kind == _CONSONANT or (consonant and _is_conjunct_extend(character))
        linked = consonant and kind != _CONSONANT and (linked or kind == _LINKER)
        left = right
    if start < size:
        yield size


def is_regional(character: str) -> bool:
    """Whether a character is a half of a flag."""
    return "\U0001f1e6" <= character <= "\U0001f1ff"


def _breaks(left: int, right: int) -> bool:
    """The rules that look at two neighbours only: all but GB9c, GB11, GB12 and GB13."""
    if left in (_CR, _LF, _CONTROL) or right in (_CR, _LF, _CONTROL):
        return not (left == _CR and right == _LF)
    if left == _L:
        joined = right in (_L, _V, _LV, _LVT)
    elif left in (_LV, _V):
        joined = right in (_V, _T)
    else:
        joined = left in (_LVT, _T) and right == _T
    return not (joined or right in (_EXTEND, _ZWJ, _SPACING) or left == _PREPEND)


def _run_of_flags(text: str, index: int, start: int) -> int:
    first = index
    while first > start and is_regional(text[first - 1]):
        first -= 1
    return index - first


def _joins_pictographs(text: str, joiner: int, start: int) -> bool:
    """GB11: a pictograph and its marks before the joiner."""
    place = joiner - 1
    while place >= start and _property(text[place]) == _EXTEND:
        place -= 1
    return place >= start and _is_pictograph(text[place])


def _joins_consonants(text: str, index: int, start: int) -> bool:
    """GB9c: a consonant, and behind it marks, a linker among them."""
    place = index - 1
    linked = False
    while place >= start and _is_conjunct_extend(text[place]):
        linked = linked or _conjunct(text[place]) == _LINKER
        place -= 1
    return linked and place >= start and _conjunct(text[place]) == _CONSONANT


@lru_cache(4096)
def _property(character: str) -> int:  # noqa: PLR0911 - a table
    """Grapheme_Cluster_Break."""
    code = ord(character)
    if 0x20 <= code < 0x7F:
        return _OTHER
    if character in "\r\n":
        return _CR if character == "\r" else _LF
    if character == "\u200d":
        return _ZWJ
    if is_regional(character):
        return _REGIONAL
    if _is_in(code, _PREPENDED):
        return _PREPEND
    if _hangul(code):
        return _hangul(code)
    category = unicodedata.category(character)
    extends = category in ("Mn", "Me") or character in _EXTENDING_LETTERS or _is_in(code, _EXTENDING_MARKS)
    if extends or 0x1F3FB <= code <= 0x1F3FF or 0xE0020 <= code <= 0xE007F:
        return _EXTEND
    if character in SPACING_LETTERS or (category == "Mc" and not _is_in(code, _ALONE)):
        return _SPACING
    ignorable = category == "Cn" and (code == 0x2065 or 0xFFF0 <= code <= 0xFFF8 or 0xE0000 <= code <= 0xE0FFF)
    return _CONTROL if category in ("Cc", "Cf", "Cs", "Zl", "Zp") or ignorable else _OTHER


def _hangul(code: int) -> int:
    if 0xAC00 <= code <= 0xD7A3:
        return _LVT if (code - 0xAC00) % 28 else _LV
    if 0x1100 <= code <= 0x115F or 0xA960 <= code <= 0xA97C:
        return _L
    if 0x1160 <= code <= 0x11A7 or 0xD7B0 <= code <= 0xD7C6:
        return _V
    return _T if 0x11A8 <= code <= 0x11FF or 0xD7CB <= code <= 0xD7FB else _OTHER


@lru_cache(4096)
def _is_pictograph(character: str) -> bool:
    return character >= "\xa9" and _is_in(ord(character), _PICTOGRAPHS)


@lru_cache(4096)
def _conjunct(character: str) -> int:
    code = ord(character)
    if code < 0x900:
        return 0
    return _LINKER if code in _LINKERS else int(_is_in(code, _CONSONANTS))


def _is_conjunct_extend(character: str) -> bool:
    return _property(character) in (_EXTEND, _ZWJ) and character != "\u200c"


@lru_cache(8)
def _ranges(table: str) -> list[int]:
    """The first code of each range and the one after its last, in turn."""
    return [int(code, 16) + number % 2 for number, code in enumerate(table.split())]


def _is_in(code: int, table: str) -> bool:
    return bisect_right(_ranges(table), code) % 2 == 1
