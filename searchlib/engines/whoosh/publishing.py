"""Publishing: how a commit becomes the index, whole or not at all, and what is cleared away after it.

The new files are written in a *private* folder inside the index (``locking``). To publish them is, in this order:

1. the *journal* is written: the names of the new files, and of those that the index has so far; it and each file are
   synced;
2. the files are renamed into the index, where nothing refers to them yet, and its folder is synced;
3. the manifest is written and synced, and takes the place of the old one by a rename: this is the commit;
4. the folder is synced;
5. files of the journal that the manifest does not name are *swept*: removed. Readers that have them open go on reading.

A process that dies before the rename leaves the old index, one that dies after it the new one; what lies about
besides is in the journal that it left, and removed by the next commit. Nothing else is: an index may lie among files of
its owner. Files are named after what is in them, so a file is only ever replaced by its equal.
"""

from __future__ import annotations

import contextlib
import json
import os
import stat
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

from searchlib.engines.whoosh import disk
from searchlib.engines.whoosh.locking import JOURNAL, Lock, remove_private, replaced
from searchlib.engines.whoosh.manifest import (
    Manifest,
    checked,
    is_file_name,
    names_in_manifest,
    read_manifest,
)
from searchlib.errors import IndexMissing, IndexProblem
from searchlib.files.names import MANIFEST
from searchlib.files.opening import read_file

_LARGEST: Final = 64 << 20  # bytes of a journal


def publish(lock: Lock, names: Sequence[str], manifest: Manifest) -> None:
    """Make ``manifest`` the index, with the files ``names`` of the private folder.

    Raises IndexCorrupt if no index can be made of it, IndexReadOnly if another folder has taken the index's place,
    OSError.
    """
    to_disk, folder, private = disk.DISK, lock.folder, lock.private
    checked(manifest)
    if not lock.holds:
        raise replaced(folder)
    _write_journal(private, {*names, *names_in_manifest(folder)})
    for name in names:
        to_disk.sync(private / name)
    for name in names:
        _make_room(folder / name)
        to_disk.rename(private / name, folder / name)
    to_disk.sync_folder(folder)
    waiting = private / MANIFEST
    to_disk.write(waiting, manifest.encode())
    to_disk.sync(waiting)
    _make_room(folder / MANIFEST)
    to_disk.rename(waiting, folder / MANIFEST)
    to_disk.sync_folder(folder)
    sweep(lock, manifest)


def sweep(lock: Lock, manifest: Manifest) -> None:
    """Remove files of earlier commits, finished or not. Those open in a reader stay readable for it.

    ``manifest`` is the one on the disk. Whoosh's tables of contents go first: its tools then see the new index, or
    the old one with all its files. What cannot be removed now stays in the journal, for the next commit.
    """
    folder = lock.folder
    if not lock.holds:
        return
    strange = {name for name in _read_journals(lock.private) - manifest.all_files.keys() if _is_there(folder / name)}
    left = set()
    for name in sorted(strange, key=lambda name: (not name.endswith(".toc"), name)):
        try:
            disk.DISK.remove(folder / name)
        except FileNotFoundError:
            continue
        except OSError:
            left.add(name)
    with contextlib.suppress(OSError):
        if not left:
            if strange:  # without the journal nobody would know them, if a power failure brought them back
                disk.DISK.sync_folder(folder)
            remove_private(folder)


def abandon(lock: Lock) -> None:
    """Remove what a commit that failed has left, going by the manifest that is there."""
    if not lock.holds:
        return
    try:
        # The commit may have failed after its rename: unless that is on the disk for good, the old files stay.
        disk.DISK.sync_folder(lock.folder)
        manifest = read_manifest(lock.folder)
    except IndexMissing:
        manifest = Manifest()
    except (IndexProblem, OSError):
        # Which files are the index's nobody can say: they stay in the journal, if there is one.
        with contextlib.suppress(OSError):
            if not _read_journals(lock.private):
                remove_private(lock.folder)
        return
    with contextlib.suppress(OSError):  # it failed already, and says why
        sweep(lock, manifest)


def _write_journal(private: Path, names: Iterable[str]) -> None:
    """Write down the names of files that may be left behind, beside what earlier processes wrote."""
    number = 1
    while os.path.lexists(path := private / f"{JOURNAL}{number}"):
        number += 1
    disk.DISK.write(path, json.dumps(sorted(names), indent=0).encode())
    disk.DISK.sync(path)


def _read_journals(private: Path) -> set[str]:
    """The names in all journals. One that makes no sense was not finished: nothing was done after it."""
    found: set[str] = set()
    for path in sorted(private.iterdir()):
        if path.name.startswith(JOURNAL):
            with contextlib.suppress(OSError, ValueError, TypeError, RecursionError):
                found.update(filter(is_file_name, json.loads(read_file(path.name, _LARGEST, private))))
    return found


def _is_there(path: Path) -> bool:
    """Whether there is a file or a link; a folder is nothing that a commit has left."""
    try:
        mode = path.lstat().st_mode
    except OSError:
        return False
    return stat.S_ISREG(mode) or stat.S_ISLNK(mode)


def _make_room(path: Path) -> None:
    """Put aside a folder that stands where a file is to go: with what is in it, under another name."""
    if path.is_symlink() or not path.is_dir():
        return
    number = 1
    while (aside := path.with_name(f"{path.name}.aside{number}")).exists():
        number += 1
    disk.DISK.rename(path, aside)
