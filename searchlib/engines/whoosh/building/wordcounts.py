"""The words of an index, counted: what its vocabulary is made of.

Every commit writes the vocabulary of the whole index anew: that of the generation before, with the words of what came
added and those of what went subtracted. Words depend on nothing but the text, so what is in a segment can be counted
again at any time; counts are sums over documents, so the result is that of a build from nothing, to the byte.

A document counts all words of its text, those of its title once, and those of a heading once where its section
begins. `Totals` adds up; what it cannot hold in memory it puts aside, sorted, and merges at the end.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import compress, islice
from operator import itemgetter
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeAlias

import numpy as np

from searchlib import analysis
from searchlib.engines.whoosh.building.portions import PORTIONS, Portions
from searchlib.engines.whoosh.building.runs import InvertedDocument, aligned
from searchlib.engines.whoosh.format.container import ContainerWriter
from searchlib.engines.whoosh.format.vocabulary import KIND, LONGEST, LONGEST_KEY, VocabularyWriter
from searchlib.model.arrays import NDArray

Chunk: TypeAlias = tuple[Sequence[bytes], Sequence[int]]
"""Keys in order, and what to add to the count of each."""

# ASCII text as bytes, in lower case and with blanks for everything that separates words.
ASCII_WORDS = bytes(ord(chr(code).lower()) if code < 128 and chr(code).isalnum() else 32 for code in range(256))
_TEXT = 1 << 18  # code points that are counted at once


def keys_of_words(
    ascii_words: Iterable[bytes], ascii_counts: Iterable[int], others: Iterable[tuple[str, int]] = ()
) -> tuple[list[bytes], list[int]]:
    """The keys of words and their counts, in no order; a key may be there more than once.

    ``ascii_words`` are of ASCII letters and digits in lower case, ``others`` as ``analysis.split_words`` has them.
    """
    keys, counts = list(ascii_words), list(ascii_counts)
    if max(map(len, keys), default=0) > LONGEST:
        short = [len(key) <= LONGEST for key in keys]
        keys, counts = list(compress(keys, short)), list(compress(counts, short))
    for word, count in others:
        for surface in analysis.surfaces(word):
            key = key_of(surface)
            if key is not None:
                keys.append(key)
                counts.append(count)
    return keys, counts


def key_of(surface: str) -> bytes | None:
    """The key of a word in the vocabulary; None if it is too long to be in it."""
    joined = analysis.join_key(surface)
    key = joined.encode()
    fits = len(surface) <= LONGEST and len(key) <= LONGEST_KEY and len(analysis.split_key(joined)[0]) <= LONGEST
    return key if fits else None


class TextWords:
    """Counts the words of texts that come one by one, and hands them on when they are many."""

    def __init__(self, take: Callable[[Iterable[bytes], Iterable[int]], None], portions: Portions = PORTIONS) -> None:
        self._take = take
        self._most = portions.spellings
        self._waiting: list[str] = []  # ASCII texts: many are counted at once
        self._size = 0
        self._ascii: Counter[bytes] = Counter()
        self._others: Counter[str] = Counter()

    def add(self, text: str) -> None:
        """Count the words of a text."""
        if text.isascii():
            self._waiting.append(text)
            self._size += len(text)
            if self._size > _TEXT:
                self._count()
        else:
            self._others.update(analysis.split_words(text))
        if len(self._ascii) + len(self._others) > self._most:
            self.finish()

    def _count(self) -> None:
        self._ascii.update("\n".join(self._waiting).encode().translate(ASCII_WORDS).split())
        self._waiting.clear()
        self._size = 0

    def finish(self) -> None:
        """Hand on what was counted."""
        self._count()
        self._take(*keys_of_words(self._ascii, self._ascii.values(), self._others.items()))
        self._ascii.clear()
        self._others.clear()

    def add_document(self, title: str, headings: Iterable[str], above: str = "") -> None:
        """Count what stands above the text of a document: its title, and the heading path of each of its records.

        Of a part of one ``above`` is the heading path before, and the title, which counts once, is not given.
        """
        if title:
            self.add(title)
        before = above.split("\n") if above else []
        for path in headings:
            parts = path.split("\n") if path else []
            if parts != before:
                for heading in parts[_common(before, parts) :]:
                    self.add(heading)
                before = parts


def _common(first: Sequence[str], second: Sequence[str]) -> int:
    """How many items both begin with."""
    return next(
        (at for at, (a, b) in enumerate(zip(first, second, strict=False)) if a != b), min(len(first), len(second))
    )


StoredAt: TypeAlias = Callable[[str, NDArray[np.int64]], Iterable[str]]
"""Stored values by name, of some records."""


def count_records(records: NDArray[np.int64], begins: NDArray[np.bool_], stored: StoredAt, words: TextWords) -> None:
    """Count the words of whole documents.

    ``records`` are their numbers, increasing; ``begins`` says of each whether a document begins with it.
    """
    firsts = np.flatnonzero(begins)
    sizes = np.diff(firsts, append=len(records)).tolist()
    documents = [
        (first, InvertedDocument("", size)) for first, size in zip(records[firsts].tolist(), sizes, strict=True)
    ]
    count_parts(records, documents, stored, words)


def count_parts(
    records: NDArray[np.int64],
    parts: Sequence[tuple[int, InvertedDocument]],
    stored: StoredAt,
    words: TextWords,
) -> None:
    """Count the words of documents, or of parts of them: of each the first record; all have ``records``, in order."""
    if not len(records):
        return
    for text in stored("text", records):
        words.add(text)
    headings = iter(stored("headings", records))
    firsts = np.array([first for first, _ in parts], np.int64)
    for title, (_, part) in zip(stored("title", firsts), parts, strict=True):
        words.add_document(title if part.above is None else "", islice(headings, part.records), part.above or "")


class Miscounted(Exception):
    """More of a word went than there was, or words are not in order: the vocabulary is not that of the index."""


class Totals:
    """Adds up the counts of words, positive and negative, in whatever order they come."""

    def __init__(self, folder: Path | None = None, portions: Portions = PORTIONS) -> None:
        """What does not fit into memory is put into ``folder``, or a temporary one, made when it is needed."""
        self._folder = folder
        self._portions = portions
        self._temporary: TemporaryDirectory[str] | None = None
        self._counts: dict[bytes, int] = {}
        self._aside: list[Path] = []

    def add(self, keys: Iterable[bytes], counts: Iterable[int]) -> None:
        """Add counts."""
        totals = self._counts
        known = totals.get
        for key, count in zip(keys, counts, strict=True):
            totals[key] = known(key, 0) + count
        if len(totals) > self._portions.words:
            self._put_aside()

    def subtract(self, keys: Iterable[bytes], counts: Iterable[int]) -> None:
        """Subtract counts."""
        self.add(keys, [-count for count in counts])

    def _put_aside(self) -> None:
        if self._folder is None:
            self._temporary = TemporaryDirectory(prefix="searchlib-")
            self._folder = Path(self._temporary.name)
        path = self._folder / f"words{len(self._aside)}"
        with path.open("wb") as file:
            for keys, counts in self._sorted():
                blob = b"\n".join(keys)
                file.write(np.array([len(blob), len(keys)], "<i8").tobytes())
                file.write(blob)
                file.write(np.array(counts, "<i8").tobytes())
        self._aside.append(path)
        self._counts = {}

    def _sorted(self) -> Iterator[Chunk]:
        counts = self._counts
        keys = sorted(counts)
        most = self._portions.counts
        for first in range(0, len(keys), most):
            part = keys[first : first + most]
            yield part, list(map(counts.__getitem__, part))

    def chunks(self, before: Iterator[Chunk] | None = None) -> Iterator[Chunk]:
        """All words and their counts in order, those of ``before`` added; words whose count is 0 are left out.

        Raises:
            Miscounted: a count is negative, or ``before`` is seen not to be in order.
        """
        streams = [*([before] if before is not None else []), *map(_read, self._aside), self._sorted()]
        for keys, counts in _merged(streams):
            least = min(counts, default=1)
            if least < 0:
                raise Miscounted
            if least:
                yield keys, counts
            else:
                yield list(compress(keys, counts)), list(filter(None, counts))

    def close(self) -> None:
        """Remove what was put aside."""
        for path in self._aside:
            path.unlink(missing_ok=True)
        if self._temporary is not None:
            self._temporary.cleanup()


def _read(path: Path) -> Iterator[Chunk]:
    with path.open("rb") as file:
        while header := file.read(16):
            size, count = np.frombuffer(header, "<i8").tolist()
            keys = file.read(size).split(b"\n")
            yield keys, np.frombuffer(file.read(8 * count), "<i8").tolist()


def _merged(streams: Iterable[Iterator[Chunk]]) -> Iterator[Chunk]:
    """The sums of sorted streams, sorted; each step goes as far as all of them are known."""
    for step in aligned([filter(itemgetter(0), stream) for stream in streams], itemgetter(0), _cut_after):
        if not step:
            raise Miscounted  # what is in order always goes on
        yield step[0][1] if len(step) == 1 else _added([chunk for _, chunk in step])


def _cut_after(chunk: Chunk, key: bytes) -> tuple[Chunk | None, Chunk | None]:
    keys, counts = chunk
    cut = bisect_right(keys, key)
    return (keys[:cut], counts[:cut]) if cut else None, (keys[cut:], counts[cut:]) if cut < len(keys) else None


def _added(parts: Sequence[Chunk]) -> Chunk:
    totals = dict(zip(*parts[0], strict=True))
    size = len(totals)
    for keys, counts in parts[1:]:
        for key, count in zip(keys, counts, strict=True):
            totals[key] = totals.get(key, 0) + count
    keys = sorted(totals) if len(totals) > size else list(totals)
    return keys, list(map(totals.__getitem__, keys))


def write_vocabulary(path: Path, chunks: Iterable[Chunk]) -> None:
    """Write the vocabulary file ``path``, which does not exist. Raises Miscounted; then there is no file."""
    writer = VocabularyWriter(ContainerWriter(path.open("xb"), KIND))
    try:
        for keys, counts in chunks:
            writer.add(keys, counts)
    except BaseException as error:
        writer.abort()
        path.unlink()
        if isinstance(error, ValueError):  # words that are not in order
            raise Miscounted from error
        raise
    writer.close(sync=False)
