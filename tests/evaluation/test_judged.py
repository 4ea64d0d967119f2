"""Judged sets are read in each layout, and what is in none is told with its line."""

from __future__ import annotations

from pathlib import Path

import pytest

from searchlib.errors import SeedError
from searchlib.evaluation import load_judged

from .sets import GRADES, QUERIES, beir, table, trec


def test_the_layouts_say_the_same(tmp_path: Path) -> None:
    first = load_judged(beir(tmp_path / "beir"))
    assert (first.queries, first.grades, first.unit) == (QUERIES, GRADES, "document")
    assert first.corpus == tmp_path / "beir" / "corpus.jsonl"
    second = load_judged(trec(tmp_path / "trec"))
    assert (second.queries, second.grades, second.corpus) == (QUERIES, GRADES, None)
    third = load_judged(table(tmp_path / "judged.csv"))
    assert third.grades == {QUERIES[key]: grades for key, grades in GRADES.items()}


def test_queries_without_a_relevant_target_are_not_asked(tmp_path: Path) -> None:
    assert set(load_judged(beir(tmp_path / "beir")).asked) == {"1", "2", "3"}


def test_a_split_is_chosen_by_name(tmp_path: Path) -> None:
    assert load_judged(beir(tmp_path / "beir"), "train").grades == {"1": {"moon": 1}}


def test_topics_of_trec_may_be_elements(tmp_path: Path) -> None:
    folder = trec(tmp_path / "trec")
    (folder / "topics.tsv").unlink()
    topics = (f"<top>\n<num> Number: {key}\n<title> {text}\n\n<desc>…\n</top>\n" for key, text in QUERIES.items())
    (folder / "topics.1-4").write_text("".join(topics))
    assert load_judged(folder).queries == QUERIES


def test_paragraphs_are_judged_by_id_and_a_grade_may_be_left_out(tmp_path: Path) -> None:
    file = tmp_path / "judged.csv"
    file.write_text("query,paragraph\nmoon,4f8m0c2k9x1pt7aw\n")
    found = load_judged(file)
    assert (found.unit, found.grades) == ("paragraph", {"moon": {"4f8m0c2k9x1pt7aw": 1}})


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("a.csv", "query,grade\nx,1\n", "has no columns query and document"),
        ("a.csv", "query,document,grade\nx,d,good\n", "line 2: a query, a target and a grade"),
        ("a.csv", "query,document,grade\nx,d,0\n", "no query with a relevant target"),
        ("a.csv", b"query,document\n\xff,d\n", "is not UTF-8"),
        ("d/queries.jsonl", "{}\n", "queries.jsonl, line 1"),
        ("d/queries.jsonl", '{"_id": 1, "text": "x"}\n', "has no grades"),
        ("d/qrels", "1 0 d 1\n", "is in no layout"),
    ],
)
def test_what_is_in_no_layout_is_told(tmp_path: Path, name: str, content: str | bytes, told: str) -> None:
    file = tmp_path / name
    file.parent.mkdir(exist_ok=True)
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(SeedError, match=told):
        load_judged(file if file.parent == tmp_path else file.parent)
    with pytest.raises(SeedError, match="there is no"):
        load_judged(tmp_path / "nowhere")
