"""The blocks of stored fields (see `stored`), unpacked: the values of each field, and a cache of those used last."""

from __future__ import annotations

import struct
from collections import OrderedDict
from collections.abc import Callable, Sequence
from itertools import accumulate
from typing import Final, Generic, TypeVar

import zstandard

from searchlib.concurrency.forking import lock_for

MOST_ITEMS: Final = (1 << 16) - 1  # of a block
_MAX_RATIO: Final = 256
_ALWAYS_ALLOWED: Final = 1 << 20
_OVERHEAD: Final = 1 << 10  # of a block, about
_OF_VALUE: Final = 40  # bytes in memory, about, of where one ends

TEXTS, INTEGERS, OTHERS = 1, 2, 3
ALIKE: Final = 4
UNSIGNED: Final = "BHI"
SIGNED: Final = "bhiq"
FIRST: Final = struct.Struct("<q")

Other = TypeVar("Other")


def allowed_size(packed: int) -> int:
    """Bytes that a frame of so many bytes may become; what compresses further is not compressed."""
    return max(_ALWAYS_ALLOWED, _MAX_RATIO * packed)


class _Values(Generic[Other]):
    """The values of one field in a block: where they are is found out when the first is asked for."""

    __slots__ = ("_begin", "_data", "_ends", "_integers", "_last", "_lengths", "_other", "stop")

    def __init__(self, data: bytes, at: int, items: int, other: Callable[[bytes], Other]) -> None:
        """Find them at a place in the contents of a block; ``stop`` is where they end."""
        form = data[at]
        kind, size = form & 3, form >> 3
        count = 1 if form & ALIKE else items
        self._last = count - 1
        self._data, self._other = data, None if kind == TEXTS else other
        self._integers: list[int] | None = None
        self._ends: list[int] | None = None
        at += 1
        if kind == INTEGERS:
            steps = struct.unpack_from(f"<{count - 1}{SIGNED[size]}", data, at + FIRST.size)
            self._integers = list(accumulate(steps, initial=FIRST.unpack_from(data, at)[0]))
            self.stop = at + FIRST.size + ((count - 1) << size)
        elif kind in (TEXTS, OTHERS):
            self._begin = at + (count << size)
            # Most lengths take a byte.
            self._lengths: Sequence[int] = (
                struct.unpack_from(f"<{count}{UNSIGNED[size]}", data, at) if size else data[at : self._begin]
            )
            self.stop = self._begin + sum(self._lengths)
        else:
            raise ValueError("kind")

    @property
    def count(self) -> int:
        """How many values are kept."""
        return self._last + 1

    def value(self, item: int) -> str | int | Other:
        """The value of an item, counted from the first of the block."""
        if item > self._last:  # all are alike
            item = 0
        if self._integers is not None:
            return self._integers[item]
        if self._last:
            ends = self._ends
            if ends is None:
                ends = self._ends = list(accumulate(self._lengths, initial=self._begin))
            data = self._data[ends[item] : ends[item + 1]]
        else:
            data = self._data[self._begin : self.stop]
        return data.decode("utf-8", "surrogatepass") if self._other is None else self._other(data)


class StoredBlock(Generic[Other]):
    """A block, decompressed."""

    __slots__ = ("_fields", "items", "size")

    def __init__(self, raw: bytes, items: int, fields: int, other: Callable[[bytes], Other]) -> None:
        self.items = items
        self._fields: list[_Values[Other]] = []
        at = values = 0
        for _ in range(fields):
            field = _Values(raw, at, items, other)
            self._fields.append(field)
            at, values = field.stop, values + field.count
        if at != len(raw):
            raise ValueError("length")
        self.size = _OVERHEAD + len(raw) + _OF_VALUE * values  # bytes in memory

    def value(self, field: int, item: int) -> str | int | Other:
        """The value of an item, counted from the first of the block, in a field, counted likewise."""
        return self._fields[field].value(item)

    def row(self, fields: Sequence[int], item: int) -> list[str | int | Other]:
        """Its values in several fields."""
        return [self._fields[field].value(item) for field in fields]


class BlockCache(Generic[Other]):
    """The blocks used last, of so many bytes together, shared between threads and streams."""

    def __init__(self, room: int) -> None:
        self._room = room
        self._lock = lock_for(self)
        self._blocks: OrderedDict[tuple[str, int], StoredBlock[Other]] = OrderedDict()

    def get(self, key: tuple[str, int]) -> StoredBlock[Other] | None:
        """The block of a stream, by both names; None if it is not kept."""
        with self._lock:
            block = self._blocks.get(key)
            if block is not None:
                self._blocks.move_to_end(key)
            return block

    def put(self, key: tuple[str, int], block: StoredBlock[Other]) -> None:
        """Keep a block, and let go of those that there is no room for."""
        with self._lock:
            if key in self._blocks:  # another thread was faster
                return
            self._blocks[key] = block
            self._room -= block.size
            while self._room < 0:
                self._room += self._blocks.popitem(last=False)[1].size


def unpacked(data: bytes, decompressor: zstandard.ZstdDecompressor) -> bytes:
    """What a block holds. Raises ValueError or ZstdError for what is none."""
    if data[:1] == b"\0":
        return data[1:]
    frame = data[1:]
    size = zstandard.frame_content_size(frame)
    if data[:1] != b"\1" or not 0 <= size <= allowed_size(len(frame)):
        raise ValueError("frame")
    found: bytes = decompressor.decompress(frame)
    return found
