"""A proxy between a test and a node, which refuses, loses or delays what a rule says."""

from __future__ import annotations

import http.client
import http.server
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

Rule = Callable[[str, str], "str | int | float"]
"""Of a method and path: "" to hand it on, a status to refuse it with, seconds to answer late (a float), "lost" to hand
it on and lose the answer, "refused" to lose it before."""


@contextmanager
def between(address: str, rule: Rule) -> Iterator[str]:
    """The address of a proxy of ``address``."""
    node = urlsplit(address).netloc

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def handle_any(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length") or 0))
            what = rule(self.command, urlsplit(self.path).path)
            if what == "refused":
                self.close_connection = True
                return
            if isinstance(what, int):
                self._answer(what, b'{"error": {"type": "security_exception", "reason": "no permissions for you"}}')
                return
            if isinstance(what, float):
                threading.Event().wait(what)
            connection = http.client.HTTPConnection(node)
            headers = {"content-type": self.headers.get("content-type") or "application/json"}
            connection.request(self.command, self.path, body, headers)
            answer = connection.getresponse()
            data = answer.read()
            connection.close()
            if what == "lost":
                self.close_connection = True
                return
            self._answer(answer.status, data)

        def _answer(self, status: int, data: bytes) -> None:
            self.send_response(status)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = handle_any  # noqa: N815 - as the server calls them

        def log_message(self, *_: Any) -> None: ...

        def handle(self) -> None:
            try:
                super().handle()
            except ConnectionError:  # who asked has not waited
                return

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def once(path: str, what: str | float, number: int = 1) -> Rule:
    """A rule for the first requests whose path ends so."""
    left = [number]

    def rule(method: str, asked: str) -> str | float:
        if asked.endswith(path) and left[0]:
            left[0] -= 1
            return what
        return ""

    return rule
