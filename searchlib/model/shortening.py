"""Texts as ``repr`` shows them: what does not fit in a line is left out."""

from __future__ import annotations

_SHOWN = 60  # code points


def shortened(text: str, shown: int = _SHOWN) -> str:
    """The ``repr`` of a text, of a long one that of its beginning."""
    return repr(text) if len(text) <= shown else f"{text[:shown]!r}…"
