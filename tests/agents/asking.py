"""Asking a server of the protocol as the client of its SDK does."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any, TypeVar

import anyio
from mcp import Client
from mcp_types import CallToolResult

import searchlib
from searchlib.agents import mcp_server
from searchlib.web import ServeOptions
from searchlib.web.responding import Answering, Served

Made = TypeVar("Made")


def served(index: searchlib.Index, options: ServeOptions | None = None) -> Any:
    """A server that answers from an index."""
    return mcp_server(Served("searchlib", index), Answering(options or ServeOptions()))


def asking(server: Any, ask: Callable[[Client], Awaitable[Made]]) -> Made:
    """What a client gets by ``ask``; ``server`` is one in this process, an address, or a transport."""

    async def run() -> Made:
        with anyio.fail_after(60):
            async with Client(server) as client:
                return await ask(client)

    return anyio.run(run)


def calling(index: searchlib.Index, name: str, options: ServeOptions | None = None, **arguments: Any) -> CallToolResult:
    """What a tool gives."""
    return asking(served(index, options), lambda client: client.call_tool(name, arguments))


def text_of(result: CallToolResult) -> str:
    """The text of an answer, which is there once."""
    (block,) = result.content
    assert block.type == "text"
    return block.text


@asynccontextmanager
async def both_ways(server: Any) -> AsyncIterator[list[Client]]:
    """A client that begins with a handshake, as the older ones do, and one that does not."""
    async with Client(server, mode="legacy") as older, Client(server) as newer:
        yield [older, newer]
