"""A segment in memory: what the executor reads, made of lists of keys."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

BLOCK = 128


@dataclass
class Doc:
    """A record as tests write it: the keys of its prose fields in order, exact terms, and numbers."""

    prose: Mapping[str, Sequence[str]] = field(default_factory=dict)
    exact: Mapping[str, str | bytes] = field(default_factory=dict)
    numbers: Mapping[str, int] = field(default_factory=dict)
    deleted: bool = False
    positions: Mapping[str, Sequence[int]] = field(default_factory=dict)  # of keys that are not one after another

    @property
    def language(self) -> str:
        return str(self.exact.get("language", ""))


@dataclass(frozen=True, eq=False)
class Entry:
    field: str
    df: int
    cf: int
    doc_numbers: np.ndarray
    frequencies: np.ndarray
    places: list[list[int]]


@dataclass(frozen=True)
class BlockTable:
    last_docs: np.ndarray
    max_freq: np.ndarray
    min_length: np.ndarray


class MemorySegment:
    def __init__(self, docs: Sequence[Doc]) -> None:
        self.doc_count = len(docs)
        deleted = np.array([doc.deleted for doc in docs], bool)
        self.deleted = deleted if deleted.any() else None
        self.live_count = int((~deleted).sum())
        found: dict[str, dict[bytes, dict[int, list[int]]]] = {}
        self._lengths: dict[str, np.ndarray] = {}
        self._columns: dict[str, np.ndarray] = {}
        for number, doc in enumerate(docs):
            for name, keys in doc.prose.items():
                self._lengths.setdefault(name, np.zeros(len(docs), np.uint16))[number] = len(keys)
                for position, key in enumerate(keys):
                    terms = found.setdefault(name, {})
                    terms.setdefault(key.encode(), {}).setdefault(number, []).append(position)
            for name, value in doc.exact.items():
                key = value if isinstance(value, bytes) else value.encode()
                found.setdefault(name, {}).setdefault(key, {})[number] = [0]
            for name, value in doc.numbers.items():
                self._columns.setdefault(name, np.zeros(len(docs), np.int64))[number] = value
        self._terms = {
            name: {key: _entry(name, places) for key, places in sorted(terms.items())} for name, terms in found.items()
        }
        self.decoded = 0  # postings, to see what was read

    def add_terms(self, name: str, docs: Mapping[bytes, list[int]]) -> None:
        """A field of exact keys."""
        self._terms[name] = {key: _entry(name, {doc: [0] for doc in numbers}) for key, numbers in sorted(docs.items())}

    def term(self, name: str, key: bytes) -> Entry | None:
        return self._terms.get(name, {}).get(key)

    def terms(self, name: str, start: bytes = b"", stop: bytes | None = None) -> Iterator[tuple[bytes, Entry]]:
        for key, entry in self._terms.get(name, {}).items():
            if key >= start and (stop is None or key < stop):
                yield key, entry

    def keys(self, name: str, start: bytes = b"", stop: bytes | None = None) -> Iterator[list[bytes]]:
        for key, _ in self.terms(name, start, stop):
            yield [key]

    def stems(self, language: str) -> None:
        return None

    def docs(self, entry: Entry) -> np.ndarray:
        self.decoded += entry.df
        return entry.doc_numbers

    def docs_of(self, entries: Sequence[Entry]) -> np.ndarray:
        return np.concatenate([np.empty(0, np.uint32), *map(self.docs, entries)])

    def freqs(self, entry: Entry) -> np.ndarray:
        return entry.frequencies

    def blocks(self, entry: Entry) -> BlockTable:
        starts = np.arange(0, entry.df, BLOCK)
        lengths = self.lengths(entry.field)[entry.doc_numbers]
        return BlockTable(
            entry.doc_numbers[np.append(starts[1:], entry.df) - 1],
            np.maximum.reduceat(entry.frequencies, starts),
            np.minimum.reduceat(lengths, starts),
        )

    def decode(self, entry: Entry, numbers: Any) -> tuple[np.ndarray, np.ndarray]:
        assert (np.diff(numbers) > 0).all()
        chosen = [np.arange(n * BLOCK, min((n + 1) * BLOCK, entry.df)) for n in numbers]
        which = np.concatenate(chosen) if chosen else np.empty(0, np.int64)
        self.decoded += len(which)
        return entry.doc_numbers[which], entry.frequencies[which]

    def positions(self, entry: Entry, which: Any = None) -> tuple[np.ndarray, np.ndarray]:
        lists = entry.places if which is None else [entry.places[n] for n in which]
        flat = np.array([place for places in lists for place in places], np.uint32)
        return flat, np.cumsum([0, *map(len, lists)]).astype(np.int64)

    def lengths(self, name: str) -> np.ndarray:
        return self._lengths.get(name, np.zeros(self.doc_count, np.uint8))

    def length_sum(self, name: str) -> int:
        return int(self.lengths(name).sum())

    def column(self, name: str) -> np.ndarray:
        return self._columns[name]


def _entry(name: str, places: dict[int, list[int]]) -> Entry:
    docs = np.array(sorted(places), np.uint32)
    lists = [places[int(doc)] for doc in docs]
    freqs = np.array([len(one) for one in lists], np.uint32)
    return Entry(name, len(docs), int(freqs.sum()), docs, freqs, lists)
