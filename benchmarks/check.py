"""``python -m benchmarks.check``: whether what users call takes about as long as it did. Half a minute; for CI.

Nothing is held against a time: what is measured are ratios of processor time, to tantivy in the same process and the
same rounds, to a fixed piece of work, or to an interpreter that only imports. Each has a *limit*, about 1.5 times what
it was when it was set: room for a busy machine, not for twice as slow. What is above its limit is measured again, and
fails if it is so again. Where something has become quicker, the limits are to follow: ``--set`` prints them as they
would be now.
"""

from __future__ import annotations

import argparse
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from benchmarks import machine
from benchmarks.cold import compare
from benchmarks.corpus import BenchmarkError, Corpus, opened, prepare
from benchmarks.engines import ONE_PROCESS, REFERENCE, choose, create
from benchmarks.engines.base import Asked, Engine, folder_bytes
from benchmarks.queries import Query, sample
from benchmarks.typed import Pair, texts_of, warm

PEER = "tantivy"
PARAGRAPHS = 5_000
COUNT, ROUNDS, BUDGET = 50, 4, 3.0
COLD_RUNS = 7
ROOM, ROOM_ON_DISK = 1.55, 1.05  # sizes do not depend on what else runs
LIMITS: dict[str, float] = {
    "build, in fixed work": 60,
    "index ÷ tantivy": 0.811,
    "ids, word ÷ tantivy": 3.46,
    "ids, or ÷ tantivy": 5.23,
    "ids, and ÷ tantivy": 6.74,
    "ids, phrase ÷ tantivy": 14.9,
    "ids, bracketed ÷ tantivy": 6.84,
    "ids, prefix ÷ tantivy": 6.3,
    "ids, fuzzy ÷ tantivy": 3.43,
    "snippets, word ÷ tantivy": 8.41,
    "snippets, or ÷ tantivy": 8.81,
    "snippets, and ÷ tantivy": 9.54,
    "snippets, phrase ÷ tantivy": 14.6,
    "snippets, bracketed ÷ tantivy": 8.87,
    "total, word ÷ tantivy": 9.57,
    "total, or ÷ tantivy": 8.21,
    "total, and ÷ tantivy": 12.9,
    "total, phrase ÷ tantivy": 19.2,
    "total, bracketed ÷ tantivy": 11.2,
    "total, prefix ÷ tantivy": 7.96,
    "total, fuzzy ÷ tantivy": 3.11,
    "facet, word ÷ tantivy": 15.6,
    "facet, or ÷ tantivy": 11,
    "facet, and ÷ tantivy": 13.5,
    "facet, phrase ÷ tantivy": 15,
    "facet, bracketed ÷ tantivy": 13.9,
    "facet, prefix ÷ tantivy": 13.1,
    "facet, fuzzy ÷ tantivy": 7.74,
    "query, cold ÷ bare": 1.9,
    "--help ÷ bare": 2.08,
}


def main(arguments: Sequence[str] | None = None, limits: Mapping[str, float] = LIMITS) -> int:
    """0 if all is within its limits, 1 if not, 2 if it cannot be measured."""
    made = argparse.ArgumentParser(prog="python -m benchmarks.check", description=__doc__)
    made.add_argument("--set", action="store_true", help="print limits from what is measured now")
    given = made.parse_args(arguments)
    try:
        with tempfile.TemporaryDirectory(prefix="benchmarks-") as folder:
            found = measure(Path(folder))
            if given.set:
                print("\n".join(f'    "{name}": {value * room(name):.3g},' for name, value in found.items()))
                return 0
            late = above(found, limits)
            if late:
                print(f"above the limit: {', '.join(late)}; measured again")
                again = measure(Path(folder))
                late = [name for name in above(again, limits) if name in late]
                found = {name: min(value, again[name]) for name, value in found.items()}
    except BenchmarkError as error:
        print(error, file=sys.stderr)
        return 2
    print("\n".join(table(found, limits)))
    if late:
        print(
            f"slower than it was: {', '.join(late)}. Find out why, or say why with new limits in benchmarks/check.py."
        )
    return 1 if late else 0


def room(name: str) -> float:
    """How many times of what it is something may be."""
    return ROOM_ON_DISK if name.startswith("index") else ROOM


def above(found: Mapping[str, float], limits: Mapping[str, float]) -> list[str]:
    """The names of what is above its limit, or has none."""
    return [name for name, value in found.items() if value > limits.get(name, 0)]


def table(found: Mapping[str, float], limits: Mapping[str, float]) -> list[str]:
    """What was measured beside its limits."""
    width = max(len(name) for name in found)
    return [f"{name:{width}}  {value:6.2f}  at most {limits.get(name, 0):g}" for name, value in found.items()]


def measure(folder: Path) -> dict[str, float]:
    """The ratios, by name."""
    engines, notes = choose([REFERENCE, PEER])
    if notes:
        raise BenchmarkError(notes[0])
    there = (folder / "corpus").exists()
    corpus = opened(folder / "corpus") if there else prepare("", folder / "corpus", PARAGRAPHS)
    opened_by = {name: create(name, corpus) for name in engines}
    work = statistics.median(pair[1] for pair in machine.calibrate()) / 1e6
    found = {}
    for name in (ONE_PROCESS, PEER):
        index = folder / f"{name}-{len(list(folder.iterdir()))}"
        seconds = _build(create(name, corpus), index)
        if name == ONE_PROCESS:
            found["build, in fixed work"] = seconds / work
        opened_by[REFERENCE if name == ONE_PROCESS else name].open(index)
        found[f"index of {name}"] = folder_bytes(index)
    found[f"index ÷ {PEER}"] = found.pop(f"index of {ONE_PROCESS}") / found.pop(f"index of {PEER}")
    found |= _warm(opened_by, sample(corpus, ("word", "or", "and", "phrase", "bracketed", "prefix", "fuzzy"), COUNT, 1))
    return found | _cold(corpus, folder)


def _build(engine: Engine, index: Path) -> float:
    began = time.process_time()
    engine.build(index)
    return time.process_time() - began


def _warm(engines: Mapping[str, Engine], queries: Sequence[Query]) -> dict[str, float]:
    noise: list[Pair] = []
    times = warm(engines, texts_of(engines, queries), ROUNDS, BUDGET, random.Random(1), noise)
    found = {}
    for ask in ("ids", "snippets", "total", "facet"):
        for kind in dict.fromkeys(query.kind for query in queries):
            middle = {
                name: statistics.median(
                    min(pair[1] for pair in pairs)  # what else runs only adds
                    for number, pairs in asks[ask].items()
                    if queries[number].kind == kind
                )
                for name, asks in times.items()
                if kind in (engines[name].shown if ask == "snippets" else engines[name].kinds)
            }
            if len(middle) == len(engines):
                found[f"{ask}, {kind} ÷ {PEER}"] = middle[REFERENCE] / middle[PEER]
    return found


def _cold(corpus: Corpus, folder: Path) -> dict[str, float]:
    index = next(folder.glob(f"{ONE_PROCESS}-*"))
    query = create(REFERENCE, corpus).command(index, Asked("word", "government"))
    assert query is not None
    ran = compare({"query": [query]}, COLD_RUNS)
    middle = {name: statistics.median(one["processor"] for one in runs) for name, runs in ran.items()}
    return {"query, cold ÷ bare": middle["query"] / middle["bare"], "--help ÷ bare": middle["help"] / middle["clicked"]}


if __name__ == "__main__":
    sys.exit(main())
