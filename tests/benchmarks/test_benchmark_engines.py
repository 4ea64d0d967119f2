"""The adapters: on a small corpus they find what brute force finds, from what is typed.

Those of peers that are not installed are left out: the tests do not need the dependency group ``bench``.
"""

import json
import random
from collections import Counter

import pytest

from benchmarks import arbiter, engines
from benchmarks.agreement import judge
from benchmarks.corpus import GROUPS, BenchmarkError, opened, prepare
from benchmarks.engines.base import Asked
from benchmarks.queries import KINDS, Query, sample
from benchmarks.worker import changes

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
    assert [number for _, number in corpus.numbered()] == [record // 10 for record in range(50)]
    assert corpus.number(1, 3) == 12


def test_a_prepared_corpus_may_be_moved(corpus, tmp_path):
    moved = corpus.documents_file.parent.rename(tmp_path / "moved")
    try:
        assert len(list(opened(moved).records())) == 50
    finally:
        moved.rename(corpus.documents_file.parent)


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
            engine.build(index)
            engine.open(index)
            made[name] = engine, index
        return made[name]

    yield build
    for engine, _ in made.values():
        engine.close()


def asked(engine, query):
    return Asked(query.kind, engine.text(query))


@pytest.mark.parametrize("name", INSTALLED)
def test_an_engine_finds_what_brute_force_finds(name, corpus, built):
    engine, _ = built(name)
    queries = [query for query in sample(corpus, KINDS, 12, seed=1) if query.kind in engine.kinds]
    assert {query.kind for query in queries} == engine.kinds
    totals = arbiter.totals(corpus.records(), queries)
    found = [engine.total(asked(engine, query)) for query in queries]
    assert dict(zip(queries, found, strict=True)) == dict(zip(queries, totals, strict=True))


@pytest.mark.parametrize("name", INSTALLED)
def test_what_an_engine_finds_are_ten_paragraphs_that_match(name, corpus, built):
    engine, _ = built(name)
    records = list(corpus.records())
    for query in sample(corpus, sorted(engine.kinds), 6, seed=2):
        numbers = engine.numbers(asked(engine, query))
        assert len(numbers) == len(set(numbers)) == min(10, engine.total(asked(engine, query)))
        assert len(engine.ids(asked(engine, query))) == len(numbers)
        assert arbiter.totals((records[number] for number in numbers), [query]) == [len(numbers)], (query, numbers)


@pytest.mark.parametrize("name", INSTALLED)
def test_an_engine_shows_what_it_found(name, corpus, built):
    engine, _ = built(name)
    if "snippets" not in engine.asks:
        pytest.skip(f"{name} has no snippets")
    for query in sample(corpus, sorted(engine.shown), 4, seed=3):
        shown = engine.snippets(asked(engine, query))
        assert len(shown) == len(engine.ids(asked(engine, query)))
        assert all("<" in text and ">" in text for text in shown), (query, shown)


@pytest.mark.parametrize("name", INSTALLED)
def test_an_engine_counts_by_group(name, corpus, built):
    engine, _ = built(name)
    if "facet" not in engine.asks:
        pytest.skip(f"{name} does not count by group")
    records = list(corpus.records())
    for query in sample(corpus, ["word", "or", "phrase"], 4, seed=4):
        wanted = Counter(record.group for record in records if arbiter.totals([record], [query]) == [1])
        assert engine.facet(asked(engine, query)) == wanted


@pytest.mark.parametrize("name", [name for name in INSTALLED if name not in ("bm25s", engines.COMPILED)])
def test_an_engine_finds_what_has_changed_after_an_update(name, corpus, built, tmp_path):
    engine = engines.create(name, corpus)
    index = tmp_path / "index"
    engine.build(index)
    changed = changes(corpus, seed=1)
    assert len(changed) == 1
    if hasattr(engine, "prepare_update"):
        engine.prepare_update(index, changed)
    engine.update(index, changed)
    engine.open(index)
    every, since = (asked(engine, Query("or", words)) for words in (("the", "of"), ("amended", "since")))
    assert (engine.total(every), engine.total(since)) == (built(name)[0].total(every), 1)
    engine.close()


@pytest.mark.parametrize("name", INSTALLED)
def test_a_command_prints_ids(name, corpus, built):
    import subprocess

    engine, index = built(name)
    command = engine.command(index, asked(engine, Query("word", ("harbour",))))
    if command is None:
        pytest.skip(f"{name} has no command")
    ran = subprocess.run(command, capture_output=True, text=True, check=False, cwd=index.parent)
    assert ran.returncode == 0, ran.stderr
    assert len(ran.stdout.split()) >= 10


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


QUERIES = [Query("word", (letter,)) for letter in "abcd"] + [Query("or", ("a", "b"))]
OURS = [answer(10, range(10)), answer(0), answer(1000), answer(3, [1, 2, 3]), answer(7)]


def test_the_times_of_an_engine_that_answers_otherwise_are_not_compared():
    theirs = [answer(11, range(5, 15)), answer(1), answer(979), answer(3, [3, 2, 1]), answer(9)]
    judged = judge(QUERIES, {"searchlib": OURS, "tantivy": theirs}, {"sampled": [0, 4], "totals": [10, 7]})
    word, either = judged["engines"]["tantivy"]["word"], judged["engines"]["tantivy"]["or"]
    assert (word["agree"], word["queries"], word["compared"]) == (3, 4, False)
    assert word["overlap"] == pytest.approx((0.5 + 1 + 1 + 1) / 4)
    assert (either["rate"], either["compared"]) == (0, False)
    assert judged["engines"]["searchlib"]["or"]["compared"]


def test_nothing_is_compared_where_searchlib_disagrees_with_brute_force():
    judged = judge(QUERIES, {"searchlib": OURS, "tantivy": OURS}, {"sampled": [0, 4], "totals": [10, 20]})
    assert judged["engines"]["tantivy"]["word"]["compared"]
    assert not judged["engines"]["tantivy"]["or"]["compared"]
    assert not judged["engines"]["searchlib"]["or"]["compared"]


def test_without_brute_force_engines_are_compared_with_searchlib():
    judged = judge(QUERIES, {"searchlib": OURS, "tantivy": OURS}, {"sampled": [], "totals": []})
    assert all(found["compared"] for kinds in judged["engines"].values() for found in kinds.values())


def test_a_kind_that_an_engine_has_not_is_no_disagreement():
    judged = judge(QUERIES, {"searchlib": OURS, "bm25s": [*OURS[:4], None]}, {"sampled": [], "totals": []})
    assert "or" not in judged["engines"]["bm25s"]
