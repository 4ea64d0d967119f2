"""The measurements of one size of the corpus, one after another, each in a process of its own.

This process only starts them, watches the memory of them and their children, and collects what they say.
"""

from __future__ import annotations

import json
import random
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks import agreement, machine
from benchmarks.cold import ROOT
from benchmarks.corpus import DESCRIPTION, BenchmarkError
from benchmarks.engines import COMPILED, ONE_PROCESS, REFERENCE, index_of
from benchmarks.queries import Query, from_dict

_WATCH = 0.05  # seconds between looks at memory
_BRUTE = 20  # queries of a kind whose answers are found by brute force as well
_BRUTE_MOST = 150_000  # paragraphs: more would take it too long
_OWN = (REFERENCE, COMPILED, ONE_PROCESS)


@dataclass(frozen=True, slots=True)
class Settings:
    """What to measure: see the options of ``python -m benchmarks``."""

    source: str
    engines: Sequence[str]
    kinds: Sequence[str]
    work: Path
    rounds: int = 3
    cold_runs: int = 9
    count: int = 200
    budget: float = 8.0
    seed: int = 1
    keep: bool = False
    """Take the indexes of peers that ``work`` has, with what was measured when they were built."""
    at_most: Mapping[str, int] = field(default_factory=dict)
    """Engines that are left out where there are more paragraphs than that."""


def stage(settings: Settings, least: int | None, say: Callable[[str], None]) -> dict[str, Any]:
    """Prepare the corpus (with ``least`` paragraphs, None: all), build, compare, time. What it found, for JSON."""
    folder = settings.work / (str(least) if least else "all")
    task = _Tasks(folder, {"budget": settings.budget, "seed": settings.seed, "rounds": settings.rounds})
    say("preparing paragraphs and queries")
    rows = task.run("prepare", source=settings.source, least=least, kinds=settings.kinds, count=settings.count)
    queries = [from_dict(found) for found in rows]
    task.queries(queries)
    corpus = json.loads((folder / "corpus" / DESCRIPTION).read_text(encoding="utf-8"))
    size = {key: corpus[key] for key in ("name", "documents", "paragraphs", "text_bytes", "split_seconds")}
    say(f"{size['paragraphs']:,} paragraphs, {size['text_bytes'] / 1e6:,.1f} MB, {len(queries)} queries")
    built, left_out = _build_all(settings, task, size, say)
    searched = [name for name in built if name != ONE_PROCESS]
    indexes = {name: str(task.index(name)) for name in searched}
    say("comparing answers")
    answers, brute = _answers(task, searched, queries, settings.seed, size["paragraphs"])
    say("timing")
    times = task.run("typed", indexes=indexes)
    say("memory, and cold commands")
    for name in searched:
        built[name]["memory"] = task.run("memory", engine=name, index=indexes[name])
    commands = task.run("commands", indexes={name: index for name, index in indexes.items() if name != COMPILED})
    cold = task.run("cold", commands=commands, runs=settings.cold_runs)
    return {
        **size,
        "queries": rows,
        "engines": built,
        "left_out": left_out,
        "agreement": agreement.judge(queries, answers, brute),
        "totals": {name: [answer and answer["total"] for answer in found] for name, found in answers.items()},
        **times,
        "cold": cold,
    }


def _build_all(
    settings: Settings, task: _Tasks, size: dict[str, Any], say: Callable[[str], None]
) -> tuple[dict[str, Any], dict[str, str]]:
    """Build with each engine; what was measured, and why some were left out. A peer that fails does not end the run."""
    built: dict[str, Any] = {}
    left_out: dict[str, str] = {}
    for name in settings.engines:
        if size["paragraphs"] > settings.at_most.get(name, size["paragraphs"]):
            left_out[name] = f"not asked for above {settings.at_most[name]:,} paragraphs"
            continue
        if index_of(name) != name:
            if index_of(name) in built:
                built[name] = {"shared": True}
            else:
                left_out[name] = f"it searches the index of {index_of(name)}, which was not asked for"
            continue
        try:
            built[name] = _build(task, name, size, settings.keep)
        except BenchmarkError as error:
            if name in _OWN:
                raise
            left_out[name] = str(error).splitlines()[-1]
            say(f"{name} is left out: {left_out[name]}")
            continue
        say(f"{name}: built in {built[name]['seconds']:.1f} s{', before' if built[name].get('kept') else ''}")
    return built, left_out


def _build(task: _Tasks, name: str, size: dict[str, Any], keep: bool) -> dict[str, Any]:
    """Build an index and update a copy of it, or take those of a peer from before, with what was measured then."""
    file = task.folder / f"{name}.json"
    index = task.index(name)
    key = {"paragraphs": size["paragraphs"], "text_bytes": size["text_bytes"]}
    if keep and name not in _OWN and file.exists() and index.exists():
        before: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
        if before["key"] == key:
            return {**before, "kept": True}
    shutil.rmtree(index, ignore_errors=True)
    noise = machine.calibrate()
    result: dict[str, Any] = task.run("build", engine=name, index=str(index))
    result["peak"] = max(task.peak, result.pop("own_peak"))
    copy = task.folder / "updated" / index.name
    if name != ONE_PROCESS:
        shutil.copytree(index, copy)
        result["update"] = task.run("update", engine=name, index=str(copy))
        shutil.rmtree(copy.parent)
    else:
        shutil.rmtree(index)
    result |= {"key": key, "noise": noise + machine.calibrate()}
    file.write_text(json.dumps(result), encoding="utf-8")
    return result


def _answers(
    task: _Tasks, names: Sequence[str], queries: Sequence[Query], seed: int, paragraphs: int
) -> tuple[dict[str, list[dict[str, Any] | None]], dict[str, list[int]]]:
    """The answers of each engine to all queries, and those of brute force to some."""
    answers = {name: task.run("answers", engine=name, index=str(task.index(name))) for name in names}
    if paragraphs > _BRUTE_MOST:
        return answers, {"sampled": [], "totals": []}
    sampled = _sampled(queries, seed)
    task.queries([queries[number] for number in sampled])
    brute = {"sampled": sampled, "totals": task.run("brute")}
    task.queries(queries)
    return answers, brute


def _sampled(queries: Sequence[Query], seed: int) -> list[int]:
    """The numbers of up to 20 queries of each kind."""
    by_kind: dict[str, list[int]] = {}
    for number, query in enumerate(queries):
        by_kind.setdefault(query.kind, []).append(number)
    chance = random.Random(f"{seed} brute")
    return sorted(number for kind in by_kind.values() for number in chance.sample(kind, min(_BRUTE, len(kind))))


class _Tasks:
    """Runs tasks of `benchmarks.worker` in a folder, with options ``common`` to all.

    ``peak`` is the memory of the last one, in bytes.
    """

    def __init__(self, folder: Path, common: Mapping[str, Any]) -> None:
        self.folder = folder
        self.common = common
        self.peak = 0
        folder.mkdir(parents=True, exist_ok=True)

    def index(self, name: str) -> Path:
        return self.folder / f"index-{index_of(name)}"

    def queries(self, queries: Sequence[Query]) -> None:
        rows = [query.as_dict() for query in queries]
        (self.folder / "queries.json").write_text(json.dumps(rows), encoding="utf-8")

    def run(self, task: str, **options: Any) -> Any:
        """The result of a task. Raises BenchmarkError with the last lines of what went wrong."""
        result = self.folder / "result.json"
        result.unlink(missing_ok=True)
        file = self.folder / "task.json"
        given = {
            "task": task,
            "result": str(result),
            "corpus": str(self.folder / "corpus"),
            "queries": str(self.folder / "queries.json"),
            **self.common,
            **options,
        }
        file.write_text(json.dumps(given), encoding="utf-8")
        errors = self.folder / "errors.txt"
        with errors.open("w", encoding="utf-8") as out:
            process = subprocess.Popen(
                [sys.executable, "-m", "benchmarks.worker", str(file)],
                cwd=ROOT,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
            )
            try:
                self.peak = watch(process)
            finally:
                if process.poll() is None:
                    process.kill()
                    process.wait()
        if process.returncode or not result.exists():
            said = errors.read_text(encoding="utf-8", errors="replace").strip().splitlines()[-12:]
            of = f" of {options['engine']}" if "engine" in options else ""
            raise BenchmarkError(f"The task {task}{of} failed:\n" + "\n".join(said))
        return json.loads(result.read_text(encoding="utf-8"))


def watch(process: subprocess.Popen[bytes]) -> int:
    """Wait for a process; the most memory that it and its children had together, in bytes."""
    peak = 0
    while process.poll() is None:
        peak = max(peak, sum(_resident(number) for number in _tree(process.pid)))
        time.sleep(_WATCH)
    return peak


def _tree(process: int) -> Iterator[int]:
    yield process
    try:
        children = [file.read_text() for file in Path(f"/proc/{process}/task").glob("*/children")]
    except OSError:  # it has ended
        return
    for child in " ".join(children).split():
        yield from _tree(int(child))


def _resident(process: int) -> int:
    """Bytes, with what is shared between processes in equal shares."""
    try:
        with Path(f"/proc/{process}/smaps_rollup").open() as lines:
            for line in lines:
                if line.startswith("Pss:"):
                    return int(line.split()[1]) * 1024
    except OSError:
        pass
    return 0
