"""Flat queries have the answers of the tree of sources, to the bit: on arrays and, where numba is, in machine code."""

from __future__ import annotations

import random
import sys
from importlib.util import find_spec
from typing import Any

import numpy as np
import pytest
from exploring import seeds
from whoosh import query as wq

from searchlib.engines.whoosh.execution import Snapshot, activation, driving, flat, prepared, search
from searchlib.errors import SettingsError
from searchlib.ranking import BM25F

from . import generate
from .memory import Doc, MemorySegment

WAYS = [False, True] if find_spec("numba") else [False]


def flat_query(rng: random.Random) -> Any:
    def word() -> Any:
        if rng.random() < 0.5:
            return generate.a_word(rng, rng.choice([1.0, 1.0, 0.0]))
        return wq.Term(rng.choice(generate.FIELDS), rng.choice(generate.WORDS), boost=rng.choice([1.0, 2.5]))

    def words() -> list[Any]:
        return [word() for _ in range(rng.randint(1, 4))]

    def phrase() -> Any:
        some = rng.choices(generate.WORDS[:6], k=rng.randint(1, 3))
        return wq.Phrase(rng.choice(generate.FIELDS), some, slop=rng.randint(1, 3))

    return rng.choice(
        [
            word,
            lambda: wq.And(words()),
            lambda: wq.Or(words(), boost=rng.choice([1.0, 0.5])),
            lambda: wq.And([*words(), wq.Not(word())]),
            lambda: generate.a_phrase(rng, 1.0),
            phrase,
        ]
    )()


def by_tree(snapshot: Snapshot, monkeypatch: pytest.MonkeyPatch, *asked: Any, **options: Any) -> Any:
    with monkeypatch.context() as patch:
        patch.setattr(flat, "shape", lambda *_: None)
        return search(snapshot, *asked, **options)


@pytest.mark.parametrize("compiled", WAYS)
@pytest.mark.parametrize("seed", seeds(16))
def test_flat_queries_have_the_answers_of_the_tree(seed: int, compiled: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    if not compiled and seed % 2:
        monkeypatch.setattr(prepared, "RUN", 4)
        monkeypatch.setattr(prepared, "BEST", 6)
        monkeypatch.setattr(driving, "FEW", 8)
        monkeypatch.setattr(driving, "VERIFIED", 3)
    if seed % 3 == 0:
        monkeypatch.setattr(prepared, "_PAIRS", 1)  # gains themselves, not their levels
    if seed % 4 == 3:
        monkeypatch.setattr(flat, "MOST_DRIVERS", 2)  # as where there are very many words
    rng = random.Random(seed)
    docs = generate.corpus(rng, rng.choice([5, 60, 400, 2500]))
    cut = rng.choice([0, len(docs) // 3])
    segments = [MemorySegment(part) for part in (docs[:cut], docs[cut:])]
    ours, tree = Snapshot(segments, compiled=compiled), Snapshot(segments, compiled=False)
    ranking = BM25F(b=rng.choice([0.75, 0.0]), delta=rng.choice([0.0, 0.5]))
    for _ in range(25):
        node = flat_query(rng)
        options: Any = {
            "limit": rng.choice([1, 3, 10, 40, 200]),
            "offset": rng.choice([0, 0, 2]),
            "filter": rng.choice([None, None, wq.Term("kind", rng.choice(generate.KINDS)), generate.a_word(rng)]),
            "ranking": ranking,
        }
        found = search(ours, node, **options)
        expected = by_tree(tree, monkeypatch, node, **options)
        assert found.segments.tolist() == expected.segments.tolist(), (node, options)
        assert found.docs.tolist() == expected.docs.tolist(), (node, options)
        assert found.scores.tobytes() == expected.scores.tobytes(), (node, options)


@pytest.mark.parametrize("compiled", WAYS)
def test_a_list_that_is_shared_by_words_of_one_field_and_of_several(
    compiled: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    docs = [Doc({"text": ["a", "b"] * (n % 3), "title": ["a", "b"][n % 2 :]}) for n in range(300)]
    snapshot = Snapshot([MemorySegment(docs)], compiled=compiled)
    forms = [generate.Form(key, key, None) for key in "ab"]
    for fields in ([("text", 1.0)], [("text", 1.0), ("title", 2.0)], [("title", 2.0)]):
        node = generate.WordPhrase([generate.Word(fields, [form], form.exact) for form in forms])
        found = search(snapshot, node, 20)
        assert found.docs.tolist() == by_tree(snapshot, monkeypatch, node, 20).docs.tolist()
        assert len(found) == 20


def test_what_is_kept_of_a_long_list_tells_its_best_docs() -> None:
    rng = np.random.default_rng(3)
    for levels in (3, 50, 10_000):
        gains = rng.integers(1, levels + 1, 20_000) / levels
        word = prepared.Prepared(np.arange(20_000, dtype=np.int32), gains)
        order = np.lexsort((word.docs, -gains))
        assert word.best.tolist() == order[: prepared.BEST].tolist()
        top = word.top(2.0, 10)
        assert top == (order[:10].tolist(), (2.0 * gains[order[:10]]).tolist())
        assert word.top(2.0, prepared.BEST + 1) is None
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


def test_compiled_search_is_asked_for_or_taken_where_numba_is_there_already(monkeypatch: pytest.MonkeyPatch) -> None:
    assert Snapshot([], compiled=False).compiled is None
    monkeypatch.delitem(sys.modules, "numba", raising=False)
    assert Snapshot([]).compiled is None
    monkeypatch.setattr(activation, "find_spec", lambda _: None)
    with pytest.raises(SettingsError, match="fast"):
        Snapshot([], compiled=True)
