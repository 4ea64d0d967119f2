"""The Python API: build an index, open it, search it.

``build`` and ``open`` return an `Index`; everything else is a method of it. See README.md for a tour.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

from searchlib.errors import IndexProblem, ParagraphNotFound, SettingsError
from searchlib.hits import Citation, Hit, Results, cite
from searchlib.records import ID_LENGTH, Document

if TYPE_CHECKING:
    from searchlib.documents import LoadOptions
    from searchlib.engine import Problem, Reader, Stats, Writer
    from searchlib.indexing import Changes, Progress
    from searchlib.records import Record

StrPath = str | os.PathLike[str]

DEFAULT_INDEX = "indexes/default"
DEFAULT_SEEDS = ("seeds",)


def build(  # noqa: PLR0913 - each is a setting of its own
    seeds: StrPath | Iterable[StrPath] = DEFAULT_SEEDS,
    path: StrPath = DEFAULT_INDEX,
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
) -> Index:
    """Create the index at ``path`` from ``seeds`` (files and folders), or bring it up to date with them.

    Unchanged documents are not touched, changed ones are replaced, vanished ones are removed; ``changes`` of the
    index returned says how many. ``include`` and ``exclude`` are patterns as in a .gitignore file. ``language`` is
    an ISO 639-1 code for all documents that do not name theirs, or "auto" to detect it. ``memory`` is a budget in
    bytes, ``wait`` how many seconds to wait for another writer; ``compact`` leaves a single segment. Raises SeedError
    for a seed that cannot be read if ``strict``, else lists it in ``changes.skipped``; IndexLocked.
    """
    from searchlib.indexing import update

    paths = [seeds] if isinstance(seeds, (str, os.PathLike)) else list(seeds)
    changes = update(
        paths,
        Path(path),
        options=options,
        language=language,
        include=include,
        exclude=exclude,
        strict=strict,
        processes=processes,
        memory=memory,
        wait=wait,
        compact=compact,
        progress=progress,
    )
    index = open(path)
    index.changes = changes
    return index


def open(path: StrPath = DEFAULT_INDEX, *, refresh: str = "never", compiled: bool | None = None) -> Index:
    """Open the index at ``path`` for reading.

    With ``refresh="auto"`` every call sees the newest generation, which it costs a look at one file to know of;
    otherwise the index goes on answering from this one until ``index.refresh()``. ``compiled`` is for programs that
    search often: with True, queries of words and phrases go through machine code, which takes the extra ``fast``
    (numba) and half a second to start; with None they do if numba is imported already. Answers are the same. Raises
    IndexMissing if there is no index, IndexCorrupt or IndexIncompatible if it cannot be used, SettingsError without
    numba.
    """
    if refresh not in ("never", "auto"):
        raise SettingsError(f"refresh is {refresh!r}: give never or auto")
    return Index(Path(path), auto=refresh == "auto", compiled=compiled)


class Index:
    """An index, open at one generation: it goes on answering from it while others commit. Safe between threads."""

    def __init__(self, path: Path, *, auto: bool = False, compiled: bool | None = None) -> None:
        from searchlib.engines.whoosh import open_reader, publication

        self.path = path
        self.changes: Changes | None = None
        self._auto = auto
        self._compiled = compiled
        self._refreshing = threading.Lock()
        self._seen = publication(path)  # before it is opened: a commit in between is noticed the next time
        self._opened: Reader = open_reader(path, compiled)

    @property
    def _reader(self) -> Reader:
        if self._auto:
            self.refresh()
        return self._opened

    def search(
        self,
        query: str | Any,
        limit: int = 10,
        *,
        offset: int = 0,
        filter: str | Any = None,
        strict: bool = False,
    ) -> Results:
        """The best ``limit`` paragraphs after the first ``offset``.

        ``query`` is text in the query language (docs/query-language.md) or a ``whoosh.query.Query``; so is
        ``filter``, which limits the hits and leaves their scores alone. A mistake in the text is a warning in
        ``results.warnings``, or a QueryError if ``strict``.
        """
        if not isinstance(limit, int) or limit < 0 or offset < 0:
            raise SettingsError("limit and offset are counts: give 0 or more")
        began = time.perf_counter()
        reader = self._reader
        parsed, warnings = _parse(reader, query, strict)
        within, filter_warnings = _parse(reader, filter, strict) if filter is not None else (None, ())
        ranked = reader.search(parsed, limit, offset, within)
        took = time.perf_counter() - began

        def load(number: int) -> Hit:
            found = ranked[number]
            record = reader.record(found.handle)
            return Hit(
                offset + number + 1,
                found.score,
                record,
                spans_of(parsed, record),
                lambda: reader.explain(parsed, found.handle),
            )

        return Results(
            query if isinstance(query, str) else str(query),
            len(ranked),
            load,
            lambda: reader.count(parsed, within),
            took=took,
            warnings=(*warnings, *filter_warnings),
            offset=offset,
            # Fewer than were asked for: these are all.
            total=offset + len(ranked) if len(ranked) < limit and (ranked or not offset) else None,
        )

    def paragraph(self, id: str) -> Record:
        """The record whose id is, or alone begins with, ``id``. Raises ParagraphNotFound."""
        reader = self._reader
        return reader.record(_handle(reader, id))

    def context(self, id: str, before: int = 1, after: int = 1) -> list[Record]:
        """The paragraph with up to so many of the same document before and after it, in order."""
        reader = self._reader
        return [reader.record(handle) for handle in reader.around(_handle(reader, id), before, after)]

    def citation(self, id: str) -> Citation:
        """The citation of the paragraph with this id."""
        return cite(self.paragraph(id))

    @property
    def digest(self) -> str:
        """The digest of the index, 32 hexadecimal digits: of all its files, so equal digests give equal answers."""
        return self._reader.digest

    def stats(self) -> Stats:
        """Figures of the index."""
        return self._reader.stats()

    def verify(self, sources: StrPath | Iterable[StrPath] | None = None, *, quick: bool = False) -> list[Problem]:
        """Check every file and invariant of the index; an empty list means that all is well.

        With ``quick`` only that the files are what was written, which takes little longer than to read them.
        With ``sources``, the paths of its seeds, also what changed, vanished or is new among these.
        """
        problems = self._reader.verify(quick)
        if sources is None:
            return problems
        from searchlib.engine import Problem
        from searchlib.indexing import compare

        found = compare([sources] if isinstance(sources, (str, os.PathLike)) else sources, self.path)
        problems += [Problem(name, "changed since it was indexed") for name in found.changed]
        problems += [Problem(name, "is indexed and no longer there") for name in found.vanished]
        problems += [Problem(name, "is not indexed") for name in found.new]
        return problems + [Problem("searchlib.json", text) for text in found.settings]

    def writer(self, *, processes: int | None = None, memory: int | None = None, wait: float = 0) -> WriterContext:
        """``with index.writer() as w: w.add(document); w.remove(path)``: commits whole, or not at all.

        Waits up to ``wait`` seconds for another writer. Raises IndexLocked, IndexReadOnly.
        """
        from searchlib.engines.whoosh import open_writer

        return WriterContext(open_writer(self.path, processes=processes, memory=memory, wait=wait), self)

    def refresh(self) -> bool:
        """Go over to the newest generation; whether there was a newer one. Costs a look at one file if not."""
        from searchlib.engines.whoosh import open_reader, publication

        if publication(self.path) == self._seen:
            return False
        with self._refreshing:
            seen = publication(self.path)
            if seen == self._seen:
                return False
            newest = open_reader(self.path, self._compiled)
            changed = newest.digest != self._opened.digest
            if changed:
                self._opened = newest
            self._seen = seen
            return changed

    @property
    def whoosh(self) -> Any:
        """The ``whoosh.index.Index`` itself, for anything written for Whoosh. Opening it unpickles its TOC."""
        from searchlib.engines.whoosh import open_whoosh

        return open_whoosh(self.path)

    def close(self) -> None:
        """Release the files."""
        self._opened.close()
        self._opened = _Closed(self.path)

    def __enter__(self) -> Index:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<Index {os.fspath(self.path)}>"


def _can_be_kept(value: object) -> bool:
    """Whether a value, if it is a number, is one that a float can hold."""
    return not isinstance(value, int) or abs(value) < 1 << 1023


class _Closed:
    """Stands for the reader of an index that was closed."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def close(self) -> None:
        """Nothing more to do."""

    def __getattr__(self, name: str) -> Any:
        raise IndexProblem(f"the index {self._path} was closed; open it again with searchlib.open", self._path)


class WriterContext:
    """What ``index.writer()`` gives: commits at the end of the ``with``, cancels on any exception."""

    def __init__(self, writer: Writer, index: Index) -> None:
        self._writer = writer
        self._index = index

    def add(self, document: Document) -> None:
        """Add a document, in place of any of the same path. Raises SettingsError for metadata that cannot be kept."""
        for key, value in document.metadata.items():
            values = value if isinstance(value, tuple) else (value,)
            if not all(isinstance(one, (str, int, float, bool)) and _can_be_kept(one) for one in values):
                what = "give text, a number, true or false, or a tuple of them"
                raise SettingsError(f"metadata {key!r} of {document.path} is {value!r}: {what}")
        self._writer.add(document)

    def remove(self, path: str) -> None:
        """Remove the document of this path, if there is one."""
        self._writer.remove(path)

    def __enter__(self) -> WriterContext:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            self._writer.commit()
            self._index.refresh()
        else:
            self._writer.cancel()


def _parse(reader: Reader, query: str | Any, strict: bool) -> tuple[Any, tuple[Any, ...]]:
    if not isinstance(query, str):
        return query, ()
    from searchlib.query import parse

    parsed = parse(query, reader.schema, reader.languages, strict=strict)
    return parsed.query, tuple(parsed.warnings)


def _handle(reader: Reader, id: str) -> int:
    wanted = id.strip().lower()
    if not wanted or len(wanted) > ID_LENGTH:
        raise ParagraphNotFound(f"{id!r} is no paragraph id: these have up to {ID_LENGTH} characters", id)
    found = reader.find(wanted)
    if not found:
        raise ParagraphNotFound(f"no paragraph has the id {id}: searchlib query prints the ids there are", id)
    if len(found) > 1:
        raise ParagraphNotFound(f"several paragraphs have ids that begin with {id}: give more of it", id)
    return found[0]


def spans_of(query: Any, record: Record) -> tuple[tuple[int, int], ...]:
    """The code-point ranges of the paragraph's text that make the record match the query."""
    from searchlib.highlight import record_spans

    return record_spans(query, record)


__all__: Sequence[str] = ("DEFAULT_INDEX", "DEFAULT_SEEDS", "Index", "build", "open")
