"""Sampling of queries, and brute force."""

import json

import pytest

from benchmarks import arbiter
from benchmarks.corpus import BenchmarkError, Paragraph
from benchmarks.queries import GIVEN, KINDS, STOP_WORDS, Query, from_dict, given, read, sample_texts

TEXTS = [
    ("The harbour was crowded with merchants trading copper and silver.", "zzgroupa"),
    ("Merchants of the northern harbour traded copper for timber in winter.", "zzgroupb"),
    ("Winter storms had broken the northern bridge near the old harbour.", "zzgroupa"),
    ("A bridge of timber and silver stood for years in the valley.", "zzgroupb"),
] * 5


def test_the_same_seed_samples_the_same_queries():
    first = sample_texts(TEXTS, KINDS, 8, seed=3)
    assert first == sample_texts(TEXTS, KINDS, 8, seed=3)
    assert first != sample_texts(TEXTS, KINDS, 8, seed=4)


def test_the_queries_of_a_kind_do_not_depend_on_which_other_kinds_are_asked_for():
    every = sample_texts(TEXTS, KINDS, 5, seed=1)
    for kind in KINDS:
        assert sample_texts(TEXTS, [kind], 5, seed=1) == [query for query in every if query.kind == kind]


def test_sampled_queries_are_of_their_kind():
    bounds = {"term": (1, 1), "and": (2, 4), "or": (2, 5), "phrase": (2, 4), "phrase-stop": (2, 5), "filtered": (1, 3)}
    for query in sample_texts(TEXTS, KINDS, 10, seed=2):
        low, high = bounds.get(query.kind, (1, 1))
        assert low <= len(query.words) <= high
        stops = [word for word in query.words if word in STOP_WORDS]
        assert not (query.kind == "phrase" and stops)
        assert query.kind != "phrase-stop" or 0 < len(stops) < len(query.words)
        assert bool(query.group) == (query.kind == "filtered")


def test_sampled_queries_match_something():
    kinds = [kind for kind in KINDS if kind != "fuzzy"]
    queries = sample_texts(TEXTS, kinds, 6, seed=5)
    records = [Paragraph(number, "", text, group) for number, (text, group) in enumerate(TEXTS)]
    assert all(arbiter.totals(records, queries))


def test_text_without_words_cannot_be_sampled():
    with pytest.raises(BenchmarkError, match="no words of ASCII letters"):
        sample_texts([("12 34", "zzgroupa")], KINDS, 1, seed=1)


@pytest.mark.parametrize(
    ("text", "kind", "words"),
    [
        ("harbour", "term", ["harbour"]),
        ("Old Harbour", "or", ["old", "harbour"]),
        ("+old +harbour", "and", ["old", "harbour"]),
        ("+old +old", "term", ["old"]),
        ('"old harbour"', "phrase", ["old", "harbour"]),
        ('"the harbour"', "phrase-stop", ["the", "harbour"]),
        ('"harbour"', "term", ["harbour"]),
    ],
)
def test_given_queries_are_read_by_their_marks(text, kind, words):
    assert read(text) == Query(kind, tuple(words), "", GIVEN)


@pytest.mark.parametrize("text", ["+old harbour", "+old -harbour", '"old" harbour', "half-life", "", "+(a b)"])
def test_given_queries_of_other_kinds_are_left(text):
    assert read(text) is None


def test_a_file_of_queries_is_read_once_each_and_what_is_left_is_counted(tmp_path):
    file = tmp_path / "queries.jsonl"
    lines = [{"query": "a b", "tags": ["union"]}, {"query": "a b"}, {"query": "+a -b"}, {"query": '"a b"'}]
    file.write_text("\n".join(map(json.dumps, lines)))
    assert given(file, ["or"]) == ([Query("or", ("a", "b"), "", GIVEN)], 2)


def test_a_line_that_is_no_query_is_named(tmp_path):
    file = tmp_path / "queries.jsonl"
    file.write_text('{"query": "a"}\n{"text": "b"}\n')
    with pytest.raises(BenchmarkError, match=r"queries\.jsonl:2: not an object"):
        given(file, ["term"])


def test_queries_survive_json():
    for query in (Query("filtered", ("a", "b"), "zzgroupa"), Query("or", ("a", "b"), "", GIVEN)):
        assert from_dict(json.loads(json.dumps(query.as_dict()))) == query


def test_brute_force_counts_paragraphs_that_match():
    records = [
        Paragraph(0, "", "Traders trade silver", "zzgroupa"),
        Paragraph(1, "", "silver trades, silver trader", "zzgroupb"),
        Paragraph(2, "", "the trade in silver", "zzgroupa"),
    ]
    queries = [
        Query("term", ("trading",)),
        Query("and", ("trader", "silver")),
        Query("or", ("the", "trader")),
        Query("phrase", ("trade", "silver")),
        Query("phrase", ("silver", "trader")),
        Query("prefix", ("tra",)),
        Query("fuzzy", ("trde",)),
        Query("filtered", ("silver",), "zzgroupa"),
    ]
    assert arbiter.totals(records, queries) == [3, 2, 3, 2, 1, 3, 3, 2]


@pytest.mark.parametrize(
    ("first", "second", "near"),
    [
        ("trade", "trade", True),
        ("trade", "trad", True),
        ("trade", "xtrade", True),
        ("trade", "trxde", True),
        ("trade", "rtade", True),
        ("trade", "trdae", True),
        ("trade", "trd", False),
        ("trade", "txaxe", False),
        ("ab", "ba", True),
        ("", "a", True),
    ],
)
def test_one_edit_is_a_letter_less_more_changed_or_swapped(first, second, near):
    assert arbiter.one_edit(first, second) is near
    assert arbiter.one_edit(second, first) is near
