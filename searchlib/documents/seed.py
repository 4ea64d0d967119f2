"""A seed and the ways to its bytes.

* A *seed file* is what ``walk`` finds: a path, the name that the index knows it by, its size. It can be
  pickled and sent to another process.
* A *seed* is what a loader gets: the name, the options, and the bytes, whole (``read``) or as a stream (``open``),
  decompressed, never more of them than ``Limits.file_bytes``.
* The *digest* of a seed is that of the file's bytes as they are on disk, compressed or not.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, cast

from searchlib.documents.seedstreams import UpTo, decompressed, hasher
from searchlib.errors import SeedError
from searchlib.files.opening import NotAFile, TooLarge, open_file
from searchlib.frozen import frozen
from searchlib.guards.limits import LIMITS, Limits, how_to_raise

if TYPE_CHECKING:
    from concurrent.futures import Executor

KEEP_BELOW = 8 << 20  # bytes; files larger than this are not held in memory between digest and load, unless it is said
_CHUNK = 1 << 20


@frozen
class LoadOptions:
    """How seeds are read.

    ``id``, ``title``, ``text``, ``metadata`` and ``language_column`` name columns of CSV, TSV and JSON Lines files
    (JSON keys); empty means the usual names, and for ``metadata`` every column that is nothing else. Several text
    columns are joined with a blank line between. ``delimiter`` "" has it found. ``encoding`` "" has it detected.
    ``language`` (ISO 639-1) is what documents are in that do not say. With ``strict`` what cannot be read is an error.
    ``suffix`` says how to read what has no suffix of its own (standard input), or every file if ``force_suffix``.
    ``passwords`` are tried on what is encrypted. ``metadata_file``, ``path_patterns`` and ``file_metadata`` say what is
    known of files besides what is in them, see `searchlib.documents.describing`.
    """

    id: str = ""
    title: str = ""
    text: tuple[str, ...] = ()
    metadata: tuple[str, ...] = ()
    language_column: str = ""
    delimiter: str = ""
    encoding: str = ""
    language: str = ""
    suffix: str = ""
    force_suffix: bool = False
    strict: bool = False
    passwords: tuple[str, ...] = field(default=(), repr=False)
    metadata_file: str = ""
    path_patterns: tuple[str, ...] = ()
    file_metadata: tuple[str, ...] = ()


class Content:
    """A file's digest, and its bytes if there are few enough to keep. The digest may still be on its way.

    ``answers`` is what its loader answers in a sandbox, if that was asked ahead (`searchlib.documents.loadahead`).
    """

    __slots__ = ("_digest", "_wait", "answers", "data")

    def __init__(self, digest: str, data: bytes | None, wait: Callable[[], str] | None = None) -> None:
        """``wait``, if given, is what gives the digest."""
        self._digest = digest
        self._wait = wait
        self.data = data
        self.answers: Callable[[Callable[[int], None]], list[bytes]] | None = None

    @property
    def hashed(self) -> bool:
        """Whether the digest is there."""
        return self._wait is None

    @property
    def digest(self) -> str:
        """The digest, waited for if need be."""
        if self._wait is not None:
            self._digest = self._wait()
            self._wait = None
        return self._digest


@frozen
class SeedFile:
    """A file found by ``walk``, with its ``name`` in the index and its ``size`` in bytes. ``path`` None is standard
    input; ``modified`` is when it changed or came to this place, in nanoseconds since 1970. Below ``root``, if there is
    one, no link is followed to it: what ``walk`` found is read, or nothing. Of files in it those are left out that the
    patterns of ``exclude`` match.
    """

    path: Path | None
    name: str
    size: int = 0
    modified: int = 0
    root: Path | None = None
    exclude: tuple[str, ...] = ()

    def open(self) -> BinaryIO:
        """The file's bytes as they are: those that it had when it was opened, if it is written to meanwhile.

        Raises SeedError if it cannot be opened or is no ordinary file.
        """
        if self.path is None:
            return sys.stdin.buffer
        try:
            if self.root is None:
                stream = open_file(self.path)
            else:
                stream = open_file(self.path.relative_to(self.root).as_posix(), self.root)
        except OSError as error:
            raise SeedError(reason_of(error), self.path) from error
        return cast(BinaryIO, UpTo(stream))

    def open_within(self, limits: Limits, whole: bool) -> BinaryIO:
        """The same, if the file is not larger than ``limits`` allow one that is read ``whole``; SeedError otherwise.

        Of others only what has next to nothing on the disk for its size is too large.
        """
        stream = self.open()
        if isinstance(stream, UpTo) and stream.is_too_large(limits, whole):
            stream.close()
            raise SeedError(
                f"has {stream.left:,} bytes, more than {limits.file_bytes:,}; {how_to_raise('file_bytes')}",
                self.path or self.name,
            )
        return stream

    def read(
        self, keep: int = KEEP_BELOW, aside: Executor | None = None, limits: Limits = LIMITS, whole: bool = False
    ) -> Content:
        """Digest and, up to ``keep`` bytes, the bytes: to compare with what was indexed, then hand to ``load``.

        Larger files are read once for this in blocks, and once more by ``load``. The digest of a file of some size
        is left to ``aside``, if that is given. Raises SeedError, see ``open_within``.
        """
        if aside is not None and KEEP_BELOW < self.size < keep and self.path is not None:
            data = self._whole(keep, limits, whole)
            if data is not None:
                return Content("", data, aside.submit(digest, data).result)
        hashed = hasher()
        kept: list[bytes] = []
        size = 0
        is_file = self.path is not None
        try:
            with self.open_within(limits, whole) as stream:
                # In one piece if it is to be kept: 40 MB in blocks take half as long again to be put together.
                wanted = self.size + 1 if self.size < keep else _CHUNK
                while block := stream.read(wanted if size == 0 else _CHUNK):
                    hashed.update(block)
                    size += len(block)
                    if is_file and size > keep:
                        kept.clear()
                        continue
                    if size > limits.file_bytes:  # standard input, which is there only once, and is kept
                        raise SeedError(
                            f"more than {limits.file_bytes:,} bytes; {how_to_raise('file_bytes')}", self.name
                        )
                    kept.append(block)
        except OSError as error:
            raise SeedError(reason_of(error), self.path or self.name) from error
        in_memory = size <= keep or not is_file
        return Content(hashed.hexdigest(), (kept[0] if len(kept) == 1 else b"".join(kept)) if in_memory else None)

    def _whole(self, most: int, limits: Limits, whole: bool) -> bytes | None:
        """All bytes; None if there are more than ``most`` by now."""
        try:
            with self.open_within(limits, whole) as stream:
                data = stream.read(self.size + 1)
                if len(data) > self.size:
                    data += stream.read(most - len(data) + 1)
                return data if len(data) <= most else None
        except OSError as error:
            raise SeedError(reason_of(error), self.path or self.name) from error


class KnownRows:
    """The rows of a seed that the index has: a loader may leave those out whose digests it finds here.

    It names what it left out in ``unchanged``. Nothing is known of a seed that is new.
    """

    def __init__(self) -> None:
        self.paths: dict[str, str] = {}  # by digest
        self.unchanged: list[str] = []  # paths


@dataclass(slots=True)
class Budget:
    """What is left of files in a seed, and of their bytes, however deeply they stand in one another."""

    members: int
    bytes: int


@dataclass(frozen=True)
class Seed:
    """What a loader reads: bytes, or a function that opens a stream of them (``source``), and the ``name`` in the
    index.

    ``path`` is where the file is, None where there is none; ``options`` and ``limits`` are those of the build, and
    ``known`` is for loaders of rows. ``skips`` is to be called with (line, reason) for a part of the seed that could
    not be read: the rest goes on. ``notes`` is to be called with (line, remark) for what was read, but not quite as it
    stands there, and ``textless`` with the reason if there is no text in it, whoever reads it and whenever. ``passes``
    is to be called now and then with how many bytes, unpacked, have been gone through, where that takes its time.
    ``excludes`` says of the name of a file in it whether that is to be left out. A seed that is in another file has
    that as its ``holder``, is ``nested`` so deep, and shares a ``budget``.
    """

    name: str
    source: bytes | Callable[[], BinaryIO]
    path: Path | None = None
    options: LoadOptions = field(default_factory=LoadOptions)
    skips: Callable[[int, str], None] = lambda line, reason: None
    notes: Callable[[int, str], None] = lambda line, remark: None
    textless: Callable[[str], None] = lambda reason: None
    passes: Callable[[int], None] = lambda size: None
    excludes: Callable[[str], bool] = lambda name: False
    known: KnownRows = field(default_factory=KnownRows)
    limits: Limits = LIMITS
    holder: str = ""
    nested: int = 0
    budget: Budget | None = None

    @property
    def stem(self) -> str:
        """The file's name without folders and suffixes: the title of last resort."""
        name = self.name[len(self.holder) + bool(self.holder) :].rpartition("/")[2]
        if name.lower().endswith(".gz"):
            name = name[:-3]
        return os.path.splitext(name)[0] or name  # noqa: PTH122 - a name in the index, not a path

    @property
    def gzipped(self) -> bool:
        """Whether its name says that it is compressed."""
        return self.name.lower().endswith((".gz", ".tgz"))

    def open(self) -> BinaryIO:
        """The bytes as a stream, decompressed and bounded. Raises SeedError while read if there are too many."""
        raw = io.BytesIO(self.source) if isinstance(self.source, bytes) else self.source()
        if not self.gzipped:
            return raw
        return decompressed(raw, lambda stream: gzip.GzipFile(fileobj=stream), self.name, self.limits, "gzip")

    def packed(self) -> bytes:
        """All bytes as they are in the file, compressed or not. Raises SeedError as `read` does."""
        return replace(self, name="").read()

    def read(self) -> bytes:
        """All bytes, decompressed. Raises SeedError if there are more than ``limits.file_bytes``."""
        most = self.limits.file_bytes
        if isinstance(self.source, bytes) and not self.gzipped:
            data = self.source
        else:
            # In blocks: a stream that is asked for so much makes room for all of it first.
            blocks: list[bytes] = []
            size = 0
            with self.open() as stream:
                while size <= most and (block := stream.read(_CHUNK)):
                    blocks.append(block)
                    size += len(block)
            data = b"".join(blocks)
        if len(data) > most:
            raise SeedError(f"larger than {most:,} bytes; {how_to_raise('file_bytes')}", self.name)
        return data


def digest(data: bytes) -> str:
    """BLAKE2b (RFC 7693) of ``data``, 128 bits in hexadecimal: 32 characters."""
    return hashlib.blake2b(data, digest_size=16).hexdigest()


def reason_of(error: OSError) -> str:
    """What went wrong with a file, without its path and the error number."""
    if isinstance(error, (NotAFile, TooLarge)):
        return str(error.strerror)
    return (error.strerror or str(error) or type(error).__name__).lower()
