"""Records of postings, against lists."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from searchlib.engines.whoosh.format.encoding import PostingArrays, encode
from searchlib.engines.whoosh.format.postings import TermRecord

MAX_DOCUMENT = 1 << 22
LENGTHS = (np.arange(MAX_DOCUMENT, dtype=np.uint32) * 7919) % 100_003 + 1

gaps = st.one_of(st.integers(1, 2), st.integers(1, 50), st.integers(1, 5000))
position_lists = st.lists(st.integers(0, 200), min_size=1, max_size=6).map(sorted)
posting = st.tuples(gaps, position_lists)
terms = st.lists(posting, min_size=1, max_size=400)


def documents_of(term):
    documents, document = [], -1
    for gap, _ in term:
        document += gap
        documents.append(document)
    return documents


def records(lists, positions=True):
    """Records of terms, each a list of (gap to the document before, positions)."""
    docs = np.array([document for term in lists for document in documents_of(term)], np.uint32)
    each = [where for term in lists for _, where in term]
    freqs = np.array([len(where) for where in each], np.uint32)
    flat = np.array([place for where in each for place in where], np.uint32) if positions else None
    df = np.array([len(term) for term in lists], np.int64)
    encoded = encode(PostingArrays(df, docs, freqs, flat, LENGTHS[docs]))
    ends = np.cumsum(encoded.sizes)
    parts = zip(encoded.sizes.tolist(), ends.tolist(), df.tolist(), encoded.cf.tolist(), strict=True)
    return [TermRecord(encoded.data[end - size : end], count, cf, positions) for size, end, count, cf in parts]


def check(term, record):
    documents = documents_of(term)
    freqs = [len(where) for _, where in term]
    assert record.docs().tolist() == documents
    assert record.freqs().tolist() == freqs
    blocks = record.blocks(LENGTHS)
    for number, (last, most, least) in enumerate(zip(*(part.tolist() for part in blocks), strict=True)):
        part = slice(number * 128, number * 128 + 128)
        assert last == documents[part][-1]
        assert most >= max(freqs[part])
        assert most == max(freqs[part]) or most == 0xFFFFFFFF
        shortest = int(LENGTHS[documents[part]].min())
        assert least == (min(shortest, 65535) if len(term) > 128 else shortest)


@given(st.lists(terms, min_size=1, max_size=4))
def test_documents_frequencies_and_bounds_read_back(lists):
    for term, record in zip(lists, records(lists), strict=True):
        check(term, record)


@given(terms, st.data())
def test_positions_of_all_and_of_some_postings_read_back(term, data):
    (record,) = records([term])
    positions, offsets = record.positions()
    assert positions.tolist() == [place for _, where in term for place in where]
    assert np.diff(offsets).tolist() == [len(where) for _, where in term]
    which = sorted(data.draw(st.sets(st.integers(0, len(term) - 1), max_size=20)))
    some, some_offsets = record.positions(np.array(which, np.intp))
    found = [some[a:b].tolist() for a, b in zip(some_offsets[:-1].tolist(), some_offsets[1:].tolist(), strict=True)]
    assert found == [term[i][1] for i in which]


@given(terms, st.data())
def test_chosen_blocks_are_those_of_the_whole(term, data):
    (record,) = records([term], positions=False)
    chosen = sorted(data.draw(st.sets(st.integers(0, (len(term) - 1) // 128))))
    docs, freqs = record.decode(np.array(chosen, np.intp))
    inside = np.isin(np.arange(len(term)) >> 7, chosen)
    assert docs.tolist() == record.docs()[inside].tolist()
    assert freqs.tolist() == record.freqs()[inside].tolist()


@pytest.mark.parametrize("df", [1, 2, 127, 128, 129, 256, 257, 1000])
@pytest.mark.parametrize("gap", [1, 2, 1000])
@pytest.mark.parametrize("freq", [1, 2, 300])
def test_every_size_at_the_edges_of_blocks(df, gap, freq):
    term = [(gap, list(range(freq)))] * df
    (record,) = records([term])
    check(term, record)
    assert record.positions()[0].tolist() == list(range(freq)) * df


def test_a_gap_of_a_million_among_small_ones():
    term = [(1, [0])] * 200 + [(1_000_000, [0])] + [(1, [0])] * 200
    (record,) = records([term])
    check(term, record)


def test_positions_up_to_two_to_the_31():
    term = [(1, [0, 1, 1 << 31]), (1, [1 << 31]), (1, [5])]
    (record,) = records([term])
    assert record.positions()[0].tolist() == [0, 1, 1 << 31, 1 << 31, 5]


def test_the_same_position_twice_is_kept():
    (record,) = records([[(1, [3, 3, 3]), (1, [0, 0])]])
    assert record.positions()[0].tolist() == [3, 3, 3, 0, 0]


def test_a_term_in_one_document_takes_six_bytes():
    (record,) = records([[(1_500_000, [17])]])
    assert record.end == 6


def test_a_term_without_positions_in_a_field_with_them():
    postings = PostingArrays(
        np.array([1, 2]), np.array([5, 1, 9], np.uint32), np.array([2, 1, 1], np.uint32), np.array([4, 8], np.uint32),
        LENGTHS,
    )  # fmt: skip
    encoded = encode(postings, placed=np.array([True, False]))
    first, second = np.split(encoded.data, np.cumsum(encoded.sizes)[:1])
    assert TermRecord(first, 1, 2, True).positions()[0].tolist() == [4, 8]
    assert not TermRecord(second, 2, 2, True).has_positions


def test_a_tail_follows_the_streams():
    postings = PostingArrays(np.array([1, 1]), np.array([5, 6], np.uint32), np.ones(2, np.uint32), None, LENGTHS)
    encoded = encode(postings, [b"", b"anything"])
    first, second = np.split(encoded.data, np.cumsum(encoded.sizes)[:1])
    assert TermRecord(first, 1, 1, False).tail is None
    tail = TermRecord(second, 1, 1, False).tail
    assert tail is not None
    assert tail.tobytes() == b"anything"


@pytest.mark.parametrize(
    ("df", "docs", "freqs", "positions", "message"),
    [
        ([2], [3, 3], [1, 1], None, "documents"),
        ([2], [4, 3], [1, 1], None, "documents"),
        ([1, 2], [9, 5, 4], [1, 1, 1], None, "documents"),
        ([1], [3], [0], None, "fit"),
        ([2], [3], [1], None, "fit"),
        ([0, 1], [3], [1], None, "fit"),
        ([1], [3], [2], [7], "positions"),
        ([1], [3], [2], [7, 6], "positions"),
    ],
)
def test_postings_that_cannot_be_are_refused(df, docs, freqs, positions, message):
    flat = None if positions is None else np.array(positions, np.uint32)
    postings = PostingArrays(np.array(df), np.array(docs, np.uint32), np.array(freqs, np.uint32), flat, LENGTHS)
    with pytest.raises(ValueError, match=message):
        encode(postings)
