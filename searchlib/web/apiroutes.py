"""The HTTP API: a route for each verb, and the description of them all."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import cache
from http import HTTPStatus
from typing import Any

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from searchlib.model.jsonable import JsonObject
from searchlib.web.openapi import description
from searchlib.web.parameters import read
from searchlib.web.problemdetails import ProblemDetail
from searchlib.web.replies import as_bytes
from searchlib.web.responding import Answering, Reply, Served, refused
from searchlib.web.verbs import VERBS, Verb, Written

Endpoint = Callable[[Request], Awaitable[Response]]


def api_routes(served: Served, answering: Answering) -> list[BaseRoute]:
    """The routes of the API of an index."""
    routes: list[BaseRoute] = [
        Route(
            served.prefix + verb.path,
            _endpoint(verb, served, answering),
            methods=["POST"] if verb.posted else ["GET"],
        )
        for verb in VERBS
    ]
    return [*routes, Route(f"{served.prefix}/api/openapi.json", _described(served, answering))]


def _described(served: Served, answering: Answering) -> Endpoint:
    document = cache(lambda server: as_bytes(description(server, served.name)))

    async def endpoint(request: Request) -> Response:
        server = request.scope.get("root_path", "") + served.prefix
        return await answering.answer(request, served, lambda: Reply(document(server or "/")))

    return endpoint


def _endpoint(verb: Verb, served: Served, answering: Answering) -> Endpoint:
    async def endpoint(request: Request) -> Response:
        try:
            asked = read(verb.parameters, _given(request))
            if verb.posted:
                asked["text"] = await _text(request, answering.options.body)
        except ProblemDetail as problem:
            return refused(request, problem)
        options = answering.options
        if verb.streamed:
            return await answering.stream(
                request, served, lambda: iter(verb.run(served.index, asked, options)), asked["timeout"]
            )

        def make() -> Reply:
            return _reply(verb.run(served.index, asked, options))

        reads_seeds = verb.posted and options.sources is not None  # all of them, to check what a text cites
        alone = (lambda: answering.alone(make)) if verb.alone or reads_seeds else make
        return await answering.answer(request, served, alone, kept=verb.kept, seconds=asked.get("timeout"))

    return endpoint


def _reply(found: JsonObject | list[Any] | Written) -> Reply:
    if isinstance(found, Written):
        return Reply(found.text.encode("utf-8", "backslashreplace"), found.media_type)
    return Reply(as_bytes(found))


def _given(request: Request) -> dict[str, list[str]]:
    """The parameters of a request, those of its path too, each with all its values."""
    given: dict[str, list[str]] = {name: [value] for name, value in request.path_params.items()}
    for name, value in request.query_params.multi_items():
        if name in request.path_params:
            continue
        given.setdefault(name, []).append(value)
    return given


async def _text(request: Request, most: int) -> str:
    """The body of a request, which is text. Raises ProblemDetail."""
    body = b""
    try:
        async for chunk in request.stream():
            body += chunk
            if len(body) > most:
                detail = f"The body is larger than {most:,} bytes: send less at a time."
                raise ProblemDetail(
                    HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "too-large", detail, headers={"Connection": "close"}
                )
    except ClientDisconnect as error:  # who does not hear the answer either
        raise ProblemDetail(HTTPStatus.BAD_REQUEST, "not-text", "The body did not come to its end.") from error
    if not body:
        raise ProblemDetail(HTTPStatus.BAD_REQUEST, "not-text", "There is no body: send the text in it.")
    try:
        return body.decode()
    except UnicodeDecodeError as error:
        detail = f"The body is not UTF-8 (byte {error.start:,}): send text in UTF-8."
        raise ProblemDetail(HTTPStatus.BAD_REQUEST, "not-text", detail) from error
