"""Imports go downwards only, and what belongs to one place stays in it."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest
from sources import FILES, ROOT, statements

# From the top down. A module may import its own layer and those below; a type-checking import is no import.
LAYERS = (
    ("searchlib.__main__", "searchlib.cli"),
    ("searchlib.agents", "searchlib.evaluation", "searchlib.expectations", "searchlib.integrations"),
    ("searchlib.web",),
    ("searchlib", "searchlib.api", "searchlib.options"),
    ("searchlib.search.many", "searchlib.search.streaming"),
    ("searchlib.search.searching", "searchlib.search.similarity", "searchlib.update"),
    ("searchlib.search.interpreting",),
    ("searchlib.engines",),
    ("searchlib.search",),
    ("searchlib.citing", "searchlib.engine", "searchlib.highlight", "searchlib.render", "searchlib.spelling"),
    ("searchlib.documents", "searchlib.paragraphs", "searchlib.query"),
    ("searchlib.analysis",),
    ("searchlib.model",),
    ("searchlib.files",),
    ("searchlib.guards",),
    ("searchlib.concurrency", "searchlib.errors", "searchlib.frozen", "searchlib.hashing"),
)

ONLY_IN = {
    "click": ("searchlib.cli",),
    "jinja2": ("searchlib.web",),
    "mcp": ("searchlib.agents",),
    "mcp_types": ("searchlib.agents",),
    "opensearchpy": ("searchlib.engines.opensearch",),
    "pydantic": ("searchlib.agents", "searchlib.integrations"),
    "starlette": ("searchlib.web", "searchlib.agents"),
    "uvicorn": ("searchlib.web",),
    "watchfiles": ("searchlib.update.watching",),
    "whoosh": ("searchlib.engines.whoosh.compat",),
    "searchlib.engines.whoosh.compat": ("searchlib.engines.whoosh.compat",),
    "searchlib.engines": ("searchlib.engines",),  # searchlib.engine.locations has their names
}
BUT_FOR = {
    ("searchlib.search.interpreting", "searchlib.engines.whoosh.compat.translation"),
    ("searchlib.engines.whoosh.reader", "searchlib.engines.whoosh.compat.toc"),
    ("searchlib.engines.whoosh.writer", "searchlib.engines.whoosh.compat.toc"),
}

BELOW_FORMAT = (
    "searchlib.concurrency",
    "searchlib.errors",
    "searchlib.files.opening",
    "searchlib.frozen",
    "searchlib.hashing",
    "searchlib.model.arrays",
)
BELOW_COMPAT = ("searchlib.engines.whoosh.format", "searchlib.engines.whoosh.manifest", "searchlib.engines.whoosh.disk")

ONE_MEANING = {("searchlib.query.nodes", "searchlib.query.unparsing")}
"""The one import that goes back: ``str(node)`` is the node as it would be typed."""


def module_name(file: Path) -> str:
    parts = file.relative_to(ROOT.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {module_name(file): file for file in FILES}


def within(name: str, package: str) -> bool:
    return name == package or name.startswith(package + ".")


@cache
def layer(name: str) -> int:
    """The layer of a module, counted from the top: that of the longest name in LAYERS which it is in."""
    fits = [(len(package), number) for number, names in enumerate(LAYERS) for package in names if within(name, package)]
    assert fits, f"{name} is in no layer"
    longest, number = max(fits)
    assert longest > len("searchlib") or name == "searchlib", f"{name} is in no layer: add it to LAYERS"
    return number


def imports(file: Path, types: bool = False) -> tuple[tuple[str, int], ...]:
    """The modules that a file imports when it runs, here and in its functions, each with its line.

    With ``types`` also those that it imports for a type checker alone.
    """
    return tuple((name, line) for name, line, for_types in _imports(file) if types or not for_types)


@cache
def _imports(file: Path) -> tuple[tuple[str, int, bool], ...]:
    """Name, line, and whether it is for a type checker alone."""
    return tuple(
        (name, node.lineno, for_types)
        for node, for_types in statements(file)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in _imported(file, node)
    )


def _imported(file: Path, node: ast.Import | ast.ImportFrom) -> Iterator[str]:
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
        return
    assert node.level == 0, f"{file}:{node.lineno}: write imports in full"
    for alias in node.names:
        full = f"{node.module}.{alias.name}"
        is_module = full in MODULES or (node.module or "").split(".")[0] == "whoosh"
        yield full if is_module else node.module or ""


def test_a_module_imports_only_its_own_layer_and_those_below() -> None:
    upwards = [
        f"{name}, line {line}: {imported}"
        for name, file in MODULES.items()
        for imported, line in imports(file)
        if within(imported, "searchlib") and layer(imported) < layer(name)
    ]
    assert not upwards, f"what is above is imported: {upwards}"


def test_what_belongs_to_one_place_is_imported_only_there() -> None:
    elsewhere = [
        f"{name}, line {line}: {imported}"
        for name, file in MODULES.items()
        for imported, line in imports(file)
        for package, owners in ONLY_IN.items()
        if within(imported, package)
        and not any(within(name, owner) for owner in owners)
        and (name, imported) not in BUT_FOR
    ]
    assert not elsewhere


def foreign(package: str, known: tuple[str, ...], within_what: tuple[str, ...]) -> list[str]:
    """What is imported in a package, for types too, of these others and is not among what it may know."""
    return [
        f"{name}, line {line}: {imported}"
        for name, file in MODULES.items()
        if within(name, package)
        for imported, line in imports(file, types=True)
        if any(within(imported, one) for one in within_what)
        and not any(within(imported, one) for one in (package, *known))
    ]


def test_the_format_is_read_without_knowing_whoosh_or_the_engine() -> None:
    assert not foreign("searchlib.engines.whoosh.format", BELOW_FORMAT, ("whoosh", "searchlib"))


def test_whooshs_tools_stand_on_the_format_alone() -> None:
    assert not foreign("searchlib.engines.whoosh.compat", BELOW_COMPAT, ("searchlib.engines",))


def graph_of(names: Callable[[str], str], types: bool = False) -> dict[str, set[str]]:
    """What imports what, each module under the name that ``names`` gives it."""
    graph: dict[str, set[str]] = {}
    for name, file in MODULES.items():
        for imported, _ in imports(file, types):
            if imported in MODULES and names(name) != names(imported) and (name, imported) not in ONE_MEANING:
                graph.setdefault(names(name), set()).add(names(imported))
    return graph


def cycles(graph: dict[str, set[str]]) -> list[tuple[str, str]]:
    """The imports that are part of a cycle: what is imported comes, however indirectly, back to who imports it."""
    while kept := {name for name, found in graph.items() if found} & set().union(*graph.values()):
        if kept == graph.keys():
            break
        graph = {name: graph[name] & kept for name in kept}  # without what imports nothing, or is not imported
    else:
        return []

    def reached(start: str) -> set[str]:
        seen: set[str] = set()
        todo = [start]
        while todo:
            for following in graph.get(todo.pop(), ()):
                if following not in seen:
                    seen.add(following)
                    todo.append(following)
        return seen

    from_each = {name: reached(name) for name in graph}
    return [(name, other) for name, found in graph.items() for other in found if name in from_each.get(other, ())]


def package(name: str) -> str:
    """The package that a module is in; a package is in itself."""
    return name if MODULES[name].name == "__init__.py" else name.rpartition(".")[0]


def test_no_module_imports_itself_however_indirectly() -> None:
    """Lazy imports count as well: a cycle is no better for being walked later."""
    assert cycles(graph_of(str)) == []


def test_modules_that_name_each_others_types_are_of_one_package() -> None:
    assert [both for both in cycles(graph_of(str, types=True)) if package(both[0]) != package(both[1])] == []


def test_the_packages_have_no_import_cycle() -> None:
    """Within a layer too: a package below `searchlib` never imports, however indirectly, what imports it."""
    tops = {name: ".".join(name.split(".")[:2]) for name in MODULES}
    graph = graph_of(lambda name: tops[name])
    graph.pop("searchlib", None)
    assert cycles(graph) == []


@pytest.mark.parametrize(
    ("code", "absent"),
    [
        ("import searchlib", ("numpy", "whoosh", "click", "zstandard", "Stemmer", "filelock")),
        ("import searchlib.cli.main", ("numpy", "whoosh", "zstandard", "Stemmer", "filelock")),
        ("import searchlib.cli.commands.query, searchlib.cli.commands.index", ("numpy", "whoosh", "tomllib")),
    ],
)
def test_importing_stays_light(code: str, absent: tuple[str, ...]) -> None:
    script = f"import sys; {code}; print(*[name for name in {absent!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []
