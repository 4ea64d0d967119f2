"""What is sent: JSON, problems for programs or people, and tags by which a browser knows what it has already.

An answer is made of an index, so the digest of that is its *tag* (with the edition of the program): who sends it back
in ``If-None-Match`` is told that nothing changed (304), and nothing is searched. The tag is weak: how long a search
took is another time another.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl

from starlette.responses import Response
from starlette.types import Scope

from searchlib.web.problemdetails import MEDIA_TYPE, ProblemDetail
from searchlib.web.templating import rendered

JSON = "application/json"
LINES = "application/jsonl"
HTML = "text/html; charset=utf-8"
UNTAGGED = {"Cache-Control": "no-store"}
_TAG = re.compile(r'(?:W/)?"([^"]*)"')


def as_bytes(value: Any, end: str = "") -> bytes:
    """``value`` as JSON. Lone surrogates, which UTF-8 has no bytes for, are escapes; numbers that are none are null."""
    try:
        return (json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":")) + end).encode()
    except UnicodeEncodeError:
        return (json.dumps(value, allow_nan=False, separators=(",", ":")) + end).encode()
    except ValueError:  # infinite, or not a number
        return as_bytes(json.loads(json.dumps(value), parse_constant=lambda _: None), end)


def is_for_programs(path: str) -> bool:
    """Whether what is asked for at this path is the API, or what agents ask."""
    return "/api/" in path or path.endswith(("/api", "/mcp"))


def refusal(scope: Scope, problem: ProblemDetail) -> Response:
    """The answer to a request that comes to nothing: for programs by the API, for people elsewhere."""
    headers = {"Cache-Control": "no-store", **problem.headers}
    if is_for_programs(scope["path"]):
        return Response(as_bytes(problem.as_dict()), problem.status, headers, MEDIA_TYPE)
    asked = parse_qsl(scope["query_string"].decode("latin-1"))  # which is asked for again, with the token
    page = rendered("problem.html", scope, problem=problem, asked=[one for one in asked if one[0] != "token"])
    return Response(page, problem.status, headers, HTML)


def matches(given: str | None, tag: str) -> bool:
    """Whether an ``If-None-Match`` has this tag (RFC 9110, 13.1.2: compared weakly)."""
    if given is None:
        return False
    return given.strip() == "*" or tag in _TAG.findall(given)


def tagged(tag: str) -> Mapping[str, str]:
    """The headers of an answer that has a tag: kept, and asked about each time."""
    return {"ETag": f'W/"{tag}"', "Cache-Control": "no-cache"}
