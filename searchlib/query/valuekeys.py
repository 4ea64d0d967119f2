"""The keys of whole values of metadata: terms that tell values apart, and sort as the values do.

* A *number* is what JSON has as one, and a text that is one: ``1995``, ``-3.5``. What has a zero or a plus before it
  (``02134``, ``+49``) is no measure, and text. Integers are exact, whatever their size.
* A *spelling* is a text for a number that is not its shortest: ``1.10`` stands beside ``1.1``, and is another value.
* A *date* is that of ISO 8601, to the month, the day, the minute or more closely, in any year; times with a zone are
  those of UTC. It is its year, more closely: so dates and years are in the order of time, and a key begins that of all
  that is within it.
* All else is *text*, folded.

The keys are part of the index format.
"""

from __future__ import annotations

import math
import re
import struct
from functools import lru_cache

from searchlib.analysis import fold
from searchlib.concurrency.lazily import lazy_expression
from searchlib.model.records import TOO_BIG, Scalar

NUMBER, TEXT = "\x01", "\x03"
"""What keys begin with."""
WITHIN, SPELLED, LAST = "\x1e", "\x1f", "\U0010ffff"
"""What comes after a year and after a number in the keys of dates and of spellings, and after any of these."""

_LONGEST_VALUE = 200
_NUMBER_TEXT = lazy_expression(r"-?(?:0|[1-9]\d{0,299})(?:\.\d{1,100})?", re.ASCII)
_DATE = lazy_expression(
    r"(-?\d{4,6})-(\d\d)(?:-(\d\d)(?:[Tt ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,12}))?)?"
    r" ?(Z|z|UTC|[+-]\d\d(?::?\d\d)?)?)?)?",
    re.ASCII,
)
_DAYS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


def whole_keys(value: Scalar) -> list[str]:
    """The terms of a whole value. The last is its key; a text that is a number or a date has a term as text, too."""
    if isinstance(value, bool):
        return [TEXT + ("true" if value else "false")]
    if isinstance(value, (int, float)):
        return [NUMBER + sortable(value)]
    text = value[:_LONGEST_VALUE]
    key = measure_key(value)
    return [TEXT + fold(_as_iso(text) if key else text), key] if key else [TEXT + fold(text)]


def measure_key(text: str) -> str:
    """The key of the number or date that a text is; "" if it is neither."""
    if not text or not (text[0] in "-0123456789" or text[0].isspace()):
        return ""
    return _measure_key(text.strip())


@lru_cache(1 << 12)
def _measure_key(text: str) -> str:
    if _NUMBER_TEXT.fullmatch(text):
        number = number_of(text)
        if number is None:
            return ""
        key = NUMBER + sortable(number)
        return key if _shortest(number) == text else key + SPELLED + text
    return date_key(text)


def number_of(text: str) -> int | float | None:
    """The number that a person means by a text; None if it is none, or too large for one."""
    try:
        number: int | float = int(text) if text.strip().lstrip("+-").isdecimal() else float(text)
    except ValueError:
        return None
    return number if (abs(number) < TOO_BIG if isinstance(number, int) else math.isfinite(number)) else None


def _shortest(number: int | float) -> str:
    from decimal import Decimal

    return str(int(number)) if number == int(number) else format(Decimal(repr(number)), "f")


def sortable(number: int | float) -> str:
    """Hexadecimal digits that sort as the numbers do: 16 (IEEE 754 order, sign bit turned), and for an integer that no
    float is, what it is above the float below, with the number of its digits before it.
    """
    below = float(number)
    rest = 0
    if isinstance(number, int) and int(below) != number:
        below = below if int(below) < number else math.nextafter(below, -math.inf)
        rest = number - int(below)
    if below == 0:
        below = 0.0  # minus zero is zero
    (bits,) = struct.unpack(">Q", struct.pack(">d", below))
    digits = f"{rest:x}" if rest else ""
    return f"{bits ^ (0xFFFFFFFFFFFFFFFF if bits >> 63 else 1 << 63):016x}" + (
        f"{len(digits):02x}{digits}" if rest else ""
    )


def date_key(text: str) -> str:
    """The key of a date; "" of what is none, or of no day that there is."""
    match = _DATE.fullmatch(text)
    if match is None:
        return ""
    year, month, day, hour, minute, second, fraction, zone = match.groups()
    parts = [int(year), int(month), *(int(part) for part in (day, hour, minute, second) if part)]
    if not _is_time(parts):
        return ""
    if zone and zone not in ("Z", "z", "UTC"):
        parts = _in_utc(parts, zone)
    rest = f"{parts[1]:02d}" + "".join(f"{mark}{part:02d}" for mark, part in zip("-T::", parts[2:], strict=False))
    fraction = (fraction or "").rstrip("0")
    return NUMBER + sortable(parts[0]) + WITHIN + rest + ("." + fraction if fraction else "")


def _is_time(parts: list[int]) -> bool:
    year, month, day, hour, minute, second = [*parts, 1, 0, 0, 0][:6]
    if not (1 <= month <= 12 and 1 <= day <= _DAYS[month - 1] and hour < 24 and minute < 60 and second <= 60):
        return False
    return (month, day) != (2, 29) or (year % 4 == 0 and (year % 100 != 0 or year % 400 == 0))


def _in_utc(parts: list[int], zone: str) -> list[int]:
    from datetime import UTC, datetime, timedelta, timezone

    minutes = int(zone[1:3]) * 60 + int(zone[-2:] if len(zone) > 3 else 0)
    try:
        ahead = timezone(timedelta(minutes=-minutes if zone[0] == "-" else minutes))
        year, month, day, hour, minute, second = [*parts, 0][:6]
        moment = datetime(year, month, day, hour, minute, min(second, 59), tzinfo=ahead).astimezone(UTC)
    except (ValueError, OverflowError):  # a year, or a zone, that Python does not have
        return parts
    return [moment.year, moment.month, moment.day, moment.hour, moment.minute, moment.second][: len(parts)]


def _as_iso(text: str) -> str:
    return text.strip().replace(" ", "T", 1)


# Bounds


def bound_key(text: str) -> str:
    """The key with which a bound of a range that is a number or a date begins; "" for what is neither."""
    number = number_of(text)
    return date_key(text.strip()) if number is None else NUMBER + sortable(number)


def after(key: str) -> str:
    """What comes after all that is within the value of a key: the seconds of a day, the spellings of a number."""
    return key + (LAST if WITHIN in key else SPELLED + LAST)
