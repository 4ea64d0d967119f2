"""Writing stored fields: streams of values, cut into blocks (see `stored`)."""

from __future__ import annotations

import itertools
import operator
from bisect import bisect_left
from collections.abc import Callable, Iterable
from typing import Any, Final, Generic, NoReturn, TypeVar

import numpy as np
import zstandard

from searchlib.engines.whoosh.format.container import ContainerWriter
from searchlib.engines.whoosh.format.stored import (
    BLOCK_HEADER,
    INTEGERS,
    OTHERS,
    TEXTS,
    allowed_size,
)

LEVEL: Final = 3
BLOCK_BYTES: Final = 1 << 15  # half of 64 KiB is read in half the time, and takes 2 % more room in all
_MAX_VALUES: Final = 1 << 14
_INTEGER_LIMIT: Final = 1 << 62


Other = TypeVar("Other")


def no_others(value: object) -> NoReturn:
    """Refuses a value that is neither a text nor an integer of 63 bits.

    Raises:
        TypeError: always.
    """
    raise TypeError(f"a value of type {type(value).__name__} cannot be stored")


class StreamWriter(Generic[Other]):
    """Writes one stream; made by `StoredWriter.stream`.

    What is written does not depend on how the values are cut into calls of `add`.
    """

    def __init__(self, output: _Blocks, other: Callable[[str | int | Other], bytes]) -> None:
        self._output = output
        self._other = other
        self._payloads: list[Any] = []
        self._kinds: list[int] = []
        self._runs: list[int] = []
        self._size = 0
        self._first_docs: list[int] = []
        self._starts: list[int] = []
        self._ends: list[int] = []
        self._flushed = 0
        self.count = 0
        """Documents so far."""

    def add(self, items: Iterable[str | int | Other], counts: Iterable[int] | None = None) -> None:
        """Append the values of successive documents.

        Args:
            items: the values.
            counts: for how many documents in succession each stands, 1 or more; None: one.

        Raises:
            TypeError: a value of a type that is not kept.
        """
        listed = list(items)
        runs = [1] * len(listed) if counts is None else list(counts)
        kinds = set(map(_kind, listed))
        if len(kinds) == 1:
            self._add_kind(kinds.pop(), listed, runs)
            return
        start = 0
        for kind, group in itertools.groupby(listed, _kind):
            same = list(group)
            self._add_kind(kind, same, runs[start : start + len(same)])
            start += len(same)

    def _add_kind(self, kind: int, items: list[Any], runs: list[int]) -> None:
        """Append values of one kind."""
        if kind == OTHERS:
            items = list(map(self._other, items))
        if any(map(operator.eq, items, itertools.islice(items, 1, None))):
            items, runs = _runs(items, operator.eq, runs)
        if kind == TEXTS:
            items = [item.encode("utf-8", "surrogatepass") for item in items]
        self._extend(kind, items, runs)

    def _extend(self, kind: int, payloads: list[Any], runs: list[int]) -> None:
        """Append distinct neighbours; a block ends before the first value that finds it full."""
        self.count += sum(runs)
        start, stop = 0, len(payloads)
        if self._payloads and self._kinds[-1] == kind and self._payloads[-1] == payloads[0]:
            self._runs[-1] += runs[0]
            start = 1
        sizes = itertools.repeat(12, stop) if kind == INTEGERS else (len(payload) + 4 for payload in payloads)
        totals = [0, *itertools.accumulate(sizes)]
        while start < stop:
            if self._size >= BLOCK_BYTES or len(self._runs) >= _MAX_VALUES:
                self._flush()
            full = bisect_left(totals, totals[start] + BLOCK_BYTES - self._size, start + 1)
            end = min(full, start + _MAX_VALUES - len(self._runs), stop)
            self._payloads += payloads[start:end]
            self._runs += runs[start:end]
            self._kinds += [kind] * (end - start)
            self._size += totals[end] - totals[start]
            start = end

    def _flush(self) -> None:
        if not self._payloads:
            return
        kinds = set(self._kinds)
        kind = kinds.pop() if len(kinds) == 1 else OTHERS
        has_runs = max(self._runs) > 1
        parts = [BLOCK_HEADER.pack(kind, has_runs, len(self._runs))]
        if has_runs:
            parts.append(np.array(self._runs, "<u4").tobytes())
        if kind == INTEGERS:
            parts += self._integers()
        else:
            payloads = list(map(self._as_other, self._payloads, self._kinds)) if kinds else self._payloads
            ends = np.cumsum([len(payload) for payload in payloads])
            if int(ends[-1]) >= 1 << 32:
                raise ValueError("a value of 4 GiB or more cannot be stored")
            parts += [ends.astype("<u4").tobytes(), *payloads]
        start, end = self._output.write(b"".join(parts))
        self._first_docs.append(self._flushed)
        self._starts.append(start)
        self._ends.append(end)
        self._flushed += sum(self._runs)
        self._payloads, self._kinds, self._runs, self._size = [], [], [], 0

    def _as_other(self, payload: bytes | int, kind: int) -> bytes:
        """What a text or an integer is among other values."""
        if isinstance(payload, int):
            return self._other(payload)
        return payload if kind == OTHERS else self._other(payload.decode("utf-8", "surrogatepass"))

    def _integers(self) -> list[bytes]:
        numbers = np.array(self._payloads, "<i8")
        steps = np.diff(numbers)
        reach = max(int(steps.max()), -1 - int(steps.min())) if len(steps) else 0
        size = next(size for size in (1, 2, 4, 8) if reach < 1 << (8 * size - 1))
        return [numbers[:1].tobytes(), bytes((size,)), steps.astype(f"<i{size}").tobytes()]

    def finish(self) -> bytes:
        """Write what is left; returns the index."""
        self._flush()
        docs = np.array([*self._first_docs, self.count], "<u4")
        return docs.tobytes() + np.array([self._starts, self._ends], "<u8").tobytes()


def _kind(item: object) -> int:
    """How a value is kept, as long as its neighbours are kept so too."""
    if type(item) is str:
        return TEXTS
    return INTEGERS if type(item) is int and -_INTEGER_LIMIT < item < _INTEGER_LIMIT else OTHERS


def _runs(items: list[Any], same: Callable[[Any, Any], bool], lengths: list[int]) -> tuple[list[Any], list[int]]:
    """The items without those that are the same as the one before, and how many (or how long) each stands for."""
    kept: list[Any] = []
    runs: list[int] = []
    for item, length in zip(items, lengths, strict=True):
        if kept and same(kept[-1], item):
            runs[-1] += length
        else:
            kept.append(item)
            runs.append(length)
    return kept, runs


class _Blocks:
    """The section of blocks, as all streams write it."""

    def __init__(self, container: ContainerWriter) -> None:
        self._container = container
        self._compressor = zstandard.ZstdCompressor(level=LEVEL, write_checksum=False)
        self._size = 0
        container.begin("blocks")

    def write(self, raw: bytes) -> tuple[int, int]:
        """Append a block; returns where it begins and ends."""
        packed = self._compressor.compress(raw)
        if len(packed) >= len(raw) or len(raw) > allowed_size(len(packed)):
            data = b"\0" + raw
        else:
            data = b"\1" + packed
        self._container.write(data)
        start = self._size
        self._size += len(data)
        return start, self._size


class StoredWriter(Generic[Other]):
    """Writes the file of stored fields.

    Args:
        container: a new container of kind `KIND`.
        other: makes bytes of a value that is neither text nor integer, or stands beside one that is not; it may raise
            a TypeError. `no_others` refuses them.
    """

    def __init__(self, container: ContainerWriter, other: Callable[[str | int | Other], bytes]) -> None:
        self._container = container
        self._other = other
        self._output = _Blocks(container)
        self._streams: dict[str, StreamWriter[Other]] = {}
        self._sections: dict[str, bytes] = {}

    def section(self, name: str, data: bytes) -> None:
        """Keep bytes as a section of their own."""
        self._sections[name] = data

    def stream(self, name: str) -> StreamWriter[Other]:
        """The stream of this name, made when first asked for."""
        if name not in self._streams:
            self._streams[name] = StreamWriter(self._output, self._other)
        return self._streams[name]

    @property
    def streams(self) -> list[StreamWriter[Other]]:
        """All streams so far."""
        return list(self._streams.values())

    @property
    def doc_count(self) -> int:
        """Documents of the longest stream so far."""
        return max((stream.count for stream in self._streams.values()), default=0)

    def abort(self) -> None:
        """Close the file, unfinished."""
        self._container.abort()

    def close(self, doc_count: int, sync: bool = True) -> None:
        """Finish the file.

        Raises:
            ValueError: a stream has more or fewer than ``doc_count`` documents.
        """
        indexes = {}
        for name, stream in self._streams.items():
            if stream.count != doc_count:
                raise ValueError(f"{name!r} has values for {stream.count} documents of {doc_count}")
            indexes[name] = stream.finish()
        self._container.end()
        for name, index in indexes.items():
            self._container.section("index:" + name, index)
        for name, data in self._sections.items():
            self._container.section(name, data)
        self._container.meta["documents"] = doc_count
        self._container.close(sync)
