"""What an engine answers: the hits of a page, counts and facets."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import field
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from searchlib.frozen import frozen
from searchlib.model.jsonable import JsonObject

if TYPE_CHECKING:
    from searchlib.model.records import Record, Scalar
    from searchlib.query.nodes import Leaf

AT_ONCE = 50
"""Hits of a page that are best asked for together, and their records."""


class Handle(Protocol):
    """Names a record within one open reader; what else it holds is the engine's."""

    @property
    def id(self) -> str:
        """The id of the paragraph."""


class Ranked(NamedTuple):
    """A record that matched: its handle and its score; the record itself where the engine has it at hand.

    ``added`` is what of the score is not the engine's, each with what it is: see `searchlib.search.again`.
    """

    handle: Handle
    score: float
    record: Record | None = None
    added: tuple[tuple[str, float], ...] = ()


@frozen
class FacetCount:
    """A ``value``, as it is written where it stands first, and the ``count`` of the paragraphs that match and have
    it.
    """

    value: Scalar
    count: int

    def __iter__(self) -> Iterator[Any]:
        return iter((self.value, self.count))

    def as_dict(self) -> JsonObject:
        """All of it, ready for JSON."""
        return {"value": self.value, "count": self.count}


@frozen
class Facet:
    """The ``values`` of the field ``name`` among the paragraphs that match, the commonest first, then by value.

    ``others`` is how many more values there are, ``missing`` how many paragraphs have none. A paragraph whose
    document has several values counts for each. Iterating gives the `FacetCount` of each value.
    """

    name: str
    values: tuple[FacetCount, ...]
    others: int
    missing: int

    def __iter__(self) -> Iterator[FacetCount]:
        return iter(self.values)

    def __len__(self) -> int:
        return len(self.values)

    def first(self, size: int | None) -> Facet:
        """The ``size`` first values; None: all of them."""
        left = 0 if size is None else max(len(self.values) - size, 0)
        return Facet(self.name, self.values[: len(self.values) - left], self.others + left, self.missing)

    def as_dict(self) -> JsonObject:
        """All of it, ready for JSON."""
        return {"values": [one.as_dict() for one in self.values], "others": self.others, "missing": self.missing}


def _nowhere() -> None:
    return None


@frozen
class Answer:
    """What a `Request` found. ``offset`` is how many hits come before the first of ``hits``.

    ``costly`` are the leaves of the query that stand for so many words that it takes its time. ``total``,
    ``documents`` and ``facets`` are None or empty where they were not wanted, and had a cost.
    """

    hits: Sequence[Ranked]
    offset: int = 0
    total: int | None = None
    documents: int | None = None
    facets: Mapping[str, Facet] = field(default_factory=dict)
    costly: tuple[Leaf, ...] = ()
    _resume: Callable[[], bytes | None] = field(default=_nowhere, repr=False, compare=False)

    @property
    def cursor(self) -> bytes | None:
        """Where the next page begins, in the engine's own words, which outlive a generation; None at the end.

        A page shorter than its limit is at the end. An engine that has to read for it does so when it is asked.
        """
        return self._resume()
