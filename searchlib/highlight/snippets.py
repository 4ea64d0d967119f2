"""Snippets: the part of a paragraph that shows why it was found.

* A *fragment* is a range of the text, with the spans in it.
* A *snippet* is one fragment or several, in the order of the text.

The fragment chosen holds most of the query. Different words count, each for more the rarer it is in the paragraph
(``1 / (1 + ln n)`` for one that matched n times, as an idf would have it); among equals most matches do, then what
comes first. A fragment begins and ends with a sentence where there is room, else between words, and never within what a
reader sees as one character. Ranges are all there is here: ``searchlib.render`` makes markup of them.
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING

from searchlib.analysis import fold, keys_of, split_key, stems
from searchlib.errors import SettingsError
from searchlib.frozen import frozen

if TYPE_CHECKING:
    from searchlib.highlight.cuts import Cuts

Span = tuple[int, int]

DEFAULT_LENGTH = 240
SHORTEST = 20
_CACHED_WORDS = 1 << 12
_CONTEXT = 80  # where a sentence ends is told by less around it
_BEFORE = 3  # a third of the room that is left goes before the matches where no sentence begins there


@frozen
class Fragment:
    """A range of a text, from ``start`` to ``end``, and the ``spans`` in it; all are code points of the text."""

    start: int
    end: int
    spans: tuple[Span, ...] = ()


@frozen
class Snippet:
    """The ``fragments`` that are shown of a text of ``length`` code points."""

    fragments: tuple[Fragment, ...]
    length: int


def whole(text: str, spans: Sequence[Span] = ()) -> Snippet:
    """The whole text as a snippet."""
    return Snippet((Fragment(0, len(text), tuple(spans)),) if text else (), len(text))


def snippet(
    text: str, spans: Sequence[Span], length: int = DEFAULT_LENGTH, count: int = 1, language: str = ""
) -> Snippet:
    """The ``count`` fragments (or fewer) of at most ``length`` code points that hold most of the query.

    ``spans`` are sorted and do not overlap. A text that is no longer than ``length`` is given whole. A fragment can
    be longer only to keep one character whole. ``language`` tells which words are forms of one. Raises SettingsError
    for a length under 20 and a count under 1.
    """
    if not isinstance(length, int) or length < SHORTEST:
        raise SettingsError(f"a snippet cannot be {length!r} code points long: give {SHORTEST} or more")
    if not isinstance(count, int) or count < 1:
        raise SettingsError(f"a snippet cannot have {count!r} parts: give 1 or more")
    if len(text) <= length:
        return whole(text, spans)
    from searchlib.highlight.cuts import Cuts  # only here: whole paragraphs need none

    cuts = Cuts(text)
    words = [_word(text[start:end], language) for start, end in spans]
    chosen: list[Span] = []
    left = list(range(len(spans)))
    while len(chosen) < count:
        first, last = _densest(spans, words, left, length) if left else (-1, -1)
        if first < 0:
            break
        core = (spans[first][0], min(spans[last][1], spans[first][0] + length))
        window = _widened(text, core, length, cuts, chosen)
        if window is None:
            left = [number for number in left if number > last or number < first]
            continue
        chosen.append(window)
        left = [number for number in left if spans[number][1] <= window[0] or spans[number][0] >= window[1]]
    if not chosen:
        first_character = len(text) - len(text.lstrip())
        beginning = _widened(text, (first_character, first_character), length, cuts, [])
        chosen = [beginning] if beginning is not None else []
    return Snippet(tuple(_fragment(window, spans) for window in _joined(text, sorted(chosen))), len(text))


@lru_cache(_CACHED_WORDS)
def _word(text: str, language: str) -> str:
    """What is the same for all forms of a word."""
    keys = keys_of(text)
    return stems(split_key(keys[0])[1], language)[0] if len(keys) == 1 else fold(text)


def _densest(spans: Sequence[Span], words: Sequence[str], left: Sequence[int], length: int) -> tuple[int, int]:
    """The first and last span of the window with the weightiest words, then most spans, then the first.

    It is no wider than its different words need: what else there was is shown where there is room.
    """
    first, last = 0, len(left) - 1
    if spans[left[last]][1] - spans[left[0]][0] > length:
        first, last = _weightiest(spans, words, left, length)
    counts = Counter([words[number] for number in left[first : last + 1]])
    while counts[words[left[first]]] > 1:
        counts[words[left[first]]] -= 1
        first += 1
    while counts[words[left[last]]] > 1:
        counts[words[left[last]]] -= 1
        last -= 1
    return left[first], left[last]


def _weightiest(spans: Sequence[Span], words: Sequence[str], left: Sequence[int], length: int) -> tuple[int, int]:
    """The places in ``left`` of the first and last span of that window, in one pass."""
    weights = {word: round(1000 / (1 + math.log(times))) for word, times in Counter(words).items()}
    best, best_score = (0, 0), (0, 0)
    counts = dict.fromkeys(weights, 0)
    weight = tail = 0
    for head, number in enumerate(left):
        word, end = words[number], spans[number][1]
        if not counts[word]:
            weight += weights[word]
        counts[word] += 1
        while tail < head and end - spans[left[tail]][0] > length:
            behind = words[left[tail]]
            counts[behind] -= 1
            if not counts[behind]:
                weight -= weights[behind]
            tail += 1
        score = (weight, head - tail + 1)
        if score > best_score:
            best, best_score = (tail, head), score
    return best


def _sentences(text: str, core: Span, length: int) -> list[Span]:
    """The sentences that begin and end no further than ``length`` from a range, or a little further."""
    from searchlib.analysis.sentences import ends

    first = max(0, core[1] - length - _CONTEXT)
    last = min(len(text), core[0] + length + _CONTEXT)
    edges = [0] if first == 0 else []
    edges += ends(text, first, last)
    if last == len(text):
        edges.append(last)
    found = []
    for start, end in pairwise(edges):
        part = text[start:end]
        body = part.strip()
        if body:
            begin = start + part.index(body)
            found.append((begin, begin + len(body)))
    return found


def _widened(text: str, core: Span, length: int, cuts: Cuts, taken: Sequence[Span]) -> Span | None:
    """The window around ``core``, clear of the windows ``taken``; None if nothing is left of it."""
    lowest = max((end for _, end in taken if end <= core[0]), default=0)
    highest = min((start for start, _ in taken if start >= core[1]), default=len(text))
    if any(start < core[1] and core[0] < end for start, end in taken):
        return None
    sentences = _sentences(text, core, length)
    start = _start(core, length, lowest, sentences, cuts)
    start = _after_blanks(text, start, core[0])
    end = _end(start, core, min(highest, start + length), sentences, cuts)
    if all(start != begin for begin, _ in sentences):  # then what was not needed behind goes before, too
        start = _after_blanks(text, min(start, cuts.at_or_after(max(lowest, end - length), start)), core[0])
    start = _earlier(start, end, length, lowest, sentences)
    while end > start and text[end - 1].isspace():
        end -= 1
    return (start, end) if start < end else None


def _after_blanks(text: str, start: int, end: int) -> int:
    while start < end and text[start].isspace():
        start += 1
    return start


def _start(core: Span, length: int, lowest: int, sentences: Sequence[Span], cuts: Cuts) -> int:
    """Where the sentence of the core begins if that leaves room for the core, else a little before the core."""
    number = bisect_right(sentences, core[0], key=_first) - 1
    begin = sentences[number][0] if number >= 0 else -1
    if begin >= lowest and core[1] - begin <= length:
        return begin
    room = (length - (core[1] - core[0])) // _BEFORE
    return min(cuts.at_or_after(max(lowest, core[0] - room), core[0]), core[0])


def _end(start: int, core: Span, limit: int, sentences: Sequence[Span], cuts: Cuts) -> int:
    """The end of the last whole sentence behind the core if that wastes little, else the last word's."""
    number = bisect_right(sentences, limit, key=_last) - 1
    stop = sentences[number][1] if number >= 0 else -1
    if stop >= max(core[1], start + 1) and stop - start >= (limit - start) // 2:
        return stop
    return cuts.at_or_before(limit, start)


def _earlier(start: int, end: int, length: int, lowest: int, sentences: Sequence[Span]) -> int:
    """The beginning of the first of the sentences before that fit whole into the room that is left."""
    number = bisect_left(sentences, max(lowest, end - length), key=_first)
    return min(start, sentences[number][0]) if number < len(sentences) else start


def _first(span: Span) -> int:
    return span[0]


def _last(span: Span) -> int:
    return span[1]


def _joined(text: str, windows: Sequence[Span]) -> list[Span]:
    joined: list[Span] = []
    for start, end in windows:
        if joined and not text[joined[-1][1] : start].strip():
            joined[-1] = (joined[-1][0], end)
        else:
            joined.append((start, end))
    return joined


def _fragment(window: Span, spans: Sequence[Span]) -> Fragment:
    start, end = window
    inside = [(max(start, first), min(end, last)) for first, last in spans if first < end and last > start]
    return Fragment(start, end, tuple(inside))
