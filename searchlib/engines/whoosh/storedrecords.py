"""From what a segment stores to a record, trusting none of it.

A segment's checksums say that it is what somebody wrote, not that searchlib did. So a segment must have the *layout* of
records (`check_layout`, on opening), and a record must have the types that a `Record` promises and the id that its text
gives (`read_records`, whenever one is read). What is neither is an IndexCorrupt that names the file.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final, TypeAlias, cast

import numpy as np

from searchlib.engines.whoosh.format.segment import SegmentColumns
from searchlib.model import locators
from searchlib.model.arrays import NDArray
from searchlib.model.fields import NUMBERS, OF_DOCUMENT, OF_PARAGRAPH
from searchlib.model.records import (
    DocumentInfo,
    Kind,
    Metadata,
    Paragraph,
    Record,
    Scalar,
    id_number,
    id_texts,
    paragraph_number,
)
from searchlib.query.values import field_values

RECORDS: Final = "records"
DOCUMENTS: Final = "documents"
STREAMS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {RECORDS: (*OF_PARAGRAPH, "_occurrence"), DOCUMENTS: (*OF_DOCUMENT, "_digest", "_seed")}
)
"""What is stored of each record, and of each document."""
ID_COLUMNS: Final = ("_id", "_id2", "_id3")
"""The columns that hold the id: its first 32 bits, the next 32, and the last 16."""
COLUMNS: Final = (*ID_COLUMNS, *NUMBERS)
"""The columns of a segment of records: the id and the numbers of each."""
_ABOUT: Final = (*OF_DOCUMENT, "_digest")
_AT_ONCE: Final = 256  # records
_KEPT: Final = 1 << 20  # code points of what is known of documents
_OVERHEAD: Final = 1 << 10  # of a document, about
_DIGEST: Final = 32  # hexadecimal digits; what follows them is the language that documents were taken to be in

_Key: TypeAlias = tuple[str, int]
"""The segment of a document, and its number there."""


def check_layout(segment: SegmentColumns) -> None:
    """Raise IndexCorrupt if a segment is none of records: if columns or stored fields are missing or no numbers."""
    if set(COLUMNS) - set(segment.columns) or any(segment.column_type(name)[1] != "u" for name in COLUMNS):
        segment.columns_damaged("its columns are not those of an index")
    streams = segment.streams
    if any(name not in streams or set(fields) - set(streams[name]) for name, fields in STREAMS.items()):
        segment.stored_damaged("its stored fields are not those of an index")
    if segment.stream(RECORDS).shared or not segment.stream(DOCUMENTS).shared:
        segment.stored_damaged("its stored fields are not those of an index")


def read_ids(segment: SegmentColumns, numbers: Sequence[int] | NDArray[np.int64]) -> list[int]:
    """The ids of records of a segment, 80 bits each, without their texts."""
    docs = np.asarray(numbers, np.int64)
    parts = [segment.column_at(name, docs).tolist() for name in ID_COLUMNS]
    return [first << 48 | second << 16 | third for first, second, third in zip(*parts, strict=True)]


class KnownDocuments:
    """What records say of their documents, kept of those read last. Safe between threads."""

    def __init__(self) -> None:
        self._known: dict[_Key, DocumentInfo] = {}
        self._room = _KEPT

    def of(self, segment: SegmentColumns, numbers: Iterable[int]) -> dict[int, DocumentInfo]:
        """These documents of a segment, by their numbers."""
        name, known = segment.segment_id, self._known
        found = {number: known.get((name, number)) for number in numbers}
        missing = [number for number, document in found.items() if document is None]
        if missing:
            rows = segment.stream(DOCUMENTS).rows_at(_ABOUT, np.array(missing, np.int64))
            for number, row in zip(missing, rows, strict=True):
                about = dict(zip(_ABOUT, _texts(segment, f"document {number}", row), strict=True))
                path, title, source = about["document"], about["title"], about["metadata"]
                metadata = _metadata(segment, f"document {number}", source)
                digest = about["_digest"][:_DIGEST]
                document = DocumentInfo(path, title, about["type"], about["language"], metadata, digest)
                found[number] = document
                self._keep((name, number), document, len(path) + len(title) + len(source))
        return cast("dict[int, DocumentInfo]", found)

    def _keep(self, key: _Key, document: DocumentInfo, size: int) -> None:
        self._room -= _OVERHEAD + size
        if self._room < 0:
            self._known.clear()
            self._room = _KEPT
        elif size < _KEPT:
            self._known[key] = document


def read_records(
    segment: SegmentColumns,
    numbers: NDArray[np.int64],
    known: KnownDocuments | None = None,
    ids: Sequence[str] | None = None,
) -> Iterator[Record]:
    """Records of a segment, by increasing numbers: several times faster than one by one. ``ids`` are theirs, if known.

    Raises IndexCorrupt if what is stored is none, or not that of its id.
    """
    known = known or KnownDocuments()
    for first in range(0, len(numbers), _AT_ONCE):
        part = numbers[first : first + _AT_ONCE]
        of = segment.document_of(part)
        expected = (part - segment.firsts[of] + 1).tolist()
        which: list[int] = of.tolist()
        documents = known.of(segment, which)
        rows = segment.stream(RECORDS).rows_at(STREAMS[RECORDS], part)
        places, starts, lines = (segment.column_at(name, part).tolist() for name in NUMBERS)
        if places != expected:
            segment.columns_damaged("the paragraphs of a document are not numbered in order")
        if ids is None:
            hashes = read_ids(segment, part)
            names = id_texts(hashes)
        else:
            names = list(ids[first : first + _AT_ONCE])
            hashes = list(map(id_number, names))
        columns = (part.tolist(), which, rows, places, starts, lines, hashes, names)
        for record, of_document, row, place, start, line, number, id_as_text in zip(*columns, strict=True):
            about = documents[of_document]
            text, headings, kind, source, occurrence = row
            if not type(text) is type(headings) is type(kind) is type(source) is str or type(occurrence) is not int:
                segment.stored_damaged(f"record {record} is not what was written")
            if paragraph_number(about.path, text, occurrence) != number:
                segment.stored_damaged(f"the id of record {record} is not that of its text")
            metadata = {**about.metadata}  # a record's own: it can be changed
            document = DocumentInfo(about.path, about.title, about.type, about.language, metadata, about.digest)
            above = tuple(headings.split("\n")) if headings else ()
            located = _locators(segment, record, source) if source else ()
            paragraph = Paragraph(place, start, start + len(text), text, line, above, cast(Kind, kind), located)
            yield Record(id_as_text, document, paragraph)


def read_texts(segment: SegmentColumns, numbers: NDArray[np.int64]) -> Iterator[str]:
    """The texts alone of records of a segment, by increasing numbers."""
    for first in range(0, len(numbers), _AT_ONCE):
        part = numbers[first : first + _AT_ONCE]
        for number, row in zip(part.tolist(), segment.stream(RECORDS).rows_at(("text",), part), strict=True):
            yield _texts(segment, f"record {number}", row)[0]


def _texts(segment: SegmentColumns, what: str, values: Sequence[Any]) -> Sequence[str]:
    if not all(isinstance(value, str) for value in values):
        segment.stored_damaged(f"{what} is not what was written")
    return values


def _locators(segment: SegmentColumns, number: int, source: str) -> tuple[locators.Locator, ...]:
    try:
        return locators.read(source)
    except ValueError:
        segment.stored_damaged(f"the locators of record {number} are not what was written")


def read_values(segment: SegmentColumns, number: int) -> dict[str, tuple[Scalar, ...]]:
    """The values of each field that a record has of its metadata and its locators."""
    what = f"what is stored of record {number}"
    metadata, located = _texts(segment, what, [segment.stored_value(name, number) for name in ("metadata", "locators")])
    return field_values(_metadata(segment, what, metadata), _locators(segment, number, located))


def _metadata(segment: SegmentColumns, what: str, source: str) -> Metadata:
    try:
        return metadata_of(source)
    except ValueError:
        segment.stored_damaged(f"{what} is not what was written")


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
