"""Percentiles and tables of a run, and the command."""

import random

import numpy as np
import pytest

from benchmarks.__main__ import compact, loaded, main, size, write
from benchmarks.machine import spread
from benchmarks.report import latencies, lead, number, percentile, report


@pytest.mark.parametrize("count", [1, 2, 3, 10, 99, 100, 101])
def test_percentiles_are_those_of_numpy(count):
    values = random.Random(count).choices([0.1, 0.5, 1.0, 7.0, 7.5, 1e6], k=count)
    for percent in (0, 50, 90, 99, 100):
        assert percentile(values, percent) == pytest.approx(np.percentile(values, percent))


def built(seconds, size, version):
    update = {"seconds": seconds / 10, "processor": seconds / 20, "documents": 1, "bytes": size}
    return {
        "seconds": seconds,
        "processor": 2 * seconds,
        "bytes": size,
        "peak": 80e6,
        "version": version,
        "setup": "as it is",
        "update": update,
        "memory": {"opened": 20e6, "searched": 50e6},
    }


def asks(scale):
    """Of two words and an OR; the processor's time is half of the wall clock's."""
    pairs = {str(which): [[round(scale * (which + 1) * one), round(scale * (which + 1) * one / 2)]
                          for one in (1000, 9000, 500)] for which in range(3)}  # fmt: skip
    return {"ids": pairs, "snippets": pairs, "total": pairs, "facet": pairs}


def ran(seconds):
    return [{"seconds": seconds, "processor": seconds, "memory": 40e6, "code": 0}] * 3


def stage(paragraphs):
    right = {"queries": 2, "agree": 2, "exact": 2, "rate": 1.0}
    near = {"queries": 2, "agree": 2, "rate": 1.0, "overlap": 0.95, "compared": True}
    far = {"queries": 2, "agree": 1, "rate": 0.5, "overlap": 0.4, "compared": False}
    return {
        "name": "tales",
        "documents": 3,
        "paragraphs": paragraphs,
        "text_bytes": 1_000_000,
        "split_seconds": 0.5,
        "queries": [
            {"kind": "word", "words": ["a"]},
            {"kind": "word", "words": ["b"]},
            {"kind": "or", "words": ["a", "b"]},
        ],
        "engines": {
            "searchlib": built(0.5, 900_000, "0.1.0"),
            "searchlib-1": {**built(1.0, 900_000, "0.1.0"), "update": None, "memory": None},
            "searchlib-compiled": {"shared": True, "memory": {"opened": 20e6, "searched": 60e6}},
            "tantivy": {**built(1.5, 1_000_000, "0.27"), "kept": True},
            "bm25s": {**built(2.0, 2_000_000, "0.3"), "update": None},
        },
        "left_out": {"whoosh": "not asked for above 10 paragraphs"},
        "agreement": {
            "brute": {"searchlib": {"word": right, "or": right}},
            "engines": {
                "searchlib": {"word": near, "or": near},
                "searchlib-compiled": {"word": near, "or": near},
                "tantivy": {"word": near, "or": far},
                "bm25s": {"word": near},
            },
        },
        "warm": {
            "searchlib": asks(1),
            "searchlib-compiled": asks(0.5),
            "tantivy": asks(2),
            "bm25s": {"ids": {"0": [[9000, 9000]]}},
        },
        "first": {"searchlib": {"ids": {"0": [[4000, 4000]]}}, "tantivy": {"ids": {"0": [[1000, 1000]]}}},
        "cold": {name: ran(seconds) for name, seconds in
                 {"bare": 0.1, "clicked": 0.05, "help": 0.06, "searchlib": 0.13, "tantivy": 0.2}.items()},
        "noise": [[5000, 4000], [4000, 4000], [6000, 4000]],
    }  # fmt: skip


@pytest.fixture
def run():
    machine = {
        "date": "2024-02-29T12:00:00+00:00",
        "processor": "Abacus",
        "cores": 2,
        "memory": 8 << 30,
        "system": "Linux",
        "python": "3.12",
        "versions": {"searchlib": "0.1.0"},
        "load": 1.25,
        "nice": 0,
    }
    return {
        "format": 2,
        "name": "tales",
        "machine": machine,
        "notes": ["fts5 is left out."],
        "settings": {"rounds": 3, "count": 2},
        "stages": [stage(1000)],
    }


def test_a_query_counts_with_the_median_of_its_rounds(run):
    assert latencies(run["stages"][0], "warm", "ids", "word")["searchlib"] == [1.0, 2.0]
    assert latencies(run["stages"][0], "warm", "ids", "word", clock=1)["tantivy"] == [1.0, 2.0]


@pytest.mark.parametrize(
    "line",
    [
        "Abacus, 2 cores, 8 GiB; Linux; Python 3.12; searchlib 0.1.0. Load 1.2 at the beginning, priority 0.",
        "fts5 is left out.",
        "## tales: 1,000 paragraphs, 1.0 MB of text",
        "|  | queries | searchlib | searchlib-compiled | tantivy | bm25s | times best, p50 | p99 | p50 of processor | "
        "compiled, p50 |",
        "| one word | 1–2 | 1.50 / 1.99 | 0.75 / 0.99 | 3.00 / 3.98 | 9.00 / 9.00 | 0.50 tantivy | 0.50 tantivy | "
        "0.50 tantivy | 0.25 tantivy |",
        "| OR of two | 1 | 3.00 / 3.00 | 1.50 / 1.50 | 6.00 / 6.00 † | – | – | – | – | – |",
        "| one word | 1 | 4.00 / 4.00 | 1.00 / 1.00 | 4.0 tantivy | 4.0 tantivy | 4.0 tantivy |",
        "| searchlib 0.1.0 | 0.5 / 1.0 | 2.00 | 2.00 | 0.05 / 0.03 | 0.9 (0.90) | 80 | 50 |",
        f"| searchlib-compiled{' | as searchlib' * 6} | 60 |",
        "| tantivy 0.27 ‡ | 1.5 / 3.0 | 0.67 | 0.50 | 0.15 / 0.07 | 1.0 (1.00) | 80 | 50 |",
        "| bm25s 0.3 | 2.0 / 4.0 | 0.50 | 0.40 | – | 2.0 (2.00) | 80 | 50 |",
        "whoosh is left out: not asked for above 10 paragraphs.",
        "| `searchlib query WORD` | 130 / 130 | 40 | 1.30 |",
        "| `searchlib --help` (beside the one above) | 60 / 60 | 40 | 1.20 |",
        "| one word | 2 of 2 | 100% / 95% | 100% / 95% | 100% / 95% |",
        "| OR of two | 2 of 2 | 100% / 95% | 50% / 40% | – |",
        "A fixed loop, timed between rounds: 5.0 ms by the wall clock (-20% to +20%), 4.0 ms by the processor's "
        "(+0% to +0%).",
    ],
)
def test_the_report_has_a_line_for_each_figure(run, line):
    assert line in report(run).splitlines()


@pytest.mark.parametrize(
    "line",
    [
        "| Ten ids, ms | 1,000 | 2,000 |",
        "| one word | 1.50 (0.50 tantivy) | 1.50 (0.50 tantivy) |",
        "| OR of two | 3.00 (–) | 3.00 (–) |",
        "| build, s | 0.50 (0.33 tantivy) | 0.50 (0.33 tantivy) |",
        "| update of 1 %, s | 0.05 (0.33 tantivy) | 0.05 (0.33 tantivy) |",
        "| index, MB | 0.90 (0.90 tantivy) | 0.90 (0.90 tantivy) |",
        "| cold command, ms | 130 (0.65 tantivy) | 130 (0.65 tantivy) |",
    ],
)
def test_what_users_call_comes_first_with_a_column_for_each_size(run, line):
    run["stages"].append(stage(2000))
    assert line in lead(run["stages"]).splitlines()
    assert report(run).index(line) < report(run).index("## tales")


@pytest.mark.parametrize(
    ("value", "shown"), [(1234.5, "1,234"), (12.3, "12"), (9.96, "10"), (2.34, "2.3"), (0.5, "0.50")]
)
def test_figures_have_two_or_three_digits(value, shown):
    assert number(value) == shown


def test_what_is_written_is_read_again(run, tmp_path, capsys):
    write(run, tmp_path)
    assert loaded(tmp_path) == run
    assert main(["--table", str(tmp_path)]) == 0
    assert capsys.readouterr().out == report(run) == (tmp_path / "table.md").read_text()


def test_compact_json_is_json(run):
    import json

    assert json.loads(compact(run)) == run
    assert compact({"a": 1}) == '{"a": 1}'


def test_what_is_no_run_is_an_error(tmp_path, capsys):
    assert main(["--table", str(tmp_path)]) == 2
    assert "is no run" in capsys.readouterr().err
    (tmp_path / "run.json").write_text('{"format": 7}')
    assert main(["--table", str(tmp_path)]) == 2
    assert "has the format 7, not 2" in capsys.readouterr().err


@pytest.mark.parametrize(("text", "paragraphs"), [("500", 500), ("10k", 10_000), ("1.5M", 1_500_000)])
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
        (["--keep"], "name it"),
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


def test_the_command_measures_and_writes(tmp_path, capsys):
    source = tmp_path / "tales.txt"
    words = ["harbour", "merchant", "copper", "silver", "timber", "winter", "storm", "bridge", "valley", "river"]
    source.write_text(
        "\n\n".join(f"{' '.join(words[n % 7 :])} the {words[n % 10]} of {words[n % 3]}." for n in range(40))
    )
    out = tmp_path / "out"
    options = ["--engines", "fts5", "--count", "3", "--rounds", "1", "--classes", "word,phrase", "--cold", "1"]
    assert main(["--corpus", str(source), *options, "--out", str(out)]) == 0
    run = loaded(out)
    assert run["stages"][0]["paragraphs"] == 40
    assert set(run["stages"][0]["agreement"]["engines"]["fts5"]) == {"word", "phrase"}
    assert str(tmp_path) not in (out / "run.json").read_text()
    assert capsys.readouterr().out == (out / "table.md").read_text()
