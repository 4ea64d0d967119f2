"""What Whoosh's readers ask a codec for of terms: the dictionaries, statistics, and cursors through them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NoReturn

import numpy as np
from whoosh.codec import base
from whoosh.filedb.filestore import Storage
from whoosh.reading import TermInfo, TermNotFound

from searchlib.concurrency.forking import lock_for
from searchlib.engines.whoosh.compat.matchers import PostingMatcher
from searchlib.engines.whoosh.compat.reading import SegmentReader, open_columns
from searchlib.engines.whoosh.compat.walked import TermPostings
from searchlib.engines.whoosh.format.columns import LENGTH, Columns
from searchlib.engines.whoosh.format.inverted import InvertedColumns
from searchlib.engines.whoosh.format.terms import TermEntry, Terms
from searchlib.model.arrays import NDArray
from searchlib.model.fields import SEGMENTED

Term = tuple[str, bytes]


class ColumnarTermInfo(TermInfo):  # type: ignore[misc]
    """Whoosh's statistics of a term; what takes reading the postings is read when asked for."""

    def __init__(self, df: int, postings: TermPostings, length: Callable[[int], int]) -> None:
        self._df = df
        self._postings = postings
        self._length = length

    def __getattr__(self, name: str) -> Any:
        # Whoosh reaches for the attributes behind its methods, so they are what is made on demand.
        if name == "_weight":
            self._weight = self._postings.weight_sum()
        elif name in ("_minlength", "_maxlength"):
            self._minlength, self._maxlength = map(self._length, self._postings.length_range)
        elif name in ("_maxweight", "_minid", "_maxid"):
            self._maxweight, self._minid, self._maxid = self._postings.extremes()
        else:
            raise AttributeError(name)
        return self.__dict__[name]


class ColumnarTermsReader(SegmentReader, base.TermsReader):  # type: ignore[misc]
    """The terms of a segment, fields in the order of their names."""

    def __init__(self, storage: Storage, segment: base.Segment, rounded_lengths: bool = False) -> None:
        super().__init__(storage, segment, rounded_lengths)
        self._inverted = InvertedColumns(self._open)
        self._columns: Columns | None = None
        self._lock = lock_for(self)

    def _lengths(self, field: str) -> NDArray[np.unsignedinteger] | None:
        with self._lock:
            if self._columns is None:
                try:
                    self._columns = open_columns(self._storage, self._segment)
                except FileNotFoundError:  # terms without documents: Whoosh's own tests write such
                    return None
                self._inverted.doc_count = self._columns.doc_count
        name = LENGTH + field
        if name in self._columns:
            return self._columns.array(name)
        return self._inverted.thin_lengths(field) if field in self._inverted.thin else None

    def _fields(self) -> list[str]:
        return sorted(set(self._inverted.fields) - SEGMENTED.keys())

    def _terms(self, field: str) -> Terms | None:
        return self._inverted.dictionary(field)

    def _entry(self, field: str, key: bytes) -> TermEntry:
        terms = self._terms(field)
        entry = None if terms is None else terms.get(key)
        if entry is None:
            raise TermNotFound(f"No term {field}:{key!r}")
        return entry

    def _postings(self, entry: TermEntry, format_: Any = None) -> TermPostings:
        def damaged() -> NoReturn:
            self._inverted.damaged(entry)

        return TermPostings(self._inverted.record(entry), format_, lambda: self._lengths(entry.field), damaged)

    def _info(self, entry: TermEntry) -> ColumnarTermInfo:
        return ColumnarTermInfo(entry.df, self._postings(entry), self._length)

    def __contains__(self, term: Term) -> bool:
        terms = self._terms(term[0])
        return terms is not None and terms.get(term[1]) is not None

    def indexed_field_names(self) -> list[str]:
        """The names of the fields that have terms."""
        return self._fields()

    def cursor(self, fieldname: str, fieldobj: Any) -> ColumnarCursor:
        """A cursor at the first term of a field."""
        return ColumnarCursor(self._terms(fieldname), fieldobj, self._info)

    def terms(self) -> Iterator[Term]:
        """All (field, term)."""
        return (term for field in self._fields() for term in self.terms_in(field, b""))

    def terms_in(self, field: str, start: bytes) -> Iterator[Term]:
        """(field, term) of one field, from a term on."""
        terms = self._terms(field)
        return iter(()) if terms is None else ((field, key) for keys in terms.keys(start) for key in keys)

    def terms_from(self, fieldname: str, prefix: bytes) -> Iterator[Term]:
        """All (field, term) from a term on, those of later fields included."""
        yield from self.terms_in(fieldname, prefix)
        for field in self._fields():
            if field > fieldname:
                yield from self.terms_in(field, b"")

    def items(self) -> Iterator[tuple[Term, ColumnarTermInfo]]:
        """All (field, term) with their statistics."""
        return (item for field in self._fields() for item in self._items_in(field, b""))

    def _items_in(self, field: str, start: bytes) -> Iterator[tuple[Term, ColumnarTermInfo]]:
        terms = self._terms(field)
        return iter(()) if terms is None else (((field, key), self._info(entry)) for key, entry in terms.items(start))

    def items_from(self, fieldname: str, prefix: bytes) -> Iterator[tuple[Term, ColumnarTermInfo]]:
        """All (field, term) from a term on with their statistics, those of later fields included."""
        yield from self._items_in(fieldname, prefix)
        for field in self._fields():
            if field > fieldname:
                yield from self._items_in(field, b"")

    def term_info(self, fieldname: str, text: bytes) -> ColumnarTermInfo:
        """The statistics of a term.

        Raises:
            TermNotFound: the field has no such term.
        """
        return self._info(self._entry(fieldname, text))

    def frequency(self, fieldname: str, text: bytes) -> float:
        """The sum of a term's weights; 0 if there is no such term."""
        terms = self._terms(fieldname)
        entry = None if terms is None else terms.get(text)
        return 0 if entry is None else self._info(entry).weight()

    def doc_frequency(self, fieldname: str, text: bytes) -> int:
        """How many documents have the term, deleted ones included."""
        terms = self._terms(fieldname)
        entry = None if terms is None else terms.get(text)
        return 0 if entry is None else entry.df

    def matcher(self, fieldname: str, text: bytes, format_: Any, scorer: Any = None) -> PostingMatcher:
        """A matcher for a term.

        Raises:
            TermNotFound: the field has no such term.
        """
        entry = self._entry(fieldname, text)
        return PostingMatcher(self._postings(entry, format_), format_, scorer, (fieldname, text))

    def close(self) -> None:
        """Nothing to do: files stay mapped while anything read from them is in use."""


class ColumnarCursor(base.FieldCursor):  # type: ignore[misc]
    """Walks the terms of a field in order.

    Args:
        terms: the dictionary of the field; None if it has no terms.
        field: the Whoosh field, to convert terms to and from bytes.
        info: makes the statistics of an entry.
    """

    def __init__(self, terms: Terms | None, field: Any, info: Callable[[TermEntry], ColumnarTermInfo]) -> None:
        self._terms = terms
        self._field = field
        self._info = info
        self._items: Iterator[tuple[bytes, TermEntry]] = iter(())
        self._current: tuple[bytes, TermEntry] | None = None
        self.first()

    def first(self) -> Any:
        """Go to the first term; returns it."""
        return self._start(b"")

    def find(self, string: str | bytes) -> Any:
        """Go to the first term that is not before this one; returns it."""
        return self._start(string if isinstance(string, bytes) else self._field.to_bytes(string))

    def _start(self, key: bytes) -> Any:
        self._items = iter(()) if self._terms is None else self._terms.items(key)
        return self.next()

    def next(self) -> Any:
        """Go to the next term; returns it, or None at the end."""
        self._current = next(self._items, None)
        return self.text()

    def text(self) -> Any:
        """The current term, or None at the end."""
        return None if self._current is None else self._field.from_bytes(self._current[0])

    def term_info(self) -> ColumnarTermInfo | None:
        """The statistics of the current term, or None at the end."""
        return None if self._current is None else self._info(self._current[1])

    def is_valid(self) -> bool:
        """Whether there is a current term."""
        return self._current is not None
