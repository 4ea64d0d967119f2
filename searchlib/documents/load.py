"""From a seed file to its documents, with a report of what could not be read.

Nothing is fatal: a file that cannot be read, or a row of one, is *skipped*, and the report names it with the reason.
With ``LoadOptions.strict`` the first one raises instead. What was read, but not quite as it stands there (bytes that
are not UTF-8, an id said twice), is *noted*; that never raises.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import BinaryIO, cast

from searchlib.documents import registry
from searchlib.documents.ignore import excluding
from searchlib.documents.registry import Loader
from searchlib.documents.sandboxing import documents_of, is_sandboxed, load_in_sandbox
from searchlib.documents.seed import Content, KnownRows, LoadOptions, Seed, SeedFile, reason_of
from searchlib.documents.seedstreams import HashingStream
from searchlib.errors import SearchlibError, SeedError
from searchlib.frozen import frozen
from searchlib.guards.limits import LIMITS, Limits, how_to_raise
from searchlib.model.metadata import held, is_plain
from searchlib.model.records import Document

MAX_SKIPPED = 10_000
_MOST_VALUES = 1 << 20  # of a field of metadata, times paragraphs of the document
_FEW_VALUES = 64  # which any document may have
_PARAGRAPH = 1000  # code points, about
_OWN = "searchlib.documents."


@frozen
class Skipped:
    """What was not indexed: a file, or ``name:line`` of one, and why."""

    name: str
    reason: str


@dataclass(slots=True)
class Report:
    """What became of the seeds: counts of ``files``, ``documents`` and ``bytes``, what was skipped and what was noted.

    ``skipped`` and ``notes`` hold the first 10,000 each; ``skipped_count`` counts all that were skipped. ``left_out``
    counts the files and folders that nobody meant to be indexed, by why. ``digests`` has those files that were read
    whole, ``textless`` those that were skipped since there is no text in them.
    """

    files: int = 0
    documents: int = 0
    bytes: int = 0
    skipped_count: int = 0
    skipped: list[Skipped] = field(default_factory=list)
    notes: list[Skipped] = field(default_factory=list)
    digests: dict[str, str] = field(default_factory=dict)
    left_out: dict[str, int] = field(default_factory=dict)
    textless: dict[str, str] = field(default_factory=dict)

    def leave_out(self, why: str) -> None:
        """Count a file or folder that was left out."""
        self.left_out[why] = self.left_out.get(why, 0) + 1

    def skip(self, name: str, reason: str) -> None:
        """Note that ``name`` was not indexed."""
        self.skipped_count += 1
        if len(self.skipped) < MAX_SKIPPED:
            self.skipped.append(Skipped(name, reason))

    def note(self, name: str, remark: str) -> None:
        """Note something about ``name``, which was indexed all the same."""
        if len(self.notes) < MAX_SKIPPED:
            self.notes.append(Skipped(name, remark))


def load(
    seed_file: SeedFile,
    options: LoadOptions | None = None,
    report: Report | None = None,
    content: Content | None = None,
    known: KnownRows | None = None,
    limits: Limits = LIMITS,
    passes: Callable[[int], None] = lambda size: None,
) -> Iterator[Document]:
    """The documents of ``seed_file``; problems go to ``report``, or are raised as SeedError if strict.

    ``content`` is what ``seed_file.read()`` gave, if it was called: the file is then not read again. Rows that are
    ``known`` may be left out. ``passes`` is told how far it is, in bytes. When the iterator is exhausted,
    ``report.digests[seed_file.name]`` is the digest of the bytes that were loaded.
    """
    loading = _Loading(seed_file, options or LoadOptions(), report if report is not None else Report(), limits)
    try:
        yield from loading.documents(content, known or KnownRows(), passes)
        loading.finish(content)
    except SearchlibError as error:
        loading.fail(str(error), error)
    except OSError as error:
        loading.fail(reason_of(error), error)
    except (MemoryError, RecursionError) as error:
        loading.fail(f"too large or too deeply nested ({type(error).__name__})", error)
    except Exception as error:  # a loader may be anyone's: it costs its file and not the build
        loading.fail(f"{type(error).__name__}: {error}", error)
    finally:
        loading.close()


class _Loading:
    """A seed file on its way to documents: what its loader says goes to the report."""

    def __init__(self, seed_file: SeedFile, options: LoadOptions, report: Report, limits: Limits) -> None:
        self.seed_file = seed_file
        self.options = options
        self.report = report
        self.limits = limits
        self.streams: list[HashingStream] = []

    def documents(self, content: Content | None, known: KnownRows, passes: Callable[[int], None]) -> Iterator[Document]:
        """The documents, with no more metadata than they may have."""
        file, options = self.seed_file, self.options
        loader = registry.find(registry.suffix_for(file.name, options), file.name)
        source = content.data if content is not None and content.data is not None else self._open
        told = self._skip, self._note, self._textless, passes, excluding((), file.exclude)
        seed = Seed(file.name, source, file.path, options, *told, known, self.limits)
        trimmed = False
        for document in _documents(loader, seed, content):
            self.report.documents += 1
            within, remark = _within(document, self.limits.metadata_fields)
            if remark and not trimmed:  # of a table, this is so for every row
                trimmed = True
                self._note(document.line, remark)
            yield within

    def _open(self) -> BinaryIO:
        whole = registry.read_whole(self.seed_file.name, self.options)
        stream = HashingStream(self.seed_file.open_within(self.limits, whole))
        self.streams.append(stream)
        return cast(BinaryIO, io.BufferedReader(stream, 1 << 20))

    def _skip(self, line: int, reason: str) -> None:
        name = _part(self.seed_file.name, line)
        if self.options.strict:
            raise SeedError(f"{name}: {reason}", self.seed_file.path or self.seed_file.name)
        self.report.skip(name, reason)

    def _note(self, line: int, remark: str) -> None:
        self.report.note(_part(self.seed_file.name, line), remark)

    def _textless(self, reason: str) -> None:
        self._skip(0, reason)
        self.report.textless[self.seed_file.name] = reason

    def finish(self, content: Content | None) -> None:
        """Count the file and keep its digest; say so if it is not what ``walk`` saw."""
        report, name = self.report, self.seed_file.name
        report.files += 1
        if content is not None and content.data is not None:
            report.digests[name] = content.digest
            report.bytes += len(content.data)
            return
        for stream in self.streams:
            found = stream.finish()
            report.digests[name] = found
            report.bytes += stream.size
            if content is not None and content.digest != found:
                report.skip(name, "changed while it was read; index again to have all of it as it is now")

    def fail(self, reason: str, error: Exception) -> None:
        """Say why there are no more documents of the file. Raises SeedError if strict."""
        name = self.seed_file.name
        if self.options.strict:
            if isinstance(error, SeedError) and reason.startswith(name + ":"):
                raise error
            raise SeedError(f"{name}: {reason}", self.seed_file.path or name) from error
        self.report.skip(name, reason)

    def close(self) -> None:
        """Let go of the file."""
        for stream in self.streams:
            stream.close()


def _part(name: str, line: int) -> str:
    """How a line of a file is named; 0: the file."""
    return f"{name}:{line}" if line else name


def _documents(loader: Loader, seed: Seed, content: Content | None) -> Iterable[Document]:
    """What a loader makes of a seed, with metadata as they are held."""
    if content is not None and content.answers is not None:
        documents: Iterable[Document] = documents_of(content.answers(seed.passes), seed)
    elif is_sandboxed(loader):
        documents = load_in_sandbox(loader, seed)
    else:
        documents = loader(seed)
    is_own = (getattr(loader, "__module__", "") or "").startswith(_OWN)
    return documents if is_own else _held(documents, seed.notes)


def _held(documents: Iterable[Document], note: Callable[[int, str], None]) -> Iterator[Document]:
    """The documents of a loader that is not searchlib's, with metadata as they are held."""
    told: set[str] = set()
    for document in documents:
        if is_plain(document.metadata):
            yield document
            continue
        metadata, refused = held(document.metadata)
        for key in refused:
            if key not in told:
                told.add(key)
                note(document.line, f"metadata {key!r} is nothing that metadata can hold; left out")
        yield replace(document, metadata=metadata)


def _within(document: Document, most: int) -> tuple[Document, str]:
    """A document with no more metadata than there may be, and what was left out."""
    metadata = document.metadata
    fields = len(metadata)
    if fields > most:
        metadata = dict(islice(metadata.items(), most))
        return replace(document, metadata=metadata), (
            f"{fields:,} fields of metadata: the first {most:,} are kept, here and below; "
            f"{how_to_raise('metadata_fields')}"
        )
    longest = max((len(value) for value in metadata.values() if isinstance(value, tuple)), default=0)
    if longest <= _FEW_VALUES:
        return document, ""
    # All that is known of a document is indexed for each of its paragraphs.
    paragraphs = 1 + max(len(document.text) // _PARAGRAPH, len(document.blocks or ()))
    values = max(_FEW_VALUES, _MOST_VALUES // paragraphs)
    if longest <= values:
        return document, ""
    kept = {key: value[:values] if isinstance(value, tuple) else value for key, value in metadata.items()}
    return replace(document, metadata=kept), (
        f"{longest:,} values in a field of metadata of a document of some {paragraphs:,} paragraphs: "
        f"the first {values:,} are kept, here and below"
    )
