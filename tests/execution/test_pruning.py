"""What is left out unseen is nothing that is wanted: corpora by hand, in which a bound that is a little off loses hits.

Each was verified by putting the fault that its name tells into the executor.
"""

from __future__ import annotations

import numpy as np
import pytest

from searchlib.engines.whoosh.execution import Limits, Snapshot, search
from searchlib.query.nodes import And, Best, Node, Or, Value, boosted

from .memory import Doc, MemorySegment

SMALL = Limits(at_once=64, few=4, pruned=2, run=4, best=3, confirmed=3, sparse=16)
LIMITS = (1, 2, 3, 5, 10, 20, 50)


def word(text: str, boost: float = 1.0) -> Node:
    return boosted(Value(text, "text"), boost)


def ranked(docs: list[Doc], node: Node, limit: int | None) -> list[tuple[int, float]]:
    top = search(Snapshot([MemorySegment(docs)], limits=SMALL), node, limit)
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


def test_of_a_sum_the_parts_bound_together() -> None:
    """A bound that takes the greatest of the parts for their sum loses what is middling in all of them."""
    alone = [Doc({"text": [word] * 6 + ["x"] * 6}) for word in ("ash", "birch") for _ in range(20)]
    together = [Doc({"text": ["ash", "birch"] * 3 + ["x"] * 6})]
    docs = alone[:20] + together + alone[20:]
    node = Or((word("ash"), word("birch")))
    assert ranked(docs, node, 1)[0][0] == 20
    for limit in LIMITS:
        assert ranked(docs, node, limit) == ranked(docs, node, None)[:limit]


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


def test_what_the_other_parts_may_add_counts_before_a_doc_is_left_out() -> None:
    """A bound without the rest of the query leaves out docs that one part likes little and the others much."""
    docs = [Doc({"text": ["ash"] * 8 + ["x"] * 2}) for _ in range(40)]
    docs += [Doc({"text": ["ash"] + ["birch"] * 6 + ["x"] * (60 + number)}) for number in range(40)]
    docs += [Doc({"text": ["birch", "x"]}) for _ in range(5)]
    for node in (
        Or((word("ash"), word("birch", 0.9))),
        And((word("ash"), word("birch", 3.0))),
        And((Or((word("ash"), word("cedar"))), word("birch", 3.0))),
        And((Or((word("ash"), word("birch", 0.9))), word("x", 0.5))),
    ):
        everything = ranked(docs, node, None)
        for limit in LIMITS:
            assert ranked(docs, node, limit) == everything[:limit]
