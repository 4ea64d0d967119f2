"""Indexing: bring an index up to date with its seeds.

A seed whose bytes have the digest that the index remembers, and of which the same is known besides them
(`searchlib.documents.describing`), is not loaded. Of the others each document is compared by
its own digest: unchanged ones are not touched, changed ones replaced, new ones added; documents that no seed holds
any more are removed. Documents that were added through ``index.writer()`` belong to no seed and are left alone.
An index that is damaged, or was built with other settings, is built anew, and these are taken over where they can be
read. What would remove most of it is looked at twice (see `searchlib.update.removal`).
"""

from __future__ import annotations

import os
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Set
from dataclasses import replace
from itertools import chain, islice
from typing import TYPE_CHECKING, Any, TypedDict

from searchlib.analysis import detect_language, language_at
from searchlib.concurrency.sandbox import keeping
from searchlib.documents import Content, KnownRows, LoadOptions, Report, SeedFile, load
from searchlib.documents.describing import Descriptions
from searchlib.documents.loadahead import LoadAhead
from searchlib.documents.readahead import Found, ReadAhead
from searchlib.documents.registry import holds_files, suffix_of
from searchlib.documents.seed import digest as digest_of
from searchlib.engine.locations import Location, engine_at
from searchlib.engine.writers import WriterOptions
from searchlib.errors import IndexCorrupt, SeedError
from searchlib.files.roots import StrPath, name_of
from searchlib.guards.limits import LIMITS, Limits
from searchlib.model.records import Document, document_digest
from searchlib.update.beginning import refuse_among_seeds
from searchlib.update.changes import Changes, Progress
from searchlib.update.comparing import find_seeds, settings_of, sidecar_patterns, sources_of
from searchlib.update.removal import SeedBefore, refuse_removal
from searchlib.update.seedstates import SeedState, bytes_of, state_of

if TYPE_CHECKING:
    from searchlib.engine.writers import Committed, Writer

KEEP = 64 << 20  # bytes of a file that stay in memory from when it is hashed to when it is loaded
EMPTY = "no text in it, so there is nothing to find"
ROWS = (".jsonl", ".ndjson")  # names of seeds whose rows are known by their lines
NOTHING = digest_of(b"")  # files without bytes are no duplicates
_NAMED = 5
SAMPLED, _SAMPLE = 64, 256  # documents of a seed, and code points of each, by which its language is told


class BuildOptions(TypedDict, total=False):
    """The options of `update`, by name, for those who hand them on."""

    options: LoadOptions | None
    limits: Limits
    language: str
    segment: Iterable[str]
    include: Iterable[str]
    exclude: Iterable[str]
    strict: bool
    processes: int | None
    memory: int | None
    wait: float
    compact: bool
    rebuild: bool
    allow_removal: bool
    progress: Callable[[Progress], None] | None
    tuning: object


def update(  # noqa: PLR0913 - keywords, one for each thing that can be said of a build
    paths: Iterable[StrPath],
    index: Location,
    *,
    options: LoadOptions | None = None,
    limits: Limits = LIMITS,
    language: str = "auto",
    segment: Iterable[str] = (),
    include: Iterable[str] = (),
    exclude: Iterable[str] = (),
    strict: bool = False,
    processes: int | None = None,
    memory: int | None = None,
    wait: float = 0,
    compact: bool = False,
    rebuild: bool = False,
    allow_removal: bool = False,
    progress: Callable[[Progress], None] | None = None,
    tuning: object = None,
    sampled: int = SAMPLED,
) -> Changes:
    """Make ``index`` hold the documents of the seeds at ``paths``, and no others that came from seeds.

    With ``rebuild`` nothing is built upon what is there. For ``tuning`` see `searchlib.engine.WriterOptions`;
    ``sampled`` is how many documents of a seed tell its language, which are read though they may be known.

    Raises SeedError if ``strict`` and a seed cannot be read, or if more than half of the documents would be removed
    because folders are empty or gone, or cannot be read, unless ``allow_removal``; SettingsError if a path does not
    exist; IndexLocked; IndexReadOnly.
    """
    began = time.perf_counter()
    paths, include, exclude = list(paths), tuple(include), tuple(exclude)
    refuse_among_seeds(index, paths)
    options = options or LoadOptions()
    options = replace(options, strict=True) if strict else options
    exclude = (*exclude, *sidecar_patterns(paths, options))
    settings = settings_of(language, options, segment)
    writing = WriterOptions(
        processes=processes,
        memory=memory,
        settings=settings,
        sources=sources_of(paths, include, exclude),
        wait=wait,
        repair=True,
        # What was read from standard input cannot be read again: the index is looked at whole before.
        thorough=any(os.fspath(path) == "-" for path in paths),
        tuning=tuning,
    )
    room = min(KEEP, memory // 8) if memory is not None else KEEP

    def run(distrusted: str) -> Changes:
        update = _Update(options, limits, settings, progress, began, sampled)
        seeds = find_seeds(paths, update.report, include, exclude, strict)
        with keeping(), ReadAhead(seeds, room, options, limits) as contents:
            writer = engine_at(index).open_writer(index, replace(writing, distrusted=distrusted, passed=update.added))
            try:
                update.begin(sum(seed.size for seed in seeds), exclude, writer)
                several = processes or os.cpu_count() or 1
                with LoadAhead(contents, update.needs_loading, several, options, limits, room) as ahead:
                    update.run(ahead, writer)
                update.tell_undescribed()
                if not allow_removal:
                    refuse_removal(update.before, update.seeds, update.unread, map(name_of, paths), include, exclude)
                update.tell("writing")
                return update.done(writer.commit(update.seeds, compact=compact))
            except BaseException:
                writer.cancel()
                raise

    try:
        return run("that was asked for" if rebuild else "")
    except IndexCorrupt as error:
        # Its files are what was written, but by somebody who did not mean well: found out where they are merged.
        return run(str(error).partition(";")[0])


class _Update:
    def __init__(
        self,
        options: LoadOptions,
        limits: Limits,
        settings: Mapping[str, Any],
        progress: Callable[[Progress], None] | None,
        began: float,
        sampled: int,
    ) -> None:
        self.options = options
        self.limits = limits
        self.settings = settings
        self.report = Report()
        self.changes = Changes()
        self.before: dict[str, SeedBefore] = {}
        self.seeds: dict[str, str] = {}  # what is to be remembered of those that there are now, by name
        self.descriptions = Descriptions(options, limits)
        self.unread: set[str] = set()  # names of seeds that are there, and cannot be read
        self._progress = progress
        self._began = began
        self._sampled = sampled
        self._bytes = self._total = 0
        self._within = self._size = 0  # bytes of the seed that is being read
        self._excludes_others = False  # than before: files in seeds too
        self._remembered: Mapping[str, str] = {}  # of seeds, by name
        self._known: dict[str, dict[str, str]] = {}  # digests by path of the documents of each seed
        self._changed: set[str] = set()  # paths of documents

    def tell(self, phase: str) -> None:
        if self._progress is not None:
            seconds = time.perf_counter() - self._began
            done = self._bytes + self._within
            self._progress(Progress(self.changes.documents, done, self._total, seconds, phase))

    def begin(self, size: int, exclude: tuple[str, ...], writer: Writer) -> None:
        """Take in what the index has, and how many bytes there are."""
        self._known = self._documents_of(writer)
        self._excludes_others = tuple(writer.before.sources.get("exclude", ())) != exclude
        self._remembered = writer.before.seeds
        self._total = self.changes.bytes = size

    def run(self, contents: Iterable[Found], writer: Writer) -> None:
        for seed, content in contents:
            self._size = seed.size
            self._seed(seed, content, self._known.pop(seed.name, {}), writer)
            self._bytes, self._within = self._bytes + seed.size, 0
            self.tell("reading")
        for gone in self._known.values():
            self._forget(gone, writer)

    def needs_loading(self, seed: SeedFile, content: Content) -> bool:
        """Whether a seed is not as it was when it was indexed, or was not read quite as it stands."""
        return not self._is_complete(seed) or state_of(self._remembered[seed.name]).digest != content.digest

    def _is_complete(self, seed: SeedFile) -> bool:
        """Whether a seed was read as it stands, if it still holds the same, and would be read so again."""
        if seed.name not in self._remembered or (self._excludes_others and holds_files(seed.name)):
            return False
        state = state_of(self._remembered[seed.name])
        return not state.again and state.described == self.descriptions.of(seed).digest

    def _documents_of(self, writer: Writer) -> dict[str, dict[str, str]]:
        """The digest by path of the documents of each seed; what was built otherwise is built again."""
        before = writer.before
        digests = before.seeds
        self.changes.rebuilt = writer.damage
        found: dict[str, dict[str, str]] = {}
        for state in writer.documents():
            if state.seed:
                found.setdefault(state.seed, {})[state.path] = state.digest
        self.before = {seed: SeedBefore(len(documents), digests.get(seed, "")) for seed, documents in found.items()}
        if before.generation and before.settings != self.settings:
            self.changes.rebuilt = "it was built with other settings"
            writer.start_over()
            found = {}
        return found

    def _seed(
        self,
        seed: SeedFile,
        content: Content | SeedError,
        known: dict[str, str],
        writer: Writer,
    ) -> None:
        if isinstance(content, SeedError):
            if self.options.strict:
                raise SeedError(f"{seed.name}: {content}", seed.path or seed.name) from content
            self.report.skip(seed.name, str(content))
            self.unread.add(seed.name)
            self._forget(known, writer)
            self.seeds[seed.name] = str(SeedState(again=True))
            return
        description = self.descriptions.of(seed)
        complete = self._is_complete(seed)
        # Rows are told by their lines in less time than it takes to hash all of a large file, which goes on meanwhile.
        at_once = complete and not content.hashed and seed.name.lower().endswith(ROWS)
        if not at_once and not self.needs_loading(seed, content):
            self.seeds[seed.name] = self._remembered[seed.name]
            state = state_of(self.seeds[seed.name])
            self.changes.unchanged += len(known)
            if state.textless:
                self.report.skip(seed.name, state.textless)
            elif not known:
                self.report.note(seed.name, EMPTY)
            return
        reported = self.report.skipped_count + len(self.report.notes)
        rows = KnownRows()
        loaded = load(seed, self.options, self.report, content, rows, self.limits, self._passed)
        documents = (description.of(document, seed.name) for document in loaded)
        first = list(islice(documents, self._sampled))
        # Rows are often too short to tell their language by; all rows of a file can.
        sample = "\n".join(document.text[:_SAMPLE] for document in first)
        said = language_at(seed.name, self.settings["language"])
        language = detect_language(sample) if said == "auto" else said
        if complete:
            rows.paths = {digest.removesuffix(language): path for path, digest in known.items()}
        for document in chain(first, documents):
            self._document(document, seed.name, language, known.pop(document.path, None), writer)
        for path in rows.unchanged:
            del known[path]
        self.changes.unchanged += len(rows.unchanged)
        self._forget(known, writer)
        noted = self.report.skipped_count + len(self.report.notes) > reported
        if not (first or rows.unchanged or noted):
            self.report.note(seed.name, EMPTY)
        textless = self.report.textless.get(seed.name, "")
        self.seeds[seed.name] = str(SeedState(content.digest, description.digest, noted, textless))

    def _document(self, document: Document, seed: str, language: str, before: str | None, writer: Writer) -> None:
        digest = document_digest(document) + language
        if before == digest:
            self.changes.unchanged += 1
        else:
            self.changes.added += before is None
            if before is not None:
                self.changes.changed += 1
                self._changed.add(document.path)
            writer.add(document, seed=seed, digest=digest, default_language=language)
        if self.changes.documents % 64 == 0:
            self.tell("reading")

    def _passed(self, size: int) -> None:
        """Take in how many bytes of a seed have been gone through: more than it has, if it is compressed."""
        self._within = max(self._within, min(size, self._size))
        self.tell("reading")

    def added(self, share: float) -> None:
        """Take in how much of a large document has been added, which may be all that there is in a seed."""
        self._passed(int(share * self._size))

    def tell_undescribed(self) -> None:
        """Name what the sidecar describes and nobody has."""
        missing = self.descriptions.of_none
        if missing:
            shown = ", ".join(missing[:_NAMED]) + (
                f" and {len(missing) - _NAMED:,} more" if len(missing) > _NAMED else ""
            )
            self.report.note(self.options.metadata_file, f"describes files that there are not: {shown}")

    def done(self, committed: Committed) -> Changes:
        """What was done, with what turned out when it was committed."""
        changes, report = self.changes, self.report
        self._leave_out(committed.empty)
        changes.kept, changes.lost = committed.kept, list(committed.lost)
        changes.paragraphs = committed.paragraphs
        changes.skipped = [(skipped.name, skipped.reason) for skipped in report.skipped]
        changes.skipped_count = report.skipped_count
        changes.notes = [(noted.name, noted.reason) for noted in report.notes]
        noted = {noted.name for noted in report.notes}
        changes.notes += [(path, EMPTY) for path in sorted(committed.empty) if path not in noted]
        changes.left_out = dict(report.left_out)
        changes.formats = self._formats()
        changes.duplicates = self._duplicates()
        changes.seconds = time.perf_counter() - self._began
        return changes

    def _formats(self) -> dict[str, int]:
        """How many of the seeds that can be read have which suffix; "" is none."""
        found = Counter(suffix_of(name) for name in self.seeds if name not in self.unread)
        return dict(sorted(found.items(), key=lambda one: (-one[1], one[0])))

    def _duplicates(self) -> list[tuple[str, ...]]:
        """The names of seeds that hold the same bytes, those of each kind in order."""
        named: dict[str, list[str]] = {}
        for name, digest in self.seeds.items():
            if bytes_of(digest) not in ("", NOTHING):
                named.setdefault(bytes_of(digest), []).append(name)
        return [tuple(names) for names in named.values() if len(names) > 1]

    def _leave_out(self, empty: Set[str]) -> None:
        """Count documents that turned out to have no paragraph for what they are: not in the index."""
        emptied = len(empty & self._changed)
        self.changes.added -= len(empty) - emptied
        self.changes.changed -= emptied
        self.changes.removed += emptied

    def _forget(self, documents: Mapping[str, str], writer: Writer) -> None:
        for path in documents:
            if not writer.has_added(path):  # by another seed
                writer.remove(path)
                self.changes.removed += 1
