"""The words of an index, for completion and for spelling: how often each occurs, which begin alike, which are near.

Everything is compared without case and accents.

Near words are found as `execution.fuzzy` finds near terms: the sets of all words leave few, whose distances are
computed together.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple, TypeAlias

import numpy as np

from searchlib.analysis import SEPARATOR, fold
from searchlib.concurrency.lazily import cached_property
from searchlib.engine.readers import NearWord
from searchlib.engines.whoosh.execution.fuzzy import alike, ascii_distances, distances_by_pattern
from searchlib.engines.whoosh.format.vocabulary import LETTERS, LONGEST, Vocabulary, sets_of
from searchlib.model.arrays import NDArray

_AFTER = b"\xff"  # greater than any byte of a key
_AT_ONCE = 1 << 16  # words whose letters are laid out together
_ALL = np.uint32((1 << LETTERS) - 1)  # the characters of a set

Ints: TypeAlias = NDArray[np.int64]


class FormNear(NamedTuple):
    """A word as it is written, not far from another: with its folded form, how often it occurs, and how many edits."""

    folded: str
    exact: str
    often: int
    edits: int


def joined(forms: Iterable[FormNear]) -> list[NearWord]:
    """Words that differ in nothing but accents as one, the commonest of them; given and answered in order."""
    found: dict[str, NearWord] = {}
    greatest: dict[str, int] = {}
    for folded, exact, count, edits in forms:
        shown, total, _ = found.get(folded, (exact, 0, 0))
        if count > greatest.get(folded, 0):
            greatest[folded], shown = count, exact
        found[folded] = NearWord(shown, total + count, edits)
    return list(found.values())


class IndexWords:
    """Implements ``searchlib.engine.readers.Words`` on a vocabulary; safe to share between threads."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._vocabulary = vocabulary

    def beginning(self, prefix: str, limit: int) -> list[tuple[str, int]]:
        """The commonest words that begin with ``prefix``; those of one count in the order of the vocabulary."""
        return [(self._vocabulary.text(key)[1], count) for key, count in self.keys_beginning(prefix, limit)]

    def keys_beginning(self, prefix: str, limit: int) -> list[tuple[bytes, int]]:
        """The same by their keys."""
        begin = fold(prefix).encode()
        if not begin or limit < 1:
            return []
        known = self._vocabulary
        first, last = known.locate(begin), known.locate(begin + _AFTER)
        most = known.most(first, last, limit) if first < last else ()
        return [(known.keys(number, number + 1)[0], count) for number, count in most]

    def count_of(self, key: bytes) -> int:
        """How often the word of a key occurs, written just so."""
        known = self._vocabulary
        at = known.locate(key)
        return int(known.counts(at, at + 1)[0]) if known.keys(at, min(at + 1, len(known))) == [key] else 0

    def counts(self, words: Sequence[str]) -> list[int]:
        """How often each of these occurs, with whatever accents."""
        return list(map(self._count, words))

    def _count(self, word: str) -> int:
        folded = fold(word).encode()
        if not folded:
            return 0
        known = self._vocabulary
        first, last = known.locate(folded), known.locate(folded + SEPARATOR.encode() + _AFTER)
        return int(known.counts(first, last).sum()) if first < last else 0

    def near(self, words: Sequence[tuple[str, int]]) -> list[list[NearWord]]:
        """For each of these the words at most so many edits away; of those that differ in accents, the commonest."""
        return [joined(self.near_forms(word, distance)) for word, distance in words]

    def near_forms(self, word: str, distance: int) -> Iterator[FormNear]:
        """The words at most so many edits away, each as it is written, in the order of the vocabulary."""
        text = fold(word)
        if not text or len(text) >= LONGEST:
            return
        numbers, distances = self._near(text, distance)
        counts = self._vocabulary.counts_of(numbers).tolist()
        for number, edits, count in zip(numbers.tolist(), distances.tolist(), counts, strict=True):
            yield FormNear(*self._placed(number), count, edits)

    def _placed(self, number: int) -> tuple[str, str]:
        """(folded form, word), once the places of all are known."""
        data, ends, lengths = self._places
        end = int(ends[number])
        return self._vocabulary.text(data[end - int(lengths[number]) : end].tobytes())

    def _near(self, text: str, distance: int) -> tuple[Ints, Ints]:
        """The numbers of the words that are near, and how near."""
        numbers, sizes = self._possible(text, distance)
        data, ends, lengths = self._places
        distances = np.zeros(len(numbers), np.int64)
        # A key with as many bytes as its folded form has characters is ASCII, and nothing but the folded form.
        plain = lengths[numbers] == sizes
        all_plain = np.flatnonzero(plain)
        for first in range(0, len(all_plain), _AT_ONCE):
            part = all_plain[first : first + _AT_ONCE]
            widths = sizes[part]
            begins = ends[numbers[part]].astype(np.int64) - widths
            columns = np.arange(int(widths.max()))
            letters = data[np.minimum(begins[:, None] + columns, len(data) - 1)]
            distances[part] = _distances(letters, widths, text)
        others = np.flatnonzero(~plain)
        if len(others):
            words = [self._placed(number)[0] for number in numbers[others].tolist()]
            distances[others] = _distances(*_as_rows(words), text)
        near = distances <= distance
        return numbers[near], distances[near]

    @cached_property
    def _places(self) -> tuple[NDArray[np.uint8], NDArray[np.uint32], NDArray[np.uint8]]:
        return self._vocabulary.places()

    @cached_property
    def _sets(self) -> tuple[NDArray[np.uint32], NDArray[np.int8]]:
        """The sets of all words, and the number of characters in each."""
        sets = self._vocabulary.sets
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
