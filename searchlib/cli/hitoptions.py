"""Options of which hits are shown, that ``query`` and ``similar`` share."""

from __future__ import annotations

import click

from searchlib.cli.completing import filters

limit_option = click.option("--limit", "-n", type=int, metavar="N", help="Hits a page.  [default: 10]")
page_option = click.option(
    "--page", type=click.IntRange(1), default=1, metavar="N", help="Which page of hits.  [default: 1]"
)
filter_option = click.option(
    "--filter",
    "within",
    multiple=True,
    metavar="QUERY",
    shell_complete=filters,
    help="Only hits that match this too; repeatable.",
)
per_document_option = click.option(
    "--per-document", type=click.IntRange(1), metavar="N", help="No more hits of a document."
)
