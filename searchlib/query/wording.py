"""Queries in words, for who reads an explanation: what a node asks for."""

from __future__ import annotations

from collections.abc import Iterable
from typing import assert_never

from searchlib.analysis import SEPARATOR
from searchlib.model.fields import PROSE
from searchlib.query.lexer import QUOTES
from searchlib.query.nodes import (
    And,
    Best,
    Constant,
    Everything,
    Fuzzy,
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
)

_MOST = 6  # of the parts of a group are named


def described(node: Node) -> str:  # noqa: PLR0911, PLR0912 - one for each class
    """What a node of a query asks for."""
    match node:
        case Word(text):
            return f"“{text}”{' as it is written' * node.exactly}{' as a word' * node.segmented}{_synonym(node)}"
        case Phrase(_, slop):
            apart = f" with words up to {slop} apart" if slop > 1 else ""
            return f"“{node.text}”{' as it is written' * node.words[0].exactly}{apart}{_synonym(node)}"
        case Value(key, field):
            return _in_fields((field,), f"“{key.rpartition(SEPARATOR)[2]}”")
        case Prefix(text, fields):
            return _in_fields(fields, f"“{text}*”")
        case Wildcard(pattern, fields):
            return _in_fields(fields, f"“{pattern}”")
        case Fuzzy(text, fields, distance):
            return _in_fields(fields, f"“{text}~{distance}”")
        case Range():
            return _range(node)
        case Everything(field):
            return f"any {field}" if field else "any paragraph"
        case And(nodes):
            return listed(map(_nested, nodes), "and") or "nothing"
        case Best(typed=typed) if typed:
            return "“" + typed.replace("\\", "").strip(QUOTES) + "”, however it is written"
        case Or(nodes) | Best(nodes):
            return listed(map(_nested, nodes), "or") or "nothing"
        case Not(inner):
            return f"not {_nested(inner)}"
        case Optional(inner, optional):
            return f"{_nested(inner)}, and {_nested(optional)} if it is there"
        case Require(inner, required):
            return f"{_nested(inner)} where {_nested(required)} is"
        case Constant(inner):
            return described(inner)
        case Near(first, second):
            return listed((_nested(first), _nested(second)), "near")
    assert_never(node)


def listed(parts: Iterable[str], word: str) -> str:
    """Parts joined by commas and a word, each once."""
    several = list(dict.fromkeys(parts))
    if len(several) > _MOST:
        several = [*several[:_MOST], "others"]
    return f" {word} ".join([", ".join(several[:-1]), several[-1]] if len(several) > 1 else several)


def _nested(node: Node) -> str:
    found = described(node)
    is_group = isinstance(node, And | Or | Optional) and (" and " in found or " or " in found)
    return f"({found})" if is_group else found


def _synonym(node: Word | Phrase) -> str:
    return f" (a synonym of “{node.synonym_of}”)" if node.synonym_of else ""


def _in_fields(fields: tuple[str, ...], text: str) -> str:
    others = [field for field in fields if field not in PROSE]
    return " or ".join(others) + " " + text if others else text


def _range(node: Range) -> str:
    low, high = ("" if bound is None else str(bound) for bound in (node.low, node.high))
    bounds = f"from {low} to {high}" if low and high else f"from {low} on" if low else f"up to {high}"
    return _in_fields(node.fields, bounds if low or high else "anything")
