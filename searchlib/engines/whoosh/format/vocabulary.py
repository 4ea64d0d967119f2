"""The vocabulary of an index: its words as people write them, and how often each occurs.

* A *word* is an exact form that is not stemmed. Its *key* is as in the term dictionary: the folded form, and after
  U+001F the exact one where they differ. Keys are in byte order, so all words that begin alike without accents are
  neighbours.
* Its *count* is how often it stands in the documents that are not deleted.
* Its *set* has a bit for the characters of the folded form, and their number. An edit takes away at most one of the
  bits, adds at most one and changes the number by at most one: so most words are seen to be far from a given one
  without looking at them.

Sections, for n words, in blocks of 64::

    words     the keys, one after the other
    lengths   of each key in bytes (n)
    blocks    where the first key of each block begins in ``words`` (8 each)
    counts    of each word (n); 255: 255 or more, see below
    large     the numbers of the words with 255 or more (4 each)
    largest   the counts of these (8 each)
    sets      of each word (4·n): bit (c + 7) mod 26 for each character c, bits 26 to 31 how many there are

Nothing is compressed: what a query touches is read where it is mapped. `VocabularyWriter` writes one, `Vocabulary`
reads it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from operator import lt
from typing import Any, Final, NoReturn

import numpy as np

from searchlib.engines.whoosh.format.container import Container, ContainerWriter
from searchlib.model.arrays import NDArray

KIND: Final = b"VOCA"
BLOCK: Final = 64
LONGEST: Final = 63
"""Characters of a word; what is longer is no word that anyone types."""
LONGEST_KEY: Final = 255
"""Bytes of a key."""
LETTERS: Final = 26
_LARGE: Final = 255
_CHUNK: Final = 1 << 13
_SEPARATOR: Final = 0x1F

Ints = NDArray[np.int64]


def sets_of(keys: Sequence[bytes]) -> NDArray[np.uint32]:
    """The set of each key."""
    if not keys:
        return np.zeros(0, np.uint32)
    codes = np.frombuffer((b"\n".join(keys) + b"\n").decode().encode("utf-32-le"), "<u4")
    breaks = np.flatnonzero(codes == ord("\n"))
    begins = np.concatenate(([0], breaks[:-1] + 1))
    ends = breaks.copy()
    separators = np.flatnonzero(codes == _SEPARATOR)
    ends[np.searchsorted(breaks, separators)] = separators
    bits = np.uint32(1) << (codes + np.uint32(7)) % np.uint32(LETTERS)
    sets: NDArray[np.uint32] = np.bitwise_or.reduceat(bits, np.stack((begins, ends), axis=1).reshape(-1))[::2]
    sets |= (ends - begins).astype(np.uint32) << np.uint32(LETTERS)
    return sets


def increasing(keys: Sequence[bytes]) -> bool:
    """Whether each key is greater than the one before."""
    return all(map(lt, keys, islice(keys, 1, None)))


class VocabularyWriter:
    """Writes words as they come, in the order of their keys.

    Args:
        container: a new one; `close` closes it.
    """

    def __init__(self, container: ContainerWriter) -> None:
        self._container = container
        self._last = b""
        self._lengths: list[NDArray[np.uint8]] = []
        self._counts: list[NDArray[np.uint8]] = []
        self._large: list[Ints] = []
        self._largest: list[Ints] = []
        self._sets: list[NDArray[np.uint32]] = []
        self._size = self._tokens = 0
        container.begin("words")

    def add(self, keys: Sequence[bytes], counts: Sequence[int]) -> None:
        """Add successive words. Raises ValueError if they are not in order, or cannot be in a vocabulary."""
        if not keys:
            return
        numbers = np.array(counts, np.int64)
        lengths = np.fromiter(map(len, keys), np.int64, len(keys))
        if keys[0] <= self._last or not increasing(keys):
            raise ValueError("words that are not in order")
        if int(numbers.min()) < 1 or int(lengths.max()) > LONGEST_KEY:
            raise ValueError("words that cannot be in a vocabulary")
        self._last = keys[-1]
        large = np.flatnonzero(numbers >= _LARGE)
        self._container.write(b"".join(keys))
        self._lengths.append(lengths.astype(np.uint8))
        self._counts.append(np.minimum(numbers, _LARGE).astype(np.uint8))
        self._large.append(large + self._size)
        self._largest.append(numbers[large])
        self._sets.append(sets_of(keys))
        self._size += len(keys)
        self._tokens += int(numbers.sum())

    def close(self, sync: bool = True) -> None:
        """Write the rest and close the file."""
        container = self._container
        container.end()
        lengths = _joined(self._lengths, "u1")
        container.section("lengths", lengths)
        begins = np.cumsum(lengths, dtype=np.int64) - lengths
        container.section("blocks", begins[::BLOCK].astype("<u8"))
        container.section("counts", _joined(self._counts, "u1"))
        container.section("large", _joined(self._large, "<u4"))
        container.section("largest", _joined(self._largest, "<u8"))
        container.section("sets", _joined(self._sets, "<u4"))
        container.meta = {"words": self._size, "tokens": self._tokens}
        container.close(sync)

    def abort(self) -> None:
        """Close the file, unfinished."""
        self._container.abort()


def _joined(parts: Sequence[NDArray[Any]], dtype: str) -> NDArray[Any]:
    return np.concatenate([np.zeros(0, dtype), *(part.astype(dtype, copy=False) for part in parts)]).astype(dtype)


class Vocabulary:
    """A vocabulary, for reading; safe to share between threads.

    Args:
        container: the file.

    Raises:
        IndexCorrupt: from here and from every method: the file is not what was written.
    """

    def __init__(self, container: Container) -> None:
        self._container = container
        sections = {name: container.section(name) for name in _ITEMS}
        count, self.tokens = container.meta.get("words"), container.meta.get("tokens")
        sizes = {name: section.length // _ITEMS[name] for name, section in sections.items()}
        whole = all(section.length % _ITEMS[name] == 0 for name, section in sections.items())
        fitting = sizes["lengths"] == sizes["counts"] == sizes["sets"] == count and sizes["large"] == sizes["largest"]
        if (
            type(count) is not int
            or type(self.tokens) is not int
            or not whole
            or not fitting
            or sizes["blocks"] != -(-count // BLOCK)
        ):
            container.damaged("its sections do not fit each other")
        self._count: int = count
        self._words, self._lengths, self._counts = sections["words"], sections["lengths"], sections["counts"]
        self._blocks, self._large, self._largest = sections["blocks"], sections["large"], sections["largest"]
        self._sets = sections["sets"]

    def __len__(self) -> int:
        """How many words there are."""
        return self._count

    @property
    def sets(self) -> NDArray[np.uint32]:
        """The set of each word."""
        return self._sets.array("<u4")

    def verify(self) -> None:
        """Compare every checksum."""
        self._container.verify()

    def damaged(self, what: str) -> NoReturn:
        """Raise IndexCorrupt for the file."""
        self._container.damaged(what)

    # Words by number

    def keys(self, first: int, last: int) -> list[bytes]:
        """The keys of the words from number ``first`` up to and without ``last``."""
        if first >= last:
            return []
        block = first // BLOCK
        stop = min(-(-last // BLOCK) * BLOCK, self._count)
        begin, end = self._begin(block), self._begin(-(-last // BLOCK))
        lengths = self._lengths.slice(block * BLOCK, stop)
        ends = np.cumsum(lengths, dtype=np.int64)
        if begin + int(ends[-1]) != end:
            self._container.damaged("the lengths of its words are not what was written")
        data = self._words.slice(begin, end)
        # Separated, so that they can be split in one go: no word has a line break.
        separated = np.full(len(data) + len(lengths), ord("\n"), np.uint8)
        separated[np.arange(len(data)) + np.repeat(np.arange(len(lengths)), lengths)] = data
        keys = separated.tobytes().split(b"\n", len(lengths))
        skipped = first - block * BLOCK
        return keys[skipped : skipped + last - first]

    def _begin(self, block: int) -> int:
        """Where a block begins in the keys."""
        if BLOCK * block >= self._count:
            return self._words.length
        return int.from_bytes(self._blocks.slice(8 * block, 8 * block + 8).tobytes(), "little")

    def places(self) -> tuple[NDArray[np.uint8], NDArray[np.uint32], NDArray[np.uint8]]:
        """All words: (bytes, ends, lengths); the key of word i is the ``lengths[i]`` bytes before ``ends[i]``."""
        lengths = self._lengths.array("u1")
        ends = np.cumsum(lengths, dtype=np.uint32)
        if self._words.length >= 1 << 32 or (int(ends[-1]) if len(ends) else 0) != self._words.length:
            self._container.damaged("the lengths of its words are not what was written")
        return self._words.array("u1"), ends, lengths

    def text(self, key: bytes) -> tuple[str, str]:
        """(folded form, word) of a key."""
        try:
            folded, separator, exact = key.decode().partition("\x1f")
        except UnicodeDecodeError:
            self._container.damaged("a word is no text")
        return (folded, exact) if separator else (folded, folded)

    def locate(self, key: bytes) -> int:
        """The number of the first word whose key is not less than ``key``."""
        low, high = 0, -(-self._count // BLOCK)
        while low < high:  # blocks before low begin below the key
            middle = (low + high) // 2
            begin = self._begin(middle)
            length = int(self._lengths.slice(middle * BLOCK, middle * BLOCK + 1)[0])
            if self._words.slice(begin, begin + length).tobytes() < key:
                low = middle + 1
            else:
                high = middle
        if not low:
            return 0
        first = (low - 1) * BLOCK
        keys = self.keys(first, min(first + BLOCK, self._count))
        return first + sum(known < key for known in keys)

    # Counts

    def counts(self, first: int, last: int) -> Ints:
        """The counts of the words from number ``first`` up to and without ``last``."""
        found = self._counts.slice(first, last).astype(np.int64)
        a, b = self._large_between(first, last)
        if b - a != int((found == _LARGE).sum()):
            self._container.damaged("its large counts are not what was written")
        found[self._numbers(a, b, first, last) - first] = self._greatest(a, b)
        return found

    def counts_of(self, numbers: Ints) -> Ints:
        """The counts of some words, given by number."""
        found = self._counts.array("u1")[numbers].astype(np.int64)
        rows = np.flatnonzero(found == _LARGE)
        if len(rows):
            large = self._large.array("<u4")
            places = np.searchsorted(large, numbers[rows].astype(np.uint32))
            if len(large) == 0 or int(places.max()) >= len(large):
                self._container.damaged("its large counts are not what was written")
            found[rows] = self._greatest(0, len(large))[places]
        return found

    def _large_between(self, first: int, last: int) -> tuple[int, int]:
        large = self._large.array("<u4")
        a, b = np.searchsorted(large, np.array([first, last], np.uint32)).tolist()
        return a, max(a, b)

    def _numbers(self, a: int, b: int, first: int, last: int) -> Ints:
        numbers = self._large.slice(4 * a, 4 * b).view("<u4").astype(np.int64)
        if b > a and not first <= int(numbers.min()) <= int(numbers.max()) < last:
            self._container.damaged("its large counts are not what was written")
        return numbers

    def _greatest(self, a: int, b: int) -> Ints:
        found = self._largest.slice(8 * a, 8 * b).view("<u8")
        if b > a and not _LARGE <= int(found.min()) <= int(found.max()) < 1 << 53:
            self._container.damaged("its large counts are not what was written")
        return found.astype(np.int64)

    def most(self, first: int, last: int, limit: int) -> list[tuple[int, int]]:
        """(number, count) of the most frequent words from number ``first`` up to and without ``last``.

        At most ``limit``, the most frequent first, those of one count in order.
        """
        a, b = self._large_between(first, last)
        if b - a >= limit:
            return _most(self._numbers(a, b, first, last), self._greatest(a, b), limit)
        return _most(np.arange(first, last), self.counts(first, last), limit)

    def chunks(self) -> Iterator[tuple[list[bytes], list[int]]]:
        """All keys and counts in order, some thousands at a time."""
        for first in range(0, self._count, _CHUNK):
            last = min(first + _CHUNK, self._count)
            yield self.keys(first, last), self.counts(first, last).tolist()


_ITEMS: Final = {"words": 1, "lengths": 1, "blocks": 8, "counts": 1, "large": 4, "largest": 8, "sets": 4}
"""Bytes of an item of each section."""


def _most(numbers: Ints, counts: Ints, limit: int) -> list[tuple[int, int]]:
    if len(numbers) > limit:
        least = int(np.partition(counts, len(counts) - limit)[len(counts) - limit])
        above = np.flatnonzero(counts > least)
        chosen = np.sort(np.concatenate((above, np.flatnonzero(counts == least)[: limit - len(above)])))
        numbers, counts = numbers[chosen], counts[chosen]
    order = np.argsort(-counts, kind="stable")
    return list(zip(numbers[order].tolist(), counts[order].tolist(), strict=True))
