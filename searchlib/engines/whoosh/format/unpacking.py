"""Reading streams of small integers: see `packing` for how they are packed, and what the words mean."""

from __future__ import annotations

from typing import Any

import numpy as np

from searchlib.engines.whoosh.format.packing import BLOCK, HIGH_BYTES, PLANES, U8, U32, WIDTHS, distinct, ranges
from searchlib.model.arrays import NDArray


def unpack_plane(data: NDArray[np.uint8], plane: int) -> NDArray[Any]:
    """The values in the bytes of one plane (more than were packed, where the last byte is not full)."""
    if plane == 8:
        return data
    if plane > 8:
        return np.frombuffer(data, f"<u{plane // 8}")
    if plane == 1:
        return np.unpackbits(data, bitorder="little")
    if plane == 4:
        wide = data.astype("<u2")
        wide |= wide << np.uint16(4)
        wide &= np.uint16(0x0F0F)
        return wide.view(U8)
    quad = data.astype("<u4")
    quad |= quad << np.uint32(12)
    quad &= np.uint32(0x000F000F)
    quad |= quad << np.uint32(6)
    quad &= np.uint32(0x03030303)
    return quad.view(U8)


class StreamDamaged(ValueError):
    """A stream that cannot be what was written; the caller knows in which file."""


class PackedStream:
    """One stream for reading: all of it, some blocks of it, or numbers by index.

    Args:
        data: bytes in which the stream stands.
        start: its first byte.
        count: how many numbers it has.
        code: its code.

    Raises:
        StreamDamaged: it would not end within ``data``, or its exceptions do not agree.
    """

    __slots__ = ("_count", "_counts", "_data", "_highs", "_inside", "_planes", "_width", "end")

    def __init__(self, data: NDArray[np.uint8], start: int, count: int, code: int) -> None:
        self._data = data
        self._count = count
        self._counts: NDArray[np.uint8] | None = None
        width_code = code & 15
        self._width = WIDTHS[width_code]
        at = start
        if code > 63:
            raise StreamDamaged("unknown code")
        if code > 15:
            blocks = (count + BLOCK - 1) // BLOCK
            counts = data[at : at + blocks]
            at += blocks
            exceptions = int(counts[0]) if len(counts) == 1 else int(counts.sum())
            self._inside = data[at : at + exceptions]
            at += exceptions
            size = HIGH_BYTES[code >> 4]
            highs = data[at : at + exceptions * size]
            at += exceptions * size
            if at > len(data) or (blocks > 1 and exceptions and int(self._inside.max()) >= BLOCK):
                raise StreamDamaged("exceptions")
            self._highs = highs.view(f"<u{size}") if size > 1 else highs
            self._counts = counts
        planes = []
        for plane in PLANES[width_code]:
            planes.append((at, plane))
            at += (count * plane + 7) >> 3
        if at > len(data):
            raise StreamDamaged("planes")
        self._planes = planes
        self.end = at
        """The first byte after the stream."""

    def _exception_indices(self, counts: NDArray[np.uint8]) -> NDArray[np.int64]:
        """The index of every exception."""
        indices = np.repeat(np.arange(0, len(counts) * BLOCK, BLOCK), counts)
        indices += self._inside
        return indices

    def all(self) -> NDArray[np.uint32]:
        """All numbers, in an array of the caller's own."""
        count = self._count
        if self._width <= 8:
            small = np.zeros(count, U8)
            shift = 0
            for at, plane in self._planes:
                part = unpack_plane(self._data[at : at + ((count * plane + 7) >> 3)], plane)[:count]
                small = small | (part << U8(shift) if shift else part)
                shift += plane
            out = small.astype(U32)
        else:
            out = self._wide(count)
        if self._counts is not None:
            where = self._inside if count <= BLOCK else self._exception_indices(self._counts)
            try:
                out[where] |= self._highs.astype(U32) << np.uint32(self._width)
            except IndexError:
                raise StreamDamaged("exceptions") from None
        return out

    def _wide(self, count: int) -> NDArray[np.uint32]:
        """All numbers, without their exceptions, of a stream wider than 8 bits."""
        out = np.zeros(count, U32)
        shift = 0
        for at, plane in self._planes:
            part = unpack_plane(self._data[at : at + ((count * plane + 7) >> 3)], plane)[:count].astype(U32)
            out |= part << np.uint32(shift) if shift else part
            shift += plane
        return out

    def block(self, numbers: NDArray[np.intp]) -> NDArray[np.uint32]:
        """The numbers of these blocks: an array of shape (len(numbers), 128), the last block filled with anything."""
        out = np.zeros((len(numbers), BLOCK), U32)
        shift = 0
        for at, plane in self._planes:
            size = BLOCK * plane >> 3
            total = (self._count * plane + 7) >> 3
            index = (numbers * size)[:, None] + np.arange(size)
            np.minimum(index, total - 1, out=index)
            part = unpack_plane(self._data[at : at + total][index].reshape(-1), plane)
            wide = part.astype(U32)
            if shift:
                wide <<= np.uint32(shift)
            out |= wide.reshape(-1, BLOCK)
            shift += plane
        if self._counts is not None:
            each = self._counts[numbers].astype(np.int64)
            if each.any():
                ends = np.cumsum(self._counts, dtype=np.int64)[numbers]
                which = ranges(ends - each, each)
                rows = np.repeat(np.arange(len(numbers)), each)
                out[rows, self._inside[which]] |= self._highs[which].astype(U32) << np.uint32(self._width)
        return out

    def at(self, indices: NDArray[np.int64]) -> NDArray[np.uint32]:
        """The numbers with these indices (all of them below the count of the stream)."""
        out = np.zeros(len(indices), U32)
        shift = 0
        for at, plane in self._planes:
            total = (self._count * plane + 7) >> 3
            data = self._data[at : at + total]
            if plane == 8:
                part = data[indices].astype(U32)
            elif plane > 8:
                part = data.view(f"<u{plane // 8}")[indices].astype(U32)
            else:
                per_byte = 3 - (plane >> 1)  # log2 of the numbers in a byte: 3, 2, 1 for 1, 2, 4 bits
                inside = (indices & ((1 << per_byte) - 1)) * plane
                part = (data[indices >> per_byte] >> inside.astype(U8) & U8((1 << plane) - 1)).astype(U32)
            out |= part << np.uint32(shift) if shift else part
            shift += plane
        if self._counts is not None:
            self._patch(out, indices)
        return out

    def _patch(self, out: NDArray[np.uint32], indices: NDArray[np.int64]) -> None:
        assert self._counts is not None
        touched = distinct(indices >> 7)
        each = self._counts[touched].astype(np.int64)
        ends = np.cumsum(self._counts, dtype=np.int64)[touched]
        which = ranges(ends - each, each)
        if not len(which):
            return
        exceptions = np.repeat(touched * BLOCK, each) + self._inside[which]
        place = np.searchsorted(exceptions, indices)
        place[place == len(exceptions)] = 0
        hit = np.flatnonzero(exceptions[place] == indices)
        out[hit] |= self._highs[which[place[hit]]].astype(U32) << np.uint32(self._width)
