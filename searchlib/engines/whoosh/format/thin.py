"""Thin fields: those of few postings, which share a dictionary, so that thousands of them cost what is in them.

* A field of metadata is *thin* in a segment if it has fewer postings than `thin_below` says. Others have a dictionary
  and a column of lengths of their own.
* The *shared dictionary* has the keys of all thin fields, each behind the name of its field and a null byte: what
  belongs to a field is neighbours. It stands where that of a field called `SHARED` would.
* The *table of thin fields* says, for each in order of its name as UTF-8, how many terms and postings it has and how
  often they stand in all documents.

A document is as long in a thin field as its frequencies there say, added up.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

import numpy as np

from searchlib.engines.whoosh.format.container import Container
from searchlib.engines.whoosh.format.terms import TermEntry, Terms
from searchlib.model.arrays import NDArray

SHARED: Final = "_thin"  # as no field of metadata is called
TABLE_SECTION: Final = "thin"
_FEW: Final = 1_024
_PART: Final = 16


def thin_below(documents: int) -> int:
    """With fewer postings than this a field is thin, in a segment of so many documents.

    A dictionary of its own costs some milliseconds, and its column of lengths a byte for each document.
    """
    return max(_FEW, documents // _PART)


def beginning(field: str) -> bytes:
    """What the keys of a field begin with in the shared dictionary."""
    return field.encode("utf-8", "surrogatepass") + b"\0"


def after(field: str) -> bytes:
    """The least key that can follow those of a field."""
    return field.encode("utf-8", "surrogatepass") + b"\1"


def field_of(key: bytes) -> str:
    """The field of a key of the shared dictionary."""
    return key[: key.index(0)].decode("utf-8", "surrogatepass")


class ThinField(NamedTuple):
    """How much there is of a thin field."""

    terms: int
    postings: int
    cf: int


def written_table(fields: Sequence[str], numbers: NDArray[np.int64]) -> bytes:
    """The table of thin fields: ``numbers[i]`` are those of a `ThinField`."""
    names = b"\0".join(field.encode("utf-8", "surrogatepass") for field in fields)
    return np.array([len(fields)], "<u8").tobytes() + numbers.astype("<u8").tobytes() + names


def read_table(container: Container) -> dict[str, ThinField]:
    """The thin fields of a file of terms, by name. Raises IndexCorrupt if that is not what was written."""
    if TABLE_SECTION not in container:
        return {}
    section = container.section(TABLE_SECTION)
    data = section.slice(0, section.length).tobytes()
    count = int.from_bytes(data[:8], "little")
    at = 8 + 24 * count
    try:
        numbers = np.frombuffer(data[8:at], "<u8").reshape(count, 3).tolist()
        names = [name.decode("utf-8", "surrogatepass") for name in data[at:].split(b"\0")] if count else []
    except ValueError:
        container.damaged("its table of thin fields is wrong")
    found = {name: ThinField(*row) for name, row in zip(names, numbers, strict=False)}
    if not len(names) == len(found) == count:
        container.damaged("its table of thin fields is wrong")
    return found


class ThinTerms(Terms):
    """The dictionary of a thin field, for reading: a part of the shared one."""

    def __init__(self, field: str, shared: Terms, count: int) -> None:
        self.field = field
        self.count = count
        self._shared = shared
        self._beginning = beginning(field)

    def get(self, key: bytes) -> TermEntry | None:
        """The entry of a key; None if the field has no such term."""
        found = self._shared.get(self._beginning + key)
        return None if found is None else self._own(found)

    def keys(self, start: bytes = b"", stop: bytes | None = None) -> Iterator[list[bytes]]:
        """The keys from ``start`` up to and without ``stop``, in order, in lists of up to 32."""
        cut = len(self._beginning)
        for keys in self._shared.keys(*self._range(start, stop)):
            yield [key[cut:] for key in keys]

    def items(self, start: bytes = b"", stop: bytes | None = None) -> Iterator[tuple[bytes, TermEntry]]:
        """Keys and entries from ``start`` up to and without ``stop``, in order."""
        cut = len(self._beginning)
        for key, entry in self._shared.items(*self._range(start, stop)):
            yield key[cut:], self._own(entry)

    def record(self, entry: TermEntry) -> NDArray[np.uint8]:
        """The record of a term of this dictionary."""
        return self._shared.record(entry)

    def records(self, entries: Sequence[TermEntry]) -> NDArray[np.uint8]:
        """The records of some terms of this dictionary, in order, with whatever stands between them."""
        return self._shared.records(entries)

    def _range(self, start: bytes, stop: bytes | None) -> tuple[bytes, bytes]:
        return self._beginning + start, after(self.field) if stop is None else self._beginning + stop

    def _own(self, entry: TermEntry) -> TermEntry:
        entry.field = self.field
        return entry
