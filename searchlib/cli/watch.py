"""Keeping an index up to date while its seeds change: what changed is said, and no error ends it."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from searchlib.cli.extras import needing
from searchlib.cli.flags import settings_with
from searchlib.cli.obtaining import NAMES_SHOWN, build, roots, seeds_exist, summary, tell_report
from searchlib.cli.output import counted, guarded, say, say_error
from searchlib.cli.settings import Settings
from searchlib.errors import IndexLocked, SearchlibError, SettingsError

if TYPE_CHECKING:
    from searchlib.update.changes import Changes

AGAIN = 5.0
"""Seconds until an index that another process writes is tried again."""
_ENDING = 10.0  # seconds that a process beside a server has to finish what it is at


def watch(
    settings: Settings, how: dict[str, Any], go_on: Callable[[], bool] = lambda: True, again: float = AGAIN
) -> int:
    """Bring the index up to date, and again whenever seeds change, until Ctrl-C or while ``go_on``.

    What another process writes is tried again after ``again`` seconds.
    """
    watched = needing("watch", "--watch", "searchlib.update.watching").Watched
    given = roots(settings)
    if any(os.fspath(root) == "-" for root in given):
        raise SettingsError("standard input cannot be watched: give files and folders")
    seeds_exist(settings)
    keeper = _Keeper(settings, how, again)
    with _interrupted() as pressed, watched(given, settings.index) as seeds:
        say(f"Watching {', '.join(os.fspath(root) for root in given)} (stop it with Ctrl-C)")
        keeper.update(set())
        while go_on():
            changed = seeds.changes(again)
            if changed or keeper.is_due:
                keeper.update(changed)
            if pressed.is_set():
                raise KeyboardInterrupt
    return 0


@contextmanager
def _interrupted() -> Iterator[threading.Event]:
    """Whether Ctrl-C was pressed: of an interrupt that comes while an object is thrown away Python only complains."""
    pressed = threading.Event()
    complain = sys.unraisablehook

    def press(_: int, __: object) -> None:
        pressed.set()
        raise KeyboardInterrupt

    if threading.current_thread() is not threading.main_thread():
        yield pressed  # which no signal reaches
        return

    def lost(what: sys.UnraisableHookArgs) -> None:
        if what.exc_type is not KeyboardInterrupt:
            complain(what)

    before = signal.signal(signal.SIGINT, press)
    sys.unraisablehook = lost
    try:
        yield pressed
    finally:
        sys.unraisablehook = complain
        signal.signal(signal.SIGINT, before)


class _Keeper:
    """Brings an index up to date, and says so."""

    def __init__(self, settings: Settings, how: dict[str, Any], again: float) -> None:
        self._settings = settings
        self._wait = again
        self._how = how
        self._again: float | None = None
        self._waiting: set[Path] = set()  # what changed, and is not in the index yet
        self._skipped: list[tuple[str, str]] = []

    @property
    def is_due(self) -> bool:
        """Whether it is time to try again."""
        return self._again is not None and time.monotonic() >= self._again

    def update(self, paths: set[Path]) -> None:
        """Have in the index what changed at ``paths``."""
        self._waiting |= paths
        try:
            with build(self._settings, **self._how) as index:
                assert index.changes is not None
                self._tell(index.changes)
        except IndexLocked as error:
            self._again = time.monotonic() + self._wait
            say_error(str(error), f"It is tried again in {self._wait:.0f} s.")
        except (SearchlibError, OSError, MemoryError) as error:
            self._again = None
            say_error(str(error) or type(error).__name__, "The index is as it was; it goes on when something changes.")
        else:
            self._again, self._waiting = None, set()
            self._how = {**self._how, "rebuild": False}

    def _tell(self, changes: Changes) -> None:
        skipped = [*changes.lost, *changes.skipped, *changes.notes]
        if self._waiting and not changes and not changes.rebuilt and skipped == self._skipped:
            return  # something was touched, or what is no seed changed
        is_told = bool(self._waiting) and skipped == self._skipped
        self._skipped = skipped
        clock = time.strftime("%H:%M:%S")
        if self._waiting:
            names = sorted(os.path.relpath(path) for path in self._waiting)
            more = f" and {len(names) - NAMES_SHOWN:,} more" if len(names) > NAMES_SHOWN else ""
            say(f"{clock} {counted(len(names), 'change')}: {', '.join(names[:NAMES_SHOWN])}{more}")
        say(f"{clock} {self._settings.index}: {summary(changes)}")
        if not is_told:
            tell_report(changes)


@contextmanager
def watching_beside() -> Iterator[None]:
    """Watch the seeds of the settings in a process of its own, while this one serves; it ends with this one."""
    needing("watch", "serve --watch", "searchlib.update.watching")
    import subprocess  # only here: every command imports this module

    from searchlib.concurrency.starting import start_python

    process = start_python("searchlib.cli.watch:watch_for_another")
    assert process.stdin is not None and process.stdout is not None
    try:
        yield
    finally:
        process.stdin.close()
        process.stdout.close()
        try:
            process.wait(_ENDING)
        except subprocess.TimeoutExpired:
            process.kill()  # an index is whole at any moment
            process.wait()


def watch_for_another() -> None:
    """Watch the seeds of the settings until standard input ends, as it does with the process that has this started."""
    ended = threading.Event()

    def wait() -> None:
        while os.read(0, 1024):
            pass
        ended.set()

    threading.Thread(target=wait, daemon=True).start()
    with guarded():
        try:
            watch(settings_with(), {}, lambda: not ended.is_set())
        except SearchlibError as error:
            say_error(str(error))
