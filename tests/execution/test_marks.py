"""Bitmaps of what matches are what a brute-force evaluation finds, whichever way they are made."""

from __future__ import annotations

import random
from functools import cache

import numpy as np
import pytest
from exploring import seeds
from numpy.typing import NDArray

from searchlib.engines.whoosh.execution import Snapshot, Tuning, marked, match_at, scored_parts
from searchlib.model.ranking import BM25F
from searchlib.query.nodes import Node

from . import generate
from .memory import Doc, MemorySegment
from .oracle import Oracle

SEEDS = 12
QUERIES = 10


@cache
def case(seed: int) -> tuple[list[Doc], list[tuple[Node, Node | None, NDArray[np.int64]]]]:
    """Records; queries, filters, and what brute force finds, the same whichever way it is found."""
    rng = random.Random(f"marks {seed}")
    docs = generate.corpus(rng, rng.randint(1, 120))
    live = np.array([number for number, doc in enumerate(docs) if not doc.deleted], np.int64)
    oracle = Oracle(docs, BM25F())
    asked = []
    for _ in range(QUERIES):
        query, filter = generate.tree(rng, 3), generate.tree(rng, 2) if rng.random() < 0.3 else None
        kept = set(oracle.answers(query))
        if filter is not None:
            kept &= set(oracle.answers(filter))
        asked.append((query, filter, live[sorted(kept)]))
    return docs, asked


@pytest.mark.parametrize("few", [0, 24, 1 << 14])
def test_marks_are_the_live_records_that_match(few: int) -> None:
    """With few = 0 all nodes go by whole bitmaps, with very many by candidates."""
    tuning = Tuning(sparse=few, at_once=32)
    for seed in seeds(SEEDS):
        docs, asked = case(seed)
        snapshot = Snapshot([MemorySegment(docs)], tuning=tuning)
        for query, filter, expected in asked:
            (marks,) = marked(snapshot, query, filter)
            assert np.flatnonzero(marks).tolist() == expected.tolist(), (seed, query, filter)
            hits, scores = match_at(snapshot, query, 0, np.arange(len(docs), dtype=np.int32), filter=filter)
            assert np.flatnonzero(hits).tolist() == expected.tolist(), (seed, query, filter)
            parts = list(scored_parts(snapshot, query, 0, filter=filter))
            assert [doc for found, _ in parts for doc in found.tolist()] == expected.tolist()
            for found, values in parts:
                assert scores[found].tolist() == values.tolist()
