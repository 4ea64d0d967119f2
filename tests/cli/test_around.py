"""Around the hits on the command line: filters, facets, sorting, pages, export, similar paragraphs."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from .commands import Run, in_process


@pytest.fixture(scope="module")
def ships(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("ships")
    (folder / "seeds").mkdir()
    rows = [
        {
            "id": number,
            "title": f"Log {number}",
            "text": f"A ship came in.\n\nShip number {number} left the harbour.",
            "year": 1990 + number % 4,
            "by": ["Ann", "Bo"] if number % 3 == 0 else "ann",
            **({"note": "a long value " * 8} if number == 5 else {}),
        }
        for number in range(12)
    ]
    (folder / "seeds" / "logs.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        assert in_process("index").code == 0
    return folder


@pytest.fixture
def run(ships: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.chdir(ships)
    return in_process


def paths(out: str) -> list[str]:
    return [json.loads(line)["document"]["path"].rpartition("#")[2] for line in out.splitlines()]


def test_facets_stand_after_the_hits(run: Run) -> None:
    done = run("query", "ship", "-n", "1", "--facet", "by", "--facet", "year:2", "--facet", "note")
    assert done.code == 0
    assert done.out.partition("\n\n")[2] == (
        "by\n   24  Ann\n    8  Bo\n\nyear\n   6  1990\n   6  1991\n   2 other values\n\n"
        f"note\n   2  {('a long value ' * 8).strip()}\n   22 paragraphs without one\n"
    )


def test_facets_fit_the_width(run: Run) -> None:
    lines = run("query", "ship", "-n", "0", "--facet", "note", "--width", "40").out.splitlines()
    assert lines[0] == "note"
    assert lines[1].startswith("   2  a long value")
    assert lines[2].startswith("      a long") or lines[2].startswith("      ")
    assert max(map(len, lines)) <= 40


def test_facets_are_an_object_in_json(run: Run) -> None:
    found = json.loads(run("query", "ship", "--json", "--facet", "year:1").out)
    assert found["facets"] == {"year": {"values": [{"value": 1990, "count": 6}], "others": 3, "missing": 0}}
    assert (found["total"], found["documents"]) == (24, 12)


def test_filters_all_have_to_match(run: Run) -> None:
    done = run("query", "left", "--jsonl", "--filter", "year:1990", "--filter", "by:bo")
    assert paths(done.out) == ["0"]


def test_hits_are_sorted(run: Run) -> None:
    found = run("query", "left", "--jsonl", "-n", "4", "--sort", "-year", "--sort", "-document").out
    assert paths(found) == ["11", "7", "3", "10"]


def test_what_says_the_same_is_shown_once_with_where_else_it_stands(run: Run) -> None:
    done = run("query", "came OR harbour", "-n", "5", "--sort", "document", "--distinct")
    assert done.out.count("A ship came in.") == 1
    assert "   11 more that say the same: logs.jsonl#1, logs.jsonl#2, logs.jsonl#3 and 8 more" in done.out.replace(
        "seeds/", ""
    ).replace(":2", "").replace(":3", "").replace(":4", "")
    assert re.search(r"^1-5 of 24 paragraphs, those that say the same once, in .*; next: --page 2$", done.err, re.M)
    (hit,) = json.loads(run("query", "came", "--json", "--distinct").out)["hits"]
    assert len(hit["copies"]) == 11
    assert hit["copies"][0] == {"id": hit["copies"][0]["id"], "path": "seeds/logs.jsonl#1", "line": 2}
    assert "no more hits" in run("query", "came", "--distinct", "--page", "2").err
    assert "leave --distinct out" in run("query", "came", "--distinct", "--all").err


def test_a_document_has_no_more_hits_than_allowed(run: Run) -> None:
    done = run("query", "ship", "--jsonl", "-n", "5", "--per-document", "1", "--sort", "document")
    assert paths(done.out) == ["0", "1", "2", "3", "4"]
    assert re.search(r"^1-5 of 24 paragraphs in 12 documents in .*; next: --page 2$", done.err, re.MULTILINE)
    last = run("query", "ship", "--jsonl", "-n", "5", "--per-document", "1", "--sort", "document", "--page", "3")
    assert paths(last.out) == ["10", "11"]
    assert "next" not in last.err
    assert "no more hits" in run("query", "ship", "-n", "5", "--per-document", "1", "--page", "9").err


def test_a_cursor_leads_from_page_to_page(run: Run) -> None:
    options = ("query", "ship", "--json", "-n", "10")
    whole = [hit["id"] for hit in json.loads(run("query", "ship", "--json", "-n", "30").out)["hits"]]
    found: list[str] = []
    done = run(*options)
    for _ in range(3):
        page = json.loads(done.out)
        found += [hit["id"] for hit in page["hits"]]
        cursor = page["cursor"]
        if cursor is not None:
            done = run(*options, "--after", cursor)
    assert found == whole
    assert cursor is None
    assert re.search(r"^21-24 of 24 paragraphs in [\w. ]+$", done.err, re.MULTILINE)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--after", "nonsense"), "Error: this is no cursor: give one as results.cursor, or --json, has it\n"),
        (("--after", "x", "--page", "2"), "--after and --page both say where to begin"),
        (("--facet", "yaer", "--strict"), "Error: No document has yaer, to count by it. Did you mean year?\n"),
        (("--facet", "year:x"), "--facet year:x has no number after the colon: write year:20, or year alone"),
        (("--sort", "text"), "cannot sort by text"),
        (("--all", "--json"), "give --all --jsonl"),
        (("--all", "--format", "csl"), "give --all --jsonl"),
        (("--all", "--per-document", "1"), "leave --per-document out"),
    ],
)
def test_what_cannot_be_is_an_error(run: Run, arguments: tuple[str, ...], said: str) -> None:
    done = run("query", "ship", *arguments)
    assert (done.code, done.out) == (2, "")
    assert said in done.err


def test_a_key_that_no_document_has_is_a_warning(run: Run) -> None:
    done = run("query", "ship", "-n", "1", "--facet", "yaer", "--sort", "nonsense")
    assert done.code == 0
    assert "Warning: No document has yaer, to count by it.\nDid you mean year?\n" in done.err
    assert "No document has nonsense, to sort by it.\nThere are " in done.err
    assert done.out.endswith("\n\nyaer\n   24 paragraphs without one\n")


def test_all_hits_come_in_the_order_of_the_index(run: Run) -> None:
    done = run("query", "ship", "--all", "--jsonl")
    hits = [json.loads(line) for line in done.out.splitlines()]
    assert [(hit["document"]["path"], hit["paragraph"]["number"]) for hit in hits] == [
        (f"seeds/logs.jsonl#{number}", paragraph) for number in range(12) for paragraph in (1, 2)
    ]
    assert [hit["rank"] for hit in hits] == list(range(1, 25))
    assert done.err == "\n24 paragraphs\n"
    assert run("query", "ship", "--all", "--filter", "by:bo").out.count("Log") == 4  # of two each


def test_all_of_nothing_exits_1(run: Run) -> None:
    done = run("query", '"zebra', "--all", "--jsonl")
    assert (done.code, done.out) == (1, "")
    assert done.err.startswith("Warning: ")
    assert done.err.endswith("No hits.\n")


def test_a_reader_of_all_that_goes_away_is_no_error(ships: Path) -> None:
    program = [sys.executable, "-m", "searchlib", "query", "ship", "--all", "--jsonl"]
    with subprocess.Popen(program, cwd=ships, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None and process.stderr is not None
        assert json.loads(process.stdout.readline())["rank"] == 1
        process.stdout.close()
        assert b"Traceback" not in process.stderr.read()
        assert process.wait(30) == 0


def test_similar_prints_what_is_like_a_paragraph(run: Run) -> None:
    (id,) = re.findall(r"[0-9a-z]{16}$", run("query", '"number 3"', "-n", "1").out, re.MULTILINE)
    done = run("similar", id[:10], "--jsonl", "-n", "3")
    assert done.code == 0
    assert len(paths(done.out)) == 3
    assert "3" not in paths(done.out)
    assert "left the harbour" in json.loads(done.out.splitlines()[0])["text"]
    assert "3" in paths(run("similar", id, "--jsonl", "--within-document", "-n", "30").out)
    assert set(paths(run("similar", id, "--jsonl", "--filter", "document:*#7").out)) == {"7"}
    assert json.loads(run("similar", id, "--json").out)["query"]


def test_similar_to_nothing_is_an_error(run: Run) -> None:
    done = run("similar", "zzzz")
    assert (done.code, done.out) == (2, "")
    assert "no paragraph has the id zzzz" in done.err


def test_help_has_its_options_in_groups(run: Run) -> None:
    out = run("query", "--help").out
    assert out.index("Which hits:") < out.index("--sort KEY") < out.index("What is shown:") < out.index("--facet KEY")
    assert out.count("--filter QUERY") == 1
