"""Python values as bytes, and back: an encoding that can hold data and nothing else.

None, bool, int of any size, float, str (lone surrogates included), bytes, date, time, datetime (with a time zone
as its fixed offset), timedelta, Decimal, and list, tuple, set, frozenset and dict of these. Reading never imports,
calls or constructs anything else, whatever the bytes say.

A value is a letter and what it needs. ``n`` is an unsigned number, seven bits a byte, the lowest first, the eighth
bit set in all but the last ("LEB128")::

    N None   T True   F False
    i n and n bytes: int, signed, little-endian         d 8 bytes: float (IEEE 754, little-endian)
    s n and n bytes: str in UTF-8                       b n and n bytes: bytes
    l t n values: list, tuple                           S f n values: set, frozenset, in the order of their bytes
    m n times key and value: dict, in its own order     D a c n and n bytes: datetime, date, time, in ISO 8601,
                                                        followed by ~ for the second of two equal local times
    x three ints: timedelta (days, seconds, microseconds)     n n and n bytes: Decimal, as str() writes it
"""

from __future__ import annotations

import datetime
import struct
from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from typing import Any, Final

MAX_DEPTH: Final = 64
"""How deep values may be nested."""

_FLOAT: Final = struct.Struct("<d")


class ValueDamaged(ValueError):
    """Bytes that are no value; the caller knows in which file."""


def number(value: int) -> bytes:
    """An unsigned number, seven bits a byte."""
    out = bytearray()
    while value > 127:
        out.append(value & 127 | 128)
        value >>= 7
    out.append(value)
    return bytes(out)


def encode(value: object) -> bytes:
    """The bytes of a value.

    Raises:
        TypeError: the value, or one in it, is of a type that is not kept.
        ValueError: values are nested more than 64 deep.
    """
    return _encode(value, 0)


def _sized(letter: bytes, data: bytes) -> bytes:
    return letter + number(len(data)) + data


def _int(value: int) -> bytes:
    return _sized(b"i", value.to_bytes((value.bit_length() >> 3) + 1, "little", signed=True))


def _float(value: float) -> bytes:
    return b"d" + _FLOAT.pack(value)


def _timedelta(value: datetime.timedelta) -> bytes:
    return b"x" + _int(value.days) + _int(value.seconds) + _int(value.microseconds)


def _iso(value: datetime.datetime | datetime.time) -> bytes:
    return value.isoformat().encode() + (b"~" if value.fold else b"")


_SCALARS: Final[dict[type, Callable[[Any], bytes]]] = {
    type(None): lambda value: b"N",
    bool: lambda value: b"T" if value else b"F",
    int: _int,
    float: _float,
    str: lambda value: _sized(b"s", value.encode("utf-8", "surrogatepass")),
    bytes: lambda value: _sized(b"b", value),
    datetime.datetime: lambda value: _sized(b"D", _iso(value)),
    datetime.date: lambda value: _sized(b"a", value.isoformat().encode()),
    datetime.time: lambda value: _sized(b"c", _iso(value)),
    datetime.timedelta: _timedelta,
    Decimal: lambda value: _sized(b"n", str(value).encode()),
}
_BASES: Final[tuple[type[Any], ...]] = (int, float, str, bytes)
_SEQUENCES: Final[dict[type, bytes]] = {list: b"l", tuple: b"t", set: b"S", frozenset: b"f"}


def _encode(value: Any, depth: int) -> bytes:
    kind = type(value)
    scalar = _SCALARS.get(kind)
    if scalar is not None:
        return scalar(value)
    if depth >= MAX_DEPTH:
        raise ValueError(f"values nested more than {MAX_DEPTH} deep cannot be stored")
    letter = _SEQUENCES.get(kind)
    if letter is not None:
        items = [_encode(item, depth + 1) for item in value]
        if letter in b"Sf":
            items.sort()
        return letter + number(len(items)) + b"".join(items)
    if kind is dict:
        pairs = [_encode(key, depth + 1) + _encode(item, depth + 1) for key, item in value.items()]
        return b"m" + number(len(pairs)) + b"".join(pairs)
    for base in _BASES:
        if isinstance(value, base):  # an enumeration, say, or NumPy's float64
            return _SCALARS[base](base(value))
    raise TypeError(
        f"a value of type {kind.__module__}.{kind.__qualname__} cannot be stored; store data "
        "(text, numbers, bytes, dates, and lists, tuples, sets and dictionaries of them) instead"
    )


def decode(data: bytes) -> Any:
    """The value of these bytes.

    Raises:
        ValueDamaged: they are no value, or more than one.
    """
    try:
        value, end = _decode(data, 0, 0)
    except (IndexError, ValueError, struct.error, InvalidOperation, OverflowError, TypeError) as error:
        raise ValueDamaged("not a value") from error
    if end != len(data):
        raise ValueDamaged("not a value")
    return value


def _number(data: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 127) << shift
        if byte < 128:
            return value, at
        shift += 7
        if shift > 56:
            raise ValueDamaged("not a number")


_SIZED: Final[dict[int, Callable[[bytes], object]]] = {
    ord("i"): lambda raw: int.from_bytes(raw, "little", signed=True),
    ord("s"): lambda raw: raw.decode("utf-8", "surrogatepass"),
    ord("b"): lambda raw: raw,
    ord("D"): lambda raw: datetime.datetime.fromisoformat(raw.decode().rstrip("~")).replace(fold=raw.count(b"~")),
    ord("a"): lambda raw: datetime.date.fromisoformat(raw.decode()),
    ord("c"): lambda raw: datetime.time.fromisoformat(raw.decode().rstrip("~")).replace(fold=raw.count(b"~")),
    ord("n"): lambda raw: Decimal(raw.decode()),
}
_CONSTANTS: Final = {ord("N"): None, ord("T"): True, ord("F"): False}
_COLLECTIONS: Final[dict[int, Callable[[list[Any]], object]]] = {
    ord("l"): lambda items: items,
    ord("t"): tuple,
    ord("S"): set,
    ord("f"): frozenset,
}


def _decode(data: bytes, at: int, depth: int) -> tuple[Any, int]:
    letter = data[at]
    at += 1
    sized = _SIZED.get(letter)
    if sized is not None:
        size, at = _number(data, at)
        if at + size > len(data):
            raise ValueDamaged("not a value")
        return sized(data[at : at + size]), at + size
    if letter in _CONSTANTS:
        return _CONSTANTS[letter], at
    if letter == ord("d"):
        return _FLOAT.unpack_from(data, at)[0], at + 8
    if depth >= MAX_DEPTH:
        raise ValueDamaged("nested too deep")
    if letter == ord("x"):
        (days, seconds, microseconds), at = _items(data, at, 3, depth)
        return datetime.timedelta(days, seconds, microseconds), at
    collection = _COLLECTIONS.get(letter)
    if collection is None and letter != ord("m"):
        raise ValueDamaged("not a value")
    count, at = _number(data, at)
    if collection is not None:
        items, at = _items(data, at, count, depth)
        return collection(items), at
    items, at = _items(data, at, 2 * count, depth)
    return dict(zip(items[::2], items[1::2], strict=True)), at


def _items(data: bytes, at: int, count: int, depth: int) -> tuple[list[Any], int]:
    if count > len(data) - at:
        raise ValueDamaged("not a value")
    items = []
    for _ in range(count):
        item, at = _decode(data, at, depth + 1)
        items.append(item)
    return items, at
