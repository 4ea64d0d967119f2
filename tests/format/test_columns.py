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
