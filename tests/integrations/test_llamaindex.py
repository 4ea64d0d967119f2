"""The retriever for LlamaIndex."""

from __future__ import annotations

import asyncio
import threading
from pathlib import Path
from typing import Any

import pytest

import searchlib
from searchlib import Document
from searchlib.guards.deadline import check

from .conftest import FILTERS, assert_carries_its_place

pytest.importorskip("llama_index.core", reason="LlamaIndex is not installed: nox -s integrations")

from llama_index.core.schema import MetadataMode, NodeRelationship, QueryBundle
from llama_index.core.vector_stores import (
    FilterCondition,
    FilterOperator,
    MetadataFilter,
    MetadataFilters,
)
from llama_index.core.vector_stores.utils import build_metadata_filter_fn

from searchlib.integrations.llamaindex import SearchlibRetriever


def sources(found: Any) -> set[str]:
    return {one.node.metadata["source"] for one in found}


def test_nodes_carry_their_place_and_their_source(index: searchlib.Index) -> None:
    found = SearchlibRetriever(index.path).retrieve("harbour")
    assert [(one.node.node_id, one.score) for one in found] == [(hit.id, hit.score) for hit in index.search("harbour")]
    for one in found:
        assert_carries_its_place(one.node.metadata, one.node.text)
        assert (one.node.start_char_idx, one.node.end_char_idx) == (
            one.node.metadata["start"],
            one.node.metadata["end"],
        )
        assert one.node.relationships[NodeRelationship.SOURCE].node_id == one.node.metadata["source"]
    shown = found[0].node.get_content(MetadataMode.LLM)
    assert "citation: " in shown and "spans" not in shown


@pytest.mark.parametrize(("field", "operator", "value", "expected"), FILTERS)
def test_filters(index: searchlib.Index, field: str, operator: str, value: Any, expected: set[str]) -> None:
    name = {"not in": "nin"}.get(operator, operator)
    filters = MetadataFilters(filters=[MetadataFilter(key=field, operator=FilterOperator(name), value=value)])
    assert sources(SearchlibRetriever(index, filters=filters).retrieve("harbour ships fleet")) == expected


def test_filters_are_joined(index: searchlib.Index) -> None:
    first, second = (MetadataFilter(key=key, value=value) for key, value in (("year", 1999), ("tag", "ice")))
    empty = MetadataFilter(key="tag", operator=FilterOperator.IS_EMPTY, value=None)
    words = MetadataFilter(key="title", operator=FilterOperator.TEXT_MATCH, value="ports")
    for filters, condition, expected in (
        ([first, second], FilterCondition.OR, {"ports", "fleet", "snow"}),
        ([first, second], FilterCondition.AND, set()),
        ([MetadataFilters(filters=[first])], FilterCondition.NOT, {"fleet", "snow"}),
        ([empty], FilterCondition.AND, {"ports"}),
        ([words], FilterCondition.AND, {"ports"}),
    ):
        given = MetadataFilters(filters=filters, condition=condition)
        assert sources(SearchlibRetriever(index, filters=given).retrieve("harbour ships fleet")) == expected


METADATA = (
    {"year": 1999, "by": "Ann"},
    {"year": 2001, "tag": ["sea", "ice"]},
    {"by": "Bo", "number": 7},
    {"year": 2005, "by": "Ann", "tag": ["sea"], "number": 2},
    {},
)
ASKED: tuple[tuple[str, str, Any], ...] = (
    *(("year", operator, 2001) for operator in ("==", "!=", ">", ">=", "<", "<=")),
    *(("year", operator, [1999, 2005]) for operator in ("in", "nin")),
    *(("tag", operator, ["sea", "ice"]) for operator in ("any", "all")),
    *(("tag", "contains", "ice"), ("by", "==", "Ann"), ("by", "!=", "Ann"), ("by", "is_empty", None)),
    *(("number", ">", 2), ("number", "==", 1)),
)


@pytest.mark.parametrize("condition", FilterCondition)
def test_filters_mean_what_they_mean_in_its_own_store(condition: FilterCondition, tmp_path: Path) -> None:
    """It has no tests of retrievers; what its store in memory makes of filters is the contract."""
    (tmp_path / "none").mkdir()
    with searchlib.build(tmp_path / "none", tmp_path / "index", processes=1) as index:
        with index.writer(processes=1) as w:
            for number, metadata in enumerate(METADATA):
                w.add(Document(f"d{number}", "A harbour.", metadata=metadata))
        one = [MetadataFilter(key=key, operator=FilterOperator(name), value=value) for key, name, value in ASKED]
        for pair in ([first, second] for first in one for second in (first, one[0], one[8], one[11])):
            filters = MetadataFilters(filters=pair, condition=condition)
            fits = build_metadata_filter_fn(lambda path: METADATA[int(path[1:])], filters)
            expected = {f"d{number}" for number in range(len(METADATA)) if fits(f"d{number}")}
            assert sources(SearchlibRetriever(index, 100, filters=filters).retrieve("*")) == expected, filters


def test_a_search_that_is_cancelled_is_given_up(index: searchlib.Index) -> None:
    retriever, begun, ended = SearchlibRetriever(index), threading.Event(), threading.Event()

    def endless(_: Any) -> Any:
        begun.set()
        try:
            while True:
                check()
        finally:
            ended.set()

    async def ask() -> None:
        retriever._retrieve = endless  # type: ignore[method-assign]
        task = asyncio.create_task(retriever._aretrieve(QueryBundle("harbour")))
        await asyncio.to_thread(begun.wait, 60)
        task.cancel()
        assert await asyncio.to_thread(ended.wait, 60)

    asyncio.run(ask())


def test_further_arguments_are_those_of_a_search_and_the_loop_is_not_blocked(index: searchlib.Index) -> None:
    retriever = SearchlibRetriever(index, 5, per_document=1)
    assert len(asyncio.run(retriever.aretrieve("harbour"))) == 3
