"""One measurement in a process of its own: ``python -m benchmarks.worker TASK``, a JSON file.

The result is written as JSON to the file that the task names. Nothing but what the task needs is imported.
"""

from __future__ import annotations

import gc
import json
import random
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

_OPENINGS = 7
_FRESH = 40  # queries of a kind and source that are timed on an index opened anew
_ANSWERS = 60.0  # seconds: at least so many for comparing answers, however small the budget


def main(file: str) -> None:
    """Do the task in ``file``."""
    task = json.loads(Path(file).read_text(encoding="utf-8"))
    result = _TASKS[task["task"]](task)
    Path(task["result"]).write_text(json.dumps(result), encoding="utf-8")


def prepare(task: dict[str, Any]) -> dict[str, Any]:
    """Make the corpus and the queries."""
    from benchmarks import queries
    from benchmarks.corpus import prepare as prepare_corpus

    corpus = prepare_corpus(task["source"], Path(task["corpus"]), task["least"])
    asked = queries.sample(corpus, task["kinds"], task["count"], task["seed"])
    left = 0
    if task["queries"]:
        given, left = queries.given(Path(task["queries"]), task["kinds"])
        asked += given
    return {"queries": [query.as_dict() for query in asked], "left": left}


def build(task: dict[str, Any]) -> dict[str, Any]:
    """Build an index, and say how long it took and what memory."""
    engine = _engine(task)
    seconds = engine.build(Path(task["index"]))
    from benchmarks.engines.base import folder_bytes

    return {
        "seconds": seconds,
        "bytes": folder_bytes(Path(task["index"])),
        "own_peak": peak_memory(),
        "version": engine.version(),
        "setup": engine.setup,
    }


def answers(task: dict[str, Any]) -> list[dict[str, Any] | None]:
    """How many match each query, and which are the top ten.

    None for kinds that the engine has not, and for the queries that were still to come when the time was over: to
    count is slow where postings are gone through one by one. Their order is by chance.
    """
    engine = _engine(task)
    engine.open(Path(task["index"]))
    queries = _queries(task)
    found: list[dict[str, Any] | None] = [None] * len(queries)
    order = [number for number, query in enumerate(queries) if query.kind in engine.kinds]
    random.Random(f"{task['seed']} answers").shuffle(order)
    began = time.perf_counter()
    for number in order:
        prepared = engine.prepare(queries[number])
        found[number] = {"total": engine.total(prepared), "ids": engine.ids(engine.search(prepared))}
        if time.perf_counter() - began > max(task["budget"], _ANSWERS):
            break
    return found


def brute(task: dict[str, Any]) -> list[int]:
    """How many match each query, by brute force."""
    from benchmarks import arbiter
    from benchmarks.corpus import opened

    return arbiter.totals(opened(Path(task["corpus"])).records(), _queries(task))


def search(task: dict[str, Any]) -> dict[str, Any]:
    """Time opening, and each query of the kinds in ``task["kinds"]``."""
    engine = _engine(task)
    index = Path(task["index"])
    openings = []
    for _ in range(_OPENINGS):
        began = time.perf_counter()
        engine.open(index)
        openings.append(time.perf_counter() - began)
        engine.close()
    engine.open(index)
    asked = [(number, query) for number, query in enumerate(_queries(task)) if query.kind in task["kinds"]]
    prepared = {number: engine.prepare(query) for number, query in asked}
    texts = {number: text for number, query in asked if (text := engine.text(query)) is not None}
    clock = Clock(task["runs"], task["budget"], task["seed"])
    # The first time round warms caches of pages, and of whatever the engine keeps. It is kept apart.
    first = clock.rounds(list(prepared), lambda number: engine.search(prepared[number]), 1)
    warm = clock.rounds(list(prepared), lambda number: engine.search(prepared[number]))
    parsed = clock.rounds(list(texts), lambda number: engine.search_text(texts[number]))
    memory = peak_memory()
    # An index opened anew has nothing decoded, though its pages are in memory.
    fresh: dict[int, list[float]] = {}
    began = time.perf_counter()
    counted: dict[tuple[str, str], int] = {}
    clock.chance.shuffle(asked)
    for number, query in asked:
        label = (query.kind, query.source)
        counted[label] = counted.get(label, 0) + 1
        if counted[label] > _FRESH or time.perf_counter() - began > task["budget"]:
            continue
        engine.close()
        engine.open(index)
        started = time.perf_counter()
        engine.search(prepared[number])
        fresh[number] = [time.perf_counter() - started]
    return {
        "open": {"first": openings[0], "median": statistics.median(openings[1:])},
        "memory": memory,
        "times": {"first": first, "warm": warm, "text": parsed, "fresh": fresh},
    }


class Clock:
    """Times many queries, never the same twice in a row, within a budget in seconds for each kind of timing."""

    def __init__(self, runs: int, budget: float, seed: int) -> None:
        self.runs = runs
        self.budget = budget
        self.chance = random.Random(f"{seed} order")

    def rounds(
        self, numbers: Sequence[int], run: Callable[[int], object], runs: int | None = None
    ) -> dict[int, list[float]]:
        """Seconds of each run of each query. Where the budget ends, queries drawn by chance have been timed."""
        times: dict[int, list[float]] = {}
        began = time.perf_counter()
        gc.collect()
        gc.freeze()
        last = None
        for _ in range(runs or self.runs):
            order = list(numbers)
            self.chance.shuffle(order)
            if len(order) > 1 and order[0] == last:
                order.append(order.pop(0))
            for number in order:
                if time.perf_counter() - began > self.budget:
                    return times
                started = time.perf_counter()
                run(number)
                times.setdefault(number, []).append(time.perf_counter() - started)
                last = number
        return times


def around(task: dict[str, Any]) -> dict[str, Any]:
    """What is asked around the top ten, as far as the engine has it: snippets, facets, suggestions, completion."""
    from benchmarks.around import measure

    return measure(_engine(task), task, _queries(task))


def cold(task: dict[str, Any]) -> dict[str, Any]:
    """``python -c pass`` and a query at the command line, in turn: seconds and peak memory of each."""
    from benchmarks.cold import compare

    return compare(task)


def peak_memory() -> int:
    """The most memory that this process has had resident, in bytes."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) * 1024
    return 0


def _engine(task: dict[str, Any]) -> Any:
    from benchmarks.corpus import opened
    from benchmarks.engines import create

    return create(task["engine"], opened(Path(task["corpus"])))


def _queries(task: dict[str, Any]) -> list[Any]:
    from benchmarks.queries import from_dict

    return [from_dict(found) for found in json.loads(Path(task["queries"]).read_text(encoding="utf-8"))]


_TASKS: dict[str, Callable[[dict[str, Any]], Any]] = {
    "prepare": prepare,
    "build": build,
    "answers": answers,
    "brute": brute,
    "search": search,
    "around": around,
    "cold": cold,
}

if __name__ == "__main__":
    main(sys.argv[1])
