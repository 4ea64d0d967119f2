"""Around the top ten: the snippets of ten hits, facets, suggestions and completion, for engines that have them.

* *snippets*: of the words and phrases of the queries, each searched anew (which is not timed), so that nothing of a
  hit is there before.
* *facets*: the groups of all paragraphs (``facets-all``, run again and again) and of those that match a disjunction.
* *suggestion*: of a word of a ``term`` query with two neighbouring letters swapped.
* *completion*: of the first one to six letters of the words.
"""

from __future__ import annotations

import random
import time
from collections.abc import Sequence
from typing import Any

from benchmarks.engines.base import Engine, Helps, Shows
from benchmarks.queries import Query

SHOWN = ("term", "and", "or", "phrase")
_LETTERS = 6


def measure(engine: Engine, task: dict[str, Any], queries: Sequence[Query]) -> dict[str, dict[int, list[float]]]:
    """Seconds of each run, by what was timed and the number of the query."""
    from pathlib import Path

    from benchmarks.worker import Clock

    engine.open(Path(task["index"]))
    clock = Clock(task["runs"], task["budget"], task["seed"])
    times: dict[str, dict[int, list[float]]] = {}
    if isinstance(engine, Shows):
        times["snippets"] = _snippets(engine, engine, task, queries)
    if not isinstance(engine, Helps):
        return times
    everything = engine.everything()
    times["facets-all"] = clock.rounds([0], lambda _: engine.facets(everything), max(clock.runs, 20))
    either = {number: engine.prepare(query) for number, query in enumerate(queries) if query.kind == "or"}
    times["facets"] = clock.rounds(list(either), lambda number: engine.facets(either[number]))
    misspelt = _misspelt(queries, task["seed"])
    clock.rounds(list(misspelt), lambda number: engine.suggestion(misspelt[number]), 1)
    times["suggestion"] = clock.rounds(list(misspelt), lambda number: engine.suggestion(misspelt[number]))
    begun = {number: word[: 1 + number % _LETTERS] for number, word in misspelt.items()}
    clock.rounds(list(begun), lambda number: engine.complete(begun[number]), 1)
    times["completion"] = clock.rounds(list(begun), lambda number: engine.complete(begun[number]))
    return times


def _snippets(engine: Engine, shows: Shows, task: dict[str, Any], queries: Sequence[Query]) -> dict[int, list[float]]:
    """Of ten hits, each time of another query."""
    kinds = [kind for kind in SHOWN if kind in task["kinds"]]
    prepared = {number: engine.prepare(query) for number, query in enumerate(queries) if query.kind in kinds}
    chance = random.Random(f"{task['seed']} snippets")
    times: dict[int, list[float]] = {}
    began = time.perf_counter()
    for turn in range(task["runs"] + 1):
        order = list(prepared)
        chance.shuffle(order)
        for number in order:
            found = engine.search(prepared[number])
            started = time.perf_counter()
            shows.snippets(prepared[number], found)
            seconds = time.perf_counter() - started
            if turn and len(found) == 10:  # the first round warms; with fewer hits there is less to do
                times.setdefault(number, []).append(seconds)
            if time.perf_counter() - began > task["budget"]:
                return times
    return times


def _misspelt(queries: Sequence[Query], seed: int) -> dict[int, str]:
    """Words of five letters and more with two neighbours swapped, by the number of the query."""
    found = {}
    for number, query in enumerate(queries):
        word = query.words[0]
        if query.kind == "term" and len(word) > 4:
            at = random.Random(f"{seed} {word}").randrange(1, len(word) - 1)
            found[number] = word[:at] + word[at + 1] + word[at] + word[at + 2 :]
    return found
