"""Mistakes in a query, and what to say about them.

* A *warning* is a mistake that did not keep the query from being searched: `QueryWarning`.
* In strict mode the first mistake (by its place) is raised instead, as `searchlib.errors.QueryError`.
"""

from __future__ import annotations

from dataclasses import dataclass

from searchlib.errors import QueryError


@dataclass(frozen=True, slots=True)
class QueryWarning:
    """A mistake in a query: what is wrong, in which query, where (a code point), and what to do.

    ``str()`` shows the query with a caret under the place, as `QueryError` does.
    """

    message: str
    source: str
    position: int = 0
    advice: str = ""

    def as_error(self) -> QueryError:
        """The same, to be raised."""
        return QueryError(self.message, self.source, self.position, self.advice)

    def __str__(self) -> str:
        return str(self.as_error())


MOST_SHOWN = 20


class Mistakes:
    """Collects the mistakes of one query: the first of them, since nobody reads a thousand."""

    def __init__(self, source: str) -> None:
        self.source = source
        self._found: dict[QueryWarning, None] = {}

    def add(self, message: str, position: int | None, advice: str = "") -> None:
        """Note a mistake; the same one twice counts once."""
        if len(self._found) < MOST_SHOWN:
            self._found[QueryWarning(message, self.source, position or 0, advice)] = None

    def in_order(self) -> tuple[QueryWarning, ...]:
        """All of them by place."""
        return tuple(sorted(self._found, key=lambda warning: warning.position))
