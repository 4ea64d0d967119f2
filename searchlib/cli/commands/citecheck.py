"""``searchlib cite --check``: whether the citations in files still hold; and ``--update``, which mends what moved.

A folder stands for the files in it that have citations (`searchlib.citing.folders`). What fails is what ``--fail-on``
says, and all but what is unchanged or was mended, if it says nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from searchlib.cli.output import Output, counted, say, say_error
from searchlib.cli.settings import Settings
from searchlib.cli.staleness import Staleness
from searchlib.errors import SeedError

if TYPE_CHECKING:
    from searchlib.citing.checking import Check, Status
    from searchlib.citing.library import Library
    from searchlib.citing.mending import TextFile


class _Done(NamedTuple):
    """A check, and what was done: mended what had moved, or brought up to date the hash and context around it."""

    check: Check
    mended: bool
    refreshed: bool


def check(
    names: tuple[str, ...],
    settings: Settings,
    output: Output,
    *,
    sources: tuple[str, ...],
    update: bool,
    as_json: bool,
    fail_on: frozenset[str],
    summary: str | None,
) -> int:
    """Check the citations in files and folders, print what became of them, and give the exit code."""
    from searchlib.cli.drift import check_lines

    with ExitStack() as stack:
        library = _library(sources, settings, stack)
        done: list[_Done] = []
        failed = False
        for name in _files(names):
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
    if summary is not None:
        from searchlib.cli.summaries import append, of_citations

        append(summary, of_citations([one.check for one in done], counts, mended))
    if failed:
        return 2
    return int(any(one.check.status in fail_on and not one.mended for one in done))


def _files(names: Sequence[str]) -> Iterator[str]:
    """The files that are named, and those in folders that are."""
    for name in names:
        if name == "-" or not Path(name).is_dir():
            yield name
            continue
        from searchlib.citing.folders import files_with_citations

        yield from files_with_citations(name)


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
