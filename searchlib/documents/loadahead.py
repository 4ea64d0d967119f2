"""Loading ahead: what loaders that run in a sandbox answer to the next seeds, while others are still looked at.

As many sandboxes work at once as there are to be processes. Seeds come in their order, each with its answer, or with
none: those that need no loading, whose loader needs no sandbox, or that are so large that they are not kept in memory.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as NotYet
from types import TracebackType
from typing import Final

from searchlib.concurrency.sandbox import Calls
from searchlib.documents import registry
from searchlib.documents.readahead import Found
from searchlib.documents.sandboxing import ask_loader, is_sandboxed
from searchlib.documents.seed import KEEP_BELOW, Content, LoadOptions, Seed, SeedFile
from searchlib.guards.limits import LIMITS, Limits

_INTERVAL: Final = 0.1  # seconds between two looks at how far a sandbox is
_MOST_WAITING: Final = 1024  # seeds that are held until it is their turn


class LoadAhead:
    """Seeds with what they hold, and what their loaders answer, in their order.

    ``is_wanted`` says whether a seed is to be loaded. Of seeds that wait for their turn no more is held than ``room``
    bytes and one seed, and of answers no more than one for each of the ``processes`` and one.
    """

    def __init__(
        self,
        found: Iterable[Found],
        is_wanted: Callable[[SeedFile, Content], bool],
        processes: int,
        options: LoadOptions | None = None,
        limits: Limits = LIMITS,
        room: int = KEEP_BELOW,
    ) -> None:
        self._found = iter(found)
        self._is_wanted = is_wanted
        self._processes = max(1, processes)
        self._options = options or LoadOptions()
        self._limits = limits
        self._room = room
        self._calls = Calls()
        self._pool = ThreadPoolExecutor(self._processes, "searchlib-load")
        self._waiting: deque[Found] = deque()
        self._held = 0  # bytes
        self._asked = 0  # seeds

    def __iter__(self) -> Iterator[Found]:
        self._fill()
        while self._waiting:
            seed, content = self._waiting.popleft()
            if isinstance(content, Content):
                self._held -= len(content.data or b"")
                self._asked -= content.answers is not None
            yield seed, content
            del content  # what it holds goes when it has been looked at
            self._fill()

    def _fill(self) -> None:
        """Take seeds, and ask for those that are to be loaded in a sandbox."""
        while not self._waiting or (
            self._asked <= self._processes and self._held < self._room and len(self._waiting) < _MOST_WAITING
        ):
            found = next(self._found, None)
            if found is None:
                return
            seed, content = found
            if isinstance(content, Content):
                self._held += len(content.data or b"")
                self._ask(seed, content)
            self._waiting.append(found)

    def _ask(self, seed_file: SeedFile, content: Content) -> None:
        if content.data is None:
            return
        try:
            loader = registry.find(registry.suffix_for(seed_file.name, self._options), seed_file.name)
        except Exception:  # a loader may be anyone's: why it cannot be had is told when the seed is loaded
            return
        if not is_sandboxed(loader) or not self._is_wanted(seed_file, content):
            return
        passed = [0]
        seed = Seed(
            seed_file.name,
            content.data,
            options=self._options,
            limits=self._limits,
            passes=lambda size: passed.__setitem__(0, size),
        )
        answer = self._pool.submit(ask_loader, loader, seed, self._calls)
        content.answers = lambda passes: _waited(answer, passed, passes)
        self._asked += 1

    def __enter__(self) -> LoadAhead:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._calls.end()
        self._pool.shutdown(cancel_futures=True)


def _waited(answer: Future[list[bytes]], passed: list[int], passes: Callable[[int], None]) -> list[bytes]:
    """An answer when it is there; until then it is told how far that is."""
    while True:
        try:
            return answer.result(_INTERVAL)
        except NotYet:
            passes(passed[0])
