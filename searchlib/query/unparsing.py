"""Writing a node in the query language: for messages, explanations, and to tell one query from another.

What the parser made of a text, written and parsed again (with the same default fields, languages and synonyms), asks
the same, unless the brackets are more than a text may have in each other. A node that the language cannot say, since
it was made otherwise or is a compound in which function words count less, is written as what comes nearest. Words that
a segmenter found are not written.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from searchlib.model.fields import field_named
from searchlib.query.lexer import EVERY_OPERATOR, QUOTES, literal
from searchlib.query.nodes import (
    And,
    Best,
    Constant,
    Everything,
    Fuzzy,
    Leaf,
    Near,
    Node,
    Not,
    Optional,
    Or,
    Phrase,
    Prefix,
    Range,
    Require,
    Value,
    Wildcard,
    Word,
    leaves,
)

NOTHING = "[1 TO 0]"
"""An empty range: what matches nothing."""


def write(node: Node) -> str:
    """``node`` in the query language."""
    return _written(node, "")


def _written(node: Node, field: str) -> str:  # noqa: PLR0911 - one for each class of node
    """``node`` as it stands alone; ``field`` is not named, as that around it says it."""
    if isinstance(node, Leaf):
        return _leaf(node, field)
    match node:
        case And():
            return " AND ".join(_part(child, field) for child in node.nodes)
        case Or():
            found = _alternatives([one for one in node.nodes if not (isinstance(one, Word) and one.segmented)], field)
            return _written(*found[0]) if len(found) == 1 else " OR ".join(_part(*one) for one in found) or NOTHING
        case Best() | Constant():
            return _whole(node, field)
        case Not():
            return f"NOT {_part(node.node, field)}"
        case Optional():
            return f"{_part(node.node, field)} ANDMAYBE {_part(node.optional, field)}"
        case Require():
            return f"{_part(node.node, field)} REQUIRE {_part(node.required, field)}"
        case Near():
            slop = "" if node.slop == 10 else f"/{node.slop}"
            return f"{_part(node.first, field)} NEAR{slop} {_part(node.second, field)}"


def _part(node: Node, field: str) -> str:
    """``node`` as it stands beside an operator."""
    text = _written(node, field)
    whole = isinstance(node, (Best, Constant)) and _is_one_word(node)
    return text if whole or isinstance(node, (Leaf, Not)) or text == NOTHING else f"({text})"


def _alternatives(nodes: Sequence[Node], field: str) -> list[tuple[Node, str]]:
    """The nodes of an Or, each with the field around it; one for a NEAR in several fields, which says them all."""
    found: list[tuple[Node, str]] = []
    for at, some in groupby(nodes, lambda node: node.at if isinstance(node, Near) else None):
        group = list(some)
        near = [(one, one.field) for one in group if isinstance(one, Near)]
        together = at is not None and len(near) > 1 and len({_written(*one) for one in near}) == 1
        found += near[:1] if together else [(one, field) for one in group]
    return found


def _typed(node: Best | Constant) -> Leaf | None:
    """The leaf that holds what was typed, where a node is what the language makes of one pattern or value."""
    nodes = node.nodes if isinstance(node, Best) else node.node.nodes if isinstance(node.node, Or) else (node.node,)
    return next((one for one in nodes if isinstance(one, (Prefix, Fuzzy, Wildcard, Range, Value)) and one.typed), None)


def _is_one_word(node: Best | Constant) -> bool:
    if isinstance(node, Best) and node.typed:
        # One word of several tokens means another thing beside an operator.
        return isinstance(node.nodes[0], Word) or node.typed[0] in QUOTES
    return _typed(node) is not None


def _whole(node: Best | Constant, field: str) -> str:
    if isinstance(node, Best) and node.typed:
        first = next(leaves(node))
        required = "+" if isinstance(node.nodes[0], Phrase) and node.typed[0] not in QUOTES else ""
        return required + _name(first, field) + node.typed + _boost(first.boost)
    leaf = _typed(node)
    if leaf is not None:
        return _leaf(leaf, field, node.score if isinstance(node, Constant) else leaf.boost)
    if isinstance(node, Constant):
        return _written(node.node, field)
    if any(isinstance(one, (Word, Phrase)) and one.synonym_of for one in node.nodes):
        typed = node.nodes[0]
        beside = typed.nodes if isinstance(typed, Or) else (typed,)
        return " ".join(_part(one, field) for one in beside)
    return " OR ".join(_part(one, field) for one in node.nodes)


def _leaf(leaf: Leaf, field: str, boost: float | None = None) -> str:
    return _name(leaf, field) + _text(leaf) + _boost(leaf.boost if boost is None else boost)


def _name(leaf: Leaf, field: str) -> str:
    """The field's name and colon, unless the field is the one around, or one of those searched without a name."""
    match leaf:
        case Word() | Phrase():
            # A field that is named weighs 1.
            names = [name if weight == 1.0 else "" for name, weight in leaf.fields]
        case Value() | Everything():
            names = [leaf.field]
        case _:
            names = list(leaf.fields)
    return f"{names[0]}:" if len(names) == 1 and names[0] not in ("", field) else ""


def _text(leaf: Leaf) -> str:  # noqa: PLR0911 - one for each class of leaf
    match leaf:
        case Word():
            return _word(leaf)
        case Phrase():
            exactly = "=" * leaf.words[0].exactly
            return f'{exactly}"{leaf.text}"' + (f"~{leaf.slop}" if leaf.slop != 1 else "")
        case Prefix():
            return leaf.typed or f"{literal(leaf.text)}*"
        case Wildcard():
            return leaf.typed or leaf.pattern
        case Fuzzy():
            edits = "" if leaf.distance == 1 else leaf.distance
            return f"{leaf.typed or literal(leaf.text)}~{edits}" + (f"/{leaf.prefix}" if leaf.prefix else "")
        case Range():
            return leaf.typed or _range(leaf)
        case Value():
            return leaf.typed or literal(leaf.key) or '""'
        case Everything():
            return "*"


def _word(word: Word) -> str:
    exactly = "=" * word.exactly
    if word.text in EVERY_OPERATOR:
        return f'{exactly}"{word.text}"'
    if word.fields and field_named(word.fields[0][0]).kind == "metadata" and not word.text.isdecimal():
        return f"'{word.text}'" if _is_number(word.text) else word.text
    return exactly + word.text


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _range(node: Range) -> str:
    if isinstance(node.low, int) and node.low == node.high:
        return str(node.low)
    low, high = ("" if bound is None else literal(str(bound)) for bound in (node.low, node.high))
    low = f"'{low}'" if low == "to" else low
    inner = " ".join(filter(None, (low, "TO", high)))
    return ("{" if node.open_low else "[") + inner + ("}" if node.open_high else "]")


def _boost(boost: float) -> str:
    """A boost as it is typed; "" for none."""
    if boost == 1.0:
        return ""
    from decimal import Decimal

    return f"^{Decimal(repr(boost)).normalize():f}"
