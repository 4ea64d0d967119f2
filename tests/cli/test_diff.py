"""``searchlib diff``: what it prints, and how it exits."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from .commands import in_process


@pytest.fixture
def changed(fresh: Path) -> Path:
    assert in_process("index").code == 0
    shutil.copytree("indexes/default", "before")
    guide = Path("seeds/guide.md")
    guide.write_text(guide.read_text(encoding="utf-8").replace("needs no", "has some"), encoding="utf-8")
    Path("seeds/new.txt").write_text("New\n\nSomething new.\n", encoding="utf-8")
    assert in_process("index").code == 0
    return fresh


def test_it_prints_documents_and_their_paragraphs(changed: Path) -> None:
    done = in_process("diff", "before", "indexes/default")
    lines = done.out.splitlines()
    assert lines[0] == "edited  seeds/guide.md"
    assert lines[1].startswith("    edited  ¶ 2  seeds/guide.md:10  ")
    assert lines[2] == "        The industry of bees [-needs no-]{+has some+} defense."
    assert lines[3:] == ["added   seeds/new.txt  1 paragraph"]
    assert done.code == 0
    assert done.err == "\ndocuments: 1 added, 1 edited; 2 unchanged. Paragraphs: 1 added, 1 edited\n"


def test_it_exits_as_told(changed: Path) -> None:
    assert in_process("diff", "before", "indexes/default", "--exit-code").code == 1
    same = in_process("diff", "before", "before", "--exit-code")
    assert (same.code, same.out, same.err) == (0, "", "3 documents, none of which changed\n")
    missing = in_process("diff", "before", "nowhere")
    assert (missing.code, missing.out) == (2, "")
    assert missing.err.startswith("Error: No index at nowhere.")


def test_it_is_json_for_programs(changed: Path) -> None:
    found = json.loads(in_process("diff", "before", "indexes/default", "--json").out)
    assert (found["old"], found["new"]) == ("before", "indexes/default")
    assert found["counts"] == {"added": 1, "edited": 1, "unchanged": 2}
    edited = found["documents"][0]["paragraphs"][0]
    assert edited["before"]["text"] == "The industry of bees needs no defense."
    assert ["+", "has some"] in edited["diff"]


def test_it_is_wrapped_and_coloured_where_that_is_wanted(changed: Path) -> None:
    done = in_process("diff", "before", "indexes/default", "--width", "100", "--color", "always")
    assert "\x1b[9;31mneeds no\x1b[0m\x1b[32mhas some\x1b[0m" in done.out
    plain = in_process("diff", "before", "indexes/default", "--width", "40").out
    assert max(map(len, plain.splitlines())) <= 40


def test_it_adds_a_summary_to_a_file(changed: Path) -> None:
    in_process("diff", "before", "indexes/default", "--summary", "summary.md")
    summary = Path("summary.md").read_text(encoding="utf-8")
    assert summary.startswith("### Changed documents: 1 added, 1 edited; 2 unchanged.")
    assert "The industry of bees ~~needs no~~**has some** defense. |\n" in summary
