"""The words of an index that are a few edits from a given one.

The sets of all words, which the vocabulary has ready, leave few whose letters are looked at; their distances are
computed together (see `execution.fuzzy`).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, TypeAlias

import numpy as np

from searchlib.concurrency.lazily import cached_property
from searchlib.engines.whoosh.execution.fuzzy import alike, ascii_distances, distances_by_pattern
from searchlib.engines.whoosh.format.vocabulary import LETTERS, LONGEST, Vocabulary, sets_of
from searchlib.model.arrays import NDArray

AT_ONCE: Final = 1 << 16
"""Words whose letters are laid out together."""
_SEPARATOR: Final = 0x1F
_LINE: Final = 0x0A  # in no word
_ALL: Final = np.uint32((1 << LETTERS) - 1)  # the characters of a set

Ints: TypeAlias = NDArray[np.int64]


class NearWords:
    """Finds words in a vocabulary, so many at once; safe to share between threads."""

    def __init__(self, vocabulary: Vocabulary, at_once: int = AT_ONCE) -> None:
        self.vocabulary = vocabulary
        self._at_once = at_once

    def near(self, text: str, distance: int) -> tuple[Ints, Ints]:
        """The numbers of the words whose folded form is at most so many edits from ``text``, and how many each is.

        Words of the vocabulary have less than `LONGEST` characters; none is near a text of as many.
        """
        if not text or len(text) >= LONGEST:
            return np.zeros(0, np.int64), np.zeros(0, np.int64)
        numbers, sizes = self._possible(text, distance)
        data, ends, lengths = self._places
        distances = np.zeros(len(numbers), np.int64)
        # A key with as many bytes as its folded form has characters is ASCII, and nothing but the folded form.
        plain = lengths[numbers] == sizes
        all_plain = np.flatnonzero(plain)
        for first in range(0, len(all_plain), self._at_once):
            part = all_plain[first : first + self._at_once]
            widths = sizes[part]
            begins = ends[numbers[part]].astype(np.int64) - widths
            columns = np.arange(int(widths.max()))
            letters = data[np.minimum(begins[:, None] + columns, len(data) - 1)]
            distances[part] = _distances(letters, widths, text)
        others = np.flatnonzero(~plain)
        if len(others):
            words = [self.word(number)[0] for number in numbers[others].tolist()]
            distances[others] = _distances(*_as_rows(words), text)
        near = distances <= distance
        return numbers[near], distances[near]

    def key(self, number: int) -> bytes:
        """The key of a word."""
        data, ends, lengths = self._places
        end = int(ends[number])
        return data[end - int(lengths[number]) : end].tobytes()

    def word(self, number: int) -> tuple[str, str]:
        """(folded form, word)."""
        return self.vocabulary.text(self.key(number))

    def folded(self, numbers: Ints) -> list[str]:
        """The folded forms of many words, in one go."""
        data, ends, lengths = self._places
        sizes = lengths[numbers].astype(np.int64)
        stops = sizes.cumsum()
        begins = ends[numbers].astype(np.int64) - sizes
        letters = data[np.repeat(begins - (stops - sizes), sizes) + np.arange(int(stops[-1]) if len(stops) else 0)]
        separators = (letters == _SEPARATOR).cumsum()
        before = np.concatenate(([0], separators))[stops - sizes]
        kept = separators == np.repeat(before, sizes)  # what follows the separator is the word as it is written
        lines = np.insert(letters, stops, _LINE)
        text: str = lines[np.insert(kept, stops, True)].tobytes().decode("utf-8", "replace")
        return text.split("\n")[:-1]

    @cached_property
    def _places(self) -> tuple[NDArray[np.uint8], NDArray[np.uint32], NDArray[np.uint8]]:
        return self.vocabulary.places()

    @cached_property
    def _sets(self) -> tuple[NDArray[np.uint32], NDArray[np.int8]]:
        """The sets of all words, and the number of characters in each."""
        sets = self.vocabulary.sets
        return sets, (sets >> np.uint32(LETTERS)).astype(np.int8)

    def _possible(self, text: str, distance: int) -> tuple[Ints, Ints]:
        """The numbers of the words that may be near, by their sets, and how many characters they have."""
        sets, lengths = self._sets
        mine = sets_of([text.encode()])[0] & _ALL
        low, high = max(len(text) - distance, 1), len(text) + distance
        possible = np.flatnonzero((lengths >= low) & (lengths <= high))
        found = possible[alike(sets[possible] & _ALL, mine, distance)]
        return found, lengths[found].astype(np.int64)


def _as_rows(words: Sequence[str]) -> tuple[NDArray[np.uint32], Ints]:
    """Words as rows of code points, and how many each has."""
    lengths = np.fromiter(map(len, words), np.int64, len(words))
    rows = np.zeros((len(words), int(lengths.max(initial=0))), np.uint32)
    rows[np.arange(rows.shape[1]) < lengths[:, None]] = np.frombuffer("".join(words).encode("utf-32-le"), "<u4")
    return rows, lengths


def _distances(rows: NDArray[np.unsignedinteger], lengths: Ints, text: str) -> Ints:
    """The distance of each word (a row of code points; of bytes, if all is ASCII) to ``text``, in edits."""
    if rows.dtype == np.uint8:
        return ascii_distances(rows, lengths, text)
    known = np.array(sorted(set(map(ord, text))), np.uint32)
    pattern = np.zeros(len(known) + 1, np.uint64)  # the last one: of all other characters
    for place, letter in enumerate(text):
        pattern[known.searchsorted(ord(letter))] |= np.uint64(1 << place)
    numbers = np.minimum(known.searchsorted(rows), len(known) - 1)
    numbers[known[numbers] != rows] = len(known)
    return distances_by_pattern(numbers, lengths, pattern, len(text))


def keys_near(vocabularies: Sequence[NearWords], text: str, distance: int) -> tuple[bytes, ...]:
    """The keys of the words so near a text in any of some vocabularies, sorted."""
    found = {one.key(number) for one in vocabularies for number in one.near(text, distance)[0].tolist()}
    return tuple(sorted(found))
