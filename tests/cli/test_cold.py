"""A command that is run is a person's wait: what it takes beside an interpreter that imports what it cannot do without.

Ratios of CPU time within one run, with room for a busy machine. `python -m benchmarks` measures them.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
from pathlib import Path

import pytest

import searchlib

SEEDS = Path(__file__).parents[2] / "seeds"
PAIRS = 4

pytestmark = pytest.mark.skipif(not hasattr(os, "wait4"), reason="Windows does not say what a child took")


def cpu_seconds(folder: Path, *arguments: str) -> float:
    """What a run of the interpreter took, by the clock of its own processor time."""
    threads = {"OPENBLAS_NUM_THREADS": "1"}  # else a bare import of NumPy starts one for each processor
    environment = {**os.environ, **threads}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    child = subprocess.Popen([sys.executable, *arguments], cwd=folder, env=environment, stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    assert child.returncode == 0
    return used.ru_utime + used.ru_stime


def ratio(folder: Path, command: list[str], bare: str) -> float:
    runs = [(cpu_seconds(folder, *command), cpu_seconds(folder, "-c", bare)) for _ in range(PAIRS + 1)]
    return statistics.median(asked / least for asked, least in runs[1:])  # the first compiles modules


def test_a_cold_query_takes_little_longer_than_to_import_numpy(tmp_path: Path) -> None:
    searchlib.build(SEEDS, tmp_path / "index").close()
    command = ["-m", "searchlib", "query", "--index", str(tmp_path / "index"), "defense industry"]
    assert ratio(tmp_path, command, "import numpy, click") < 1.7  # it is 1.3


def test_help_takes_little_longer_than_to_import_click(tmp_path: Path) -> None:
    assert ratio(tmp_path, ["-m", "searchlib", "--help"], "import click") < 1.8  # it is 1.3


@pytest.mark.parametrize("arguments", [["--help"], ["query", "--help"]])
def test_help_imports_nothing_that_only_some_command_needs(arguments: list[str]) -> None:
    """Of all commands: their modules are imported for the list of them, so what they need they import when they run."""
    heavy = ["asyncio", "hashlib", "numpy", "socket", "ssl", "starlette", "tempfile", "whoosh", "zstandard"]
    script = (
        "import sys, atexit; import click; before = set(sys.modules);"
        f"atexit.register(lambda: print(sorted({{*{heavy}}} & (set(sys.modules) - before)), file=sys.stderr));"
        f"sys.argv = ['searchlib', *{arguments}]; from searchlib.__main__ import main; main()"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stderr == "[]\n"
