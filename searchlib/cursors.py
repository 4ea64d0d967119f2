"""Cursors: a place in the hits of a search as a short text, which a later search goes on from.

A cursor is opaque to whoever has it: letters, digits, ``-`` and ``_`` (base64url, RFC 4648, without padding). It holds
the place (see `searchlib.engine.Place`), a hash of what was asked, so that it is not taken for another search's, and a
checksum. It holds no offset that a commit could make wrong.

::

    version (1)  question (4)  score (8)  depth  number  path  keys  ids  checksum (4)

Numbers are unsigned, seven bits a byte (LEB128); a text is its size in bytes and UTF-8. Keys are how many there are,
then for each 1 and a text, or 0 for none; ids how many, then the 10 bytes of each.
"""

from __future__ import annotations

import base64
import binascii
import math
import struct
import zlib
from hashlib import blake2b
from typing import TYPE_CHECKING

from searchlib.errors import SettingsError
from searchlib.records import id_number, id_text

if TYPE_CHECKING:
    from searchlib.engine import Place

VERSION = 1
NEAREST = 3  # hits before the place that are kept
_LONGEST = 1 << 16
_ID_BYTES = 10


def encode(place: Place, question: str) -> str:
    """The cursor of a place among the hits of ``question``, which is any text that tells one search from another."""
    out = [bytes([VERSION]), _hash(question), struct.pack("<d", place.score)]
    out += [_number(place.depth), _number(place.number), _text(place.path), _number(len(place.keys))]
    out += [b"\0" if key is None else b"\1" + _text(key) for key in place.keys]
    out += [_number(len(place.ids)), *(id_number(id).to_bytes(_ID_BYTES, "big") for id in place.ids)]
    data = b"".join(out)
    return base64.urlsafe_b64encode(data + _checksum(data)).rstrip(b"=").decode("ascii")


def decode(cursor: str, question: str, sorts: int = 0) -> Place:
    """The place of a cursor of a search that sorts by so many keys.

    Raises:
        SettingsError: it is damaged or no cursor, of another version of searchlib, or of another search.
    """
    from searchlib.engine import Place

    broken = SettingsError("this is no cursor: give one as results.cursor, or --json, has it")
    if not isinstance(cursor, str) or not cursor.isascii() or not 0 < len(cursor) <= _LONGEST:
        raise broken
    try:
        whole = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        raise broken from None
    data, checksum = whole[:-4], whole[-4:]
    if len(data) < 13 or _checksum(data) != checksum:
        raise broken
    if data[0] != VERSION:
        raise SettingsError("this cursor is of another version of searchlib: begin again without it")
    if data[1:5] != _hash(question):
        raise SettingsError("this cursor is of another search: give the query, filter, sort and per_document it had")
    try:
        reader = _Reader(data[5:])
        (score,) = struct.unpack("<d", reader.take(8))
        depth, number, path = reader.number(), reader.number(), reader.text()
        keys = tuple(reader.text() if reader.take(1) == b"\1" else None for _ in range(reader.number()))
        ids = tuple(id_text(int.from_bytes(reader.take(_ID_BYTES), "big")) for _ in range(reader.number()))
        if not math.isfinite(score) or len(keys) != sorts:
            raise ValueError("of no hit")
    except (ValueError, struct.error):
        raise broken from None
    return Place(depth, score, keys, path, number, ids)


class _Reader:
    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def take(self, size: int) -> bytes:
        self._at += size
        if self._at > len(self._data):
            raise ValueError("too short")
        return self._data[self._at - size : self._at]

    def number(self) -> int:
        found = shift = 0
        while True:
            (byte,) = self.take(1)
            found |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                return found
            if shift > 63:
                raise ValueError("too large")

    def text(self) -> str:
        return self.take(self.number()).decode("utf-8", "surrogatepass")


def _number(number: int) -> bytes:
    out = bytearray()
    while number > 127:
        out.append(number & 127 | 128)
        number >>= 7
    return bytes([*out, number])


def _text(text: str) -> bytes:
    data = text.encode("utf-8", "surrogatepass")
    return _number(len(data)) + data


def _hash(question: str) -> bytes:
    return blake2b(question.encode("utf-8", "surrogatepass"), digest_size=4).digest()


def _checksum(data: bytes) -> bytes:
    return zlib.crc32(data).to_bytes(4, "little")
