"""Cursors: a place in the hits of a search as a short text, which a later search goes on from.

A cursor is opaque to whoever has it: letters, digits, ``-`` and ``_`` (base64url, RFC 4648, without padding). It holds
what the engine made of the place (`searchlib.engine.answers.Answer.cursor`), a hash of what was asked, so that it is
not taken for another search's, and a checksum::

    version (1)  question (4)  the engine's  checksum (4)
"""

from __future__ import annotations

import base64
import binascii
import zlib

from searchlib.errors import SettingsError
from searchlib.hashing import blake2b

VERSION = 1
_LONGEST = 1 << 16


def seal(place: bytes, question: str) -> str:
    """The cursor of an engine's place among the hits of ``question``: any text that tells one search from another."""
    data = bytes([VERSION]) + _hash(question) + place
    return base64.urlsafe_b64encode(data + _checksum(data)).rstrip(b"=").decode("ascii")


def unseal(cursor: str, question: str) -> bytes:
    """The engine's place in a cursor.

    Raises:
        SettingsError: it is damaged or no cursor, of another version of searchlib, or of another search.
    """
    if not isinstance(cursor, str) or not cursor.isascii() or not 0 < len(cursor) <= _LONGEST:
        raise no_cursor()
    try:
        whole = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        raise no_cursor() from None
    data, checksum = whole[:-4], whole[-4:]
    if len(data) < 5 or _checksum(data) != checksum:
        raise no_cursor()
    if data[0] != VERSION:
        raise SettingsError("this cursor is of another version of searchlib: begin again without it")
    if data[1:5] != _hash(question):
        raise SettingsError(
            "this cursor is of another search: give the query, filter, sort, per_document and distinct it had"
        )
    return data[5:]


def no_cursor() -> SettingsError:
    """The error for what is none: for engines too, where they cannot read their own."""
    return SettingsError("this is no cursor: give one as results.cursor, or --json, has it")


def _hash(question: str) -> bytes:
    return blake2b(question.encode("utf-8", "surrogatepass"), digest_size=4).digest()


def _checksum(data: bytes) -> bytes:
    return zlib.crc32(data).to_bytes(4, "little")
