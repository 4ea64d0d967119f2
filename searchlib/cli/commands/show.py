"""``searchlib show ID``: a paragraph in its context."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from searchlib.cli.completing import paragraphs
from searchlib.cli.flags import color_options, indexes_option, json_option, settings_with
from searchlib.cli.naming import asked_index, paragraph
from searchlib.cli.obtaining import open_index
from searchlib.cli.output import output_for
from searchlib.cli.staleness import Staleness
from searchlib.model.jsonable import JsonObject

if TYPE_CHECKING:
    from searchlib import Record


@click.command("show")
@click.argument("id", metavar="ID | RANK | FILE:LINE", shell_complete=paragraphs)
@indexes_option
@click.option(
    "--context",
    "-C",
    type=click.IntRange(0, 10_000),
    default=1,
    metavar="N",
    help="Paragraphs around it.  [default: 1]",
)
@json_option
@color_options
def command(id: str, context: int, as_json: bool, **given: Any) -> None:
    """Print the paragraph ID in its context.

    \b
      searchlib show 4f8m0c2k9x1pt7aw     by its id, or the first characters of it
      searchlib show 3                    the third hit of the last query in this terminal
      searchlib show seeds/report.txt:12  what stands on a line; of a PDF, on a page

    That is its citation, and the paragraph with those around it in the document.
    """
    from searchlib.cli.listing import record_lines

    settings = asked_index([id], settings_with(**given))
    output = output_for(settings)
    with open_index(settings) as index:
        wanted = paragraph(index, id, settings)
        id = wanted.id
        records = index.context(id, context, context)
        staleness = Staleness(settings, index)
        stale = staleness.of(wanted.document.path)
    if as_json:
        output.json({**as_dict(wanted), "stale": stale, "context": [as_dict(record) for record in records]})
    else:
        for line in record_lines(wanted, records, output):
            output.line(line)
    staleness.tell()


def as_dict(record: Record) -> JsonObject:
    """A record for JSON: its citation, and the document's particulars."""
    from searchlib.citing import cite

    document = record.document
    return {
        **cite(record).as_dict(),
        "kind": record.paragraph.kind,
        "type": document.type,
        "language": document.language,
        "metadata": dict(document.metadata),
    }
