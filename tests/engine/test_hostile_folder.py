"""An index folder is hostile until read, and may hold files of its owner: nothing of either is followed or touched."""

from __future__ import annotations

import errno
import gc
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

import searchlib
from searchlib.engines.whoosh.locking import JOURNAL, LOCK, OWN, PRIVATE, WRITER
from searchlib.files.names import MANIFEST

from . import strangers
from .folders import contents
from .strangers import FOREIGN, NO_FILES, PRECIOUS

FILES = (MANIFEST, "*.trm", "*.pst", "*.sto", "*.col", "*.seeds", "*.voc", "*.del", "*.toc")

pytestmark = pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no FIFOs")


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("built")
    (folder / "seeds").mkdir()
    for name in ("one", "two", "three"):
        (folder / "seeds" / f"{name}.txt").write_text(f"Note {name}\n\nThe harbour of {name}.\n", "utf-8")
    searchlib.build(folder / "seeds", folder / "index", processes=1)
    (folder / "seeds" / "one.txt").write_text("Note one\n\nThe harbour is open.\n\nShips came in.\n", "utf-8")
    searchlib.build(folder / "seeds", folder / "index", processes=1)
    return folder


@pytest.fixture
def place(built: Path, tmp_path: Path) -> Path:
    """A copy of seeds and index, and beside them a file and a folder that nobody has a right to."""
    shutil.copytree(built, tmp_path / "place")
    strangers.make_outside(tmp_path / "place")
    return tmp_path / "place"


def put(kind: str, path: Path) -> None:
    """Put something that is no file in a place of an index."""
    outside = path.absolute().parents[1 if path.parent.name == "index" else 2] / "outside"
    strangers.put(kind, path, outside)


def build(place: Path) -> searchlib.Index:
    return searchlib.build(place / "seeds", place / "index", processes=1)


def nothing_outside_changed(place: Path) -> bool:
    return strangers.is_untouched(place / "outside")


@pytest.mark.parametrize("kind", NO_FILES)
@pytest.mark.parametrize("pattern", FILES)
def test_what_is_no_file_is_neither_read_nor_written_through_and_is_mended(
    place: Path, pattern: str, kind: str
) -> None:
    (path,) = list((place / "index").glob(pattern))[:1]
    put(kind, path)
    if pattern not in ("*.seeds", "*.toc"):  # which searching does not read
        with pytest.raises(searchlib.IndexCorrupt):
            searchlib.open(place / "index")
    index = build(place)
    assert index.verify() == [] and index.search("harbour").total == 3
    assert nothing_outside_changed(place)
    if kind == "full folder":
        aside = path.with_name(f"{path.name}.aside1") / "precious"
        assert (aside if aside.exists() else path / "precious").read_bytes() == PRECIOUS


@pytest.mark.parametrize("kind", NO_FILES)
def test_a_lock_that_is_no_file_is_refused(place: Path, kind: str) -> None:
    before = contents(place / "index")
    put(kind, place / "index" / LOCK)
    (place / "seeds" / "new.txt").write_text("A new note.\n", "utf-8")
    with pytest.raises(searchlib.IndexReadOnly, match=r"\.lock is a .*, not a file: remove it, or choose another"):
        build(place)
    assert nothing_outside_changed(place)
    after = contents(place / "index")
    assert {name: after[name] for name in before if name != LOCK} == {
        name: data for name, data in before.items() if name != LOCK
    }


def test_a_lock_that_is_a_file_of_somebody_else_too_is_not_written(place: Path) -> None:
    put("hard link", place / "index" / LOCK)
    (place / "seeds" / "new.txt").write_text("A new note.\n", "utf-8")
    assert build(place).search("new").total == 1
    assert nothing_outside_changed(place)


@pytest.mark.parametrize("kind", ["link to a folder", *NO_FILES])
def test_a_private_folder_that_is_not_our_own_is_refused(place: Path, kind: str) -> None:
    if kind == "folder":
        return  # an empty one is what a process leaves that came no further
    put(kind, place / "index" / PRIVATE)
    before = contents(place / "index") if kind == "full folder" else {}
    with pytest.raises(searchlib.IndexReadOnly, match=r"\.searchlib is not searchlib's own: move it away"):
        build(place)
    assert nothing_outside_changed(place)
    assert contents(place / "index") == before or kind != "full folder"


@pytest.mark.parametrize("kind", ["link to a folder", "hard link", *NO_FILES])
@pytest.mark.parametrize("name", [WRITER, WRITER + ".new", JOURNAL + "1", MANIFEST, "run0", "MAIN_new.trm"])
def test_what_lies_in_the_private_folder_is_removed_and_not_followed(place: Path, name: str, kind: str) -> None:
    private = place / "index" / PRIVATE
    private.mkdir()
    (private / OWN).touch()
    put(kind, private / name)
    (place / "seeds" / "new.txt").write_text("A new note.\n", "utf-8")
    assert build(place).search("new").total == 1
    assert not private.exists()
    assert nothing_outside_changed(place)


@pytest.mark.parametrize("kind", NO_FILES)
def test_a_holder_of_the_lock_that_is_no_file_is_not_read(place: Path, kind: str) -> None:
    writer = searchlib.open(place / "index").writer()
    holder = place / "index" / PRIVATE / WRITER
    put(kind, holder)
    with pytest.raises(searchlib.IndexLocked, match="another process is writing"):
        build(place)
    writer.__exit__(RuntimeError, None, None)
    assert nothing_outside_changed(place)


def crash(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A commit that dies just before, or just after, its manifest takes the old one's place."""
    from searchlib.engines.whoosh import disk, publishing

    class Killed(BaseException):
        pass

    def die(*_: object) -> None:
        raise Killed

    for number, (owner, name) in enumerate(((publishing, "_make_room"), (publishing, "sweep"))):
        (place / "seeds" / "changed.txt").write_text(f"Changed for the {number}th time.\n", "utf-8")
        with monkeypatch.context() as patch:
            if name == "_make_room":
                make_room = publishing._make_room
                patch.setattr(owner, name, lambda path, f=make_room: die() if path.name == MANIFEST else f(path))
            else:
                patch.setattr(owner, name, die)
            patch.setattr("searchlib.engines.whoosh.writer.abandon", lambda lock: None)
            with pytest.raises(Killed):
                build(place)
    assert (place / "index" / PRIVATE / f"{JOURNAL}1").exists()
    assert disk.DISK is not None


@pytest.mark.parametrize(
    "happens", ["index", "update", "rebuild", "damage", "crash", "writer", "failure"], ids=lambda name: name
)
def test_files_of_others_in_the_folder_are_left_alone(
    place: Path, happens: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = place / "index"
    if happens == "index":
        shutil.rmtree(folder)
    strangers.put_foreign(folder)
    if happens == "index":
        build(place)
    (place / "seeds" / "new.txt").write_text("A new note.\n", "utf-8")
    if happens == "rebuild":
        searchlib.build(place / "seeds", folder, language="tr", processes=1)
    elif happens == "damage":
        (folder / MANIFEST).write_bytes((folder / MANIFEST).read_bytes()[:-9])
    elif happens == "crash":
        crash(place, monkeypatch)
    elif happens == "writer":
        with searchlib.open(folder).writer() as writer:
            writer.remove("seeds/one.txt")
    elif happens == "failure":
        with pytest.raises(RuntimeError), searchlib.open(folder).writer() as writer:
            writer.remove("seeds/one.txt")
            raise RuntimeError
    build(place)
    searchlib.build(place / "seeds", folder, processes=1, compact=True)
    index = build(place)
    assert index.search("new").total == 1 and index.verify() == []
    assert strangers.foreign_kept(folder)
    ours = {MANIFEST, LOCK, *named(folder)}
    assert contents(folder).keys() == ours | set(FOREIGN), "and of a commit nothing is left lying about"


def named(folder: Path) -> set[str]:
    from searchlib.engines.whoosh.manifest import read_manifest

    return set(read_manifest(folder).all_files)


def test_a_journal_removes_only_what_has_the_name_of_a_file_of_an_index(place: Path) -> None:
    folder = place / "index"
    (folder / PRIVATE).mkdir()
    (folder / PRIVATE / OWN).touch()
    put("noise", folder / PRIVATE / f"{JOURNAL}1")
    for name in ("MAIN_notes.txt", "plants.seeds"):
        (folder / name).write_bytes(PRECIOUS)
    assert build(place).verify() == []
    assert nothing_outside_changed(place)
    assert (folder / "MAIN_notes.txt").exists() and (folder / "plants.seeds").exists()


@pytest.mark.parametrize("kind", ["link to a folder", "folder", "full folder", "fifo", "empty", "gone"])
@pytest.mark.parametrize("memory", [None, 1], ids=["at the end", "with every document"])
def test_a_private_folder_that_is_replaced_while_the_index_is_written_is_not_written_into(
    place: Path, kind: str, memory: int | None
) -> None:
    writer = searchlib.open(place / "index").writer(processes=1, memory=memory)
    put(kind, place / "index" / PRIVATE)
    before = contents(place / "index")
    with pytest.raises(searchlib.IndexReadOnly, match="was replaced while it was written"), writer:
        writer.add(searchlib.Document("x", "A letter."))
    assert nothing_outside_changed(place)
    assert contents(place / "index") == before


@pytest.mark.parametrize("what", ["folder", "lock"])
def test_a_folder_that_is_replaced_while_it_is_written_is_left_as_it_is(place: Path, what: str) -> None:
    folder = place / "index"
    writer = searchlib.open(folder).writer()
    writer.add(searchlib.Document("x", "A letter."))
    if what == "folder":
        folder.rename(place / "before")
        shutil.copytree(place / "before", folder, ignore=shutil.ignore_patterns(LOCK, PRIVATE))
    else:
        (folder / LOCK).unlink()
        (folder / LOCK).touch()
    before = contents(folder)
    with pytest.raises(searchlib.IndexReadOnly, match="was replaced while it was written"):
        writer.__exit__(None, None, None)
    assert contents(folder) == before


@pytest.mark.skipif(not Path("/dev/fd").is_dir(), reason="this system does not list what is open")
def test_a_writer_lets_go_of_the_folder_however_it_ends(place: Path) -> None:
    index = searchlib.open(place / "index")
    index.writer(processes=1).__exit__(RuntimeError, None, None)
    gc.collect()  # of what tests before have left
    before = len(list(Path("/dev/fd").iterdir()))
    for _ in range(3):
        with index.writer(processes=1) as writer:
            writer.remove("nothing")
        with pytest.raises(RuntimeError), index.writer(processes=1):
            raise RuntimeError
        index.writer(processes=1)  # and nobody uses it
        gc.collect()
    assert len(list(Path("/dev/fd").iterdir())) <= before


def test_an_index_behind_a_link_is_written_where_the_link_leads(place: Path) -> None:
    (place / "index").rename(place / "real")
    (place / "index").symlink_to("real", target_is_directory=True)
    (place / "seeds" / "new.txt").write_text("A new note.\n", "utf-8")
    assert build(place).search("new").total == 1
    assert (place / "index").is_symlink()


def test_what_cannot_be_removed_now_is_removed_by_the_next_commit(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As on Windows, where a file that is open in a reader cannot be removed."""
    from searchlib.engines.whoosh import disk

    remove: Callable[[disk.Disk, Path], None] = disk.Disk.remove
    old = named(place / "index")

    def refuse(to_disk: disk.Disk, path: Path) -> None:
        if path.name in old:
            raise PermissionError(errno.EACCES, "in use", str(path))
        remove(to_disk, path)

    (place / "seeds" / "new.txt").write_text("A new note.\n", "utf-8")
    with monkeypatch.context() as patch:
        patch.setattr(disk.Disk, "remove", refuse)
        searchlib.build(place / "seeds", place / "index", processes=1, compact=True)
        searchlib.build(place / "seeds", place / "index", processes=1, compact=True)
    assert old - named(place / "index") <= set(contents(place / "index"))
    build(place)
    assert contents(place / "index").keys() == {MANIFEST, LOCK, *named(place / "index")}
