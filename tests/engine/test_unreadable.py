"""An error is not damage: what cannot be read for now is said as such, and nothing is changed because of it."""

from __future__ import annotations

import errno
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

import searchlib
from searchlib.cli.main import program
from searchlib.engines.whoosh.manifest import MANIFEST, read_manifest
from searchlib.model.records import Document

from .folders import contents
from .users import without_privileges

BY_HAND = Document("hand/letter", "A letter that no seed has.\n\nIts second paragraph.", title="By hand")
PATTERNS = (MANIFEST, "*.trm", "*.pst", "*.sto", "*.col", "*.seeds", "*.voc", "*.del")


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Seeds, and an index with deletions and a document that was added by hand."""
    folder = tmp_path_factory.mktemp("built")
    (folder / "seeds").mkdir()
    for name in ("one", "two", "three"):
        (folder / "seeds" / f"{name}.txt").write_text(f"Note {name}\n\nThe harbour of {name}.\n", "utf-8")
    index = searchlib.build(folder / "seeds", folder / "index", processes=1)
    with index.writer() as writer:
        writer.add(BY_HAND)
    (folder / "seeds" / "one.txt").write_text("Note one\n\nThe harbour is open.\n", "utf-8")
    again = searchlib.build(folder / "seeds", folder / "index", processes=1)
    assert again.verify() == [] and again.search("letter").total == 1
    return folder


@pytest.fixture
def place(built: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A copy that another user may write, as the current folder; not in pytest's, which is closed to others."""
    above = Path(tempfile.mkdtemp(dir="/tmp" if os.name == "posix" else None))
    above.chmod(0o755)
    place = above / "place"
    shutil.copytree(built, place)
    for path in (place, *place.rglob("*")):
        path.chmod(0o777 if path.is_dir() else 0o666)
    monkeypatch.chdir(place)
    yield place
    monkeypatch.undo()
    shutil.rmtree(above)


def ask(what: str) -> Callable[[], Any]:
    return {
        "open": lambda: searchlib.open("index").search("harbour").total,
        "build": lambda: searchlib.build("seeds", "index", processes=1),
        "writer": lambda: searchlib.open("index").writer(processes=1).__exit__(None, None, None),
        "verify": lambda: searchlib.open("index").verify(),
    }[what]


def command(*arguments: str) -> Result:
    return CliRunner().invoke(program, list(arguments), prog_name="searchlib")


@pytest.mark.skipif(os.name == "nt", reason="Windows has other permissions")
@pytest.mark.parametrize("pattern", PATTERNS)
def test_a_file_that_may_not_be_read_is_an_error_that_changes_nothing(place: Path, pattern: str) -> None:
    (path,) = list(Path("index").glob(pattern))[:1]
    before = contents(Path("index"))
    path.chmod(0)
    with without_privileges():
        with pytest.raises(searchlib.IndexUnreadable, match=r"cannot be read \(Permission denied\): see that you may"):
            ask("build")()
        assert command("index", "seeds", "--index", "index").exit_code == 2
    path.chmod(0o666)
    after = contents(Path("index"))
    assert {name: data for name, data in after.items() if name in before} == before
    index = ask("build")()
    assert index.changes.rebuilt == "" and index.search("letter").total == 1


@pytest.mark.skipif(os.name == "nt", reason="Windows has other permissions")
def test_a_query_says_of_a_file_that_may_not_be_read_that_it_may_not(place: Path) -> None:
    assert command("query", "harbour", "--index", "index").exit_code == 0  # what it imports, it has now
    Path("seeds/later.txt").write_text("Later, so that the digests of the seeds are looked at.\n", "utf-8")
    (digests,) = Path("index").glob("*.seeds")
    digests.chmod(0)
    with without_privileges():
        done = command("query", "harbour", "--index", "index")
    assert done.exit_code == 2
    assert f"{digests} cannot be read (Permission denied): see that you may read it" in done.stderr


@pytest.mark.parametrize("code", [errno.EIO, errno.EMFILE, errno.ENFILE, errno.EACCES, errno.EPERM])
@pytest.mark.parametrize("pattern", PATTERNS)
def test_errors_of_the_system_are_not_taken_for_damage(
    place: Path, monkeypatch: pytest.MonkeyPatch, pattern: str, code: int
) -> None:
    (path,) = list(Path("index").glob(pattern))[:1]
    before = contents(Path("index"))
    opened = os.open

    def refuse(name: Any, *arguments: Any, **options: Any) -> int:
        if os.fspath(name) in (path.name, os.fspath(path)):
            raise OSError(code, os.strerror(code), name)
        return opened(name, *arguments, **options)

    monkeypatch.setattr(os, "open", refuse)
    with pytest.raises(searchlib.IndexUnreadable, match=os.strerror(code)):
        ask("build")()
    if pattern != "*.seeds":
        with pytest.raises(searchlib.IndexUnreadable, match=os.strerror(code)):
            ask("open")()
    monkeypatch.undo()
    assert {name: data for name, data in contents(place / "index").items() if name in before} == before
    assert set(read_manifest(place / "index").all_files) < set(before)


def test_verify_says_of_a_file_that_cannot_be_read_why(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    index = searchlib.open("index")
    (path,) = Path("index").glob("*.seeds")
    opened = os.open

    def refuse(name: Any, *arguments: Any, **options: Any) -> int:
        if os.fspath(name) == path.name:
            raise OSError(errno.EIO, os.strerror(errno.EIO), name)
        return opened(name, *arguments, **options)

    monkeypatch.setattr(os, "open", refuse)
    assert [(problem.file, problem.message) for problem in index.verify()] == [
        (path.name, f"cannot be read: {os.strerror(errno.EIO)}")
    ]
