"""Opening the segments that a manifest names, one generation of them, while writers make others."""

from __future__ import annotations

import stat
import time
from pathlib import Path

from searchlib.engines.whoosh.codec.segment import SegmentColumns
from searchlib.engines.whoosh.manifest import FileEntry, Manifest, SegmentEntry, describe_file, read_manifest
from searchlib.engines.whoosh.storedrecords import check_layout
from searchlib.errors import IndexCorrupt

PATIENCE = 10.0
"""Seconds for which a reader goes after a writer that commits faster than files can be opened."""

SMALL = 1 << 16
"""Bytes up to which a file's digest is compared on opening, which costs less than a tenth of a millisecond.

Files of this size may have that of another by chance, and be taken for it: sound in themselves, but not what the
manifest names.
"""


def open_generation(folder: Path) -> tuple[Manifest, list[SegmentColumns]]:
    """The newest generation, all of it open.

    A writer that commits meanwhile removes files that an older manifest names: then the newer one counts. Raises
    IndexMissing, IndexIncompatible, and IndexCorrupt if a file is missing although nobody commits.
    """
    began = time.monotonic()
    manifest = read_manifest(folder)
    while True:
        try:
            return manifest, [open_segment(folder, entry) for entry in manifest.segments]
        except IndexCorrupt:
            newer = read_manifest(folder)
            if newer.digest == manifest.digest or time.monotonic() - began > PATIENCE:
                raise
            manifest = newer


def _is(path: Path, described: FileEntry) -> bool:
    try:
        return describe_file(path) == described
    except OSError:
        return False


def open_segment(folder: Path, entry: SegmentEntry) -> SegmentColumns:
    """Map the files of a segment. Raises IndexCorrupt if one is missing, or not of the size that was written."""
    for name, described in entry.files.items():
        path = folder / name
        try:
            status = path.lstat()
        except OSError as error:
            raise IndexCorrupt(f"{path} is missing; build the index again with: searchlib index", path) from error
        if not stat.S_ISREG(status.st_mode) or status.st_size != described.size:
            raise IndexCorrupt(
                f"{path} has {status.st_size} bytes, {described.size} were written; "
                "build the index again with: searchlib index",
                path,
            )
        if described.size <= SMALL and not _is(path, described):
            raise IndexCorrupt(f"{path} is not what was written; build the index again with: searchlib index", path)
    segment = SegmentColumns(folder, entry.name, entry.deleted)
    if segment.doc_count != entry.records or segment.live_count != entry.live:
        raise IndexCorrupt(
            f"segment {entry.id} holds {segment.live_count} of {segment.doc_count} records, the manifest says "
            f"{entry.live} of {entry.records}; build the index again with: searchlib index",
            folder / entry.name,
        )
    check_layout(segment)
    return segment
