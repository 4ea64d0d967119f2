"""Tables of stems: for each language, which words of a segment's documents have a stem.

A table is a dictionary as that of terms (see `terms`), without postings. Its keys say a stem and a word::

    stem · U+001F · a byte: 32 and how many bytes of the stem's end the word does not have · what the word has behind

So the words of a stem are neighbours, and a key takes hardly more than the stem. Whose stem is the word itself is not
in a table. What made the stems is written beside it: if that is another now, the table says nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Final, NamedTuple

import numpy as np

from searchlib.engines.whoosh.format.container import Container, ContainerWriter
from searchlib.engines.whoosh.format.terms import Terms, TermsWriter

_SEPARATOR: Final = b"\x1f"
_AFTER: Final = b"\x20"
_NONE: Final = 32
_MOST: Final = 255 - _NONE
_AT_ONCE: Final = 4096


class StemTable(NamedTuple):
    """The table of a language: what ``made`` the stems, and the keys."""

    made: str
    keys: Terms

    def words(self, stem: bytes) -> Iterator[bytes]:
        """The words with a stem, in the order of their keys."""
        for some in self.keys.keys(stem + _SEPARATOR, stem + _AFTER):
            for key in some:
                yield decoded(key)[1]

    def pairs(self) -> Iterator[bytes]:
        """All keys."""
        for some in self.keys.keys(b""):
            yield from some


def encoded(stem: bytes, word: bytes) -> bytes | None:
    """The key of a stem and a word; None if they differ in more than a table can say."""
    most = min(len(stem), len(word))
    same = next((at for at in range(most) if stem[at] != word[at]), most)
    cut = len(stem) - same
    return b"%b%b%c%b" % (stem, _SEPARATOR, _NONE + cut, word[same:]) if cut <= _MOST else None


def decoded(key: bytes) -> tuple[bytes, bytes]:
    """The stem and the word of a key."""
    stem, _, rest = key.partition(_SEPARATOR)
    return stem, stem[: max(len(stem) + _NONE - rest[0], 0)] + rest[1:] if rest else stem


def write_tables(container: ContainerWriter, tables: Iterable[tuple[str, str, list[bytes]]]) -> None:
    """Write the tables of some languages, each with what made the stems and its keys, sorted."""
    described = []
    for language, made, keys in tables:
        writer = TermsWriter(container, "stems:" + language, "stemindex:" + language)
        for first in range(0, len(keys), _AT_ONCE):
            some = keys[first : first + _AT_ONCE]
            writer.add(some, *(np.zeros(len(some), np.int64),) * 3)
        writer.finish()
        described.append({"language": language, "made": made, "words": len(keys)})
    container.meta["stems"] = described


def read_tables(container: Container) -> dict[str, StemTable]:
    """The tables of a segment, by language. Raises IndexCorrupt."""
    found = {}
    described: Any = container.meta.get("stems", [])
    try:
        for one in described:
            language, count = str(one["language"]), int(one["words"])
            groups, index = container.section("stems:" + language), container.section("stemindex:" + language)
            found[language] = StemTable(str(one["made"]), Terms(f"stems {language}", groups, index, groups, count))
    except (KeyError, TypeError, ValueError, OverflowError):
        container.damaged("its tables of stems are not what was written")
    return found
