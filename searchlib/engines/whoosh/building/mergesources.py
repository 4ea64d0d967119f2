"""What a merge reads: fields as streams of postings in order of their keys.

A *slice* is the postings of some successive keys. A source gives a field in slices, be it a run fresh from
inversion, a run that was put aside on disk, or a segment of the index; a merge knows nothing but slices.
"""

from __future__ import annotations

import pickle
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from itertools import chain, compress, islice, repeat, starmap
from pathlib import Path
from typing import Any, BinaryIO, Protocol, cast

import numpy as np

from searchlib.engines.whoosh.building.runs import FieldRun, Repeated, Run, StoredChunk, StoredValue, UInts
from searchlib.engines.whoosh.format.segment import SegmentColumns
from searchlib.frozen import frozen
from searchlib.model.arrays import NDArray

KEYS_AT_ONCE = 4096
POSTINGS_AT_ONCE = 1 << 16  # of one source, unless a single key has more: what a merge holds in memory
VALUES_AT_ONCE = 8192


@frozen
class Slice:
    """The postings of successive keys: as in ``FieldRun``, with ``cf`` positions for each key."""

    keys: Sequence[bytes]
    df: UInts
    cf: NDArray[np.int64]
    docs: UInts
    freqs: UInts
    positions: UInts | None


class Source(Protocol):
    """A part of what is to be merged, its records numbered from 0."""

    size: int

    def field_names(self) -> Sequence[str]:
        """The fields that it has."""

    def slices(self, name: str) -> Iterator[Slice]:
        """The postings of a field, in order of the keys."""

    def lengths(self, name: str) -> NDArray[Any] | None:
        """Tokens of the field for each record; None for a field without lengths."""

    def stored(self, name: str) -> Iterator[StoredChunk]:
        """The stored values of one name in chunks, and how many records in succession have each (None: one)."""

    def column(self, name: str) -> UInts:
        """A column, one number for each record."""

    def stored_at(self, name: str, records: NDArray[np.int64]) -> Iterator[str]:
        """The stored texts of one name of some records, given by increasing number."""


class RunSource:
    """A run in memory."""

    def __init__(self, run: Run) -> None:
        self._run = run
        self.size = run.size

    def field_names(self) -> Sequence[str]:
        """The fields that it has."""
        return list(self._run.fields)

    def slices(self, name: str) -> Iterator[Slice]:
        """The postings of a field, in order of the keys."""
        found = self._run.fields.get(name)
        if found is not None:
            yield from _cut(found)

    def lengths(self, name: str) -> NDArray[Any] | None:
        """Tokens of the field for each record."""
        found = self._run.fields.get(name)
        return found.lengths if found is not None else None

    def stored(self, name: str) -> Iterator[StoredChunk]:
        """The stored values of one name, in chunks."""
        if name == "text":
            yield self._run.texts, None
        elif name in self._run.stored:
            yield self._run.stored[name].values, self._run.stored[name].repeats

    def column(self, name: str) -> UInts:
        """A column."""
        return self._run.columns[name]

    def stored_at(self, name: str, records: NDArray[np.int64]) -> Iterator[str]:
        """The stored texts of one name of some records."""
        return _chosen(self.stored(name), self.size, records)

    def words(self) -> tuple[list[bytes], list[int]]:
        """The words of the run and their counts."""
        return self._run.words, self._run.word_counts.tolist()


def _chosen(chunks: Iterator[StoredChunk], size: int, records: NDArray[np.int64]) -> Iterator[str]:
    wanted = np.zeros(size, bool)
    wanted[records] = True
    texts = cast(Iterator[str], chain.from_iterable(starmap(one_each, chunks)))
    return compress(texts, wanted.tolist())


def one_each(values: Sequence[StoredValue], repeats: Sequence[int] | None) -> Iterable[StoredValue]:
    """The values of a chunk, one for each record."""
    return values if repeats is None else chain.from_iterable(map(repeat, values, repeats))


def _cut(run: FieldRun) -> Iterator[Slice]:
    ends = np.concatenate(([0], np.cumsum(run.df, dtype=np.int64)))
    places = np.concatenate(([0], np.cumsum(run.freqs, dtype=np.int64)))
    for first, last in _portions(ends):
        a, b = int(ends[first]), int(ends[last])
        positions = run.positions[places[a] : places[b]] if run.positions is not None else None
        cf = places[ends[first + 1 : last + 1]] - places[ends[first:last]]
        yield Slice(run.keys[first:last], run.df[first:last], cf, run.docs[a:b], run.freqs[a:b], positions)


class SpilledRun:
    """A run that was put aside: a folder with an array a file, read again from beginning to end.

    Read, not mapped: pages of mapped files count as memory of the process.
    """

    def __init__(self, folder: Path, run: Run) -> None:
        """Write the run; only what is needed to find it again stays in memory."""
        folder.mkdir(parents=True)
        self._folder = folder
        self.size = run.size
        self._fields = {}
        for number, (name, found) in enumerate(run.fields.items()):
            self._fields[name] = number
            self._write(f"{number}.keys", b"".join(found.keys))
            self._write(f"{number}.sizes", np.fromiter(map(len, found.keys), np.uint32, len(found.keys)))
            for part in ("df", "docs", "freqs", "positions", "lengths"):
                values = getattr(found, part)
                if values is not None:
                    self._write(f"{number}.{part}", values)
        for name, column in run.columns.items():
            self._write(f"{name}.column", column)
        self._write("words", b"\n".join(run.words))
        self._write("word_counts", run.word_counts)
        _save_texts(folder / "texts", run.texts)
        with (folder / "stored").open("wb") as file:
            pickle.dump(run.stored, file, pickle.HIGHEST_PROTOCOL)

    def _write(self, name: str, data: bytes | UInts) -> None:
        with (self._folder / name).open("wb") as file:
            file.write(data if isinstance(data, bytes) else data.data)

    def _whole(self, name: str) -> UInts:
        return np.fromfile(self._folder / name, np.uint32)

    def field_names(self) -> Sequence[str]:
        """The fields that it has."""
        return list(self._fields)

    def slices(self, name: str) -> Iterator[Slice]:
        """The postings of a field, in order of the keys."""
        if name not in self._fields:
            return
        number = self._fields[name]
        sizes, df = self._whole(f"{number}.sizes"), self._whole(f"{number}.df")
        with ExitStack() as files:

            def opened(part: str) -> BinaryIO | None:
                path = self._folder / f"{number}.{part}"
                return files.enter_context(path.open("rb")) if path.exists() else None

            keys_file, docs, freqs, positions = (opened(part) for part in ("keys", "docs", "freqs", "positions"))
            assert keys_file is not None and docs is not None and freqs is not None
            for first, last in _portions(np.concatenate(([0], np.cumsum(df, dtype=np.int64)))):
                cut = np.cumsum(sizes[first:last], dtype=np.int64).tolist()
                blob = keys_file.read(cut[-1])
                keys = [blob[i:j] for i, j in zip([0, *cut], cut, strict=False)]
                part_df = df[first:last]
                ends = np.cumsum(part_df, dtype=np.int64)
                part_docs, part_freqs = _numbers(docs, int(ends[-1])), _numbers(freqs, int(ends[-1]))
                places = np.concatenate(([0], np.cumsum(part_freqs, dtype=np.int64)))
                cf = places[ends] - places[ends - part_df]
                part_positions = _numbers(positions, int(places[-1])) if positions is not None else None
                yield Slice(keys, part_df, cf, part_docs, part_freqs, part_positions)

    def lengths(self, name: str) -> NDArray[Any] | None:
        """Tokens of the field for each record."""
        if name not in self._fields or not (self._folder / f"{self._fields[name]}.lengths").exists():
            return None
        return self._whole(f"{self._fields[name]}.lengths")

    def stored(self, name: str) -> Iterator[StoredChunk]:
        """The stored values of one name, in chunks."""
        if name == "text":
            yield from _load_texts(self._folder / "texts")
            return
        with (self._folder / "stored").open("rb") as file:
            # Written by this very build, in a folder of its own.
            stored: dict[str, Repeated] = pickle.load(file)
        if name in stored:
            yield stored[name].values, stored[name].repeats

    def column(self, name: str) -> UInts:
        """A column."""
        return self._whole(f"{name}.column")

    def stored_at(self, name: str, records: NDArray[np.int64]) -> Iterator[str]:
        """The stored texts of one name of some records."""
        return _chosen(self.stored(name), self.size, records)

    def words(self) -> tuple[list[bytes], list[int]]:
        """The words of the run and their counts."""
        blob = (self._folder / "words").read_bytes()
        return blob.split(b"\n") if blob else [], self._whole("word_counts").tolist()


def _portions(ends: NDArray[np.int64]) -> Iterator[tuple[int, int]]:
    """Cut keys into slices, (first, last) each; ``ends[i]`` is how many postings the keys before number i have."""
    first, count = 0, len(ends) - 1
    while first < count:
        fitting = int(ends.searchsorted(ends[first] + POSTINGS_AT_ONCE, "right")) - 1
        last = min(max(fitting, first + 1), first + KEYS_AT_ONCE, count)
        yield first, last
        first = last


def _numbers(file: BinaryIO, count: int) -> UInts:
    return np.frombuffer(file.read(4 * count), np.uint32)


def _save_texts(path: Path, texts: Sequence[str]) -> None:
    sizes = np.empty(len(texts), np.uint32)
    with path.open("wb") as file:
        for number, text in enumerate(texts):
            sizes[number] = file.write(text.encode("utf-8", "surrogatepass"))
    np.save(path.with_suffix(".npy"), sizes)


def _load_texts(path: Path) -> Iterator[StoredChunk]:
    sizes = np.load(path.with_suffix(".npy"))
    with path.open("rb") as file:
        for first in range(0, len(sizes), VALUES_AT_ONCE):
            cut = np.cumsum(sizes[first : first + VALUES_AT_ONCE], dtype=np.int64).tolist()
            blob = file.read(cut[-1])
            yield [blob[i:j].decode("utf-8", "surrogatepass") for i, j in zip([0, *cut], cut, strict=False)], None


class SegmentSource:
    """A segment of the index."""

    def __init__(self, segment: SegmentColumns) -> None:
        self._segment = segment
        self.size = segment.doc_count

    def field_names(self) -> Sequence[str]:
        """The fields that it has."""
        return self._segment.fields

    def slices(self, name: str) -> Iterator[Slice]:
        """The postings of a field, in order of the keys."""
        if name not in self._segment.fields:
            return
        entries = iter(self._segment.terms(name))
        while batch := list(islice(entries, KEYS_AT_ONCE)):
            found = self._segment.postings(name, [entry for _, entry in batch])
            df = np.fromiter((entry.df for _, entry in batch), np.uint32, len(batch))
            ends = np.cumsum(df, dtype=np.int64)
            cf = np.add.reduceat(found.freqs, ends - df, dtype=np.int64)
            yield Slice([key for key, _ in batch], df, cf, *found)

    def lengths(self, name: str) -> NDArray[Any] | None:
        """Tokens of the field for each record."""
        known = name in self._segment.fields and self._segment.has_positions(name)
        return self._segment.lengths(name) if known else None

    def stored(self, name: str) -> Iterator[StoredChunk]:
        """The stored values of one name, in chunks."""
        values = iter(self._segment.stored_values(name))
        while chunk := list(islice(values, VALUES_AT_ONCE)):
            yield chunk, None

    def column(self, name: str) -> UInts:
        """A column."""
        return self._segment.column(name)

    def stored_at(self, name: str, records: NDArray[np.int64]) -> Iterator[str]:
        """The stored texts of one name of some records."""
        for value in self._segment.stored_values_at(name, records):
            if type(value) is not str:
                self._segment.stored_damaged(f"{name!r} of a record is no text")
            yield value
