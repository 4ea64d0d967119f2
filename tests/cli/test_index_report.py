"""What is told after indexing: what was read, by formats; what was not, by reasons; and what is there twice."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from .commands import in_process

PAGE = '<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"><head><title/></head><body><p>Tide.</p></body></html>'


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "seeds").mkdir()
    return tmp_path / "seeds"


def index(*options: str) -> tuple[int, str]:
    done = in_process("index", "seeds", "--index", "ix", *options)
    return done.code, done.err


def test_files_are_counted_by_format_and_skipped_ones_stand_by_their_reason(folder: Path) -> None:
    for number in range(12):
        (folder / f"p{number:02d}.png").write_bytes(b"\x89PNG")
    (folder / "a.txt").write_text("A harbour.")
    (folder / "b.csv").write_text("id,text\n1,one\n2,two\n")
    (folder / ".hidden").write_text("x")
    code, said = index()
    assert code == 0
    assert "Files: 1 .csv, 1 .txt\n" in said
    assert "Left out: hidden 1\n" in said
    (line,) = [line for line in said.splitlines() if "p00.png" in line]
    assert line == (
        "  seeds/p00.png, seeds/p01.png, seeds/p02.png, seeds/p03.png, seeds/p04.png and 7 more: "
        "no loader for .png files; register one, or exclude them"
    )
    assert "Skipped 12:\n" in said and said.endswith("All names: --verbose, or --json\n")
    assert "p11.png" in index("--verbose")[1]


def test_quiet_says_nothing_but_errors(folder: Path) -> None:
    (folder / "a.txt").write_text("A harbour.")
    (folder / "b.png").write_bytes(b"x")
    assert index("--quiet") == (0, "")


@pytest.mark.parametrize("name", ["a.txt", "a.html", "a.md", "a.jsonl"])
def test_a_file_that_gives_no_paragraph_is_named(folder: Path, name: str) -> None:
    (folder / name).write_text("")
    (folder / "b.txt").write_text("A harbour.")
    code, said = index()
    assert code == 0
    assert f"  seeds/{name}: no text in it, so there is nothing to find\n" in said


@pytest.mark.parametrize("text", ["", "---\n", "\n \n"])
def test_nothing_at_all_that_could_be_read_is_an_error(folder: Path, text: str) -> None:
    (folder / "a.txt").write_text(text)
    code, said = index()
    assert code == 2
    assert said.endswith("Nothing of this could be read\n")
    (folder / "b.xhtml").write_text(PAGE)
    assert index()[0] == 0


def test_only_pictures_are_nothing_that_can_be_read(folder: Path) -> None:
    (folder / "a.png").write_bytes(b"x")
    assert index()[0] == 2
    assert index("--quiet") == (2, "Nothing of this could be read; without --quiet it is said why\n")


def test_files_that_are_there_twice_are_told_at_every_run(folder: Path) -> None:
    for name in ("a.txt", "copy/a.txt", "b.txt"):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text("A harbour." if "a" in name else "Another.")
    for _ in range(2):
        said = index()[1]
        assert "The same file under several names, 1:\n  seeds/a.txt, seeds/copy/a.txt\n" in said


def test_json_has_all_of_it(folder: Path) -> None:
    (folder / "a.txt").write_text("A harbour.")
    (folder / "b.txt").write_text("A harbour.")
    (folder / "c.png").write_bytes(b"x")
    found = json.loads(in_process("index", "seeds", "--index", "ix", "--json").out)
    assert found["formats"] == {".txt": 2}
    assert found["duplicates"] == [["seeds/a.txt", "seeds/b.txt"]]
    assert found["skipped"][0]["name"] == "seeds/c.png"
