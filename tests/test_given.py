"""A number that a test wants smaller is given: nobody patches a constant of a module."""

from __future__ import annotations

import ast
from pathlib import Path

TESTS = Path(__file__).parent
STATE = {"DISK", "_TABLE"}
"""What is no constant: the disk that tests do not wait for or stop, and the loaders that were registered."""


def _patched(node: ast.Call) -> str:
    """The last part of the name that a ``setattr`` sets, where it is written out."""
    names = [one.value for one in node.args[:2] if isinstance(one, ast.Constant) and isinstance(one.value, str)]
    called = getattr(node.func, "attr", getattr(node.func, "id", ""))
    return names[-1].rpartition(".")[2] if called in ("setattr", "patch", "setitem") and names else ""


def test_no_test_patches_a_constant_of_a_module() -> None:
    found = [
        f"{file.relative_to(TESTS)}, line {node.lineno}: {name}"
        for file in sorted(TESTS.rglob("*.py"))
        if "setattr(" in (text := file.read_text(encoding="utf-8"))
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Call) and (name := _patched(node)).isupper() and name not in STATE
    ]
    assert not found, "give it as a parameter instead"
