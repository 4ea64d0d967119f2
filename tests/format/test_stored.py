"""Stored fields: streams of values with runs, blocks and gaps."""

import itertools
import struct

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from searchlib.engines.whoosh.format import stored as stored_fields
from searchlib.engines.whoosh.format import storing
from searchlib.engines.whoosh.format.container import Container, ContainerWriter
from searchlib.engines.whoosh.format.stored import KIND, STORED_STREAM, Stored
from searchlib.engines.whoosh.format.storing import StoredWriter
from searchlib.errors import IndexCorrupt

from .test_terms import Kept

texts: SearchStrategy = st.one_of(st.text(max_size=5), st.sampled_from(["", "a title", "another"]))
numbers: SearchStrategy = st.one_of(st.integers(-3, 3), st.integers(1 - (1 << 62), (1 << 62) - 1))


def column_of(item):
    """Values of which some stand several times in succession."""
    runs = st.lists(st.tuples(item, st.integers(1, 5)), max_size=40)
    return runs.map(lambda pairs: [value for value, times in pairs for _ in range(times)])


columns = st.one_of(column_of(texts), column_of(numbers))


def write(streams, doc_count, cuts=()):
    file = Kept()
    writer = StoredWriter(ContainerWriter(file, KIND), storing.no_others)
    for name, values in streams.items():
        stream = writer.stream(STORED_STREAM + name)
        edges = [0, *sorted(min(cut, len(values)) for cut in cuts), len(values)]
        for first, last in itertools.pairwise(edges):
            stream.add(values[first:last])
    writer.close(doc_count)
    return file.contents


def read(contents):
    return Stored(Container(contents, "stored", KIND), stored_fields.no_others)


def same(a, b):
    return len(a) == len(b) and all(type(x) is type(y) and repr(x) == repr(y) for x, y in zip(a, b, strict=True))


@given(columns, columns)
def test_every_document_has_its_values_by_every_way(first, second):
    count = min(len(first), len(second))
    first, second = first[:count], second[:count]
    stored = read(write({"first": first, "second": second}, count))
    assert same(list(stored.values(STORED_STREAM + "first")), first)
    assert same(list(stored.values_at(STORED_STREAM + "first", np.arange(0, count, 3))), first[::3])
    assert same([stored.value(STORED_STREAM + "second", document) for document in range(count)], second)
    for document in range(count):
        assert stored.document(document) == {"first": first[document], "second": second[document]}


@given(columns, st.lists(st.integers(0, 100), max_size=6))
def test_what_is_written_does_not_depend_on_how_it_was_added(values, cuts):
    assert write({"field": values}, len(values), cuts) == write({"field": values}, len(values))


def test_large_values_and_many_blocks():
    values = [f"{number} " * (number % 700) for number in range(3000)] + ["x" * 1_000_000] * 2 + ["end"]
    contents = write({"text": values}, len(values), cuts=range(0, 3000, 17))
    assert contents == write({"text": values}, len(values))
    stored = read(contents)
    for apart in ([0, 1, 40, 41, 42, 1500, 3001, 3002], list(range(5, 3003, 1)), []):
        assert list(stored.values_at(STORED_STREAM + "text", np.array(apart, np.int64))) == [
            values[one] for one in apart
        ]
    assert list(stored.values(STORED_STREAM + "text")) == values
    assert [stored.value(STORED_STREAM + "text", at) for at in (2999, 0, 3000, 3001, 3002, 1500)] == [
        values[at] for at in (2999, 0, 3000, 3001, 3002, 1500)
    ]


def test_a_value_that_a_thousand_documents_share_costs_nothing():
    one = write({"title": ["A title that is quite long, as titles are"]}, 1)
    many = write({"title": ["A title that is quite long, as titles are"] * 100_000}, 100_000)
    assert len(many) < len(one) + 40


def test_increasing_numbers_are_small():
    numbers = [number * 230 + number % 7 for number in range(100_000)]
    contents = write({"start": numbers}, len(numbers))
    assert len(contents) < len(numbers)
    assert list(read(contents).values(STORED_STREAM + "start")) == numbers


def test_contents_that_compress_beyond_reason_are_kept_as_they_are():
    contents = write({"text": ["a" * 5_000_000]}, 1)
    assert len(contents) > 5_000_000
    assert read(contents).document(0) == {"text": "a" * 5_000_000}


@pytest.mark.parametrize("value", [object(), None, 1.5, b"bytes", True, ("a",), 1 << 62])
def test_what_is_neither_text_nor_number_is_refused(value):
    with pytest.raises(TypeError, match="cannot be stored"):
        write({"field": ["a", value]}, 2)


def test_texts_and_numbers_do_not_stand_in_one_block():
    with pytest.raises(TypeError, match="cannot be stored"):
        write({"field": ["a", 1]}, 2)


@pytest.mark.parametrize("documents", [2, 4])
def test_more_or_fewer_values_than_documents_are_refused(documents):
    with pytest.raises(ValueError, match=f"3 documents of {documents}"):
        write({"field": [1, 2, 3]}, documents)


def test_a_document_that_is_not_there_is_an_index_error():
    stored = read(write({"field": [1, 2]}, 2))
    for document in (-1, 2):
        with pytest.raises(IndexError):
            stored.value(STORED_STREAM + "field", document)


def test_a_stream_without_documents_is_empty():
    assert list(read(write({"field": []}, 0)).values(STORED_STREAM + "field")) == []


@pytest.mark.parametrize("firsts", [[0, 5, 3, 10], [0, 5, 5, 10], [0, 12, 3, 10], [1, 3, 5, 10], [0, 3, 5, 9]])
def test_blocks_that_do_not_follow_each_other_are_damage(firsts):
    container = Container(write({"field": list(range(10))}, 10), "stored", KIND)
    file = Kept()
    writer = ContainerWriter(file, KIND)
    for name in container.names():
        section = container.section(name)
        data = section.slice(0, section.length).tobytes()
        if name.startswith("index:"):
            begin, end = struct.unpack("<QQ", data[-16:])
            data = struct.pack("<4I6Q", *firsts, *[begin] * 3, *[end] * 3)
        writer.section(name, data)
    writer.meta = container.meta
    writer.close()
    for read_all in (
        lambda stored: stored.document(9),
        lambda stored: list(stored.values(STORED_STREAM + "field")),
        lambda stored: stored.value(STORED_STREAM + "field", 4),
    ):
        with pytest.raises(IndexCorrupt, match="does not cover the documents"):
            read_all(read(file.contents))


def test_blocks_are_kept_by_their_bytes_those_used_last(monkeypatch):
    texts = [f"{number} {'x' * 20_000}" for number in range(40)]
    contents = write({"field": texts, "other": texts}, 40)
    monkeypatch.setattr(stored_fields, "CACHED_BYTES", 200_000)
    stored = read(contents)
    cache = stored._cache
    for document in (*range(40), *range(40)):
        assert stored.document(document) == {"field": texts[document], "other": texts[document]}
        assert list(stored.values_at(STORED_STREAM + "field", np.array([document]))) == [texts[document]]
        assert sum(block.size for block in cache._blocks.values()) + cache._room == 200_000
        assert cache._room >= 0
    assert 2 < len(cache._blocks) < 20
    assert (STORED_STREAM + "field", len(stored._stream(STORED_STREAM + "field").firsts) - 2) in cache._blocks


def test_a_block_larger_than_the_cache_is_read_all_the_same(monkeypatch):
    monkeypatch.setattr(stored_fields, "CACHED_BYTES", 10)
    stored = read(write({"field": ["a" * 1000, "b"]}, 2))
    assert [stored.document(number) for number in (0, 1)] == [{"field": "a" * 1000}, {"field": "b"}]
    assert not stored._cache._blocks
