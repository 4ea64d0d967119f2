"""Runs: batches of documents in inverted form, and the array arithmetic that they are made with."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import field
from typing import Any, NamedTuple, TypeAlias, TypeVar

import numpy as np

from searchlib.engines.whoosh.format import packing
from searchlib.frozen import frozen
from searchlib.model.arrays import NDArray

UInts: TypeAlias = NDArray[np.uint32]
StoredValue: TypeAlias = str | int


@frozen
class FieldRun:
    """A field of a run. Postings are those of each key in turn, positions those of each posting in turn.

    ``keys`` n sorted bytes; ``df`` their numbers of postings; ``docs`` and ``freqs`` one for each posting;
    ``positions`` None for a field without; ``lengths`` tokens for each record, None likewise.
    """

    keys: list[bytes]
    df: UInts
    docs: UInts
    freqs: UInts
    positions: UInts | None
    lengths: UInts | None


class Repeated:
    """Values of successive records, equal neighbours kept once: value i is that of ``repeats[i]`` records."""

    __slots__ = ("repeats", "values")

    def __init__(self) -> None:
        self.values: list[StoredValue] = []
        self.repeats = array("I")

    def add(self, value: StoredValue, count: int) -> None:
        """Append a value of ``count`` more records."""
        if not count:
            return
        if self.values and self.values[-1] == value:
            self.repeats[-1] += count
        else:
            self.values.append(value)
            self.repeats.append(count)


class InvertedDocument(NamedTuple):
    """A document of a run, or a part of one: its path, and how many records.

    ``above`` is the heading path of the record before these; None if the document begins with them.
    """

    path: str
    records: int
    above: str | None = None


@frozen
class Run:
    """A batch of documents, inverted: postings by field, the text of each record, other stored values by name.

    Records are numbered from 0, in the order in which documents and paragraphs came. ``about`` has what is stored of
    the documents, each field those of all ``documents`` that have records. ``metadata`` has the postings of all fields
    of metadata, keys as in the dictionary of thin fields (``format.thin``), and ``metadata_fields`` their names in that
    order. ``words`` are those of the vocabulary, in no order and with repetitions, and ``word_counts`` how often each
    occurs.
    """

    size: int
    fields: dict[str, FieldRun]
    texts: list[str]
    stored: dict[str, Repeated]
    about: dict[str, list[str]]
    columns: dict[str, UInts]
    documents: list[InvertedDocument]
    metadata: FieldRun
    metadata_fields: list[str] = field(default_factory=list)
    words: list[bytes] = field(default_factory=list)
    word_counts: UInts = field(default_factory=lambda: np.zeros(0, np.uint32))


def sorted_keys(keys: list[bytes]) -> tuple[list[bytes], UInts]:
    """Keys in the order of their bytes, and for each of those given its place in that order."""
    order = sorted(range(len(keys)), key=keys.__getitem__)
    rank = np.empty(len(order), np.uint32)
    rank[order] = np.arange(len(order), dtype=np.uint32)
    return [keys[number] for number in order], rank


def group(keys: list[bytes], ranks: UInts, records: UInts, positions: UInts | None, lengths: UInts | None) -> FieldRun:
    """Postings from tokens in order of record and position: token i is key ``ranks[i]`` in ``records[i]``."""
    # One sort of unique numbers, which NumPy does with SIMD, instead of a stable argsort.
    order = ranks.astype(np.uint64)
    order <<= np.uint64(32)
    order |= np.arange(len(ranks), dtype=np.uint64)
    order.sort()
    tokens = order.astype(np.uint32)  # the lower half
    order >>= np.uint64(32)
    sorted_ranks = order.astype(np.uint32)
    sorted_records = records[tokens]
    new = np.ones(len(tokens), bool)
    new[1:] = (sorted_ranks[1:] != sorted_ranks[:-1]) | (sorted_records[1:] != sorted_records[:-1])
    begins = np.flatnonzero(new)
    freqs = np.diff(begins, append=len(tokens)).astype(np.uint32)
    df = np.bincount(sorted_ranks[begins], minlength=len(keys)).astype(np.uint32)
    return FieldRun(
        keys, df, sorted_records[begins], freqs, positions[tokens] if positions is not None else None, lengths
    )


_Part = TypeVar("_Part")


def aligned(
    streams: Iterable[Iterator[_Part]],
    keys_of: Callable[[_Part], Sequence[bytes]],
    cut_after: Callable[[_Part, bytes], tuple[_Part | None, _Part | None]],
) -> Iterator[list[tuple[int, _Part]]]:
    """Cut streams at common keys: each step holds all that there is of its keys, with the number of its stream.

    ``keys_of`` a part are one or more, in order; ``cut_after`` parts what is up to a key, and what is beyond it. A
    step is empty where a stream is not in order.
    """
    waiting: dict[int, tuple[_Part, Iterator[_Part]]] = {}
    for number, stream in enumerate(streams):
        if (first := next(stream, None)) is not None:
            waiting[number] = first, stream
    while waiting:
        pivot = min(keys_of(part)[-1] for part, _ in waiting.values())
        step = []
        for number, (part, stream) in list(waiting.items()):
            head, tail = cut_after(part, pivot)
            if head is not None:
                step.append((number, head))
            rest = tail if tail is not None else next(stream, None)
            if rest is None:
                del waiting[number]
            else:
                waiting[number] = rest, stream
        yield step


def ranges(starts: NDArray[Any], sizes: NDArray[np.int64], dtype: Any = np.uint32) -> NDArray[Any]:
    """``starts[0], starts[0] + 1, ...`` (``sizes[0]`` of them), then those from ``starts[1]``, and so on."""
    return packing.ranges(starts.astype(np.int64), sizes).astype(dtype, copy=False)


def sums(values: NDArray[np.int64], sizes: UInts) -> UInts:
    """The sum of the first ``sizes[0]`` values, of the next ``sizes[1]``, and so on."""
    cumulative = np.concatenate(([0], np.cumsum(values)))
    ends = np.cumsum(sizes, dtype=np.int64)
    found: UInts = (cumulative[ends] - cumulative[ends - sizes]).astype(np.uint32)
    return found
