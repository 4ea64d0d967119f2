"""The application: indexes and options in, ASGI out.

```
request ── Guard (host, token) ── gzip ── CORS ── route ── Answering (turn, time, tag) ── page or verb ── index
```

With one index everything is at ``/``. With several, each is at ``/name/``, and ``/`` lists them. Others may be put
behind the same door, and take turns with it: `Beside` makes their routes, and what has to run beside these.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from http import HTTPStatus
from typing import TypeAlias

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Lifespan

from searchlib import Index
from searchlib.errors import SettingsError
from searchlib.web.apiroutes import api_routes
from searchlib.web.guarding import Guard
from searchlib.web.pageroutes import Pages
from searchlib.web.problemdetails import ProblemDetail
from searchlib.web.replies import HTML, refusal
from searchlib.web.responding import Answering, Reply, Served
from searchlib.web.serveoptions import DEFAULTS, ServeOptions
from searchlib.web.templating import STATIC, rendered

TAKEN = frozenset({"api", "static", "p", "document", "page", "feed", "mcp", "opensearch.xml"})
ALLOWED_HEADERS = ("Authorization", "Content-Type", "Mcp-Protocol-Version", "Mcp-Method", "Mcp-Name")
"""What scripts of other sites may send, where they may ask."""
Beside: TypeAlias = Callable[[Sequence[Served], Answering], tuple[list[BaseRoute], Lifespan[Starlette] | None]]

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_LARGE = 1000  # bytes that are worth compressing


def app(
    indexes: Mapping[str, Index] | Index,
    options: ServeOptions = DEFAULTS,
    *,
    beside: Beside | None = None,
) -> ASGIApp:
    """An application that answers from open indexes, by name.

    Open them with ``refresh="auto"`` to have new generations picked up. Raises SettingsError for a name, or a beginning
    of addresses, that cannot be part of an address, or has another meaning there.
    """
    answering = Answering(options)
    served = shelf(indexes)
    _, *beginning = options.root_path.split("/")
    if not TAKEN.isdisjoint(beginning) or any(one.prefix == f"/{beginning[0]}" for one in served if beginning):
        raise SettingsError(f"addresses cannot begin with {options.root_path}: it has another meaning here")
    found, lifespan = beside(served, answering) if beside is not None else ([], None)
    for one in served:
        found += api_routes(one, answering)
        found += Pages(one, answering).routes()
    if len(served) > 1:
        found.append(Route("/", _listing(served, answering)))
    found.append(Mount("/static/{digest}", StaticFiles(directory=STATIC)))
    middleware = [Middleware(GZipMiddleware, minimum_size=_LARGE, compresslevel=4)]
    if options.origins:
        middleware.append(
            Middleware(
                CORSMiddleware,
                allow_origins=options.origins,
                allow_methods=("GET", "POST"),
                allow_headers=ALLOWED_HEADERS,
            )
        )
    inside = Starlette(
        routes=found,
        middleware=middleware,
        exception_handlers={HTTPException: _refused},
        lifespan=lifespan,
    )
    return Guard(inside, options)


def shelf(indexes: Mapping[str, Index] | Index) -> list[Served]:
    """The indexes, each with its place among the addresses."""
    if isinstance(indexes, Index):
        return [Served("searchlib", indexes)]
    if not indexes:
        raise SettingsError("there is no index to serve: give one, or several by name")
    for name in indexes:
        if not _NAME.fullmatch(name) or name in TAKEN:
            raise SettingsError(f"an index cannot be served as {name!r}: give it a name of letters and digits")
    alone = len(indexes) == 1
    return [Served(name, index, "" if alone else f"/{name}") for name, index in indexes.items()]


def _listing(served: Sequence[Served], answering: Answering) -> Callable[[Request], Awaitable[Response]]:
    """The page that lists the indexes."""

    async def endpoint(request: Request) -> Response:
        def make() -> Reply:
            listed = [(one, one.index.stats()) for one in served]
            return Reply(rendered("indexes.html", request.scope, listed=listed), HTML)

        return await answering.answer(request, served[0], make, kept=False)

    return endpoint


async def _refused(request: Request, error: Exception) -> Response:
    """The answer to what leads nowhere."""
    assert isinstance(error, HTTPException)
    status = HTTPStatus(error.status_code)
    if status == HTTPStatus.NOT_FOUND:
        detail = "There is nothing at this address."
    elif status == HTTPStatus.METHOD_NOT_ALLOWED:
        detail = f"This address is not for {request.method}."
    else:
        detail = status.phrase + "."
    problem = ProblemDetail(status, status.phrase.lower().replace(" ", "-"), detail, headers=error.headers or {})
    return refusal(request.scope, problem)
