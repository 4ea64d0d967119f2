"""What Whoosh's writer hands to a codec: documents one by one, then postings one by one.

This is the slow way into a segment, for everything that goes through ``ix.writer()``; ``format.files`` is the fast
one. Both make the same files.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any, Final

import numpy as np
from whoosh.codec import base
from whoosh.filedb.filestore import Storage
from whoosh.reading import TermInfo

from searchlib.engines.whoosh.compat import valuebytes
from searchlib.engines.whoosh.compat.column_types import ColumnWriter, column_writer
from searchlib.engines.whoosh.compat.postingformats import EXISTENCE, FREQUENCY, OPAQUE, POSITIONS, PostingFormat
from searchlib.engines.whoosh.compat.reading import open_columns
from searchlib.engines.whoosh.compat.storage import create_file
from searchlib.engines.whoosh.compat.streams import VECTOR_STREAM, fill, write_stored
from searchlib.engines.whoosh.compat.tails import Tail
from searchlib.engines.whoosh.compat.vectors import listed, make_vector
from searchlib.engines.whoosh.compat.walked import ListedPostings
from searchlib.engines.whoosh.format.columns import KIND as COLUMNS_KIND
from searchlib.engines.whoosh.format.columns import LENGTH, ColumnsWriter
from searchlib.engines.whoosh.format.container import ContainerWriter
from searchlib.engines.whoosh.format.filenames import COLUMNS, STORED
from searchlib.engines.whoosh.format.files import FieldFiles, InvertedFiles
from searchlib.engines.whoosh.format.stored import KIND as STORED_KIND
from searchlib.engines.whoosh.format.stored import STORED_STREAM
from searchlib.model.arrays import NDArray

_BATCH: Final = 1 << 16
"""Postings that are collected before they are written."""


class ColumnarPerDocWriter(base.PerDocumentWriter):  # type: ignore[misc]
    """Takes stored fields, lengths, columns and vectors, document by document."""

    def __init__(self, storage: Storage, segment: base.Segment) -> None:
        self._stored = write_stored(ContainerWriter(create_file(storage, segment.make_filename(STORED)), STORED_KIND))
        self._columns = ColumnsWriter(
            ContainerWriter(create_file(storage, segment.make_filename(COLUMNS)), COLUMNS_KIND)
        )
        self._lengths: dict[str, array[int]] = {}
        self._column_writers: dict[str, ColumnWriter] = {}
        self._count = 0
        self._in_document = False
        self._pending: list[Callable[[], None]] = []  # what the document has: kept when it is whole
        self.is_closed = False

    def start_doc(self, docnum: int) -> None:
        """Begin a document; documents are numbered without gaps."""
        if self._in_document or docnum != self._count:
            raise ValueError(f"document {docnum} cannot begin after {self._count} documents")
        self._in_document = True

    def _keep(self, stream_name: str, value: object) -> None:
        valuebytes.encode(value)  # before anything is kept of the document
        self._pending.append(partial(self._stream_value, stream_name, value))

    def _stream_value(self, stream_name: str, value: object) -> None:
        stream = self._stored.stream(stream_name)
        fill(stream, self._count)
        stream.add((value,))

    def add_field(self, fieldname: str, fieldobj: Any, value: Any, length: int | None) -> None:
        """Take the stored value (None: there is none) and the length of a field."""
        if value is not None:
            self._keep(STORED_STREAM + fieldname, value)
        if length:
            self._pending.append(partial(self._add_length, fieldname, length))

    def _add_length(self, fieldname: str, length: int) -> None:
        lengths = self._lengths.setdefault(fieldname, array("I"))
        lengths.extend([0] * (self._count - len(lengths)))
        lengths.append(length)

    def add_column_value(self, fieldname: str, columnobj: Any, value: Any) -> None:
        """Take the value of a column."""
        writer = self._column_writers.get(fieldname)
        if writer is None:
            writer = self._column_writers[fieldname] = column_writer(fieldname, columnobj)
        self._pending.append(partial(writer.add, self._count, value))

    def add_vector_items(self, fieldname: str, fieldobj: Any, items: Iterable[tuple[Any, float, bytes]]) -> None:
        """Take the vector of a field: (term, weight, value) in order."""
        vector = make_vector(items, fieldobj.vector)
        if vector[0]:
            self._keep(VECTOR_STREAM + fieldname, vector)

    def finish_doc(self) -> None:
        """End the document."""
        if self._in_document:
            for keep in self._pending:
                keep()
            self.cancel_doc()
            self._count += 1

    def cancel_doc(self) -> None:
        """Keep nothing of the document: whoosh3 asks for that when it cannot be added."""
        self._pending.clear()
        self._in_document = False

    def close(self) -> None:
        """Write everything."""
        self.finish_doc()
        for name, lengths in self._lengths.items():
            lengths.extend([0] * (self._count - len(lengths)))
            self._columns.add(LENGTH + name, np.frombuffer(lengths, np.uint32))
        for writer in self._column_writers.values():
            writer.finish(self._count, self._stored, self._columns)
        for stream in self._stored.streams:
            fill(stream, self._count)
        self._stored.close(self._count)
        self._columns.close(self._count)
        self.is_closed = True


class ColumnarFieldWriter(base.FieldWriter):  # type: ignore[misc]
    """Takes postings in the order of fields, terms and documents."""

    def __init__(self, storage: Storage, segment: base.Segment) -> None:
        self._storage = storage
        self._segment = segment
        self._files = InvertedFiles(
            lambda extension: create_file(storage, segment.make_filename(extension)), lambda name, lengths: None
        )
        self._field: _FieldPostings | None = None
        self._term: _TermPostings | None = None
        self.is_closed = False

    def _known_lengths(self, fieldname: str) -> NDArray[np.unsignedinteger] | None:
        """The lengths that the documents were written with, if they were."""
        try:
            columns = open_columns(self._storage, self._segment)
        except FileNotFoundError:
            return None
        name = LENGTH + fieldname
        return columns.array(name) if name in columns else np.zeros(columns.doc_count, np.uint8)

    def start_field(self, fieldname: str, fieldobj: Any) -> None:
        """Begin a field."""
        posting_format = PostingFormat(fieldobj.format)
        files = self._files.field(fieldname, posting_format.has_positions)
        self._field = _FieldPostings(files, posting_format, self._known_lengths(fieldname))

    def start_term(self, text: bytes) -> None:
        """Begin a term."""
        if self._field is None:
            raise RuntimeError("a term outside a field")
        self._term = _TermPostings(text)

    def add(self, docnum: int, weight: float, vbytes: bytes, length: int | None) -> None:
        """Take a posting of the term."""
        if self._term is None:
            raise RuntimeError("a posting outside a term")
        self._term.add(docnum, weight, vbytes, length or 0)

    def finish_term(self) -> None:
        """End the term."""
        if self._field is None or self._term is None:
            raise RuntimeError("no term to finish")
        self._field.add(self._term)
        self._term = None

    def finish_field(self) -> None:
        """End the field."""
        if self._field is None:
            raise RuntimeError("no field to finish")
        self._field.finish()
        self._field = None

    def close(self) -> None:
        """Write everything."""
        self._files.close()
        self.is_closed = True


class _TermPostings:
    """The postings of one term, as they come in."""

    __slots__ = ("docs", "key", "lengths", "values", "weights")

    def __init__(self, key: bytes) -> None:
        self.key = key
        self.docs: list[int] = []
        self.weights: list[float] = []
        self.values: list[bytes] = []
        self.lengths: list[int] = []

    def add(self, docnum: int, weight: float, value: bytes, length: int) -> None:
        if self.docs and docnum <= self.docs[-1]:
            if docnum < self.docs[-1]:
                raise base.OutOfOrderError(f"document {docnum} after {self.docs[-1]} in term {self.key!r}")
            # Whoosh posts every word that it wants to suggest to document 0, as often as it occurs.
            self.weights[-1] += weight
            return
        self.docs.append(docnum)
        self.weights.append(weight)
        self.values.append(value)
        self.lengths.append(length)


class _FieldPostings:
    """Turns terms into columns and writes them a batch at a time."""

    def __init__(
        self, files: FieldFiles, posting_format: PostingFormat, lengths: NDArray[np.unsignedinteger] | None
    ) -> None:
        self._files = files
        self._format = posting_format
        self._known = lengths
        self._reset()

    def _reset(self) -> None:
        self._keys: list[bytes] = []
        self._df: list[int] = []
        self._docs: list[int] = []
        self._freqs: list[int] = []
        self._positions: list[int] = []
        self._placed: list[bool] = []
        self._tails: list[bytes] = []
        self._lengths: list[int] = []

    def add(self, term: _TermPostings) -> None:
        freqs, positions, kept, structured = self._columns_of(term)
        weights = None if term.weights == freqs else np.array(term.weights, float)
        tail = Tail(weights, self._odd_lengths(term), kept, structured)
        self._keys.append(term.key)
        self._df.append(len(term.docs))
        self._docs += term.docs
        self._freqs += freqs
        self._lengths += term.lengths
        self._placed.append(positions is not None)
        if positions is not None:
            self._positions += positions
        self._tails.append(tail.encode())
        if len(self._docs) >= _BATCH:
            self._flush()

    def _columns_of(self, term: _TermPostings) -> tuple[list[int], list[int] | None, list[bytes] | None, bool]:
        """Frequencies, positions, values that have to be kept besides, and whether those are structures."""
        kind, term_values = self._format.kind, term.values
        if kind in (EXISTENCE, OPAQUE) and not any(term_values):
            return [1] * len(term_values), None, None, False
        if kind == FREQUENCY:
            freqs = [int.from_bytes(value, "big") if len(value) == 4 else 0 for value in term_values]
            if all(freqs):
                return freqs, None, None, False
        elif self._format.has_positions:
            structures = [structure for value in term_values if (structure := self._format.split(value)) is not None]
            if len(structures) == len(term_values):
                found = [self._format.positions_of(structure) for structure in structures]
                positions = [position for each in found if each is not None for position in each]
                freqs = [len(structure) for structure in structures]
                placed = all(each is not None for each in found)
                if placed and kind == POSITIONS:
                    return freqs, positions, None, False
                kept = [valuebytes.encode(structure) for structure in structures]
                return freqs, positions if placed else None, kept, True
        freqs = [int(weight) if weight >= 1 and weight == int(weight) else 1 for weight in term.weights]
        return freqs, None, term_values, False

    def _odd_lengths(self, term: _TermPostings) -> tuple[int, int] | None:
        """Least and greatest length, if they are not those that the documents were written with."""
        least, most = min(term.lengths), max(term.lengths)
        if self._known is None or term.docs[-1] >= len(self._known):
            return (least, most) if most else None
        known = self._known[term.docs]
        return None if (least, most) == (int(known.min()), int(known.max())) else (least, most)

    def _flush(self) -> None:
        if not self._keys:
            return
        docs = np.array(self._docs, np.uint32)
        lengths = self._known
        if lengths is None or int(docs.max()) >= len(lengths):
            lengths = np.zeros(int(docs.max()) + 1, np.uint32)
            lengths[docs] = self._lengths
        has_positions = self._format.has_positions
        self._files.add(
            self._keys,
            np.array(self._df),
            docs,
            np.array(self._freqs, np.uint32),
            np.array(self._positions, np.uint32) if has_positions else None,
            lengths,
            self._tails if any(self._tails) else None,
            np.array(self._placed) if has_positions else None,
        )
        self._reset()

    def finish(self) -> None:
        self._flush()
        self._files.finish()


class ListedTermInfo(TermInfo):  # type: ignore[misc]
    """What `ColumnarPostingsWriter` knows of a posting list: its statistics and where it is."""

    def __init__(self, statistics: TermInfo, start: int, length: int) -> None:
        self.__dict__.update(statistics.__dict__)
        self.extent = start, length
        """First byte and number of bytes in the file."""


class ColumnarPostingsWriter(base.PostingsWriter):  # type: ignore[misc]
    """Writes single posting lists into a Whoosh file, for code that keeps files of its own.

    Args:
        dbfile: a Whoosh file, open for writing.
    """

    def __init__(self, dbfile: Any) -> None:
        self._file = dbfile
        self._format: Any = None
        self._info: Any = None
        self._items: list[tuple[Any, float, bytes]] = []

    def start_postings(self, format_: Any, terminfo: Any) -> None:
        """Begin a list; ``terminfo`` collects its statistics."""
        self._format, self._info, self._items = format_, terminfo, []

    def add_posting(self, id_: Any, weight: float, vbytes: bytes, length: int | None = None) -> None:
        """Take a posting."""
        self._items.append((id_, weight, vbytes))
        self._info.add_posting(id_, weight, length)

    def finish_postings(self) -> ListedTermInfo:
        """Write the list; returns what `read_postings` needs."""
        data = valuebytes.encode(make_vector(self._items, self._format))
        start = self._file.tell()
        self._file.write(data)
        return ListedTermInfo(self._info, start, len(data))

    def written(self) -> bool:
        """Whether the list is in the file already: it is written when it is finished."""
        return False


def read_postings(dbfile: Any, info: ListedTermInfo, format_: Any) -> ListedPostings:
    """A list that `ColumnarPostingsWriter` wrote.

    Raises:
        ValueDamaged: it is not what was written.
    """
    start, length = info.extent
    return listed(valuebytes.decode(dbfile.get(start, length)), format_)
