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
from benchmarks.corpus import DESCRIPTION, BenchmarkError
from benchmarks.engines import ONE_PROCESS, REFERENCE, index_of
from benchmarks.queries import Query, from_dict

ROOT = Path(__file__).parents[1]
_WATCH = 0.05  # seconds between looks at memory
_BRUTE = 20  # queries of a kind whose answers are found by brute force as well
_COLD_WORDS = 5


@dataclass(frozen=True, slots=True)
class Settings:
    """What to measure: see the options of ``python -m benchmarks``."""

    source: str
    engines: Sequence[str]
    kinds: Sequence[str]
    work: Path
    queries: str = ""
    runs: int = 7
    cold_runs: int = 9
    count: int = 100
    budget: float = 120.0
    seed: int = 1
    reuse: bool = False
    at_most: Mapping[str, int] = field(default_factory=dict)
    """Engines that are left out where there are more paragraphs than that."""


def stage(settings: Settings, least: int | None, say: Callable[[str], None]) -> dict[str, Any]:
    """Prepare the corpus (with ``least`` paragraphs, None: all), build, compare, time. What it found, for JSON."""
    folder = settings.work / (str(least) if least else "all")
    task = _Tasks(folder, {"budget": settings.budget, "seed": settings.seed})
    noise = machine.calibrate()
    say("preparing paragraphs and queries")
    prepared = task.run(
        "prepare",
        source=settings.source,
        least=least,
        kinds=list(settings.kinds),
        count=settings.count,
        queries=str(Path(settings.queries).resolve()) if settings.queries else "",
    )
    queries = [from_dict(found) for found in prepared["queries"]]
    corpus = json.loads((folder / "corpus" / DESCRIPTION).read_text(encoding="utf-8"))
    size = {key: corpus[key] for key in ("name", "documents", "paragraphs", "text_bytes", "split_seconds")}
    say(f"{size['paragraphs']:,} paragraphs, {size['text_bytes'] / 1e6:,.1f} MB, {len(queries)} queries")
    built, left_out = _build_all(settings, task, size, noise, say)
    say("comparing answers")
    answers, brute = _answers(task, [name for name in built if name != ONE_PROCESS], queries, settings.seed)
    judged = agreement.judge(queries, answers, brute)
    noise += machine.calibrate()

    engines: dict[str, Any] = {name: {"build": found} for name, found in built.items()}
    for name, found in answers.items():
        kinds = [kind for kind in settings.kinds if judged["engines"][name].get(kind, {}).get("timed")]
        result = task.run("search", engine=name, index=str(task.index(name)), kinds=kinds, runs=settings.runs)
        result["times"] = {what: _microseconds(times) for what, times in result["times"].items()}
        engines[name]["search"] = result
        engines[name]["totals"] = [answer and answer["total"] for answer in found]
        around = task.run("around", engine=name, index=str(task.index(name)), kinds=kinds, runs=settings.runs)
        engines[name]["around"] = {what: _microseconds(times) for what, times in around.items()}
        noise += machine.calibrate()
        say(f"{name}: timed {', '.join(kinds) or 'nothing'}")
    stage: dict[str, Any] = {
        **size,
        "queries": prepared["queries"],
        "queries_left": prepared["left"],
        "engines": engines,
        "left_out": left_out,
        "brute": brute,
        "agreement": judged,
        "noise": [round(seconds, 6) for seconds in noise],
    }
    if REFERENCE in engines:
        say("cold queries")
        words = list(dict.fromkeys(query.words[0] for query in queries if query.kind == "term"))[:_COLD_WORDS]
        index = str(task.index(REFERENCE))
        stage["cold"] = task.run("cold", index=index, words=words or ["the"], runs=settings.cold_runs)
    return stage


def _build_all(
    settings: Settings, task: _Tasks, size: dict[str, Any], noise: list[float], say: Callable[[str], None]
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
                built[name] = {**built[index_of(name)], "shared": True}
            else:
                left_out[name] = f"it searches the index of {index_of(name)}, which was not asked for"
            continue
        try:
            built[name] = _build(task, name, size, settings.reuse)
        except BenchmarkError as error:
            if name in (REFERENCE, ONE_PROCESS):
                raise
            left_out[name] = str(error).splitlines()[-1]
            say(f"{name} is left out: {left_out[name]}")
            continue
        noise += machine.calibrate()
        say(f"{name}: built in {built[name]['seconds']:.1f} s")
    return built, left_out


def _answers(
    task: _Tasks, names: Sequence[str], queries: Sequence[Query], seed: int
) -> tuple[dict[str, list[dict[str, Any] | None]], dict[str, list[int]]]:
    """The answers of each engine to all queries, and those of brute force to some."""
    task.queries(queries)
    answers = {name: task.run("answers", engine=name, index=str(task.index(name))) for name in names}
    sampled = _sampled(queries, seed)
    task.queries([queries[number] for number in sampled])
    brute = {"sampled": sampled, "totals": task.run("brute")}
    task.queries(queries)
    return answers, brute


def _build(task: _Tasks, name: str, size: dict[str, Any], reuse: bool) -> dict[str, Any]:
    """Build an index, or take one that was built before of the same corpus, with what was measured then."""
    kept = task.folder / f"{name}.json"
    index = task.index(name)
    key = {"paragraphs": size["paragraphs"], "text_bytes": size["text_bytes"]}
    if reuse and kept.exists() and index.exists():
        before: dict[str, Any] = json.loads(kept.read_text(encoding="utf-8"))
        if before["key"] == key:
            return {**before, "reused": True}
    shutil.rmtree(index, ignore_errors=True)
    result: dict[str, Any] = task.run("build", engine=name, index=str(index))
    result["peak"] = max(task.peak, result.pop("own_peak"))
    result["key"] = key
    kept.write_text(json.dumps(result), encoding="utf-8")
    if name == ONE_PROCESS:
        shutil.rmtree(index)
    return result


def _sampled(queries: Sequence[Query], seed: int) -> list[int]:
    """The numbers of up to 20 queries of each kind."""
    by_kind: dict[str, list[int]] = {}
    for number, query in enumerate(queries):
        by_kind.setdefault(query.kind, []).append(number)
    chance = random.Random(f"{seed} brute")
    return sorted(number for kind in by_kind.values() for number in chance.sample(kind, min(_BRUTE, len(kind))))


def _microseconds(times: dict[str, list[float]]) -> dict[str, list[float]]:
    return {number: [round(seconds * 1e6, 1) for seconds in runs] for number, runs in times.items()}


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
