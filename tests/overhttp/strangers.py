"""Requests as no browser sends them: ``nox -s http-fuzz``.

Paths, hosts, headers, methods and bodies are made of pieces that mean something, bytes that mean nothing, and what
breaks one in two. Most know the token. Whatever comes: an answer that is HTTP or a closed connection, no fault (500),
nothing of a file that is not served, no name of another server in it; and after it all the server answers as before.
"""

from __future__ import annotations

import argparse
import random
import re
import socket
import sys
import tempfile
import time
import urllib.request
from collections import Counter
from pathlib import Path
from urllib.parse import quote, urlsplit

import searchlib
from tests.web.corpus import write_seeds
from tests.web.servers import serving

SECRET = "the-secret-beside-the-index"
TOKEN = "a-token-for-strangers"
PATHS = (
    *("/", "/api/search", "/api/all", "/api/stats", "/api/paragraph/", "/api/citation/", "/api/verify", "/p/", "/feed"),
    *(
        "/document",
        "/static/x/searchlib.css",
        "/static/",
        "/opensearch.xml",
        "/api/openapi.json",
        "/api/check_citations",
    ),
)
PIECES = (
    *("..", "%2e%2e", "%2f", "%00", "%", "%zz", "%ff", "//", "\\", "\r\nX: y", "\n", "\x00", "é", "\ud83d\ude00"),
    *("secret.txt", "../secret.txt", "/etc/passwd", "seeds/tides.md", "a" * 5000, "?", "&", "=", "#", ";", "*", '"'),
    *("query=tide", "q=tide", "limit=1", "limit=-1", "limit=1e9", "filter={", 'filter={"a":{"b":[]}}', "after=AAAA"),
    *(
        "sort=-",
        "facets=:",
        "path=../secret.txt",
        "id=x",
        "token=x",
        f"token={TOKEN}",
        "page=9999999999",
        "timeout=inf",
        "in=:",
        "in=a:b",
    ),
    *("query=" + "(" * 400, "query=" + "a~2 " * 300, "query=[* TO *]", "query=\\", "query=//", "http://evil.example/"),
)
HOSTS = (
    *(
        "HOST",
        "HOST",
        "HOST",
        "localhost",
        "evil.example",
        "HOST.evil.example",
        "HOST@evil.example",
        "",
        "[::1]",
        "[::",
    ),
    *("127.0.0.1:99999", "a" * 300, "HOST, evil.example", "xn--e1aybc", "%00", "evil.example\tHOST", "0x7f.1"),
)
HEADERS = (
    *("Range: bytes=0-1", "Range: bytes=9-1,,", 'If-None-Match: "x', "If-None-Match: *", "Accept-Encoding: gzip;q=x"),
    *("Transfer-Encoding: chunked", "Transfer-Encoding: chunked, chunked", "Content-Length: 5", "Content-Length: -1"),
    *("Content-Length: 99999999999999999999", "Expect: 100-continue", "Connection: Upgrade", "Upgrade: websocket"),
    *("Cookie: searchlib-token=x", "Authorization: Bearer x", "X-Forwarded-Host: evil.example", "Forwarded: host=evil"),
    *("X-Forwarded-Proto: gopher", "Origin: https://evil.example", "Accept: */*", "Host: evil.example", "A" * 70000),
    *(": x", "no colon", "X: " + "y" * 9000, "X\x00: y", "Content-Type: application/json"),
)
METHODS = (*["GET"] * 20, "HEAD", "HEAD", "POST", "PUT", "OPTIONS", "CONNECT", "TRACE", "G" * 300, "get", "")
WAITING = b"HTTP/1.1 --- "
WITH_BODY = re.compile(rb"(?i)transfer-encoding|content-length|expect|upgrade")
"""What a request has for whose body a server may wait."""
VERSIONS = (*["HTTP/1.1"] * 20, "HTTP/1.0", "HTTP/2", "HTTP/9.9", "", "\x00")


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--seed", type=int, default=1)
    wanted = parser.parse_args(arguments)
    chance = random.Random(wanted.seed)
    heard: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        write_seeds(folder / "seeds")
        (folder / "secret.txt").write_text(SECRET, encoding="utf-8")
        searchlib.build(folder / "seeds", folder / "index", processes=1).close()
        with serving("index", folder=folder, SEARCHLIB_TOKEN=TOKEN) as (given, process):
            address = given.partition("?")[0]
            ends = time.monotonic() + wanted.seconds
            while time.monotonic() < ends:
                request = made(chance, urlsplit(address).netloc)
                answer = sent(address, request)
                wrong = "no answer" if answer == WAITING and is_whole(request) else what_is_wrong(answer)
                if wrong:
                    print(f"WRONG: {wrong}\n{request[:2000]!r}\n{answer[:2000]!r}")
                    return 1
                heard[answer[9:12].decode("latin-1") or "closed"] += 1
            known = urllib.request.Request(f"{address}?q=tide", headers={"Authorization": f"Bearer {TOKEN}"})
            with urllib.request.urlopen(known, timeout=60) as page:
                alive = b"<mark>" in page.read()
            alive = alive and process.poll() is None
    print(f"{'ok' if alive else 'WRONG'}: {heard.total():,} requests: {dict(sorted(heard.items()))}")
    return 0 if alive else 1


def made(chance: random.Random, host: str) -> bytes:
    """A request."""
    path = chance.choice(PATHS) + "".join(chance.choices(PIECES, k=chance.randrange(3)))
    if chance.random() < 0.7:
        path += "?" + "&".join(chance.choices(PIECES, k=chance.randrange(1, 5)))
    if chance.random() < 0.9:
        path = quote(path, safe="/%?&=#;*:()~[]{}\\@+,", errors="replace")
    lines = [f"{chance.choice(METHODS)} {path} {chance.choice(VERSIONS)}"]
    lines.append("Host: " + (chance.choice(HOSTS).replace("HOST", host) if chance.random() < 0.3 else host))
    lines += ["Connection: close", *chance.choices(HEADERS, k=chance.choice((0, 0, 0, 0, 1, 2)))]
    if chance.random() < 0.7:
        lines.append(f"Authorization: Bearer {TOKEN}")
    body = "".join(chance.choices(PIECES, k=2)) if chance.random() < 0.2 else ""
    text = chance.choice(("\r\n", "\r\n", "\r\n", "\n")).join([*lines, "", body])
    found = bytearray(text.encode("utf-8", "surrogatepass"))
    if chance.random() < 0.1:
        for _ in range(chance.randrange(1, 4)):
            found[chance.randrange(len(found))] = chance.randrange(256)
    return bytes(found[: chance.randrange(len(found))] if chance.random() < 0.05 else found)


def is_whole(request: bytes) -> bool:
    """Whether nothing more of a request is to come, so that there has to be an answer."""
    return bool(re.search(rb"\n\r?\n", request)) and not WITH_BODY.search(request)


def is_all(answer: bytes) -> bool:
    """Whether an answer says how long it is, and is that long."""
    head, _, body = answer.partition(b"\r\n\r\n")
    size = re.search(rb"(?i)\r\ncontent-length: (\d+)", head)
    return size is not None and len(body) >= int(size[1])


def sent(address: str, request: bytes) -> bytes:
    """The answer to a request; b"" where there is none."""
    place = urlsplit(address)
    with socket.create_connection(
        (str(place.hostname), place.port or 80), 20 if is_whole(request) else 0.2
    ) as connection:
        try:
            connection.sendall(request)
            answer = b""
            while len(answer) < 1 << 20 and not is_all(answer):
                try:
                    part = connection.recv(1 << 16)
                except TimeoutError:
                    return WAITING
                if not part:
                    break
                answer += part
        except (ConnectionError, BrokenPipeError):
            return b""
    return answer


def what_is_wrong(answer: bytes) -> str:
    if answer and not re.match(rb"HTTP/1\.1 ([1-5]\d\d|---) ", answer):
        return "no HTTP"
    if answer[9:12] in (b"500", b"502"):
        return "a fault"
    head = answer.partition(b"\r\n\r\n")[0].lower()
    if SECRET.encode() in answer or b"root:x:0" in answer:
        return "a file that is not served"
    if b"\r\nx: y" in head or re.search(rb"\r\nlocation: (https?:)?//[^/\r]*evil", head):
        return "a header, or an address, of the stranger's"
    if b"<script>" in answer and b"\r\ncontent-type: text/html" in head:  # the texts of JSON are no page
        return "a script in a page"
    return ""


if __name__ == "__main__":
    sys.exit(main())
