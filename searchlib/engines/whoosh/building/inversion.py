"""Inversion: from documents to the postings of a run.

* A *run* is the inverted form of a batch of documents: for every field its sorted keys with their postings, and
  every value that is stored. Runs are merged into a segment (``merging``).
* Records of a run are numbered from 0, in the order in which documents and paragraphs came.

Text is split, numbered and sorted in bulk: one dictionary look-up a word, one sort of 64-bit numbers a field.
A value that many records share (a title, a heading path, metadata) is inverted once and its postings repeated.
"""

from __future__ import annotations

import json
from array import array
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import numpy as np
from numpy.typing import NDArray

from searchlib import analysis
from searchlib.paragraphs import split
from searchlib.query.values import meta_keys, metadata_field
from searchlib.records import Document, IdHash, Scalar

UInts = NDArray[np.uint32]


@dataclass(frozen=True, slots=True)
class Incoming:
    """A document on its way into the index, with what is remembered of its seed."""

    document: Document
    seed: str = ""
    digest: str = ""
    default_language: str = analysis.DEFAULT_LANGUAGE


@dataclass(frozen=True, slots=True)
class FieldRun:
    """A field of a run. Postings are those of each key in turn, positions those of each posting in turn.

    ``keys`` n sorted bytes; ``df`` and ``cf`` their numbers of postings and positions; ``docs`` and ``freqs`` one
    for each posting; ``positions`` None for a field without; ``lengths`` tokens for each record, None likewise.
    """

    keys: list[bytes]
    df: UInts
    docs: UInts
    freqs: UInts
    positions: UInts | None
    lengths: UInts | None


class Stretches:
    """Values of successive records, equal neighbours kept once: value i is that of ``repeats[i]`` records."""

    __slots__ = ("repeats", "values")

    def __init__(self) -> None:
        self.values: list[Any] = []
        self.repeats = array("I")

    def add(self, value: Any, count: int) -> None:
        """Append a value of ``count`` more records."""
        if count:
            self.values.append(value)
            self.repeats.append(count)


@dataclass(frozen=True, slots=True)
class Run:
    """A batch of documents, inverted: postings by field, stored values by name (texts: one for each record)."""

    size: int
    fields: dict[str, FieldRun]
    texts: list[str]
    stored: dict[str, Stretches]
    columns: dict[str, NDArray[Any]]
    documents: list[tuple[str, int]]  # (path, number of records)
    metadata_fields: list[str] = field(default_factory=list)


def invert(batch: Iterable[Incoming], language: str = "auto") -> Run:
    """Split, analyse and invert a batch of documents.

    ``language`` is for documents that do not name theirs: a code, or "auto" to detect it.
    """
    inverter = _Inverter()
    for incoming in batch:
        inverter.add(incoming, language)
    return inverter.run()


class _Inverter:
    def __init__(self) -> None:
        self.size = 0
        self.text = _TextField()
        self.shared: dict[str, _SharedField] = {
            "title": _SharedField(),
            "headings": _SharedField(),
            **{name: _SharedField(positions=False) for name in ("document", "type", "language", "kind")},
        }
        self.meta: dict[str, _SharedField] = {}
        self.texts: list[str] = []
        self.stored: dict[str, Stretches] = defaultdict(Stretches)
        self.columns: dict[str, array[int]] = {name: array("I") for name in ("_id", "number", "start", "line")}
        self.documents: list[tuple[str, int]] = []

    def add(self, incoming: Incoming, language: str) -> None:
        document = incoming.document
        paragraphs = split(document)
        code = analysis.base_language(document.language) or language
        if code == "auto":
            code = analysis.detect_language(document.text, incoming.default_language)
        first, size = self.size, len(paragraphs)
        texts = [paragraph.text for paragraph in paragraphs]
        self.text.add(texts, code)
        self.texts += texts
        for start, stop in _stretches([paragraph.headings for paragraph in paragraphs]):
            heading_path = "\n".join(paragraphs[start].headings)
            self.shared["headings"].add_text(heading_path, code, first + start, stop - start)
            self.stored["headings"].add(heading_path, stop - start)
        self.shared["title"].add_text(document.title, code, first, size)
        for name, value in (("document", document.path), ("type", document.type), ("language", code)):
            self.shared[name].add_keys([value], [0], first, size)
        kinds = [paragraph.kind for paragraph in paragraphs]
        for start, stop in _stretches(kinds):
            self.shared["kind"].add_keys([kinds[start]], [0], first + start, stop - start)
            self.stored["kind"].add(kinds[start], stop - start)
        for name, values in _metadata_values(document).items():
            self.meta.setdefault(name, _SharedField()).add_keys(*meta_keys(values), first, size)
        self._store(incoming, code, size)
        self._identify(document.path, texts)
        self.columns["number"].extend(range(1, size + 1))
        self.columns["start"].extend(paragraph.start for paragraph in paragraphs)
        self.columns["line"].extend(paragraph.line for paragraph in paragraphs)
        self.documents.append((document.path, size))
        self.size += size

    def _store(self, incoming: Incoming, language: str, size: int) -> None:
        document = incoming.document
        metadata = json.dumps(dict(document.metadata), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        for name, value in (
            ("title", document.title),
            ("document", document.path),
            ("type", document.type),
            ("language", language),
            ("metadata", metadata),
            ("_digest", incoming.digest),
            ("_seed", incoming.seed),
        ):
            self.stored[name].add(value, size)

    def _identify(self, path: str, texts: list[str]) -> None:
        counts: dict[str, int] = {}
        hashed = IdHash(path)
        occurrences = self.stored["_occurrence"]
        single = 0  # paragraphs since the last one that repeats another
        for text in texts:
            alike = " ".join(text.split())
            occurrence = counts.get(alike, 0)
            counts[alike] = occurrence + 1
            if occurrence:
                occurrences.add(0, single)
                occurrences.add(occurrence, 1)
            single = 0 if occurrence else single + 1
            self.columns["_id"].append(int.from_bytes(hashed.digest(alike, occurrence)[:4], "big"))
        occurrences.add(0, single)

    def run(self) -> Run:
        fields = {"text": self.text.invert()}
        for name, shared in {**self.shared, **self.meta}.items():
            fields[name] = shared.invert(self.size)
        return Run(
            self.size,
            fields,
            self.texts,
            dict(self.stored),
            {name: np.frombuffer(values, dtype=np.uint32) for name, values in self.columns.items()},
            self.documents,
            sorted(self.meta),
        )


def _metadata_values(document: Document) -> dict[str, tuple[Scalar, ...]]:
    """The values of each metadata field; keys that differ in case only share one."""
    found: dict[str, tuple[Scalar, ...]] = {}
    for key, value in sorted(document.metadata.items()):
        name = metadata_field(key)
        found[name] = found.get(name, ()) + (value if isinstance(value, tuple) else (value,))
    return found


def _stretches(values: Sequence[Any]) -> Iterable[tuple[int, int]]:
    """(start, stop) of every stretch of equal values."""
    start = 0
    for number in range(1, len(values) + 1):
        if number == len(values) or values[number] != values[start]:
            yield start, number
            start = number


class _Vocabulary:
    """Numbers for words as they come, one dictionary a language, and the keys that each stands for."""

    def __init__(self) -> None:
        counter = count()
        self._by_language: dict[str, defaultdict[str, int]] = defaultdict(lambda: defaultdict(counter.__next__))

    def number(self, words: Iterable[str], language: str) -> Iterable[int]:
        return map(self._by_language[language].__getitem__, words)

    def keys(self) -> list[tuple[str, ...]]:
        """The keys of every word, by its number."""
        found: list[tuple[str, ...]] = [()] * sum(map(len, self._by_language.values()))
        for language, numbers in self._by_language.items():
            keys = analysis.keys_of_all(list(numbers), language)
            for number, of_word in zip(numbers.values(), keys, strict=True):
                found[number] = of_word
        return found


class _TextField:
    """The text of records, one value each."""

    def __init__(self) -> None:
        self._vocabulary = _Vocabulary()
        self._words = array("I")
        self._counts = array("I")  # words of each record

    def add(self, texts: Iterable[str], language: str) -> None:
        for text in texts:
            words = analysis.split_words(text)
            self._counts.append(len(words))
            self._words.extend(self._vocabulary.number(words, language))

    def invert(self) -> FieldRun:
        words = np.frombuffer(self._words, dtype=np.uint32)
        counts = np.frombuffer(self._counts, dtype=np.uint32)
        return _invert_words(words, counts, self._vocabulary.keys())


def _invert_words(words: UInts, counts: UInts, keys_of_word: list[tuple[str, ...]]) -> FieldRun:
    """Invert words given by number, ``counts`` of them for each record in turn."""
    per_word = np.fromiter(map(len, keys_of_word), np.int64, len(keys_of_word))
    number_of: defaultdict[str, int] = defaultdict(count().__next__)
    flat = np.fromiter(
        (number_of[key] for keys in keys_of_word for key in keys), np.uint32, int(per_word.sum())
    )  # the key numbers of word 0, then of word 1, ...
    keys, rank = _sorted_keys(number_of)
    if len(keys_of_word) and (per_word != 1).any():
        # Words of unspaced scripts are several tokens; words of nothing but joiners none.
        tokens_per_word = per_word[words]
        first = (np.cumsum(per_word) - per_word)[words]
        within = np.arange(tokens_per_word.sum()) - np.repeat(
            np.cumsum(tokens_per_word) - tokens_per_word, tokens_per_word
        )
        ranks = rank[flat[np.repeat(first, tokens_per_word) + within]]
        ends = np.concatenate(([0], np.cumsum(tokens_per_word)))[np.cumsum(counts, dtype=np.int64)]
        lengths = np.diff(ends, prepend=0).astype(np.uint32)
    else:
        ranks = rank[flat[words]] if len(words) else np.zeros(0, np.uint32)
        lengths = counts
    records = np.repeat(np.arange(len(lengths), dtype=np.uint32), lengths)
    starts = np.cumsum(lengths, dtype=np.int64) - lengths
    positions = (np.arange(len(ranks)) - np.repeat(starts, lengths)).astype(np.uint32)
    return _group(keys, ranks, records, positions, lengths)


def _sorted_keys(number_of: dict[str, int]) -> tuple[list[bytes], UInts]:
    """The keys in the order of their bytes, and for each number its place in that order."""
    encoded = [key.encode("utf-8", "surrogatepass") for key in number_of]
    order = sorted(range(len(encoded)), key=encoded.__getitem__)
    rank = np.empty(len(order), np.uint32)
    rank[order] = np.arange(len(order), dtype=np.uint32)
    return [encoded[number] for number in order], rank


def _group(
    keys: list[bytes], ranks: UInts, records: UInts, positions: UInts | None, lengths: UInts | None
) -> FieldRun:
    """Postings from tokens in order of record and position: token i is key ``ranks[i]`` in ``records[i]``."""
    # One sort of unique numbers, which NumPy does with SIMD, instead of a stable argsort.
    order = np.sort(ranks.astype(np.uint64) << np.uint64(32) | np.arange(len(ranks), dtype=np.uint64))
    tokens = (order & np.uint64(0xFFFFFFFF)).astype(np.int64)
    sorted_ranks = (order >> np.uint64(32)).astype(np.uint32)
    sorted_records = records[tokens]
    new = np.ones(len(tokens), bool)
    new[1:] = (sorted_ranks[1:] != sorted_ranks[:-1]) | (sorted_records[1:] != sorted_records[:-1])
    begins = np.flatnonzero(new)
    freqs = np.diff(begins, append=len(tokens)).astype(np.uint32)
    df = np.bincount(sorted_ranks[begins], minlength=len(keys)).astype(np.uint32)
    return FieldRun(
        keys,
        df,
        sorted_records[begins],
        freqs,
        positions[tokens] if positions is not None else None,
        lengths,
    )


class _SharedField:
    """A field whose values are shared by stretches of records: each is analysed and sorted once."""

    def __init__(self, positions: bool = True) -> None:
        self._number_of: defaultdict[str, int] = defaultdict(count().__next__)
        self._with_positions = positions
        self._keys, self._stretches, self._positions = array("I"), array("I"), array("I")
        self._first, self._size, self._length = array("I"), array("I"), array("I")  # of each stretch

    def add_text(self, text: str, language: str, first: int, size: int) -> None:
        found = analysis.tokens(text, language) if text else []
        self.add_keys([token.key for token in found], [token.position for token in found], first, size)

    def add_keys(self, keys: Sequence[str], positions: Sequence[int], first: int, size: int) -> None:
        if not keys or not size:
            return
        self._keys.extend(self._number_of[key] for key in keys)
        self._stretches.extend([len(self._first)] * len(keys))
        self._positions.extend(positions)
        self._first.append(first)
        self._size.append(size)
        self._length.append(len(keys))

    def invert(self, records: int) -> FieldRun:
        keys, rank = _sorted_keys(self._number_of)
        first, size, length = (np.frombuffer(a, np.uint32) for a in (self._first, self._size, self._length))
        tokens = np.frombuffer(self._keys, np.uint32)
        grouped = _group(
            keys,
            rank[tokens] if len(tokens) else tokens,
            np.frombuffer(self._stretches, np.uint32),
            np.frombuffer(self._positions, np.uint32),
            None,
        )
        # Each posting of a stretch becomes one posting for each of its records.
        repeats = size[grouped.docs].astype(np.int64)
        docs = ranges(first[grouped.docs], repeats)
        df = _sums(repeats, grouped.df)
        freqs = np.repeat(grouped.freqs, repeats)
        if not self._with_positions:
            return FieldRun(keys, df, docs, freqs, None, None)
        assert grouped.positions is not None
        begins = np.cumsum(grouped.freqs, dtype=np.int64) - grouped.freqs
        places = ranges(np.repeat(begins, repeats), freqs.astype(np.int64), np.int64)
        lengths = np.zeros(records, np.uint32)
        lengths[ranges(first, size.astype(np.int64))] = np.repeat(length, size)
        return FieldRun(keys, df, docs, freqs, grouped.positions[places], lengths)


def ranges(starts: NDArray[Any], sizes: NDArray[np.int64], dtype: Any = np.uint32) -> NDArray[Any]:
    """``starts[0], starts[0] + 1, ...`` (``sizes[0]`` of them), then those from ``starts[1]``, and so on."""
    total = int(sizes.sum())
    offsets = np.repeat(starts.astype(np.int64) - (np.cumsum(sizes) - sizes), sizes)
    return (offsets + np.arange(total)).astype(dtype)


def _sums(values: NDArray[np.int64], sizes: UInts) -> UInts:
    """The sum of the first ``sizes[0]`` values, of the next ``sizes[1]``, and so on."""
    cumulative = np.concatenate(([0], np.cumsum(values)))
    ends = np.cumsum(sizes, dtype=np.int64)
    sums: UInts = (cumulative[ends] - cumulative[ends - sizes]).astype(np.uint32)
    return sums
