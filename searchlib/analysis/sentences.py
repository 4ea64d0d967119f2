"""Where sentences end, by rules that need no model and no language setting.

A sentence ends at ``. ! ? …`` (and what closes after them: quotes, brackets) before white space, at the full stops
of Chinese, Japanese, Hindi, Urdu and Armenian text with or without it, and at a blank line. A period does not end
one after an abbreviation or an initial, before a lower-case letter, or inside a number.
The rules are those of Kiss & Strunk, "Unsupervised multilingual sentence boundary detection" (2006), section 2,
with fixed lists in the place of learned ones.
"""

from __future__ import annotations

from collections.abc import Iterator

from searchlib.analysis.folding import all_assigned, is_assigned
from searchlib.concurrency.lazily import lazy_expression

_CLOSERS = r"[\"'”’»›)\]}」』）】〉》*_]*"
_WIDE = "。！？｡．।॥۔؟։።"
# It begins with a set of characters, which is what the regular expression engine looks for fastest.
_STOP = lazy_expression(rf"([.!?…‼⁇⁈⁉{_WIDE}]+){_CLOSERS}")
_BLANK = lazy_expression(r"\n\s*\n")
_NEXT = lazy_expression(r"\s*[\"'“‘«‹„(\[¿¡*_-]*\s?(\w?)")
_WORD_BEFORE = lazy_expression(r"[\w.’'-]{1,40}\Z")
_WORD_AFTER = lazy_expression(r"\s*[\"'“‘«‹„(\[]*([\w’']{1,20})")


def _words(words: str) -> frozenset[str]:
    return frozenset(words.split())


# Never the end of a sentence: a name, a number or a place always follows.
_ABBREVIATIONS = _words("""
    mr mrs ms dr prof gen col maj capt lt cmdr sgt adm gov sen rep hon rev fr st ste mt ft messrs mme mlle pres supt
    atty ave blvd vs cf eg ie e.g i.e viz fig figs eq eqs sec ch chap pp vol vols ed eds núm num sr sra srta dra ud uds
    hr hrn frau bd bzw ca d.h z.b s.o u.a o.ä evtl ggf inkl vgl geb г гг ул т.е стр рис проф акад dott sig sigg ing
    avv av doç
""")
# Such only before a number.
_NUMBERED = _words("no nos nr p art abs см им")
# The end of a sentence only where the next word looks like the beginning of one.
_OPEN = _words("""
    inc ltd co corp jr bros etc al dept est approx jan feb mar apr jun jul aug sep sept oct nov dec
    mon tue wed thu fri sat sun usw т.д
""")
_STARTERS = _words("""
    the a an it he she they we i you this that these those there in on at but and or so for if when while as after
    before however our his her their its my your what who why how yet no not some many most all one
    der die das ein eine er sie es wir ich le la les un une il elle el los las это он она они мы я в на но и
""")
_MONTHS = _words("""
    januar jänner februar märz april mai juni juli august september oktober november dezember
    jahrhundert jahrhunderts jh
""")
_DOTTED = lazy_expression(r"(?:\w\.)+\w")


def sentences(text: str) -> list[tuple[int, int]]:
    """The sentences of ``text`` in order: (start, end) in code points, without the white space around them.

    Together they hold everything but white space. Linear in the length of the text.
    """
    spans = []
    start = 0
    for end in [*ends(text, 0, len(text)), len(text)]:
        part = text[start:end]
        body = part.lstrip()
        if body:
            first = start + len(part) - len(body)
            spans.append((first, first + len(body.rstrip())))
        start = end
    return spans


def ends(text: str, start: int, stop: int) -> Iterator[int]:
    """The places in ``text[start:stop]`` just after a sentence, in order."""
    for blank in _BLANK.finditer(text, start, stop):
        yield from _stops(text, start, blank.start())
        yield blank.end()
        start = blank.end()
    yield from _stops(text, start, stop)


def _stops(text: str, start: int, stop: int) -> Iterator[int]:
    """The same where there are no blank lines."""
    for match in _STOP.finditer(text, start, stop):
        place = match.end()
        mark = match[1]
        if mark[-1] in _WIDE or (
            text[place : place + 1].isspace() and _is_end(text, start, match.start(), mark, place)
        ):
            yield place


def _is_end(text: str, start: int, place: int, mark: str, after: int) -> bool:
    """Whether the marks ``.``, ``!`` or ``?`` at ``place`` end a sentence."""
    behind = _known(text[after : after + 50])
    following = _NEXT.match(behind)
    if following is not None and following[1].islower():
        return False
    if mark != ".":
        return True
    stretch = _known(text[max(start, place - 40) : place])
    before = None if not stretch or stretch[-1].isspace() else _WORD_BEFORE.search(stretch.rsplit(None, 1)[-1])
    if before is None:
        return True
    word = before[0].lstrip(".-'’").casefold()
    last = word.rpartition("-")[2]
    following_word = _WORD_AFTER.match(behind, 0, 40)
    next_word = following_word[1].casefold() if following_word else ""
    if last in _ABBREVIATIONS:
        ended = False
    elif last in _NUMBERED:
        ended = not next_word[:1].isdigit()
    elif word in _OPEN or (len(last) == 1 and last.isalpha()) or _DOTTED.fullmatch(word):
        ended = not next_word or next_word in _STARTERS
    else:
        ended = not (word.isdigit() and len(word) <= 2 and next_word in _MONTHS)
    return ended


def _known(text: str) -> str:
    """``text`` with a noncharacter, which is no letter, for what Unicode 14.0 does not have: see `_ranges`."""
    return text if all_assigned(text) else "".join(c if is_assigned(c) else "\uffff" for c in text)
