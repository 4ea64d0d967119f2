"""Which records match, as a bitmap of a segment, without their scores: what counting needs.

Words are marked list by list, and nodes of nodes by operations on whole bitmaps, where many records match; a source
that can match few is asked for each of them.
"""

from __future__ import annotations

import numpy as np

from searchlib.deadline import check
from searchlib.engines.whoosh.execution.boolean import All, Constant, Excluded, Optional, Some
from searchlib.engines.whoosh.execution.leaves import Ranked
from searchlib.engines.whoosh.execution.postings import Span
from searchlib.engines.whoosh.execution.segment import Bools
from searchlib.engines.whoosh.execution.source import Everything, Marked, Need, Source
from searchlib.engines.whoosh.execution.topk import CHUNK_DOCS, SPARSE


def live_marks(source: Source) -> Bools:
    """The live records that match; an array of the caller's own."""
    found = _marks(source)
    if source.view.alive is not None:
        found &= source.view.alive
    return found


def _marks(source: Source) -> Bools:  # noqa: PLR0912 - a kind of source a branch
    """The records that match, deleted ones too."""
    check()
    if isinstance(source, Constant):
        return _marks(source.child)
    if isinstance(source, Optional):
        return _marks(source.required)
    if isinstance(source, Excluded):
        return ~_marks(source.child)
    if isinstance(source, Marked):
        return source.marks.copy()
    if isinstance(source, Everything):
        return np.ones(source.view.doc_count, bool)
    found = np.zeros(source.view.doc_count, bool)
    if isinstance(source, Ranked):
        for part in source.parts:
            found[part.matching(part.reader.whole()[0])] = True
    elif isinstance(source, Some):
        for child in source.children:
            found |= _marks(child)
    elif source.cost <= SPARSE:
        docs = source.candidates()
        found[docs[source.at(docs, Need.MATCHES)[0]]] = True
    elif isinstance(source, All):
        found[:] = True
        for child in source.children:
            found &= _marks(child)
    else:
        _mark_spans(source, found)
    return found


def _mark_spans(source: Source, found: Bools) -> None:
    view = source.view
    step = max(1, CHUNK_DOCS >> view.bits)
    for first in range(0, view.windows, step):
        span = Span.run(first, min(first + step, view.windows), view.bits)
        check()
        hits, _ = source.dense(span, Need.MATCHES)
        own = found[span.start : span.start + span.size]
        own[:] = hits[: len(own)]
