"""Cold: a query at the command line, against an interpreter that does nothing.

Each is a process of its own. *Mapped* runs find the index in the page cache; before *evicted* ones the system is
asked to drop it from there, as far as it does so for the asking (POSIX_FADV_DONTNEED).
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks.engines.base import files_in

ROOT = Path(__file__).parents[1]


def compare(task: dict[str, Any]) -> dict[str, Any]:
    """Seconds and peak resident bytes of each run."""
    bare = [sys.executable, "-c", "pass"]
    query = [sys.executable, "-m", "searchlib", "query", "--index", task["index"], "--"]
    words = task["words"]
    found: dict[str, Any] = {"bare": [], "query": [], "evicted": [], "words": words}
    with tempfile.TemporaryDirectory() as nowhere:  # without settings or seeds
        for number in range(task["runs"] + 1):
            asked = [*query, words[number % len(words)]]
            runs = {"bare": run(bare, nowhere), "query": run(asked, nowhere)}
            evict(Path(task["index"]))
            runs["evicted"] = run(asked, nowhere)
            if number:  # the first time compiles modules
                for name, result in runs.items():
                    found[name].append(result)
    return found


def run(command: list[str], folder: str) -> dict[str, float]:
    """Seconds, peak resident bytes and exit code of a command."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)  # an installation has its modules compiled
    began = time.perf_counter()
    process = subprocess.Popen(
        command, cwd=folder, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - began
    process.returncode = os.waitstatus_to_exitcode(status)
    return {"seconds": seconds, "memory": usage.ru_maxrss * 1024, "code": process.returncode}


def evict(folder: Path) -> None:
    """Ask for the files of an index to be dropped from the page cache."""
    for file in files_in(folder):
        descriptor = os.open(file, os.O_RDONLY)
        try:
            os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
        finally:
            os.close(descriptor)
