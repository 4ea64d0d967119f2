"""Archives (ZIP, and tar in all its compressions), as folders: each file in them is loaded by its suffix.

Nothing is unpacked to the disk. Links, devices and what has a name that leads out of the archive are named and left
out; hidden and generated files are left out as in folders.
"""

from __future__ import annotations

import bz2
import io
import lzma
import tarfile
import zlib
from collections.abc import Callable, Iterator
from typing import IO, Any, BinaryIO, Final, cast

from searchlib.documents import ignore
from searchlib.documents.holders.members import Members
from searchlib.documents.packages import Package
from searchlib.documents.seed import Seed
from searchlib.documents.seedstreams import decompressed
from searchlib.errors import SeedError
from searchlib.guards.limits import how_to_raise
from searchlib.model.records import Document

_CHUNK: Final = 1 << 16
_ZSTD_WINDOW: Final = 1 << 27
_DAMAGED: Final = (tarfile.TarError, zlib.error, lzma.LZMAError, EOFError, OSError, ValueError)


def load_zip(seed: Seed) -> Iterator[Document]:
    """The documents of all files in a ZIP archive. Raises SeedError if it is damaged or over a limit."""
    if not seed.read():
        return
    package = Package(seed, "ZIP")
    members = Members(seed)
    for info in package.infos():
        name = info.filename
        if info.is_dir() or not _is_wanted(seed, members, name):
            continue
        if info.create_system == 3 and (info.external_attr >> 16) & 0o170000 not in (
            0,
            0o100000,
        ):  # Unix says what it is
            seed.skips(0, f"{_shown(name)}: a link or a device, not a file")
            continue
        try:
            data = package.read(name)
        except SeedError as error:
            if package.is_over:
                raise
            seed.skips(0, f"{_shown(name)}: {error}")
            continue
        yield from members.load(_shown(name), data)
    members.tell()


def load_tar(seed: Seed) -> Iterator[Document]:
    """The documents of all files in a tar archive, read as a stream."""
    members = Members(seed)
    name = seed.name.lower()
    with seed.open() as raw:
        try:
            stream = _opened(raw, name, seed)
            first = stream.read(1)
            if not first:
                return
            with tarfile.open(fileobj=cast(IO[bytes], _Rest(first, stream)), mode="r|") as archive:
                for info in archive:
                    archive.members.clear()  # type: ignore[attr-defined]  # which it would all keep
                    yield from _member(seed, members, archive, info)
        except _DAMAGED as error:
            raise SeedError(f"a damaged archive, read as far as it can be ({error}); get it anew", seed.name) from None
    members.tell()


def _member(seed: Seed, members: Members, archive: tarfile.TarFile, info: tarfile.TarInfo) -> Iterator[Document]:
    if info.isdir() or not _is_wanted(seed, members, info.name):
        return
    if not info.isreg() or info.issparse():
        seed.skips(0, f"{_shown(info.name)}: a link, a device or full of holes, not an ordinary file")
        return
    if info.size > seed.limits.file_bytes:
        told = f"has {info.size:,} bytes, more than {seed.limits.file_bytes:,}; {how_to_raise('file_bytes')}"
        seed.skips(0, f"{_shown(info.name)}: {told}")
        return
    stream = archive.extractfile(info)
    if stream is not None:
        yield from members.load(_shown(info.name), stream.read())


def _is_wanted(seed: Seed, members: Members, name: str) -> bool:
    """Whether a file of an archive is loaded; what is not, but might be meant, is told."""
    parts = [part for part in name.replace("\\", "/").split("/") if part != "."]
    if name.startswith(("/", "\\")) or ".." in parts or "" in parts:
        seed.skips(0, f"{_shown(name)}: its name leads out of the archive")
        return False
    if any(part.startswith(".") for part in parts) or "__MACOSX" in parts:
        return False
    if ignore.ignored_by_default(parts[-1], False) or any(ignore.ignored_by_default(one, True) for one in parts[:-1]):
        return False
    return members.wants(_shown(name))


def _shown(name: str) -> str:
    """A name that can be printed and stored."""
    shown = name.replace("\\", "/").encode("utf-8", "backslashreplace").decode("utf-8")
    return "".join(letter if letter.isprintable() else "_" for letter in shown).removeprefix("./")


def _opened(raw: BinaryIO, name: str, seed: Seed) -> BinaryIO:
    """The tar archive in a file, whatever it is compressed by."""
    memory = seed.limits.parser_memory
    if name.endswith((".bz2", ".tbz2", ".tbz")):
        return decompressed(raw, lambda stream: _Unpacked(stream, bz2.BZ2Decompressor), seed.name, seed.limits)
    if name.endswith((".xz", ".txz")):
        return decompressed(
            raw,
            lambda stream: _Unpacked(stream, lambda: lzma.LZMADecompressor(memlimit=memory)),
            seed.name,
            seed.limits,
        )
    if name.endswith((".zst", ".tzst")):
        from zstandard import ZstdDecompressor, ZstdError

        def unpacked(stream: BinaryIO) -> Any:
            return _Inflated(ZstdDecompressor(max_window_size=_ZSTD_WINDOW).stream_reader(stream), ZstdError)

        return decompressed(raw, unpacked, seed.name, seed.limits)
    return raw


class _Inflated:
    """A stream whose errors are those of others."""

    def __init__(self, stream: Any, error: type[Exception]) -> None:
        self._stream = stream
        self._error = error
        self._is_empty = True

    def read(self, size: int) -> bytes:
        try:
            found = cast(bytes, self._stream.read(size))
        except self._error as error:
            raise EOFError(str(error)) from None
        if not found and self._is_empty:
            raise EOFError("it ends before its end")
        self._is_empty = False
        return found

    def close(self) -> None:
        self._stream.close()


class _Unpacked:
    """A stream that a decompressor makes of another, one after the other if there are several in it."""

    def __init__(self, stream: BinaryIO, make: Callable[[], Any]) -> None:
        self._stream = stream
        self._make = make
        self._decompressor = make()

    def read(self, size: int) -> bytes:
        while True:
            if self._decompressor.eof:
                rest = self._decompressor.unused_data or self._stream.read(_CHUNK)
                if not rest.strip(b"\0"):
                    return b""
                self._decompressor = self._make()
            elif self._decompressor.needs_input:
                rest = self._stream.read(_CHUNK)
                if not rest:
                    raise EOFError("it ends before its end")
            else:
                rest = b""
            found: bytes = self._decompressor.decompress(rest, size)
            if found:
                return found

    def close(self) -> None:
        self._stream.close()


class _Rest(io.RawIOBase):
    """A stream whose first bytes were read already."""

    def __init__(self, first: bytes, stream: BinaryIO) -> None:
        self._first = first
        self._stream = stream

    def read(self, size: int = -1) -> bytes:
        first, self._first = self._first, b""
        return first + self._stream.read(size - len(first)) if size != 0 else first
