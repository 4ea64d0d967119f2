"""Deadlines: a search ends in time, with an error.

* A `Deadline` is the time that one search may take. What a search does when its results are looked at (counting,
  highlighting) is on it too; time between that is not, nor is what is done once for all searches to come, between
  `pause` and `resume`: the first search of an installation would not end in time while functions are compiled.
* A `Stop` is for who no longer waits for what a search finds: then it is given up.
* A *check* is what every loop that may take long calls: it raises QueryTimeout once the time is used up, or Stopped.

What is to be checked is a variable of the context and not an argument: the loops are many and deep, and most searches
have none, so that it would stand in each signature from the parser down to the blocks of a posting list.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from contextvars import ContextVar
from functools import partial

from searchlib.errors import QueryTimeout
from searchlib.guards.limits import how_to_raise

Clock = Callable[[], float]

_UNTIMED = nullcontext()


class Deadline:
    """So many seconds for one search (None: as many as it takes), by a clock that gives seconds."""

    def __init__(self, seconds: float | None, clock: Clock = time.monotonic) -> None:
        self._seconds = seconds
        self._left = seconds or 0.0
        self._clock = clock
        self._pauses = 0  # which may be within one another
        self._paused_at = self._not_counted = 0.0

    def running(self) -> AbstractContextManager[None]:
        """The time in this block counts, and checks in it raise QueryTimeout when there is none left."""
        untimed = self._seconds is None or _timed.get() is not None  # or this is part of what is timed already
        return _UNTIMED if untimed else self._timed()

    @contextmanager
    def _timed(self) -> Iterator[None]:
        ends = self._clock() + self._left
        self._not_counted = 0.0
        token = _timed.set(self)
        try:
            with _checking(partial(self.compare, ends)):
                check()
                yield
        finally:
            _timed.reset(token)
            self._left = ends + self._not_counted - self._clock()

    def pause(self) -> None:
        """What follows does not count."""
        if not self._pauses:
            self._paused_at = self._clock()
        self._pauses += 1

    def resume(self) -> None:
        """What follows counts again."""
        self._pauses -= 1
        if not self._pauses:
            self._not_counted += self._clock() - self._paused_at

    def compare(self, ends: float) -> None:
        """Raise QueryTimeout if it is later than ``ends``."""
        if self._clock() >= ends + self._not_counted:
            seconds = self._seconds or 0.0
            raise QueryTimeout(
                f"The search took longer than {seconds:g} seconds, its timeout: ask for less, or give it more time by "
                f"timeout= or --timeout, or {how_to_raise('timeout')}.",
                seconds,
            )


class Stopped(Exception):
    """A search was given up: nobody waits for it any more, so nobody sees this."""


class Stop:
    """Whether what runs is to be given up; another thread says so."""

    def __init__(self) -> None:
        self._said = False

    def say(self) -> None:
        """Give up what runs: it ends at its next check."""
        self._said = True

    def running(self) -> AbstractContextManager[None]:
        """Checks in this block raise Stopped once that was said."""
        return _checking(self.compare)

    def compare(self) -> None:
        """Raise Stopped if it was said."""
        if self._said:
            raise Stopped


_check: ContextVar[Callable[[], None] | None] = ContextVar("check", default=None)
_timed: ContextVar[Deadline | None] = ContextVar("timed", default=None)


@contextmanager
def _checking(compare: Callable[[], None]) -> Iterator[None]:
    """Have it checked, besides what is checked around this."""
    around = _check.get()

    def both() -> None:
        assert around is not None
        around()
        compare()

    token = _check.set(compare if around is None else both)
    try:
        yield
    finally:
        _check.reset(token)


def check() -> None:
    """Raise QueryTimeout if the search that runs here has used up its time, Stopped if it was given up."""
    compare = _check.get()
    if compare is not None:
        compare()


def pause() -> None:
    """Have what follows not counted as time of the search that runs here."""
    deadline = _timed.get()
    if deadline is not None:
        deadline.pause()


def resume() -> None:
    """Have what follows counted again, after `pause`."""
    deadline = _timed.get()
    if deadline is not None:
        deadline.resume()
