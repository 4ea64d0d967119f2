"""Where stock Whoosh is right, its matchers and the executor answer alike.

It is not in Whoosh 2.7.4: DisjunctionMax (takes scores of documents that a child does not match), Require (keeps
documents that the second child does not match), AndNot (a false first document), lengths over 10 (quantised).
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

from searchlib.engines.whoosh.execution import Snapshot, count, explain, search
from searchlib.engines.whoosh.execution.whoosh_scoring import Matchers, Weighting
from searchlib.errors import QueryError
from searchlib.ranking import BM25F

from .memory import Doc, MemorySegment

WORDS = ["alfa", "bravo", "charlie", "delta", "echo", "foxtrot", "golf"]
RANKING = BM25F(weights={})
SCHEMA = fields.Schema(
    text=fields.TEXT(analyzer=SpaceSeparatedTokenizer()), kind=fields.ID(), number=fields.NUMERIC(int, bits=32)
)


def indexed(seed: int, size: int, cuts: int) -> tuple[Any, Snapshot, list[Doc]]:
    """The same records in stock Whoosh and in memory."""
    rng = random.Random(seed)
    docs, values = [], []
    for _ in range(size):
        words = rng.choices(WORDS, range(1, 8), k=rng.randint(1, 10))  # lengths that one byte of Whoosh keeps
        value = {"text": " ".join(words), "kind": rng.choice(["item", "table"]), "number": rng.randint(-5, 300)}
        values.append(value)
        # Whoosh keeps a number under several keys, one for each precision.
        docs.append(Doc({"text": words}, {"kind": value["kind"]}))
    index = RamStorage().create_index(SCHEMA)
    segments = []
    step = -(-size // cuts)
    for start in range(0, size, step):
        writer = index.writer()
        for value in values[start : start + step]:
            writer.add_document(**value)
        writer.commit(merge=False)
        part = MemorySegment(docs[start : start + step])
        numbers: dict[bytes, list[int]] = {}
        for doc, value in enumerate(values[start : start + step]):
            for key, *_ in SCHEMA["number"].index(value["number"]):
                numbers.setdefault(key, []).append(doc)
        part.add_terms("number", numbers)
        segments.append(part)
    snapshot = Snapshot(
        segments, schema=SCHEMA, foreign=Matchers(lambda _: index.searcher(weighting=Weighting(RANKING)))
    )
    return index, snapshot, docs


def trees(rng: random.Random, depth: int) -> Any:
    word = rng.choice([*WORDS, "zulu"])
    if depth == 0:
        return rng.choice(
            [
                query.Term("text", word, boost=rng.choice([1.0, 1.0, 2.0])),
                query.Term("text", word),
                query.Phrase("text", rng.sample(WORDS, 2), slop=rng.randint(1, 3)),
                query.Phrase("text", rng.sample(WORDS, 3), slop=1),
                query.Every(),
            ]
        )
    children = [trees(rng, depth - 1) for _ in range(rng.randint(2, 3))]
    return rng.choice(
        [
            query.And(children),
            query.Or(children),
            query.Or(children, boost=1.5),
            query.AndMaybe(*children[:2]),
        ]
    )


def stock(index: Any, snapshot: Snapshot, node: Any) -> dict[int, float]:
    with index.searcher(weighting=Weighting(RANKING, snapshot)) as searcher:
        return {hit.docnum: hit.score for hit in searcher.search(node, limit=None)}


def ours(snapshot: Snapshot, node: Any, limit: int | None = None) -> dict[int, float]:
    starts = np.cumsum([0, *(view.doc_count for view in snapshot.views)])
    top = search(snapshot, node, limit, ranking=RANKING)
    return dict(zip((starts[top.segments] + top.docs).tolist(), top.scores.tolist(), strict=True))


@pytest.mark.parametrize("seed", seeds(12))
def test_trees_of_terms_and_phrases_score_alike(seed: int) -> None:
    rng = random.Random(seed)
    index, snapshot, _ = indexed(seed, rng.randint(20, 120), rng.randint(1, 3))
    for _ in range(10):
        node = trees(rng, rng.randint(0, 2))
        expected = stock(index, snapshot, node)
        found = ours(snapshot, node)
        assert found == pytest.approx(expected), node
        best = ours(snapshot, node, 5)
        assert best == dict(list(found.items())[:5])


@pytest.mark.parametrize(
    "node",
    [
        query.And([query.Term("text", "golf"), query.Not(query.Term("text", "echo"))]),
        query.Not(query.Term("text", "golf")),
        query.Prefix("text", "e"),
        query.Wildcard("text", "?o*"),
        query.Regex("text", "[a-d].*"),
        query.TermRange("text", "b", "d", True, False),
        query.Term("number", 7),
        query.NumericRange("number", 5, 250),
        query.NumericRange("number", 5, 250, True, True),
        query.NumericRange("number", None, 40),
        query.NumericRange("number", 200, None),
        query.FuzzyTerm("text", "alga", maxdist=1, prefixlength=0),
        query.Variations("text", "alfa"),
        query.Every("text"),
        query.ConstantScoreQuery(query.Term("text", "alfa"), 3.0),
        query.Otherwise(query.Term("text", "zulu"), query.Term("text", "alfa")),
        query.NullQuery,
    ],
    ids=lambda node: type(node).__name__,
)
def test_other_queries_match_the_same_records(node: Any) -> None:
    index, snapshot, _ = indexed(3, 100, 2)
    assert sorted(ours(snapshot, node)) == sorted(stock(index, snapshot, node))


@pytest.mark.parametrize(
    "node",
    [
        query.SpanFirst(query.Term("text", "golf"), limit=2),
        query.SpanNear(query.Term("text", "golf"), query.Term("text", "echo"), slop=2, ordered=False),
        query.SpanNot(query.Term("text", "golf"), query.Term("text", "echo")),
        query.Ordered([query.Term("text", "golf"), query.Term("text", "echo")]),
    ],
    ids=lambda node: type(node).__name__,
)
def test_span_queries_score_as_what_they_wrap_alone_and_nested(node: Any) -> None:
    index, snapshot, _ = indexed(4, 80, 2)
    expected = stock(index, snapshot, node)
    assert expected
    assert ours(snapshot, node) == pytest.approx(expected)
    nested = query.And([node, query.Term("text", "foxtrot")])
    word = stock(index, snapshot, query.Term("text", "foxtrot"))  # stock Whoosh cannot nest these
    both = {doc: score + word[doc] for doc, score in expected.items() if doc in word}
    assert ours(snapshot, nested) == pytest.approx(both)
    numbered = search(snapshot, node, 1, ranking=RANKING)
    explanation = explain(snapshot, node, int(numbered.segments[0]), int(numbered.docs[0]), ranking=RANKING)
    assert explanation is not None
    assert explanation.score == numbered.scores[0]
    assert explanation.made != "foreign"


class Mine(query.Query):
    """A user's own query: the first document of every segment."""

    def matcher(self, searcher: Any, context: Any = None) -> Any:
        from whoosh.matching import ListMatcher

        return ListMatcher([0], [2.5])

    def __str__(self) -> str:
        return "mine"


def test_a_users_own_query_class_takes_part() -> None:
    _, snapshot, docs = indexed(5, 50, 2)
    assert list(ours(snapshot, Mine()).values()) == [2.5, 2.5]
    both = query.Or([Mine(), query.Term("text", "golf", boost=0.0)], boost=2.0)
    assert list(ours(snapshot, both, 2).values()) == [5.0, 5.0]
    assert count(snapshot, query.Not(Mine())) == len(docs) - 2


def test_without_matchers_an_unknown_query_says_so() -> None:
    with pytest.raises(QueryError, match="Mine is not a kind of query"):
        search(Snapshot([MemorySegment([Doc({"text": ["a"]})])]), Mine())
