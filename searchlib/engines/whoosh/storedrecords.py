"""From what a segment stores to a record, trusting none of it.

A segment's checksums say that it is what somebody wrote, not that searchlib did. So a segment must have the *layout* of
records (`check_layout`, on opening), and a record must have the types that a `Record` promises and the id that its text
gives (`read_record`, whenever one is read). What is neither is an IndexCorrupt that names the file.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, Final, cast

import numpy as np

from searchlib.engines.whoosh.format.segment import SegmentColumns
from searchlib.model.arrays import NDArray
from searchlib.model.records import DocumentInfo, Kind, Metadata, Paragraph, Record, id_text, paragraph_number

NUMBERS: Final = frozenset(("number", "start", "line", "_id"))
"""The columns of a segment of records: of each paragraph number, place, line, and the first 32 bits of its id."""
VALUES: Final = frozenset(
    ("document", "title", "type", "language", "metadata", "text", "headings", "kind", "_occurrence", "_digest", "_seed")
)
"""The stored fields of a segment of records."""
_TEXTS: Final = ("document", "title", "type", "language", "metadata", "text", "headings", "kind", "_digest")
_NEEDED: Final = (*_TEXTS, "_occurrence")
_AT_ONCE: Final = 256  # records
_DIGEST: Final = 32  # hexadecimal digits; what follows them is the language that documents were taken to be in


def check_layout(segment: SegmentColumns) -> None:
    """Raise IndexCorrupt if a segment is none of records: if columns or stored fields are missing or no numbers."""
    if NUMBERS - set(segment.columns) or any(segment.column_type(name)[1] != "u" for name in NUMBERS):
        segment.columns_damaged("its columns are not those of an index")
    if VALUES - set(segment.stored_names):
        segment.stored_damaged("its stored fields are not those of an index")


def read_record(segment: SegmentColumns, number: int) -> Record:
    """A record of a segment. Raises IndexCorrupt if what is stored is none, or not that of its id."""
    return _record(segment, number, segment.stored(number))


def read_records(segment: SegmentColumns, numbers: NDArray[np.int64]) -> Iterator[Record]:
    """Records of a segment, by increasing numbers: several times faster than one by one."""
    for first in range(0, len(numbers), _AT_ONCE):
        part = numbers[first : first + _AT_ONCE]
        columns = [segment.stored_values_at(name, part) for name in _NEEDED]
        for number, values in zip(part.tolist(), zip(*columns, strict=True), strict=True):
            yield _record(segment, number, dict(zip(_NEEDED, values, strict=True)))


def _record(segment: SegmentColumns, number: int, stored: Mapping[str, Any]) -> Record:
    texts = [value for name in _TEXTS if isinstance(value := stored.get(name), str)]
    occurrence = stored.get("_occurrence")
    if len(texts) < len(_TEXTS) or not isinstance(occurrence, int):
        segment.stored_damaged(f"record {number} is not what was written")
    path, title, type, language, metadata, text, headings, kind, digest = texts
    id = paragraph_number(path, text, occurrence)
    if id >> 48 != int(segment.column("_id")[number]):
        segment.stored_damaged(f"the id of record {number} is not that of its text")
    document = DocumentInfo(path, title, type, language, _metadata(segment, number, metadata), digest[:_DIGEST])
    start = int(segment.column("start")[number])
    paragraph = Paragraph(
        int(segment.column("number")[number]),
        start,
        start + len(text),
        text,
        int(segment.column("line")[number]),
        tuple(headings.split("\n")) if headings else (),
        cast(Kind, kind),
    )
    return Record(id_text(id), document, paragraph)


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
