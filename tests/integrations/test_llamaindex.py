"""The retriever for LlamaIndex."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

import searchlib

from .conftest import FILTERS, assert_carries_its_place

pytest.importorskip("llama_index.core", reason="LlamaIndex is not installed: nox -s integrations")

from llama_index.core.schema import MetadataMode, NodeRelationship
from llama_index.core.vector_stores import (
    FilterCondition,
    FilterOperator,
    MetadataFilter,
    MetadataFilters,
)

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


def test_further_arguments_are_those_of_a_search_and_the_loop_is_not_blocked(index: searchlib.Index) -> None:
    retriever = SearchlibRetriever(index, 5, per_document=1)
    assert len(asyncio.run(retriever.aretrieve("harbour"))) == 3
