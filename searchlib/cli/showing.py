"""What is printed of the results of a search: hits and facets for people, or JSON; and what is said about them.

`query` and `similar` share it. Data goes to stdout; how many hits there are and what could be done next to stderr.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any, TypeVar

import click

from searchlib.cli.output import BOLD, DIM, Output, counted, human_seconds, say
from searchlib.frozen import frozen
from searchlib.model.jsonable import JsonObject

if TYPE_CHECKING:
    from searchlib import Hit, Results
    from searchlib.cli.staleness import Staleness
    from searchlib.engine.answers import Facet
    from searchlib.query import QueryWarning

Function = TypeVar("Function", bound=Callable[..., Any])

SHOWN = ("full", "snippets", "explain", "form")
"""The names of the options of `showing_options`."""

FEW = 5
"""With fewer hits than this, other words are suggested."""


def showing_options(function: Function) -> Function:
    """The options that say what is printed of a hit."""
    for option in (
        click.option("--jsonl", "form", flag_value="jsonl", help="Print a JSON object a hit."),
        click.option("--json", "form", flag_value="json", help="Print one JSON object."),
        click.option("--explain", is_flag=True, help="Show where each score came from."),
        click.option(
            "--snippets", type=click.IntRange(1, 100), default=1, metavar="N", help="Parts of a paragraph to show."
        ),
        click.option("--full", is_flag=True, help="Show whole paragraphs."),
    ):
        function = option(function)
    return function


@frozen
class Shown:
    """What of a hit is to be shown, and how: ``form`` is json, jsonl or None, for people."""

    full: bool
    snippets: int
    explain: bool
    form: str | None

    def results(self, results: Results, output: Output, staleness: Staleness) -> None:
        """Print results."""
        if self.form == "json":
            output.json(self.as_object(results, staleness))
            return
        self.hits(results, output, staleness)
        if self.form is None:
            for number, (name, facet) in enumerate(results.facets.items()):
                if number or len(results):
                    output.line()
                for line in facet_lines(name, facet, output):
                    output.line(line)

    def hits(self, hits: Iterable[Hit], output: Output, staleness: Staleness) -> int:
        """Print hits one by one; how many there were."""
        from searchlib.cli.listing import hit_lines

        count = 0
        for hit in hits:
            count += 1
            stale = staleness.of(hit.document.path)
            if self.form == "jsonl":
                found = hit.as_dict(snippets=self.snippets, explain=self.explain)
                output.json({**found, "stale": stale}, indent=None)
                continue
            if count > 1:
                output.line()
            for line in hit_lines(hit, output, full=self.full, snippets=self.snippets, explain=self.explain):
                output.line(line)
        return count

    def as_object(self, results: Results, staleness: Staleness) -> JsonObject:
        """Results for JSON; ``stale`` says of each hit whether its document changed since it was indexed."""
        found = results.as_dict(snippets=self.snippets, explain=self.explain)
        for hit, one in zip(results, found["hits"], strict=True):
            one["stale"] = staleness.of(hit.document.path)
        return found


def facet_lines(name: str, facet: Facet, output: Output) -> Iterator[str]:
    """The lines of a facet: its name, then a count and a value a line, then what is not among them."""
    from searchlib.render.terminal import columns, wrap

    yield output.style(name, BOLD)
    counts = [f"{count:,}" for _, count in facet]
    width = max(map(len, counts), default=0) + 3
    for (value, _), count in zip(facet, counts, strict=True):
        indent = " " * (width + 2)
        lines = wrap(_written(value), output.width, indent)
        yield count.rjust(width) + lines[0][columns(count.rjust(width)) :]
        yield from lines[1:]
    rest = [counted(facet.others, "other value")] if facet.others else []
    rest += [f"{counted(facet.missing, 'paragraph')} without one"] if facet.missing else []
    if rest:
        yield output.style("   " + ", ".join(rest), DIM)


def _written(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return " ".join(str(value).split())


def tell(
    results: Results,
    *,
    page: int,
    limit: int,
    by_cursor: bool = False,
    per_document: int | None = None,
    distinct: bool = False,
) -> None:
    """Say what is wrong with the query, how many hits there are, and how to have the next ones."""
    for warning in results.warnings:
        say_warning(warning)
    total = results.total
    found = counted(total, "paragraph")
    if per_document and total:
        found += f" in {counted(results.documents, 'document')}"
    found += ", those that say the same once," * bool(distinct and total)
    found += f" in {human_seconds(results.took)}"
    if not total:
        say(f"No hits. {_other_words(results)}".rstrip())
    elif len(results) == total or not limit:
        say("", found)
    elif len(results):
        first, last = results.offset + 1, results.offset + len(results)
        following = "" if distinct and len(results) < limit else _following(results, page, by_cursor, per_document)
        say("", f"{first:,}-{last:,} of {found}{following}")
    elif by_cursor or per_document or distinct:
        say("There are no more hits.")
    else:
        say(f"Page {page} is past the last, which is {-(-total // limit)}")
    if 0 < total < FEW and results.suggestion:
        say(_other_words(results))


def say_warning(warning: QueryWarning) -> None:
    """Say what is wrong with the query."""
    first, *others = warning.lines
    say(f"Warning: {first}", *others)


def _following(results: Results, page: int, by_cursor: bool, per_document: int | None) -> str:
    """How to have the hits that follow, if there may be any."""
    most = min(results.total, results.documents * per_document) if per_document else results.total
    if results.offset + len(results) >= most:
        return ""
    if not by_cursor:
        return f"; next: --page {page + 1}"
    return f"; next: --after {results.cursor}" if results.cursor is not None else ""


def _other_words(results: Results) -> str:
    return f"Did you mean: {results.suggestion}" if results.suggestion else ""
