"""Indexing: bring an index up to date with its seeds.

A seed whose bytes have the digest that the index remembers is not loaded. Of the others each document is compared by
its own digest: unchanged ones are not touched, changed ones replaced, new ones added; documents that no seed holds
any more are removed. Documents that were added through ``index.writer()`` belong to no seed and are left alone.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, field
from itertools import chain, islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from searchlib.analysis import DEFAULT_LANGUAGE, detect_language
from searchlib.documents import LoadOptions, Report, SeedFile, load, walk
from searchlib.errors import SeedError, SettingsError
from searchlib.records import Document, document_digest

if TYPE_CHECKING:
    import os

    from searchlib.engines.whoosh.writer import WhooshWriter

_SAMPLED, _SAMPLE = 64, 256  # documents of a seed, and code points of each, by which its language is told
ANALYSIS = 1  # raised whenever the same document would be indexed differently


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an update is: documents and bytes looked at, of all bytes; the phase is "reading" or "writing"."""

    documents: int
    bytes: int
    total_bytes: int
    seconds: float
    phase: str = "reading"


@dataclass(slots=True)
class Changes:
    """What an update did: documents by what became of them, and what could not be read."""

    added: int = 0
    changed: int = 0
    removed: int = 0
    unchanged: int = 0
    paragraphs: int = 0
    bytes: int = 0
    seconds: float = 0.0
    skipped: list[tuple[str, str]] = field(default_factory=list)
    skipped_count: int = 0

    @property
    def documents(self) -> int:
        """Documents of the seeds."""
        return self.added + self.changed + self.unchanged

    def __bool__(self) -> bool:
        """Whether anything changed."""
        return bool(self.added or self.changed or self.removed)


def update(
    paths: Iterable[str | os.PathLike[str]],
    index: Path,
    *,
    options: LoadOptions | None = None,
    language: str = "auto",
    include: Iterable[str] = (),
    exclude: Iterable[str] = (),
    strict: bool = False,
    processes: int | None = None,
    memory: int | None = None,
    wait: float = 0,
    compact: bool = False,
    progress: Callable[[Progress], None] | None = None,
) -> Changes:
    """Make ``index`` hold the documents of the seeds at ``paths``, and no others that came from seeds.

    Raises SeedError if a path does not exist, or if ``strict`` and a seed cannot be read; IndexLocked.
    """
    from searchlib.engines.whoosh import open_writer

    if strict:
        options = _replace(options or LoadOptions(), strict=True)
    began = time.perf_counter()
    update = _Update(options or LoadOptions(), language, progress, began)
    seeds = find_seeds(paths, update.report, include, exclude)
    writer = open_writer(
        index, processes=processes, memory=memory, settings=settings_of(language, update.options), wait=wait
    )
    try:
        update.run(seeds, writer)
        writer.compact = compact
        update.tell("writing")
        writer.commit()
    except BaseException:
        writer.cancel()
        raise
    changes = update.changes
    changes.paragraphs = sum(entry.live for entry in writer.manifest.segments)
    changes.skipped = [(skipped.name, skipped.reason) for skipped in update.report.skipped]
    changes.skipped_count = update.report.skipped_count
    changes.seconds = time.perf_counter() - began
    return changes


def find_seeds(
    paths: Iterable[str | os.PathLike[str]],
    report: Report,
    include: Iterable[str] = (),
    exclude: Iterable[str] = (),
) -> list[SeedFile]:
    """The seed files at ``paths`` in the order of the index: by name, numbers in it by their value."""
    from searchlib.engines.whoosh.building.order import natural_key

    found = list(walk(paths, include=tuple(include), exclude=tuple(exclude), report=report))
    return sorted(found, key=lambda seed: natural_key(seed.name))


def settings_of(language: str, options: LoadOptions) -> dict[str, Any]:
    """What an index remembers of how it was built; another setting builds it anew."""
    from searchlib.analysis import base_language

    if language != "auto" and not base_language(language):
        raise SettingsError(f"{language!r} is no language; give a code as en or tr, or auto")
    loading = {name: value for name, value in asdict(options).items() if name not in ("strict", "max_bytes")}
    defaults = asdict(LoadOptions())
    return {
        "analysis": ANALYSIS,
        "language": language if language == "auto" else base_language(language),
        "loading": {name: value for name, value in sorted(loading.items()) if value != defaults[name]},
    }


def _replace(options: LoadOptions, **changes: Any) -> LoadOptions:
    from dataclasses import replace

    return replace(options, **changes)


def is_stale(paths: Iterable[str | os.PathLike[str]], index: Path) -> bool:
    """Whether seeds came, went or changed since ``index`` was built, as far as a look at the files tells.

    Files no newer than the index are taken to be unchanged; the digests of the others are compared.
    """
    from searchlib.engines.whoosh import published_at, published_seeds

    known = published_seeds(index)
    built = published_at(index)
    for seed in find_seeds(paths, Report()):
        digest = known.pop(seed.name, None)
        if digest is None or (seed.modified > built and seed.read().digest != digest):
            return True
    return bool(known)


class _Update:
    def __init__(
        self, options: LoadOptions, language: str, progress: Callable[[Progress], None] | None, began: float
    ) -> None:
        self.options = options
        self.language = language
        self.report = Report()
        self.changes = Changes()
        self._progress = progress
        self._began = began
        self._bytes = self._total = 0

    def tell(self, phase: str) -> None:
        if self._progress is not None:
            seconds = time.perf_counter() - self._began
            self._progress(Progress(self.changes.documents, self._bytes, self._total, seconds, phase))

    def run(self, seeds: list[SeedFile], writer: WhooshWriter) -> None:
        known = self._known(writer)
        digests, writer.seeds = writer.seeds, {}
        self._total = sum(seed.size for seed in seeds)
        for seed in seeds:
            self._seed(seed, digests.get(seed.name), known.pop(seed.name, {}), writer)
            self._bytes += seed.size
            self.tell("reading")
        for gone in known.values():
            self._forget(gone, writer)
        self.changes.bytes = self._total

    def _known(self, writer: WhooshWriter) -> dict[str, dict[str, str]]:
        """The digest by path of the documents of each seed; what was built otherwise is built again."""
        manifest = writer.manifest
        if manifest.generation and manifest.settings != settings_of(self.language, self.options):
            writer.start_over()
        found: dict[str, dict[str, str]] = {}
        for state in writer.documents():
            if state.seed:
                found.setdefault(state.seed, {})[state.path] = state.digest
        return found

    def _seed(self, seed: SeedFile, before: str | None, known: dict[str, str], writer: WhooshWriter) -> None:
        try:
            content = seed.read()
        except SeedError as error:
            if self.options.strict:
                raise
            self.report.skip(seed.name, str(error))
            self._forget(known, writer)
            return
        writer.seeds[seed.name] = content.digest
        if before == content.digest:
            self.changes.unchanged += len(known)
            return
        documents = load(seed, self.options, self.report, content)
        first = list(islice(documents, _SAMPLED))
        # Rows are often too short to tell their language by; all rows of a file can.
        sample = "\n".join(document.text[:_SAMPLE] for document in first)
        language = detect_language(sample, DEFAULT_LANGUAGE) if self.language == "auto" else self.language
        for document in chain(first, documents):
            self._document(document, seed.name, language, known.pop(document.path, None), writer)
        self._forget(known, writer)

    def _document(
        self, document: Document, seed: str, language: str, before: str | None, writer: WhooshWriter
    ) -> None:
        digest = document_digest(document) + language
        if before == digest:
            self.changes.unchanged += 1
        else:
            self.changes.added += before is None
            self.changes.changed += before is not None
            writer.add(document, seed=seed, digest=digest, default_language=language)
        if self.changes.documents % 64 == 0:
            self.tell("reading")

    def _forget(self, documents: Mapping[str, str], writer: WhooshWriter) -> None:
        for path in documents:
            writer.remove(path)
            self.changes.removed += 1
