"""Between Whoosh's storage objects and the buffers that segments are read from.

Files in a folder are mapped; those of any other storage are read whole. A *compound* segment is one file with the
segment's files as its sections: Whoosh's own compound files have a pickle as their directory, so they are not used.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, BinaryIO, Final, NoReturn, cast

import numpy as np
from whoosh.filedb.compound import CompoundStorage
from whoosh.filedb.filestore import FileStorage, OverlayStorage, ReadOnlyError, Storage
from whoosh.filedb.structfile import BufferFile

from searchlib.engines.whoosh.format.access import map_file
from searchlib.engines.whoosh.format.container import Buffer, Container, ContainerWriter

COMPOUND_KIND: Final = b"SEGM"
"""Of one file with the others as its sections, each under its whole name."""
_COPIED: Final = 1 << 20


def open_buffer(storage: Storage, name: str) -> tuple[Buffer, str]:
    """The contents of a file, and its name for messages.

    Raises:
        FileNotFoundError: there is no such file; Whoosh then looks for a newer generation.
    """
    if isinstance(storage, OverlayStorage):
        return open_buffer(storage.a if storage.a.file_exists(name) else storage.b, name)
    if isinstance(storage, CompoundSegment):
        return storage.buffer(name), storage.path_of(name)
    if isinstance(storage, FileStorage) and not isinstance(storage, CompoundStorage):
        path = Path(storage.folder) / name
        if not path.exists():
            raise FileNotFoundError(f"{path} does not exist")
        return map_file(path), str(path)
    if not storage.file_exists(name):
        raise FileNotFoundError(f"{name} does not exist")
    file = storage.open_file(name)
    try:
        return bytes(file.read()), name
    finally:
        file.close()


def create_file(storage: Storage, name: str) -> BinaryIO:
    """A new file in a storage."""
    return cast(BinaryIO, storage.create_file(name))


def assemble(file: BinaryIO, storage: Storage, names: list[str]) -> None:
    """Write these files of a storage into one compound file."""
    container = ContainerWriter(file, COMPOUND_KIND)
    for name in sorted(names):
        buffer, _ = open_buffer(storage, name)
        view = memoryview(buffer)
        container.begin(name)
        for start in range(0, len(view), _COPIED):
            container.write(view[start : start + _COPIED])
        container.end()
    container.close()


class CompoundSegment(Storage):  # type: ignore[misc]
    """The files in a compound file, as a read-only Whoosh storage.

    Args:
        buffer: the contents of the compound file.
        path: its name, for messages.

    Raises:
        IndexCorrupt: it is not what was written.
    """

    readonly = True
    supports_mmap = False

    def __init__(self, buffer: Buffer, path: str) -> None:
        self.path = path
        self._container = Container(buffer, path, COMPOUND_KIND)

    def buffer(self, name: str) -> memoryview:
        """A file. Each file in a compound file checks its own pages, so they are not checked here."""
        return self._container.unchecked(name)

    def path_of(self, name: str) -> str:
        """What a message calls a file."""
        return self.path

    def list(self) -> list[str]:
        """The names of the files."""
        return self._container.names()

    def file_exists(self, name: str) -> bool:
        """Whether there is a file of this name."""
        return name in self._container

    def file_length(self, name: str) -> int:
        """The size of a file in bytes."""
        return self._container.section(name).length

    def file_modified(self, name: str) -> float:
        """Always 0: compound files do not keep times."""
        return 0.0

    def open_file(self, name: str, **_: Any) -> Any:
        """A file, for Whoosh."""
        return BufferFile(np.asarray(self.buffer(name)).tobytes(), name=name)

    def create_file(self, name: str, **_: Any) -> NoReturn:
        """Not possible."""
        raise ReadOnlyError

    def delete_file(self, name: str) -> NoReturn:
        """Not possible."""
        raise ReadOnlyError

    def rename_file(self, frm: str, to: str, safe: bool = False) -> NoReturn:
        """Not possible."""
        raise ReadOnlyError

    def lock(self, name: str) -> NoReturn:
        """Not possible."""
        raise ReadOnlyError

    def close(self) -> None:
        """Nothing to do: the file stays mapped while anything read from it is in use."""
