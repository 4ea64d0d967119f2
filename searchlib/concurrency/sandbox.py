"""Sandboxes: processes in which functions are called on bytes that may be hostile (`sandboxed` is what they do there).

A sandbox is kept for the next call while anybody is `keeping` them. One that overruns a limit or crashes is killed, and
costs that call alone. A forked child has no sandboxes of its parent.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import threading
from collections.abc import Callable, Iterator, Mapping
from typing import Any, BinaryIO, Final, NamedTuple, cast

from searchlib.concurrency.framing import TooLong, read_frame, write_frame
from searchlib.concurrency.sandboxed import encoded
from searchlib.concurrency.starting import start_python

_TOLD: Final = ("PATH", "LANG", "LC_ALL", "SYSTEMROOT", "VIRTUAL_ENV", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH")
"""What a sandbox knows of the environment: no secrets."""


class Unanswered(Exception):
    """A call that gave no answer. ``why`` is "error", which was raised there, "crash", "time", "memory" or "output"."""

    def __init__(self, why: str, message: str = "") -> None:
        super().__init__(message)
        self.why = why


class Bounds(NamedTuple):
    """What a call may take: seconds, bytes of memory besides its data, bytes of its answer."""

    seconds: float
    memory: int
    output: int


class Calls:
    """Makes calls, from any thread, and can end those that are under way."""

    def __init__(self) -> None:
        self._under_way: set[_Sandbox] = set()
        self._ended = False
        self._lock = threading.Lock()

    def call(
        self,
        function: str,
        data: bytes,
        arguments: Mapping[str, Any],
        bounds: Bounds,
        told: Callable[[int], None] = lambda number: None,
    ) -> list[bytes]:
        """What ``module:function`` yields for ``data`` and ``arguments`` (which are JSON), each as JSON.

        ``told`` is called with the numbers that the function tells of how far it is. Raises Unanswered.
        """
        with keeping():
            sandbox = _POOL.take()
            try:
                return self._called(sandbox, function, data, arguments, bounds, told)
            except Unanswered as failed:
                # What the calls before left behind is not this one's fault.
                if sandbox.calls == 1 or failed.why not in ("crash", "memory") or self._ended:
                    raise
            return self._called(_Sandbox(), function, data, arguments, bounds, told)

    def _called(self, sandbox: _Sandbox, *asked: Any) -> list[bytes]:
        """What a call in a sandbox gives, which is kept if it is fit for another."""
        with self._lock:
            self._under_way.add(sandbox)
        fit = False
        try:
            if self._ended:
                raise Unanswered("crash", "ended")
            answer = sandbox.call(*asked)
            fit = True
            return answer
        except Unanswered as failed:
            fit = failed.why == "error"
            raise
        finally:
            with self._lock:
                self._under_way.discard(sandbox)
            if fit:
                _POOL.give_back(sandbox)
            else:
                sandbox.kill()

    def end(self) -> None:
        """End the calls that are under way, and those that come: they give no answer."""
        with self._lock:
            self._ended = True
            for sandbox in self._under_way:
                sandbox.stop()


def call(
    function: str,
    data: bytes,
    arguments: Mapping[str, Any],
    bounds: Bounds,
    told: Callable[[int], None] = lambda number: None,
) -> list[bytes]:
    """The same for a single call."""
    return Calls().call(function, data, arguments, bounds, told)


@contextlib.contextmanager
def keeping() -> Iterator[None]:
    """While this lasts sandboxes are kept when a call is over."""
    _POOL.hold(1)
    try:
        yield
    finally:
        _POOL.hold(-1)


class _Sandbox:
    def __init__(self) -> None:
        known = {name: os.environ[name] for name in _TOLD if name in os.environ}
        self._process = start_python("searchlib.concurrency.sandboxed:serve", known, quiet=True)
        self.calls = 0

    @property
    def is_alive(self) -> bool:
        return self._process.poll() is None

    def call(
        self, function: str, data: bytes, arguments: Mapping[str, Any], bounds: Bounds, told: Callable[[int], None]
    ) -> list[bytes]:
        self.calls += 1
        asked = {
            "call": function,
            "arguments": dict(arguments),
            "memory": bounds.memory + 2 * len(data),
            "seconds": bounds.seconds,
        }
        overrun = threading.Event()

        def end() -> None:
            overrun.set()
            self._process.kill()

        timer = threading.Timer(bounds.seconds, end)
        timer.daemon = True
        timer.start()
        try:
            requests = cast(BinaryIO, self._process.stdin)
            with contextlib.suppress(BrokenPipeError, ConnectionResetError):  # it ended: then it gives no answer
                write_frame(requests, b"r", encoded(asked))
                write_frame(requests, b"d", data)
                requests.flush()
            answer = self._answer(bounds.output, told)
        finally:
            timer.cancel()
        if answer is None:
            raise Unanswered("time") if overrun.is_set() else Unanswered("crash", self._how_it_ended())
        return answer

    def _answer(self, left: int, told: Callable[[int], None]) -> list[bytes] | None:
        """The values of an answer; None if it ends before its end."""
        answers = cast(BinaryIO, self._process.stdout)
        values = []
        try:
            while (frame := read_frame(answers, left)) is not None:
                kind, value = frame
                left -= len(value)
                if kind == b"v":
                    values.append(value)
                elif kind == b"e":
                    return values
                elif kind == b"m":
                    raise Unanswered("memory")
                elif kind == b"t":
                    told(int(value))
                else:
                    raise Unanswered("error", str(json.loads(value)))
        except TooLong:
            raise Unanswered("output") from None
        except ValueError:  # no JSON
            pass
        return None

    def _how_it_ended(self) -> str:
        try:
            code = self._process.wait(5)
        except subprocess.TimeoutExpired:
            return "no answer"
        with contextlib.suppress(ValueError):
            return signal.Signals(-code).name
        return f"exit code {code}"

    def stop(self) -> None:
        """Have it give no answer any more; it is still to be killed."""
        self._process.kill()

    def kill(self) -> None:
        """End it, whatever it is doing."""
        self._process.kill()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):  # what it had not read yet
                    pipe.close()
        self._process.wait()


class _Idle:
    """Sandboxes that wait for a call. Safe between threads."""

    def __init__(self) -> None:
        self.sandboxes: list[_Sandbox] = []
        self.keepers = 0
        self.lock = threading.Lock()

    def take(self) -> _Sandbox:
        with self.lock:
            while self.sandboxes:
                sandbox = self.sandboxes.pop()
                if sandbox.is_alive:
                    return sandbox
                sandbox.kill()
        return _Sandbox()

    def give_back(self, sandbox: _Sandbox) -> None:
        with self.lock:
            self.sandboxes.append(sandbox)

    def hold(self, change: int) -> None:
        with self.lock:
            self.keepers += change
            ended: list[_Sandbox] = []
            if not self.keepers:
                ended, self.sandboxes = self.sandboxes, ended
        for sandbox in ended:
            sandbox.kill()


_POOL = _Idle()

_OF_PARENT: Final[list[_Sandbox]] = []


def _forget() -> None:
    """In a forked child: the sandboxes are the parent's, to call and to wait for."""
    _OF_PARENT.extend(_POOL.sandboxes)
    _POOL.sandboxes, _POOL.keepers, _POOL.lock = [], 0, threading.Lock()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget)
