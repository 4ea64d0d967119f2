"""What the executor reads: the protocol of a segment.

* A *segment* is an immutable part of an index. Its records are numbered from 0: *docs*.
* A *posting list* says in which docs a term stands, how often (*freqs*), and where (*positions*). It is cut into
  *blocks* of `BLOCK` postings, the last one shorter, which can be decoded one by one.

``searchlib.engines.whoosh.format`` has the implementation that reads files; tests have one in memory.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Protocol, TypeAlias

import numpy as np

from searchlib.model.arrays import NDArray

BLOCK = 128

Bools: TypeAlias = NDArray[np.bool_]
Ints: TypeAlias = NDArray[np.int64]
Docs: TypeAlias = NDArray[np.int32]
Floats: TypeAlias = NDArray[np.float64]
AnyInts: TypeAlias = NDArray[Any]
Entry: TypeAlias = Any
"""A term in the dictionary, as the segment has it: ``df`` docs hold it (deleted ones too), ``cf`` times in all."""


class BlockBounds(Protocol):
    """What is known of a posting list's blocks without decoding them: arrays with one element a block."""

    @property
    def last_docs(self) -> AnyInts:
        """The last doc of each block."""
        ...

    @property
    def max_freq(self) -> AnyInts:
        """No frequency in the block is greater."""
        ...

    @property
    def min_length(self) -> AnyInts:
        """In no doc of the block is the field shorter."""
        ...


class KnownStems(Protocol):
    """The words of each stem of a language."""

    @property
    def made(self) -> str:
        """What made the stems."""
        ...

    def words(self, stem: bytes) -> Iterable[bytes]:
        """The words with a stem but those whose stem is the word itself: exact forms in UTF-8."""
        ...


class Segment(Protocol):
    """A segment, safe to share between threads."""

    @property
    def doc_count(self) -> int:
        """All docs, the deleted ones too."""
        ...

    @property
    def deleted(self) -> Bools | None:
        """True for deleted docs; None when there are none."""
        ...

    def term(self, field: str, key: bytes) -> Entry | None:
        """The entry of a term."""
        ...

    def terms(self, field: str, start: bytes = b"", stop: bytes | None = None) -> Iterator[tuple[bytes, Entry]]:
        """The terms of a field from ``start`` up to and without ``stop``, in order of their bytes."""
        ...

    def keys(self, field: str, start: bytes = b"", stop: bytes | None = None) -> Iterator[list[bytes]]:
        """The same terms without their entries, in lists."""
        ...

    def stems(self, language: str) -> KnownStems | None:
        """Which words of docs in a language have which stem; None if that is not known."""
        ...

    def docs(self, entry: Entry) -> AnyInts:
        """The docs of a posting list, ascending."""
        ...

    def docs_of(self, entries: Sequence[Entry]) -> AnyInts:
        """The docs of several terms of a field, in order of their keys, one list after the other."""
        ...

    def freqs(self, entry: Entry) -> AnyInts:
        """The frequencies, parallel to ``docs``."""
        ...

    def blocks(self, entry: Entry) -> BlockBounds:
        """The table of the blocks."""
        ...

    def decode(self, entry: Entry, block_numbers: Ints) -> tuple[AnyInts, AnyInts]:
        """Docs and freqs of the blocks with these ascending numbers, one after another."""
        ...

    def positions(self, entry: Entry, which: Ints | None = None) -> tuple[AnyInts, AnyInts]:
        """Positions of the postings with these numbers: of the i-th, ``positions[offsets[i]:offsets[i + 1]]``."""
        ...

    def lengths(self, field: str) -> AnyInts:
        """Tokens of a field in each doc."""
        ...

    def length_sum(self, field: str) -> int:
        """The sum of ``lengths``; 0 for a field that keeps none."""
        ...

    def column(self, name: str) -> AnyInts:
        """A numeric column; KeyError if there is none."""
        ...
