"""The protocol over HTTP: a route at ``/mcp`` of each index, behind the door of the server, with its limits.

Nothing is kept between two requests, so any client may come back after a restart. A page of another web site may not
ask, even with a browser that can reach the server: a request that says where it comes from has to come from the server
itself, or from an origin that may read it.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from http import HTTPStatus

from mcp.server.streamable_http_manager import StreamableHTTPSessionManager
from starlette.applications import Starlette
from starlette.datastructures import Headers
from starlette.routing import BaseRoute, Route
from starlette.types import Message, Receive, Scope, Send

from searchlib.agents.serving import mcp_server
from searchlib.web.problemdetails import ProblemDetail
from searchlib.web.replies import refusal
from searchlib.web.responding import Answering, Served
from searchlib.web.serveoptions import ServeOptions

Lifespan = Callable[[Starlette], AbstractAsyncContextManager[None]]


def mcp_routes(shelf: Sequence[Served], answering: Answering) -> tuple[list[BaseRoute], Lifespan]:
    """The routes of all indexes, and what has to run beside them."""
    managers = {
        served.prefix: StreamableHTTPSessionManager(
            mcp_server(served, answering),
            json_response=True,
            stateless=True,
            max_request_body_size=answering.options.body,
        )
        for served in shelf
    }

    @asynccontextmanager
    async def lifespan(application: Starlette) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            for manager in managers.values():
                await stack.enter_async_context(manager.run())
            yield

    routes: list[BaseRoute] = [
        Route(f"{prefix}/mcp", _Mounted(manager, answering.options), methods=["POST"])
        for prefix, manager in managers.items()
    ]
    return routes, lifespan


class _Mounted:
    def __init__(self, manager: StreamableHTTPSessionManager, options: ServeOptions) -> None:
        self._manager = manager
        self._origins = options.origins
        self._most = options.body

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = Headers(scope=scope)
        origin = headers.get("origin")
        own = f"{scope['scheme']}://{headers.get('host', '')}"
        if origin is not None and origin != own and origin not in self._origins and "*" not in self._origins:
            detail = "Pages of other web sites may not ask here: --cors names those that may."
            problem = ProblemDetail(HTTPStatus.FORBIDDEN, "foreign-origin", detail)
            await refusal(scope, problem)(scope, receive, send)
            return
        read = await _whole_body(receive, self._most)
        if read is None:
            return

        async def again() -> Message:
            return read.pop(0) if read else await receive()

        await self._manager.handle_request(scope, again, send)


async def _whole_body(receive: Receive, most: int) -> list[Message] | None:
    """The messages of a body, so many bytes of it and a little more; None where who sends it leaves in the middle.

    The manager would write that down as a fault.
    """
    read: list[Message] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        read.append(message)
        size += len(message.get("body", b""))
        if not message.get("more_body") or size > most:
            return read
