"""What is printed of the results of a search: hits and facets for people, or a form for others; and what is said.

`query` and `similar` share it. Data goes to stdout; how many hits there are and what could be done next to stderr. What
was shown is remembered as the last query of the terminal (`searchlib.cli.lastquery`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any, TypeVar

import click

from searchlib.cli.flags import FormType
from searchlib.cli.output import BOLD, DIM, Output, at_a_terminal, counted, human_seconds, say
from searchlib.errors import SettingsError
from searchlib.frozen import frozen
from searchlib.model.jsonable import JsonObject

if TYPE_CHECKING:
    from searchlib import Hit, Index, Results
    from searchlib.cli.staleness import Staleness
    from searchlib.engine.answers import Facet
    from searchlib.highlight import Snippet
    from searchlib.query import QueryWarning

Function = TypeVar("Function", bound=Callable[..., Any])

SHOWN = ("full", "snippets", "length", "explain", "form")
"""The names of the options of `showing_options`."""

REMEMBERED = 10_000
"""Hits that can be named by their ranks afterwards."""
FEW = 5
"""With fewer hits than this, other words are suggested; for names always."""
_FORMS = ("json", "jsonl", "csv", "markdown", "bibtex", "csl")


def showing_options(function: Function) -> Function:
    """The options that say what is printed of a hit."""
    for option in (
        click.option(
            "--format",
            "form",
            type=FormType(_FORMS),
            metavar="FORM",
            help=f"{', '.join(_FORMS)}, or a template: '{{rank}} {{id}} {{title}}'.",
        ),
        click.option("--csv", "form", flag_value="csv", help="Print a table for spreadsheets: --format csv."),
        click.option("--jsonl", "form", flag_value="jsonl", help="Print a JSON object a hit."),
        click.option("--json", "form", flag_value="json", help="Print one JSON object."),
        click.option("--explain", is_flag=True, help="Show where each score came from."),
        click.option(
            "--length", type=click.IntRange(20), metavar="N", help="Characters of a part, at most.  [default: 240]"
        ),
        click.option(
            "--snippets", type=click.IntRange(1, 100), default=1, metavar="N", help="Parts of a paragraph to show."
        ),
        click.option("--full", is_flag=True, help="Show whole paragraphs."),
    ):
        function = option(function)
    return function


@frozen
class Shown:
    """What of a hit is to be shown, and how: ``form`` is one of those of ``--format``, or None, for people."""

    full: bool
    snippets: int
    length: int | None
    explain: bool
    form: str | None

    def __post_init__(self) -> None:
        if self.explain and self.form not in (None, "json", "jsonl"):
            raise SettingsError("--explain is for people and JSON: leave it or the form out")

    def results(self, results: Results, index: Index, output: Output, staleness: Staleness) -> None:
        """Print results."""
        self.hits(results, index, output, staleness, results)
        if self.form is None:
            for number, (name, facet) in enumerate(results.facets.items()):
                if number or len(results):
                    output.line()
                for line in facet_lines(name, facet, output):
                    output.line(line)

    def hits(
        self,
        hits: Iterable[Hit],
        index: Index,
        output: Output,
        staleness: Staleness,
        results: Results | None = None,
        query: str = "",
    ) -> int:
        """Print hits one by one, which may be those of ``results``; how many there were. They are remembered."""
        told = _Told(hits, staleness)
        try:
            if self.form == "json":
                assert results is not None
                output.json(self._as_object(results, told))
            elif self.form == "jsonl":
                for hit in told:
                    found = hit.as_dict(*self._sizes, explain=self.explain)
                    output.json({**found, "stale": told.stale}, indent=None)
            elif self.form == "csl":
                from searchlib.cli.hitforms import csl_items

                output.json(csl_items(told))
            elif self.form is not None:
                from searchlib.cli.hitforms import lines

                for line in lines(self.form, told, self.shown, index.fields):
                    output.line(line)
            else:
                self._list(told, output)
        finally:
            told.remember(index, query if results is None else results.query)
        return told.count

    def shown(self, hit: Hit) -> Snippet:
        """What is shown of a hit's text."""
        if self.full:
            from searchlib.highlight import whole

            return whole(hit.text, hit.spans)
        return hit.fragments(*self._sizes)

    @property
    def _sizes(self) -> tuple[int, int]:
        """The length of a snippet's parts, and how many there may be."""
        from searchlib.search.hits import SNIPPET_LENGTH

        return SNIPPET_LENGTH if self.length is None else self.length, self.snippets

    def _list(self, told: _Told, output: Output) -> None:
        from searchlib.cli.listing import hit_lines

        before = None
        for hit in told:
            if before is not None:
                output.line()
            titled = before != hit.document.path
            for line in hit_lines(hit, output, self.shown(hit), explain=self.explain, titled=titled):
                output.line(line)
            before = hit.document.path

    def _as_object(self, results: Results, told: _Told) -> JsonObject:
        """Results for JSON; ``stale`` says of each hit whether its document changed since it was indexed."""
        found = results.as_dict(*self._sizes, explain=self.explain)
        for _, one in zip(told, found["hits"], strict=True):
            one["stale"] = told.stale
        return found


class _Told:
    """Hits on their way to be printed: counted, remembered, and looked at whether they are ``stale``."""

    def __init__(self, hits: Iterable[Hit], staleness: Staleness) -> None:
        self._hits = hits
        self._staleness = staleness
        self._first = 1
        self._ids: list[str] = []
        self.count = 0
        self.stale: bool | None = None

    def __iter__(self) -> Iterator[Hit]:
        for hit in self._hits:
            if not self.count:
                self._first = hit.rank
            if self.count < REMEMBERED:
                self._ids.append(hit.id)
            self.count += 1
            self.stale = self._staleness.of(hit.document.path)
            yield hit

    def remember(self, index: Index, query: str) -> None:
        """Keep what was shown as the last query of this terminal, if any of the streams is on one."""
        if self._ids and at_a_terminal():
            from searchlib.cli.naming import remember

            remember(index, query, self._first, self._ids)


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
    if total and (total < FEW or _has_capital(results.query)) and results.suggestion:
        say(_other_words(results))


def _has_capital(query: str) -> bool:
    """Whether a word begins as a name does, which may be spelt otherwise elsewhere: then it is worth the looking."""
    return any(word.istitle() for word in query.split())


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
