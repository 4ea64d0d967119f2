"""What Whoosh's writer keeps in the file of stored fields besides texts and integers (see ``format.stored``).

* *Values* of any type (see `valuebytes`), and documents that have none: other values of that file.
* ``column:`` and a field: what Whoosh sorts by and is no number; ``vector:`` and a field: term vectors.
* A section ``raw:`` and a field: what a column class unknown to searchlib wrote.
"""

from __future__ import annotations

from typing import Any, Final, TypeAlias

from searchlib.engines.whoosh.compat import valuebytes
from searchlib.engines.whoosh.format.container import Container, ContainerWriter
from searchlib.engines.whoosh.format.stored import Stored
from searchlib.engines.whoosh.format.storing import StoredWriter, StreamWriter

COLUMN_STREAM: Final = "column:"
VECTOR_STREAM: Final = "vector:"
RAW_SECTION: Final = "raw:"

AnyStored: TypeAlias = Stored[Any]
AnyStoredWriter: TypeAlias = StoredWriter[Any]


class Missing:
    """The type of `MISSING`."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "MISSING"


MISSING: Final = Missing()
"""Stands for the value of a document that has none in this field."""


def _encode(value: object) -> bytes:
    return b"" if value is MISSING else valuebytes.encode(value)


def _decode(data: bytes) -> Any:
    return valuebytes.decode(data) if data else MISSING


def write_stored(container: ContainerWriter) -> AnyStoredWriter:
    """A writer of values of any type that `valuebytes` keeps."""
    return StoredWriter(container, _encode)


def read_stored(container: Container) -> AnyStored:
    """What `write_stored` wrote, or searchlib itself."""
    return Stored(container, _decode)


def fill(stream: StreamWriter[Any], documents: int) -> None:
    """Append `MISSING` until there are so many documents."""
    if documents > stream.count:
        stream.add([MISSING] * (documents - stream.count))


def column_names(stored: AnyStored) -> list[str]:
    """The names of all columns kept here."""
    kinds = ("index:" + COLUMN_STREAM, RAW_SECTION)
    names = stored.container.names()
    return [name.removeprefix(kind) for name in names for kind in kinds if name.startswith(kind)]


def raw_column(stored: AnyStored, name: str) -> bytes | None:
    """What a column class of its own wrote; None if none did."""
    container = stored.container
    if RAW_SECTION + name not in container:
        return None
    section = container.section(RAW_SECTION + name)
    return section.slice(0, section.length).tobytes()
