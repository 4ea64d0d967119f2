"""Opening files whose place may have been prepared by a stranger: regular files only, and no links below a folder.

* A *trusted* path is one that a person gave: what it leads to, through links too, is what was meant.
* Everything *below* a trusted folder may have been put there by somebody else. It is reached component by component
  from the folder's descriptor, so that a link that takes a component's place in between is refused, not followed.

What a descriptor is of is asked of the descriptor, after opening, and opening never waits for the other end of a FIFO.
Windows has no descriptors of folders: there links are looked for just before the opening.
"""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import BinaryIO, Final

_CHUNK: Final = 1 << 20
_READ: Final = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
_NO_LINK: Final = getattr(os, "O_NOFOLLOW", 0)
_FOLDER: Final = os.O_RDONLY | getattr(os, "O_DIRECTORY", 0) | getattr(os, "O_CLOEXEC", 0)
_BY_DESCRIPTOR: Final = os.open in os.supports_dir_fd and _NO_LINK != 0
_KINDS: Final = (
    (stat.S_ISDIR, "a folder, not a file"),
    (stat.S_ISLNK, "a link, not a file"),
    (stat.S_ISFIFO, "a FIFO, not a file"),
    (stat.S_ISSOCK, "a socket, not a file"),
    (stat.S_ISCHR, "a device, not a file"),
    (stat.S_ISBLK, "a device, not a file"),
)


class NotAFile(OSError):
    """What stands at a path is no regular file; ``strerror`` says what it is."""

    def __init__(self, path: str | os.PathLike[str], what: str) -> None:
        super().__init__(None, what, os.fspath(path))
        self.strerror = what

    def __str__(self) -> str:
        return f"{self.filename}: {self.strerror}"


class TooLarge(OSError):
    """A file is larger than its reader allows; ``strerror`` says so."""

    def __init__(self, path: str | os.PathLike[str], limit: int) -> None:
        super().__init__(None, f"larger than {limit:,} bytes", os.fspath(path))
        self.strerror = f"larger than {limit:,} bytes"

    def __str__(self) -> str:
        return f"{self.filename}: {self.strerror}"


def kind_of(mode: int) -> str:
    """What a file of this mode is, if it is no regular file: "a FIFO, not a file"; "" if it is one."""
    return next((what for is_kind, what in _KINDS if is_kind(mode)), "" if stat.S_ISREG(mode) else "not a file")


def open_file(
    path: str | os.PathLike[str], below: str | os.PathLike[str] | None = None, buffering: int = -1
) -> BinaryIO:
    """The regular file at ``path``, open for reading, unbuffered position at its start.

    ``path`` alone is trusted. With ``below``, a trusted folder, ``path`` is relative to it and none of its components
    may be a link or "..".

    Raises:
        NotAFile: it is a link, a folder, a FIFO, a socket or a device.
        OSError: it is not there, or cannot be opened.
    """
    descriptor = os.open(path, _READ) if below is None else _open_below(below, path)
    try:
        what = kind_of(os.fstat(descriptor).st_mode)
        if what:
            raise NotAFile(path, what)
        return os.fdopen(descriptor, "rb", buffering)
    except BaseException:
        os.close(descriptor)
        raise


def read_file(path: str | os.PathLike[str], limit: int, below: str | os.PathLike[str] | None = None) -> bytes:
    """All bytes of a regular file of at most ``limit`` bytes; see `open_file`. Raises TooLarge besides."""
    with open_file(path, below) as stream:
        if os.fstat(stream.fileno()).st_size > limit:
            raise TooLarge(path, limit)
        data = stream.read(limit + 1)
    if len(data) > limit:
        raise TooLarge(path, limit)
    return data


def read_beginning(path: str | os.PathLike[str], size: int, below: str | os.PathLike[str] | None = None) -> bytes:
    """The first ``size`` bytes of a regular file, or all if there are fewer; see `open_file`."""
    with open_file(path, below, buffering=0) as stream:
        return stream.read(size)


def _open_below(folder: str | os.PathLike[str], path: str | os.PathLike[str]) -> int:
    *folders, name = _components(path)
    if not _BY_DESCRIPTOR:
        return _open_checked(Path(folder), [*folders, name], path)
    at = os.open(folder, _FOLDER)
    try:
        for part in folders:
            inner = _opened(part, _FOLDER | _NO_LINK, at, path)
            os.close(at)
            at = inner
        return _opened(name, _READ | _NO_LINK, at, path)
    finally:
        os.close(at)


def _opened(name: str, flags: int, at: int, path: str | os.PathLike[str]) -> int:
    try:
        return os.open(name, flags, dir_fd=at)
    except OSError:
        # ELOOP, EMLINK and ENOTDIR all come of links, by platform and flags: look what it is.
        try:
            mode = os.lstat(name, dir_fd=at).st_mode
        except OSError:
            mode = stat.S_IFREG
        if stat.S_ISLNK(mode):
            raise NotAFile(path, "a link, not a file") from None
        if stat.S_ISSOCK(mode):
            raise NotAFile(path, kind_of(mode)) from None
        raise


def _open_checked(folder: Path, parts: list[str], path: str | os.PathLike[str]) -> int:
    at = folder
    for part in parts:
        at /= part
        if at.is_symlink():
            raise NotAFile(path, "a link, not a file")
    return os.open(at, _READ)


def _components(path: str | os.PathLike[str]) -> list[str]:
    parts = os.fspath(path).replace(os.sep, "/").split("/")
    if not all(part not in ("", ".", "..") for part in parts):
        raise NotAFile(path, "not a path below its folder")
    return parts
