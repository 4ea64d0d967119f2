"""Whatever strangers do between two steps, an index answers as it did, or as it should, or says what is wrong.

`Strangers` are `Updates` in whose folder, before any step, things are put that are no files, manifests are forged and
signed anew, files damaged or forbidden, and which is replaced by another folder. What must hold:

* nothing outside the folder changes, nor a file in it that is somebody else's;
* what goes wrong is a SearchlibError of one sentence, and never a fault;
* a reader answers as some generation did; the next update mends everything, as one built from nothing;
* documents that no seed has are kept, or named as lost.

``SEARCHLIB_EXAMPLES`` says how many sequences are tried; ``nox -s fuzz -- --only updates`` goes on for a time.
"""

from __future__ import annotations

import os
import random
import shutil
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, rule

import searchlib
from searchlib import Document, SearchlibError
from searchlib.cli.main import program
from searchlib.engines.whoosh import disk
from searchlib.engines.whoosh.locking import LOCK, PRIVATE
from searchlib.engines.whoosh.manifest import read_manifest
from searchlib.errors import IndexReadOnly
from searchlib.files.names import MANIFEST
from searchlib.guards import cleaning
from tests.fuzz import damages
from tests.fuzz.indexes import limited
from tests.fuzz.manifests import FORGERIES, forge

from . import strangers
from .answers import answers
from .folders import contents
from .test_updates import Stopped, StoppingDisk, Updates
from .users import NOBODY, without_privileges

pytestmark = pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no FIFOs")

SECONDS = 240.0  # nothing waits so long, but on a busy machine
WARM: list[bool] = []
numbers = st.integers(0, 2**32)


class Strangers(Updates):
    """Seeds change, strangers come by, and the index follows."""

    above = "/tmp"

    @initialize()
    def begin(self) -> None:
        super().begin()
        self.outside = strangers.make_outside(self.root)
        self.by_hand: dict[str, Document] = {}  # that are in the index, or were when somebody came by
        self.unsure: set[str] = set()  # names of those that may be in the index, or not
        self.known: dict[str, Any] = {}  # what each generation answers, by its digest
        self.reader: searchlib.Index | None = None
        self.copies: list[tuple[Path, dict[str, Document]]] = []
        self.meddled = self.forged = self.signed = False
        self.harms = 0  # since the index was last built
        (self.seeds / "always.txt").write_text("A harbour.\n\nThe ship.\n", "utf-8")
        other = self.root / "other-seeds"
        other.mkdir()
        (other / "x.txt").write_text("Another harbour.\n", "utf-8")
        with limited(SECONDS), searchlib.build(other, self.root / "other", processes=1) as index:
            letter = Document("hand/other", "A letter of others.")
            with index.writer(processes=1) as writer:
                writer.add(letter)
            self.remember(index)
        self.copies.append((self.root / "other", {letter.path: letter}))
        if not WARM:  # whoever is not root may not be able to import what is missing
            answers(searchlib.open(self.root / "other"))
            WARM.append(True)
        self.index.mkdir()
        strangers.put_foreign(self.index)
        self.foreign = True

    def teardown(self) -> None:
        self.reader = None
        super().teardown()

    # What strangers do

    @rule(place=numbers, kind=st.sampled_from(strangers.KINDS))
    def put(self, place: int, kind: str) -> None:
        names = strangers.places(self.index)
        self.put_at(names[place % len(names)], kind)

    @rule(place=st.sampled_from(strangers.HIDDEN), kind=st.sampled_from(strangers.KINDS))
    def put_hidden(self, place: str, kind: str) -> None:
        self.put_at(place, kind)

    def put_at(self, name: str, kind: str) -> None:
        self.come_by()
        path = self.index / name
        strangers.put(kind, path, self.outside)

    @rule(name=st.sampled_from(sorted(FORGERIES)))
    def forge(self, name: str) -> None:
        if self.has_manifest():
            self.come_by()
            try:
                forge(self.index, FORGERIES[name])
            except (ValueError, TypeError, KeyError, IndexError, AttributeError):
                return  # what is there is no manifest
            self.signed = True

    @rule(seed=numbers)
    def forge_anything(self, seed: int) -> None:
        self.change_files(damages.FORGERIES, seed)
        self.signed = self.forged = True

    @rule(seed=numbers)
    def damage(self, seed: int) -> None:
        self.change_files(damages.ACCIDENTS, seed)

    def change_files(self, how: tuple[damages.Damage, ...], seed: int) -> None:
        if self.is_sound():
            self.come_by()
            strangers.detach(self.index)
            chance = random.Random(seed)
            foreign = {name: self.index / name for name in strangers.FOREIGN if (self.index / name).exists()}
            for path in foreign.values():
                path.unlink()
            try:
                chance.choice(how)(self.index, chance)
            finally:
                for path in foreign.values():
                    path.write_bytes(strangers.PRECIOUS)

    @rule()
    def keep_a_copy(self) -> None:
        if self.current:
            target = self.root / f"copy{len(self.copies)}"
            shutil.copytree(self.index, target)
            self.copies.append((target, dict(self.by_hand)))

    @rule(number=st.integers(-1, 5))
    def replace_the_folder(self, number: int) -> None:
        self.come_by()
        self.replace(number)

    def replace(self, number: int) -> None:
        """By a copy, or by an empty folder; what was there goes."""
        shutil.rmtree(self.index, ignore_errors=True)
        self.unsure = set()
        if number < 0:
            self.index.mkdir()
            self.by_hand, self.foreign = {}, False
        else:
            copy, self.by_hand = self.copies[number % len(self.copies)]
            self.by_hand = dict(self.by_hand)
            shutil.copytree(copy, self.index)
            self.foreign = (self.index / strangers.FOREIGN[0]).exists()

    @rule(place=numbers)
    def forbid(self, place: int) -> None:
        """A file of the index may not be read for a while: an error, if anything, and no change."""
        names = [name for name in strangers.places(self.index) if (self.index / name).is_file()]
        if not self.current or not names:
            return
        self.give_away()
        path = self.index / names[place % len(names)]
        before, mode = self.contents(), path.stat().st_mode
        path.chmod(0)
        try:
            with without_privileges(), limited(SECONDS):
                strangers.refused(lambda: self.ask(searchlib.open(self.index)))
                strangers.refused(lambda: searchlib.open(self.index).verify())
                error = strangers.refused(lambda: self.really_build(self.index))
        finally:
            path.chmod(mode)
        if error is not None:
            assert self.contents() == before, "an error is not damage"
        self.give_away()

    def give_away(self) -> None:
        """Have everything be somebody's who is not root."""
        if os.geteuid() == 0:
            for path in (self.root, *self.root.rglob("*")):
                os.chown(path, NOBODY, NOBODY, follow_symlinks=False)

    # What we do

    @rule(number=st.integers(0, 3), add=st.booleans())
    def write_by_hand(self, number: int, add: bool) -> None:
        if self.current:
            with limited(SECONDS), searchlib.open(self.index) as index:
                with index.writer(processes=1) as writer:
                    self.change_by_hand(writer, number, add)
                self.apply(number, add)
                self.remember(index)

    @rule(number=st.integers(0, 3), add=st.booleans(), place=numbers, kind=st.sampled_from(strangers.KINDS))
    def write_while_somebody_comes_by(self, number: int, add: bool, place: int, kind: str) -> None:
        """A writer is open: something is put in a place, or the folder is replaced."""
        if not self.current:
            return
        with limited(SECONDS), searchlib.open(self.index) as index:
            writer = index.writer(processes=1)
            self.change_by_hand(writer, number, add)
            if place % 3:
                names = strangers.places(self.index)
                strangers.put(kind, self.index / names[place % len(names)], self.outside)
                before = None
            else:
                self.replace(place % 7 - 1)
                before = self.contents()
            self.come_by()
            error = strangers.refused(lambda: writer.__exit__(None, None, None))
            if before is not None:
                assert isinstance(error, IndexReadOnly) and "was replaced" in str(error), repr(error)
                assert self.contents() == before, "the folder that took its place is left alone"
            else:
                self.unsure.add(f"hand/{number}")
                strangers.refused(lambda: self.remember(index))

    def change_by_hand(self, writer: Any, number: int, add: bool) -> None:
        if add:
            writer.add(letter(number))
        else:
            writer.remove(f"hand/{number}")

    def apply(self, number: int, add: bool) -> None:
        self.by_hand.pop(f"hand/{number}", None)
        if add:
            self.by_hand[f"hand/{number}"] = letter(number)

    @rule()
    def read(self) -> None:
        """A reader that follows the index says what some generation of it says, or why it cannot."""
        try:
            with limited(SECONDS):
                if self.reader is None:
                    self.reader = searchlib.open(self.index, refresh="auto")
                found = self.ask(self.reader)
                digest = self.reader._current.digest
        except SearchlibError as error:
            assert strangers.said_well(error), repr(error)
            return
        if digest in self.known:
            assert found == self.known[digest], "of a generation it says what that said"
        else:
            assert self.signed, "there was no such generation"

    @rule(command=st.sampled_from(["query", "verify", "stats", "check"]))
    def ask_from_a_terminal(self, command: str) -> None:
        arguments = {
            "query": ["query", "harbour"],
            "verify": ["verify"],
            "stats": ["stats"],
            "check": ["index", str(self.seeds), "--check"],
        }[command]
        with limited(SECONDS):
            done = CliRunner().invoke(program, [*arguments, "--index", str(self.index)], prog_name="searchlib")
        assert done.exit_code in (0, 1, 2), done.output
        assert done.exception is None or isinstance(done.exception, SystemExit), repr(done.exception)
        assert "fault in searchlib" not in done.output, done.output
        assert cleaning.escape(done.output) == done.output, "something unsafe is printed"

    def build(self, index: Path, compact: bool = False) -> searchlib.Index:
        """As an owner does who reads what is said, and does it."""
        with limited(SECONDS):
            if index != self.index:
                built = self.really_build(index)
                if self.by_hand:
                    with built.writer(processes=1) as writer:
                        for document in self.by_hand.values():
                            writer.add(document)
                return self.really_build(index, compact=True)
            built = self.mended(compact)
            if self.forged:  # what it says of documents that no seed has nobody can know
                built = self.really_build(index, compact=compact, rebuild=True)
                with built.writer(processes=1) as writer:
                    for path in strangers.by_hand(built):
                        writer.remove(path)
                built = self.really_build(index, compact=compact)
                self.by_hand = {}
            else:
                self.account(built)
            self.forged = False
            self.harms = 0
            self.remember(built)
            return built

    def mended(self, compact: bool) -> searchlib.Index:
        for _ in range(3):
            try:
                built = self.really_build(self.index, compact=compact)
                if self.meddled:  # journals too: what these knew of is left lying about, and Whoosh would read it
                    for path in set(self.index.glob("_MAIN_*.toc")) - set(map(self.index.joinpath, self.named())):
                        strangers.put("gone", path, self.outside)
                return built
            except IndexReadOnly as error:
                assert strangers.said_well(error), repr(error)
                (where,) = {name for name in (LOCK, PRIVATE) if name in str(error)} or {""}
                assert where and self.meddled, repr(error)
                strangers.put("gone", self.index / where, self.outside)
        raise AssertionError("it goes on being refused")

    def really_build(self, index: Path, **options: Any) -> searchlib.Index:
        return searchlib.build(self.seeds, index, processes=1, **options)

    def account(self, built: searchlib.Index) -> None:
        """That no document that came by hand is gone without a word; go on with those that are there."""
        changes = built.changes
        assert changes is not None
        there = strangers.by_hand(built)
        named = " ".join(f"{name} {why}" for name, why in changes.lost)
        for path in self.by_hand.keys() - there - self.unsure:
            # Where the manifest is gone too, nobody can know that a file was there.
            is_named = path in named or ".sto" in named or self.harms > 1
            assert changes.rebuilt and is_named, f"{path} is gone without a word"
        for path in there - self.by_hand.keys() - self.unsure:
            assert changes.rebuilt, f"{path} came back"
        self.by_hand = {path: self.letter_of(path) for path in there}
        self.unsure = set()

    def letter_of(self, path: str) -> Document:
        for _, documents in self.copies:
            if path in documents:
                return documents[path]
        return letter(int(path.removeprefix("hand/")))

    # What is looked at

    def named(self) -> set[str]:
        """The files that are somebody's."""
        return {*read_manifest(self.index).all_files, *strangers.FOREIGN}

    def come_by(self) -> None:
        self.current = False
        self.meddled = True
        self.harms += 1

    def has_manifest(self) -> bool:
        path = self.index / MANIFEST
        return path.is_file() and not path.is_symlink() and path.stat().st_nlink == 1

    def is_sound(self) -> bool:
        """Whether all files are such: the functions that damage files follow links."""
        try:
            searchlib.open(self.index).close()
        except SearchlibError:
            return False
        return all(
            path.is_file() and not path.is_symlink() and path.stat().st_nlink == 1
            for path in self.index.iterdir()
            if path.name[0] != "." and path.name not in ("notes", "precious") and ".aside" not in path.name
        ) and any(self.index.glob("*.seeds"))

    def contents(self) -> dict[str, bytes]:
        """What is in the folder of the index, the lock and the private folder aside."""
        return {
            name: data
            for name, data in contents(self.index).items()
            if name != LOCK and not name.startswith(PRIVATE + "/")
        }

    def ask(self, index: searchlib.Index) -> Any:
        results = index.search("harbour", limit=100)
        return [(hit.id, round(hit.score, 9), hit.text) for hit in results], index.search("*").total

    def remember(self, index: searchlib.Index) -> None:
        with searchlib.open(index.path) as opened:
            self.known[opened.digest] = self.ask(opened)

    @rule(
        ending=st.sampled_from([".trm", ".sto", ".toc", ".seeds", ".del", "searchlib.json"]),
        compact=st.booleans(),
    )
    def crash(self, ending: str, compact: bool) -> None:
        sure = self.current
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(disk, "DISK", StoppingDisk(ending))
            try:
                self.build(self.index, compact=compact)
                self.current = True
            except Stopped:
                if not sure:  # what it lost it could not say any more
                    self.unsure |= self.by_hand.keys()
                strangers.refused(lambda: self.remember(searchlib.open(self.index)))

    @rule()
    def compact(self) -> None:
        self.build(self.index, compact=True)
        self.current = True
        made, clean = self.contents(), contents(self.clean())
        assert [name for name in clean if name != LOCK and made.get(name) != clean[name]] == []
        left = made.keys() - clean.keys() - set(strangers.FOREIGN)
        assert self.meddled or not left, "files that nothing names"

    @invariant()
    def nothing_is_touched_that_is_somebody_elses(self) -> None:
        if not hasattr(self, "outside"):
            return
        assert strangers.is_untouched(self.outside), "something outside was touched"
        assert not self.foreign or strangers.foreign_kept(self.index), "a file of somebody else was touched"


def letter(number: int) -> Document:
    return Document(f"hand/{number}", f"A letter of {number} ships in the harbour.", metadata={"by": "Ann"})


Strangers.TestCase.settings = Updates.TestCase.settings
TestStrangers = Strangers.TestCase
