"""Text made harmless: nothing in it can steer a terminal or break a page.

The source text is anybody's, and so are names of files, metadata and manifests. An escape character in it could
recolour a terminal, write to its clipboard or worse; a bidirectional override could show words in another order than
they stand (Boucher & Anderson, "Trojan Source", 2021); a line break could forge a message.

* What is *unsafe*: control characters (C0, C1, DEL) but line break and tab, bidirectional controls and marks, the
  separators U+2028 and U+2029, U+FEFF, invisible tags but those of the flags of England, Scotland and Wales, lone
  surrogates. Joiners stay: Persian, the scripts of India and emoji are written with them.
* To *clean* a text is to put others in the place of unsafe characters, one for one, so that ranges stay.
* To *escape* it is to write them as in Python, so that it can be seen what they are: names and messages.
* `Harmless` text was escaped, and may be styled. What it is put together with is escaped, so whoever forgets
  something sees escapes, and never sends them.
"""

from __future__ import annotations

import re
from typing import Any

from searchlib.concurrency.lazily import lazy_expression

REPLACEMENT = "\ufffd"
_INVISIBLE = "\u200b"  # in the place of what takes no column

# Control characters have pictures of their own: ESC is shown as ␛.
_CLEAN = {code: chr(0x2400 + code) for code in range(0x20)} | {0x7F: "\u2421", 0x2028: " ", 0x2029: " "}
_CLEAN |= dict.fromkeys((0x061C, 0x200E, 0x200F, *range(0x206A, 0x2070), 0xFEFF), _INVISIBLE)

_FLAGS = "\U0001f3f4\U000e0067\U000e0062(?:\U000e0065\U000e006e\U000e0067|\U000e0073\U000e0063\U000e0074|"
_FLAGS += "\U000e0077\U000e006c\U000e0073)\U000e007f"
_UNSAFE = lazy_expression(
    _FLAGS + "|[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u206f\ud800-\udfff\ufeff"
    "\ufff9-\ufffb\U000e0000-\U000e007f]"
)


def clean(text: str) -> str:
    """``text`` with as many code points, none of which is unsafe.

    Control characters become their pictures, separators blanks, marks without width a blank without width, all others
    the replacement character.
    """
    if text.replace("\n", " ").isprintable() or not _UNSAFE.search(text):  # the first is faster, and mostly true
        return text
    return _UNSAFE.sub(_cleaned, text.replace("\r\n", " \n"))


def _cleaned(match: re.Match[str]) -> str:
    found = match[0]
    return found if len(found) > 1 else _CLEAN.get(ord(found), REPLACEMENT)


def escape(text: str) -> str:
    r"""``text`` with unsafe characters written as ``\x1b`` and ``\u202e``; line breaks stay."""
    return _UNSAFE.sub(_escaped, text)


def _escaped(match: re.Match[str]) -> str:
    found = match[0]
    return found if len(found) > 1 else found.encode("unicode_escape").decode("ascii")


def escape_json(text: str) -> str:
    r"""JSON that says the same with unsafe characters, which only its strings can have, written as ``\u202e``."""
    return _UNSAFE.sub(_escaped_json, text)


def _escaped_json(match: re.Match[str]) -> str:
    import json

    return match[0] if len(match[0]) > 1 else json.dumps(match[0])[1:-1]


class Harmless(str):
    """A line that can be written to a terminal: escaped, and with no other sequences than our own styles.

    Made by `harmless`, and directly only around what is known to be so.
    """

    __slots__ = ()

    def __add__(self, other: str) -> Harmless:
        return Harmless(str.__add__(self, harmless(other)))

    def __radd__(self, other: str) -> Harmless:
        return Harmless(str.__add__(harmless(other), self))

    def __getitem__(self, key: Any) -> Harmless:
        return Harmless(str.__getitem__(self, key))

    def removeprefix(self, prefix: str, /) -> Harmless:
        """As that of str."""
        return Harmless(str.removeprefix(self, prefix))

    def replace(self, old: str, new: str, count: Any = -1, /) -> Harmless:
        """As that of str; ``new`` is made harmless."""
        return Harmless(str.replace(self, old, harmless(new), count))


def harmless(text: str) -> Harmless:
    r"""``text`` escaped, and on one line: a line break in it is written ``\n``."""
    return text if isinstance(text, Harmless) else Harmless(escape(text).replace("\n", "\\n"))
