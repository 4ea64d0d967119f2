"""A child process that calls functions for its parent.

What goes through its pipes is pickled, by this build for itself; nothing of it is kept or read from anywhere else.
"""

from __future__ import annotations

import contextlib
import pickle
import sys
import threading
from collections.abc import Callable
from typing import Any, Generic, TypeVar

from searchlib.concurrency.starting import start_python
from searchlib.errors import SearchlibError

_Answer = TypeVar("_Answer")


class Child:
    """A process that calls one function at a time."""

    def __init__(self) -> None:
        self._process = start_python(f"{__name__}:serve")

    def call(self, function: Callable[..., _Answer], *arguments: object) -> _Answer:
        """What the function returns there. Raises SearchlibError for what it raises, or if the process ends."""
        assert self._process.stdin is not None and self._process.stdout is not None
        try:
            pickle.dump((function, arguments), self._process.stdin, pickle.HIGHEST_PROTOCOL)
            self._process.stdin.flush()
            answer: Any = pickle.load(self._process.stdout)
        except Exception as error:
            reason = str(error) or "no answer"
            raise SearchlibError(f"a worker process ended early ({reason}); try --processes 1") from error
        if isinstance(answer, _Raised):
            raise answer.error
        found: _Answer = answer
        return found

    def kill(self) -> None:
        """End it, whatever it is doing."""
        self._process.kill()
        self.close()

    def close(self) -> None:
        """Let it end."""
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):  # what it had not read yet
                    pipe.close()
        self._process.wait()


class Aside(Generic[_Answer]):
    """A call that goes on in a child while this process does something else."""

    def __init__(self, function: Callable[..., _Answer], *arguments: object) -> None:
        self._child = Child()
        self._answer: list[_Answer] = []
        self._error: SearchlibError | None = None
        self._thread = threading.Thread(target=self._run, args=(function, arguments), daemon=True)
        self._thread.start()

    def _run(self, function: Callable[..., _Answer], arguments: tuple[object, ...]) -> None:
        try:
            self._answer.append(self._child.call(function, *arguments))
        except SearchlibError as error:
            self._error = error

    def __enter__(self) -> Aside[_Answer]:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is not None:
            self._child.kill()
        self._thread.join()
        self._child.close()
        if kind is None and self._error is not None:
            raise self._error


class _Raised:
    def __init__(self, error: SearchlibError) -> None:
        self.error = error


def serve() -> None:
    """What a child does: call what it is told, until its input ends."""
    requests, answers = sys.stdin.buffer, sys.stdout.buffer
    while True:
        try:
            function, arguments = pickle.load(requests)
        except EOFError:
            return
        answer: Any
        try:
            answer = function(*arguments)
        except SearchlibError as error:
            answer = _Raised(error)
        except Exception as error:
            answer = _Raised(SearchlibError(f"{type(error).__name__}: {error}"))
        pickle.dump(answer, answers, pickle.HIGHEST_PROTOCOL)
        answers.flush()
