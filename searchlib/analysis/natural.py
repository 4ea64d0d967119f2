"""The order of documents: by path, numbers in it by their value, so that ``rfc9`` stands before ``rfc10``."""

from __future__ import annotations

import re
from functools import cache

from searchlib.analysis import _ranges
from searchlib.concurrency.lazily import lazy_expression

_ASCII_NUMBER = lazy_expression(r"(\d+)", re.ASCII)


@cache
def _number() -> re.Pattern[str]:
    # Not \d, which every version of Python has its own idea of.
    zeros = [int(zero, 16) for zero in _ranges.ZEROS.split()]
    return re.compile(f"([{''.join(f'{chr(zero)}-{chr(zero + 9)}' for zero in zeros)}]+)")


def natural_key(path: str) -> tuple[list[str | int], str]:
    """What to sort paths by. Text and numbers alternate in it, so keys can always be compared."""
    parts: list[str | int] = []
    for number, part in enumerate((_ASCII_NUMBER if path.isascii() else _number()).split(path)):
        parts.append(int(part) if number % 2 and len(part) < 19 else part if not number % 2 else 0)
    return parts, path
