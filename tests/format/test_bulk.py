"""Postings of many terms decoded at once, against each term by itself."""

from __future__ import annotations

import random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from searchlib.engines.whoosh.format import bulk
from searchlib.engines.whoosh.format.encoding import PostingArrays, encode
from searchlib.engines.whoosh.format.postings import TermRecord
from searchlib.engines.whoosh.format.terms import TermEntry
from searchlib.engines.whoosh.format.unpacking import StreamDamaged

DOCUMENTS = 1 << 17
LENGTHS = np.full(DOCUMENTS, 9, np.uint32)

# Terms of one posting and of hundreds (which have a block table), with gaps and positions that take every width.
sizes = st.one_of(st.just(1), st.integers(1, 9), st.integers(100, 140), st.integers(250, 400))
terms = st.lists(st.tuples(sizes, st.integers(0, 8), st.integers(0, 3), st.integers(0, 14)), min_size=1, max_size=12)


def encoded(shapes, positions, seed):
    """The records of terms of these shapes: (postings, bits of a gap, extra occurrences, bits of a position)."""
    chance = random.Random(seed)
    df, docs, freqs, places = [], [], [], []
    for size, gap_bits, extra, bits in shapes:
        document = -1
        for _ in range(size):
            document += 1 + (chance.getrandbits(gap_bits) if chance.random() < 0.9 else chance.randrange(300))
            docs.append(document)
            freqs.append(1 + (chance.randrange(extra + 1) if chance.random() < 0.97 else 40 * extra))
            places += sorted(chance.getrandbits(bits) for _ in range(freqs[-1]))
        df.append(size)
    flat = np.array(places, np.uint32) if positions else None
    done = encode(
        PostingArrays(np.array(df), np.array(docs, np.uint32), np.array(freqs, np.uint32), flat, LENGTHS[docs])
    )
    ends = np.cumsum(done.sizes).tolist()
    entries = [
        TermEntry("text", count, cf, 7 + end - size, 7 + end)
        for count, cf, size, end in zip(df, done.cf.tolist(), done.sizes.tolist(), ends, strict=True)
    ]
    return np.frombuffer(done.data, np.uint8), entries


def by_itself(data, entries, positions):
    found = [TermRecord(data[entry.start - 7 : entry.stop - 7], entry.df, entry.cf, positions) for entry in entries]
    places = [record.positions()[0] for record in found] if positions else []
    return (
        np.concatenate([record.docs(DOCUMENTS) for record in found]),
        np.concatenate([record.freqs() for record in found]),
        np.concatenate(places) if positions else None,
    )


@given(terms, st.booleans(), st.integers(0, 1 << 30))
def test_terms_together_are_what_each_is_by_itself(shapes, positions, seed):
    data, entries = encoded(shapes, positions, seed)
    together = bulk.decode(data, entries, positions, DOCUMENTS)
    for one, other in zip(together, by_itself(data, entries, positions), strict=True):
        assert (one is None and other is None) or one.tolist() == other.tolist()


@given(terms, st.booleans(), st.integers(0, 1 << 30))
def test_damage_is_found_or_gives_numbers_that_can_be(shapes, positions, seed):
    """Whatever the bytes are: no document beyond the last, as many positions as frequencies, and no other error."""
    data, entries = encoded(shapes, positions, seed)
    chance = random.Random(seed)
    data = data.copy()
    for _ in range(chance.randrange(1, 6)):
        data[chance.randrange(len(data))] = chance.choice((0, 1, 127, 255, chance.randrange(256)))
    if chance.random() < 0.3:
        chance.choice(entries).df += chance.choice((-1, 1, 200))
    try:
        found = bulk.decode(data, entries, positions, DOCUMENTS)
    except StreamDamaged:
        return
    assert int(found.docs.max()) < DOCUMENTS and int(found.freqs.min()) >= 1
    assert found.positions is None or len(found.positions) == int(found.freqs.sum())


def test_frequent_terms_stand_alone_and_no_portion_is_larger_than_it_may_be():
    shapes = [(1, 1), (5, 9), (1, bulk.MOST_OCCURRENCES + 1), (2, 2), (bulk.MOST_OCCURRENCES,) * 2, (0, 0)]
    entries = [TermEntry("text", df, cf, 0, 1) for df, cf in shapes]
    assert list(bulk.portions(entries)) == [(0, 2), (2, 3), (3, 5), (5, 6)]
    many = [TermEntry("text", 1, bulk.MOST_OCCURRENCES, 0, 1)] * 200
    cut = list(bulk.portions(many))
    assert [number for first, last in cut for number in range(first, last)] == list(range(200))
    assert max(last - first for first, last in cut) * bulk.MOST_OCCURRENCES <= bulk.AT_ONCE


@pytest.mark.parametrize("stop", [0, 1, 2])
def test_a_record_that_ends_too_early_is_damaged(stop):
    data, entries = encoded([(3, 4, 2, 5)], True, 1)
    entries[0].stop = entries[0].start + stop
    with pytest.raises(StreamDamaged):
        bulk.decode(data[: max(1, stop)], entries, True, DOCUMENTS)
