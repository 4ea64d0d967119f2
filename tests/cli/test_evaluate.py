"""``searchlib evaluate`` and ``searchlib judge``."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from searchlib.cli.main import program
from tests.evaluation.sets import beir

from .commands import Done, in_process


def judge(*arguments: str, keys: str) -> Done:
    result = CliRunner().invoke(program, ["judge", *arguments], prog_name="searchlib", input="\n".join(keys) + "\n")
    return Done(result.exit_code, result.stdout, result.stderr)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return beir(tmp_path / "tides")


def test_a_folder_with_its_corpus_is_measured(folder: Path) -> None:
    done = in_process("evaluate", str(folder), "-m", "nDCG@10", "-m", "P@1")
    assert done.code == 0, done.err
    heading, row = done.out.splitlines()
    assert heading.split() == ["set", "queries", "nDCG@10", "P@1"]
    assert row.split()[:2] == ["tides", "3"]
    assert 0.8 < float(row.split()[2]) <= 1
    assert not (folder.parent / "indexes").exists(), "nothing is left behind"


def test_a_ranking_is_compared_with_another_and_explained(folder: Path) -> None:
    done = in_process("evaluate", str(folder), "--against", "title=0,headings=0", "--json")
    assert done.code == 0, done.err
    (found,) = json.loads(done.out)["sets"]
    assert found["comparison"]["queries"] == 3
    assert found["comparison"]["won"] + found["comparison"]["lost"] == len(found["comparison"]["changes"])
    told = in_process("evaluate", str(folder), "--rank", "b=0", "--against", "default").out
    assert "tides: nDCG@10" in told and "may be chance" in told


def test_a_run_is_written_and_measured_alike(folder: Path) -> None:
    first = in_process("evaluate", str(folder), "--run-out", "mine.run")
    second = in_process("evaluate", str(folder), "--run", "mine.run", "--against", "mine.run")
    assert second.code == 0, second.err
    assert second.out.splitlines()[:2] == first.out.splitlines()
    assert "0 queries won, 0 lost" in second.out


def test_an_index_is_measured_and_what_it_does_not_have_is_told(folder: Path) -> None:
    seeds = folder.parent / "seeds"
    seeds.mkdir()
    (seeds / "tide.txt").write_text("The tide rises twice a day.\n\nThe moon pulls the sea.\n")
    Path("judged.csv").write_text("query,document\ntide,seeds/tide.txt\n")
    assert in_process("index", "seeds").code == 0
    done = in_process("evaluate", "judged.csv", "-m", "RR@10")
    assert done.out.splitlines()[1].split() == ["judged", "1", "1.0000"]
    Path("other.csv").write_text("query,document\ntide,elsewhere/tide.txt\n")
    assert (
        "None of the 1 relevant target of other, such as elsewhere/tide.txt" in in_process("evaluate", "other.csv").err
    )


def test_a_loss_that_is_no_chance_is_an_exit_code(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    rows = [f'{{"id": "{n}", "title": "of w{(n + 1) % 20}", "text": "here w{n} is told"}}\n' for n in range(20)]
    Path("made").mkdir()
    Path("made/corpus.jsonl").write_text("".join(rows))
    Path("made/queries.jsonl").write_text("".join(f'{{"_id": "{n}", "text": "w{n}"}}\n' for n in range(20)))
    Path("made/qrels").mkdir()
    Path("made/qrels/test.tsv").write_text("".join(f"{n}\t{n}\t1\n" for n in range(20)))
    assert in_process("evaluate", "made", "--against", "title=0").code == 1
    done = in_process("evaluate", "made", "--rank", "title=0", "--against", "default")
    assert done.code == 0 and "significant" in done.out
    Path("searchlib.toml").write_text('# kept\nindex = "ix"\n')
    tuned = in_process("evaluate", "made", "--tune", "--write", "searchlib.toml")
    assert tuned.code == 0, tuned.err
    assert "[ranking]\ntitle = 0" in tuned.out and "on queries held out" in tuned.out
    assert Path("searchlib.toml").read_text().startswith('# kept\nindex = "ix"\n')
    assert "[ranking]\ntitle = 0.0" in Path("searchlib.toml").read_text()
    assert "none is better" in in_process("evaluate", "made", "--tune").out


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("tides", "--rank", "k1"), "k1 is no parameter of the ranking"),
        (("tides", "--rank", "k9=1"), "give a mapping with some of k1, b"),
        (("tides", "-m", "goodness"), "goodness is no measure"),
        (("tides", "--write", "x.toml"), "nothing to write without --tune"),
        (("tides", "--tune", "--run", "x"), "leave --run out"),
        (("tides", "tides", "--run", "x"), "are for one judged set"),
        (("nowhere",), "there is no nowhere"),
    ],
)
def test_what_cannot_be_is_told(folder: Path, arguments: tuple[str, ...], told: str) -> None:
    done = in_process("evaluate", *arguments)
    assert done.code == 2
    assert told in done.err


def test_a_set_is_judged_at_the_terminal_and_measured(folder: Path) -> None:
    assert in_process("index", str(folder / "corpus.jsonl")).code == 0
    Path("queries.txt").write_text("moon\n\nair  of bread\nmoon\n")
    done = judge("queries.txt", keys="2x1nq")
    assert done.code == 0, done.err
    assert "Query 1 of 2: moon" in done.err and "x is no key" in done.err
    assert "2 judgements in judged.csv, 2 of them relevant." in done.err
    with Path("judged.csv").open(newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert [(row["query"], row["grade"]) for row in rows] == [("moon", "2"), ("moon", "1")]
    again = judge("queries.txt", keys="03uuq")
    assert "Query 2 of 2: air of bread" in again.err
    with Path("judged.csv").open(newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert [row["query"] for row in rows] == ["moon", "moon"], "two were taken back"
    measured = in_process("evaluate", "judged.csv", "-m", "P@1")
    assert measured.out.splitlines()[1].split()[:2] == ["judged", "1"]


def test_files_to_judge_that_are_none_are_told(folder: Path) -> None:
    assert in_process("index", str(folder / "corpus.jsonl")).code == 0
    Path("empty.txt").write_text("\n")
    Path("queries.txt").write_text("moon\n")
    Path("wrong.csv").write_text("a,b\n1,2\n")
    assert "has no query" in judge("empty.txt", keys="q").err
    assert "cannot be read" in judge("nowhere.txt", keys="q").err
    assert "has no columns query, paragraph and grade" in judge("queries.txt", "--out", "wrong.csv", keys="q").err
