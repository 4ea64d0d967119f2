"""``searchlib copy OLD NEW``: an index at another place, or in another engine, without its seeds."""

from __future__ import annotations

from typing import Any

import click

from searchlib.cli.flags import json_option, layout_options, settings_with, tuning_of
from searchlib.cli.obtaining import summary
from searchlib.cli.output import output_for, say


@click.command("copy")
@click.argument("old")
@click.argument("new")
@click.option("--replace", is_flag=True, help="Make an index that is at NEW already the same as OLD.")
@layout_options
@click.option("--memory", metavar="SIZE", help="Memory to keep to, such as 512M.")
@click.option("--processes", "-j", type=int, metavar="N", help="Processes.  [default: one a core]")
@click.option("--wait", type=click.FloatRange(0), default=0, metavar="SECONDS", help="Wait for another writer of NEW.")
@click.option("--quiet", "-q", is_flag=True, help="Say nothing but errors.")
@json_option
def command(
    old: str,
    new: str,
    replace: bool,
    shards: int | None,
    replicas: int | None,
    wait: float,
    quiet: bool,
    as_json: bool,
    **flags: Any,
) -> None:
    """Make the index NEW hold what the index OLD holds, without its seeds.

    Both are paths, or addresses of a cluster: indexes/default, https://search.example:9200/news. Paragraphs, ids,
    metadata, settings and what is remembered of the seeds are the same, so searchlib index goes on from there. With
    --replace only what differs is written.
    """
    import searchlib
    from searchlib.cli.progress import ProgressBar

    settings = settings_with(**flags)
    with ProgressBar() as progress:
        index = searchlib.copy(
            old,
            new,
            replace=replace,
            processes=settings.processes,
            memory=settings.memory,
            wait=wait,
            progress=progress if progress.shown else None,
            tuning=tuning_of(new, shards, replicas),
        )
    with index:
        changes = index.changes
        assert changes is not None
        if as_json:
            output_for(settings).json({"index": str(index.path), **changes.as_dict(), "digest": index.digest})
        elif not quiet:
            say(f"{index.path}: {summary(changes)}")
