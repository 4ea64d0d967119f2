"""The words of an index, for completion and for spelling: how often each occurs, which begin alike, which are near.

Everything is compared without case and accents.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

import numpy as np

from searchlib.analysis import SEPARATOR, fold
from searchlib.concurrency.lazily import lazy_expression
from searchlib.engine.readers import NearWord
from searchlib.engines.whoosh.nearwords import NearWords

_AFTER = b"\xff"  # greater than any byte of a key
_DIGIT = lazy_expression("[0-9]")


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

    def __init__(self, near: NearWords) -> None:
        self._near = near
        self._vocabulary = near.vocabulary

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

    def commonest(self, most: int) -> list[tuple[str, int]]:
        """The words that occur most often, each as it is written, in the order of the vocabulary."""
        found = sorted(self._vocabulary.most(0, len(self._vocabulary), most))
        numbers = np.array([number for number, _ in found], np.int64)
        return list(zip(self._near.folded(numbers), [count for _, count in found], strict=True))

    def near(self, words: Sequence[tuple[str, int]]) -> list[list[NearWord]]:
        """For each of these the words at most so many edits away; of those that differ in accents, the commonest."""
        return [joined(self.near_forms(word, distance)) for word, distance in words]

    def near_forms(self, word: str, distance: int) -> Iterator[FormNear]:
        """The words at most so many edits away, each as it is written, in the order of the vocabulary."""
        numbers, distances = self._near.near(fold(word), distance)
        counts = self._vocabulary.counts_of(numbers).tolist()
        for number, edits, count in zip(numbers.tolist(), distances.tolist(), counts, strict=True):
            folded, exact = self._near.word(number)
            if not _DIGIT.search(folded):  # spelling is about none of these
                yield FormNear(folded, exact, count, edits)
