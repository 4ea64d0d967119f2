"""Frames: messages in a stream of bytes. A letter that says what it is, its length in eight bytes, and its bytes."""

from __future__ import annotations

import struct
from typing import BinaryIO, Final

_HEAD: Final = struct.Struct(">cQ")


class TooLong(Exception):
    """A frame is longer than its reader allows."""


def write_frame(stream: BinaryIO, kind: bytes, data: bytes) -> None:
    """Write a frame."""
    stream.write(_HEAD.pack(kind, len(data)))
    stream.write(data)


def read_frame(stream: BinaryIO, limit: int | None = None) -> tuple[bytes, bytes] | None:
    """Kind and bytes of the next frame; None at the end of the stream, be it within a frame.

    Raises TooLong, before any of its bytes are read, if there are more than ``limit``.
    """
    head = stream.read(_HEAD.size)
    if len(head) < _HEAD.size:
        return None
    kind, length = _HEAD.unpack(head)
    if limit is not None and length > limit:
        raise TooLong
    data = stream.read(length)
    return (kind, data) if len(data) == length else None
