"""Laying an index out for the lengths that its fields have, before anybody reads it.

An index is laid out (`entryfields.curve`) before all that is to be in it has been seen, and bounds are the closer to
scores the better it was guessed how long fields are on average: half as much again makes them useless. What is laid out
so can be changed of an index that is closed, which takes a second; nothing in it is written again.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import Final

from searchlib.engines.opensearch import entryfields
from searchlib.engines.opensearch.cluster import Cluster
from searchlib.engines.opensearch.statistics import Statistics
from searchlib.errors import IndexProblem, IndexReadOnly
from searchlib.model.fields import PROSE

_FAR: Final = 1.05
_WITH_SHARDS: Final = {"wait_for_active_shards": "1"}


def fitted(cluster: Cluster, index: str, laid: Mapping[str, float]) -> Mapping[str, float]:
    """Lay an index that nobody reads out anew if it was for other ``laid`` lengths; for which lengths it is then.

    Who may not close an index leaves it as it is: that costs time and nothing else.
    """
    found = Statistics(cluster, index)
    now = {name: length for name in PROSE if found.size and (length := found.average(name))}
    if not any(_is_far(laid.get(name), length) for name, length in now.items()):
        return laid
    try:
        cluster.call("POST", f"/{index}/_close")
    except IndexProblem:
        with suppress(IndexProblem):  # it is closed if only the answer was lost
            cluster.call("POST", f"/{index}/_open", None, _WITH_SHARDS)
        return laid
    try:
        cluster.call("PUT", f"/{index}/_settings", {"index": {"similarity": entryfields.similarities(now)}})
    finally:
        opened = cluster.call("POST", f"/{index}/_open", None, _WITH_SHARDS)
    if not opened["shards_acknowledged"]:
        raise IndexReadOnly(f"{cluster.location} has no place for its shards any more: try again", cluster.location)
    return now


def _is_far(laid: float | None, now: float) -> bool:
    return laid is None or not 1 / _FAR < laid / now < _FAR
