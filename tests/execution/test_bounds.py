"""What a query may cost: memory, postings read, and threads that share a snapshot."""

from __future__ import annotations

import random
import threading
import tracemalloc
from typing import Any

import numpy as np
import pytest
from exploring import scaled

from searchlib.analysis import Form
from searchlib.engines.whoosh.execution import Snapshot, count, matches, search
from searchlib.errors import QueryTimeout
from searchlib.guards.deadline import Deadline
from searchlib.query.nodes import (
    And,
    Best,
    Everything,
    Fuzzy,
    Node,
    Not,
    Or,
    Phrase,
    Prefix,
    Range,
    Value,
    Wildcard,
    Word,
)

from . import generate
from .memory import Doc, Entry, MemorySegment
from .oracle import distance

SIZE = 400_000
FIELDS = ("text",)
THE = Value("the", "text")


class LargeSegment(MemorySegment):
    """Many records of few words, made as arrays; ``a0`` … ``a1999`` are rare, ``the`` is in every other record."""

    def __init__(self) -> None:
        super().__init__([])
        self.doc_count = self.live_count = SIZE
        rng = np.random.default_rng(1)
        self._lengths = {"text": rng.integers(5, 200, SIZE).astype(np.uint16)}
        words = {f"a{number}": 1 / 400 for number in range(2000)} | {"the": 0.5, "of": 0.4, "rare": 1 / 5000}
        terms = {}
        for word in sorted(words):
            docs = np.flatnonzero(rng.random(SIZE) < words[word]) if len(word) < 5 and word[0] != "a" else None
            docs = np.sort(rng.choice(SIZE, 1000, replace=False)) if docs is None else docs
            freqs = rng.geometric(0.7, len(docs)).astype(np.uint32)
            terms[word.encode()] = Entry("text", len(docs), int(freqs.sum()), docs.astype(np.uint32), freqs, [])
        self._terms = {"text": terms}


@pytest.fixture(scope="module")
def large() -> LargeSegment:
    return LargeSegment()


@pytest.mark.parametrize(
    "node",
    [
        Everything(),
        Everything("text"),
        Prefix("a", FIELDS),
        Wildcard("*1*", FIELDS),
        Or((THE, Everything())),
        And((THE, Everything())),
        And((Everything(), Not(THE))),
        Or((Prefix("a", FIELDS), THE, Value("of", "text"))),
        Best((THE, Prefix("a1", FIELDS))),
    ],
    ids=repr,
)
def test_no_query_takes_more_than_a_few_arrays_of_the_indexs_length(large: LargeSegment, node: Node) -> None:
    snapshot = Snapshot([large], cache_bytes=0)
    tracemalloc.start()
    try:
        assert len(search(snapshot, node, 10)) == 10
        assert count(snapshot, node) > 1000
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 6 * 8 * SIZE


def test_decoded_lists_are_kept_up_to_a_number_of_bytes(large: LargeSegment) -> None:
    snapshot = Snapshot([large], cache_bytes=1 << 20)
    for number in range(0, 2000, 5):
        search(snapshot, Value(f"a{number}", "text"), 1)
    kept = snapshot.decoded
    assert 0 < kept.size <= 1 << 20


def test_a_rare_word_with_a_common_one_does_not_read_the_common_one_whole(large: LargeSegment) -> None:
    snapshot = Snapshot([large])
    large.decoded = 0
    top = search(snapshot, And((Value("rare", "text"), THE)), 10)
    assert len(top) == 10
    assert large.decoded < 60_000


def test_threads_may_share_a_snapshot() -> None:
    rng = random.Random(8)
    docs = generate.corpus(rng, 300)
    queries = [generate.tree(rng, 2) for _ in range(30)]
    segments = [MemorySegment(docs[:120]), MemorySegment(docs[120:])]
    expected = [search(Snapshot(segments), node, 10) for node in queries]
    shared = Snapshot(segments, cache_bytes=20_000)
    failures: list[Any] = []

    def work(seed: int) -> None:
        order = list(range(len(queries)))
        random.Random(seed).shuffle(order)
        for number in order:
            top = search(shared, queries[number], 10)
            if top.docs.tolist() != expected[number].docs.tolist() or (top.scores != expected[number].scores).any():
                failures.append(queries[number])

    threads = [threading.Thread(target=work, args=(seed,)) for seed in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures


def test_edit_distances_computed_together_are_those_of_the_definition() -> None:
    rng = random.Random(4)
    words = sorted({"".join(rng.choices("abcé", k=rng.randint(1, 28))) for _ in range(150)} | set("abc"))
    snapshot = Snapshot([MemorySegment([Doc({"text": [word]}) for word in words])])
    for _ in range(scaled(30)):
        text = "".join(rng.choices("abcé", k=rng.choice([0, 1, 2, 3, 5, 23, 26, 70])))
        edits = rng.randint(1, 3)
        expected = [place for place, word in enumerate(words) if distance(word, text) <= edits]
        found = matches(snapshot, Fuzzy(text, FIELDS, edits))
        assert found[0].tolist() == expected


def test_deleted_records_count_nowhere() -> None:
    kept = [Doc({"text": ["a", "b"]}), Doc({"text": ["a"]}), Doc({"text": ["b", "b", "c"]})]
    gone = [Doc({"text": ["a"] * 50}, deleted=True), Doc({"text": ["c"]}, deleted=True)]
    mixed = Snapshot([MemorySegment([kept[0], gone[0], kept[1]]), MemorySegment([gone[1], kept[2]])])
    clean = Snapshot([MemorySegment(kept)])
    for word in "abc":
        node = Value(word, "text")
        assert search(mixed, node).scores.tobytes() == search(clean, node).scores.tobytes()
        assert mixed.df("text", word.encode()) == clean.df("text", word.encode())
    assert mixed.average_length("text") == clean.average_length("text")


# Found by generation, each kept by name.


def test_equal_negative_scores_keep_the_first_records() -> None:
    docs = [Doc({}, {}, {"number": 1}) for _ in range(50)]
    snapshot = Snapshot([MemorySegment(docs)])
    assert search(snapshot, Range(1, 1, ("number",), boost=-1.0), 3).docs.tolist() == [0, 1, 2]


def phrase(*texts: str, boost: float = 1.0) -> Phrase:
    words = [Word(text, (Form(text, text, None),), (("text", 1.0),)) for text in texts]
    return Phrase(tuple(words), boost=boost)


def test_a_phrase_that_would_begin_before_its_record_is_none() -> None:
    snapshot = Snapshot(
        [MemorySegment([Doc({"text": ["b", "x", "a"]}), Doc({"text": ["b", "a"]}), Doc({"text": ["a", "b"]})])]
    )
    assert [part.tolist() for part in matches(snapshot, phrase("a", "b"))] == [[2]]


def test_a_phrase_with_a_negative_boost_is_still_a_phrase() -> None:
    snapshot = Snapshot([MemorySegment([Doc({"text": ["a", "x", "b"]}), Doc({"text": ["a", "b"]})])])
    assert search(snapshot, phrase("a", "b", boost=-1.0)).docs.tolist() == [1]


def test_a_fuzzy_word_shorter_than_its_fixed_prefix_matches_nothing_longer() -> None:
    snapshot = Snapshot([MemorySegment([Doc({"text": ["a"]}), Doc({"text": ["ab"]})])])
    assert count(snapshot, Fuzzy("a", FIELDS, prefix=2)) == 1
    assert count(snapshot, Fuzzy("", FIELDS, prefix=1)) == 0


def test_the_first_page_of_a_prefix_reads_little_of_its_common_words(large: LargeSegment) -> None:
    snapshot = Snapshot([large])
    large.decoded = 0
    assert len(search(snapshot, Prefix("", FIELDS), 10)) == 10
    assert len(search(snapshot, Prefix("t", FIELDS), 10)) == 10
    assert len(search(snapshot, Or((Prefix("o", FIELDS), Prefix("t", FIELDS))), 10)) == 10
    assert large.decoded < SIZE


@pytest.mark.parametrize(
    "node",
    [Prefix("a", FIELDS), Or((THE, Prefix("a", FIELDS))), Wildcard("*1*", FIELDS), And((THE, Value("of", "text")))],
    ids=repr,
)
def test_a_search_looks_at_its_deadline_often(large: LargeSegment, node: Node) -> None:
    now = iter(range(1000))
    deadline = Deadline(4.5, lambda: float(next(now)))
    snapshot = Snapshot([large, large, large])
    with deadline.running(), pytest.raises(QueryTimeout):
        search(snapshot, node, 10)


def test_an_empty_index_answers_every_query_with_nothing() -> None:
    rng = random.Random(2)
    for snapshot in (Snapshot([]), Snapshot([MemorySegment([])]), Snapshot([MemorySegment([Doc(deleted=True)])])):
        for _ in range(40):
            node = generate.tree(rng, 2)
            assert len(search(snapshot, node, 10)) == 0
            assert len(search(snapshot, node, None)) == 0
            assert count(snapshot, node) == 0
