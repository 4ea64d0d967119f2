"""What goes wrong with a cluster is said in one sentence, and nothing of it shows or is lost."""

from __future__ import annotations

import http.server
import json
import re
import shutil
import socket
import ssl
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import pytest

import searchlib
from searchlib import Document, IndexLocked, IndexMissing, SettingsError
from searchlib.errors import IndexIncompatible, IndexReadOnly, IndexUnreadable

from .between import Rule, between, once


@contextmanager
def answering(status: int, tls: ssl.SSLContext | None = None) -> Iterator[str]:
    """The address of a server that answers all with a status."""

    class Answer(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = json.dumps({"error": {"type": "security_exception", "reason": "no permissions for you"}}).encode()
            self.send_response(status)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_POST = do_PUT = do_GET  # noqa: N815 - as the server calls them

        def log_message(self, *_: Any) -> None: ...

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    if tls is not None:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"{'https' if tls else 'http'}://localhost:{server.server_port}/news"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is waited for; and nobody's netrc is read."""
    pytest.importorskip("opensearchpy", reason='opensearch-py is not installed: pip install "searchlib[opensearch]"')
    monkeypatch.setattr("searchlib.engines.opensearch.cluster.time.sleep", lambda _: None)
    monkeypatch.setenv("NETRC", "/nonexistent")


@pytest.mark.parametrize(
    ("status", "said"),
    [
        (401, "wants to know who asks: set SEARCHLIB_OPENSEARCH_USER and SEARCHLIB_OPENSEARCH_PASSWORD"),
        (403, r"does not allow this \(no permissions for you\): ask who runs it"),
        (429, "has no room for what is sent .*: try again later$"),
        (503, "is too busy, or not whole .*: try again later$"),
        (500, "did not do what it was asked for .*: see its log$"),
    ],
)
def test_what_a_cluster_refuses_is_said_without_the_password(
    status: int, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SEARCHLIB_OPENSEARCH_USER", "ann")
    monkeypatch.setenv("SEARCHLIB_OPENSEARCH_PASSWORD", "s3cret")
    with answering(status) as address, pytest.raises(IndexUnreadable, match=said) as caught:
        searchlib.open(address)
    assert "s3cret" not in str(caught.value) and str(caught.value).startswith(address)


def test_a_cluster_that_is_not_there_is_said() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{unused.getsockname()[1]}/news"
    with pytest.raises(IndexUnreadable, match=r"cannot be reached: see that the address is right, and that it runs$"):
        searchlib.open(address)


def test_a_certificate_that_is_not_trusted_is_said_and_one_that_is_is_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if shutil.which("openssl") is None:
        pytest.skip("there is no openssl to make a certificate with")
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    made = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost"]
    made += ["-addext", "subjectAltName=DNS:localhost", "-keyout", str(key), "-out", str(certificate)]
    subprocess.run(made, check=True, capture_output=True)
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(certificate, key)
    with answering(404, tls) as address:
        with pytest.raises(IndexUnreadable, match=r"shows a certificate that is not trusted .*SEARCHLIB_OPENSEARCH_CA"):
            searchlib.open(address)
        monkeypatch.setenv("SEARCHLIB_OPENSEARCH_CA", str(certificate))
        with pytest.raises(IndexMissing, match="searchlib index --index"):
            searchlib.open(address)


@pytest.mark.parametrize("address", ["https://ann:s3cret@localhost/news", "https://localhost", "https://localhost/a/b"])
def test_an_address_with_a_password_or_no_name_is_refused(address: str) -> None:
    with pytest.raises(SettingsError) as caught:
        searchlib.open(address)
    assert "s3cret" not in str(caught.value)


def build(location: str, folder: Path, *documents: Document) -> searchlib.Index:
    (folder / "seeds").mkdir(exist_ok=True)
    index = searchlib.build(folder / "seeds", location)
    with index.writer() as w:
        for document in documents:
            w.add(document)
    return index


def found(index: searchlib.Index) -> list[str]:
    return [hit.document.path for hit in index.search("*", sort="document")]


def test_another_index_of_that_name_is_left_as_it_is(location: str, tmp_path: Path) -> None:
    from searchlib.engines.opensearch.cluster import Cluster

    cluster = Cluster(location)
    cluster.call("PUT", f"/{cluster.name}", {"mappings": {"properties": {"theirs": {"type": "text"}}}})
    try:
        for ask in (lambda: searchlib.open(location), lambda: build(location, tmp_path)):
            with pytest.raises(IndexIncompatible, match="is not an index of searchlib"):
                ask()
        assert "theirs" in str(cluster.call("GET", f"/{cluster.name}/_mapping"))
    finally:
        cluster.call("DELETE", f"/{cluster.name}")


def test_of_two_writers_the_later_is_told_and_nothing_of_it_shows(location: str, tmp_path: Path) -> None:
    with build(location, tmp_path, Document("a", "One.")) as index:
        with pytest.raises(IndexLocked, match="run this again"), index.writer() as later:
            later.add(Document("c", "Three."))
            with index.writer() as first:
                first.add(Document("b", "Two."))
        index.refresh()
        assert found(index) == ["a", "b"]


def test_a_reader_keeps_its_generation_and_nothing_half_written_shows(location: str, tmp_path: Path) -> None:
    with build(location, tmp_path, Document("a", "One.")) as index, searchlib.open(location) as other:
        with index.writer() as w:
            w.remove("a")
            w.add(Document("b", "Two."))
            assert found(other) == ["a"]
        assert (found(other), found(index)) == (["a"], ["b"])
        assert other.refresh() and found(other) == ["b"]


def through(location: str, rule: Rule) -> AbstractContextManager[str]:
    """The same location, by a proxy with this rule."""
    address, _, name = location.rpartition("/")
    return _renamed(address, name, rule)


@contextmanager
def _renamed(address: str, name: str, rule: Rule) -> Iterator[str]:
    with between(address, rule) as proxy:
        yield f"{proxy}/{name}"


def indexes_of(location: str) -> list[str]:
    from searchlib.engines.opensearch.cluster import Cluster

    cluster = Cluster(location)
    found = sorted(cluster.call("GET", f"/{cluster.name}--*/_settings"))
    cluster.client.close()
    return found


@pytest.mark.parametrize("lost", ["refused", "lost"])
@pytest.mark.parametrize("path", ["/_bulk", "/_settings"])
def test_a_connection_that_is_lost_while_indexing_costs_nothing(
    location: str, tmp_path: Path, path: str, lost: str
) -> None:
    with through(location, once(path, lost, 2)) as address:
        build(address, tmp_path, Document("a", "One.\n\nTwo.")).close()
    with searchlib.open(location) as index:
        assert (found(index), index.verify()) == (["a", "a"], [])


def test_a_commit_whose_answer_is_lost_is_one(location: str, tmp_path: Path) -> None:
    with (
        through(location, once("/_aliases", "lost", 2)) as address,
        build(address, tmp_path, Document("a", "One.")) as index,
    ):
        assert found(index) == ["a"]


def test_a_connection_that_is_lost_while_answering_is_made_again(location: str, tmp_path: Path) -> None:
    build(location, tmp_path, Document("a", "One.")).close()
    with through(location, once("search", "lost", 3)) as address, searchlib.open(address) as index:
        assert found(index) == ["a"]


def test_an_answer_that_does_not_come_in_time_is_said(location: str, tmp_path: Path) -> None:
    build(location, tmp_path, Document("a", "One.")).close()
    said = (
        "did not answer in 0.3 seconds: try again when it has less to do, or set SEARCHLIB_OPENSEARCH_TIMEOUT to more"
    )
    with pytest.MonkeyPatch.context() as patch, through(location, once("_search", 2.0)) as address:
        patch.setenv("SEARCHLIB_OPENSEARCH_TIMEOUT", "0.3")
        with searchlib.open(address) as index, pytest.raises(IndexUnreadable, match=re.escape(said) + "$"):
            found(index)
        patch.setenv("SEARCHLIB_OPENSEARCH_TIMEOUT", "soon")
        with pytest.raises(SettingsError, match="is 'soon': give a number of seconds above 0"):
            searchlib.open(address)


@pytest.mark.parametrize("path", ["_clone", "_bulk", "_aliases"])
def test_who_may_only_read_is_told_so_and_changes_nothing(location: str, tmp_path: Path, path: str) -> None:
    build(location, tmp_path, Document("a", "One.")).close()
    before = indexes_of(location)

    def rule(method: str, asked: str) -> str | int:
        return 403 if path in asked else ""

    with through(location, rule) as address, searchlib.open(address) as index:
        with (
            pytest.raises(IndexUnreadable, match=r"does not allow this \(no permissions for you\): ask"),
            index.writer() as w,
        ):
            w.add(Document("b", "Two."))
        assert found(index) == ["a"]
    assert indexes_of(location) == before


def test_what_a_busy_cluster_rejects_is_sent_again(
    location: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from searchlib.engines.opensearch.cluster import Cluster

    call, rejected = Cluster.call, []

    def busy(self: Any, method: str, path: str, body: Any = None, *rest: Any, **more: Any) -> Any:
        if path.endswith("/_bulk") and len(rejected) < 2:
            rejected.append(path)
            items = [{"index": {"status": 429, "error": {"type": "rejected_execution_exception", "reason": "full"}}}]
            return {"errors": True, "items": items * (body.count("\n") // 2)}
        return call(self, method, path, body, *rest, **more)

    monkeypatch.setattr(Cluster, "call", busy)
    with build(location, tmp_path, Document("a", "One.\n\nTwo.")) as index:
        assert (found(index), len(rejected)) == (["a", "a"], 2)


@pytest.mark.parametrize("status", [429, 413])
def test_what_is_too_much_at_once_is_sent_in_parts(location: str, tmp_path: Path, status: int) -> None:
    text = "\n\n".join(f"Paragraph {number}." for number in range(20))
    from searchlib.engines.opensearch.cluster import Cluster

    call, sizes = Cluster.call, list[int]()

    def small(self: Any, method: str, path: str, body: Any = None, *rest: Any, **more: Any) -> Any:
        if path.endswith("/_bulk"):
            sizes.append(len(body))
            if len(body) > most:
                raise self.explained(status, {"reason": "too large"})
        return call(self, method, path, body, *rest, **more)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Cluster, "call", small)
        most = 4000
        with build(location, tmp_path, Document("a", text)) as index:
            assert len(found(index)) == 10 and index.search("*").total == 20
            assert min(sizes) < most < max(sizes)
            most = 100
            with (
                pytest.raises(IndexUnreadable, match=r"has no room for what is sent \(too large\)"),
                index.writer() as w,
            ):
                w.add(Document("b", "Two."))
            assert index.search("*").total == 20


def test_a_disk_that_is_full_is_said_at_once_and_what_is_there_stays(location: str, tmp_path: Path) -> None:
    """As a node does when a disk has reached its last watermark."""
    from searchlib.engines.opensearch.cluster import Cluster

    with build(location, tmp_path, Document("a", "One.")):
        cluster, before = Cluster(location), set(indexes_of(location))

        def rule(method: str, asked: str) -> str:
            if asked.endswith("_bulk"):
                (new,) = set(indexes_of(location)) - before
                cluster.call("PUT", f"/{new}/_settings", {"index.blocks.read_only_allow_delete": True})
            return ""

        with through(location, rule) as address, searchlib.open(address) as other:
            said = r"has a disk that is full \(.*flood-stage.*\): make room there"
            with pytest.raises(IndexReadOnly, match=said), other.writer() as w:
                w.add(Document("b", "Two."))
            assert found(other) == ["a"]
        assert set(indexes_of(location)) == before
        cluster.client.close()


def test_an_index_of_another_version_is_said(location: str, tmp_path: Path) -> None:
    from searchlib.engines.opensearch.cluster import Cluster

    build(location, tmp_path, Document("a", "One.")).close()
    cluster = Cluster(location)
    ((index, mapping),) = cluster.call("GET", f"/{cluster.name}/_mapping").items()
    meta = mapping["mappings"]["_meta"]["searchlib"]
    cluster.call("PUT", f"/{index}/_mapping", {"_meta": {"searchlib": meta | {"format": 77}}})
    with pytest.raises(IndexIncompatible, match=r"is of format 77, and this version reads \d+: build it again under"):
        searchlib.open(location)
    cluster.client.close()


def test_nothing_goes_to_stderr_unasked(location: str) -> None:
    code = f"import searchlib\ntry: searchlib.open({location!r})\nexcept searchlib.IndexMissing: print('missing')"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert (done.stdout, done.stderr) == ("missing\n", "")


def test_the_number_of_shards_is_that_of_a_clean_build_and_replicas_may_change(location: str, tmp_path: Path) -> None:
    from searchlib.engines.opensearch.cluster import Cluster

    def layout() -> tuple[str, str]:
        cluster = Cluster(location)
        ((_, found),) = cluster.call("GET", f"/{cluster.name}/_settings").items()
        cluster.client.close()
        return found["settings"]["index"]["number_of_shards"], found["settings"]["index"]["number_of_replicas"]

    (tmp_path / "seeds").mkdir()
    (tmp_path / "seeds" / "a.txt").write_text("One.")
    searchlib.build(tmp_path / "seeds", location, tuning={"shards": 2}).close()
    assert layout() == ("2", "0")
    with searchlib.open(location) as index, index.writer() as w:
        w.add(Document("b", "By hand."))
    assert layout() == ("2", "0")
    (tmp_path / "seeds" / "a.txt").write_text("Two.")
    with pytest.raises(SettingsError, match=r"has 2 shards: build it anew \(--rebuild, rebuild=True\)"):
        searchlib.build(tmp_path / "seeds", location, tuning={"shards": 3})
    searchlib.build(tmp_path / "seeds", location, tuning={"shards": 2, "replicas": 1}).close()
    assert layout() == ("2", "1")
    (tmp_path / "seeds" / "a.txt").write_text("Three.")
    searchlib.build(tmp_path / "seeds", location).close()
    assert layout() == ("2", "1"), "as before, where nothing is said"
    searchlib.build(tmp_path / "seeds", location, tuning={"shards": 3}, rebuild=True).close()
    assert layout() == ("3", "0")
    for tuning in ({"shards": 0}, {"shards": "2"}, {"sharks": 1}, 7):
        with pytest.raises(SettingsError, match=r"shards|tuning"):
            searchlib.build(tmp_path / "seeds", location, tuning=tuning)


def test_what_is_refused_is_an_error_and_leaves_nothing(
    location: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from searchlib.engines.opensearch.cluster import Cluster

    with build(location, tmp_path, Document("a", "One.")) as index:
        call = Cluster.call

        def full(self: Any, method: str, path: str, *rest: Any, **more: Any) -> Any:
            if path.endswith("/_bulk"):
                raise self.explained(403, {"reason": "index blocked: disk usage exceeded flood-stage watermark"})
            return call(self, method, path, *rest, **more)

        monkeypatch.setattr(Cluster, "call", full)
        with pytest.raises(IndexReadOnly, match="flood-stage watermark"), index.writer() as w:
            w.add(Document("b", "Two."))
        monkeypatch.undo()
        assert found(index) == ["a"]
        cluster = Cluster(location)
        assert len(cluster.call("GET", f"/{cluster.name}--*/_settings")) <= 2, "the one that is, and the one before"
