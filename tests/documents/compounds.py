"""Compound files (MS-CFB), and messages of Outlook in them, as small as they can be."""

from __future__ import annotations

import struct
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TypeAlias

Property: TypeAlias = "str | bytes | int | datetime"
Parts: TypeAlias = "Mapping[str, bytes | Parts]"

_MARK = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_SECTOR, _MINI, _CUTOFF = 512, 64, 4096
_END, _FREE, _FAT = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD


def compound(parts: Parts) -> bytes:
    """A compound file of these streams (bytes) and storages (of more)."""
    sectors, fat = bytearray(), []
    minis, minifat = bytearray(), []

    def chain(data: bytes, size: int, held: bytearray, table: list[int]) -> int:
        count = -(-len(data) // size)
        first = len(table)
        table += [*range(first + 1, first + count), _END]
        held += data.ljust(count * size, b"\0")
        return first

    entries: list[list[int | str]] = [["Root Entry", 5, _FREE, _FREE, 0, 0]]  # name, type, right, child, start, size

    def add(parts: Parts, above: int) -> None:
        before = None
        for name in sorted(parts):
            held = parts[name]
            number = len(entries)
            entries.append([name, 2 if isinstance(held, bytes) else 1, _FREE, _FREE, 0, 0])
            if before is None:
                entries[above][3] = number
            else:
                entries[before][2] = number
            before = number
            if not isinstance(held, bytes):
                add(held, number)
            elif held:
                is_small = len(held) < _CUTOFF
                start = chain(held, _MINI, minis, minifat) if is_small else chain(held, _SECTOR, sectors, fat)
                entries[number][4:] = [start, len(held)]

    add(parts, 0)
    entries[0][4:] = [chain(bytes(minis), _SECTOR, sectors, fat) if minis else _END, len(minis)]
    table = struct.pack(f"<{len(minifat)}I", *minifat)
    table += struct.pack("<I", _FREE) * (-len(minifat) % 128)
    mini_at = chain(table, _SECTOR, sectors, fat) if minifat else _END
    listed = b"".join(_entry(*one) for one in entries)  # type: ignore[arg-type]
    directory_at = chain(listed, _SECTOR, sectors, fat)
    count = 1
    while len(fat) + count > count * 128:
        count += 1
    fat_at = len(fat)
    fat += [_FAT] * count
    fat += [_FREE] * (-len(fat) % 128)
    sectors += struct.pack(f"<{len(fat)}I", *fat)
    header = struct.pack(
        "<8s16xHHHHH6xIIIIIIIIII", _MARK, 0x3E, 3, 0xFFFE, 9, 6, 0, count, directory_at,
        0, _CUTOFF, mini_at, len(table) // _SECTOR, _END, 0, fat_at,
    )  # fmt: skip
    places = [*range(fat_at, fat_at + count)] + [_FREE] * (109 - count)
    return header[:76] + struct.pack("<109I", *places) + bytes(sectors)


def _entry(name: str, kind: int, right: int, child: int, start: int, size: int) -> bytes:
    written = (name + "\0").encode("utf-16-le")
    return struct.pack("<64sHBBIII16xI16xIQ", written, len(written), kind, 1, _FREE, right, child, 0, start, size)


def item(properties: Mapping[int, Property], head: int = 8, **storages: Parts) -> Parts:
    """An item of a message, of properties: text, bytes (8-bit text, if given by ``-number``), a number or a time."""
    listed = bytearray(head)
    parts: dict[str, bytes | Parts] = {}
    for number, value in properties.items():
        if isinstance(value, str):
            parts[f"__substg1.0_{number:04X}001F"] = value.encode("utf-16-le")
        elif isinstance(value, bytes):
            parts[f"__substg1.0_{abs(number):04X}{'0102' if number > 0 else '001E'}"] = value
        elif isinstance(value, int):
            listed += struct.pack("<HHIQ", 3, number, 6, value)
        else:
            ticks = int((value - datetime(1601, 1, 1, tzinfo=UTC)).total_seconds()) * 10_000_000
            listed += struct.pack("<HHIQ", 0x40, number, 6, ticks)
    return {**parts, **storages, "__properties_version1.0": bytes(listed)}


def outlook(properties: Mapping[int, Property], *attached: Parts, recipients: tuple[Parts, ...] = (), head: int = 32,
            names: Mapping[int, int] | None = None) -> Parts:  # fmt: skip
    """A message: its properties, its attachments and recipients, and numbers of properties by those that name them."""
    found = {f"__attach_version1.0_#{number:08X}": one for number, one in enumerate(attached)}
    found |= {f"__recip_version1.0_#{number:08X}": one for number, one in enumerate(recipients)}
    if names is not None:
        listed = b"".join(struct.pack("<IHH", name, 6, number - 0x8000) for name, number in names.items())
        found["__nameid_version1.0"] = {"__substg1.0_00030102": listed}
    return {**item(properties, head), **found}
