"""Words: where they begin and end.

* A *word* is a run of letters, marks and digits (Unicode categories L, M, N); everything else separates, the
  apostrophe (those that Unicode takes for letters too: ʼ and ʻ), hyphen and underscore. Marks belong to words, so the
  vowel signs of Hindi and Thai do not split them. Raised digits are words of their own: they are the mark of a note, or
  a power (10⁶ is not 106).
* Scripts written without spaces (Chinese, Japanese, Korean, Thai, Lao, Khmer, Burmese) are cut into *units*: a
  character with its marks, or a syllable of Korean letters. Each unit is a token whose form is the unit and the
  one after it: overlapping bigrams, the last unit of a run alone.
* The end of a line is no space where a soft hyphen stands before it, nor between letters of these scripts; but in
  Korean it is one, which has spaces between words.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache, reduce

from searchlib.analysis import _ranges
from searchlib.concurrency.lazily import lazy_expression

_VARIANTS = "\u180b-\u180d\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef"  # selectors of a character's variant
_IGNORABLE = "\u00ad\u034f\u200c\u200d\u2060\ufeff" + _VARIANTS
IGNORABLE = lazy_expression(f"[{_IGNORABLE}]+")
"""What stands inside words and changes nothing."""
SOFT_HYPHEN = "\u00ad"
_BREAK = r"[^\S\n]*\n[ \t]*"
_ASCII_WORD = lazy_expression("[0-9A-Za-z]+")
# Latin letters to U+024F with typographic punctuation: there Python's own classes are Unicode 14's, at no cost.
BEYOND_LATIN = lazy_expression("[^\x00-\u024f\u2010-\u205e]")
_RAISED = "\u00b2\u00b3\u00b9\u2070\u2074-\u2079"
# Of the ranges of words: what is cut out of them. U+02BB and U+02BC are apostrophes to who types them.
_CUT_FROM_RANGES = (("b2-b3 b5 b9-ba", "b5 ba"), ("2070-2071 2074-2079", "2071"), ("f8-2c1", "f8-2ba 2bd-2c1"))
_LATIN_WORD = lazy_expression(r"[^\W_\u00b2\u00b3\u00b9]+|[\u00b2\u00b3\u00b9]+")
_ASTRAL_CHARACTER = lazy_expression("[\U00010000-\U0010ffff]")
_ASCII_SPLIT = str.maketrans({chr(c): chr(c).lower() if chr(c).isalnum() else " " for c in range(128)})

# Han with its iteration marks, kana, bopomofo, Hangul, and the unspaced scripts of South-East Asia.
_UNSPACED = (
    "\u0e00-\u0e4e\u0e80-\u0ecf\u1000-\u103f\u1050-\u108f\u1780-\u17d3\u1100-\u11ff\u2e80-\u2fdf\u3005-\u3007"
    "\u3021-\u3029\u3031-\u3035\u303b\u3041-\u30ff\u3105-\u312f\u3131-\u318e\u31a0-\u31ff\u3400-\u4dbf\u4e00-\u9fff"
    "\ua960-\ua97c\uac00-\ud7fb\uf900-\ufaff\uff66-\uffdc\U0001b000-\U0001b16f\U00020000-\U0003134f"
)
_FIRST_UNSPACED = "\u0e00"
_HANGUL = ("\u1100-\u11ff", "\u3131-\u318e", "\ua960-\ua97c", "\uac00-\ud7fb", "\uff66-\uffdc")
_FLOWING = reduce(lambda ranges, hangul: ranges.replace(hangul, ""), _HANGUL, _UNSPACED) + "\uff66-\uff9d"
# Marks of those scripts and of any other (voicing marks of kana, variation selectors), and joiners.
_UNIT_MARKS = (
    "\u0300-\u036f\u0e31\u0e34-\u0e3a\u0e47-\u0e4e\u0eb1\u0eb4-\u0ebc\u0ec8-\u0ece\u102b-\u103e\u1056-\u1059\u105e-\u1060"
    "\u1062-\u1064\u1067-\u106d\u1071-\u1074\u1082-\u108d\u108f\u17b4-\u17d3\u302a-\u302f\u3099\u309a"
    "\uff9e\uff9f" + _IGNORABLE
)
_JAMO_SYLLABLE = "[\u1100-\u115f\ua960-\ua97c]+[\u1160-\u11a7\ud7b0-\ud7c6]*[\u11a8-\u11ff\ud7cb-\ud7fb]*"
_UNIT = f"(?:{_JAMO_SYLLABLE}|[{_UNSPACED}])[{_UNIT_MARKS}]*"
_UNIT_OF_RUN = f"(?P<unit>{_UNIT})(?:{_BREAK}(?=[{_UNSPACED}]))?"
_GOES_ON = f"(?<=[{_FLOWING}{_UNIT_MARKS}])(?={_BREAK}[{_FLOWING}])"
LINE_END = lazy_expression(rf"(?:\u00ad|{_GOES_ON}){_BREAK}")
"""What stands in a word that goes on in the next line."""
# Punctuation that is as wide as these letters: no space either.
_WIDE = _FLOWING + "\u3000-\u303f\uff01-\uff0f\uff1a-\uff20\uff3b-\uff3d\uff5b-\uff65"
_UNSHOWN_BREAK = lazy_expression(f"(?<=[{_WIDE}{_UNIT_MARKS}]){_BREAK}(?=[{_WIDE}])")


def _character_class(ranges: str) -> str:
    return "".join("-".join(f"\\U{int(end, 16):08x}" for end in one_range.split("-")) for one_range in ranges.split())


@cache
def _unspaced_character() -> re.Pattern[str]:
    # Compiled when first needed, as all that follow: most text needs none of them.
    return re.compile(f"[{_UNSPACED}]")


@cache
def _piece() -> re.Pattern[str]:
    return re.compile(f"(?P<run>(?:{_UNIT_OF_RUN})+)|[^{_UNSPACED}]+")


@cache
def _unit() -> re.Pattern[str]:
    return re.compile(_UNIT_OF_RUN)


@cache
def _bmp_word() -> re.Pattern[str]:
    # 9 ms. Without the astral ranges, as they make the class ten times slower.
    return _through_lines(f"[0-9A-Za-z{_bmp_class()}]+")


@cache
def _any_word() -> re.Pattern[str]:
    return _through_lines(f"(?:[0-9A-Za-z{_bmp_class()}]|[{_character_class(_ranges.ASTRAL)}])+")


def _bmp_class() -> str:
    ranges = _ranges.BMP
    for whole, without in _CUT_FROM_RANGES:
        ranges = ranges.replace(whole, without)
    return "\u2060\ufeff" + _character_class(ranges)


def _through_lines(run: str) -> re.Pattern[str]:
    """A run of characters of a word, which may go on in the next line; or raised characters."""
    return re.compile(rf"{run}(?:(?:(?<=\u00ad)|{_GOES_ON}){_BREAK}{run})*|[{_RAISED}]+")


def word_pattern(text: str) -> re.Pattern[str]:
    """The expression that finds the words of ``text``."""
    if text.isascii():
        return _ASCII_WORD
    if not BEYOND_LATIN.search(text) and SOFT_HYPHEN not in text:
        return _LATIN_WORD
    return _any_word() if _ASTRAL_CHARACTER.search(text) else _bmp_word()


def find_words(text: str) -> Iterator[re.Match[str]]:
    """Every word of ``text`` in order, as a match that knows its place."""
    return word_pattern(text).finditer(text)


def split_words(text: str) -> list[str]:
    """Every word of ``text`` in order, without places; those of ASCII text in lower case. At 60 MB/s or so."""
    if text.isascii():
        return text.translate(_ASCII_SPLIT).split()
    return word_pattern(text).findall(text)


def is_unspaced(word: str) -> bool:
    """Whether ``word`` holds a character of a script that is written without spaces."""
    return is_far(word) and _unspaced_character().search(word) is not None


def pieces(word: str) -> Iterator[tuple[int, int, bool]]:
    """Cut a word with unspaced characters: (start, end, whether it is a unit of a run), in order.

    Pieces that are not units are words of other scripts (the ``GPS`` of ``GPS機能``). The end of a run is seen
    by its next piece not being a unit or not touching it.
    """
    for piece in _piece().finditer(word):
        if piece["run"] is None:
            yield piece.start(), piece.end(), False
        else:
            for unit in _unit().finditer(word, piece.start(), piece.end()):
                yield *unit.span("unit"), True


def is_far(text: str) -> bool:
    """Whether ``text`` has a character as far from Latin as the first of a script without spaces."""
    return not text.isascii() and max(text) >= _FIRST_UNSPACED


def unshown_breaks(text: str, start: int = 0, end: int | None = None) -> list[tuple[int, int]]:
    """Where in ``text`` lines end between letters of scripts without spaces, so that no reader sees a space there."""
    if "\n" not in text or not is_far(text):
        return []
    return [match.span() for match in _UNSHOWN_BREAK.finditer(text, start, len(text) if end is None else end)]


def without_breaks(text: str) -> str:
    """``text`` without the `unshown_breaks`."""
    return _UNSHOWN_BREAK.sub("", text) if unshown_breaks(text) else text
