"""Sorting: how it is asked for, and what of it is fast; the orders themselves are `engines`' to compare."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from exploring import examples
from hypothesis import given
from hypothesis import strategies as st

import searchlib
from searchlib import Document, SettingsError
from searchlib.engine.requests import Request
from searchlib.engines.whoosh.execution.tuning import Tuning
from searchlib.engines.whoosh.reader import WhooshReader
from searchlib.engines.whoosh.sorting import least
from searchlib.query.language import parse

from .around import made


def ids(hits: Any) -> list[str]:
    return [hit.id for hit in hits]


@examples(200)
@given(
    rows=st.lists(st.tuples(st.integers(0, 3), st.floats(-1, 1).map(lambda x: round(x, 1))), max_size=40),
    count=st.integers(0, 45),
)
def test_the_least_of_codes_are_those_of_sorting_all(rows: list[tuple[int, float]], count: int) -> None:
    columns = [np.array([row[number] for row in rows]) for number in range(2)] + [np.arange(len(rows))]
    found = least([column.__getitem__ for column in columns], len(rows), count)
    assert found.tolist() == sorted(range(len(rows)), key=lambda at: (*rows[at], at))[:count]


def test_a_document_that_crowds_out_the_others_does_not_hide_them(tmp_path: Path) -> None:
    """More is asked for until the page is full: past what is asked for at most, too."""
    index = made(tmp_path, [])
    with index.writer() as w:
        w.add(Document("a", "\n\n".join(["harbour"] * 900)))
        for number in range(5):
            w.add(Document(f"b{number}", "A harbour is what we look for.\n\nharbour and more words"))
    reader = WhooshReader(Path(str(index.path)), tuning=Tuning(asked=200))
    query = parse("harbour", lexicon=reader.lexicon).query
    everything = Request(query, per_document=1, total=True, documents=True, records=True)

    def paths_of(request: Request) -> list[str]:
        return [one.record.document.path for one in reader.search(request).hits if one.record]

    assert paths_of(replace(everything, limit=4)) == ["a", "b0", "b1", "b2"]
    found = reader.search(replace(everything, limit=4))
    assert (found.total, found.documents) == (910, 6)
    assert paths_of(replace(everything, limit=9, offset=4)) == ["b3", "b4"]


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
