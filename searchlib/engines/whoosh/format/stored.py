"""Stored fields: for every record and every document the value of each of their fields, a text or an integer.

* A *stream* has a value of each of its *fields* for each of its *items*. These are the records of the segment, and in a
  *shared* stream its documents, whose records are neighbours.
* An *other* value is neither text nor integer, or absent: bytes that only what wrote them can read. searchlib writes
  none, and reads none unless it is given a function that does.
* A *block* is some 3 KiB of successive items with all their fields, compressed by itself with Zstandard: what a single
  record needs is in one.
* The *dictionary* of a stream is what its blocks share, so that they are small although each is read alone.

A block begins with 0 (the rest is as it is) or 1 (the rest is a Zstandard frame). What it holds is, for each field, its
values of all items of the block, one after the other::

    form (1)           bits 0-1: 1 texts · 2 integers · 3 other values; bit 2: all items have the one value that
                       follows; bits 3-4: s, the size of numbers, as a power of two
    texts, others      the length of each (s·n), then the bytes
    integers           the first (8), then value - previous value, signed (s·(n - 1))

For each stream there is a section ``blocks:`` and its name, with all its blocks; a section ``index:`` and its name with
the items of each block (2·m), then the bytes of each (4·m); and maybe a section ``dictionary:`` and its name, in the
form of a block. If any stream is shared, the section ``firsts`` has the first record of each document, and the number
of records (4 each).
"""

from __future__ import annotations

import struct
import threading
from collections.abc import Callable, Iterator, Sequence
from operator import itemgetter
from typing import Any, Final, Generic, NoReturn, TypeVar

import numpy as np
import zstandard

from searchlib.concurrency.lazily import cached_property
from searchlib.engines.whoosh.format.container import Container, Section
from searchlib.engines.whoosh.format.storedblocks import BlockCache, StoredBlock, unpacked
from searchlib.model.arrays import NDArray

KIND: Final = b"STOR"
STORED_STREAM: Final = "stored:"
"""What the names of streams begin with whose fields are stored fields."""
CACHED_BYTES: Final = 16 << 20
LARGEST_DICTIONARY: Final = 1 << 18

Other = TypeVar("Other")


def no_others(data: bytes) -> NoReturn:
    """Refuses a value that is neither a text nor an integer."""
    raise ValueError("neither text nor integer")


class StoredStream(Generic[Other]):
    """A stream for reading; made by `Stored.stream`."""

    def __init__(
        self, name: str, container: Container, about: Any, cache: BlockCache[Other], other: Callable[[bytes], Other]
    ) -> None:
        self._name, self._container, self._cache, self._other = name, container, cache, other
        try:
            self.fields: list[str] = list(about["fields"])
            self.count: int = about["items"]
            """How many items there are."""
            self.shared: bool = about["shared"]
            """Whether these are documents."""
            right = type(self.count) is int and type(self.shared) is bool and set(map(type, self.fields)) == {str}
        except (KeyError, TypeError):
            right = False
        if not right or len(set(self.fields)) < len(self.fields):
            container.damaged(f"its directory is wrong about {name!r}")
        self._number = {field: number for number, field in enumerate(self.fields)}
        self._of_thread = threading.local()

    @cached_property
    def _places(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """The first item of each block, and how many there are; the first byte of each, and how many there are."""
        data = self._container.section("index:" + self._name).array(np.uint8)
        count, rest = divmod(len(data), 6)
        if rest:
            self._container.damaged(f"the index of {self._name!r} has a length that cannot be")
        items, sizes = data[: 2 * count].view("<u2"), data[2 * count :].view("<u4")
        firsts, starts = np.zeros(count + 1, np.int64), np.zeros(count + 1, np.int64)
        items.cumsum(dtype=np.int64, out=firsts[1:])
        sizes.cumsum(dtype=np.int64, out=starts[1:])
        if firsts[-1] != self.count or starts[-1] != self._blocks.length or not (items.all() and sizes.all()):
            self._container.damaged(f"the index of {self._name!r} does not cover its items")
        return firsts, starts

    @cached_property
    def _blocks(self) -> Section:
        """All blocks, one after the other."""
        return self._container.section("blocks:" + self._name)

    @cached_property
    def _dictionary(self) -> zstandard.ZstdCompressionDict | None:
        """What the blocks share."""
        name = "dictionary:" + self._name
        if name not in self._container:
            return None
        section = self._container.section(name)
        try:
            data = unpacked(section.slice(0, section.length).tobytes(), zstandard.ZstdDecompressor())
            if not 0 < len(data) <= LARGEST_DICTIONARY:
                raise ValueError("size")
            return zstandard.ZstdCompressionDict(data)
        except (ValueError, IndexError, zstandard.ZstdError):
            self._container.damaged(f"the dictionary of {self._name!r} is not what was written")

    def _decompressor(self) -> zstandard.ZstdDecompressor:
        """One cannot be shared between threads."""
        try:
            found: zstandard.ZstdDecompressor = self._of_thread.decompressor
        except AttributeError:
            found = self._of_thread.decompressor = zstandard.ZstdDecompressor(dict_data=self._dictionary)
        return found

    def _block(self, number: int) -> StoredBlock[Other]:
        block = self._cache.get((self._name, number))
        if block is None:
            firsts, starts = self._places
            data = self._blocks.slice(starts.item(number), starts.item(number + 1)).tobytes()
            items = firsts.item(number + 1) - firsts.item(number)
            try:
                block = StoredBlock(unpacked(data, self._decompressor()), items, len(self.fields), self._other)
            except (ValueError, IndexError, struct.error, zstandard.ZstdError):
                self._container.damaged(f"block {number} of {self._name!r} is not what was written")
            self._cache.put((self._name, number), block)
        return block

    def _found(self, items: NDArray[np.int64]) -> Iterator[tuple[StoredBlock[Other], int]]:
        """The block of each of these items, and its place in that."""
        firsts = self._places[0]
        if len(items) and not 0 <= int(items.min()) <= int(items.max()) < self.count:
            raise IndexError(f"item {int(items.max())} of {self.count}")
        numbers = firsts.searchsorted(items, "right") - 1
        within = items - firsts[numbers]
        known, block = -1, None
        for number, place in zip(numbers.tolist(), within.tolist(), strict=True):
            if block is None or number != known:
                known, block = number, self._block(number)
            yield block, place

    def values_at(self, field: str, items: NDArray[np.int64]) -> Iterator[str | int | Other]:
        """The values of a field of these items; those of a block are best asked for together."""
        number = self._number[field]
        try:
            for block, place in self._found(items):
                yield block.value(number, place)
        except ValueError:
            self._damaged()

    def rows_at(self, fields: Sequence[str], items: NDArray[np.int64]) -> list[list[str | int | Other]]:
        """The values of several fields for each of these items."""
        numbers = [self._number[field] for field in fields]
        try:
            return [block.row(numbers, place) for block, place in self._found(items)]
        except ValueError:
            self._damaged()

    def rows(self, fields: Sequence[str]) -> Iterator[list[str | int | Other]]:
        """The values of several fields for all items, in order."""
        numbers = [self._number[field] for field in fields]
        try:
            for number in range(len(self._places[0]) - 1):
                block = self._block(number)
                yield from (block.row(numbers, item) for item in range(block.items))
        except ValueError:
            self._damaged()

    def values(self, field: str) -> Iterator[str | int | Other]:
        """The values of a field of all items, in order."""
        return map(itemgetter(0), self.rows([field]))

    def value(self, field: str, item: int) -> str | int | Other:
        """The value of a field of one item."""
        firsts = self._places[0]
        if not 0 <= item < self.count:
            raise IndexError(f"item {item} of {self.count}")
        number = int(firsts.searchsorted(item, "right")) - 1
        try:
            return self._block(number).value(self._number[field], item - int(firsts[number]))
        except ValueError:
            self._damaged()

    def _damaged(self) -> NoReturn:
        self._container.damaged(f"a value of {self._name!r} is not what was written")


class Stored(Generic[Other]):
    """The stored fields of a segment, for reading; safe to share between threads.

    Args:
        container: the file.
        other: reads a value that is neither text nor integer; a ValueError of it is damage. `no_others` refuses them.
        kept: bytes of blocks that stay unpacked, those used last.

    Raises:
        IndexCorrupt: from here and from every method: the file is not what was written.
    """

    def __init__(self, container: Container, other: Callable[[bytes], Other], kept: int = CACHED_BYTES) -> None:
        self.container = container
        count, streams = container.meta.get("records"), container.meta.get("streams")
        if type(count) is not int or count < 0 or not isinstance(streams, dict):
            container.damaged("its directory is wrong")
        self.count: int = count
        """The records of the segment."""
        cache: BlockCache[Other] = BlockCache(kept)
        self._streams = {name: StoredStream(name, container, about, cache, other) for name, about in streams.items()}
        for name, stream in self._streams.items():
            if not stream.shared and stream.count != count:
                container.damaged(f"{name!r} has not a value for each record")
        self.fields: dict[str, StoredStream[Other]] = {
            field: stream
            for name, stream in self._streams.items()
            if name.startswith(STORED_STREAM)
            for field in stream.fields
        }
        """The stored fields, and the stream that has each."""

    def __contains__(self, stream: str) -> bool:
        return stream in self._streams

    @property
    def names(self) -> list[str]:
        """The names of all streams."""
        return list(self._streams)

    def stream(self, name: str) -> StoredStream[Other]:
        """The stream of this name."""
        return self._streams[name]

    @cached_property
    def firsts(self) -> NDArray[np.int64]:
        """The first record of each document."""
        if "firsts" not in self.container:
            self.container.damaged("it does not say which records its documents have")
        found = self.container.section("firsts").array("<u4").astype(np.int64)
        begins = len(found) and found[0] == 0 and found[-1] == self.count
        if not begins or not (found[1:] > found[:-1]).all():
            self.container.damaged("its documents do not cover its records")
        if any(stream.shared and stream.count != len(found) - 1 for stream in self._streams.values()):
            self.container.damaged("it has not a value for each document")
        return found[:-1]

    def document_of(self, records: NDArray[np.int64]) -> NDArray[np.int64]:
        """The document of each of these records, counted from 0."""
        return self.firsts.searchsorted(records, "right") - 1

    def value(self, name: str, record: int) -> str | int | Other:
        """A stored field of a record, or of its document."""
        if not 0 <= record < self.count:
            raise IndexError(f"record {record} of {self.count}")
        stream = self.fields[name]
        item = int(self.firsts.searchsorted(record, "right")) - 1 if stream.shared else record
        return stream.value(name, item)

    def values_at(self, name: str, records: NDArray[np.int64]) -> Iterator[str | int | Other]:
        """A stored field of these records, or of their documents."""
        stream = self.fields[name]
        return stream.values_at(name, self.document_of(records) if stream.shared else records)

    def values(self, name: str) -> Iterator[str | int | Other]:
        """A stored field of all records, in order."""
        stream = self.fields[name]
        if not stream.shared:
            return stream.values(name)
        sizes = np.diff(self.firsts, append=self.count).tolist()
        return (value for value, size in zip(stream.values(name), sizes, strict=True) for _ in range(size))

    def record(self, record: int) -> dict[str, str | int | Other]:
        """The stored fields of a record and of its document."""
        return {name: self.value(name, record) for name in self.fields}
