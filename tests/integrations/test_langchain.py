"""The retriever for LangChain: its own standard tests, and ours."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

import searchlib

from .conftest import FILTERS, assert_carries_its_place

pytest.importorskip("langchain_tests", reason="LangChain is not installed: nox -s integrations")

from langchain_core.runnables import RunnableLambda
from langchain_tests.integration_tests import RetrieversIntegrationTests

from searchlib.integrations.langchain import SearchlibRetriever

NAMES = {"==": "$eq", "!=": "$ne", ">": "$gt", ">=": "$gte", "<": "$lt", "<=": "$lte", "in": "$in", "not in": "$nin"}


class TestStandard(RetrieversIntegrationTests):
    @pytest.fixture(autouse=True)
    def _index(self, index: searchlib.Index) -> None:
        self.__class__.index = index  # type: ignore[attr-defined]

    @property
    def retriever_constructor(self) -> type[SearchlibRetriever]:
        return SearchlibRetriever

    @property
    def retriever_constructor_params(self) -> dict[str, Any]:
        return {"index": self.index}  # type: ignore[attr-defined]

    @property
    def retriever_query_example(self) -> str:
        return "harbour ships"


def test_documents_carry_their_place(index: searchlib.Index) -> None:
    found = SearchlibRetriever(index=str(index.path)).invoke("harbour")
    assert {one.id for one in found} == {hit.id for hit in index.search("harbour")}
    for one in found:
        assert_carries_its_place(one.metadata, one.page_content)


@pytest.mark.parametrize(("field", "operator", "value", "expected"), FILTERS)
def test_filters(index: searchlib.Index, field: str, operator: str, value: Any, expected: set[str]) -> None:
    retriever = SearchlibRetriever(index=index, filter={field: {NAMES[operator]: value}})
    assert {one.metadata["source"] for one in retriever.invoke("harbour ships fleet")} == expected


def test_filters_are_joined_and_those_of_a_call_are_added(index: searchlib.Index) -> None:
    either = {"$or": [{"year": 1999}, {"$and": [{"tag": "ice"}, {"year": {"$gt": 2001}}]}]}
    retriever = SearchlibRetriever(index=index, filter=either)
    assert {one.metadata["source"] for one in retriever.invoke("harbour")} == {"ports", "snow"}
    assert {one.metadata["source"] for one in retriever.invoke("harbour", filter={"$not": {"year": 1999}})} == {"snow"}
    with pytest.raises(searchlib.SettingsError, match="operator '\\$near'"):
        retriever.invoke("harbour", filter={"year": {"$near": 1}})


def test_it_stands_in_a_chain_and_does_not_block_the_loop(index: searchlib.Index) -> None:
    chain = SearchlibRetriever(index=index, k=1) | RunnableLambda(lambda found: found[0].page_content)
    assert "arbour" in asyncio.run(chain.ainvoke("harbour"))


def test_an_index_that_is_not_there_is_told_at_once(tmp_path: Path) -> None:
    with pytest.raises(searchlib.IndexMissing):
        SearchlibRetriever(index=tmp_path / "nowhere")
