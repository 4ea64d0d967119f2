"""A project to run commands in, and two ways to run them: in this process, and as a person does."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from .commands import Done, Run, in_process, write_seeds


@pytest.fixture(autouse=True)
def plain_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the tests see does not depend on who runs them."""
    for name in list(os.environ):
        if name.startswith("SEARCHLIB_") or name in ("NO_COLOR", "FORCE_COLOR", "COLUMNS"):
            monkeypatch.delenv(name)


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with seeds and an index of them. Not to be changed: see `project`."""
    folder = tmp_path_factory.mktemp("built")
    write_seeds(folder)
    previous = Path.cwd()
    os.chdir(folder)
    try:
        done = in_process("index")
    finally:
        os.chdir(previous)
    assert done.code == 0, done.err
    return folder


@pytest.fixture
def run(built: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run a command in this process, in the project that is built."""
    monkeypatch.chdir(built)
    return in_process


@pytest.fixture
def fresh(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with seeds and no index, which is the working directory."""
    write_seeds(tmp_path)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def spawn() -> Run:
    """Run a command as a process of its own, in the working directory."""

    def call(*arguments: str, stdin: str | None = None, **variables: str) -> Done:
        done = subprocess.run(
            [sys.executable, "-m", "searchlib", *arguments],
            input=stdin,
            capture_output=True,
            encoding="utf-8",
            env={**os.environ, "PYTHONUTF8": "1", **variables},
            timeout=60,
            check=False,
        )
        return Done(done.returncode, done.stdout, done.stderr)

    return call
