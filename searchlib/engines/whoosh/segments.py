"""Opening the segments that a manifest names, one generation of them, while writers make others."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

from searchlib.concurrency.lazily import cached_property
from searchlib.engines.whoosh.format.access import damaged, map_file, problem_of
from searchlib.engines.whoosh.format.container import Container
from searchlib.engines.whoosh.format.segment import SegmentColumns
from searchlib.engines.whoosh.manifest import FileEntry, Manifest, SegmentEntry, describe_file, read_manifest
from searchlib.engines.whoosh.storedrecords import check_layout
from searchlib.errors import IndexCorrupt
from searchlib.files.names import MANIFEST
from searchlib.files.opening import NotAFile, kind_of

if TYPE_CHECKING:
    from searchlib.engines.whoosh.format.vocabulary import Vocabulary
    from searchlib.engines.whoosh.nearwords import NearWords

PATIENCE = 10.0
"""Seconds for which a reader goes after a writer that commits faster than files can be opened."""

SMALL = 1 << 16
"""Bytes up to which a file's digest is compared on opening, which costs less than a tenth of a millisecond.

Files of this size may have that of another by chance, and be taken for it: sound in themselves, but not what the
manifest names.
"""


def open_generation(folder: Path) -> tuple[Manifest, list[SegmentColumns], WordFile]:
    """The newest generation, all of it open: manifest, segments, words.

    A writer that commits meanwhile removes files that an older manifest names: then the newer one counts. Raises
    IndexMissing, IndexIncompatible, and IndexCorrupt if a file is missing although nobody commits.
    """
    began = time.monotonic()
    manifest = read_manifest(folder)
    while True:
        try:
            segments = [open_segment(folder, entry) for entry in manifest.segments]
            if not set(manifest.metadata_fields).issubset(name for segment in segments for name in segment.fields):
                raise damaged(folder / MANIFEST, "names fields that no segment has")
            return manifest, segments, open_words(folder, manifest)
        except IndexCorrupt:
            newer = read_manifest(folder)
            if newer.digest == manifest.digest or time.monotonic() - began > PATIENCE:
                raise
            manifest = newer


def _look_at(path: Path, described: FileEntry) -> None:
    """Raise IndexCorrupt if a file is missing, or not of the size that was written; a small one, if it is another."""
    try:
        status = path.lstat()
        kind = kind_of(status.st_mode)
        if kind:
            raise NotAFile(path, kind)
        if status.st_size != described.size:
            raise damaged(path, f"has {status.st_size} bytes, {described.size} were written")
        if described.size <= SMALL and not describe_file(path).is_same(described):
            raise damaged(path, "is not what was written")
    except OSError as error:
        raise problem_of(path, error) from error


class WordFile:
    """The file of the index's words, mapped when the index is opened and read when it is first asked for."""

    def __init__(self, path: Path, described: FileEntry) -> None:
        """Map it. Raises IndexCorrupt if it is missing, or not of the size that was written."""
        _look_at(path, described)
        self._path = path
        self._directory = described.directory
        self._mapped = map_file(path)

    @cached_property
    def vocabulary(self) -> Vocabulary:
        """What it holds. Raises IndexCorrupt if it is not what was written."""
        from searchlib.engines.whoosh.format.vocabulary import KIND, Vocabulary

        container = Container(self._mapped, str(self._path), KIND)
        container.expect(self._directory)
        return Vocabulary(container)

    @cached_property
    def near(self) -> NearWords:
        """What finds the words of it that are near others."""
        from searchlib.engines.whoosh.nearwords import NearWords

        return NearWords(self.vocabulary)


def open_words(folder: Path, manifest: Manifest) -> WordFile:
    """The words of an index. Raises IndexCorrupt."""
    return WordFile(folder / manifest.vocabulary, manifest.files[manifest.vocabulary])


def open_segment(folder: Path, entry: SegmentEntry) -> SegmentColumns:
    """Map the files of a segment. Raises IndexCorrupt if one is missing, or not of the size that was written."""
    for name, described in entry.files.items():
        _look_at(folder / name, described)
    directories = {name: described.directory for name, described in entry.files.items()}
    segment = SegmentColumns(folder, entry.name, entry.deleted, directories)
    if segment.doc_count != entry.records or segment.live_count != entry.live:
        raise damaged(
            folder / MANIFEST,
            f"says that segment {entry.id} has {entry.live} of {entry.records} records, it has {segment.live_count} "
            f"of {segment.doc_count}",
        )
    check_layout(segment)
    return segment
