"""What is kept of words between queries, and operations on arrays that have two implementations."""

from __future__ import annotations

import random
import sys
from importlib.util import find_spec
from itertools import product

import numpy as np
import pytest
from exploring import seeds

from searchlib.engines.whoosh.execution import Snapshot, Tuning, activation, prepared
from searchlib.engines.whoosh.execution.primitives import HALF, NO_SIEVE, OnArrays, Primitives, sieve_of
from searchlib.errors import SettingsError

WAYS: list[Primitives] = [OnArrays()]
if find_spec("numba"):
    from searchlib.engines.whoosh.execution.compiled import Compiled

    WAYS.append(Compiled())
needs_numba = pytest.mark.skipif(find_spec("numba") is None, reason="numba is not installed")


def test_what_is_kept_of_a_long_list_tells_its_best_docs() -> None:
    rng = np.random.default_rng(3)
    for levels in (3, 50, 10_000):
        gains = rng.integers(1, levels + 1, 20_000) / levels
        word = prepared.Prepared(np.arange(20_000, dtype=np.int32), gains)
        order = np.lexsort((word.docs, -gains))
        assert word.best.tolist() == order[: Tuning().best].tolist()
        top = word.top(2.0, 10)
        assert top == (order[:10].tolist(), (2.0 * gains[order[:10]]).tolist())
        assert word.top(2.0, Tuning().best + 1) is None
        for least in (0.0, 0.5, 0.999, 1.0, 2.0):
            places = word.reaching(least)
            expected = np.flatnonzero(gains >= least)
            assert places is None or places.tolist() == expected.tolist()


def test_gains_that_a_scale_makes_equal_are_not_told_by_what_is_kept() -> None:
    one, next_one = 1.0, np.nextafter(1.0, 2.0)
    scale = 1.5  # both become 1.5, or close neighbours
    word = prepared.Prepared(np.arange(2, dtype=np.int32), np.array([one, next_one]))
    top = word.top(scale, 2)
    assert (top is None) == (scale * one == scale * next_one)
    tiny = prepared.Prepared(np.arange(2, dtype=np.int32), np.array([one, next_one]))
    assert tiny.top(5e-324, 1) is None


@needs_numba
@pytest.mark.parametrize("seed", seeds(20))
def test_compiled_operations_give_what_those_on_arrays_give(seed: int) -> None:
    from searchlib.engines.whoosh.execution.compiled import Compiled

    rng = random.Random(seed)
    arrays, compiled = OnArrays(), Compiled()
    size = rng.choice([1, 20, 3000])
    for kind in (np.int32, np.int64):
        known, wanted = (np.array(sorted(rng.sample(range(size), rng.randint(0, size))), kind) for _ in range(2))
        expected = np.intersect1d(known, wanted, return_indices=True)[1:]
        for way, sieve in product((arrays, compiled), (NO_SIEVE, sieve_of(known))):
            in_wanted, in_known = way.common(known, wanted, sieve)
            assert in_known.tolist() == expected[0].tolist()
            assert in_wanted.tolist() == expected[1].tolist()
    known, docs = known.astype(np.int32), wanted.astype(np.int32)
    levels = np.arange(5) / 7
    numbered = np.array([rng.randrange(5) for _ in known], np.uint16)
    before = np.array([rng.randrange(3) / 7 for _ in docs])
    for (values, of), sieve in product(
        ((numbered, levels), (levels[numbered], levels[:0])), (NO_SIEVE, sieve_of(known))
    ):
        which, scores = arrays.look_up(known, values, of, docs, sieve, 1.5)
        assert scores.tolist() == [1.5 * levels[numbered[known == doc]][0] for doc in docs[which]]
        expected = [which.tolist(), scores.tolist()]
        assert [one.tolist() for one in compiled.look_up(known, values, of, docs, sieve, 1.5)] == expected
        good = scores + before[which] >= 0.8
        found = compiled.look_up(known, values, of, docs, sieve, 1.5, before, 0.8)
        assert [one.tolist() for one in found] == [which[good].tolist(), scores[good].tolist()]
        sums = []
        for way in (arrays, compiled):
            hits, total = np.zeros(len(docs), bool), before.copy()
            way.add_up(known, values, of, docs, sieve, 1.5, hits, total)
            assert hits.nonzero()[0].tolist() == which.tolist()
            sums.append(total.tobytes())
        assert sums[0] == sums[1]
    freqs = np.array([rng.randint(1, 4) for _ in range(size)])
    offsets = np.concatenate(([0], np.cumsum(freqs))).astype(np.int32)
    positions = np.concatenate([np.array(sorted(rng.sample(range(30), freq))) for freq in freqs]).astype(np.uint16)
    numbers = np.array(sorted(rng.sample(range(size), rng.randint(0, size))), np.int64)
    places = np.arange(len(numbers))
    found = compiled.occurrences(places, numbers, positions, offsets)
    assert found.tolist() == arrays.occurrences(places, numbers, positions, offsets).tolist()
    spread = np.sort(found + np.array([rng.randint(-3, 3) for _ in found], np.int64))
    asked = np.arange(size, dtype=np.int32)
    for number, starts in product((0, 2), (None, np.unique(spread))):
        begins = [way.beginning(asked, asked, positions, offsets, number, starts) for way in (arrays, compiled)]
        # One of them may leave out what would begin before its doc, which the first word of a phrase always does.
        inside = [[one for one in found.tolist() if one >= 0 and one & 0xFFFFFFFF < 1 << 20] for found in begins]
        assert inside[0] == inside[1]
    ends = np.unique(found + np.array([rng.randint(-3, 3) for _ in found], np.int64))
    for slop in (1, 3, 1 << HALF - 2):
        assert compiled.following(ends, found, slop).tolist() == arrays.following(ends, found, slop).tolist()


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("seed", seeds(20))
def test_the_best_are_those_of_all_that_were_given(seed: int, way: Primitives) -> None:
    rng = random.Random(seed)
    scores = {doc: rng.randrange(9) / 3 for doc in rng.sample(range(500), 300)}
    k = rng.choice([1, 3, 10, 100])
    docs, found, seen = np.empty(0, np.int32), np.empty(0), set()
    for size in (rng.randint(0, 5), rng.randint(0, 200), 100):
        batch = sorted(rng.sample(sorted(scores), size))  # some are given again
        seen |= set(batch)
        docs, found = way.best(
            np.array(batch, np.int32), np.array([scores[doc] for doc in batch]), docs, found, k, -np.inf
        )
        expected = sorted(seen, key=lambda doc: (-scores[doc], doc))[:k]
        assert docs.tolist() == expected
        assert found.tolist() == [scores[doc] for doc in expected]


@needs_numba
def test_compiled_operations_read_nothing_outside_of_an_array() -> None:
    from searchlib.engines.whoosh.execution.compiled import Compiled

    positions = np.arange(10, dtype=np.uint16)
    numbers = np.array([0, 1])
    for offsets in ([0, 5, 1_000_000], [0, 5], [0, -(10**9), 3], []):
        try:
            found = Compiled().occurrences(numbers, numbers, positions, np.array(offsets, np.int32))
        except IndexError:
            continue
        assert set((found & 0xFFFF).tolist()) <= set(range(10))
    docs = np.arange(2, dtype=np.int32)
    for offsets, starts in product(
        ([0, 5, 1_000_000], [0, 5], [0, -(10**9), 3], []), (None, [0], [-1], [1 << 40, 5], [(1 << HALF) * 7])
    ):
        try:
            given = None if starts is None else np.array(starts, np.int64)
            found = Compiled().beginning(docs, docs, positions, np.array(offsets, np.int32), 0, given)
        except (IndexError, MemoryError, ValueError):
            continue
        assert set((found & 0xFFFF).tolist()) <= set(range(10))
    with pytest.raises(IndexError):
        Compiled().look_up(docs, np.array([7, 9], np.uint16), np.ones(3), docs)
    with pytest.raises(IndexError):
        Compiled().add_up(docs, np.ones(1), np.empty(0), docs, NO_SIEVE, 1.0, np.zeros(2, bool), np.zeros(2))
    disordered = np.array([5, 1, 9, 2], np.int32)
    assert len(Compiled().common(disordered, disordered[::-1].copy())[0]) <= 4


def test_compiled_search_is_asked_for_or_taken_where_numba_is_there_already(monkeypatch: pytest.MonkeyPatch) -> None:
    assert isinstance(Snapshot([], compiled=False).primitives, OnArrays)
    monkeypatch.delitem(sys.modules, "numba", raising=False)
    assert isinstance(Snapshot([]).primitives, OnArrays)
    monkeypatch.setattr(activation, "find_spec", lambda _: None)
    with pytest.raises(SettingsError, match="fast"):
        Snapshot([], compiled=True)
