"""Writing a segment: some documents with their terms, postings, stored fields and columns, in four files.

========  ==========================================================================
``.trm``  term dictionaries (`terms`) and tables of stems (`stemtables`); its ``meta`` has the fields
``.pst``  postings (`postings`): a section for each field
``.sto``  stored fields (`stored`)
``.col``  lengths and numeric columns (`columns`)
========  ==========================================================================

A segment is never changed once written; which of its documents are deleted is in a file beside it (`deletions`).
`SegmentFiles` writes one in bulk; `segment.SegmentColumns` reads it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, Final, Never, TypeAlias

import numpy as np

from searchlib.engines.whoosh.format.columns import KIND as COLUMNS_KIND
from searchlib.engines.whoosh.format.columns import LENGTH, ColumnsWriter
from searchlib.engines.whoosh.format.container import ContainerWriter
from searchlib.engines.whoosh.format.encoding import PostingArrays, encode
from searchlib.engines.whoosh.format.filenames import (
    COLUMNS,
    EXTENSIONS,
    POSTINGS,
    POSTINGS_KIND,
    STORED,
    TERMS,
    TERMS_KIND,
)
from searchlib.engines.whoosh.format.packing import BLOCK
from searchlib.engines.whoosh.format.stemtables import write_tables
from searchlib.engines.whoosh.format.stored import KIND as STORED_KIND
from searchlib.engines.whoosh.format.stored import STORED_STREAM
from searchlib.engines.whoosh.format.storing import StoredWriter, StreamWriter, no_others
from searchlib.engines.whoosh.format.terms import TermsWriter
from searchlib.engines.whoosh.format.thin import SHARED, TABLE_SECTION, written_table
from searchlib.model.arrays import NDArray

CHUNK: Final = 1 << 19
"""Postings that are encoded at a time (more if a single term has more), if it is not said otherwise."""

U32Array: TypeAlias = NDArray[np.uint32]
CreateFile: TypeAlias = Callable[[str], BinaryIO]
_NO_LENGTHS: Final = np.zeros(0, np.uint32)


class FieldFiles:
    """Writes the terms of one field; made by `SegmentFiles.field`."""

    def __init__(self, files: InvertedFiles, name: str, positions: bool, chunk: int = CHUNK) -> None:
        self._files = files
        self._chunk = chunk
        self.name = name
        self._positions = positions
        self._terms = TermsWriter(files.terms, "terms:" + name, "index:" + name)
        files.postings.begin(name)
        self._posting_count = 0
        self._cf = 0

    def add(
        self,
        keys: Sequence[bytes],
        df: NDArray[Any],
        docs: U32Array,
        freqs: U32Array,
        positions: U32Array | None,
        lengths: NDArray[Any],
        tails: list[bytes] | None = None,
        placed: NDArray[np.bool_] | None = None,
    ) -> None:
        """Add the next range of terms.

        Args:
            keys: their keys, in byte order, all greater than those added before.
            df: documents of each.
            docs: their documents, term by term, increasing within a term.
            freqs: the frequency of each posting.
            positions: the positions, posting by posting, from 0 within the document; None in fields without.
            lengths: tokens in the field of every document of the segment.
            tails: what to attach to each term's record (see `tails`).
            placed: which terms have positions (all, unless said otherwise).

        Raises:
            ValueError: something is not in order, or arrays do not fit each other.
        """
        self._add(keys, df, docs, freqs, positions, lambda part: lengths[docs[part]], tails, placed)

    def _add(
        self,
        keys: Sequence[bytes],
        df: NDArray[Any],
        docs: U32Array,
        freqs: U32Array,
        positions: U32Array | None,
        lengths_of: Callable[[slice], NDArray[Any]],
        tails: list[bytes] | None = None,
        placed: NDArray[np.bool_] | None = None,
    ) -> None:
        """Add the next range of terms, of which some postings are of documents as long as ``lengths_of`` says."""
        if (positions is not None) != self._positions:
            raise ValueError(f"field {self.name!r} {'needs' if self._positions else 'has no'} positions")
        counts = np.asarray(df, np.int64)
        if len(keys) != len(counts) or int(counts.sum()) != len(docs):
            raise ValueError("postings that do not fit each other")
        ends = np.cumsum(counts)
        first, doc_at, position_at = 0, 0, 0
        while first < len(keys):
            last = max(int(ends.searchsorted(doc_at + self._chunk, "right")), first + 1)
            doc_end = int(ends[last - 1])
            part = slice(first, last)
            part_freqs = freqs[doc_at:doc_end]
            part_placed = None if placed is None else placed[part]
            part_positions = None
            if positions is not None:
                each = part_freqs if part_placed is None else part_freqs[np.repeat(part_placed, counts[part])]
                position_end = position_at + int(each.sum(dtype=np.int64))
                part_positions = positions[position_at:position_end]
                position_at = position_end
            postings = slice(doc_at, doc_end)
            lengths = lengths_of(postings) if int(counts[part].max()) > BLOCK else _NO_LENGTHS
            encoded = encode(
                PostingArrays(counts[part], docs[postings], part_freqs, part_positions, lengths),
                None if tails is None else tails[part],
                part_placed,
            )
            self._terms.add(keys[part], counts[part], encoded.sizes, encoded.cf)
            self._files.postings.write(encoded.data)
            self._cf += int(encoded.cf.sum())
            first, doc_at = last, doc_end
        if positions is not None and position_at != len(positions):
            raise ValueError("positions that do not fit the frequencies")
        self._posting_count += len(docs)

    def finish(self, lengths: NDArray[Any] | None = None) -> None:
        """End the field; ``lengths`` (tokens of every document in the field) become a column."""
        self._terms.finish()
        self._files.postings.end()
        self._files.finished(
            self,
            {
                "name": self.name,
                "positions": self._positions,
                "terms": self._terms.count,
                "postings": self._posting_count,
                "cf": self._cf,
            },
            lengths,
        )


class ThinFieldFiles(FieldFiles):
    """Writes the shared dictionary of thin fields (see `thin`); made by `SegmentFiles.thin_fields`."""

    def __init__(self, files: InvertedFiles, chunk: int = CHUNK) -> None:
        super().__init__(files, SHARED, True, chunk)
        self._names: list[str] = []
        self._numbers: list[NDArray[np.int64]] = [np.zeros((0, 3), np.int64)]

    def add_fields(
        self,
        fields: Sequence[tuple[str, int]],
        keys: Sequence[bytes],
        df: NDArray[Any],
        docs: U32Array,
        freqs: U32Array,
        positions: U32Array,
    ) -> None:
        """Add whole fields: the name of each and how many of the ``keys``, which are as in the dictionary, are its own.

        The rest is as for `add`.
        """
        ends = np.cumsum([count for _, count in fields])
        starts = ends - [count for _, count in fields]
        counts = np.asarray(df, np.int64)
        field_of = np.repeat(np.repeat(np.arange(len(fields)), ends - starts), counts)
        # A document is as long in a field as its frequencies there say.
        order = np.argsort(field_of << 32 | docs, kind="stable")
        same = (np.diff(field_of[order]) == 0) & (np.diff(docs[order].astype(np.int64)) == 0)
        begins = np.flatnonzero(np.concatenate(([True], ~same)))
        sums = np.add.reduceat(freqs[order], begins, dtype=np.int64)
        lengths = np.empty(len(docs), np.uint32)
        lengths[order] = np.repeat(sums, np.diff(begins, append=len(docs)))
        self._add(keys, df, docs, freqs, positions, lambda part: lengths[part])
        self._names += [name for name, _ in fields]
        postings = np.add.reduceat(counts, starts)
        cf = np.add.reduceat(freqs, np.cumsum(postings) - postings, dtype=np.int64)
        self._numbers.append(np.stack([ends - starts, postings, cf], axis=1))

    def finish(self, lengths: NDArray[Any] | None = None) -> None:
        """End the fields; they have no lengths but those that their frequencies say."""
        super().finish()
        self._files.terms.section(TABLE_SECTION, written_table(self._names, np.concatenate(self._numbers)))


class InvertedFiles:
    """Writes the two files of terms and postings.

    Args:
        create: makes a new file of the segment from its extension.
        keep_lengths: called with name and lengths of each field finished with lengths.
    """

    def __init__(self, create: CreateFile, keep_lengths: Callable[[str, NDArray[Any]], None]) -> None:
        self.terms = ContainerWriter(create(TERMS), TERMS_KIND)
        self.postings = ContainerWriter(create(POSTINGS), POSTINGS_KIND)
        self._keep_lengths = keep_lengths
        self._fields: dict[str, dict[str, Any]] = {}
        self._open: FieldFiles | None = None

    def field(self, name: str, positions: bool, chunk: int = CHUNK) -> FieldFiles:
        """Begin a field; the one before it must be finished."""
        self._check(name)
        self._open = FieldFiles(self, name, positions, chunk)
        return self._open

    def thin_fields(self, chunk: int = CHUNK) -> ThinFieldFiles:
        """Begin all thin fields, of which there is one at least; the field before must be finished."""
        self._check(SHARED)
        self._open = shared = ThinFieldFiles(self, chunk)
        return shared

    def _check(self, name: str) -> None:
        if self._open is not None:
            raise RuntimeError(f"field {self._open.name!r} is not finished")
        if name in self._fields:
            raise ValueError(f"field {name!r} exists")

    def finished(self, field: FieldFiles, meta: dict[str, Any], lengths: NDArray[Any] | None) -> None:
        """Called by the field that ends."""
        if self._open is not field:
            raise RuntimeError(f"field {field.name!r} is finished")
        self._open = None
        self._fields[field.name] = meta
        if lengths is not None:
            self._keep_lengths(field.name, lengths)

    def stems(self, tables: Iterable[tuple[str, str, list[bytes]]]) -> None:
        """The tables of stems: for each language what made them, and their keys; after the fields."""
        write_tables(self.terms, tables)

    def close(self, sync: bool = True) -> None:
        """Finish the files."""
        self.terms.meta["fields"] = list(self._fields.values())
        self.terms.close(sync)
        self.postings.close(sync)

    def abort(self) -> None:
        """Close the files, unfinished."""
        self.terms.abort()
        self.postings.abort()


def stored_file(folder: Path, segment_id: str) -> StoredWriter[Never]:
    """A segment's file of stored fields, by itself; its streams are named `STORED_STREAM` and something."""
    return StoredWriter(ContainerWriter((folder / (segment_id + STORED)).open("xb"), STORED_KIND), no_others, folder)


class SegmentFiles:
    """Writes a segment in bulk: fields one after the other, stored values and columns at any time.

    Args:
        folder: where; it exists.
        segment_id: such as ``MAIN_000001``; the files are named after it.
        sync: force the files to the disk when closed.
        stored: False where another process writes the stored fields, with `stored_file`.
        chunk: so many postings are encoded at a time (more if a single term has more).

    As a context manager it closes at the end, and removes its files if an exception leaves the block.
    """

    def __init__(
        self, folder: Path, segment_id: str, sync: bool = True, stored: bool = True, chunk: int = CHUNK
    ) -> None:
        self.folder = folder
        self._chunk = chunk
        self.segment_id = segment_id
        self._sync = sync
        self._closed = False
        self._inverted = InvertedFiles(self._create, lambda name, lengths: self._columns.add(LENGTH + name, lengths))
        self._stored = stored_file(folder, segment_id) if stored else None
        self._columns = ColumnsWriter(ContainerWriter(self._create(COLUMNS), COLUMNS_KIND))

    def _create(self, extension: str) -> BinaryIO:
        return (self.folder / (self.segment_id + extension)).open("xb")

    @property
    def paths(self) -> list[Path]:
        """The files of the segment."""
        return [self.folder / (self.segment_id + extension) for extension in EXTENSIONS]

    def field(self, name: str, positions: bool) -> FieldFiles:
        """Begin the terms of a field; the field before it must be finished."""
        return self._inverted.field(name, positions, self._chunk)

    def thin_fields(self) -> ThinFieldFiles:
        """Begin all thin fields; the field before must be finished."""
        return self._inverted.thin_fields(self._chunk)

    def stems(self, tables: Iterable[tuple[str, str, list[bytes]]]) -> None:
        """The tables of stems (see `stemtables`), after all fields."""
        self._inverted.stems(tables)

    def stored(self, name: str) -> StreamWriter[Never]:
        """The values of a stored field, alone: call ``.add(values)`` with those of successive records."""
        if self._stored is None:
            raise RuntimeError("another process writes the stored fields")
        return self._stored.stream(STORED_STREAM + name)

    def documents(self, sizes: NDArray[np.int64]) -> None:
        """Say how many records each document has."""
        if self._stored is None:
            raise RuntimeError("another process writes the stored fields")
        self._stored.documents(sizes)

    def column(self, name: str, array: NDArray[Any]) -> None:
        """Keep a numeric column: a number for every document."""
        if name.startswith(LENGTH):
            raise ValueError(f"a column cannot be named {name!r}")
        self._columns.add(name, array)

    def close(self, doc_count: int | None = None) -> None:
        """Finish all files; closing again does nothing.

        Args:
            doc_count: how many documents the segment has; None: as many as columns, lengths or stored fields say.
        """
        if self._closed:
            return
        self._closed = True
        if doc_count is None:
            stored_count = self._stored.count if self._stored is not None else 0
            doc_count = max(self._columns.doc_count or 0, stored_count)
        self._inverted.close(self._sync)
        if self._stored is not None:
            self._stored.close(doc_count, self._sync)
        self._columns.close(doc_count, self._sync)

    def abort(self) -> None:
        """Close and remove the files."""
        self._inverted.abort()
        if self._stored is not None:
            self._stored.abort()
        self._columns.abort()
        for path in self.paths:
            path.unlink(missing_ok=True)

    def __enter__(self) -> SegmentFiles:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if kind is None:
            self.close()
        else:
            self.abort()
