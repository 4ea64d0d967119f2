"""``searchlib verify``, and ``searchlib index --check``: whether an index is sound, and what its seeds would give.

Both exit 0 if all is well and 1 if not, print what is wrong to stdout, a line each, and write nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import click

from searchlib.cli.flags import color_options, index_option, json_option, settings_with, sources_option
from searchlib.cli.obtaining import how_to_build, open_index, reading, roots, seeds_exist
from searchlib.cli.output import RED, Output, counted, output_for, say
from searchlib.cli.settings import Settings
from searchlib.engine.figures import Problem
from searchlib.engine.locations import located
from searchlib.errors import IndexCorrupt, IndexIncompatible, IndexMissing
from searchlib.model.jsonable import JsonObject

if TYPE_CHECKING:
    from searchlib.engine.figures import Stats
    from searchlib.update.comparing import Differences


@click.command("verify")
@index_option
@sources_option("Compare the index with its seeds too, which are these files and folders if any; may be repeated.")
@json_option
@color_options
def command(index: str | None, sources: tuple[str, ...], as_json: bool, color: str | None, width: int | None) -> int:
    """Check every file of the index against what was written, and what they say against each other.

    With --sources also list the seeds that changed, vanished or are new since the index was built. They are looked
    for where the settings say, then in the folders above the index, unless SEEDS are given. Exits 0 if all is well
    and 1 if not; the problems go to standard output. What is wrong is put right by: searchlib index
    """
    settings = settings_with(index=index, color=color, width=width)
    output = output_for(settings)
    problems, stats = _soundness(settings)
    differences = None
    if sources and stats is not None:
        differences = _differences(settings, tuple(filter(None, sources)))
    if as_json:
        found: JsonObject = {
            "index": settings.index,
            "sound": not problems,
            "digest": stats.digest if stats is not None else "",
            "problems": [each.as_dict() for each in problems],
        }
        if differences is not None:
            found["sources"] = differences.as_dict()
        output.json(found)
    else:
        _list_problems(problems, output)
        if stats is not None and not problems:
            documents, paragraphs = counted(stats.documents, "document"), counted(stats.paragraphs, "paragraph")
            output.line(f"{settings.index} is sound: {documents}, {paragraphs}")
        if differences is not None:
            _list_differences(differences, output)
    if problems:
        say(f"{counted(len(problems), 'problem')}. {_again(settings)}")
    elif differences:
        say(f"The index is not what its seeds would give. {_again(settings)}")
    return 1 if problems or differences else 0


def check_against_seeds(settings: Settings, output: Output, *, as_json: bool, digest: bool) -> int:
    """What ``searchlib index --check`` does: compare the index with what these seeds and settings would give."""
    from searchlib.update.comparing import Differences, compare

    seeds_exist(settings)
    differences = Differences()
    missing = ""
    try:
        problems, stats = _soundness(settings, quick=True)
    except IndexMissing as error:
        problems, stats, missing = [Problem(error.path, "there is no index")], None, str(error)
    if stats is not None:
        differences = compare(roots(settings), located(settings.index), **reading(settings))
    wrong = bool(problems or differences)
    if as_json:
        found = {"index": settings.index, "current": not wrong, "digest": stats.digest if stats is not None else ""}
        output.json({**found, "problems": [each.as_dict() for each in problems], **differences.as_dict()})
    else:
        _list_problems(problems, output)
        _list_differences(differences, output)
        if digest and stats is not None:
            output.line(stats.digest)
    if wrong:
        say(missing or f"{settings.index} is not what the seeds would give. {_again(settings)}")
    return 1 if wrong else 0


def _soundness(settings: Settings, quick: bool = False) -> tuple[list[Problem], Stats | None]:
    """What is wrong with the index itself, and its figures unless it is too far gone to be opened."""
    try:
        with open_index(settings) as opened:
            return opened.verify(quick=quick), opened.stats()
    except (IndexCorrupt, IndexIncompatible) as error:
        return [Problem(error.path, str(error))], None


def _differences(settings: Settings, given: tuple[str, ...]) -> Differences:
    from searchlib.documents import root_of
    from searchlib.update.comparing import compare, find_roots

    index = located(settings.index)
    return compare(list(map(root_of, given)) or find_roots(index, roots(settings)), index, limits=settings.limits)


def _list_problems(problems: Iterable[Problem], output: Output) -> None:
    for problem in problems:
        output.line(output.style(problem.file, RED) + f": {problem.message}")


def _list_differences(differences: Differences, output: Output) -> None:
    for what, names in (
        ("changed", differences.changed),
        ("vanished", differences.vanished),
        ("new", differences.new),
        ("setting", differences.settings),
    ):
        for name in names:
            output.line(output.style(what, RED) + f": {name}")


def _again(settings: Settings) -> str:
    return how_to_build(settings).replace("Build one with", "Build it again with")
