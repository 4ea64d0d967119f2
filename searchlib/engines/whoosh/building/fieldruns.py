"""Fields on their way into a run: text, one value a record, and values that many records share.

Text is split, numbered and sorted in bulk: one dictionary look-up a word, one sort of 64-bit numbers a field. A
value that many records share (a title, a heading path, metadata) is inverted once and its postings repeated, and what
neighbours share is looked at once: a row of a table costs next to nothing but its own words.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import count, repeat

import numpy as np

from searchlib import analysis
from searchlib.analysis.wordmarks import mark_places, marks
from searchlib.engines.whoosh.building.runs import FieldRun, UInts, group, ranges, sorted_keys, sums
from searchlib.engines.whoosh.building.wordcounts import ASCII_WORDS, keys_of_words
from searchlib.engines.whoosh.format.thin import beginning
from searchlib.model.records import Scalar
from searchlib.query.values import meta_keys

_KNOWN = 1 << 16  # values of metadata


class TextField:
    """The text of records, one value each."""

    def __init__(self) -> None:
        self._vocabularies: dict[str, _WordNumbers] = {}
        self._counter = count()
        self._words = array("I")
        self._counts = array("I")  # words of each record

    def add(self, text: str, places: Sequence[tuple[int, int]], language: str) -> None:
        """Add records: the parts of ``text`` at ``places``."""
        vocabulary = self._vocabularies.get(language)
        if vocabulary is None:
            vocabulary = self._vocabularies[language] = _WordNumbers(self._counter)
        plain = text.encode().translate(ASCII_WORDS) if text.isascii() else None
        first = 0
        for at in _marked(text, places):
            self._add_plain(vocabulary, text, plain, places[first:at])
            self._extend(vocabulary.of_marked(text[slice(*places[at])]))
            first = at + 1
        self._add_plain(vocabulary, text, plain, places[first:] if first else places)

    def _add_plain(
        self, vocabulary: _WordNumbers, text: str, plain: bytes | None, places: Sequence[tuple[int, int]]
    ) -> None:
        """Add records whose words have no marks; ``plain`` is an ASCII text in lower case with blanks between words."""
        words, counts = self._words, self._counts
        if plain is None:
            for start, end in places:
                self._extend(vocabulary.of_text(text[start:end]))
            return
        number = vocabulary.ascii.__getitem__
        for start, end in places:
            found = plain[start:end].split()
            counts.append(len(found))
            words.extend(map(number, found))

    def _extend(self, numbers: Sequence[int]) -> None:
        self._counts.append(len(numbers))
        self._words.extend(numbers)

    def invert(self) -> FieldRun:
        """The postings of the records so far."""
        keys_of_word: list[tuple[bytes, ...]] = [()] * next(self._counter)
        for language, vocabulary in self._vocabularies.items():
            vocabulary.fill(keys_of_word, language)
        return _invert_words(_numbers(self._words), _numbers(self._counts), keys_of_word)

    def segmented(self, languages: Collection[str]) -> FieldRun:
        """The postings of the words that segmenters of these languages find in the records so far."""
        from searchlib.analysis.segmenting import words_of_run

        keys_of_word: list[tuple[bytes, ...]] = [()] * next(self._counter)
        for language, vocabulary in self._vocabularies.items():
            for word, number in vocabulary.others.items() if language in languages else ():
                keys_of_word[number] = tuple(_encoded(key) for key in words_of_run(word, language))
        return _invert_words(_numbers(self._words), _numbers(self._counts), keys_of_word)

    def words(self) -> tuple[list[bytes], list[int]]:
        """The words of the records so far and their counts, as ``wordcounts.keys_of_words`` gives them."""
        counts = np.bincount(np.frombuffer(self._words, dtype=np.uint32))
        keys: list[bytes] = []
        totals: list[int] = []
        for vocabulary in self._vocabularies.values():
            ascii_counts, other_counts = (
                counts[np.fromiter(found.values(), np.int64, len(found))].tolist()
                for found in (vocabulary.ascii, vocabulary.others)
            )
            found = keys_of_words(vocabulary.ascii, ascii_counts, zip(vocabulary.others, other_counts, strict=True))
            keys += found[0]
            totals += found[1]
        return keys, totals


class _WordNumbers:
    """Numbers for the words of one language as they come: ASCII ones as bytes in lower case, others as they are."""

    def __init__(self, counter: count[int]) -> None:
        self.ascii: defaultdict[bytes, int] = defaultdict(counter.__next__)
        self.others: defaultdict[str, int] = defaultdict(counter.__next__)

    def of_text(self, text: str) -> list[int]:
        """The numbers of the words of a text without marks."""
        if text.isascii():
            return list(map(self.ascii.__getitem__, text.encode().translate(ASCII_WORDS).split()))
        return list(map(self.others.__getitem__, analysis.split_words(text)))

    def of_marked(self, text: str) -> list[int]:
        """Those of the words of a text that may have marks."""
        if not text.isascii():
            return list(map(self.others.__getitem__, analysis.words_in(text)))
        plain = text.encode().translate(ASCII_WORDS)
        numbers: list[int] = []
        at = 0
        for one in marks(text):
            numbers += map(self.ascii.__getitem__, plain[at : one.first].split())
            numbers.append(self.others[one.word.lower()])
            at = one.last
        return numbers + list(map(self.ascii.__getitem__, plain[at:].split()))

    def fill(self, keys_of_word: list[tuple[bytes, ...]], language: str) -> None:
        """Put the keys that each word stands for at its number."""
        for number, key in zip(self.ascii.values(), analysis.ascii_keys(list(self.ascii)), strict=True):
            keys_of_word[number] = (key,)
        for word, number in self.others.items():
            keys_of_word[number] = tuple(map(_encoded, analysis.keys_of(word)))


def _marked(text: str, places: Sequence[tuple[int, int]]) -> list[int]:
    """Which of the parts of a text may have words with marks."""
    marked = mark_places(text)
    if not marked:
        return []
    starts = [start for start, _ in places]
    return sorted({bisect_right(starts, place) - 1 for place in marked} - {-1})


def _invert_words(words: UInts, counts: UInts, keys_of_word: list[tuple[bytes, ...]]) -> FieldRun:
    """Invert words given by number, ``counts`` of them for each record in turn."""
    per_word = np.fromiter(map(len, keys_of_word), np.int64, len(keys_of_word))
    number_of: defaultdict[bytes, int] = defaultdict(count().__next__)
    flat = np.fromiter(
        (number_of[key] for keys in keys_of_word for key in keys), np.uint32, int(per_word.sum())
    )  # the key numbers of word 0, then of word 1, ...
    keys, rank = sorted_keys(list(number_of))
    if len(keys_of_word) and (per_word != 1).any():
        # Words of unspaced scripts are several tokens; words of nothing but joiners none.
        tokens_per_word = per_word[words]
        first = (np.cumsum(per_word) - per_word)[words]
        ranks = rank[flat[ranges(first, tokens_per_word, np.int64)]]
        ends = np.concatenate(([0], np.cumsum(tokens_per_word)))[np.cumsum(counts, dtype=np.int64)]
        lengths = np.diff(ends, prepend=0).astype(np.uint32)
    else:
        ranks = rank[flat][words] if len(words) else np.zeros(0, np.uint32)
        lengths = counts
    records = np.repeat(np.arange(len(lengths), dtype=np.uint32), lengths)
    starts = (np.cumsum(lengths, dtype=np.int64) - lengths).astype(np.uint32)
    positions = np.arange(len(ranks), dtype=np.uint32) - np.repeat(starts, lengths)
    return group(keys, ranks, records, positions, lengths)


class ValueField:
    """A field in which every record has one key, as it is; records in succession often the same one."""

    def __init__(self) -> None:
        self._number_of: defaultdict[str, int] = defaultdict(count().__next__)
        self._values, self._sizes = array("I"), array("I")
        self._last: str | None = None

    def add(self, value: str, size: int) -> None:
        """Add the value of ``size`` more records."""
        if not size:
            return
        if value == self._last:
            self._sizes[-1] += size
            return
        self._last = value
        self._values.append(self._number_of[value])
        self._sizes.append(size)

    def invert(self) -> FieldRun:
        """The postings of the records so far."""
        keys, rank = sorted_keys(list(map(_encoded, self._number_of)))
        values, sizes = _numbers(self._values), _numbers(self._sizes)
        ranks = rank[values]
        order = np.argsort(ranks, kind="stable")
        starts = (np.cumsum(sizes, dtype=np.int64) - sizes)[order]
        docs = ranges(starts, sizes[order].astype(np.int64))
        df = np.bincount(ranks, weights=sizes, minlength=len(keys)).astype(np.uint32)
        return FieldRun(keys, df, docs, np.ones(len(docs), np.uint32), None, None)


class SharedField:
    """A field whose values are shared by stretches of records: each is analysed and sorted once."""

    def __init__(self) -> None:
        self._number_of: defaultdict[str, int] = defaultdict(count().__next__)
        self._keys, self._stretches, self._positions = array("I"), array("I"), array("I")
        self._first, self._size, self._length = array("I"), array("I"), array("I")  # of each stretch

    def add_text(self, text: str, language: str, first: int, size: int) -> None:
        """Add a text, which is not flowing, that ``size`` records from ``first`` on share."""
        if text and size:
            found = analysis.tokens(text, flowing=False)
            self.add(self.numbers([token.key for token in found]), [token.position for token in found], first, size)

    def add_segmented(self, text: str, language: str, first: int, size: int) -> None:
        """Add the words that the segmenter of a language finds in a text that ``size`` records share."""
        from searchlib.analysis.segmenting import words_of_text

        if text and size:
            keys = self.numbers(words_of_text(text, language))
            self.add(keys, [0] * len(keys), first, size)

    def numbers(self, keys: Iterable[str]) -> array[int]:
        """The keys as `add` takes them."""
        return array("I", map(self._number_of.__getitem__, keys))

    def add(self, keys: Sequence[int], positions: Sequence[int], first: int, size: int) -> None:
        """Add keys at positions that ``size`` records from ``first`` on share."""
        if not keys or not size:
            return
        self._stretches.extend(repeat(len(self._first), len(keys)))
        self._keys.extend(keys)
        self._positions.extend(positions)
        self._first.append(first)
        self._size.append(size)
        self._length.append(len(keys))

    def invert(self, records: int) -> FieldRun:
        """The postings in a run of so many records."""
        keys, rank = sorted_keys(list(map(_encoded, self._number_of)))
        first, size, length = (_numbers(values) for values in (self._first, self._size, self._length))
        tokens = _numbers(self._keys)
        grouped = group(
            keys,
            rank[tokens] if len(tokens) else tokens,
            _numbers(self._stretches),
            _numbers(self._positions),
            None,
        )
        # Each posting of a stretch becomes one posting for each of its records.
        repeats = size[grouped.docs].astype(np.int64)
        docs = ranges(first[grouped.docs], repeats)
        df = sums(repeats, grouped.df)
        freqs = np.repeat(grouped.freqs, repeats)
        assert grouped.positions is not None
        begins = np.cumsum(grouped.freqs, dtype=np.int64) - grouped.freqs
        places = ranges(np.repeat(begins, repeats), freqs.astype(np.int64), np.int64)
        lengths = np.zeros(records, np.uint32)
        lengths[ranges(first, size.astype(np.int64))] = np.repeat(length, size)
        return FieldRun(keys, df, docs, freqs, grouped.positions[places], lengths)


class MetadataFields:
    """All fields of metadata: one field whose keys begin with the names of theirs (see ``format.thin``)."""

    def __init__(self) -> None:
        self._shared = SharedField()
        self._names: set[str] = set()
        self._known: dict[tuple[str, type, Scalar], tuple[array[int], array[int]]] = {}

    def add(self, values: Mapping[str, tuple[Scalar, ...]], first: int, size: int) -> None:
        """Add values by field, which ``size`` records from ``first`` on share."""
        if not size or not values:
            return
        self._names.update(values)
        keys, positions = array("I"), array("I")
        for name, its_values in values.items():
            its_keys, its_positions = self._of(name, its_values)
            keys += its_keys
            positions += its_positions
        self._shared.add(keys, positions, first, size)

    def _of(self, name: str, values: tuple[Scalar, ...]) -> tuple[array[int], array[int]]:
        """The keys of values and their positions; what many documents say is looked up."""
        place = name, type(values[0]), values[0]
        known = self._known.get(place) if len(values) == 1 else None
        if known is None:
            found, positions = meta_keys(values)
            begin = name + "\0"
            known = self._shared.numbers([begin + key for key in found]), array("I", positions)
            if len(values) == 1:
                if len(self._known) >= _KNOWN:
                    self._known.clear()
                self._known[place] = known
        return known

    def invert(self, records: int) -> tuple[FieldRun, list[str]]:
        """The postings in a run of so many records, and the names of the fields that have any, as their keys stand."""
        found = replace(self._shared.invert(records), lengths=None)  # which are sums of frequencies
        having = []
        for name in sorted(self._names, key=beginning):
            at = bisect_left(found.keys, beginning(name))
            if at < len(found.keys) and found.keys[at].startswith(beginning(name)):
                having.append(name)
        return found, having


def without_places(run: FieldRun) -> FieldRun:
    """The same without positions and lengths."""
    return replace(run, positions=None, lengths=None)


def _encoded(key: str) -> bytes:
    return key.encode("utf-8", "surrogatepass")


def _numbers(values: array[int]) -> UInts:
    return np.frombuffer(values, dtype=np.uint32)
