"""``searchlib serve`` as a person starts it; and what its pages of documentation promise."""

from __future__ import annotations

import json
import signal
import socket
import ssl
import sys
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from click.testing import CliRunner

from searchlib.cli.main import program
from searchlib.web.verbs import VERBS

from .servers import serving

CERTIFICATE = str(Path(__file__).with_name("certificate.pem"))
"""One that a machine signed for itself, with its key: for these tests alone."""
DOCS = Path(__file__).parents[2] / "docs"


def get(address: str) -> bytes:
    with urllib.request.urlopen(address, timeout=30) as answer:
        return bytes(answer.read())


def test_it_builds_a_missing_index_serves_it_and_ends_when_it_is_told(tmp_path: Path) -> None:
    (tmp_path / "seeds").mkdir()
    (tmp_path / "seeds" / "note.txt").write_text("Note\n\nThe harbour is closed.\n", encoding="utf-8")
    with serving(folder=tmp_path) as (address, process):
        assert address.startswith("http://127.0.0.1:")
        assert json.loads(get(f"{address}api/search?query=harbour"))["total"] == 1
        assert b"<mark>harbour</mark>" in get(f"{address}?q=harbour")
        process.send_signal(signal.SIGINT)
        assert process.wait(30) in (0, 130)


def test_several_indexes_and_a_token_for_all_of_them(folder: Path) -> None:
    token = "a-token-for-the-tests"
    indexes = (f"one={folder / 'index'}", "two=index")
    with serving(*indexes, folder=folder, SEARCHLIB_TOKEN=token) as (address, _):
        base = address.partition("?")[0]
        assert address.endswith(f"?token={token}")
        request = urllib.request.Request(f"{base}two/api/stats", headers={"Authorization": f"Bearer {token}"})
        assert json.loads(get(request))["documents"] == 7  # type: ignore[arg-type]
        with pytest.raises(urllib.error.HTTPError) as refused:
            get(f"{base}two/api/stats")
        assert refused.value.code == 401
        refused.value.close()


def test_what_is_answered_is_encrypted_where_there_is_a_certificate(folder: Path) -> None:
    with serving("index", "--certificate", CERTIFICATE, "--key", CERTIFICATE, folder=folder) as (address, _):
        assert address.startswith("https://127.0.0.1:")
        trusting = ssl.create_default_context(cafile=CERTIFICATE)
        with urllib.request.urlopen(f"{address}opensearch.xml", timeout=30, context=trusting) as answer:
            assert f'template="{address}?q=' in answer.read().decode()


def refused(*arguments: str) -> str:
    done = CliRunner().invoke(program, ["serve", *arguments], prog_name="searchlib")
    assert done.exit_code == 2
    return done.stderr


def test_what_cannot_be_served_is_said_in_a_sentence(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        assert f"cannot listen at 127.0.0.1, port {port}" in refused("index", "--port", port)
    assert "there is no address nosuch.invalid" in refused("index", "--host", "nosuch.invalid")
    assert "No index at nosuch" in refused("nosuch")
    assert "two indexes are called index" in refused("index", str(folder / "index"))
    assert "cannot be served as 'api'" in refused("api=index", "two=index")
    assert "no origin of the web" in refused("index", "--cors", "example.org")
    assert "the token is too easy" in refused("index", "--token", "short")
    assert "'find' is no beginning of addresses" in refused("index", "--root-path", "find")
    assert "addresses cannot begin with /x/api" in refused("index", "--root-path", "/x/api")
    assert "addresses cannot begin with /one" in refused("one=index", "two=index", "--root-path", "/one")
    assert "--certificate and --key go together" in refused("index", "--key", CERTIFICATE)
    no_key = refused("index", "--certificate", CERTIFICATE, "--key", __file__)
    assert f"no certificate and its key are in {CERTIFICATE} and {__file__}" in no_key


def test_what_is_not_installed_is_said_with_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in sys.modules if name.startswith("searchlib.web")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "starlette.applications", None)
    assert 'serve needs starlette: pip install "searchlib[web]"' in refused()


def test_the_page_about_http_has_every_verb() -> None:
    page = (DOCS / "http-api.md").read_text(encoding="utf-8")
    for verb in VERBS:
        assert f"/api/{verb.name}" in page, verb.name
