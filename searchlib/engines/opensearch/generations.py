"""Generations: which index of the cluster an alias leads to, and what that remembers.

The index of a generation is called as the alias, with its number and a random part after it. What it remembers stands
in its mapping, where it is read without a search; digests of seeds, which may be many, are entries.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import field
from typing import Any

from searchlib.engine.writers import Remembered
from searchlib.engines.opensearch import entryfields
from searchlib.engines.opensearch.cluster import Cluster, Json
from searchlib.errors import IndexIncompatible, IndexMissing
from searchlib.frozen import frozen

_AT_ONCE = 1000


@frozen
class Generation:
    """A generation of an index: the name of its index in the cluster, and what it remembers."""

    index: str
    number: int = 0
    published: int = 0
    settings: Mapping[str, Any] = field(default_factory=dict)
    sources: Mapping[str, Sequence[str]] = field(default_factory=dict)
    lengths: Mapping[str, float] = field(default_factory=dict)
    """About how long fields are, as its index was laid out for (`entryfields.curve`)."""

    @property
    def digest(self) -> str:
        """What tells it from every other: its name, as no index changes."""
        from searchlib.hashing import blake2b

        return blake2b(self.index.encode(), digest_size=16).hexdigest()

    def as_meta(self) -> Json:
        """As the mapping has it."""
        return {
            "format": entryfields.FORMAT,
            "number": self.number,
            "published": str(self.published),
            "settings": json.dumps(dict(self.settings)),
            "sources": json.dumps({name: list(some) for name, some in self.sources.items()}),
            "lengths": json.dumps(dict(self.lengths)),
        }


def newest(cluster: Cluster) -> Generation:
    """The generation that the alias leads to. Raises IndexMissing, or IndexIncompatible for what is not searchlib's."""
    found = cluster.call("GET", f"/{cluster.name}/_mapping")
    where = cluster.location
    if len(found) != 1:
        raise IndexIncompatible(f"{where} leads to {len(found)} indexes: give the name of another one", where)
    ((index, mapping),) = found.items()
    meta = mapping["mappings"].get("_meta", {}).get("searchlib")
    if not isinstance(meta, dict) or not meta.get("number"):
        raise IndexIncompatible(f"{where} is not an index of searchlib: give another name, it is left as it is", where)
    if meta.get("format") != entryfields.FORMAT:
        raise IndexIncompatible(
            f"{where} is of format {meta.get('format')}, and this version reads {entryfields.FORMAT}: build it again "
            "under another name",
            where,
        )
    settings, sources, lengths = (json.loads(meta[name]) for name in ("settings", "sources", "lengths"))
    return Generation(index, meta["number"], int(meta["published"]), settings, sources, lengths)


def newest_or_none(cluster: Cluster) -> Generation | None:
    """The same; None where there is none yet."""
    try:
        return newest(cluster)
    except IndexMissing:
        return None


def following(cluster: Cluster, number: int) -> str:
    """A name for the index of a generation, which no other writer gives."""
    return f"{cluster.name}--{number}-{secrets.token_hex(4)}"


def remembered(cluster: Cluster, generation: Generation) -> Remembered:
    """What a generation remembers."""

    def seeds() -> dict[str, str]:
        return dict(
            tuple(json.loads(hit["_source"]["stored"])) for hit in every(cluster, generation.index, entryfields.SEED)
        )

    return Remembered(generation.settings, generation.sources, generation.number, generation.digest, seeds)


def every(cluster: Cluster, index: str, entry: str, filter: Json | None = None) -> Iterator[Json]:
    """Every entry of a kind, by document and number, some at a time."""
    inner = [{"term": {"entry": entry}}, *([filter] if filter else [])]
    sort = [{"order": "asc"}, {"c_number": "asc"}]
    body: Json = {"size": _AT_ONCE, "query": {"bool": {"filter": inner}}, "sort": sort, "track_total_hits": False}
    while True:
        hits = cluster.search(index, body)["hits"]["hits"]
        yield from hits
        if len(hits) < _AT_ONCE:
            return
        body = body | {"search_after": hits[-1]["sort"]}
