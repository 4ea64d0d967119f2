"""Nodes near each other: places within places are those of the definition, in bounded memory and time."""

from __future__ import annotations

import random
import time
from collections.abc import Callable

import numpy as np
import pytest
from exploring import seeds

from searchlib.engines.whoosh.execution import Snapshot, Tuning, count, explain, extents, matches, search
from searchlib.errors import QueryError
from searchlib.model.ranking import BM25F
from searchlib.query.nodes import (
    And,
    Best,
    Constant,
    Near,
    Node,
    Not,
    Optional,
    Or,
    Phrase,
    Prefix,
    Range,
    Value,
    Wildcard,
    Word,
)

from .generate import a_word, corpus, near
from .memory import Doc, MemorySegment
from .oracle import Oracle

A, B, C = (Value(letter, "text") for letter in "abc")


def snapshot_of(docs: list[Doc], cuts: int = 1, tuning: Tuning | None = None) -> tuple[Snapshot, list[int]]:
    step = -(-len(docs) // cuts)
    starts = list(range(0, len(docs), step))
    return Snapshot([MemorySegment(docs[start : start + step]) for start in starts], tuning=tuning or Tuning()), starts


def found(snapshot: Snapshot, starts: list[int], node: Node) -> list[int]:
    return [start + doc for start, docs in zip(starts, matches(snapshot, node), strict=True) for doc in docs.tolist()]


def expected(docs: list[Doc], node: Node) -> list[int]:
    """The live docs that match, by their place among all."""
    live = [number for number, doc in enumerate(docs) if not doc.deleted]
    return [live[place] for place in sorted(Oracle(docs, BM25F()).answers(node))]


def chain(first: Node, *others: Node, slop: int = 10, ordered: bool = False) -> Node:
    node = first
    for other in others:
        node = Near(node, other, "text", slop, ordered)
    return node


@pytest.mark.parametrize("seed", seeds(25))
def test_what_is_near_is_what_its_definition_says(seed: int) -> None:
    rng = random.Random(seed)
    docs = corpus(rng, rng.choice([10, 60, 200]))
    snapshot, starts = snapshot_of(docs, rng.randint(1, 3))
    for _ in range(8):
        node = near(rng, rng.randint(0, 3))
        wanted = expected(docs, node)
        assert found(snapshot, starts, node) == wanted, node
        assert count(snapshot, node) == len(wanted)


@pytest.mark.parametrize("seed", seeds(20))
def test_within_any_other_query_it_ranks_the_same_however_many_are_asked_for(seed: int) -> None:
    rng = random.Random(1000 + seed)
    snapshot, _ = snapshot_of(corpus(rng, 400), rng.randint(1, 3))
    for _ in range(5):
        inner, word = near(rng, 2), a_word(rng, (("text", 1.0), ("title", 2.0)))
        makers: list[Callable[[], Node]] = [
            lambda inner=inner: inner,
            lambda inner=inner, word=word: And((inner, word)),
            lambda inner=inner, word=word: Or((inner, word)),
            lambda inner=inner, word=word: And((word, Not(inner))),
            lambda inner=inner, word=word: Optional(word, inner),
            lambda inner=inner, word=word: Best((inner, word)),
            lambda inner=inner: Constant(inner, 2.0),
        ]
        node = rng.choice(makers)()
        every = search(snapshot, node, None)
        best = search(snapshot, node, 7)
        assert best.scores.tolist() == every.scores[:7].tolist()
        assert best.docs.tolist() == every.docs[:7].tolist()
        for segment, doc, score in zip(best.segments.tolist(), best.docs.tolist(), best.scores.tolist(), strict=True):
            explanation = explain(snapshot, node, segment, doc)
            assert explanation is not None
            assert explanation.score == pytest.approx(score, abs=1e-12)


def test_places_of_a_word_repeated_ten_thousand_times_take_little_memory() -> None:
    docs = [Doc({"text": ["a", "b"] * 12}) for _ in range(15)] + [Doc({"text": ["a", "c"]})]
    snapshot, starts = snapshot_of(docs, tuning=Tuning(extents=1_500))
    node: Node = Near(Near(A, B, "text", 30), B, "text", 3)
    assert found(snapshot, starts, node) == list(range(15)) == expected(docs, node)
    node = Near(Phrase((a_form("a"), a_form("b")), 20), C, "text", 3)
    assert found(snapshot, starts, node) == expected(docs, node) == []


def a_form(letter: str, fields: tuple[tuple[str, float], ...] = (("text", 1.0),)) -> Word:
    from searchlib.analysis import forms

    (found,) = forms(letter)
    return Word(letter, tuple(found), fields)


def test_distances_do_not_reach_into_the_next_record() -> None:
    snapshot, starts = snapshot_of([Doc({"text": ["a"]}), Doc({"text": ["b"]})])
    assert found(snapshot, starts, Near(A, B, "text", 10**9)) == []
    assert found(snapshot, starts, Phrase((a_form("a"), a_form("b")), 10**9)) == []


def test_what_is_near_is_in_the_field_that_is_named() -> None:
    docs = [Doc({"text": ["a"], "title": ["b"]}), Doc({"title": ["b", "a"]}), Doc({"text": ["a", "b"]})]
    snapshot, starts = snapshot_of(docs)
    both = []
    for field in ("text", "title"):
        fields = ((field, 2.0),)
        both.append(Near(a_form("a", fields), a_form("b", fields), field, 2))
    assert [found(snapshot, starts, node) for node in both] == [[2], [1]]
    assert found(snapshot, starts, Or(tuple(both))) == expected(docs, Or(tuple(both))) == [1, 2]
    assert np.all(search(snapshot, Or(tuple(both))).scores > 0)


def test_thirty_operators_within_each_other_do_not_take_exponentially_long() -> None:
    docs = [Doc({"text": ["a", *["b"] * 30, "c"]}), Doc({"text": ["a", *["b"] * 29, "c"]})]
    snapshot, starts = snapshot_of(docs)
    begun = time.process_time()
    assert found(snapshot, starts, chain(A, *[B] * 30, slop=1)) == [0]
    assert time.process_time() - begun < 0.5


@pytest.mark.parametrize("kept", [0, 40, 400])
def test_a_pattern_of_too_many_occurrences_to_keep_stands_where_its_terms_do(
    monkeypatch: pytest.MonkeyPatch, kept: int
) -> None:
    rng = random.Random(kept)
    docs = corpus(rng, 300)
    snapshot, starts = snapshot_of(docs, 2, Tuning(occurrences=kept))
    read: list[extents._Occurrences] = []
    monkeypatch.setattr(extents.PlacedPattern, "_read", recorded(extents.PlacedPattern._read, read))
    for pattern in (Prefix("r", ("text",)), Wildcard("*e*", ("text",)), Range("a", "s", ("text",))):
        node = Near(pattern, a_word(rng, (("text", 1.0),)), "text", 2)
        assert found(snapshot, starts, node) == expected(docs, node)
        assert found(snapshot, starts, node) == expected(docs, node)
    assert read
    assert all(len(one.docs) <= kept for one in read)


def recorded(make: Callable[..., object], made: list) -> Callable[..., object]:
    def call(*arguments: object) -> object:
        made.append(make(*arguments))
        return made[-1]

    return call


def test_a_chain_of_operators_makes_the_places_of_each_once(monkeypatch: pytest.MonkeyPatch) -> None:
    snapshot, starts = snapshot_of([Doc({"text": ["a"] * 60})])
    made: list[object] = []
    monkeypatch.setattr(extents.PlacedNear, "of", recorded(extents.PlacedNear.of, made))
    assert found(snapshot, starts, chain(A, *[A] * 20, slop=2)) == [0]
    assert len(made) == 19  # the last is found without


@pytest.mark.parametrize("ordered", [False, True])
def test_a_word_repeated_a_thousand_times_in_one_record_has_a_million_places_at_most(ordered: bool) -> None:
    docs = [Doc({"text": ["a"] * 1000 + ["b"]}), Doc({"text": ["a"] * 1000 + ["c"]})]
    snapshot, starts = snapshot_of(docs)
    assert found(snapshot, starts, chain(A, A, A, B, slop=2000, ordered=ordered)) == [0]
    node = Near(Phrase((a_form("a"),) * 3, 1000), B, "text", 3, ordered)
    assert found(snapshot, starts, node) == [0]


def test_a_record_of_more_places_than_can_be_made_is_a_mistake_of_the_query() -> None:
    docs = [Doc({"text": ["a"] * 60 + ["b"]}), Doc({"text": ["a", "b"]})]
    snapshot, starts = snapshot_of(docs, tuning=Tuning(extents=1_000))
    with pytest.raises(QueryError, match="too often in one paragraph; use a smaller NEAR/n"):
        found(snapshot, starts, Near(Near(A, A, "text", 100), B, "text", 3))
    assert found(snapshot, starts, Near(Near(A, A, "text", 5), B, "text", 3)) == [0]
