"""The lines of documents, made in child processes: in the order in which the documents came.

Making them takes most of what sending them does. The first ones are made in this process, as a child takes longer to
start; then documents go to children some at a time. As much as may be is under way, which bounds the memory.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from queue import SimpleQueue
from typing import Final, TypeAlias

from searchlib.concurrency.child import Child
from searchlib.engine.writers import DocumentState
from searchlib.engines.opensearch.entries import EntryLines, lines_of
from searchlib.model.records import Record

Recorded: TypeAlias = tuple[Sequence[Record], DocumentState]
"""A document by its records."""
FEW: Final = 2000
"""Records that are made here, before there are children."""
_AT_ONCE: Final = 500  # records that a child is given, or a document of more


class LineMaker:
    """Makes the lines of documents in so many ``processes``."""

    def __init__(self, processes: int, few: int = FEW) -> None:
        self._processes = processes
        self._few = few if processes > 1 else None
        self._batch: list[Recorded] = []
        self._size = 0
        self._waiting: deque[Future[list[EntryLines]]] = deque()
        self._threads: ThreadPoolExecutor | None = None
        self._children: list[Child] = []
        self._free: SimpleQueue[Child] = SimpleQueue()

    def lines(self, records: Sequence[Record], state: DocumentState) -> Iterator[EntryLines]:
        """Take a document; what of those so far is made, in their order."""
        if self._few is None or self._few > 0:
            self._few = None if self._few is None else self._few - len(records)
            yield lines_of(records, state)
            return
        self._batch.append((records, state))
        self._size += len(records)
        if self._size >= _AT_ONCE:
            self._submit()
        while self._waiting and (len(self._waiting) > 2 * self._processes or self._waiting[0].done()):
            yield from self._waiting.popleft().result()

    def rest(self) -> Iterator[EntryLines]:
        """Those of all documents that are left."""
        self._submit()
        while self._waiting:
            yield from self._waiting.popleft().result()

    def close(self) -> None:
        """End the children, whatever they are doing."""
        for child in self._children:
            child.kill()
        if self._threads is not None:
            self._threads.shutdown(cancel_futures=True)
        self._threads = None
        self._children, self._free = [], SimpleQueue()
        self._waiting.clear()
        self._batch, self._size = [], 0

    def _submit(self) -> None:
        batch, self._batch, self._size = self._batch, [], 0
        if not batch:
            return
        if self._threads is None:
            self._threads = ThreadPoolExecutor(self._processes, "searchlib-lines")
            self._children = [Child() for _ in range(self._processes)]
            for child in self._children:
                self._free.put(child)
        self._waiting.append(self._threads.submit(self._made, batch))

    def _made(self, batch: list[Recorded]) -> list[EntryLines]:
        child = self._free.get()
        try:
            return child.call(made_in_child, batch)
        finally:
            self._free.put(child)


_SAID: set[tuple[str, str]] = set()
"""The words that this child has told of."""


def made_in_child(batch: Sequence[Recorded]) -> list[EntryLines]:
    """The lines of documents; their words where this child tells of them for the first time."""
    found = []
    for records, state in batch:
        made = lines_of(records, state)
        new = [word for word in made.words if word not in _SAID]
        _SAID.update(new)
        found.append(EntryLines(made.lines, new, made.records, made.lengths))
    return found
