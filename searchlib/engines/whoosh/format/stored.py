"""Stored fields: for every document a value of each field, a text or an integer.

* A *stream* is one field's values in document order. Its name is ``stored:`` and the field.
* An *other* value is neither, or absent: bytes that only what wrote them can read. searchlib writes none, and reads
  none unless it is given a function that does.
* A *run* is a value that successive documents share (all paragraphs of a document have its title): kept once.
* A *block* is some 32 KiB of a stream, compressed by itself with Zstandard.

A block begins with 0 (the rest is as it is) or 1 (the rest is a Zstandard frame). What it holds::

    kind (1)           1 texts · 2 integers · 3 other values
    runs (1)           1: some run is longer than one document
    values (4)         how many there are, n
    run lengths        if runs: documents of each (4·n)
    texts, others      where each ends (4·n), then the bytes
    integers           the first (8), size of the others in bytes (1), then value - previous value, signed

All blocks of all streams stand in the section ``blocks``. For each stream with m blocks there is a section
``index:`` and its name: the first document of each block and the number of documents (4·(m + 1)), then where each
block begins and where it ends (8·m each).
"""

from __future__ import annotations

import itertools
import struct
import threading
from bisect import bisect_left, bisect_right
from collections import OrderedDict
from collections.abc import Callable, Iterator
from typing import Final, Generic, NoReturn, TypeVar

import numpy as np
import zstandard

from searchlib.concurrency.forking import lock_for
from searchlib.engines.whoosh.format.container import Container, Section
from searchlib.model.arrays import NDArray

KIND: Final = b"STOR"
STORED_STREAM: Final = "stored:"
CACHED_BYTES: Final = 16 << 20
_MAX_RATIO: Final = 256
_ALWAYS_ALLOWED: Final = 1 << 20
_OVERHEAD: Final = 1 << 10  # of a block, about
_MANY: Final = 8  # values of one block that are cheaper to find at once than one by one

_OF_THREAD: Final = threading.local()
BLOCK_HEADER: Final = struct.Struct("<BBI")
TEXTS, INTEGERS, OTHERS = 1, 2, 3


Other = TypeVar("Other")


def no_others(data: bytes) -> NoReturn:
    """Refuses a value that is neither a text nor an integer."""
    raise ValueError("neither text nor integer")


def allowed_size(packed: int) -> int:
    """Bytes that a frame of so many bytes may become; what compresses further is not compressed."""
    return max(_ALWAYS_ALLOWED, _MAX_RATIO * packed)


class _Block(Generic[Other]):
    """A block, decompressed."""

    __slots__ = ("_data", "_ends", "_integers", "_kind", "_other", "_run_ends", "documents", "size")

    def __init__(self, raw: bytes, other: Callable[[bytes], Other]) -> None:
        self._other = other
        self._kind, has_runs, count = BLOCK_HEADER.unpack_from(raw)
        at = BLOCK_HEADER.size
        self._run_ends: NDArray[np.int64] | None = None
        self.documents = count
        if has_runs:
            self._run_ends = np.cumsum(np.frombuffer(raw, "<u4", count, at), dtype=np.int64)
            self.documents = int(self._run_ends[-1])
            at += 4 * count
        self._data = b""
        if self._kind == INTEGERS:
            first, size = struct.unpack_from("<qB", raw, at)
            if size not in (1, 2, 4, 8):
                raise ValueError("integers")
            steps = np.frombuffer(raw, f"<i{size}", count - 1, at + 9)  # before room is made for so many
            numbers = np.empty(count, np.int64)
            numbers[0] = first
            numbers[1:] = steps
            self._integers = np.cumsum(numbers)
        elif self._kind in (TEXTS, OTHERS):
            self._ends = np.frombuffer(raw, "<u4", count, at)
            self._data = raw[at + 4 * count :]
            if int(self._ends[-1]) != len(self._data) or bool((self._ends[1:] < self._ends[:-1]).any()):
                raise ValueError("ends")
        else:
            raise ValueError("kind")
        self.size = _OVERHEAD + len(raw) + 8 * count * (bool(has_runs) + (self._kind == INTEGERS))  # bytes in memory

    def value(self, document: int) -> str | int | Other:
        """The value of a document, counted from the first of the block."""
        at = document if self._run_ends is None else int(self._run_ends.searchsorted(document, "right"))
        if self._kind == INTEGERS:
            return int(self._integers[at])
        ends = self._ends
        return self._convert(ends.item(at - 1) if at else 0, ends.item(at))

    def _convert(self, start: int, stop: int) -> str | Other:
        data = self._data[start:stop]
        return data.decode("utf-8", "surrogatepass") if self._kind == TEXTS else self._other(data)

    def at(self, documents: NDArray[np.int64]) -> list[str | int | Other]:
        """The values of some documents, counted from the first of the block."""
        which = documents if self._run_ends is None else self._run_ends.searchsorted(documents, "right")
        if self._kind == INTEGERS:
            return list(self._integers[which].tolist())
        ends = self._ends.astype(np.int64)
        starts = np.concatenate(([0], ends[:-1]))[which].tolist()
        return [self._convert(start, stop) for start, stop in zip(starts, ends[which].tolist(), strict=True)]

    def all(self) -> list[str | int | Other]:
        """The values of all documents of the block."""
        if self._kind == INTEGERS:
            distinct: list[str | int | Other] = list(self._integers.tolist())
        else:
            ends = self._ends.tolist()
            distinct = [self._convert(start, stop) for start, stop in itertools.pairwise((0, *ends))]
        if self._run_ends is None:
            return distinct
        counts = np.diff(self._run_ends, prepend=0).tolist()
        return [value for value, count in zip(distinct, counts, strict=True) for _ in range(count)]


class _Cache(Generic[Other]):
    """The blocks used last, of so many bytes together, shared between threads and streams."""

    def __init__(self, room: int) -> None:
        self._room = room
        self._lock = lock_for(self)
        self._blocks: OrderedDict[tuple[str, int], _Block[Other]] = OrderedDict()

    def get(self, key: tuple[str, int]) -> _Block[Other] | None:
        with self._lock:
            block = self._blocks.get(key)
            if block is not None:
                self._blocks.move_to_end(key)
            return block

    def put(self, key: tuple[str, int], block: _Block[Other]) -> None:
        with self._lock:
            if key in self._blocks:  # another thread was faster
                return
            self._blocks[key] = block
            self._room -= block.size
            while self._room < 0:
                self._room += self._blocks.popitem(last=False)[1].size


class _Stream(Generic[Other]):
    """A stream for reading: where its blocks are, and the one that was read last."""

    def __init__(
        self,
        name: str,
        container: Container,
        blocks: Section,
        cache: _Cache[Other],
        documents: int,
        other: Callable[[bytes], Other],
    ) -> None:
        data = container.section("index:" + name).array(np.uint8)
        count, rest = divmod(len(data) - 4, 20)
        if rest or count < 0:
            container.damaged(f"the index of {name!r} has a length that cannot be")
        split = 4 * (count + 1)
        firsts = data[:split].view("<u4")
        self.firsts: list[int] = firsts.tolist()
        """The first document of each block, and the number of documents."""
        self._places = data[split:].view("<u8").reshape(2, count)
        if self.firsts[-1] != documents or self.firsts[0] or not (firsts[1:] > firsts[:-1]).all():
            container.damaged(f"the index of {name!r} does not cover the documents")
        self._name, self._container, self._blocks, self._cache, self._other = name, container, blocks, cache, other
        self._last: tuple[int, int, _Block[Other]] | None = None  # first document, the one after the last

    def value(self, document: int) -> str | int | Other:
        last = self._last
        if last is None or not last[0] <= document < last[1]:
            number = bisect_right(self.firsts, document) - 1
            self._last = last = self.firsts[number], self.firsts[number + 1], self.block(number)
        try:
            return last[2].value(document - last[0])
        except ValueError:
            self.damaged()

    def block(self, number: int) -> _Block[Other]:
        """A block, by its number."""
        block = self._cache.get((self._name, number))
        if block is None:
            start, stop = self._places[:, number].tolist()
            data = self._blocks.slice(start, stop).tobytes()
            try:
                block = _Block(_decompress(data), self._other)
                right = block.documents == self.firsts[number + 1] - self.firsts[number]
            except (ValueError, IndexError, struct.error, zstandard.ZstdError):
                right = False
            if block is None or not right:
                self._container.damaged(f"block {number} of {self._name!r} is not what was written")
            self._cache.put((self._name, number), block)
        return block

    def damaged(self) -> NoReturn:
        """Raise IndexCorrupt for a value in it."""
        self._container.damaged(f"a value of {self._name!r} is not what was written")


class Stored(Generic[Other]):
    """The stored fields of a segment, for reading; safe to share between threads.

    Args:
        container: the file.
        other: reads a value that is neither text nor integer; a ValueError of it is damage. `no_others` refuses them.

    Raises:
        IndexCorrupt: from here and from every method: the file is not what was written.
    """

    def __init__(self, container: Container, other: Callable[[bytes], Other]) -> None:
        self.container = container
        self._other = other
        self._blocks = container.section("blocks")
        self._cache: _Cache[Other] = _Cache(CACHED_BYTES)
        self._streams: dict[str, _Stream[Other]] = {}
        self._fields: list[tuple[str, _Stream[Other]]] | None = None
        count = container.meta.get("documents")
        if type(count) is not int:
            container.damaged("it does not say how many documents it has")
        self.doc_count: int = count
        prefix = "index:" + STORED_STREAM
        self.fields: list[str] = [name[len(prefix) :] for name in container.names() if name.startswith(prefix)]
        """The names of all stored fields."""

    def __contains__(self, name: str) -> bool:
        return "index:" + name in self.container

    def _stream(self, name: str) -> _Stream[Other]:
        stream = self._streams.get(name)
        if stream is None:
            stream = _Stream(name, self.container, self._blocks, self._cache, self.doc_count, self._other)
            self._streams[name] = stream
        return stream

    def _known(self, document: int) -> None:
        if not 0 <= document < self.doc_count:
            raise IndexError(f"document {document} of {self.doc_count}")

    def value(self, name: str, document: int) -> str | int | Other:
        """The value of a document in a stream."""
        self._known(document)
        return self._stream(name).value(document)

    def values_at(self, name: str, documents: NDArray[np.int64]) -> Iterator[str | int | Other]:
        """The values of these documents, which increase."""
        stream = self._stream(name)
        firsts = stream.firsts
        wanted: list[int] = documents.tolist()
        first = 0
        while first < len(wanted):
            number = bisect_right(firsts, wanted[first]) - 1
            last = bisect_left(wanted, firsts[number + 1], first)
            block, begin = stream.block(number), firsts[number]
            try:
                if last - first < _MANY:
                    yield from [block.value(document - begin) for document in wanted[first:last]]
                else:
                    yield from block.at(documents[first:last] - begin)
            except (ValueError, IndexError):
                stream.damaged()
            first = last

    def document(self, document: int) -> dict[str, str | int | Other]:
        """The stored values of a document, by field."""
        self._known(document)
        if self._fields is None:
            self._fields = [(name, self._stream(STORED_STREAM + name)) for name in self.fields]
        return {name: stream.value(document) for name, stream in self._fields}

    def values(self, name: str) -> Iterator[str | int | Other]:
        """The values of all documents, in order."""
        stream = self._stream(name)
        for number in range(len(stream.firsts) - 1):
            try:
                yield from stream.block(number).all()
            except ValueError:
                stream.damaged()


def _decompress(data: bytes) -> bytes:
    if data[:1] == b"\0":
        return data[1:]
    frame = data[1:]
    size = zstandard.frame_content_size(frame)
    if data[:1] != b"\1" or not 0 <= size <= allowed_size(len(frame)):
        raise ValueError("frame")
    try:
        decompressor = _OF_THREAD.decompressor
    except AttributeError:  # one cannot be shared
        decompressor = _OF_THREAD.decompressor = zstandard.ZstdDecompressor()
    found: bytes = decompressor.decompress(frame)
    return found
