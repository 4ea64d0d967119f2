"""Sessions for every supported Python and both Whooshes: ``nox``, or one by ``nox -s "tests-3.12(whoosh3)"``.

Whoosh and whoosh3 have the same import name and would overwrite each other, so a session installs searchlib without its
dependencies, and then these with the Whoosh chosen.
"""

from __future__ import annotations

import os
from pathlib import Path

import nox

ROOT = Path(__file__).parent
DIGESTS: dict[str, str] = {}  # of what a session has built; the next ones compare theirs
PYTHONS = ("3.11", "3.12", "3.13")
WHOOSHES = {"whoosh": "Whoosh==2.7.4", "whoosh3": "whoosh3==3.54.0"}

nox.options.default_venv_backend = "venv"
nox.options.error_on_missing_interpreters = False

PROJECT = nox.project.load_toml("pyproject.toml")


def extras() -> list[str]:
    """What the extras of searchlib need that its tests use."""
    optional = PROJECT["project"]["optional-dependencies"]
    return [need for name in ("web", "evaluate", "segment") for need in optional[name]]


def install(session: nox.Session, whoosh: str) -> None:
    """Install searchlib, what it needs, and one Whoosh."""
    needs = [need for need in PROJECT["project"]["dependencies"] if not need.startswith("Whoosh")]
    session.install(*needs, *extras(), *nox.project.dependency_groups(PROJECT, "test"), WHOOSHES[whoosh])
    session.install("--no-deps", ".")


@nox.session(python=PYTHONS)
@nox.parametrize("whoosh", [nox.param(name, id=name) for name in WHOOSHES])
def tests(session: nox.Session, whoosh: str) -> None:
    """The tests."""
    install(session, whoosh)
    session.run("pytest", *session.posargs)


@nox.session(python=PYTHONS[0])
def lowest(session: nox.Session) -> None:
    """The tests with the lowest version of each package that is allowed."""
    project = PROJECT["project"]
    needs = [*project["dependencies"], *extras()]
    pins = [need.partition(",")[0].replace(">=", "==") for need in needs if not need.startswith("click")]
    session.install(*pins, *nox.project.dependency_groups(PROJECT, "test"), "click==8.2.0")  # as its tests need
    session.install("--no-deps", ".")
    session.run("pytest", *session.posargs)


@nox.session(python=PYTHONS[0])
def integrations(session: nox.Session) -> None:
    """Retrievers and examples, with the libraries that they are for: also a step of .ci/run."""
    session.install(".[all]", *nox.project.dependency_groups(PROJECT, "integrations"))
    session.run(
        "pytest", "-c", "tests/integrations/pytest.ini", "tests/integrations", "tests/examples", *session.posargs
    )


@nox.session(python=PYTHONS[0])
@nox.parametrize("whoosh", [nox.param(name, id=name) for name in WHOOSHES])
def conformance(session: nox.Session, whoosh: str) -> None:
    """Whoosh's own tests, each Whoosh's, on searchlib's codec."""
    install(session, whoosh)
    session.run("python", "tests/conformance/run.py", *session.posargs)


@nox.session(python=PYTHONS[0])
def soak(session: nox.Session) -> None:
    """Hundreds of killed processes and sequences of updates, or as many as the environment says."""
    install(session, "whoosh")
    how_many = {name: os.environ.get(name, "300") for name in ("SEARCHLIB_KILLS", "SEARCHLIB_EXAMPLES")}
    session.run(
        "pytest",
        "tests/crash",
        "tests/engine/test_updates.py",
        "tests/engine/test_strangers.py",
        *session.posargs,
        env=how_many,
    )


@nox.session(python=PYTHONS[0])
def readers(session: nox.Session) -> None:
    """A reader beside 10,000 commits, with 64 open files; or for a time: ``nox -s readers -- --seconds 3600``."""
    install(session, "whoosh")
    session.run("python", "tests/soak/readers.py", *session.posargs)


@nox.session(python=PYTHONS[0])
def long(session: nox.Session) -> None:
    """The generated tests, with twenty times as many examples, and other ones each time."""
    install(session, "whoosh")
    session.run("pytest", "-m", "generated", *session.posargs, env={"HYPOTHESIS_PROFILE": "long"})


@nox.session(python=PYTHONS[0])
def mutation(session: nox.Session) -> None:
    """Faults put into modules that no test notices: ``nox -s mutation -- facets paragraphs/``, or into all listed."""
    install(session, "whoosh")
    session.install(*nox.project.dependency_groups(PROJECT, "mutation"))
    session.run("pip", "uninstall", "--yes", "--quiet", "searchlib")  # the copy with faults is to be imported
    session.run("python", "tests/mutation/run.py", *session.posargs)


@nox.session(python=PYTHONS)
def reproducible(session: nox.Session) -> None:
    """The digests of an index built by this Python: the same as by those before it."""
    install(session, "whoosh")
    folder = Path(session.create_tmp())
    session.run("python", "tests/engine/corpus.py", str(folder / "seeds"))
    for name, seeds in (("corpus", folder / "seeds"), ("seeds", ROOT / "seeds")):
        index = folder / f"{name}-index"
        digest = session.run(
            "python",
            "-m",
            "searchlib",
            "index",
            str(seeds),
            "--index",
            str(index),
            "--digest",
            silent=True,
            stderr=None,
        )
        assert isinstance(digest, str)
        session.log(f"{name}: {digest.strip()}")
        if DIGESTS.setdefault(name, digest) != digest:
            session.error(f"the index of {name} differs from that of an earlier Python")


@nox.session(python=PYTHONS[0])
def fuzz(session: nox.Session) -> None:
    """Hostile indexes, seeds and strangers, ten minutes or as told: ``nox -s fuzz -- --only updates --seconds 3600``.

    A failure is printed with its seed; ``--only updates --cases 1 --seed 7`` runs it again. ``--large`` begins with
    large seeds.
    """
    install(session, "whoosh")
    session.run("python", "tests/fuzz/run.py", *(session.posargs or ("--seconds", "600")))


@nox.session(python=PYTHONS[0])
def browser(session: nox.Session) -> None:
    """The page in Debian's Chromium, with axe-core; SEARCHLIB_SHOTS names a folder for screenshots."""
    install(session, "whoosh")
    session.install(*nox.project.dependency_groups(PROJECT, "browser"))
    session.run("python", "-m", "tests.browser.run", *session.posargs)


@nox.session(python=PYTHONS[0])
def schemathesis(session: nox.Session) -> None:
    """The HTTP API against its description: ``nox -s schemathesis -- --examples 1000``."""
    install(session, "whoosh")
    session.install(*nox.project.dependency_groups(PROJECT, "schemathesis"))
    session.run("python", "-m", "tests.overhttp.described", *session.posargs)


@nox.session(python=PYTHONS[0])
def load(session: nox.Session) -> None:
    """200 requests at once for a minute each: calm, and while an index is updated, taken away, its server restarted."""
    install(session, "whoosh")
    session.run("python", "-m", "tests.overhttp.load", *session.posargs)


@nox.session(python=PYTHONS[0])
def benchmark(session: nox.Session) -> None:
    """Whether what users call takes as long as it did, beside a peer: also a step of .ci/run."""
    session.install("-e", ".[all]", *nox.project.dependency_groups(PROJECT, "bench"))
    session.run("python", "-m", "benchmarks.check", *session.posargs)


@nox.session(python=PYTHONS[0])
def cluster(session: nox.Session) -> None:
    """Nodes of OpenSearch that end and disks that are full, in clusters of up to three: needs a JDK and Maven."""
    session.install("-e", ".[all]", *nox.project.dependency_groups(PROJECT, "test"))
    session.run("pytest", "tests/opensearch/failures.py", *session.posargs)


@nox.session(python=PYTHONS[0], name="http-fuzz")
def http_fuzz(session: nox.Session) -> None:
    """Requests that no browser sends: ``nox -s http-fuzz -- --seconds 600 --seed 2``."""
    install(session, "whoosh")
    session.run("python", "-m", "tests.overhttp.strangers", *session.posargs)


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
