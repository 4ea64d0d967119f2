"""A codec for Whoosh whose postings are NumPy columns, mapped from disk.

========================  ============================================================
`SegmentColumns`          reads a segment as arrays (`segment`)
`SegmentFiles`            writes a segment in bulk (`files`)
`ColumnarCodec`           makes Whoosh read and write the same files (`codec`)
`ColumnarSegment`         a segment in Whoosh's TOC, by this path of its class (`codec`)
========================  ============================================================

docs/index-format.md specifies the files. Below these stand `container` (sections and checksums), `packing` and
`unpacking` (numbers), `postings`, `terms`, `stored` with `values`, `columns` and `deletions`; they know nothing of
Whoosh.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from searchlib.engines.whoosh.codec.codec import ColumnarCodec, ColumnarSegment
    from searchlib.engines.whoosh.codec.files import SegmentFiles
    from searchlib.engines.whoosh.codec.segment import SegmentColumns

__all__ = ["ColumnarCodec", "ColumnarSegment", "SegmentColumns", "SegmentFiles"]


_MODULES = {
    "ColumnarCodec": "codec",
    "ColumnarSegment": "codec",
    "SegmentColumns": "segment",
    "SegmentFiles": "files",
}


def __getattr__(name: str) -> Any:
    # Lazily: reading arrays does not need Whoosh, whose import takes longer than a query.
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)
