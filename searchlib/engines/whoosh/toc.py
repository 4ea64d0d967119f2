"""Whoosh's own table of contents, written for Whoosh's tools.

It is a pickle, as Whoosh wants it. searchlib writes it with every commit and never reads it; only `open_whoosh`
does, for who asks for it. What is written through Whoosh's own writer is in Whoosh's TOC and not in searchlib's
manifest: searchlib goes on reading what it published, and its next commit takes the TOC's place.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from searchlib.engines.whoosh.manifest import Manifest, SegmentEntry

if TYPE_CHECKING:
    from whoosh.index import Index

INDEX_NAME = "MAIN"


def write_toc(source: Path, folder: Path, manifest: Manifest) -> list[str]:
    """Write the TOC of this generation into ``folder``; the names of the files written.

    Deletions are read from ``source`` or, where this commit makes them, from ``folder``.
    """
    from whoosh.filedb.filestore import FileStorage
    from whoosh.index import TOC

    from searchlib.engines.whoosh.schema import record_schema

    schema = record_schema(manifest.metadata_fields, main_language(manifest))
    segments = [_segment(source, folder, entry) for entry in manifest.segments]
    TOC(schema, segments, manifest.generation).write(FileStorage(str(folder)), INDEX_NAME)
    return [f"_{INDEX_NAME}_{manifest.generation}.toc"]


def _segment(source: Path, folder: Path, entry: SegmentEntry) -> Any:
    from searchlib.engines.whoosh.codec.codec import ColumnarSegment

    return ColumnarSegment(INDEX_NAME, entry.records, entry.id, _deleted(source, folder, entry))


def _deleted(source: Path, folder: Path, entry: SegmentEntry) -> list[int]:
    from searchlib.engines.whoosh.codec.deletions import deletions_name, read_deletions

    if not entry.deletions:
        return []
    here = folder if (folder / deletions_name(entry.name, entry.deletions)).exists() else source
    deleted: list[int] = read_deletions(here, entry.name, entry.deletions, entry.records).nonzero()[0].tolist()
    return deleted


def main_language(manifest: Manifest) -> str:
    """The language of most documents: what Whoosh's writer and parser, which know of one only, analyse with."""
    counts = manifest.languages
    return max(sorted(counts), key=counts.__getitem__) if counts else ""


def open_whoosh(folder: Path) -> Index:
    """The ``whoosh.index.Index``, whose ``writer()`` keeps the codec. Unpickles the TOC."""
    from whoosh.filedb.filestore import FileStorage
    from whoosh.index import FileIndex

    from searchlib.engines.whoosh.codec.codec import ColumnarCodec

    class ColumnarIndex(FileIndex):  # type: ignore[misc]
        def writer(self, procs: int = 1, **options: Any) -> Any:
            # Whoosh's writers fall back to Whoosh's codec wherever they are not told otherwise.
            options.setdefault("codec", ColumnarCodec())
            return super().writer(procs=procs, **options)

    return ColumnarIndex(FileStorage(str(folder)), indexname=INDEX_NAME)


def whoosh_searcher(folder: Path, manifest: Manifest, schema: Any, weighting: Any) -> Any:
    """A Whoosh ``Searcher`` on what the manifest names. Reads no TOC."""
    from whoosh.filedb.filestore import FileStorage
    from whoosh.reading import EmptyReader, MultiReader, SegmentReader
    from whoosh.searching import Searcher

    storage = FileStorage(str(folder))
    readers = [SegmentReader(storage, schema, _segment(folder, folder, entry)) for entry in manifest.segments]
    reader = MultiReader(readers) if len(readers) > 1 else readers[0] if readers else EmptyReader(schema)
    return Searcher(reader, weighting=weighting)
