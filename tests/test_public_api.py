"""What ``import searchlib`` promises: names, errors and documentation."""

from __future__ import annotations

import ast
import inspect
import re
import subprocess
import sys
from pathlib import Path

import pytest

import searchlib
from searchlib import errors

ERRORS = {
    name: value for name, value in vars(errors).items() if inspect.isclass(value) and issubclass(value, Exception)
}
PUBLIC = [name for name in searchlib.__all__ if not name.startswith("__")]


def test_the_exports_are_sorted_and_are_all_there_is() -> None:
    assert searchlib.__all__ == sorted(searchlib.__all__)
    tree = ast.parse(Path(searchlib.__file__).read_text(encoding="utf-8"))
    (imported,) = (node.body for node in tree.body if isinstance(node, ast.If))
    assert {alias.name for node in imported if isinstance(node, ast.ImportFrom) for alias in node.names} == set(PUBLIC)


def test_the_package_only_imports_and_lists_names() -> None:
    """`__init__.py` holds the public names, the version and nothing else."""
    tree = ast.parse(Path(searchlib.__file__).read_text(encoding="utf-8"))
    assert {type(node).__name__ for node in tree.body} <= {"Expr", "If", "ImportFrom", "Assign"}


def test_names_are_imported_when_they_are_asked_for() -> None:
    script = (
        "import sys, searchlib; before = set(sys.modules); searchlib.QueryError;"
        "assert 'searchlib.api' not in sys.modules; searchlib.open; assert 'searchlib.api' in sys.modules;"
        "assert set(searchlib.__all__) <= set(dir(searchlib))"
    )
    subprocess.run([sys.executable, "-c", script], check=True)
    with pytest.raises(AttributeError, match="module 'searchlib' has no attribute 'serach'"):
        searchlib.serach  # noqa: B018


@pytest.mark.parametrize("name", PUBLIC)
def test_every_public_name_is_documented(name: str) -> None:
    value = getattr(searchlib, name)
    assert inspect.getdoc(value), name
    if inspect.isclass(value):
        undocumented = [
            attribute
            for attribute, member in inspect.getmembers(value)
            if not attribute.startswith("_")
            and (inspect.isfunction(member) or isinstance(member, property))
            and not inspect.getdoc(member)
        ]
        assert not undocumented


@pytest.mark.parametrize("name", ["build", "copy", "open"])
def test_every_argument_of_the_ways_in_has_a_type(name: str) -> None:
    function = getattr(searchlib, name)
    parameters = inspect.signature(function).parameters.values()
    assert all(parameter.annotation is not parameter.empty for parameter in parameters)


def test_every_error_is_exported_and_has_one_base() -> None:
    assert set(ERRORS) <= set(searchlib.__all__)
    assert all(issubclass(error, searchlib.SearchlibError) for error in ERRORS.values())


def test_the_tree_of_errors_is_the_one_that_is_drawn() -> None:
    """The drawing in the docstring of searchlib.errors has every error, under its base."""
    drawn: dict[str, str] = {}
    above: list[str] = []
    for line in (errors.__doc__ or "").splitlines():
        match = re.match(r"    ([│ ├└─]*)(\w+)", line)
        if match is None or match[2] not in ERRORS:
            continue
        depth = len(match[1]) // 4
        del above[depth:]
        drawn[match[2]] = above[-1] if above else "Exception"
        above.append(match[2])
    actual = {
        name: next(base.__name__ for base in error.__bases__ if issubclass(base, Exception))
        for name, error in ERRORS.items()
    }
    assert drawn == actual


def test_no_error_has_the_name_of_a_builtin() -> None:
    import builtins

    assert not [name for name in ERRORS if hasattr(builtins, name)]


def test_the_version_is_that_of_the_package() -> None:
    """pyproject.toml and the code say the same version, and the changelog has it."""
    import tomllib

    root = Path(__file__).parents[1]
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["version"] == searchlib.__version__
    assert f"## {searchlib.__version__}" in (root / "CHANGELOG.md").read_text(encoding="utf-8")
