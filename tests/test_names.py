"""One name for one thing: no class, and no module, has the name of another, and what fields there are is said once.

What a module names for itself, it uses.
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterable

from sources import FILES, ROOT, statements, tree

from searchlib.model.fields import TABLE


def twice(names: Iterable[str]) -> set[str]:
    return {name for name, count in Counter(names).items() if count > 1}


def test_no_two_classes_have_one_name() -> None:
    # In integrations a class is in the world of its library, where it is the one of searchlib.
    files = (file for file in FILES if file.parent.name != "integrations")
    assert not twice(node.name for file in files for node, _ in statements(file) if isinstance(node, ast.ClassDef))


def test_no_two_modules_have_one_name() -> None:
    assert not twice(file.stem for file in FILES if file.stem not in ("__init__", "__main__"))


def test_no_module_names_what_nothing_uses() -> None:
    used = {name for file in FILES for node in ast.walk(tree(file)) for name in _used(node)}
    unused = [
        f"{file.relative_to(ROOT).as_posix()}: {name.id}"
        for file in FILES
        for node in tree(file).body
        if isinstance(node, ast.Assign | ast.AnnAssign)
        for name in (node.targets if isinstance(node, ast.Assign) else [node.target])
        if isinstance(name, ast.Name) and name.id.strip("_") == name.id[1:] and name.id not in used
    ]
    assert not unused


def test_no_module_but_the_table_lists_the_fields_of_a_record() -> None:
    found = {
        file.relative_to(ROOT).as_posix()
        for file in FILES
        if file.relative_to(ROOT).parts[0] in ("engine", "engines", "highlight", "query", "search", "spelling")
        for node in ast.walk(tree(file))
        if len(TABLE.keys() & _texts(node)) > 1
    }
    assert not found


def _used(node: ast.AST) -> Iterable[str]:
    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
        yield node.id
    elif isinstance(node, ast.ImportFrom):
        yield from (alias.name for alias in node.names)


def _texts(node: ast.AST) -> set[object]:
    """The constants of a display: its keys, if it is a dict."""
    parts = node.keys if isinstance(node, ast.Dict) else getattr(node, "elts", ())
    return {part.value for part in parts if isinstance(part, ast.Constant)}
