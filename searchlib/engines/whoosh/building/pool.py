"""Inversion in several processes.

Batches go to child processes, runs stay in files of the private folder. Runs are returned in the order in which
batches were given, so the result does not depend on the number of workers.
"""

from __future__ import annotations

import contextlib
import queue
import threading
from pathlib import Path
from typing import NamedTuple

from searchlib.concurrency.child import Child
from searchlib.engines.whoosh.building.incoming import Incoming, Packed, packed, unpacked
from searchlib.engines.whoosh.building.inversion import invert
from searchlib.engines.whoosh.building.portions import PORTIONS, Portions
from searchlib.engines.whoosh.building.runs import Run
from searchlib.engines.whoosh.building.runsources import RunSource, SpilledRun
from searchlib.errors import SearchlibError


class Analysed(NamedTuple):
    """How documents are analysed: as `invert` takes it."""

    language: str = "auto"
    segment: tuple[str, ...] = ()


class Inverted:
    """A run that can be merged, and the documents that are in it."""

    def __init__(self, source: RunSource | SpilledRun, run: Run) -> None:
        self.source = source
        self.documents = run.documents


class InProcess:
    """Inverts in this process; runs are put aside in ``folder`` once they pass ``memory`` bytes."""

    def __init__(self, folder: Path, how: Analysed, memory: int, portions: Portions = PORTIONS) -> None:
        self._folder = folder
        self._how = how
        self._memory = memory
        self._portions = portions
        self._used = 0
        self._runs: list[Inverted] = []

    def submit(self, batch: list[Incoming]) -> None:
        """Invert a batch."""
        run = invert(batch, *self._how)
        self._used += size_of(run)
        if self._used > self._memory:
            spilled = SpilledRun(self._folder / f"run{len(self._runs)}", run, self._portions)
            self._runs.append(Inverted(spilled, run))
        else:
            self._runs.append(Inverted(RunSource(run, self._portions), run))

    def finish(self) -> list[Inverted]:
        """The runs, in order."""
        return self._runs

    def cancel(self) -> None:
        """Forget them."""
        self._runs.clear()


class Workers:
    """Inverts in child processes, each with a thread here that feeds it."""

    def __init__(self, folder: Path, how: Analysed, count: int, portions: Portions = PORTIONS) -> None:
        self._folder = folder
        self._how = how
        self._portions = portions
        self._batches: queue.Queue[tuple[int, list[Incoming]] | None] = queue.Queue(maxsize=1)
        self._results: dict[int, Inverted] = {}
        self._error: BaseException | None = None
        self._given = 0
        self._children = [Child() for _ in range(count)]
        self._threads = [threading.Thread(target=self._feed, args=(child,), daemon=True) for child in self._children]
        for thread in self._threads:
            thread.start()

    def submit(self, batch: list[Incoming]) -> None:
        """Have a batch inverted; waits while all workers are busy."""
        self._raise()
        self._batches.put((self._given, batch))
        self._given += 1

    def finish(self) -> list[Inverted]:
        """Wait for the runs; they come in the order of the batches."""
        self._stop()
        self._raise()
        return [self._results[number] for number in range(self._given)]

    def cancel(self) -> None:
        """End the workers."""
        for child in self._children:
            child.kill()
        self._error = self._error or SearchlibError("the build was cancelled")
        self._stop()

    def _stop(self) -> None:
        # May be called again after an interrupt: each thread takes one None and ends.
        while any(thread.is_alive() for thread in self._threads):
            with contextlib.suppress(queue.Full):
                self._batches.put(None, timeout=0.05)
        for thread in self._threads:
            thread.join()
        for child in self._children:
            child.close()

    def _raise(self) -> None:
        if self._error is not None:
            raise self._error

    def _feed(self, child: Child) -> None:
        while (item := self._batches.get()) is not None:
            if self._error is not None:
                continue  # let the others come to their end
            number, batch = item
            try:
                folder = self._folder / f"run{number}"
                self._results[number] = child.call(_invert_to, folder, packed(batch), self._how, self._portions)
            except BaseException as error:  # whatever it is, the build must come to its end
                self._error = error


def _invert_to(folder: Path, batch: list[Packed], how: Analysed, portions: Portions) -> Inverted:
    run = invert(map(unpacked, batch), *how)
    return Inverted(SpilledRun(folder, run, portions), run)


def size_of(run: Run) -> int:
    """About how many bytes a run takes in memory."""
    total = sum(column.nbytes for column in run.columns.values())
    for found in (*run.fields.values(), run.metadata):
        arrays = (found.df, found.docs, found.freqs, found.positions, found.lengths)
        total += sum(part.nbytes for part in arrays if part is not None)
        total += sum(60 + len(key) for key in found.keys)
    total += sum(60 + len(word) for word in run.words) + run.word_counts.nbytes
    return total + sum(60 + 2 * len(text) for text in run.texts)
