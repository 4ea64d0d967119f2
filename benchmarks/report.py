"""The report: tables in Markdown from what `measure` found.

* A query's time is the median of its rounds; the percentiles are over queries, interpolated linearly between the two
  nearest. Of 200 queries the 99th percentile is about the slowest but two.
* The *best peer* of a row is the quickest (or smallest) of those whose answers may be compared; a *ratio* is how many
  times as much searchlib takes, so less than 1 is better than the best peer.
"""

from __future__ import annotations

import statistics
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from benchmarks.engines import COMPILED, ONE_PROCESS, REFERENCE
from benchmarks.machine import spread
from benchmarks.queries import KINDS

NAMES = {
    "word": "one word",
    "or": "OR of two",
    "and": "AND of two",
    "phrase": "phrase",
    "bracketed": "(a OR b) AND c",
    "prefix": "prefix",
    "fuzzy": "fuzzy",
    "question": "question of 20 words",
}
TITLES = {
    "ids": "Ten ids",
    "snippets": "Ten snippets in HTML",
    "total": "How many match",
    "facet": "How many match in each of ten groups",
}
WALL, PROCESSOR = 0, 1
OWN = (REFERENCE, COMPILED, ONE_PROCESS)

Stage = Mapping[str, Any]


def percentile(values: Sequence[float], percent: float) -> float:
    """The percentile of values in any order, interpolated linearly (the method of numpy.percentile)."""
    ordered = sorted(values)
    place = (len(ordered) - 1) * percent / 100
    low = int(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (place - low)


def latencies(stage: Stage, when: str, ask: str, kind: str, clock: int = WALL) -> dict[str, list[float]]:
    """The times of queries in milliseconds, by engine."""
    found: dict[str, list[float]] = {}
    for name, asks in stage[when].items():
        times = [
            statistics.median(pair[clock] for pair in pairs) / 1000
            for number, pairs in asks.get(ask, {}).items()
            if stage["queries"][int(number)]["kind"] == kind
        ]
        if times:
            found[name] = times
    return found


def best(values: Mapping[str, float]) -> tuple[str, float] | None:
    """The peer with the least value."""
    peers = {name: value for name, value in values.items() if name not in OWN}
    name = min(peers, key=lambda name: peers[name], default=None)
    return None if name is None else (name, peers[name])


def compared(stage: Stage, name: str, kind: str) -> bool:
    """Whether the answers of an engine are such that its times may be compared."""
    return bool(stage["agreement"]["engines"].get(name, {}).get(kind, {}).get("compared"))


def ratio(stage: Stage, when: str, ask: str, kind: str, percent: float, clock: int = WALL, own: str = REFERENCE) -> str:
    """How many times the best peer's percentile, and whose that is; a dash where there is none."""
    values = {
        name: percentile(times, percent)
        for name, times in latencies(stage, when, ask, kind, clock).items()
        if name in OWN or compared(stage, name, kind)
    }
    peer = best(values)
    if own not in values or peer is None or not compared(stage, REFERENCE, kind):
        return "–"
    return f"{number(values[own] / max(peer[1], 0.001))} {peer[0]}"


def report(run: Mapping[str, Any]) -> str:
    """All tables of a run."""
    parts = [_heading(run), lead(run["stages"])]
    for stage in run["stages"]:
        parts += [
            f"## {stage['name']}: {stage['paragraphs']:,} paragraphs, {stage['text_bytes'] / 1e6:,.1f} MB of text",
            *(part for ask in TITLES for part in _asked(stage, "warm", ask, TITLES[ask] + ", warm")),
            *_asked(stage, "first", "ids", "Ten ids at first touch: the index opened anew, pages in memory"),
            "### Building, updating, memory",
            _built(stage),
            _setups(stage),
            "### Commands, cold",
            _cold(stage),
            "### Whether answers are alike",
            _agreement(stage),
            _noise(stage),
        ]
    return "\n\n".join(part for part in parts if part) + "\n"


def lead(stages: Sequence[Stage]) -> str:
    """What users call, in short: a column for each size."""
    sizes = [f"{stage['paragraphs']:,}" for stage in stages]
    parts = []
    for ask in ("ids", "snippets"):
        rows = []
        for kind in KINDS:
            cells = [_short(stage, ask, kind) for stage in stages]
            if any(cells):
                rows.append([NAMES[kind], *cells])
        parts.append(_table([f"{TITLES[ask]}, ms", *sizes], rows))
    rows = [[title, *(_once(stage, made) for stage in stages)] for title, made in _ONCE.items()]
    parts.append(_table(["Once", *sizes], rows))
    return "\n\n".join(parts)


def number(value: float) -> str:
    """Two or three figures that mean something."""
    return f"{value:,.0f}" if value >= 9.95 else f"{value:.1f}" if value >= 0.995 else f"{value:.2f}"


def _short(stage: Stage, ask: str, kind: str) -> str:
    times = latencies(stage, "warm", ask, kind).get(REFERENCE)
    return f"{_ms(percentile(times, 50))} ({ratio(stage, 'warm', ask, kind, 50)})" if times else ""


def _megabytes(stage: Stage, seconds: float) -> float:
    return float(stage["text_bytes"] / 1e6 / seconds)


def _built_with(stage: Stage, value: Callable[[Mapping[str, Any]], float | None]) -> dict[str, float]:
    found = {name: value(built) for name, built in stage["engines"].items() if not built.get("shared")}
    return {name: one for name, one in found.items() if one is not None}


def _ran(stage: Stage, what: str) -> dict[str, float]:
    return {name: statistics.median(ran[what] for ran in runs) for name, runs in stage["cold"].items()}


def _commanded(stage: Stage, what: str) -> dict[str, float]:
    return {name: value for name, value in _ran(stage, what).items() if name in stage["engines"]}


_ONCE: dict[str, tuple[Callable[[Stage], dict[str, float]], float]] = {
    "build, s": (lambda stage: _built_with(stage, lambda built: built["seconds"]), 1),
    "build, s of processor": (lambda stage: _built_with(stage, lambda built: built["processor"]), 1),
    "memory of building, MB": (lambda stage: _built_with(stage, lambda built: built["peak"]), 1e6),
    "update of 1 %, s": (lambda stage: _built_with(stage, _updated), 1),
    "index, MB": (lambda stage: _built_with(stage, lambda built: built["bytes"]), 1e6),
    "cold command, ms": (lambda stage: _commanded(stage, "seconds"), 1e-3),
    "memory of a cold command, MB": (lambda stage: _commanded(stage, "memory"), 1e6),
}
"""What is done once: the values by engine, and the unit."""


def _updated(built: Mapping[str, Any]) -> float | None:
    update = built.get("update")
    return update["seconds"] if update else None


def _once(stage: Stage, made: tuple[Callable[[Stage], dict[str, float]], float]) -> str:
    values = made[0](stage)
    peer = best(values)
    if REFERENCE not in values:
        return "–"
    shown = number(values[REFERENCE] / made[1])
    return f"{shown} ({number(values[REFERENCE] / peer[1])} {peer[0]})" if peer and peer[1] > 0 else shown


def _heading(run: Mapping[str, Any]) -> str:
    about, settings = run["machine"], run["settings"]
    versions = ", ".join(f"{name} {version}" for name, version in about["versions"].items())
    parts = [
        f"# {run['name']}, {about['date'][:10]}",
        f"{about['processor']}, {about['cores']} cores, {about['memory'] / 2**30:.0f} GiB; {about['system']}; "
        f"Python {about['python']}; {versions}. Load {about['load']:.1f} at the beginning, priority {about['nice']}.",
        f"{settings['count']} queries of each class, {settings['rounds']} rounds in turn; a query counts with the "
        "median of its rounds. Text in, parsing included. In brackets: how many times the best peer's, and whose; less "
        "than 1 is better.",
    ]
    return "\n\n".join([*parts, *run["notes"]])


def _asked(stage: Stage, when: str, ask: str, title: str) -> list[str]:
    found = {kind: latencies(stage, when, ask, kind) for kind in KINDS}
    names = [name for name in stage["engines"] if any(name in times for times in found.values())]
    if not names:
        return []
    rows = []
    for kind in KINDS:
        if not found[kind]:
            continue
        cells = [_cell(found[kind].get(name), compared(stage, name, kind)) for name in names]
        fewest = min(len(times) for times in found[kind].values())
        most = max(len(times) for times in found[kind].values())
        several = str(most) if fewest == most else f"{fewest}–{most}"
        ratios = [ratio(stage, when, ask, kind, 50), ratio(stage, when, ask, kind, 99)]
        ratios.append(ratio(stage, when, ask, kind, 50, PROCESSOR))
        if COMPILED in names:
            ratios.append(ratio(stage, when, ask, kind, 50, own=COMPILED))
        rows.append([NAMES[kind], several, *cells, *ratios])
    heads = ["", "queries", *names, "times best, p50", "p99", "p50 of processor"]
    heads += ["compiled, p50"] if COMPILED in names else []
    return [f"### {title}: p50 / p99 in ms", _table(heads, rows)]


def _cell(times: Sequence[float] | None, comparable: bool) -> str:
    if not times:
        return "–"
    return f"{_ms(percentile(times, 50))} / {_ms(percentile(times, 99))}{'' if comparable else ' †'}"


def _ms(value: float) -> str:
    return f"{value:,.0f}" if value >= 99.5 else f"{value:.1f}" if value >= 9.95 else f"{value:.2f}"


def _built(stage: Stage) -> str:
    rows = []
    for name, built in stage["engines"].items():
        memory = built.get("memory")
        searching = [f"{memory['searched'] / 1e6:,.0f}"] if memory else ["–"]
        if built.get("shared"):
            rows.append([name, *["as searchlib"] * 6, *searching])
            continue
        loaded = stage["split_seconds"] if name not in OWN else 0
        update = built.get("update")
        rows.append(
            [
                f"{name} {built['version']}{' ‡' if built.get('kept') else ''}",
                f"{built['seconds']:,.1f} / {built['processor']:,.1f}",
                f"{_megabytes(stage, built['seconds']):.2f}",
                f"{_megabytes(stage, built['seconds'] + loaded):.2f}",
                f"{update['seconds']:,.2f} / {update['processor']:,.2f}" if update else "–",
                f"{built['bytes'] / 1e6:,.1f} ({built['bytes'] / stage['text_bytes']:.2f})",
                f"{built['peak'] / 1e6:,.0f}",
                *searching,
            ]
        )
    heads = ["", "build, s / of processor", "MB/s", "with loading and splitting, MB/s"]
    heads += ["update of 1 %, s / of processor", "index, MB (bytes a byte of text)"]
    heads += ["memory of building, MB", "of searching, MB"]
    parts = [
        _table(heads, rows),
        "searchlib loads and splits documents within its time; the others get ready-made paragraphs, and the fourth "
        f"column adds the {stage['split_seconds']:.1f} s of processor that loading and splitting took. Memory of "
        "searching counts the pages of mapped files that are resident.",
    ]
    if any(built.get("kept") for built in stage["engines"].values()):
        parts.append("‡ Built earlier on this machine; figures of then.")
    parts += [f"{name} is left out: {why}." for name, why in stage["left_out"].items()]
    return "\n\n".join(parts)


def _setups(stage: Stage) -> str:
    return "\n".join(f"- {name}: {built['setup']}." for name, built in stage["engines"].items() if "setup" in built)


def _cold(stage: Stage) -> str:
    seconds, processor, memory = (_ran(stage, what) for what in ("seconds", "processor", "memory"))
    against = dict.fromkeys(seconds, "bare") | {"help": "clicked"}
    rows = [
        [
            _COMMANDS.get(name, f"one word, {name}"),
            f"{1000 * seconds[name]:.0f} / {1000 * processor[name]:.0f}",
            f"{memory[name] / 1e6:.0f}",
            f"{processor[name] / processor[against[name]]:.2f}",
        ]
        for name in seconds
    ]
    return _table(["", "ms / of processor", "memory, MB", "times the bare interpreter, of processor"], rows)


_COMMANDS = {
    "bare": '`python -c "import numpy, click"`',
    "clicked": '`python -c "import click"`',
    "help": "`searchlib --help` (beside the one above)",
    "searchlib": "`searchlib query WORD`",
}


def _agreement(stage: Stage) -> str:
    names = [name for name in stage["agreement"]["engines"] if name != REFERENCE]
    force = stage["agreement"]["brute"].get(REFERENCE, {})
    rows = []
    for kind in KINDS:
        cells = []
        for name in names:
            found = stage["agreement"]["engines"][name].get(kind)
            cells.append(f"{found['rate']:.0%} / {found['overlap']:.0%}" if found and "overlap" in found else "–")
        exact = force.get(kind)
        rows.append([NAMES[kind], f"{exact['agree']} of {exact['queries']}" if exact else "–", *cells])
    said = (
        "Queries for which as many paragraphs match as with searchlib, within 2 % or one, and how much of its top ten "
        "is the same; first, how often searchlib agrees with brute force. † marks times of engines that agree on fewer "
        "than 95 %: they are not compared."
    )
    return _table(["", "searchlib with brute force", *names], rows) + "\n\n" + said


def _noise(stage: Stage) -> str:
    parts = []
    for title, clock in (("by the wall clock", WALL), ("by the processor's", PROCESSOR)):
        found = spread([pair[clock] for pair in stage["noise"]])
        parts.append(f"{found['median'] / 1000:.1f} ms {title} ({found['least']:+.0%} to {found['most']:+.0%})")
    return "A fixed loop, timed between rounds: " + ", ".join(parts) + "."


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
