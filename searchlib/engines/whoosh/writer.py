"""The writer: from documents to the next generation of the index.

Documents are gathered into batches, batches inverted into runs, and at ``commit`` the runs become one segment.
Documents that are replaced or removed are marked as deleted in the segments that hold them. Segments are merged
when there are many, or when most of their records are deleted.
"""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from searchlib.analysis import DEFAULT_LANGUAGE
from searchlib.arrays import NDArray
from searchlib.engine import DocumentState
from searchlib.engines.whoosh import disk
from searchlib.engines.whoosh.building.inversion import Incoming
from searchlib.engines.whoosh.building.merging import GONE, Placement, StoredNames, merge, place
from searchlib.engines.whoosh.building.order import natural_key
from searchlib.engines.whoosh.building.pool import InProcess, Inverted, Workers
from searchlib.engines.whoosh.building.sources import SegmentSource, Source
from searchlib.engines.whoosh.building.words import Miscounted, TextWords, Totals, count_records, write_vocabulary
from searchlib.engines.whoosh.checking import damaged_files
from searchlib.engines.whoosh.codec.deletions import deletions_name, write_deletions
from searchlib.engines.whoosh.codec.vocabulary import Vocabulary
from searchlib.engines.whoosh.documents import DocumentTable
from searchlib.engines.whoosh.manifest import (
    FORMAT,
    VOCABULARY,
    FileEntry,
    Manifest,
    SegmentEntry,
    describe_file,
    digest_of,
    read_manifest,
    with_directories,
)
from searchlib.engines.whoosh.publishing import Lock, abandon, private_folder, publish, read_only, sweep
from searchlib.engines.whoosh.seeds import read_seeds, write_seeds
from searchlib.engines.whoosh.segments import open_segment, open_words
from searchlib.engines.whoosh.toc import write_toc
from searchlib.errors import IndexMissing, IndexProblem
from searchlib.records import Document, document_digest

BATCH = 8 << 20  # code points of text that are inverted together, at most; a batch takes some 20 bytes for each
A_DOCUMENT = 64  # code points: what a document takes besides its text
SMALL = 8 << 20  # code points; what is smaller than this is not worth a second process
MEMORY = 512 << 20
MOST_SEGMENTS = 8
NEW = "MAIN_new"  # what a segment is called until its files have their digests
FIXED = frozenset({"text", "title", "headings", "document", "type", "language", "kind"})  # fields; others are metadata
STORED = StoredNames(
    stored=(
        "text", "title", "headings", "document", "type", "language", "kind", "metadata",
        "_occurrence", "_digest", "_seed",
    ),
    columns=("_id", "number", "start", "line"),
)  # fmt: skip


class WhooshWriter:
    """Implements ``searchlib.engine.Writer``. Not for use by several threads at once.

    With ``repair`` an index that is damaged, or of a format that is not known, is taken for an empty one, and
    ``damage`` says what is wrong with it; without, it is an error.
    """

    def __init__(
        self,
        folder: Path,
        *,
        processes: int | None = None,
        memory: int | None = None,
        settings: Mapping[str, Any] | None = None,
        sources: Mapping[str, Sequence[str]] | None = None,
        wait: float = 0,
        repair: bool = False,
    ) -> None:
        self._folder = folder
        self._lock = Lock(folder, wait)
        self._processes = processes if processes is not None else os.cpu_count() or 1
        self._memory = memory if memory is not None else MEMORY
        self._runs: InProcess | Workers | None = None
        self._batch: list[Incoming] = []
        self._batch_size = self._size = 0
        self._removed: set[str] = set()
        self._added: set[str] = set()  # paths
        self._early: list[list[Incoming]] = []  # batches before it is known whether there will be many
        self.compact = False
        self._by_hand = sources is None  # not from seeds
        self.damage = ""
        self.seeds: dict[str, str] = {}  # digest of each seed by its name
        self.empty: set[str] = set()  # after a commit: documents that were added and have no paragraph
        self._seeds_before: dict[str, str] = {}
        self._manifest = self._before = Manifest()
        try:
            self._open(repair)
            self._settings = dict(self._manifest.settings if settings is None else settings)
            self._sources = dict(self._manifest.sources if sources is None else sources)
            self._private = private_folder(folder)
        except BaseException:
            self._lock.release()
            raise

    def _open(self, repair: bool) -> None:
        try:
            manifest = read_manifest(self._folder)
            if repair and (damage := damaged_files(self._folder, manifest, by_pages=True)):
                self.damage = f"{damage[0].file} {damage[0].message}"
                return
            self._seeds_before = read_seeds(self._folder, manifest)
        except IndexMissing:
            return
        except IndexProblem as error:
            if not repair:
                raise
            # What cannot be read is replaced by what is written now.
            self.damage = str(error).partition(";")[0]
            return
        self.seeds = dict(self._seeds_before)
        self._manifest = self._before = manifest

    @property
    def manifest(self) -> Manifest:
        """The generation that this writer builds upon."""
        return self._manifest

    def start_over(self) -> None:
        """Build upon nothing: every document of the index so far goes."""
        self._manifest = Manifest()
        self.seeds = {}
        self.__dict__.pop("_tables", None)

    def add(
        self, document: Document, *, seed: str = "", digest: str = "", default_language: str = DEFAULT_LANGUAGE
    ) -> None:
        """Add a document, in place of any of the same path; ``default_language`` is its language if in doubt."""
        digest = digest or document_digest(document)
        self._added.add(document.path)
        self._removed.add(document.path)
        self._batch.append(Incoming(document, seed, digest, default_language))
        self._batch_size += len(document.text) + A_DOCUMENT
        if self._batch_size >= min(BATCH, self._memory // 64):
            self._flush()

    def remove(self, path: str) -> None:
        """Remove a document; removing what is not there is no error."""
        self._removed.add(path)
        self._added.discard(path)  # what is in a run already is left out at the merge (_kept_in_runs)

    def _flush(self) -> None:
        if not self._batch:
            return
        batch, self._batch = self._batch, []
        self._size += self._batch_size
        self._batch_size = 0
        if self._runs is None:
            self._early.append(batch)
            if self._size >= SMALL:
                self._start()
        else:
            self._runs.submit(batch)

    def _start(self) -> None:
        language = str(self._settings.get("language", "auto"))
        if self._processes > 1 and self._size >= SMALL:
            self._runs = Workers(self._private, language, self._processes)
        else:
            self._runs = InProcess(self._private, language, self._memory // 2)
        for batch in self._early:
            self._runs.submit(batch)
        self._early.clear()

    def commit(self) -> None:
        """Publish all of it at once."""
        try:
            self._flush()
            if self._runs is None:
                self._start()
            assert self._runs is not None
            self._publish(self._runs.finish())
        except OSError as error:
            self.cancel()
            raise read_only(self._folder, error) from error
        except BaseException:
            self.cancel()
            raise
        self._lock.release()

    def cancel(self) -> None:
        """Forget all of it and leave nothing behind."""
        try:
            if self._runs is not None:
                self._runs.cancel()
            abandon(self._folder)
        finally:
            self._lock.release()

    @cached_property
    def _tables(self) -> list[DocumentTable]:
        """The documents of each segment that is built upon."""
        return [DocumentTable(open_segment(self._folder, entry)) for entry in self._manifest.segments]

    def documents(self) -> Iterator[DocumentState]:
        """Every document of the generation that this writer builds upon."""
        for table in self._tables:
            yield from table.states()

    # From runs to segments

    def _publish(self, runs: list[Inverted]) -> None:
        self.empty = {path for run in runs for path, size in run.documents if not size and path in self._added}
        tables = self._tables
        kept = [self._kept_in_segment(table) for table in tables]
        if self._by_hand:
            self._forget_seeds(tables)
        merged, standing = self._choose(list(self._manifest.segments), kept)
        sources: list[Source] = [SegmentSource(tables[number].segment) for number in merged]
        masks: list[NDArray[np.bool_] | None] = [kept[number] for number in merged]
        listed: list[Sequence[tuple[str, int]]] = [tables[number].sizes() for number in merged]
        for run, mask in zip(runs, self._kept_in_runs(runs), strict=True):
            sources.append(run.source)
            masks.append(mask)
            listed.append(run.documents)
        parts = []
        names: list[str] = []
        for number in standing:
            entry, written = self._mark(self._manifest.segments[number], kept[number])
            parts.append(_Part(entry, tables[number], kept[number]))
            names += written
        placement = place(sources, masks, self._order(listed))
        if placement.size:
            entry, written = self._merge(sources, placement, listed)
            table = DocumentTable(open_segment(self._private, entry))
            parts.append(_Part(entry, table, table.alive))
            names += written
        manifest = self._describe(parts)
        if not self._changes(manifest) and self._manifest.vocabulary:
            disk.DISK.sync_folder(self._folder)
            sweep(self._folder, self._before)
            return
        beside = [
            write_toc(self._folder, self._private, manifest),
            write_seeds(self._private, self.seeds),
            self._write_words(tables, kept, runs),
        ]
        manifest = replace(manifest, files={name: describe_file(self._private / name) for name in sorted(beside)})
        publish(self._folder, names + beside, manifest)
        self._manifest = manifest

    def _write_words(
        self, tables: Sequence[DocumentTable], kept: Sequence[NDArray[np.bool_]], runs: list[Inverted]
    ) -> str:
        """Write the vocabulary of the generation to be; the name of its file."""
        before = open_words(self._folder, self._manifest)
        path = self._private / (NEW + VOCABULARY)
        try:
            if before is not None:
                gone = [table.alive & ~mask for table, mask in zip(tables, kept, strict=True)]
                self._count_words(path, tables, gone, runs, before.vocabulary)
        except Miscounted:  # by whoever wrote it: what the texts say counts
            before = None
        if before is None:
            self._count_words(path, tables, kept, runs, None)
        name = f"_MAIN_{describe_file(path).digest[:16]}{VOCABULARY}"  # which Whoosh takes for no segment's
        disk.DISK.rename(path, self._private / name)
        return name

    def _count_words(
        self,
        path: Path,
        tables: Sequence[DocumentTable],
        records: Sequence[NDArray[np.bool_]],
        runs: list[Inverted],
        before: Vocabulary | None,
    ) -> None:
        """Write the vocabulary: ``before`` without the ``records``, or these alone, and with what is new."""
        totals = Totals(self._private)
        try:
            add, subtract = TextWords(totals.add), TextWords(totals.subtract)
            for table, mask in zip(tables, records, strict=True):
                numbers = np.flatnonzero(mask)
                begins = np.isin(numbers, table.firsts, assume_unique=True)
                source = SegmentSource(table.segment)
                count_records(numbers, begins, source.stored_at, add if before is None else subtract)
            for run, kept in zip(runs, self._kept_in_runs(runs), strict=True):
                totals.add(*run.source.words())
                if kept is not None:
                    numbers = np.flatnonzero(~kept)
                    firsts = np.fromiter((first for first, _ in _firsts(run.documents)), np.int64, len(run.documents))
                    count_records(numbers, np.isin(numbers, firsts), run.source.stored_at, subtract)
            add.finish()
            subtract.finish()
            write_vocabulary(path, totals.chunks(None if before is None else before.chunks()))
        finally:
            totals.close()

    def _changes(self, manifest: Manifest) -> bool:
        """Whether it is another index than the one that is there."""
        before = self._before
        same = replace(before, generation=manifest.generation, files={}) == manifest
        same = same and self.seeds == self._seeds_before and bool(before.files)
        return not same or (self.compact and before.generation != 1)

    def _forget_seeds(self, tables: Sequence[DocumentTable]) -> None:
        """Have the next update look again at seeds whose documents were replaced or removed by hand."""
        for table in tables:
            for path, seed in zip(table.paths, table.values("_seed"), strict=True):
                if path in self._removed:
                    self.seeds.pop(seed, None)

    def _kept_in_segment(self, table: DocumentTable) -> NDArray[np.bool_]:
        kept = table.alive.copy()
        for path, first, size in table.places():
            if path in self._removed:
                kept[first : first + size] = False
        return kept

    def _kept_in_runs(self, runs: list[Inverted]) -> list[NDArray[np.bool_] | None]:
        """Of a document that was added more than once the last one stands; of one removed since, none."""
        seen = self._removed - self._added
        masks: list[NDArray[np.bool_] | None] = []
        for run in reversed(runs):
            mask = np.ones(run.source.size, bool)
            end = run.source.size
            for path, size in reversed(run.documents):
                if path in seen:
                    mask[end - size : end] = False
                seen.add(path)
                end -= size
            masks.append(None if mask.all() else mask)
        return masks[::-1]

    def _choose(self, entries: list[SegmentEntry], kept: list[NDArray[np.bool_]]) -> tuple[list[int], list[int]]:
        """Which segments to merge with what is new, and which to leave; those without records go."""
        live = [int(mask.sum()) for mask in kept]
        numbers = [number for number in range(len(entries)) if live[number]]
        if self.compact:
            # One segment with nothing deleted is what a clean build would make: it stays as it is.
            whole = len(numbers) == 1 and live[numbers[0]] == entries[numbers[0]].records and not self._added
            merged = [] if whole else numbers
        else:
            merged = [number for number in numbers if 2 * live[number] < entries[number].records]
            rest = sorted((number for number in numbers if number not in merged), key=lambda number: live[number])
            if len(rest) >= MOST_SEGMENTS:
                # The smaller half: a record is rewritten a logarithmic number of times.
                merged += rest[: len(rest) // 2 + 1]
        return sorted(merged), [number for number in numbers if number not in merged]

    def _mark(self, entry: SegmentEntry, kept: NDArray[np.bool_]) -> tuple[SegmentEntry, list[str]]:
        entry = with_directories(self._folder, entry)
        deleted = int(len(kept) - kept.sum())
        if deleted == entry.deleted:
            return entry, []
        name = write_deletions(self._private, entry.name, deleted, ~kept, sync=False).name
        old = deletions_name(entry.name, entry.deleted)
        files = {path: found for path, found in entry.files.items() if path != old}
        files[name] = describe_file(self._private / name)
        return replace(entry, files=files, deleted=deleted), [name]

    def _merge(
        self, sources: list[Source], placement: Placement, listed: list[Sequence[tuple[str, int]]]
    ) -> tuple[SegmentEntry, list[str]]:
        merge(sources, placement, self._private, NEW, STORED)
        tokens = 0
        for source, target in zip(sources, placement.targets, strict=True):
            lengths = source.lengths("text")
            if lengths is not None:
                tokens += int(lengths[target != GONE].sum(dtype=np.int64))
        written = {path.suffix: path for path in sorted(self._private.glob(f"{NEW}.*"))}
        described = {suffix: describe_file(path) for suffix, path in written.items()}
        segment_id = self._segment_id(described)
        files = {}
        for suffix, path in written.items():
            name = f"MAIN_{segment_id}{suffix}"
            disk.DISK.rename(path, self._private / name)
            files[name] = described[suffix]
        documents = sum(
            bool(size) and bool((target != GONE)[first])
            for sizes, target in zip(listed, placement.targets, strict=True)
            for first, size in _firsts(sizes)
        )
        return SegmentEntry(segment_id, placement.size, documents, tokens, files), list(files)

    @staticmethod
    def _order(listed: list[Sequence[tuple[str, int]]]) -> NDArray[np.uint32] | None:
        """The records in the natural order of their documents, or None if they stand so."""
        documents = [document for part in listed for document in part]
        # Looked at one by one: a million keys take 400 MB.
        if all(a <= b for a, b in pairwise(natural_key(path) for path, _ in documents)):
            return None
        keys = [natural_key(path) for path, _ in documents]
        firsts = np.concatenate(([0], np.cumsum([size for _, size in documents], dtype=np.int64)))
        pieces = [
            np.arange(firsts[number], firsts[number + 1], dtype=np.uint32)
            for number in sorted(range(len(documents)), key=keys.__getitem__)
        ]
        return np.concatenate(pieces)

    def _segment_id(self, described: Mapping[str, FileEntry]) -> str:
        """A name from what the files hold: the same documents make the same names, and a name never another file."""
        contents = {suffix: {"size": entry.size, "digest": entry.digest} for suffix, entry in described.items()}
        return digest_of(json.dumps([FORMAT, contents], sort_keys=True).encode())[:16]

    def _describe(self, parts: Sequence[_Part]) -> Manifest:
        languages: Counter[str] = Counter()
        types: Counter[str] = Counter()
        fields: set[str] = set()
        for part in parts:
            part.table.count(part.kept, languages, types)
            fields |= part.table.fields(part.kept) - FIXED
        return Manifest(
            1 if self.compact else self._manifest.generation + 1,
            tuple(part.entry for part in parts),
            tuple(sorted(fields)),
            dict(sorted(languages.items())),
            dict(sorted(types.items())),
            self._settings,
            self._sources,
        )


@dataclass(frozen=True, slots=True)
class _Part:
    """A segment of the generation to be: its entry, its documents, and which records are not deleted."""

    entry: SegmentEntry
    table: DocumentTable
    kept: NDArray[np.bool_]


def _firsts(sizes: Sequence[tuple[str, int]]) -> Iterator[tuple[int, int]]:
    """(first record, number of records) of each document."""
    first = 0
    for _, size in sizes:
        yield first, size
        first += size
