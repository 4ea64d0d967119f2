"""Commits to stop at any operation: what was there before, what happens, and what an index must answer then."""

from __future__ import annotations

import hashlib
import os
import random
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import searchlib
from searchlib.engines.whoosh.locking import JOURNAL, LOCK, OWN, PRIVATE, WRITER
from searchlib.errors import IndexMissing, IndexReadOnly
from tests.engine import strangers

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

    def visited(self, chance: random.Random, operations: int) -> str:
        """Stop anywhere, and have a stranger put something into the index before the next build mends it.

        Beside it is what nobody has a right to, and in it what is somebody else's.
        """
        at, lost = chance.randrange(1, operations + 1), chance.randrange(3)
        stopped = self.run(at)
        index, done = stopped.folder, [f"{self.name} stops at {at} ({stopped.log[-1]}), {lost} lost"]
        try:
            if lost:
                stopped.lose(lost)
            index.mkdir(exist_ok=True)
            outside = strangers.make_outside(index.parent)
            strangers.put_foreign(index)
            is_damaged = False
            for _ in range(chance.choice((1, 1, 2))):
                place, kind = strangers.anywhere(index, chance), chance.choice(strangers.KINDS)
                done.append(f"{place} becomes {kind}")
                is_damaged = is_damaged or not place.startswith(".")
                strangers.put(kind, index / place, outside, chance)
            said = strangers.refused(lambda: self.one_of_both(index, is_damaged))
            assert said is None or is_damaged, f"it does not open: {said}"
            self._built(index)
            assert answers(index) == self.after
            assert strangers.is_untouched(outside), "something outside was touched"
            assert strangers.foreign_kept(index), "a file of somebody else was touched"
        except BaseException as error:
            error.add_note("; ".join(done))
            raise
        shutil.rmtree(index.parent)
        return "visited and mended" if is_damaged else "visited"

    def one_of_both(self, index: Path, is_damaged: bool) -> None:
        """That an index answers as before or as after, where it answers."""
        try:
            found = answers(index)
        except AssertionError:
            if not is_damaged:  # verify says so
                raise
            return
        assert found in (self.before, self.after) or (found is None and is_damaged), "neither the old nor the new"

    def _built(self, index: Path) -> None:
        """Build as an owner does who removes what is in the way."""
        for _ in range(3):
            try:
                build(self.base / "seeds", index)
                return
            except IndexReadOnly as error:
                in_the_way = index / (LOCK if LOCK in str(error) else PRIVATE)
                assert strangers.said_well(error) and os.path.lexists(in_the_way), repr(error)
                strangers.put("gone", in_the_way, index)
        raise AssertionError("it goes on being refused")


def files_of(index: Path) -> set[str]:
    from searchlib.engines.whoosh.manifest import read_manifest

    return set(read_manifest(index).all_files)


def state_of(index: Path) -> str:
    """A digest of all that is in a folder; of the private one, of what the next process goes by."""
    hashed = hashlib.blake2b()
    for path in sorted(index.iterdir()) if index.exists() else ():
        hashed.update(f"{path.name}\0".encode())
        for file in [path] if path.is_file() else sorted(path.iterdir()) if path.name == PRIVATE else ():
            if file == path or file.name.startswith((OWN, JOURNAL)):
                hashed.update(f"{file.name}\0".encode() + file.read_bytes() + b"\0")
            elif file.name == WRITER:
                hashed.update(b"writer\0")
    return hashed.hexdigest()


def make_scenario(name: str, place: Path) -> Scenario:
    """The scenario of this name, in a new folder."""
    base, folder = place / "base", place / "copies"
    seeds = base / "seeds"
    seeds.mkdir(parents=True)
    folder.mkdir()
    for file, text in TEXTS.items():
        (seeds / file).write_text(text, encoding="utf-8")
    prepare, happens, commit = SCENARIOS[name]
    prepare(seeds, base / "index")
    happens(seeds, base / "index")
    made = Scenario(name, base, folder, commit, answers(base / "index"), None)
    index = made.copy()
    commit(seeds, index)
    made.after = answers(index)
    shutil.rmtree(index.parent)
    return made
