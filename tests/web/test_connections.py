"""Who sends or reads so slowly that nobody else has room is not waited for."""

from __future__ import annotations

import contextlib
import logging
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send

import searchlib
from searchlib.web import app
from searchlib.web.connections import bounded, open_files

FOREVER = 60.0
SOON = 0.1
HEAD = b"GET /api/stats HTTP/1.1\r\nHost: localhost\r\n"
POST = b"POST /api/check_citations HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\nsome"


@contextmanager
def answering(
    application: ASGIApp, most: int = 10, asking: float = FOREVER, reading: float = FOREVER, again: int = 60
) -> Iterator[tuple[uvicorn.Server, Callable[[], socket.socket]]]:
    """A server, and what connects to it."""
    http = bounded(most, asking, reading)
    config = uvicorn.Config(application, log_config=None, log_level="error", http=http, timeout_keep_alive=again)
    server = uvicorn.Server(config)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=server.run, args=([listener],))
        thread.start()
        opened: list[socket.socket] = []

        def connect() -> socket.socket:
            opened.append(socket.create_connection(listener.getsockname(), FOREVER))
            return opened[-1]

        try:
            until(lambda: server.started)
            yield server, connect
        finally:
            for one in opened:
                one.close()
            server.should_exit = True
            thread.join(FOREVER)


def until(true: Callable[[], bool]) -> None:
    ends = time.monotonic() + FOREVER
    while not true():
        assert time.monotonic() < ends
        time.sleep(0.01)


def until_ended(connection: socket.socket) -> bytes:
    """What comes until the other end closes. Raises TimeoutError if it does not."""
    found = b""
    with contextlib.suppress(ConnectionError):
        while part := connection.recv(1 << 16):
            found += part
    return found


def status(connection: socket.socket) -> bytes:
    connection.sendall(HEAD + b"\r\n")
    found = b""
    while not found.endswith(b"}"):
        found += connection.recv(1 << 16)
    return found[9:12]


@pytest.mark.parametrize(
    ("sent", "answered"),
    [(b"", False), (HEAD, False), (POST, False), (HEAD + b"\r\n" + HEAD, True)],
    ids=["nothing", "half a head", "half a body", "half of a second one"],
)
def test_a_request_that_does_not_come_to_an_end_is_ended(
    index: searchlib.Index, caplog: pytest.LogCaptureFixture, sent: bytes, answered: bool
) -> None:
    with caplog.at_level(logging.ERROR), answering(app(index), asking=SOON, again=1) as (server, connect):
        slow = connect()
        slow.sendall(sent)
        assert until_ended(slow).startswith(b"HTTP/1.1 200" if answered else b"")
        until(lambda: not server.server_state.tasks)
    assert not caplog.records  # what strangers do wrong fills no log


def test_an_answer_that_nobody_reads_is_ended() -> None:
    ended = threading.Event()

    async def much(scope: Scope, receive: Receive, send: Send) -> None:
        assert scope["type"] == "http"
        await send({"type": "http.response.start", "status": 200, "headers": []})
        for _ in range(1000):
            await send({"type": "http.response.body", "body": bytes(1 << 16), "more_body": True})
        ended.set()  # nothing is sent to who is gone

    with answering(much, reading=SOON) as (server, connect):
        connect().sendall(HEAD + b"\r\n")
        assert ended.wait(FOREVER)
        until(lambda: not server.server_state.connections)


def test_where_there_is_no_room_the_oldest_that_owes_its_request_goes(index: searchlib.Index) -> None:
    with answering(app(index), most=3) as (server, connect):
        first, second, third = connect(), connect(), connect()
        second.sendall(HEAD)
        until(lambda: len(server.server_state.connections) == 3)
        assert status(first) == b"200"  # and waits for another one
        assert status(connect()) == b"200"
        assert until_ended(second) == b""
        assert status(connect()) == b"200"
        assert until_ended(third) == b""
        assert status(first) == b"200"


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such limit")
def test_connections_keep_to_the_files_that_the_system_allows() -> None:
    import resource

    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    soft = 128 if before[1] == resource.RLIM_INFINITY else min(128, before[1])
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, before[1]))
        assert open_files(soft + 50) == soft + 50
        assert resource.getrlimit(resource.RLIMIT_NOFILE)[0] == soft + 50
        assert open_files(soft) == soft
        assert bounded(100).most == 100
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)
