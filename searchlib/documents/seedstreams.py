"""Streams of a seed's bytes: no longer than the file was when it was opened, decompressed within limits, hashed."""

from __future__ import annotations

import hashlib
import io
import lzma
import os
import zlib
from collections.abc import Callable
from typing import Any, BinaryIO, cast

from searchlib.errors import SeedError
from searchlib.guards.limits import Limits, how_to_raise

_CHUNK = 1 << 20


class UpTo:
    """The first bytes of a stream: of a file what it had when it was opened, be it written to or one of /proc."""

    def __init__(self, raw: BinaryIO) -> None:
        self.raw = raw
        self._status = os.fstat(raw.fileno())
        self.left = self._status.st_size

    def is_too_large(self, limits: Limits, whole: bool) -> bool:
        """Whether the file is larger than one that is read ``whole`` may be; others may be, if they are on the disk."""
        size = self._status.st_size
        on_disk = getattr(self._status, "st_blocks", size) * 512  # not known everywhere
        return size > limits.file_bytes and (whole or on_disk * limits.unpacked_ratio < size)

    def read(self, size: int = -1) -> bytes:
        """The next bytes."""
        block = self.raw.read(self.left if size < 0 else min(size, self.left)) or b""
        self.left -= len(block)
        return block

    @property
    def closed(self) -> bool:
        """Whether it was closed."""
        return self.raw.closed

    def close(self) -> None:
        """Close it."""
        self.raw.close()

    def __enter__(self) -> UpTo:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def decompressed(
    raw: BinaryIO, unpack: Callable[[BinaryIO], Any], name: str, limits: Limits, what: str = "compressed"
) -> BinaryIO:
    """What ``unpack`` makes of a stream of the seed of a name: bounded, and a SeedError where it is damaged."""
    counter = _Counter(raw)
    return io.BufferedReader(_Bounded(unpack(cast(BinaryIO, counter)), counter, name, limits, what), _CHUNK)


class _Counter:
    """A stream that counts the compressed bytes that were read from it."""

    def __init__(self, raw: BinaryIO) -> None:
        self.raw = raw
        self.size = 0

    def read(self, size: int = -1) -> bytes:
        block = self.raw.read(size)
        self.size += len(block)
        return block

    def close(self) -> None:
        self.raw.close()


class _Bounded(io.RawIOBase):
    """A decompressed stream that ends in a SeedError when there is more of it than the limits allow."""

    def __init__(self, stream: Any, counter: _Counter, name: str, limits: Limits, what: str) -> None:
        self.stream = stream
        self.counter = counter
        self.name = name
        self.limits = limits
        self.what = what
        self.size = 0

    def readable(self) -> bool:
        """Yes."""
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        try:
            block: bytes = self.stream.read(len(buffer))
        except (zlib.error, lzma.LZMAError, EOFError, OSError, ValueError) as error:
            raise SeedError(f"damaged {self.what} data ({error})", self.name) from error
        self.size += len(block)
        limits = self.limits
        if self.size > limits.file_bytes:
            raise SeedError(
                f"unpacks to more than {limits.file_bytes:,} bytes; {how_to_raise('file_bytes')}", self.name
            )
        if self.size > max(limits.unpacked_small, limits.unpacked_ratio * self.counter.size):
            raise SeedError(
                f"unpacks to more than {limits.unpacked_ratio} times its size; {how_to_raise('unpacked_ratio')}",
                self.name,
            )
        buffer[: len(block)] = block
        return len(block)

    def close(self) -> None:
        self.stream.close()
        self.counter.close()
        super().close()


class HashingStream(io.RawIOBase):
    """A stream that hashes what is read from it; ``hexdigest`` once the end was reached."""

    def __init__(self, raw: BinaryIO) -> None:
        self.raw = raw
        self.hasher = hasher()
        self.size = 0

    def readable(self) -> bool:
        """Yes."""
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        """Read and hash."""
        block = self.raw.read(len(buffer))
        self.hasher.update(block)
        self.size += len(block)
        buffer[: len(block)] = block
        return len(block)

    def close(self) -> None:
        """Close the stream underneath too."""
        self.raw.close()
        super().close()

    def finish(self) -> str:
        """Read what is left, and the digest of it all."""
        if not self.raw.closed:
            while block := self.raw.read(_CHUNK):
                self.hasher.update(block)
                self.size += len(block)
        return self.hasher.hexdigest()


def hasher() -> hashlib.blake2b:
    """What seeds are hashed by: BLAKE2b (RFC 7693), 128 bits."""
    return hashlib.blake2b(digest_size=16)
