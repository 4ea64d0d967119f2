"""Whole values of attributes: what an engine counts, and sorts by.

* An *attribute* is a field with values: a key of metadata, type, language, kind, title.
* The *key* of a value is the term under which it is indexed whole (see `searchlib.query.valuekeys`): values that differ
  in case or accents only are one value, and so are the number 7 and the text "7". Keys sort as bytes: numbers and
  dates, which are their years more closely, then text. That is the order of values; what has none comes last in either
  direction, and of several the first in that direction counts. Documents are in the natural order of their paths
  (`searchlib.analysis.natural`).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from searchlib.analysis import fold
from searchlib.model.fields import CASELESS, TABLE
from searchlib.model.records import Scalar
from searchlib.query.valuekeys import TEXT, measure_key, whole_keys
from searchlib.query.values import field_values

if TYPE_CHECKING:
    from searchlib.model.records import Record

_TEXT_MARK = TEXT.encode()


def attribute_values(record: Record, name: str) -> tuple[Scalar, ...]:
    """The values of an attribute that a record has, as they are written."""
    if name in CASELESS or name == "title":
        found = TABLE[name].value(record)
        return (found,) if found else ()
    return field_values(record.document.metadata, record.paragraph.locators).get(name, ())


def attribute_keys(name: str, values: Iterable[Scalar]) -> set[bytes]:
    """The keys of the values of an attribute."""
    if name in CASELESS:
        return {str(value).encode("utf-8", "surrogatepass") for value in values}
    return {title_key(str(value)) for value in values} if name == "title" else whole_value_keys(values)


def title_key(title: str) -> bytes:
    """The key of a title."""
    return fold(title).encode("utf-8", "surrogatepass")


def whole_value_keys(values: Iterable[Scalar]) -> set[bytes]:
    """The keys of whole values; a text that is a number or date is that."""
    keys = {key.encode("utf-8", "surrogatepass") for value in values for key in whole_keys(value)}
    return {key for key in keys if number_key(key) not in keys}


def number_key(key: bytes) -> bytes:
    """The key of the number or date that a text is; b"" if it is none."""
    return measure_key(key[1:].decode("utf-8", "replace")).encode() if key.startswith(_TEXT_MARK) else b""
