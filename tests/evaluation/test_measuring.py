"""Runs are made, kept and measured; differences are told from chance."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from pathlib import Path

import pytest

import searchlib
from searchlib.errors import SeedError, SettingsError
from searchlib.evaluation import (
    Answers,
    Judged,
    Measured,
    answer,
    compare,
    load_judged,
    measure,
    read_run,
    tune,
    write_run,
)
from searchlib.evaluation.reasons import why
from searchlib.evaluation.significance import holm, randomisation_test

from .sets import beir


@pytest.fixture
def judged(tmp_path: Path) -> Judged:
    return load_judged(beir(tmp_path / "beir"))


@pytest.fixture
def index(judged: Judged, tmp_path: Path) -> Iterator[searchlib.Index]:
    assert judged.corpus is not None
    with searchlib.build([judged.corpus], tmp_path / "index", processes=1) as index:
        yield index


def test_a_run_has_the_rows_by_their_own_ids(index: searchlib.Index, judged: Judged) -> None:
    run = answer(index, judged)
    assert [name for name, _ in run.answers["1"]][:2] in (["tide", "moon"], ["moon", "tide"])
    assert set(run.answers) == {"1", "2", "3"}
    assert run.rank("1", "nowhere") is None


def test_measures_are_those_of_the_definition(judged: Judged) -> None:
    run = Answers("r", {"1": [("moon", 3.0), ("tide", 2.0)], "2": [("ship", 1.0), ("bread", 1.0)]})
    found = measure(judged, run, ["nDCG@10", "RR@10", "P@1"])
    gain = (1 + 2 / math.log2(3)) / (2 + 1 / math.log2(3))
    assert found.values["nDCG@10"] == pytest.approx({"1": gain, "2": 1 / math.log2(3), "3": 0.0})
    assert found.values["RR@10"] == {"1": 1.0, "2": 0.5, "3": 0.0}, "ties keep the order of the run"
    assert found.mean("P@1") == pytest.approx(1 / 3)
    with pytest.raises(SettingsError, match="no measure"):
        measure(judged, run, ["goodness"])


def test_a_run_is_written_and_read(tmp_path: Path) -> None:
    run = Answers("engine", {"1": [("a", 2.0), ("b", 2.0), ("c", -1.5)], "2": []})
    write_run(run, tmp_path / "engine.run")
    lines = (tmp_path / "engine.run").read_text().splitlines()
    assert lines[0] == "1 Q0 a 1 2.0 engine"
    again = read_run(tmp_path / "engine.run")
    assert [name for name, _ in again.answers["1"]] == ["a", "b", "c"]
    assert again.answers["1"][0][1] > again.answers["1"][1][1], "other tools order ties by name"
    (tmp_path / "bad.run").write_text("1 Q0 a 1 much engine\n")
    with pytest.raises(SeedError, match="line 1: query, Q0"):
        read_run(tmp_path / "bad.run")


def test_the_randomisation_test_counts_the_signs() -> None:
    differences = [0.5, 0.25, 0.25, -0.125, 0.0]
    signs = itertools.product((-1, 1), repeat=4)
    extreme = [abs(sum(s * d for s, d in zip(one, differences, strict=False))) >= 0.875 for one in signs]
    assert randomisation_test(differences) == pytest.approx(sum(extreme) / len(extreme), abs=0.02)
    assert randomisation_test([0.0, 0.0]) == 1.0
    assert randomisation_test([0.1] * 40) < 0.001
    assert randomisation_test(differences) == randomisation_test(differences), "it is seeded"


def test_several_tests_are_held_to_more() -> None:
    assert holm({"a": 0.01, "b": 0.04, "c": 0.03}) == pytest.approx({"a": 0.03, "c": 0.06, "b": 0.06})


def test_a_comparison_names_the_queries(judged: Judged) -> None:
    before = Measured("s", "one", {"AP": {"1": 0.2, "2": 0.5, "3": 0.5}})
    after = Measured("s", "two", {"AP": {"1": 0.9, "2": 0.5, "3": 0.4}})
    found = compare(before, after, "AP")
    assert [one.query for one in found.changes] == ["1", "3"]
    assert (found.won, found.lost, found.queries) == (1, 1, 3)
    assert found.difference == pytest.approx(0.2)
    with pytest.raises(SettingsError, match="other queries"):
        compare(before, Measured("s", "two", {"AP": {"1": 1.0}}), "AP")


def test_why_a_query_changed(index: searchlib.Index, judged: Judged) -> None:
    before = Answers("before", {"2": [("ship", 2.0), ("bread", 1.0)]})
    after = answer(index, judged)
    found = why(index, judged, "2", before, after)
    assert (found.target, found.before, found.after, found.first) == ("bread", 2, 1, "")
    assert set(found.words) >= {"“bread”", "“air”"}
    worse = why(index, judged, "2", after, before)
    assert worse.first == "ship"
    assert worse.words["“bread”"][0] > 0 == worse.words["“bread”"][1]
    assert str(worse).startswith("bread: rank 1 → rank 2, behind ship; ")


def test_tuning_finds_a_ranking_that_is_better_and_says_what_is_luck(tmp_path: Path) -> None:
    # The answer is in the text; titles mislead, so that they should count for nothing.
    rows = [
        f'{{"id": "{n}", "title": "about w{(n + 1) % 30}", "text": "here w{n} is told {"x " * (n % 5)}"}}\n'
        for n in range(30)
    ]
    (tmp_path / "rows.jsonl").write_text("".join(rows))
    judged = Judged("made", {str(n): f"w{n}" for n in range(30)}, {str(n): {str(n): 1} for n in range(30)})
    with searchlib.build([tmp_path / "rows.jsonl"], tmp_path / "index", processes=1) as index:
        found = tune(index, judged, grid={"title": (0.0, 1.0, 3.0), "k1": (1.2,)})
        assert found.ranking == {"title": 0.0}
        assert found.comparison.significant and found.comparison.after == 1.0
        few = Judged("few", {"1": "w1"}, {"1": {"1": 1}})
        with pytest.raises(SettingsError, match="takes 10"):
            tune(index, few)
