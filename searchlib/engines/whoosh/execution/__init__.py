"""The executor: a whole query tree evaluated array by array.

A `Snapshot` is several segments with exact statistics. A query is *lowered* (``lower``) to a tree of *sources*
(``source``: words in ``leaves``, ``phrase``, many terms in ``expand`` and ``fuzzy``, nodes of nodes in ``boolean``),
which read posting lists (``postings``); ``topk`` drives the tree, and ``answers`` has the questions one can ask.
What people mostly type is answered without a tree: see ``flat``, ``prepared``, ``driving`` and, for machine code,
``compiled`` and ``kernels``.
"""

from searchlib.engines.whoosh.execution.answers import (
    TopDocs,
    count,
    explain,
    frequency,
    marked,
    match_at,
    matches,
    scored_parts,
    search,
)
from searchlib.engines.whoosh.execution.explanation import Explanation, Occurrence
from searchlib.engines.whoosh.execution.segment import Segment
from searchlib.engines.whoosh.execution.snapshot import Snapshot

__all__ = [
    "Explanation",
    "Occurrence",
    "Segment",
    "Snapshot",
    "TopDocs",
    "count",
    "explain",
    "frequency",
    "marked",
    "match_at",
    "matches",
    "scored_parts",
    "search",
]
