"""The term dictionary, against a sorted list."""

import io

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from searchlib.engines.whoosh.format.container import Container, ContainerWriter
from searchlib.engines.whoosh.format.terms import Terms, TermsWriter


class Kept(io.BytesIO):
    """A file whose contents outlive it."""

    def close(self):
        self.contents = self.getvalue()
        super().close()


def dictionary(items, batch=1000):
    """A dictionary of key -> (df, record size, cf), added a batch at a time."""
    file = Kept()
    container = ContainerWriter(file, b"TERM")
    writer = TermsWriter(container, "terms", "index")
    keys = sorted(items)
    for first in range(0, len(keys), batch):
        some = keys[first : first + batch]
        df, sizes, cf = np.array([items[key] for key in some], np.int64).T
        writer.add(some, df, sizes, cf)
    writer.finish()
    container.section("postings", bytes(64))
    container.close()
    read = Container(file.contents, "terms", b"TERM")
    return Terms("field", read.section("terms"), read.section("index"), read.section("postings"), len(keys))


keys_of_any_kind = st.one_of(
    st.binary(max_size=12),
    st.text(max_size=8).map(lambda text: text.encode("utf-8", "surrogatepass")),
    st.integers(0, 5000).map(lambda number: b"a common prefix %d" % number),
    st.sampled_from([b"", b"\0", b"a\0", b"a\0b", b"\xff" * 9, b"12345678", b"12345678\0", b"1234567"]),
)
sizes = st.one_of(st.integers(1, 300), st.sampled_from([254, 255, 256, 65536, (1 << 32) - 1]))
entries = st.tuples(sizes, sizes, st.integers(0, 300)).map(lambda three: (three[0], three[1], three[0] + three[2]))
dictionaries = st.dictionaries(keys_of_any_kind, entries, max_size=150)


@given(dictionaries, st.integers(1, 70))
def test_every_key_has_its_statistics_and_its_place(items, batch):
    terms = dictionary(items, batch)
    at = 0
    listed = list(terms.items())
    assert [key for key, _ in listed] == sorted(items)
    for key, entry in listed:
        df, size, cf = items[key]
        for found in (entry, terms.get(key)):
            assert (found.df, found.cf, found.start, found.stop) == (df, cf, at, at + size)
        at += size


@given(dictionaries, keys_of_any_kind, keys_of_any_kind)
def test_ranges_are_those_of_a_sorted_list(items, start, stop):
    terms = dictionary(items)
    wanted = [key for key in sorted(items) if start <= key < stop]
    assert [key for key, _ in terms.items(start, stop)] == wanted
    assert [key for keys in terms.keys(start, stop) for key in keys] == wanted
    assert [key for key, _ in terms.items(start)] == [key for key in sorted(items) if start <= key]


@given(dictionaries, keys_of_any_kind)
def test_a_key_that_is_not_there_is_not_found(items, key):
    terms = dictionary(items)
    assert (terms.get(key) is not None) == (key in items)


def test_keys_of_64_kilobytes_and_more_are_kept():
    items = {bytes([65 + number]) * length: (1, 1, 1) for number, length in enumerate((65535, 65536, 70000))}
    items |= {b"Z" * 70000 + bytes([number]): (1, 1, 1) for number in range(40)}
    terms = dictionary(items)
    assert all(terms.get(key) is not None for key in items)
    assert [key for key, _ in terms.items()] == sorted(items)


def test_thousands_of_keys_with_the_same_first_eight_bytes_are_told_apart():
    items = {b"document/%05d" % number: (number + 1, 3, number + 1) for number in range(3000)}
    terms = dictionary(items)
    assert [terms.get(key).df for key in sorted(items)] == list(range(1, 3001))
    assert terms.get(b"document/") is None
    assert terms.get(b"document/99999") is None


def test_an_empty_dictionary_has_nothing():
    terms = dictionary({})
    assert terms.get(b"a") is None
    assert list(terms.items()) == []


@pytest.mark.parametrize("keys", [[b"b", b"a"], [b"a", b"a"]])
def test_keys_out_of_order_are_refused(keys):
    writer = TermsWriter(ContainerWriter(io.BytesIO(), b"TERM"), "terms", "index")
    with pytest.raises(ValueError, match="order"):
        writer.add(keys, np.ones(2, np.int64), np.ones(2, np.int64), np.ones(2, np.int64))


def test_what_is_written_does_not_depend_on_the_batches():
    items = {b"key%d" % number: (number % 400 + 1, number % 300 + 1, number % 400 + 1) for number in range(500)}
    one, many = dictionary(items), dictionary(items, 7)
    assert [(key, entry.start) for key, entry in one.items()] == [(key, entry.start) for key, entry in many.items()]
