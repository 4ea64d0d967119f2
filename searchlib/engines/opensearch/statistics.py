"""What the formula of scores needs to know of an index: counted exactly, over all shards, and remembered.

An index never changes, so what was counted once is true. What is not known yet of a query is asked for in one request.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from searchlib.concurrency.lazily import cached_property
from searchlib.engines.opensearch import entryfields
from searchlib.engines.opensearch.cluster import Cluster, Json
from searchlib.model.fields import PROSE

_KEPT = 1 << 16
_MOST_VALUES = 10_000  # fields, languages


class Statistics:
    """Counts of one generation."""

    def __init__(self, cluster: Cluster, index: str) -> None:
        self._cluster = cluster
        self._index = index
        self._counts: dict[str, int] = {}
        self._lengths: dict[str, int] = {}

    @cached_property
    def _records(self) -> Json:
        names = {"fields": "fields", "languages": entryfields.exact("language")}
        aggregations: Json = {name: {"terms": {"field": field, "size": _MOST_VALUES}} for name, field in names.items()}
        aggregations |= {"length " + name: {"sum": {"field": entryfields.length(name)}} for name in PROSE}
        found = self._ask(aggregations, total=True)
        self._lengths.update({name: int(found["aggregations"]["length " + name]["value"]) for name in PROSE})
        return found

    def _ask(self, aggregations: Json, total: bool = False) -> Json:
        query = {"bool": {"filter": [{"term": {"entry": entryfields.RECORD}}]}}
        body = {"size": 0, "query": query, "aggs": aggregations, "track_total_hits": total}
        return self._cluster.search(self._index, body)

    @property
    def size(self) -> int:
        """How many records there are."""
        return int(self._records["hits"]["total"]["value"])

    @cached_property
    def fields(self) -> frozenset[str]:
        """The fields of metadata, and those of locators."""
        return frozenset(one["key"] for one in self._records["aggregations"]["fields"]["buckets"])

    @cached_property
    def languages(self) -> tuple[str, ...]:
        """The languages of the documents."""
        return tuple(sorted(one["key"] for one in self._records["aggregations"]["languages"]["buckets"]))

    def average(self, field: str) -> float:
        """The average length of an analysed field; `know` it before."""
        return self._lengths[field] / max(self.size, 1)

    def df(self, matching: Json) -> int:
        """How many records match; `know` it before."""
        return self._counts[_text(matching)]

    def is_nowhere(self, matching: Json) -> bool:
        """Whether it was counted that nothing matches."""
        return self._counts.get(_text(matching)) == 0

    def know(self, fields: Sequence[str], matching: Sequence[Json]) -> None:
        """Ask for what is not known of these fields and queries."""
        if len(self._counts) > _KEPT:
            self._counts.clear()
        assert self._records
        lengths = [name for name in dict.fromkeys(fields) if name not in self._lengths]
        wanted: Mapping[str, Json] = {text: one for one in matching if (text := _text(one)) not in self._counts}
        if not lengths and not wanted:
            return
        numbered = {f"count {number}": one for number, one in enumerate(wanted.values())}
        aggregations: dict[str, Any] = {name: {"filter": one} for name, one in numbered.items()}
        aggregations |= {"length " + name: {"sum": {"field": entryfields.length(name)}} for name in lengths}
        found = self._ask(aggregations)["aggregations"]
        self._lengths.update({name: int(found["length " + name]["value"]) for name in lengths})
        self._counts.update({text: found[name]["doc_count"] for text, name in zip(wanted, numbered, strict=True)})


_text = partial(json.dumps, sort_keys=True)
