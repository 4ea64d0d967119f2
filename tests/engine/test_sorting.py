"""Sorting by any column, hits by document, all hits in the order of the index: against Python's own `sorted`."""

from __future__ import annotations

import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from exploring import examples
from hypothesis import given
from hypothesis import strategies as st

import searchlib
from searchlib import Document, Hit, SettingsError
from searchlib.engines.whoosh import pages
from searchlib.engines.whoosh.sorting import least

from .around import EXAMPLES, Commit, commits, every, identities, made, place

KEYS = ("by", "year", "-by", "-year", "title", "-title", "type", "-kind", "lang", "number", "-number", "line")
ORDERS = ("document", "-document", "relevance", "-relevance")


def by_hand(hits: list[Hit], sort: list[str]) -> list[Hit]:
    """The hits in order, one stable sort a key, the last key first."""
    hits = sorted(hits, key=place)
    for key in reversed(sort):
        name, down = key.removeprefix("-"), key.startswith("-")
        if name == "relevance":
            hits.sort(key=lambda hit: hit.score if down else -hit.score)
        elif name in ("number", "line"):
            hits.sort(key=lambda hit: getattr(hit.paragraph, name) * (-1 if down else 1))
        else:
            hits = _by_values(hits, "language" if name == "lang" else name, down)
    return hits


def _by_values(hits: list[Hit], name: str, down: bool) -> list[Hit]:
    having = [hit for hit in hits if identities(hit, name)]
    order = sorted({one for hit in having for one in identities(hit, name)}, reverse=down)
    having.sort(key=lambda hit: min(order.index(one) for one in identities(hit, name)))
    return having + [hit for hit in hits if not identities(hit, name)]


def ids(hits: Any) -> list[str]:
    return [hit.id for hit in hits]


@EXAMPLES
@given(
    changes=commits,
    query=st.sampled_from(("*", "harbour", "ship winter")),
    sort=st.lists(st.sampled_from(KEYS + ORDERS), min_size=1, max_size=3),
    per_document=st.sampled_from((None, 1, 2)),
)
def test_hits_are_sorted_as_by_hand(
    changes: list[Commit], query: str, sort: list[str], per_document: int | None
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        index = made(Path(folder), changes)
        known = index.whoosh.schema
        sort = [key for key in sort if key.strip("-") in known or key.strip("-") in ("lang", "document", "relevance")]
        expected = at_most(by_hand(every(index, query), sort or ["relevance"]), per_document)
        found = index.search(query, 100, sort=sort, per_document=per_document)
        assert ids(found) == ids(expected)
        assert [hit.score for hit in found] == [hit.score for hit in expected]
        few = index.search(query, 2, offset=1, sort=sort, per_document=per_document)
        assert ids(few) == ids(expected)[1:3]
        assert few.total == len(every(index, query))


def at_most(hits: list[Hit], per_document: int | None) -> list[Hit]:
    """The first so many hits of each document."""
    seen: Counter[str] = Counter()
    kept = []
    for hit in hits:
        seen[hit.document.path] += 1
        if per_document is None or seen[hit.document.path] <= per_document:
            kept.append(hit)
    return kept


@EXAMPLES
@given(changes=commits, query=st.sampled_from(("*", "harbour", "ship winter", "-port")))
def test_all_hits_come_in_the_order_of_the_index(changes: list[Commit], query: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        index = made(Path(folder), changes)
        found = list(index.all(query))
        expected = sorted(every(index, query), key=place)
        assert ids(found) == ids(expected)
        assert [(hit.score, hit.spans) for hit in found] == [(hit.score, hit.spans) for hit in expected]
        assert [hit.rank for hit in found] == list(range(1, len(found) + 1))


@examples(200)
@given(
    rows=st.lists(st.tuples(st.integers(0, 3), st.floats(-1, 1).map(lambda x: round(x, 1))), max_size=40),
    count=st.integers(0, 45),
)
def test_the_least_of_codes_are_those_of_sorting_all(rows: list[tuple[int, float]], count: int) -> None:
    columns = [np.array([row[number] for row in rows]) for number in range(2)] + [np.arange(len(rows))]
    found = least([column.__getitem__ for column in columns], len(rows), count)
    assert found.tolist() == sorted(range(len(rows)), key=lambda at: (*rows[at], at))[:count]


def test_a_document_that_crowds_out_the_others_does_not_hide_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """More is asked for until the page is full: past what is asked for at most, too."""
    monkeypatch.setattr(pages, "MOST_ASKED", 200)
    index = made(tmp_path, [])
    with index.writer() as w:
        w.add(Document("a", "\n\n".join(["harbour"] * 900)))
        for number in range(5):
            w.add(Document(f"b{number}", "A harbour is what we look for.\n\nharbour and more words"))
    found = index.search("harbour", 4, per_document=1)
    assert [hit.document.path for hit in found] == ["a", "b0", "b1", "b2"]
    assert (found.total, found.documents) == (910, 6)
    assert [hit.document.path for hit in index.search("harbour", 9, offset=4, per_document=1)] == ["b3", "b4"]


@pytest.mark.parametrize(
    ("sort", "said"),
    [
        ("text", "which is text"),
        ("", "give a name"),
        ([None], "give a name"),
    ],
)
def test_what_cannot_be_sorted_by_is_said(tmp_path: Path, sort: Any, said: str) -> None:
    index = made(tmp_path, [{"a1": (["harbour"], {"year": 1990}, "")}])
    with pytest.raises(SettingsError, match=said):
        index.search("harbour", sort=[sort] if sort == "" else sort)


@pytest.mark.parametrize(
    "arguments",
    [
        {"limit": -1}, {"limit": True}, {"limit": 2.0}, {"limit": None}, {"offset": -1}, {"offset": "1"},
        {"per_document": 0}, {"per_document": True}, {"after": "x", "offset": 1},
    ],
)  # fmt: skip
def test_counts_are_checked(tmp_path: Path, arguments: dict[str, Any]) -> None:
    with pytest.raises(SettingsError, match="give"):
        searchlib.Index.search(made(tmp_path, []), "harbour", **arguments)


def test_sorting_by_what_no_document_has_changes_nothing_and_is_a_warning(tmp_path: Path) -> None:
    index = made(tmp_path, [{"a1": (["harbour", "harbour ship"], {"year": 1990}, "")}])
    for name in ("yaer", "-start"):
        found = index.search("harbour", sort=name)
        assert ids(found) == ids(index.all("harbour"))
        assert found.warnings[0].message == f"No document has {name.strip('-')}, to sort by it."
