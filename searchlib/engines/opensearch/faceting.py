"""Facets: the values of a field among all that matches, counted exactly, over all shards.

Up to `_MOST` values come with the page; where there are more, all are read, part by part (a composite aggregation). How
a value is written where it stands first in the index is asked for once in a generation.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from searchlib.engine.answers import Facet, FacetCount
from searchlib.engine.requests import DOCUMENT
from searchlib.engines.opensearch import entryfields
from searchlib.engines.opensearch.cluster import Cluster, Json
from searchlib.engines.opensearch.entries import record_of
from searchlib.engines.opensearch.paging import IN_ORDER
from searchlib.query.wholevalues import attribute_values

DOCUMENTS: Final[Json] = {"cardinality": {"field": entryfields.exact("document"), "precision_threshold": 40_000}}
"""How many documents match."""
_MOST: Final = 1000
_PART: Final = 10_000
_LOOKED_UP: Final = 200
_KEPT: Final = 1 << 16

Ask = Callable[[Json], Json]


def asked(facets: Mapping[str, int | None]) -> Json:
    """The aggregations that count these facets."""
    found: Json = {}
    for name in facets:
        field = _field(name)
        found["facet " + name] = {"terms": {"field": field, "size": _MOST, "shard_size": _MOST}}
        found["missing " + name] = {"filter": {"bool": {"must_not": [{"exists": {"field": field}}]}}}
    return found


class WrittenValues:
    """How values are written where they stand first in one generation."""

    def __init__(self, cluster: Cluster, index: str) -> None:
        self._cluster = cluster
        self._index = index
        self._known: dict[tuple[str, str], Any] = {}

    def facet(self, name: str, most: int | None, counted: Mapping[str, Json], ask: Ask) -> Facet:
        """The facet of what was counted; ``ask`` counts more where that is not all."""
        found = counted["facet " + name]
        counts = {one["key"]: one["doc_count"] for one in found["buckets"]}
        if found["sum_other_doc_count"] or len(counts) >= _MOST:
            counts = _all(name, ask)
        best = sorted(counts, key=lambda key: (-counts[key], key.encode("utf-8", "surrogatepass")))[:most]
        values = tuple(
            FacetCount(value, counts[key]) for key, value in zip(best, self._values(name, best), strict=True)
        )
        return Facet(name, values, len(counts) - len(best), counted["missing " + name]["doc_count"])

    def _values(self, name: str, keys: Sequence[str]) -> list[Any]:
        if name == DOCUMENT:
            return [key.rpartition("\0")[2] for key in keys]
        if len(self._known) > _KEPT:
            self._known.clear()
        missing = [key for key in keys if (name, key) not in self._known]
        for at in range(0, len(missing), _LOOKED_UP):
            self._look_up(name, missing[at : at + _LOOKED_UP])
        return [self._known[name, key] for key in keys]

    def _look_up(self, name: str, keys: Sequence[str]) -> None:
        field = entryfields.values(name)
        first: Json = {"size": 1, "sort": IN_ORDER, "_source": ["stored"]}
        bodies = [first | {"query": {"bool": {"filter": [{"term": {field: key}}]}}} for key in keys]
        for key, found in zip(keys, self._cluster.searches(self._index, bodies), strict=True):
            (hit,) = found["hits"]["hits"]
            record = record_of(hit["_source"]["stored"], self._cluster.location)
            values = attribute_values(record, name)
            own = (value for value in values if key in entryfields.value_keys(name, [value]))
            self._known[name, key] = next(own)


def _field(name: str) -> str:
    return "order" if name == DOCUMENT else entryfields.values(name)


def _all(name: str, ask: Ask) -> dict[str, int]:
    """Every value and its count."""
    counts: dict[str, int] = {}
    composite: Json = {"size": _PART, "sources": [{"key": {"terms": {"field": _field(name)}}}]}
    while True:
        found = ask({"all": {"composite": composite}})["all"]
        counts.update({one["key"]["key"]: one["doc_count"] for one in found["buckets"]})
        if len(found["buckets"]) < _PART:
            return counts
        composite = composite | {"after": found["after_key"]}
