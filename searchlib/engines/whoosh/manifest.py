"""The manifest: the one file that says what an index is.

``searchlib.json`` names the format, the settings, the segments and every file with its size and checksum. An index
is what its manifest says; replacing the manifest by a rename is what publishes a commit. Nothing in it is code,
and nothing read from it is trusted: names are checked against a pattern, numbers against the files.
"""

from __future__ import annotations

import json
import re
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from searchlib.errors import IndexCorrupt, IndexIncompatible, IndexMissing

MANIFEST = "searchlib.json"
FORMAT = 1
LARGEST = 64 << 20  # bytes; no manifest comes near

_FILE_NAME = re.compile(r"_?MAIN_[0-9A-Za-z._-]{1,80}|searchlib\.\d{1,16}\.seeds")
_SEGMENT_ID = re.compile(r"[0-9a-z]{1,40}")


@dataclass(frozen=True, slots=True)
class FileEntry:
    """A file of the index: its size in bytes and the CRC-32 of all of it."""

    size: int
    crc32: int


@dataclass(frozen=True, slots=True)
class SegmentEntry:
    """A segment: its records (deleted ones too), its files, and the generation of its deletions, 0 if none."""

    id: str
    records: int
    documents: int
    tokens: int
    files: Mapping[str, FileEntry]
    deletions: int = 0
    deleted: int = 0

    @property
    def name(self) -> str:
        """What its files are named after."""
        return f"MAIN_{self.id}"

    @property
    def live(self) -> int:
        """Records that are not deleted."""
        return self.records - self.deleted


@dataclass(frozen=True, slots=True)
class Manifest:
    """What an index is at one generation."""

    generation: int = 0
    segments: Sequence[SegmentEntry] = ()
    metadata_fields: Sequence[str] = ()
    languages: Mapping[str, int] = field(default_factory=dict)  # documents by language
    types: Mapping[str, int] = field(default_factory=dict)
    settings: Mapping[str, Any] = field(default_factory=dict)
    files: Mapping[str, FileEntry] = field(default_factory=dict)  # of no segment: Whoosh's TOC, the digests of seeds
    format: int = FORMAT

    @property
    def all_files(self) -> dict[str, FileEntry]:
        """Every file of the index but the manifest itself."""
        found = dict(self.files)
        for segment in self.segments:
            found.update(segment.files)
        return found

    def encode(self) -> bytes:
        """The bytes of the manifest file: the same for the same contents."""
        return (json.dumps(asdict(self), ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()


def read_manifest(folder: Path) -> Manifest:
    """The manifest of the index in ``folder``.

    Raises IndexMissing, IndexCorrupt if it is not a manifest, IndexIncompatible if it is of another format.
    """
    path = folder / MANIFEST
    try:
        with path.open("rb") as file:
            data = file.read(LARGEST + 1)
    except (FileNotFoundError, NotADirectoryError) as error:
        raise IndexMissing(f"no index at {folder}; build one with: searchlib index SEEDS... --index {folder}", folder) from error
    if len(data) > LARGEST:
        raise IndexCorrupt(f"{path} is too large to be a manifest; build the index again with: searchlib index", path)
    try:
        raw = json.loads(data)
        found_format = raw["format"]
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise _damaged(path, "is not a manifest") from error
    if found_format != FORMAT:
        raise IndexIncompatible(
            f"{folder} has index format {found_format!r}, this version of searchlib reads {FORMAT}; "
            "build it again with: searchlib index",
            folder,
        )
    try:
        return _decode(raw)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise _damaged(path, f"is damaged ({error})") from error


def _damaged(path: Path, what: str) -> IndexCorrupt:
    return IndexCorrupt(f"{path} {what}; build the index again with: searchlib index", path)


def _decode(raw: dict[str, Any]) -> Manifest:
    segments = [
        SegmentEntry(
            _matching(_SEGMENT_ID, one["id"]),
            _count(one["records"]),
            _count(one["documents"]),
            _count(one["tokens"]),
            _files(one["files"]),
            _count(one["deletions"]),
            _count(one["deleted"]),
        )
        for one in raw["segments"]
    ]
    if len({segment.id for segment in segments}) != len(segments):
        raise ValueError("a segment is named twice")
    return Manifest(
        _count(raw["generation"]),
        tuple(segments),
        tuple(str(name) for name in raw["metadata_fields"]),
        {str(name): _count(number) for name, number in raw["languages"].items()},
        {str(name): _count(number) for name, number in raw["types"].items()},
        dict(raw["settings"]),
        _files(raw["files"]),
        FORMAT,
    )


def _matching(pattern: re.Pattern[str], value: Any) -> str:
    if not isinstance(value, str) or not pattern.fullmatch(value) or ".." in value:
        raise ValueError(f"{value!r} is no name of a file or segment")
    return value


def _count(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < 1 << 53:
        raise ValueError(f"{value!r} is no count")
    return value


def _files(raw: dict[str, Any]) -> dict[str, FileEntry]:
    return {
        _matching(_FILE_NAME, name): FileEntry(_count(entry["size"]), _count(entry["crc32"]))
        for name, entry in raw.items()
    }


def describe_file(path: Path) -> FileEntry:
    """Size and checksum of a file, read whole."""
    size = crc = 0
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            size += len(block)
            crc = zlib.crc32(block, crc)
    return FileEntry(size, crc)
