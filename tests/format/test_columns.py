"""Numeric columns and deletions."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from searchlib.engines.whoosh.format.columns import KIND, Columns, ColumnsWriter, narrowed
from searchlib.engines.whoosh.format.container import Container, ContainerWriter
from searchlib.engines.whoosh.format.deletions import read_deletions, write_deletions
from searchlib.errors import IndexCorrupt

from .test_terms import Kept

LIMITS = [
    edge + step for bits in (7, 8, 15, 16, 31, 32, 63) for edge in (1 << bits, -(1 << bits)) for step in (-1, 0, 1)
]
IN_64_BITS = [number for number in LIMITS if -(1 << 63) <= number < 1 << 63]


@given(st.lists(st.one_of(st.integers(-5, 300), st.sampled_from(IN_64_BITS)), max_size=20))
def test_integers_are_kept_exactly_in_the_smallest_type(numbers):
    small = narrowed(np.array(numbers, np.int64))
    assert small.tolist() == numbers
    for name in ("u1", "i1", "u2", "i2", "u4", "i4", "u8", "i8"):
        limits = np.iinfo(name)
        if all(limits.min <= number <= limits.max for number in numbers):
            assert small.dtype.itemsize <= np.dtype(name).itemsize


@given(st.lists(st.one_of(st.floats(), st.floats(width=32)), max_size=20))
def test_floats_are_kept_exactly(numbers):
    assert repr(narrowed(np.array(numbers, float)).astype(float).tolist()) == repr(numbers)


def test_what_is_no_number_is_refused():
    for array in (np.array(["a"]), np.array([1j]), np.array([None])):
        with pytest.raises(TypeError, match="cannot be kept"):
            narrowed(array)


def test_columns_of_different_lengths_are_refused():
    writer = ColumnsWriter(ContainerWriter(Kept(), KIND))
    writer.add("a", np.arange(3))
    with pytest.raises(ValueError, match="4 documents"):
        writer.add("b", np.arange(4))
    with pytest.raises(ValueError, match="exists"):
        writer.add("a", np.arange(3))
    with pytest.raises(ValueError, match="3 documents"):
        writer.close(5)


def test_a_column_reads_back_and_cannot_be_changed():
    file = Kept()
    writer = ColumnsWriter(ContainerWriter(file, KIND))
    writer.add("number", np.array([3, -1, 1000]))
    writer.add("length:text", np.array([0, 7, 300]))
    writer.close(3)
    columns = Columns(Container(file.contents, "columns", KIND))
    assert columns.array("number").tolist() == [3, -1, 1000]
    assert columns.statistics("length:text") == (307, 0, 300)
    with pytest.raises(ValueError, match="read-only"):
        columns.array("number")[0] = 1
    with pytest.raises(KeyError):
        columns.array("other")


@given(deleted=st.lists(st.booleans(), min_size=1, max_size=100))
def test_deletions_read_back(tmp_path_factory, deleted):
    folder = tmp_path_factory.mktemp("deletions")
    write_deletions(folder, "MAIN_1", 4, np.array(deleted), sync=False)
    assert (folder / "MAIN_1.4.del").exists()
    assert read_deletions(folder, "MAIN_1", 4, len(deleted)).tolist() == deleted
    with pytest.raises(IndexCorrupt):
        read_deletions(folder, "MAIN_1", 4, len(deleted) + 8)
    with pytest.raises(IndexCorrupt):
        read_deletions(folder, "MAIN_1", 5, len(deleted))
    with pytest.raises(FileExistsError):
        write_deletions(folder, "MAIN_1", 4, np.array(deleted))


def kept_columns(**columns):
    kept = Kept()
    writer = ColumnsWriter(ContainerWriter(kept, KIND))
    for name, array in columns.items():
        writer.add(name, array)
    writer.close(len(array))
    return kept


def opened(kept, damage_at=None):
    data = bytearray(kept.contents)
    if damage_at is not None:
        data[damage_at] ^= 1
    return Columns(Container(bytes(data), "columns", KIND))


def test_numbers_of_some_documents_are_those_of_the_whole_column():
    long, short = np.arange(200_000) * 21_474, np.arange(200_000) % 7
    columns = opened(kept_columns(long=long, short=short))
    docs = np.array([0, 5, 199_999, 4_095, 4_096, 5])
    for _ in range(100):  # the first times it is not read whole
        assert columns.values_at("long", docs).tolist() == long[docs].tolist()
        assert columns.values_at("short", docs).tolist() == short[docs].tolist()
    assert columns.values_at("long", docs[:0]).tolist() == []
    with pytest.raises(KeyError):
        columns.values_at("none", docs)


def test_numbers_are_read_with_their_pages_alone_and_these_are_checked():
    kept = kept_columns(long=np.arange(200_000) + (1 << 30))
    damaged = 400_000  # a byte of the column: that of document 99,996 or so
    assert opened(kept, damaged).values_at("long", np.array([10, 199_999])).tolist() == [
        (1 << 30) + 10,
        (1 << 30) + 199_999,
    ]
    with pytest.raises(IndexCorrupt, match="checksum"):
        opened(kept, damaged).values_at("long", np.array([10, 99_990]))
    columns = opened(kept, damaged)
    with pytest.raises(IndexCorrupt, match="checksum"):
        for _ in range(100):
            columns.values_at("long", np.array([10]))


@pytest.mark.parametrize("doc", [-1, 200_000])
def test_a_document_that_is_none_has_no_number(doc):
    with pytest.raises(IndexCorrupt, match="out of its section"):
        opened(kept_columns(long=np.arange(200_000))).values_at("long", np.array([3, doc]))


def test_parts_of_a_section_are_read_and_checked_alone():
    kept = Kept()
    writer = ContainerWriter(kept, KIND)
    writer.section("a", np.arange(100_000, dtype="<u4"))
    writer.close()
    data = bytearray(kept.contents)
    data[200_000] ^= 1
    section = Container(bytes(data), "numbers", KIND).section("a")
    found = section.parts([(8, 16), (399_996, 400_000)])
    assert found[:8].view("<u4").tolist() == [2, 3]
    assert found[-4:].view("<u4").tolist() == [99_999]
    for ranges in ([(8, 16), (199_996, 200_004)], [(8, 400_001)], [(16, 24), (8, 16)]):
        with pytest.raises(IndexCorrupt):
            section.parts(ranges)
