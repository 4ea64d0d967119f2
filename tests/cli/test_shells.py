"""Completion, as bash and fish ask for it; and what a stranger's index may put on a command line."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from click.shell_completion import ShellComplete

from searchlib.cli.main import program

from .commands import in_process


def offered(*words: str) -> list[tuple[str, str]]:
    """What is offered for the last of some words: the type and the value of each."""
    complete = ShellComplete(program, {}, "searchlib", "_SEARCHLIB_COMPLETE")
    return [(item.type, item.value) for item in complete.get_completions(list(words[:-1]), words[-1])]


def values(*words: str) -> list[str]:
    return [value for _, value in offered(*words)]


@pytest.fixture
def built_here(fresh: Path) -> Path:
    assert in_process("index").code == 0
    return fresh


def test_options_and_their_values_are_completed(built_here: Path) -> None:
    assert values("query", "--form") == ["--format"]
    assert values("query", "--format", "b") == ["bibtex"]
    assert values("query", "--color", "a") == ["auto", "always"]
    assert offered("query", "--index", "in") == [("dir", "in")]
    assert offered("check", "che") == [("file", "che")]
    assert offered("diff", "ind") == [("dir", "ind")]
    assert offered("cite", "--check", "no") == [("file", "no")]


def test_fields_are_completed(built_here: Path) -> None:
    assert values("query", "--sort", "au") == ["author"]
    assert values("query", "--sort=ye") == ["year"]
    assert values("query", "--facet", "k") == ["kind"]
    assert values("query", "--filter", "au") == ["author:"]
    assert values("query", "indust") == ["industry"]
    assert "author:" in values("query", "au")


def test_ids_are_completed_in_the_index_that_is_named(built_here: Path) -> None:
    id = in_process("query", "bees", "--format", "{id}").out.strip()
    for command in ("show", "similar", "open", "cite"):
        assert values(command, id[:3]) == [id]
    assert values("show", "--index", "indexes/default", id[:3]) == [id]
    assert values("show", "--index", "nowhere", id[:3]) == []
    assert offered("show", "seeds/gu") == [("file", "seeds/gu")]


def test_where_there_is_no_index_nothing_is_offered(fresh: Path) -> None:
    assert values("show", "70") == values("query", "--sort", "a") == values("query", "ind") == []


def test_nothing_that_a_shell_would_run_is_offered(fresh: Path) -> None:
    hostile = ["$(touch owned)", "`id`", "a;b", "a b", "a\nplain,evil", "-rf", "x&y", "ok"]
    row = {"id": "a", "title": "A\nplain,evil\x1b[31m", "text": "Text.", **dict.fromkeys(hostile, 1)}
    Path("seeds/rows.jsonl").write_text(json.dumps(row) + "\n", encoding="utf-8")
    assert in_process("index").code == 0
    for words in (("--sort", ""), ("--facet", ""), ("--filter", "")):
        found = values("query", *words)
        assert "ok" in [one.rstrip(":") for one in found]
        assert all(one.rstrip(":").isidentifier() for one in found)
    id = in_process("query", "document:*a", "--format", "{id}").out.split()[0]
    complete = ShellComplete(program, {}, "searchlib", "_SEARCHLIB_COMPLETE")
    (item,) = complete.get_completions(["show"], id[:12])
    assert "\n" not in item.help and "\x1b" not in item.help


def shim(folder: Path) -> dict[str, str]:
    """An environment in which searchlib is a command."""
    command = folder / "bin" / "searchlib"
    command.parent.mkdir()
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m searchlib "$@"\n', encoding="utf-8")
    command.chmod(0o755)
    return {**os.environ, "PATH": f"{command.parent}{os.pathsep}{os.environ['PATH']}", "PYTHONUTF8": "1"}


def of_shell(arguments: list[str], folder: Path) -> str:
    done = subprocess.run(
        arguments,
        env=shim(folder),
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        check=False,
        stdin=subprocess.DEVNULL,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_bash_completes_ids(built_here: Path) -> None:
    id = in_process("query", "bees", "--format", "{id}").out.strip()
    script = (
        'eval "$(searchlib completion bash)"; complete -p searchlib;'
        f"COMP_WORDS=(searchlib show {id[:4]}); COMP_CWORD=2; _searchlib_completion searchlib;"
        'printf "%s\\n" "${COMPREPLY[@]}"'
    )
    declared, *found = of_shell(["bash", "-c", script], built_here).splitlines()
    assert declared.endswith("-F _searchlib_completion searchlib")
    assert found == [id]


@pytest.mark.skipif(shutil.which("fish") is None, reason="fish is not installed")
def test_fish_completes_ids_and_says_what_they_are(built_here: Path) -> None:
    id = in_process("query", "bees", "--format", "{id}").out.strip()
    script = f"searchlib completion fish | source; complete -C 'searchlib show {id[:4]}'"
    assert of_shell(["fish", "-c", script], built_here).split("\t") == [id, "Guide\n"]


@pytest.mark.skipif(shutil.which("zsh") is None, reason="zsh is not installed")
def test_zsh_takes_the_script(built_here: Path) -> None:
    script = (
        'autoload -Uz compinit && compinit -u -d zdump; eval "$(searchlib completion zsh)"; print $_comps[searchlib]'
    )
    assert of_shell(["zsh", "-fc", script], built_here) == "_searchlib_completion\n"
