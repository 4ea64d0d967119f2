"""A disk that counts what a commit does to it, and goes wrong at any one of these operations.

* An *operation* is a write, a sync, a rename, a removal, a folder made or removed: of `Disk`, and of the codec, whose
  writes into new files are counted too.
* To *stop* is what a process does that is killed: from then on nothing reaches the disk, whatever cleans up.
* What was written and not synced may be *lost* when the power goes, or *torn*: half of the bytes, and every other
  change to a folder. A change to a folder is safe once the folder is synced.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from unwaited import UnwaitedDisk

from searchlib.engines.whoosh import disk, generation
from searchlib.engines.whoosh.building import merging
from searchlib.engines.whoosh.format.container import ContainerWriter
from searchlib.engines.whoosh.format.filenames import STORED
from searchlib.engines.whoosh.format.files import SegmentFiles
from searchlib.engines.whoosh.format.stored import KIND as STORED_KIND
from searchlib.engines.whoosh.format.storing import StoredWriter, no_others

BUFFER = 1024


class Stopped(BaseException):
    """The process is no more."""


class UnsafeDisk(UnwaitedDisk):
    """Does its work until operation ``at`` (from 1; 0: never), where it stops, or fails once with ``errno``."""

    def __init__(self, folder: Path, keep: Path, at: int = 0, errno: int = 0) -> None:
        self.folder = folder
        self.log: list[str] = []
        self._at, self._errno = at, errno
        self._keep = keep  # where files that were replaced or removed are kept
        keep.mkdir()
        self._stopped = False
        self._safe = {path.stat().st_ino for path in self._files()}
        self._changes: list[tuple[Path, Callable[[], None]]] = []  # of folders, not synced: folder, way back

    def _files(self) -> list[Path]:
        return [path for path in self.folder.rglob("*") if path.is_file()]

    def count(self, operation: str, path: Path) -> None:
        """Count an operation that is about to be done, and go wrong if it is its turn."""
        if self._stopped:
            raise Stopped
        self.log.append(f"{operation} {path.name}")
        if len(self.log) == self._at:
            if self._errno:
                raise OSError(self._errno, os.strerror(self._errno), str(path))
            self._stopped = True
            raise Stopped

    # The operations

    def write(self, path: Path, data: bytes) -> None:
        self.count("write", path)
        super().write(path, data)

    def sync(self, path: Path) -> None:
        self.count("sync", path)
        super().sync(path)
        self._safe.add(path.stat().st_ino)

    def sync_folder(self, path: Path) -> None:
        self.count("sync folder", path)
        super().sync_folder(path)
        self._changes = [change for change in self._changes if change[0] != path]

    def rename(self, source: Path, target: Path) -> None:
        self.count("rename", target)
        kept = self._kept(target)
        super().rename(source, target)

        def back() -> None:
            if target.exists():
                target.replace(source)
            if kept is not None:
                os.link(kept, target)

        self._changes.append((target.parent, back))

    def remove(self, path: Path) -> None:
        self.count("remove", path)
        kept = self._kept(path)
        super().remove(path)

        def back() -> None:
            if kept is not None and path.parent.is_dir():
                os.link(kept, path)

        self._changes.append((path.parent, back))

    def make_folder(self, path: Path) -> None:
        self.count("make folder", path)
        super().make_folder(path)

    def remove_folder(self, path: Path) -> None:
        self.count("remove folder", path)
        super().remove_folder(path)
        self._changes.append((path.parent, lambda: path.mkdir(exist_ok=True)))

    def _kept(self, path: Path) -> Path | None:
        if not path.exists():
            return None
        kept = self._keep / str(len(self.log))
        os.link(path, kept)
        return kept

    # The power goes

    def lose(self, part: int) -> None:
        """Lose what was not synced: all of it (``part`` 1), or of every file half and of changes one in two (2)."""
        for number, (_, back) in reversed(list(enumerate(self._changes))):
            if number % part == 0:
                back()
        for path in self._files():
            if path.stat().st_ino not in self._safe:
                os.truncate(path, path.stat().st_size // part if part > 1 else 0)


class CountedFile:
    """A new file of the codec, with a small buffer, as files have: each time it is written out is an operation."""

    def __init__(self, path: Path, unsafe: UnsafeDisk) -> None:
        self._path, self._unsafe = path, unsafe
        self._buffer = bytearray()
        self._file = path.open("xb", buffering=0)

    def write(self, data: Any) -> int:
        """Write, now or soon."""
        view = memoryview(data).cast("B")
        self._buffer += view
        if len(self._buffer) >= BUFFER:
            self.flush()
        return len(view)

    def flush(self) -> None:
        """Write what is held back; if that goes wrong, half of it is written."""
        if not self._buffer:
            return
        data, self._buffer = bytes(self._buffer), bytearray()
        try:
            self._unsafe.count("write", self._path)
        except BaseException:
            self._file.write(data[: len(data) // 2])
            self._file.close()
            raise
        self._file.write(data)

    def fileno(self) -> int:
        """Of the file."""
        return self._file.fileno()

    def close(self) -> None:
        """Write what is held back, and close."""
        if not self._file.closed:
            self.flush()
        self._file.close()

    def __del__(self) -> None:
        self._file.close()


@contextmanager
def unsafe(unsafe_disk: UnsafeDisk) -> Iterator[UnsafeDisk]:
    """Have commits use this disk."""

    def create(files: SegmentFiles, extension: str) -> CountedFile:
        path = files.folder / (files.segment_id + extension)
        unsafe_disk.count("create", path)
        return CountedFile(path, unsafe_disk)

    def stored_file(folder: Path, segment_id: str) -> StoredWriter:
        path = folder / (segment_id + STORED)
        unsafe_disk.count("create", path)
        return StoredWriter(ContainerWriter(CountedFile(path, unsafe_disk), STORED_KIND), no_others)  # type: ignore[arg-type]

    def write_deletions(folder: Path, *arguments: Any, **options: Any) -> Path:
        unsafe_disk.count("write", folder / "deletions")
        return original(folder, *arguments, **options)

    original = generation.write_deletions
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(disk, "DISK", unsafe_disk)
        patch.setattr(SegmentFiles, "_create", create)
        patch.setattr(merging, "stored_file", stored_file)
        patch.setattr(generation, "write_deletions", write_deletions)
        yield unsafe_disk
