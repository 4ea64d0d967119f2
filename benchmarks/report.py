"""The report: tables in Markdown from what `measure` found.

* A query's time is the median of its runs; the percentiles are over queries, interpolated linearly between the two
  nearest. Of 100 queries the 99th percentile is about the slowest but one.
* A *cell* has p50 / p90 / p99 in milliseconds.
"""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from benchmarks.engines import COMPILED, ONE_PROCESS, REFERENCE
from benchmarks.machine import spread
from benchmarks.queries import GIVEN, KINDS

NAMES = {
    "term": "term",
    "and": "AND",
    "or": "OR",
    "phrase": "phrase",
    "phrase-stop": "phrase with stop words",
    "prefix": "prefix",
    "fuzzy": "fuzzy",
    "filtered": "filtered",
}
_RATIOS = ((REFERENCE, "tantivy"), (COMPILED, "tantivy"), ("whoosh", REFERENCE))
_AROUND = {
    "snippets": "snippets of ten hits",
    "facets-all": "facets of all paragraphs",
    "facets": "facets of an OR",
    "suggestion": "did you mean, a word misspelt",
    "completion": "completion of 1 to 6 letters",
}
PERCENTS = (50, 90, 99)

Stage = Mapping[str, Any]


def percentile(values: Sequence[float], percent: float) -> float:
    """The percentile of values in any order, interpolated linearly (the method of numpy.percentile)."""
    ordered = sorted(values)
    place = (len(ordered) - 1) * percent / 100
    low = int(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (place - low)


def latencies(stage: Stage, engine: str, what: str = "warm") -> dict[tuple[str, str], list[float]]:
    """The times of an engine's queries in milliseconds, by kind and source."""
    times = stage["engines"].get(engine, {}).get("search", {}).get("times", {}).get(what, {})
    found: dict[tuple[str, str], list[float]] = {}
    for number, runs in times.items():
        query = stage["queries"][int(number)]
        label = (query["kind"], query["source"])
        found.setdefault(label, []).append(statistics.median(runs) / 1000)
    return found


def labels(stage: Stage) -> list[tuple[str, str]]:
    """The kinds and sources of the queries, in the order of the report."""
    there = {(query["kind"], query["source"]) for query in stage["queries"]}
    return sorted(there, key=lambda label: (KINDS.index(label[0]), label[1] == GIVEN))


def label_name(label: tuple[str, str]) -> str:
    """What a row is called."""
    return NAMES[label[0]] + (" (given)" if label[1] == GIVEN else "")


def report(run: Mapping[str, Any]) -> str:
    """All tables of a run."""
    parts = [_heading(run)]
    for stage in run["stages"]:
        parts += [
            f"## {stage['name']}: {stage['paragraphs']:,} paragraphs, {stage['text_bytes'] / 1e6:,.1f} MB of text",
            _building(stage),
            "### Latency of the top ten, warm, query object in: p50 / p90 / p99 in ms",
            _times(stage, "warm"),
            "### The same from text, parsing included",
            _times(stage, "text"),
            "### The same on an index opened anew for each query: nothing decoded, pages in memory",
            _times(stage, "fresh"),
            "### Around the top ten: p50 / p90 / p99 in ms",
            _around(stage),
            "### Do they answer alike?",
            _agreement(stage),
        ]
        if "cold" in stage:
            parts += ["### Cold, at the command line", _cold(stage)]
    if len(run["stages"]) > 1:
        parts += ["## Growth: p50 / p99 in ms, warm", _growth(run["stages"])]
    return "\n\n".join(parts) + "\n"


def _heading(run: Mapping[str, Any]) -> str:
    machine = run["machine"]
    noise = spread([seconds for stage in run["stages"] for seconds in stage["noise"]])
    versions = ", ".join(f"{name} {version}" for name, version in machine["versions"].items())
    lines = [
        f"# {run['name']}, {machine['date'][:10]}",
        f"{machine['processor']}, {machine['cores']} cores, {machine['memory'] / 2**30:.0f} GiB; {machine['system']}; "
        f"Python {machine['python']}; {versions}.",
        f"A fixed loop took {noise['median'] * 1000:.1f} ms throughout, {noise['least']:+.0%} to {noise['most']:+.0%}.",
        f"Each query is run {run['settings']['runs']} times, in another order each time, within "
        f"{run['settings']['budget']:.0f} s an engine; results are not cached.",
    ]
    return "\n\n".join([*lines, *run["notes"]])


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in lines)


def _building(stage: Stage) -> str:
    rows = []
    for name, engine in stage["engines"].items():
        built = engine["build"]
        search = engine.get("search")
        if built.get("shared"):
            rows.append([name, *["as searchlib"] * 4, *_opening(search)])
            continue
        whole = built["seconds"] + (0 if name in (REFERENCE, ONE_PROCESS) else stage["split_seconds"])
        rows.append([
            f"{name} {built['version']}",
            _rate(stage, built["seconds"]),
            _rate(stage, whole),
            f"{built['bytes'] / stage['text_bytes']:.2f}",
            f"{built['peak'] / 1e6:,.0f}",
            *_opening(search),
        ])  # fmt: skip
    head = [
        "engine", "build, MB/s", "with loading and splitting, MB/s", "index, bytes a byte of text",
        "peak memory of building, MB", "open, ms", "memory after searching, MB",
    ]  # fmt: skip
    against = _against(stage)
    setups = "\n".join(
        f"- {name}: {engine['build']['setup']}." for name, engine in stage["engines"].items() if name != ONE_PROCESS
    )
    note = (
        "MB of the paragraphs' text. searchlib loads and splits documents within its time; the others get ready-made "
        f"paragraphs, and the third column adds the {stage['split_seconds']:.2f} s that loading and splitting took."
    )
    setups += "".join(f"\n- {name} is left out: {why}." for name, why in stage.get("left_out", {}).items())
    return "\n\n".join([table(head, rows), *against, note, setups])


def _opening(search: Mapping[str, Any] | None) -> list[str]:
    """Milliseconds of opening, megabytes after searching."""
    if not search:
        return ["", ""]
    return [f"{search['open']['median'] * 1000:.1f}", f"{search['memory'] / 1e6:,.0f}"]


def _against(stage: Stage) -> list[str]:
    """How searchlib's building compares with each of the others, in a sentence."""
    built = {name: engine["build"] for name, engine in stage["engines"].items()}
    ours, alone = built.get(REFERENCE), built.get(ONE_PROCESS)
    if ours is None:
        return []
    said = []
    for name, found in built.items():
        if name in (REFERENCE, ONE_PROCESS) or found.get("shared"):
            continue
        rate = f"{found['seconds'] / ours['seconds']:.2f} times the rate"
        rate += f" ({found['seconds'] / alone['seconds']:.2f} with one process)" if alone else ""
        said.append(f"{rate} and {ours['bytes'] / found['bytes']:.2f} times the index of {name}")
    return ["searchlib has " + "; ".join(said) + "."] if said else []


def _rate(stage: Stage, seconds: float) -> str:
    return f"{stage['text_bytes'] / 1e6 / seconds:.2f}"


def _times(stage: Stage, what: str) -> str:
    found = {name: latencies(stage, name, what) for name in stage["engines"] if name != ONE_PROCESS}
    rows = []
    for label in labels(stage):
        count = max((len(times.get(label, ())) for times in found.values()), default=0)
        if count:
            cells = [_cell(times.get(label, []), count) for times in found.values()]
            rows.append([label_name(label), str(count), *cells, *_compared(found, label)])
    ratios = [f"{first} / {second}: p50, p99" for first, second in _RATIOS if first in found and second in found]
    return table(["class", "queries", *found, *ratios], rows)


def _around(stage: Stage) -> str:
    found = {name: engine["around"] for name, engine in stage["engines"].items() if engine.get("around")}
    rows = []
    for what, title in _AROUND.items():
        times = {name: [statistics.median(runs) / 1000 for runs in there.get(what, {}).values()]
                 for name, there in found.items()}  # fmt: skip
        if what == "facets-all":  # one query, of which every run counts
            times = {name: [run / 1000 for runs in there.get(what, {}).values() for run in runs]
                     for name, there in found.items()}  # fmt: skip
        count = max(map(len, times.values()), default=0)
        if count:
            rows.append([title, str(count), *(_cell(one, count) for one in times.values())])
    return table(["", "queries", *found], rows)


def _cell(times: list[float], count: int) -> str:
    if not times:
        return "–"
    partly = f" ({len(times)} queries)" if len(times) < count else ""
    return " / ".join(_milliseconds(percentile(times, percent)) for percent in PERCENTS) + partly


def _milliseconds(value: float) -> str:
    return f"{value:.3f}" if value < 1 else f"{value:.2f}" if value < 100 else f"{value:,.0f}"


def _compared(found: Mapping[str, Mapping[tuple[str, str], list[float]]], label: tuple[str, str]) -> list[str]:
    cells = []
    for first, second in _RATIOS:
        if first not in found or second not in found:
            continue
        above, below = found[first].get(label), found[second].get(label)
        if not above or not below:
            cells.append("–")
            continue
        ratios = [percentile(above, percent) / percentile(below, percent) for percent in (50, 99)]
        cells.append(", ".join(f"{ratio:.2f}" if ratio < 10 else f"{ratio:,.0f}" for ratio in ratios))
    return cells


def _agreement(stage: Stage) -> str:
    judged = stage["agreement"]
    kinds = list(dict.fromkeys(query["kind"] for query in stage["queries"]))
    kinds.sort(key=KINDS.index)
    engines = [name for name in judged["engines"] if name != REFERENCE]
    rows = []
    for kind in kinds:
        cells = []
        for name in engines:
            found = judged["engines"][name].get(kind)
            if found is None:
                cells.append("–")
                continue
            overlap = f", {found['overlap']:.0%}" if "overlap" in found else ""
            cells.append(
                f"{found['rate']:.0%} of {found['queries']}{overlap}" + ("" if found["timed"] else " not timed")
            )
        brute = judged["brute"].get(REFERENCE, {}).get(kind)
        ours = f"{brute['agree']} of {brute['queries']}, {brute['exact']} exactly" if brute else "–"
        rows.append([NAMES[kind], *([ours] if REFERENCE in judged["engines"] else []), *cells])
    head = ["class", *(["searchlib and brute force"] if REFERENCE in judged["engines"] else []), *engines]
    note = (
        "The share of queries on which an engine finds as many paragraphs as searchlib, within 2 % or one; then the "
        "mean share of searchlib's top ten that is in its own (by chance for prefix and fuzzy, where all that "
        "match score the same). Below 95 % a class is not timed."
    )
    return "\n\n".join([table(head, rows), note])


def _cold(stage: Stage) -> str:
    cold = stage["cold"]
    bare = statistics.median(run["seconds"] for run in cold["bare"])
    rows = []
    for name, key in (
        ("python -c pass", "bare"),
        ("searchlib query", "query"),
        ("searchlib query, index evicted from the page cache", "evicted"),
    ):
        seconds = statistics.median(run["seconds"] for run in cold[key])
        memory = statistics.median(run["memory"] for run in cold[key])
        rows.append([
            name,
            f"{seconds * 1000:.0f}",
            f"{(seconds - bare) * 1000:+.0f}" if key != "bare" else "",
            f"{seconds / bare:.1f}" if key != "bare" else "",
            f"{memory / 1e6:.0f}",
        ])  # fmt: skip
    note = f"Medians of {len(cold['bare'])} runs, words of one term."
    failed = sum(run["code"] not in (0, 1) for key in ("query", "evicted") for run in cold[key])
    note += f" {failed} of them failed." if failed else ""
    return table(["", "ms", "over bare, ms", "times bare", "resident, MB"], rows) + "\n\n" + note


def _growth(stages: Sequence[Stage]) -> str:
    every = list(dict.fromkeys(name for stage in stages for name in stage["engines"]))
    engines = [name for name in every if name != ONE_PROCESS]
    head = ["class", "engine", *(f"{stage['paragraphs']:,}" for stage in stages)]
    rows = []
    for label in labels(stages[-1]):
        for name in engines:
            cells = [_short(latencies(stage, name).get(label)) for stage in stages]
            if any(cell != "–" for cell in cells):
                rows.append([label_name(label), name, *cells])
    for name in every:
        rates = [_built_rate(stage, name) for stage in stages]
        if any(rate != "–" for rate in rates):
            rows.append(["build, MB/s", name, *rates])
    return table(head, rows)


def _built_rate(stage: Stage, name: str) -> str:
    built = stage["engines"].get(name, {}).get("build", {})
    return _rate(stage, built["seconds"]) if built and not built.get("shared") else "–"


def _short(times: list[float] | None) -> str:
    if not times:
        return "–"
    return " / ".join(_milliseconds(percentile(times, percent)) for percent in (50, 99))
