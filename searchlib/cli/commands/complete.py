"""``searchlib complete``: the words of the index that begin as a word does."""

from __future__ import annotations

import click

from searchlib.cli.flags import indexes_option, json_option, settings_with
from searchlib.cli.obtaining import open_index
from searchlib.cli.output import output_for


@click.command("complete")
@click.argument("words", nargs=-1, required=True, metavar="PREFIX...")
@indexes_option
@click.option("--limit", "-n", type=click.IntRange(1), default=10, metavar="N", help="Words to list.  [default: 10]")
@json_option
def command(words: tuple[str, ...], index: tuple[str, ...], limit: int, as_json: bool) -> int:
    """List the commonest words of the index that begin with PREFIX, with how often each occurs.

    Case and accents do not matter. Of several words the last one is completed:

    \b
      searchlib complete indus           industry, industrial, ...
      searchlib complete defense ind     defense industry, ...

    A line has the text and, after a tab, how often its last word occurs. Exits 0 if there are words and 1 if not.
    """
    settings = settings_with(index=index)
    output = output_for(settings)
    with open_index(settings) as opened:
        found = opened.complete(" ".join(words), limit)
    if as_json:
        output.json([one.as_dict() for one in found])
    else:
        for one in found:
            output.line(f"{one.text}\t{one.count}")
    return 0 if found else 1
