"""What Whoosh's readers ask a codec for that is kept by document: lengths, columns, vectors and stored fields."""

from __future__ import annotations

from typing import Any

import numpy as np
from whoosh.codec import base
from whoosh.filedb.filestore import Storage
from whoosh.util.numeric import byte_to_length, length_to_byte

from searchlib.concurrency.lazily import cached_property
from searchlib.engines.whoosh.compat.column_types import NumberReader, ValueReader, foreign_reader
from searchlib.engines.whoosh.compat.matchers import PostingMatcher
from searchlib.engines.whoosh.compat.storage import open_buffer
from searchlib.engines.whoosh.compat.streams import (
    COLUMN_STREAM,
    MISSING,
    VECTOR_STREAM,
    column_names,
    raw_column,
    read_stored,
)
from searchlib.engines.whoosh.compat.valuebytes import ValueDamaged
from searchlib.engines.whoosh.compat.vectors import listed
from searchlib.engines.whoosh.format.columns import KIND as COLUMNS_KIND
from searchlib.engines.whoosh.format.columns import LENGTH, Columns
from searchlib.engines.whoosh.format.container import Buffer, Container
from searchlib.engines.whoosh.format.filenames import COLUMNS, STORED, TERMS
from searchlib.engines.whoosh.format.inverted import InvertedColumns
from searchlib.engines.whoosh.format.stored import KIND as STORED_KIND
from searchlib.model.arrays import NDArray


def added_column_name(segment: base.Segment, field: str) -> str:
    """The file in which Whoosh puts a column that it adds to a finished segment."""
    return str(segment.make_filename(f".{field}.column"))


def _as_is(length: int) -> int:
    return length


def rounded(length: int) -> int:
    """A length as stock Whoosh keeps it, in one byte."""
    return int(byte_to_length(length_to_byte(length)))


def open_columns(storage: Storage, segment: base.Segment) -> Columns:
    """The file of columns of a Whoosh segment."""
    return Columns(Container(*open_buffer(storage, segment.make_filename(COLUMNS)), COLUMNS_KIND))


class SegmentReader:
    """What both readers of a segment are made of.

    Args:
        storage: the Whoosh storage that has the segment's files.
        segment: the segment.
        rounded_lengths: tell lengths of documents as stock Whoosh would.
    """

    def __init__(self, storage: Storage, segment: base.Segment, rounded_lengths: bool = False) -> None:
        self._length = rounded if rounded_lengths else _as_is
        self._storage = storage
        self._segment = segment

    def _open(self, extension: str) -> tuple[Buffer, str]:
        """The contents and the name of a file of the segment."""
        return open_buffer(self._storage, self._segment.make_filename(extension))


class ColumnarPerDocReader(SegmentReader, base.PerDocumentReader):  # type: ignore[misc]
    """Lengths, columns, vectors and stored fields of a segment."""

    def __init__(self, storage: Storage, segment: base.Segment, rounded_lengths: bool = False) -> None:
        super().__init__(storage, segment, rounded_lengths)
        self._stored = read_stored(Container(*self._open(STORED), STORED_KIND))
        self._columns = open_columns(storage, segment)
        self._doc_count = self._columns.doc_count
        self._thin: tuple[str, NDArray[np.uint32] | None] = "", None
        self.is_closed = False

    def close(self) -> None:
        """Files stay mapped while anything read from them is in use."""
        self.is_closed = True

    def doc_count(self) -> int:
        """Documents that are not deleted."""
        return self._doc_count - int(self._segment.deleted_count())

    def doc_count_all(self) -> int:
        """All documents."""
        return self._doc_count

    def has_deletions(self) -> bool:
        """Whether any document is deleted."""
        return bool(self._segment.has_deletions())

    def is_deleted(self, docnum: int) -> bool:
        """Whether a document is deleted."""
        return bool(self._segment.is_deleted(docnum))

    def deleted_docs(self) -> Any:
        """The deleted documents."""
        return self._segment.deleted_docs()

    def supports_columns(self) -> bool:
        """Yes."""
        return True

    def has_column(self, fieldname: str) -> bool:
        """Whether there is a column of this name."""
        return (
            fieldname in self._columns
            or COLUMN_STREAM + fieldname in self._stored
            or self._foreign_column(fieldname) is not None
        )

    def _foreign_column(self, fieldname: str) -> bytes | None:
        """What a column class wrote, into the segment or (``whoosh.sorting.add_sortable``) beside it."""
        data = raw_column(self._stored, fieldname)
        name = added_column_name(self._segment, fieldname)
        if data is None and self._storage.file_exists(name):
            data = bytes(open_buffer(self._storage, name)[0])
        return data

    def list_columns(self) -> list[str]:
        """The names of all columns."""
        return [name for name in self._columns.names if not name.startswith(LENGTH)] + column_names(self._stored)

    def column_reader(self, fieldname: str, column: Any) -> Any:
        """A reader of a column.

        Raises:
            KeyError: there is none of this name.
        """
        if fieldname in self._columns:
            return NumberReader(self._columns.array(fieldname), isinstance(column, base.columns.BitColumn))
        if COLUMN_STREAM + fieldname in self._stored:
            return ValueReader(self._stored, fieldname, column)
        data = self._foreign_column(fieldname)
        if data is None:
            raise KeyError(fieldname)
        return foreign_reader(data, column, self._doc_count)

    def doc_field_length(self, docnum: int, fieldname: str, default: int = 0) -> int:
        """How many tokens of the field a document has."""
        if not 0 <= docnum < self._doc_count:
            raise IndexError(f"document {docnum} of {self._doc_count}")
        name = LENGTH + fieldname
        if name in self._columns:
            return self._length(int(self._columns.array(name)[docnum]))
        lengths = self._thin_lengths(fieldname)
        return default if lengths is None else self._length(int(lengths[docnum]))

    def _thin_lengths(self, field: str) -> NDArray[np.uint32] | None:
        """The lengths of a thin field, those of the last one kept; None if it is none."""
        known, lengths = self._thin
        if field != known:
            lengths = self._inverted.thin_lengths(field) if self._inverted and field in self._inverted.thin else None
            self._thin = field, lengths
        return lengths

    @cached_property
    def _inverted(self) -> InvertedColumns | None:
        # Documents without terms, as Whoosh's own tests write them, or with terms that Whoosh is writing.
        name = self._segment.make_filename(TERMS)
        if not self._storage.file_exists(name) or not self._storage.file_length(name):
            return None
        found = InvertedColumns(self._open)
        found.doc_count = self._doc_count
        return found

    def _length_statistics(self, fieldname: str) -> tuple[int, int, int]:
        name = LENGTH + fieldname
        if name in self._columns:
            return self._columns.statistics(name)
        lengths = self._thin_lengths(fieldname)
        if lengths is None or not self._doc_count:
            return 0, 0, 0
        return int(lengths.sum(dtype=np.int64)), int(lengths.min()), int(lengths.max())

    def field_length(self, fieldname: str) -> int:
        """Tokens of the field in all documents."""
        return self._length_statistics(fieldname)[0]

    def min_field_length(self, fieldname: str) -> int:
        """Tokens of the field in the document that has fewest."""
        return self._length(self._length_statistics(fieldname)[1])

    def max_field_length(self, fieldname: str) -> int:
        """Tokens of the field in the document that has most."""
        return self._length(self._length_statistics(fieldname)[2])

    def has_vector(self, docnum: int, fieldname: str) -> bool:
        """Whether a document has a vector in a field."""
        stream = VECTOR_STREAM + fieldname
        return stream in self._stored and self._stored.stream(stream).value(fieldname, docnum) is not MISSING

    def vector(self, docnum: int, fieldname: str, format_: Any) -> PostingMatcher:
        """A matcher over the terms of a document in a field.

        Raises:
            KeyError: it has no vector there.
        """
        if not self.has_vector(docnum, fieldname):
            raise KeyError(f"document {docnum} has no vector of field {fieldname!r}")
        kept = self._stored.stream(VECTOR_STREAM + fieldname).value(fieldname, docnum)
        try:
            return PostingMatcher(listed(kept, format_), format_)
        except ValueDamaged:
            self._stored.container.damaged("a vector is not what was written")

    def stored_fields(self, docnum: int) -> dict[str, Any]:
        """The stored values of a document."""
        return {name: value for name, value in self._stored.record(docnum).items() if value is not MISSING}
