"""Whoosh's columns (what it sorts and groups by) kept as numbers or as data.

Whoosh's column classes write bytes of their own, some of them pickles. Here a column of numbers or truth values
becomes a numeric column (``format.columns``), one of any other class that Whoosh has becomes a stream of values
(`streams`). Only a column of a class unknown to searchlib writes its own bytes, which are kept as they are.
"""

from __future__ import annotations

import io
import math
from collections.abc import Iterator
from typing import Any, Final, Protocol

import numpy as np
from whoosh import columns
from whoosh.filedb.structfile import BufferFile, StructFile

from searchlib.engines.whoosh.compat.streams import (
    COLUMN_STREAM,
    MISSING,
    RAW_SECTION,
    AnyStored,
    AnyStoredWriter,
    fill,
)
from searchlib.engines.whoosh.format.columns import ColumnsWriter
from searchlib.model.arrays import NDArray

_VALUE_CLASSES: Final = frozenset(
    (
        columns.VarBytesColumn,
        columns.FixedBytesColumn,
        columns.RefBytesColumn,
        columns.CompressedBytesColumn,
        columns.CompressedBlockColumn,
        columns.StructColumn,
        columns.PickleColumn,
        columns.VarBytesListColumn,
        columns.FixedBytesListColumn,
    )
)


class ColumnWriter(Protocol):
    """Takes the values of one column in document order, and puts them away at the end."""

    def add(self, document: int, value: Any) -> None:
        """Take the value of a document."""

    def finish(self, doc_count: int, stored: AnyStoredWriter, numeric: ColumnsWriter) -> None:
        """Write the column of so many documents where it belongs."""


def column_writer(name: str, column: Any) -> ColumnWriter:
    """A writer for a Whoosh column."""
    if type(column) in (columns.NumericColumn, columns.BitColumn):
        return _NumericWriter(name, column)
    if type(column) in _VALUE_CLASSES:
        return _ValueWriter(name)
    return _ForeignWriter(name, column)


class _NumericWriter:
    def __init__(self, name: str, column: Any) -> None:
        self._name = name
        self._default = column.default_value()
        self._values: list[Any] = []

    def add(self, document: int, value: Any) -> None:
        self._values.extend([self._default] * (document - len(self._values)))
        self._values.append(value)

    def finish(self, doc_count: int, stored: AnyStoredWriter, numeric: ColumnsWriter) -> None:
        self._values.extend([self._default] * (doc_count - len(self._values)))
        array = _exact(self._values)
        if array is not None:
            numeric.add(self._name, array)
        else:
            stored.stream(COLUMN_STREAM + self._name).add(self._values)


def _exact(values: list[Any]) -> NDArray[Any] | None:
    """The numbers as an array, if one type of 64 bits holds them all exactly."""
    try:
        array = np.array(values) if values else np.zeros(0, np.int64)
    except OverflowError:
        return None
    if array.dtype.kind == "b" or (array.dtype.kind in "iu" and array.ndim == 1):
        return array
    if array.dtype.kind != "f" or array.ndim != 1:
        return None
    same = all(value == kept or math.isnan(kept) for value, kept in zip(values, array.tolist(), strict=True))
    return array if same else None


class _ValueWriter:
    def __init__(self, name: str) -> None:
        self._name = name
        self._documents: list[int] = []
        self._values: list[Any] = []

    def add(self, document: int, value: Any) -> None:
        self._documents.append(document)
        self._values.append(value)

    def finish(self, doc_count: int, stored: AnyStoredWriter, numeric: ColumnsWriter) -> None:
        stream = stored.stream(COLUMN_STREAM + self._name)
        for document, value in zip(self._documents, self._values, strict=True):
            fill(stream, document)
            stream.add((value,))


class _ForeignWriter:
    def __init__(self, name: str, column: Any) -> None:
        self._name = name
        self._buffer = io.BytesIO()
        self._writer = column.writer(StructFile(self._buffer, name))

    def add(self, document: int, value: Any) -> None:
        self._writer.add(document, value)

    def finish(self, doc_count: int, stored: AnyStoredWriter, numeric: ColumnsWriter) -> None:
        self._writer.finish(doc_count)
        stored.section(RAW_SECTION + self._name, self._buffer.getvalue())


class NumberReader(columns.ColumnReader):  # type: ignore[misc]
    """Reads a numeric column for Whoosh, as numbers or (``as_bool``) as truth values."""

    def __init__(self, array: NDArray[Any], as_bool: bool = False) -> None:
        self._array = array.view(bool) if as_bool and array.dtype.itemsize == 1 else array
        self._reverse = False
        self._is_bool = as_bool

    def __len__(self) -> int:
        return len(self._array)

    def __getitem__(self, document: int) -> Any:
        return self._array[document].item()

    def __iter__(self) -> Iterator[Any]:
        return iter(self._array.tolist())

    def load(self) -> Any:
        """All values, in memory."""
        return self._array.tolist()

    def sort_key(self, document: int) -> Any:
        """What to sort by."""
        value = self[document]
        if self._is_bool:
            return int(value ^ self._reverse)
        return 0 - value if self._reverse else value

    def set_reverse(self) -> None:
        """Sort the other way round."""
        self._reverse = True


class ValueReader(columns.ColumnReader):  # type: ignore[misc]
    """Reads a stream of values for Whoosh; a document without one has the column's default."""

    def __init__(self, stored: AnyStored, name: str, column: Any) -> None:
        self._values = stored.stream(COLUMN_STREAM + name)
        self._name = name
        self._lists = isinstance(column, columns.ListColumn)
        self._default = _default(column)
        # What Whoosh's own reader of a VarBytesColumn says of itself; here any value is found directly.
        cutoff = getattr(column, "write_offsets_cutoff", 0)
        self.had_stored_offsets = bool(getattr(column, "allow_offsets", False)) and stored.count > cutoff

    def __len__(self) -> int:
        return self._values.count

    def __getitem__(self, document: int) -> Any:
        value = self._values.value(self._name, document)
        return self._default if value is MISSING else value

    def __iter__(self) -> Iterator[Any]:
        return (self._default if value is MISSING else value for value in self._values.values(self._name))

    def sort_key(self, document: int) -> Any:
        """What to sort by: the value, or the first one of a list."""
        value = self[document]
        return value[0] if self._lists else value


def _default(column: Any) -> Any:
    if isinstance(column, columns.ListColumn):
        return []
    if isinstance(column, columns.WrappedColumn):
        return None
    # Whoosh's classes for compressed bytes have none, and read nothing as no bytes.
    return column.default_value() if hasattr(column, "_default") else b""


def foreign_reader(data: bytes, column: Any, doc_count: int) -> Any:
    """A reader of what a column class of Whoosh or of a user wrote.

    Raises:
        TypeError: reading it would unpickle it.
    """
    inner = column
    while isinstance(inner, columns.WrappedColumn) and not isinstance(inner, columns.PickleColumn):
        inner = inner._child
    if isinstance(inner, (columns.PickleColumn, columns.CompressedBlockColumn)):
        raise TypeError(f"a column of {type(inner).__name__} written by Whoosh holds pickles, which are not read")
    return column.reader(BufferFile(data, "column"), 0, len(data), doc_count)
