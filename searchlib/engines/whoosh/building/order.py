"""The order of documents: by path, numbers in it by their value, so that ``rfc9`` stands before ``rfc10``."""

from __future__ import annotations

import re

_NUMBER = re.compile(r"(\d+)")


def natural_key(path: str) -> tuple[list[str | int], str]:
    """What to sort paths by. Text and numbers alternate in it, so keys can always be compared."""
    parts: list[str | int] = []
    for number, part in enumerate(_NUMBER.split(path)):
        # int() takes digits of every script, but not the superscripts that \d leaves out as well.
        parts.append(int(part) if number % 2 and len(part) < 19 else part if not number % 2 else 0)
    return parts, path
