"""docs/checks.md: every command on it prints what it says, and its Python runs."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from cli.commands import in_process

PAGE = (Path(__file__).parents[2] / "docs" / "checks.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the seeds and the checks of the page, and an index."""
    for name in [name for name in os.environ if name.startswith("SEARCHLIB_") or name in ("NO_COLOR", "FORCE_COLOR")]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "seeds").mkdir()
    for block in blocks("markdown"):
        name, text = re.fullmatch(r"<!-- (\S+) -->\n(.*)", block, re.DOTALL).groups()  # type: ignore[union-attr]
        (tmp_path / name).write_text(text, encoding="utf-8")
    (tmp_path / "checks.toml").write_text(blocks("toml")[0], encoding="utf-8")
    assert in_process("index").code == 0
    return tmp_path


def typed(command: str, code: int) -> tuple[int, str]:
    """The exit code and the output of a command as the page has it; searchlib's own runs in this process."""
    if command == "echo $?":
        return 0, f"{code}\n"
    program, *words = shlex.split(command)
    if program != "searchlib":
        done = subprocess.run(["bash", "-c", command], capture_output=True, encoding="utf-8", check=True)
        return 0, done.stdout
    target = words.pop() if ">" in words else ""
    ran = in_process(*(word for word in words if word not in (">", "2>/dev/null")))
    if target:
        Path(target).write_text(ran.out, encoding="utf-8")
    return ran.code, "" if target else ran.out


def test_the_commands_print_what_the_page_says_and_its_python_runs(folder: Path) -> None:
    code = 0
    for block in blocks("console"):
        for shown in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            command, _, output = shown.partition("\n")
            code, printed = typed(command, code)
            assert printed.rstrip("\n") == output.rstrip("\n"), command
    (example,) = blocks("python")
    done = subprocess.run([sys.executable, "-c", example], capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stderr
    assert "gates open False 2 rank 2, and not first\n" in done.stdout or "gates open False" in done.stdout
    assert done.stdout.endswith("{'edited': 1} {'edited': 1}\n")
