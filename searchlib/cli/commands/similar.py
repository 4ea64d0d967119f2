"""``searchlib similar ID``: the paragraphs most like one."""

from __future__ import annotations

from typing import Any

import click

from searchlib.cli.completing import paragraphs
from searchlib.cli.flags import GroupedCommand, color_options, indexes_option, settings_with, timeout_option
from searchlib.cli.hitoptions import filter_option, limit_option, page_option, per_document_option
from searchlib.cli.naming import asked_index, paragraph
from searchlib.cli.obtaining import open_index
from searchlib.cli.output import output_for
from searchlib.cli.showing import SHOWN, Shown, showing_options, tell
from searchlib.cli.staleness import Staleness


@click.command(
    "similar",
    cls=GroupedCommand,
    groups={
        "Which hits": ("index", "limit", "page", "within", "per_document", "within_document", "limits_timeout"),
        "What is shown": (*SHOWN, "color", "width"),
    },
)
@click.argument("id", metavar="ID | RANK | FILE:LINE", shell_complete=paragraphs)
@indexes_option
@limit_option
@page_option
@filter_option
@per_document_option
@click.option("--within-document", is_flag=True, help="Also hits of the paragraph's own document.")
@timeout_option
@showing_options
@color_options
def command(
    id: str, page: int, within: tuple[str, ...], per_document: int | None, within_document: bool, **given: Any
) -> int:
    """Print the paragraphs most like the paragraph ID.

    These are the ones that its most telling words find. It is named as for searchlib show.
    """
    shown = Shown(**{name: given.pop(name) for name in SHOWN})
    settings = asked_index([id], settings_with(**given))
    output = output_for(settings)
    with open_index(settings) as index:
        like = paragraph(index, id, settings)
        results = index.similar(
            like.id,
            settings.limit,
            within_document=within_document,
            offset=(page - 1) * settings.limit,
            filter=list(within) or None,
            per_document=per_document,
        )
        staleness = Staleness(settings, index)
        staleness.of(like.document.path)
        shown.results(results, index, output, staleness)
        tell(results, page=page, limit=settings.limit, per_document=per_document)
        staleness.tell()
        return 0 if len(results) or (results.total and not settings.limit) else 1
