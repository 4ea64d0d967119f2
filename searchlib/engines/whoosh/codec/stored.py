"""Stored fields: for every document a value of each field, or none.

* A *stream* is one field's values in document order. Its name says what they are: ``stored:`` and the field, or,
  where Whoosh wants them, ``column:`` (values to sort by that are no numbers) or ``vector:`` (term vectors).
* A *run* is a value that successive documents share (all paragraphs of a document have its title): kept once.
* A *block* is some 64 KiB of a stream, compressed by itself with Zstandard.

A block begins with 0 (the rest is as it is) or 1 (the rest is a Zstandard frame). What it holds::

    kind (1)           1 texts · 2 integers · 3 values of any type (see `values`)
    runs (1)           1: some run is longer than one document
    values (4)         how many there are, n
    run lengths        if runs: documents of each (4·n)
    texts, values      where each ends (4·n), then the bytes; an empty value of kind 3: the document has none
    integers           the first (8), size of the others in bytes (1), then value - previous value, signed

All blocks of all streams stand in the section ``blocks``. For each stream with m blocks there is a section
``index:`` and its name: the first document of each block and the number of documents (4·(m + 1)), then where each
block begins and where it ends (8·m each). A section ``raw:`` and a field's name is what a column class unknown to
searchlib wrote.
"""

from __future__ import annotations

import itertools
import operator
import struct
import threading
from bisect import bisect_left
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final

import numpy as np
import zstandard
from numpy.typing import NDArray

from searchlib.engines.whoosh.codec import values
from searchlib.engines.whoosh.codec.container import Container, ContainerWriter

KIND: Final = b"STOR"
STORED_STREAM: Final = "stored:"
COLUMN_STREAM: Final = "column:"
VECTOR_STREAM: Final = "vector:"
RAW_SECTION: Final = "raw:"
LEVEL: Final = 3
BLOCK_BYTES: Final = 1 << 16
CACHED_BLOCKS: Final = 64
_MAX_RATIO: Final = 256
_ALWAYS_ALLOWED: Final = 1 << 20
_MAX_VALUES: Final = 1 << 14

_HEADER: Final = struct.Struct("<BBI")
_TEXTS, _INTEGERS, _VALUES = 1, 2, 3
_INTEGER_LIMIT: Final = 1 << 62


class Missing:
    """The type of `MISSING`."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "MISSING"


MISSING: Final = Missing()
"""Stands for the value of a document that has none in this field."""


class StreamWriter:
    """Writes one stream; made by `StoredWriter.stream`.

    What is written does not depend on how the values are cut into calls of `add`.
    """

    def __init__(self, output: _Blocks) -> None:
        self._output = output
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

    def add(self, items: Iterable[object], counts: Iterable[int] | None = None) -> None:
        """Append the values of successive documents; `MISSING` for one that has none.

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
        if kind == _VALUES:
            items, runs = _runs(items, operator.is_, runs)  # before encoding: a document's metadata is one object
            items = [b"" if item is MISSING else values.encode(item) for item in items]
        if any(map(operator.eq, items, itertools.islice(items, 1, None))):
            items, runs = _runs(items, operator.eq, runs)
        if kind == _TEXTS:
            items = [item.encode("utf-8", "surrogatepass") for item in items]
        self._extend(kind, items, runs)

    def fill(self, count: int) -> None:
        """Append `MISSING` until there are ``count`` documents."""
        if count > self.count:
            self._extend(_VALUES, [b""], [count - self.count])

    def _extend(self, kind: int, payloads: list[Any], runs: list[int]) -> None:
        """Append distinct neighbours; a block ends before the first value that finds it full."""
        self.count += sum(runs)
        start, stop = 0, len(payloads)
        if self._payloads and self._kinds[-1] == kind and self._payloads[-1] == payloads[0]:
            self._runs[-1] += runs[0]
            start = 1
        sizes = itertools.repeat(12, stop) if kind == _INTEGERS else (len(payload) + 4 for payload in payloads)
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
        kind = kinds.pop() if len(kinds) == 1 else _VALUES
        has_runs = max(self._runs) > 1
        parts = [_HEADER.pack(kind, has_runs, len(self._runs))]
        if has_runs:
            parts.append(np.array(self._runs, "<u4").tobytes())
        if kind == _INTEGERS:
            parts += self._integers()
        else:
            payloads = list(map(_as_value, self._payloads, self._kinds)) if kinds else self._payloads
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
        return _TEXTS
    return _INTEGERS if type(item) is int and -_INTEGER_LIMIT < item < _INTEGER_LIMIT else _VALUES


def _runs(
    items: list[Any], same: Callable[[Any, Any], bool], lengths: list[int]
) -> tuple[list[Any], list[int]]:
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


def _as_value(payload: bytes | int, kind: int) -> bytes:
    """What a text or an integer is among values of any type."""
    if kind == _VALUES:
        return payload if isinstance(payload, bytes) else b""
    return values.encode(payload.decode("utf-8", "surrogatepass") if isinstance(payload, bytes) else payload)


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
        if len(packed) >= len(raw) or len(raw) > _allowed(len(packed)):
            data = b"\0" + raw
        else:
            data = b"\1" + packed
        self._container.write(data)
        start = self._size
        self._size += len(data)
        return start, self._size


def _allowed(packed: int) -> int:
    """Bytes that a frame of so many bytes may become."""
    return max(_ALWAYS_ALLOWED, _MAX_RATIO * packed)


class StoredWriter:
    """Writes the file of stored fields.

    Args:
        container: a new container of kind `KIND`.
    """

    def __init__(self, container: ContainerWriter) -> None:
        self._container = container
        self._output = _Blocks(container)
        self._streams: dict[str, StreamWriter] = {}
        self._raw: dict[str, bytes] = {}

    def raw(self, name: str, data: bytes) -> None:
        """Keep bytes as a section of their own."""
        self._raw[RAW_SECTION + name] = data

    def stream(self, name: str) -> StreamWriter:
        """The stream of this name, made when first asked for."""
        if name not in self._streams:
            self._streams[name] = StreamWriter(self._output)
        return self._streams[name]

    def __contains__(self, name: str) -> bool:
        return name in self._streams

    @property
    def doc_count(self) -> int:
        """Documents of the longest stream so far."""
        return max((stream.count for stream in self._streams.values()), default=0)

    def abort(self) -> None:
        """Close the file, unfinished."""
        self._container.abort()

    def close(self, doc_count: int, sync: bool = True) -> None:
        """Fill every stream up to ``doc_count`` documents and finish the file.

        Raises:
            ValueError: a stream has more documents.
        """
        indexes = {}
        for name, stream in self._streams.items():
            if stream.count > doc_count:
                raise ValueError(f"field {name!r} has values for {stream.count} documents of {doc_count}")
            stream.fill(doc_count)
            indexes[name] = stream.finish()
        self._container.end()
        for name, index in indexes.items():
            self._container.section("index:" + name, index)
        for name, data in self._raw.items():
            self._container.section(name, data)
        self._container.meta["documents"] = doc_count
        self._container.close(sync)


class _Block:
    """A block, decompressed."""

    __slots__ = ("_data", "_ends", "_integers", "_kind", "_run_ends", "documents")

    def __init__(self, raw: bytes) -> None:
        self._kind, has_runs, count = _HEADER.unpack_from(raw)
        at = _HEADER.size
        self._run_ends: NDArray[np.int64] | None = None
        self.documents = count
        if has_runs:
            self._run_ends = np.cumsum(np.frombuffer(raw, "<u4", count, at), dtype=np.int64)
            self.documents = int(self._run_ends[-1])
            at += 4 * count
        self._data = b""
        if self._kind == _INTEGERS:
            first, size = struct.unpack_from("<qB", raw, at)
            if size not in (1, 2, 4, 8):
                raise ValueError("integers")
            numbers = np.empty(count, np.int64)
            numbers[0] = first
            numbers[1:] = np.frombuffer(raw, f"<i{size}", count - 1, at + 9)
            self._integers = np.cumsum(numbers)
        elif self._kind in (_TEXTS, _VALUES):
            self._ends = np.frombuffer(raw, "<u4", count, at)
            self._data = raw[at + 4 * count :]
            if int(self._ends[-1]) != len(self._data) or bool((np.diff(self._ends.astype(np.int64)) < 0).any()):
                raise ValueError("ends")
        else:
            raise ValueError("kind")

    def value(self, document: int) -> Any:
        """The value of a document, counted from the first of the block."""
        at = document if self._run_ends is None else int(self._run_ends.searchsorted(document, "right"))
        if self._kind == _INTEGERS:
            return int(self._integers[at])
        return self._convert(int(self._ends[at - 1]) if at else 0, int(self._ends[at]))

    def _convert(self, start: int, stop: int) -> Any:
        data = self._data[start:stop]
        if self._kind == _TEXTS:
            return data.decode("utf-8", "surrogatepass")
        return values.decode(data) if data else MISSING

    def all(self) -> list[Any]:
        """The values of all documents of the block."""
        if self._kind == _INTEGERS:
            distinct: list[Any] = self._integers.tolist()
        else:
            ends = self._ends.tolist()
            distinct = [self._convert(start, stop) for start, stop in itertools.pairwise((0, *ends))]
        if self._run_ends is None:
            return distinct
        counts = np.diff(self._run_ends, prepend=0).tolist()
        return [value for value, count in zip(distinct, counts, strict=True) for _ in range(count)]


class _Cache:
    """The blocks used last, shared between threads and streams."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._lock = threading.Lock()
        self._blocks: OrderedDict[tuple[str, int], _Block] = OrderedDict()

    def get(self, key: tuple[str, int]) -> _Block | None:
        with self._lock:
            block = self._blocks.get(key)
            if block is not None:
                self._blocks.move_to_end(key)
            return block

    def put(self, key: tuple[str, int], block: _Block) -> None:
        with self._lock:
            self._blocks[key] = block
            if len(self._blocks) > self._size:
                self._blocks.popitem(last=False)


class Stored:
    """The stored fields of a segment, for reading; safe to share between threads.

    Raises:
        IndexCorrupt: from here and from every method: the file is not what was written.
    """

    def __init__(self, container: Container) -> None:
        self.container = container
        self._blocks = container.section("blocks")
        self._cache = _Cache(CACHED_BLOCKS)
        self._indexes: dict[str, tuple[NDArray[np.uint32], NDArray[np.uint64]]] = {}
        count = container.meta.get("documents")
        if not isinstance(count, int):
            container.damaged("it does not say how many documents it has")
        self.doc_count: int = count
        prefix = "index:" + STORED_STREAM
        self.fields: list[str] = [name[len(prefix) :] for name in container.names() if name.startswith(prefix)]
        """The names of all stored fields."""
        self.columns: list[str] = [
            name.partition(kind)[2]
            for name in container.names()
            for kind in ("index:" + COLUMN_STREAM, RAW_SECTION)
            if name.startswith(kind)
        ]
        """The names of all columns kept here."""

    def __contains__(self, name: str) -> bool:
        return "index:" + name in self.container

    def raw(self, name: str) -> bytes | None:
        """The bytes kept as a section of their own; None if there are none."""
        section = RAW_SECTION + name
        if section not in self.container:
            return None
        found = self.container.section(section)
        return found.slice(0, found.length).tobytes()

    def _index(self, name: str) -> tuple[NDArray[np.uint32], NDArray[np.uint64]]:
        index = self._indexes.get(name)
        if index is None:
            data = self.container.section("index:" + name).array(np.uint8)
            blocks, rest = divmod(len(data) - 4, 20)
            if rest or blocks < 0:
                self.container.damaged(f"the index of {name!r} has a length that cannot be")
            split = 4 * (blocks + 1)
            docs, places = data[:split].view("<u4"), data[split:].view("<u8").reshape(2, blocks)
            if int(docs[-1]) != self.doc_count or (blocks and int(docs[0])):
                self.container.damaged(f"the index of {name!r} does not cover the documents")
            index = self._indexes[name] = docs, places
        return index

    def _block(self, name: str, number: int) -> _Block:
        block = self._cache.get((name, number))
        if block is None:
            docs, places = self._index(name)
            data = self._blocks.slice(int(places[0, number]), int(places[1, number])).tobytes()
            try:
                block = _Block(_decompress(data))
                right = block.documents == int(docs[number + 1]) - int(docs[number])
            except (ValueError, IndexError, struct.error, zstandard.ZstdError):
                right = False
            if block is None or not right:
                self.container.damaged(f"block {number} of {name!r} is not what was written")
            self._cache.put((name, number), block)
        return block

    def value(self, name: str, document: int) -> Any:
        """The value of a document in a stream; `MISSING` if it has none."""
        docs, _ = self._index(name)
        if not 0 <= document < self.doc_count:
            raise IndexError(f"document {document} of {self.doc_count}")
        number = int(docs.searchsorted(np.uint32(document), "right")) - 1
        block = self._block(name, number)
        try:
            return block.value(document - int(docs[number]))
        except ValueError:
            self.container.damaged(f"a value of {name!r} is not what was written")

    def document(self, document: int) -> dict[str, Any]:
        """The stored values that a document has, by field."""
        pairs = ((name, self.value(STORED_STREAM + name, document)) for name in self.fields)
        return {name: value for name, value in pairs if value is not MISSING}

    def values(self, name: str) -> Iterator[Any]:
        """The values of all documents, in order; `MISSING` where there is none."""
        docs, _ = self._index(name)
        for number in range(len(docs) - 1):
            try:
                yield from self._block(name, number).all()
            except ValueError:
                self.container.damaged(f"a value of {name!r} is not what was written")


def _decompress(data: bytes) -> bytes:
    if data[:1] == b"\0":
        return data[1:]
    frame = data[1:]
    size = zstandard.frame_content_size(frame)
    if data[:1] != b"\1" or not 0 <= size <= _allowed(len(frame)):
        raise ValueError("frame")
    return zstandard.ZstdDecompressor().decompress(frame)
