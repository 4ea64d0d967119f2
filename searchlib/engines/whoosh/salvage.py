"""What can still be read of an index that is not built upon: the documents that no seed has.

Everything else comes from the seeds again; these came through a writer and are nowhere but here. Their paragraphs are
read from the stored fields of the segments, with as little else as can be: not the postings, not what the manifest says
besides names. A document is *lost* if a part of it cannot be read; its name is said where that can be.

What is made of its paragraphs is a document that has the same paragraphs, at the same places, with the same ids. What
stood between paragraphs is not in an index.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from itertools import chain, pairwise
from pathlib import Path
from typing import Any, Final, cast

import numpy as np

from searchlib.engines.whoosh.format.access import map_file, problem_of
from searchlib.engines.whoosh.format.columns import KIND as COLUMNS_KIND
from searchlib.engines.whoosh.format.columns import Columns
from searchlib.engines.whoosh.format.container import Container
from searchlib.engines.whoosh.format.deletions import deletions_name, read_deletions
from searchlib.engines.whoosh.format.filenames import COLUMNS, STORED
from searchlib.engines.whoosh.format.stored import KIND as STORED_KIND
from searchlib.engines.whoosh.format.stored import STORED_STREAM, Stored, no_others
from searchlib.engines.whoosh.manifest import is_file_name, is_json, names_in_manifest
from searchlib.engines.whoosh.storedrecords import DOCUMENTS, RECORDS, metadata_of
from searchlib.errors import IndexCorrupt, IndexIncompatible
from searchlib.frozen import frozen
from searchlib.model.arrays import NDArray
from searchlib.model.fields import NUMBERS, OF_DOCUMENT, OF_PARAGRAPH
from searchlib.model.locators import read as read_locators
from searchlib.model.records import Block, Document, Kind

_OF_DOCUMENT: Final = (*OF_DOCUMENT, "_digest")
_UNREADABLE: Final = object()
_GAPS: Final = 1 << 20  # code points between paragraphs, and as many as there are in them


@frozen
class Lost:
    """A document, or a file with some, that cannot be read any more."""

    name: str
    reason: str


@frozen
class Kept:
    """A document that was read, and the digest that the index had of it."""

    document: Document
    digest: str


def segment_names(folder: Path) -> list[str]:
    """The segments in ``folder`` that may hold documents, oldest first. Raises IndexUnreadable."""
    return [name.removesuffix(STORED) for name in _files(folder) if name.endswith(STORED)]


def salvage(folder: Path) -> Iterator[Kept | Lost]:
    """The documents that no seed has, the newest of a path last. Raises IndexUnreadable."""
    files = _files(folder)
    for name in segment_names(folder):
        try:
            segment = _Segment(folder, name, files)
        except (IndexCorrupt, IndexIncompatible) as error:
            yield Lost(name + STORED, _reason(error))
            continue
        yield from segment.documents()


def _files(folder: Path) -> list[str]:
    """The files that the manifest names; where it makes no sense, those that are there, oldest first."""
    names = names_in_manifest(folder)
    if is_json(folder) and any(name.endswith(STORED) for name in names):
        return names
    try:
        found = [path for path in folder.iterdir() if is_file_name(path.name)]
        return [path.name for path in sorted(found, key=lambda path: (path.lstat().st_mtime_ns, path.name))]
    except OSError as error:
        raise problem_of(folder, error) from error


class _Segment:
    """The stored fields of a segment, with the places of its paragraphs where these can be read."""

    def __init__(self, folder: Path, name: str, files: Sequence[str]) -> None:
        path = folder / (name + STORED)
        self._path = path
        self._stored = Stored(Container(map_file(path), str(path), STORED_KIND), no_others)
        self._size = self._stored.count
        self._columns: dict[str, NDArray[Any]] = {}
        path = folder / (name + COLUMNS)
        with suppress(IndexCorrupt, IndexIncompatible, KeyError):
            columns = Columns(Container(map_file(path), str(path), COLUMNS_KIND))
            if columns.doc_count == self._size:
                self._columns = {column: columns.array(column) for column in NUMBERS}
        if not self._columns and not 0 < self._size <= self._stored.container.size:
            self._stored.container.damaged("how many records it has cannot be told")
        self._gone = self._deletions(folder, name, files)

    def _deletions(self, folder: Path, name: str, files: Sequence[str]) -> NDArray[np.bool_] | Lost | None:
        """Which records are deleted; None: none is."""
        numbers = [int(file.split(".")[1]) for file in files if file.startswith(f"{name}.") and file.endswith(".del")]
        if not numbers:
            return None
        try:
            return read_deletions(folder, name, max(numbers), self._size)
        except (IndexCorrupt, IndexIncompatible) as error:
            file = deletions_name(name, max(numbers))
            return Lost(file, f"which documents were removed is not known: {_reason(error)}")

    def documents(self) -> Iterator[Kept | Lost]:
        gone = self._gone
        if isinstance(gone, Lost):
            yield gone
            gone = None
        try:
            firsts = self._stored.firsts
        except IndexCorrupt as error:
            yield Lost(self._path.name, _reason(error))
            return
        for number, (first, end) in enumerate(pairwise([*firsts.tolist(), self._size])):
            if gone is not None and gone[first]:
                continue
            (seed,) = self._about(number, ["_seed"])
            if seed is _UNREADABLE:
                yield Lost(self._name_of(number), f"whether a seed has it cannot be read in {self._path.name}")
            elif seed == "":
                yield self._document(number, first, end)

    def _about(self, number: int, names: Sequence[str]) -> list[Any]:
        """What is stored of a document, `_UNREADABLE` where it cannot be read."""
        with suppress(IndexCorrupt, KeyError):
            (found,) = self._stored.stream(STORED_STREAM + DOCUMENTS).rows_at(names, np.array([number]))
            return found
        return [_UNREADABLE] * len(names)

    def _name_of(self, number: int) -> str:
        (path,) = self._about(number, ["document"])
        return path if isinstance(path, str) else f"a document in {self._path.name}"

    def _document(self, number: int, first: int, end: int) -> Kept | Lost:
        document = self._about(number, _OF_DOCUMENT)
        try:
            rows = self._stored.stream(STORED_STREAM + RECORDS).rows_at(OF_PARAGRAPH, np.arange(first, end))
        except (IndexCorrupt, KeyError):
            rows = []
        if not rows or not all(isinstance(value, str) for value in chain(document, *rows)):
            return Lost(self._name_of(number), f"it cannot be read in {self._path.name}")
        about = dict(zip(_OF_DOCUMENT, document, strict=True))
        texts, headings, kinds, locators = zip(*cast("list[list[str]]", rows), strict=True)
        starts = self._columns["start"][first:end].tolist() if self._columns else [0] * len(texts)
        lines = self._columns["line"][first:end].tolist() if self._columns else [1] * len(texts)
        text, places = _placed(texts, starts)
        blocks = tuple(
            Block(start, start + len(one), cast(Kind, kind), tuple(above.split("\n")) if above else (), line)
            for start, one, kind, above, line in zip(places, texts, kinds, headings, lines, strict=True)
        )
        try:
            located = map(read_locators, locators)
            blocks = tuple(replace(block, locators=one) for block, one in zip(blocks, located, strict=True))
        except ValueError:
            return Lost(about["document"], f"its locators cannot be read in {self._path.name}")
        try:
            found = metadata_of(about["metadata"])
        except ValueError:
            return Lost(about["document"], f"its metadata cannot be read in {self._path.name}")
        title, type, language = about["title"], about["type"], about["language"]
        return Kept(Document(about["document"], text, title, type, language, found, blocks), about["_digest"])


def _placed(texts: Sequence[str], starts: Sequence[int]) -> tuple[str, list[int]]:
    """A text in which each of ``texts`` stands where it stood, or somewhere after the one before it; and where."""
    parts: list[str] = []
    places: list[int] = []
    at, room = 0, _GAPS + sum(map(len, texts))
    for text, start in zip(texts, starts, strict=True):
        least = 2 if places else 0
        gap = start - at if min(1, least) <= start - at <= room else least
        room -= gap
        parts += ["\n" * min(gap, 1), " " * (gap - 1), text]
        at += gap
        places.append(at)
        at += len(text)
    return "".join(parts), places


def _reason(error: Exception) -> str:
    return str(error).partition(";")[0]
