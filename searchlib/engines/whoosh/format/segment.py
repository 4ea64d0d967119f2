"""Reading a segment: `SegmentColumns` maps its files (see `files`) and gives arrays.

Nothing is read when a segment is opened but the directories at the ends of its files, and nothing of it is ever
changed: a `SegmentColumns` may be shared between threads. What is touched for the first time is compared with its
checksum.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Never, NoReturn, TypeVar

import numpy as np

from searchlib.engines.whoosh.format.access import map_file
from searchlib.engines.whoosh.format.bulk import AT_ONCE, Several, portions
from searchlib.engines.whoosh.format.columns import KIND as COLUMNS_KIND
from searchlib.engines.whoosh.format.columns import LENGTH, Columns
from searchlib.engines.whoosh.format.container import Buffer, Container
from searchlib.engines.whoosh.format.deletions import deletions_name, read_deletions
from searchlib.engines.whoosh.format.filenames import (
    COLUMNS,
    STORED,
)
from searchlib.engines.whoosh.format.inverted import InvertedColumns, U32Array
from searchlib.engines.whoosh.format.postings import Blocks
from searchlib.engines.whoosh.format.stemtables import StemTable
from searchlib.engines.whoosh.format.stored import KIND as STORED_KIND
from searchlib.engines.whoosh.format.stored import STORED_STREAM, Stored, StoredStream, no_others
from searchlib.engines.whoosh.format.terms import TermEntry
from searchlib.engines.whoosh.format.thin import ThinField
from searchlib.engines.whoosh.format.unpacking import StreamDamaged
from searchlib.model.arrays import NDArray

_Read = TypeVar("_Read")


class SegmentColumns:
    """A segment, for reading; safe to share between threads.

    Args:
        folder: where its files are.
        segment_id: such as ``MAIN_000001``.
        deletions: the generation of its deletions; 0 for none.
        directories: for some of its files, by name, the digest of the directory that was written.
        at_once: how many occurrences are decoded at once (see `bulk`).

    Raises:
        IndexCorrupt: from here and from every method: a file is missing or not what was written.
        IndexIncompatible: a later version of searchlib wrote it.
    """

    def __init__(
        self,
        folder: Path,
        segment_id: str,
        deletions: int = 0,
        directories: Mapping[str, str] | None = None,
        at_once: int = AT_ONCE,
    ) -> None:
        self.folder = folder
        self.segment_id = segment_id
        self._at_once = at_once

        def open_file(extension: str) -> tuple[Buffer, str]:
            path = folder / (segment_id + extension)
            return map_file(path), str(path)

        self._inverted = InvertedColumns(open_file)
        self._stored = Stored(Container(*open_file(STORED), STORED_KIND), no_others)
        self._columns = Columns(Container(*open_file(COLUMNS), COLUMNS_KIND))
        directories = directories or {}
        for container in (*self._inverted.files, self._stored.container, self._columns.container):
            container.expect(directories.get(Path(container.path).name, ""))
        self.doc_count: int = self._columns.doc_count
        self._inverted.doc_count = self.doc_count
        """Documents in the segment, deleted ones included."""
        if self._stored.count != self.doc_count:
            self._stored.container.damaged("its number of documents is not that of the columns")
        self.deleted: NDArray[np.bool_] | None = None
        """Which documents are deleted; None if none is."""
        self.live_count: int = self.doc_count
        """Documents that are not deleted."""
        if deletions:
            directory = directories.get(deletions_name(segment_id, deletions), "")
            self.deleted = read_deletions(folder, segment_id, deletions, self.doc_count, directory)
            self.live_count -= int(self.deleted.sum())

    # Terms

    @property
    def fields(self) -> list[str]:
        """The names of the fields that have terms."""
        return self._inverted.fields

    @property
    def thin(self) -> Mapping[str, ThinField]:
        """Those of them that are thin (see `thin`), in the order of their names as UTF-8."""
        return self._inverted.thin

    def has_positions(self, field: str) -> bool:
        """Whether the field keeps positions."""
        return self._inverted.has_positions(field)

    def posting_count(self, field: str) -> int:
        """How many postings the field has, in deleted documents too."""
        return self._inverted.posting_count(field)

    def term_count(self, field: str) -> int:
        """How many distinct terms the field has."""
        terms = self._inverted.dictionary(field)
        return 0 if terms is None else terms.count

    def term(self, field: str, key: bytes) -> TermEntry | None:
        """The entry of a term; None if no document has it."""
        terms = self._inverted.dictionary(field)
        return None if terms is None else terms.get(key)

    def terms(self, field: str, start: bytes = b"", stop: bytes | None = None) -> Iterator[tuple[bytes, TermEntry]]:
        """Keys from ``start`` up to and without ``stop``, in byte order, with their entries."""
        terms = self._inverted.dictionary(field)
        return iter(()) if terms is None else terms.items(start, stop)

    def keys(self, field: str, start: bytes = b"", stop: bytes | None = None) -> Iterator[list[bytes]]:
        """The same keys without entries, in lists of up to 32: the fast way through many."""
        terms = self._inverted.dictionary(field)
        return iter(()) if terms is None else terms.keys(start, stop)

    def stems(self, language: str) -> StemTable | None:
        """The table of a language's stems; None if there is none."""
        return self._inverted.stems.get(language)

    @property
    def stem_languages(self) -> list[str]:
        """The languages that have a table of stems."""
        return list(self._inverted.stems)

    # Postings

    def docs(self, entry: TermEntry) -> U32Array:
        """The documents of a term, increasing, deleted ones included; an array of the caller's own."""
        return self._inverted.docs(entry)

    def docs_of(self, entries: Sequence[TermEntry]) -> U32Array:
        """All documents of terms of one field, in order of their keys, one term after the other."""
        parts = [np.zeros(0, np.uint32)]
        for first, last in self.portions(entries):
            terms = entries[first:last]
            parts.append(self._inverted.decode_docs(terms) if last - first > 1 else self.docs(terms[0]))
        return np.concatenate(parts)

    def freqs(self, entry: TermEntry) -> U32Array:
        """How often the term stands in each of its documents; an array of the caller's own."""
        return self._inverted.freqs(entry)

    def blocks(self, entry: TermEntry) -> Blocks:
        """Bounds of the blocks of 128 postings of a term."""
        try:
            blocks = self._inverted.record(entry).blocks(self.lengths(entry.field))
        except StreamDamaged:
            self._inverted.damaged(entry)
        if int(blocks.last_docs[-1]) >= self.doc_count:
            self._inverted.damaged(entry)
        return blocks

    def decode(self, entry: TermEntry, block_numbers: NDArray[np.intp]) -> tuple[U32Array, U32Array]:
        """Documents and frequencies of some blocks (numbers from 0, increasing), one block after the other."""
        try:
            return self._inverted.record(entry).decode(block_numbers, self.doc_count)
        except StreamDamaged:
            self._inverted.damaged(entry)

    def positions(self, entry: TermEntry, which: NDArray[np.intp] | None = None) -> tuple[U32Array, NDArray[np.int64]]:
        """Where a term stands in its documents.

        Args:
            entry: the term.
            which: indices into `docs`, increasing; None: all.

        Returns:
            (positions, offsets): ``positions[offsets[i]:offsets[i + 1]]`` are those in the i-th document asked for.
        """
        try:
            return self._inverted.record(entry).positions(which)
        except StreamDamaged:
            self._inverted.damaged(entry)

    def portions(self, entries: Sequence[TermEntry]) -> Iterator[tuple[int, int]]:
        """Cut terms into those whose postings are decoded together: (first, last) each."""
        return portions(entries, self._at_once)

    def postings(self, field: str, entries: Sequence[TermEntry]) -> Several:
        """All documents, frequencies and, if the field has them, positions of successive terms, one after the other.

        Much faster than term by term, where there are thousands.
        """
        parts = [self._inverted.decode(entries[first:last]) for first, last in self.portions(entries)]
        joined = [np.concatenate(column) for column in zip(*(part[:2] for part in parts), strict=True)]
        positions = [part.positions for part in parts if part.positions is not None]
        return Several(joined[0], joined[1], np.concatenate(positions) if positions else None)

    # Documents

    def lengths(self, field: str) -> NDArray[np.unsignedinteger]:
        """Tokens of the field in every document (uint8, 16 or 32; zeros for a field without lengths)."""
        name = LENGTH + field
        if name in self._columns:
            return self._columns.array(name)
        return self._inverted.thin_lengths(field) if field in self.thin else np.zeros(self.doc_count, np.uint8)

    def length_sum(self, field: str) -> int:
        """Tokens of the field in all documents, deleted ones included."""
        name = LENGTH + field
        if name in self._columns:
            return self._columns.statistics(name)[0]
        return self.thin[field].cf if field in self.thin else 0

    @property
    def columns(self) -> list[str]:
        """The names of the numeric columns."""
        return [name for name in self._columns.names if not name.startswith(LENGTH)]

    def column(self, name: str) -> NDArray[Any]:
        """A numeric column, mapped, read-only.

        Raises:
            KeyError: there is none of that name.
        """
        return self._columns.array(name)

    def column_at(self, name: str, docs: NDArray[np.int64]) -> NDArray[Any]:
        """The numbers of some records in a numeric column, of which no more is read than has to be.

        Raises:
            KeyError: there is none of that name.
        """
        return self._columns.values_at(name, docs)

    def column_type(self, name: str) -> str:
        """The type of a numeric column, as NumPy names it: ``<u4``."""
        return self._columns.type(name)

    @property
    def stored_names(self) -> list[str]:
        """The names of the stored fields."""
        return list(self._stored.fields)

    def stored(self, doc: int) -> dict[str, str | int]:
        """The stored values of a record."""
        return self._stored.record(doc)

    def stored_value(self, name: str, doc: int) -> str | int:
        """One stored value of a record."""
        return self._stored.value(name, doc)

    def stored_values(self, name: str) -> Iterator[str | int]:
        """One stored field of all records, in order."""
        return self._stored.values(name)

    def stored_values_at(self, name: str, docs: NDArray[np.int64]) -> Iterator[str | int]:
        """One stored field of some records; those that are neighbours are best asked for together."""
        return self._stored.values_at(name, docs)

    def stream(self, name: str) -> StoredStream[Never]:
        """The stored fields that are kept together under a name."""
        return self._stored.stream(STORED_STREAM + name)

    @property
    def streams(self) -> Mapping[str, Sequence[str]]:
        """The names of all these, and the fields of each."""
        names = {name: self._stored.stream(name).fields for name in self._stored.names}
        return {name.removeprefix(STORED_STREAM): fields for name, fields in names.items()}

    @property
    def firsts(self) -> NDArray[np.int64]:
        """The first record of each document."""
        return self._stored.firsts

    def document_of(self, docs: NDArray[np.int64]) -> NDArray[np.int64]:
        """The document of each of these records."""
        return self._stored.document_of(docs)

    def terms_damaged(self, what: str) -> NoReturn:
        """Raise `IndexCorrupt`: the dictionaries have the right checksums, and are not what was written."""
        self._inverted.files[0].damaged(what)

    def columns_damaged(self, what: str) -> NoReturn:
        """Raise `IndexCorrupt`: the columns have the right checksums, and are not what was written."""
        self._columns.container.damaged(what)

    def stored_damaged(self, what: str) -> NoReturn:
        """Raise `IndexCorrupt`: the stored values have the right checksums, and are not what was written."""
        self._stored.container.damaged(what)

    def verify(self) -> None:
        """Compare every checksum of every file (the deletions' was compared on opening)."""
        for container in (*self._inverted.files, self._stored.container, self._columns.container):
            container.verify()
