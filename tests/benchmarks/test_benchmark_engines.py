"""The adapters: on a small corpus they find what brute force finds.

Those of peers that are not installed are left out: the tests do not need the dependency group ``bench``.
"""

import json
import random

import pytest

from benchmarks import arbiter, engines
from benchmarks.agreement import judge
from benchmarks.corpus import GROUPS, BenchmarkError, prepare
from benchmarks.queries import KINDS, Query, sample

_WORDS = """
harbour merchant copper silver timber winter storm bridge valley river market trading traded trader north northern
council tax taxes law laws village road roads grain horse horses ship ships the of and in a to
"""
WORDS = _WORDS.split()
INSTALLED, _ = engines.choose([name for name in engines.NAMES if name != engines.ONE_PROCESS])


@pytest.fixture(scope="module")
def corpus(tmp_path_factory):
    chance = random.Random(1)
    folder = tmp_path_factory.mktemp("corpus")
    source = folder / "source.jsonl"
    with source.open("w") as out:
        for number in range(5):
            paragraphs = [" ".join(chance.choices(WORDS, k=chance.randint(12, 40))).capitalize() + "."
                          for _ in range(10)]  # fmt: skip
            json.dump({"id": number, "title": f"Report {number}", "text": "\n\n".join(paragraphs)}, out)
            out.write("\n")
    return prepare(str(source), folder / "prepared")


def test_the_corpus_is_split_once_for_all(corpus):
    records = list(corpus.records())
    assert (corpus.documents, corpus.paragraphs, len(records)) == (5, 50, 50)
    assert [record.id for record in records] == list(range(50))
    assert corpus.text_bytes == sum(len(record.text.encode()) for record in records)
    assert {record.group for record in records} == set(GROUPS[:5])
    assert [corpus.document_of(number) for number in (0, 9, 10, 49)] == [0, 0, 1, 4]
    assert corpus.number(1, 3) == 12


def test_whole_documents_are_taken_until_there_are_enough_paragraphs(corpus, tmp_path):
    source = str(corpus.documents_file)
    assert prepare(source, tmp_path, least=15).paragraphs == 20


@pytest.fixture(scope="module")
def built(corpus, tmp_path_factory):
    made = {}

    def build(name):
        if name not in made:
            engine = engines.create(name, corpus)
            index = tmp_path_factory.mktemp(name) / "index"
            assert engine.build(index) > 0
            engine.open(index)
            made[name] = engine
        return made[name]

    yield build
    for engine in made.values():
        engine.close()


@pytest.mark.parametrize("name", INSTALLED)
def test_an_engine_finds_what_brute_force_finds(name, corpus, built):
    engine = built(name)
    queries = [query for query in sample(corpus, KINDS, 12, seed=1) if query.kind in engine.kinds]
    assert {query.kind for query in queries} == engine.kinds
    totals = arbiter.totals(corpus.records(), queries)
    found = [engine.total(engine.prepare(query)) for query in queries]
    assert dict(zip(queries, found, strict=True)) == dict(zip(queries, totals, strict=True))


@pytest.mark.parametrize("name", INSTALLED)
def test_what_an_engine_finds_are_numbers_of_paragraphs_that_match(name, corpus, built):
    engine = built(name)
    records = list(corpus.records())
    for query in sample(corpus, sorted(engine.kinds), 6, seed=2):
        prepared = engine.prepare(query)
        ids = engine.ids(engine.search(prepared))
        assert len(ids) == len(set(ids)) == min(10, engine.total(prepared))
        for number in ids:
            assert arbiter.totals([records[number]], [query]) == [1], (query, records[number])


@pytest.mark.parametrize("name", INSTALLED)
def test_a_text_finds_what_the_query_object_finds(name, corpus, built):
    engine = built(name)
    kinds = sorted(engine.kinds - {"prefix", "fuzzy"})  # in some languages patterns mean a little more
    for query in sample(corpus, kinds, 6, seed=3):
        text = engine.text(query)
        if text is not None:
            assert engine.ids(engine.search_text(text)) == engine.ids(engine.search(engine.prepare(query)))


def test_a_peer_that_is_not_installed_is_left_out_with_a_note(monkeypatch):
    monkeypatch.setattr(engines, "find_spec", lambda name: None if name == "tantivy" else object())
    found, notes = engines.choose(["tantivy", "whoosh"])
    assert found == ["whoosh"]
    assert notes == ["tantivy is left out: the package tantivy is not installed (pip install --group bench)."]


def test_an_unknown_engine_is_named():
    with pytest.raises(BenchmarkError, match=r"There is no engine lucene\. There are: searchlib, "):
        engines.choose(["lucene"])


def answer(total, ids=()):
    return {"total": total, "ids": list(ids)}


QUERIES = [Query("term", (letter,)) for letter in "abcd"] + [Query("or", ("a", "b"))]
OURS = [answer(10, range(10)), answer(0), answer(1000), answer(3, [1, 2, 3]), answer(7)]


def test_an_engine_that_answers_otherwise_is_not_timed():
    theirs = [answer(11, range(5, 15)), answer(1), answer(979), answer(3, [3, 2, 1]), answer(9)]
    brute = {"sampled": [0, 4], "totals": [10, 7]}
    judged = judge(QUERIES, {"searchlib": OURS, "tantivy": theirs}, brute)
    term, either = judged["engines"]["tantivy"]["term"], judged["engines"]["tantivy"]["or"]
    assert (term["agree"], term["queries"], term["timed"]) == (3, 4, False)
    assert term["overlap"] == pytest.approx((0.5 + 1 + 1 + 1) / 4)
    assert (either["rate"], either["timed"]) == (0, False)
    assert judged["engines"]["searchlib"]["or"]["timed"]


def test_nobody_is_timed_where_searchlib_disagrees_with_brute_force():
    judged = judge(QUERIES, {"searchlib": OURS, "tantivy": OURS}, {"sampled": [0, 4], "totals": [10, 20]})
    assert judged["engines"]["tantivy"]["term"]["timed"]
    assert not judged["engines"]["tantivy"]["or"]["timed"]
    assert not judged["engines"]["searchlib"]["or"]["timed"]


def test_a_kind_that_an_engine_has_not_is_no_disagreement():
    judged = judge(QUERIES, {"searchlib": OURS, "bm25s": [*OURS[:4], None]}, {"sampled": [], "totals": []})
    assert "or" not in judged["engines"]["bm25s"]
