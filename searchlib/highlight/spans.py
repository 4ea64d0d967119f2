"""Spans: the ranges of a record's texts that made it match.

A *span* is a range of code points of a text. Spans are sorted and do not overlap; those that overlap or touch
(neighbouring bigrams of Chinese, say) are one.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

from searchlib.frozen import frozen

Span: TypeAlias = tuple[int, int]
Spans: TypeAlias = tuple[Span, ...]


@frozen
class Highlights:
    """What of a record made it match: spans of the paragraph's ``text``, of the ``title``, and of each of the
    ``headings`` above it. ``matched`` says whether it does.
    """

    matched: bool
    text: Spans = ()
    title: Spans = ()
    headings: tuple[Spans, ...] = ()


def joined(ranges: Sequence[Span]) -> Spans:
    """Sorted ranges with those that overlap or touch made one."""
    found: list[Span] = []
    for start, end in ranges:
        if found and start <= found[-1][1]:
            if end > found[-1][1]:
                found[-1] = (found[-1][0], end)
        else:
            found.append((start, end))
    return tuple(found)


def by_line(spans: Spans, lines: Sequence[str]) -> tuple[Spans, ...]:
    """Spans of lines joined by line breaks, for each line its own."""
    if not spans:
        return ((),) * len(lines)
    found = []
    begin = 0
    for line in lines:
        stop = begin + len(line)
        found.append(tuple((start - begin, end - begin) for start, end in spans if begin <= start < stop))
        begin = stop + 1
    return tuple(found)
