"""The Whoosh engine: records in a Whoosh index whose postings are columns.

``reader`` answers queries (``execution`` evaluates them on arrays), ``writer`` makes the next generation
(``building`` inverts and merges), ``codec`` is the format of segments and what Whoosh sees of it, ``manifest`` and
``publishing`` are how a commit is whole.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from searchlib.engines.whoosh.reader import WhooshReader
    from searchlib.engines.whoosh.writer import WhooshWriter


def open_reader(folder: Path) -> WhooshReader:
    """Open the newest generation of the index in ``folder``."""
    from searchlib.engines.whoosh.reader import WhooshReader

    return WhooshReader(folder)


def open_writer(
    folder: Path,
    *,
    processes: int | None = None,
    memory: int | None = None,
    settings: Mapping[str, Any] | None = None,
    wait: float = 0,
) -> WhooshWriter:
    """Take the right to write the index in ``folder``, which need not exist."""
    from searchlib.engines.whoosh.writer import WhooshWriter

    return WhooshWriter(folder, processes=processes, memory=memory, settings=settings, wait=wait)


def open_whoosh(folder: Path) -> Any:
    """The ``whoosh.index.Index`` of the index in ``folder``."""
    from searchlib.engines.whoosh.toc import open_whoosh

    return open_whoosh(folder)


def published_generation(folder: Path) -> int:
    """The number of the newest generation."""
    from searchlib.engines.whoosh.manifest import read_manifest

    return read_manifest(folder).generation


def published_seeds(folder: Path) -> dict[str, str]:
    """The digests by name of the seeds that the index was built from."""
    from searchlib.engines.whoosh.manifest import read_manifest
    from searchlib.engines.whoosh.seeds import read_seeds

    return read_seeds(folder, read_manifest(folder))


def published_at(folder: Path) -> int:
    """When the index was last published, in nanoseconds since 1970."""
    from searchlib.engines.whoosh.manifest import MANIFEST

    return (folder / MANIFEST).stat().st_mtime_ns
