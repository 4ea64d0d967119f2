"""Reading terms and postings: the two files of a segment that an inverted index is made of."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NoReturn, TypeAlias, TypeVar

import numpy as np

from searchlib.concurrency.lazily import cached_property
from searchlib.engines.whoosh.format.bulk import Several, decode, decode_docs, portions
from searchlib.engines.whoosh.format.container import Buffer, Container
from searchlib.engines.whoosh.format.filenames import (
    POSTINGS,
    POSTINGS_KIND,
    TERMS,
    TERMS_KIND,
)
from searchlib.engines.whoosh.format.postings import MAX_DOCUMENTS, TermRecord
from searchlib.engines.whoosh.format.stemtables import StemTable, read_tables
from searchlib.engines.whoosh.format.terms import TermEntry, Terms
from searchlib.engines.whoosh.format.thin import SHARED, ThinField, ThinTerms, read_table
from searchlib.engines.whoosh.format.unpacking import StreamDamaged
from searchlib.model.arrays import NDArray

OpenBuffer: TypeAlias = Callable[[str], tuple[Buffer, str]]
U32Array: TypeAlias = NDArray[np.uint32]
_Read = TypeVar("_Read")


class InvertedColumns:
    """Terms and postings of a segment, for reading; safe to share between threads.

    Args:
        open_file: gives the contents and the name of a file of the segment from its extension.

    Raises:
        IndexCorrupt: from here and from every method: a file is not what was written.
    """

    def __init__(self, open_file: OpenBuffer) -> None:
        self._terms_file = Container(*open_file(TERMS), TERMS_KIND)
        self._postings_file = Container(*open_file(POSTINGS), POSTINGS_KIND)
        self._fields: dict[str, dict[str, Any]] = {}
        try:
            for field in self._terms_file.meta["fields"]:
                int(field["terms"]), int(field["postings"]), int(field["cf"]), bool(field["positions"])
                self._fields[str(field["name"])] = field
        except (KeyError, TypeError, ValueError, OverflowError):
            self._terms_file.damaged("its directory is wrong")
        self._terms: dict[str, Terms] = {}
        self.doc_count = MAX_DOCUMENTS
        """Documents of the segment, as far as is known: no term is in more."""

    @property
    def files(self) -> list[Container]:
        """The files."""
        return [self._terms_file, self._postings_file]

    @property
    def fields(self) -> list[str]:
        """The names of all fields with terms, in the order in which they were written."""
        return [*(name for name in self._fields if name != SHARED), *self.thin]

    @cached_property
    def thin(self) -> dict[str, ThinField]:
        """The thin fields, by name."""
        found = read_table(self._terms_file)
        if not found.keys().isdisjoint(self._fields) or bool(found) != (SHARED in self._fields):
            self._terms_file.damaged("its table of thin fields is wrong")
        return found

    def dictionary(self, field: str) -> Terms | None:
        """The terms of a field; None if it has none in this segment."""
        terms = self._terms.get(field)
        if terms is None and field in self._fields:
            terms = self._terms[field] = Terms(
                field,
                self._terms_file.section("terms:" + field),
                self._terms_file.section("index:" + field),
                self._postings_file.section(field),
                int(self._fields[field]["terms"]),
            )
        elif terms is None and field in self.thin:
            shared = self.dictionary(SHARED)
            assert shared is not None  # or ``thin`` would have raised
            terms = self._terms[field] = ThinTerms(field, shared, self.thin[field].terms)
        return terms

    @cached_property
    def stems(self) -> dict[str, StemTable]:
        """The tables of stems, by language."""
        return read_tables(self._terms_file)

    def has_positions(self, field: str) -> bool:
        """Whether the field keeps positions."""
        known = self._fields.get(field)
        return field in self.thin if known is None else bool(known["positions"])

    def posting_count(self, field: str) -> int:
        """How many postings the field has."""
        known = self._fields.get(field)
        return self.thin[field].postings if known is None else int(known["postings"])

    def thin_lengths(self, field: str) -> NDArray[np.uint32]:
        """The length of every document in a thin field."""
        lengths = np.zeros(self.doc_count, np.uint32)
        terms = self.dictionary(field)
        entries = [entry for _, entry in terms.items()] if terms is not None else []
        for first, last in portions(entries):
            several = self.decode(entries[first:last])
            np.add.at(lengths, several.docs, several.freqs)
        return lengths

    def docs(self, entry: TermEntry) -> U32Array:
        """All documents of a term, increasing, all below ``doc_count``."""
        try:
            return self.record(entry).docs(self.doc_count)
        except StreamDamaged:
            self.damaged(entry)

    def freqs(self, entry: TermEntry) -> U32Array:
        """All frequencies of a term."""
        try:
            return self.record(entry).freqs()
        except StreamDamaged:
            self.damaged(entry)

    def decode(self, entries: Sequence[TermEntry]) -> Several:
        """The postings of successive terms, a portion (see `bulk`)."""
        if len(entries) > 1:
            return self._together(decode, entries)
        positions = None
        if self.has_positions(entries[0].field):
            try:
                positions = self.record(entries[0]).positions()[0]
            except StreamDamaged:
                self.damaged(entries[0])
        return Several(self.docs(entries[0]), self.freqs(entries[0]), positions)

    def decode_docs(self, entries: Sequence[TermEntry]) -> U32Array:
        """The documents alone of a portion of several terms of a field, in order."""
        return self._together(decode_docs, entries)

    def _together(
        self, read: Callable[[NDArray[np.uint8], Sequence[TermEntry], bool, int], _Read], entries: Sequence[TermEntry]
    ) -> _Read:
        terms = self.dictionary(entries[0].field)
        if terms is None:
            raise KeyError(entries[0].field)
        try:
            return read(terms.records(entries), entries, self.has_positions(entries[0].field), self.doc_count)
        except StreamDamaged:
            self.damaged(entries[0])

    def record(self, entry: TermEntry) -> TermRecord:
        """The postings of a term."""
        record = entry.record
        if record is None:
            terms = self.dictionary(entry.field)
            if terms is None:
                raise KeyError(entry.field)
            try:
                if entry.df > self.doc_count:
                    raise StreamDamaged("more documents than there are")
                record = TermRecord(terms.record(entry), entry.df, entry.cf, self.has_positions(entry.field))
            except StreamDamaged:
                self.damaged(entry)
            entry.record = record
        return record

    def damaged(self, entry: TermEntry) -> NoReturn:
        """Raise `IndexCorrupt`: the record of a term is not what was written."""
        self._postings_file.damaged(f"the postings of a term of field {entry.field!r} are not what was written")
