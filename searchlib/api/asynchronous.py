"""The API for programs with an event loop: the same methods, as coroutines that never hold the loop up.

Searching is work of the processor, so it is done in a few threads of the index's own. What a search finds is read
there, too: results that come back can be looked at on the loop. Who is cancelled gives up the search, which ends at its
next check, as at a timeout; a search that waits for a thread is never begun.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from functools import partial, wraps
from itertools import islice
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, Self, TypeVar

from searchlib.api.entrance import Index, open
from searchlib.api.opened import was_closed
from searchlib.guards.arguments import whole
from searchlib.guards.deadline import Stop
from searchlib.search.hits import Hit, Results

if TYPE_CHECKING:
    from concurrent.futures import Executor
    from types import TracebackType

THREADS = 4
"""Of an index, by default."""
_AT_ONCE = 100  # hits of a stream that are read in one go

_Asked = ParamSpec("_Asked")
_Found = TypeVar("_Found")


def _coroutine(
    method: Callable[Concatenate[Index, _Asked], _Found],
) -> Callable[Concatenate[AsyncIndex, _Asked], Coroutine[Any, Any, _Found]]:
    """A method of an index as a coroutine."""

    @wraps(method)
    async def found(self: AsyncIndex, /, *args: _Asked.args, **kwargs: _Asked.kwargs) -> _Found:
        return await self.run(lambda: _looked_at(method(self.index, *args, **kwargs)))

    return found


def _iterator(
    method: Callable[Concatenate[Index, _Asked], Iterator[_Found]],
) -> Callable[Concatenate[AsyncIndex, _Asked], AsyncIterator[_Found]]:
    """A method of an index that gives one thing after another, for ``async for``."""

    @wraps(method)
    async def found(self: AsyncIndex, /, *args: _Asked.args, **kwargs: _Asked.kwargs) -> AsyncIterator[_Found]:
        given = await self.run(lambda: method(self.index, *args, **kwargs))
        while some := await self.run(lambda: _looked_at(list(islice(given, _AT_ONCE)))):
            for one in some:
                yield one

    return found


class AsyncIndex:
    """An open index for programs with an event loop (asyncio): `Index`, with coroutines for methods.

    ``AsyncIndex(index, threads=4)`` makes one of an open `Index`, as does `aopen`. ``index`` is the `Index` itself, and
    ``threads`` how many searches run at once; more wait for their turn. The methods are those of `Index`, with the same
    arguments, answers and errors. All that there is of results and hits is read before they come back, but for
    ``explain()``; what else may take its time goes to `run`. A coroutine that is cancelled gives up its search.
    """

    def __init__(self, index: Index, threads: int = THREADS) -> None:
        from concurrent.futures import ThreadPoolExecutor

        self.index = index
        self._threads = ThreadPoolExecutor(whole("threads", threads, 1), "searchlib")
        self._closed = False

    async def run(self, function: Callable[_Asked, _Found], /, *args: _Asked.args, **kwargs: _Asked.kwargs) -> _Found:
        """What ``function`` gives, called in a thread of the index: ``await index.run(hit.explain)``.

        If this is cancelled, a function that has begun goes on until it ends or a search in it comes to a check.
        """
        if self._closed:
            raise was_closed(self.index.path)
        return await in_thread(self._threads, function, *args, **kwargs)

    search = _coroutine(Index.search)
    search_many = _coroutine(Index.search_many)
    all = _iterator(Index.all)
    similar = _coroutine(Index.similar)
    complete = _coroutine(Index.complete)
    paragraph = _coroutine(Index.paragraph)
    context = _coroutine(Index.context)
    documents = _iterator(Index.documents)
    document = _coroutine(Index.document)
    outline = _coroutine(Index.outline)
    citation = _coroutine(Index.citation)
    check_citations = _coroutine(Index.check_citations)
    is_stale = _coroutine(Index.is_stale)
    stats = _coroutine(Index.stats)
    refresh = _coroutine(Index.refresh)

    async def close(self) -> None:
        """Close the index, when what has begun has ended; what waits for a thread is cancelled."""
        import asyncio

        self._closed = True
        await asyncio.to_thread(self._threads.shutdown, cancel_futures=True)
        self.index.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    def __repr__(self) -> str:
        return f"<AsyncIndex of {self.index!r}>"


async def in_thread(
    threads: Executor | None, function: Callable[_Asked, _Found], /, *args: _Asked.args, **kwargs: _Asked.kwargs
) -> _Found:
    """What ``function`` gives, called in one of the ``threads`` (None: of the loop's).

    If this is cancelled, a search in it is given up.
    """
    import asyncio
    from contextvars import copy_context

    stop = Stop()

    def called() -> _Found:
        with stop.running():
            return function(*args, **kwargs)

    try:
        return await asyncio.get_running_loop().run_in_executor(threads, partial(copy_context().run, called))
    except asyncio.CancelledError:
        stop.say()
        raise


def _opens(open: Callable[_Asked, Index]) -> Callable[_Asked, Coroutine[Any, Any, AsyncIndex]]:
    @wraps(open, assigned=())
    async def aopen(*args: _Asked.args, **kwargs: _Asked.kwargs) -> AsyncIndex:
        """Open an index for programs with an event loop: ``async with await searchlib.aopen(path) as index: …``.

        Arguments and errors are those of `open`. It searches in four threads; ``searchlib.AsyncIndex(index, threads)``
        has as many as it is given.
        """
        import asyncio

        return AsyncIndex(await asyncio.to_thread(open, *args, **kwargs))

    return aopen


aopen = _opens(open)


def _looked_at(found: _Found) -> _Found:
    """What was found, with all read that a look at it would read."""
    if isinstance(found, Results):
        _ = found.total, found.documents, found.facets, found.cursor, found.suggestion
    if isinstance(found, Hit):
        _ = found.citation, found.copies
    if isinstance(found, (Results, list)):
        for one in found:
            _looked_at(one)
    return found
