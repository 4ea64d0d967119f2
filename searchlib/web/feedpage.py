"""A query as a feed (Atom, RFC 4287): its hits in the order that is asked for, each with the time of its document."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

from searchlib import Index
from searchlib.engine.locations import engine_at
from searchlib.web.addresses import PageQuery
from searchlib.web.problemdetails import ProblemDetail
from searchlib.web.searchpage import search_values

if TYPE_CHECKING:
    from searchlib.web.hitviews import ShownHit

ENTRIES: Final = 50
"""Hits of a feed: who looks at it once a day is to miss none."""
_TIMES: Final = ("modified", "updated", "date", "published", "created")
"""Fields that say when a document was written, the best first."""


def feed_values(index: Index, asked: PageQuery, base: str) -> dict[str, Any]:
    """What the template of the feed shows. Raises ProblemDetail for a query that asks too much."""
    values = search_values(index, asked, base, (), ENTRIES)
    if values["problem"]:
        raise ProblemDetail(HTTPStatus.BAD_REQUEST, "query-error", "\n".join(values["problem"]))
    built = datetime.fromtimestamp(engine_at(index.path).published_at(index.path) / 1e9, UTC)
    hits: list[ShownHit] = values.get("hits", [])
    entries = [(hit, _stamp(_written_at(hit.metadata) or built)) for hit in hits]
    return {**values, "entries": entries, "feed": asked.address(base, "/feed"), "updated": _stamp(built)}


def _written_at(metadata: Mapping[str, Any]) -> datetime | None:
    """When a document was written, as far as it says so to the day."""
    for name in _TIMES:
        value = metadata.get(name)
        if isinstance(value, str) and len(value) >= len("2020-01-02"):
            try:
                found = datetime.fromisoformat(value)
                return (found if found.tzinfo is not None else found.replace(tzinfo=UTC)).astimezone(UTC)
            except (ValueError, OverflowError):
                continue
    return None


def _stamp(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds")
