"""Other spellings of a name: Zelensky and Zelenskyy, Qaddafi and Qadhafi, each of which some documents have.

Such a word is no mistake, and has hits; others are found only by its other form. Names from other scripts differ in how
a sound is written, so two words are *spelt alike* if they have the same skeleton: doubled letters once, and each of a
few sounds in one way (`_SOUNDS`). A *name* is a word that no document looked at has without its capital. Other words
that are as near to each other as these mostly mean something else, and are left.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Final

from searchlib.analysis import fold
from searchlib.analysis.words import find_words
from searchlib.concurrency.lazily import lazy_expression
from searchlib.spelling.casing import like
from searchlib.spelling.corrections import Correction, TypedWord

if TYPE_CHECKING:
    from searchlib.engine.readers import NearWord

SHORTEST_NAME: Final = 5
"""Letters of a name that is looked at."""
_SOUNDS: Final = (
    ("tsch", "ch"),
    ("tch", "ch"),
    ("sch", "sh"),
    ("ph", "f"),
    ("ck", "k"),
    ("kh", "h"),
    ("dh", "d"),
    ("th", "t"),
    ("gh", "g"),
    ("tz", "z"),
    ("ts", "z"),
    ("ou", "u"),
    ("q", "k"),
    ("c", "k"),
    ("w", "v"),
    ("y", "i"),
    ("j", "i"),
)
"""Ways to write a sound, and the one that they are compared by: after one another."""
_DOUBLED: Final = lazy_expression(r"(.)\1+")


def variants(place: TypedWord, count: int, near: Sequence[NearWord]) -> list[Correction]:
    """Other spellings of a word that occurs ``count`` times, if they occur as often: the commonest first."""
    own, typed = skeleton(place.text), fold(place.text)
    found = [
        Correction(place.start, place.end, like(place.text, word), float(often))
        for word, often, _ in near
        if often >= count and fold(word) != typed and skeleton(word) == own
    ]
    return sorted(found, key=lambda one: (-one.weight, one.text))


def skeleton(word: str) -> str:
    """A word as it is compared with others that are spelt alike."""
    said = fold(word)
    for written, sound in _SOUNDS:
        said = said.replace(written, sound)
    return _DOUBLED.sub(r"\1", said)


def is_name(word: str, texts: Iterable[str]) -> bool:
    """Whether ``word`` stands in texts, and always with a capital."""
    wanted = fold(word)
    found = [one[0] for text in texts for one in find_words(text) if fold(one[0]) == wanted]
    return bool(found) and all(one[0].isupper() for one in found)
