"""An open index: the generation that it answers from, and going over to another one."""

from __future__ import annotations

from types import TracebackType
from typing import TYPE_CHECKING, NoReturn, Self

from searchlib.concurrency.forking import lock_for
from searchlib.engine.locations import Location, engine_at
from searchlib.engine.readers import Digested
from searchlib.errors import IndexProblem
from searchlib.guards.arguments import StrPath, flag
from searchlib.guards.limits import LIMITS, Limits
from searchlib.options import Ranking, ranking_of, synonyms_of

if TYPE_CHECKING:
    from searchlib.engine.readers import Reader
    from searchlib.query.synonyms import Synonyms
    from searchlib.update.changes import Changes


class Opened:
    """An index, open at one generation, with what holds for all that is asked of it."""

    def __init__(
        self,
        path: Location,
        *,
        auto: bool = False,
        compiled: bool | None = None,
        synonyms: StrPath | Synonyms | None = None,
        limits: Limits = LIMITS,
        ranking: Ranking | None = None,
        names: bool = False,
    ) -> None:
        self.path = path
        self._engine = engine_at(path)
        self.changes: Changes | None = None
        self._auto = auto
        self._compiled = compiled
        self.synonyms = synonyms_of(synonyms)
        self.limits = limits
        self.ranking = ranking_of(ranking)
        self.names = flag("names", names)
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
            raise was_closed(self.path)
        return reader

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

    def close(self) -> None:
        """Let go of the files; anything asked of the index from now on is an IndexProblem.

        What results and hits that were had from it still have to read stays open for them. Closing twice is no error.
        """
        with self._lock:
            reader, self._opened = self._opened, None
        if reader is not None:
            reader.close()

    def __enter__(self) -> Self:
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
        return f"<Index {self.path}{', closed' if self._opened is None else ''}>"


def was_closed(path: Location) -> IndexProblem:
    """What is said of an index that was closed."""
    return IndexProblem(f"the index {path} was closed; open it again with searchlib.open", str(path))


def _digest_of(reader: Reader) -> str:
    return reader.digest if isinstance(reader, Digested) else ""


def _is_left(reader: Reader) -> bool:
    """Whether there is another generation than that of a reader."""
    return isinstance(reader, Digested) and reader.newest_digest() != reader.digest
