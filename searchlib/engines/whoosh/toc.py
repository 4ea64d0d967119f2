"""Whoosh's own table of contents, written for Whoosh's tools.

It is a pickle, as Whoosh wants it. searchlib writes it with every commit and never reads it; only
``index.whoosh`` does, through ``whoosh.index.open_dir``, for who asks for it.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from searchlib.engines.whoosh.manifest import Manifest


def write_toc(folder: Path, manifest: Manifest) -> list[str]:
    """Write the TOC of this generation into ``folder``; the names of the files written."""
    from whoosh.filedb.filestore import FileStorage
    from whoosh.index import TOC

    from searchlib.engines.whoosh.codec import ColumnarSegment
    from searchlib.engines.whoosh.schema import record_schema

    schema = record_schema(manifest.metadata_fields, stock_language(manifest))
    segments = [
        ColumnarSegment.described(entry.id, entry.records, entry.deletions, entry.deleted)
        for entry in manifest.segments
    ]
    TOC(schema, segments, manifest.generation).write(FileStorage(str(folder)), "MAIN")
    return [f"_MAIN_{manifest.generation}.toc"]


def stock_language(manifest: Manifest) -> str:
    """The language that Whoosh's own writer and parser take: that of most documents."""
    counts = manifest.languages
    return max(sorted(counts), key=counts.__getitem__) if counts else "en"


def open_whoosh(folder: Path) -> Any:
    """The ``whoosh.index.Index``; its ``writer()`` keeps the codec. Unpickles the TOC."""
    from whoosh.filedb.filestore import FileStorage

    from searchlib.engines.whoosh.codec import ColumnarIndex

    return ColumnarIndex(FileStorage(str(folder)))
