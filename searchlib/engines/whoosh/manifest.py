"""The manifest: the one file that says what an index is.

``searchlib.json`` names the format, the settings, the segments and every file with its size and digest. An index
is what its manifest says; replacing the manifest by a rename is what publishes a commit. Nothing in it is code,
and nothing read from it is trusted: names are checked against patterns, numbers against each other and the files. What
fails is an IndexCorrupt, which ``searchlib index`` mends.

A *digest* is BLAKE2b (RFC 7693) of 128 bits, in hexadecimal. That of a manifest is over everything else in it, the
digests of all files included: so it is the digest of the whole index.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from searchlib.concurrency.lazily import cached_property, lazy_expression
from searchlib.engines.whoosh.format.access import damaged, problem_of
from searchlib.engines.whoosh.format.container import read_directory_digest
from searchlib.engines.whoosh.format.deletions import deletions_name
from searchlib.engines.whoosh.format.filenames import COLUMNS, POSTINGS, STORED, TERMS
from searchlib.errors import IndexCorrupt, IndexIncompatible, IndexMissing
from searchlib.files.names import MANIFEST
from searchlib.files.opening import NotAFile, TooLarge, open_file, read_beginning, read_file
from searchlib.frozen import frozen
from searchlib.hashing import blake2b
from searchlib.model.fields import RESERVED

FORMAT = 3
TOC, VOCABULARY, SEEDS = ".toc", ".voc", ".seeds"  # an index has one file of each, of no segment
LARGEST = 16 << 20  # bytes; no manifest comes near
MOST_SEGMENTS = 64  # merges keep them to a few
LATEST = (1 << 52) - 1  # generation: there are no more
SEGMENT_FILES = (TERMS, POSTINGS, STORED, COLUMNS)

_SEGMENT_FILE = r"MAIN_[0-9a-f]{16}(?:\.[1-9][0-9]{0,9}\.del|\.trm|\.pst|\.sto|\.col)"
_OTHER_FILE = r"_MAIN_[0-9]{1,10}\.toc|_MAIN_[0-9a-f]{16}\.voc|searchlib\.[0-9a-f]{16}\.seeds"
_FILE_NAME = lazy_expression(f"{_SEGMENT_FILE}|{_OTHER_FILE}")
_OTHER_NAME = lazy_expression(_OTHER_FILE)
_QUOTED_NAME = lazy_expression(f'"({_SEGMENT_FILE}|{_OTHER_FILE})"'.encode())
_SEGMENT_ID = lazy_expression(r"[0-9a-f]{16}")
_DIGEST = lazy_expression(r"[0-9a-f]{32}")
_BEGINNING = lazy_expression(rb'\{\n "digest": "([0-9a-f]{32})",\n')  # of a manifest: keys are sorted
_LANGUAGE = lazy_expression(r"[a-z]{0,3}")
_FIELD = lazy_expression(r"[^_\s:][^\s:]*")
_SOURCES = ("exclude", "include", "roots")


@frozen
class FileEntry:
    """A file of the index: its size in bytes, the digest of all of it, and, of a file of a segment, of its directory.

    The digest of the directory is cheap enough to be compared whenever the file is opened. It is "" for the two files
    that have none: Whoosh's TOC and the seeds.
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


@frozen
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
        """The name of the file of the index's words."""
        return self._named(VOCABULARY)

    @property
    def seeds(self) -> str:
        """The name of the file of the digests of seeds."""
        return self._named(SEEDS)

    @property
    def segmented(self) -> dict[str, str]:
        """What found the words of each language in which a segmenter did, of those that are known here."""
        return segmented_in(self.settings)

    def _named(self, suffix: str) -> str:
        return next(name for name in self.files if name.endswith(suffix))

    @cached_property
    def digest(self) -> str:
        """The digest of the index."""
        return digest_of(self._contents)

    def encode(self) -> bytes:
        """The bytes of the manifest file: the same for the same contents. Keys are sorted, so the digest is first."""
        return b'{\n "digest": "%b",' % self.digest.encode() + self._contents.removeprefix(b"{")

    @cached_property
    def _contents(self) -> bytes:
        """All but the digest, as JSON."""
        found = _attributes(self) | {"segments": [_attributes(one) for one in self.segments]}
        return (json.dumps(found, ensure_ascii=True, indent=1, sort_keys=True) + "\n").encode()


def _attributes(entry: Manifest | SegmentEntry) -> dict[str, Any]:
    found = {name: getattr(entry, name) for name in entry.__match_args__}
    return found | {"files": {name: file.as_dict() for name, file in entry.files.items()}}


def segmented_in(settings: Mapping[str, Any]) -> dict[str, str]:
    """What finds the words of each language in which a segmenter does, by the settings of an index."""
    said = settings.get("segment")
    if not isinstance(said, dict):
        return {}
    from searchlib.analysis.segmenting import SEGMENTERS

    return {language: str(made) for language, made in said.items() if language in SEGMENTERS}


def digest_of(data: bytes) -> str:
    """The digest of ``data``."""
    return blake2b(data, digest_size=16).hexdigest()


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
            f"{folder} has index format {found_format!r:.40}, this version of searchlib reads {FORMAT}; "
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


def checked(manifest: Manifest) -> Manifest:
    """The manifest, if it is one that can be read again. Raises IndexCorrupt: what it was made of is not sound."""
    try:
        return _decode(json.loads(manifest.encode()))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise IndexCorrupt(f"the index cannot be built upon ({error}); build it again with: searchlib index") from error


def names_in_manifest(folder: Path) -> list[str]:
    """The files that the manifest in ``folder`` names, in its order, whatever else is wrong with it.

    Raises IndexUnreadable.
    """
    return list(dict.fromkeys(name.decode() for name in _QUOTED_NAME.findall(_read_if_there(folder))))


def is_json(folder: Path) -> bool:
    """Whether what stands in the manifest's place is JSON at all, and so whole. Raises IndexUnreadable."""
    try:
        json.loads(_read_if_there(folder))
    except (ValueError, RecursionError):
        return False
    return True


def _read_if_there(folder: Path) -> bytes:
    try:
        return read_file(MANIFEST, LARGEST, folder)
    except (FileNotFoundError, NotADirectoryError, NotAFile, TooLarge):
        return b""
    except OSError as error:
        raise problem_of(folder / MANIFEST, error) from error


def is_file_name(name: object) -> bool:
    """Whether it is a name that files of an index have."""
    return isinstance(name, str) and _FILE_NAME.fullmatch(name) is not None


def _decode(raw: dict[str, Any]) -> Manifest:
    if len(raw["segments"]) > MOST_SEGMENTS:
        raise ValueError(f"{len(raw['segments']):,} segments")
    segments = tuple(map(_segment, raw["segments"]))
    if len({segment.id for segment in segments}) != len(segments):
        raise ValueError("a segment is named twice")
    languages, types = _counts(raw["languages"]), _counts(raw["types"])
    documents = sum(languages.values())
    if sum(types.values()) != documents or not documents <= sum(segment.documents for segment in segments):
        raise ValueError("the numbers of documents do not fit each other")
    for language in languages:
        _matching(_LANGUAGE, language)
    return Manifest(
        _count(raw["generation"], 1, LATEST),
        segments,
        _fields(raw["metadata_fields"]),
        languages,
        types,
        dict(raw["settings"]),
        {name: _texts(raw["sources"][name]) for name in raw["sources"] if name in _SOURCES},
        _beside(raw["files"]),
        FORMAT,
    )


def _segment(raw: dict[str, Any]) -> SegmentEntry:
    records = _count(raw["records"], 1)
    segment = SegmentEntry(
        _matching(_SEGMENT_ID, raw["id"]),
        records,
        _count(raw["documents"], 1, records),
        _count(raw["tokens"]),
        _files(raw["files"], _FILE_NAME),
        _count(raw["deleted"], 0, records - 1),
    )
    wanted = {segment.name + extension for extension in SEGMENT_FILES}
    if segment.deleted:
        wanted.add(deletions_name(segment.name, segment.deleted))
    if wanted != segment.files.keys():
        raise ValueError(f"the files of segment {segment.id} are not those of a segment")
    return segment


def _matching(pattern: re.Pattern[str], value: Any) -> str:
    if not isinstance(value, str) or not pattern.fullmatch(value):
        raise ValueError(f"{value!r:.80} is no name or digest")
    return value


def _count(value: Any, least: int = 0, most: int = (1 << 53) - 1) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
        raise ValueError(f"{value!r:.40} is not from {least} to {most}")
    return value


def _counts(raw: dict[str, Any]) -> dict[str, int]:
    return {name: _count(number, 1) for name, number in raw.items()}


def _texts(raw: Any) -> tuple[str, ...]:
    if not isinstance(raw, list) or not all(isinstance(value, str) for value in raw):
        raise ValueError(f"{raw!r:.40} is no list of texts")
    return tuple(raw)


def _fields(raw: Any) -> tuple[str, ...]:
    names = _texts(raw)
    for name in names:
        _matching(_FIELD, name)
    if list(names) != sorted(set(names)) or not RESERVED.isdisjoint(names):
        raise ValueError("the fields of metadata are not such")
    return names


def _files(raw: dict[str, Any], pattern: re.Pattern[str]) -> dict[str, FileEntry]:
    return {
        _matching(pattern, name): FileEntry(
            _count(entry["size"]),
            _matching(_DIGEST, entry["digest"]),
            "" if name.endswith((TOC, SEEDS)) else _matching(_DIGEST, entry["directory"]),
        )
        for name, entry in raw.items()
    }


def _beside(raw: dict[str, Any]) -> dict[str, FileEntry]:
    """The files of no segment."""
    files = _files(raw, _OTHER_NAME)
    if sorted(Path(name).suffix for name in files) != sorted((TOC, VOCABULARY, SEEDS)):
        raise ValueError("the files beside the segments are not one of each kind")
    return files


def describe_file(path: Path) -> FileEntry:
    """Size and digests of a file, read whole. Raises OSError."""
    size = 0
    hashed = blake2b(digest_size=16)
    with open_file(path.name, path.parent) as file:
        while block := file.read(1 << 20):
            size += len(block)
            hashed.update(block)
        return FileEntry(size, hashed.hexdigest(), read_directory_digest(file, size))
