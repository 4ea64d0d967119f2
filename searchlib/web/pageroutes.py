"""The pages of an index, and what browsers and feed readers ask for: a route for each."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import Any

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from searchlib.web.addresses import PageQuery, paragraph_address
from searchlib.web.documentpage import document_values
from searchlib.web.drawnpage import picture
from searchlib.web.facetfields import telling_fields
from searchlib.web.feedpage import feed_values
from searchlib.web.paragraphpage import CONTEXT, MOST_CONTEXT, paragraph_values
from searchlib.web.parameters import Parameter, read
from searchlib.web.problemdetails import ProblemDetail
from searchlib.web.replies import HTML
from searchlib.web.responding import Answering, Reply, Served, refused
from searchlib.web.searchpage import search_values
from searchlib.web.templating import rendered

Endpoint = Callable[[Request], Awaitable[Response]]

PNG = "image/png"
ATOM = "application/atom+xml; charset=utf-8"
OPENSEARCH = "application/opensearchdescription+xml; charset=utf-8"
_WORDS = Parameter("q", "The words that it was found by.", default="")
_OF_PARAGRAPH = (
    _WORDS,
    Parameter("context", "Paragraphs around it.", "whole", CONTEXT, most=MOST_CONTEXT),
    Parameter("char", "The part that is cited, as FIRST,LAST.", default=""),
)
_OF_DOCUMENT = (
    Parameter("path", "The path of the document.", required=True),
    _WORDS,
    Parameter("at", "The number of a paragraph.", "whole", 1, least=1, most=1_000_000_000),
)
_OF_PAGE = (
    Parameter("path", "The path of the document.", required=True),
    Parameter("number", "The number of the page.", "whole", 1, least=1, most=1_000_000),
)


class Pages:
    """The pages of an index."""

    def __init__(self, served: Served, answering: Answering) -> None:
        self._served = served
        self._answering = answering
        self._facets: tuple[str, tuple[str, ...]] = ("", ())  # of a generation, by its tag

    def routes(self) -> list[BaseRoute]:
        """A route for each."""
        prefix = self._served.prefix
        return [
            Route(f"{prefix}/", self.search),
            Route(f"{prefix}/p/{{id}}", self.paragraph),
            Route(f"{prefix}/document", self.document),
            Route(f"{prefix}/page", self.page),
            Route(f"{prefix}/feed", self.feed),
            Route(f"{prefix}/opensearch.xml", self.opensearch),
        ]

    async def search(self, request: Request) -> Response:
        """The page to search with; of who asks for a reference, the way to its paragraph."""
        try:
            asked = PageQuery.read(_given(request))
        except ProblemDetail as problem:
            return refused(request, problem)

        if (named := asked.reference) is not None:
            place = paragraph_address(self._base(request), named[0], part=named[1])
            return RedirectResponse(place, HTTPStatus.SEE_OTHER, {"Cache-Control": "no-store"})

        def make() -> Reply:
            best = self._answering.options.facets is None
            values = search_values(self._served.index, asked, self._base(request), self.facets(), best=best)
            status = HTTPStatus.BAD_REQUEST if values["problem"] else HTTPStatus.OK
            return self._page(request, "search.html", status, **values)

        return await self._answering.answer(request, self._served, make)

    async def paragraph(self, request: Request) -> Response:
        """The page of a paragraph."""
        try:
            asked = read(_OF_PARAGRAPH, _given(request), strict=False)
        except ProblemDetail as problem:
            return refused(request, problem)
        base, sources = self._base(request), self._answering.options.sources
        cited = request.path_params["id"] + (f"#char={asked['char']}" if asked["char"] else "")

        def make() -> Reply:
            index = self._served.index
            values = paragraph_values(index, cited, asked["q"].strip(), asked["context"], base, sources)
            return self._page(request, "paragraph.html", **values)

        return await self._answering.answer(request, self._served, make, kept=sources is None)

    async def document(self, request: Request) -> Response:
        """The page of a document."""
        try:
            asked = read(_OF_DOCUMENT, _given(request), strict=False)
        except ProblemDetail as problem:
            return refused(request, problem)
        base = self._base(request)

        def make() -> Reply:
            values = document_values(self._served.index, asked["path"], asked["q"].strip(), asked["at"], base)
            return self._page(request, "document.html", **values)

        return await self._answering.answer(request, self._served, make)

    async def page(self, request: Request) -> Response:
        """A page of a PDF as a picture, where the server may read the seeds."""
        sources = self._answering.options.sources
        try:
            asked = read(_OF_PAGE, _given(request), strict=False)
            if sources is None:
                raise ProblemDetail(HTTPStatus.FORBIDDEN, "no-sources", "This server does not look at the seeds.")
        except ProblemDetail as problem:
            return refused(request, problem)

        def make() -> Reply:
            return Reply(picture(self._served.index, sources, asked["path"], asked["number"]), PNG)

        return await self._answering.answer(request, self._served, make)

    async def feed(self, request: Request) -> Response:
        """The hits of a query for feed readers."""
        try:
            asked = PageQuery.read(_given(request))
        except ProblemDetail as problem:
            return refused(request, problem)

        def make() -> Reply:
            values = feed_values(self._served.index, asked, self._base(request))
            return self._page(request, "feed.xml", media_type=ATOM, origin=_origin(request), **values)

        return await self._answering.answer(request, self._served, make)

    async def opensearch(self, request: Request) -> Response:
        """What a browser needs to search with this (OpenSearch 1.1)."""

        def make() -> Reply:
            return self._page(request, "opensearch.xml", media_type=OPENSEARCH, origin=_origin(request))

        return await self._answering.answer(request, self._served, make)

    def facets(self) -> tuple[str, ...]:
        """The fields that are counted."""
        given = self._answering.options.facets
        if given is not None:
            return given
        tag = self._served.tag
        if not tag or self._facets[0] != tag:
            self._facets = tag, telling_fields(self._served.index)
        return self._facets[1]

    def _base(self, request: Request) -> str:
        return str(request.scope.get("root_path", "")) + self._served.prefix

    def _page(
        self, request: Request, template: str, status: int = HTTPStatus.OK, media_type: str = HTML, **values: Any
    ) -> Reply:
        page = rendered(template, request.scope, base=self._base(request), title=self._served.name, **values)
        return Reply(page, media_type, status)


def _given(request: Request) -> dict[str, list[str]]:
    given: dict[str, list[str]] = {}
    for name, value in request.query_params.multi_items():
        given.setdefault(name, []).append(value)
    return given


def _origin(request: Request) -> str:
    return f"{request.url.scheme}://{request.url.netloc}"
