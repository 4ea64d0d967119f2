"""``searchlib check``: what it prints, and how it exits."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from .commands import in_process

CHECKS = """\
[[check]]
query = '"defense industry"'
first = { quote = "representatives of the defense industry" }

[[check]]
query = "bees"
expect = "seeds/guide.md"
absent = "seeds/meeting.txt"
"""


@pytest.fixture
def checks(fresh: Path) -> Path:
    assert in_process("index").code == 0
    Path("checks.toml").write_text(CHECKS, encoding="utf-8")
    return fresh


def edit() -> None:
    shutil.copytree("indexes/default", "before")
    Path("seeds/new.txt").write_text("New\n\nThe defense industry, an industry of defense.\n", encoding="utf-8")
    Path("seeds/guide.md").write_text("# Guide\n\nNothing of the kind.\n", encoding="utf-8")
    assert in_process("index").code == 0


def test_all_is_found_as_it_should_be(checks: Path) -> None:
    done = in_process("check", "checks.toml")
    assert (done.code, done.out, done.err) == (0, "", "2 checks: 2 held\n")


def test_what_is_missed_is_said_with_its_line(checks: Path) -> None:
    edit()
    done = in_process("check", "checks.toml")
    assert done.code == 1
    assert done.out == (
        'missed  "defense industry"  (checks.toml, line 1)\n'
        "    “representatives of the defense industry”: rank 2, and not first\n"
        "missed  bees  (checks.toml, line 5)\n"
        "    seeds/guide.md: it is in the index, and does not match the query\n"
    )
    assert done.err == "\n2 checks: 2 missed\n"


def test_why_a_rank_moved_is_said(checks: Path) -> None:
    assert in_process("check", "checks.toml", "--write-baseline", "base.json").err.endswith(
        "Wrote the baseline to base.json.\n"
    )
    edit()
    for way in (("--baseline", "base.json"), ("--against", "before")):
        out = in_process("check", "checks.toml", *way).out
        assert "        rank 1 → 2, score " in out
        assert "        ahead now: seeds/new.txt:3 ¶ 1  " in out
        assert "“industry” " in out


def test_a_baseline_of_other_checks_is_said(checks: Path) -> None:
    in_process("check", "checks.toml", "--write-baseline", "base.json")
    Path("more.jsonl").write_text('{"query": "pipelines", "expect": "seeds/rows.jsonl"}\n', encoding="utf-8")
    done = in_process("check", "checks.toml", "more.jsonl", "--baseline", "base.json")
    assert done.code == 0
    assert done.err.startswith("base.json does not have 1 check as asked now, such as pipelines: write it again.\n")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["nowhere.toml"], "nowhere.toml cannot be read"),
        (["checks.toml", "--baseline", "nowhere.json"], "nowhere.json cannot be read"),
        (["checks.toml", "checks.toml"], "is checked at checks.toml, line 1 already"),
        (["checks.toml", "--baseline", "a", "--against", "b"], "give one of them"),
        (["checks.toml", "--against", "nowhere"], "No index at nowhere"),
        (["checks.toml", "--index", "nowhere"], "No index at nowhere"),
    ],
)
def test_what_cannot_be_is_an_error(checks: Path, arguments: list[str], said: str) -> None:
    done = in_process("check", *arguments)
    assert (done.code, done.out) == (2, "")
    assert said in done.err


def test_it_is_json_for_programs_and_a_summary_for_a_page(checks: Path) -> None:
    edit()
    found = json.loads(in_process("check", "checks.toml", "--against", "before", "--json", "--summary", "s.md").out)
    assert found["counts"] == {"held": 0, "missed": 2, "moved": 2}
    first = found["checks"][0]["verdicts"][0]
    assert (first["expected"], first["held"], first["rank"], first["moved"]["before"]) == ("first", False, 2, 1)
    summary = Path("s.md").read_text(encoding="utf-8")
    assert summary.startswith("### ❌ 2 checks: 2 missed; ranks moved in 2\n")
    assert "“representatives of the defense industry” | first | rank 2, and not first<br>rank 1 → 2, score " in summary


def test_it_is_wrapped_where_that_is_wanted(checks: Path) -> None:
    edit()
    out = in_process("check", "checks.toml", "--against", "before", "--width", "50").out
    assert max(map(len, out.splitlines())) <= 50
