"""A progress bar for indexing, on stderr, where that is a terminal: documents, bytes and rate.

One line, written over itself at most ten times a second and wiped at the end, whatever the end is.
"""

from __future__ import annotations

import shutil
import sys
import time
from types import TracebackType
from typing import TYPE_CHECKING

from searchlib.cli.output import counted, human_bytes, human_seconds, is_terminal, overwrite

if TYPE_CHECKING:
    from searchlib.update.changes import Progress

BAR = 24
INTERVAL = 0.1  # seconds
SHOW_AFTER = 0.3  # seconds; what is done by then needs no bar


class ProgressBar:
    """``with ProgressBar() as progress: build(…, progress=progress)``; draws nothing where nobody watches."""

    def __init__(self, show_after: float = SHOW_AFTER) -> None:
        self.shown = is_terminal(sys.stderr)
        self._next = time.monotonic() + show_after
        self._drawn = False
        self._phase = ""

    def __call__(self, progress: Progress) -> None:
        """Show how far it is."""
        now = time.monotonic()
        if self.shown and (now >= self._next or (self._drawn and progress.phase != self._phase)):
            self._next = now + INTERVAL
            self._drawn = True
            self._phase = progress.phase
            width = shutil.get_terminal_size().columns - 1
            overwrite(describe(progress, width))

    def __enter__(self) -> ProgressBar:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._drawn:
            overwrite("")


class Counter:
    """``with Counter("things done") as counter: work(progress=counter)``: a number, where somebody watches."""

    def __init__(self, what: str) -> None:
        self._what = what
        self._shown = is_terminal(sys.stderr)

    def __call__(self, number: int) -> None:
        """Show it."""
        if self._shown:
            overwrite(f"{number:,} {self._what}")

    def __enter__(self) -> Counter:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._shown:
            overwrite("")


def describe(progress: Progress, width: int) -> str:
    """The line for ``progress``, as much of it as fits in ``width`` columns.

    ``reading  ━━━━━─────  50%  1,234 documents  8.1 MB  4.0 MB/s  2.0 s left``
    """
    parts = [counted(progress.documents, "document"), human_bytes(progress.bytes)]
    if progress.seconds > 0:
        parts.append(f"{human_bytes(progress.bytes / progress.seconds)}/s")
    if progress.total_bytes > 0:
        share = min(1.0, progress.bytes / progress.total_bytes)
        filled = round(share * BAR)
        parts.insert(0, f"{'━' * filled}{'─' * (BAR - filled)} {share:4.0%}")
        if 0.02 < share < 1:
            parts.append(f"{human_seconds(progress.seconds * (1 - share) / share)} left")
    if progress.phase:
        parts.insert(0, progress.phase)
    while len(parts) > 1 and len("  ".join(parts)) > width:
        parts.pop()
    return "  ".join(parts)[: max(0, width)]
