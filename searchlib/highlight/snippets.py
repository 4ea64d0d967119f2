"""Snippets: the part of a paragraph that shows why it was found.

* A *fragment* is a range of the text, with the spans in it.
* A *snippet* is one fragment or several, in the order of the text.

The fragment chosen holds most different words of the query; among those, most matches; among those, the first. It
begins and ends with a sentence where there is room, else between words, and never within what a reader sees as one
character. Ranges are all there is here: ``searchlib.render`` makes markup of them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from searchlib.analysis import fold
from searchlib.highlight.graphemes import Cuts

Span = tuple[int, int]

DEFAULT_LENGTH = 240
_SHORTEST = 20
_BEFORE = 3  # a third of the room that is left goes before the matches where no sentence begins there


@dataclass(frozen=True, slots=True)
class Fragment:
    """A range of a text, and the spans in it; all are code points of the text."""

    start: int
    end: int
    spans: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class Snippet:
    """What is shown of a text of ``length`` code points."""

    fragments: tuple[Fragment, ...]
    length: int


def whole(text: str, spans: Sequence[Span] = ()) -> Snippet:
    """The whole text as a snippet."""
    return Snippet((Fragment(0, len(text), tuple(spans)),) if text else (), len(text))


def snippet(text: str, spans: Sequence[Span], length: int = DEFAULT_LENGTH, count: int = 1) -> Snippet:
    """The ``count`` fragments (or fewer) of at most ``length`` code points that hold most of the query.

    ``spans`` are sorted and do not overlap. A text that is no longer than ``length`` is given whole. A fragment can
    be longer only to keep one character whole.
    """
    length = max(length, _SHORTEST)
    if len(text) <= length:
        return whole(text, spans)
    cuts = Cuts(text)
    sentences = _sentences(text)
    words = [fold(text[start:end]) for start, end in spans]
    chosen: list[Span] = []
    left = list(range(len(spans)))
    while len(chosen) < max(count, 1):
        first, last = _densest(spans, words, left, length) if left else (-1, -1)
        if first < 0:
            break
        core = (spans[first][0], min(spans[last][1], spans[first][0] + length))
        window = _widened(text, core, length, sentences, cuts, chosen)
        if window is None:
            left = [number for number in left if number > last or number < first]
            continue
        chosen.append(window)
        left = [number for number in left if spans[number][1] <= window[0] or spans[number][0] >= window[1]]
    if not chosen:
        first_character = len(text) - len(text.lstrip())
        beginning = _widened(text, (first_character, first_character), length, sentences, cuts, [])
        chosen = [beginning] if beginning is not None else []
    return Snippet(tuple(_fragment(window, spans) for window in _joined(text, sorted(chosen))), len(text))


def _densest(spans: Sequence[Span], words: Sequence[str], left: Sequence[int], length: int) -> tuple[int, int]:
    """The first and last span of the window with most different words, then most spans, then the first."""
    best, best_score = (left[0], left[0]), (0, 0)
    counts: Counter[str] = Counter()
    tail = 0
    for head, number in enumerate(left):
        counts[words[number]] += 1
        while tail < head and spans[number][1] - spans[left[tail]][0] > length:
            counts[words[left[tail]]] -= 1
            if not counts[words[left[tail]]]:
                del counts[words[left[tail]]]
            tail += 1
        score = (len(counts), head - tail + 1)
        if score > best_score:
            best, best_score = (left[tail], number), score
    return best


def _sentences(text: str) -> list[Span]:
    from searchlib.analysis.sentences import sentences  # only here: whole paragraphs need none

    return list(sentences(text)) or [(0, len(text))]


def _widened(
    text: str, core: Span, length: int, sentences: Sequence[Span], cuts: Cuts, taken: Sequence[Span]
) -> Span | None:
    """The window around ``core``, clear of the windows ``taken``; None if nothing is left of it."""
    lowest = max((end for _, end in taken if end <= core[0]), default=0)
    highest = min((start for start, _ in taken if start >= core[1]), default=len(text))
    if any(start < core[1] and core[0] < end for start, end in taken):
        return None
    start = _start(core, length, lowest, sentences, cuts)
    while start < core[0] and text[start].isspace():
        start += 1
    end = _end(start, core, min(highest, start + length), sentences, cuts)
    start = _earlier(start, end, length, lowest, sentences)
    while end > start and text[end - 1].isspace():
        end -= 1
    return (start, end) if start < end else None


def _start(core: Span, length: int, lowest: int, sentences: Sequence[Span], cuts: Cuts) -> int:
    """Where the sentence of the core begins if that leaves room for the core, else a little before the core."""
    begins = [begin for begin, _ in sentences if lowest <= begin <= core[0]]
    if begins and core[1] - begins[-1] <= length:
        return begins[-1]
    room = (length - (core[1] - core[0])) // _BEFORE
    return min(cuts.at_or_after(max(lowest, core[0] - room), core[0]), core[0])


def _end(start: int, core: Span, limit: int, sentences: Sequence[Span], cuts: Cuts) -> int:
    """The end of the last whole sentence behind the core if that wastes little, else the last word's."""
    stops = [end for _, end in sentences if max(core[1], start + 1) <= end <= limit]
    if stops and stops[-1] - start >= (limit - start) // 2:
        return stops[-1]
    return cuts.at_or_before(limit, start)


def _earlier(start: int, end: int, length: int, lowest: int, sentences: Sequence[Span]) -> int:
    """The beginning of the first of the sentences before that fit whole into the room that is left."""
    return min((begin for begin, _ in sentences if lowest <= begin < start and end - begin <= length), default=start)


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
    inside = ((max(start, first), min(end, last)) for first, last in spans)
    return Fragment(start, end, tuple((first, last) for first, last in inside if first < last))
