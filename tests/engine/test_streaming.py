"""Every hit in an order of its own, page by page, and as one search has them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

import searchlib
from searchlib import Document, Index
from searchlib.search.streaming import sorted_stream
from searchlib.search.wanted import Wanted

TEXTS = [Document(f"{number:02}", "A ship came in.", metadata={"year": 1900 + number * 7 % 5}) for number in range(23)]


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Index]:
    path: Path = tmp_path_factory.mktemp("streamed") / "index"
    with searchlib.build([], path) as empty, empty.writer() as writer:
        for document in TEXTS:
            writer.add(document)
    with searchlib.open(path) as opened:
        yield opened


@pytest.mark.parametrize("size", [1, 4, 22, 23, 24, 10_000])
@pytest.mark.parametrize("sort", ["year", ("-year", "-document"), "relevance"])
def test_pages_are_one_search(index: Index, sort: str, size: int) -> None:
    whole = [(hit.rank, hit.id) for hit in index.search("ship", 100, sort=sort)]
    stream = sorted_stream(index._reader, "ship", Wanted(sort=sort), size)
    assert [(hit.rank, hit.id) for hit in stream] == whole
    assert [(hit.rank, hit.id) for hit in index.all("ship", sort=sort)] == whole


def test_a_filter_holds_and_warnings_are_told(index: Index) -> None:
    stream = index.all("ship nosuch:1", sort="year", filter={"year": 1902})
    assert [hit.document.metadata["year"] for hit in stream] == [1902] * len(
        index.search("ship", 99, filter={"year": 1902})
    )
    assert len(stream.warnings) == 1


def test_what_cannot_be_sorted_by_is_said_at_once(index: Index) -> None:
    with pytest.raises(searchlib.SettingsError, match="cannot sort by text"):
        index.all("ship", sort="text")
