"""``searchlib stats``: figures of an index."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import click

from searchlib.cli.flags import color_options, index_option, json_option, settings_with
from searchlib.cli.obtaining import open_index
from searchlib.cli.output import BOLD, human_bytes, output_for

if TYPE_CHECKING:
    from searchlib.engine.figures import Stats


@click.command("stats")
@index_option
@json_option
@color_options
def command(index: str | None, as_json: bool, color: str | None, width: int | None) -> None:
    """Print figures of the index.

    Documents, paragraphs, tokens, languages, types, size, and the digest of what is in it.
    """
    settings = settings_with(index=index, color=color, width=width)
    output = output_for(settings)
    with open_index(settings) as opened:
        stats = opened.stats()
    if as_json:
        output.json({"index": settings.index, **stats.as_dict()})
        return
    rows = {"index": settings.index, **figures(stats)}
    column = max(map(len, rows)) + 2
    for name, value in rows.items():
        output.line(output.style(name.ljust(column), BOLD) + value)


def figures(stats: Stats) -> dict[str, str]:
    """The figures as people read them, by name."""
    rows = {
        "documents": f"{stats.documents:,}",
        "paragraphs": f"{stats.paragraphs:,}",
        "tokens": f"{stats.tokens:,}",
        "languages": _shares(stats.languages),
        "types": _shares(stats.types),
        "size": human_bytes(stats.bytes),
        "segments": f"{stats.segments:,}" + (f", with {stats.deleted:,} deleted paragraphs" if stats.deleted else ""),
        "generation": f"{stats.generation:,}",
        "format": str(stats.format),
        "digest": stats.digest,
    }
    return {name: value for name, value in rows.items() if value}


def _shares(counts: Mapping[str, int]) -> str:
    """``en 12, de 3``, the largest first."""
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return ", ".join(f"{name or 'unknown'} {count:,}" for name, count in ordered)
