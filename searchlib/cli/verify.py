"""``searchlib verify``: check an index; exits 0 if it is sound, 1 if not."""

from __future__ import annotations

from dataclasses import asdict

import click

from searchlib.cli.indexing import open_index
from searchlib.cli.options import color_options, index_option, json_option, settings_with
from searchlib.cli.output import RED, counted, output_for, say
from searchlib.engine import Problem
from searchlib.errors import IndexCorrupt


@click.command("verify")
@index_option
@json_option
@color_options
def command(index: str | None, as_json: bool, color: str | None, width: int | None) -> int:
    """Check every file of the index against what was written.

    Exits 0 if the index is sound and 1 if it is not; the problems go to standard output.
    """
    settings = settings_with(index=index, color=color, width=width)
    output = output_for(settings)
    try:
        with open_index(settings) as opened:
            problems = opened.verify()
            stats = opened.stats()
    except IndexCorrupt as error:  # too far gone to be opened
        problems, stats = [Problem(error.path, str(error))], None
    if as_json:
        output.json({"index": settings.index, "sound": not problems, "problems": [asdict(each) for each in problems]})
    elif problems:
        for problem in problems:
            output.line(f"{output.style(problem.file, RED)}: {problem.message}")
    elif stats is not None:
        documents, paragraphs = counted(stats.documents, "document"), counted(stats.paragraphs, "paragraph")
        output.line(f"{settings.index} is sound: {documents}, {paragraphs}")
    if problems:
        say(f"{counted(len(problems), 'problem')}. Remove {settings.index} and build it again: searchlib index")
    return 1 if problems else 0
