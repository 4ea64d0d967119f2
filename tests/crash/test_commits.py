"""A commit is whole: whatever goes wrong, and wherever, the index is as it was before, or as it should be after."""

from __future__ import annotations

import errno
import hashlib
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import pytest

import searchlib
from searchlib.engines.whoosh import disk
from searchlib.errors import IndexMissing, IndexReadOnly

from .disks import Stopped, UnsafeDisk, unsafe

QUERIES = ("harbour", "the harbour", '"the harbour"', "harb*", "title:notes winter", "by:ann", "erdogan -again", "*")

TEXTS = {
    "notes.txt": "Notes\n\nThe harbour is closed in winter.\n\nShips wait outside the harbour until spring.\n",
    "letter.txt": "A letter\n\nErdogan wrote to the harbour office.\n\nErdoğan wrote again.\n",
    "log.md": "---\nby: Ann\n---\n# Log\n\nA ship came in.\n\nThe harbour was full.\n",
}


def write(seeds: Path, **texts: str | None) -> None:
    """Write or remove seeds; ``log_md`` is log.md."""
    for key, text in texts.items():
        path = seeds / key.replace("_", ".")
        if text is None:
            path.unlink()
        else:
            path.write_text(text, encoding="utf-8")


def build(seeds: Path, index: Path) -> None:
    searchlib.build(seeds, index, processes=1)


def nothing(seeds: Path, index: Path) -> None:
    pass


def change(seeds: Path, index: Path) -> None:
    write(seeds, notes_txt="Notes\n\nThe harbour is open.\n", new_txt="New\n\nA lighthouse at the harbour.\n")


def remove(seeds: Path, index: Path) -> None:
    write(seeds, log_md=None, letter_txt=None)


def two_segments(seeds: Path, index: Path) -> None:
    build(seeds, index)
    change(seeds, index)
    build(seeds, index)


def compact(seeds: Path, index: Path) -> None:
    searchlib.build(seeds, index, processes=1, compact=True)


SCENARIOS: dict[
    str, tuple[Callable[[Path, Path], None], Callable[[Path, Path], None], Callable[[Path, Path], None]]
] = {
    "build": (nothing, nothing, build),  # what was there, what then became of the seeds, what is done
    "update": (build, change, build),
    "delete": (build, remove, build),
    "merge": (two_segments, nothing, compact),
}


def answers(index: Path) -> Any:
    """All that an index answers; None if there is none."""
    try:
        opened = searchlib.open(index)
    except IndexMissing:
        return None
    assert opened.verify() == []
    found = {}
    for query in QUERIES:
        results = opened.search(query, limit=100)
        found[query] = ([(hit.id, hit.score, hit.text) for hit in results], results.total)
    return found


@dataclass
class Scenario:
    """A commit about to be made: where things are, and what an index answers before and after it."""

    name: str
    base: Path
    folder: Path
    commit: Callable[[Path, Path], None]
    before: Any
    after: Any
    numbers: count[int] = field(default_factory=count)
    known: dict[str, str] = field(default_factory=dict)

    def copy(self) -> Path:
        """A copy of the index as it is before."""
        place = self.folder / str(next(self.numbers))
        place.mkdir()
        if (self.base / "index").exists():
            shutil.copytree(self.base / "index", place / "index")
        return place / "index"

    def run(self, at: int = 0, error: int = 0) -> UnsafeDisk:
        """Make the commit on a copy, which goes wrong at an operation."""
        index = self.copy()
        unsafe_disk = UnsafeDisk(index, index.parent / "kept", at, error)
        with unsafe(unsafe_disk):
            try:
                self.commit(self.base / "seeds", index)
            except Stopped:
                assert at and not error
            except IndexReadOnly:
                assert error
        return unsafe_disk

    def check(self, index: Path) -> str:
        """That the index is whole, and that the next build makes it what it should be; which of the two it is."""
        state = state_of(index)
        if state not in self.known:
            found = answers(index)
            assert found in (self.before, self.after)
            self.known[state] = "after" if found == self.after else "before"
            build(self.base / "seeds", index)
            assert answers(index) == self.after
            named = {path.name for path in index.iterdir()} - {".lock"}
            assert named == {"searchlib.json", *files_of(index)}, "nothing is left lying about"
        shutil.rmtree(index.parent)
        return self.known[state]


def files_of(index: Path) -> set[str]:
    from searchlib.engines.whoosh.manifest import read_manifest

    return set(read_manifest(index).all_files)


def state_of(index: Path) -> str:
    """A digest of all that is in a folder; the private folder is looked into by nobody, so it is there or not."""
    hashed = hashlib.blake2b()
    for path in sorted(index.iterdir()) if index.exists() else ():
        hashed.update(f"{path.name}\0".encode())
        if path.is_file():
            hashed.update(path.read_bytes() + b"\0")
    return hashed.hexdigest()


@pytest.fixture(scope="module", params=SCENARIOS)
def scenario(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Scenario:
    base, folder = tmp_path_factory.mktemp("base"), tmp_path_factory.mktemp("copies")
    seeds = base / "seeds"
    seeds.mkdir()
    for name, text in TEXTS.items():
        (seeds / name).write_text(text, encoding="utf-8")
    prepare, happens, commit = SCENARIOS[request.param]
    prepare(seeds, base / "index")
    happens(seeds, base / "index")
    made = Scenario(request.param, base, folder, commit, answers(base / "index"), None)
    index = made.copy()
    commit(seeds, index)
    made.after = answers(index)
    shutil.rmtree(index.parent)
    return made


@pytest.fixture(autouse=True, scope="module")
def a_disk_that_needs_no_time() -> Iterator[None]:
    """These tests decide themselves what is lost."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(disk, "_sync", lambda *_: None)
        yield


def operations(scenario: Scenario) -> int:
    done = scenario.run()
    found = len(done.log)
    assert scenario.check(done.folder) == "after"
    return found


@pytest.mark.parametrize("lost", [0, 1, 2], ids=["killed", "unsynced writes lost", "unsynced writes torn"])
def test_a_process_that_stops_at_any_operation_leaves_the_old_index_or_the_new(scenario: Scenario, lost: int) -> None:
    outcomes = []
    for at in range(1, operations(scenario) + 1):
        stopped = scenario.run(at)
        if lost:
            stopped.lose(lost)
        outcomes.append(scenario.check(stopped.folder))
    if scenario.before != scenario.after:
        assert outcomes[0] == "before"
        assert outcomes == sorted(outcomes, reverse=True), "once it is committed it stays so"


@pytest.mark.parametrize("error", [errno.ENOSPC, errno.EIO, errno.EACCES], ids=errno.errorcode.__getitem__)
def test_an_error_at_any_operation_leaves_the_old_index_or_the_new(scenario: Scenario, error: int) -> None:
    for at in range(1, operations(scenario) + 1):
        scenario.check(scenario.run(at, error).folder)


def test_everything_that_changes_the_index_goes_through_the_disk_that_is_counted(scenario: Scenario) -> None:
    """Or else a crash there would not be tested. What is only in the private folder need not be."""
    index = scenario.copy()
    program = [sys.executable, "-c", AUDITED, scenario.name, str(scenario.base / "seeds"), str(index)]
    subprocess.run(program, check=True, timeout=60, cwd=Path(__file__).parents[1])
    assert scenario.check(index) == "after"


AUDITED = """
import os, sys
from pathlib import Path
import searchlib
from searchlib.engines.whoosh import disk
name, seeds, index = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])
seen = []
def hook(event, arguments):
    if event == "open":
        changes = isinstance(arguments[2], int) and arguments[2] & (os.O_WRONLY | os.O_RDWR | os.O_CREAT)
        paths = arguments[:1] if changes else ()
    elif event in ("os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.truncate", "os.link", "os.symlink"):
        paths = [part for part in arguments if isinstance(part, (str, bytes, os.PathLike))]
    else:
        return
    for path in paths:
        if not isinstance(path, (str, bytes, os.PathLike)):
            continue
        path = Path(os.fsdecode(path))
        # The folder itself is there by then; filelock makes sure of it once more.
        if index in path.parents and path.parent.name != ".searchlib" and path.name != ".lock":
            frame = sys._getframe(1)
            while frame is not None and frame.f_code.co_filename != disk.__file__:
                frame = frame.f_back
            if frame is None:
                seen.append((event, str(path)))
sys.addaudithook(hook)
searchlib.build(seeds, index, processes=1, compact=name == "merge")
assert not seen, seen
"""


def test_the_manifest_is_renamed_after_everything_is_synced_and_before_anything_is_removed(scenario: Scenario) -> None:
    done = scenario.run()
    log = done.log
    shutil.rmtree(done.folder.parent)
    commit = log.index("rename searchlib.json")
    syncs = [number for number, entry in enumerate(log) if entry.startswith("sync ") and number < commit]
    renames = [number for number, entry in enumerate(log) if entry.startswith("rename ") and "new" not in entry]
    assert log[commit - 1] == "sync searchlib.json"
    assert log[commit + 1] == "sync folder index"
    written = {
        entry.removeprefix("sync ") for entry in log[:commit] if entry.startswith("sync ") and "folder" not in entry
    }
    assert written >= {log[number].removeprefix("rename ") for number in renames if number > min(syncs)}
    assert not [entry for entry in log[:commit] if entry.startswith("remove ") and entry != "remove .searchlib"]
