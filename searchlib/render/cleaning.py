"""Text made harmless: nothing in it can steer a terminal or break a page.

The source text is anybody's. An escape character in it could recolour a terminal, rename its window or worse, and a
bidirectional override could show words in another order than they stand (Boucher & Anderson, "Trojan Source", 2021).
"""

from __future__ import annotations

import re

REPLACEMENT = "\ufffd"

# Control characters have pictures of their own: ESC is shown as ␛.
_PICTURES = {code: chr(0x2400 + code) for code in range(0x20) if chr(code) not in "\n\t"} | {0x7F: "\u2421"}
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_BIDI = re.compile("[\u202a-\u202e\u2066-\u2069]")


def clean(text: str) -> str:
    """``text`` with as many code points, none of which is a control other than line break and tab.

    Control characters become their pictures, those without one, bidirectional controls and lone surrogates the
    replacement character. As the length stays, so do all ranges.
    """
    if not _CONTROL.search(text):
        return text
    return _CONTROL.sub(lambda match: _PICTURES.get(ord(match[0]), REPLACEMENT), text.replace("\r\n", " \n"))
