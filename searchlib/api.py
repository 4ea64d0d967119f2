"""The Python API: build an index, open it, search it.

``build`` and ``open`` return an `Index`; everything else is a method of it. See README.md for a tour.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, NoReturn, Unpack

from searchlib.concurrency.forking import lock_for
from searchlib.engine.locations import Location, engine_at, located
from searchlib.engine.readers import Digested, OpensWhoosh, Verifiable
from searchlib.engine.writers import WriterOptions
from searchlib.errors import IndexProblem, SeedError, SettingsError
from searchlib.guards.arguments import StrPath, flag, optional, paths, refused, seconds, whole
from searchlib.guards.arguments import path as path_of
from searchlib.guards.arguments import text as _text
from searchlib.guards.deadline import Deadline
from searchlib.guards.limits import LIMITS, Limits
from searchlib.options import Ranking, check_options, limits_of, ranking_of, roots, synonyms_of
from searchlib.search.hits import Hit, Results, Stream
from searchlib.search.searching import Interpreter, handle_of, search, stream
from searchlib.search.wanted import Wanted

if TYPE_CHECKING:
    from searchlib.citing import Citation
    from searchlib.citing.checking import Check
    from searchlib.citing.library import Library
    from searchlib.engine.figures import Problem, Stats
    from searchlib.engine.readers import Reader
    from searchlib.model.records import DocumentInfo, Record
    from searchlib.query.synonyms import Synonyms
    from searchlib.search.outline import OutlineSection
    from searchlib.spelling import Completion
    from searchlib.update.indexing import BuildOptions, Changes
    from searchlib.update.writing import WriterContext

DEFAULT_INDEX = "indexes/default"
DEFAULT_SEEDS = ("seeds",)
_AT_ONCE = 1000  # documents of a list that are read together


def build(
    seeds: StrPath | Iterable[StrPath] | Mapping[str, StrPath] = DEFAULT_SEEDS,
    path: StrPath = DEFAULT_INDEX,
    **options: Unpack[BuildOptions],
) -> Index:
    """Create the index at ``path`` from ``seeds`` (files and folders), or bring it up to date with them.

    In the index a seed has the name of its file or folder; ``seeds`` as a mapping gives other names to paths.

    Unchanged documents are not touched, changed ones are replaced, vanished ones are removed; ``changes`` of the index
    returned says how many. ``include`` and ``exclude`` are patterns as in a .gitignore file. ``language`` is an ISO
    639-1 code for all documents that do not name theirs, or "auto" to detect it. ``memory`` is a budget in bytes,
    ``processes`` how many to use, ``wait`` how many seconds to wait for another writer; ``compact`` leaves a single
    segment, ``rebuild`` builds upon nothing that is there. ``options`` (`searchlib.documents.LoadOptions`) say how
    seeds are read, ``limits`` (`searchlib.Limits`) how much of them; ``progress`` is called with
    `searchlib.update.indexing.Progress`. Raises SeedError for a seed that cannot be read if ``strict``, else lists it
    in ``changes.skipped``; SeedError too, and changes nothing, where more than half of the documents would be removed
    because folders are empty, gone or cannot be read, unless ``allow_removal``; IndexLocked.
    """
    from searchlib.update.indexing import update

    given = roots("seeds", seeds)
    check_options(options)
    changes = update(given, located(path_of("path", path)), **options)
    index = open(path, limits=options.get("limits") or LIMITS)
    index.changes = changes
    return index


def open(
    path: StrPath = DEFAULT_INDEX,
    *,
    refresh: str = "never",
    compiled: bool | None = None,
    synonyms: StrPath | Synonyms | None = None,
    limits: Limits = LIMITS,
    ranking: Ranking | None = None,
) -> Index:
    """Open the index at ``path``, a folder or a URL, for reading.

    With ``refresh="auto"`` every call sees the newest generation, which it costs a look at one file to know of;
    otherwise the index goes on answering from this one until ``index.refresh()``. ``compiled`` is for programs that
    search often: with True, queries of words and phrases go through machine code, which takes the extra ``fast``
    (numba) and half a second to start; with None they do if numba is imported already. Answers are the same.
    ``synonyms`` is a file of them (docs/query-language.md), and ``ranking`` has parameters of the formula, as `search`
    takes them, for all searches; ``limits`` are what a query may ask, and how long a search may take (see
    `searchlib.Limits`). Raises IndexMissing if there is no index, IndexCorrupt or IndexIncompatible if it cannot be
    used, SettingsError without numba, or for a bad file or argument.
    """
    if refresh not in ("never", "auto"):
        raise SettingsError(f"refresh is {refresh!r}: give never or auto")
    optional(flag, "compiled", compiled)
    location = located(path_of("path", path))
    auto, limits = refresh == "auto", limits_of(limits)
    return Index(location, auto=auto, compiled=compiled, synonyms=synonyms, limits=limits, ranking=ranking)


class Index:
    """An index, open at one generation: it goes on answering from it while others commit.

    Safe between threads, and in a child that is forked. Results and hits may outlive it: closing it, or going over to
    another generation, closes the files of this one with the last of them that may have to read.
    """

    def __init__(
        self,
        path: Location,
        *,
        auto: bool = False,
        compiled: bool | None = None,
        synonyms: StrPath | Synonyms | None = None,
        limits: Limits = LIMITS,
        ranking: Ranking | None = None,
    ) -> None:
        self.path = path
        self._engine = engine_at(path)
        self.changes: Changes | None = None
        self._auto = auto
        self._compiled = compiled
        self.synonyms = synonyms_of(synonyms)
        self.limits = limits
        self.ranking = ranking_of(ranking)
        self._lock = lock_for(self)  # held to go over to another generation
        self._opened: Reader | None = self._engine.open_reader(path, compiled)

    @property
    def _reader(self) -> Reader:
        """The generation to answer from."""
        if self._auto:
            self.refresh()
        return self._current

    @property
    def _current(self) -> Reader:
        reader = self._opened
        if reader is None:
            raise IndexProblem(f"the index {self.path} was closed; open it again with searchlib.open", self.path)
        return reader

    def search(  # noqa: PLR0913 - each is a setting of its own
        self,
        query: str | Any,
        limit: int = 10,
        *,
        offset: int = 0,
        filter: Any = None,
        sort: str | Sequence[str] = (),
        per_document: int | None = None,
        after: str | None = None,
        facets: str | Sequence[str] | Mapping[str, int | None] = (),
        strict: bool = False,
        synonyms: StrPath | Synonyms | None = None,
        timeout: float | None = None,
        ranking: Ranking | None = None,
        distinct: bool = False,
    ) -> Results:
        """The best ``limit`` paragraphs after the first ``offset``.

        ``query`` is text in the query language (docs/query-language.md) or a ``whoosh.query.Query``; so is
        ``filter``, which limits the hits and leaves their scores alone, or it is a dict such as
        ``{"lang": "en", "year": (1990, 1999)}``, or a list of these (see `searchlib.search.filtering`). ``sort`` has
        names of fields, with ``-`` before those of which the greatest comes first, "relevance" or "document"; numbers
        come before text, what has no value last, and ties are by document and paragraph. ``per_document`` is how many
        hits a document may have; with ``distinct``, paragraphs that say the same are one hit, whose ``copies`` are the
        others. ``after`` is the ``cursor`` of results of the same search, which these go on from, also when the index
        has changed meanwhile. ``facets`` are names of fields whose commonest values are counted, or a mapping from
        names to how many of them (10 by default; None: all). ``synonyms`` is a file of them, in place of the one that
        the index was opened with. ``timeout`` is how many seconds the search may take, with all that its results do
        when they are looked at; then it raises QueryTimeout. By default it is that of the index's limits.
        ``ranking`` has parameters of the formula (docs/searching.md), as ``{"k1": 0.9, "title": 5}``; the others are
        those that the index was opened with. A mistake in the text is a warning in ``results.warnings``, or a
        QueryError if ``strict``; what asks for more than the limits is a QueryError always. Raises SettingsError for
        an argument that cannot be.
        """
        wanted = self.synonyms if synonyms is None else synonyms_of(synonyms)
        limits = self.limits.with_(timeout=timeout)
        rank = ranking_of(ranking, self.ranking)
        asked = Wanted(limit, offset, filter, sort, per_document, after, facets, strict, wanted, limits, rank, distinct)
        return search(self._reader, query, asked)

    def search_many(  # noqa: PLR0913 - as search
        self,
        queries: Iterable[str | Any],
        limit: int = 10,
        *,
        filter: Any = None,
        sort: str | Sequence[str] = (),
        per_document: int | None = None,
        facets: str | Sequence[str] | Mapping[str, int | None] = (),
        strict: bool = False,
        synonyms: StrPath | Synonyms | None = None,
        timeout: float | None = None,
        ranking: Ranking | None = None,
        processes: int = 1,
        distinct: bool = False,
    ) -> list[Results]:
        """The results of each of several queries, in order, all of one generation of the index: see `search`.

        ``timeout`` is that of each query. With ``processes`` the queries are shared out among so many, this one
        included: the others are forked, answer and end. Their answers are the same, and can be looked at, pickled and
        copied as any. Worth while from a few hundred queries on. Raises SettingsError where processes cannot be forked.
        """
        from searchlib.search.many import search_many

        wanted = self.synonyms if synonyms is None else synonyms_of(synonyms)
        limits = self.limits.with_(timeout=timeout)
        rank = ranking_of(ranking, self.ranking)
        asked = Wanted(limit, 0, filter, sort, per_document, None, facets, strict, wanted, limits, rank, distinct)
        return search_many(self._reader, queries, asked, processes)

    def all(
        self,
        query: str | Any,
        *,
        filter: Any = None,
        strict: bool = False,
        synonyms: StrPath | Synonyms | None = None,
        timeout: float | None = None,
    ) -> Stream:
        """Every hit, in the order of the index: by document, then paragraph, in memory that does not grow.

        An iterator, with ``warnings``, over this generation of the index, whatever is committed meanwhile. ``rank`` is
        the place in that order. Arguments are as in `search`.
        """
        wanted = self.synonyms if synonyms is None else synonyms_of(synonyms)
        limits = self.limits.with_(timeout=timeout)
        return stream(self._reader, query, filter, flag("strict", strict), wanted, limits)

    def similar(
        self,
        id: str,
        limit: int = 10,
        *,
        within_document: bool = False,
        offset: int = 0,
        filter: Any = None,
        per_document: int | None = None,
        timeout: float | None = None,
    ) -> Results:
        """The paragraphs most like the one with this id: those that its most telling words find.

        Without the paragraph itself and, unless ``within_document``, without those of its document. Raises
        ParagraphNotFound; for the other arguments see `search`.
        """
        from searchlib.search.similarity import others_only, similar_query

        flag("within_document", within_document)
        reader = self._reader
        limits = self.limits.with_(timeout=timeout)
        deadline = Deadline(limits.timeout)
        (record,) = reader.records([handle_of(reader, id)])
        others = others_only(record, within_document)
        within = others if filter is None else [others, filter]
        asked = Wanted(limit, offset, within, (), per_document, limits=limits, ranking=self.ranking)
        with deadline.running():
            query = similar_query(reader, record)
        return search(reader, query, asked, deadline)

    def complete(self, text: str, limit: int = 10) -> list[Completion]:
        """The commonest words of the documents that begin as the last word of ``text`` does, without case and accents.

        The most frequent first, then in alphabetical order; each with the whole text as it would be. An index older
        than vocabularies has stems instead, until it is brought up to date.
        """
        from searchlib.spelling import complete

        return complete(self._reader.words, _text("text", text), limit)

    def paragraph(self, id: str) -> Record:
        """The record whose id is, or alone begins with, ``id``. Raises ParagraphNotFound."""
        reader = self._reader
        return reader.records([handle_of(reader, id)])[0]

    def context(self, id: str, before: int = 1, after: int = 1) -> list[Record]:
        """The paragraph with up to so many of the same document before and after it, in order."""
        whole("before", before)
        whole("after", after)
        reader = self._reader
        return reader.contexts([handle_of(reader, id)], before, after)[0]

    @property
    def fields(self) -> tuple[str, ...]:
        """The keys of the documents' metadata, in alphabetical order: what can be filtered, sorted and counted by."""
        return tuple(sorted(self._reader.fields))

    def documents(self, *, filter: Any = None) -> Iterator[DocumentInfo]:
        """Every document, or those with a paragraph that matches ``filter``, by path: as they are when it begins."""
        reader = self._reader

        def page(after: str | None) -> Results:
            return search(reader, "*", Wanted(_AT_ONCE, 0, filter, "document", 1, after, limits=self.limits))

        def pages(results: Results) -> Iterator[DocumentInfo]:
            yield from (hit.document for hit in results)
            while (after := results.cursor) is not None:
                results = page(after)
                yield from (hit.document for hit in results)

        return pages(page(None))  # what is wrong with what was given is said now, and not when the first is asked for

    def document(self, path: str, first: int = 1, limit: int | None = None) -> list[Record]:
        """The paragraphs of the document at ``path``, in order; none if there is no such document.

        From the one with the number ``first`` on, and up to ``limit`` of them.
        """
        whole("first", first, 1)
        if optional(whole, "limit", limit) == 0:
            return []
        within = {"document": _text("path", path), "number": (first, None if limit is None else first + limit - 1)}
        reader = self._reader
        asked = Wanted(reader.size if limit is None else limit, 0, within, "document", limits=self.limits)
        return [hit.record for hit in search(reader, "*", asked)]

    def outline(self, path: str) -> list[OutlineSection]:
        """The headings of the document at ``path``, in order, with where what stands below each begins.

        None if there is no such document. Costs the reading of all of it.
        """
        from searchlib.search.outline import outline

        return outline(self.document(path))

    def citation(self, id: str, quote: str = "", *, query: str | Any = None) -> Citation:
        """The citation of the paragraph with this id, or of the part of it that says ``quote``.

        With a ``query``, of the part from the first to the last match. ``id`` may be a whole reference, as
        ``searchlib:4f8m0c2k9x1pt7aw#char=12,40``. Raises ParagraphNotFound; SettingsError if the paragraph does not
        say that.
        """
        from searchlib.citing.making import citation_of
        from searchlib.citing.references import parse_reference

        reader = self._reader
        parser = Interpreter(reader, synonyms=self.synonyms, limits=self.limits)
        name, part = parse_reference(_text("id", id, "the id of a paragraph, as text"))
        _text("quote", quote)
        with Deadline(self.limits.timeout).running():
            parsed = parser.query(query).query if query is not None else None
            return citation_of(reader, handle_of(reader, name), quote, parsed, part)

    def check_citations(self, text: str, sources: StrPath | Iterable[StrPath] = ()) -> list[Check]:
        """What became of each citation in a text: see `searchlib.citing.checking`, and `check_file` for files."""
        from searchlib.citing.mending import check_text

        return check_text(_text("text", text), self.library(sources))

    def check_file(self, path: StrPath, sources: StrPath | Iterable[StrPath] = ()) -> list[Check]:
        """What became of each citation in a file.

        Raises SeedError for one that cannot be read, is no text or, by its name, JSON and is none.
        """
        from searchlib.citing.mending import check_file

        try:
            return check_file(Path(path_of("path", path)), self.library(sources))
        except OSError as error:
            raise SeedError(f"{path} cannot be read ({error.strerror}): see that it is there", path) from error

    def library(self, sources: StrPath | Iterable[StrPath] = (), *, as_indexed: bool = False) -> Library:
        """Where citations are looked up, for `searchlib.citing.mending`: what the seeds of the index say now.

        They are looked for at ``sources``, and then in the folders above the index; where they are as they were
        indexed, the index as it is now is asked. What of them cannot be seen is unknown. With ``as_indexed`` no seed is
        looked at: the index is asked for all.
        """
        from searchlib.citing.current import CurrentLibrary
        from searchlib.citing.library import IndexLibrary
        from searchlib.update.remembered import Now, RememberedSeeds

        if flag("as_indexed", as_indexed):
            return IndexLibrary(self._reader)
        remembered = RememberedSeeds(self.path, paths("sources", sources), self.limits)
        return CurrentLibrary(IndexLibrary(self._newest()), Now(remembered))  # of older ones the seeds are forgotten

    def is_stale(self, found: Hit | Record | Citation, sources: StrPath | Iterable[StrPath] = ()) -> bool | None:
        """Whether the document of a hit, record or citation has changed since it was indexed, or is gone.

        Its seed is looked for at ``sources``, and then in the folders above the index; None if it cannot be seen. A
        seed whose file is no newer than the index is taken to be unchanged, of others the digest is compared. A
        document that came by a writer is never stale.
        """
        from searchlib.citing import Citation
        from searchlib.model.records import Record
        from searchlib.update.remembered import RememberedSeeds

        if not isinstance(found, (Hit, Record, Citation)):
            raise refused("found", found, "a hit, a record or a citation")
        reader = self._reader
        remembered = RememberedSeeds(self.path, paths("sources", sources), self.limits)
        newest = self._newest()
        if newest is not reader and not newest.find([found.id], 1)[0]:
            return True  # the index knows already
        return remembered.is_stale(found.path if isinstance(found, Citation) else found.document.path)

    @property
    def digest(self) -> str:
        """The digest of the index, 32 hexadecimal digits: of all its files, so equal digests give equal answers.

        Raises SettingsError for an index whose engine has no digests.
        """
        reader = self._reader
        if not isinstance(reader, Digested):
            raise self._lacks("no digest")
        return reader.digest

    def stats(self) -> Stats:
        """Figures of the index."""
        return self._reader.stats()

    def verify(self, sources: StrPath | Iterable[StrPath] | None = None, *, quick: bool = False) -> list[Problem]:
        """Check every file and invariant of the index as it is now; an empty list means that all is well.

        With ``quick`` only that the files are what was written, which takes little longer than to read them.
        With ``sources``, the paths of its seeds, also what changed, vanished or is new among these.

        Raises SettingsError for an index whose engine does not offer to check it.
        """
        flag("quick", quick)
        seeds = None if sources is None else paths("sources", sources)
        reader = self._newest()
        if not isinstance(reader, Verifiable):
            raise self._lacks("no files to verify")
        problems = reader.verify(quick)
        if seeds is None:
            return problems
        from searchlib.engine.figures import Problem
        from searchlib.update.comparing import compare

        found = compare(seeds, self.path)
        problems += [Problem(name, "changed since it was indexed") for name in found.changed]
        problems += [Problem(name, "is indexed and no longer there") for name in found.vanished]
        problems += [Problem(name, "is not indexed") for name in found.new]
        return problems + [Problem("searchlib.json", text) for text in found.settings]

    def writer(self, *, processes: int | None = None, memory: int | None = None, wait: float = 0) -> WriterContext:
        """``with index.writer() as w: w.add(document); w.remove(path)``: commits whole, or not at all.

        Waits up to ``wait`` seconds for another writer. There is one at a time, in this process too. This index goes on
        answering meanwhile, from the generation before, and after the commit from the new one. Raises IndexLocked,
        IndexReadOnly.
        """
        from searchlib.update.writing import WriterContext

        optional(whole, "processes", processes, 1)
        optional(whole, "memory", memory, 1)
        self._current  # noqa: B018 - of an index that was closed there is no writer
        options = WriterOptions(processes=processes, memory=memory, wait=seconds("wait", wait))
        writer = self._engine.open_writer(self.path, options)
        return WriterContext(writer, self._committed)

    def _committed(self) -> None:
        if self._opened is not None:  # it may have been closed meanwhile
            self.refresh()

    def refresh(self) -> bool:
        """Go over to the index as it is now; whether it is another. Costs the reading of 64 bytes if not.

        What is compared is the digest of the index, so nothing that was written over it escapes. Files of the
        generation that this leaves are closed with the last results, hits and iterators that were had from it. An
        engine without digests answers from the index as it is now, always.
        """
        if not _is_left(self._current):
            return False
        with self._lock:
            before = self._current
            if not _is_left(before):
                return False
            newest = self._engine.open_reader(self.path, self._compiled)
            changed = _digest_of(newest) != _digest_of(before)
            if changed:
                self._opened = newest
            return changed

    def _newest(self) -> Reader:
        """The index as it is now: the files of an older generation, which this may still answer from, may be gone."""
        reader = self._reader
        return self._engine.open_reader(self.path, self._compiled) if _is_left(reader) else reader

    def _lacks(self, what: str) -> SettingsError:
        return SettingsError(f"the index {self.path} has {what}: that is for indexes in folders")

    @property
    def whoosh(self) -> Any:
        """The ``whoosh.index.Index`` itself, for anything written for Whoosh. Opening it unpickles its TOC.

        Raises IndexMissing if the index is gone, IndexCorrupt if Whoosh cannot read it, SettingsError if it is none of
        Whoosh's.
        """
        reader = self._current
        if not isinstance(reader, OpensWhoosh):
            raise self._lacks("no files for Whoosh")
        return reader.open_whoosh()

    def close(self) -> None:
        """Let go of the files; anything asked of the index from now on is an IndexProblem.

        What results and hits that were had from it still have to read stays open for them. Closing twice is no error.
        """
        with self._lock:
            reader, self._opened = self._opened, None
        if reader is not None:
            reader.close()

    def __enter__(self) -> Index:
        self._current  # noqa: B018 - it must not have been closed
        return self

    def __reduce__(self) -> NoReturn:
        raise TypeError(
            "an Index has files open and cannot be pickled or copied: give its path, and open that with searchlib.open"
        )

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<Index {os.fspath(self.path)}>"


def _digest_of(reader: Reader) -> str:
    return reader.digest if isinstance(reader, Digested) else ""


def _is_left(reader: Reader) -> bool:
    """Whether there is another generation than that of a reader."""
    return isinstance(reader, Digested) and reader.newest_digest() != reader.digest


__all__: Sequence[str] = ("DEFAULT_INDEX", "DEFAULT_SEEDS", "Index", "build", "open")
