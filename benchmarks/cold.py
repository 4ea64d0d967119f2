"""Cold: commands, each a process of its own, in turn with an interpreter that does nothing but import.

*Bare* is ``python -c "import numpy, click"``, which a command line in Python that uses arrays cannot do without, *help*
is ``searchlib --help``, and *clicked* what that is to be compared with. The index is in the page cache.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from benchmarks.corpus import BenchmarkError

ROOT = Path(__file__).parents[1]
BARE, CLICKED = "import numpy, click", "import click"

Ran = dict[str, float]
"""Seconds of the wall clock and of the processor, peak resident bytes, and exit code of a command."""


def compare(commands: Mapping[str, Sequence[list[str]]], runs: int) -> dict[str, list[Ran]]:
    """Runs of each; those of engines ask another query each time. The first run compiles modules and is not counted."""
    every = {
        "bare": [[sys.executable, "-c", BARE]],
        "clicked": [[sys.executable, "-c", CLICKED]],
        "help": [[sys.executable, "-m", "searchlib", "--help"]],
        **commands,
    }
    found: dict[str, list[Ran]] = {name: [] for name in every}
    with tempfile.TemporaryDirectory() as nowhere:  # without settings or seeds
        for number in range(runs + 1):
            for name, asked in every.items():
                command = asked[number % len(asked)]
                ran = run(command, nowhere)
                if ran["code"]:
                    raise BenchmarkError(f"{' '.join(command)} ended with {ran['code']:g}.")
                if number:
                    found[name].append(ran)
    return found


def run(command: Sequence[str], folder: str) -> Ran:
    """What a command took."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)  # an installation has its modules compiled
    began = time.perf_counter()
    process = subprocess.Popen(
        command, cwd=folder, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - began
    process.returncode = os.waitstatus_to_exitcode(status)
    return {
        "seconds": seconds,
        "processor": usage.ru_utime + usage.ru_stime,
        "memory": usage.ru_maxrss * 1024,
        "code": process.returncode,
    }
