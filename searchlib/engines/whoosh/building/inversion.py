"""Inversion: from documents to a run.

Paragraphs are found, identified and analysed in the language of their document; what they say and where they
stand is kept as it is to be stored. Nothing here knows of files: a run is merged into a segment (``merging``).
"""

from __future__ import annotations

import json
from array import array
from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import pairwise
from typing import Final

import numpy as np

from searchlib.engines.whoosh.building.fieldruns import (
    MetadataFields,
    SharedField,
    TextField,
    ValueField,
    without_places,
)
from searchlib.engines.whoosh.building.incoming import Incoming
from searchlib.engines.whoosh.building.parts import whole
from searchlib.engines.whoosh.building.runs import InvertedDocument, Repeated, Run
from searchlib.engines.whoosh.building.wordcounts import TextWords
from searchlib.engines.whoosh.storedrecords import COLUMNS, DOCUMENTS, ID_COLUMNS, RECORDS, STREAMS
from searchlib.model.fields import EXACT, PROSE, SEGMENTED, TABLE
from searchlib.model.locators import Locator, values_of, written
from searchlib.model.records import DocumentInfo, IdHash, Metadata
from searchlib.paragraphs.identifying import language_of
from searchlib.query.values import field_values

_ENCODER: Final = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"))
_OF_DOCUMENT: Final = tuple(field for field in TABLE.values() if field.owner == "document")


def invert(batch: Iterable[Incoming], language: str = "auto", segment: Collection[str] = ()) -> Run:
    """Split, analyse and invert a batch of documents.

    ``language`` is for documents that do not name theirs: a code, or "auto" to detect it. In documents of the languages
    ``segment``, a segmenter finds the words.
    """
    inverter = _Inverter(language, segment)
    for incoming in batch:
        inverter.add(incoming)
    return inverter.run()


class _Words:
    """Words of a vocabulary and how often each occurs.

    Apart from what counts them: an inverter that refers to itself, by a method, would keep a batch in memory until
    the garbage collector comes by.
    """

    def __init__(self) -> None:
        self.keys: list[bytes] = []
        self.counts = array("I")

    def take(self, keys: Iterable[bytes], counts: Iterable[int]) -> None:
        """Add some; a key may come more than once."""
        self.keys.extend(keys)
        self.counts.extend(counts)


class _Inverter:
    def __init__(self, language: str, segment: Collection[str]) -> None:
        self.language = language
        self.segment = segment
        self.size = 0
        self.text = TextField()
        self.prose: dict[str, SharedField] = {name: SharedField() for name in PROSE if name != "text"}
        self.segmented: dict[str, SharedField] = {name: SharedField() for name in self.prose}
        self.exact: dict[str, ValueField] = {name: ValueField() for name in EXACT}
        self.metadata = MetadataFields()
        self.texts: list[str] = []
        self.stored = {name: Repeated() for name in STREAMS[RECORDS][1:]}  # all but the text
        self.about: dict[str, list[str]] = {name: [] for name in STREAMS[DOCUMENTS]}
        self.columns: dict[str, array[int]] = {name: array("I") for name in COLUMNS}
        self.documents: list[InvertedDocument] = []
        self.words = _Words()
        self.above = TextWords(self.words.take)  # the words of titles and headings

    def add(self, incoming: Incoming) -> None:
        document, first = incoming.document, self.size
        part = incoming.part or whole(document, language_of(document, self.language, incoming.default_language))
        found, language = part.places, part.language
        size = len(found)
        ranges = list(zip(found.starts, found.ends, strict=True))
        texts = [document.text[start:end] for start, end in ranges]
        self.texts += texts
        self.text.add(document.text, ranges, language)
        paths = self._headings(found.headings, language)
        if size:
            self.above.add_document(document.title if part.above is None else "", paths, part.above or "")
        about = DocumentInfo(document.path, document.title, document.type, language, document.metadata, incoming.digest)
        for field in _OF_DOCUMENT:
            value = field.of(about)
            if field.kind == "prose":
                self._prose(field.name, value, language, first, size)
            else:
                self.exact[field.name].add(value, size)
            if size:
                self.about[field.name].append(value)
        for start, stop in stretches(found.kinds):
            self.exact["kind"].add(found.kinds[start], stop - start)
            self.stored["kind"].add(found.kinds[start], stop - start)
        self._values(document.metadata, found.locators)
        if size:
            self._store(incoming)
        self._identify(document.path, texts, part.occurrences)
        self.columns["number"].extend(range(part.number + 1, part.number + size + 1))
        self.columns["start"].extend(part.starts or [part.offset + start for start in found.starts])
        self.columns["line"].extend(found.lines)
        self.documents.append(InvertedDocument(document.path, size, part.above))
        self.size += size

    def _headings(self, headings: Sequence[tuple[str, ...]], language: str) -> list[str]:
        """Add the heading paths of a document; each stretch of the same one."""
        paths = []
        for start, stop in stretches(headings):
            path = "\n".join(headings[start])
            self._prose("headings", path, language, self.size + start, stop - start)
            self.stored["headings"].add(path, stop - start)
            paths.append(path)
        return paths

    def _prose(self, name: str, text: str, language: str, first: int, size: int) -> None:
        self.prose[name].add_text(text, language, first, size)
        if language in self.segment:
            self.segmented[name].add_segmented(text, language, first, size)

    def _values(self, metadata: Metadata, located: Sequence[tuple[Locator, ...]]) -> None:
        """Add what metadata and locators say: that of locators to each stretch of the same ones."""
        parts = [(start, stop - start, located[start]) for start, stop in stretches(located)]
        of_locators = {name for _, _, ones in parts for name in values_of(ones)}
        values = field_values(metadata)
        if of_locators:
            values = {name: own for name, own in values.items() if name not in of_locators}
        self.metadata.add(values, self.size, len(located))
        for start, length, ones in parts:
            if of_locators:
                both = field_values(metadata, ones)
                values = {name: both[name] for name in sorted(of_locators & both.keys())}
                self.metadata.add(values, self.size + start, length)
            self.stored["locators"].add(written(ones), length)

    def _store(self, incoming: Incoming) -> None:
        metadata = incoming.document.metadata
        self.about["metadata"].append(_ENCODER.encode(dict(metadata)) if metadata else "{}")
        self.about["_digest"].append(incoming.digest)
        self.about["_seed"].append(incoming.seed)

    def _identify(self, path: str, texts: list[str], occurrences: Sequence[int] | None) -> None:
        alike = [" ".join(text.split()) for text in texts]
        if occurrences is None:
            occurrences = _occurrences(alike)
        for start, stop in stretches(occurrences):
            self.stored["_occurrence"].add(occurrences[start], stop - start)
        digests = b"".join(map(IdHash(path).digest, alike, occurrences))
        ids = np.frombuffer(digests, np.dtype(list(zip(ID_COLUMNS, (">u4", ">u4", ">u2"), strict=True))))
        for name in ID_COLUMNS:
            self.columns[name].frombytes(ids[name].astype(np.uint32).tobytes())

    def run(self) -> Run:
        fields = {"text": self.text.invert()}
        fields |= {name: prose.invert(self.size) for name, prose in self.prose.items()}
        fields |= {name: exact.invert() for name, exact in self.exact.items()}
        if self.segment:
            for name, base in SEGMENTED.items():
                shared = self.segmented.get(base)
                found = shared.invert(self.size) if shared is not None else self.text.segmented(self.segment)
                fields[name] = without_places(found)
        metadata, metadata_fields = self.metadata.invert(self.size)
        columns = {name: np.frombuffer(values, dtype=np.uint32) for name, values in self.columns.items()}
        self.above.finish()
        self.words.take(*self.text.words())
        return Run(
            self.size,
            fields,
            self.texts,
            self.stored,
            self.about,
            columns,
            self.documents,
            metadata,
            metadata_fields,
            self.words.keys,
            np.frombuffer(self.words.counts, dtype=np.uint32),
        )


def _occurrences(texts: Sequence[str]) -> list[int]:
    """For each text how many before it are the same."""
    if len(set(texts)) == len(texts):
        return [0] * len(texts)
    counts: dict[str, int] = {}
    found = []
    for text in texts:
        found.append(counts.get(text, 0))
        counts[text] = found[-1] + 1
    return found


def stretches(values: Sequence[object]) -> Iterator[tuple[int, int]]:
    """(start, stop) of every stretch of equal values."""
    if len(values) < 2:
        yield from [(0, 1)] * len(values)
        return
    changes = [number for number, (before, after) in enumerate(pairwise(values), 1) if before != after]
    yield from pairwise([0, *changes, len(values)])
