"""``searchlib evaluate``: how well queries are answered whose answers people have judged."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from searchlib.cli.flags import GroupedCommand, color_options, index_option, names_option, settings_with
from searchlib.cli.obtaining import open_index
from searchlib.cli.output import BOLD, Output, counted, output_for, say
from searchlib.cli.settings import Settings
from searchlib.errors import SettingsError

if TYPE_CHECKING:
    from searchlib import Index
    from searchlib.evaluation import Answers, Comparison, Judged, Measured, Tuned
    from searchlib.evaluation.reasons import Reason

_SHOWN = 3


@dataclass(frozen=True, slots=True)
class Evaluated:
    """A set, measured; compared with something else, if there is anything, and why queries changed."""

    measured: Measured
    comparison: Comparison | None = None
    reasons: Sequence[Reason] = ()


@click.command(
    "evaluate",
    cls=GroupedCommand,
    groups={
        "What is measured": ("index", "split", "measures", "depth", "rank", "names", "run"),
        "With what it is compared": ("against", "show", "tune", "write"),
        "What is written": ("run_out", "as_json", "color", "width"),
    },
)
@click.argument("sets", nargs=-1, required=True, metavar="JUDGED...")
@index_option
@click.option("--split", default="test", metavar="NAME", help="Grades of a BEIR folder.  [default: test]")
@click.option("--measure", "-m", "measures", multiple=True, metavar="NAME", help="As nDCG@10, RR@10, AP; repeatable.")
@click.option(
    "--depth", type=click.IntRange(1, 10_000), default=100, metavar="N", help="Answers of a query.  [default: 100]"
)
@click.option("--rank", multiple=True, metavar="NAME=VALUE", help="A parameter of the ranking: k1=0.9; repeatable.")
@names_option
@click.option("--run", metavar="FILE", help="Measure this run, in TREC's layout, instead of an index.")
@click.option("--against", metavar="WHAT", help="A run, or another ranking: a file, k1=0.9,title=1 or default.")
@click.option(
    "--show", type=click.IntRange(0), default=_SHOWN, metavar="N", help="Queries that won and lost most.  [default: 3]"
)
@click.option("--tune", is_flag=True, help="Look for the parameters that are best, by the first measure.")
@click.option("--write", metavar="FILE", help="With --tune: write them to this settings file, if they are better.")
@click.option("--run-out", metavar="FILE", help="Write the run, in TREC's layout.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@color_options
def command(sets: tuple[str, ...], split: str, measures: tuple[str, ...], as_json: bool, **given: Any) -> int:
    """Measure the answers to judged queries.

    \b
      searchlib evaluate judged.csv                      the index's answers
      searchlib evaluate beir/*/ -m AP                   each folder's own corpus
      searchlib evaluate judged.csv --rank b=0.4 --against default
      searchlib evaluate judged.csv --tune --write searchlib.toml

    JUDGED is a folder in BEIR's layout (its corpus is indexed, unless there is an --index), one in TREC's, or a CSV
    file with the columns query, document or paragraph, and grade. Exits 1 if what is compared is significantly worse.
    docs/relevance.md has more.
    """
    from searchlib.evaluation import MEASURES, load_judged

    names = measures or MEASURES
    wanted = {key: given.pop(key) for key in ("depth", "run", "against", "show", "tune", "write", "run_out")}
    ranking = _parameters(given.pop("rank"))
    settings = settings_with(**given)
    output = output_for(settings)
    judged = [load_judged(one, split) for one in sets]
    _refuse(wanted, judged)
    found, tuned = [], []
    for one in judged:
        with _index_of(one, settings, ranking, wanted["run"]) as index:
            found.append(_evaluated(one, index, names, wanted))
            if wanted["tune"] and index is not None:
                tuned.append(_tuned(one, index, names[0]))
    if as_json:
        output.json(_as_dict(found, tuned))
    else:
        for line in _table([one.measured for one in found], names):
            output.line(output.style(line, BOLD) if line.startswith("set ") else line)
        _tell_comparisons(found, output)
        for name, result in zip(sets, tuned, strict=False):
            _tell_tuned(name, result, output)
    if wanted["write"]:
        _write(tuned[0], Path(wanted["write"]))
    worse = any(one.comparison and one.comparison.significant and one.comparison.difference < 0 for one in found)
    return int(worse)


def _refuse(wanted: Mapping[str, Any], judged: Sequence[Judged]) -> None:
    if len(judged) > 1 and (wanted["run"] or wanted["run_out"] or wanted["write"]):
        raise SettingsError("--run, --run-out and --write are for one judged set: give one")
    if wanted["tune"] and wanted["run"]:
        raise SettingsError("--tune tries rankings, and a run has been made: leave --run out")
    if wanted["write"] and not wanted["tune"]:
        raise SettingsError("--write has nothing to write without --tune: add it")


def _parameters(given: Sequence[str]) -> dict[str, float]:
    """The parameters of ``k1=0.9``, one or several of them with commas between them."""
    found = {}
    for part in (part for text in given for part in text.split(",")):
        name, _, value = part.partition("=")
        try:
            found[name.strip()] = float(value)
        except ValueError:
            raise SettingsError(f"{part} is no parameter of the ranking: write one as k1=0.9") from None
    return found


@contextlib.contextmanager
def _index_of(
    judged: Judged, settings: Settings, ranking: Mapping[str, float], run: str | None
) -> Iterator[Index | None]:
    """The index to ask: that of the settings, or one of the corpus that came with a set; none where there is a run."""
    import searchlib

    how: dict[str, Any] = {
        "limits": settings.limits,
        "ranking": {**settings.ranking, **ranking},
        "names": settings.names,
    }
    if run is not None:
        yield None
    elif settings.origin.get("index", "").startswith("--") or judged.corpus is None:
        with (
            open_index(settings) as index,
            searchlib.open(index.path, **how) as ranked,
        ):
            yield ranked
    else:
        import tempfile

        with tempfile.TemporaryDirectory(prefix="searchlib-evaluate-") as folder:
            path = Path(folder) / "index"
            searchlib.build([judged.corpus], path, processes=settings.processes, segment=settings.segment).close()
            with searchlib.open(path, **how) as index:
                yield index


def _evaluated(judged: Judged, index: Index | None, names: Sequence[str], wanted: Mapping[str, Any]) -> Evaluated:
    from searchlib.evaluation import answer, compare, measure, read_run, write_run
    from searchlib.evaluation.reasons import why

    run = answer(index, judged, depth=wanted["depth"]) if index is not None else read_run(wanted["run"])
    if wanted["run_out"]:
        write_run(run, wanted["run_out"])
    measured = measure(judged, run, names)
    _tell_unseen(judged, run)
    if wanted["against"] is None:
        return Evaluated(measured)
    before = _before(wanted["against"], judged, index, wanted["depth"])
    comparison = compare(measure(judged, before, names[:1]), measured, names[0])
    reasons: list[Reason] = []
    if index is not None:
        changes = [one for one in comparison.changes if one.gain > 0][: wanted["show"]]
        changes += [one for one in comparison.changes if one.gain < 0][::-1][: wanted["show"]]
        reasons = [why(index, judged, one.query, before, run) for one in changes]
    return Evaluated(measured, comparison, reasons)


def _before(against: str, judged: Judged, index: Index | None, depth: int) -> Answers:
    from searchlib.evaluation import answer, read_run
    from searchlib.model.ranking import DEFAULT_RANKING

    if Path(against).is_file() or index is None:
        return read_run(against)
    ranking = DEFAULT_RANKING if against == "default" else _parameters([against])
    return answer(index, judged, depth=depth, ranking=ranking, name=against)


def _tell_unseen(judged: Judged, run: Answers) -> None:
    """Tell of relevant targets that no query found at all, where these are most: names may be of something else."""
    relevant = {name for key in judged.asked for name, grade in judged.grades[key].items() if grade > 0}
    seen = {name for targets in run.answers.values() for name, _ in targets}
    if relevant and not relevant & seen:
        say(
            f"None of the {counted(len(relevant), 'relevant target')} of {judged.name}, such as {min(relevant)},"
            " was found: are these the names in this index?"
        )


def _tuned(judged: Judged, index: Index, by: str) -> Tuned:
    from searchlib.cli.progress import Counter
    from searchlib.evaluation import tune

    with Counter("rankings tried") as counter:
        return tune(index, judged, by, progress=counter)


def _table(found: Sequence[Measured], names: Sequence[str]) -> Iterator[str]:
    width = max(len("set"), *(len(one.set) for one in found), len("mean"))
    yield "set".ljust(width) + "  queries" + "".join(f"  {name:>8}" for name in names)
    for one in found:
        yield one.set.ljust(width) + f"  {one.queries:>7,}" + "".join(f"  {one.mean(name):>8.4f}" for name in names)
    if len(found) > 1:
        means = (sum(one.mean(name) for one in found) / len(found) for name in names)
        yield "mean".ljust(width) + " " * 9 + "".join(f"  {mean:>8.4f}" for mean in means)


def _tell_comparisons(found: Sequence[Evaluated], output: Output) -> None:
    from searchlib.evaluation.significance import holm

    compared = {one.measured.set: one.comparison for one in found if one.comparison is not None}
    together = holm({name: one.p for name, one in compared.items()})
    for one in found:
        comparison = one.comparison
        if comparison is None:
            continue
        output.line()
        told = f"{one.measured.set}: {comparison.measure} {comparison.before:.4f} → {comparison.after:.4f}"
        chance = f"p {comparison.p:.4f}" + (
            f", {together[one.measured.set]:.4f} of all sets" if len(compared) > 1 else ""
        )
        said = "significant" if comparison.significant else "may be chance"
        output.line(output.style(told, BOLD) + f" ({comparison.difference:+.4f}; {chance}: {said})")
        output.line(f"{counted(comparison.won, 'query', 'queries')} won, {comparison.lost:,} lost")
        for reason in one.reasons:
            gained = next(change.gain for change in comparison.changes if change.query == reason.query)
            output.line(f"  {gained:+.3f}  {reason.text}")
            output.line(f"          {reason}")


def _tell_tuned(name: str, tuned: Tuned, output: Output) -> None:
    comparison = tuned.comparison
    output.line()
    if not tuned.ranking:
        output.line(f"{name}: of {tuned.tried} rankings none is better than this one")
        return
    said = "significant" if comparison.significant and comparison.difference > 0 else "no significant gain"
    output.line(
        f"{name}: {comparison.measure} {comparison.before:.4f} → {comparison.after:.4f} on queries held out"
        f" (p {comparison.p:.4f}: {said})"
    )
    for line in _toml(tuned.ranking).splitlines():
        output.line(line)


def _toml(ranking: Mapping[str, float]) -> str:
    return "[ranking]\n" + "".join(f"{name} = {value:g}\n" for name, value in ranking.items())


def _write(tuned: Tuned, file: Path) -> None:
    """Write a ranking to a settings file, whose other contents and comments stay as they are."""
    if not tuned.ranking or not tuned.comparison.significant or tuned.comparison.difference < 0:
        say(f"{file} stays as it is: on queries held out the gain may be chance.")
        return
    try:
        import tomlkit
    except ImportError:
        from searchlib.errors import MissingExtra

        raise MissingExtra("tomlkit", "evaluate", file) from None
    document: Any = tomlkit.parse(file.read_text(encoding="utf-8")) if file.exists() else tomlkit.document()
    table = document
    if file.name == "pyproject.toml":
        table = document.setdefault("tool", tomlkit.table(True)).setdefault("searchlib", tomlkit.table())
    ranking = table.setdefault("ranking", tomlkit.table())
    for name, value in tuned.ranking.items():
        ranking[name] = value
    file.write_text(tomlkit.dumps(document), encoding="utf-8")
    say(f"Wrote the ranking to {file}.")


def _as_dict(found: Sequence[Evaluated], tuned: Sequence[Tuned]) -> dict[str, Any]:
    sets = []
    for number, one in enumerate(found):
        compared = {} if one.comparison is None else {"comparison": one.comparison.as_dict()}
        reasons = {"reasons": [reason.as_dict() for reason in one.reasons]} if one.reasons else {}
        tuning = {"tuned": tuned[number].as_dict()} if tuned else {}
        sets.append({**one.measured.as_dict(), **compared, **reasons, **tuning})
    return {"sets": sets}
