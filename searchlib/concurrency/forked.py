"""Work that forked children do meanwhile, each of which answers with bytes and ends.

A child has all that its parent had when it forked, open files and caches too, and needs nothing sent to it.
"""

from __future__ import annotations

import contextlib
import os
import signal
from collections.abc import Callable, Iterator, Sequence
from typing import BinaryIO

from searchlib.concurrency.framing import read_frame, write_frame
from searchlib.errors import SearchlibError

Work = Callable[[], bytes]


def can_fork() -> bool:
    """Whether processes can be forked here."""
    return hasattr(os, "fork")


@contextlib.contextmanager
def forked(works: Sequence[Work]) -> Iterator[Callable[[], list[bytes]]]:
    """Each work in a child of its own; what is given waits for all answers. Children that are left are ended.

    Raises SearchlibError where a child ended without an answer.
    """
    children: list[tuple[int, BinaryIO]] = []
    try:
        for work in works:
            children.append(_start(work))  # noqa: PERF401 - those that were started are to be ended
        yield lambda: [_answer(stream) for _, stream in children]
    finally:
        for pid, stream in children:
            stream.close()
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
            with contextlib.suppress(ChildProcessError):
                os.waitpid(pid, 0)


def _start(work: Work) -> tuple[int, BinaryIO]:
    read, write = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            with os.fdopen(write, "wb") as stream:
                write_frame(stream, b"A", work())
        finally:
            os._exit(0)  # nothing of what the parent would do at its end
    os.close(write)
    return pid, os.fdopen(read, "rb")


def _answer(stream: BinaryIO) -> bytes:
    frame = read_frame(stream)
    if frame is None:
        raise SearchlibError("a process that was to search ended without an answer: give fewer processes")
    return frame[1]
