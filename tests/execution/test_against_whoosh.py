"""Where stock Whoosh is right, its matchers and the executor answer alike.

It is not in Whoosh 2.7.4: DisjunctionMax (takes scores of documents that a child does not match), Require (keeps
documents that the second child does not match), AndNot (a false first document), lengths over 10 (quantised).
A *pair* asks the same of both.
"""

from __future__ import annotations

import random
from typing import Any

import numpy as np
import pytest
from exploring import seeds
from whoosh import fields, query
from whoosh.analysis import SpaceSeparatedTokenizer
from whoosh.filedb.filestore import RamStorage

from searchlib.analysis import Form
from searchlib.engines.whoosh.execution import Snapshot, search
from searchlib.model.ranking import BM25F
from searchlib.query.nodes import (
    NOTHING,
    And,
    Constant,
    Everything,
    Fuzzy,
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

from .memory import Doc, MemorySegment
from .whoosh_scoring import Weighting

WORDS = ["alfa", "bravo", "charlie", "delta", "echo", "foxtrot", "golf"]
RANKING = BM25F(weights={})
SCHEMA = fields.Schema(text=fields.TEXT(analyzer=SpaceSeparatedTokenizer()), kind=fields.ID())
FIELDS = ("text",)
Pair = tuple[Node, Any]


def indexed(seed: int, size: int, cuts: int) -> tuple[Any, Snapshot]:
    """The same records in stock Whoosh and in memory."""
    rng = random.Random(seed)
    docs, values = [], []
    for _ in range(size):
        words = rng.choices(WORDS, range(1, 8), k=rng.randint(1, 10))  # lengths that one byte of Whoosh keeps
        value = {"text": " ".join(words), "kind": rng.choice(["item", "table"])}
        values.append(value)
        docs.append(Doc({"text": words}, {"kind": value["kind"]}))
    index = RamStorage().create_index(SCHEMA)
    segments = []
    step = -(-size // cuts)
    for start in range(0, size, step):
        writer = index.writer()
        for value in values[start : start + step]:
            writer.add_document(**value)
        writer.commit(merge=False)
        segments.append(MemorySegment(docs[start : start + step]))
    return index, Snapshot(segments)


def word(text: str, boost: float = 1.0) -> Pair:
    node = Word(text, (Form(text, text),), (("text", 1.0),), boost)
    return node, query.Term("text", text, boost=boost)


def phrase(words: list[str], slop: int) -> Pair:
    node = Phrase(tuple(Word(text, (Form(text, text),), (("text", 1.0),)) for text in words), slop)
    return node, query.Phrase("text", words, slop=slop)


def pairs(rng: random.Random, depth: int) -> Pair:
    text = rng.choice([*WORDS, "zulu"])
    if depth == 0:
        return rng.choice(
            [
                word(text, rng.choice([1.0, 1.0, 2.0])),
                (Value(text, "text"), query.Term("text", text)),
                phrase(rng.sample(WORDS, 2), rng.randint(1, 3)),
                phrase(rng.sample(WORDS, 3), 1),
                (Everything(), query.Every()),
            ]
        )
    nodes, others = zip(*(pairs(rng, depth - 1) for _ in range(rng.randint(2, 3))), strict=True)
    return rng.choice(
        [
            (And(nodes), query.And(others)),
            (Or(nodes), query.Or(others)),
            (Optional(*nodes[:2]), query.AndMaybe(*others[:2])),
        ]
    )


def stock(index: Any, snapshot: Snapshot, node: Any) -> dict[int, float]:
    with index.searcher(weighting=Weighting(RANKING, snapshot)) as searcher:
        return {hit.docnum: hit.score for hit in searcher.search(node, limit=None)}


def ours(snapshot: Snapshot, node: Node, limit: int | None = None) -> dict[int, float]:
    starts = np.cumsum([0, *(view.doc_count for view in snapshot.views)])
    top = search(snapshot, node, limit, ranking=RANKING)
    return dict(zip((starts[top.segments] + top.docs).tolist(), top.scores.tolist(), strict=True))


@pytest.mark.parametrize("seed", seeds(12))
def test_trees_of_terms_and_phrases_score_alike(seed: int) -> None:
    rng = random.Random(seed)
    index, snapshot = indexed(seed, rng.randint(20, 120), rng.randint(1, 3))
    for _ in range(10):
        node, other = pairs(rng, rng.randint(0, 2))
        found = ours(snapshot, node)
        assert found == pytest.approx(stock(index, snapshot, other)), other
        assert ours(snapshot, node, 5) == dict(list(found.items())[:5])


@pytest.mark.parametrize(
    ("node", "other"),
    [
        (
            And((Value("golf", "text"), Not(Value("echo", "text")))),
            query.And([query.Term("text", "golf"), query.Not(query.Term("text", "echo"))]),
        ),
        (And((Everything(), Not(Value("golf", "text")))), query.Not(query.Term("text", "golf"))),
        (Prefix("e", FIELDS), query.Prefix("text", "e")),
        (Wildcard("?o*", FIELDS), query.Wildcard("text", "?o*")),
        (Range("b", "d", FIELDS, True), query.TermRange("text", "b", "d", True, False)),
        (Fuzzy("alga", FIELDS), query.FuzzyTerm("text", "alga", maxdist=1, prefixlength=0)),
        (Everything("text"), query.Every("text")),
        (Value("item", "kind"), query.Term("kind", "item")),
        (Constant(Value("alfa", "text"), 3.0), query.ConstantScoreQuery(query.Term("text", "alfa"), 3.0)),
        (
            Near(Value("golf", "text"), Value("echo", "text"), "text", 2),
            query.SpanNear(query.Term("text", "golf"), query.Term("text", "echo"), slop=2, ordered=False),
        ),
        (NOTHING, query.NullQuery),
    ],
    ids=lambda node: type(node).__name__,
)
def test_other_queries_match_the_same_records(node: Node, other: Any) -> None:
    index, snapshot = indexed(3, 100, 2)
    assert sorted(ours(snapshot, node)) == sorted(stock(index, snapshot, other))
