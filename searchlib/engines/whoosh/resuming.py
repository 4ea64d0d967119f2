"""Places in the order of hits, as bytes: what a later page goes on from, whatever a commit changed meanwhile.

It holds no offset that a commit could make wrong::

    score (8)  depth  number  path  keys  ids  indexes

Numbers are unsigned, seven bits a byte (LEB128); a text is its size in bytes and UTF-8. Keys are how many there are,
then for each 1 and a text, or 0 for none; ids how many, then the 10 bytes of each. Indexes are a number
for each id, and nothing where there is one index.
"""

from __future__ import annotations

import math
import struct

from searchlib.engine.cursors import no_cursor
from searchlib.frozen import frozen
from searchlib.model.records import id_number, id_text

NEAREST = 3  # hits before the place that are kept
_ID_BYTES = 10


@frozen
class CursorPlace:
    """A place in the order of the hits of a search, right after one of them, which outlives a generation.

    ``ids`` are the last hits before it, the nearest first: the place is after the first of these that still matches.
    If none does, it is where their ``score`` and ``keys`` (what they were sorted by, as text; None where there is no
    value), and then ``path`` and the paragraph's ``number``, would stand. ``depth`` is how many hits there were before
    it. ``indexes`` says of each id in which it is of several that are searched as one.
    """

    depth: int
    score: float
    keys: tuple[str | None, ...]
    path: str
    number: int
    ids: tuple[str, ...]
    indexes: tuple[int, ...] = ()


def encode(place: CursorPlace) -> bytes:
    """A place as bytes."""
    out = [struct.pack("<d", place.score), _number(place.depth), _number(place.number), _text(place.path)]
    out += [_number(len(place.keys)), *(b"\0" if key is None else b"\1" + _text(key) for key in place.keys)]
    out += [_number(len(place.ids)), *(id_number(id).to_bytes(_ID_BYTES, "big") for id in place.ids)]
    return b"".join([*out, *map(_number, place.indexes)])


def decode(data: bytes, sorts: int = 0) -> CursorPlace:
    """The place of a search that sorts by so many keys. Raises SettingsError for what is none."""
    try:
        parts = _Parts(data)
        (score,) = struct.unpack("<d", parts.take(8))
        depth, number, path = parts.number(), parts.number(), parts.text()
        keys = tuple(parts.text() if parts.take(1) == b"\1" else None for _ in range(parts.number()))
        ids = tuple(id_text(int.from_bytes(parts.take(_ID_BYTES), "big")) for _ in range(parts.number()))
        indexes = tuple(parts.number() for _ in ids) if parts.left else ()
        if not math.isfinite(score) or len(keys) != sorts:
            raise ValueError("of no hit")
    except (ValueError, struct.error):
        raise no_cursor() from None
    return CursorPlace(depth, score, keys, path, number, ids, indexes)


class _Parts:
    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def take(self, size: int) -> bytes:
        self._at += size
        if self._at > len(self._data):
            raise ValueError("too short")
        return self._data[self._at - size : self._at]

    @property
    def left(self) -> bool:
        return self._at < len(self._data)

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
