"""What is left out unseen is nothing that is wanted: corpora by hand, in which a bound that is a little off loses hits.

Each was verified by putting the fault that its name tells into the executor.
"""

from __future__ import annotations

import numpy as np
import pytest

from searchlib.analysis import Form
from searchlib.engines.whoosh.execution import Snapshot, Tuning, search
from searchlib.query.nodes import And, Best, Node, Optional, Or, Phrase, Value, Word, boosted

from .memory import Doc, MemorySegment

SMALL = Tuning(at_once=64, summed=4, few=4, pruned=2, run=4, best=3, confirmed=3, sparse=16)
LIMITS = (1, 2, 3, 5, 10, 20, 50)


def word(text: str, boost: float = 1.0) -> Node:
    return boosted(Value(text, "text"), boost)


def ranked(docs: list[Doc], node: Node, limit: int | None) -> list[tuple[int, float]]:
    top = search(Snapshot([MemorySegment(docs)], tuning=SMALL), node, limit)
    return list(zip(top.docs.tolist(), top.scores.tolist(), strict=True))


def one_by_one(docs: list[Doc], nodes: list[Node]) -> np.ndarray:
    """The scores of all docs by each of some words; 0 where it does not stand."""
    scores = np.zeros((len(nodes), len(docs)))
    for row, node in zip(scores, nodes, strict=True):
        for doc, score in ranked(docs, node, None):
            row[doc] = score
    return scores


def by_hand(scores: np.ndarray, there: np.ndarray) -> list[tuple[int, float]]:
    """The docs that are there, best first; of equal scores the first docs."""
    return sorted(
        ((int(doc), float(scores[doc])) for doc in np.flatnonzero(there)), key=lambda pair: (-pair[1], pair[0])
    )


def mixed(size: int) -> list[Doc]:
    """Records in which ash, birch and cedar stand together and alone, often and rarely, in texts long and short."""
    docs = []
    for number in range(size):
        words = ["cedar"] * (number % 3) + ["filler"] * (number * 7 % 11)
        words += ["ash"] * (number % 5 == 0) * (1 + number % 4) + ["birch"] * (number % 7 == 0) * (1 + number % 6)
        docs.append(Doc({"text": words}))
    return docs


@pytest.mark.parametrize("cedar", [0.2, 1.0, 9.0])
def test_of_a_disjunction_within_a_conjunction_the_first_so_many_are_the_best(cedar: float) -> None:
    """Stock Whoosh loses hits of ``(a OR b) AND c`` when it is asked for fewer than all."""
    docs = mixed(400)
    ash, birch, third = one_by_one(docs, [word("ash"), word("birch"), word("cedar", cedar)])
    expected = by_hand(ash + birch + third, ((ash > 0) | (birch > 0)) & (third > 0))
    node = And((Or((word("ash"), word("birch"))), word("cedar", cedar)))
    assert ranked(docs, node, None) == expected
    for limit in LIMITS:
        assert ranked(docs, node, limit) == expected[:limit]


@pytest.mark.parametrize("seed", range(6))
def test_of_a_disjunction_of_many_words_the_first_so_many_are_the_best(seed: int) -> None:
    """Words from rare to common; few differ in what they say of a doc, so that many docs are level with the last."""
    rng = np.random.default_rng(seed)
    names = [f"w{number}" for number in range(12)]
    chances = rng.permutation(np.geomspace(0.01, 0.7, len(names)))
    docs = [
        Doc({"text": [name for name, chance in zip(names, chances, strict=True) if rng.random() < chance] + ["x"] * 3})
        for _ in range(500)
    ]
    nodes = [word(name, float(rng.choice([0.5, 1.0, 3.0]))) for name in names]
    scores = np.zeros(len(docs))
    for each in one_by_one(docs, nodes):  # in the order of the query
        scores += each
    expected = by_hand(scores, scores > 0)
    for limit in (*LIMITS, len(docs)):
        assert ranked(docs, Or(tuple(nodes)), limit) == expected[:limit]


@pytest.mark.parametrize("parts", [2, 3, 5])
@pytest.mark.parametrize("kind", [And, Or, Best])
def test_a_doc_that_is_a_little_better_than_the_threshold_is_found(kind: type, parts: int) -> None:
    """Gains fall slowly along the docs, and the best stands last: thresholds that are too high by little lose it."""
    names = [f"w{part}" for part in range(parts)]
    docs = [Doc({"text": [*names, *["x"] * (300 - number)]}) for number in range(120)]
    docs += [Doc({"text": [names[number % parts], *["x"] * 30]}) for number in range(200)]
    nodes = [word(name, 1 + 0.1 * number) for number, name in enumerate(names)]
    scores = one_by_one(docs, nodes)
    total = scores.max(axis=0) if kind is Best else scores.sum(axis=0)
    there = (scores > 0).all(axis=0) if kind is And else (scores > 0).any(axis=0)
    expected = by_hand(total, there)
    for limit in LIMITS:
        found = ranked(docs, kind(tuple(nodes)), limit)
        assert [score for _, score in found] == pytest.approx([score for _, score in expected[:limit]], rel=1e-12)
        assert [doc for doc, _ in found] == [doc for doc, _ in expected[:limit]]


LENGTH = 100
"""Of all records below: so a word's score depends on how often it stands there alone."""


def record(**times: int) -> Doc:
    words = [word for word, count in times.items() for _ in range(count)]
    return Doc({"text": [*words, *["filler"] * (LENGTH - len(words))]})


def one_among(ordinary: Doc, target: Doc, common: dict[str, int]) -> tuple[list[Doc], int]:
    """Forty ordinary records around the target, after ten of each word alone; so many have each word."""
    docs = [record(**{word: 1}) for word in common for _ in range(10)]
    docs += [*[ordinary] * 20, target, *[ordinary] * 20]
    for word, count in common.items():
        there = sum(word in doc.prose["text"] for doc in docs)
        docs += [record(**{word: 1}) for _ in range(count - there)]
    return docs, 10 * len(common) + 20


A, B, C = (word(letter) for letter in "abc")
APART = Doc({"text": [*["a"] * 10, "filler", *["b"] * 10, *["c"] * 10, *["filler"] * (LENGTH - 31)]})


def phrase(boost: float) -> Node:
    words = [Word(letter, (Form(letter, letter, None),), (("text", 1.0),)) for letter in "ab"]
    return Phrase(tuple(words), boost=boost)


@pytest.mark.parametrize(
    ("node", "ordinary", "target"),
    [
        pytest.param(
            And((Or((A, B)), C)),
            record(c=10, a=10),
            record(c=1, a=10, b=10),
            id="a disjunction is worth both its parts",
        ),
        pytest.param(
            Or((word("a", 2.5), B, C)), record(a=50), record(a=1, b=50, c=50), id="after a lead all others may add"
        ),
        pytest.param(
            Or((A, word("b", 0.5), word("c", 0.5))),
            record(a=10),
            record(b=10, c=10),
            id="two that are less make more",
        ),
        pytest.param(
            And((A, B, word("c", 1.5))),
            record(c=10, a=1, b=1),
            record(c=1, a=10, b=10),
            id="the others of three add up",
        ),
        pytest.param(
            And((A, word("b", 3), C)), record(c=10, a=10, b=1), record(c=1, a=1, b=50), id="the last one may add most"
        ),
        pytest.param(And((A, word("c", 3))), record(c=10, a=1), record(c=5, a=10), id="a little better in both"),
        pytest.param(Or((A, word("c", 3))), record(c=10, a=1), record(c=5, a=10), id="a little better in any"),
        pytest.param(Optional(word("c", 3), A), record(c=10, a=1), record(c=5, a=10), id="what is optional may add"),
        pytest.param(
            Optional(Or((word("c", 3), word("b", 0.1))), A),
            record(c=10, a=1),
            record(c=5, a=10),
            id="what is optional may add to any",
        ),
        pytest.param(
            And((Best((word("a", 2), word("b", 2)), 0.5), C)),
            record(c=10, a=10),
            record(c=1, a=10, b=10),
            id="the best of two is worth a share of the other",
        ),
        pytest.param(
            Best((word("c", 3), A), 0.5), record(c=10), record(c=5, a=10), id="what is not best may add its share"
        ),
        pytest.param(
            Or((phrase(0.7), C)),
            APART,
            Doc({"text": ["a", "b"] * 10 + ["filler"] * (LENGTH - 20)}),
            id="a phrase that stands is a little better than a word where it does not",
        ),
    ],
)
def test_the_one_that_is_best_is_found_among_many_that_are_almost_as_good(
    node: Node, ordinary: Doc, target: Doc
) -> None:
    docs, place = one_among(ordinary, target, {"a": 100, "b": 100, "c": 80})
    everything = ranked(docs, node, None)
    assert [doc for doc, _ in everything[:2]] == [place, place - 20]
    assert everything[0][1] > everything[1][1]
    for limit in LIMITS:
        assert ranked(docs, node, limit) == everything[:limit]
