"""Names of an index that are spelt otherwise, in whatever script: Zelenskyy, Зеленський and Selenskyj for Zelensky.

Those that may be a name, by their consonants, come from a table of the words of the index that is made once for a
generation; how near they sound decides (`searchlib.analysis.sounds`). In scripts with capitals a *name* is a word that
no document looked at has without its capital: so Moscow finds no mosque.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Final
from weakref import WeakKeyDictionary

import numpy as np

from searchlib.analysis import Form
from searchlib.analysis.sounds import consonants, is_one_name, keys_of, sounds
from searchlib.engine.requests import Request
from searchlib.guards.deadline import check
from searchlib.query.byname import is_spelt
from searchlib.query.nodes import Word
from searchlib.spelling.variants import is_name

if TYPE_CHECKING:
    from searchlib.engine.readers import Reader

MOST: Final = 12
"""Names for a word, the nearest."""
SHORTEST, LONGEST = 3, 40
"""Letters of a name."""
LEAST: Final = 2
"""Consonants that tell a name."""
_WORDS: Final = 1 << 22
_LOOKED_AT: Final = 5  # paragraphs that a name is looked at in
_KEPT: Final = 1 << 12  # words whose names are remembered
_CHECKED_EVERY: Final = 64
_CASED: Final = range(0x590)


class NameTable:
    """The words of a vocabulary by the keys of how they sound, in a few bytes each."""

    def __init__(self, words: Iterable[str]) -> None:
        named = [word for word in words if SHORTEST <= len(word) <= LONGEST and is_spelt(word)]
        self._text = "\n".join(named)
        sizes = np.fromiter(map(len, named), np.int64, len(named))
        self._ends = (np.cumsum(sizes + 1) - 1).astype(np.uint32)
        self._sizes = sizes.astype(np.uint8)
        hashes, numbers = [np.empty(0, np.int64)], [np.empty(0, np.uint32)]
        for some, keys in keys_of(named):
            hashes.append(np.fromiter(map(hash, keys), np.int64, len(keys)))
            numbers.append(np.array(some, np.uint32))
        all_hashes = np.concatenate(hashes)
        order = np.argsort(all_hashes, kind="stable")
        self._hashes, self._numbers = all_hashes[order], np.concatenate(numbers)[order]

    def like(self, word: str) -> list[str]:
        """The words that share a key with a folded word; a few others, too."""
        wanted = sorted({hash(key) for _, keys in keys_of([word]) for key in keys})
        first, last = (np.searchsorted(self._hashes, wanted, side) for side in ("left", "right"))
        places = [self._numbers[start:stop] for start, stop in zip(first, last, strict=True)]
        numbers = np.unique(np.concatenate([np.empty(0, np.uint32), *places]))
        ends, sizes = self._ends[numbers].tolist(), self._sizes[numbers].tolist()
        return [self._text[end - size : end] for end, size in zip(ends, sizes, strict=True)]


_TABLES: WeakKeyDictionary[Reader, NameTable] = WeakKeyDictionary()
_FOUND: WeakKeyDictionary[Reader, dict[str, tuple[str, ...]]] = WeakKeyDictionary()


def names_like(reader: Reader, word: str) -> Sequence[str]:
    """The names, folded, that sound as a folded word does, the nearest first; remembered for a generation."""
    known = _FOUND.setdefault(reader, {})
    found = known.get(word)
    if found is None:
        if len(known) >= _KEPT:
            known.clear()
        found = known[word] = tuple(_find(reader, word))
    return found


def _find(reader: Reader, word: str) -> list[str]:
    if not SHORTEST <= len(word) <= LONGEST or consonants(sounds(word)) < LEAST:
        return []
    table = _TABLES.get(reader)
    if table is None:
        words = (word for word, _ in reader.words.commonest(_WORDS))
        table = _TABLES[reader] = NameTable(words)
    near = []
    for number, other in enumerate(table.like(word)):
        if number % _CHECKED_EVERY == 0:
            check()
        away = is_one_name(word, other) if other != word else None
        if away is not None:
            near.append((away, other))
    found: list[str] = []
    for _, other in sorted(near):
        if len(found) < MOST and _is_written_as_name(reader, other):
            found.append(other)
    return found


def _is_written_as_name(reader: Reader, word: str) -> bool:
    """Whether documents write a word with a capital, where its script has any."""
    if ord(word[0]) not in _CASED:
        return True
    check()
    asked = Request(Word(word, (Form(word, word),), (("text", 1.0),)), limit=_LOOKED_AT, records=True)
    hits = reader.search(asked).hits
    records = [hit.record or reader.records([hit.handle])[0] for hit in hits]
    return is_name(word, (record.paragraph.text for record in records))
