"""Sampling of queries, and brute force."""

import json

import pytest

from benchmarks import arbiter
from benchmarks.corpus import BenchmarkError, Paragraph
from benchmarks.queries import KINDS, QUESTION, STOP_WORDS, Query, edits, from_dict, sample_texts

TEXTS = [
    "The harbour was crowded with merchants trading copper and silver.",
    "Merchants of the northern harbour traded copper for timber in winter.",
    "Winter storms had broken the northern bridge near the old harbour.",
    "A bridge of timber and silver stood for years in the valley.",
    "It is said that in the old valley no bridge of timber stood for so long as the one by the harbour.",
] * 5


def test_the_same_seed_samples_the_same_queries():
    first = sample_texts(TEXTS, KINDS, 8, seed=3)
    assert first == sample_texts(TEXTS, KINDS, 8, seed=3)
    assert first != sample_texts(TEXTS, KINDS, 8, seed=4)


def test_the_queries_of_a_kind_do_not_depend_on_which_other_kinds_are_asked_for():
    every = sample_texts(TEXTS, KINDS, 5, seed=1)
    for kind in KINDS:
        assert sample_texts(TEXTS, [kind], 5, seed=1) == [query for query in every if query.kind == kind]


def test_sampled_queries_are_of_their_kind_and_no_two_the_same():
    sizes = {"or": (2, 2), "and": (2, 2), "phrase": (2, 4), "bracketed": (3, 3), "question": (QUESTION, QUESTION)}
    queries = sample_texts(TEXTS, KINDS, 6, seed=2)
    assert {query.kind for query in queries} == set(KINDS)
    assert len(set(queries)) == len(queries)
    for query in queries:
        low, high = sizes.get(query.kind, (1, 1))
        assert low <= len(query.words) <= high
        assert query.kind != "phrase" or not STOP_WORDS & set(query.words)


def test_sampled_queries_match_something():
    queries = sample_texts(TEXTS, KINDS, 6, seed=5)
    records = [Paragraph(number, "", text, "zzgroupa") for number, text in enumerate(TEXTS)]
    assert all(arbiter.totals(records, queries))


def test_words_of_titles_are_asked_by_nobody():
    """searchlib finds them there, and peers do not."""
    queries = sample_texts(TEXTS, KINDS, 10, seed=1, left_out=["harbour", "bridge"])
    assert queries
    assert not any({"harbour", "bridge"} & set(query.words) for query in queries)


def test_text_without_words_cannot_be_sampled():
    with pytest.raises(BenchmarkError, match="no words of ASCII letters"):
        sample_texts(["12 34"], KINDS, 1, seed=1)


def test_queries_survive_json():
    query = Query("or", ("a", "b"))
    assert from_dict(json.loads(json.dumps(query.as_dict()))) == query


def test_brute_force_counts_paragraphs_that_match():
    texts = ["Traders trade silver", "silver trades, silver trader", "the trade in silver"]
    records = [Paragraph(number, "", text, "zzgroupa") for number, text in enumerate(texts)]
    queries = [
        Query("word", ("trading",)),
        Query("and", ("trader", "silver")),
        Query("or", ("the", "trader")),
        Query("phrase", ("trade", "silver")),
        Query("phrase", ("silver", "trader")),
        Query("bracketed", ("the", "trader", "silver")),
        Query("prefix", ("tra",)),
        Query("fuzzy", ("trde",)),
        Query("question", ("what", "is", "in", "the")),
    ]
    assert arbiter.totals(records, queries) == [3, 2, 3, 2, 1, 3, 3, 2, 1]


@pytest.mark.parametrize(
    ("word", "near"),
    [
        ("trade", True),
        ("trad", True),
        ("xtrade", True),
        ("trxde", True),
        ("rtade", True),
        ("trdae", True),
        ("tradex", True),
        ("trd", False),
        ("txaxe", False),
    ],
)
def test_one_edit_is_a_letter_less_more_changed_or_swapped(word, near):
    assert (word in set(edits("trade"))) is near
