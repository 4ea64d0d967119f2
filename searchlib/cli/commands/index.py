"""``searchlib index``: build an index, or bring it up to date, or check it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from searchlib.cli.flags import add_loaders, index_option, json_option, layout_options, settings_with, tuning_of
from searchlib.cli.obtaining import build, reading, summary, tell_report
from searchlib.cli.output import counted, output_for, say
from searchlib.cli.pathtypes import FILE
from searchlib.errors import SettingsError

if TYPE_CHECKING:
    from searchlib import Index
    from searchlib.cli.settings import Settings
    from searchlib.update.changes import Changes


@click.command("index")
@click.argument("seeds", nargs=-1, metavar="[SEEDS]...", type=FILE)
@index_option
@click.option("--include", multiple=True, metavar="GLOB", help="Only files that match; may be repeated.")
@click.option("--exclude", multiple=True, metavar="GLOB", help="No files that match; may be repeated.")
@click.option(
    "--language",
    metavar="CODE",
    help="Language of documents that name none: en; de/=de,auto.  [default: auto]",
)
@click.option("--segment", metavar="CODES", help="Languages whose words are found by a segmenter: ja,ko,th,zh.")
@click.option("--type", metavar="SUFFIX", help="How to read standard input and files without a suffix: csv, html.")
@click.option("--id-column", metavar="NAME", help="Column of rows that is the id.")
@click.option("--title-column", metavar="NAME", help="Column of rows that is the title.")
@click.option("--text-column", multiple=True, metavar="NAME", help="Column of rows that is text; may be repeated.")
@click.option("--metadata-columns", metavar="NAMES", help="Columns of rows to keep, with commas.  [default: the rest]")
@click.option(
    "--metadata-file",
    metavar="FILE",
    type=FILE,
    help="CSV, TSV or JSON Lines that describes files by their path.",
)
@click.option(
    "--path-pattern", multiple=True, metavar="PATTERN", help="Metadata in paths: {year}/{by}.txt; repeatable."
)
@click.option("--file-metadata", multiple=True, metavar="NAME", help="Of files: folder, modified; repeatable.")
@click.option("--password-file", type=FILE, help="Passwords to try on encrypted files, one a line.")
@click.option("--memory", metavar="SIZE", help="Memory to keep to, such as 512M.")
@click.option("--processes", "-j", type=int, metavar="N", help="Processes.  [default: one a core]")
@click.option("--wait", type=click.FloatRange(0), default=0, metavar="SECONDS", help="Wait for another writer.")
@click.option("--compact", is_flag=True, help="Leave one segment: the smallest and fastest index.")
@layout_options
@click.option("--rebuild", is_flag=True, help="Build all anew; documents that no seed has are kept.")
@click.option("--allow-commands", is_flag=True, help="Run commands of a settings file that is not your own.")
@click.option("--strict", is_flag=True, help="Stop at the first file that cannot be read.")
@click.option("--allow-removal", is_flag=True, help="Remove most documents even if a folder is empty or gone.")
@click.option("--watch", is_flag=True, help="Go on, and bring it up to date whenever SEEDS change, until Ctrl-C.")
@click.option("--check", is_flag=True, help="Build nothing; exit 1 if the index is not what SEEDS would give.")
@click.option("--key", is_flag=True, help="Build nothing; print a digest of SEEDS and settings: the key of a cache.")
@click.option("--digest", is_flag=True, help="Print the digest of the index.")
@click.option("--quiet", "-q", is_flag=True, help="Say nothing but errors.")
@click.option("--verbose", "-v", is_flag=True, help="Name all files that were skipped or noted, not some a reason.")
@json_option
def command(  # noqa: PLR0913, PLR0917 - an option each
    seeds: tuple[str, ...],
    metadata_columns: str | None,
    segment: str | None,
    allow_commands: bool,
    shards: int | None,
    replicas: int | None,
    watch: bool,
    check: bool,
    key: bool,
    digest: bool,
    quiet: bool,
    verbose: bool,
    as_json: bool,
    **flags: Any,
) -> int:
    """Index SEEDS, or bring the index up to date with them.

    SEEDS are files and folders, and - for standard input; without any, those of the settings: seeds/ by default.
    NAME=PATH gives them another name in the index: work=a/notes home=b/notes.
    Documents that are as they were are not touched, changed ones are replaced, and those that SEEDS no longer
    have are removed: an index has the seeds named last. Where more than half of the documents would go because a
    folder is empty or gone, nothing is changed without --allow-removal. Where nothing could be read, the exit code
    is 2. Text, Markdown, HTML, PDF, JSON Lines, JSON, CSV and TSV are read, also with .gz after the name, and what
    [loaders] of the settings file has a command for.
    """
    columns = tuple(name.strip() for name in (metadata_columns or "").split(",") if name.strip())
    how = {name: flags.pop(name) for name in ("strict", "wait", "compact", "rebuild", "allow_removal")}
    languages = tuple(code.strip() for code in (segment or "").split(",") if code.strip())
    settings = settings_with(seeds=seeds, metadata_columns=columns, segment=languages, **flags)
    how["tuning"] = tuning_of(settings.index, shards, replicas)
    if allow_commands and settings.loaders is not None:
        add_loaders(settings.loaders, allowed=True)
    output = output_for(settings)
    if watch:
        if check or key or digest or as_json:
            raise SettingsError("--watch goes on: leave out --check, --key, --digest and --json")
        from searchlib.cli.watch import watch as keep_up

        return keep_up(settings, how)
    if key:
        output.line(_key(settings))
        return 0
    if check:
        from searchlib.cli.commands.verify import check_against_seeds

        return check_against_seeds(settings, output, as_json=as_json, digest=digest)
    with build(settings, **how) as index:
        changes = index.changes
        assert changes is not None
        if as_json:
            output.json({"index": str(index.path), **changes.as_dict(), "digest": index.digest})
        elif not quiet:
            _tell(index, changes)
        if digest and not as_json:
            output.line(index.digest)
    if not quiet:
        tell_report(changes, verbose)
    if changes.documents or not (changes.skipped_count or changes.notes):
        return 0
    say("Nothing of this could be read" + ("; without --quiet it is said why" if quiet else ""))
    return 2


def _key(settings: Settings) -> str:
    from searchlib.cli.obtaining import roots, seeds_exist
    from searchlib.update.cachekey import cache_key

    seeds_exist(settings)
    loaders = settings.loaders.by_suffix if settings.loaders is not None else None
    return cache_key(roots(settings), **reading(settings), loaders=loaders)


def _tell(index: Index, changes: Changes) -> None:
    """Say what became of the index and its documents."""
    if changes.rebuilt:
        say(f"{index.path} was built anew: {changes.rebuilt}")
    if changes.kept:
        say(f"Kept {counted(changes.kept, 'document')} that no seed has")
    say(f"{index.path}: {summary(changes)}")
