"""Turns: threads that each have something short to do do it one after another, in the order in which they came.

Python runs one thread at a time, for five milliseconds if it does not wait for anything: of eight threads that search,
each would answer a dozen queries, and then wait until the seven others have done the same. Taking turns, all wait
alike. What takes long holds nobody up for longer than `LONGEST`. A Python without a global lock needs no turns.

Who waits is rung through a socket, not by a lock: Linux takes what is written to one as a sign that the writer will
sleep soon, and has the reader go on where that ran, where all that a query reads is in the caches (measured with eight
threads on two cores: a quarter more queries a second).
"""

from __future__ import annotations

import contextlib
import os
import sys
import threading
import weakref
from collections import deque
from typing import TYPE_CHECKING, Final

from searchlib.concurrency.forking import lock_for

if TYPE_CHECKING:
    from collections.abc import Iterable
    from socket import socket

LONGEST: Final = 0.1
"""Seconds for which a turn is waited for; then it goes without."""


class Turns:
    """Whose turn it is. Of a child that was forked nobody has the turn."""

    def __init__(self, longest: float = LONGEST) -> None:
        self._longest = longest
        self._lock = lock_for(self)
        self._taken = False
        self._waiting: deque[Bell] = deque()
        self._needed: bool = getattr(sys, "_is_gil_enabled", lambda: True)()

    def forked(self) -> None:
        """What a child begins with."""
        self._taken = False
        self._waiting = deque()

    def take(self) -> bool:
        """Wait for the turn; whether it was taken, and is to be given on."""
        if not self._needed:
            return False
        with self._lock:
            if not self._taken:
                self._taken = True
                return True
            mine = _own_bell()
            if mine is None:
                return False
            self._waiting.append(mine)
        try:
            came = mine.heard(self._longest)
        except BaseException:  # an interrupt: nobody waits here any more
            if not self._leaves(mine):
                self.give()
            raise
        return came or not self._leaves(mine)

    def _leaves(self, mine: Bell) -> bool:
        """Have this thread not wait any more; False if it is its turn in this moment."""
        with self._lock:
            if mine in self._waiting:
                self._waiting.remove(mine)
                return True
        # An interrupt of either side may have kept it from being rung, or from being heard: so it is not waited for,
        # and as it may still sound, the next time takes another.
        del _OF_THREAD.bell
        return False

    def give(self) -> None:
        """Give the turn that was taken to who has waited longest."""
        with self._lock:
            if self._waiting:
                self._waiting.popleft().ring()
            else:
                self._taken = False


class Bell:
    """What a thread waits for, whosever turn it is; it lives as long as the thread."""

    def __init__(self) -> None:
        from socket import socketpair  # here: most have nobody to wait for

        self.process = os.getpid()
        self._ears, self._rope = ends = socketpair()
        weakref.finalize(self, _close, ends)

    def ring(self) -> None:
        """Wake who waits."""
        self._rope.send(b"!")

    def heard(self, longest: float) -> bool:
        """Wait for so many seconds to be rung; whether it was."""
        self._ears.settimeout(longest)
        with contextlib.suppress(TimeoutError):
            return bool(self._ears.recv(1))
        return False


_OF_THREAD: Final = threading.local()


def _own_bell() -> Bell | None:
    """That of this thread; None where no more files can be opened."""
    bell: Bell | None = getattr(_OF_THREAD, "bell", None)
    if bell is None or bell.process != os.getpid():  # that of a parent rings there too
        bell = None
        with contextlib.suppress(OSError):
            bell = _OF_THREAD.bell = Bell()
    return bell


def _close(ends: Iterable[socket]) -> None:
    for end in ends:
        end.close()
