"""The protocol as it comes to people: a process on standard input and output, and over HTTP behind the same door."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import anyio
import httpx2
import pytest
from click.testing import CliRunner
from mcp import Client, StdioServerParameters
from mcp.client.stdio import stdio_client
from mcp.client.streamable_http import streamable_http_client
from starlette.testclient import TestClient

import searchlib
from searchlib.agents import mcp_routes
from searchlib.cli.main import program
from searchlib.web import ServeOptions, app
from searchlib.web.serveoptions import DEFAULTS
from tests.web.servers import serving

from .asking import asking, text_of

TOKEN = "a-token-for-the-tests"
HEADERS = {"Content-Type": "application/json", "Accept": "application/json, text/event-stream"}
INITIALIZE = {
    "jsonrpc": "2.0",
    "id": 1,
    "method": "initialize",
    "params": {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "test", "version": "1"}},
}


def started(folder: Path, *arguments: str) -> StdioServerParameters:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("SEARCHLIB_")}
    return StdioServerParameters(
        command=sys.executable, args=["-m", "searchlib", "mcp", *arguments], env=environment, cwd=folder
    )


async def walk(client: Client) -> tuple[Any, Any]:
    found = await client.call_tool("search", {"query": "bitterns"})
    checked = await client.call_tool("check_citations", {"text": text_of(found)})
    return found, checked


def assert_walked(answers: tuple[Any, Any]) -> None:
    found, checked = answers
    assert "“Bitterns boom at night.”" in text_of(found)
    assert [one["status"] for one in checked.structured_content["checks"]] == ["unchanged"]


def test_a_process_answers_on_standard_input_and_output(folder: Path) -> None:
    assert_walked(asking(stdio_client(started(folder, "--index", "index")), walk))


def test_a_missing_index_is_built_first_and_what_is_said_of_it_is_not_on_the_wire(folder: Path, tmp_path: Path) -> None:
    shutil.copytree(folder / "seeds", tmp_path / "seeds")
    with (tmp_path / "said").open("w+", encoding="utf-8") as said:
        transport = stdio_client(started(tmp_path), errlog=said)
        assert_walked(asking(transport, walk))
        said.seek(0)
        assert "building it from seeds/" in said.read()
    assert (tmp_path / "indexes" / "default").is_dir()


def test_what_it_prints_could_not_steer_a_terminal(tmp_path: Path) -> None:
    (tmp_path / "seeds").mkdir()
    (tmp_path / "seeds" / "a.txt").write_text("A\n\nHerons \u202e\u009b.\n", encoding="utf-8")
    calls = {"name": "search", "arguments": {"query": "herons"}}
    messages = (
        INITIALIZE,
        {"jsonrpc": "2.0", "method": "notifications/initialized"},
        {"jsonrpc": "2.0", "id": 2, "method": "tools/call", "params": calls},
    )
    how = started(tmp_path)
    with subprocess.Popen(
        [how.command, *how.args], cwd=tmp_path, env=how.env, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdin is not None and process.stdout is not None
        process.stdin.writelines(json.dumps(message).encode() + b"\n" for message in messages)
        process.stdin.flush()
        process.stdout.readline()
        answer = process.stdout.readline().decode()
        process.stdin.close()
        assert process.wait(30) == 0
    quote = json.loads(answer)["result"]["structuredContent"]["excerpts"][0]["quote"]
    assert quote == "Herons \u202e\u009b."
    assert "\u202e" not in answer and "\u009b" not in answer and "\\u202e" in answer


def test_what_cannot_be_is_said_in_a_sentence(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*arguments: str) -> str:
        done = CliRunner().invoke(program, [*arguments], prog_name="searchlib")
        assert done.exit_code == 2
        return done.stderr

    monkeypatch.chdir(folder)
    assert "No index at nosuch. Build one with: searchlib index" in refused("mcp", "--index", "nosuch")
    for name in [name for name in sys.modules if name.startswith("searchlib.agents")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "mcp.server.lowlevel", None)
    assert 'mcp needs mcp: pip install "searchlib[mcp]"' in refused("mcp", "--index", "index")
    assert 'serve --mcp needs mcp: pip install "searchlib[mcp]"' in refused("serve", "--mcp", "index")


def test_over_http_with_a_token_and_several_indexes(folder: Path) -> None:
    with serving("--mcp", "one=index", "two=index", folder=folder, SEARCHLIB_TOKEN=TOKEN) as (address, _):
        base = address.partition("?")[0]

        @asynccontextmanager
        async def knowing() -> AsyncIterator[Any]:
            async with (
                httpx2.AsyncClient(headers={"Authorization": f"Bearer {TOKEN}"}) as http,
                streamable_http_client(f"{base}two/mcp", http_client=http) as streams,
            ):
                yield streams

        assert_walked(asking(knowing(), walk))
        assert httpx2.post(f"{base}two/mcp", json=INITIALIZE, headers=HEADERS).status_code == 401


@pytest.fixture
def door(index: searchlib.Index) -> Any:
    """Asks the application for a handshake, with these headers."""

    def ask(options: ServeOptions = DEFAULTS, body: Any = INITIALIZE, **headers: str) -> Any:
        with TestClient(app(index, options, beside=mcp_routes), base_url="http://localhost") as client:
            return client.post("/mcp", json=body, headers={**HEADERS, **headers})

    return ask


def test_only_who_may_come_in_is_answered(door: Any) -> None:
    assert door().json()["result"]["serverInfo"]["name"] == "searchlib"
    assert door(Host="evil.example").status_code == 421
    assert door(Origin="http://localhost").status_code == 200
    refused = door(Origin="https://evil.example")
    assert (refused.status_code, refused.json()["type"]) == (403, "urn:searchlib:foreign-origin")
    assert door(Origin="null").status_code == 403
    friend = ServeOptions(origins=("https://friend.example",))
    assert door(friend, Origin="https://friend.example").status_code == 200
    assert door(friend, Origin="https://evil.example").status_code == 403
    assert door(ServeOptions(token=TOKEN)).status_code == 401
    assert door(ServeOptions(token=TOKEN), Authorization=f"Bearer {TOKEN}").status_code == 200


def test_a_body_that_is_too_large_or_nonsense_is_refused(door: Any) -> None:
    assert door(ServeOptions(body=100)).status_code == 413
    assert door(body={"jsonrpc": "2.0"}).status_code == 400
    assert door(**{"Content-Type": "text/plain"}).status_code == 400


def test_who_leaves_in_the_middle_of_a_request_is_no_fault(index: searchlib.Index) -> None:
    coming = [{"type": "http.request", "body": b"{", "more_body": True}, {"type": "http.disconnect"}]
    sent: list[Any] = []

    async def receive() -> Any:
        return coming.pop(0)

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {"type": "http", "method": "POST", "path": "/mcp", "query_string": b"", "scheme": "http"}
    scope["headers"] = [(b"host", b"localhost")]
    anyio.run(app(index, beside=mcp_routes), scope, receive, send)
    assert not sent


def test_only_posts_are_for_agents(index: searchlib.Index) -> None:
    with TestClient(app(index, beside=mcp_routes), base_url="http://localhost") as client:
        assert client.get("/mcp").status_code == 405
        assert client.delete("/mcp").status_code == 405
        assert client.get("/?q=tide").status_code == 200
    with TestClient(app(index), base_url="http://localhost") as client:
        assert client.post("/mcp", json=INITIALIZE, headers=HEADERS).status_code in (404, 405)


def test_agents_take_turns_with_everybody_else(index: searchlib.Index) -> None:
    """The server answers as many at once as it takes on, and tells the others to try again."""
    from searchlib.web.responding import Answering, Served

    from .asking import mcp_server

    answering = Answering(ServeOptions(at_once=1, waiting=1, patience=0.01))
    server = mcp_server(Served("searchlib", index), answering)

    async def run() -> str:
        entered, ends = anyio.Event(), anyio.Event()

        def hold() -> None:
            anyio.from_thread.run_sync(entered.set)
            anyio.from_thread.run(ends.wait)

        async with anyio.create_task_group() as tasks:
            tasks.start_soon(lambda: answering.run(Served("searchlib", index), hold))
            await entered.wait()
            async with Client(server) as client:
                answer = await client.call_tool("search", {"query": "tide"})
            ends.set()
        assert answer.is_error
        return text_of(answer)

    assert "try again in a moment" in anyio.run(run)
