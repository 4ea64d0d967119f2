"""Stored fields: streams of values with runs, blocks and gaps."""

import base64
import contextlib
import hashlib
import itertools
import os
import random
import struct
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import zstandard
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
    try:
        for name, values in streams.items():
            stream = writer.stream(STORED_STREAM + name)
            edges = [0, *sorted(min(cut, len(values)) for cut in cuts), len(values)]
            for first, last in itertools.pairwise(edges):
                stream.add(values[first:last])
        writer.close(doc_count)
    except BaseException:
        writer.abort()
        raise
    return file.contents


def read(contents, kept=stored_fields.CACHED_BYTES):
    return Stored(Container(contents, "stored", KIND), stored_fields.no_others, kept)


def same(a, b):
    return len(a) == len(b) and all(type(x) is type(y) and repr(x) == repr(y) for x, y in zip(a, b, strict=True))


@given(columns, columns)
def test_every_record_has_its_values_by_every_way(first, second):
    count = min(len(first), len(second))
    first, second = first[:count], second[:count]
    stored = read(write({"first": first, "second": second}, count))
    assert same(list(stored.values("first")), first)
    assert same(list(stored.values_at("first", np.arange(0, count, 3))), first[::3])
    assert same([stored.value("second", record) for record in range(count)], second)
    for record in range(count):
        assert stored.record(record) == {"first": first[record], "second": second[record]}


@given(columns, columns, st.lists(st.integers(1, 4), max_size=20))
def test_rows_are_those_of_records_and_of_their_documents(first, second, sizes):
    """A record has the values of its document as if they were its own."""
    records = sum(sizes)
    first = (first * (records + 1))[:records] if first else list(range(records))
    about = (second * (len(sizes) + 1))[: len(sizes)] if second else ["x"] * len(sizes)
    number = list(range(records))
    stored = read(write_table({"value": first, "number": number}, {"about": about}, sizes))
    of = [document for document, size in enumerate(sizes) for _ in range(size)]
    assert stored.firsts.tolist() == [of.index(document) for document in range(len(sizes))]
    assert stored.document_of(np.arange(records)).tolist() == of
    assert same(list(stored.values("about")), [about[document] for document in of])
    rows = stored.stream("stored:records")
    assert same(rows.rows_at(["number", "value"], np.arange(records)), [[n, first[n]] for n in number])
    assert same(list(rows.rows(["value"])), [[value] for value in first])
    for record in number:
        known = {"value": first[record], "number": record, "about": about[of[record]]}
        assert same([stored.record(record)], [known])
        assert same([stored.value("about", record)], [known["about"]])


def write_table(records, documents, sizes):
    file = Kept()
    writer = StoredWriter(ContainerWriter(file, KIND), storing.no_others)
    writer.documents(np.array(sizes, np.int64))
    writer.stream("stored:records", list(records)).add(*records.values())
    writer.stream("stored:documents", list(documents), shared=True).add(*documents.values())
    writer.close(sum(sizes))
    return file.contents


@given(columns, st.lists(st.integers(0, 100), max_size=6))
def test_what_is_written_does_not_depend_on_how_it_was_added(values, cuts):
    assert write({"field": values}, len(values), cuts) == write({"field": values}, len(values))


def test_large_values_and_many_blocks():
    values = [f"{number} " * (number % 700) for number in range(3000)] + ["x" * 1_000_000] * 2 + ["end"]
    contents = write({"text": values}, len(values), cuts=range(0, 3000, 17))
    assert contents == write({"text": values}, len(values))
    stored = read(contents)
    for apart in ([0, 1, 40, 41, 42, 1500, 3001, 3002], list(range(5, 3003, 1)), []):
        assert list(stored.values_at("text", np.array(apart, np.int64))) == [values[one] for one in apart]
    assert list(stored.values("text")) == values
    assert [stored.value("text", at) for at in (2999, 0, 3000, 3001, 3002, 1500)] == [
        values[at] for at in (2999, 0, 3000, 3001, 3002, 1500)
    ]


def prose(count, seed=1):
    """Paragraphs of a small language."""
    chance = random.Random(seed)
    words = ["".join(chance.choices("abcdefghijklmnop", k=chance.randint(2, 9))) for _ in range(400)]
    weights = [1 / (rank + 1) for rank in range(len(words))]
    return [" ".join(chance.choices(words, weights, k=chance.randint(5, 60))) for _ in range(count)]


def test_what_blocks_share_is_kept_once():
    texts = prose(3000)
    contents = write({"text": texts}, len(texts), cuts=range(0, 3000, 7))
    assert contents == write({"text": texts}, len(texts))
    assert "dictionary:stored:text" in Container(contents, "stored", KIND)
    stored = read(contents)
    assert list(stored.values("text")) == texts
    whole = zstandard.compress("".join(texts).encode(), storing.LEVEL)
    assert len(contents) < 1.35 * len(whole), "though each 3 KiB are read alone"


NOTHING_SHARED = {
    "few": prose(200)[:100],
    "the same": ["the harbour is closed"] * 100_000,
    "no words": [base64.b85encode(random.Random(n).randbytes(2000)).decode() for n in range(60)],
    "few large ones": [base64.b85encode(random.Random(n).randbytes(90_000)).decode() for n in range(3)],
}


@pytest.mark.parametrize("name", NOTHING_SHARED)
def test_where_blocks_share_too_little_there_is_no_dictionary(name):
    texts = NOTHING_SHARED[name]
    contents = write({"text": texts}, len(texts))
    assert "dictionary:stored:text" not in Container(contents, "stored", KIND)
    assert list(read(contents).values("text")) == texts


def test_a_dictionary_is_the_same_in_every_process(tmp_path):
    """Whatever the seed of hashes: the bytes of an index are those of its seeds."""
    program = (
        "import sys, hashlib; sys.path[:0] = sys.argv[1:]; from format.test_stored import prose, write; "
        "print(hashlib.sha256(write({'text': prose(2000)}, 2000)).hexdigest())"
    )
    tests = Path(__file__).parents[1]
    found = {
        subprocess.run(
            [sys.executable, "-c", program, str(tests.parent), str(tests)],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout.strip()
        for seed in ("1", "2")
    }
    assert found == {hashlib.sha256(write({"text": prose(2000)}, 2000)).hexdigest()}


def forged(contents, **changes):
    """A file with other sections: ``changes`` by the first word of their names."""
    container = Container(contents, "stored", KIND)
    file = Kept()
    writer = ContainerWriter(file, KIND)
    for name in container.names():
        section = container.section(name)
        change = changes.get(name.partition(":")[0], lambda data: data)
        writer.section(name, change(section.slice(0, section.length).tobytes()))
    writer.meta = container.meta
    writer.close()
    return file.contents


def frame(data):
    return b"\1" + zstandard.ZstdCompressor(level=1).compress(data)


@pytest.mark.parametrize(
    "dictionary",
    [
        b"",
        b"\0",
        b"\2abc",
        b"\1abc",
        b"\0" + b"x" * (stored_fields.LARGEST_DICTIONARY + 1),
        frame(b"\0" * (1 << 25)),
        frame(b""),
        b"\0\x37\xa4\x30\xec" + b"\xff" * 200,  # says that it is one of Zstandard's
    ],
)
def test_a_dictionary_that_is_none_is_damage(dictionary):
    contents = write({"text": prose(2000)}, 2000)
    stored = read(forged(contents, dictionary=lambda data: dictionary))
    with pytest.raises(IndexCorrupt, match="is not what was written"):
        stored.value("text", 1000)


def test_texts_under_another_dictionary_are_damage_or_others():
    """And nothing else: that a text is its record's is for its id to say."""
    contents, other = (write({"text": prose(2000, seed)}, 2000) for seed in (1, 2))
    foreign = Container(other, "stored", KIND).section("dictionary:stored:text")
    stored = read(forged(contents, dictionary=lambda data: foreign.slice(0, foreign.length).tobytes()))
    for record in range(0, 2000, 100):
        with contextlib.suppress(IndexCorrupt):
            assert isinstance(stored.value("text", record), str)


def test_a_block_that_would_become_too_much_is_damage():
    contents = write({"text": ["a", "b"]}, 2)
    bomb = frame(bytes(1 << 25))
    sized = lambda data: data[:2] + struct.pack("<I", len(bomb))  # noqa: E731
    with pytest.raises(IndexCorrupt, match="block 0"):
        read(forged(contents, blocks=lambda data: bomb, index=sized)).value("text", 0)


@pytest.mark.parametrize(
    "block",
    [
        b"",
        b"\0",
        b"\0\x00\x01\x01ab",  # of no kind
        b"\0\x01\x01\x01abc",  # more than its values
        b"\0\x01\x01\x02ab",  # less
        b"\0\x01\x01",
        b"\0\x19\1\0\0\0\1\0\0\0ab",  # of a size that there is not
        b"\0\x02" + bytes(7),
        b"\0\x02" + bytes(8),  # one number of two
        b"\0\x41\x01\x01ab",
        b"\0\x01\x01\x01\xffa",  # no text
    ],
)
def test_a_block_that_is_none_is_damage(block):
    contents = write({"text": ["a", "b"]}, 2)
    sized = lambda data: data[:2] + struct.pack("<I", len(block))  # noqa: E731
    with pytest.raises(IndexCorrupt, match=r"not what was written|does not cover"):
        read(forged(contents, blocks=lambda data: block, index=sized)).record(0)


@pytest.mark.parametrize(
    "change",
    [
        {"fields": []},
        {"fields": ["a", "a"]},
        {"fields": [1]},
        {"fields": 7},
        {"items": -1},
        {"items": 1},
        {"items": 2.0},
        {"shared": 0},
        {"shared": True, "items": 3},
    ],
)
def test_what_a_directory_says_of_streams_is_checked(change):
    container = Container(write({"text": ["a", "b"]}, 2), "stored", KIND)
    about = {**container.meta["streams"]["stored:text"], **change}
    container.meta["streams"] = {"stored:text": about}
    with pytest.raises(IndexCorrupt):
        Stored(container, stored_fields.no_others).record(0)


def test_a_value_that_a_thousand_records_share_costs_nothing():
    one = write({"title": ["A title that is quite long, as titles are"]}, 1)
    many = write({"title": ["A title that is quite long, as titles are"] * 100_000}, 100_000)
    assert len(many) < len(one) + 100_000 / 30


def test_increasing_numbers_are_small():
    numbers = [number * 230 + number % 7 for number in range(100_000)]
    contents = write({"start": numbers}, len(numbers))
    assert len(contents) < len(numbers)
    assert list(read(contents).values("start")) == numbers


def test_contents_that_compress_beyond_reason_are_kept_as_they_are():
    contents = write({"text": ["a" * 5_000_000]}, 1)
    assert len(contents) > 5_000_000
    assert read(contents).record(0) == {"text": "a" * 5_000_000}


@pytest.mark.parametrize("value", [object(), None, 1.5, b"bytes", True, ("a",), 1 << 62])
def test_what_is_neither_text_nor_number_is_refused(value):
    with pytest.raises(TypeError, match="cannot be stored"):
        write({"field": ["a", value]}, 2)


def test_texts_and_numbers_do_not_stand_in_one_block():
    with pytest.raises(TypeError, match="cannot be stored"):
        write({"field": ["a", 1]}, 2)


@pytest.mark.parametrize("records", [2, 4])
def test_more_or_fewer_values_than_records_are_refused(records):
    with pytest.raises(ValueError, match=f"3 items of {records}"):
        write({"field": [1, 2, 3]}, records)


def test_documents_of_other_records_are_refused():
    writer = StoredWriter(ContainerWriter(Kept(), KIND), storing.no_others)
    writer.documents(np.array([2, 3]))
    with pytest.raises(ValueError, match="5 records of 3"):
        writer.close(3)


def test_fields_of_different_lengths_are_refused():
    writer = StoredWriter(ContainerWriter(Kept(), KIND), storing.no_others)
    for columns in ((["a"], ["b", "c"]), (["a"],)):
        with pytest.raises(ValueError, match="a value of each field"):
            writer.stream("stored:x", ["one", "two"]).add(*columns)
    writer.abort()


def test_a_record_that_is_not_there_is_an_index_error():
    stored = read(write({"field": [1, 2]}, 2))
    for record in (-1, 2):
        with pytest.raises(IndexError):
            stored.value("field", record)
        with pytest.raises(IndexError):
            list(stored.values_at("field", np.array([record])))


def test_a_stream_without_records_is_empty():
    assert list(read(write({"field": []}, 0)).values("field")) == []


@pytest.mark.parametrize(
    ("items", "sizes"),
    [([4, 6], [0, 20]), ([0, 10], [10, 10]), ([4, 5], [10, 10]), ([4, 7], [10, 10]), ([10, 1], [10, 9]), ([], [])],
)
def test_blocks_that_do_not_follow_each_other_are_damage(items, sizes):
    contents = write({"field": list(range(10))}, 10)
    index = np.array(items, "<u2").tobytes() + np.array(sizes, "<u4").tobytes()
    stored = read(forged(contents, index=lambda data: index))
    for read_all in (
        lambda: stored.record(9),
        lambda: list(stored.values("field")),
        lambda: list(stored.values_at("field", np.array([4]))),
    ):
        with pytest.raises(IndexCorrupt, match="does not cover its items"):
            read_all()
    with pytest.raises(IndexCorrupt, match="length that cannot be"):
        read(forged(contents, index=lambda data: data + b"\0")).record(0)


def test_blocks_are_kept_by_their_bytes_those_used_last():
    texts = [f"{number} {'x' * 20_000}" for number in range(40)]
    contents = write({"field": texts, "other": texts}, 40)
    stored = read(contents, kept=200_000)
    cache = stored.stream("stored:field")._cache
    assert cache is stored.stream("stored:other")._cache
    for record in (*range(40), *range(40)):
        assert stored.record(record) == {"field": texts[record], "other": texts[record]}
        assert list(stored.values_at("field", np.array([record]))) == [texts[record]]
        assert sum(block.size for block in cache._blocks.values()) + cache._room == 200_000
        assert cache._room >= 0
    assert 2 < len(cache._blocks) < 20
    assert (STORED_STREAM + "field", 39) in cache._blocks


def test_a_block_larger_than_the_cache_is_read_all_the_same():
    stored = read(write({"field": ["a" * 1000, "b"]}, 2), kept=10)
    assert [stored.record(number) for number in (0, 1)] == [{"field": "a" * 1000}, {"field": "b"}]
    assert not stored.stream("stored:field")._cache._blocks
