"""Keeping an index: figures, checks, writing, and Whoosh's own view of it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from searchlib.api.opened import Opened
from searchlib.engine.readers import Digested, OpensWhoosh, Verifiable
from searchlib.engine.writers import WriterOptions
from searchlib.errors import SettingsError
from searchlib.guards.arguments import StrPath, flag, optional, paths, seconds, whole

if TYPE_CHECKING:
    from searchlib.engine.figures import Problem, Stats
    from searchlib.update.writing import WriterContext


class Maintainable(Opened):
    """The index as a whole."""

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

    def _lacks(self, what: str) -> SettingsError:
        return SettingsError(f"the index {self.path} has {what}: that is for indexes in folders")
