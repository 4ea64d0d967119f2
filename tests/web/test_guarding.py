"""Who may come in: by the right name, with the token, from the right place; and how much is done at once."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator

import anyio
import pytest
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

import searchlib
from searchlib.guards.deadline import Deadline
from searchlib.web import ServeOptions, app
from searchlib.web.admission import Admission
from searchlib.web.guarding import COOKIE
from searchlib.web.problemdetails import ProblemDetail
from searchlib.web.responding import Answering, Served
from searchlib.web.running import is_loopback
from searchlib.web.serveoptions import TIMEOUT

from .conftest import BASE

TOKEN = "a-token-of-some-length"


@pytest.mark.parametrize(
    ("host", "comes_in"),
    [
        ("localhost", True),
        ("LOCALHOST:8700", True),
        ("localhost.", True),
        ("127.0.0.1:8700", True),
        ("[::1]:8700", True),
        ("evil.example", False),
        ("localhost.evil.example", False),
        ("127.0.0.1.evil.example", False),
        ("127.0.0.2", False),
        ("10.0.0.1", False),
        ("localhost@evil.example", False),
        ("localhost:80:80", False),
        ("", False),
        ("local host", False),
        ("localhost:99999999", False),
    ],
)
def test_only_who_calls_it_by_its_name_comes_in(client: TestClient, host: str, comes_in: bool) -> None:
    for path in ("/", "/api/stats", "/static/x/searchlib.css", "/nosuch"):
        answer = client.get(path, headers={"Host": host})
        assert (answer.status_code != 421) is comes_in


def test_an_address_is_a_name_where_others_may_come(index: searchlib.Index) -> None:
    options = ServeOptions(hosts=("search.example",), any_address=True)
    client = TestClient(app(index, options), base_url=BASE)
    for host, status in (("10.0.0.1:80", 200), ("[fe80::1]", 200), ("search.example", 200), ("evil.example", 421)):
        assert client.get("/api/stats", headers={"Host": host}).status_code == status


def test_every_answer_carries_what_keeps_others_out(client: TestClient) -> None:
    for path in ("/", "/?q=tide", "/api/stats", "/api/search", "/nosuch", "/static/x/searchlib.js", "/?page=x"):
        headers = client.get(path).headers
        policy = headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"
        assert headers["cross-origin-resource-policy"] == "same-origin"
        assert "access-control-allow-origin" not in headers
    assert "content-security-policy" in client.get("/", headers={"Host": "evil.example"}).headers


@pytest.fixture
def locked(index: searchlib.Index) -> Iterator[TestClient]:
    yield TestClient(app(index, ServeOptions(token=TOKEN)), base_url=BASE, follow_redirects=False)


def test_without_the_token_nobody_comes_in(locked: TestClient) -> None:
    assert locked.get("/static/x/searchlib.css").status_code == 200, "the page that asks for the token has them"
    for path in ("/", "/api/stats", "/static/../api/stats", "/static", "/nosuch", "/?token=wrong", "/?q=token"):
        answer = locked.get(path)
        assert answer.status_code == 401
        assert answer.headers["www-authenticate"].startswith("Bearer")
        assert TOKEN not in answer.text
    asking = locked.get("/?q=a+%22tide&token=wrong").text
    assert 'name="token"' in asking
    assert '<input type="hidden" name="q" value="a &#34;tide">' in asking  # so that it is asked for again
    assert "wrong" not in asking
    for given in ("Bearer wrong", f"Basic {TOKEN}", "Bearer", "", f"Bearer {TOKEN}x", "Bearer é"):
        assert locked.get("/api/stats", headers={"Authorization": given.encode("utf-8")}).status_code == 401
    assert locked.get("/api/stats", headers={"Cookie": f"{COOKIE}={TOKEN}"}).status_code == 401
    assert locked.get("/api/stats", headers={"Cookie": '\x00=; "'}).status_code == 401
    assert locked.post(f"/api/check_citations?token={TOKEN}", content="x").status_code == 401


def test_a_program_gives_the_token_in_a_header_and_a_person_once_in_the_address(locked: TestClient) -> None:
    assert locked.get("/api/stats", headers={"Authorization": f"Bearer {TOKEN}"}).status_code == 200
    answer = locked.get(f"/?q=tide&token={TOKEN}&in=year:1999")
    assert answer.status_code == 303
    assert answer.headers["location"] == "/?q=tide&in=year%3A1999"
    cookie = answer.headers["set-cookie"]
    assert TOKEN not in cookie
    assert {"httponly", "samesite=lax"} <= set(cookie.lower().split("; "))
    assert locked.get("/?q=tide").status_code == 200


@pytest.mark.parametrize(
    ("asked", "leads_to"),
    [
        ("//evil.example/", "/evil.example/"),
        ("////evil.example/", "/evil.example/"),
        ("/%2F%2Fevil.example/", "/evil.example/"),
        ("/%5C%5Cevil.example/", "/evil.example/"),
        ("/%0D%0AX:y", "/%0D%0AX%3Ay"),
        ("/%E2%80%AE", "/%E2%80%AE"),
        ("/caf%C3%A9", "/caf%C3%A9"),
    ],
)
def test_a_redirect_with_the_token_leads_nowhere_else(locked: TestClient, asked: str, leads_to: str) -> None:
    assert locked.get(f"{BASE}{asked}?token={TOKEN}").headers["location"] == leads_to


def test_a_token_that_can_be_guessed_is_refused() -> None:
    for token in ("short", "ünïcödeünïcödeünïcöde", "with\nline breaks in it"):
        with pytest.raises(searchlib.SettingsError):
            ServeOptions(token=token)
    with pytest.raises(searchlib.SettingsError):
        ServeOptions(at_once=0)
    with pytest.raises(searchlib.SettingsError):
        ServeOptions(origins=("example.org",))


@pytest.mark.parametrize("taken_away", [True, False], ids=["the proxy takes it away", "the proxy leaves it"])
def test_behind_a_proxy_every_address_begins_as_it_has_there(index: searchlib.Index, taken_away: bool) -> None:
    at = "" if taken_away else "/find/it"
    options = ServeOptions(token=TOKEN, root_path="/find/it")
    with TestClient(app({"a": index, "b": index}, options), base_url=BASE, follow_redirects=False) as client:
        entered = client.get(f"{at}/a/?token={TOKEN}&q=tide")
        assert entered.headers["Location"] == "/find/it/a/?q=tide"
        assert "Path=/find/it/" in entered.headers["Set-Cookie"]
        client.headers["Authorization"] = f"Bearer {TOKEN}"
        pages = [client.get(at + path) for path in ("/", "/a/", "/a/?q=tide&in=year:1999", "/nosuch")]
        (found,) = client.get(f"{at}/a/api/search?query=tide&limit=1").json()["hits"]
        pages += [client.get(f"{at}/a{path}") for path in (f"/p/{found['id']}?q=tide", "/document?path=seeds/tides.md")]
        for page in pages:
            led = re.findall(r'(?:href|src|action|data-base)="([^"#]+)', page.text)
            assert led and all(one.startswith(("/find/it", "https://example.org/")) for one in led), led
            (style,) = re.findall(r'href="([^"]+\.css)"', page.text)
            assert client.get(style.removeprefix("/find/it") if taken_away else style).status_code == 200
        assert client.get(f"{at}/a").headers["Location"].endswith("/find/it/a/")
        assert client.get(f"{at}/a/api/openapi.json").json()["servers"] == [{"url": "/find/it/a"}]
        assert '/find/it/a/?q={searchTerms}"' in client.get(f"{at}/a/opensearch.xml").text
    if not taken_away:
        assert TestClient(app(index, ServeOptions(root_path="/find")), base_url=BASE).get("/find").status_code == 200


def test_scripts_of_other_sites_may_ask_where_that_is_said(index: searchlib.Index) -> None:
    options = ServeOptions(origins=("https://friend.example",), token=TOKEN)
    client = TestClient(app(index, options), base_url=BASE)
    asks = {"Origin": "https://friend.example", "Access-Control-Request-Method": "GET"}
    allowed = client.options("/api/stats", headers={**asks, "Access-Control-Request-Headers": "authorization"})
    assert allowed.headers["access-control-allow-origin"] == "https://friend.example"
    assert client.options("/api/stats", headers={**asks, "Origin": "https://evil.example"}).status_code == 400
    headers = {"Origin": "https://friend.example", "Authorization": f"Bearer {TOKEN}"}
    assert client.get("/api/stats", headers=headers).headers["access-control-allow-origin"] == "https://friend.example"
    assert client.get("/api/stats", headers={"Origin": "https://friend.example"}).status_code == 401


def test_others_can_put_routes_behind_the_same_door(index: searchlib.Index) -> None:
    async def hello(request: Request) -> PlainTextResponse:
        return PlainTextResponse("hello")

    client = TestClient(
        app(index, ServeOptions(token=TOKEN), beside=lambda *_: ([Route("/mcp", hello)], None)), base_url=BASE
    )
    assert client.get("/mcp").status_code == 401
    assert client.get("/mcp", headers={"Authorization": f"Bearer {TOKEN}"}).text == "hello"
    assert client.get("/mcp", headers={"Host": "evil.example"}).status_code == 421


def test_a_search_ends_in_time(folder: object, index: searchlib.Index) -> None:
    with searchlib.open(index.path, limits=searchlib.Limits(timeout=1e-9)) as hasty:
        client = TestClient(app(hasty), base_url=BASE)
        answer = client.get("/api/search?query=tide")
        assert (answer.status_code, answer.json()["type"]) == (503, "urn:searchlib:query-timeout")
        assert client.get("/api/all?query=tide&timeout=100").status_code == 503
        assert client.get("/?q=tide").status_code == 503


def test_a_request_may_ask_for_less_time_than_there_is_and_not_for_more(index: searchlib.Index) -> None:
    answering, served = Answering(ServeOptions()), Served("x", index)
    assert [answering.seconds(served, asked) for asked in (None, 0.5, 1000.0)] == [TIMEOUT, 0.5, TIMEOUT]


def test_each_part_of_a_long_list_has_the_time_that_an_answer_has(
    index: searchlib.Index, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not all of them together: there may be millions."""
    used = []
    whole = Deadline.running

    def counted(self: Deadline) -> object:
        used.append(self._seconds)
        return whole(self)

    monkeypatch.setattr("searchlib.web.responding.Deadline.running", counted)
    lines = TestClient(app(index), base_url=BASE).get("/api/all?query=wind&timeout=0.5").text.splitlines()
    assert len(lines) == 450
    assert used.count(0.5) == 6, "five parts, and that there are no more"


def test_who_comes_when_there_is_enough_to_do_is_told_to_come_again() -> None:
    holds, comes = threading.Event(), threading.Event()

    def work() -> str:
        comes.set()
        holds.wait(30)
        return "done"

    async def scenario() -> list[str]:
        admission = Admission(at_once=1, waiting=1, patience=30.0, streams=1)
        found: list[str] = []

        async def ask() -> None:
            try:
                found.append(await admission.run(work))
            except ProblemDetail as problem:
                found.append(problem.kind)
                holds.set()  # who was let in may end now

        async with anyio.create_task_group() as tasks:
            for _ in range(3):
                tasks.start_soon(ask)
        assert await admission.run(lambda: "again") == "again"
        return found

    assert anyio.run(scenario) == ["too-busy", "done", "done"]


def test_who_has_waited_too_long_is_told_to_come_again() -> None:
    holds = threading.Event()

    async def scenario() -> str:
        admission = Admission(at_once=1, waiting=5, patience=0.01, streams=1)
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(admission.run, lambda: holds.wait(30))
            await anyio.sleep(0)
            try:
                return await admission.run(lambda: "done")
            except ProblemDetail as problem:
                return problem.kind
            finally:
                holds.set()

    assert anyio.run(scenario) == "too-busy"


def test_only_so_many_streams_are_under_way_and_each_gives_its_room_back(index: searchlib.Index) -> None:
    client = TestClient(app(index, ServeOptions(streams=1)), base_url=BASE)
    for _ in range(3):
        assert client.get("/api/all?query=tide").status_code == 200
        assert client.get("/api/all?query=").status_code == 200
        assert client.get("/api/all?query=a&strict=x").status_code == 400
        assert client.head("/api/all?query=tide").status_code == 200

    admission = Admission(1, 1, 1.0, streams=1)
    admission.begin_stream()
    with pytest.raises(ProblemDetail):
        admission.begin_stream()
    admission.end_stream()
    admission.begin_stream()


def test_what_goes_wrong_in_the_middle_of_a_stream_is_its_last_line(
    index: searchlib.Index, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = searchlib.Index.all

    def breaking(*arguments: object, **named: object) -> Iterator[searchlib.Hit]:
        for number, hit in enumerate(whole(*arguments, **named)):  # type: ignore[arg-type]
            if number == 150:
                raise searchlib.IndexCorrupt("a page of /secret/path is not what was written", "x")
            yield hit

    monkeypatch.setattr(searchlib.Index, "all", breaking)
    lines = TestClient(app(index), base_url=BASE).get("/api/all?query=wind").text.splitlines()
    assert len(lines) == 101  # those of the part in which it happened are not sent
    assert '"problem":{"type":"urn:searchlib:index-corrupt"' in lines[-1]
    assert "/secret" not in lines[-1]


def test_what_is_loopback() -> None:
    assert [is_loopback(host) for host in ("localhost", "127.0.0.1", "127.9.9.9", "::1", "[::1]")] == [True] * 5
    assert [is_loopback(host) for host in ("0.0.0.0", "::", "10.0.0.1", "example.org", "")] == [False] * 5
