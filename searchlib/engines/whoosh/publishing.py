"""Publishing: how a commit becomes the index, whole or not at all.

The new files are written in a *private* folder inside the index and synced; they are renamed into the index,
where nothing refers to them yet; the manifest is replaced by a rename, which is the commit; the folder is synced; files
that the new manifest does not name are removed. A process that dies before the rename of the manifest leaves the
old index and some files that the next commit removes.
"""

from __future__ import annotations

import contextlib
import os
import shutil
from pathlib import Path

from filelock import FileLock, Timeout

from searchlib.engines.whoosh.manifest import MANIFEST, Manifest
from searchlib.errors import IndexLocked, IndexReadOnly

PRIVATE = ".private"
LOCK = ".lock"


def lock(folder: Path, wait: float = 0) -> FileLock:
    """Take the right to write the index, waiting up to ``wait`` seconds (-1: for ever).

    The lock is the operating system's: it goes with the process that holds it. Raises IndexLocked or IndexReadOnly.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        found = FileLock(folder / LOCK, thread_local=False)
        found.acquire(timeout=wait)
    except Timeout as error:
        raise IndexLocked(f"another process is writing {folder}; wait for it to end and try again", folder) from error
    except OSError as error:
        raise IndexReadOnly(f"cannot write to {folder}: {error.strerror}; choose another with --index", folder) from error
    return found


def private_folder(folder: Path) -> Path:
    """An empty folder for the files of a commit to be; what an earlier process left there is removed."""
    private = folder / PRIVATE
    shutil.rmtree(private, ignore_errors=True)
    private.mkdir()
    return private


def publish(folder: Path, names: list[str], manifest: Manifest) -> None:
    """Make ``manifest`` the index, with the files ``names`` of the private folder. The caller holds the lock."""
    private = folder / PRIVATE
    for name in names:
        sync_file(private / name)
    for name in names:
        (private / name).replace(folder / name)
    sync_folder(folder)
    waiting = private / MANIFEST
    waiting.write_bytes(manifest.encode())
    sync_file(waiting)
    waiting.replace(folder / MANIFEST)
    sync_folder(folder)
    sweep(folder, manifest)


def sweep(folder: Path, manifest: Manifest) -> None:
    """Remove files of earlier commits, finished or not. Those open in a reader stay readable for it."""
    shutil.rmtree(folder / PRIVATE, ignore_errors=True)
    named = manifest.all_files
    for path in folder.iterdir():
        ours = path.name.startswith(("MAIN_", "_MAIN_")) or path.name.endswith(".seeds")
        if ours and path.name not in named:
            with contextlib.suppress(OSError):
                path.unlink()


def sync_file(path: Path) -> None:
    """Have the file's bytes on the disk before going on."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sync_folder(path: Path) -> None:
    """Have the folder's entries on the disk before going on; where folders cannot be opened, they need not be."""
    with contextlib.suppress(PermissionError):
        sync_file(path)
