"""The reader: one generation of an index, opened for search."""

from __future__ import annotations

from collections.abc import Sequence, Set
from pathlib import Path
from typing import Any

import numpy as np

from searchlib.concurrency.lazily import cached_property
from searchlib.engine.figures import Problem, Stats
from searchlib.engine.readers import Words
from searchlib.engines.whoosh.execution.tuning import TUNING, Tuning
from searchlib.engines.whoosh.format.segment import SegmentColumns
from searchlib.engines.whoosh.manifest import Manifest, read_digest
from searchlib.engines.whoosh.segments import open_generation
from searchlib.engines.whoosh.segmentsreader import SegmentsReader


class WhooshReader(SegmentsReader):
    """Implements ``searchlib.engine.readers.Reader``; digested and verifiable. For ``compiled`` see ``Snapshot``."""

    def __init__(self, folder: Path, compiled: bool | None = None, tuning: Tuning = TUNING) -> None:
        self.folder = folder
        self.manifest: Manifest
        self.manifest, segments, self._words = open_generation(folder)
        manifest = self.manifest
        about = manifest.metadata_fields, manifest.languages, size_of(manifest)
        super().__init__(segments, [self._words], *about, compiled, tuning)

    @cached_property
    def words(self) -> Words:
        """The words of the documents."""
        from searchlib.engines.whoosh.indexwords import IndexWords

        return IndexWords(self._words.near)

    @property
    def segmented(self) -> Set[str]:
        """The languages in which a segmenter found the words of documents."""
        return self.manifest.segmented.keys()

    def stats(self) -> Stats:
        """Figures of the index."""
        return stats_of(self.manifest, self._segments)

    @property
    def digest(self) -> str:
        """The digest of the index: of all its files."""
        return self.manifest.digest

    def newest_digest(self) -> str:
        """The digest that the index in the folder says it has."""
        return read_digest(self.folder)

    def open_whoosh(self) -> Any:
        """The ``whoosh.index.Index`` of the folder."""
        from searchlib.engines.whoosh.compat.toc import open_whoosh

        return open_whoosh(self.folder)

    def verify(self, quick: bool = False) -> list[Problem]:
        """Check every file, and unless ``quick`` all against each other."""
        return problems_of(self.folder, self.manifest, quick)


def problems_of(folder: Path, manifest: Manifest, quick: bool) -> list[Problem]:
    """Check every file against what the manifest says, then, if they are sound and unless ``quick``, all against each
    other.
    """
    from searchlib.engines.whoosh.integrity import damaged_files, inconsistencies

    problems = damaged_files(folder, manifest)
    return problems if problems or quick else list(inconsistencies(folder, manifest))


def size_of(manifest: Manifest) -> int:
    """The bytes of the files of an index, but for the manifest."""
    return sum(entry.size for entry in manifest.all_files.values())


def stats_of(manifest: Manifest, segments: Sequence[SegmentColumns]) -> Stats:
    """Figures of an index."""
    return Stats(
        documents=sum(manifest.languages.values()),
        paragraphs=sum(entry.live for entry in manifest.segments),
        tokens=sum(map(_tokens, segments)),
        segments=len(manifest.segments),
        deleted=sum(entry.deleted for entry in manifest.segments),
        bytes=size_of(manifest) + len(manifest.encode()),
        generation=manifest.generation,
        languages=manifest.languages,
        types=manifest.types,
        format=manifest.format,
        settings=manifest.settings,
        digest=manifest.digest,
    )


def _tokens(segment: SegmentColumns) -> int:
    """The tokens of records that are not deleted."""
    if segment.deleted is None:
        return segment.length_sum("text")
    return int(segment.lengths("text")[~segment.deleted].sum(dtype=np.int64))
