"""The Whoosh engine: records in a Whoosh index whose postings are columns.

``reader`` answers queries (``execution`` evaluates them on arrays), ``writer`` makes the next generation
(``building`` inverts and merges), ``codec`` is the format of segments and what Whoosh sees of it, ``manifest``,
``publishing`` and ``disk`` are how a commit is whole, ``checking`` finds out whether an index is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from searchlib.engines.whoosh.reader import WhooshReader
    from searchlib.engines.whoosh.writer import WhooshWriter


def open_reader(folder: Path, compiled: bool | None = None) -> WhooshReader:
    """Open the newest generation of the index in ``folder``. For ``compiled`` see ``execution.Snapshot``."""
    from searchlib.engines.whoosh.reader import WhooshReader

    return WhooshReader(folder, compiled=compiled)


def open_writer(  # noqa: PLR0913 - keywords, one for each thing that can be said of it
    folder: Path,
    *,
    processes: int | None = None,
    memory: int | None = None,
    settings: Mapping[str, Any] | None = None,
    sources: Mapping[str, Sequence[str]] | None = None,
    wait: float = 0,
    repair: bool = False,
    distrusted: str = "",
    thorough: bool = False,
) -> WhooshWriter:
    """Take the right to write the index in ``folder``, which need not exist."""
    from searchlib.engines.whoosh.writer import WhooshWriter

    return WhooshWriter(
        folder,
        processes=processes,
        memory=memory,
        settings=settings,
        sources=sources,
        wait=wait,
        repair=repair,
        distrusted=distrusted,
        thorough=thorough,
    )


def open_whoosh(folder: Path) -> Any:
    """The ``whoosh.index.Index`` of the index in ``folder``."""
    from searchlib.engines.whoosh.toc import open_whoosh

    return open_whoosh(folder)


@dataclass(frozen=True, slots=True)
class Published:
    """What an index remembers of its seeds: digests by name, the settings they were read with, and which they are."""

    seeds: dict[str, str]
    settings: Mapping[str, Any]
    sources: Mapping[str, Sequence[str]]


def published(folder: Path) -> Published:
    """What the newest generation remembers of its seeds. Raises IndexMissing, IndexCorrupt, IndexIncompatible."""
    from searchlib.engines.whoosh.manifest import read_manifest
    from searchlib.engines.whoosh.seeds import read_seeds
    from searchlib.errors import IndexCorrupt

    manifest = read_manifest(folder)
    while True:
        try:
            return Published(read_seeds(folder, manifest), manifest.settings, manifest.sources)
        except IndexCorrupt:
            newer = read_manifest(folder)
            if newer.digest == manifest.digest:
                raise
            manifest = newer


def published_at(folder: Path) -> int:
    """When the index was last published, in nanoseconds since 1970."""
    from searchlib.names import MANIFEST

    try:
        return (folder / MANIFEST).stat().st_mtime_ns
    except OSError:
        return 0


def published_digest(folder: Path) -> str:
    """The digest that the index in ``folder`` says it has, which is cheap to ask; "" if it says none."""
    from searchlib.engines.whoosh.manifest import read_digest

    return read_digest(folder)
