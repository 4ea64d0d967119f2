"""A cluster at several addresses: one that is not reached is passed over, and each is shown what is for it alone."""

from __future__ import annotations

import http.server
import json
import socket
import threading
from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

import searchlib
from searchlib import Document, SettingsError
from searchlib.errors import IndexUnreadable

from .between import between

pytest.importorskip("opensearchpy", reason='opensearch-py is not installed: pip install "searchlib[opensearch]"')

from searchlib.engines.opensearch.nodeaddresses import Address, place_of


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is waited for; and nobody's netrc is read."""
    monkeypatch.setattr("searchlib.engines.opensearch.cluster.time.sleep", lambda _: None)
    monkeypatch.setenv("NETRC", "/nonexistent")


def nobody() -> str:
    """An address where nobody is."""
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        return f"127.0.0.1:{unused.getsockname()[1]}"


def test_a_location_may_have_several_addresses_of_one_cluster() -> None:
    place = place_of("https://a.example:9200,b.example,[::1]:9201,a.example:9200/news/")
    assert place.name == "news"
    assert place.addresses == (
        Address("https", "a.example", 9200),
        Address("https", "b.example", 443),
        Address("https", "::1", 9201),
    )


@pytest.mark.parametrize(
    "location",
    ["https://a,/news", "https://,/news", "https://a:x,b/news", "https://a:99999/news", "https://a,https://b/news",
     "https://a,b", "https://a,b/News", "https:///news", "https://a?b/news"],
)  # fmt: skip
def test_what_is_no_address_is_said(location: str) -> None:
    with pytest.raises(
        SettingsError, match=r"names no index: give it as https://HOST:PORT/NAME, or https://HOST:PORT,"
    ):
        place_of(location)


@pytest.mark.parametrize("location", ["https://a,ann:s3cret@b/news", "https://ann:s3/cret@a,b/news"])
def test_a_password_in_any_of_them_is_refused_and_not_told(location: str) -> None:
    with pytest.raises(SettingsError, match="has no password in it") as caught:
        place_of(location)
    assert "cret" not in str(caught.value)


@contextmanager
def asked(answer: Callable[[], tuple[int, Any]]) -> Iterator[tuple[str, list[str]]]:
    """A server that answers all the same, and what it was shown."""
    shown = list[str]()

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            shown.append(self.headers.get("authorization") or "")
            status, body = answer()
            self.send_response(status)
            self.send_header("content-type", "application/json")
            self.end_headers()
            self.wfile.write(json.dumps(body).encode())

        def log_message(self, *_: Any) -> None: ...

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"{server.server_port}", shown
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_each_host_is_shown_its_own_line_of_a_netrc(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "netrc").write_text("machine localhost login ann password one\n")
    (tmp_path / "netrc").chmod(0o600)
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    with (
        asked(lambda: (503, {})) as (one, of_one),
        asked(lambda: (503, {})) as (two, of_two),
        pytest.raises(IndexUnreadable, match="is too busy, or not whole"),
    ):
        searchlib.open(f"http://localhost:{one},127.0.0.1:{two}/news")
    assert set(of_one) == {"Basic " + b64encode(b"ann:one").decode()}
    assert set(of_two) == {""}


def test_the_address_that_refuses_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SEARCHLIB_OPENSEARCH_USER", "ann")
    monkeypatch.setenv("SEARCHLIB_OPENSEARCH_PASSWORD", "s3cret")
    with asked(lambda: (401, {})) as (port, _):
        location = f"http://{nobody()},127.0.0.1:{port}/news"
        with pytest.raises(IndexUnreadable) as caught:
            searchlib.open(location)
    assert str(caught.value).startswith(f"http://127.0.0.1:{port} of {location} wants to know who asks")
    assert "s3cret" not in str(caught.value)
    location = f"http://{nobody()},{nobody()}/news"
    with pytest.raises(IndexUnreadable, match=rf"^http://[\d.]+:\d+ of {location} cannot be reached: see that the "):
        searchlib.open(location)


def test_an_address_that_is_gone_is_passed_over_by_readers_and_writers(location: str, tmp_path: Path) -> None:
    address, _, name = location.removeprefix("http://").rpartition("/")
    (tmp_path / "seeds").mkdir()
    for _ in range(3):  # the client begins with any of them
        several = f"http://{nobody()},{address},{nobody()}/{name}"
        with searchlib.build(tmp_path / "seeds", several, rebuild=True) as index:
            with index.writer() as w:
                w.add(Document("a", "One."))
            assert [hit.document.path for hit in index.search("one")] == ["a"]


def test_an_address_that_goes_while_it_is_asked_costs_nothing_and_changes_nothing(
    node: str, location: str, tmp_path: Path
) -> None:
    (tmp_path / "seeds").mkdir()
    with searchlib.build(tmp_path / "seeds", location) as one, one.writer() as w:
        w.add(Document("a", "One.\n\nAnother."))
    gone = False

    def rule(method: str, path: str) -> str:
        return "refused" if gone else ""

    name = location.rpartition("/")[2]
    with between(node, rule) as proxy, searchlib.open(f"{proxy},{node.removeprefix('http://')}/{name}") as index:
        seen = []
        for number in range(6):
            gone = number > 2
            (hit,) = index.search("another" + " " * number)
            seen.append((hit.id, hit.citation.as_dict(), index.digest))
        assert all(one == seen[0] for one in seen)
        with searchlib.open(location) as one:
            assert (one.digest, one.search("another")[0].citation.as_dict()) == (seen[0][2], seen[0][1])
