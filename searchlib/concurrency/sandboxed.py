"""What a sandbox does: calls functions on bytes that may be hostile, and can do no harm with them.

A *sandbox* is a process in which a parser runs that is native or heavy, and may crash, hang or fill the memory. Before
anything is called it gives up what no parser needs: memory over a limit, time, writing files, sockets, and other
processes. What it answers is JSON: a parser that is taken over can say nothing that is more than text. It may still
read what its user may read, which it cannot send anywhere but into the text of its document.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import os
import sys
import time
from typing import Any, BinaryIO, Final

from searchlib.concurrency.framing import read_frame, write_frame
from searchlib.errors import SearchlibError

_INTERVAL: Final = 0.1  # seconds
_GRACE: Final = 5  # seconds of the processor beyond those of the clock
_FORBIDDEN: Final = (
    "socket.",
    "subprocess.",
    "os.system",
    "os.exec",
    "os.fork",
    "os.posix_spawn",
    "os.spawn",
    "os.startfile",
    "pty.",
    "urllib.",
    "http.client.",
    "ftplib.",
    "smtplib.",
    "webbrowser.",
)
"""Beginnings of the names of events (Python's audit hooks) that no parser needs."""
_WRITING: Final = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND


_teller: _Teller | None = None


class _Teller:
    """Tells the parent how far a function is, so often that somebody can watch it."""

    def __init__(self, answers: BinaryIO) -> None:
        self._answers = answers
        self._next = 0.0

    def tell(self, number: int) -> None:
        now = time.monotonic()
        if now >= self._next:
            self._next = now + _INTERVAL
            write_frame(self._answers, b"t", b"%d" % number)
            self._answers.flush()


def tell(number: int) -> None:
    """Say how far the function is that is called here; nothing if this is no sandbox."""
    if _teller is not None:
        _teller.tell(number)


def serve() -> None:
    """Call what the parent asks for, until it asks no more."""
    global _teller  # noqa: PLW0603 - there is one parent
    sys.dont_write_bytecode = True
    requests, answers = sys.stdin.buffer, _own_output()
    _teller = _Teller(answers)
    sys.addaudithook(_refuse)
    while (header := read_frame(requests)) is not None and (data := read_frame(requests)) is not None:
        asked = json.loads(header[1])
        _limit(asked["memory"], asked["seconds"])
        _answer(asked, data[1], answers)
        answers.flush()


def _answer(asked: dict[str, Any], data: bytes, answers: BinaryIO) -> None:
    try:
        module, _, name = asked["call"].partition(":")
        for value in getattr(importlib.import_module(module), name)(data, **asked["arguments"]):
            write_frame(answers, b"v", encoded(value))
        write_frame(answers, b"e", b"")
    except SearchlibError as error:
        write_frame(answers, b"x", encoded(str(error)))
    except MemoryError:
        write_frame(answers, b"m", b"")
    except RecursionError:
        write_frame(answers, b"x", encoded("too deeply nested"))
    except Exception as error:
        write_frame(answers, b"x", encoded(f"{type(error).__name__}: {error}"))


def encoded(value: object) -> bytes:
    """A value as JSON, in UTF-8; lone surrogates as they are."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")


def _own_output() -> BinaryIO:
    """Where answers go, and nothing else: libraries may print."""
    answers = os.fdopen(os.dup(1), "wb")
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.close(nowhere)
    return answers


def _limit(memory: int, seconds: float) -> None:
    try:
        import resource
    except ImportError:  # Windows: time is limited by the parent
        return

    def at_most(name: str, soft: int) -> None:
        with contextlib.suppress(AttributeError, ValueError, OSError):  # not everywhere, or less is allowed already
            which = getattr(resource, name)
            hard = resource.getrlimit(which)[1]
            resource.setrlimit(which, (soft if hard == resource.RLIM_INFINITY else min(soft, hard), hard))

    at_most("RLIMIT_AS", memory)
    at_most("RLIMIT_CPU", int(sum(os.times()[:2]) + seconds) + _GRACE)
    at_most("RLIMIT_FSIZE", 0)
    at_most("RLIMIT_CORE", 0)


def _refuse(event: str, arguments: tuple[Any, ...]) -> None:
    if event.startswith(_FORBIDDEN):
        raise PermissionError(f"{event} is not for a parser")
    if event == "open" and len(arguments) > 2 and isinstance(arguments[2], int) and arguments[2] & _WRITING:
        raise PermissionError("a parser writes no files")
