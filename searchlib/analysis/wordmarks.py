"""Marks: what belongs to a word, though it is neither letter nor digit.

* A *sign* makes another word of one, as an accent does: ``C++``, ``C#``, ``.NET``, ``Canal+``. The exact form of such a
  word has it (``c++``), the folded form has not (``c``).
* A *joint* joins two short words to a name (``AT&T``, ``R&D``), or the parts of a word between which a line ends
  (``re-⏎ported``). Both stay tokens; the exact form of the second says what it is joined to: ``at&t``, ``re-ported``.

What looks alike in code and in sums has none: ``+`` is a sign of a word that begins with a capital, and ``++`` of ``c``
and ``g`` too; ``#`` is one of a single capital letter, of ``c`` and of ``f``; neither where another word follows
(``a+b``, ``#tag``), but for a number behind ``++`` (``C++17``). So ``i++``, ``5+`` and ``issue#12`` have none. In a
query, where nothing else than names is typed so, capitals do not matter.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from operator import attrgetter
from typing import Final, NamedTuple
from unicodedata import normalize

from searchlib.analysis.words import find_words, is_unspaced, word_pattern
from searchlib.concurrency.lazily import lazy_expression

_LONGEST: Final = 40
"""Characters of a word that has a mark, and of each that is joined."""
# Letters and digits of scripts with spaces: in the others a name can stand right beside a word.
_LETTERS: Final = "A-Za-z_\u00c0-\u0dff\u1e00-\u1fff\uff21-\uff3a\uff41-\uff5a"
_BESIDE: Final = "0-9" + _LETTERS
_PLUS, _NUMBER = "[+\uff0b]", "[#\uff03\u266f]"
_AFTER_NAME: Final = r"\s,.;:!?)\]}\"'\u2019\u201d\u00bb/\u0e00-\u1dff\u2e80-\uffff"
_BEFORE_NAME: Final = r"\s(\[{\"'\u2018\u201c\u201e\u00ab\u0e00-\u1dff\u2e80-\uffff"
_SIGN: Final = lazy_expression(
    rf"{_PLUS}{{2,3}}(?![{_LETTERS}+=\uff0b])|{_PLUS}(?=[{_AFTER_NAME}]|\Z)|{_NUMBER}(?![{_BESIDE}#])"
)
_WORD_BEFORE: Final = lazy_expression(rf"[{_BESIDE}]+\Z")
_CAPITAL: Final = lazy_expression("[A-Z\uff21-\uff3a]")
_NET: Final = lazy_expression(rf"(?<![^{_BEFORE_NAME}])\.([Nn][Ee][Tt])(?![{_BESIDE}])")
_NAME: Final = lazy_expression(
    rf"(?<![{_BESIDE}&=?])(?P<first>[A-Za-z]{{1,3}})&(?P<second>[A-Za-z]{{1,3}})(?![{_BESIDE}&=#]|\+\+|(?<=[a-z]);)"
)
_LINE_END: Final = lazy_expression(r"[-\u2010]\n[ \t]*")
_PLACES: Final = {
    "+": lazy_expression(rf"\+(?<=[^\W_]\+)(?![{_BESIDE}=*-])"),
    "#": lazy_expression(rf"#(?<=[A-Za-z]#)(?![{_BESIDE}])"),
    "&": lazy_expression(r"&(?<=[A-Za-z]&)(?=[A-Za-z])"),
}
_HYPHEN_PLACE: Final = lazy_expression(r"-\n(?<=[^\s\d_-]-\n)(?=[ \t]*[^\W\d_])")  # a mark may stand before it
_NET_PLACE: Final = lazy_expression(r"\.(?=[Nn][Ee][Tt])")
_OTHERS: Final = ("\uff0b", "\uff03", "\u266f", "\u2010\n")
# What a hyphen at a line end leaves out goes on behind these: "Vor-⏎und Nachteile".
_AND: Final = re.compile("and|or|und|oder|bzw|sowie|et|ou|y|e|o|en|of|och|og|eller|i|lub|ja|tai")


class Marked(NamedTuple):
    """A word with a mark: as it is to be read, the range that it takes, and that of the word it is in the place of."""

    word: str
    start: int
    end: int
    first: int
    last: int


def mark_places(text: str) -> list[int]:
    """Where in a long ``text`` there may be marks, in no order."""
    found = [match.start() for one in (_HYPHEN_PLACE, _NET_PLACE) for match in one.finditer(text)]
    for sign, place in _PLACES.items():
        if sign in text:
            found += [match.start() for match in place.finditer(text)]
    if _has_others(text):
        found += [match.start() for sign in _OTHERS for match in re.finditer(sign, text)]
    return found


def may_have_marks(text: str) -> bool:
    """Whether it is worth a look at a text. Most have none, so this is asked of every text that is shown."""
    return (
        "+" in text
        or "#" in text
        or "&" in text
        or "-\n" in text
        or ((".n" in text or ".N" in text) and _NET_PLACE.search(text) is not None)
        or _has_others(text)
    )


def _has_others(text: str) -> bool:
    """Whether a text has signs that are not ASCII."""
    return not text.isascii() and any(sign in text for sign in _OTHERS)


def marks(text: str, typed: bool = False, flowing: bool = True) -> list[Marked]:
    """The words of ``text`` that have a mark, in order; ``typed`` those of a query.

    In a text that is not ``flowing``, as headings below one another, the end of a line breaks no word.
    """
    if not may_have_marks(text):
        return []
    odd = not text.isascii()
    found: list[Marked] = []
    if ".n" in text or ".N" in text:
        found += _nets(text)
    if _has("&", text):
        found += _names(text)
    if odd or _has("+", text) or _has("#", text):
        found += _signs(text, typed)
    if flowing and ("-\n" in text or odd):
        found += _line_ends(text)
    if len(found) < 2:
        return found
    of_word = {one.first: one for one in reversed(found)}  # a word has one mark, or it would be two tokens
    return sorted(of_word.values(), key=attrgetter("first"))


def _has(sign: str, text: str) -> bool:
    """Whether a sign stands where it may be that of a word: in sums and in drawings it does not."""
    return sign in text and _PLACES[sign].search(text) is not None


def find_marked(text: str, typed: bool = False, flowing: bool = True) -> Iterator[re.Match[str] | Marked]:
    """Every word of ``text`` in order, as `words.find_words` has it, or with its mark."""
    found = marks(text, typed, flowing)
    if not found:
        yield from find_words(text)
        return
    plain = word_pattern(text).finditer
    at = 0
    for one in found:
        yield from plain(text, at, one.first)
        yield one
        at = one.last
    yield from plain(text, at)


def _signs(text: str, typed: bool) -> Iterator[Marked]:
    for match in _SIGN.finditer(text):
        start, end = match.span()
        word = _WORD_BEFORE.search(text[max(start - _LONGEST, 0) : start])
        if word is not None and word[0].isalnum() and _is_signed(word[0], end - start, match[0][0], typed):
            name = word[0] + match[0].replace("\u266f", "#")
            yield Marked(name, start - len(word[0]), end, start - len(word[0]), start)


def _is_signed(word: str, signs: int, sign: str, typed: bool) -> bool:
    """Whether signs behind a word belong to it."""
    named = word[0].isalpha() if typed else _CAPITAL.match(word) is not None
    if sign in "+\uff0b":
        return len(word) < _LONGEST and (named or (signs > 1 and word in ("c", "g")))
    return len(word) == 1 and (named or word in ("c", "f"))


def _nets(text: str) -> Iterator[Marked]:
    for match in _NET.finditer(text):
        yield Marked(match[0], *match.span(), *match.span(1))


def _names(text: str) -> Iterator[Marked]:
    for match in _NAME.finditer(text):
        if min(len(match["first"]), len(match["second"])) == 1:
            yield Marked(match[0], *match.span(), *match.span("second"))


def _line_ends(text: str) -> Iterator[Marked]:
    """Words that go on in the next line behind a hyphen: in small letters."""
    words = word_pattern(text)
    for match in _LINE_END.finditer(text):
        hyphen, behind = match.span()
        if not text[behind : behind + 1].islower():
            continue
        lowest = max(hyphen - _LONGEST - 1, 0)
        *_, before = [None, *words.finditer(text, lowest, hyphen)]
        after = words.match(text, behind)
        if before is None or after is None or before.end() < hyphen or (lowest and before.start() == lowest):
            continue
        one, other = normalize("NFC", before[0]), normalize("NFC", after[0])  # a letter and its marks are a letter
        alone = _AND.fullmatch(other) is not None or is_unspaced(one + other)
        if one.isalpha() and other.isalpha() and len(other) <= _LONGEST and not alone:
            yield Marked(f"{one}-{other}", before.start(), after.end(), *after.span())
