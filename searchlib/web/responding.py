"""From a request to its answer: in a thread, in its turn, in time, with a tag; or a problem.

`Served` is an index with its name and its place among the addresses. `Answering` is what all requests of a server
share. What a page or verb itself does is a function that is called in a thread.
"""

from __future__ import annotations

import hashlib
import logging
import threading
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from itertools import islice
from typing import Any, TypeAlias, TypeVar

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.types import Receive, Scope, Send

from searchlib import Index
from searchlib.errors import SearchlibError, SettingsError
from searchlib.guards.deadline import Deadline
from searchlib.web.admission import Admission
from searchlib.web.problemdetails import ProblemDetail, problem_of, too_busy
from searchlib.web.replies import JSON, LINES, UNTAGGED, as_bytes, matches, refusal, tagged
from searchlib.web.serveoptions import TIMEOUT, ServeOptions
from searchlib.web.templating import edition

AT_ONCE = 100
"""Hits of a stream that are made together: then others have their turn."""


@dataclass(frozen=True, slots=True)
class Served:
    """An index, its name, and what its addresses begin with: "" for the only one, else "/" and its name."""

    name: str
    index: Index
    prefix: str = ""
    _settings: str = field(init=False)  # what answers depend on besides the generation, as a digest

    def __post_init__(self) -> None:
        synonyms = self.index.synonyms
        rules = synonyms.rules if synonyms is not None else ()
        settings = (self.name, self.prefix, self.index.ranking, self.index.limits, self.index.names, rules)
        object.__setattr__(self, "_settings", _digest(settings))

    @property
    def timeout(self) -> float:
        """Seconds that an answer may take."""
        return self.index.limits.timeout or TIMEOUT

    @property
    def tag(self) -> str:
        """What answers of the index as it is now are known by; "" for an index whose engine has no digests."""
        try:
            return f"{self.index.digest}-{edition()}-{self._settings}"
        except SettingsError:
            return ""


@dataclass(frozen=True, slots=True)
class Reply:
    """What a thread has made: all that an answer is."""

    body: bytes
    media_type: str = JSON
    status: int = HTTPStatus.OK


Made = TypeVar("Made")
Make: TypeAlias = Callable[[], Reply]


class Answering:
    """How the requests of a server are answered."""

    def __init__(self, options: ServeOptions) -> None:
        self.options = options
        self._settings = _digest((options.facets, options.root_path))
        self._admission = Admission(options.at_once, options.waiting, options.patience, options.streams)
        self._alone = threading.Lock()

    async def answer(
        self, request: Request, served: Served, make: Make, *, kept: bool = True, seconds: float | None = None
    ) -> Response:
        """The answer that ``make`` makes, in a thread; a 304 where who asks has it; a problem where there is one."""

        def made() -> Response:
            tag = self._tag(served) if kept else ""
            if tag and matches(request.headers.get("if-none-match"), tag):
                return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=tagged(tag))
            with Deadline(self.seconds(served, seconds)).running():
                reply = make()
            headers = tagged(tag) if tag and reply.status == HTTPStatus.OK else UNTAGGED
            return Response(reply.body, reply.status, headers, reply.media_type)

        try:
            return await self._admission.run(made)
        except Exception as error:
            return refused(request, error)

    async def run(self, served: Served, make: Callable[[], Made]) -> Made:
        """What ``make`` makes of an index: in a thread, in its turn, in time. Raises what that raises."""

        def made() -> Made:
            with Deadline(served.timeout).running():
                return make()

        return await self._admission.run(made)

    async def stream(
        self, request: Request, served: Served, begin: Callable[[], Iterator[Any]], seconds: float | None = None
    ) -> Response:
        """Lines of JSON, made as they are read, some at a time, each time within so many ``seconds``.

        What goes wrong before the first of them is a problem.
        """
        most = self.seconds(served, seconds)

        def begun() -> tuple[str, Iterator[Any], bytes]:
            tag = self._tag(served)
            if tag and matches(request.headers.get("if-none-match"), tag):
                return tag, iter(()), b""
            with Deadline(most).running():
                values = begin()
                return tag, values, _part(values)

        def more() -> bytes:
            with Deadline(most).running():
                return _part(values)

        try:
            self._admission.begin_stream()
        except ProblemDetail as error:
            return refused(request, error)
        try:
            tag, values, first = await self._admission.run(begun)
        except Exception as error:
            self._admission.end_stream()
            return refused(request, error)
        headers = tagged(tag) if tag else UNTAGGED
        if tag and matches(request.headers.get("if-none-match"), tag):
            self._admission.end_stream()
            return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=headers)
        if request.method == "HEAD":
            self._admission.end_stream()
            return Response(headers=headers, media_type=LINES)
        return _LineStream(self._lines(first, more), headers, self._admission.end_stream)

    async def _lines(self, lines: bytes, more: Callable[[], bytes]) -> AsyncIterator[bytes]:
        """These lines, and those that follow."""
        try:
            while lines:
                yield lines
                lines = await self._admission.run(more)
        except Exception as error:
            tell(error)
            yield as_bytes({"problem": problem_of(error).as_dict()}, "\n")

    def alone(self, make: Callable[[], Made]) -> Made:
        """What ``make`` makes, if nobody else is at it. Raises ProblemDetail."""
        if not self._alone.acquire(blocking=False):
            raise too_busy()
        try:
            return make()
        finally:
            self._alone.release()

    def _tag(self, served: Served) -> str:
        tag = served.tag
        return f"{tag}-{self._settings}" if tag else ""

    def seconds(self, served: Served, asked: float | None) -> float:
        """How long it may take: what is asked for, and no more than is allowed."""
        return min(asked, served.timeout) if asked is not None else served.timeout


class _LineStream(StreamingResponse):
    """Lines as they are made; what it ``ends`` is called however it ends, also before it began."""

    def __init__(self, lines: AsyncIterator[bytes], headers: Mapping[str, str], ends: Callable[[], None]) -> None:
        super().__init__(lines, headers=headers, media_type=LINES)
        self._ends = ends

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await super().__call__(scope, receive, send)
        finally:
            self._ends()


def _digest(settings: tuple[Any, ...]) -> str:
    return hashlib.blake2b(repr(settings).encode("utf-8", "surrogatepass"), digest_size=4).hexdigest()


def _part(values: Iterator[Any]) -> bytes:
    return b"".join(as_bytes(one, "\n") for one in islice(values, AT_ONCE))


def refused(request: Request, error: Exception) -> Response:
    """The answer where there is none."""
    tell(error)
    return refusal(request.scope, problem_of(error))


def tell(error: Exception) -> None:
    """Tell whoever runs the server of an error that is none of the request's."""
    if not isinstance(error, (ProblemDetail, SearchlibError)):
        logging.getLogger("searchlib.web").error("a fault, which whoever asked was not told of", exc_info=error)
