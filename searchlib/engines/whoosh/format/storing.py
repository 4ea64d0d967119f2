"""Writing stored fields: streams of values, cut into blocks (see `stored`).

The blocks of a stream are put aside until all are there, since what they share is learnt from blocks of all of it.
"""

from __future__ import annotations

import operator
import struct
from bisect import bisect_left
from collections.abc import Callable, Sequence
from itertools import chain, compress
from pathlib import Path
from tempfile import SpooledTemporaryFile
from typing import Any, Final, Generic, NoReturn, TypeVar

import numpy as np
import zstandard

from searchlib.engines.whoosh.format.container import ContainerWriter
from searchlib.engines.whoosh.format.stored import LARGEST_DICTIONARY
from searchlib.engines.whoosh.format.storedblocks import (
    ALIKE,
    FIRST,
    INTEGERS,
    MOST_ITEMS,
    OTHERS,
    SIGNED,
    TEXTS,
    UNSIGNED,
    allowed_size,
)
from searchlib.model.arrays import NDArray

LEVEL: Final = 3
BLOCK_BYTES: Final = 3 << 10  # 2 KiB are read in 1.5 microseconds less, and take 3 % more room; 4 KiB 2 % less
_INTEGER_LIMIT: Final = 1 << 62
_IN_MEMORY: Final = 8 << 20  # bytes of a stream before they are put on the disk
_LEAST: Final = 1 << 16  # bytes of blocks that a dictionary is made for
_LEARNT: Final = 2 << 20  # bytes of blocks that it is made of
_LONGEST: Final = 2 * BLOCK_BYTES  # bytes of one of these
_TRIED: Final = 256  # blocks that it is tried on
_OF_BLOCKS: Final = 4  # how many times larger than the dictionary the blocks are, at least
_DICTIONARY_LEVEL: Final = 12

Other = TypeVar("Other")


def no_others(value: object) -> NoReturn:
    """Refuses a value that is neither a text nor an integer of 63 bits.

    Raises:
        TypeError: always.
    """
    raise TypeError(f"a value of type {type(value).__name__} cannot be stored")


class StreamWriter(Generic[Other]):
    """Writes one stream; made by `StoredWriter.stream`.

    What is written does not depend on how the items are cut into calls of `add`.
    """

    def __init__(
        self, fields: Sequence[str], shared: bool, folder: Path | None, other: Callable[[str | int | Other], bytes]
    ) -> None:
        self.fields = list(fields)
        self.shared = shared
        self._other = other
        self._waiting: list[list[bytes | int]] = [[] for _ in fields]
        self._kinds = [bytearray() for _ in fields]
        self._size = 0
        directory = None if folder is None else str(folder)
        self._spool = SpooledTemporaryFile(_IN_MEMORY, dir=directory)  # noqa: SIM115
        self._items: list[int] = []
        self._sizes: list[int] = []
        self.count = 0
        """Items so far."""

    def add(self, *columns: Sequence[str | int | Other]) -> None:
        """Append items: for each field the values of all of them.

        Raises:
            TypeError: a value of a type that is not kept.
        """
        kept = list(map(self._kept, columns))
        count = len(columns[0])
        if len(columns) != len(self.fields) or any(len(column) != count for column in columns):
            raise ValueError("a value of each field is needed for each item")
        sizes = np.zeros(count + 1, np.int64)
        for (values, _), waiting in zip(kept, self._waiting, strict=True):
            sizes[1:] += _sizes(values, waiting)
        totals = sizes.cumsum().tolist()
        start = 0
        while start < count:
            # A block ends with the item that fills it.
            full = bisect_left(totals, totals[start] + BLOCK_BYTES - self._size, start + 1)
            end = min(full, start + MOST_ITEMS - len(self._waiting[0]), count)
            for waiting, known, (values, kinds) in zip(self._waiting, self._kinds, kept, strict=True):
                waiting.extend(values[start:end])
                known.extend(kinds[start:end])
            self._size += totals[end] - totals[start]
            if self._size >= BLOCK_BYTES or len(self._waiting[0]) == MOST_ITEMS:
                self._cut()
            start = end
        self.count += count

    def _kept(self, values: Sequence[Any]) -> tuple[Sequence[bytes | int], bytes]:
        """Values as they are kept, texts encoded, and the kind of each."""
        if set(map(type, values)) == {str}:
            return [value.encode("utf-8", "surrogatepass") for value in values], bytes((TEXTS,)) * len(values)
        kinds = bytes(map(_kind, values))
        if kinds.count(INTEGERS) == len(kinds):
            return values, kinds
        return [self._bytes_of(*pair) for pair in zip(values, kinds, strict=True)], kinds

    def _bytes_of(self, value: Any, kind: int) -> bytes | int:
        if kind == TEXTS:
            text: bytes = value.encode("utf-8", "surrogatepass")
            return text
        return int(value) if kind == INTEGERS else self._other(value)

    def _cut(self) -> None:
        """Put the block aside that is waiting."""
        items = len(self._waiting[0])
        raw = b"".join(part for pair in zip(self._waiting, self._kinds, strict=True) for part in self._parts(*pair))
        if len(raw) >= 1 << 32:
            raise ValueError("a value of 4 GiB or more cannot be stored")
        self._spool.write(raw)
        self._items.append(items)
        self._sizes.append(len(raw))
        self._waiting = [[] for _ in self.fields]
        self._kinds = [bytearray() for _ in self.fields]
        self._size = 0

    def _parts(self, values: list[Any], kinds: bytearray) -> list[bytes]:
        """A field of a block."""
        kind = kinds[0]
        if kinds.count(kind) < len(kinds):
            kind, values = OTHERS, list(map(self._as_other, values, kinds))
        form = kind
        if values[0] == values[-1] and values.count(values[0]) == len(values):
            form, values = kind | ALIKE, values[:1]
        if kind == INTEGERS:
            steps = list(map(operator.sub, values[1:], values))
            reach = max((step if step >= 0 else -1 - step for step in steps), default=0)
            size = next(size for size in range(4) if reach < 1 << ((8 << size) - 1))
            parts = [FIRST.pack(values[0]), struct.pack(f"<{len(steps)}{SIGNED[size]}", *steps)]
        else:
            lengths = list(map(len, values))
            longest = max(lengths)
            if longest >= 1 << 32:
                raise ValueError("a value of 4 GiB or more cannot be stored")
            size = (longest >= 1 << 8) + (longest >= 1 << 16)
            parts = [struct.pack(f"<{len(lengths)}{UNSIGNED[size]}", *lengths), *values]
        return [bytes((form | size << 3,)), *parts]

    def _as_other(self, value: bytes | int, kind: int) -> bytes:
        """What a text or an integer is among other values."""
        if isinstance(value, int):
            return self._other(value)
        return value if kind == OTHERS else self._other(value.decode("utf-8", "surrogatepass"))

    def finish(self, name: str, container: ContainerWriter) -> None:
        """Write the sections of the stream."""
        if self._waiting[0]:
            self._cut()
        dictionary, kept = self._dictionary()
        compressor = zstandard.ZstdCompressor(
            level=LEVEL, dict_data=dictionary, write_checksum=False, write_dict_id=False
        )
        packed = []
        self._spool.seek(0)
        container.begin("blocks:" + name)
        for size in self._sizes:
            data = _packed(self._spool.read(size), compressor)
            container.write(data)
            packed.append(len(data))
        container.end()
        container.section("index:" + name, np.array(self._items, "<u2").tobytes() + np.array(packed, "<u4").tobytes())
        if dictionary is not None:
            container.section("dictionary:" + name, kept)
        self.close()

    def _dictionary(self) -> tuple[zstandard.ZstdCompressionDict | None, bytes]:
        """What the blocks share, and how it is kept: None if it takes more than it saves.

        Nothing but the blocks decides it, all of them together.
        """
        total = sum(self._sizes)
        if total < _LEAST:
            return None, b""
        starts = np.cumsum(self._sizes, dtype=np.int64) - self._sizes
        blocks: list[Any] = [self._begin(*place) for place in self._chosen(starts, _LEARNT // BLOCK_BYTES)]
        try:
            found = zstandard.train_dictionary(
                min(total // _OF_BLOCKS, LARGEST_DICTIONARY), blocks, k=256, d=8, level=LEVEL
            )
            found.precompute_compress(level=LEVEL)
        except zstandard.ZstdError:  # too few blocks, or nothing in them
            return None, b""
        kept = _packed(found.as_bytes(), zstandard.ZstdCompressor(level=_DICTIONARY_LEVEL, write_checksum=False))
        tried = blocks[:: -(-len(blocks) // _TRIED)]
        plain = zstandard.ZstdCompressor(level=LEVEL, write_checksum=False)
        shared = zstandard.ZstdCompressor(level=LEVEL, dict_data=found, write_checksum=False, write_dict_id=False)
        saved = sum(len(_packed(block, plain)) - len(_packed(block, shared)) for block in tried)
        return (found, kept) if saved * total > len(kept) * sum(map(len, tried)) else (None, b"")

    def _chosen(self, starts: NDArray[np.int64], count: int) -> list[tuple[int, int]]:
        """(start, size) of so many blocks, evenly spread."""
        every = len(starts)
        numbers = np.arange(every) if every <= count else np.arange(count, dtype=np.int64) * every // count
        return [(int(starts[number]), self._sizes[number]) for number in numbers.tolist()]

    def _begin(self, start: int, size: int) -> bytes:
        self._spool.seek(start)
        return self._spool.read(min(size, _LONGEST))

    def close(self) -> None:
        """Forget what was put aside."""
        self._spool.close()


def _kind(item: object) -> int:
    """How a value is kept, as long as its neighbours are kept so too."""
    if type(item) is str:
        return TEXTS
    return INTEGERS if type(item) is int and -_INTEGER_LIMIT < item < _INTEGER_LIMIT else OTHERS


def _sizes(values: Sequence[bytes | int], waiting: Sequence[bytes | int]) -> NDArray[np.int64]:
    """About how many bytes each value takes: one that the item before has, too, next to none."""
    count = len(values)
    before = chain(waiting[-1:] or [None], values)
    new = np.fromiter(map(operator.ne, values, before), bool, count)
    lengths = [len(value) if isinstance(value, bytes) else 1 for value in compress(values, new)]
    sizes = np.ones(count, np.int64)
    sizes[new] += np.array(lengths, np.int64)
    return sizes


def _packed(raw: bytes, compressor: zstandard.ZstdCompressor) -> bytes:
    packed: bytes = compressor.compress(raw)
    if len(packed) >= len(raw) or len(raw) > allowed_size(len(packed)):
        return b"\0" + raw
    return b"\1" + packed


class StoredWriter(Generic[Other]):
    """Writes the file of stored fields.

    Args:
        container: a new container of kind `KIND`.
        other: makes bytes of a value that is neither text nor integer, or stands beside one that is not; it may raise
            a TypeError. `no_others` refuses them.
        folder: where blocks are put aside; None: where temporary files go.
    """

    def __init__(
        self, container: ContainerWriter, other: Callable[[str | int | Other], bytes], folder: Path | None = None
    ) -> None:
        self._container = container
        self._other = other
        self._folder = folder
        self._streams: dict[str, StreamWriter[Other]] = {}
        self._sections: dict[str, bytes] = {}
        self._firsts: NDArray[np.uint32] | None = None

    def section(self, name: str, data: bytes) -> None:
        """Keep bytes as a section of their own."""
        self._sections[name] = data

    def stream(self, name: str, fields: Sequence[str] = (), shared: bool = False) -> StreamWriter[Other]:
        """The stream of this name, made when first asked for.

        Its only field is named as it is, after the colon, if no ``fields`` are given.
        """
        if name not in self._streams:
            fields = fields or [name.partition(":")[2]]
            self._streams[name] = StreamWriter(fields, shared, self._folder, self._other)
        return self._streams[name]

    @property
    def streams(self) -> list[StreamWriter[Other]]:
        """All streams so far."""
        return list(self._streams.values())

    @property
    def count(self) -> int:
        """Records of the longest stream so far."""
        return max((stream.count for stream in self._streams.values() if not stream.shared), default=0)

    def documents(self, sizes: NDArray[np.int64]) -> None:
        """Say how many records each document has."""
        self._firsts = np.concatenate(([0], np.cumsum(sizes, dtype=np.int64))).astype(np.uint32)

    def abort(self) -> None:
        """Close the file, unfinished."""
        for stream in self._streams.values():
            stream.close()
        self._container.abort()

    def close(self, records: int, sync: bool = True) -> None:
        """Finish the file.

        Raises:
            ValueError: a stream has more or fewer items than ``records``, or documents.
        """
        documents = 0
        if self._firsts is not None:
            documents = len(self._firsts) - 1
            if int(self._firsts[-1]) != records:
                raise ValueError(f"documents have {int(self._firsts[-1])} records of {records}")
        for name, stream in self._streams.items():
            items = documents if stream.shared else records
            if stream.count != items:
                raise ValueError(f"{name!r} has values for {stream.count} items of {items}")
        for name, stream in self._streams.items():
            stream.finish(name, self._container)
        if self._firsts is not None:
            self._container.section("firsts", self._firsts.astype("<u4"))
        for name, data in self._sections.items():
            self._container.section(name, data)
        self._container.meta["records"] = records
        self._container.meta["streams"] = {
            name: {"fields": stream.fields, "items": stream.count, "shared": stream.shared}
            for name, stream in self._streams.items()
        }
        self._container.close(sync)
