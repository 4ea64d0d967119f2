"""Sessions for every supported Python and both Whooshes: ``nox``, or one by ``nox -s "tests-3.12(whoosh3)"``.

Whoosh and whoosh3 have the same import name and would overwrite each other, so a session installs searchlib without its
dependencies, and then these with the Whoosh chosen.
"""

from __future__ import annotations

import nox

PYTHONS = ("3.11", "3.12", "3.13")
WHOOSHES = {"whoosh": "Whoosh==2.7.4", "whoosh3": "whoosh3==3.54.*"}

nox.options.default_venv_backend = "venv"
nox.options.error_on_missing_interpreters = False

PROJECT = nox.project.load_toml("pyproject.toml")


def install(session: nox.Session, whoosh: str) -> None:
    """Install searchlib, what it needs, and one Whoosh."""
    needs = [need for need in PROJECT["project"]["dependencies"] if not need.startswith("Whoosh")]
    extras = PROJECT["project"]["optional-dependencies"]["formats"]
    session.install(*needs, *extras, *nox.project.dependency_groups(PROJECT, "test"), WHOOSHES[whoosh])
    session.install("--no-deps", ".")


@nox.session(python=PYTHONS)
@nox.parametrize("whoosh", [nox.param(name, id=name) for name in WHOOSHES])
def tests(session: nox.Session, whoosh: str) -> None:
    """The tests."""
    install(session, whoosh)
    session.run("pytest", *session.posargs)


@nox.session(python=PYTHONS[0])
def conformance(session: nox.Session) -> None:
    """Whoosh's own tests, on searchlib's codec."""
    install(session, "whoosh")
    session.run("python", "tests/conformance/run.py", *session.posargs)


@nox.session(python=PYTHONS[0])
def lint(session: nox.Session) -> None:
    """Style and types."""
    install(session, "whoosh")
    session.install(*nox.project.dependency_groups(PROJECT, "lint"))
    session.run("ruff", "check", ".")
    session.run("ruff", "format", "--check", ".")
    session.run("mypy")


@nox.session(python=PYTHONS[0])
def docs(session: nox.Session) -> None:
    """The documents: current, with examples that run and links that lead somewhere."""
    install(session, "whoosh")
    session.run("python", "-m", "searchlib.cli.reference", "--check")
    session.run("pytest", "tests/test_documentation.py")
