"""An index for programs with an event loop: the same answers, and the loop goes on."""

from __future__ import annotations

import asyncio
import inspect
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import searchlib
from searchlib import AsyncIndex, Document, Index
from searchlib.guards.deadline import Deadline, Stop, Stopped, check

PATIENCE = 60.0  # seconds: nothing here takes so long, but for what hangs


@pytest.fixture
def path(tmp_path: Path) -> Iterator[Path]:
    (tmp_path / "seeds").mkdir()
    with searchlib.build(tmp_path / "seeds", tmp_path / "index", processes=1) as index, index.writer(processes=1) as w:
        for number in range(30):
            w.add(Document(f"d{number}", f"A harbour, number {number}.\n\nShips in winter.", f"Ports {number}"))
    yield tmp_path / "index"


def run(coroutine: Any) -> Any:
    return asyncio.run(asyncio.wait_for(coroutine, PATIENCE))


def test_answers_are_those_of_the_index(path: Path) -> None:
    async def ask() -> list[Any]:
        async with await searchlib.aopen(path, ranking={"k1": 2.0}) as index:
            results = await index.search("harbour", 3, sort="document", facets="type")
            id = results[0].id
            return [
                *(list(results), results.total, [one.query for one in await index.search_many(["ship", "harbour"])]),
                *([hit.id async for hit in index.all("ship")], [one.path async for one in index.documents()]),
                *(list(await index.similar(id)), await index.complete("har"), await index.paragraph(id)),
                *(await index.context(id), await index.document("d3"), await index.outline("d3")),
                *(await index.citation(id), await index.stats(), await index.refresh()),
                *(await index.check_citations(f"searchlib:{id}"), await index.is_stale(results[0])),
                await index.run(results[0].explain),
            ]

    with searchlib.open(path, ranking={"k1": 2.0}) as index:
        results = index.search("harbour", 3, sort="document", facets="type")
        id = results[0].id
        assert run(ask()) == [
            *(list(results), 30, ["ship", "harbour"]),
            *([hit.id for hit in index.all("ship")], [one.path for one in index.documents()]),
            *(list(index.similar(id)), index.complete("har"), index.paragraph(id)),
            *(index.context(id), index.document("d3"), index.outline("d3")),
            *(index.citation(id), index.stats(), False),
            *(index.check_citations(f"searchlib:{id}"), False),
            results[0].explain(),
        ]


def test_every_method_that_reads_is_there_with_its_arguments() -> None:
    others = {"all", "documents", "run", "close"}
    for name, method in inspect.getmembers(AsyncIndex, inspect.isfunction):
        if not name.startswith("_") and name not in others:
            assert inspect.iscoroutinefunction(method)
            assert inspect.signature(method) == inspect.signature(getattr(Index, name))
            assert inspect.getdoc(method) == inspect.getdoc(getattr(Index, name))
    assert inspect.signature(searchlib.aopen) == inspect.signature(searchlib.open)
    methods = {name for name, _ in inspect.getmembers(Index, inspect.isfunction) if not name.startswith("_")}
    assert methods - set(dir(AsyncIndex)) == {"check_file", "library", "verify", "writer"}  # by run


def test_errors_are_those_of_the_index(path: Path) -> None:
    async def ask() -> None:
        index = await searchlib.aopen(path)
        with pytest.raises(searchlib.QueryError):
            await index.search('"never', strict=True)
        with pytest.raises(searchlib.QueryTimeout):
            await index.search("harbour", timeout=1e-9)
        with pytest.raises(searchlib.IndexMissing):
            await searchlib.aopen(path.parent / "nowhere")
        with pytest.raises(searchlib.SettingsError, match="threads is 0"):
            AsyncIndex(index.index, 0)
        assert repr(index) == f"<AsyncIndex of <Index {path}>>"
        await index.close()
        with pytest.raises(searchlib.IndexProblem, match="was closed; open it again"):
            await index.search("harbour")
        with pytest.raises(searchlib.IndexProblem, match="was closed; open it again"):
            await index.run(len, "any function")
        with pytest.raises(searchlib.IndexProblem):
            index.index.search("harbour")

    run(ask())


def test_what_came_back_is_looked_at_without_reading(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def ask() -> None:
        async with await searchlib.aopen(path) as index:
            results = await index.search("harbour", 5, distinct=True, facets="type")
            streamed = [hit async for hit in index.all("harbour")]
            reader: Any = index.index._reader
            for name in ("search", "records", "contexts", "frequencies", "find"):
                monkeypatch.setattr(type(reader), name, None)
            assert results.as_dict()["total"] == 30
            assert len(results.to_dicts()) == 5 and "<mark>" in results._repr_html_()
            assert {str(hit.citation) for hit in results} and results[0].copies == ()
            assert streamed[29].snippet("html") and streamed[29].citation.suffix

    run(ask())


def test_the_loop_goes_on_while_a_search_runs(path: Path) -> None:
    """A search waits for what only the loop does."""
    goes_on = threading.Event()

    def waits(index: Index) -> searchlib.Results:
        assert goes_on.wait(PATIENCE)
        return index.search("harbour")

    async def ask() -> None:
        async with await searchlib.aopen(path) as index:
            waiting = asyncio.create_task(index.run(waits, index.index))
            await asyncio.sleep(0)
            goes_on.set()
            assert (await waiting).total == 30

    run(ask())


def test_no_more_threads_are_taken_than_are_given(path: Path) -> None:
    running: list[int] = []
    most = 0
    lock = threading.Lock()
    full = threading.Barrier(2)

    def busy() -> None:
        nonlocal most
        with lock:
            running.append(1)
            most = max(most, len(running))
        full.wait(PATIENCE)  # another one runs, too
        with lock:
            running.pop()

    async def ask() -> None:
        with searchlib.open(path) as opened:
            async with AsyncIndex(opened, threads=2) as index:
                await asyncio.gather(*(index.run(busy) for _ in range(20)))

    run(ask())
    assert most == 2


def test_who_is_cancelled_gives_up_the_search(path: Path) -> None:
    begun, ended = threading.Event(), threading.Event()

    def endless() -> None:
        begun.set()
        try:
            while True:
                check()
        finally:
            ended.set()

    async def ask() -> None:
        with searchlib.open(path) as opened:
            async with AsyncIndex(opened, threads=1) as index:
                task = asyncio.create_task(index.run(endless))
                never = asyncio.create_task(index.run(pytest.fail))
                await asyncio.to_thread(begun.wait, PATIENCE)
                for one in (never, task):
                    one.cancel()
                    with pytest.raises(asyncio.CancelledError):
                        await one
                assert await asyncio.to_thread(ended.wait, PATIENCE)
                assert (await index.search("harbour")).total == 30

    run(ask())


def test_a_stop_and_a_timeout_are_checked_together() -> None:
    times = iter([0.0, 1.0, 2.0, 9.0, 10.0, 11.0])
    stop, deadline = Stop(), Deadline(5, lambda: next(times))
    with stop.running():
        check()
        with deadline.running(), Deadline(1e-9).running():
            check()
            with pytest.raises(searchlib.QueryTimeout):
                check()
            stop.say()
            with pytest.raises(Stopped):
                check()
        with pytest.raises(Stopped):
            check()
    check()
