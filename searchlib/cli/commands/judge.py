"""``searchlib judge``: make a judged set, paragraph by paragraph, at the terminal."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from searchlib.cli.flags import color_options, index_option, settings_with
from searchlib.cli.obtaining import open_index
from searchlib.cli.output import counted, output_for, say
from searchlib.errors import SeedError, SettingsError
from searchlib.files.opening import read_file

if TYPE_CHECKING:
    from searchlib import Index
    from searchlib.evaluation.pooling import Judgements

_LARGEST = 1 << 20  # bytes of a file of queries
_GRADES = {"0": "no", "1": "touches it", "2": "answers it", "3": "answers it best"}
_KEYS = "  ".join(f"{key} {meaning}" for key, meaning in _GRADES.items()) + "  s skip  u undo  n next query  q quit"


@click.command("judge")
@click.argument("queries", metavar="QUERIES")
@index_option
@click.option("--out", default="judged.csv", metavar="FILE", help="Where judgements are added.  [default: judged.csv]")
@click.option(
    "--depth", type=click.IntRange(1, 1000), default=10, metavar="N", help="Paragraphs of each ranking.  [default: 10]"
)
@click.option(
    "--run", "runs", multiple=True, metavar="FILE", help="Also judge what this run of paragraphs has; repeatable."
)
@color_options
def command(queries: str, out: str, depth: int, runs: tuple[str, ...], **given: Any) -> None:
    """Judge the paragraphs that are found for QUERIES, a file with a query on each line.

    Each paragraph that one of several rankings finds is shown, in an order that tells nothing of ranks, and a key says
    how well it answers. What was judged is kept at once and not asked again. The file is what searchlib evaluate takes.
    """
    from searchlib.evaluation import read_run
    from searchlib.evaluation.pooling import Judgements, pool

    settings = settings_with(**given)
    output = output_for(settings)
    judgements = Judgements(Path(out))
    others = [read_run(run) for run in runs]
    with open_index(settings) as index:
        asked = _queries(Path(queries))
        for number, query in enumerate(asked, 1):
            wanted = [
                one for one in pool(index, query, depth=depth, runs=others) if (query, one) not in judgements.known
            ]
            if not wanted:
                continue
            title = f"Query {number} of {len(asked)}: {query}"
            if not _judge(index, query, wanted, judgements, title, output.width):
                break
    relevant = sum(grade > 0 for grade in judgements.known.values())
    say(f"{counted(len(judgements.known), 'judgement')} in {out}, {relevant:,} of them relevant.")


def _queries(file: Path) -> list[str]:
    try:
        text = read_file(file, _LARGEST).decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise SeedError(f"{file} cannot be read ({error}): give a text file with a query on each line", file) from None
    found = list(dict.fromkeys(" ".join(line.split()) for line in text.splitlines() if line.strip()))
    if not found:
        raise SettingsError(f"{file} has no query: write one on each line")
    return found


def _judge(index: Index, query: str, wanted: Sequence[str], judgements: Judgements, title: str, width: int) -> bool:
    """Have the paragraphs of a query judged; False if the person has had enough."""
    from searchlib.render.terminal import wrap

    place = 0
    while place < len(wanted):
        record = index.paragraph(wanted[place])
        heading = " > ".join((record.document.title, *record.paragraph.headings)).strip(" >")
        say("", title, f"{place + 1} of {len(wanted)}" + (f": {heading}" if heading else ""), "")
        say(*wrap(record.paragraph.text, width, "  "), "", _KEYS)
        key = click.prompt("", prompt_suffix="> ", err=True, show_default=False, default="s").strip().lower()
        if key in _GRADES:
            judgements.add(query, record.id, int(key), record.document.path)
        elif key == "u":
            last = judgements.undo()
            place = wanted.index(last[1]) if last is not None and last[0] == query and last[1] in wanted else place
            continue
        elif key == "n":
            return True
        elif key == "q":
            return False
        elif key != "s":
            say(f"{key} is no key.")
            continue
        place += 1
    return True
