"""What is kept of words between queries, and operations on arrays that have two implementations."""

from __future__ import annotations

import random
import sys
from importlib.util import find_spec

import numpy as np
import pytest
from exploring import seeds

from searchlib.engines.whoosh.execution import Snapshot, Tuning, activation, prepared
from searchlib.engines.whoosh.execution.primitives import HALF, OnArrays
from searchlib.errors import SettingsError

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
        for way in (arrays, compiled):
            in_wanted, in_known = way.common(known, wanted)
            assert in_known.tolist() == expected[0].tolist()
            assert in_wanted.tolist() == expected[1].tolist()
    known, docs = known.astype(np.int32), wanted.astype(np.int32)
    levels = np.arange(5) / 7
    numbered = np.array([rng.randrange(5) for _ in known], np.uint16)
    for values, of in ((numbered, levels), (levels[numbered], levels[:0])):
        expected = arrays.look_up(known, values, of, docs)
        assert [one.tolist() for one in compiled.look_up(known, values, of, docs)] == [one.tolist() for one in expected]
    freqs = np.array([rng.randint(1, 4) for _ in range(size)])
    offsets = np.concatenate(([0], np.cumsum(freqs))).astype(np.int32)
    positions = np.concatenate([np.array(sorted(rng.sample(range(30), freq))) for freq in freqs]).astype(np.uint16)
    numbers = np.array(sorted(rng.sample(range(size), rng.randint(0, size))), np.int64)
    places = np.arange(len(numbers))
    found = compiled.occurrences(places, numbers, positions, offsets)
    assert found.tolist() == arrays.occurrences(places, numbers, positions, offsets).tolist()
    ends = np.unique(found + np.array([rng.randint(-3, 3) for _ in found], np.int64))
    for slop in (1, 3, 1 << HALF - 2):
        assert compiled.following(ends, found, slop).tolist() == arrays.following(ends, found, slop).tolist()


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
    disordered = np.array([5, 1, 9, 2], np.int32)
    assert len(Compiled().common(disordered, disordered[::-1].copy())[0]) <= 4


def test_compiled_search_is_asked_for_or_taken_where_numba_is_there_already(monkeypatch: pytest.MonkeyPatch) -> None:
    assert isinstance(Snapshot([], compiled=False).primitives, OnArrays)
    monkeypatch.delitem(sys.modules, "numba", raising=False)
    assert isinstance(Snapshot([]).primitives, OnArrays)
    monkeypatch.setattr(activation, "find_spec", lambda _: None)
    with pytest.raises(SettingsError, match="fast"):
        Snapshot([], compiled=True)
