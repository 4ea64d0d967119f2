"""An engine for tests: documents are dealt out to three indexes in folders, which are then searched as one.

Locations are ``joined://FOLDER``. So whatever holds of an index is held of several by the tests of any engine.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from searchlib.engine.locations import ENGINES, JointLocation
from searchlib.engine.writers import Committed, DocumentState, Remembered, WriterOptions
from searchlib.engines import whoosh
from searchlib.engines.whoosh import several
from searchlib.model.records import Document

SCHEME = "joined"
COUNT = 3


def folders(location: str) -> JointLocation:
    return JointLocation(Path(location.partition("://")[2]) / str(number) for number in range(COUNT))


class JoinedWriter:
    damage = ""

    def __init__(self, location: str, options: WriterOptions | None) -> None:
        self.writers = [whoosh.open_writer(folder, options) for folder in folders(location)]

    def of(self, path: str) -> Any:
        return self.writers[zlib.crc32(path.encode()) % COUNT]

    @property
    def before(self) -> Remembered:
        each = [writer.before for writer in self.writers]
        return replace(each[0], seeds_of=lambda: dict(set.intersection(*(set(one.seeds.items()) for one in each))))

    def documents(self) -> Iterator[DocumentState]:
        for writer in self.writers:
            yield from writer.documents()

    def start_over(self) -> None:
        for writer in self.writers:
            writer.start_over()

    def has_added(self, path: str) -> bool:
        return bool(self.of(path).has_added(path))

    def add(self, document: Document, **options: Any) -> None:
        self.of(document.path).add(document, **options)

    def remove(self, path: str) -> None:
        self.of(path).remove(path)

    def commit(self, seeds: Mapping[str, str] | None = None, *, compact: bool = False) -> Committed:
        each = [writer.commit(seeds, compact=compact) for writer in self.writers]
        return Committed(sum(one.paragraphs for one in each), frozenset().union(*(one.empty for one in each)))

    def cancel(self) -> None:
        for writer in self.writers:
            writer.cancel()


def open_reader(location: str, compiled: bool | None = None) -> several.SeveralReader:
    return several.open_reader(folders(location), compiled)


def open_writer(location: str, options: WriterOptions | None = None) -> JoinedWriter:
    return JoinedWriter(location, options)


def remembered(location: str) -> Remembered:
    return whoosh.remembered(folders(location)[0])


def published_at(location: str) -> int:
    return several.published_at(folders(location))


ENGINES[SCHEME] = __name__
