"""One name for one thing: no class, and no module, has the name of another."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

ROOT = Path(__file__).parents[1] / "searchlib"
FILES = sorted(ROOT.rglob("*.py"))


def twice(names: Iterable[str]) -> set[str]:
    return {name for name, count in Counter(names).items() if count > 1}


def test_no_two_classes_have_one_name() -> None:
    trees = (ast.parse(file.read_text(encoding="utf-8")) for file in FILES)
    assert not twice(node.name for tree in trees for node in ast.walk(tree) if isinstance(node, ast.ClassDef))


def test_no_two_modules_have_one_name() -> None:
    assert not twice(file.stem for file in FILES if file.stem not in ("__init__", "__main__"))
