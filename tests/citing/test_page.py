"""docs/citations.md: every command on it prints what it says, and its Python runs."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from cli.commands import in_process

from searchlib.citing.finding import find_in_text
from searchlib.citing.sources import load_sources
from searchlib.model.records import paragraph_id

PAGE = (Path(__file__).parents[2] / "docs" / "citations.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with the seed of the page."""
    (tmp_path / "seeds").mkdir()
    (tmp_path / "seeds" / "harbour.md").write_text(blocks("markdown")[0], encoding="utf-8")
    return tmp_path


def run(arguments: list[str], folder: Path) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("SEARCHLIB_")}
    return subprocess.run(
        arguments,
        cwd=folder,
        env={**environment, "PYTHONUTF8": "1"},
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )


def typed(command: str, folder: Path) -> tuple[int, str]:
    """The exit code and the output of a command as the page has it; searchlib's own runs in this process."""
    program, *words = shlex.split(command)
    if program != "searchlib":
        done = run(["bash", "-c", command], folder)
        return done.returncode, done.stdout
    target = words.pop() if ">" in words else ""
    arguments = [word for word in words if word not in (">", "2>/dev/null")]
    ran = in_process(*arguments)
    if target:
        (folder / target).write_text(ran.out, encoding="utf-8")
    return ran.code, "" if target else ran.out


def test_the_commands_print_what_the_page_says(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And exit 1 where a citation did not hold, as the page has it."""
    monkeypatch.chdir(folder)
    for block in blocks("console"):
        for shown in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            command, _, output = shown.partition("\n")
            code, printed = typed(command, folder)
            drifted = "--check" in command and ("moved" in output or "edited" in output)
            assert code == drifted, command
            assert printed.rstrip("\n") == output.rstrip("\n"), command


def test_the_example_in_python_finds_all_unchanged(folder: Path) -> None:
    (example,) = blocks("python")
    run([sys.executable, "-m", "searchlib", "index"], folder)
    done = run([sys.executable, "-c", example], folder)
    assert done.returncode == 0, done.stderr
    citation, details, *checks = done.stdout.splitlines()
    assert citation == "Harbour, “Opening hours”, ¶ 2 (seeds/harbour.md, line 10)"
    assert details.startswith("searchlib:") and details.count(" | ") == 3
    assert [line.split()[0] for line in checks] == ["unchanged"] * 3


def test_the_references_of_the_page_are_those_of_its_paragraph(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)
    library = load_sources(["seeds"])
    references = next(block for block in blocks("text") if block.startswith("searchlib:"))
    found = find_in_text(references)
    assert [one.part for one in found] == [None, (44, 57), None, (44, 57)]
    for one in found:
        (record,) = library.with_id(one.id)
        assert record.paragraph.text.startswith("The gates open")


def test_an_id_is_made_as_the_page_says() -> None:
    import hashlib

    alphabet = "0123456789abcdefghjkmnpqrstvwxyz"
    for path, text, occurrence in (("a/é.txt", "One\n  two", 0), ("b", "東京", 12)):
        said = " ".join(text.split())
        hashed = hashlib.blake2b(f"{path}\0{said}\0{occurrence}".encode(), digest_size=10).digest()
        bits = "".join(f"{byte:08b}" for byte in hashed)
        id = "".join(alphabet[int(bits[place : place + 5], 2)] for place in range(0, 80, 5))
        assert paragraph_id(path, text, occurrence) == id


def test_the_chances_of_the_page_are_right() -> None:
    """So many ids drawn at random have two alike with a chance of 1 %: sqrt(2 · 32^n · 0.01), nearly."""
    words = {"thousand": 1e3, "million": 1e6}
    rows = re.findall(r"^\| (\d+) \| [^|]+ \| ([\d,.]+)([a-z ]*) \|$", PAGE, re.MULTILINE)
    assert len(rows) == 5
    for characters, number, factors in rows:
        stated = float(number.replace(",", ""))
        for word in factors.split():
            stated *= words[word]
        assert stated == pytest.approx((2 * 32 ** int(characters) * 0.01) ** 0.5, rel=0.02)
