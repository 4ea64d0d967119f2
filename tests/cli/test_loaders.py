"""Commands of a settings file, which read any other format: the user's own, or allowed."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest


def index(folder: Path, *flags: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "searchlib", "index", *flags]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "seeds").mkdir()
    (tmp_path / "seeds" / "a.fox").write_text("Foxes run.", "utf-8")
    script = "import sys; print(open(sys.argv[1]).read())"
    (tmp_path / "searchlib.toml").write_text(f"[loaders]\nfox = '''{sys.executable} -c \"{script}\" {{}}'''\n", "utf-8")
    return tmp_path


def test_a_file_is_read_by_the_command_of_its_suffix(project: Path) -> None:
    done = index(project)
    assert (done.returncode, "1 document" in done.stderr) == (0, True), done.stderr
    found = subprocess.run(
        [sys.executable, "-m", "searchlib", "query", "foxes"], cwd=project, capture_output=True, text=True, check=True
    )
    assert "seeds/a.fox  ¶ 1" in found.stdout


def test_a_settings_file_that_anybody_may_write_runs_nothing_unless_it_is_allowed(project: Path) -> None:
    (project / "searchlib.toml").chmod(0o666)
    refused = index(project)
    assert "searchlib.toml" in refused.stderr
    assert "--allow-commands" in refused.stderr
    assert "1 added" in index(project, "--allow-commands").stderr


@pytest.mark.parametrize(
    ("table", "said"), [("loaders = 3", "write [loaders]"), ("[loaders]\nfox = 'cat'", "has no {}")]
)
def test_what_is_no_command_is_an_error(project: Path, table: str, said: str) -> None:
    (project / "searchlib.toml").write_text(table, "utf-8")
    done = index(project)
    assert (done.returncode, said in done.stderr) == (2, True), done.stderr
