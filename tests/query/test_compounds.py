"""Words that are written in more than one way, and what words beside one another count."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from lexicons import lexicon_of

import searchlib
from searchlib.query import parse, write
from searchlib.query.nodes import Node, leaves


def ranked(folder: Path, query: str, *texts: str, **options: object) -> list[str]:
    """The texts that a query finds, the best first."""
    (folder / "seeds").mkdir()
    for number, text in enumerate(texts):
        (folder / "seeds" / f"{number}.txt").write_text(text + "\n", encoding="utf-8")
    with searchlib.build(folder / "seeds", folder / "index", language="en", processes=1) as index:
        return [hit.text for hit in index.search(query, **options)]  # type: ignore[arg-type]


ALIKE = [
    ("hand-off", "A hand-off is next.", "A handoff is next."),
    ("SHA-256", "It has a SHA-256 sum.", "It has a SHA256 sum."),
    ("SHA256", "It has a SHA256 sum.", "It has a SHA-256 sum."),
    ("US", "All of the US agreed.", "All of the U.S. agreed."),
    ("U.S.", "All of the U.S. agreed.", "All of the US agreed."),
    ("12000", "There were 12000 ships.", "There were 12,000 ships."),
    ("12,000", "There were 12,000 ships.", "There were 12000 ships."),
    ("1.2.3", "Version 1.2.3 is out.", "Version v1.2.3-rc4 is out."),
    ("getUserName", "It is getUserName here.", "It will get user name here."),
    ("UserName", "It is a UserName here.", "It calls getUserName here."),
    ("O'Brien", "Then O'Brien came.", "Then OBrien came."),
    ("e-mail", "Send an e-mail now.", "Send an email now."),
]


@pytest.mark.parametrize(("query", "texts"), [(query, texts) for query, *texts in ALIKE])
def test_other_ways_to_write_a_word_are_found_behind_the_one_that_was_typed(
    tmp_path: Path, query: str, texts: list[str]
) -> None:
    assert ranked(tmp_path, query, *reversed(texts), "Nothing of all this.") == texts


def test_a_word_that_no_document_has_is_found_as_two(tmp_path: Path) -> None:
    assert ranked(tmp_path, "handoff", "A hand-off is next.", "A hand is off.") == ["A hand-off is next."]


def test_the_parts_of_a_compound_count_for_the_rank(tmp_path: Path) -> None:
    texts = ["Broncos'un defansi.", "Broncos defansi.", "Defansi."]
    assert ranked(tmp_path, "Broncos'un defansi", *reversed(texts)) == texts


@pytest.mark.parametrize("query", ["+hand-off", "hand-off AND is", "is -missing +hand-off", '"hand-off"'])
def test_a_compound_that_is_required_is_found_whole(tmp_path: Path, query: str) -> None:
    assert ranked(tmp_path, query, "A hand is off.", "A hand-off is next.") == ["A hand-off is next."]


def test_a_compound_that_is_excluded_is_excluded_whole(tmp_path: Path) -> None:
    assert ranked(tmp_path, "is -hand-off", "A hand is off.", "A hand-off is next.") == ["A hand is off."]


def test_addresses_times_and_names_with_signs_are_phrases(tmp_path: Path) -> None:
    texts = "At 12:30 by AT&T, see example.org/help", "30 of 12 see an example: T org, help at"
    assert ranked(tmp_path, "12:30 AT&T example.org/help", *texts) == [texts[0]]


def test_what_stands_in_metadata_is_one_value() -> None:
    found = parse("author:O'Brien", ["author"], lexicon_of("OBrien")).query
    assert write(found) == write(parse("+author:O'Brien", ["author"], lexicon_of("OBrien")).query)


def test_a_word_counts_as_often_as_it_is_typed(tmp_path: Path) -> None:
    texts = ["All of the war.", "All of the sea."]
    assert ranked(tmp_path, "sea war war", *reversed(texts)) == texts
    assert boosts("sea war war") == {"sea": 1.0, "war": 2.0}


def boosts(query: str, language: str = "en", **options: float) -> dict[str, float]:
    found: Node = parse(query, (), lexicon_of(languages=[language]), **options).query  # type: ignore[arg-type]
    return {str(leaf.text): leaf.boost for leaf in leaves(found)}  # type: ignore[union-attr]


LESS = [
    ("the cat of the house", "en", {"the": 0.5, "cat": 1, "of": 0.25, "house": 1}),
    ("to be or not to be", "en", {"to": 2, "be": 2, "or": 1, "not": 1}),
    ("der Hund und die Katze", "de", {"der": 0.25, "Hund": 1, "und": 0.25, "die": 0.25, "Katze": 1}),
    ("where is IT support", "en", {"where": 0.25, "is": 0.25, "IT": 1, "support": 1}),
    ("IS THE CAT", "en", {"IS": 0.25, "THE": 0.25, "CAT": 1}),
    ("the^3 cat", "en", {"the": 3, "cat": 1}),
    ("+the cat", "en", {"the": 1, "cat": 1}),
    ('"the cat" of', "en", {"the cat": 1, "of": 1}),
    ("title:the cat", "en", {"the": 1, "cat": 1}),
    ("state-of-the-art", "en", {"state": 1, "of": 0.25, "the": 0.25, "art": 1, "state of the art": 0.3}),
    ("the OR cat", "en", {"the": 1, "cat": 1}),
]


@pytest.mark.parametrize(("query", "language", "expected"), LESS)
def test_function_words_count_a_quarter_beside_others(query: str, language: str, expected: dict[str, float]) -> None:
    assert boosts(query, language) == expected


def test_what_function_words_count_is_a_parameter_of_the_ranking(tmp_path: Path) -> None:
    assert boosts("the cat", function=1.0) == {"the": 1, "cat": 1}
    texts = ["The the the one.", "A cat, which is one of those that sit on any mat that is there."]
    assert ranked(tmp_path, "the cat", *texts, ranking={"function": 0.0})[0] == texts[1]


WRITTEN = ["hand-off", "hand-off AND war", "(hand-off) AND war", "war OR hand-off", "+hand-off war", "title:hand-off^2"]
WRITTEN += ["war -hand-off", "SHA256 war", "UserName AND war", "hand-off NEAR war", "text:(war hand-off)"]


@pytest.mark.parametrize("text", WRITTEN)
def test_what_may_be_written_otherwise_asks_the_same_when_it_is_written_and_read_again(text: str) -> None:
    words = lexicon_of("handoff sha 256 username", languages=["de"])
    found = parse(text, (), words).query
    assert parse(write(found), (), words).query == found, write(found)


@pytest.mark.parametrize("text", ["a" * 5000, "aB" * 5000, "a-" * 5000, "1.2" * 3000, "'" * 5000, "Ab9" * 3000])
def test_long_words_cost_no_more_than_their_length(text: str) -> None:
    limits = searchlib.Limits(query_clauses=1 << 20)
    began = time.process_time()
    assert parse(text, (), lexicon_of("handoff"), limits=limits).query is not None
    assert time.process_time() - began < 2
