"""Mistakes in a query, and what to say about them.

* A *warning* is a mistake that did not keep the query from being searched: `QueryWarning`.
* In strict mode the first mistake (by its place) is raised instead, as `searchlib.errors.QueryError`.
"""

from __future__ import annotations

from collections.abc import Iterable

from searchlib.errors import QueryError
from searchlib.frozen import frozen
from searchlib.model.jsonable import JsonObject
from searchlib.query.lexer import printable
from searchlib.query.nodes import And, Node, Not, Phrase, Word


@frozen
class QueryWarning:
    """A mistake in a query: what is wrong, in which query (``source``), where, and what to do (``advice``).

    ``position`` is where it begins and ``end`` where it ends, in code points of the query. ``message`` also says what
    became of it; ``problem`` does not, since in strict mode nothing did. ``unknown`` is the
    name of a field that no document has. ``str()`` shows the query with a caret under the place, as `QueryError` does.
    """

    message: str
    source: str
    position: int = 0
    advice: str = ""
    end: int = 0
    problem: str = ""
    unknown: str = ""

    @property
    def start(self) -> int:
        """Where the mistake begins; ``end`` is where what is wrong ends."""
        return self.position

    def as_error(self) -> QueryError:
        """The same, to be raised."""
        return QueryError(self.problem or self.message, self.source, self.position, self.advice)

    def as_dict(self) -> JsonObject:
        """What is wrong, where, and what to do, ready for JSON."""
        return {"message": self.message, "start": self.start, "end": self.end, "advice": self.advice}

    @property
    def lines(self) -> list[str]:
        """What is wrong, the query, the caret, what to do."""
        return QueryError(self.message, self.source, self.position, self.advice).lines

    def __str__(self) -> str:
        return "\n".join(self.lines)


MOST_SHOWN = 20


class Mistakes:
    """Collects the mistakes of one query: the first of them, since nobody reads a thousand."""

    def __init__(self, source: str) -> None:
        self.source = source
        self._found: dict[QueryWarning, None] = {}

    @property
    def any(self) -> bool:
        """Whether any was noted."""
        return bool(self._found)

    @property
    def full(self) -> bool:
        """Whether there are so many that no other is noted."""
        return len(self._found) == MOST_SHOWN

    def add(self, problem: str, place: tuple[int, int], advice: str = "", *, so: str = "", unknown: str = "") -> None:
        """Note a mistake; the same one twice counts once. ``so`` is what became of it, where it is no error."""
        if not self.full:
            message = f"{problem.removesuffix('.')}, so {so}." if so else problem
            start, end = place
            end = min(max(end, start + 1), len(self.source))
            self._found[QueryWarning(message, self.source, start, advice, end, problem, unknown)] = None

    def in_order(self) -> tuple[QueryWarning, ...]:
        """All of them by place."""
        return tuple(sorted(self._found, key=lambda warning: warning.position)) if self._found else ()


def too_many_words(text: str, places: Iterable[tuple[int, int]]) -> tuple[QueryWarning, ...]:
    """What to say of the parts of a query that stand for very many words: all are searched, but not fast."""
    mistakes = Mistakes(printable(text))
    for start, end in places:
        said = f'"{text[start:end]}" stands for very many words.'
        mistakes.add(said, (start, end), "Write more of its letters.", so="this takes its time")
    return mistakes.in_order()


def left_out(text: str, query: Node, found: bool) -> tuple[QueryWarning, ...]:
    """A hint for each ``-`` that may not be meant: in what is pasted (``commit -m``, ``-5``), or if nothing is found.

    It is no mistake, so it is never raised.
    """
    mistakes = Mistakes(printable(text))
    for node in query.nodes if isinstance(query, And) else ():
        inner = node.node if isinstance(node, Not) else None
        if not isinstance(inner, Word | Phrase) or inner.at is None:
            continue
        start, end = inner.at
        word = text[start:end]
        is_pasted = len(word) == 1 or word[0].isdigit()
        if text[start - 1 : start] == "-" and word[0].isalnum() and (is_pasted or not found):
            said = f'"-{word}" leaves out what has "{word}".'
            mistakes.add(said, (start - 1, end), f'To look for it, put it in quotation marks: "-{word}"')
    return mistakes.in_order()
