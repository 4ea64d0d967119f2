"""The retriever for Haystack."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

import searchlib
from searchlib import Document
from searchlib.analysis.natural import natural_key

from .conftest import FILTERS, assert_carries_its_place

pytest.importorskip("haystack", reason="Haystack is not installed: nox -s integrations")

from haystack import Document as HaystackDocument
from haystack import Pipeline
from haystack.testing.document_store import FilterDocumentsTest

from searchlib.integrations.haystack import SearchlibRetriever


def sources(found: Any) -> set[str]:
    return {one.meta["source"] for one in found["documents"]}


def test_documents_carry_their_place(index: searchlib.Index) -> None:
    found = SearchlibRetriever(index.path).run("harbour")["documents"]
    assert [(one.id, one.score) for one in found] == [(hit.id, hit.score) for hit in index.search("harbour")]
    for one in found:
        assert_carries_its_place(one.meta, str(one.content))


@pytest.mark.parametrize(("field", "operator", "value", "expected"), FILTERS)
def test_filters(index: searchlib.Index, field: str, operator: str, value: Any, expected: set[str]) -> None:
    filters = {"field": f"meta.{field}", "operator": operator, "value": value}
    assert sources(SearchlibRetriever(index).run("harbour ships fleet", filters)) == expected


def test_filters_are_joined_and_those_of_a_run_take_the_place_of_others(index: searchlib.Index) -> None:
    conditions = [
        {"field": "meta.year", "operator": "<", "value": 2000},
        {"field": "meta.tag", "operator": "==", "value": "ice"},
    ]
    retriever = SearchlibRetriever(index, filters={"operator": "OR", "conditions": conditions})
    assert sources(retriever.run("harbour fleet")) == {"ports", "fleet", "snow"}
    assert sources(retriever.run("harbour fleet", {"operator": "NOT", "conditions": conditions[:1]})) == {
        "fleet",
        "snow",
    }
    with pytest.raises(searchlib.SettingsError, match="joins by 'XOR'"):
        retriever.run("harbour", {"operator": "XOR", "conditions": conditions})


def test_it_stands_in_a_pipeline_and_is_written_down(index: searchlib.Index) -> None:
    pipeline = Pipeline()
    pipeline.add_component("retriever", SearchlibRetriever(index, top_k=2))
    trusted = ["searchlib.integrations.haystack"]
    again = Pipeline.loads(pipeline.dumps(), allowed_modules=trusted)
    for one in (pipeline, again):
        assert len(one.run({"retriever": {"query": "harbour"}})["retriever"]["documents"]) == 2
    with pytest.raises(ValueError, match="top_k"):
        SearchlibRetriever(index, top_k=0)


def test_it_does_not_block_the_loop(index: searchlib.Index) -> None:
    found = asyncio.run(SearchlibRetriever(index).run_async("harbour", top_k=1))
    assert len(found["documents"]) == 1


class Store:
    """An index as a document store, as far as Haystack's own tests of filters ask: the retriever finds everything."""

    def __init__(self, folder: Path) -> None:
        (folder / "none").mkdir()
        self.index = searchlib.build(folder / "none", folder / "store", processes=1)
        self.documents: dict[str, HaystackDocument] = {}

    def write_documents(self, documents: list[HaystackDocument]) -> None:
        with self.index.writer(processes=1) as w:
            for number, document in enumerate(documents):
                self.documents[f"d{number}"] = document
                w.add(Document(f"d{number}", str(document.content), metadata=document.meta))

    def filter_documents(self, filters: Any = None) -> list[HaystackDocument]:
        found = SearchlibRetriever(self.index, top_k=1000).run("*", filters)["documents"]
        return [self.documents[path] for path in sorted({one.meta["source"] for one in found}, key=natural_key)]


class TestFiltersAsHaystackHasThem(FilterDocumentsTest):
    """Haystack's own tests of what filters mean; it has none for retrievers but these of stores."""

    @pytest.fixture
    def document_store(self, tmp_path: Path) -> Store:
        return Store(tmp_path)


def test_a_filter_names_what_is_carried(index: searchlib.Index) -> None:
    for field, value, expected in (("meta.source", "snow", {"snow"}), ("meta.paragraph", 2, {"ports", "fleet"})):
        filters = {"field": field, "operator": "==", "value": value}
        assert sources(SearchlibRetriever(index).run("*", filters)) == expected


@pytest.mark.parametrize("location", ["folder"], indirect=True)  # those of a cluster are searched alone
def test_several_indexes_are_one_and_written_down(index: searchlib.Index, tmp_path: Path) -> None:
    (tmp_path / "none").mkdir()
    with searchlib.build(tmp_path / "none", tmp_path / "second", processes=1).writer(processes=1) as w:
        w.add(Document("more", "Another harbour."))
    retriever = SearchlibRetriever([index.path, tmp_path / "second"])
    assert sources(SearchlibRetriever.from_dict(retriever.to_dict()).run("another harbour")) >= {"more", "ports"}
