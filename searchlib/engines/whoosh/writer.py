"""The writer: from documents to the next generation of the index.

Documents are gathered into batches, batches inverted into runs, and at ``commit`` the runs become one segment.
Documents that are replaced or removed are marked as deleted in the segments that hold them. Segments are merged
when there are many, or when most of their records are deleted.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from searchlib.analysis import DEFAULT_LANGUAGE
from searchlib.arrays import NDArray
from searchlib.engine import DocumentState
from searchlib.engines.whoosh.building.inversion import Incoming
from searchlib.engines.whoosh.building.merging import GONE, StoredNames, merge, place
from searchlib.engines.whoosh.building.order import natural_key
from searchlib.engines.whoosh.building.pool import InProcess, Inverted, Workers
from searchlib.engines.whoosh.building.sources import SegmentSource, Source
from searchlib.engines.whoosh.codec.deletions import deletions_name, write_deletions
from searchlib.engines.whoosh.documents import DocumentTable
from searchlib.engines.whoosh.manifest import FORMAT, Manifest, SegmentEntry, describe_file, read_manifest
from searchlib.engines.whoosh.publishing import lock, private_folder, publish, sweep
from searchlib.engines.whoosh.seeds import read_seeds, write_seeds
from searchlib.engines.whoosh.segments import open_segment
from searchlib.engines.whoosh.toc import write_toc
from searchlib.errors import IndexMissing, IndexProblem
from searchlib.records import Document, document_digest

BATCH = 12 << 20  # code points of text that are inverted together
SMALL = 8 << 20  # code points; what is smaller than this is not worth a second process
MEMORY = 512 << 20
MOST_SEGMENTS = 8
STORED = StoredNames(
    stored=(
        "text", "title", "headings", "document", "type", "language", "kind", "metadata",
        "_occurrence", "_digest", "_seed",
    ),
    columns=("_id", "number", "start", "line"),
)  # fmt: skip


class WhooshWriter:
    """Implements ``searchlib.engine.Writer``. Not for use by several threads at once."""

    def __init__(
        self,
        folder: Path,
        *,
        processes: int | None = None,
        memory: int | None = None,
        settings: Mapping[str, Any] | None = None,
        wait: float = 0,
    ) -> None:
        self._folder = folder
        self._lock = lock(folder, wait)
        self._processes = processes if processes is not None else os.cpu_count() or 1
        self._memory = memory if memory is not None else MEMORY
        self._runs: InProcess | Workers | None = None
        self._batch: list[Incoming] = []
        self._batch_size = self._size = 0
        self._removed: set[str] = set()
        self._added: dict[str, str] = {}  # path: digest
        self._early: list[list[Incoming]] = []  # batches before it is known whether there will be many
        self.compact = False
        try:
            self._manifest = read_manifest(folder)
        except IndexMissing:
            self._manifest = Manifest()
        except IndexProblem:
            # What cannot be read is replaced by what is written now.
            self._manifest = Manifest()
        self._seeds_before = read_seeds(folder, self._manifest)
        self.seeds = dict(self._seeds_before)  # digest of each seed by its name
        self._settings = dict(self._manifest.settings if settings is None else settings)
        self._private = private_folder(folder)

    @property
    def manifest(self) -> Manifest:
        """The generation that this writer builds upon."""
        return self._manifest

    def start_over(self) -> None:
        """Build upon nothing: every document of the index so far goes."""
        self._manifest = Manifest(generation=self._manifest.generation)
        self.seeds = {}

    def add(
        self, document: Document, *, seed: str = "", digest: str = "", default_language: str = DEFAULT_LANGUAGE
    ) -> None:
        """Add a document, in place of any of the same path; ``default_language`` is its language if in doubt."""
        digest = digest or document_digest(document)
        self._added[document.path] = digest
        self._removed.add(document.path)
        self._batch.append(Incoming(document, seed, digest, default_language))
        self._batch_size += len(document.text)
        if self._batch_size >= BATCH:
            self._flush()

    def remove(self, path: str) -> None:
        """Remove a document; removing what is not there is no error."""
        self._removed.add(path)
        self._added.pop(path, None)  # what is in a run already is left out at the merge (_kept_in_runs)

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
            runs = self._runs.finish()
            self._publish(runs)
        except BaseException:
            self.cancel()
            raise
        self._lock.release()

    def cancel(self) -> None:
        """Forget all of it and leave nothing behind."""
        if self._runs is not None:
            self._runs.cancel()
        sweep(self._folder, self._manifest)
        self._lock.release()

    def documents(self) -> Iterator[DocumentState]:
        """Every document of the generation that this writer builds upon."""
        for entry in self._manifest.segments:
            yield from DocumentTable(open_segment(self._folder, entry)).states()

    # From runs to segments

    def _publish(self, runs: list[Inverted]) -> None:
        segments = [open_segment(self._folder, entry) for entry in self._manifest.segments]
        tables = [DocumentTable(segment) for segment in segments]
        kept = [self._kept_in_segment(table) for table in tables]
        merged, standing = self._choose(list(self._manifest.segments), kept)
        sources: list[Source] = [SegmentSource(segments[number]) for number in merged]
        masks: list[NDArray[np.bool_] | None] = [kept[number] for number in merged]
        listed: list[Sequence[tuple[str, int]]] = [tables[number].sizes() for number in merged]
        digests = {
            path: digest for number in merged for path, digest in tables[number].digests(kept[number]).items()
        }
        for run, mask in zip(runs, self._kept_in_runs(runs), strict=True):
            sources.append(run.source)
            masks.append(mask)
            listed.append(run.documents)
        digests.update(self._added)
        names: list[str] = []
        entries = []
        for number in standing:
            entry, written = self._mark(self._manifest.segments[number], kept[number])
            entries.append(entry)
            names += written
        fields = set(self._manifest.metadata_fields).union(*(run.metadata_fields for run in runs))
        if digests:
            entry, written = self._merge(sources, masks, listed, digests)
            entries.append(entry)
            names += written
        manifest = self._describe(entries, tables, kept, standing, sorted(fields))
        if not self._changes(manifest):
            sweep(self._folder, self._manifest)
            return
        beside = [*write_toc(self._folder, self._private, manifest), write_seeds(self._private, manifest.generation, self.seeds)]
        manifest = replace(manifest, files={name: describe_file(self._private / name) for name in beside})
        names += beside
        publish(self._folder, names, manifest)
        self._manifest = manifest

    def _changes(self, manifest: Manifest) -> bool:
        before = self._manifest
        same = before.segments == manifest.segments and before.settings == manifest.settings
        same = same and self.seeds == self._seeds_before
        return not (same and before.files)

    def _kept_in_segment(self, table: DocumentTable) -> NDArray[np.bool_]:
        kept = table.alive.copy()
        for path, first, size in table.places():
            if path in self._removed:
                kept[first : first + size] = False
        return kept

    def _kept_in_runs(self, runs: list[Inverted]) -> list[NDArray[np.bool_] | None]:
        """Of a document that was added more than once the last one stands; of one removed since, none."""
        seen = self._removed - self._added.keys()
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

    def _choose(
        self, entries: list[SegmentEntry], kept: list[NDArray[np.bool_]]
    ) -> tuple[list[int], list[int]]:
        """Which segments to merge with what is new, and which to leave; those without records go."""
        live = [int(mask.sum()) for mask in kept]
        numbers = [number for number in range(len(entries)) if live[number]]
        if self.compact:
            merged = numbers
        else:
            merged = [number for number in numbers if 2 * live[number] < entries[number].records]
            rest = sorted((number for number in numbers if number not in merged), key=lambda number: live[number])
            if len(rest) >= MOST_SEGMENTS:
                # The smaller half: a record is rewritten a logarithmic number of times.
                merged += rest[: len(rest) // 2 + 1]
        return sorted(merged), [number for number in numbers if number not in merged]

    def _mark(self, entry: SegmentEntry, kept: NDArray[np.bool_]) -> tuple[SegmentEntry, list[str]]:
        deleted = int(len(kept) - kept.sum())
        if deleted == entry.deleted:
            return entry, []
        generation = self._manifest.generation + 1
        name = write_deletions(self._private, entry.name, generation, ~kept, sync=False).name
        old = deletions_name(entry.name, entry.deletions)
        files = {path: found for path, found in entry.files.items() if path != old}
        files[name] = describe_file(self._private / name)
        return replace(entry, files=files, deletions=generation, deleted=deleted), [name]

    def _merge(
        self,
        sources: list[Source],
        masks: list[NDArray[np.bool_] | None],
        listed: list[Sequence[tuple[str, int]]],
        digests: Mapping[str, str],
    ) -> tuple[SegmentEntry, list[str]]:
        order = self._order(listed)
        placement = place(sources, masks, order)
        segment_id = self._segment_id(digests)
        merge(sources, placement, self._private, f"MAIN_{segment_id}", STORED)
        names = sorted(path.name for path in self._private.glob(f"MAIN_{segment_id}.*"))
        lengths = [source.lengths("text") for source in sources]
        tokens = 0
        for found, target in zip(lengths, placement.targets, strict=True):
            if found is not None:
                tokens += int(found[target != GONE].sum(dtype=np.int64))
        files = {name: describe_file(self._private / name) for name in names}
        return SegmentEntry(segment_id, placement.size, len(digests), tokens, files), names

    @staticmethod
    def _order(listed: list[Sequence[tuple[str, int]]]) -> NDArray[np.uint32] | None:
        """The records in the natural order of their documents, or None if they stand so."""
        documents = [document for part in listed for document in part]
        keys = [natural_key(path) for path, _ in documents]
        if all(a <= b for a, b in zip(keys, keys[1:], strict=False)):
            return None
        firsts = np.concatenate(([0], np.cumsum([size for _, size in documents], dtype=np.int64)))
        pieces = [
            np.arange(firsts[number], firsts[number + 1], dtype=np.uint32)
            for number in sorted(range(len(documents)), key=keys.__getitem__)
        ]
        return np.concatenate(pieces)

    def _segment_id(self, digests: Mapping[str, str]) -> str:
        """A name from what the segment holds, so that the same documents make the same files."""
        hashed = hashlib.blake2b(digest_size=8)
        hashed.update(json.dumps([FORMAT, self._settings], sort_keys=True).encode())
        for path in sorted(digests):
            hashed.update(f"{path}\0{digests[path]}\n".encode("utf-8", "surrogatepass"))
        name = hashed.hexdigest()
        taken = {entry.id for entry in self._manifest.segments}
        number = 0
        while name in taken:
            number += 1
            name = f"{hashed.hexdigest()}{number}"
        return name

    def _describe(
        self,
        entries: list[SegmentEntry],
        tables: list[DocumentTable],
        kept: list[NDArray[np.bool_]],
        standing: list[int],
        fields: list[str],
    ) -> Manifest:
        languages: Counter[str] = Counter()
        types: Counter[str] = Counter()
        for number in standing:
            tables[number].count(kept[number], languages, types)
        for entry in entries[len(standing) :]:
            table = DocumentTable(open_segment(self._private, entry))
            table.count(table.alive, languages, types)
        return Manifest(
            self._manifest.generation + 1,
            tuple(entries),
            tuple(fields),
            dict(sorted(languages.items())),
            dict(sorted(types.items())),
            self._settings,
        )
