"""Nodes are values: equal where they ask the same, and walked and boosted alike whatever they are made of."""

from __future__ import annotations

import copy
import pickle
import random
from dataclasses import FrozenInstanceError, replace
from typing import get_args

import pytest
from execution import generate
from execution.oracle import Oracle

from searchlib.analysis import Form
from searchlib.model.ranking import BM25F
from searchlib.query.nodes import (
    NOTHING,
    And,
    Best,
    Constant,
    Everything,
    Fuzzy,
    Leaf,
    Near,
    Node,
    Not,
    Optional,
    Or,
    Phrase,
    Prefix,
    Range,
    Require,
    Value,
    Wildcard,
    Word,
    boosted,
    children,
    leaves,
    phrase,
    words,
)

FIELDS = (("text", 1.0), ("title", 2.0))


def word(text: str, boost: float = 1.0) -> Word:
    return Word(text, (Form(text.lower(), text.lower()),), FIELDS, boost)


A, B, C = word("a"), word("b"), word("c")
ONE_OF_EACH: list[Node] = [
    *(A, Phrase((A, B)), Value("k", "kind"), Prefix("a", ("text",)), Wildcard("a*b", ("text",)), Fuzzy("a", ("text",))),
    *(Range(1, 2, ("number",)), Everything(), And((A, Not(B))), Or((A, B)), Best((A, B), 0.5), Optional(A, B)),
    *(Require(A, B), Constant(A, 2.0), Near(A, B, "text"), Not(A)),
]


def test_there_is_one_of_each_class() -> None:
    assert {type(node) for node in ONE_OF_EACH} == set(get_args(Node))


@pytest.mark.parametrize("node", ONE_OF_EACH, ids=lambda node: type(node).__name__)
def test_a_node_is_a_value_that_cannot_be_changed(node: Node) -> None:
    for copied in (copy.copy(node), copy.deepcopy(node), pickle.loads(pickle.dumps(node)), replace(node, at=(1, 2))):
        assert copied == node
        assert hash(copied) == hash(node)
    assert sum(other == node for other in ONE_OF_EACH) == 1
    with pytest.raises(FrozenInstanceError):
        node.at = (0, 1)  # type: ignore[misc]


def test_nodes_are_equal_where_they_ask_the_same_however_it_was_typed() -> None:
    assert word("War") == word("war")
    assert word("war") != word("war", 2.0)
    assert replace(A, synonym_of="b") == A
    assert Phrase((A, B)) != Phrase((A, B), 2)
    assert Prefix("a", ("text",), typed="A*") == Prefix("a", ("text",))


def test_leaves_come_from_the_left_with_those_that_are_excluded() -> None:
    tree = And((Or((A, Phrase((B, C)))), Not(Near(B, Prefix("x", ("text",)), "text"))))
    assert list(leaves(tree)) == [A, Phrase((B, C)), B, Prefix("x", ("text",))]
    assert list(words(tree)) == [A, B, C, B]
    assert [len(children(node)) for node in (A, Phrase((A, B)), NOTHING, Not(A), Require(A, B), tree)] == [
        *(0, 0, 0, 1, 2, 2)
    ]  # fmt: skip


def test_leaves_of_a_deep_tree_need_no_deep_stack() -> None:
    tree: Node = A
    for _ in range(50_000):
        tree = Constant(tree)
    assert list(leaves(tree)) == [A]


@pytest.mark.parametrize("seed", range(10))
def test_a_boost_multiplies_every_score_and_changes_no_match(seed: int) -> None:
    rng = random.Random(seed)
    oracle = Oracle(generate.corpus(rng, 40), BM25F())
    for _ in range(20):
        node = generate.tree(rng, rng.randint(0, 3))
        plain = oracle.answers(node)
        assert oracle.answers(boosted(node, 2.0)) == pytest.approx({doc: 2 * score for doc, score in plain.items()})
        assert boosted(node, 1.0) is node


def test_a_row_of_words_is_a_phrase_its_only_word_or_none() -> None:
    assert phrase([A, B], 2, (0, 3)) == Phrase((A, B), 2)
    assert phrase([A]) is A
    assert phrase([]) is None
    assert all(isinstance(leaf, Leaf) for leaf in leaves(And((A, Phrase((A, B))))))
