"""The sources of searchlib as trees, for tests of how it is written."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[1] / "searchlib"
FILES = sorted(ROOT.rglob("*.py"))


@cache
def tree(file: Path) -> ast.Module:
    """What a file says."""
    return ast.parse(file.read_text(encoding="utf-8"))


@cache
def statements(file: Path) -> tuple[tuple[ast.stmt, bool], ...]:
    """The statements of a file, however deep; and whether each is for a type checker alone."""
    return tuple(_statements(tree(file).body, False))


def _statements(body: list[ast.stmt], for_types: bool) -> Iterator[tuple[ast.stmt, bool]]:
    for node in body:
        yield node, for_types
        checks_types = isinstance(node, ast.If) and getattr(node.test, "id", "") == "TYPE_CHECKING"
        yield from _statements(getattr(node, "body", []), for_types or checks_types)
        yield from _statements(getattr(node, "orelse", []), for_types)
        yield from _statements(getattr(node, "finalbody", []), for_types)
        for part in (*getattr(node, "handlers", ()), *getattr(node, "cases", ())):
            yield from _statements(part.body, for_types)
