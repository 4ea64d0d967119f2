"""Letters that people write in two ways: *Århus* and *Aarhus*.

Who has no such letter on the keyboard writes two instead, and names keep them. Which words are written so, the letters
do not tell (*Israel* is none with ä): so the other spelling of a word is asked for in the words of an index.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Final

LETTERS: Final = {
    "sv": (("å", "aa"), ("ä", "ae"), ("ö", "oe")),
    "da": (("å", "aa"), ("ø", "oe")),
    "no": (("å", "aa"), ("ø", "oe")),
}
"""By language, letters and what is written instead of them. German has them in its stemmer; of æ and ß folding makes ae
and ss in any language."""
_MOST: Final = 4  # other spellings of a word


def respelled(exact: str, language: str) -> list[str]:
    """The other spellings of the exact form of a word in a language: of all its letters, or of one at a time."""
    pairs = LETTERS.get(language, ())
    found = dict.fromkeys(islice(_respelled(exact, pairs), _MOST))
    found.pop(exact, None)
    return list(found)


def _respelled(exact: str, pairs: tuple[tuple[str, str], ...]) -> Iterator[str]:
    plain = whole = exact
    for letter, two in pairs:
        plain, whole = plain.replace(letter, two), whole.replace(two, letter)
    yield plain
    yield whole
    for letter, two in pairs:
        at = exact.find(two)
        while at >= 0:
            yield exact[:at] + letter + exact[at + len(two) :]
            at = exact.find(two, at + 1)
