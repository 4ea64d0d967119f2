"""Opening a segment that the manifest names."""

from __future__ import annotations

from pathlib import Path

from searchlib.engines.whoosh.codec.segment import SegmentColumns
from searchlib.engines.whoosh.manifest import SegmentEntry
from searchlib.errors import IndexCorrupt


def open_segment(folder: Path, entry: SegmentEntry) -> SegmentColumns:
    """Map the files of a segment. Raises IndexCorrupt if one is missing, or not of the size that was written."""
    for name, described in entry.files.items():
        path = folder / name
        try:
            size = path.lstat().st_size
            ordinary = path.is_file() and not path.is_symlink()
        except OSError as error:
            raise IndexCorrupt(f"{path} is missing; build the index again with: searchlib index", path) from error
        if not ordinary or size != described.size:
            raise IndexCorrupt(
                f"{path} has {size} bytes, {described.size} were written; build the index again with: searchlib index",
                path,
            )
    segment = SegmentColumns(folder, entry.name, entry.deletions)
    if segment.doc_count != entry.records:
        raise IndexCorrupt(
            f"segment {entry.id} holds {segment.doc_count} records, the manifest says {entry.records}; "
            "build the index again with: searchlib index",
            folder / entry.name,
        )
    return segment
