"""Search in a FastAPI application: one index for all requests, which go on while others search.

Run it with ``uvicorn --app-dir examples fastapi_app:app``, and ask http://127.0.0.1:8000/search?q=defense+industry. The
index is indexes/default, or where SEARCHLIB_INDEX says.
"""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated, Any

from fastapi import FastAPI, HTTPException, Query, Request

import searchlib


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    """Open the index once. With refresh="auto" every search sees what was committed last."""
    place = os.environ.get("SEARCHLIB_INDEX", "indexes/default")
    async with await searchlib.aopen(place, refresh="auto", limits=searchlib.Limits(timeout=2)) as app.state.index:
        yield


app = FastAPI(lifespan=lifespan)


@app.get("/search")
async def search(
    request: Request,
    q: Annotated[str, Query(max_length=1000)],
    limit: Annotated[int, Query(ge=1, le=50)] = 10,
    after: str | None = None,
) -> dict[str, Any]:
    index: searchlib.AsyncIndex = request.app.state.index
    try:
        results = await index.search(q, limit, after=after, facets=["type"])
    except searchlib.QueryTimeout as error:
        raise HTTPException(503, str(error)) from error
    except (searchlib.QueryError, searchlib.SettingsError) as error:  # asks too much, or for a page of another search
        raise HTTPException(400, str(error)) from error
    return results.as_dict()


@app.get("/paragraphs/{id}")
async def paragraph(request: Request, id: str) -> dict[str, Any]:
    index: searchlib.AsyncIndex = request.app.state.index
    try:
        citation = await index.citation(id)
    except searchlib.ParagraphNotFound as error:
        raise HTTPException(404, str(error)) from error
    return citation.as_dict()
