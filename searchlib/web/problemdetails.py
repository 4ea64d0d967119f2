"""What went wrong, for programs: problem details (RFC 9457), made of every error there is.

A `ProblemDetail` is raised for what is wrong with a request as such; a `SearchlibError` becomes one by its class. Of a
query, ``source``, ``position`` (code points) and ``advice`` say where it is wrong and what to do.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

from searchlib import errors
from searchlib.errors import SearchlibError
from searchlib.model.jsonable import JsonObject

MEDIA_TYPE = "application/problem+json"
RETRY = {"Retry-After": "1"}

STATUSES: Mapping[type[SearchlibError], HTTPStatus] = {
    errors.QueryTimeout: HTTPStatus.SERVICE_UNAVAILABLE,
    errors.QueryError: HTTPStatus.BAD_REQUEST,
    errors.SettingsError: HTTPStatus.BAD_REQUEST,
    errors.ParagraphNotFound: HTTPStatus.NOT_FOUND,
    errors.MissingExtra: HTTPStatus.INTERNAL_SERVER_ERROR,
    errors.SeedError: HTTPStatus.NOT_FOUND,
    errors.IndexMissing: HTTPStatus.SERVICE_UNAVAILABLE,
    errors.IndexUnreadable: HTTPStatus.SERVICE_UNAVAILABLE,
    errors.IndexLocked: HTTPStatus.SERVICE_UNAVAILABLE,
    errors.IndexProblem: HTTPStatus.INTERNAL_SERVER_ERROR,
    SearchlibError: HTTPStatus.INTERNAL_SERVER_ERROR,
}
"""By class; one that is not here has that of the class it is of."""
_AGAIN = (errors.IndexMissing, errors.IndexUnreadable, errors.IndexLocked)


@dataclass(eq=False)  # not frozen: an exception is given its traceback
class ProblemDetail(Exception):
    """What is wrong: ``kind`` names it for programs, ``detail`` says it for people; ``more`` are other members."""

    status: HTTPStatus
    kind: str
    detail: str
    more: Mapping[str, Any] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)

    def as_dict(self) -> JsonObject:
        """All of it, ready for JSON."""
        return {
            "type": f"urn:searchlib:{self.kind}",
            "title": self.kind.replace("-", " ").capitalize(),
            "status": self.status.value,
            "detail": self.detail,
            **self.more,
        }


def problem_of(error: Exception) -> ProblemDetail:
    """The problem that an error is; what is no error of searchlib's says nothing of itself to strangers."""
    if isinstance(error, ProblemDetail):
        return error
    if not isinstance(error, SearchlibError):
        detail = "A fault in searchlib: whoever runs the server sees what it was, and may report it."
        return ProblemDetail(HTTPStatus.INTERNAL_SERVER_ERROR, "fault", detail)
    status = next(STATUSES[kind] for kind in type(error).__mro__ if kind in STATUSES)
    kind = re.sub(r"(?<!^)(?=[A-Z])", "-", type(error).__name__).lower()
    headers = RETRY if isinstance(error, _AGAIN) else {}
    if isinstance(error, errors.QueryError):
        place = {"source": error.source, "position": error.position, "advice": error.advice, "lines": error.lines}
        return ProblemDetail(status, kind, error.message, place)
    if isinstance(error, errors.IndexProblem):  # whose message has paths of the server
        return ProblemDetail(status, kind, _OF_INDEX.get(type(error), _UNUSABLE), headers=headers)
    return ProblemDetail(status, kind, str(error), headers=headers)


_UNUSABLE = "The index cannot be used: whoever runs the server can see why with searchlib verify."
_OF_INDEX = {
    errors.IndexMissing: "The index is not there now: it may be being built, so try again.",
    errors.IndexUnreadable: "The index cannot be read now: try again.",
}


def bad_parameter(name: str, detail: str) -> ProblemDetail:
    """The problem of a parameter that cannot be."""
    return ProblemDetail(HTTPStatus.BAD_REQUEST, "bad-parameter", detail, {"parameter": name})


def no_document(path: str, first: int = 1) -> ProblemDetail:
    """The problem of a document that is not there, or has no such paragraph."""
    what = "There is no document" if first == 1 else f"No paragraph {first} is in a document"
    detail = f"{what} {path[:200]!r}: the verb documents lists those that there are."
    return ProblemDetail(HTTPStatus.NOT_FOUND, "document-not-found", detail)


def no_address(path: str) -> ProblemDetail:
    """The problem of a document that has no address on the web."""
    detail = f"{path} has no address on the web: its metadata has no url. Try another form."
    return ProblemDetail(HTTPStatus.NOT_FOUND, "no-address", detail)


def too_busy() -> ProblemDetail:
    """The problem of a server that has enough to do."""
    detail = "The server has as much to do as it takes on: try again in a moment."
    return ProblemDetail(HTTPStatus.SERVICE_UNAVAILABLE, "too-busy", detail, headers=RETRY)
