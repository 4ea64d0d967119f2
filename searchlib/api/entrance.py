"""`Index`, and the ways to one: ``build`` makes it, ``open`` opens it, or several as one, ``copy`` makes another."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Unpack

from searchlib.api.citable import Citable
from searchlib.api.maintainable import Maintainable
from searchlib.api.readable import Readable
from searchlib.api.searchable import Searchable
from searchlib.engine.locations import located, single
from searchlib.errors import SettingsError
from searchlib.guards.arguments import StrPath, flag, optional, paths
from searchlib.guards.arguments import path as path_of
from searchlib.guards.limits import LIMITS, Limits
from searchlib.options import Ranking, check_options, limits_of, roots

if TYPE_CHECKING:
    from searchlib.query.synonyms import Synonyms
    from searchlib.update.changes import Progress
    from searchlib.update.indexing import BuildOptions

DEFAULT_INDEX = "indexes/default"
DEFAULT_SEEDS = ("seeds",)


class Index(Searchable, Readable, Citable, Maintainable):
    """An index, open at one generation: it goes on answering from it while others commit.

    Safe between threads, and in a child that is forked. Results and hits may outlive it: closing it, or going over to
    another generation, closes the files of this one with the last of them that may have to read.

    ``path`` is where it is, as `open` takes it; ``changes`` is what `build` did, None of one that was opened.
    ``limits``, ``names``, ``ranking`` and ``synonyms`` are those that it was opened with.
    """


def build(
    seeds: StrPath | Iterable[StrPath] | Mapping[str, StrPath] = DEFAULT_SEEDS,
    path: StrPath = DEFAULT_INDEX,
    **options: Unpack[BuildOptions],
) -> Index:
    """Create the index at ``path`` from ``seeds`` (files and folders), or bring it up to date with them.

    In the index a seed has the name of its file or folder; ``seeds`` as a mapping gives other names to paths. A name
    that ends as a file's own does stands for that (``{"rows.jsonl": "new/2026.jsonl"}``), others for a folder.

    Unchanged documents are not touched, changed ones are replaced, vanished ones are removed; ``changes`` of the index
    returned says how many. ``include`` and ``exclude`` are patterns as in a .gitignore file. ``language`` is an ISO
    639-1 code for all documents that do not name theirs, or "auto" to detect it. ``segment`` names those of the
    languages ja, ko, th and zh whose words are to rank beside pairs of characters (the extra ``segment``). ``memory``
    is a budget in bytes, ``processes`` how many to use, ``wait`` how many seconds to wait for another writer;
    ``compact`` leaves a single segment, ``rebuild`` builds upon nothing that is there. ``options``
    (`searchlib.documents.LoadOptions`) say how seeds are read, ``limits`` (`searchlib.Limits`) how much of them;
    ``progress`` is called with `searchlib.update.changes.Progress`. Raises SeedError for a seed that cannot be read if
    ``strict``, else lists it
    in ``changes.skipped``; SeedError too, and changes nothing, where more than half of the documents would be removed
    because folders are empty, gone or cannot be read, unless ``allow_removal``; IndexLocked.
    """
    from searchlib.update.indexing import update

    given = roots("seeds", seeds)
    check_options(options)
    changes = update(given, located(path_of("path", path)), **options)
    index = open(path, limits=options.get("limits") or LIMITS)
    index.changes = changes
    return index


def open(
    path: StrPath | Iterable[StrPath] = DEFAULT_INDEX,
    *,
    refresh: str = "never",
    compiled: bool | None = None,
    synonyms: StrPath | Synonyms | None = None,
    limits: Limits = LIMITS,
    ranking: Ranking | None = None,
    names: bool = False,
) -> Index:
    """Open the index at ``path``, a folder or a URL, for reading; of several paths the indexes as one.

    Several indexes in folders are ranked by statistics of all of them, so that hits, their order and their scores are
    those of one index of all the documents, and so are totals, facets, orders, cursors, completions and suggestions.
    ``hit.index`` says which one a hit is of. A document whose path is in several of them is as many documents;
    ``distinct`` shows once what is said in each. What is written goes into one of them, opened alone.

    With ``refresh="auto"`` every call sees the newest generation, which it costs a look at one file to know of;
    otherwise the index goes on answering from this one until ``index.refresh()``. ``compiled`` is for programs that
    search often: with True, queries of words and phrases go through machine code, which takes the extra ``fast``
    (numba) and half a second to start; with None they do if numba is imported already. Answers are the same.
    ``synonyms`` is a file of them (docs/query-language.md), ``ranking`` has parameters of the formula and ``names`` is
    whether names are found in other spellings, as `search` takes these, for all searches; ``limits`` are what a query
    may ask, and how long a search may take (see `searchlib.Limits`). Raises IndexMissing if there is no index,
    IndexCorrupt or IndexIncompatible if it cannot be used, SettingsError without numba, for several indexes that are
    not in folders, or for a bad file or argument.
    """
    if refresh not in ("never", "auto"):
        raise SettingsError(f"refresh is {refresh!r}: give never or auto")
    optional(flag, "compiled", compiled)
    location = located(path_of("path", path) if isinstance(path, (str, os.PathLike)) else paths("path", path))
    auto, limits = refresh == "auto", limits_of(limits)
    return Index(location, auto=auto, compiled=compiled, synonyms=synonyms, limits=limits, ranking=ranking, names=names)


def copy(
    old: StrPath,
    new: StrPath,
    *,
    replace: bool = False,
    processes: int | None = None,
    memory: int | None = None,
    wait: float = 0,
    progress: Callable[[Progress], None] | None = None,
    tuning: object = None,
) -> Index:
    """Make the index at ``new`` hold what that at ``old`` holds, whatever engines they are of; no seed is read.

    Paragraphs, ids, metadata, settings and what is remembered of the seeds are the same, so an update of the copy goes
    on from there. ``changes`` of the index returned says how many documents there were. An index that is at ``new`` is
    an IndexProblem unless ``replace``, with which only what differs is written. The other arguments are those of
    `build`. Raises IndexMissing, IndexCorrupt or IndexIncompatible if ``old`` cannot be read, IndexLocked.
    """
    from searchlib.update.copying import copy

    check_options({"processes": processes, "memory": memory, "wait": wait, "progress": progress})
    changes = copy(
        single(path_of("old", old)),
        single(path_of("new", new)),
        replace=flag("replace", replace),
        processes=processes,
        memory=memory,
        wait=wait,
        progress=progress,
        tuning=tuning,
    )
    index = open(new)
    index.changes = changes
    return index
