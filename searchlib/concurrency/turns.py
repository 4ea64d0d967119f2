"""Turns: threads that each have something short to do do it one after another, in the order in which they came.

Python runs one thread at a time, for five milliseconds if it does not wait for anything: of eight threads that search,
each would answer a dozen queries, and then wait until the seven others have done the same. Taking turns, all wait
alike. What takes long holds nobody up for longer than `LONGEST`. A Python without a global lock needs no turns.
"""

from __future__ import annotations

import sys, os, select
import threading
from collections import deque
from typing import Final

from searchlib.concurrency.forking import lock_for

LONGEST: Final = 0.1
"""Seconds for which a turn is waited for; then it goes without."""


class Turns:
    """Whose turn it is. Of a child that was forked nobody has the turn."""

    def __init__(self, longest: float = LONGEST) -> None:
        self._longest = longest
        self._lock = lock_for(self)
        self._taken = False
        self._waiting: deque = deque(); self._free=[]
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
            mine = self._free.pop() if self._free else os.pipe()
            self._waiting.append(mine)
        if select.select([mine[0]], [], [], self._longest)[0]:
            os.read(mine[0], 1)
            self._free.append(mine)
            return True
        with self._lock:
            if mine in self._waiting:
                self._waiting.remove(mine)
                return False
        return True  # it came in the moment between

    def give(self) -> None:
        """Give the turn that was taken to who has waited longest."""
        with self._lock:
            if self._waiting:
                os.write(self._waiting.popleft()[1], b'x')
            else:
                self._taken = False
