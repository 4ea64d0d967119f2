"""What a stranger, or its owner, does to the folder of an index beside damage to its files.

* A *place* is a name in the folder that searchlib opens, writes or removes: the files of the index, the lock, the
  private folder and what is in it. `put` puts a *kind* of thing there.
* *Foreign* files have tempting names, and are somebody else's: they survive everything, byte for byte.
* *Outside* is a folder beside the index that nobody has a right to: links lead there, and nothing in it ever changes.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import socket
from collections.abc import Callable
from pathlib import Path

import searchlib
from searchlib.engines.whoosh.locking import JOURNAL, LOCK, OWN, PRIVATE, WRITER
from searchlib.engines.whoosh.manifest import MANIFEST, is_file_name

from .folders import contents

PRECIOUS = b"not to be lost"
NO_FILES = ("link", "dangling", "loop", "fifo", "socket", "device", "folder", "full folder")
KINDS = (*NO_FILES, "link to a folder", "hard link", "gone", "empty", "noise")
HIDDEN = (LOCK, PRIVATE, *(f"{PRIVATE}/{name}" for name in (OWN, WRITER, JOURNAL + "1", MANIFEST, "MAIN_x.trm")))
FOREIGN = (
    ".private/letter.txt",
    ".writer",
    "MAIN_notes.txt",
    "MAIN_x.toc",
    "_MAIN_1.toc",
    "_MAIN_notes",
    "plants.seeds",
    "searchlib.0123456789abcdef.seeds",
    "MAIN_0123456789abcdef.trm",
    "MAIN_0123456789abcdef.1.del",
    "_MAIN_0123456789abcdef.voc",
    "notes/MAIN_1.txt",
)
# Names that a journal may hold, and that no commit can have left.
NOT_LEFT = ("../outside/precious", "MAIN_notes.txt", "plants.seeds", LOCK, MANIFEST, "/etc/passwd", "", 7, ["x"])


def make_outside(folder: Path) -> Path:
    """The folder that nobody has a right to."""
    outside = folder / "outside"
    outside.mkdir()
    (outside / "precious").write_bytes(PRECIOUS)
    return outside


def is_untouched(outside: Path) -> bool:
    """Whether nothing in it changed, came or went."""
    return contents(outside) == {"precious": PRECIOUS} and [path.name for path in outside.iterdir()] == ["precious"]


def put_foreign(index: Path) -> None:
    """Put all foreign files into the folder of an index."""
    for name in FOREIGN:
        (index / name).parent.mkdir(parents=True, exist_ok=True)
        (index / name).write_bytes(PRECIOUS)


def foreign_kept(index: Path) -> bool:
    """Whether all of them are there as they were."""
    return all((index / name).is_file() and (index / name).read_bytes() == PRECIOUS for name in FOREIGN)


def places(index: Path) -> list[str]:
    """The places of an index, those that are not there now too."""
    files = [path.name for path in index.iterdir() if is_file_name(path.name) and path.name not in FOREIGN]
    return [MANIFEST, *HIDDEN, *sorted(files)]


def anywhere(index: Path, chance: random.Random) -> str:
    """One of the places, every other time a hidden one."""
    return chance.choice(places(index) if chance.random() < 0.5 else HIDDEN)


def put(kind: str, path: Path, outside: Path, chance: random.Random | None = None) -> None:
    """Have a thing of a kind stand at ``path``, in place of what is there."""
    _remove(path)
    if kind == "gone":
        return
    path.parent.mkdir(exist_ok=True)
    if kind == "link":
        path.symlink_to(outside / "precious")
    elif kind == "link to a folder":
        path.symlink_to(outside, target_is_directory=True)
    elif kind == "hard link":
        path.hardlink_to(outside / "precious")
    elif kind == "dangling":
        path.symlink_to(outside / "made")
    elif kind == "loop":
        path.symlink_to(path.name)
    elif kind == "fifo":
        os.mkfifo(path)
    elif kind == "device":
        path.symlink_to("/dev/zero")
    elif kind == "socket":
        here = Path.cwd()
        os.chdir(path.parent)  # the address of a socket must be short
        try:
            with socket.socket(socket.AF_UNIX) as bound:
                bound.bind(path.name)
        finally:
            os.chdir(here)
    elif kind == "empty":
        path.touch()
    elif kind == "noise":
        noise = (chance or random.Random(0)).randbytes(300)
        path.write_bytes(json.dumps(NOT_LEFT).encode() if path.name.startswith(JOURNAL) else noise)
    else:
        path.mkdir()
        if kind == "full folder":
            (path / "precious").write_bytes(PRECIOUS)


def _remove(path: Path) -> None:
    if os.path.lexists(path.parent) and (path.parent.is_symlink() or not path.parent.is_dir()):
        path.parent.unlink()  # what a stranger put there before
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    elif os.path.lexists(path):
        path.unlink()


def detach(index: Path) -> None:
    """Give every file of the folder another inode: what is then damaged in place is not open in a reader."""
    for path in index.rglob("*"):
        if path.is_file() and not path.is_symlink():
            data = path.read_bytes()
            path.unlink()
            path.write_bytes(data)


def by_hand(index: searchlib.Index) -> set[str]:
    """The documents of an index that no seed has."""
    assert index._opened is not None
    return {state.path for state in index._opened.documents() if not state.seed}


def said_well(error: searchlib.SearchlibError) -> bool:
    """Whether a message is one that a person can do something with."""
    text = str(error)
    return bool(text) and "\n" not in text and "Traceback" not in text


def refused(ask: Callable[[], object]) -> searchlib.SearchlibError | None:
    """The error that ``ask`` raises, which is a SearchlibError that says something; None if it does not."""
    try:
        ask()
    except searchlib.SearchlibError as error:
        assert said_well(error), repr(error)
        return error
    return None
