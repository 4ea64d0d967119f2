"""Watching seeds: what changed among them, in batches.

A *batch* is what changed within a moment of one another, or while nobody asked. A folder is watched with all that is in
it, for a file the folder that it is in, since programs that save put another file in its place. What comes back after
it was gone (a disk that is mounted again) has changed.
"""

from __future__ import annotations

import os
import queue
import threading
from collections.abc import Iterable, Iterator
from pathlib import Path
from types import TracebackType
from typing import Final

import watchfiles

from searchlib.errors import SettingsError
from searchlib.files.names import MANIFEST
from searchlib.files.roots import StrPath

QUIET: Final = 200
"""Milliseconds without a change that end a batch."""
LONGEST: Final = 3000
"""Milliseconds after which a batch ends in any case."""
LOOK: Final = 1.0
"""Seconds after which it is looked whether what is watched is still the same."""
_HEEDED = (".gitignore",)


class Watched:
    """Seeds that are watched from when it is entered; ``changes`` waits for the next batch."""

    def __init__(self, roots: Iterable[StrPath], index: StrPath) -> None:
        self._roots = [Path(os.path.abspath(root)) for root in roots]  # noqa: PTH100 - a link keeps its name
        self._index = Path(index).resolve()
        self._stop = threading.Event()
        self._found: queue.SimpleQueue[set[Path] | Exception] = queue.SimpleQueue()
        self._threads: list[threading.Thread] = []
        self._known: list[tuple[int, int] | None] = []
        self._folders: list[Path] = []

    def __enter__(self) -> Watched:
        self._begin()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end()

    def changes(self, wait: float) -> set[Path]:
        """The paths that changed since it was asked last; none if nothing does within so many seconds.

        Raises SettingsError where the system does not let so much be watched.
        """
        found = self._taken(min(wait, LOOK))
        if self._is_same() and not found.intersection(self._folders):
            return found  # else one is gone, or another took its place, of which nothing more would be told
        self._end()
        self._begin()  # whatever took the place of what was watched is read whole
        return found | self._taken(0) | set(self._roots)

    def _taken(self, wait: float) -> set[Path]:
        found: set[Path] = set()
        try:
            batch = self._found.get(timeout=wait) if wait else self._found.get_nowait()
            while True:
                if isinstance(batch, Exception):
                    raise SettingsError(
                        f"the seeds cannot be watched ({batch}): set WATCHFILES_FORCE_POLLING=1, or watch fewer folders"
                    ) from batch
                found |= batch
                batch = self._found.get_nowait()
        except queue.Empty:
            return found

    def _begin(self) -> None:
        self._stop = threading.Event()
        self._known = [_identity(root) for root in self._roots]
        folders = self._folders = [root for root in self._roots if root.is_dir()]
        files = [root for root in self._roots if root.is_file()]
        gone = {_above(root) for root in self._roots if root not in folders and root not in files}
        for paths, recursive in ((folders, True), ({file.parent for file in files} | gone, False)):
            if paths:
                ready = threading.Event()
                thread = threading.Thread(
                    target=self._watch, args=(sorted(paths), recursive, self._stop, ready), daemon=True
                )
                thread.start()
                self._threads.append(thread)
                ready.wait(LOOK * 10)

    def _watch(self, paths: list[Path], recursive: bool, stop: threading.Event, ready: threading.Event) -> None:
        try:
            for batch in watchfiles.watch(
                *paths,
                watch_filter=None,
                debounce=LONGEST,
                step=QUIET,
                stop_event=stop,
                rust_timeout=100,
                yield_on_timeout=True,
                recursive=recursive,
                raise_interrupt=False,
            ):
                ready.set()
                found = set(self._meant(batch))
                if found:
                    self._found.put(found)
        except Exception as error:
            self._found.put(error)
        finally:
            ready.set()

    def _end(self) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()
        self._threads.clear()

    def _is_same(self) -> bool:
        return self._known == [_identity(root) for root in self._roots]

    def _meant(self, batch: Iterable[tuple[watchfiles.Change, str]]) -> Iterator[Path]:
        """Those of the changes that may be of seeds: nothing hidden, and nothing of an index."""
        for _, name in batch:
            path = Path(name)
            root = next((root for root in self._roots if path == root or root in path.parents), None)
            if root is None:
                continue
            below = path.relative_to(root)
            if any(part.startswith(".") for part in below.parts[:-1]) or (
                below.name.startswith(".") and below.name not in _HEEDED
            ):
                continue
            if self._index in (path, *path.parents) or any(
                (folder / MANIFEST).exists() for folder in (path, *path.parents) if root in folder.parents
            ):
                continue
            yield path


def _identity(path: Path) -> tuple[int, int] | None:
    """What tells a folder from another that took its place; of a file nothing does, since its folder is watched."""
    try:
        status = path.stat()
    except OSError:
        return None
    return (status.st_dev, status.st_ino) if path.is_dir() else (0, 0)


def _above(path: Path) -> Path:
    """The nearest folder above that is there."""
    return next(folder for folder in path.parents if folder.is_dir())
