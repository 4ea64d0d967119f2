"""Ids, order and scores are those of a brute-force evaluation, in one segment or several, whatever is pruned."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from importlib.util import find_spec
from typing import Any

import numpy as np
import pytest
from exploring import seeds

from searchlib.engine.explaining import Explanation
from searchlib.engines.whoosh.execution import (
    Snapshot,
    Tuning,
    count,
    explain,
    matches,
    search,
)
from searchlib.model.ranking import BM25F
from searchlib.query.nodes import Node, Value

from . import generate
from .memory import Doc, MemorySegment
from .oracle import Oracle, paged

SEEDS = 20
QUERIES = 12
WAYS = [False, True] if find_spec("numba") else [False]


SMALL = Tuning(
    at_once=32,
    sparse=24,
    most_leads=2,
    summed=3,
    few=8,
    confirmed=3,
    beginning=4,
    pruned=2,
    scores=64,
    run=4,
    best=6,
    partly=150,
    per_block=30,
    few_positions=5,
    many_positions=50,
    rare=6,
    portion=20,
    listed=9,
    kept_terms=4,
    sieved=50,
)
"""With these, small corpora take the paths that large ones take."""


def both_limits(test: Callable[..., None]) -> Callable[..., None]:
    return pytest.mark.parametrize("tuning", [Tuning(), SMALL], ids=["large sizes", "small sizes"])(test)


def cut(rng: random.Random, docs: list[Doc], parts: int) -> list[list[Doc]]:
    ends = sorted(rng.randint(0, len(docs)) for _ in range(parts - 1))
    return [docs[start:end] for start, end in zip([0, *ends], [*ends, len(docs)], strict=True)]


def live_numbers(segments: list[list[Doc]]) -> dict[tuple[int, int], int]:
    """(segment, doc) -> place among all live records."""
    places = {}
    for number, docs in enumerate(segments):
        for doc, record in enumerate(docs):
            if not record.deleted:
                places[number, doc] = len(places)
    return places


def same(found: list[tuple[int, float]], expected: list[tuple[int, float]], every: dict[int, float]) -> None:
    assert [score for _, score in found] == pytest.approx([score for _, score in expected], rel=1e-9, abs=1e-12)
    for (one, score), (other, _) in zip(found, expected, strict=True):
        # Records that tie but for rounding may stand in another order.
        assert one == other or every[one] == pytest.approx(score, rel=1e-9, abs=1e-12)
    assert len({one for one, _ in found}) == len(found)


@dataclass(frozen=True)
class Case:
    """Records, how they are ranked, and what brute force finds of them."""

    docs: list[Doc]
    ranking: BM25F
    segments: list[list[Doc]]
    asked: list[tuple[Node, int | None, int, dict[int, float]]]  # query, limit, offset, answers


@lru_cache(maxsize=4)
def case(seed: int) -> Case:
    """The same for each way of executing: brute force takes longer than any."""
    rng = random.Random(seed)
    docs = generate.corpus(rng, rng.choice([1, 7, 40, 150, 400]))
    ranking = BM25F(
        k1=rng.choice([1.2, 0.9]),
        b=rng.choice([0.75, 0.0, 1.0]),
        delta=rng.choice([0.0, 0.0, 0.5]),
        short=rng.choice([0.0, 3.0, 8.0]),
    )
    oracle = Oracle(docs, ranking)
    segments = cut(rng, docs, rng.randint(1, 4))
    asked = []
    for _ in range(QUERIES):
        query = generate.tree(rng, rng.randint(0, 3))
        limit, offset = rng.choice([(1, 0), (3, 0), (10, 0), (5, 3), (None, 0), (2, 7)])
        asked.append((query, limit, offset, oracle.answers(query)))
    return Case(docs, ranking, segments, asked)


@pytest.mark.parametrize("compiled", WAYS)
@both_limits
@pytest.mark.parametrize("seed", seeds(SEEDS))
def test_answers_are_those_of_brute_force(seed: int, compiled: bool, tuning: Tuning) -> None:
    docs, ranking, segments = case(seed).docs, case(seed).ranking, case(seed).segments
    places = live_numbers(segments)
    snapshot = Snapshot([MemorySegment(part) for part in segments], compiled=compiled, tuning=tuning)
    whole = Snapshot([MemorySegment(docs)], compiled=compiled, tuning=tuning)
    whole_places = live_numbers([docs])
    for query, limit, offset, answers in case(seed).asked:
        top = search(snapshot, query, limit, ranking=ranking, offset=offset)
        found = [
            (places[int(segment), int(doc)], float(score))
            for segment, doc, score in zip(top.segments, top.docs, top.scores, strict=True)
        ]
        same(found, paged(answers, limit, offset), answers)

        one = search(whole, query, limit, ranking=ranking, offset=offset)
        assert [whole_places[0, int(doc)] for doc in one.docs] == [place for place, _ in found], query
        assert one.scores.tobytes() == top.scores.tobytes()

        assert count(snapshot, query) == len(answers)
        matched = [places[number, int(doc)] for number, part in enumerate(matches(snapshot, query)) for doc in part]
        assert matched == sorted(answers)

        for segment, doc, score in list(zip(top.segments, top.docs, top.scores, strict=True))[:2]:
            explanation = explain(snapshot, query, int(segment), int(doc), ranking=ranking)
            assert explanation is not None
            assert explanation.score == score
            assert str(explanation).startswith(f"{score:.4f}")
            adds_up(explanation)


def adds_up(explanation: Explanation) -> None:
    """The score of every node is made of its parts."""
    parts = [part.score for part in explanation.parts]
    if explanation.made in ("sum", "phrase"):
        assert explanation.score == pytest.approx(sum(parts), rel=1e-9, abs=1e-12)
    elif explanation.made == "max":
        best = max(parts)
        total = best + explanation.tiebreak * (sum(parts) - best)
        assert explanation.score == pytest.approx(total, rel=1e-9, abs=1e-12)
    elif explanation.made == "word":
        e = explanation
        assert e.tf == pytest.approx(sum(o.share for o in e.occurrences))
        assert e.score == pytest.approx(e.boost * e.idf * ((e.k1 + 1) * e.tf / (e.k1 + e.tf) + e.delta))
        for o in e.occurrences:
            assert o.share == pytest.approx(o.weight * o.frequency / o.norm)
    for part in explanation.parts:
        adds_up(part)


@both_limits
@pytest.mark.parametrize("seed", seeds(20))
def test_filters_keep_without_scoring(seed: int, tuning: Tuning) -> None:
    rng = random.Random(seed)
    docs = generate.corpus(rng, 200)
    oracle = Oracle(docs, BM25F())
    segments = cut(rng, docs, 2)
    places = live_numbers(segments)
    snapshot = Snapshot([MemorySegment(part) for part in segments], compiled=False, tuning=tuning)
    query, filter = generate.tree(rng, 1), generate.tree(rng, 1)
    keep = oracle.answers(filter)
    expected = {place: score for place, score in oracle.answers(query).items() if place in keep}
    top = search(snapshot, query, 10, filter=filter)
    found = [
        (places[int(segment), int(doc)], float(score))
        for segment, doc, score in zip(top.segments, top.docs, top.scores, strict=True)
    ]
    same(found, paged(expected, 10), expected)
    assert count(snapshot, query, filter=filter) == len(expected)


def test_ties_across_segments_are_broken_by_the_given_order() -> None:
    docs = [Doc({"text": ["a"]}) for _ in range(8)]
    ranks = [np.array([5, 6, 7, 8]), np.array([1, 2, 6.5, 9]) * 1]

    def order(segments: Any, docs: Any) -> Any:
        return np.array([ranks[segment][doc] * 2 for segment, doc in zip(segments, docs, strict=True)], np.int64)

    snapshot = Snapshot([MemorySegment(docs[:4]), MemorySegment(docs[4:])], order=order)
    top = search(snapshot, Value("a", "text"), 5)
    assert list(zip(top.segments.tolist(), top.docs.tolist(), strict=True)) == [(1, 0), (1, 1), (0, 0), (0, 1), (1, 2)]
