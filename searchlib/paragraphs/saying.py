"""What a text says, whatever file and format it stands in: by this paragraphs are the same or not.

Formats differ in white space, in the signs that a typesetter puts for those of a keyboard, and in marks of where a word
may be divided. Words, letters and their case, and all other signs count.
"""

from __future__ import annotations

from typing import Final

_TYPESET: Final = {
    **dict.fromkeys(map(ord, "‘’‚‛′"), "'"),
    **dict.fromkeys(map(ord, "“”„‟″"), '"'),
    **dict.fromkeys(map(ord, "‐‑‒–—―−"), "-"),
    **dict.fromkeys((0xAD, 0x200B, 0x2060, 0xFEFF), ""),
    ord("…"): "...",
}


def said(text: str) -> str:
    """``text`` as it is compared: single blanks, none at the ends, signs as a keyboard has them."""
    return " ".join(text.translate(_TYPESET).split())
