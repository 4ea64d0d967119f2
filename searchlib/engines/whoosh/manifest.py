"""The manifest: the one file that says what an index is.

``searchlib.json`` names the format, the settings, the segments and every file with its size and digest. An index
is what its manifest says; replacing the manifest by a rename is what publishes a commit. Nothing in it is code,
and nothing read from it is trusted: names are checked against a pattern, numbers against the files.

A *digest* is BLAKE2b (RFC 7693) of 128 bits, in hexadecimal. That of a manifest is over everything else in it, the
digests of all files included: so it is the digest of the whole index.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from searchlib.engines.whoosh.codec.access import damaged, problem_of
from searchlib.engines.whoosh.codec.container import read_directory_digest
from searchlib.errors import IndexIncompatible, IndexMissing
from searchlib.opening import open_file, read_beginning, read_file

MANIFEST = "searchlib.json"
FORMAT = 1
VOCABULARY = ".voc"
LARGEST = 64 << 20  # bytes; no manifest comes near

_FILE_NAME = re.compile(r"_?MAIN_[0-9A-Za-z._-]{1,80}|searchlib\.[0-9a-f]{16}\.seeds")
_SEGMENT_ID = re.compile(r"[0-9a-z]{1,40}")
_DIGEST = re.compile(r"[0-9a-f]{32}")
_BEGINNING = re.compile(rb'\{\n "digest": "([0-9a-f]{32})",\n')  # of a manifest: keys are sorted


@dataclass(frozen=True, slots=True)
class FileEntry:
    """A file of the index: its size in bytes, the digest of all of it, and, of a file of a segment, of its directory.

    The digest of the directory is cheap enough to be compared whenever the file is opened. "" is not known: of files
    that have none, and of those in an index that is older than these digests.
    """

    size: int
    digest: str
    directory: str = ""

    def is_same(self, other: FileEntry) -> bool:
        """Whether both are of the same bytes."""
        return self.size == other.size and self.digest == other.digest

    def as_dict(self) -> dict[str, Any]:
        """It as JSON in the manifest."""
        return {"digest": self.digest, "size": self.size, **({"directory": self.directory} if self.directory else {})}


@dataclass(frozen=True, slots=True)
class SegmentEntry:
    """A segment: its records (``deleted`` ones too), documents and tokens as it was written, and its files.

    The number of deleted records only grows, so it also tells files of deletions apart.
    """

    id: str
    records: int
    documents: int
    tokens: int
    files: Mapping[str, FileEntry]
    deleted: int = 0

    @property
    def name(self) -> str:
        """What its files are named after."""
        return f"MAIN_{self.id}"

    @property
    def live(self) -> int:
        """Records that are not deleted."""
        return self.records - self.deleted


@dataclass(frozen=True)
class Manifest:
    """What an index is at one generation: how many commits it took since it was last built of a piece.

    ``settings`` is all that decides what a seed is indexed as; ``sources`` says which seeds are indexed: the names
    of ``roots``, and the patterns ``include`` and ``exclude``.
    """

    generation: int = 0
    segments: Sequence[SegmentEntry] = ()
    metadata_fields: Sequence[str] = ()
    languages: Mapping[str, int] = field(default_factory=dict)  # documents by language
    types: Mapping[str, int] = field(default_factory=dict)
    settings: Mapping[str, Any] = field(default_factory=dict)
    sources: Mapping[str, Sequence[str]] = field(default_factory=dict)
    files: Mapping[str, FileEntry] = field(default_factory=dict)  # of no segment: Whoosh's TOC, seeds, vocabulary
    format: int = FORMAT

    @property
    def all_files(self) -> dict[str, FileEntry]:
        """Every file of the index but the manifest itself."""
        found = dict(self.files)
        for segment in self.segments:
            found.update(segment.files)
        return found

    @property
    def vocabulary(self) -> str:
        """The name of the file of the index's words; "" where the index has none, being older than these."""
        return next((name for name in sorted(self.files) if name.endswith(VOCABULARY)), "")

    @cached_property
    def digest(self) -> str:
        """The digest of the index."""
        return digest_of(_json(self._contents))

    def encode(self) -> bytes:
        """The bytes of the manifest file: the same for the same contents."""
        return _json({**self._contents, "digest": self.digest})

    @cached_property
    def _contents(self) -> dict[str, Any]:
        found = {one.name: getattr(self, one.name) for one in fields(self)}
        found["files"] = {name: entry.as_dict() for name, entry in self.files.items()}
        found["segments"] = [
            {one.name: getattr(segment, one.name) for one in fields(segment)}
            | {"files": {name: entry.as_dict() for name, entry in segment.files.items()}}
            for segment in self.segments
        ]
        return found


def _json(value: Any) -> bytes:
    return (json.dumps(value, ensure_ascii=True, indent=1, sort_keys=True) + "\n").encode()


def digest_of(data: bytes) -> str:
    """The digest of ``data``."""
    return hashlib.blake2b(data, digest_size=16).hexdigest()


def read_manifest(folder: Path) -> Manifest:
    """The manifest of the index in ``folder``.

    Raises IndexMissing, IndexCorrupt if it is not a manifest, IndexIncompatible if it is of another format,
    IndexUnreadable.
    """
    path = folder / MANIFEST
    try:
        data = read_file(MANIFEST, LARGEST, folder)
    except (FileNotFoundError, NotADirectoryError) as error:
        raise IndexMissing(
            f"no index at {folder}; build one with: searchlib index SEEDS... --index {folder}", folder
        ) from error
    except OSError as error:
        raise problem_of(path, error) from error
    try:
        raw = json.loads(data)
        found_format = raw["format"]
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise damaged(path, "is not a manifest") from error
    if found_format != FORMAT:
        raise IndexIncompatible(
            f"{folder} has index format {found_format!r}, this version of searchlib reads {FORMAT}; "
            "build it again with: searchlib index",
            folder,
        )
    try:
        manifest = _decode(raw)
        whole = manifest.encode() == data
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise damaged(path, f"is damaged ({error})") from error
    if not whole:
        raise damaged(path, "is damaged (it fails its checksum)")
    return manifest


def read_digest(folder: Path) -> str:
    """The digest that the manifest in ``folder`` begins with; "" if there is none, or none that can be read.

    It costs the reading of some bytes, compares nothing, and differs where the index does.
    """
    try:
        found = _BEGINNING.match(read_beginning(MANIFEST, 64, folder))
    except OSError:
        return ""
    return found[1].decode() if found else ""


def _decode(raw: dict[str, Any]) -> Manifest:
    segments = [
        SegmentEntry(
            _matching(_SEGMENT_ID, one["id"]),
            _count(one["records"]),
            _count(one["documents"]),
            _count(one["tokens"]),
            _files(one["files"]),
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
        {str(name): tuple(map(str, values)) for name, values in raw["sources"].items()},
        _files(raw["files"]),
        FORMAT,
    )


def _matching(pattern: re.Pattern[str], value: Any) -> str:
    if not isinstance(value, str) or not pattern.fullmatch(value) or ".." in value:
        raise ValueError(f"{value!r} is no name or digest")
    return value


def _count(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < 1 << 53:
        raise ValueError(f"{value!r} is no count")
    return value


def _files(raw: dict[str, Any]) -> dict[str, FileEntry]:
    return {
        _matching(_FILE_NAME, name): FileEntry(
            _count(entry["size"]),
            _matching(_DIGEST, entry["digest"]),
            _matching(_DIGEST, entry["directory"]) if "directory" in entry else "",
        )
        for name, entry in raw.items()
    }


def describe_file(path: Path) -> FileEntry:
    """Size and digests of a file, read whole. Raises OSError."""
    size = 0
    hashed = hashlib.blake2b(digest_size=16)
    with open_file(path.name, path.parent) as file:
        while block := file.read(1 << 20):
            size += len(block)
            hashed.update(block)
        return FileEntry(size, hashed.hexdigest(), read_directory_digest(file, size))


def with_directories(folder: Path, segment: SegmentEntry) -> SegmentEntry:
    """The entry with the digests of all directories: one that an older version wrote has none."""
    if all(entry.directory for entry in segment.files.values()):
        return segment
    try:
        return replace(segment, files={name: describe_file(folder / name) for name in segment.files})
    except OSError as error:
        raise problem_of(folder / segment.name, error) from error
