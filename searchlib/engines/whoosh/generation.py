"""The generation that follows: from the segments of an index, and runs, to segments and a manifest.

Documents that were replaced or removed are marked as deleted in the segments that hold them. What is new becomes one
segment; others are merged into it when there are many, or when most of their records are deleted.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np

from searchlib.analysis.natural import natural_key
from searchlib.engines.whoosh import disk
from searchlib.engines.whoosh.building.mergesources import SegmentSource, Source
from searchlib.engines.whoosh.building.merging import GONE, Placement, merge, place
from searchlib.engines.whoosh.building.pool import Inverted
from searchlib.engines.whoosh.building.portions import PORTIONS, Portions
from searchlib.engines.whoosh.building.runs import InvertedDocument
from searchlib.engines.whoosh.building.wordcounts import (
    Miscounted,
    TextWords,
    Totals,
    count_parts,
    count_records,
    write_vocabulary,
)
from searchlib.engines.whoosh.documents import DocumentTable
from searchlib.engines.whoosh.format.deletions import deletions_name, write_deletions
from searchlib.engines.whoosh.format.vocabulary import Vocabulary
from searchlib.engines.whoosh.manifest import (
    FORMAT,
    LATEST,
    VOCABULARY,
    FileEntry,
    Manifest,
    SegmentEntry,
    describe_file,
    digest_of,
)
from searchlib.engines.whoosh.segments import open_segment, open_words
from searchlib.engines.whoosh.storedrecords import COLUMNS
from searchlib.errors import IndexCorrupt
from searchlib.frozen import frozen
from searchlib.model.arrays import NDArray

NEW = "MAIN_new"  # what a segment is called until its files have their digests


class Following:
    """What follows a manifest: its segments (``tables``) without what is ``removed``, and ``runs``.

    A path that is ``added`` is in ``removed`` as well. Files are written into ``private``; nothing shows before they
    are published.
    """

    def __init__(
        self,
        folder: Path,
        private: Path,
        manifest: Manifest,
        tables: Sequence[DocumentTable],
        runs: Sequence[Inverted],
        removed: AbstractSet[str],
        added: AbstractSet[str],
        portions: Portions = PORTIONS,
    ) -> None:
        self._folder = folder
        self._portions = portions
        self._private = private
        self._manifest = manifest
        self._tables = tables
        self._runs = runs
        self._added = added
        self._kept = [_kept_in_segment(table, removed) for table in tables]
        self._kept_in_runs = _kept_in_runs(runs, removed - added)

    def write_segments(self, compact: bool) -> tuple[Manifest, list[str]]:
        """Write the segments that are new or changed: the manifest as far as segments decide it, and the files."""
        tables, kept = self._tables, self._kept
        merged, standing = self._choose(compact)
        sources: list[Source] = [SegmentSource(tables[number].segment, self._portions) for number in merged]
        masks: list[NDArray[np.bool_] | None] = [kept[number] for number in merged]
        listed = [[InvertedDocument(*size) for size in tables[number].sizes()] for number in merged]
        for run, mask in zip(self._runs, self._kept_in_runs, strict=True):
            sources.append(run.source)
            masks.append(mask)
            listed.append(run.documents)
        parts = []
        names: list[str] = []
        for number in standing:
            entry, written = self._mark(self._manifest.segments[number], kept[number])
            parts.append(_Part(entry, tables[number], kept[number]))
            names += written
        placement = place(sources, masks, _order(listed))
        if placement.size:
            entry, written = self._merge(sources, placement, listed)
            table = DocumentTable(open_segment(self._private, entry))
            parts.append(_Part(entry, table, table.alive))
            names += written
        return self._describe(parts, compact), names

    def write_words(self) -> str:
        """Write the vocabulary of the generation to be; the name of its file."""
        path = self._private / (NEW + VOCABULARY)
        try:
            before = open_words(self._folder, self._manifest).vocabulary if self._manifest.files else None
            gone = [table.alive & ~mask for table, mask in zip(self._tables, self._kept, strict=True)]
            self._count_words(path, self._kept if before is None else gone, before)
        except (Miscounted, IndexCorrupt):  # by whoever wrote it: what the texts say counts
            self._count_words(path, self._kept, None)
        name = f"_MAIN_{describe_file(path).digest[:16]}{VOCABULARY}"  # which Whoosh takes for no segment's
        disk.DISK.rename(path, self._private / name)
        return name

    def _count_words(self, path: Path, records: Sequence[NDArray[np.bool_]], before: Vocabulary | None) -> None:
        """Write the vocabulary: ``before`` without the ``records``, or these alone, and with what is new."""
        totals = Totals(self._private, self._portions)
        try:
            add, subtract = TextWords(totals.add, self._portions), TextWords(totals.subtract, self._portions)
            for table, mask in zip(self._tables, records, strict=True):
                numbers = np.flatnonzero(mask)
                begins = np.isin(numbers, table.firsts, assume_unique=True)
                source = SegmentSource(table.segment, self._portions)
                count_records(numbers, begins, source.stored_at, add if before is None else subtract)
            for run, kept in zip(self._runs, self._kept_in_runs, strict=True):
                totals.add(*run.source.words())
                if kept is not None:
                    gone_here = [
                        (first, one) for first, one in _firsts(run.documents) if one.records and not kept[first]
                    ]
                    count_parts(np.flatnonzero(~kept), gone_here, run.source.stored_at, subtract)
            add.finish()
            subtract.finish()
            write_vocabulary(path, totals.chunks(None if before is None else before.chunks()))
        finally:
            totals.close()

    def _choose(self, compact: bool) -> tuple[list[int], list[int]]:
        """Which segments to merge with what is new, and which to leave; those without records go."""
        entries = self._manifest.segments
        live = [int(mask.sum()) for mask in self._kept]
        numbers = [number for number in range(len(entries)) if live[number]]
        if compact:
            # One segment with nothing deleted is what a clean build would make: it stays as it is.
            whole = len(numbers) == 1 and live[numbers[0]] == entries[numbers[0]].records and not self._added
            merged = [] if whole else numbers
        else:
            merged = [number for number in numbers if 2 * live[number] < entries[number].records]
            rest = sorted((number for number in numbers if number not in merged), key=lambda number: live[number])
            if len(rest) >= self._portions.segments:
                # The smaller half: a record is rewritten a logarithmic number of times.
                merged += rest[: len(rest) // 2 + 1]
        return sorted(merged), [number for number in numbers if number not in merged]

    def _mark(self, entry: SegmentEntry, kept: NDArray[np.bool_]) -> tuple[SegmentEntry, list[str]]:
        deleted = int(len(kept) - kept.sum())
        if deleted == entry.deleted:
            return entry, []
        name = write_deletions(self._private, entry.name, deleted, ~kept, sync=False).name
        old = deletions_name(entry.name, entry.deleted)
        files = {path: found for path, found in entry.files.items() if path != old}
        files[name] = describe_file(self._private / name)
        return replace(entry, files=files, deleted=deleted), [name]

    def _merge(
        self, sources: list[Source], placement: Placement, listed: Sequence[Sequence[InvertedDocument]]
    ) -> tuple[SegmentEntry, list[str]]:
        merge(sources, placement, self._private, NEW, COLUMNS, self._portions)
        tokens = 0
        for source, target in zip(sources, placement.targets, strict=True):
            lengths = source.lengths("text")
            if lengths is not None:
                tokens += int(lengths[target != GONE].sum(dtype=np.int64))
        written = {path.suffix: path for path in sorted(self._private.glob(f"{NEW}.*"))}
        described = {suffix: describe_file(path) for suffix, path in written.items()}
        segment_id = _segment_id(described)
        files = {}
        for suffix, path in written.items():
            name = f"MAIN_{segment_id}{suffix}"
            disk.DISK.rename(path, self._private / name)
            files[name] = described[suffix]
        documents = sum(
            bool(document.records) and document.above is None and bool(target[first] != GONE)
            for its_documents, target in zip(listed, placement.targets, strict=True)
            for first, document in _firsts(its_documents)
        )
        return SegmentEntry(segment_id, placement.size, documents, tokens, files), list(files)

    def _describe(self, parts: Sequence[_Part], compact: bool) -> Manifest:
        languages: Counter[str] = Counter()
        types: Counter[str] = Counter()
        fields: set[str] = set()
        for part in parts:
            part.table.count(part.kept, languages, types)
            kept = None if part.kept.all() else part.kept
            fields |= SegmentSource(part.table.segment, self._portions).metadata(kept).keys()
        return Manifest(
            1 if compact else min(self._manifest.generation + 1, LATEST),
            tuple(part.entry for part in parts),
            tuple(sorted(fields)),
            dict(sorted(languages.items())),
            dict(sorted(types.items())),
        )


@frozen
class _Part:
    """A segment of the generation to be: its entry, its documents, and which records are not deleted."""

    entry: SegmentEntry
    table: DocumentTable
    kept: NDArray[np.bool_]


def _kept_in_segment(table: DocumentTable, removed: AbstractSet[str]) -> NDArray[np.bool_]:
    kept = table.alive.copy()
    for path, first, size in table.places():
        if path in removed:
            kept[first : first + size] = False
    return kept


def _kept_in_runs(runs: Sequence[Inverted], gone: AbstractSet[str]) -> list[NDArray[np.bool_] | None]:
    """Of a document that was added more than once the last one stands; of one removed since, none."""
    seen = set(gone)
    masks: list[NDArray[np.bool_] | None] = []
    kept = True
    whole = True  # the part that was looked at last begins a document
    for run in reversed(runs):
        mask = np.ones(run.source.size, bool)
        end = run.source.size
        for path, size, above in reversed(run.documents):
            if whole:
                kept = path not in seen
            if not kept:
                mask[end - size : end] = False
            seen.add(path)
            end -= size
            whole = above is None
        masks.append(None if mask.all() else mask)
    return masks[::-1]


def _order(listed: Sequence[Sequence[InvertedDocument]]) -> NDArray[np.uint32] | None:
    """The records in the natural order of their documents, or None if they stand so."""
    documents = [document for part in listed for document in part]
    # Looked at one by one: a million keys take 400 MB.
    if all(a <= b for a, b in pairwise(natural_key(document.path) for document in documents)):
        return None
    keys = [natural_key(document.path) for document in documents]
    firsts = np.concatenate(([0], np.cumsum([document.records for document in documents], dtype=np.int64)))
    pieces = [
        np.arange(firsts[number], firsts[number + 1], dtype=np.uint32)
        for number in sorted(range(len(documents)), key=keys.__getitem__)
    ]
    return np.concatenate(pieces)


def _segment_id(described: Mapping[str, FileEntry]) -> str:
    """A name from what the files hold: the same documents make the same names, and a name never another file."""
    contents = {suffix: {"size": entry.size, "digest": entry.digest} for suffix, entry in described.items()}
    return digest_of(json.dumps([FORMAT, contents], sort_keys=True).encode())[:16]


def _firsts(documents: Sequence[InvertedDocument]) -> Iterator[tuple[int, InvertedDocument]]:
    """Each document with its first record."""
    first = 0
    for document in documents:
        yield first, document
        first += document.records
