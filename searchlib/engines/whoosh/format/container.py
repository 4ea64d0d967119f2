"""The envelope of every file of a segment: named sections, and a checksum for every page.

* A *section* is a named range of bytes, written in one go from front to back and read as an array.
* A *page* is 16 KiB of the file, whatever lies in it. Each has a CRC-32, compared when something in the page is
  first touched, so that opening a file of any size reads a few hundred bytes, and damage is found all the same.
* The *directory*, at the end, is JSON: sections, checksums of the table of page checksums, and what the kind of
  file wants to say about itself (``meta``).

Layout, all integers little-endian::

    header     magic "searchlb" (8) · kind, four letters (4) · format version (4)
    sections   each beginning on a multiple of 8
    checksums  CRC-32 of each page of everything above (4 bytes a page; the last page may be short)
    directory  JSON in ASCII
    trailer    start of the directory (8) · its length (4) · its CRC-32 (4) · length of the file (8) · "searchlb" (8)

`ContainerWriter` writes one to any binary file; `Container` reads one from any buffer.
"""

from __future__ import annotations

import contextlib
import io
import json
import mmap
import os
import struct
import zlib
from collections.abc import Sequence
from typing import Any, BinaryIO, Final, NoReturn, TypeAlias

import numpy as np

from searchlib.errors import IndexCorrupt, IndexIncompatible
from searchlib.hashing import blake2b
from searchlib.model.arrays import DTypeLike, NDArray

Buffer: TypeAlias = bytes | memoryview | mmap.mmap

FORMAT_VERSION: Final = 1

MAGIC: Final = b"searchlb"
PAGE_BITS: Final = 14
PAGE: Final = 1 << PAGE_BITS
TABLE_GROUP: Final = 4096
"""Page checksums that are themselves checked together."""

_HEADER: Final = struct.Struct("<8s4sI")
_TRAILER: Final = struct.Struct("<QIIQ8s")


class ContainerWriter:
    """Writes sections one after the other.

    Args:
        file: a new binary file, at its beginning; `close` closes it.
        kind: four letters that name the kind of file.
    """

    def __init__(self, file: BinaryIO, kind: bytes) -> None:
        self._file = file
        self._size = 0
        self._page_sums: list[int] = []
        self._page_sum = 0
        self._sections: list[tuple[str, int, int]] = []
        self._open: tuple[str, int] | None = None
        self.meta: dict[str, Any] = {}
        """Goes into the directory as it is at `close`; JSON."""
        self._put(_HEADER.pack(MAGIC, kind, FORMAT_VERSION))

    def begin(self, name: str) -> None:
        """Begin a section; the one before it must have ended."""
        if self._open is not None:
            raise RuntimeError(f"section {self._open[0]!r} is still open")
        self._put(bytes(-self._size % 8))
        self._open = (name, self._size)

    def write(self, data: bytes | memoryview | NDArray[Any]) -> None:
        """Append to the section that is open."""
        self._put(data)

    def end(self) -> None:
        """End the section that is open."""
        if self._open is None:
            raise RuntimeError("no section is open")
        name, start = self._open
        self._sections.append((name, start, self._size - start))
        self._open = None

    def section(self, name: str, data: bytes | NDArray[Any]) -> None:
        """Write a section whole."""
        self.begin(name)
        self._put(data)
        self.end()

    def _put(self, data: bytes | memoryview | NDArray[Any]) -> None:
        view = memoryview(data.tobytes() if isinstance(data, np.ndarray) else data)
        self._file.write(view)
        at, size = 0, len(view)
        while at < size:
            take = min(PAGE - (self._size & (PAGE - 1)), size - at)
            self._page_sum = zlib.crc32(view[at : at + take], self._page_sum)
            at += take
            self._size += take
            if not self._size & (PAGE - 1):
                self._page_sums.append(self._page_sum)
                self._page_sum = 0

    def close(self, sync: bool = True) -> None:
        """Write checksums and directory, and close the file (to the disk, if ``sync`` and it is one)."""
        if self._open is not None:
            raise RuntimeError(f"section {self._open[0]!r} is still open")
        body = self._size
        sums = np.array([*self._page_sums, self._page_sum] if body & (PAGE - 1) else self._page_sums, "<u4")
        directory = json.dumps(
            {
                "body": body,
                "checksums": [
                    zlib.crc32(sums[i : i + TABLE_GROUP].tobytes()) for i in range(0, len(sums), TABLE_GROUP)
                ],
                "sections": self._sections,
                "meta": self.meta,
            },
            ensure_ascii=True,
            separators=(",", ":"),
        ).encode()
        start = body + sums.nbytes
        self._file.write(sums.tobytes())
        self._file.write(directory)
        length = start + len(directory) + _TRAILER.size
        self._file.write(_TRAILER.pack(start, len(directory), zlib.crc32(directory), length, MAGIC))
        self._file.flush()
        if sync:
            with contextlib.suppress(AttributeError, io.UnsupportedOperation):  # a file in memory
                os.fsync(self._file.fileno())
        self._file.close()

    def abort(self) -> None:
        """Close the file, unfinished."""
        self._file.close()


class Container:
    """Reads sections, checking what is touched.

    Args:
        buffer: the whole file; it stays in use as long as any array made from it.
        path: its name, for messages.
        kind: four letters; the file must be of this kind, b"" for any.

    Raises:
        IndexCorrupt: the file is not what was written.
        IndexIncompatible: a later version wrote it.
    """

    def __init__(self, buffer: Buffer, path: str, kind: bytes = b"") -> None:
        self.path = path
        self._data: NDArray[np.uint8] = np.frombuffer(buffer, np.uint8)
        self._view = memoryview(buffer)
        size = len(self._data)
        if size < _HEADER.size + _TRAILER.size:
            self.damaged("it is too short")
        magic, found_kind, version = _HEADER.unpack(self._data[: _HEADER.size].tobytes())
        if magic != MAGIC or (kind and found_kind != kind):
            self.damaged("it does not begin as it should")
        if version != FORMAT_VERSION:
            raise IndexIncompatible(
                f"{path} has format version {version}, and this searchlib reads {FORMAT_VERSION}; "
                "rebuild the index with: searchlib index",
                path,
            )
        start, length, checksum, file_size, magic = _TRAILER.unpack(self._data[size - _TRAILER.size :].tobytes())
        if magic != MAGIC or file_size != size or start + length + _TRAILER.size != size:
            self.damaged("it does not end as it should")
        raw = self._data[start : start + length].tobytes()
        if zlib.crc32(raw) != checksum:
            self.damaged("its directory fails its checksum")
        self._end: int = start
        self._read_directory(raw, start)

    def _read_directory(self, raw: bytes, start: int) -> None:
        try:
            directory = json.loads(raw)
            body = directory["body"]
            self._group_sums: list[int] = directory["checksums"]
            self.meta: dict[str, Any] = directory["meta"]
            sections = {str(name): (first, length) for name, first, length in directory["sections"]}
            pages = (body + PAGE - 1) >> PAGE_BITS
            right = (
                isinstance(self.meta, dict)
                and all(type(number) is int for place in sections.values() for number in (body, *place))
                and body + 4 * pages == start
                and len(self._group_sums) == (pages + TABLE_GROUP - 1) // TABLE_GROUP
                and all(_HEADER.size <= first <= first + length <= body for first, length in sections.values())
            )
        except (ValueError, KeyError, TypeError, RecursionError):
            right = False
        if not right:
            self.damaged("its directory is wrong")
        self._sections: dict[str, tuple[int, int]] = sections
        self._page_sums = self._data[body:start].view("<u4")
        self._group_seen = bytearray(len(self._group_sums))
        self._page_seen = bytearray(pages)
        self._body = int(body)

    def expect(self, directory: str) -> None:
        """Compare the digest of the directory, which has the checksums of all else, with the one that was written.

        A file that is sound and of the right size, but another one, is found so. "" is as good as any.

        Raises:
            IndexCorrupt: it is another file.
        """
        if directory and directory_digest(self._view[self._end :]) != directory:
            self.damaged("it is sound, but not the file that was written")

    def damaged(self, what: str) -> NoReturn:
        """Raise `IndexCorrupt` for this file."""
        raise IndexCorrupt(
            f"{self.path} is damaged ({what}); rebuild the index with: searchlib index --rebuild", self.path
        )

    @property
    def size(self) -> int:
        """Bytes of the contents: what stands before the directory."""
        return self._end

    def names(self) -> list[str]:
        """The names of all sections, in the order in which they were written."""
        return list(self._sections)

    def __contains__(self, name: str) -> bool:
        return name in self._sections

    def section(self, name: str) -> Section:
        """The section of this name.

        Raises:
            IndexCorrupt: there is none.
        """
        place = self._sections.get(name)
        if place is None:
            self.damaged(f"it has no section {name!r}")
        return Section(self, *place)

    def unchecked(self, name: str) -> memoryview:
        """The bytes of a section, not compared with any checksum: for contents that have their own."""
        section = self.section(name)
        return self._view[section.start : section.start + section.length]

    def verify(self) -> None:
        """Compare every checksum of the file.

        Raises:
            IndexCorrupt: one differs.
        """
        self._page_seen = bytearray(len(self._page_seen))
        self._group_seen = bytearray(len(self._group_seen))
        self.check(0, self._body)

    def check(self, start: int, stop: int) -> None:
        """Compare the checksums of the pages of these bytes that were not compared before."""
        if start >= stop:
            return
        first, last = start >> PAGE_BITS, (stop - 1) >> PAGE_BITS
        seen = self._page_seen
        page = seen.find(0, first, last + 1)
        while page >= 0:
            group = page // TABLE_GROUP
            if not self._group_seen[group]:
                table = self._page_sums[group * TABLE_GROUP : (group + 1) * TABLE_GROUP]
                if zlib.crc32(table.tobytes()) != self._group_sums[group]:
                    self.damaged("its checksums fail their checksum")
                self._group_seen[group] = 1
            data = self._view[page << PAGE_BITS : min((page + 1) << PAGE_BITS, self._body)]
            if zlib.crc32(data) != self._page_sums[page]:
                self.damaged(f"bytes {page << PAGE_BITS} and following fail their checksum")
            seen[page] = 1
            page = seen.find(0, page + 1, last + 1)

    def unchecked_bytes(self, start: int, stop: int) -> NDArray[np.uint8]:
        """These bytes of the file, for who checks what of them is read."""
        return self._data[start:stop]

    def bytes_at(self, start: int, stop: int) -> NDArray[np.uint8]:
        """These bytes of the file, checked; the caller has compared the range with a section."""
        self.check(start, stop)
        return self._data[start:stop]


class Section:
    """A range of a container. Whatever it returns is within the range and has been checked."""

    __slots__ = ("container", "length", "start")

    def __init__(self, container: Container, start: int, length: int) -> None:
        self.container = container
        self.start = start
        self.length = length

    def slice(self, start: int, stop: int) -> NDArray[np.uint8]:
        """These bytes of the section.

        Raises:
            IndexCorrupt: they are not all in the section, or fail their checksum.
        """
        if not 0 <= start <= stop <= self.length:
            self.container.damaged("a reference leads out of its section")
        return self.container.bytes_at(self.start + start, self.start + stop)

    def parts(self, ranges: Sequence[tuple[int, int]]) -> NDArray[np.uint8]:
        """The bytes of the section from the first of some ascending ranges to the last; only the ranges are read.

        Raises:
            IndexCorrupt: they are not all in the section, or fail their checksum.
        """
        at, begin, end = 0, ranges[0][0], ranges[-1][1]
        for start, stop in ranges:
            if not at <= start <= stop <= self.length:
                self.container.damaged("a reference leads out of its section")
            self.container.check(self.start + start, self.start + stop)
            at = stop
        return self.container.unchecked_bytes(self.start + begin, self.start + end)

    def items(self, dtype: DTypeLike, numbers: NDArray[np.int64]) -> NDArray[Any]:
        """Some items of the section as an array of that type; only the pages that they are in are read.

        Raises:
            IndexCorrupt: they are not all in the section, or fail their checksum.
        """
        wanted = np.dtype(dtype)
        size = wanted.itemsize
        if len(numbers) and not 0 <= int(numbers.min()) <= int(numbers.max()) < self.length // size:
            self.container.damaged("a reference leads out of its section")
        starts = self.start + numbers * size
        for page in np.unique(np.concatenate((starts, starts + size - 1)) >> PAGE_BITS).tolist():
            self.container.check(page << PAGE_BITS, page + 1 << PAGE_BITS)
        every = self.container.unchecked_bytes(self.start, self.start + self.length // size * size)
        return every.view(wanted).take(numbers)

    def array(self, dtype: DTypeLike) -> NDArray[Any]:
        """The whole section as an array.

        Raises:
            IndexCorrupt: its length is not a multiple of the item's, or it fails its checksum.
        """
        wanted = np.dtype(dtype)
        if self.length % wanted.itemsize:
            self.container.damaged("a section has a length that cannot be")
        return self.slice(0, self.length).view(wanted)


def directory_digest(data: bytes | memoryview) -> str:
    """The digest of a directory with the trailer after it: BLAKE2b (RFC 7693) of 128 bits, in hexadecimal."""
    return blake2b(data, digest_size=16).hexdigest()


def read_directory_digest(file: BinaryIO, size: int) -> str:
    """The digest of the directory of an open file of so many bytes; "" if it does not look like a container."""
    if size < _HEADER.size + _TRAILER.size:
        return ""
    file.seek(size - _TRAILER.size)
    start, length, _, file_size, magic = _TRAILER.unpack(file.read(_TRAILER.size))
    if magic != MAGIC or file_size != size or start + length + _TRAILER.size != size:
        return ""
    file.seek(start)
    return directory_digest(file.read(length + _TRAILER.size))
