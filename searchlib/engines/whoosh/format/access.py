"""Opening the files of an index, which may have been prepared by a stranger, or be out of reach for now.

* *Damage* is what an index can be built again from: a file is missing, or something else stands in its place (a link,
  a FIFO, a folder). It is an IndexCorrupt.
* An *error* says nothing of what is in the file: permissions, the disk, too many open files. It is an IndexUnreadable,
  and no reason to change anything.
"""

from __future__ import annotations

import errno
import mmap
import os
import weakref
from pathlib import Path
from typing import BinaryIO, Final

from searchlib.errors import IndexCorrupt, IndexProblem, IndexUnreadable
from searchlib.files.opening import NotAFile, TooLarge, open_file

_MAPPED: Final[weakref.WeakValueDictionary[tuple[int, ...], mmap.mmap]] = weakref.WeakValueDictionary()
"""What is mapped, by device, inode, size and time: a mapping holds a descriptor, and generations share most files."""
_ADVICE: Final = {
    errno.EACCES: "see that you may read it",
    errno.EPERM: "see that you may read it",
    errno.EMFILE: "let this process have more open files, as with ulimit -n",
    errno.ENFILE: "wait until this machine has fewer files open",
    errno.ENOMEM: "free some memory",
}


def open_index_file(path: Path) -> BinaryIO:
    """A file of an index, open for reading. Links are not followed, nothing is waited for.

    Raises:
        IndexCorrupt: it is missing, or no regular file.
        IndexUnreadable: the system does not let it be read.
    """
    try:
        return open_file(path.name, path.parent)
    except OSError as error:
        raise problem_of(path, error) from error


def map_file(path: Path) -> mmap.mmap:
    """A file, mapped for reading: once in a process, for as long as anybody has it.

    Raises:
        IndexCorrupt: it is missing, empty, a link or no regular file.
        IndexUnreadable: the system does not let it be read.
    """
    with open_index_file(path) as file:
        try:
            status = os.fstat(file.fileno())
            if status.st_size:
                # While a file is mapped its inode is no other's; without inodes (0) no file is known to be the same.
                same = status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns
                mapped = _MAPPED.get(same) if status.st_ino else None
                if mapped is None:
                    mapped = _MAPPED[same] = mmap.mmap(file.fileno(), status.st_size, access=mmap.ACCESS_READ)
                return mapped
        except OSError as error:
            raise problem_of(path, error) from error
    raise damaged(path, "is empty")


def problem_of(path: Path, error: OSError) -> IndexProblem:
    """What it means that a file of an index cannot be opened or read."""
    if isinstance(error, (NotAFile, TooLarge)):
        return damaged(path, f"is {error.strerror}")
    if isinstance(error, (FileNotFoundError, NotADirectoryError)):
        return damaged(path, "is missing")
    advice = _ADVICE.get(error.errno or 0, "see that its disk is well")
    return IndexUnreadable(f"{path} cannot be read ({error.strerror or error}): {advice}", path)


def damaged(path: Path, what: str) -> IndexCorrupt:
    """The error for a file that is not what was written: ``what`` follows its name."""
    return IndexCorrupt(f"{path} {what}; build the index again with: searchlib index", path)
