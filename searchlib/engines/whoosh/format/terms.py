"""The term dictionary: sorted keys, and for each its statistics and the place of its postings.

* A *key* is a term as bytes; keys are in byte order and there is no key twice.
* A *group* is up to 32 successive keys, kept without the prefix that they share.
* The *index* has three numbers for each group; with it one group is found, without reading the rest.

A group of n keys::

    flags (1)          bit 0: lengths of suffixes are explicit · bit 1: some cf exceeds its df
    n (1) · length of the prefix (2) · bytes of prefix and suffixes with their lengths or separators (4)
    prefix
    suffixes           joined by a zero byte; if bit 0: their lengths (4·n), then the suffixes
    df                 one byte each; 255: too large, see below
    record size        one byte each, likewise
    cf - df            if bit 1: one byte each, likewise
    large values       4 bytes each: all of df, then all record sizes, then all of cf - df

The index, in three arrays one after the other: the first eight bytes of the first key of each group as a big-endian
number (shorter keys filled up with zeros), where each group begins, where the record of its first key begins
(8 bytes each). Records of successive keys follow each other without a gap.
"""

from __future__ import annotations

import itertools
import struct
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple, NoReturn

import numpy as np

from searchlib.engines.whoosh.format.container import ContainerWriter, Section
from searchlib.engines.whoosh.format.packing import U8
from searchlib.engines.whoosh.format.postings import TermRecord
from searchlib.model.arrays import NDArray

GROUP: Final = 32
_HEADER: Final = struct.Struct("<BBHI")
_EXPLICIT: Final = 1
_EXCESS: Final = 2
_LARGE: Final = 255
_MAX_PREFIX: Final = 0xFFFF
_U32_MAX: Final = 0xFFFFFFFF


class TermEntry:
    """A term of a field: its statistics and where its record is.

    Attributes:
        df: documents that it stands in, deleted ones included.
        cf: how often it stands in all of them.
        field: the name of the field.
        start, stop: its record, as bytes of the field's section of postings.
    """

    __slots__ = ("cf", "df", "field", "record", "start", "stop")

    def __init__(self, field: str, df: int, cf: int, start: int, stop: int) -> None:
        self.field = field
        self.df = df
        self.cf = cf
        self.start = start
        self.stop = stop
        self.record: TermRecord | None = None

    def __repr__(self) -> str:
        return f"TermEntry(field={self.field!r}, df={self.df}, cf={self.cf})"


class TermsWriter:
    """Writes the dictionary of one field into an open section; `finish` writes its index."""

    def __init__(self, container: ContainerWriter, groups: str, index: str) -> None:
        self._container = container
        self._index_name = index
        self._firsts: list[bytes] = []
        self._starts: list[int] = []
        self._records: list[int] = []
        self._at = 0
        self._record = 0
        self._keys: list[bytes] = []
        self._numbers: NDArray[np.int64] = np.zeros((3, 0), np.int64)
        self._last: bytes | None = None
        self.count = 0
        container.begin(groups)

    def add(
        self, keys: Sequence[bytes], df: NDArray[np.int64], sizes: NDArray[np.int64], cf: NDArray[np.int64]
    ) -> None:
        """Add successive keys.

        Raises:
            ValueError: keys that are not in order, or a number of 2**32 or more.
        """
        if not len(keys):
            return
        if (self._last is not None and keys[0] <= self._last) or any(a >= b for a, b in itertools.pairwise(keys)):
            raise ValueError("keys that are not in order")
        self._last = keys[-1]
        self.count += len(keys)
        numbers = np.stack([df, sizes, cf - df])
        if int(numbers.max()) > _U32_MAX:
            raise ValueError("a term with too many postings for one segment")
        self._keys += keys
        self._numbers = np.concatenate([self._numbers, numbers], axis=1)
        self._flush(len(self._keys) // GROUP * GROUP)

    def finish(self) -> None:
        """Write what is left, end the section and write the index."""
        self._flush(len(self._keys))
        self._container.end()
        prefixes = b"".join(key[:8].ljust(8, b"\0") for key in self._firsts)
        index = np.concatenate(
            [
                np.frombuffer(prefixes, ">u8").astype("<u8"),
                np.array(self._starts, "<u8"),
                np.array(self._records, "<u8"),
            ]
        )
        self._container.section(self._index_name, index)

    def _flush(self, count: int) -> None:
        """Write the first so many of the pending keys."""
        keys, numbers = self._keys, self._numbers[:, :count]
        small = np.minimum(numbers, _LARGE).astype(U8)
        size_ends = np.cumsum(numbers[1])
        large: NDArray[np.bool_] = np.any(numbers >= _LARGE, axis=0)
        parts: list[bytes] = []
        for start in range(0, count, GROUP):
            stop = min(start + GROUP, count)
            group = self._group(keys[start:stop], small[:, start:stop])
            if large[start:stop].any():
                values = numbers[:, start:stop]
                group += values[values >= _LARGE].astype("<u4").tobytes()
            self._firsts.append(keys[start])
            self._starts.append(self._at)
            self._records.append(self._record + (int(size_ends[start - 1]) if start else 0))
            self._at += len(group)
            parts.append(group)
        if count:
            self._record += int(size_ends[-1])
        self._container.write(b"".join(parts))
        self._keys = keys[count:]
        self._numbers = self._numbers[:, count:]

    @staticmethod
    def _group(keys: list[bytes], small: NDArray[np.uint8]) -> bytes:
        cut = _shared(keys[0], keys[-1])
        prefix = keys[0][:cut]
        suffixes = [key[cut:] for key in keys] if cut else keys
        joined = b"\0".join(suffixes)
        flags = 0
        if joined.count(0) != len(keys) - 1:
            flags = _EXPLICIT
            joined = np.array([len(suffix) for suffix in suffixes], "<u4").tobytes() + b"".join(suffixes)
        if small[2].any():
            flags |= _EXCESS
        else:
            small = small[:2]
        return b"".join((_HEADER.pack(flags, len(keys), cut, cut + len(joined)), prefix, joined, small.tobytes()))


def _shared(first: bytes, last: bytes) -> int:
    """How many bytes both begin with."""
    most = min(len(first), len(last), _MAX_PREFIX)
    if first[:most] == last[:most]:
        return most
    return next(at for at in range(most) if first[at] != last[at])


class _KeyGroup(NamedTuple):
    """A group as it is read: its keys, and its numbers still packed."""

    keys: list[bytes]
    size: int
    small: bytes
    large: bytes
    record: int


class _Index(NamedTuple):
    """The index, one number a group in each."""

    prefixes: Sequence[int]
    starts: Sequence[int]
    records: Sequence[int]


class Terms:
    """The dictionary of one field, for reading; safe to share between threads.

    Args:
        field: the name of the field.
        groups: the section of groups.
        index: the section of their index.
        postings: the section of records.
        count: how many keys there are.

    Raises:
        IndexCorrupt: from here and from every method: the file is not what was written.
    """

    def __init__(self, field: str, groups: Section, index: Section, postings: Section, count: int) -> None:
        self.field = field
        self.count = count
        self._groups = groups
        self._index_section = index
        self._postings = postings
        self._index: _Index | None = None

    def __len__(self) -> int:
        return self.count

    def _load_index(self) -> _Index:
        index: NDArray[np.uint64] = self._index_section.array("<u8")
        groups = (self.count + GROUP - 1) // GROUP
        if len(index) != 3 * groups:
            self._damaged()
        view = memoryview(index.tobytes()).cast("Q")
        self._index = loaded = _Index(view[:groups], view[groups : 2 * groups], view[2 * groups :])
        return loaded

    def _damaged(self) -> NoReturn:
        self._groups.container.damaged(f"the terms of field {self.field!r} are not what was written")

    def _locate(self, index: _Index, key: bytes) -> int:
        """The last group whose first key is not greater than ``key``; -1 if there is none."""
        wanted = int.from_bytes(key[:8].ljust(8, b"\0"), "big")
        prefixes = index.prefixes
        high = bisect_right(prefixes, wanted)
        if not high or prefixes[high - 1] != wanted:
            return high - 1
        low = bisect_left(prefixes, wanted, 0, high)
        # First keys low … high - 1 begin with the same eight bytes: compare them whole.
        while low < high:
            middle = (low + high) // 2
            if self._group(index, middle).keys[0] <= key:
                low = middle + 1
            else:
                high = middle
        return low - 1

    def _bytes(self, index: _Index, group: int) -> bytes:
        starts = index.starts
        stop = starts[group + 1] if group + 1 < len(starts) else self._groups.length
        return self._groups.slice(starts[group], stop).tobytes()

    def _group(self, index: _Index, group: int) -> _KeyGroup:
        data = self._bytes(index, group)
        try:
            flags, count, cut, size = _HEADER.unpack_from(data)
            at = _HEADER.size
            prefix = data[at : at + cut]
            if flags & _EXPLICIT:
                begin = at + cut + 4 * count
                keys = []
                for (length,) in struct.iter_unpack("<I", data[at + cut : begin]):
                    keys.append(prefix + data[begin : begin + length])
                    begin += length
                right = begin == at + size
            else:
                suffixes = data[at + cut : at + size].split(b"\0")
                keys = [prefix + suffix for suffix in suffixes] if cut else suffixes
                right = True
            small, large = self._numbers_in(data, at + size, flags, count)
            right = right and len(keys) == count == min(GROUP, self.count - group * GROUP)
        except (struct.error, ValueError):
            right = False
        if not right:
            self._damaged()
        return _KeyGroup(keys, count, small, large, index.records[group])

    def _numbers_in(self, data: bytes, at: int, flags: int, count: int) -> tuple[bytes, bytes]:
        """The small and the large numbers of a group, which begin there."""
        size = (3 if flags & _EXCESS else 2) * count
        small, large = data[at : at + size], data[at + size :]
        if len(small) != size or len(large) != 4 * small.count(_LARGE):
            raise ValueError
        return small, large

    def _find(self, index: _Index, group: int, key: bytes) -> TermEntry | None:
        """The entry of a key in a group, found without taking all keys apart."""
        data = self._bytes(index, group)
        try:
            flags, count, cut, size = _HEADER.unpack_from(data)
            if flags & _EXPLICIT or b"\0" in key:
                whole = self._group(index, group)
                return self._entry(whole, whole.keys.index(key)) if key in whole.keys else None
            begin = _HEADER.size + cut
            end = _HEADER.size + size
            if key[:cut] != data[_HEADER.size : begin]:
                return None
            suffixes = b"\0%b\0" % data[begin:end]
            found = suffixes.find(b"\0%b\0" % key[cut:])
            small, large = self._numbers_in(data, end, flags, count)
            if not suffixes.count(0) - 1 == count == min(GROUP, self.count - group * GROUP):
                raise ValueError
        except (struct.error, ValueError):
            self._damaged()
        if found < 0:
            return None
        return self._entry(_KeyGroup([], count, small, large, index.records[group]), suffixes.count(0, 0, found))

    def _entry(self, group: _KeyGroup, at: int) -> TermEntry:
        small, count = group.small, group.size
        df = self._number(group, at)
        sizes = small[count : count + at]
        start = group.record + sum(sizes)
        if _LARGE in sizes:
            skipped = small.count(_LARGE, 0, count)
            for large in range(skipped, skipped + sizes.count(_LARGE)):
                start += self._large(group, large) - _LARGE
        size = self._number(group, count + at)
        excess = self._number(group, 2 * count + at) if len(small) > 2 * count else 0
        return TermEntry(self.field, df, df + excess, start, start + size)

    def _number(self, group: _KeyGroup, at: int) -> int:
        value = group.small[at]
        return value if value < _LARGE else self._large(group, group.small.count(_LARGE, 0, at))

    @staticmethod
    def _large(group: _KeyGroup, number: int) -> int:
        return int.from_bytes(group.large[4 * number : 4 * number + 4], "little")

    def get(self, key: bytes) -> TermEntry | None:
        """The entry of a key; None if the field has no such term."""
        index = self._load_index() if self._index is None else self._index
        group = self._locate(index, key)
        return None if group < 0 else self._find(index, group, key)

    def keys(self, start: bytes = b"", stop: bytes | None = None) -> Iterator[list[bytes]]:
        """The keys from ``start`` up to and without ``stop``, in order, in lists of up to 32."""
        for group, first, last in self._walk(start, stop):
            yield group.keys[first:last]

    def items(self, start: bytes = b"", stop: bytes | None = None) -> Iterator[tuple[bytes, TermEntry]]:
        """Keys and entries from ``start`` up to and without ``stop``, in order."""
        for group, first, last in self._walk(start, stop):
            if last - first <= 2:
                yield from ((group.keys[at], self._entry(group, at)) for at in range(first, last))
                continue
            df, sizes, excess = self._numbers(group)
            at = group.record + sum(sizes[:first])
            for i in range(first, last):
                end = at + sizes[i]
                yield group.keys[i], TermEntry(self.field, df[i], df[i] + excess[i], at, end)
                at = end

    def _numbers(self, group: _KeyGroup) -> tuple[list[int], list[int], list[int]]:
        count = group.size
        values = list(group.small)
        if group.large:
            large = iter(struct.unpack(f"<{len(group.large) // 4}I", group.large))
            values = [next(large) if value == _LARGE else value for value in values]
        return values[:count], values[count : 2 * count], values[2 * count :] or [0] * count

    def _walk(self, start: bytes, stop: bytes | None) -> Iterator[tuple[_KeyGroup, int, int]]:
        """Groups with keys in the range, and which of their keys are."""
        if not self.count:
            return
        index = self._load_index() if self._index is None else self._index
        first_group = max(self._locate(index, start), 0)
        for number in range(first_group, len(index.starts)):
            group = self._group(index, number)
            keys = group.keys
            first = bisect_left(keys, start) if number == first_group else 0
            last = len(keys) if stop is None or keys[-1] < stop else bisect_left(keys, stop, first)
            if first < last:
                yield group, first, last
            if last < len(keys):
                return

    def record(self, entry: TermEntry) -> NDArray[np.uint8]:
        """The record of a term of this dictionary."""
        return self._postings.slice(entry.start, entry.stop)

    def records(self, entries: Sequence[TermEntry]) -> NDArray[np.uint8]:
        """The records of some terms of this dictionary, in order, with whatever stands between them."""
        if sum(entry.stop - entry.start for entry in entries) == entries[-1].stop - entries[0].start:
            return self._postings.slice(entries[0].start, entries[-1].stop)
        return self._postings.parts([(entry.start, entry.stop) for entry in entries])
