"""Patterns that stand for very many words: the answer is exact, and that they are many is the same for any segments."""

from __future__ import annotations

import pytest

from searchlib.engines.whoosh.execution import Snapshot, is_costly, matches
from searchlib.query.nodes import Fuzzy, Pattern, Prefix, Range, Wildcard

from .memory import Doc, MemorySegment

DOCS = [Doc({"text": [f"w{number:03}", f"w{number + 1:03}"]}) for number in range(300)]  # 301 words
TEXT = ("text",)
PATTERNS = [Prefix("w", TEXT), Wildcard("*w?*", TEXT), Range("a", "z", TEXT), Fuzzy("w00", TEXT)]


def cut(docs: list[Doc], *places: int) -> Snapshot:
    ends = [*places, len(docs)]
    starts = [0, *places]
    return Snapshot([MemorySegment(docs[start:end]) for start, end in zip(starts, ends, strict=True)])


def costly(snapshot: Snapshot, pattern: Pattern, many: int, *, read_before: bool) -> bool:
    if read_before:
        matches(snapshot, pattern)
    return is_costly(snapshot, pattern, many)


@pytest.mark.parametrize("read_before", [True, False])
@pytest.mark.parametrize("pattern", PATTERNS[:3], ids=lambda pattern: type(pattern).__name__)
def test_words_are_counted_once_however_many_segments_hold_them(pattern: Pattern, read_before: bool) -> None:
    snapshots = [cut(DOCS), cut(DOCS, 150), cut(DOCS, 1, 2, 299), cut(DOCS + DOCS, 300)]
    for limit, expected in ((300, True), (301, False)):
        assert [costly(one, pattern, limit, read_before=read_before) for one in snapshots] == [expected] * 4


@pytest.mark.parametrize("read_before", [True, False])
def test_words_of_deleted_records_do_not_count(read_before: bool) -> None:
    updated = [Doc(doc.prose, deleted=number >= 200) for number, doc in enumerate(DOCS)]
    for limit, expected in ((200, True), (201, False)):
        for snapshot in (cut(updated), cut(updated, 150), cut(updated, 250), cut(DOCS[:200])):
            assert costly(snapshot, PATTERNS[0], limit, read_before=read_before) is expected


def test_however_many_there_are_all_are_searched() -> None:
    for pattern in PATTERNS[:3]:
        assert len(matches(cut(DOCS), pattern)[0]) == 300
    assert costly(cut(DOCS), PATTERNS[3], 1, read_before=False)
