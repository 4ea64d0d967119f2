"""Running an application: a socket, and uvicorn on it until it is told to stop."""

from __future__ import annotations

import contextlib
import ipaddress
import os
import socket
from collections.abc import Callable

import h11
import uvicorn
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from searchlib.errors import SettingsError

MOST_CONNECTIONS = 2000
_QUEUED = 2048  # connections that the system accepts for us


def is_loopback(host: str) -> bool:
    """Whether only this machine reaches what listens there."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def listening(host: str, port: int) -> socket.socket:
    """A socket that listens. Raises SettingsError where that cannot be."""
    try:
        family, *_, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
        made = socket.socket(family, socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise SettingsError(f"there is no address {host}: give one of this machine by --host") from error
    try:
        if os.name == "posix":  # there another server that still listens is an error all the same
            made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        made.bind(address)
        made.listen(_QUEUED)
    except (OSError, OverflowError) as error:
        made.close()
        why = error.strerror if isinstance(error, OSError) else "no such port"
        raise SettingsError(f"cannot listen at {host}, port {port} ({why}): give another --port or --host") from error
    return made


def address_of(listener: socket.socket, host: str) -> str:
    """The address of what listens, for a browser."""
    port = listener.getsockname()[1]
    shown = {"0.0.0.0": socket.gethostname(), "::": socket.gethostname()}.get(host, host)
    return f"http://{f'[{shown}]' if ':' in shown else shown}:{port}/"


def run(application: ASGIApp, listener: socket.socket, ready: Callable[[], None]) -> None:
    """Answer what comes to a socket, until SIGINT or SIGTERM; ``ready`` is called when it does."""
    config = uvicorn.Config(
        _telling(application, ready),
        log_config=None,
        access_log=False,
        log_level="error",  # what strangers do wrong is told to them
        server_header=False,
        limit_concurrency=MOST_CONNECTIONS,
        timeout_keep_alive=15,
        timeout_graceful_shutdown=5,
        ws="none",
        lifespan="on",
    )
    with contextlib.closing(listener):
        uvicorn.Server(config).run(sockets=[listener])


def _telling(application: ASGIApp, ready: Callable[[], None]) -> ASGIApp:
    """The application, which tells when it has started."""

    async def telling(scope: Scope, receive: Receive, send: Send) -> None:
        async def sending(message: Message) -> None:
            await send(message)
            if message["type"] == "lifespan.startup.complete":
                ready()

        # Who breaks the protocol in the middle of a request cannot be answered any more.
        with contextlib.suppress(h11.LocalProtocolError):
            await application(scope, receive, sending if scope["type"] == "lifespan" else send)

    return telling
