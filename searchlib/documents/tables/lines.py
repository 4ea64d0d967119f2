"""The lines of a seed as text, one at a time, each with its number.

A file is UTF-8 until a line is not. If no line before it had a character outside ASCII, the rest of the file is read
in the encoding that this line and those after it seem to be in, which may be UTF-8 all the same; otherwise the bytes
that are wrong become U+FFFD and are noted.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from typing import BinaryIO, TypeAlias, cast

from searchlib.documents.encodings import encoding_of, mark_of
from searchlib.documents.seed import Seed
from searchlib.errors import SeedError
from searchlib.guards.limits import how_to_raise

_HEAD = 1 << 16
_TOLD = 256  # lines


LeaveOut: TypeAlias = Callable[[int, bytes], bool]


def text_lines(seed: Seed) -> Iterator[tuple[int, str]]:
    r"""(line number from 1, text with its line break as ``\n``) for each line of ``seed``.

    Raises SeedError if it is binary or has a line of more than ``limits.file_bytes`` bytes.
    """
    return ((number, text) for number, text, _ in plain_lines(seed, lambda number, line: False))


def plain_lines(seed: Seed, leave_out: LeaveOut) -> Iterator[tuple[int, str, bool]]:
    """(line number, text, whether the line is *plain*) for each line: plain are those that are UTF-8 as they stand.

    ``leave_out`` is asked, with its number and bytes, for each line that may be plain; if it says so the line is
    passed over. It must do so only for lines that have been plain before.
    """
    with seed.open() as raw:
        stream = io.BufferedReader(raw, _HEAD) if not isinstance(raw, (io.BufferedReader, io.BytesIO)) else raw  # type: ignore[type-var]
        head = stream.peek(_HEAD) if isinstance(stream, io.BufferedReader) else stream.getvalue()[:_HEAD]
        mark = mark_of(head)
        encoding = seed.options.encoding
        if mark is not None:
            stream.read(len(mark[0]))
            encoding = mark[1]
        elif b"\0" in head and not encoding:
            raise SeedError("binary file", seed.name)
        if encoding and encoding.replace("_", "-").lower() not in ("utf-8", "utf8"):
            try:
                lines = enumerate(io.TextIOWrapper(stream, encoding, "replace", newline=None), 1)
                yield from ((number, line, False) for number, line in lines)
            except LookupError:
                raise SeedError(f"no encoding is called {encoding}", seed.name) from None
            except ValueError as error:
                raise SeedError(f"not {encoding} ({error}); set another encoding", seed.name) from None
        else:
            yield from _utf8_lines(seed, stream, bool(encoding), leave_out)


def _utf8_lines(seed: Seed, stream: BinaryIO, fixed: bool, leave_out: LeaveOut) -> Iterator[tuple[int, str, bool]]:
    most = seed.limits.file_bytes
    encoding = "utf-8"
    ascii_only = True
    number = passed = 0
    while line := stream.readline(most + 1):
        number += 1
        passed += len(line)
        if number % _TOLD == 0:
            seed.passes(passed)
        if len(line) > most:
            raise SeedError(f"line {number} is longer than {most:,} bytes; {how_to_raise('file_bytes')}", seed.name)
        plain = encoding == "utf-8" and line.find(b"\r") in (-1, len(line) - 2)
        if plain and leave_out(number, line):
            ascii_only = ascii_only and line.isascii()
            continue
        try:
            text = line.decode(encoding)
            if ascii_only and not text.isascii():
                ascii_only = False
        except UnicodeDecodeError:
            if ascii_only and not fixed:
                encoding = encoding_of(line + _following(stream))
            if encoding == "utf-8" or not ascii_only:
                seed.notes(number, f"bytes that are not {encoding} were replaced")
            text = line.decode(encoding, "replace")
            plain = False
        if "\r" not in text:
            yield number, text, plain
            continue
        if text.endswith("\r\n") and text.find("\r") == len(text) - 2:  # as Windows ends lines
            yield number, text[:-2] + "\n", plain
            continue
        # As old Macs did: the whole file is one line.
        parts = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
        for place, part in enumerate(parts[:-1]):
            yield number + place, part + "\n", False
        if parts[-1]:
            yield number + len(parts) - 1, parts[-1], False
        number += max(0, len(parts) - 2)


def _following(stream: BinaryIO) -> bytes:
    """Some of what follows in a stream, which stays there; up to a line break."""
    if isinstance(stream, io.BytesIO):
        ahead = bytes(stream.getbuffer()[stream.tell() : stream.tell() + _HEAD])
    else:
        ahead = cast("io.BufferedReader", stream).peek(_HEAD)[:_HEAD]
    return ahead[: ahead.rfind(b"\n") + 1]
