"""The executor: a whole query tree evaluated array by array.

A `Snapshot` is several segments with exact statistics. A query is *lowered* (``lowering``) to a tree of *scorers*
(``scorer``): words (``wordscorer``), whose posting lists are made ready with their gains (``prepared``), what counts
the same for whatever it matches (``setscorers``), groups (``groupscorers``), and what stands together
(``phrasescorer``, ``nearscorer``). ``driver`` drives any tree of them to the best docs, and ``questions`` has the
questions one can ask.
"""

from searchlib.engines.whoosh.execution.interface import Segment
from searchlib.engines.whoosh.execution.questions import (
    TopDocs,
    count,
    explain,
    frequency,
    is_costly,
    marked,
    match_at,
    matches,
    occurrences,
    scored_parts,
    search,
)
from searchlib.engines.whoosh.execution.snapshot import Snapshot
from searchlib.engines.whoosh.execution.tuning import Tuning

__all__ = [
    "Segment",
    "Snapshot",
    "TopDocs",
    "Tuning",
    "count",
    "explain",
    "frequency",
    "is_costly",
    "marked",
    "match_at",
    "matches",
    "occurrences",
    "scored_parts",
    "search",
]
