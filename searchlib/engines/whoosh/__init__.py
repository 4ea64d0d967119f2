"""The Whoosh engine: records in a Whoosh index whose postings are columns.

``reader`` answers queries (``execution`` evaluates them on arrays), ``writer`` makes the next generation
(``building`` inverts and merges), ``format`` is that of the files of segments, ``manifest``, ``publishing`` and
``disk`` are how a commit is whole, ``integrity`` finds out whether an index is. ``compat`` is what only Whoosh's own
tools need. The functions here are those of ``searchlib.engine.writers.Engine``.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from searchlib.engine.writers import Remembered, WriterOptions
    from searchlib.engines.whoosh.manifest import Manifest
    from searchlib.engines.whoosh.reader import WhooshReader
    from searchlib.engines.whoosh.writer import WhooshWriter


def open_reader(folder: Path | str, compiled: bool | None = None) -> WhooshReader:
    """Open the newest generation of the index in ``folder``. For ``compiled`` see ``execution.Snapshot``."""
    from searchlib.engines.whoosh.reader import WhooshReader

    return WhooshReader(Path(folder), compiled=compiled)


def open_writer(folder: Path | str, options: WriterOptions | None = None) -> WhooshWriter:
    """Take the right to write the index in ``folder``, which need not exist; ``tuning`` is a ``building.Portions``."""
    from searchlib.engine.writers import WriterOptions
    from searchlib.engines.whoosh.writer import WhooshWriter

    return WhooshWriter(Path(folder), options or WriterOptions())


def remembered(folder: Path | str) -> Remembered:
    """What the newest generation remembers. Raises IndexMissing, IndexCorrupt, IndexIncompatible."""
    from searchlib.engine.writers import Remembered
    from searchlib.engines.whoosh.manifest import read_manifest

    folder = Path(folder)
    found = read_manifest(folder)
    return Remembered(found.settings, found.sources, found.generation, found.digest, partial(_seeds, folder, found))


def _seeds(folder: Path, manifest: Manifest) -> dict[str, str]:
    """The digests of the seeds of a generation or, if it went meanwhile, of the newest."""
    from searchlib.engines.whoosh.manifest import read_manifest
    from searchlib.engines.whoosh.seeds import read_seeds
    from searchlib.errors import IndexCorrupt

    while True:
        try:
            return read_seeds(folder, manifest)
        except IndexCorrupt:
            newer = read_manifest(folder)
            if newer.digest == manifest.digest:
                raise
            manifest = newer


def published_at(folder: Path | str) -> int:
    """When the index was last published, in nanoseconds since 1970; 0 if it never was."""
    from searchlib.files.names import MANIFEST

    try:
        return (Path(folder) / MANIFEST).stat().st_mtime_ns
    except OSError:
        return 0
