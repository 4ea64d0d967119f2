"""Everything on the page works alone and within everything else: generated queries mean what the page says.

Each is asked of an index, so that parser, executor and highlighter have to agree with the page.
"""

from __future__ import annotations

import copy
import json
import pickle
import random
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from exploring import seeds

import searchlib
from searchlib.analysis import tokens
from searchlib.engine.requests import Request
from searchlib.highlight import Highlighter
from searchlib.query import parse
from searchlib.query.nodes import Everything

from .generated import WORDS, Leaf, Near, Row, a_query, a_row, flat

ROWS = [a_row(random.Random(number), number) for number in range(60)]
FIELDS = {"text": 1.0, "title": 2.0}
QUERIES = 60  # in each of the tests


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[searchlib.Index]:
    folder = tmp_path_factory.mktemp("nested")
    rows = [
        {"id": f"r{row.number}", "title": " ".join(row.title), "text": " ".join(row.text)}
        | {"author": row.author, "year": row.year, "date": row.date}
        for row in ROWS
    ]
    (folder / "rows.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    with searchlib.build(folder / "rows.jsonl", folder / "index", language="en", processes=1) as built:
        yield built


@pytest.fixture(scope="module")
def ask(index: searchlib.Index) -> Callable[[str], tuple[Any, dict[int, Any]]]:
    reader = index._reader
    records = {found.handle: found.record for found in reader.stream(Everything())}

    def answer(text: str) -> tuple[Any, dict[int, Any]]:
        parsed = parse(text, reader.fields, reader.lexicon, FIELDS)
        whole = reader.search(Request(parsed.query, limit=None))
        hits = {found.handle for found in whole.hits}
        assert reader.search(Request(parsed.query, limit=0, total=True)).total == whole.total == len(hits)
        answers = {}
        for handle, record in records.items():
            matched, _ = Highlighter(parsed.query).match(record)
            assert matched.matched == (handle in hits), (text, record.document.path, "highlighter")
            if matched.matched:
                number = int(record.document.path.rpartition("#r")[2])
                answers[number] = {(field, token) for field in FIELDS for token in matched.tokens.get(field, ())}
        return parsed, answers

    return answer


def test_the_words_of_these_queries_are_their_own_stems() -> None:
    for word in WORDS:
        assert [token.key for token in tokens(word)] == [word]


def expected(node: Any, rows: list[Row] = ROWS) -> dict[int, Any]:
    found = {row.number: node.found(row) for row in rows}
    return {number: set(words) for number, words in found.items() if words is not None}


@pytest.mark.parametrize("seed", seeds(6))
def test_a_generated_query_finds_and_highlights_what_the_page_says(seed: int, ask: Any) -> None:
    rng = random.Random(seed)
    for _ in range(QUERIES):
        node = a_query(rng, rng.randint(0, 3))
        _, answers = ask(node.text())
        assert answers == expected(node), node.text()


def test_operators_bind_in_the_order_of_the_page(ask: Any) -> None:
    rng = random.Random(99)
    for _ in range(2 * QUERIES):
        text, node = flat(rng)
        _, answers = ask(text)
        assert answers == expected(node), text


def test_a_query_tree_copies_prints_and_compares_without_loss() -> None:
    rng = random.Random(7)
    printed: dict[str, Any] = {}
    fields = ["author", "year", "date"]
    for _ in range(4 * QUERIES):
        text = a_query(rng, rng.randint(0, 3)).text()
        made = parse(text, fields, default_fields=FIELDS).query
        assert made == parse(text, fields, default_fields=FIELDS).query
        for copied in (copy.copy(made), copy.deepcopy(made), pickle.loads(pickle.dumps(made))):
            assert copied == made
            assert str(copied) == str(made)
        assert printed.setdefault(str(made), made) == made, text


FOUND_BY_GENERATION = {
    "year:<=1994^2": lambda row: row.year <= 1994,
    "year:>=1995^2 AND alfa": lambda row: row.year >= 1995 and "alfa" in row.text + row.title,
    "year:[2000 TO 1990] AND gold": lambda row: False,
    "paragraph:three AND gold": lambda row: False,
    "gold -year:[2000 TO 1990]": lambda row: "gold" in row.text + row.title,
    "NOT golf AND NOT golf kilo": lambda row: "golf" not in row.text + row.title or "kilo" in row.text + row.title,
    "year:-5": lambda row: row.year == -5,
    "year:5": lambda row: row.year == -5,  # the words of a number have no sign
}


@pytest.mark.parametrize(("text", "holds"), FOUND_BY_GENERATION.items())
def test_what_generated_queries_have_shown(text: str, holds: Callable[[Row], bool], ask: Any) -> None:
    _, answers = ask(text)
    assert set(answers) == {row.number for row in ROWS if holds(row)}


def test_three_words_can_be_near_each_other(ask: Any) -> None:
    _, answers = ask("golf NEAR/2 gold NEAR/1 kilo")
    node = Near(Near(Leaf("golf"), Leaf("gold"), 2), Leaf("kilo"), 1)
    assert answers == expected(node)
    assert answers
