"""Queries of places (NEAR and Whoosh's span queries) find what the highlighter finds, record by record."""

from __future__ import annotations

import random
import time
from typing import Any

import numpy as np
import pytest
from exploring import seeds
from whoosh import query as wq
from whoosh.query import spans as sq

from searchlib.analysis import Token
from searchlib.engines.whoosh.execution import Snapshot, count, explain, matches, places, search
from searchlib.errors import QueryError
from searchlib.highlight import match
from searchlib.query.nodes import Constant, Near, Word, WordPhrase

from .generate import FIELDS, FOLDED, a_phrase, a_word, corpus, leaf, pattern
from .memory import Doc, MemorySegment


def expected(docs: list[Doc], node: Any) -> list[int]:
    """The live docs that match, by their place among all."""
    found = []
    for number, doc in enumerate(docs):
        fields = {
            name: [Token(key, place, place + 1, place) for place, key in enumerate(doc.prose.get(name, ()))]
            for name in FIELDS
        }
        if not doc.deleted and match(node, fields, doc.language, {**doc.exact, **doc.numbers}).matched:
            found.append(number)
    return found


def snapshot_of(docs: list[Doc], cuts: int) -> tuple[Snapshot, list[int]]:
    step = -(-len(docs) // cuts)
    starts = list(range(0, len(docs), step))
    return Snapshot([MemorySegment(docs[start : start + step]) for start in starts]), starts


def found(snapshot: Snapshot, starts: list[int], node: Any) -> list[int]:
    return [start + doc for start, docs in zip(starts, matches(snapshot, node), strict=True) for doc in docs.tolist()]


def operand(rng: random.Random, depth: int) -> Any:
    """What has places, or may have."""
    if depth and rng.random() < 0.5:
        return span_query(rng, depth - 1)
    makers = [
        (6, lambda: a_word(rng)),
        (4, lambda: a_phrase(rng, 1.0)),
        (2, lambda: wq.Term(rng.choice(FIELDS), rng.choice(FOLDED))),
        (2, lambda: wq.Phrase("text", rng.choices(FOLDED, k=2), slop=rng.randint(1, 3))),
        (1, lambda: wq.Wildcard("text", pattern(rng, rng.choice(FOLDED)) + "?")),
        (1, lambda: Constant(wq.Prefix("text", rng.choice(FOLDED)[:1]))),
        (1, lambda: wq.FuzzyTerm("text", rng.choice(FOLDED), maxdist=1)),
        (1, lambda: wq.TermRange("text", "r", "s")),
        (1, lambda: wq.Regex("title", "[rs].*")),
        (1, lambda: wq.Variations("text", "render")),
        (0.5, lambda: leaf(rng)),
        (0.3, wq.Every),
        (0.3, lambda: wq.Term("kind", "item")),
        (2, lambda: wq.Or([operand(rng, 0) for _ in range(2)])),
        (1, lambda: wq.DisjunctionMax([operand(rng, 0) for _ in range(2)])),
        (1, lambda: wq.And([operand(rng, 0) for _ in range(2)])),
        (0.5, lambda: wq.Require(operand(rng, 0), operand(rng, 0))),
        (0.5, lambda: wq.AndMaybe(operand(rng, 0), operand(rng, 0))),
        (0.5, lambda: wq.And([operand(rng, 0), wq.Not(operand(rng, 0))])),
        (0.5, lambda: wq.AndNot(operand(rng, 0), operand(rng, 0))),
    ]
    return rng.choices([make for _, make in makers], [weight for weight, _ in makers])[0]()


def span_query(rng: random.Random, depth: int) -> Any:
    def one() -> Any:
        return operand(rng, depth)

    slop, ordered, nearest = rng.randint(1, 4), rng.random() < 0.4, rng.choice([1, 1, 1, 0, 2])
    makers = [
        lambda: Near([one(), one()], slop=slop, ordered=False, mindist=1),
        lambda: Near([one(), one(), one()], slop=slop, ordered=ordered, mindist=nearest),
        lambda: sq.SpanNear2([one(), one()], slop=slop, ordered=ordered, mindist=nearest),
        lambda: sq.SpanNear(one(), one(), slop=slop, ordered=ordered, mindist=nearest),
        lambda: wq.Sequence([one(), one(), one()], slop=slop, ordered=ordered),
        lambda: wq.Ordered([one(), one()]),
        lambda: sq.SpanFirst(one(), limit=rng.randint(0, 3)),
        lambda: sq.SpanOr([one(), one()]),
        lambda: sq.SpanNot(one(), one()),
        lambda: sq.SpanContains(one(), one()),
        lambda: sq.SpanBefore(one(), one()),
        lambda: sq.SpanCondition(one(), one()),
    ]
    return rng.choice(makers)()


@pytest.mark.parametrize("seed", seeds(60))
def test_a_query_of_places_matches_what_the_highlighter_finds_in(seed: int) -> None:
    rng = random.Random(seed)
    docs = corpus(rng, rng.choice([10, 60, 300]))
    snapshot, starts = snapshot_of(docs, rng.randint(1, 3))
    for _ in range(8):
        node = span_query(rng, rng.randint(0, 2))
        wanted = expected(docs, node)
        assert found(snapshot, starts, node) == wanted, node
        assert count(snapshot, node) == len(wanted)


@pytest.mark.parametrize("seed", seeds(20))
def test_within_any_other_query_it_ranks_the_same_however_many_are_asked_for(seed: int) -> None:
    rng = random.Random(1000 + seed)
    docs = corpus(rng, 400)
    snapshot, _ = snapshot_of(docs, rng.randint(1, 3))
    for _ in range(5):
        inner = span_query(rng, 1)
        node = rng.choice(
            [
                inner,
                wq.And([inner, a_word(rng)]),
                wq.Or([inner, a_word(rng)], boost=2.0),
                wq.And([a_word(rng), wq.Not(inner)]),
                wq.AndMaybe(a_word(rng), inner),
                wq.DisjunctionMax([inner, a_word(rng)]),
                Constant(inner, 2.0),
            ]
        )
        every = search(snapshot, node, None)
        best = search(snapshot, node, 7)
        assert best.scores.tolist() == every.scores[:7].tolist()
        for segment, doc, score in zip(best.segments.tolist(), best.docs.tolist(), best.scores.tolist(), strict=True):
            explanation = explain(snapshot, node, segment, doc)
            assert explanation is not None
            assert explanation.score == pytest.approx(score, abs=1e-12)


def test_places_of_a_word_repeated_ten_thousand_times_take_little_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    docs = [Doc({"text": ["a", "b"] * 12}) for _ in range(15)] + [Doc({"text": ["a", "c"]})]
    snapshot, starts = snapshot_of(docs, 1)
    a, b, c = (Word([("text", 1.0)], a_form(letter)) for letter in "abc")
    monkeypatch.setattr(places, "_MOST", 1_500)
    node = Near([Near([a, b], slop=30, ordered=False), b], slop=3, ordered=False)
    assert found(snapshot, starts, node) == list(range(15)) == expected(docs, node)
    node = Near([WordPhrase([a, b], slop=20), c], slop=3, ordered=False)
    assert found(snapshot, starts, node) == expected(docs, node) == []


def a_form(letter: str) -> Any:
    from searchlib.analysis import forms

    (found,) = forms(letter, ["en"])
    return found


def test_distances_do_not_reach_into_the_next_record() -> None:
    docs = [Doc({"text": ["a"]}), Doc({"text": ["b"]})]
    snapshot, starts = snapshot_of(docs, 1)
    near = Near([wq.Term("text", "a"), wq.Term("text", "b")], slop=10**9, ordered=False)
    assert found(snapshot, starts, near) == []
    assert found(snapshot, starts, sq.SpanBefore(wq.Term("text", "a"), wq.Term("text", "b"))) == []


def test_what_is_near_is_in_one_field() -> None:
    docs = [Doc({"text": ["a"], "title": ["b"]}), Doc({"title": ["b", "a"]}), Doc({"text": ["a", "b"]})]
    snapshot, starts = snapshot_of(docs, 1)
    fields = [("text", 1.0), ("title", 2.0)]
    near = Near([Word(fields, a_form("a")), Word(fields, a_form("b"))], slop=2, ordered=False)
    assert found(snapshot, starts, near) == expected(docs, near) == [1, 2]
    assert np.all(search(snapshot, near).scores > 0)


A, B, C = (wq.Term("text", letter) for letter in "abc")


def test_thirty_operators_within_each_other_do_not_take_exponentially_long() -> None:
    docs = [Doc({"text": ["a", *["b"] * 30, "c"]}), Doc({"text": ["a", *["b"] * 29, "c"]})]
    snapshot, starts = snapshot_of(docs, 1)
    chain: Any = A
    for _ in range(30):
        chain = Near([chain, B], slop=1, ordered=False)
    nested: Any = A
    for _ in range(10):
        nested = Near([wq.And([nested, C]), B], slop=1, ordered=False)
    for node, wanted in ((chain, [0]), (nested, [0, 1])):
        begun = time.process_time()
        assert found(snapshot, starts, node) == wanted
        assert time.process_time() - begun < 0.5


@pytest.mark.parametrize("kept", [0, 40, 400])
def test_a_pattern_of_too_many_occurrences_to_keep_stands_where_its_terms_do(
    monkeypatch: pytest.MonkeyPatch, kept: int
) -> None:
    monkeypatch.setattr(places, "_KEPT", kept)
    rng = random.Random(kept)
    docs = corpus(rng, 300)
    snapshot, starts = snapshot_of(docs, 2)
    read = []
    monkeypatch.setattr(places.PatternPlaces, "_read", recorded(places.PatternPlaces._read, read))
    for pattern_of in (wq.Prefix("text", "r"), wq.Wildcard("text", "*e*"), wq.TermRange("text", "a", "s")):
        node = Near([pattern_of, a_word(rng)], slop=2, ordered=False)
        assert found(snapshot, starts, node) == expected(docs, node)
        assert found(snapshot, starts, node) == expected(docs, node)
    assert read
    assert all(len(docs_kept) <= kept for docs_kept, _, _ in read)


def recorded(make: Any, made: list[Any]) -> Any:
    def call(*arguments: Any) -> Any:
        made.append(make(*arguments))
        return made[-1]

    return call


def test_a_chain_of_operators_makes_the_places_of_each_once(monkeypatch: pytest.MonkeyPatch) -> None:
    snapshot, starts = snapshot_of([Doc({"text": ["a"] * 60})], 1)
    made: list[Any] = []
    monkeypatch.setattr(places.NearPlaces, "of", recorded(places.NearPlaces.of, made))
    node: Any = A
    for _ in range(20):
        node = Near([node, A], slop=2, ordered=False)
    assert found(snapshot, starts, node) == [0]
    assert len(made) == 19  # the last is found without


@pytest.mark.parametrize("ordered", [False, True])
def test_a_word_repeated_a_thousand_times_in_one_record_has_a_million_places_at_most(ordered: bool) -> None:
    docs = [Doc({"text": ["a"] * 1000 + ["b"]}), Doc({"text": ["a"] * 1000 + ["c"]})]
    snapshot, starts = snapshot_of(docs, 1)
    node: Any = A
    for other in (A, A, B):
        node = Near([node, other], slop=2000, ordered=ordered)
    assert found(snapshot, starts, node) == [0]
    node = Near([wq.Phrase("text", ["a", "a", "a"], slop=1000), B], slop=3, ordered=ordered)
    assert found(snapshot, starts, node) == [0]


def test_a_record_of_more_places_than_can_be_made_is_a_mistake_of_the_query(monkeypatch: pytest.MonkeyPatch) -> None:
    snapshot, starts = snapshot_of([Doc({"text": ["a"] * 60 + ["b"]}), Doc({"text": ["a", "b"]})], 1)
    monkeypatch.setattr(places, "_MOST", 1_000)
    node = Near([Near([A, A], slop=100, ordered=False), B], slop=3, ordered=False)
    with pytest.raises(QueryError, match="too often in one paragraph; use a smaller NEAR/n"):
        found(snapshot, starts, node)
    node = Near([Near([A, A], slop=5, ordered=False), B], slop=3, ordered=False)
    assert found(snapshot, starts, node) == [0]
