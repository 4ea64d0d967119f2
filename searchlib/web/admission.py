"""How much is done at once: answers are made in threads, a few at a time, and the others wait their turn.

Who comes when too many wait already, or has waited too long, is told to try again (503). The loop that talks to
browsers never searches itself.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import anyio
import anyio.to_thread

from searchlib.web.problemdetails import too_busy

Made = TypeVar("Made")


class Admission:
    """The threads of a server, and who waits for one."""

    def __init__(self, at_once: int, waiting: int, patience: float, streams: int) -> None:
        self._turns = anyio.Semaphore(at_once)
        self._threads = anyio.CapacityLimiter(at_once)
        self._room = at_once + waiting
        self._patience = patience
        self._streams = streams

    async def run(self, make: Callable[[], Made]) -> Made:
        """What ``make`` gives, made in a thread in its turn. Raises Problem if that would take too long to come."""
        if not self._room:
            raise too_busy()
        self._room -= 1
        try:
            with anyio.move_on_after(self._patience) as wait:
                await self._turns.acquire()
            if wait.cancelled_caught:
                raise too_busy()
            try:
                return await anyio.to_thread.run_sync(make, limiter=self._threads)
            finally:
                self._turns.release()
        finally:
            self._room += 1

    def begin_stream(self) -> None:
        """Take room for a stream. Raises Problem if there is none."""
        if not self._streams:
            raise too_busy()
        self._streams -= 1

    def end_stream(self) -> None:
        """Give it back."""
        self._streams += 1
