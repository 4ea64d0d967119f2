"""Small generated corpora, and the plainest possible index of one to compare with."""

from __future__ import annotations

import random
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from searchlib.engines.whoosh.format.files import CHUNK, SegmentFiles
from searchlib.engines.whoosh.format.segment import SegmentColumns

Text = list[bytes]


@dataclass
class Inverted:
    """key -> {document: positions}, and the length of every document."""

    postings: dict[bytes, dict[int, list[int]]] = field(default_factory=dict)
    lengths: list[int] = field(default_factory=list)


def invert(texts: list[Text]) -> Inverted:
    """The index of some texts."""
    postings: dict[bytes, dict[int, list[int]]] = defaultdict(lambda: defaultdict(list))
    for document, text in enumerate(texts):
        for position, word in enumerate(text):
            postings[word][document].append(position)
    return Inverted({key: dict(documents) for key, documents in postings.items()}, [len(text) for text in texts])


def random_texts(seed: int, documents: int, words: int = 60, longest: int = 40) -> list[Text]:
    """Texts whose words are as unevenly frequent as those of a language."""
    chance = random.Random(seed)
    vocabulary = [b"w%d" % number for number in range(words)]
    weights = [1 / (rank + 1) for rank in range(words)]
    return [chance.choices(vocabulary, weights, k=chance.randrange(longest)) for _ in range(documents)]


def columns_of(inverted: Inverted, positions: bool = True) -> tuple:
    """What `FieldFiles.add` takes."""
    keys = sorted(inverted.postings)
    lists = [inverted.postings[key] for key in keys]
    df = np.array([len(documents) for documents in lists], np.int64)
    docs = np.array([document for documents in lists for document in documents], np.uint32)
    each = [where for documents in lists for where in documents.values()]
    freqs = np.array([len(where) for where in each], np.uint32)
    flat = np.array([position for where in each for position in where], np.uint32) if positions else None
    return keys, df, docs, freqs, flat, np.array(inverted.lengths, np.uint32)


def write_segment(
    folder: Path, texts: list[Text], segment_id: str = "MAIN_1", positions: bool = True, chunk: int = CHUNK
) -> Path:
    """A segment with the texts in the field "text", stored too, and a column of lengths."""
    inverted = invert(texts)
    with SegmentFiles(folder, segment_id, sync=False, chunk=chunk) as files:
        terms = files.field("text", positions)
        if inverted.postings:
            terms.add(*columns_of(inverted, positions))
        terms.finish(np.array(inverted.lengths, np.uint32))
        files.stored("text").add([b" ".join(text).decode("latin-1") for text in texts])
        files.stored("path").add([f"folder/{number // 10}" for number in range(len(texts))])
        files.column("number", np.arange(len(texts)) - 3)
        files.close(len(texts))
    return folder


def everything(segment: SegmentColumns) -> dict:
    """All that can be read from a segment, by every way of reading it, as plain Python."""
    read: dict = {"stored": [], "terms": {}}
    for document in range(segment.doc_count):
        read["stored"].append(segment.stored(document))
    for name in segment.stored_names:
        read["all " + name] = list(segment.stored_values(name))
    for name in segment.columns:
        read["column " + name] = segment.column(name).tolist()
    for name in segment.fields:
        read["lengths " + name] = segment.lengths(name).tolist()
        for key, listed in segment.terms(name):
            entry = segment.term(name, key)
            found = [] if entry is None else [entry.df, entry.cf]
            for one in (listed, entry) if entry is not None else (listed,):
                blocks = segment.blocks(one)
                some = np.arange(0, len(blocks.last_docs), 3)
                found += [segment.docs(one).tolist(), segment.freqs(one).tolist()]
                found += [part.tolist() for part in blocks]
                found += [part.tolist() for part in segment.decode(one, some)]
                if segment.has_positions(name):
                    which = np.arange(0, one.df, 5)
                    found += [part.tolist() for part in segment.positions(one)]
                    found += [part.tolist() for part in segment.positions(one, which)]
            read["terms"][name, key] = found
    return read
