"""Connections, and how long the server waits for who is at their other end.

Uvicorn waits for as long as it takes: for a request that comes letter by letter, and for who does not read what he has
asked for. `PatientProtocol` ends such a connection. It also counts them, since each is an open file: where there is no
room for another, the oldest that owes its request goes.
"""

from __future__ import annotations

import asyncio
import sys
from typing import Any, ClassVar, cast

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

ASKING = 20.0
"""Seconds that a request may take to come, its body too."""
READING = 30.0
"""Seconds that nothing of an answer may be read."""
MOST_CONNECTIONS = 2000
_OTHER_FILES = 300  # that the indexes, what is read, and connections that are not counted yet may have open
_FEWEST = 32


class PatientProtocol(H11Protocol):
    """A connection. ``owing`` are those that owe a request, the oldest first; `bounded` gives each server its own."""

    most: ClassVar[int] = MOST_CONNECTIONS
    asking: ClassVar[float] = ASKING
    reading: ClassVar[float] = READING
    owing: ClassVar[dict[PatientProtocol, None]] = {}

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self._asks: asyncio.TimerHandle | None = None
        self._reads: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Take one more on; end another where that is too many."""
        super().connection_made(transport)
        self._wait_for_request()
        if len(self.connections) > self.most:
            oldest = next(iter(self.owing))
            self.owing.pop(oldest)
            oldest.transport.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait for nothing any more."""
        self.owing.pop(self, None)
        _stop(self._asks)
        _stop(self._reads)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Go on with a request; wait for the rest of it."""
        super().data_received(data)
        if self.conn.their_state in (h11.IDLE, h11.SEND_BODY):
            self._wait_for_request()
        else:
            self.owing.pop(self, None)
            _stop(self._asks)
            self._asks = None

    def on_response_complete(self) -> None:
        """Wait for the next request, as long as uvicorn does, or for what was answered to be read."""
        super().on_response_complete()
        if self.transport.is_closing():
            self._wait_for_reading()
        elif self.conn.their_state is h11.IDLE:
            self.owing[self] = None

    def timeout_keep_alive_handler(self) -> None:
        """Close, as soon as what was answered is read."""
        super().timeout_keep_alive_handler()
        self._wait_for_reading()

    def pause_writing(self) -> None:
        """Wait for some of what was answered to be read."""
        super().pause_writing()
        self._wait_for_reading()

    def resume_writing(self) -> None:
        """Go on."""
        super().resume_writing()
        _stop(self._reads)
        self._reads = None

    def _wait_for_request(self) -> None:
        self.owing[self] = None
        if self._asks is None:
            self._asks = self.loop.call_later(self.asking, self.transport.abort)

    def _wait_for_reading(self) -> None:
        if self._reads is None:
            self._reads = self.loop.call_later(self.reading, self.transport.abort)


def bounded(most: int = MOST_CONNECTIONS, asking: float = ASKING, reading: float = READING) -> type[PatientProtocol]:
    """Connections of one server: so many, or as many as this process may have open."""
    room = max(min(most, _FEWEST), open_files(most + _OTHER_FILES) - _OTHER_FILES)
    own = {"most": room, "asking": asking, "reading": reading, "owing": {}}
    return cast("type[PatientProtocol]", type("BoundedProtocol", (PatientProtocol,), own))


def open_files(wanted: int) -> int:
    """How many files this process may have open, once it may have as many as is wanted, or as the system allows."""
    if sys.platform == "win32":
        return wanted
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft == resource.RLIM_INFINITY or soft >= wanted:
        return wanted
    allowed = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (allowed, hard))
    except (OSError, ValueError):  # a system that has another limit besides
        return soft
    return allowed


def _stop(timer: asyncio.TimerHandle | None) -> None:
    if timer is not None:
        timer.cancel()
