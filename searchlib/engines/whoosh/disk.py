"""The disk, as far as a commit touches it: everything that changes the folder of an index goes through here.

A commit is safe because of the order of a few operations. They stand in one place, `Disk`, so that tests can count
them, stop the process at each in turn, make each fail, and lose what was not synced yet. The codec writes the files
of a segment itself, into the private folder of a commit; what makes them part of the index is here.
"""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final

_WINDOWS: Final = os.name == "nt"
_SYNCED: Final = os.O_RDWR if _WINDOWS else os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0)
"""How a file is opened to be synced: Windows syncs only what is open for writing."""
_TRIES, _PAUSE = 100, 0.02  # seconds


class Disk:
    """The operations themselves. Each raises OSError if it fails."""

    def write(self, path: Path, data: bytes) -> None:
        """Write a new file. Raises FileExistsError if there is anything of that name, a link too."""
        with path.open("xb") as file:
            file.write(data)

    def sync(self, path: Path) -> None:
        """Have the file's bytes on the disk before going on."""
        self._sync(path, _SYNCED)

    def sync_folder(self, path: Path) -> None:
        """Have the folder's entries on the disk before going on; where folders cannot be opened, they need not be."""
        with contextlib.suppress(PermissionError):
            self._sync(path, os.O_RDONLY)

    def force(self, descriptor: int) -> None:
        """Wait until what was written to an open file is on the disk."""
        os.fsync(descriptor)

    def rename(self, source: Path, target: Path) -> None:
        """Rename a file; if there is one called ``target``, this takes its place in one step.

        Windows refuses while somebody reads ``target``: who reads a manifest is done in a moment.
        """
        for _ in range(_TRIES if _WINDOWS else 0):
            try:
                source.replace(target)
                return
            except PermissionError:
                time.sleep(_PAUSE)
        source.replace(target)

    def remove(self, path: Path) -> None:
        """Remove a file."""
        path.unlink()

    def make_folder(self, path: Path) -> None:
        """Make a folder whose parent exists; that it exists already is no error."""
        path.mkdir(exist_ok=True)

    def remove_folder(self, path: Path) -> None:
        """Remove an empty folder."""
        path.rmdir()

    # Made of these

    def make_folders(self, path: Path) -> None:
        """Make a folder and those above it that are missing, and have them on the disk."""
        missing = []
        while not path.is_dir():
            missing.append(path)
            path = path.parent
        for folder in reversed(missing):
            self.make_folder(folder)
            self.sync_folder(folder.parent)

    def remove_tree(self, path: Path) -> None:
        """Remove a folder and all in it, if it is there. Links are removed, not followed."""
        if path.is_symlink() or not path.is_dir():
            with contextlib.suppress(FileNotFoundError):
                self.remove(path)
            return
        for entry in _listed(path):
            self.remove_tree(entry)
        self.remove_folder(path)

    def _sync(self, path: Path, access: int) -> None:
        descriptor = os.open(path, access | getattr(os, "O_BINARY", 0))
        try:
            self.force(descriptor)
        finally:
            os.close(descriptor)


def _listed(path: Path) -> Iterator[Path]:
    return iter(sorted(path.iterdir()))


DISK = Disk()
"""What commits use; a test puts another in its place."""
