"""Whoosh's own nodes, with what they lack: text that says all, and a size that can be estimated."""

from __future__ import annotations

from typing import Any

from whoosh import query


class Near(query.SpanNear2):  # type: ignore[misc]
    """Whoosh's ``SpanNear2``, whose size can be estimated: its own method names a class that is not imported."""

    def _and_query(self) -> Any:
        return query.And(list(self.qs))

    def __str__(self) -> str:
        return "(" + f" NEAR/{self.slop} ".join(map(str, self.qs)) + ")"

    __unicode__ = __str__


class Constant(query.ConstantScoreQuery):  # type: ignore[misc]
    """Whoosh's ``ConstantScoreQuery``, which can be printed."""

    def __str__(self) -> str:
        return ("nothing" if self.child == query.NullQuery else str(self.child)) + boost_text(self.score)

    __unicode__ = __str__

    def __hash__(self) -> int:
        return hash(("Constant", self.child, self.score))


class Fuzzy(query.FuzzyTerm):  # type: ignore[misc]
    """Whoosh's ``FuzzyTerm``, which prints all that it asks for."""

    def __str__(self) -> str:
        edits = "" if self.maxdist == 1 else self.maxdist
        prefix = f"/{self.prefixlength}" if self.prefixlength else ""
        return f"{self.fieldname}:{self.text}~{edits}{prefix}{boost_text(self.boost)}"

    __unicode__ = __str__


NOTHING = Constant(query.NullQuery)
"""Matches nothing, where Whoosh's null query is left out of what it stands in."""


def boost_text(boost: float) -> str:
    """A boost as it is typed; "" for none."""
    return "" if boost == 1.0 else f"^{boost:g}"
