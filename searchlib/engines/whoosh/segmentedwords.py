"""Checking the words that segmenters found in the texts of a segment: they are found again, if by the same versions.

Postings are compared by a sum over all of them, in which each counts by its key, its record and its frequency: so
neither side is held in memory.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence, Set
from itertools import islice
from typing import Final

import numpy as np

from searchlib.analysis.segmenting import is_there, made_by
from searchlib.engines.whoosh.building.fieldruns import SharedField
from searchlib.engines.whoosh.building.mergesources import SegmentSource
from searchlib.engines.whoosh.format.segment import SegmentColumns
from searchlib.hashing import blake2b
from searchlib.model.arrays import NDArray
from searchlib.model.fields import SEGMENTED

_AT_ONCE: Final = 4_096  # records, or terms
_ODD: Final = (np.uint64(0x9E3779B97F4A7C15), np.uint64(0xC2B2AE3D27D4EB4F))


def wrong_words(segment: SegmentColumns, said: Mapping[str, str]) -> Iterator[str]:
    """What is wrong with the words of a segment; ``said`` is what found them, for each language.

    Where any of that is not here in the same version, only whether there are fields for them.
    """
    missing = SEGMENTED.keys() - set(segment.fields) if said else SEGMENTED.keys() & set(segment.fields)
    if missing:
        yield "its words of segmenters are not those that the settings name"
        return
    if not all(is_there(language) and made_by(language) == made for language, made in said.items()):
        return
    for field, base in SEGMENTED.items() if said else ():
        if _of_texts(segment, base, said.keys()) != _of_postings(segment, field):
            yield f"the words that segmenters found in {base!r} are not those of the texts"


def _of_texts(segment: SegmentColumns, name: str, languages: Set[str]) -> int:
    """The sum over the words that are found in the texts of a field now."""
    spoken = [""] * segment.doc_count
    for key, entry in segment.terms("language"):
        language = key.decode("utf-8", "replace")
        for record in segment.docs(entry).tolist() if language in languages else ():
            spoken[record] = language
    records = np.array([number for number, language in enumerate(spoken) if language], np.int64)
    total = 0
    for start in range(0, len(records), _AT_ONCE):
        some = records[start : start + _AT_ONCE]
        found = SharedField()
        for record, text in zip(some.tolist(), SegmentSource(segment).stored_at(name, some), strict=True):
            found.add_segmented(text, spoken[record], record, 1)
        run = found.invert(segment.doc_count)
        total += _sum(run.keys, run.df, run.docs, run.freqs)
    return total % (1 << 64)


def _of_postings(segment: SegmentColumns, field: str) -> int:
    """The sum over the postings of a field."""
    total = 0
    terms = iter(segment.terms(field))
    while part := list(islice(terms, _AT_ONCE)):
        found = segment.postings(field, [entry for _, entry in part])
        df = np.array([entry.df for _, entry in part], np.uint32)
        total += _sum([key for key, _ in part], df, found.docs, found.freqs)
    return total % (1 << 64)


def _sum(keys: Sequence[bytes], df: NDArray[np.uint32], docs: NDArray[np.uint32], freqs: NDArray[np.uint32]) -> int:
    hashes = [int.from_bytes(blake2b(key, digest_size=8).digest(), "little") for key in keys]
    mixed = (docs.astype(np.uint64) << np.uint64(32) | freqs) * _ODD[0]
    mixed = (mixed ^ mixed >> np.uint64(31)) * _ODD[1] + np.repeat(np.array(hashes, np.uint64), df)
    mixed = (mixed ^ mixed >> np.uint64(29)) * _ODD[0]
    return int((mixed ^ mixed >> np.uint64(32)).sum(dtype=np.uint64))
