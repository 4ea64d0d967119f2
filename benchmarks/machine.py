"""Where and when: the machine, the versions, and how steady it was."""

from __future__ import annotations

import os
import platform
import statistics
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

_PACKAGES = ("searchlib", "numpy", "Whoosh", "whoosh3", "tantivy", "bm25s", "PyStemmer", "zstandard", "numba")
_ROUNDS = 300_000
_REPEATS = 5


def describe() -> dict[str, Any]:
    """Machine, system, Python, versions of packages, date, and what else runs."""
    return {
        "load": os.getloadavg()[0],
        "nice": os.nice(0),
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
        "processor": _processor(),
        "cores": os.cpu_count(),
        "memory": os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"),
        "system": f"{platform.system()} {platform.release()} {platform.machine()}",
        "python": platform.python_version(),
        "versions": _versions(),
    }


def calibrate() -> list[tuple[int, int]]:
    """Microseconds of a fixed loop, by the wall clock and by the processor's, several times: the machine's noise."""
    found = []
    for _ in range(_REPEATS):
        processor, began = time.process_time_ns(), time.perf_counter_ns()
        value = 1
        for number in range(_ROUNDS):
            value = (value * 31 + number) & 0xFFFFFFFF
        ended = time.perf_counter_ns()
        found.append(((ended - began) // 1000, (time.process_time_ns() - processor) // 1000))
    return found


def spread(times: Sequence[float]) -> dict[str, float]:
    """The median, and how far the quickest and the slowest are from it, as shares of it."""
    middle = statistics.median(times)
    return {"median": middle, "least": min(times) / middle - 1, "most": max(times) / middle - 1}


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor()
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor()


def _versions() -> dict[str, str]:
    found = {}
    for package in _PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            continue
    return found
