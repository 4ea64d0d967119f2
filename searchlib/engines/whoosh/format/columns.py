"""Numeric columns: one number of every document, mapped from disk.

The file of columns has a section for each, an array in the smallest type that holds all its numbers exactly
(``<u1 <u2 <u4 <u8 <i1 <i2 <i4 <i8 <f4 <f8``). Its ``meta`` says under ``columns``, by name, the type; of lengths
(names beginning with ``length:``) also sum, least and greatest. It says the number of documents under ``documents``.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from searchlib.engines.whoosh.format.container import Container, ContainerWriter
from searchlib.engines.whoosh.format.postings import MAX_DOCUMENTS
from searchlib.model.arrays import NDArray

KIND: Final = b"COLS"
LENGTH: Final = "length:"
_UNSIGNED: Final = ("<u1", "<u2", "<u4", "<u8")
_SIGNED: Final = ("<i1", "<i2", "<i4", "<i8")
_SMALL: Final = 1 << 17  # bytes: a column is read whole
_IN_PART: Final = 32  # times; to look at the pages takes longer than to take what is known to be right
_TYPES: Final = frozenset((*_UNSIGNED, *_SIGNED, "<f4", "<f8"))


def narrowed(array: NDArray[Any]) -> NDArray[Any]:
    """The same numbers in the smallest type that holds them exactly.

    Raises:
        TypeError: they are neither integers, truth values nor floats of at most 64 bits.
    """
    if array.dtype.kind == "b":
        return array.astype(np.uint8)
    if array.dtype.kind == "f" and array.dtype.itemsize <= 8:
        small = _without_overflow(array)
        same = np.array_equal(small.astype("<f8"), array.astype("<f8"), equal_nan=True)
        return small if same else array.astype("<f8")
    if array.dtype.kind not in "iu":
        raise TypeError(f"a column of {array.dtype} cannot be kept")
    least, most = (int(array.min()), int(array.max())) if len(array) else (0, 0)
    for name in _UNSIGNED if least >= 0 else _SIGNED:
        limits = np.iinfo(name)
        if limits.min <= least and most <= limits.max:
            return array.astype(name)
    raise TypeError("integers that do not fit in 64 bits")


def _without_overflow(array: NDArray[Any]) -> NDArray[np.float32]:
    with np.errstate(over="ignore", invalid="ignore"):
        return array.astype("<f4")


class ColumnsWriter:
    """Writes the file of columns.

    Args:
        container: a new container of kind `KIND`.
    """

    def __init__(self, container: ContainerWriter) -> None:
        self._container = container
        self._columns: dict[str, dict[str, Any]] = {}
        self._documents: int | None = None

    def add(self, name: str, array: NDArray[Any]) -> None:
        """Write a column.

        Raises:
            ValueError: a column of that name exists, or others have another number of documents.
        """
        if name in self._columns:
            raise ValueError(f"column {name!r} exists")
        if self._documents not in (None, len(array)):
            raise ValueError(f"column {name!r} has {len(array)} documents, others have {self._documents}")
        self._documents = len(array)
        small = narrowed(array)
        self._columns[name] = {"type": small.dtype.str.replace("|", "<")}
        if name.startswith(LENGTH):
            least, most = (int(small.min()), int(small.max())) if len(small) else (0, 0)
            self._columns[name] |= {"sum": int(small.sum(dtype=np.int64)), "least": least, "most": most}
        self._container.section(name, small)

    @property
    def doc_count(self) -> int | None:
        """Documents of the columns; None while there is no column."""
        return self._documents

    def abort(self) -> None:
        """Close the file, unfinished."""
        self._container.abort()

    def close(self, doc_count: int, sync: bool = True) -> None:
        """Finish the file.

        Raises:
            ValueError: the columns have another number of documents.
        """
        if self._documents not in (None, doc_count):
            raise ValueError(f"columns of {self._documents} documents in a segment of {doc_count}")
        self._container.meta |= {"documents": doc_count, "columns": self._columns}
        self._container.close(sync)


class Columns:
    """The columns of a segment, for reading; safe to share between threads.

    Raises:
        IndexCorrupt: from here and from every method: the file is not what was written.
    """

    def __init__(self, container: Container) -> None:
        self.container = container
        meta = container.meta
        count, columns = meta.get("documents"), meta.get("columns")
        if not isinstance(count, int) or not 0 <= count < MAX_DOCUMENTS or not isinstance(columns, dict):
            container.damaged("its directory is wrong")
        for name, column in columns.items():
            if not isinstance(column, dict) or str(column.get("type")) not in _TYPES or name not in container:
                container.damaged(f"column {name!r} is not what was written")
            if container.section(name).length != count * np.dtype(column["type"]).itemsize:
                container.damaged(f"column {name!r} has a length that cannot be")
        self.doc_count: int = count
        self._columns: dict[str, dict[str, Any]] = columns
        self._arrays: dict[str, NDArray[Any]] = {}
        self._asked: dict[str, int] = {}

    @property
    def names(self) -> list[str]:
        """The names of all columns, those of lengths included."""
        return list(self._columns)

    def __contains__(self, name: str) -> bool:
        return name in self._columns

    def array(self, name: str) -> NDArray[Any]:
        """A column, read-only, of `doc_count` numbers.

        Raises:
            KeyError: there is none of that name.
        """
        array = self._arrays.get(name)
        if array is None:
            kind = self._columns[name]["type"]
            array = self.container.section(name).array(kind)
            if name.startswith(LENGTH) and (array.dtype.kind != "u" or array.dtype.itemsize > 4):
                self.container.damaged(f"column {name!r} is not what was written")
            self._arrays[name] = array
        return array

    def values_at(self, name: str, docs: NDArray[np.int64]) -> NDArray[Any]:
        """The numbers of some documents: the first times only those are read, and checked.

        Raises:
            KeyError: there is no column of that name.
        """
        array = self._arrays.get(name)
        if array is None:
            kind, section = self._columns[name]["type"], self.container.section(name)
            asked = self._asked[name] = self._asked.get(name, 0) + 1
            if asked <= _IN_PART and section.length > _SMALL:
                return section.items(kind, docs)
            array = self.array(name)
        return array.take(docs)

    def type(self, name: str) -> str:
        """The type of a column, as NumPy names it: ``<u4``."""
        return str(self._columns[name]["type"])

    def statistics(self, name: str) -> tuple[int, int, int]:
        """Sum, least and greatest of a column of lengths."""
        column = self._columns[name]
        total, least, most = (column.get(key) for key in ("sum", "least", "most"))
        if isinstance(total, int) and isinstance(least, int) and isinstance(most, int):
            # Scores divide by averages: what is not between these would be no length at all.
            documents = self.doc_count
            if 0 <= least <= most < 1 << 32 and least * documents <= total <= most * documents:
                return total, least, most
        self.container.damaged(f"column {name!r} is not what was written")
