"""``searchlib cite``: citations of paragraphs, and whether those in files still hold."""

from __future__ import annotations

import os
from collections import Counter
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from searchlib.cli.flags import color_options, index_option, json_option, settings_with, sources_option
from searchlib.cli.output import Output, counted, output_for, say, say_error
from searchlib.cli.settings import Settings
from searchlib.cli.staleness import Staleness
from searchlib.errors import SeedError, SettingsError
from searchlib.model.jsonable import JsonObject

if TYPE_CHECKING:
    from searchlib import Citation
    from searchlib.citing.checking import Check, Status
    from searchlib.citing.library import Library
    from searchlib.citing.mending import TextFile

FORMATS = ("text", "markdown", "json", "link")


@click.command("cite")
@click.argument("names", nargs=-1, required=True, metavar="ID... | FILES...")
@click.option(
    "--format",
    "-f",
    "form",
    type=click.Choice(FORMATS),
    metavar="FORM",
    help="text, markdown, json (W3C Web Annotation) or link (to a web page).  [default: text]",
)
@click.option("--quote", metavar="WORDS", help="Cite only these words of the paragraph.")
@click.option("--query", metavar="QUERY", help="Cite only the part of the paragraph that matches.")
@click.option("--check", is_flag=True, help="Check the citations in FILES.")
@click.option("--update", is_flag=True, help="Check, and mend in FILES what only moved.")
@sources_option("With --check: the seeds are these files and folders, and no index is asked; may be repeated.")
@index_option
@json_option
@color_options
def command(
    names: tuple[str, ...],
    form: str | None,
    quote: str | None,
    query: str | None,
    check: bool,
    update: bool,
    sources: tuple[str, ...],
    as_json: bool,
    **given: Any,
) -> int:
    """Print citations of the paragraphs with these IDs, or check those in FILES.

    \b
      searchlib cite 4f8m0c2k9x1pt7aw                     the quote, and where it stands
      searchlib cite 4f8m0c --quote "the words" -f json   of a part, for machines
      searchlib cite --check notes.md refs.json           what became of the citations in files
      searchlib cite --update notes.md                    and mend those that only moved

    A citation in a file is unchanged, moved (and where to), edited (with the closest paragraph and the difference),
    gone, or unknown: what is checked are the seeds of the index as they are now, and some may be nowhere to be seen.
    With --check, exits 0 if all are unchanged or mended, 1 if not and 2 on an error. docs/citations.md has the forms
    and the ids.
    """
    settings = settings_with(**given)
    output = output_for(settings)
    if check or update or sources:
        sources = tuple(filter(None, sources))
        if quote or query or form not in (None, "json"):
            raise SettingsError("--quote, --query and --format make citations: leave them out to check files")
        if sources and given["index"] is not None:
            raise SettingsError("--sources checks without an index, and --index names one: leave one of them out")
        if update and "-" in names:
            raise SettingsError("standard input cannot be mended: give files")
        return _check(names, sources, settings, output, update=update, as_json=as_json or form == "json")
    return _cite(names, quote or "", query, "json" if as_json else form or "text", settings, output)


# Making citations


def _cite(ids: tuple[str, ...], quote: str, query: str | None, form: str, settings: Settings, output: Output) -> int:
    from searchlib.cli.obtaining import open_index

    with open_index(settings) as index:
        staleness = Staleness(settings, index)
        try:
            citations = [index.citation(id, quote, query=query) for id in ids]
        except LookupError:
            files = [id for id in ids if os.path.isfile(id)]  # noqa: PTH113 - never raises
            if files:
                raise SettingsError(f"{files[0]} is a file: check its citations with --check") from None
            raise
        stale = [staleness.of(citation.path) for citation in citations]
    if form == "json":
        found = [_annotation(citation, is_stale) for citation, is_stale in zip(citations, stale, strict=True)]
        output.json(found[0] if len(found) == 1 else found)
    else:
        for number, citation in enumerate(citations):
            if number and form != "link":
                output.line()
            output.lines(_written(citation, form, output.width))
    staleness.tell()
    return 0


def _annotation(citation: Citation, stale: bool | None) -> JsonObject:
    """An annotation, which is to be kept: so it says that it is stale only where it is."""
    found = citation.annotation()
    if stale:
        found["citation"]["stale"] = True
    return found


def _written(citation: Citation, form: str, width: int) -> str:
    if form == "link":
        if not citation.link:
            raise SettingsError(
                f"{citation.path} has no address on the web: its metadata has no url. Try another form."
            )
        return citation.link
    return citation.markdown() if form == "markdown" else citation.text(width)


# Checking them


class _Done(NamedTuple):
    """A check, and what was done: mended what had moved, or brought up to date the hash and context around it."""

    check: Check
    mended: bool
    refreshed: bool


def _check(
    files: tuple[str, ...], sources: tuple[str, ...], settings: Settings, output: Output, *, update: bool, as_json: bool
) -> int:
    from searchlib.cli.drift import check_lines

    with ExitStack() as stack:
        library = _library(sources, settings, stack)
        done: list[_Done] = []
        failed = False
        for name in files:
            found, error = _check_file(name, library, settings.limits.file_bytes, update)
            if error is not None:
                failed = True
                say_error(_why(name, error))
            if not as_json:
                for one in found:
                    for line in check_lines(one.check, output, mended=one.mended):
                        output.line(line)
            done += found
    counts = Counter(one.check.status for one in done)
    mended = sum(one.mended for one in done)
    if as_json:
        checks = [{**one.check.as_dict(), "mended": one.mended, "refreshed": one.refreshed} for one in done]
        output.json({"checks": checks, "counts": dict(counts), "mended": mended})
    if done or not failed:
        _tell(counts, mended)
    if counts["unknown"]:
        say("What is unknown could not be seen: see that its seeds are there, or say where: --sources PATH")
    if failed:
        return 2
    return 1 if len(done) - counts["unchanged"] - mended else 0


def _library(sources: tuple[str, ...], settings: Settings, stack: ExitStack) -> Library:
    """Where the citations are looked up."""
    if sources:
        from searchlib.citing.sources import load_sources
        from searchlib.cli.obtaining import load_options
        from searchlib.documents import Report, root_of

        report = Report()
        paths = list(map(root_of, sources))
        options, limits = load_options(settings), settings.limits
        library = load_sources(paths, options, report, settings.include, settings.exclude, limits)
        for skipped in report.skipped[:20]:
            say(f"Skipped {skipped.name}: {skipped.reason}")
        return library
    from searchlib.cli.obtaining import open_index, roots

    index = stack.enter_context(open_index(settings))
    Staleness(settings, index).tell_of_all()
    return index.library(roots(settings))


def _check_file(
    name: str, library: Library, limit: int, update: bool
) -> tuple[list[_Done], SeedError | OSError | None]:
    """What became of the citations of a file, mended if that could be, and what went wrong; ``-`` is standard input."""
    from searchlib.citing.mending import check_text, mend_file, read, refreshed

    path = Path(name)
    try:
        file = _standard_input(limit) if name == "-" else read(path, limit)
        checks = check_text(file.text, library, name)
    except (SeedError, OSError) as error:
        return [], error
    new: frozenset[int] = frozenset()
    is_mended = False
    failure: SeedError | OSError | None = None
    if update:
        try:
            is_mended = mend_file(path, file, checks) > 0
        except (SeedError, OSError) as error:
            failure = error
        else:
            new = refreshed(file.text, checks)
    done = [
        _Done(one, is_mended and one.mendable and one.status == "moved", number in new)
        for number, one in enumerate(checks)
    ]
    return done, failure


def _standard_input(limit: int) -> TextFile:
    import sys

    from searchlib.citing.mending import decode

    data = sys.stdin.buffer.read(limit + 1)
    if len(data) > limit:
        raise SeedError(f"standard input is larger than {limit:,} bytes: give files of text, Markdown or JSON", "-")
    return decode(data, "-")


def _why(name: str, error: SeedError | OSError) -> str:
    if isinstance(error, SeedError):
        return str(error)
    return f"{name}: {error.strerror or error}. See that it is there, and can be read and written."


def _tell(counts: Counter[Status], mended: int) -> None:
    total = sum(counts.values())
    if not total:
        say("No citations found.")
        return
    from searchlib.citing.checking import STATUSES

    parts = [f"{counts[status]:,} {status}" for status in STATUSES if counts[status]]
    say("", f"{counted(total, 'citation')}: {', '.join(parts)}" + (f"; {mended:,} mended" if mended else ""))
