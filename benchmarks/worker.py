"""One measurement in a process of its own: ``python -m benchmarks.worker TASK``, a JSON file.

The result is written as JSON to the file that the task names. Nothing but what the task needs is imported.
"""

from __future__ import annotations

import json
import random
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

_ANSWERS = 10.0  # seconds for comparing the answers of one engine
_AMENDED = " Amended since."


def main(file: str) -> None:
    """Do the task in ``file``."""
    task = json.loads(Path(file).read_text(encoding="utf-8"))
    result = _TASKS[task["task"]](task)
    Path(task["result"]).write_text(json.dumps(result), encoding="utf-8")


def prepare(task: dict[str, Any]) -> list[dict[str, Any]]:
    """Make the corpus, if it is not there, and the queries."""
    from benchmarks import queries
    from benchmarks.corpus import DESCRIPTION, opened
    from benchmarks.corpus import prepare as prepare_corpus

    folder = Path(task["corpus"])
    there = (folder / DESCRIPTION).exists()
    corpus = opened(folder) if there else prepare_corpus(task["source"], folder, task["least"])
    return [query.as_dict() for query in queries.sample(corpus, task["kinds"], task["count"], task["seed"])]


def build(task: dict[str, Any]) -> dict[str, Any]:
    """Build an index: what it took, and its size."""
    from benchmarks.corpus import opened
    from benchmarks.engines import create
    from benchmarks.engines.base import folder_bytes

    corpus = opened(Path(task["corpus"]))
    engine = create(task["engine"], corpus)
    index = Path(task["index"])
    took = _taken(lambda: engine.build(index))
    return {
        "seconds": took["seconds"] - corpus.reading.seconds,
        "processor": took["processor"] - corpus.reading.processor,
        "bytes": folder_bytes(index),
        "own_peak": peak_memory(),
        "version": engine.version(),
        "setup": engine.setup,
    }


def update(task: dict[str, Any]) -> dict[str, Any] | None:
    """Bring a copy of an index up to date with 1 % of the documents changed: what it took. None if it cannot be."""
    from benchmarks.corpus import opened
    from benchmarks.engines import create
    from benchmarks.engines.base import folder_bytes

    corpus = opened(Path(task["corpus"]))
    engine = create(task["engine"], corpus)
    index = Path(task["index"])
    changed = changes(corpus, task["seed"])
    if hasattr(engine, "prepare_update"):
        engine.prepare_update(index, changed)
    try:
        took = _taken(lambda: engine.update(index, changed))
    except NotImplementedError:
        return None
    return {**took, "documents": len(changed), "bytes": folder_bytes(index)}


def changes(corpus: Any, seed: int) -> list[Any]:
    """One document in a hundred, with a sentence added to one of its paragraphs."""
    from benchmarks.corpus import Corpus
    from benchmarks.engines.base import Changed

    assert isinstance(corpus, Corpus)
    chance = random.Random(f"{seed} changes")
    chosen = set(chance.sample(range(corpus.documents), max(1, corpus.documents // 100)))
    ends = [*corpus.firsts[1:], corpus.paragraphs]
    there = {number: range(corpus.firsts[number], ends[number]) for number in chosen}
    records = {record.id: record for record in corpus.sample({one for found in there.values() for one in found})}
    found = []
    with corpus.documents_file.open(encoding="utf-8") as lines:
        rows = {number: json.loads(line) for number, line in enumerate(lines) if number in chosen}
    for number, row in rows.items():
        after = [records[one] for one in there[number]]
        if not after:
            continue
        at = chance.randrange(len(after))
        old = after[at].text
        after[at] = after[at]._replace(text=old + _AMENDED)
        row["text"] = row["text"].replace(old, old + _AMENDED, 1)
        found.append(Changed(number, row, there[number], after))
    return found


def answers(task: dict[str, Any]) -> list[dict[str, Any] | None]:
    """How many match each query, and which are the top ten.

    None for kinds that the engine has not, and for the queries that were still to come when the time was over: to
    count is slow where postings are gone through one by one. Their order is by chance.
    """
    from benchmarks.engines.base import Asked

    engine = _engine(task)
    engine.open(Path(task["index"]))
    queries = _queries(task)
    found: list[dict[str, Any] | None] = [None] * len(queries)
    order = [number for number, query in enumerate(queries) if query.kind in engine.kinds]
    random.Random(f"{task['seed']} answers").shuffle(order)
    began = time.perf_counter()
    for number in order:
        asked = Asked(queries[number].kind, engine.text(queries[number]))
        found[number] = {"total": engine.total(asked), "ids": engine.numbers(asked)}
        if time.perf_counter() - began > _ANSWERS:
            break
    return found


def brute(task: dict[str, Any]) -> list[int]:
    """How many match each query, by brute force."""
    from benchmarks import arbiter
    from benchmarks.corpus import opened

    return arbiter.totals(opened(Path(task["corpus"])).records(), _queries(task))


def typed(task: dict[str, Any]) -> dict[str, Any]:
    """Time what users call, all engines in this process in turn."""
    from benchmarks import typed as timing
    from benchmarks.corpus import opened
    from benchmarks.engines import create

    corpus = opened(Path(task["corpus"]))
    engines = {name: create(name, corpus) for name in task["indexes"]}
    return timing.measure(engines, task, _queries(task))


def memory(task: dict[str, Any]) -> dict[str, int]:
    """What a process has resident after each query was asked once for ids and once for snippets: see `peak_memory`."""
    from benchmarks.engines.base import Asked

    engine = _engine(task)
    engine.open(Path(task["index"]))
    before = peak_memory()
    began = time.perf_counter()
    for query in _queries(task):
        if query.kind in engine.kinds:
            asked = Asked(query.kind, engine.text(query))
            engine.ids(asked)
            if "snippets" in engine.asks and query.kind in engine.shown:
                engine.snippets(asked)
        if time.perf_counter() - began > _ANSWERS:
            break
    return {"opened": before, "searched": peak_memory()}


def commands(task: dict[str, Any]) -> dict[str, list[list[str]]]:
    """For each engine that has one, the commands that ask for the words among the queries."""
    from benchmarks.corpus import opened
    from benchmarks.engines import create
    from benchmarks.engines.base import Asked

    corpus = opened(Path(task["corpus"]))
    words = [query for query in _queries(task) if query.kind == "word"]
    found = {}
    for name, index in task["indexes"].items():
        engine = create(name, corpus)
        made = [engine.command(Path(index), Asked("word", engine.text(query))) for query in words]
        found[name] = [command for command in made if command]
    return {name: made for name, made in found.items() if made}


def cold(task: dict[str, Any]) -> dict[str, Any]:
    """Run them. This process is a small one: what a child has resident counts from before it is another program."""
    from benchmarks.cold import compare

    return compare(task["commands"], task["runs"])


def peak_memory() -> int:
    """The most memory that this process has had resident, in bytes: pages of files that it has mapped included."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) * 1024
    return 0


def _taken(run: Callable[[], None]) -> dict[str, float]:
    """Seconds of the wall clock, and of the processors for this process and its children."""
    began, before = time.perf_counter(), _processor()
    run()
    return {"seconds": time.perf_counter() - began, "processor": _processor() - before}


def _processor() -> float:
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(usage.ru_utime + usage.ru_stime for usage in used)


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
    "update": update,
    "answers": answers,
    "brute": brute,
    "typed": typed,
    "memory": memory,
    "commands": commands,
    "cold": cold,
}

if __name__ == "__main__":
    main(sys.argv[1])
