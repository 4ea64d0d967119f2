"""From what a segment stores to a record, trusting none of it.

A segment's checksums say that it is what somebody wrote, not that searchlib did. So a segment must have the *layout* of
records (`check_layout`, on opening), and a record must have the types that a `Record` promises and the id that its text
gives (`read_record`, whenever one is read). What is neither is an IndexCorrupt that names the file.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any, Final, TypeAlias, cast

import numpy as np

from searchlib.engines.whoosh.format.segment import SegmentColumns
from searchlib.model import locators
from searchlib.model.arrays import NDArray
from searchlib.model.fields import NUMBERS, OF_DOCUMENT, OF_PARAGRAPH, STORED_TEXTS
from searchlib.model.records import DocumentInfo, Kind, Metadata, Paragraph, Record, Scalar, id_text, paragraph_number
from searchlib.query.values import field_values

COLUMNS: Final = ("_id", *NUMBERS)
"""The columns of a segment of records: the numbers of each, and the first 32 bits of its id."""
VALUES: Final = (*STORED_TEXTS, "_occurrence", "_digest", "_seed")
"""The stored fields of a segment of records."""
_OF_RECORD: Final = ("document", "_occurrence", *OF_PARAGRAPH)
_ABOUT: Final = (*(name for name in OF_DOCUMENT if name != "document"), "_digest")
_AT_ONCE: Final = 256  # records
_KEPT: Final = 1 << 20  # code points of what is known of documents
_OVERHEAD: Final = 1 << 10  # of a document, about
_DIGEST: Final = 32  # hexadecimal digits; what follows them is the language that documents were taken to be in

_Key: TypeAlias = tuple[str, int, str]
"""The segment of a document, the number of its first record less one, and its path."""


def check_layout(segment: SegmentColumns) -> None:
    """Raise IndexCorrupt if a segment is none of records: if columns or stored fields are missing or no numbers."""
    if set(COLUMNS) - set(segment.columns) or any(segment.column_type(name)[1] != "u" for name in COLUMNS):
        segment.columns_damaged("its columns are not those of an index")
    if set(VALUES) - set(segment.stored_names):
        segment.stored_damaged("its stored fields are not those of an index")


class KnownDocuments:
    """What records say of their documents, kept of those read last: the paragraphs of one say the same.

    A document is known by its segment, path and first record. Safe between threads.
    """

    def __init__(self) -> None:
        self._known: dict[_Key, DocumentInfo] = {}
        self._room = _KEPT

    def of(self, segment: SegmentColumns, numbers: Sequence[int], keys: Sequence[_Key]) -> dict[_Key, DocumentInfo]:
        """The document of each of these records, which increase, by its key."""
        found: dict[_Key, DocumentInfo] = {}
        missing: dict[_Key, int] = {}
        for number, key in zip(numbers, keys, strict=True):
            document = self._known.get(key)
            if document is not None:
                found[key] = document
            else:
                missing.setdefault(key, number)
        which = np.array(list(missing.values()), np.int64)
        columns = [segment.stored_values_at(name, which) for name in _ABOUT]
        for (key, number), values in zip(missing.items(), zip(*columns, strict=True), strict=True):
            about = dict(zip(_ABOUT, _texts(segment, number, values), strict=True))
            title, source = about["title"], about["metadata"]
            metadata, digest = _metadata(segment, number, source), about["_digest"][:_DIGEST]
            found[key] = DocumentInfo(key[2], title, about["type"], about["language"], metadata, digest)
            self._keep(key, found[key], len(title) + len(source))
        return found

    def _keep(self, key: _Key, document: DocumentInfo, size: int) -> None:
        self._room -= _OVERHEAD + size
        if self._room < 0:
            self._known.clear()
            self._room = _KEPT
        elif size < _KEPT:
            self._known[key] = document


def read_record(segment: SegmentColumns, number: int, known: KnownDocuments | None = None) -> Record:
    """A record of a segment. Raises IndexCorrupt if what is stored is none, or not that of its id."""
    return next(read_records(segment, np.array([number], np.int64), known))


def read_records(
    segment: SegmentColumns, numbers: NDArray[np.int64], known: KnownDocuments | None = None
) -> Iterator[Record]:
    """Records of a segment, by increasing numbers: several times faster than one by one."""
    known = known or KnownDocuments()
    for first in range(0, len(numbers), _AT_ONCE):
        part = numbers[first : first + _AT_ONCE]
        which: list[int] = part.tolist()
        stored = {name: list(segment.stored_values_at(name, part)) for name in _OF_RECORD}
        columns = {name: segment.column(name)[part].tolist() for name in COLUMNS}
        paths = stored["document"]
        if not all(isinstance(path, str) for path in paths):
            segment.stored_damaged(f"records from {which[0]} on are not what was written")
        name = segment.segment_id
        firsts = zip(which, columns["number"], paths, strict=True)
        keys = [(name, one - at, cast(str, path)) for one, at, path in firsts]
        documents = known.of(segment, which, keys)
        values = zip(*(stored[name] for name in (*OF_PARAGRAPH, "_occurrence")), strict=True)
        places = zip(columns["number"], columns["start"], columns["line"], columns["_id"], strict=True)
        for number, key, its_values, its_places in zip(which, keys, values, places, strict=True):
            yield _record(segment, number, documents[key], its_values, its_places)


def _record(
    segment: SegmentColumns, number: int, known: DocumentInfo, values: Sequence[Any], places: tuple[int, int, int, int]
) -> Record:
    text, headings, kind, source = _texts(segment, number, values[:-1])
    occurrence = values[-1]
    if not isinstance(occurrence, int):
        segment.stored_damaged(f"record {number} is not what was written")
    place, start, line, bits = places
    id = paragraph_number(known.path, text, occurrence)
    if id >> 48 != bits:
        segment.stored_damaged(f"the id of record {number} is not that of its text")
    metadata = {**known.metadata}  # a record's own: it can be changed
    document = DocumentInfo(known.path, known.title, known.type, known.language, metadata, known.digest)
    above = tuple(headings.split("\n")) if headings else ()
    located = _locators(segment, number, source) if source else ()
    paragraph = Paragraph(place, start, start + len(text), text, line, above, cast(Kind, kind), located)
    return Record(id_text(id), document, paragraph)


def _texts(segment: SegmentColumns, number: int, values: Sequence[Any]) -> Sequence[str]:
    if not all(isinstance(value, str) for value in values):
        segment.stored_damaged(f"record {number} is not what was written")
    return values


def _locators(segment: SegmentColumns, number: int, source: str) -> tuple[locators.Locator, ...]:
    try:
        return locators.read(source)
    except ValueError:
        segment.stored_damaged(f"the locators of record {number} are not what was written")


def read_values(segment: SegmentColumns, number: int) -> dict[str, tuple[Scalar, ...]]:
    """The values of each field that a record has of its metadata and its locators."""
    source = segment.stored_value("locators", number)
    if not isinstance(source, str):
        segment.stored_damaged(f"the locators of record {number} are not what was written")
    return field_values(read_metadata(segment, number), _locators(segment, number, source))


def read_metadata(segment: SegmentColumns, number: int) -> Metadata:
    """The metadata of a record."""
    source = segment.stored_value("metadata", number)
    if not isinstance(source, str):
        segment.stored_damaged(f"the metadata of record {number} is not what was written")
    return _metadata(segment, number, source)


def _metadata(segment: SegmentColumns, number: int, source: str) -> Metadata:
    try:
        return metadata_of(source)
    except ValueError:
        segment.stored_damaged(f"the metadata of record {number} is not what was written")


def metadata_of(source: str) -> Metadata:
    """The metadata that is stored so. Raises ValueError if it is none."""
    try:
        items = json.loads(source).items()
    except (RecursionError, AttributeError) as error:
        raise ValueError("no object") from error
    metadata = {key: tuple(value) if type(value) is list else value for key, value in items}
    if not all(map(_is_value, metadata.values())):
        raise ValueError("values that metadata cannot have")
    return metadata


def _is_value(value: Any) -> bool:
    if type(value) is tuple:
        return all(isinstance(part, (str, int, float)) for part in value)
    return isinstance(value, (str, int, float))
