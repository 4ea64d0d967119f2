"""What stands before and after a quote in its document.

An index keeps paragraphs and not what is between them. That is white space, the headings that the paragraph after it is
under, and lines without words, such as rules. The length of the gap tells: if white space and headings do not fill it,
the context ends there. It never skips what it does not know.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from searchlib.analysis.graphemes import is_boundary
from searchlib.concurrency.lazily import lazy_expression

if TYPE_CHECKING:
    from searchlib.model.records import Record

_SPACE = lazy_expression(r"\s+")
_BREAK = 2  # code points between two blocks, and too few for anything but white space


def context(record: Record, neighbours: Sequence[Record], first: int, last: int, length: int) -> tuple[str, str]:
    """Up to ``length`` code points before and after ``text[first:last]`` of a record, white space made blanks."""
    number = record.paragraph.number
    before = {other.paragraph.number: other for other in neighbours if other.paragraph.number < number}
    after = {other.paragraph.number: other for other in neighbours if other.paragraph.number > number}
    prefix = _collapsed(record.paragraph.text[max(0, first - 8 * length) : first])
    at = record
    while len(prefix) < length:
        previous = before.get(at.paragraph.number - 1)
        gap = _between(previous, at)
        if gap is None:
            break
        prefix = _collapsed(gap + prefix)
        if previous is None:
            break
        prefix = _collapsed(previous.paragraph.text + prefix)
        at = previous
    suffix = _collapsed(record.paragraph.text[last : last + 8 * length])
    at = record
    while len(suffix) < length:
        following = after.get(at.paragraph.number + 1)
        gap = _between(at, following) if following is not None else None
        if gap is None or following is None:
            break
        suffix = _collapsed(suffix + gap + following.paragraph.text)
        at = following
    return _ending(prefix, length), _beginning(suffix, length)


def _between(previous: Record | None, record: Record) -> str | None:
    """What stands between two paragraphs, or before the first of a document; None if it cannot be known."""
    if previous is None and record.paragraph.number > 1:
        return None
    end = previous.paragraph.end if previous is not None else 0
    headings = record.paragraph.headings
    above = previous.paragraph.headings if previous is not None else ()
    gap = record.paragraph.start - end
    if gap == 0:
        return ""
    shared = 0
    while shared < min(len(above), len(headings)) and above[shared] == headings[shared]:
        shared += 1
    choices = [headings[shared:]]
    if previous is None and record.document.title:
        choices += [(record.document.title, *headings)]
    for parts in choices:
        words = " ".join(parts)
        room = gap - sum(map(len, parts))
        breaks = len(parts) + (previous is not None)
        if not parts and gap <= _BREAK:
            return " "
        if parts and breaks <= room <= _BREAK * breaks:
            return f" {words} " if previous is not None else f"{words} "
    return None


def _collapsed(text: str) -> str:
    return _SPACE.sub(" ", text)


def _ending(text: str, length: int) -> str:
    start = max(0, len(text) - length)
    while start < len(text) and not is_boundary(text, start):
        start += 1
    return text[start:]


def _beginning(text: str, length: int) -> str:
    end = min(len(text), length)
    while end > 0 and not is_boundary(text, end):
        end -= 1
    return text[:end]
