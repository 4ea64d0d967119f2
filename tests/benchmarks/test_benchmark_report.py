"""Percentiles, tables and plots of a run, and the command."""

import json
import random
from itertools import pairwise
from xml.etree import ElementTree

import numpy as np
import pytest

from benchmarks.__main__ import compact, loaded, main, size, write
from benchmarks.machine import spread
from benchmarks.plot import plot
from benchmarks.report import latencies, percentile, report
from benchmarks.worker import Clock


@pytest.mark.parametrize("count", [1, 2, 3, 10, 99, 100, 101])
def test_percentiles_are_those_of_numpy(count):
    values = random.Random(count).choices([0.1, 0.5, 1.0, 7.0, 7.5, 1e6], k=count)
    for percent in (0, 50, 90, 99, 100):
        assert percentile(values, percent) == pytest.approx(np.percentile(values, percent))


def engine(seconds, scale, version):
    times = {str(number): [1000.0 * scale * (number + 1), 9000.0 * scale, 500.0 * scale] for number in range(3)}
    snippets = {str(number): [200.0 * scale, 400.0 * scale, 300.0 * scale] for number in range(3)}
    return {
        "around": {"snippets": snippets, "facets-all": {"0": [1000.0 * scale, 3000.0 * scale]}},
        "build": {"seconds": seconds, "bytes": 900_000, "peak": 80e6, "version": version, "setup": "as it is"},
        "search": {
            "open": {"first": 0.02, "median": 0.001},
            "memory": 50e6,
            "times": {"first": times, "warm": times, "text": times, "fresh": {"0": [4000.0]}},
        },
    }


def stage(paragraphs):
    right = {"queries": 2, "agree": 2, "exact": 2, "rate": 1.0}
    near = {"queries": 2, "agree": 2, "rate": 1.0, "overlap": 0.95, "timed": True}
    far = {"queries": 2, "agree": 1, "rate": 0.5, "overlap": 0.4, "timed": False}
    runs = [{"seconds": 0.1, "memory": 40e6, "code": 0}, {"seconds": 0.2, "memory": 40e6, "code": 2}]
    return {
        "name": "tales",
        "documents": 3,
        "paragraphs": paragraphs,
        "text_bytes": 1_000_000,
        "split_seconds": 0.5,
        "queries": [
            {"kind": "term", "words": ["a"], "source": "sampled"},
            {"kind": "term", "words": ["b"], "source": "sampled"},
            {"kind": "or", "words": ["a", "b"], "source": "given"},
        ],
        "engines": {
            "searchlib": engine(0.5, 1, "0.1.0"),
            "searchlib-1": {"build": engine(1.0, 1, "0.1.0")["build"]},
            "tantivy": engine(1.5, 2, "0.27"),
        },
        "agreement": {
            "brute": {"searchlib": {"term": right, "or": right}},
            "engines": {
                "searchlib": {"term": {**right, "timed": True}, "or": {**right, "timed": True}},
                "tantivy": {"term": near, "or": far},
            },
        },
        "cold": {"bare": [{"seconds": 0.05, "memory": 9e6, "code": 0}], "query": runs, "evicted": runs, "words": ["a"]},
        "noise": [0.05, 0.04, 0.06],
    }


@pytest.fixture
def run():
    machine = {
        "date": "2024-02-29T12:00:00+00:00",
        "processor": "Abacus",
        "cores": 2,
        "memory": 8 << 30,
        "system": "Linux",
        "python": "3.12",
        "versions": {"numpy": "2.0"},
    }
    settings = {"runs": 3, "budget": 10.0}
    return {"format": 1, "name": "tales", "machine": machine, "settings": settings, "notes": ["A note."],
            "stages": [stage(100)]}  # fmt: skip


def test_a_query_counts_with_the_median_of_its_runs(run):
    found = latencies(run["stages"][0], "searchlib")
    assert found == {("term", "sampled"): [1.0, 2.0], ("or", "given"): [3.0]}


@pytest.mark.parametrize(
    "line",
    [
        "# tales, 2024-02-29",
        "A note.",
        "A fixed loop took 50.0 ms throughout, -20% to +20%.",
        "## tales: 100 paragraphs, 1.0 MB of text",
        "| searchlib 0.1.0 | 2.00 | 2.00 | 0.90 | 80 | 1.0 | 50 |",
        "| searchlib-1 0.1.0 | 1.00 | 1.00 | 0.90 | 80 |  |  |",
        "| tantivy 0.27 | 0.67 | 0.50 | 0.90 | 80 | 1.0 | 50 |",
        "searchlib has 3.00 times the rate (1.50 with one process) and 1.00 times the index of tantivy.",
        "| class | queries | searchlib | tantivy | searchlib / tantivy: p50, p99 |",
        "| term | 2 | 1.50 / 1.90 / 1.99 | 3.00 / 3.80 / 3.98 | 0.50, 0.50 |",
        "| OR (given) | 1 | 3.00 / 3.00 / 3.00 | 6.00 / 6.00 / 6.00 | 0.50, 0.50 |",
        "| term | 1 | 4.00 / 4.00 / 4.00 | 4.00 / 4.00 / 4.00 | 1.00, 1.00 |",
        "| snippets of ten hits | 3 | 0.300 / 0.300 / 0.300 | 0.600 / 0.600 / 0.600 |",
        "| facets of all paragraphs | 2 | 2.00 / 2.80 / 2.98 | 4.00 / 5.60 / 5.96 |",
        "| term | 2 of 2, 2 exactly | 100% of 2, 95% |",
        "| OR | 2 of 2, 2 exactly | 50% of 2, 40% not timed |",
        "| searchlib query | 150 | +100 | 3.0 | 40 |",
        "Medians of 1 runs, words of one term. 2 of them failed.",
    ],
)
def test_the_report_has_a_line_for_each_figure(run, line):
    assert line in report(run).splitlines()


def test_an_engine_that_shares_an_index_has_no_build_of_its_own(run):
    shared = engine(0.5, 0.5, "0.1.0")
    shared["build"]["shared"] = True
    run["stages"][0]["engines"]["searchlib-compiled"] = shared
    run["stages"].append(stage(1000))
    lines = report(run).splitlines()
    assert "| searchlib-compiled | as searchlib | as searchlib | as searchlib | as searchlib | 1.0 | 50 |" in lines
    assert not any("index of searchlib-compiled" in line for line in lines)
    assert not any(line.startswith("| build, MB/s | searchlib-compiled") for line in lines)
    assert (
        "| term | 2 | 1.50 / 1.90 / 1.99 | 3.00 / 3.80 / 3.98 | 0.750 / 0.950 / 0.995 | 0.50, 0.50 | 0.25, 0.25 |"
        in lines
    )


def test_growth_is_shown_where_there_are_several_sizes(run):
    assert "## Growth" not in report(run)
    run["stages"].append(stage(1000))
    lines = report(run).splitlines()
    assert "| class | engine | 100 | 1,000 |" in lines
    assert "| term | searchlib | 1.50 / 1.99 | 1.50 / 1.99 |" in lines
    assert "| build, MB/s | tantivy | 0.67 | 0.67 |" in lines


def test_an_engine_that_was_left_out_of_the_larger_sizes_is_shown_in_the_smaller(run):
    run["stages"].append(stage(1000))
    del run["stages"][1]["engines"]["tantivy"]
    del run["stages"][1]["agreement"]["engines"]["tantivy"]
    run["stages"][1]["left_out"] = {"tantivy": "not asked for above 100 paragraphs"}
    lines = report(run).splitlines()
    assert "- tantivy is left out: not asked for above 100 paragraphs." in lines
    assert "| build, MB/s | tantivy | 0.67 | – |" in lines
    ElementTree.fromstring(plot(run))


def test_the_plot_is_an_svg_that_names_engines_and_classes(run):
    run["stages"].append(stage(1000))
    tree = ElementTree.fromstring(plot(run))
    said = {element.text for element in tree.iter() if element.tag.endswith("}text")}
    assert {"searchlib", "tantivy", "term", "OR (given)", "tales: 1,000 paragraphs, 2024-02-29"} <= said


def test_a_run_without_latencies_can_be_plotted(run):
    for found in run["stages"][0]["engines"].values():
        found.pop("search", None)
    ElementTree.fromstring(plot(run))
    assert "| term |" in report(run)


def test_what_is_written_is_read_again(run, tmp_path, capsys):
    write(run, tmp_path)
    assert loaded(tmp_path) == loaded(tmp_path / "run.json") == run
    assert main(["--table", str(tmp_path)]) == 0
    assert capsys.readouterr().out == (tmp_path / "table.md").read_text()


def test_compact_json_is_json(run):
    assert json.loads(compact(run)) == run
    assert "\n" not in compact([1.0] * 100)


def test_what_is_no_run_is_an_error(tmp_path, capsys):
    assert main(["--table", str(tmp_path)]) == 2
    (tmp_path / "run.json").write_text('{"format": 99}')
    assert main(["--table", str(tmp_path)]) == 2
    assert "has the format 99, not 1" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("text", "paragraphs"), [("500", 500), ("10k", 10_000), ("1.5m", 1_500_000), (" 2M ", 2_000_000)]
)
def test_sizes_are_written_with_k_and_m(text, paragraphs):
    assert size(text) == paragraphs


@pytest.mark.parametrize("text", ["", "k", "-5", "ten", "0"])
def test_what_is_no_size_is_a_usage_error(text, capsys):
    with pytest.raises(SystemExit):
        main(["--paragraphs", text])
    assert "is no number of paragraphs" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--engines", "lucene"], "There is no engine lucene."),
        (["--classes", "regex"], "There is no class regex."),
        (["--corpus", "nowhere"], "nowhere does not exist"),
        (["--queries", "nowhere"], "nowhere does not exist"),
        (["--reuse"], "name it"),
        (["--at-most", "lucene=10k"], "There is no engine lucene."),
    ],
)
def test_what_cannot_be_done_is_said_in_a_sentence(arguments, said, capsys, tmp_path):
    file = tmp_path / "a.txt"
    file.write_text("A text.")
    assert main(["--corpus", str(file), *arguments]) == 2
    assert said in capsys.readouterr().err


def test_spread_is_relative_to_the_median():
    assert spread([1.0, 2.0, 4.0]) == {"median": 2.0, "least": -0.5, "most": 1.0}


def test_no_query_is_run_twice_in_a_row():
    asked = []
    times = Clock(runs=20, budget=60, seed=1).rounds([1, 2, 3], asked.append)
    assert {number: len(runs) for number, runs in times.items()} == {1: 20, 2: 20, 3: 20}
    assert all(first != second for first, second in pairwise(asked))


def test_no_query_is_run_when_the_budget_is_spent():
    assert Clock(runs=5, budget=0, seed=1).rounds([1, 2, 3], lambda number: None) == {}


def test_the_command_measures_and_writes(tmp_path, capsys):
    source = tmp_path / "tales.txt"
    words = ["harbour", "merchant", "copper", "silver", "timber", "winter", "storm", "bridge", "valley", "river"]
    source.write_text(
        "\n\n".join(f"{' '.join(words[n % 7 :])} the {words[n % 10]} of {words[n % 3]}." for n in range(40))
    )
    out = tmp_path / "out"
    options = ["--engines", "whoosh", "--count", "3", "--runs", "2", "--classes", "term,phrase"]
    assert main(["--corpus", str(source), *options, "--out", str(out)]) == 0
    run = loaded(out)
    assert run["stages"][0]["paragraphs"] == 40
    assert set(run["stages"][0]["agreement"]["engines"]["whoosh"]) == {"term", "phrase"}
    assert str(tmp_path) not in (out / "run.json").read_text()
    assert capsys.readouterr().out == (out / "table.md").read_text()
