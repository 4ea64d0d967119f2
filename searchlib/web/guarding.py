"""The door of the server: who may come in, and what every answer carries on its way out.

* A request calls the server by its *Host*. A page of a stranger whose name leads to this machine (DNS rebinding) calls
  it by that name, and is refused.
* The *token* is a password for all of it: in ``Authorization: Bearer``, in a cookie, or once in the address, which
  gives the cookie and leads to the same address without it. The cookie is a hash of the token.
* What comes out runs no script but our own, is shown in no frame, and takes nothing from anywhere else.
"""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import re
from http import HTTPStatus
from http.cookies import CookieError, SimpleCookie
from urllib.parse import parse_qsl, quote, urlencode

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from searchlib.web.problemdetails import ProblemDetail
from searchlib.web.replies import refusal
from searchlib.web.serveoptions import ServeOptions

COOKIE = "searchlib-token"
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
CARRIED = {
    "Content-Security-Policy": POLICY,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
_HOST = re.compile(r"(\[[0-9A-Fa-f:.]{2,45}\]|[A-Za-z0-9._-]{1,253})(?::\d{1,5})?")


class Guard:
    """An application behind a door."""

    def __init__(self, inside: ASGIApp, options: ServeOptions) -> None:
        self._inside = inside
        self._options = options
        self._hosts = frozenset(host.lower().strip("[]").rstrip(".") for host in options.hosts)
        self._cookie = hashlib.blake2b(options.token.encode(), digest_size=20, person=b"searchlib").hexdigest()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request in, or not."""
        if scope["type"] == "lifespan":
            await self._inside(scope, receive, send)
            return
        if scope["type"] != "http":  # no WebSocket leads anywhere
            return
        scope = self._placed(scope)

        async def carrying(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in CARRIED.items():
                    headers.setdefault(name, value)
                # What may be read from elsewhere by a script is for CORS to say; nothing is to be embedded.
                headers.setdefault(
                    "Cross-Origin-Resource-Policy", "cross-origin" if self._options.origins else "same-origin"
                )
            await send(message)

        answer = self._stopped(scope) or self._inside
        await answer(scope, receive, carrying)

    def _placed(self, scope: Scope) -> Scope:
        """A request as it was before a proxy took the beginning of its address away, if that did."""
        root, path = self._options.root_path, str(scope["path"])
        if not root:
            return scope
        if path == root:
            path += "/"
        return {**scope, "root_path": root, "path": path if path.startswith(f"{root}/") else root + path}

    def _stopped(self, scope: Scope) -> Response | None:
        """The answer to who may not come in; None for others."""
        headers = Headers(scope=scope)
        if not self._is_ours(headers.getlist("host")):
            detail = "This server is not called that: name it with --allow-host where it is to answer to this name."
            return refusal(scope, ProblemDetail(HTTPStatus.MISDIRECTED_REQUEST, "unknown-host", detail))
        if not self._options.token or self._is_preflight(scope, headers) or _is_ours_alone(scope):
            return None
        return self._without_token(scope, headers)

    def _is_ours(self, given: list[str]) -> bool:
        """Whether a request calls the server by one of its names."""
        found = _HOST.fullmatch(given[0]) if len(given) == 1 else None
        if found is None:
            return False
        name = found[1].lower().strip("[]").rstrip(".")
        if name in self._hosts:
            return True
        if not self._options.any_address:
            return False
        try:
            ipaddress.ip_address(name)
        except ValueError:
            return False
        return True

    def _is_preflight(self, scope: Scope, headers: Headers) -> bool:
        """Whether a browser asks what a script of another site may do: that it does without the token."""
        return (
            bool(self._options.origins)
            and scope["method"] == "OPTIONS"
            and "access-control-request-method" in headers
            and "origin" in headers
        )

    def _without_token(self, scope: Scope, headers: Headers) -> Response | None:
        scheme, _, bearer = headers.get("authorization", "").partition(" ")
        if scheme.lower() == "bearer" and self._is_token(bearer.strip()):
            return None
        if _same(_cookie_of(headers), self._cookie):
            return None
        asked = parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)
        if any(name == "token" and self._is_token(value) for name, value in asked) and scope["method"] == "GET":
            return self._entering(scope, [(name, value) for name, value in asked if name != "token"])
        challenge = {"WWW-Authenticate": 'Bearer realm="searchlib"'}
        detail = (
            "This server asks for its token: give it as Authorization: Bearer, or open the address that it printed."
        )
        return refusal(scope, ProblemDetail(HTTPStatus.UNAUTHORIZED, "token-needed", detail, headers=challenge))

    def _is_token(self, given: str) -> bool:
        return _same(given, self._options.token)

    def _entering(self, scope: Scope, others: list[tuple[str, str]]) -> Response:
        """The same address without the token, and the cookie in its place."""
        request = Request(scope)
        path = quote(re.sub(r"[/\\]+", "/", scope["path"]), errors="replace")  # two at the beginning would be a host
        where = path + (f"?{urlencode(others)}" if others else "")
        answer = Response(status_code=HTTPStatus.SEE_OTHER, headers={"Location": where, "Cache-Control": "no-store"})
        answer.set_cookie(
            COOKIE,
            self._cookie,
            httponly=True,
            samesite="lax",
            secure=request.url.scheme == "https",
            path=f"{scope.get('root_path', '')}/",
        )
        return answer


def _is_ours_alone(scope: Scope) -> bool:
    """Whether what is asked for is a file of this package: the page that asks for the token has them too."""
    path = str(scope["path"]).removeprefix(scope.get("root_path", ""))
    return path.startswith("/static/") and ".." not in path


def _same(given: str, wanted: str) -> bool:
    """Whether two texts are the same, in a time that does not tell how far they are."""
    return hmac.compare_digest(given.encode("utf-8", "replace"), wanted.encode())


def _cookie_of(headers: Headers) -> str:
    try:
        found = SimpleCookie("; ".join(headers.getlist("cookie"))).get(COOKIE)
    except CookieError:
        return ""
    return found.value if found is not None else ""
