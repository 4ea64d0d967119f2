"""TOML that may come from a stranger: the parser takes memory by the square of how deep a key with dots goes."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

_DEEPEST = 64
"""Parts of a key with dots; what is nested by brackets ends at the parser's own limit."""


def loads(source: str, deepest: int = _DEEPEST) -> dict[str, Any]:
    """What ``source`` says. Raises ValueError if it is not TOML, or has keys of more than ``deepest`` parts."""
    import tomllib

    if _dotted(deepest).search(source):
        raise ValueError(f"keys of more than {deepest:,} parts")
    try:
        return tomllib.loads(source)
    except RecursionError:
        raise ValueError("nested too deeply") from None


@cache
def _dotted(deepest: int) -> re.Pattern[str]:
    # A part is looked for at its beginning only, so that all of them together are read a bounded number of times.
    part = r"""(?:(?<![\w-])[A-Za-z0-9_-]+|"[^"\n]*"|'[^'\n]*')[ \t]*"""
    return re.compile(rf"(?:{part}\.[ \t]*){{{deepest}}}")
