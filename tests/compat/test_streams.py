"""Values of any type, and none, among the stored fields of Whoosh's writer."""

import itertools

import pytest
from format.test_stored import column_of, same
from format.test_terms import Kept
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from searchlib.engines.whoosh.compat.streams import MISSING, fill, read_stored, write_stored
from searchlib.engines.whoosh.format.container import Container, ContainerWriter
from searchlib.engines.whoosh.format.stored import KIND, STORED_STREAM, Stored, no_others
from searchlib.errors import IndexCorrupt

item: SearchStrategy = st.one_of(
    st.just(MISSING),
    st.none(),
    st.booleans(),
    st.integers(-3, 3),
    st.integers(),
    st.sampled_from([0.0, -0.0, 1.0, 2.5]),
    st.text(max_size=5),
    st.sampled_from(["", "a title", "another"]),
    st.binary(max_size=4),
    st.lists(st.integers(), max_size=3),
    st.dictionaries(st.text(max_size=2), st.integers(), max_size=2),
)
columns = column_of(item)


def write(streams, doc_count, cuts=()):
    file = Kept()
    writer = write_stored(ContainerWriter(file, KIND))
    for name, values in streams.items():
        stream = writer.stream(STORED_STREAM + name)
        edges = [0, *sorted(min(cut, len(values)) for cut in cuts), len(values)]
        for first, last in itertools.pairwise(edges):
            stream.add(values[first:last])
        fill(stream, doc_count)
    writer.close(doc_count)
    return file.contents


@given(columns, columns)
def test_every_document_has_its_values_by_every_way(first, second):
    count = max(len(first), len(second))
    stored = read_stored(Container(write({"first": first, "second": second}, count), "stored", KIND))
    first += [MISSING] * (count - len(first))
    second += [MISSING] * (count - len(second))
    assert same(list(stored.values("first")), first)
    assert same([stored.value("second", document) for document in range(count)], second)
    for document in range(count):
        assert repr(stored.record(document)) == repr({"first": first[document], "second": second[document]})


@given(columns, st.lists(st.integers(0, 100), max_size=6))
def test_what_is_written_does_not_depend_on_how_it_was_added(values, cuts):
    assert write({"field": values}, len(values), cuts) == write({"field": values}, len(values))


def test_what_cannot_be_kept_is_refused():
    writer = write_stored(ContainerWriter(Kept(), KIND))
    with pytest.raises(TypeError, match="cannot be stored"):
        writer.stream(STORED_STREAM + "field").add(["a", object()])
    writer.abort()


@pytest.mark.parametrize("value", [MISSING, None, 1.5, [1], 1 << 70])
def test_searchlib_itself_reads_texts_and_numbers_only(value):
    stored = Stored(Container(write({"field": ["a", value]}, 2), "stored", KIND), no_others)
    with pytest.raises(IndexCorrupt, match="not what was written"):
        stored.record(1)
