"""Summaries in Markdown, as the page of a run in CI shows them: what was checked, and what is not as it should be.

A summary is added to the end of a file, so that each step of a job has its own there (as ``$GITHUB_STEP_SUMMARY`` has
it). Names and texts are escaped: what is shown is what there is.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from searchlib.cli.output import counted
from searchlib.guards.cleaning import harmless

if TYPE_CHECKING:
    from searchlib.citing.checking import Check, Status
    from searchlib.expectations import CheckReport
    from searchlib.update.diffing import IndexDiff

_MOST: Final = 100  # rows of a table: a page has a limit


def append(file: str, lines: Iterable[str]) -> None:
    """Add a summary to a file. Raises OSError."""
    with Path(file).open("a", encoding="utf-8", errors="backslashreplace") as stream:
        stream.write("\n".join(lines) + "\n\n")


def heading(text: str, well: bool) -> str:
    """A heading that says at once whether all is well."""
    return f"### {'✅' if well else '❌'} {text}"


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """A table; of very many rows the first, and how many more there are. Cells are Markdown."""
    lines = ["", "| " + " | ".join(head) + " |", "|" + " --- |" * len(head)]
    lines += ["| " + " | ".join(row) + " |" for row in rows[:_MOST]]
    return [*lines, "", *([f"and {len(rows) - _MOST:,} more"] if len(rows) > _MOST else [])]


def shown(text: str) -> str:
    """A text on one line that Markdown shows as it is, in a cell of a table too."""
    from searchlib.citing.forms import escaped

    return escaped(" ".join(harmless(text).split()))


def of_citations(checks: Sequence[Check], counts: Mapping[Status, int], mended: int) -> list[str]:
    """What became of citations in files."""
    total = sum(counts.values())
    told = [f"{count:,} {status}" for status, count in counts.items() if count]
    wrong = [one for one in checks if one.status != "unchanged"]
    lines = [heading(f"{counted(total, 'citation')}" + (f": {', '.join(told)}" if told else ""), len(wrong) == mended)]
    if wrong:
        rows = [[shown(f"{one.file}:{one.line}"), one.status, f"`{one.id}`" * bool(one.id), _now(one)] for one in wrong]
        lines += table(("where", "", "id", "now"), rows)
    return lines


def of_diff(found: IndexDiff, told: str) -> list[str]:
    """What changed between two indexes: a row for each document and, where it was edited, each paragraph."""
    lines = [f"### Changed {told}" if found else f"### {told}"]
    rows = []
    for document in found.documents:
        path = (
            shown(document.path) if document.was == document.path else f"{shown(document.was)} → {shown(document.path)}"
        )
        rows.append([document.status, path, ", ".join(map(shown, document.changed))])
        for change in document.paragraphs:
            record = change.after or change.before
            if record is not None:
                text = difference(change.diff) if change.diff else shown_piece(record.paragraph.text)
                rows.append(["", f"{change.status} ¶ {record.paragraph.number} `{record.id}`", text])
    return [*lines, *(table(("", "where", "what"), rows) if rows else [])]


def of_checks(report: CheckReport, told: str) -> list[str]:
    """What was missed, and why ranks moved: a row for each expectation of which there is something to say."""
    rows = []
    for outcome in report.outcomes:
        for one in outcome.verdicts:
            if one.held and one.moved is None:
                continue
            why = [shown(one.said)]
            why += [difference(one.diff)] if any(change.op != "=" for change in one.diff) else []
            why += map(shown, one.moved.lines()) if one.moved is not None else ()
            said = ["moved" if one.held else "❌ missed", shown(outcome.check.name), shown(str(one.expectation.target))]
            rows.append([*said, str(one.expectation), "<br>".join(why)])
    lines = [heading(told, bool(report))]
    return [*lines, *(table(("", "query", "target", "expected", "why"), rows) if rows else [])]


def _now(check: Check) -> str:
    if check.now is None:
        return ""
    text = shown(f"{check.now.path}:{check.now.line}" if check.now.line else check.now.path)
    return f"{text} ¶ {check.now.paragraph}" + (f"<br>{difference(check.diff)}" if check.diff else "")


def difference(diff: Iterable[tuple[str, str]]) -> str:
    """A difference of words: what went struck through, what came bold."""
    marks: Mapping[str, str] = {"=": "", "-": "~~", "+": "**"}
    parts = []
    for op, text in diff:
        words = text.strip()
        if not words or not marks[op]:
            parts.append(shown_piece(text))
            continue
        blank, rest = text[: len(text) - len(text.lstrip())], text[len(text.rstrip()) :]
        parts.append(f"{blank and ' '}{marks[op]}{shown(words)}{marks[op]}{rest and ' '}")
    return "".join(parts).strip()


def shown_piece(text: str) -> str:
    """What stayed between two changes: its ends, where it is long."""
    long = 120
    words = " ".join(text.split())
    if len(words) > long:
        words = f"{words[: long // 2].rpartition(' ')[0]} … {words[-long // 2 :].partition(' ')[2]}"
    before, after = text[:1].isspace(), text[-1:].isspace()
    return " " * before + shown(words) + " " * (after and bool(words))
