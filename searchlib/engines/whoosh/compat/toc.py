"""Whoosh's own table of contents (TOC), written for Whoosh's tools.

It is a pickle, as Whoosh wants it. searchlib writes it with every commit and never reads it; only `open_whoosh`
does, for who asks for it. What is written through Whoosh's own writer is in Whoosh's TOC and not in searchlib's
manifest: searchlib goes on reading what it published, and its next commit takes the TOC's place.

The same contents make the same bytes under every version of Python. So the pickles hold no objects but calls, of
`toc_schema` and `toc_segments` with JSON, and the number in the file's name, from which Whoosh takes the greatest, is
made of the contents too: two commits never share a name, and whichever Whoosh sees has all its files.
"""

from __future__ import annotations

import io
import json
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from searchlib.engines.whoosh import disk
from searchlib.engines.whoosh.format.access import damaged
from searchlib.engines.whoosh.manifest import Manifest, SegmentEntry, digest_of, read_manifest

if TYPE_CHECKING:
    from whoosh.index import Index

INDEX_NAME = "MAIN"
PROTOCOL = 4  # of pickle: fixed, whatever newer Pythons prefer
RELEASE = (2, 7, 4)  # of Whoosh, whose TOC this is


def write_toc(source: Path, folder: Path, manifest: Manifest) -> str:
    """Write the TOC of ``manifest`` into ``folder``; the name of the file.

    Deletions are read from ``source`` or, where this commit makes them, from ``folder``.
    """
    from whoosh.filedb.structfile import StructFile
    from whoosh.index import _CURRENT_TOC_VERSION, _FLOAT_SIZE, _INT_SIZE, _LONG_SIZE

    schema = _pickled(toc_schema, json.dumps([*manifest.metadata_fields]), main_language(manifest))
    described = [[entry.id, entry.records] for entry in manifest.segments]
    segments = _pickled(
        toc_segments, json.dumps(described), *(_deleted(source, folder, entry) for entry in manifest.segments)
    )
    # Whoosh keeps 31 bits and counts on from there.
    number = int(digest_of(schema + segments)[:7], 16)
    buffer = io.BytesIO()
    stream = StructFile(buffer)
    for size in (_INT_SIZE, _LONG_SIZE, _FLOAT_SIZE):
        stream.write_varint(size)
    stream.write_int(-12345)
    stream.write_int(_CURRENT_TOC_VERSION)
    for part in RELEASE:
        stream.write_varint(part)
    stream.write_string(schema)
    stream.write_int(number)
    stream.write_int(0)
    name = f"_{INDEX_NAME}_{number}.toc"
    disk.DISK.write(folder / name, buffer.getvalue() + segments)
    return name


class _Call:
    """Pickled as a call, which is made when the pickle is read."""

    def __init__(self, function: Callable[..., Any], *arguments: Any) -> None:
        self._parts = function, arguments

    def __reduce__(self) -> tuple[Callable[..., Any], tuple[Any, ...]]:
        return self._parts


def _pickled(function: Callable[..., Any], *arguments: Any) -> bytes:
    return pickle.dumps(_Call(function, *arguments), PROTOCOL)


def toc_schema(metadata_fields: str, language: str) -> Any:
    """The schema; called by the pickle in a TOC, and so part of the index format."""
    from searchlib.engines.whoosh.compat.schema import record_schema

    return record_schema(json.loads(metadata_fields), language)


def toc_segments(described: str, *deleted: bytes) -> list[Any]:
    """The segments; called by the pickle in a TOC, and so part of the index format.

    ``described`` is JSON, [id, number of records] of each; ``deleted`` has a bit for each record, as in the file of
    deletions, or none.
    """
    import numpy as np

    from searchlib.engines.whoosh.compat.codec import ColumnarSegment

    found = []
    for (segment_id, records), bits in zip(json.loads(described), deleted, strict=True):
        gone = np.flatnonzero(np.unpackbits(np.frombuffer(bits, np.uint8), bitorder="little")).tolist()
        found.append(ColumnarSegment(INDEX_NAME, records, segment_id, gone))
    return found


def _deleted(source: Path, folder: Path, entry: SegmentEntry) -> bytes:
    from searchlib.engines.whoosh.format.deletions import deletions_name, read_deletions

    if not entry.deleted:
        return b""
    import numpy as np

    here = folder if (folder / deletions_name(entry.name, entry.deleted)).exists() else source
    return np.packbits(read_deletions(here, entry.name, entry.deleted, entry.records), bitorder="little").tobytes()


def main_language(manifest: Manifest) -> str:
    """The language of most documents: what Whoosh's writer and parser, which know of one only, stem in."""
    counts = manifest.languages
    return max(sorted(counts), key=counts.__getitem__) if counts else ""


def open_whoosh(folder: Path) -> Index:
    """The ``whoosh.index.Index``, whose ``writer()`` keeps the codec. Unpickles the TOC.

    Raises IndexMissing, IndexIncompatible; IndexCorrupt where Whoosh cannot read the TOC.
    """
    from whoosh.filedb.filestore import FileStorage
    from whoosh.index import FileIndex

    from searchlib.engines.whoosh.compat.codec import ColumnarCodec

    class ColumnarIndex(FileIndex):  # type: ignore[misc]
        def writer(self, procs: int = 1, **options: Any) -> Any:
            # Whoosh's writers fall back to Whoosh's codec wherever they are not told otherwise.
            options.setdefault("codec", ColumnarCodec())
            return super().writer(procs=procs, **options)

    read_manifest(folder)
    try:
        return ColumnarIndex(FileStorage(str(folder)), indexname=INDEX_NAME)
    except Exception as error:  # whatever comes of reading a pickle
        raise damaged(folder, f"has no table of contents that Whoosh can read ({error})") from error
