"""The recipes of docs/ci.md do what the page says."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

PAGE = (Path(__file__).parents[1] / "docs" / "ci.md").read_text(encoding="utf-8")


def block(language: str, having: str) -> str:
    (found,) = (one for one in re.findall(rf"```{language}\n(.*?)```", PAGE, re.S) if having in one)
    return str(found)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Seeds, and a searchlib command."""
    (tmp_path / "seeds").mkdir()
    for name in ("a", "b"):
        (tmp_path / "seeds" / f"{name}.txt").write_text(f"Note {name}\n\nThe harbour is closed.\n", encoding="utf-8")
    command = tmp_path / "bin" / "searchlib"
    command.parent.mkdir()
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m searchlib "$@"\n', encoding="utf-8")
    command.chmod(0o755)
    return tmp_path


def run(script: str, project: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["bash", "-c", script],
        cwd=project,
        env={
            **{name: value for name, value in os.environ.items() if not name.startswith("SEARCHLIB_")},
            "PATH": f"{project / 'bin'}{os.pathsep}{os.environ['PATH']}",
            "PYTHONPATH": os.pathsep.join(filter(None, sys.path)),
            "PYTHONUTF8": "1",
        },
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_the_shell_recipe_builds_proves_publishes_and_checks(project: Path) -> None:
    done = run(block("sh", "set -eu"), project)
    assert done.returncode == 0, done.stderr
    (project / "seeds" / "a.txt").write_text("Note\n\nThe harbour is open.\n", encoding="utf-8")
    assert run("searchlib index seeds/ --check --index indexes/default", project).returncode == 1
    proof, published, _ = block("sh", "set -eu").partition("\n# Sound")
    assert published
    assert run(proof, project).returncode == 0, "with what the first run has left, as from a cache"


def test_the_workflow_builds_and_checks(project: Path) -> None:
    steps = yaml.safe_load(block("yaml", "actions/cache"))["jobs"]["index"]["steps"]
    commands = [step["run"] for step in steps if "run" in step and not step["run"].startswith("pip ")]
    assert len(commands) == 3
    for command in commands:
        done = run(command, project)
        assert done.returncode == 0, done.stderr


def test_the_action_is_given_what_it_takes() -> None:
    steps = yaml.safe_load(block("yaml", "searchlib/searchlib@"))["jobs"]["answers"]["steps"]
    inputs = yaml.safe_load((Path(__file__).parents[1] / "action.yml").read_text(encoding="utf-8"))["inputs"]
    assert set(steps[-1]["with"]) <= set(inputs)
