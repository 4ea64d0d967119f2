r"""Characters of a query before its syntax is read: what is none, what is another way to write one.

* ``printable``: control characters and line breaks are spaces.
* ``readable``: the full-width forms of operators (``（和平） ＡＮＤ 貿易``) are those of ASCII, and an escaped
  character (``\"``) becomes one that no syntax knows. ``unescaped`` gives it back.

Each keeps the number of code points, so that places in the result are places in what was typed.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

# Private characters never come in from outside: to ``printable`` they are spaces.
_ESCAPE = "\ue100"
_ESCAPED = 0xE000
_ESCAPES = re.compile(r"\\([!-/:-@\[-`{-~ ])")
_UNESCAPES = re.compile(f"{_ESCAPE}(.)")
# Question marks, tildes and stars of full width are punctuation in ordinary text.
_WIDE = str.maketrans(
    {wide: chr(ord(wide) - 0xFEE0) for wide in "（）［］｛｝＋－＂＾＜＞＝"}
    | {chr(0xFEE0 + code): chr(code) for code in (*range(0x30, 0x3A), *range(0x41, 0x5B), *range(0x61, 0x7B))}
)
_WIDE_COLON = re.compile(r"(?<![\w.\-])([^\W\d][\w.\-]{0,63})：")


def printable(text: str) -> str:
    """``text`` with a space for every control character, line break, unassigned surrogate or the like."""
    if text.isprintable():
        return text
    return "".join(
        " " if character.isspace() or unicodedata.category(character) in ("Cc", "Cs", "Co", "Cn") else character
        for character in text
    )


def readable(text: str, is_field: Callable[[str], bool]) -> str:
    """Printable ``text`` for the parser. A full-width colon ends a field's name only where there is such a field."""
    if not text.isascii():
        text = text.translate(_WIDE)
        if "：" in text:
            text = _WIDE_COLON.sub(lambda match: match[1] + (":" if is_field(match[1]) else "："), text)
    if "\\" in text:
        text = _ESCAPES.sub(lambda match: _ESCAPE + chr(_ESCAPED + ord(match[1])), text)
    return text


def unescaped(text: str, write: Callable[[str], str] = str) -> str:
    """``text`` with the characters that were escaped, each as ``write`` has it."""
    if _ESCAPE not in text:
        return text
    return _UNESCAPES.sub(lambda match: write(chr(ord(match[1]) - _ESCAPED)), text)
