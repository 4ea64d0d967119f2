"""Running an application: a socket, and uvicorn on it until it is told to stop."""

from __future__ import annotations

import contextlib
import ipaddress
import os
import socket
import ssl
from collections.abc import Callable
from dataclasses import dataclass

import h11
import uvicorn
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from searchlib.errors import SettingsError
from searchlib.web.connections import bounded

_QUEUED = 2048  # connections that the system accepts for us
_ACCEPTED = 32  # and we take on before we look whether these are too many


@dataclass(frozen=True, slots=True)
class Certificate:
    """What a server proves by that it is who it says, and encrypts with: files in PEM."""

    chain: str
    key: str

    def check(self) -> None:
        """Raises SettingsError where these files are none."""
        try:
            ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(self.chain, self.key, password=lambda: "")
        except (OSError, ValueError) as error:
            why = getattr(error, "reason", "") or getattr(error, "strerror", "") or type(error).__name__
            raise SettingsError(
                f"no certificate and its key are in {self.chain} and {self.key} ({why}): give files in PEM, by "
                "--certificate and --key, the key without a password"
            ) from error


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


def address_of(listener: socket.socket, host: str, root_path: str = "", certificate: Certificate | None = None) -> str:
    """The address of what listens, for a browser."""
    port = listener.getsockname()[1]
    shown = {"0.0.0.0": socket.gethostname(), "::": socket.gethostname()}.get(host, host)
    scheme = "https" if certificate is not None else "http"
    return f"{scheme}://{f'[{shown}]' if ':' in shown else shown}:{port}{root_path}/"


def run(
    application: ASGIApp, listener: socket.socket, ready: Callable[[], None], certificate: Certificate | None = None
) -> None:
    """Answer what comes to a socket, until SIGINT or SIGTERM; ``ready`` is called when it does."""
    config = uvicorn.Config(
        _telling(application, ready),
        log_config=None,
        access_log=False,
        log_level="error",  # what strangers do wrong is told to them
        server_header=False,
        backlog=_ACCEPTED,
        http=bounded(),
        timeout_keep_alive=15,
        timeout_graceful_shutdown=5,
        ssl_certfile=certificate.chain if certificate is not None else None,
        ssl_keyfile=certificate.key if certificate is not None else None,
        ws="none",
        lifespan="on",
    )
    with contextlib.closing(listener):
        _Server(config).run(sockets=[listener])


class _Server(uvicorn.Server):
    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        for one in sockets or ():
            one.listen(_QUEUED)


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
