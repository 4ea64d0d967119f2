"""Filters: what a dictionary, a text, a query and a list of these keep."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from whoosh import query as wq

import searchlib
from searchlib import Document, QueryError, SettingsError

from .around import made

DOCUMENTS = {
    "a1": {"by": "Jane Smith", "year": 1994, "date": "2020-05-17", "open": True},
    "a2": {"by": ("Bo", "Ånn"), "year": "1995", "date": "2020-05", "size": 1.5},
    "b1": {"by": "JANE SMITH", "Year": 1996, "date": "2021-01-02T10:00:00"},
    "b2": {"by": "Smith", "year": "late"},
    "c1": {},
}


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> searchlib.Index:
    index = made(tmp_path_factory.mktemp("filters"), [])
    for path, metadata in DOCUMENTS.items():  # a segment each
        with index.writer() as w:
            kind = "markdown" if path.startswith("b") else "text"
            w.add(Document(path, "A harbour.\n\nThe ship.", "", kind, "de" if path == "a2" else "en", metadata))
    return index


def kept(index: searchlib.Index, filter: Any) -> str:
    """The paths of the documents whose paragraphs pass."""
    return " ".join(dict.fromkeys(hit.document.path for hit in index.search("*", 100, filter=filter)))


@pytest.mark.parametrize(
    ("filter", "paths"),
    [
        ({"by": "jane smith"}, "a1 b1"),
        ({"by": "Smith"}, "b2"),
        ({"by": "ann"}, "a2"),
        ({"by": ["Bo", "Smith"]}, "a2 b2"),
        ({"by": {"Bo"}}, "a2"),
        ({"by": None}, "c1"),
        ({"by": [None, "Bo"]}, "a2 c1"),
        ({"year": 1995}, "a2"),
        ({"year": "1995"}, "a2"),
        ({"YEAR": 1996.0}, "b1"),
        ({"year": (1994, 1995)}, "a1 a2"),
        ({"year": (1995, None)}, "a2 b1"),
        ({"year": (None, 1994.5)}, "a1"),
        ({"year": range(1994, 1996)}, "a1 a2"),
        ({"year": [range(1990, 1995), "late"]}, "a1 b2"),
        ({"date": ("2020-01-01", "2020-12-31")}, "a1 a2"),
        ({"date": ("2020", "2021")}, "a1 a2 b1"),
        ({"date": (date(2020, 5, 17), datetime(2021, 1, 2, 11))}, "a1 b1"),
        ({"date": date(2020, 5, 17)}, "a1"),
        ({"open": True}, "a1"),
        ({"size": 1.5}, "a2"),
        ({"lang": "de"}, "a2"),
        ({"type": "Markdown"}, "b1 b2"),
        ({"document": "a1"}, "a1"),
        ({"path": ["a1", "c1"]}, "a1 c1"),
        ({"lang": "en", "type": "text", "year": None}, "c1"),
        ({"kind": "text", "paragraph": 2, "by": "Bo"}, "a2"),
        ({"number": (1, 1), "line": None}, ""),
        ({}, "a1 a2 b1 b2 c1"),
        ([], "a1 a2 b1 b2 c1"),
        (None, "a1 a2 b1 b2 c1"),
        ("by:smith", "a1 b1 b2"),
        (["by:smith", {"type": "text"}], "a1"),
        (["by:smith", wq.Term("type", "text"), None], "a1"),
    ],
)
def test_what_a_filter_keeps(index: searchlib.Index, filter: Any, paths: str) -> None:
    assert kept(index, filter) == paths


def test_a_filter_leaves_scores_alone(index: searchlib.Index) -> None:
    scores = {hit.id: hit.score for hit in index.search("harbour", 100)}
    for filter in ({"by": "Bo"}, {"year": (1990, 2000)}, "by:smith"):
        found = index.search("harbour", 100, filter=filter)
        assert len(found) < len(scores)
        assert all(scores[hit.id] == hit.score for hit in found)


@pytest.mark.parametrize(
    ("filter", "said"),
    [
        ({"title": "x"}, "which is text: ask for its words in the query, as in title:word"),
        ({"year": []}, "allows no value at all"),
        ({"year": (1, 2, 3)}, "for one of several values a list"),
        ({"year": (None, None)}, "give a value"),
        ({"year": range(0)}, "ranges of step 1 that are not empty"),
        ({"year": (1, "x")}, "give two numbers, or two texts"),
        ({"year": {1: 2}}, "give a value"),
        ({"lang": ("a", "b")}, "lang has no order"),
        ({"number": "x"}, "whole numbers"),
        ({"number": (1.5, 2)}, "whole numbers"),
        ({7: 1}, "a field is named by text"),
        (7, "a filter is a text, a query, a dict, or a list of them, not int"),
    ],
)
def test_what_cannot_be_filtered_by_is_said(index: searchlib.Index, filter: Any, said: str) -> None:
    with pytest.raises(SettingsError) as error:
        index.search("*", filter=filter)
    assert said in str(error.value)


def test_mistakes_in_the_texts_of_filters_are_warnings(index: searchlib.Index) -> None:
    assert len(index.search("ship", filter=['"harbour', "ship AND"]).warnings) == 2
    with pytest.raises(QueryError):
        index.search("ship", filter=['"harbour'], strict=True)


def test_the_arguments_of_a_search_may_be_of_any_order(index: searchlib.Index, tmp_path: Path) -> None:
    """The same filter, said in another order, is the same search."""
    one = index.search("*", 2, filter={"by": {"Bo", "Smith"}, "year": [1, 1995, "late"]}).cursor
    assert len(index.search("*", 9, filter={"year": [1, 1995, "late"], "by": {"Smith", "Bo"}}, after=one)) == 2


@pytest.mark.parametrize("strict", [True, False])
@pytest.mark.parametrize("wanted", [1, (1, 2), [1, "x"], None, [None, 1]])
def test_a_filter_by_what_no_document_has_is_an_error_that_names_what_is_near(
    index: searchlib.Index, wanted: Any, strict: bool
) -> None:
    with pytest.raises(SettingsError, match=r"^No document has yaer, to filter by it\. Did you mean year\?$"):
        index.search("*", filter={"yaer": wanted}, strict=strict)


@pytest.mark.parametrize("text", ["yaer:1", "harbour OR yaer:[1 TO 2]", "(yaer:1)", "-yaer:1"])
def test_so_it_is_in_the_text_of_a_filter_but_not_in_a_query(index: searchlib.Index, text: str) -> None:
    with pytest.raises(QueryError, match=r'There is no field "yaer"') as caught:
        index.search("*", filter=["year:1995", text])
    assert caught.value.advice == "Did you mean year: ?"
    assert index.search(text).warnings[0].unknown == "yaer"
