"""Runs as a merge reads them: fresh from inversion (`RunSource`), or put aside on disk (`SpilledRun`)."""

from __future__ import annotations

import pickle
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from contextlib import ExitStack
from itertools import chain, compress, islice, repeat
from pathlib import Path
from typing import Any, BinaryIO, Final, cast

import numpy as np

from searchlib.engines.whoosh.building.mergesources import Columns, Sizes, Slice, kept_df
from searchlib.engines.whoosh.building.portions import PORTIONS, Portions
from searchlib.engines.whoosh.building.runs import FieldRun, InvertedDocument, Repeated, Run, UInts, sums
from searchlib.engines.whoosh.format.thin import SHARED, beginning
from searchlib.engines.whoosh.storedrecords import DOCUMENTS, RECORDS, STREAMS
from searchlib.model.arrays import NDArray
from searchlib.model.fields import SEGMENTED

_NONE = np.zeros(0, np.uint32)
_REPEATED: Final = STREAMS[RECORDS][1:]  # all but the text


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
        return self._fields_of.counts(kept_df(found.df, found.docs, kept))

    def segmented(self) -> AbstractSet[str]:
        """The fields of words that a segmenter found."""
        return SEGMENTED.keys() & self._run.fields.keys()

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

    def documents(self) -> Sizes:
        """How many records each document has, or each part, and whether a document begins with it."""
        return _sizes(self._run.documents)

    def rows(self, stream: str) -> Iterator[Columns]:
        """What is stored of the records, or of the documents, in chunks."""
        if stream == DOCUMENTS:
            return _of_documents(self._run.about)
        return _of_records(iter([self._run.texts]), self._run.stored)

    def column(self, name: str) -> UInts:
        """A column."""
        return self._run.columns[name]

    def stored_at(self, name: str, records: NDArray[np.int64]) -> Iterator[str]:
        """The stored texts of one name of some records."""
        return _chosen(self, name, records)

    def words(self) -> tuple[list[bytes], list[int]]:
        """The words of the run and their counts."""
        return self._run.words, self._run.word_counts.tolist()


def _sizes(documents: Sequence[InvertedDocument]) -> Sizes:
    there = [document for document in documents if document.records]
    sizes = np.array([document.records for document in there], np.int64)
    return sizes, np.array([document.above is None for document in there], bool)


def _of_documents(about: Mapping[str, Sequence[str]]) -> Iterator[Columns]:
    yield [about[name] for name in STREAMS[DOCUMENTS]]


def _of_records(texts: Iterator[Sequence[str]], stored: Mapping[str, Repeated]) -> Iterator[Columns]:
    others = [chain.from_iterable(map(repeat, stored[name].values, stored[name].repeats)) for name in _REPEATED]
    for chunk in texts:
        yield [chunk, *(list(islice(values, len(chunk))) for values in others)]


def _chosen(source: RunSource | SpilledRun, name: str, records: NDArray[np.int64]) -> Iterator[str]:
    """The stored texts of one name of some records of a run, given by increasing number."""
    stream = next(stream for stream, fields in STREAMS.items() if name in fields)
    values = chain.from_iterable(columns[STREAMS[stream].index(name)] for columns in source.rows(stream))
    if stream == DOCUMENTS:
        values = chain.from_iterable(map(repeat, values, source.documents()[0].tolist()))
    wanted = np.zeros(source.size, bool)
    wanted[records] = True
    return cast(Iterator[str], compress(values, wanted.tolist()))


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
        for name, values in (("stored", run.stored), ("about", (_sizes(run.documents), run.about))):
            with (folder / name).open("wb") as file:
                pickle.dump(values, file, pickle.HIGHEST_PROTOCOL)

    def _write(self, name: str, data: bytes | UInts) -> None:
        with (self._folder / name).open("wb") as file:
            file.write(data if isinstance(data, bytes) else data.data)

    def _whole(self, name: str) -> UInts:
        return np.fromfile(self._folder / name, np.uint32)

    def metadata(self, kept: NDArray[np.bool_] | None) -> dict[str, int]:
        """How many postings each field of metadata has."""
        number = self._fields[SHARED]
        docs = self._whole(f"{number}.docs") if kept is not None else _NONE
        return self._fields_of.counts(kept_df(self._whole(f"{number}.df"), docs, kept))

    def segmented(self) -> AbstractSet[str]:
        """The fields of words that a segmenter found."""
        return SEGMENTED.keys() & self._fields.keys()

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

    def _kept(self, name: str) -> Any:
        with (self._folder / name).open("rb") as file:
            return pickle.load(file)  # written by this very build, in a folder of its own

    def documents(self) -> Sizes:
        """How many records each document has, or each part, and whether a document begins with it."""
        found: Sizes = self._kept("about")[0]
        return found

    def rows(self, stream: str) -> Iterator[Columns]:
        """What is stored of the records, or of the documents, in chunks."""
        if stream == DOCUMENTS:
            return _of_documents(self._kept("about")[1])
        return _of_records(_load_texts(self._folder / "texts", self._portions.values), self._kept("stored"))

    def column(self, name: str) -> UInts:
        """A column."""
        return self._whole(f"{name}.column")

    def stored_at(self, name: str, records: NDArray[np.int64]) -> Iterator[str]:
        """The stored texts of one name of some records."""
        return _chosen(self, name, records)

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


def _load_texts(path: Path, most: int) -> Iterator[Sequence[str]]:
    sizes = np.load(path.with_suffix(".npy"))
    with path.open("rb") as file:
        for first in range(0, len(sizes), most):
            cut = np.cumsum(sizes[first : first + most], dtype=np.int64).tolist()
            blob = file.read(cut[-1])
            yield [blob[i:j].decode("utf-8", "surrogatepass") for i, j in zip([0, *cut], cut, strict=False)]


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
