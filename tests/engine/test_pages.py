"""Cursors: pages that go on where the last one ended, also when the index changed in between."""

from __future__ import annotations

import base64
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from exploring import examples, scaled
from hypothesis import given, settings
from hypothesis import strategies as st

import searchlib
from searchlib import Document, Hit, SettingsError
from searchlib.engine.cursors import seal, unseal
from searchlib.engines.whoosh.resuming import CursorPlace, decode, encode

from .around import EXAMPLES, Commit, apply, commit, commits, every, made

SORTS = ((), ("year", "-by"), ("-title",), ("document",), ("-document",), ("number",), ("by", "relevance"))


def ids(hits: object) -> list[str]:
    return [hit.id for hit in hits]  # type: ignore[attr-defined]


@EXAMPLES
@given(
    changes=commits,
    query=st.sampled_from(("*", "harbour", "ship winter")),
    sort=st.sampled_from(SORTS),
    per_document=st.sampled_from((None, 1, 2)),
    size=st.integers(1, 4),
)
def test_pages_one_after_another_are_the_whole(
    changes: list[Commit], query: str, sort: tuple[str, ...], per_document: int | None, size: int
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        index = made(Path(folder), changes)
        sort = tuple(key for key in sort if key.strip("-") not in ("by", "year") or key.strip("-") in known(index))
        whole = index.search(query, 100, sort=sort, per_document=per_document)
        assert whole.cursor is None
        hits: list[Hit] = []
        cursor = None
        while True:
            page = index.search(query, size, sort=sort, per_document=per_document, after=cursor)
            hits += page
            cursor = page.cursor
            if cursor is None:
                break
        assert ids(hits) == ids(whole)
        assert [hit.rank for hit in hits] == [hit.rank for hit in whole]
        assert [hit.score for hit in hits] == [hit.score for hit in whole]


def known(index: searchlib.Index) -> set[str]:
    return set(index.whoosh.schema.names())


def test_a_cursor_of_a_query_with_half_a_character_goes_on(tmp_path: Path) -> None:
    index = made(tmp_path, [{"a": (["A harbour.", "The harbour."], {}, "")}])
    first = index.search("harbour \ud83d", 1, sort="number")
    assert first.cursor is not None
    assert len(index.search("harbour \ud83d", 1, sort="number", after=first.cursor)) == 1


@settings(EXAMPLES, max_examples=scaled(25))
@given(
    before=commits,
    after=commit,
    query=st.sampled_from(("*", "harbour", "ship winter")),
    sort=st.sampled_from(((), ("-title",), ("document",), ("-document",), ("number",))),
    size=st.integers(1, 6),
)
def test_a_cursor_survives_a_commit(
    before: list[Commit], after: Commit, query: str, sort: tuple[str, ...], size: int
) -> None:
    """It goes on after the nearest hit that is left; where none is, after where the last one stood."""
    with tempfile.TemporaryDirectory() as folder:
        index = made(Path(folder), before)
        first = index.search(query, size, sort=sort)
        cursor, shown, old = first.cursor, ids(first), ids(every(index, query, sort=sort))
        if cursor is None:
            return
        apply(index, after)
        new = every(index, query, sort=sort)
        rest = ids(every(index, query, sort=sort, after=cursor))
        left = [id for id in reversed(shown[-3:]) if id in ids(new)]
        if left:
            assert rest == ids(new)[ids(new).index(left[0]) + 1 :]
        if sort:  # nothing but the commit itself changes the order
            unchanged = [id for id in old if id in ids(new)]
            assert not set(rest) & set(shown)
            assert [id for id in rest if id in old] == [id for id in unchanged if id not in shown]


def test_a_cursor_whose_document_is_gone_goes_on_where_it_stood(tmp_path: Path) -> None:
    index = made(tmp_path, [])
    with index.writer() as w:
        for number in range(6):
            w.add(Document(f"d{number}", "A harbour.\n\nThe harbour.", metadata={"year": 2000 + number // 2}))
    for sort, rest in (("year", [4, 4, 5, 5]), ("-year", [0, 0, 1, 1]), ("document", [4, 4, 5, 5])):
        cursor = index.search("harbour", 8, sort=sort).cursor
        gone = "d3"
        with index.writer() as w:
            w.remove(gone)
        following = index.search("harbour", 10, sort=sort, after=cursor)
        assert [int(hit.document.path[1:]) for hit in following] == rest
        with index.writer() as w:
            w.add(Document(gone, "A harbour.\n\nThe harbour.", metadata={"year": 2001}))


def test_without_a_full_page_there_is_no_cursor(tmp_path: Path) -> None:
    index = made(tmp_path, [{"a1": (["harbour", "ship"], {}, "")}])
    assert index.search("harbour", 2).cursor is None
    assert index.search("zebra").cursor is None
    cursor = index.search("harbour", 1).cursor
    assert cursor is not None
    last = index.search("harbour", 1, after=cursor)
    assert (list(last), last.cursor, last.total) == ([], None, 1)


@examples(200)
@given(
    place=st.builds(
        CursorPlace,
        st.integers(0, 1 << 40),
        st.floats(allow_nan=False, allow_infinity=False),
        st.lists(st.none() | st.text(), max_size=3).map(tuple),
        st.text(),
        st.integers(1, 1 << 33),
        st.lists(st.text("0123456789abcdefghjkmnpqrstvwxyz", min_size=16, max_size=16), max_size=3).map(tuple),
    ),
    question=st.text(),
)
def test_a_place_is_read_as_it_was_written(place: CursorPlace, question: str) -> None:
    cursor = seal(encode(place), question)
    assert decode(unseal(cursor, question), len(place.keys)) == place
    with pytest.raises(SettingsError, match="no cursor"):
        decode(unseal(cursor, question), len(place.keys) + 1)
    assert cursor.replace("-", "a").replace("_", "a").isalnum()


def test_a_cursor_is_short(tmp_path: Path) -> None:
    index = made(tmp_path, [{"a1": (["harbour"] * 3, {}, "")}])
    cursor = index.search("harbour", 2).cursor
    assert cursor is not None and len(cursor) < 80


def test_a_cursor_that_is_none_is_said(tmp_path: Path) -> None:
    index = made(tmp_path, [{"a1": (["harbour"] * 3, {}, "")}])
    good = index.search("harbour", 1).cursor
    assert good is not None
    damaged = [good[:-1], good + "A", good[1:], good.swapcase(), "", "é", "!", "AAAA", "x" * 100_000]
    damaged += [f"{good[:4]}!{good[4:]}", f"{good} "]  # what is no letter of a cursor is not passed over
    damaged += [good[:at] + ("A" if good[at] != "A" else "B") + good[at + 1 :] for at in range(len(good) - 1)]
    for cursor in damaged:
        with pytest.raises(SettingsError, match=r"this (is no|cursor is of)"):
            index.search("harbour", 1, after=cursor)
    with pytest.raises(SettingsError, match="no cursor"):
        index.search("harbour", 1, after=7)  # type: ignore[arg-type]


def test_a_cursor_of_another_search_is_said(tmp_path: Path) -> None:
    index = made(tmp_path, [{"a1": (["harbour ship"] * 3, {"year": 1}, "")}])
    cursor = index.search("harbour", 1, filter={"year": [1, 2], "lang": "de"}).cursor
    for options in ({}, {"filter": "year:1"}, {"sort": "year"}, {"per_document": 1}):
        with pytest.raises(SettingsError, match="another search"):
            index.search("harbour", 1, after=cursor, **options)  # type: ignore[arg-type]
    with pytest.raises(SettingsError, match="another search"):
        index.search("ship", 1, filter={"year": [1, 2], "lang": "de"}, after=cursor)
    assert len(index.search("harbour", 5, filter={"lang": "de", "year": [1, 2]}, after=cursor)) == 2


def test_a_cursor_of_another_version_is_said() -> None:
    import zlib

    data = b"\7" + bytes(40)
    cursor = base64.urlsafe_b64encode(data + zlib.crc32(data).to_bytes(4, "little")).decode().rstrip("=")
    with pytest.raises(SettingsError, match="another version"):
        unseal(cursor, "")


def several(tmp_path: Path, documents: int = 6) -> searchlib.Index:
    """An index of several segments, of which the first begins with a document that no search for a harbour finds."""
    index = made(tmp_path, [])
    for first in range(0, documents, 2):
        with index.writer(processes=1) as w:
            for number in range(first, first + 2):
                words = ["harbour " * (1 + (number + place) % 4) + "winter " * place for place in range(12)]
                year = {"year": 2000 + number % 3}
                w.add(Document(f"d{number}", "\n\n".join(words) if number else "Nothing.\n\nOf it.", metadata=year))
    assert len(index.whoosh.reader().leaf_readers()) > 1
    return index


@pytest.mark.parametrize("sort", [(), ("year",), ("-document",)])
@pytest.mark.parametrize("most", [1, 3])
def test_of_each_document_the_first_hits_are_kept_in_whatever_segment(
    tmp_path: Path, sort: tuple[str, ...], most: int
) -> None:
    index = several(tmp_path)
    counts: Counter[str] = Counter()
    expected = []
    for hit in every(index, "harbour", sort=sort):
        counts[hit.document.path] += 1
        if counts[hit.document.path] <= most:
            expected.append(hit.id)
    assert len(expected) == 5 * most
    assert ids(index.search("harbour", 100, sort=sort, per_document=most)) == expected


def test_hits_in_another_order_keep_their_scores(tmp_path: Path) -> None:
    index = several(tmp_path)
    scores = {hit.id: hit.score for hit in every(index, "harbour")}
    assert len(set(scores.values())) > 3 and min(scores.values()) > 0
    assert {hit.id: hit.score for hit in every(index, "harbour", sort="year")} == scores


def test_what_a_filter_leaves_is_ordered_and_paged_as_all_of_it_is(tmp_path: Path) -> None:
    index = several(tmp_path)
    for sort in ((), ("year",), ("-document",)):
        expected = [hit.id for hit in every(index, "harbour", sort=sort) if hit.document.metadata["year"] == 2001]
        page = index.search("harbour", 5, sort=sort, filter="year:2001")
        assert 5 < len(expected) == page.total
        following = index.search("harbour", 100, sort=sort, filter="year:2001", after=page.cursor)
        assert ids(page) + ids(following) == expected


def test_a_cursor_goes_on_with_what_the_filter_leaves_though_its_document_is_gone(tmp_path: Path) -> None:
    index = several(tmp_path)
    options: dict[str, Any] = {"sort": "document", "filter": "year:[2001 TO 2002]", "per_document": 2}
    first = index.search("harbour", 2, **options)
    second = index.search("harbour", 2, after=first.cursor, **options)
    assert [hit.document.path for hit in [*first, *second]] == ["d1", "d1", "d2", "d2"]
    with index.writer(processes=1) as w:
        w.remove("d2")
    following = index.search("harbour", 3, after=second.cursor, **options)
    assert [hit.document.path for hit in following] == ["d4", "d4", "d5"]
    scores = {hit.id: hit.score for hit in every(index, "harbour")}
    assert [hit.score for hit in following] == [scores[hit.id] for hit in following]
