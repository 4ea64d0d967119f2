"""``searchlib query``: the best paragraphs for some words.

Hits go to stdout; warnings, the number of hits and what could be done next go to stderr.
"""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from searchlib.cli.indexing import open_or_build
from searchlib.cli.options import color_options, index_option, settings_with
from searchlib.cli.output import Output, counted, human_seconds, output_for, say
from searchlib.settings import Settings

if TYPE_CHECKING:
    from searchlib import Hit, Index, Results


class QueryCommand(click.Command):
    """A command whose words may look like options, and which then says how to write them."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """As click does, with advice for a query that begins with a hyphen."""
        try:
            return super().parse_args(ctx, args)
        except click.NoSuchOption as error:
            advice = 'To search for words that begin with "-", put -- before them.'
            raise click.UsageError(f"{error.format_message()} {advice}", ctx) from None


@click.command("query", cls=QueryCommand)
@click.argument("words", nargs=-1, required=True, metavar="WORDS...")
@index_option
@click.option("--limit", "-n", type=int, metavar="N", help="Hits a page.  [default: 10]")
@click.option("--page", type=click.IntRange(1), default=1, metavar="N", help="Which page of hits.  [default: 1]")
@click.option("--filter", "within", metavar="QUERY", help="Only hits that match this too; scores stay.")
@click.option("--strict", is_flag=True, help="Make a mistake in the query an error.")
@click.option("--full", is_flag=True, help="Show whole paragraphs.")
@click.option("--snippets", type=click.IntRange(1, 100), default=1, metavar="N", help="Parts of a paragraph to show.")
@click.option("--explain", is_flag=True, help="Show where each score came from.")
@click.option("--json", "form", flag_value="json", help="Print one JSON object.")
@click.option("--jsonl", "form", flag_value="jsonl", help="Print a JSON object a hit.")
@color_options
def command(words: tuple[str, ...], page: int, within: str | None, strict: bool, form: str | None, **given: Any) -> int:
    """Print the paragraphs that match WORDS best.

    \b
      searchlib query defense industry             both words rank higher than one
      searchlib query '"defense industry"'         the phrase
      searchlib query 'title:ukraine -peace*'      fields, without, prefixes
      searchlib query -- -peace +talks             a query that begins with a hyphen

    Exits 0 if there are hits, 1 if there are none and 2 on an error. docs/query-language.md has the language.
    """
    shown = Shown(given.pop("full"), given.pop("snippets"), given.pop("explain"))
    settings = settings_with(**given)
    output = output_for(settings)
    query = " ".join(words)
    with open_or_build(settings) as index:
        offset = (page - 1) * settings.limit
        results = index.search(query, settings.limit, offset=offset, filter=within, strict=strict)
        if form == "json":
            output.json(
                {
                    "query": query,
                    "total": results.total,
                    "took": round(results.took, 6),
                    "warnings": [warning.message for warning in results.warnings],
                    "suggestion": results.suggestion,
                    "hits": [shown.as_dict(hit) for hit in results],
                }
            )
        elif form == "jsonl":
            for hit in results:
                output.json(shown.as_dict(hit), indent=None)
        else:
            shown.listing(results, output)
        _tell(results, page, settings, index)
        return 0 if len(results) or (results.total and not settings.limit) else 1


class Shown:
    """What of a hit is to be shown."""

    def __init__(self, full: bool, snippets: int, explain: bool) -> None:
        self.full = full
        self.snippets = snippets
        self.explain = explain

    def as_dict(self, hit: Hit) -> dict[str, Any]:
        """A hit for JSON."""
        found = {**hit.as_dict(), "snippet": hit.snippet("plain", count=self.snippets)}
        if self.explain:
            found["explanation"] = str(hit.explain())
        return found

    def listing(self, results: Results, output: Output) -> None:
        """All hits for people, with an empty line between."""
        from searchlib.cli.listing import hit_lines

        for number, hit in enumerate(results):
            if number:
                output.line()
            for line in hit_lines(hit, output, full=self.full, snippets=self.snippets, explain=self.explain):
                output.line(line)


def _tell(results: Results, page: int, settings: Settings, index: Index) -> None:
    """Say what is wrong with the query, how many hits there are, and what could be done next."""
    for warning in results.warnings:
        say(f"Warning: {warning}")
    total, limit = results.total, settings.limit
    found = f"{counted(total, 'paragraph')} in {human_seconds(results.took)}"
    if len(results) < total and len(results):
        pages = -(-total // limit)
        more = f"; next: --page {page + 1}" if page < pages else ""
        say(f"\n{results.offset + 1:,}-{results.offset + len(results):,} of {found}{more}")
    elif len(results) or not total or not limit:
        say(f"\n{found}" if total else f"No hits. {_other_words(results)}".rstrip())
    else:
        say(f"Page {page} is past the last, which is {-(-total // limit)}")
    _tell_if_stale(settings, index)


def _other_words(results: Results) -> str:
    return f"Did you mean: {results.suggestion}" if results.suggestion else ""


def _tell_if_stale(settings: Settings, index: Index) -> None:
    from searchlib.engines.whoosh import published_at
    from searchlib.freshness import touched_since

    if index.changes is not None or not touched_since(settings.seeds, published_at(index.path)):
        return
    if _is_of(settings, index) and _is_stale(settings, index):
        flag = f" --index {shlex.quote(settings.index)}" if "index" in settings.origin else ""
        say(f"The seeds changed since {settings.index} was built. Bring it up to date with: searchlib index{flag}")


def _is_of(settings: Settings, index: Index) -> bool:
    """Whether the index was built from the seeds of the settings: only then do these say whether it is stale."""
    from searchlib.engines.whoosh import published

    roots = published(index.path).sources.get("roots", ())
    return set(roots) == {Path(seed).resolve().name for seed in settings.seeds if Path(seed).exists()}


def _is_stale(settings: Settings, index: Index) -> bool:
    from searchlib.indexing import is_stale

    return is_stale(settings.seeds, index.path)
