"""The values of an attribute (a metadata key, type, language, kind, title) in order, and which documents have them.

* An *owner* of a value is a document of a segment, by its number in the segment's `DocumentTable`; of a kind and of
  locators, which paragraphs of one document differ in, it is a record.
* The *key* of a value tells it from others, and sorts (see ``searchlib.query.wholevalues``).
* The *ordinal* of a value is the place of its key among those of all segments.

What an attribute holds is made of its terms and their postings, once in a generation; a title, which is not indexed
whole, is read of every document.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, NamedTuple, TypeAlias

import numpy as np

from searchlib.analysis.natural import natural_key
from searchlib.engines.whoosh.documents import DocumentTable
from searchlib.engines.whoosh.execution.caching import Cache
from searchlib.engines.whoosh.storedrecords import read_values
from searchlib.guards.deadline import check
from searchlib.model.arrays import NDArray
from searchlib.model.fields import CASELESS, field_named
from searchlib.model.records import Scalar
from searchlib.query.valuekeys import NUMBER, TEXT
from searchlib.query.wholevalues import number_key, title_key, whole_value_keys

_KEPT = 32  # attributes
_TIMED_EVERY = 256
_MASKED = 16  # values of records, for each of which a bitmap is kept
_OFTEN = 256  # values of one name that documents have on average; each takes a bit of the file where there are more
_TEXT_MARK = TEXT.encode()
_FIRST, _LAST = NUMBER.encode(), chr(ord(TEXT) + 1).encode()  # marks of whole values

Ints: TypeAlias = NDArray[np.int64]
Ints32: TypeAlias = NDArray[np.int32]


class _Pairs(NamedTuple):
    """Which values a segment has, and which owners have them: ``owners[i]`` has the key number ``which[i]``."""

    keys: Sequence[bytes]
    owners: Ints
    which: Ints32


@dataclass(frozen=True, slots=True, eq=False)
class Attribute:
    """The values of one attribute: ``owners[s][i]`` of segment s has the value number ``ordinals[s][i]``.

    An owner with several values is there as often. Where no owner of a segment has several, ``codes[s]`` has the
    ordinal of each, and for those without a value the number of keys; no record has several kinds. ``of_records``
    tells what owners are.
    """

    name: str
    keys: Sequence[bytes]
    owners: Sequence[Ints]
    ordinals: Sequence[Ints32]
    codes: Sequence[Ints32 | None]
    of_records: bool = False


class Attributes:
    """The attributes of one generation, each made when it is first asked for."""

    def __init__(self, tables: Sequence[DocumentTable]) -> None:
        self.tables = tables
        """The documents of each segment."""
        self._made: Cache[Attribute] = Cache(_KEPT)
        self._masks: Cache[list[NDArray[np.bool_]]] = Cache(_KEPT * len(tables))
        self._places: Cache[Ints32] = Cache(_KEPT * len(tables))

    def attribute(self, name: str) -> Attribute:
        """The attribute of this field name: of metadata, one of `CASELESS`, or title."""
        return self._made.get(name, lambda: self._make(name))

    def _make(self, name: str) -> Attribute:
        of_records = field_named(name).owner == "paragraph"
        make = _of_titles if name == "title" else partial(_exact if name in CASELESS else _of_metadata, name=name)
        found = [make(table) for table in self.tables]
        if len(found) == 1 and name != "title":
            keys, ordinals = found[0].keys, [found[0].which]  # terms are in order
        else:
            keys = sorted({key for pairs in found for key in pairs.keys})
            place = {key: number for number, key in enumerate(keys)}
            ordinals = [np.array([place[key] for key in pairs.keys], np.int32)[pairs.which] for pairs in found]
        owners = [pairs.owners for pairs in found]
        sizes = [table.segment.doc_count if of_records else len(table.firsts) for table in self.tables]
        codes = [_codes(*pairs, len(keys)) for pairs in zip(owners, ordinals, sizes, strict=True)]
        if of_records and name in CASELESS:
            for table, one in zip(self.tables, codes, strict=True):
                if one is None:
                    table.segment.stored_damaged(f"a record has two {name}s")
        return Attribute(name, keys, owners, ordinals, codes, of_records)

    def counts(self, attribute: Attribute, segment: int, marks: NDArray[np.bool_]) -> tuple[Ints, int]:
        """For each value of an attribute of records how many of the marked records of a segment have it, and how many
        have any.
        """
        codes, values = attribute.codes[segment], len(attribute.keys)
        if codes is None:
            owners = attribute.owners[segment]
            marked = marks[owners]
            found = np.bincount(attribute.ordinals[segment][marked], minlength=values)
            return found, len(np.unique(owners[marked]))
        if values > _MASKED:
            found = np.bincount(codes[marks], minlength=values)[:values]
            return found, int(found.sum())
        masks = self._masks.get((attribute.name, segment), lambda: [codes == number for number in range(values)])
        found = np.array([np.count_nonzero(marks & mask) for mask in masks], np.int64)
        return found, int(found.sum())

    def places(self, attribute: Attribute, segment: int, descending: bool) -> Ints32:
        """For each owner its place in the order of values: of several values the first in that order.

        Who has no value comes last, in either direction.
        """

        def make() -> Ints32:
            table, last, codes = self.tables[segment], len(attribute.keys), attribute.codes[segment]
            if codes is not None:
                return np.where(codes < last, last - 1 - codes, last).astype(np.int32) if descending else codes
            owners, ordinals = attribute.owners[segment], attribute.ordinals[segment]
            places = last - 1 - ordinals if descending else ordinals
            size = table.segment.doc_count if attribute.of_records else len(table.firsts)
            found = np.full(size, last, np.int32)
            order = np.argsort(-places, kind="stable")  # of what is written twice the last counts
            found[owners[order]] = places[order]
            return found

        return self._places.get((attribute.name, segment, descending), make)

    def label(self, attribute: Attribute, ordinal: int) -> Scalar:
        """A value as it is written where it stands first, in the order of documents, among those not deleted."""
        name, key = attribute.name, attribute.keys[ordinal]
        if name in CASELESS:
            return key.decode("utf-8", "surrogatepass")
        firsts: list[tuple[Any, DocumentTable, int, int]] = []
        for table, owners, ordinals in zip(self.tables, attribute.owners, attribute.ordinals, strict=True):
            having = owners[ordinals == ordinal]
            alive = having[(table.alive if attribute.of_records else table.living)[having]]
            if len(alive):
                first = int(alive.min())
                document = int(table.document_of[first]) if attribute.of_records else first
                record = first if attribute.of_records else int(table.firsts[document])
                firsts.append((natural_key(table.path(document)), table, document, record))
        _, table, document, record = min(firsts, key=lambda first: first[0])
        if name == "title":
            return table.value("title", document)
        for value in read_values(table.segment, record).get(name, ()):
            if key in whole_value_keys([value]):
                return value
        table.segment.stored_damaged(f"the metadata of document {document} is not what was indexed")


def _codes(owners: Ints, ordinals: Ints32, size: int, missing: int) -> Ints32 | None:
    codes = np.full(size, missing, np.int32)
    codes[owners] = ordinals
    return codes if bool((codes[owners] == ordinals).all()) else None


def _exact(table: DocumentTable, name: str) -> _Pairs:
    of_records = field_named(name).owner == "paragraph"
    most = table.segment.doc_count if of_records else len(table.firsts)  # one value each
    return _postings(table, name, b"\0", None, most, of_records)


def _of_metadata(table: DocumentTable, name: str) -> _Pairs:
    of_records = field_named(name).owner == "paragraph"
    size = table.segment.doc_count if of_records else len(table.firsts)
    keys, owners, which = _postings(table, name, _FIRST, _LAST, _OFTEN * size, of_records)
    # A text that is a number or date is there as either: where it is that, it is not the text.
    first_text = bisect_left(keys, _TEXT_MARK)
    place = {key: number for number, key in enumerate(keys)} if first_text < len(keys) else {}
    as_number = np.full(len(keys), -1, np.int64)
    as_number[first_text:] = [place.get(number_key(key), -1) for key in keys[first_text:]]
    doubtful = np.flatnonzero(as_number[which] >= 0)
    if len(doubtful):
        numbered = owners[doubtful] * len(keys) + as_number[which[doubtful]]
        known = np.isin(numbered, owners * len(keys) + which)
        owners, which = np.delete(owners, doubtful[known]), np.delete(which, doubtful[known])
    return _Pairs(keys, owners, which)


def _postings(
    table: DocumentTable, name: str, start: bytes, stop: bytes | None, most: int, of_records: bool = False
) -> _Pairs:
    """The terms of a field in a range, and the documents, or records, that have them.

    More than ``most`` pairs for which there is not a bit each in the file are not what was written: what a file says
    of its sizes must not decide how much room is made. Nor is a term that is no text.
    """
    segment = table.segment
    found = list(segment.terms(name, start, stop))
    try:
        b"\n".join(key for key, _ in found).decode("utf-8", "surrogatepass")
    except UnicodeDecodeError:
        segment.stored_damaged(f"a value of {name!r} is no text")
    entries = [entry for _, entry in found]
    counted = np.ones(segment.doc_count, bool)
    if not of_records:  # those of a document have all the same
        counted[:] = False
        counted[table.firsts] = True
    owner = np.arange(segment.doc_count) if of_records else table.document_of
    owners, which = [np.empty(0, np.int64)], [np.empty(0, np.int32)]
    pairs = 0
    for first, last in segment.portions(entries):
        check()
        part = entries[first:last]
        docs = segment.postings(name, part).docs if len(part) > 1 else segment.docs(part[0])
        numbers = np.repeat(np.arange(first, last, dtype=np.int32), [entry.df for entry in part])
        kept = counted[docs]
        owners.append(owner[docs[kept]].astype(np.int64))
        which.append(numbers[kept])
        pairs += len(owners[-1])
        if pairs > most + 8 * (part[-1].stop - entries[0].start):
            segment.stored_damaged(f"documents have more values of {name!r} than they can")
    return _Pairs([key for key, _ in found], np.concatenate(owners), np.concatenate(which))


def _of_titles(table: DocumentTable) -> _Pairs:
    number: dict[bytes, int] = {}
    owners, which = [], []
    for document, title in enumerate(table.values("title")):
        if document % _TIMED_EVERY == 0:
            check()
        if title:
            owners.append(document)
            which.append(number.setdefault(title_key(title), len(number)))
    return _Pairs(list(number), np.array(owners, np.int64), np.array(which, np.int32))
