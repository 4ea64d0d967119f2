"""What a merge reads: fields as streams of postings in order of their keys.

A *slice* is the postings of some successive keys. A source gives a field in slices, be it a run fresh from
inversion, a run that was put aside on disk, or a segment of the index; a merge knows nothing but slices.
"""

from __future__ import annotations

import pickle
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from contextlib import ExitStack
from dataclasses import replace
from itertools import chain, compress, islice, repeat, starmap
from pathlib import Path
from typing import Any, BinaryIO, Protocol, cast

import numpy as np

from searchlib.engines.whoosh.building.portions import PORTIONS, Portions
from searchlib.engines.whoosh.building.runs import FieldRun, Repeated, Run, StoredChunk, StoredValue, UInts, sums
from searchlib.engines.whoosh.format.segment import SegmentColumns
from searchlib.engines.whoosh.format.terms import TermEntry
from searchlib.engines.whoosh.format.thin import SHARED, beginning, field_of
from searchlib.frozen import frozen
from searchlib.model.arrays import NDArray
from searchlib.model.fields import PROSE, TABLE

_NONE = np.zeros(0, np.uint32)


@frozen
class Slice:
    """The postings of successive keys: as in ``FieldRun``, with ``cf`` positions for each key."""

    keys: Sequence[bytes]
    df: UInts
    cf: NDArray[np.int64]
    docs: UInts
    freqs: UInts
    positions: UInts | None

    def without(self, cut: int) -> Slice:
        """The same without so many bytes at the beginning of each key."""
        return replace(self, keys=[key[cut:] for key in self.keys])

    def behind(self, begin: bytes) -> Slice:
        """The same with these bytes before each key."""
        return replace(self, keys=[begin + key for key in self.keys])


class Source(Protocol):
    """A part of what is to be merged, its records numbered from 0."""

    size: int

    def metadata(self, kept: NDArray[np.bool_] | None) -> dict[str, int]:
        """How many postings each field of metadata has in the records that are kept (None: all)."""

    def slices(self, name: str) -> Iterator[Slice]:
        """The postings of a field, in order of the keys."""

    def thin_slices(self, names: AbstractSet[str]) -> list[Iterator[Slice]]:
        """The postings of fields of metadata with keys as in the dictionary of thin fields: streams in their order."""

    def lengths(self, name: str) -> NDArray[Any] | None:
        """Tokens of a field for each record; None for a field without lengths, and for one of metadata."""

    def stored(self, name: str) -> Iterator[StoredChunk]:
        """The stored values of one name in chunks, and how many records in succession have each (None: one)."""

    def column(self, name: str) -> UInts:
        """A column, one number for each record."""

    def stored_at(self, name: str, records: NDArray[np.int64]) -> Iterator[str]:
        """The stored texts of one name of some records, given by increasing number."""


class _FieldsOf:
    """Where in a run the keys of each field of metadata are."""

    def __init__(self, run: Run) -> None:
        keys = run.metadata.keys
        self.names = run.metadata_fields
        self.ends = [bisect_left(keys, beginning(name)) for name in run.metadata_fields[1:]] + [len(keys)] * bool(keys)
        self.starts = [0, *self.ends[:-1]] if keys else []

    def place(self, name: str) -> tuple[int, int]:
        """The first key of a field, and where its keys end."""
        at = bisect_left(self.names, beginning(name), key=beginning)
        found = at < len(self.names) and self.names[at] == name
        return (self.starts[at], self.ends[at]) if found else (0, 0)

    def places(self, names: AbstractSet[str]) -> Iterator[tuple[int, int]]:
        """The same of several fields, those of neighbours in one."""
        first = last = 0
        for name, start, end in zip(self.names, self.starts, self.ends, strict=True):
            if name not in names:
                continue
            if start > last:
                if first < last:
                    yield first, last
                first = start
            last = end
        if first < last:
            yield first, last

    def counts(self, df: NDArray[np.int64]) -> dict[str, int]:
        """The sums of a number for each key, for those fields where it is not 0."""
        if not self.names:
            return {}
        found = np.add.reduceat(df, self.starts, dtype=np.int64).tolist()
        return {name: count for name, count in zip(self.names, found, strict=True) if count}


def _kept_df(df: UInts, docs: UInts, kept: NDArray[np.bool_] | None) -> NDArray[np.int64]:
    """For each key how many of its documents are kept."""
    return df.astype(np.int64) if kept is None else sums(kept[docs].astype(np.int64), df).astype(np.int64)


class RunSource:
    """A run in memory."""

    def __init__(self, run: Run, portions: Portions = PORTIONS) -> None:
        self._run = run
        self._portions = portions
        self._fields_of = _FieldsOf(run)
        self.size = run.size

    def metadata(self, kept: NDArray[np.bool_] | None) -> dict[str, int]:
        """How many postings each field of metadata has."""
        found = self._run.metadata
        return self._fields_of.counts(_kept_df(found.df, found.docs, kept))

    def slices(self, name: str) -> Iterator[Slice]:
        """The postings of a field, in order of the keys."""
        found = self._run.fields.get(name)
        if found is not None:
            return self._cut(found, 0, len(found.keys))
        slices = self._cut(self._run.metadata, *self._fields_of.place(name))
        return (part.without(len(beginning(name))) for part in slices)

    def thin_slices(self, names: AbstractSet[str]) -> list[Iterator[Slice]]:
        """The postings of fields of metadata."""
        places = self._fields_of.places(names)
        return [chain.from_iterable(self._cut(self._run.metadata, first, last) for first, last in places)]

    def _cut(self, run: FieldRun, first: int, last: int) -> Iterator[Slice]:
        """The keys of a field from number ``first`` up to ``last``."""
        if first == last:
            return
        ends = np.concatenate(([0], np.cumsum(run.df, dtype=np.int64)))
        places = np.concatenate(([0], np.cumsum(run.freqs, dtype=np.int64)))
        for begin, end in _portions(ends, first, last, self._portions):
            a, b = int(ends[begin]), int(ends[end])
            positions = run.positions[places[a] : places[b]] if run.positions is not None else None
            cf = places[ends[begin + 1 : end + 1]] - places[ends[begin:end]]
            yield Slice(run.keys[begin:end], run.df[begin:end], cf, run.docs[a:b], run.freqs[a:b], positions)

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


class SpilledRun:
    """A run that was put aside: a folder with an array a file, read again from beginning to end.

    Read, not mapped: pages of mapped files count as memory of the process.
    """

    def __init__(self, folder: Path, run: Run, portions: Portions = PORTIONS) -> None:
        """Write the run; only what is needed to find it again stays in memory."""
        folder.mkdir(parents=True)
        self._folder = folder
        self._portions = portions
        self._fields_of = _FieldsOf(run)
        self.size = run.size
        self._fields = {}
        for number, (name, found) in enumerate([*run.fields.items(), (SHARED, run.metadata)]):
            self._fields[name] = number
            self._write(f"{number}.keys", b"".join(found.keys))
            self._write(f"{number}.sizes", np.fromiter(map(len, found.keys), np.uint32, len(found.keys)))
            self._write(f"{number}.cf", sums(found.freqs.astype(np.int64), found.df))
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

    def metadata(self, kept: NDArray[np.bool_] | None) -> dict[str, int]:
        """How many postings each field of metadata has."""
        number = self._fields[SHARED]
        docs = self._whole(f"{number}.docs") if kept is not None else _NONE
        return self._fields_of.counts(_kept_df(self._whole(f"{number}.df"), docs, kept))

    def slices(self, name: str) -> Iterator[Slice]:
        """The postings of a field, in order of the keys."""
        if name in self._fields:
            return self._read(name, None)
        place = self._fields_of.place(name)
        return (part.without(len(beginning(name))) for part in self._read(SHARED, [place]))

    def thin_slices(self, names: AbstractSet[str]) -> list[Iterator[Slice]]:
        """The postings of fields of metadata."""
        return [self._read(SHARED, list(self._fields_of.places(names)))]

    def _read(self, name: str, places: Sequence[tuple[int, int]] | None) -> Iterator[Slice]:
        """The keys of a field in some ranges of their numbers; None: all of them."""
        number = self._fields[name]
        sizes, df, counts = (self._whole(f"{number}.{part}") for part in ("sizes", "df", "cf"))
        ends = np.concatenate(([0], np.cumsum(df, dtype=np.int64)))
        with ExitStack() as files:

            def opened(part: str) -> BinaryIO | None:
                path = self._folder / f"{number}.{part}"
                return files.enter_context(path.open("rb")) if path.exists() else None

            keys_file, docs, freqs, positions = (opened(part) for part in ("keys", "docs", "freqs", "positions"))
            assert keys_file is not None and docs is not None and freqs is not None
            for first, last in [(0, len(df))] if places is None else places:
                keys_file.seek(int(sizes[:first].sum(dtype=np.int64)))
                docs.seek(4 * int(ends[first]))
                freqs.seek(4 * int(ends[first]))
                if positions is not None:
                    positions.seek(4 * int(counts[:first].sum(dtype=np.int64)))
                for begin, end in _portions(ends, first, last, self._portions):
                    part = slice(begin, end)
                    cut = np.cumsum(sizes[part], dtype=np.int64).tolist()
                    blob = keys_file.read(cut[-1])
                    keys = [blob[i:j] for i, j in zip([0, *cut], cut, strict=False)]
                    cf = counts[part].astype(np.int64)
                    size = int(ends[end] - ends[begin])
                    its_positions = _numbers(positions, int(cf.sum())) if positions is not None else None
                    yield Slice(keys, df[part], cf, _numbers(docs, size), _numbers(freqs, size), its_positions)

    def lengths(self, name: str) -> NDArray[Any] | None:
        """Tokens of the field for each record."""
        if name not in self._fields or not (self._folder / f"{self._fields[name]}.lengths").exists():
            return None
        return self._whole(f"{self._fields[name]}.lengths")

    def stored(self, name: str) -> Iterator[StoredChunk]:
        """The stored values of one name, in chunks."""
        if name == "text":
            yield from _load_texts(self._folder / "texts", self._portions.values)
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


def _portions(ends: NDArray[np.int64], first: int, last: int, portions: Portions) -> Iterator[tuple[int, int]]:
    """Cut the keys from number ``first`` up to ``last`` into slices; ``ends[i]`` is how many postings are before i."""
    while first < last:
        fitting = int(ends.searchsorted(ends[first] + portions.postings, "right")) - 1
        end = min(max(fitting, first + 1), first + portions.keys, last)
        yield first, end
        first = end


def _numbers(file: BinaryIO, count: int) -> UInts:
    return np.frombuffer(file.read(4 * count), np.uint32)


def _save_texts(path: Path, texts: Sequence[str]) -> None:
    sizes = np.empty(len(texts), np.uint32)
    with path.open("wb") as file:
        for number, text in enumerate(texts):
            sizes[number] = file.write(text.encode("utf-8", "surrogatepass"))
    np.save(path.with_suffix(".npy"), sizes)


def _load_texts(path: Path, most: int) -> Iterator[StoredChunk]:
    sizes = np.load(path.with_suffix(".npy"))
    with path.open("rb") as file:
        for first in range(0, len(sizes), most):
            cut = np.cumsum(sizes[first : first + most], dtype=np.int64).tolist()
            blob = file.read(cut[-1])
            yield [blob[i:j].decode("utf-8", "surrogatepass") for i, j in zip([0, *cut], cut, strict=False)], None


class SegmentSource:
    """A segment of the index."""

    def __init__(self, segment: SegmentColumns, portions: Portions = PORTIONS) -> None:
        self._segment = segment
        self._portions = portions
        self.size = segment.doc_count

    def metadata(self, kept: NDArray[np.bool_] | None) -> dict[str, int]:
        """How many postings each field of metadata has."""
        segment = self._segment
        names = [name for name in segment.fields if name not in TABLE]
        if kept is None:
            return {name: segment.posting_count(name) for name in names}
        found: Counter[str] = Counter()
        for name in names:
            if name not in segment.thin:
                found[name] = sum(int(_kept_df(part.df, part.docs, kept).sum()) for part in self.slices(name))
        for part in self._slices(SHARED, self._thin_entries(set(segment.thin))):
            for key, count in zip(part.keys, _kept_df(part.df, part.docs, kept).tolist(), strict=True):
                found[field_of(key)] += count
        return {name: count for name, count in found.items() if count}

    def slices(self, name: str) -> Iterator[Slice]:
        """The postings of a field, in order of the keys."""
        return self._slices(name, iter(self._segment.terms(name)))

    def thin_slices(self, names: AbstractSet[str]) -> list[Iterator[Slice]]:
        """The postings of fields of metadata: those that are thin here, and those that were not."""
        segment = self._segment
        streams = [
            (part.behind(beginning(name)) for part in self.slices(name))
            for name in sorted(names & set(segment.fields), key=beginning)
            if name not in segment.thin
        ]
        return [chain.from_iterable(streams), self._slices(SHARED, self._thin_entries(names))]

    def _thin_entries(self, names: AbstractSet[str]) -> Iterator[tuple[bytes, TermEntry]]:
        """What the dictionary of thin fields has of some of them."""
        known = {beginning(name): name in names for name in self._segment.thin}
        for key, entry in self._segment.terms(SHARED):
            wanted = known.get(key[: key.find(0) + 1])
            if wanted:
                yield key, entry
            elif wanted is None:
                self._segment.terms_damaged("a key of its thin fields is of none of them")

    def _slices(self, name: str, entries: Iterator[tuple[bytes, TermEntry]]) -> Iterator[Slice]:
        while batch := list(islice(entries, self._portions.keys)):
            found = self._segment.postings(name, [entry for _, entry in batch])
            df = np.fromiter((entry.df for _, entry in batch), np.uint32, len(batch))
            ends = np.cumsum(df, dtype=np.int64)
            cf = np.add.reduceat(found.freqs, ends - df, dtype=np.int64)
            yield Slice([key for key, _ in batch], df, cf, *found)

    def lengths(self, name: str) -> NDArray[Any] | None:
        """Tokens of the field for each record."""
        return self._segment.lengths(name) if name in PROSE else None

    def stored(self, name: str) -> Iterator[StoredChunk]:
        """The stored values of one name, in chunks."""
        values = iter(self._segment.stored_values(name))
        while chunk := list(islice(values, self._portions.values)):
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
