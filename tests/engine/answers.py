"""Everything that an index answers, as plain values: what must be the same after an update as after a clean build."""

from __future__ import annotations

from typing import Any

import searchlib

QUERIES = (
    "harbour", "ship winter", '"the ship"', "Erdogan", "erd*", "title:ship harbour", "by:ann", "港", "-the +ship", "*",
    "harbuor", "+wintr +ship",
)  # fmt: skip
BEGINNINGS = ("h", "erdog", "the s", "str", "港")
FACETS = ("by", "in", "type", "language", "document")


def answers(index: searchlib.Index) -> dict[str, Any]:
    """All that can be asked: whatever is new goes here."""
    found: dict[str, Any] = {}
    for query in QUERIES:
        results = index.search(query, limit=100, facets=FACETS)
        hits = [(hit.id, hit.score, hit.document, hit.paragraph, hit.spans) for hit in results]
        found[query] = (hits, results.total, [warning.message for warning in results.warnings], results.suggestion)
        found[query, "facets"] = dict(results.facets)
        if query not in QUERIES[:3]:
            continue
        found[query, "sorted"] = [hit.id for hit in index.search(query, limit=100, sort=("by", "-document"))]
        found[query, "similar"] = [(hit.id, hit.score) for one in hits[:2] for hit in index.similar(one[0])]
        found[query, "explained"] = [str(hit.explain()) for hit in results[:2]]
    found["all"] = [(hit.rank, hit.id) for hit in index.all("*")]
    found["completions"] = [index.complete(text, limit=3) for text in BEGINNINGS]
    stats = index.stats()
    found["stats"] = (stats.documents, stats.paragraphs, stats.languages, stats.types)
    found["terms"] = sorted(index.whoosh.schema.names())
    return found
