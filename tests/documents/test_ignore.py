"""Patterns match as Git's own do, whatever they are made of, in bounded time; a .gitignore is as hostile as a seed."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import time
from pathlib import Path

import pytest

from searchlib.documents import Report, walk
from searchlib.documents.ignore import MAX_PATTERNS, Patterns
from searchlib.errors import SeedError

PIECES = (
    *("*", "**", "***", "?", "/", "/", "**/", "/**", "a", "b", "ab", ".", "[ab]", "[!a]", "[a-c]", "[^b]", "[]a]"),
    *("[[:alpha:]]", "[[:digit:]-]", "[[:none:]]", "[a-", "[z-a]", "[b-]", "[a\\]b]", "[", "\\", "\\*", "!", "#"),
    *(" ", "\\ ", "-"),
)
NAMES = ("a", "b", "c", "ab", ".a", "-", "*", "1", " ", "\\", "]", "[")


def verdict(patterns: Patterns, path: str) -> bool | None:
    """As Git asks: what is in a folder that is out is out."""
    parts = path.removesuffix("/").split("/")
    for depth in range(1, len(parts)):
        if patterns.verdict("/".join(parts[:depth]) + "/"):
            return True
    return patterns.verdict(path)


@pytest.mark.skipif(shutil.which("git") is None, reason="Git, which is the oracle, is not installed")
def test_generated_patterns_match_what_git_says_they_match(tmp_path: Path) -> None:
    chance = random.Random(20)
    environment = {**os.environ, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
    subprocess.run(["git", "init", "-q", tmp_path], check=True, env=environment)
    decided = 0
    for number in range(120):
        lines = ["".join(chance.choices(PIECES, k=chance.randrange(1, 7))) for _ in range(chance.randrange(1, 5))]
        folder = tmp_path / str(number)  # patterns are relative to it
        folder.mkdir()
        (folder / ".gitignore").write_text("\n".join(lines) + "\n")
        paths = {}
        for _ in range(12):
            name = "/".join(
                "".join(chance.choices(NAMES, k=chance.randrange(1, 4))) for _ in range(chance.randrange(1, 4))
            )
            path = folder / name
            try:
                if chance.random() < 0.3:
                    path.mkdir(parents=True)
                    paths[name] = name + "/"
                else:
                    path.parent.mkdir(parents=True, exist_ok=True)
                    path.touch(exist_ok=False)
                    paths[name] = name
            except OSError:
                continue  # one is a folder of another
        command = ["git", "-C", folder, "check-ignore", "-v", "-n", "-z", "--no-index", "--stdin"]
        asked = "\0".join(paths)
        done = subprocess.run(command, input=asked, capture_output=True, text=True, check=False, env=environment)
        said = done.stdout.split("\0")
        patterns = Patterns(lines)
        for place, name in enumerate(paths):
            line, pattern = said[4 * place + 1 : 4 * place + 3]
            expected = None if not line else not pattern.startswith("!")
            assert verdict(patterns, paths[name]) == expected, (lines, paths[name], pattern)
            decided += expected is not None
    assert decided > 200


@pytest.mark.parametrize(
    ("lines", "path", "expected"),
    [
        (["*.txt", "!keep.txt"], "d/keep.txt", False),
        (["**/b"], "xb", None),
        (["a/**/b"], "a/b", True),
        (["a/**/**/b"], "a/x/y/b", True),
        (["d/"], "d", None),
        (["d/"], "x/d/", True),
        (["/d"], "x/d", None),
        (["é?"], "éß", True),  # a character, not a byte as for Git
        (["end\\ ", "#x", ""], "end ", True),
        (["\\#x", "\\!y"], "!y", True),
        (["a\\"], "a\\", None),
        (["!"], "a", None),
        (["***/\\"], "a/\\", None),
    ],
)
def test_patterns_as_gitignore_has_them(lines: list[str], path: str, expected: bool | None) -> None:
    assert Patterns(lines).verdict(path) is expected


def test_a_pattern_for_a_folder_covers_what_is_in_it() -> None:
    patterns = Patterns(["d/", "!d/keep/"])
    assert patterns.covers("d/e/f.txt")
    assert not patterns.covers("d/keep/f.txt")
    assert not patterns.covers("e/f.txt")


@pytest.mark.parametrize(
    ("lines", "path"),
    [
        (["*a" * 30 + "b"], "a" * 200),
        (["**/a" * 30 + "/b"], "a/" * 200 + "c"),
        (["[a-z]*" * 1000], "a" * 200 + "/"),
        (["*" * MAX_PATTERNS], "a" * 200),
        (["*a*b"] * 50_000, "a" * 200),
    ],
)
def test_no_pattern_takes_exponential_time(lines: list[str], path: str) -> None:
    began = time.process_time()
    patterns = Patterns(lines)
    for _ in range(20):
        patterns.verdict(path)
    assert time.process_time() - began < 20  # a second or so; tried one by one, longer than anyone lives


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "s"
    (folder / "d").mkdir(parents=True)
    for name in ("a.txt", "d/b.txt"):
        (folder / name).write_text("text")
    return folder


@pytest.mark.parametrize("what", ["fifo", "device", "link", "large", "folder"])
@pytest.mark.parametrize("below", ["", "d/"])
def test_a_gitignore_that_is_no_small_file_is_skipped_by_name(folder: Path, what: str, below: str) -> None:
    path = folder / below / ".gitignore"
    if what == "fifo":
        os.mkfifo(path)
    elif what == "device":
        path.symlink_to("/dev/zero")
    elif what == "link":
        (folder.parent / "outside").write_text("*.txt\n")
        path.symlink_to(folder.parent / "outside")
    elif what == "large":
        path.write_text("*" * (MAX_PATTERNS + 1))
    else:
        path.mkdir()
    reasons = {
        "fifo": "a FIFO, not a file; not heeded",
        "device": "a link, not a file; not heeded",
        "link": "a link, not a file; not heeded",
        "large": f"larger than {MAX_PATTERNS:,} bytes; not heeded",
        "folder": "a folder, not a file; not heeded",
    }
    report = Report()
    assert [seed.name for seed in walk([folder], report=report)] == ["s/a.txt", "s/d/b.txt"]
    assert [(one.name, one.reason) for one in report.skipped] == [(f"s/{below}.gitignore", reasons[what])]
    with pytest.raises(SeedError, match="not heeded"):
        list(walk([folder], strict=True))


@pytest.mark.parametrize("text", ["!\n", "***/\\\n", "[\n\\\n", "\0\n", "*a" * 30 + "b\n"])
def test_a_line_that_is_no_pattern_ignores_nothing(folder: Path, text: str) -> None:
    (folder / ".gitignore").write_text(text)
    report = Report()
    assert [seed.name for seed in walk([folder], exclude=text.split("\n"), report=report)] == ["s/a.txt", "s/d/b.txt"]
    assert not report.skipped


def test_bytes_of_any_kind_are_patterns_of_names_of_such_bytes(folder: Path) -> None:
    Path(os.fsdecode(os.fsencode(folder) + b"/n\xff.txt")).write_text("text")
    (folder / ".gitignore").write_bytes(b"\xef\xbb\xbfn\xff*\r\n")
    assert [seed.name for seed in walk([folder])] == ["s/a.txt", "s/d/b.txt"]


def test_what_users_read_in_results_can_be_excluded(folder: Path) -> None:
    for pattern in ("s/d/", "/s/d/b.txt", "d/"):
        assert [seed.name for seed in walk([folder], exclude=[pattern])] == ["s/a.txt"]
    assert [seed.name for seed in walk([folder], include=["s/d/"])] == ["s/d/b.txt"]
    report = Report()
    assert list(walk([folder], exclude=["s/"], report=report)) == []
    assert report.left_out == {"excluded": 1}


def test_what_is_left_out_is_counted_by_why(folder: Path) -> None:
    for name in (".hidden.txt", "x.pyc", "log.txt", "no.md"):
        (folder / name).write_text("text")
    (folder / ".git").mkdir()
    (folder / ".gitignore").write_text("log.txt\n")
    report = Report()
    assert [seed.name for seed in walk([folder], exclude=["*.md"], report=report)] == ["s/a.txt", "s/d/b.txt"]
    assert report.left_out == {"hidden": 3, "generated": 1, "ignored by .gitignore": 1, "excluded": 1}
