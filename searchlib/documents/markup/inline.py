"""What stands above the line: raised digits, marks of notes, and the readings of ruby.

A *mark* is what refers to a note, or raises to a power: it ends the word before it. Digits become raised digits, of
which no word is made with what is before them (see `searchlib.analysis.words`): 10⁶ is not 106. Letters are set off by
a blank where they refer to a note, and stay where they belong to the word: 1st, Mᵐᵉ. The *reading* of ruby is left out:
it would stand within the word that it is the reading of.
"""

from __future__ import annotations

import re

READINGS = frozenset({"rt", "rp", "rtc"})
"""Elements of ruby that are not its base."""

_RAISED = str.maketrans("0123456789+-−=()", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾")
_CAN_BE_RAISED = re.compile(r"[0-9+\-−=()]*[0-9][0-9+\-−=()]*")
_SUP = re.compile(r"<sup\b[^<>]*>([^<>]{0,40})</sup\s*>", re.IGNORECASE)
_READING = re.compile(r"<(rt|rp|rtc)\b[^<>]*>[^<>]*(?:</\1\s*>)?", re.IGNORECASE)


def raised(text: str, of_a_note: bool = False) -> str:
    """``text`` as it is to stand behind a word that it is raised above, or is the mark of a note to."""
    said = text.strip()
    if _CAN_BE_RAISED.fullmatch(said):
        return said.translate(_RAISED)
    if of_a_note and said.isascii() and said[:1].isalnum():
        return f" {said}"
    # Several marks of notes, as in 1,2: each is one.
    parts = re.split(r"([,;\s]+)", said)
    if len(parts) > 1 and all(_CAN_BE_RAISED.fullmatch(part) for part in parts[::2]):
        return "".join(part.translate(_RAISED) for part in parts)
    return text


def in_source(source: str) -> str:
    """HTML with what is raised in it as characters, and without readings."""
    if "<" not in source:
        return source
    return _SUP.sub(lambda match: raised(match[1]), _READING.sub("", source))
