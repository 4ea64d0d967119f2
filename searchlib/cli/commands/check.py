"""``searchlib check``: whether queries are answered as they should be, and why a rank moved.

What is missed or moved goes to stdout, a line for each check and below it what was expected and why it is not so::

    missed  opening hours  (checks.toml, line 12)
        seeds/harbour.md: rank 4, and not within 3
            rank 1 → 4, score 3.210 → 2.804
            “opening” 2.104 → 1.702: in 3 of 120 paragraphs then, in 9 of 180 now (-0.351); …
            ahead now: seeds/new.md:3 ¶ 2  70d6ndac4095q2qa, new, rank 1; “hours” 1.810 : 0.903
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

import click

from searchlib.cli.flags import GroupedCommand, color_options, indexes_option, json_option, settings_with
from searchlib.cli.output import BOLD, DIM, RED, YELLOW, Output, counted, output_for, say
from searchlib.cli.pathtypes import FILE, FOLDER
from searchlib.errors import SettingsError

if TYPE_CHECKING:
    from searchlib.expectations import AnswerCheck, CheckReport, Outcome, Verdict
    from searchlib.expectations.baselines import Answered

_INDENT = "    "


@click.command(
    "check",
    cls=GroupedCommand,
    groups={
        "With what it is compared": ("baseline", "against", "write_baseline"),
        "Other options": ("index", "summary", "as_json", "color", "width"),
    },
)
@click.argument("files", nargs=-1, required=True, metavar="QUERIES...", type=FILE)
@click.option("--baseline", type=FILE, help="Say why ranks are not those of this file.")
@click.option("--against", metavar="INDEX", type=FOLDER, help="Say why ranks are not those of another index.")
@click.option(
    "--write-baseline",
    metavar="FILE",
    type=FILE,
    help="Write what is answered now to a file for --baseline.",
)
@click.option("--summary", type=FILE, help="Add a summary in Markdown to this file.")
@indexes_option
@json_option
@color_options
def command(
    files: tuple[str, ...],
    baseline: str | None,
    against: str | None,
    write_baseline: str | None,
    summary: str | None,
    as_json: bool,
    **given: Any,
) -> int:
    """Check that queries find what they should.

    \b
      searchlib check checks.toml
      searchlib check checks.toml --write-baseline baseline.json
      searchlib check checks.toml --baseline baseline.json       why ranks moved since
      searchlib check checks.toml --against indexes/yesterday    the same, beside another index

    QUERIES are files in TOML or JSON Lines: queries, and for each which paragraphs, words or documents come first,
    within so many hits, or not at all. docs/checks.md has the format. Exits 0 if all is found so, 1 if not, and 2 for
    a file or query that cannot be.
    """
    from searchlib.cli.obtaining import open_index
    from searchlib.expectations import check_answers, load_checks
    from searchlib.expectations import write_baseline as write
    from searchlib.expectations.baselines import Live

    if baseline and against:
        raise SettingsError("--baseline and --against both say with what to compare: give one of them")
    settings = settings_with(**given)
    output = output_for(settings)
    checks = [one for file in files for one in load_checks(file)]
    _apart(checks)
    with ExitStack() as stack:
        index = stack.enter_context(open_index(settings))
        live = Live(index)
        before: Answered | None = None
        if baseline:
            before = _baseline(baseline, checks)
        elif against:
            before = Live(stack.enter_context(open_index(settings.with_flags(index=against))))
        report = check_answers(index, checks, before, live)
        if write_baseline:
            write(write_baseline, index, checks, live)
    if as_json:
        output.json(report.as_dict())
    else:
        for outcome in report.outcomes:
            for line in outcome_lines(outcome, output):
                output.line(line)
    say(*([] if report and not report.counts["moved"] else [""]), told(report))
    if write_baseline:
        say(f"Wrote the baseline to {write_baseline}.")
    if summary is not None:
        from searchlib.cli.summaries import append, of_checks

        append(summary, of_checks(report, told(report)))
    return 0 if report else 1


def _apart(checks: Sequence[AnswerCheck]) -> None:
    """Raise SettingsError for a name that checks in two files have."""
    seen: dict[str, str] = {}
    for one in checks:
        if one.name in seen:
            raise SettingsError(f"{one.where}: {one.name} is checked at {seen[one.name]} already: give it another name")
        seen[one.name] = one.where


def _baseline(file: str, checks: Sequence[AnswerCheck]) -> Answered:
    from searchlib.expectations import read_baseline

    found = read_baseline(file)
    new = [one.name for one in checks if not found.knows(one)]
    if new:
        say(f"{file} does not have {counted(len(new), 'check')} as asked now, such as {new[0]}: write it again.")
    return found


def told(report: CheckReport) -> str:
    """How many checks were held and missed, in words."""
    counts = report.counts
    parts = [f"{counts[name]:,} {name}" for name in ("held", "missed") if counts[name]]
    moved = f"; ranks moved in {counts['moved']:,}" if counts["moved"] else ""
    return f"{counted(len(report.outcomes), 'check')}: {', '.join(parts)}{moved}"


def outcome_lines(outcome: Outcome, output: Output) -> Iterator[str]:
    """The lines of a check: none if all is as it was and should be."""
    from searchlib.render.terminal import wrap

    shown = [one for one in outcome.verdicts if not one.held or one.moved is not None]
    if not shown:
        return
    status, style = ("moved ", YELLOW) if outcome.held else ("missed", RED)
    name, where = " ".join(outcome.check.name.split()), f"({outcome.check.where})"
    styles = [(0, len(name), BOLD), (len(name) + 2, len(name) + 2 + len(where), DIM)] if output.color else []
    first, *more = wrap(f"{name}  {where}", output.width, " " * 8, styles)
    yield output.style(status, style) + "  " + first[8:]
    yield from more
    for verdict in shown:
        yield from verdict_lines(verdict, output)


def verdict_lines(verdict: Verdict, output: Output) -> Iterator[str]:
    """The lines of what was expected, and why it is not so or why its rank moved."""
    from searchlib.cli.drift import shown_difference
    from searchlib.render.terminal import wrap

    target = " ".join(str(verdict.expectation.target).split())
    expected = "" if not verdict.held else f" ({verdict.expectation})"
    yield from wrap(f"{target}: {verdict.said}{expected}", output.width, _INDENT)
    if any(change.op != "=" for change in verdict.diff):
        text, styles = shown_difference(verdict.diff, color=output.color)
        yield from wrap(text, output.width, 2 * _INDENT, styles)
    if verdict.moved is not None:
        for line in verdict.moved.lines():
            first, *more = wrap(line, output.width, 3 * _INDENT)
            yield 2 * _INDENT + first[3 * len(_INDENT) :]
            yield from more
