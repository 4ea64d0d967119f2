"""Streams of small integers, packed so that NumPy unpacks them without a loop.

* A *stream* is the packed form of one term's sequence of unsigned 32-bit numbers: gaps between documents,
  frequencies, gaps between positions.
* A *width* is the number of bits that each number of a stream gets. It is the same for the whole stream and one
  of `WIDTHS`, so that any number can be reached by its index alone.
* A *plane* holds some of the bits of every number: 1, 2, 4, 8, 16 or 32 of them. A width is the sum of one to
  three planes (7 bits: a plane of 4, one of 2 and one of 1; the first has the lowest bits). A plane unpacks with
  a handful of operations on whole arrays.
* An *exception* is a number too large for the width. Its low bits stand in the planes like all others, the rest
  apart ("patched frame of reference": Zukowski, Héman, Nes and Boncz, "Super-scalar RAM-CPU cache compression",
  ICDE 2006). Blocks of 128 numbers count theirs, so that a block can be unpacked alone.
* A *code* is the byte that describes a stream: its width (bits 0-3, an index into `WIDTHS`) and the bytes that
  the high part of an exception takes (bits 4-5: none, 1, 2 or 4).

A stream of n numbers is, in this order: if there are exceptions, their count in each block (one byte a block),
then the place of each in its block (a byte each), then their high parts; then the planes, plane by plane, each
beginning on a byte. All numbers are little-endian.

`StreamPlan` packs the streams of many terms at once; ``unpacking.PackedStream`` reads one.
"""

from __future__ import annotations

from typing import Any, Final, TypeVar

import numpy as np

from searchlib.model.arrays import NDArray

U8 = np.uint8
_Integer = TypeVar("_Integer", bound=np.integer[Any])
U32: Final = np.dtype("<u4")

BLOCK: Final = 128
"""Numbers in a block."""

WIDTHS: Final = (0, 1, 2, 3, 4, 5, 6, 7, 8, 10, 12, 14, 16, 20, 24, 32)
PLANES: Final[tuple[tuple[int, ...], ...]] = (
    (), (1,), (2,), (2, 1), (4,), (4, 1), (4, 2), (4, 2, 1),
    (8,), (8, 2), (8, 4), (8, 4, 2), (16,), (16, 4), (16, 8), (32,),
)  # fmt: skip
HIGH_BYTES: Final = (0, 1, 2, 4)


def bit_lengths(values: NDArray[np.uint32]) -> NDArray[np.uint8]:
    """The number of bits that each value needs (0 for 0)."""
    # The exponent of a float says it. Without its second highest bit a number is not rounded up to a power of two.
    top = values >> np.uint32(1)
    np.bitwise_and(values, ~top, out=top)
    exponents = top.astype(np.float32).view(np.uint32)
    exponents >>= np.uint32(23)
    np.maximum(exponents, np.uint32(126), out=exponents)
    exponents -= np.uint32(126)
    return exponents.astype(U8)


def bytes_of(array: NDArray[Any]) -> NDArray[np.uint8]:
    """The bytes of an array."""
    return array.view(U8)


def ranges(starts: NDArray[np.int64], counts: NDArray[np.int64]) -> NDArray[np.int64]:
    """``start, start + 1, … start + count - 1`` for every pair, one after the other."""
    ends = np.cumsum(counts)
    total = int(ends[-1]) if len(ends) else 0
    return np.repeat(starts - ends + counts, counts) + np.arange(total)


def distinct(values: NDArray[_Integer]) -> NDArray[_Integer]:
    """The distinct values, sorted. (``np.unique`` imports ``numpy.ma``, which a cold query would wait for.)"""
    found = np.sort(values)
    first = np.ones(len(found), bool)
    first[1:] = found[1:] != found[:-1]
    return found[first]


def scatter(
    out: NDArray[np.uint8], starts: NDArray[np.int64], lengths: NDArray[np.int64], data: NDArray[np.uint8]
) -> None:
    """Write consecutive pieces of ``data``, of these lengths, to these places of ``out``."""
    if len(starts) <= 4 or len(data) > 512 * len(starts):
        at = 0
        for start, length in zip(starts.tolist(), lengths.tolist(), strict=True):
            out[start : start + length] = data[at : at + length]
            at += length
    elif len(data) == len(starts) and int(lengths.max()) == 1:
        out[starts] = data
    else:
        out[ranges(starts, lengths)] = data


def _pack_plane(values: NDArray[np.uint32], plane: int) -> NDArray[np.uint8]:
    """One plane of values (already shifted; a multiple of 8 of them) as bytes."""
    if plane >= 8:
        return bytes_of(values.astype(np.dtype(f"<u{plane // 8}")))
    small = (values & np.uint32((1 << plane) - 1)).astype(U8)
    if plane == 1:
        return np.packbits(small, bitorder="little")
    if plane == 4:
        wide: NDArray[np.uint16] = small.view("<u2")
        pairs: NDArray[np.uint16] = wide | wide >> np.uint16(4)
        return pairs.astype(U8)
    quad: NDArray[np.uint32] = small.view(U32)
    together: NDArray[np.uint32] = quad | quad >> np.uint32(6) | quad >> np.uint32(12) | quad >> np.uint32(18)
    return together.astype(U8)


def _size_of(counts: NDArray[np.int64], code: int) -> NDArray[np.int64]:
    """Bytes of all planes together for streams of so many numbers."""
    size = np.zeros(len(counts), np.int64)
    for plane in PLANES[code]:
        size += (counts * plane + 7) >> 3
    return size


def _write_planes(
    out: NDArray[np.uint8],
    starts: NDArray[np.int64],
    counts: NDArray[np.int64],
    padded: NDArray[np.uint32],
    code: int,
) -> None:
    """Write the planes of streams of one width, their numbers padded to multiples of 8, to these places."""
    shift = 0
    for plane in PLANES[code]:
        data = _pack_plane(padded >> np.uint32(shift) if shift else padded, plane)
        lengths = (counts * plane + 7) >> 3
        full = ((counts + 7) >> 3) * plane
        if len(counts) == 1:
            data = data[: int(lengths[0])]
        elif not np.array_equal(lengths, full):
            data = data.take(ranges(np.cumsum(full) - full, lengths))
        scatter(out, starts, lengths, data)
        starts = starts + lengths
        shift += plane


class StreamPlan:
    """The streams of many terms: widths chosen, sizes known, ready to be written where they belong.

    Args:
        values: the numbers of all terms, term after term.
        counts: how many numbers each term has (at least 1).
    """

    def __init__(self, values: NDArray[np.uint32], counts: NDArray[np.int64]) -> None:
        self._values = values
        self._counts = counts
        terms = len(counts)
        bits = bit_lengths(values)
        self._most = np.maximum.reduceat(bits, np.cumsum(counts) - counts) if terms else np.zeros(0, U8)
        widths, sizes, exceptions = self._choose(bits)
        self._width_codes = widths
        high_bits = np.where(exceptions > 0, self._most.astype(np.int64) - np.array(WIDTHS)[widths], 0)
        self._high_codes = np.select([high_bits > 16, high_bits > 8, high_bits > 0], [3, 2, 1], 0).astype(U8)
        self._exceptions = exceptions
        self._bits = bits
        self.codes: NDArray[np.uint8] = widths | self._high_codes << U8(4)
        """The code of each stream."""
        self.sizes: NDArray[np.int64] = sizes
        """The size of each stream in bytes."""

    def _choose(self, bits: NDArray[np.uint8]) -> tuple[NDArray[np.uint8], NDArray[np.int64], NDArray[np.int64]]:
        """Per term the cheapest width (its code), the size with it, and the number of exceptions."""
        counts, terms = self._counts, len(self._counts)
        histogram = self._histogram(bits)
        at_most = np.cumsum(histogram, axis=1)  # [term, b]: numbers of at most b bits
        blocks = (counts + BLOCK - 1) // BLOCK
        best = np.zeros(terms, U8)
        best_size = np.zeros(terms, np.int64)
        best_cost = np.full(terms, np.iinfo(np.int64).max)
        best_exceptions = np.zeros(terms, np.int64)
        widest = int(self._most.max(initial=0))
        for code, width in enumerate(WIDTHS):
            exceptions = counts - at_most[:, width]
            patched = exceptions > 0
            over = self._most.astype(np.int64) - width
            high = np.where(over > 16, 4, np.where(over > 8, 2, 1))
            size = _size_of(counts, code) + np.where(patched, blocks + exceptions * (1 + high), 0)
            # What is small but slow to unpack pays for it: every further plane, and every exception, in bytes.
            planes = max(len(PLANES[code]) - 1, 0)
            cost = size + planes * (1 + (counts >> 5)) + np.where(patched, 4 + exceptions, 0)
            better = cost < best_cost
            best[better] = code
            best_size[better] = size[better]
            best_cost[better] = cost[better]
            best_exceptions[better] = exceptions[better]
            if width >= widest and len(PLANES[code]) <= 1:
                break  # what is wider costs more: nothing is left over, and it has no fewer planes
        return best, best_size, best_exceptions

    def _histogram(self, bits: NDArray[np.uint8]) -> NDArray[np.int64]:
        """[term, b]: how many numbers of the term take exactly b bits."""
        terms = len(self._counts)
        if terms == 1:
            return np.bincount(bits, minlength=33).reshape(1, 33)
        cells = np.repeat(np.arange(terms) * 33, self._counts)
        cells += bits
        return np.bincount(cells, minlength=terms * 33).reshape(terms, 33)

    def write(self, out: NDArray[np.uint8], starts: NDArray[np.int64]) -> None:
        """Write every stream to ``out`` at its start."""
        starts = starts + self._write_exceptions(out, starts)
        order = np.argsort(self._width_codes, kind="stable")
        counts, starts = self._counts[order], starts[order]
        padded_counts = (counts + 7) & -8
        padded_ends = np.cumsum(padded_counts)
        padded = self._padded(order, counts, padded_counts, padded_ends)
        codes = self._width_codes[order]
        last = 0
        for code in range(len(WIDTHS)):
            first, last = last, int(codes.searchsorted(U8(code), "right"))
            if code and first < last:
                part = slice(first, last)
                values = padded[int(padded_ends[first] - padded_counts[first]) : int(padded_ends[last - 1])]
                _write_planes(out, starts[part], counts[part], values, code)

    def _padded(
        self,
        order: NDArray[np.int64],
        counts: NDArray[np.int64],
        padded_counts: NDArray[np.int64],
        padded_ends: NDArray[np.int64],
    ) -> NDArray[np.uint32]:
        """The numbers of the terms in this order, those of each followed by zeros up to a multiple of 8."""
        if len(order) == 1:
            return np.append(self._values, np.zeros(int(padded_counts[0] - counts[0]), U32))
        begins = (np.cumsum(self._counts) - self._counts)[order]
        padded = self._values.take(ranges(begins, padded_counts), mode="clip")
        padding = padded_counts - counts
        padded[ranges(padded_ends - padding, padding)] = 0
        return padded

    def _write_exceptions(self, out: NDArray[np.uint8], starts: NDArray[np.int64]) -> NDArray[np.int64]:
        """Write the exceptions of all streams; returns the bytes that they take in each."""
        taken = np.zeros(len(starts), np.int64)
        having = np.flatnonzero(self._exceptions)
        if not len(having):
            return taken
        counts = self._counts
        widths = np.array(WIDTHS, U8)[self._width_codes]
        where = np.flatnonzero(self._bits > np.repeat(widths, counts))
        owner = np.repeat(having, self._exceptions[having])
        inside = where - (np.cumsum(counts) - counts)[owner]
        highs = (self._values[where].astype(np.uint64) >> widths[owner].astype(np.uint64)).astype(U32)
        blocks = (counts[having] + BLOCK - 1) // BLOCK
        block_starts = np.zeros(len(starts), np.int64)
        block_starts[having] = np.cumsum(blocks) - blocks
        block_counts = np.bincount(block_starts[owner] + (inside >> 7), minlength=int(blocks.sum()))
        at = starts[having]
        scatter(out, at, blocks, block_counts.astype(U8))
        at = at + blocks
        each = self._exceptions[having]
        scatter(out, at, each, (inside & 127).astype(U8))
        at = at + each
        high_codes = self._high_codes[having]
        for code in (1, 2, 3):
            chosen = high_codes == code
            if chosen.any():
                size = HIGH_BYTES[code]
                data = highs[np.repeat(chosen, each)].astype(f"<u{size}").view(U8)
                scatter(out, at[chosen], each[chosen] * size, data)
        taken[having] = blocks + each * (1 + np.array(HIGH_BYTES)[high_codes])
        return taken
