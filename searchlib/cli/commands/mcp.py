"""``searchlib mcp``: the index for agents, by the Model Context Protocol on standard input and output."""

from __future__ import annotations

from typing import Any

import click

from searchlib.cli.extras import needing
from searchlib.cli.flags import index_option, names_option, settings_with, sources_option, timeout_option
from searchlib.cli.obtaining import open_index, open_or_build, seeds_to_read
from searchlib.cli.output import JsonLines


@click.command("mcp")
@index_option
@sources_option("Check citations by the seeds, which are those that the index remembers or these; may be repeated.")
@click.option("--synonyms", metavar="FILE", help="Words to find for others: docs/query-language.md has the format.")
@names_option
@timeout_option
def command(sources: tuple[str, ...], **given: Any) -> None:
    """Answer agents from the index, on standard input and output.

    \b
      {"mcpServers": {"searchlib": {"command": "searchlib", "args": ["mcp", "--index", "/path/to/index"]}}}

    They search, read, outline, list, cite and check citations by the Model Context Protocol. It reads the index, and
    the seeds only with --sources; it writes nothing. It answers from the newest generation, also when the index is
    brought up to date meanwhile. searchlib serve --mcp does the same over HTTP. docs/agents.md has more.
    """
    serving = needing("mcp", "mcp", "searchlib.agents.serving")
    from searchlib.concurrency.sandbox import keeping
    from searchlib.web.responding import Answering, Served
    from searchlib.web.serveoptions import ServeOptions

    settings = settings_with(**given)
    open_or_build(settings).close()
    answering = Answering(ServeOptions(sources=seeds_to_read(sources, settings)))
    with open_index(settings, refresh="auto") as index, keeping():
        serving.run_stdio(Served("searchlib", index), answering, JsonLines())
