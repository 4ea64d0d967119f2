"""Times of what users call: text in, ids, snippets, totals or facets out; engines in turn, in one process.

* *warm*: every text was asked before in this process, with other blanks behind it: a text is new each time, so nothing
  that is kept by text is met, and no query is kept as an object. Queries of all kinds, engines and asks are mixed, in
  another order each round. The first round warms and is not counted; a fixed piece of work is timed between rounds.
* *first*: the index was opened anew just before (which is not within the time): nothing is decoded, pages are in
  memory.

Each time is two numbers, in microseconds: of the wall clock and of the processor. Each ask of each kind has a budget of
seconds, and where that ends in the first round, only the queries that were asked until then are asked in the others:
their order is by chance, so they are a fair sample.
"""

from __future__ import annotations

import gc
import random
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks import machine
from benchmarks.engines.base import Asked, Engine
from benchmarks.queries import Query

FIRST = 40  # queries of a kind whose first touch is timed
FEWER = 50  # queries of a kind that are asked for totals and facets
MANY = ("ids", "snippets")  # asks for which all queries are asked

Pair = tuple[int, int]
Times = dict[str, dict[str, dict[int, list[Pair]]]]
"""By engine, ask and number of the query: a pair for each round."""


def measure(engines: Mapping[str, Engine], task: Mapping[str, Any], queries: Sequence[Query]) -> dict[str, Any]:
    """All times, and those of the fixed piece of work."""
    indexes = {name: Path(index) for name, index in task["indexes"].items()}
    texts = texts_of(engines, queries)
    chance = random.Random(f"{task['seed']} order")
    noise = machine.calibrate()
    first = _first(engines, indexes, texts, chance, task["budget"])
    for name, engine in engines.items():
        engine.open(indexes[name])
    times = warm(engines, texts, task["rounds"], task["budget"], chance, noise)
    return {"first": {name: {"ids": found} for name, found in first.items()}, "warm": times, "noise": noise}


def texts_of(engines: Mapping[str, Engine], queries: Sequence[Query]) -> dict[str, dict[int, Asked]]:
    """What is typed to each engine, by the number of the query."""
    return {
        name: {
            number: Asked(query.kind, engine.text(query))
            for number, query in enumerate(queries)
            if query.kind in engine.kinds
        }
        for name, engine in engines.items()
    }


def _first(
    engines: Mapping[str, Engine],
    indexes: Mapping[str, Path],
    texts: Mapping[str, Mapping[int, Asked]],
    chance: random.Random,
    budget: float,
) -> dict[str, dict[int, list[Pair]]]:
    """Ten ids on an index opened anew, after one round in which what is compiled or imported late is."""
    times: dict[str, dict[int, list[Pair]]] = {name: {} for name in engines}
    clock = _Budget(budget)
    for counted in (False, True):
        asked: dict[tuple[str, str], int] = {}
        order = [(number, name) for name, found in texts.items() for number in found]
        chance.shuffle(order)
        for number, name in order:
            text = texts[name][number]
            key = (name, text.kind)
            asked[key] = asked.get(key, 0) + 1
            if asked[key] > (FIRST if counted else 2) or clock.over(key):
                continue
            engines[name].open(indexes[name])
            pair = _timed(engines[name].ids, text)
            engines[name].close()
            if counted:
                clock.spend(key, pair)
                times[name][number] = [pair]
    return times


def warm(
    engines: Mapping[str, Engine],
    texts: Mapping[str, Mapping[int, Asked]],
    rounds: int,
    budget: float,
    chance: random.Random,
    noise: list[Pair],
) -> Times:
    """The times of opened engines. To ``noise`` the times of the fixed piece of work are added."""
    times: Times = {name: {ask: {} for ask in engine.asks} for name, engine in engines.items()}
    order = [
        (name, ask, number)
        for name, engine in engines.items()
        for ask in engine.asks
        for number in _asked_for(engine, ask, texts[name])
    ]
    slots = {(name, ask): slot for slot, (name, ask) in enumerate(dict.fromkeys((name, ask) for name, ask, _ in order))}
    clock = _Budget(budget / (rounds + 1))
    gc.collect()
    gc.freeze()
    for turn in range(rounds + 1):
        chance.shuffle(order)
        kept = []
        for name, ask, number in order:
            kind, text = texts[name][number]
            if not turn and clock.over((name, ask, kind)):
                continue
            blanks = " " * (1 + turn * len(slots) + slots[name, ask])
            pair = _timed(getattr(engines[name], ask), Asked(kind, text + blanks))
            kept.append((name, ask, number))
            clock.spend((name, ask, kind), pair)
            if turn:
                times[name][ask].setdefault(number, []).append(pair)
        order = kept
        noise += machine.calibrate()
    return times


def _asked_for(engine: Engine, ask: str, texts: Mapping[int, Asked]) -> list[int]:
    """The numbers of the queries to ask, of each kind as many."""
    found: list[int] = []
    counts: dict[str, int] = {}
    for number, asked in texts.items():
        counts[asked.kind] = counts.get(asked.kind, 0) + 1
        if ask == "snippets" and asked.kind not in engine.shown:
            continue
        if ask in MANY or counts[asked.kind] <= FEWER:
            found.append(number)
    return found


def _timed(call: Any, asked: Asked) -> Pair:
    processor, began = time.process_time_ns(), time.perf_counter_ns()
    call(asked)
    ended = time.perf_counter_ns()
    return (ended - began) // 1000, (time.process_time_ns() - processor) // 1000


class _Budget:
    """Seconds that have gone to each of several things."""

    def __init__(self, seconds: float) -> None:
        self.microseconds = seconds * 1e6
        self.spent: dict[tuple[str, ...], int] = {}

    def over(self, key: tuple[str, ...]) -> bool:
        return self.spent.get(key, 0) > self.microseconds

    def spend(self, key: tuple[str, ...], pair: Pair) -> None:
        self.spent[key] = self.spent.get(key, 0) + pair[0]
