"""The right to write an index: who holds it, and where the files of a commit lie until they are published.

* The *lock* is the operating system's, on ``.lock`` in the index: it goes with the process that holds it.
* The *private* folder, ``.searchlib``, holds the files of the commit that is being made. In it ``own`` says that it is
  searchlib's, ``writer`` who is writing, and what begins with ``journal`` which files of the index a commit may leave
  behind (``publishing``).

An index folder may have been prepared by a stranger, or hold files of its owner. So a lock that is no file is refused,
not followed or waited for, and a folder or link at the private folder's name that searchlib has not made is left alone.
"""

from __future__ import annotations

import json
import os
import socket
import stat
import weakref
from pathlib import Path
from typing import Final

from filelock import FileLock, Timeout

from searchlib.engines.whoosh import disk
from searchlib.errors import IndexLocked, IndexReadOnly
from searchlib.files.opening import kind_of, read_file

LOCK: Final = ".lock"
PRIVATE: Final = ".searchlib"
OWN: Final = "own"
WRITER: Final = "writer"
JOURNAL: Final = "journal"
_LARGEST: Final = 4096  # bytes of WRITER that are read


class Lock:
    """The right to write an index, and the private folder that comes with it."""

    def __init__(self, folder: Path, wait: float = 0) -> None:
        """Wait up to ``wait`` seconds (-1: for ever). Raises IndexLocked or IndexReadOnly."""
        self.folder = folder
        self._process = os.getpid()
        self._open: list[int] = []
        weakref.finalize(self, _close, self._open)  # of a writer that nobody commits or cancels
        try:
            disk.DISK.make_folders(folder)
            _refuse_what_is_no_file(folder / LOCK)
            self._lock = FileLock(folder / LOCK, thread_local=False)
            self._lock.acquire(timeout=wait, poll_interval=0.02)
        except Timeout as error:
            raise IndexLocked(
                f"{_named(_holder(folder))} is writing {folder}; {_advice(_holder(folder))}",
                folder,
            ) from error
        except OSError as error:
            raise read_only(folder, error) from error
        try:
            self.private = _own_private_folder(folder)
            # While they are open, nothing that takes their place can have their number.
            for path in (folder, self.private) if hasattr(os, "O_DIRECTORY") else ():
                self._open.append(os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC))
            self._place = _places(folder)
        except OSError as error:
            self.release()
            raise read_only(folder, error) from error
        except BaseException:
            self.release()
            raise

    @property
    def holds(self) -> bool:
        """Whether the right is still held, and the folder, its lock and the private folder are those at their paths."""
        try:
            return self._lock.is_locked and _places(self.folder) == self._place
        except OSError:
            return False

    @property
    def mine(self) -> bool:
        """Whether this process took it: a child that is forked meanwhile has no part in it."""
        return os.getpid() == self._process

    def check(self) -> None:
        """Raise IndexLocked if it is another process's."""
        if not self.mine:
            raise IndexLocked(
                f"this writer of {self.folder} is that of process {self._process}, which was forked: "
                "use it there, and get another in this process when that has ended",
                self.folder,
            )

    def release(self) -> None:
        """Let others write."""
        _close(self._open)
        if self.mine and self._lock.is_locked:
            self._lock.release()


def read_only(folder: Path, error: OSError) -> IndexReadOnly:
    """The error to raise for what the disk refused."""
    return IndexReadOnly(
        f"cannot write to {folder}: {error.strerror or error}; make it possible, or choose another with --index", folder
    )


def replaced(folder: Path) -> IndexReadOnly:
    """The error to raise if another folder has taken the place of the one that is locked, or of the private one."""
    return IndexReadOnly(f"{folder} was replaced while it was written, and is left as it is: try again", folder)


def remove_private(folder: Path) -> None:
    """Remove the private folder: last what says that it is one, and not before the rest is gone for good."""
    private = folder / PRIVATE
    _clear(private, OWN)
    disk.DISK.sync_folder(private)
    disk.DISK.remove(private / OWN)
    disk.DISK.remove_folder(private)


def _clear(private: Path, *kept: str) -> None:
    """Remove what is in a private folder, all but what begins with these names."""
    for entry in sorted(private.iterdir()):
        if not entry.name.startswith(kept):
            disk.DISK.remove_tree(entry)


def _own_private_folder(folder: Path) -> Path:
    """The private folder, with nothing in it but who this is, and the journal of an earlier process if it left one."""
    private = folder / PRIVATE
    try:
        mode = private.lstat().st_mode
    except FileNotFoundError:
        disk.DISK.make_folder(private)
        mode = private.lstat().st_mode
    if not stat.S_ISDIR(mode) or not _is_own(private):
        raise IndexReadOnly(
            f"{private} is not searchlib's own: move it away, or choose another index with --index", folder
        )
    # What an earlier process may have left in the index stays known, and the folder searchlib's, at every step.
    _clear(private, OWN, JOURNAL)
    if not (private / OWN).exists():
        disk.DISK.write(private / OWN, b"")
    disk.DISK.write(private / WRITER, json.dumps({"pid": os.getpid(), "host": socket.gethostname()}).encode())
    return private


def _is_own(private: Path) -> bool:
    """Whether a folder says that it is searchlib's, or is empty: then a process came no further than to make it."""
    try:
        return stat.S_ISREG((private / OWN).lstat().st_mode)
    except FileNotFoundError:
        return not any(private.iterdir())


def _refuse_what_is_no_file(path: Path) -> None:
    try:
        kind = kind_of(path.lstat().st_mode)
    except FileNotFoundError:
        return
    if kind:
        raise IndexReadOnly(f"{path} is {kind}: remove it, or choose another index with --index", path.parent)


def _close(descriptors: list[int]) -> None:
    while descriptors:
        os.close(descriptors.pop())


def _places(folder: Path) -> list[tuple[int, int]]:
    found = (folder.stat(), (folder / LOCK).lstat(), (folder / PRIVATE).lstat())
    return [(status.st_dev, status.st_ino) for status in found]


def _holder(folder: Path) -> tuple[int, str] | None:
    """The process that holds the lock, and its host, as far as it says."""
    try:
        found = json.loads(read_file(f"{PRIVATE}/{WRITER}", _LARGEST, folder))
        return int(found["pid"]), str(found["host"])[:255]
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return None


def _named(holder: tuple[int, str] | None) -> str:
    return f"process {holder[0]} on {holder[1]}" if holder else "another process"


def _advice(holder: tuple[int, str] | None) -> str:
    if holder == (os.getpid(), socket.gethostname()):
        return "that is this process: leave the with of its writer before you get another, or build"
    return "wait for it to end, or have searchlib wait with --wait"
