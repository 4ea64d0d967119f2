"""The writer: from documents to the next generation of the index.

Documents are gathered into batches, batches inverted into runs, and at ``commit`` the runs become part of a generation
(``generation``), which is published.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from searchlib.concurrency.lazily import cached_property
from searchlib.engine.writers import Committed, DocumentState, Remembered, WriterOptions
from searchlib.engines.whoosh import disk
from searchlib.engines.whoosh.building.incoming import Incoming
from searchlib.engines.whoosh.building.parts import parts_of, parts_of_records, weight
from searchlib.engines.whoosh.building.pool import Analysed, InProcess, Inverted, Workers
from searchlib.engines.whoosh.building.portions import PORTIONS, Portions
from searchlib.engines.whoosh.compat.toc import write_toc
from searchlib.engines.whoosh.documents import DocumentTable
from searchlib.engines.whoosh.generation import Following
from searchlib.engines.whoosh.integrity import damage, inconsistencies
from searchlib.engines.whoosh.locking import Lock, read_only, replaced
from searchlib.engines.whoosh.manifest import (
    Manifest,
    describe_file,
    read_manifest,
    segmented_in,
)
from searchlib.engines.whoosh.publishing import abandon, publish, sweep
from searchlib.engines.whoosh.salvage import Lost, salvage, segment_names
from searchlib.engines.whoosh.seeds import read_seeds, write_seeds
from searchlib.engines.whoosh.segments import open_segment
from searchlib.errors import IndexCorrupt, IndexIncompatible, IndexMissing, SettingsError
from searchlib.files.names import MANIFEST
from searchlib.guards.arguments import refused
from searchlib.model.records import Document, Record, document_digest
from searchlib.paragraphs.identifying import language_of

MEMORY = 512 << 20


class WhooshWriter:
    """Implements ``searchlib.engine.writers.Writer``. Not for use by several threads at once.

    With ``repair`` an index that is damaged, or of a format that is not known, is not built upon: ``damage`` says what
    is wrong with it, the documents that no seed has are taken over where they can be read, and ``lost`` has the others.
    Without, it is an error. ``distrusted`` says what is known to be wrong; ``thorough`` looks at all that files say.
    """

    def __init__(self, folder: Path, options: WriterOptions) -> None:
        portions = PORTIONS if options.tuning is None else options.tuning
        if not isinstance(portions, Portions):
            raise refused("tuning", portions, "a searchlib.engines.whoosh.building.portions.Portions")
        self._folder = folder
        self._portions = portions
        self._lock = Lock(folder, options.wait)
        self._processes = options.processes if options.processes is not None else os.cpu_count() or 1
        self._memory = options.memory if options.memory is not None else MEMORY
        self._passed = options.passed
        self._most = max(min(self._portions.batch, self._memory // 64), 1)  # code points of a batch
        self._few = min(self._portions.alone, self._memory // 8)  # code points that are not worth a second process
        self._runs: InProcess | Workers | None = None
        self._batch: list[Incoming] = []
        self._batch_size = self._size = 0
        self._removed: set[str] = set()
        self._added: set[str] = set()  # paths
        self._early: list[list[Incoming]] = []  # batches before it is known whether there will be many
        self.damage = options.distrusted
        self._kept = 0  # documents of an index that is not built upon
        self._lost: list[Lost] = []
        self._seeds: dict[str, str] = {}  # of the generation that is built upon: digest of each seed by its name
        self._seeds_before: dict[str, str] = {}
        self._manifest = self._before = Manifest()
        self._private = self._lock.private
        try:
            if not options.distrusted:
                self._open(options.repair, options.thorough)
            self._settings = dict(self._manifest.settings if options.settings is None else options.settings)
            self._sources = dict(self._manifest.sources if options.sources is None else options.sources)
            self._segment = _segment(self._settings)
            if self.damage:
                self._salvage()
        except BaseException:
            self.cancel()
            raise

    def _open(self, repair: bool, thorough: bool) -> None:
        try:
            manifest = read_manifest(self._folder)
            if repair:
                self.damage = damage(self._folder, manifest)
                if thorough and not self.damage:
                    wrong = next(inconsistencies(self._folder, manifest), None)
                    self.damage = f"{wrong.file}: {wrong.message}" if wrong else ""
                if self.damage:
                    return
            self._seeds_before = read_seeds(self._folder, manifest)
        except IndexMissing:
            if repair and segment_names(self._folder):
                self.damage = f"{MANIFEST} is missing"
            return
        except (IndexCorrupt, IndexIncompatible) as error:
            if not repair:
                raise
            # What cannot be read is replaced by what is written now.
            self.damage = str(error).partition(";")[0]
            return
        self._seeds = dict(self._seeds_before)
        self._manifest = self._before = manifest

    @property
    def before(self) -> Remembered:
        """What the generation that this writer builds upon remembers."""
        found = self._manifest
        return Remembered(found.settings, found.sources, found.generation, seeds_of=lambda: dict(self._seeds))

    def start_over(self) -> None:
        """Build upon nothing: of the documents of the index so far only those that no seed has are taken over."""
        self._manifest = Manifest()
        self._seeds = {}
        self.__dict__.pop("_tables", None)
        self._salvage()

    def _salvage(self) -> None:
        for found in salvage(self._folder):
            if isinstance(found, Lost):
                self._lost.append(found)
            else:
                self._kept += 1
                self.add(found.document, digest=found.digest)

    def add(self, document: Document, *, seed: str = "", digest: str = "", default_language: str = "") -> None:
        """Add a document, in place of any of the same path; ``default_language`` is its language if in doubt."""
        digest = digest or document_digest(document)
        self._added.add(document.path)
        self._removed.add(document.path)
        size = weight(document)
        if size <= self._most or not self._add_parts(document, seed, digest, default_language):
            self._take(Incoming(document, seed, digest, default_language), size)

    def _add_parts(self, document: Document, seed: str, digest: str, default_language: str) -> bool:
        """Add a large document in parts, which is to hold less of it at once; False if it has no paragraph."""
        language = language_of(document, self._language, default_language)
        added = False
        for own, part, size in parts_of(document, language, self._most):
            self._take(Incoming(own, seed, digest, default_language, part), size)
            self._passed((part.offset + len(own.text)) / len(document.text))
            added = True
        return added

    def add_records(self, records: Sequence[Record], state: DocumentState) -> None:
        """Add a document by its records, in place of any of the same path."""
        self._added.add(state.path)
        self._removed.add(state.path)
        for own, part, size in parts_of_records(records, self._most):
            self._take(Incoming(own, state.seed, state.digest, part=part), size)

    def _take(self, incoming: Incoming, size: int) -> None:
        self._batch.append(incoming)
        self._batch_size += size
        if self._batch_size >= self._most:
            self._flush()

    def has_added(self, path: str) -> bool:
        """Whether a document of this path was added, and not removed since."""
        return path in self._added

    def remove(self, path: str) -> None:
        """Remove a document; removing what is not there is no error."""
        self._removed.add(path)
        self._added.discard(path)  # what is in a run already is left out at the merge (_kept_in_runs)

    def _flush(self) -> None:
        if not self._batch:
            return
        if not self._lock.holds:  # what is put aside would go where somebody else says
            raise replaced(self._folder)
        batch, self._batch = self._batch, []
        self._size += self._batch_size
        self._batch_size = 0
        if self._runs is None:
            self._early.append(batch)
            if self._size >= self._few:
                self._start()
        else:
            self._runs.submit(batch)

    def _start(self) -> None:
        how = Analysed(self._language, self._segment)
        if self._processes > 1 and self._size >= self._few:
            self._runs = Workers(self._private, how, self._processes, self._portions)
        else:
            self._runs = InProcess(self._private, how, self._memory // 2, self._portions)
        for batch in self._early:
            self._runs.submit(batch)
        self._early.clear()

    def commit(self, seeds: Mapping[str, str] | None = None, *, compact: bool = False) -> Committed:
        """Publish all of it at once. Raises IndexLocked in a child that was forked meanwhile, which does nothing."""
        self._lock.check()
        try:
            if not self._lock.holds:
                raise replaced(self._folder)
            self._flush()
            if self._runs is None:
                self._start()
            assert self._runs is not None
            runs = self._runs.finish()
            self._publish(runs, self._untouched_seeds() if seeds is None else dict(seeds), compact)
        except OSError as error:
            problem = read_only(self._folder, error) if self._lock.holds else replaced(self._folder)
            self.cancel()
            raise problem from error
        except BaseException:
            self.cancel()
            raise
        self._lock.release()
        empty = {one.path for run in runs for one in run.documents if not one.records and one.path in self._added}
        lost = tuple((lost.name, lost.reason) for lost in self._lost)
        paragraphs = sum(entry.live for entry in self._manifest.segments)
        return Committed(paragraphs, frozenset(empty), self._kept, lost)

    def cancel(self) -> None:
        """Forget all of it and leave nothing behind; in a child that was forked meanwhile do nothing."""
        if not self._lock.mine:
            return
        try:
            if self._runs is not None:
                self._runs.cancel()
            abandon(self._lock)
        finally:
            self._lock.release()

    @property
    def _language(self) -> str:
        return str(self._settings.get("language", "auto"))

    @cached_property
    def _tables(self) -> list[DocumentTable]:
        """The documents of each segment that is built upon."""
        return [DocumentTable(open_segment(self._folder, entry)) for entry in self._manifest.segments]

    def documents(self) -> Iterator[DocumentState]:
        """Every document of the generation that this writer builds upon."""
        for table in self._tables:
            yield from table.states()

    def _publish(self, runs: list[Inverted], seeds: dict[str, str], compact: bool) -> None:
        following = Following(
            self._folder,
            self._private,
            self._manifest,
            self._tables,
            runs,
            self._removed,
            self._added,
            self._portions,
        )
        manifest, names = following.write_segments(compact)
        manifest = replace(manifest, settings=self._settings, sources=self._sources)
        if not self._changes(manifest, seeds, compact):
            disk.DISK.sync_folder(self._folder)
            sweep(self._lock, self._before)
            return
        beside = [
            write_toc(self._folder, self._private, manifest),
            write_seeds(self._private, seeds),
            following.write_words(),
        ]
        manifest = replace(manifest, files={name: describe_file(self._private / name) for name in sorted(beside)})
        publish(self._lock, names + beside, manifest)
        self._manifest = manifest

    def _changes(self, manifest: Manifest, seeds: dict[str, str], compact: bool) -> bool:
        """Whether it is another index than the one that is there."""
        before = self._before
        same = replace(before, generation=manifest.generation, files={}) == manifest
        same = same and seeds == self._seeds_before and bool(before.files)
        return not same or (compact and before.generation != 1)

    def _untouched_seeds(self) -> dict[str, str]:
        """The seeds of before, but for those whose documents were touched: an update looks at these again."""
        seeds = dict(self._seeds)
        for table in self._tables:
            for path, seed in zip(table.paths, table.values("_seed"), strict=True):
                if path in self._removed:
                    seeds.pop(seed, None)
        return seeds


def _segment(settings: Mapping[str, Any]) -> tuple[str, ...]:
    """The languages in which a segmenter is to find words. Raises SettingsError if it is not what the settings say."""
    said = segmented_in(settings)
    for language, made in said.items():
        from searchlib.analysis.segmenting import made_by

        if made_by(language) != made:
            raise SettingsError(
                f"the words of {language} in this index were found by {made}, here is {made_by(language)}: "
                "install that, or build the index again with: searchlib index"
            )
    return tuple(said)
