"""Publishing: how a commit becomes the index, whole or not at all.

The new files are written in a *private* folder inside the index. To publish them is, in this order:

1. each file is synced;
2. the files are renamed into the index, where nothing refers to them yet, and its folder is synced;
3. the manifest is written and synced, and takes the place of the old one by a rename: this is the commit;
4. the folder is synced;
5. files that the new manifest does not name are *swept*: removed. Readers that have them open go on reading.

A process that dies before the rename leaves the old index, one that dies after it the new one; what lies about
besides is removed by the next commit. Files are named after what is in them, so a file is only ever replaced by its
equal.
"""

from __future__ import annotations

import contextlib
import json
import os
import socket
from collections.abc import Sequence
from pathlib import Path

from filelock import FileLock, Timeout

from searchlib.engines.whoosh import disk
from searchlib.engines.whoosh.manifest import MANIFEST, Manifest, read_manifest
from searchlib.errors import IndexLocked, IndexProblem, IndexReadOnly

PRIVATE = ".private"
LOCK = ".lock"
HOLDER = ".writer"


class Lock:
    """The right to write an index. The operating system's: it goes with the process that holds it.

    Who holds it stands in a file beside it, which means nothing once the lock is gone.
    """

    def __init__(self, folder: Path, wait: float = 0) -> None:
        """Wait up to ``wait`` seconds (-1: for ever). Raises IndexLocked or IndexReadOnly."""
        self._holder = folder / HOLDER
        try:
            disk.DISK.make_folders(folder)
            self._lock = FileLock(folder / LOCK, thread_local=False)
            self._lock.acquire(timeout=wait, poll_interval=0.02)
        except Timeout as error:
            raise IndexLocked(
                f"{_named(self._holder)} is writing {folder}; wait for it to end, or have searchlib wait with --wait",
                folder,
            ) from error
        except OSError as error:
            raise read_only(folder, error) from error
        holder = {"pid": os.getpid(), "host": socket.gethostname()}
        with contextlib.suppress(OSError):  # a courtesy to others, not needed
            self._holder.write_text(json.dumps(holder), encoding="utf-8")

    def release(self) -> None:
        """Let others write."""
        if self._lock.is_locked:
            with contextlib.suppress(OSError):
                self._holder.unlink()
            self._lock.release()


def _named(holder: Path) -> str:
    try:
        found = json.loads(holder.read_text(encoding="utf-8"))
        return f"process {int(found['pid'])} on {str(found['host'])[:255]}"
    except (OSError, ValueError, KeyError, TypeError):
        return "another process"


def read_only(folder: Path, error: OSError) -> IndexReadOnly:
    """The error to raise for what the disk refused."""
    return IndexReadOnly(
        f"cannot write to {folder}: {error.strerror or error}; make it possible, or choose another with --index", folder
    )


def private_folder(folder: Path) -> Path:
    """An empty folder for the files of a commit to be; what an earlier process left there is removed."""
    private = folder / PRIVATE
    try:
        disk.DISK.remove_tree(private)
        disk.DISK.make_folder(private)
    except OSError as error:
        raise read_only(folder, error) from error
    return private


def publish(folder: Path, names: Sequence[str], manifest: Manifest) -> None:
    """Make ``manifest`` the index, with the files ``names`` of the private folder. The caller holds the lock."""
    to_disk, private = disk.DISK, folder / PRIVATE
    for name in names:
        to_disk.sync(private / name)
    for name in names:
        to_disk.rename(private / name, folder / name)
    to_disk.sync_folder(folder)
    waiting = private / MANIFEST
    to_disk.write(waiting, manifest.encode())
    to_disk.sync(waiting)
    to_disk.rename(waiting, folder / MANIFEST)
    to_disk.sync_folder(folder)
    sweep(folder, manifest)


def sweep(folder: Path, manifest: Manifest) -> None:
    """Remove files of earlier commits, finished or not. Those open in a reader stay readable for it.

    ``manifest`` is the one on the disk. Whoosh's tables of contents go first: its tools then see the new index, or
    the old one with all its files. What cannot be removed now is left to the next commit.
    """
    named = manifest.all_files
    with contextlib.suppress(OSError):
        strange = [path for path in folder.iterdir() if _ours(path.name) and path.name not in named]
        for path in sorted(strange, key=lambda path: (not path.name.endswith(".toc"), path.name)):
            with contextlib.suppress(OSError):
                disk.DISK.remove(path)
    with contextlib.suppress(OSError):
        disk.DISK.remove_tree(folder / PRIVATE)


def abandon(folder: Path) -> None:
    """Remove what a commit that failed has left, going by the manifest that is there."""
    try:
        # The commit may have failed after its rename: unless that is on the disk for good, the old files stay.
        disk.DISK.sync_folder(folder)
        manifest = read_manifest(folder)
    except (IndexProblem, OSError):
        with contextlib.suppress(OSError):
            disk.DISK.remove_tree(folder / PRIVATE)
        return
    sweep(folder, manifest)


def _ours(name: str) -> bool:
    return name.startswith(("MAIN_", "_MAIN_")) or name.endswith(".seeds")
