"""The codec as Whoosh knows it: `ColumnarCodec` makes writers and readers, `ColumnarSegment` stands in the TOC."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from whoosh.codec import base
from whoosh.filedb.filestore import Storage

from searchlib.engines.whoosh.compat.codecwriters import (
    ColumnarFieldWriter,
    ColumnarPerDocWriter,
    ColumnarPostingsWriter,
    read_postings,
)
from searchlib.engines.whoosh.compat.matchers import PostingMatcher
from searchlib.engines.whoosh.compat.reading import ColumnarPerDocReader, added_column_name
from searchlib.engines.whoosh.compat.storage import CompoundSegment, assemble, open_buffer
from searchlib.engines.whoosh.compat.termreading import ColumnarTermsReader


class ColumnarCodec(base.Codec):  # type: ignore[misc]
    """Keeps everything in columns: pass one to ``ix.writer(codec=ColumnarCodec())``.

    Args:
        compound: put each new segment into one file rather than four.
        rounded_lengths: tell Whoosh lengths of documents as its own codec would, which keeps them in one byte and
            so rounds those over 14. Scores of stock Whoosh are then what they are on its own segments. Merging
            with this on keeps the rounded lengths.
        options: what other codecs take (``blocklimit``, ``compression``, ``inlinelimit``); it changes nothing.
    """

    def __init__(self, compound: bool = False, rounded_lengths: bool = False, **options: Any) -> None:
        self._compound = compound
        self._rounded_lengths = rounded_lengths

    def per_document_writer(self, storage: Storage, segment: base.Segment) -> ColumnarPerDocWriter:
        """A writer for what is kept by document."""
        return ColumnarPerDocWriter(storage, segment)

    def field_writer(self, storage: Storage, segment: base.Segment) -> ColumnarFieldWriter:
        """A writer for terms and postings."""
        return ColumnarFieldWriter(storage, segment)

    def postings_writer(self, dbfile: Any, byteids: bool = False) -> ColumnarPostingsWriter:
        """A writer for single posting lists."""
        return ColumnarPostingsWriter(dbfile)

    def postings_reader(
        self, dbfile: Any, terminfo: Any, format_: Any, term: Any = None, scorer: Any = None
    ) -> PostingMatcher:
        """A matcher for a posting list that `postings_writer` wrote."""
        return PostingMatcher(read_postings(dbfile, terminfo, format_), format_, scorer, term)

    def terms_reader(self, storage: Storage, segment: base.Segment) -> ColumnarTermsReader:
        """A reader for terms and postings."""
        return ColumnarTermsReader(storage, segment, self._rounded_lengths)

    def per_document_reader(self, storage: Storage, segment: base.Segment) -> ColumnarPerDocReader:
        """A reader for what is kept by document."""
        return ColumnarPerDocReader(storage, segment, self._rounded_lengths)

    def column_filename(self, segment: base.Segment, fieldname: str) -> str:
        """Where ``whoosh.sorting.add_sortable`` may put a column that it adds to a finished segment."""
        return added_column_name(segment, fieldname)

    def new_segment(self, storage: Storage, indexname: str) -> ColumnarSegment:
        """A segment with a name of its own."""
        return ColumnarSegment(indexname, assembled=self._compound, rounded_lengths=self._rounded_lengths)


class ColumnarSegment(base.Segment):  # type: ignore[misc]
    """A segment in Whoosh's TOC: its name, its size, and which documents are deleted.

    Whoosh's writer pickles it, by the path of this class, into the TOC; searchlib itself never reads that.

    Args:
        indexname: Whoosh's name of the index, "MAIN" unless chosen.
        doc_count: all documents.
        segid: what makes its file names unique; None: random.
        deleted: the deleted documents.
        assembled: whether Whoosh's writer puts the segment into one file.
        rounded_lengths: as for `ColumnarCodec`.
    """

    def __init__(
        self,
        indexname: str,
        doc_count: int = 0,
        segid: str | None = None,
        deleted: Iterable[int] = (),
        assembled: bool = False,
        rounded_lengths: bool = False,
    ) -> None:
        self.indexname = indexname
        self.segid = self._random_id() if segid is None else segid
        self.compound = False
        self._doc_count = doc_count
        self._deleted = set(deleted)
        self._assembled = assembled
        self._rounded_lengths = rounded_lengths

    def codec(self) -> ColumnarCodec:
        """The codec that reads it."""
        return ColumnarCodec(self._assembled, self._rounded_lengths)

    def should_assemble(self) -> bool:
        """Whether Whoosh's writer puts the segment into one file."""
        return self._assembled

    def create_compound_file(self, storage: Storage) -> None:
        """Put the segment's files into one."""
        names = self.list_files(storage)
        assemble(self.create_file(storage, self.COMPOUND_EXT), storage, names)
        for name in names:
            storage.delete_file(name)
        self.compound = True

    def open_compound_file(self, storage: Storage) -> CompoundSegment:
        """The segment's files in the one file, as a storage."""
        return CompoundSegment(*open_buffer(storage, self.make_filename(self.COMPOUND_EXT)))

    def set_doc_count(self, doccount: int) -> None:
        """Say how many documents it has."""
        self._doc_count = doccount

    def doc_count_all(self) -> int:
        """All documents."""
        return self._doc_count

    def deleted_count(self) -> int:
        """How many documents are deleted."""
        return len(self._deleted)

    def deleted_docs(self) -> Iterator[int]:
        """The deleted documents, increasing."""
        return iter(sorted(self._deleted))

    def delete_document(self, docnum: int, delete: bool = True) -> None:
        """Delete a document, or take that back."""
        if delete:
            self._deleted.add(docnum)
        else:
            self._deleted.discard(docnum)

    def is_deleted(self, docnum: int) -> bool:
        """Whether a document is deleted."""
        return docnum in self._deleted
