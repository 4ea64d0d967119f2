"""The seeds that an index remembers, as they are now: which of them changed since, and which cannot be seen.

* A seed is *as indexed* if its bytes have the digest that the index remembers; *new* if the index does not know it;
  *gone* if it is not where the others are; *unseen* if nobody can say: the folder that it was in is nowhere to be
  found or has nothing in it, as when a disk is not mounted, it came from standard input, or it cannot be read.
* `RememberedSeeds.is_stale` is for documents that are shown: it costs a look at a file's times, and reads the file
  only where these are newer than the index.
* `Now` is for checks: it knows all seeds as they are, and whoever relies on one has its digest compared.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from searchlib.concurrency.lazily import lazy_expression
from searchlib.engine.locations import Single, engine_at
from searchlib.errors import IndexCorrupt, SeedError
from searchlib.files.freshness import changed_at
from searchlib.files.opening import open_file
from searchlib.files.roots import StrPath
from searchlib.guards.limits import LIMITS, Limits
from searchlib.update.comparing import digest_of, find_seeds, locate_roots
from searchlib.update.seedstates import bytes_of

if TYPE_CHECKING:  # a query imports nothing that reads seeds, unless one changed
    from searchlib.documents import LoadOptions, Seed
    from searchlib.model.records import Document

_NESTED = 16  # "#" in a path that may end the name of its seed
_BYTES = lazy_expression(rb"\\x([0-9a-f]{2})")


class RememberedSeeds:
    """The seeds of the newest generation of an index; ``candidates`` are paths that its roots may have.

    Raises IndexMissing, IndexCorrupt, IndexIncompatible.
    """

    def __init__(self, index: Single, candidates: Iterable[StrPath] = (), limits: Limits = LIMITS) -> None:
        self.index = index
        self.limits = limits
        engine = engine_at(index)
        self.built = engine.published_at(index)
        self.known = engine.remembered(index)
        self.roots: Mapping[str, StrPath | None] = locate_roots(
            index, self.known.sources.get("roots", ()), candidates, lambda: self.digests
        )
        self._compared: dict[tuple[str, int, int], bool] = {}

    @property
    def missing(self) -> list[str]:
        """The names of roots that are nowhere to be found."""
        return [name for name, place in self.roots.items() if place is None]

    @cached_property
    def digests(self) -> dict[str, str]:
        """The digests by name, as they were indexed."""
        return self.known.seeds

    @property
    def options(self) -> LoadOptions:
        """How they were read."""
        from searchlib.documents import LoadOptions

        try:
            loading: dict[str, Any] = dict(self.known.settings.get("loading", {}))
            for name, value in loading.items():
                loading[name] = tuple(value) if isinstance(value, list) else value
            return LoadOptions(**loading)
        except (TypeError, ValueError) as error:
            raise IndexCorrupt(
                f"{self.index} remembers options that are none; build it again with: searchlib index", self.index
            ) from error

    def seed_of(self, path: str) -> str | None:
        """The name of the seed that the document at ``path`` is of; None if of none, as it came by a writer."""
        return next((name for name in _names(path) if name in self.digests), None)

    def seed(self, path: str) -> Seed:
        """The seed that the document at ``path`` is of, with its bytes, which are those that were indexed.

        Below its root no link is followed to it. Raises SeedError if there is none, it cannot be seen, or it has
        changed.
        """
        from searchlib.documents import Seed, SeedFile

        name = self.seed_of(path)
        place = next((place for root, place in self.roots.items() if name is not None and _is_below(name, root)), None)
        if name is None or place is None:
            raise SeedError("there is no seed of this document to be seen", path)
        folder = Path(place)
        try:
            file, status = _file_of(name, folder)
        except (OSError, ValueError):  # a null character in a name
            raise SeedError("its seed is not there", path) from None
        found = SeedFile(file, name, status.st_size, root=folder if folder.is_dir() else None)
        content = found.read(self.limits.file_bytes, limits=self.limits, whole=True)
        if content.data is None or content.digest != bytes_of(self.digests[name]):
            raise SeedError("its seed has changed since it was indexed", path)
        return Seed(name, content.data, options=self.options, limits=self.limits)

    def file(self, path: str) -> Path:
        """The file of the seed that the document at ``path`` is of: a regular one, as it is now, by its whole path.

        Below its root no link is followed to it. Raises SeedError if there is none.
        """
        name = self.seed_of(path)
        place = next((place for root, place in self.roots.items() if name is not None and _is_below(name, root)), None)
        if name is None or place is None:
            raise SeedError(
                f"{path} has no file that can be seen: it came by a writer, or its folder is elsewhere", path
            )
        folder = Path(place).resolve()
        try:
            file, _ = _file_of(name, folder)
            within = file.relative_to(folder) if folder.is_dir() else None
            open_file(file if within is None else within, None if within is None else folder).close()
        except (OSError, ValueError) as error:  # a null character in a name
            why = getattr(error, "strerror", None) or "no path"
            raise SeedError(f"{path} is not there to be opened ({why}): bring the index up to date", path) from None
        return file

    def is_stale(self, path: str) -> bool | None:
        """Whether the document at ``path`` changed since it was indexed or is gone; None if its seed cannot be seen."""
        places = [place for root, place in self.roots.items() if _is_below(path, root)]
        if not places:
            return False  # it came by a writer
        if places[0] is None:
            return None
        try:
            file, status = _file_of(path, Path(places[0]))
        except FileNotFoundError:
            if Path(places[0]).is_dir() and not any(Path(places[0]).iterdir()):
                return None
            return self.seed_of(path) is not None
        except (OSError, ValueError):  # a null character in a name
            return None
        modified = changed_at(status)
        return modified > self.built and self._differs(file, path, status.st_size, modified)

    def _differs(self, file: Path, path: str, size: int, modified: int) -> bool | None:
        """Whether the seed of a document has another digest than was indexed; None if it cannot be read."""
        name = self.seed_of(path)
        if name is None:
            return False
        key = name, size, modified
        if key not in self._compared:
            from searchlib.documents import SeedFile

            digest = digest_of(SeedFile(file, path, size, modified), self.options, self.limits)
            if not digest:
                return None
            self._compared[key] = digest != bytes_of(self.digests[name])
        return self._compared[key]


class Now:
    """All of the seeds, as they were when this was made."""

    def __init__(self, remembered: RememberedSeeds) -> None:
        from searchlib.documents import Report

        self._remembered = remembered
        self._options = remembered.options
        self._report = Report()
        sources = remembered.known.sources
        roots = {name: place for name, place in remembered.roots.items() if place is not None}
        found = find_seeds(roots.values(), self._report, sources.get("include", ()), sources.get("exclude", ()))
        self._files = {seed.name: seed for seed in found}
        seen = {root for root in roots for name in self._files if _is_below(name, root)}
        self._unseen = {name for name in remembered.roots if name not in seen}
        self._unseen |= {skipped.name for skipped in self._report.skipped}
        self._as_indexed: dict[str, bool] = {}
        self._believes_times = True
        self._documents: dict[str, list[Document]] = {}  # of seeds that are not as indexed
        for name, seed in list(self._files.items()):
            if name not in remembered.digests:
                self._load(name)
            elif seed.modified > remembered.built:
                self.is_as_indexed(name)

    @property
    def documents(self) -> Iterator[Document]:
        """Those of seeds that are not as indexed."""
        for name in sorted(self._documents):
            yield from self._documents[name]

    @property
    def changed(self) -> int:
        """How many seeds are known not to be as indexed; grows."""
        return len(self._documents)

    def is_as_indexed(self, path: str) -> bool:
        """Whether what the index says of the document at ``path`` is so, or all that can be said."""
        name = self._remembered.seed_of(path)
        if name is None or self._is_unseen(name):
            return True
        if name not in self._as_indexed:
            self._compare(name)
            if not self._as_indexed[name] and self._believes_times and self._is_older(name):
                # Times lie, as where an index was unpacked after its seeds were edited: so they are not asked.
                self._believes_times = False
                for other in list(self._files):
                    self.is_as_indexed(other)
        return self._as_indexed[name]

    def unseen(self, path: str) -> bool:
        """Whether nobody can say what the document at ``path`` is now."""
        name = self._remembered.seed_of(path)
        return name is not None and self._is_unseen(name)

    @cached_property
    def whole(self) -> bool:
        """Whether all seeds that the index remembers can be seen."""
        return not any(map(self._is_unseen, self._remembered.digests))

    def _is_older(self, name: str) -> bool:
        return name in self._files and self._files[name].modified <= self._remembered.built

    def _is_unseen(self, name: str) -> bool:
        from searchlib.citing.sources import is_within

        return name not in self._files and is_within(name, self._unseen)

    def _compare(self, name: str) -> None:
        seed = self._files.get(name)
        digest = digest_of(seed, self._options, self._remembered.limits) if seed is not None else None
        if digest == "":
            self._unseen.add(name)
            del self._files[name]
            self._as_indexed[name] = True
            return
        self._as_indexed[name] = digest == bytes_of(self._remembered.digests[name])
        if not self._as_indexed[name]:
            self._load(name)

    def _load(self, name: str) -> None:
        from searchlib.documents import load

        seed = self._files.get(name)
        limits = self._remembered.limits
        found = load(seed, self._options, self._report, limits=limits) if seed is not None else ()
        self._documents[name] = list(found)


def _names(path: str) -> Iterator[str]:
    """The names that the seed of a document may have: its path, or what is before a "#" in it."""
    yield path
    at = len(path)
    for _ in range(_NESTED):
        at = path.rfind("#", 0, at)
        if at < 0:
            return
        yield path[:at]


def _is_below(path: str, root: str) -> bool:
    return path == root or path.startswith((root + "/", root + "#"))


def _file_of(path: str, place: Path) -> tuple[Path, os.stat_result]:
    """The file of the document at ``path``, whose root is at ``place``. Raises OSError, ValueError."""
    below = path.partition("/")[2]
    if ".." in below.split("/"):
        raise ValueError(f"{path} is no path below a folder")
    if not place.is_dir():
        return place, place.stat()
    for name in _names(below):
        for file in (place / name, place / _unescaped(name)):
            try:
                return file, file.stat()
            except FileNotFoundError:
                continue
    raise FileNotFoundError(path)


def _unescaped(name: str) -> str:
    r"""The name of a file in the index, with bytes that are not UTF-8 for ``\xff``, as the system has it."""
    return os.fsdecode(_BYTES.sub(lambda match: bytes([int(match[1], 16)]), name.encode()))
