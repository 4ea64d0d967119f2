"""How much a query asks: its clauses are counted before it is searched, and are not to be more than a limit.

* A *clause* is a word, wherever it stands, a phrase's too; a synonym found for one is another.
* A *pattern* (a prefix, a wildcard, a fuzzy word, a range) counts as several in each field that it is searched in,
  since it takes that much longer than a word; one that is compared with the whole dictionary (``*tion``), as many.
"""

from __future__ import annotations

from searchlib.errors import QueryError
from searchlib.guards.limits import Limits, how_to_raise
from searchlib.model.fields import PROSE
from searchlib.query.nodes import Fuzzy, Leaf, Node, Phrase, Prefix, Range, Wildcard, Word, children

PATTERN = 8
"""Clauses that a pattern in a field counts as."""
WHOLE = 64
"""Clauses that a pattern counts as if all words of running text are compared with it."""
DEEPEST = 500
"""Nodes within nodes of a tree: evaluating it is recursive. No text makes one half as deep."""


def check_length(text: str, limits: Limits) -> None:
    """Raises QueryError for a text that is longer than a query may be. Done before anything else looks at it."""
    if len(text) > limits.query_length:
        raise QueryError(
            f"The query has {len(text):,} characters, and the limit query_length is {limits.query_length:,}.",
            advice=f"Ask for less, or {how_to_raise('query_length')}.",
        )


def check_clauses(tree: Node, limits: Limits) -> None:
    """Raises QueryError for a tree that asks for more than a query may, or is too deep to be evaluated."""
    count = 0
    todo = [(tree, 1)]
    while todo:
        node, depth = todo.pop()
        if depth > DEEPEST:
            raise QueryError(f"The query has nodes within nodes, over {DEEPEST} deep: write it flatter.")
        if isinstance(node, Leaf):
            count += clauses(node)
        else:
            todo += [(child, depth + 1) for child in children(node)]
        if count > limits.query_clauses:
            raise too_many(limits)


def too_many(limits: Limits) -> QueryError:
    """What is said of a query with more clauses than the limit."""
    return QueryError(
        f"The query asks for too much: the limit query_clauses is {limits.query_clauses:,}, where a word counts 1, "
        f"a pattern or a fuzzy word {PATTERN} in each field, and {WHOLE} if it does not begin with a letter.",
        advice=f"Ask for less, or {how_to_raise('query_clauses')}.",
    )


def clauses(leaf: Leaf) -> int:
    """What a leaf of a tree counts as."""
    match leaf:
        case Word():
            return 1 + sum(bool(form.synonym_of) and not form.other for form in leaf.forms)
        case Phrase():
            return sum(map(clauses, leaf.words))
        case Wildcard(pattern, names):
            literal = pattern[:1] not in ("*", "?") or not pattern.strip("*")
            return sum(PATTERN if literal or name not in PROSE else WHOLE for name in names)
        case Range(fields=names):
            return sum(WHOLE if name in PROSE else PATTERN for name in names)
        case Prefix(fields=names) | Fuzzy(fields=names):
            return PATTERN * len(names)
        case _:
            return 1
