"""``searchlib query``: the best paragraphs for some words.

Hits go to stdout; warnings, the number of hits and what could be done next go to stderr.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from searchlib.cli.completing import fields
from searchlib.cli.completing import words as words_of
from searchlib.cli.flags import (
    GroupedCommand,
    color_options,
    indexes_option,
    names_option,
    settings_with,
    timeout_option,
)
from searchlib.cli.hitoptions import filter_option, limit_option, page_option, per_document_option
from searchlib.cli.obtaining import open_or_build
from searchlib.cli.output import counted, output_for, say
from searchlib.cli.pathtypes import FILE
from searchlib.cli.settings import Settings
from searchlib.cli.showing import SHOWN, Shown, say_warning, showing_options, tell
from searchlib.cli.staleness import Staleness
from searchlib.errors import SettingsError
from searchlib.search.wanted import FACET_VALUES

if TYPE_CHECKING:
    from searchlib import Index


class QueryCommand(GroupedCommand):
    """A command whose words may look like options, and which then says how to write them."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """As click does, with advice for a query that begins with a hyphen."""
        try:
            return super().parse_args(ctx, args)
        except click.NoSuchOption as error:
            advice = 'To search for words that begin with "-", put -- before them.'
            raise click.UsageError(f"{error.format_message()} {advice}", ctx) from None


PAGING = ("per_document", "distinct", "after", "page", "limit", "facet")
"""Options that say nothing where all hits are printed."""


@click.command(
    "query",
    cls=QueryCommand,
    groups={
        "Which hits": (
            *("index", "limit", "page", "after", "within", "sort", "per_document", "distinct", "everything"),
            *("synonyms", "names", "strict", "limits_timeout"),
        ),
        "What is shown": ("facet", *SHOWN, "color", "width"),
    },
)
@click.argument("words", nargs=-1, required=True, metavar="WORDS...", shell_complete=words_of)
@indexes_option
@limit_option
@page_option
@click.option("--after", metavar="CURSOR", help="The hits after those that --json gave with this cursor.")
@filter_option
@click.option(
    "--sort",
    multiple=True,
    metavar="KEY",
    shell_complete=fields,
    help="By year, the greatest first by -year; repeatable.",
)
@per_document_option
@click.option("--distinct", is_flag=True, help="What several paragraphs say once, with how many they are.")
@click.option("--all", "everything", is_flag=True, help="Every hit, in the order of the index or of --sort.")
@click.option(
    "--synonyms",
    metavar="FILE",
    type=FILE,
    help="Words to find for others: docs/query-language.md has the format.",
)
@names_option
@click.option("--strict", is_flag=True, help="Make a mistake in the query an error.")
@timeout_option
@click.option(
    "--facet",
    multiple=True,
    metavar="KEY[:N]",
    shell_complete=fields,
    help="Count the 10 (or N) commonest values; repeatable.",
)
@showing_options
@color_options
@click.pass_context
def command(ctx: click.Context, /, words: tuple[str, ...], page: int, everything: bool, **given: Any) -> int:
    """Print the paragraphs that match WORDS best.

    \b
      searchlib query defense industry             both words rank higher than one
      searchlib query '"defense industry"'         the phrase
      searchlib query 'title:ukraine -peace*'      fields, without, prefixes
      searchlib query war --filter lang:en         only hits in English
      searchlib query war --sort -year             the latest first
      searchlib query war --facet author           who wrote of it, and how often
      searchlib query 'year:1995' --all --jsonl    every hit, for another program
      searchlib query war --format '{id} {title}'  a line for each, as it is wanted; or --csv
      searchlib query -- -peace +talks             a query that begins with a hyphen

    Keys are those of the documents' metadata, and document, type, language, kind and title. Exits 0 if there are
    hits, 1 if there are none and 2 on an error. docs/query-language.md has the language.
    """
    shown = Shown(**{name: given.pop(name) for name in SHOWN})
    asked = {
        "filter": list(given.pop("within")) or None,
        "strict": given.pop("strict"),
        "sort": given.pop("sort"),
        "per_document": given.pop("per_document"),
        "distinct": given.pop("distinct"),
        "after": given.pop("after"),
        "facets": facets_of(given.pop("facet")),
    }
    settings = settings_with(**given)
    query = " ".join(words)
    if everything:
        refuse_with_all(ctx, shown)
        with open_or_build(settings) as index:
            how = {name: asked[name] for name in ("filter", "strict", "sort")}
            return print_all(index, query, shown, settings, **how)
    if asked["after"] is not None and page > 1:
        raise SettingsError("--after and --page both say where to begin: give one of them")
    with open_or_build(settings) as index:
        results = index.search(query, settings.limit, offset=(page - 1) * settings.limit, **asked)
        staleness = Staleness(settings, index)
        shown.results(results, index, output_for(settings), staleness)
        how = {name: asked[name] for name in ("per_document", "distinct")}
        tell(results, page=page, limit=settings.limit, by_cursor=asked["after"] is not None, **how)
        staleness.tell_of_all()
        return 0 if len(results) or (results.total and not settings.limit) else 1


def print_all(index: Index, query: str, shown: Shown, settings: Settings, **asked: Any) -> int:
    """Print every hit, in the order of the index or of a field."""
    everything = index.all(query, **asked)
    for warning in everything.warnings:
        say_warning(warning)
    staleness = Staleness(settings, index)
    count = shown.hits(everything, index, output_for(settings), staleness, query=query)
    say(*(("", counted(count, "paragraph")) if count else ("No hits.",)))
    staleness.tell_of_all()
    return 0 if count else 1


def facets_of(given: tuple[str, ...]) -> dict[str, int | None]:
    """The names of facets and how many values each is to have, of ``KEY`` and ``KEY:N``."""
    found: dict[str, int | None] = {}
    for text in given:
        name, colon, size = text.rpartition(":")
        if not colon:
            found[text] = FACET_VALUES
        elif size.isdecimal():
            found[name] = int(size)
        else:
            raise SettingsError(f"--facet {text} has no number after the colon: write {name}:20, or {name} alone")
    return found


def refuse_with_all(ctx: click.Context, shown: Shown) -> None:
    """Raise SettingsError for options that --all has no use for."""
    if shown.form in ("json", "csl"):
        raise SettingsError(f"{shown.form} is one value, and all hits may not fit into one: give --all --jsonl")
    for name in PAGING:
        source = ctx.get_parameter_source(name)
        if source is not None and source.name == "COMMANDLINE":
            option = name.replace("_", "-")
            raise SettingsError(f"--all prints every hit: leave --{option} out")
