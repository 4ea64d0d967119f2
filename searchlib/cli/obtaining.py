"""Building and opening the index that the settings name, for every command that needs one."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from searchlib.cli.output import counted, human_bytes, human_seconds, say
from searchlib.cli.settings import Settings
from searchlib.errors import IndexMissing, SettingsError

_LARGEST_PASSWORD_FILE = 1 << 20  # bytes

if TYPE_CHECKING:
    from searchlib import Index
    from searchlib.documents import LoadOptions
    from searchlib.update.changes import Changes

NAMES_SHOWN = 5  # for each reason


def build(
    settings: Settings,
    *,
    strict: bool = False,
    wait: float = 0,
    compact: bool = False,
    rebuild: bool = False,
    allow_removal: bool = False,
    tuning: object = None,
) -> Index:
    """Bring the index of ``settings`` up to date, showing progress where somebody watches."""
    import searchlib
    from searchlib.cli.progress import ProgressBar

    seeds_exist(settings)
    with ProgressBar() as progress:
        return searchlib.build(
            roots(settings),
            settings.index,
            **reading(settings),
            strict=strict,
            processes=settings.processes,
            memory=settings.memory,
            wait=wait,
            compact=compact,
            rebuild=rebuild,
            allow_removal=allow_removal,
            tuning=tuning,
            progress=progress if progress.shown else None,
        )


def reading(settings: Settings) -> dict[str, Any]:
    """How the seeds of the settings are read: what an index is built with, and compared by, as keyword arguments."""
    return {
        "options": load_options(settings),
        "limits": settings.limits,
        "include": settings.include,
        "exclude": settings.exclude,
        "language": settings.language,
        "segment": settings.segment,
    }


def seeds_exist(settings: Settings) -> None:
    """Raise SettingsError, with what to do, if a seed of the settings is not there."""
    missing = [root for root in roots(settings) if os.fspath(root) != "-" and not Path(root).exists()]
    if missing:
        raise SettingsError(
            f"There is no {os.fspath(missing[0])}. Give files and folders to index: searchlib index PATH..."
        )


def roots(settings: Settings) -> list[str | os.PathLike[str]]:
    """The seeds of the settings, those with a prefix (``NAME=PATH``) taken apart."""
    if not any("=" in seed for seed in settings.seeds):
        return [*settings.seeds]  # a query has no use for what reads seeds
    from searchlib.documents import root_of

    return [root_of(seed) for seed in settings.seeds]


def seeds_to_read(given: Sequence[str], settings: Settings) -> tuple[str | os.PathLike[str], ...] | None:
    """The seeds that ``--sources`` lets a server read, those of the settings where it names none; None: none at all."""
    if not given:
        return None
    from searchlib.documents import root_of

    return tuple(map(root_of, filter(None, given))) or tuple(roots(settings))


def load_options(settings: Settings) -> LoadOptions:
    """How the settings want seeds to be read."""
    from searchlib.documents import LoadOptions

    return LoadOptions(
        id=settings.id_column,
        title=settings.title_column,
        text=settings.text_column,
        metadata=settings.metadata_columns,
        suffix="." + settings.type.lstrip(".").lower() if settings.type else "",
        metadata_file=settings.metadata_file,
        path_patterns=settings.path_pattern,
        file_metadata=settings.file_metadata,
        passwords=_passwords(settings.password_file) if settings.password_file else (),
    )


def _passwords(file: str) -> tuple[str, ...]:
    """The lines of a file of passwords. Raises SettingsError if it cannot be read."""
    from searchlib.files.opening import read_file

    try:
        lines = read_file(file, _LARGEST_PASSWORD_FILE).decode("utf-8").splitlines()
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or "not UTF-8"
        raise SettingsError(f"the passwords in {file} cannot be read ({why}): write them there, one a line") from None
    return tuple(filter(None, lines))


def open_index(settings: Settings, refresh: str = "never") -> Index:
    """The index of ``settings``, with their synonyms. Raises IndexMissing with what to do."""
    import searchlib

    try:
        return searchlib.open(
            settings.indexes,
            refresh=refresh,
            synonyms=settings.synonyms or None,
            limits=settings.limits,
            ranking=settings.ranking,
            names=settings.names,
        )
    except IndexMissing as error:
        missing = error.path if settings.also else settings.index
        raise IndexMissing(f"No index at {missing}. {how_to_build(settings)}", error.path) from None


def open_or_build(settings: Settings) -> Index:
    """The index of ``settings``; built first if there is none, unless a flag said which one it should be.

    A path on the command line that has no index is more likely a slip than a wish.
    """
    try:
        return open_index(settings)
    except IndexMissing:
        asked_for = settings.origin.get("index", "").startswith("--")
        if asked_for or not all(Path(root).exists() for root in roots(settings)):
            raise
    say(f"No index at {settings.index} yet: building it from {', '.join(map(shown_path, settings.seeds))}")
    with build(settings) as index:
        if index.changes is not None:
            say(summary(index.changes))
            tell_report(index.changes)
    return open_index(settings)


def how_to_build(settings: Settings) -> str:
    """The advice for an index that is not there."""
    import shlex

    if settings.also:
        return "Build one with: searchlib index --index PATH SEEDS..."
    flag = f" --index {shlex.quote(settings.index)}" if settings.origin.get("index", "").startswith("--") else ""
    there = all(Path(root).exists() for root in roots(settings))
    seeds = " ".join(shlex.quote(shown_path(seed)) for seed in settings.seeds) if there else "PATH..."
    return f"Build one with: searchlib index{flag} {seeds}"


def shown_path(path: str) -> str:
    """A path as people write it: folders with a slash at the end."""
    return path + "/" if Path(path).is_dir() and not path.endswith(("/", "\\")) else path


def summary(changes: Changes) -> str:
    """What became of the documents, in a line."""
    parts = [
        f"{changes.added:,} added",
        f"{changes.changed:,} changed",
        f"{changes.removed:,} removed",
        f"{changes.unchanged:,} unchanged",
    ]
    rate = (
        f", {human_bytes(changes.bytes / changes.seconds)}/s" if changes.bytes >= 1_000_000 and changes.seconds else ""
    )
    return (
        f"{', '.join(parts)}; {counted(changes.documents, 'document')}, {counted(changes.paragraphs, 'paragraph')}"
        f" in {human_seconds(changes.seconds)}{rate}"
    )


def tell_report(changes: Changes, verbose: bool = False) -> None:
    """Tell what was read and left out, what could not be read, or not quite as it stands, and what is there twice.

    Names stand by the reason, some of each, or all of them if ``verbose``.
    """
    if len(changes.formats) > 1 or (verbose and changes.formats):
        files = (f"{count:,} {suffix or 'without suffix'}" for suffix, count in changes.formats.items())
        say("Files: " + ", ".join(files))
    if changes.left_out:
        say("Left out: " + ", ".join(f"{why} {count:,}" for why, count in sorted(changes.left_out.items())))
    cut = False
    for label, found, count in (
        ("Lost, and nowhere in the seeds,", changes.lost, len(changes.lost)),
        ("Skipped", changes.skipped, changes.skipped_count),
        ("Noted", changes.notes, len(changes.notes)),
    ):
        if found:
            say(f"{label} {count:,}:")
        named: dict[str, list[str]] = {}
        for name, reason in found:
            named.setdefault(reason, []).append(name)
        for reason, names in sorted(named.items(), key=lambda one: -len(one[1])):
            say(f"  {_some(sorted(names), verbose)}: {reason}")
            cut = cut or len(names) > NAMES_SHOWN
        if count > len(found):
            say(f"  and {count - len(found):,} more")
    same = changes.duplicates if verbose else changes.duplicates[:NAMES_SHOWN]
    if same:
        say(f"The same file under several names, {len(changes.duplicates):,}:")
        say(*(f"  {_some(group, verbose)}" for group in same))
        cut = cut or len(same) < len(changes.duplicates) or any(len(group) > NAMES_SHOWN for group in same)
    if cut and not verbose:
        say("All names: --verbose, or --json")


def _some(names: Sequence[str], verbose: bool) -> str:
    shown = names if verbose else names[:NAMES_SHOWN]
    return ", ".join(shown) + (f" and {len(names) - len(shown):,} more" if len(shown) < len(names) else "")
