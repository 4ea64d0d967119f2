"""The HTTP API says what the Python API says, under the same names; what is wrong is a problem that says where."""

from __future__ import annotations

import inspect
import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

import searchlib
from searchlib import errors
from searchlib.web import ServeOptions, app
from searchlib.web.openapi import SCHEMAS
from searchlib.web.problemdetails import problem_of
from searchlib.web.verbs import VERBS

from .conftest import BASE

PROBLEM = "application/problem+json"


def without_time(found: Any) -> Any:
    return {name: value for name, value in found.items() if name != "took"}


def some_id(index: searchlib.Index) -> str:
    return index.search('"along the estuary"')[0].id


ALIKE: list[tuple[str, Callable[[searchlib.Index], Any]]] = [
    ("search?query=estuary", lambda index: index.search("estuary").as_dict()),
    (
        "search?query=estuary&limit=2&offset=1&sort=-year&sort=title&facets=author:1&facets=year&explain=true&snippets=2",
        lambda index: index.search(
            "estuary", 2, offset=1, sort=["-year", "title"], facets={"author": 1, "year": 10}
        ).as_dict(snippets=2, explain=True),
    ),
    (
        "search?query=tide&filter=type:markdown&filter=kind:code&per_document=1",
        lambda index: index.search("tide", filter=["type:markdown", "kind:code"], per_document=1).as_dict(),
    ),
    (
        'search?query=*&filter={"author": ["Ann Poe", null], "year": {"from": 1990, "to": 2000}}',
        lambda index: index.search("*", filter={"author": ["Ann Poe", None], "year": (1990, 2000)}).as_dict(),
    ),
    ("stats", lambda index: index.stats().as_dict()),
    ("fields", lambda index: list(index.fields)),
    ("digest", lambda index: {"digest": index.digest}),
    ("complete?text=the%20est&limit=3", lambda index: [one.as_dict() for one in index.complete("the est", 3)]),
    ("document?path=seeds/tides.md", lambda index: [one.as_dict() for one in index.document("seeds/tides.md")]),
    (
        "document?path=seeds/log.txt&first=7&limit=2",
        lambda index: [one.as_dict() for one in index.document("seeds/log.txt", 7, 2)],
    ),
]


@pytest.mark.parametrize(("asked", "wanted"), ALIKE, ids=[asked for asked, _ in ALIKE])
def test_a_verb_answers_as_in_python(
    client: TestClient, index: searchlib.Index, asked: str, wanted: Callable[[searchlib.Index], Any]
) -> None:
    answer = client.get(f"/api/{asked}")
    assert answer.status_code == 200, answer.text
    found, right = answer.json(), json.loads(json.dumps(wanted(index)))
    if isinstance(right, dict):
        found, right = without_time(found), without_time(right)
    assert found == right
    assert found


def test_names_are_found_by_all_that_search(client: TestClient, index: searchlib.Index) -> None:
    pytest.importorskip("anyascii", reason="names take the extra of that name")
    asked = "query=Heronz&names=true"
    (many,) = client.get(f"/api/search_many?{asked}").json()
    for hits in (many["hits"], client.get(f"/api/search?{asked}").json()["hits"]):
        assert [hit["id"] for hit in hits] == [hit.id for hit in index.search("Herons")]
    assert client.get(f"/api/all?{asked}").json()["id"] == index.search("Herons")[0].id
    assert client.get("/api/search?query=Heronz").json()["total"] == 0


def test_verbs_of_a_paragraph_answer_as_in_python(client: TestClient, index: searchlib.Index) -> None:
    id = some_id(index)

    def get(path: str) -> Any:
        return client.get(f"/api/{path}").json()

    assert get(f"paragraph/{id[:8]}") == json.loads(json.dumps(index.paragraph(id).as_dict()))
    wanted = [record.as_dict() for record in index.context(id, 1, 2)]
    assert get(f"context/{id}?before=1&after=2") == json.loads(json.dumps(wanted))
    assert without_time(get(f"similar/{id}?limit=3&within_document=true")) == json.loads(
        json.dumps(without_time(index.similar(id, 3, within_document=True).as_dict()))
    )
    assert get(f"citation/{id}") == json.loads(json.dumps(index.citation(id).as_dict()))
    assert get(f"citation/{id}?quote=along%20the%20estuary")["quote"] == "along the estuary"
    assert get(f"citation/searchlib:{id}%23char=0,6")["quote"] == "Gauges"
    assert get(f"citation/{id}?query=tide")["spans"]
    assert get(f"citation/{id}?form=annotation") == index.citation(id).annotation()
    for form in ("text", "markdown", "link"):
        answer = client.get(f"/api/citation/{id}?form={form}")
        written = index.citation(id)
        assert answer.text == {"text": written.text(), "markdown": written.markdown(), "link": written.link}[form]
        assert answer.headers["content-type"].startswith("text/")


def test_verifying_says_what_is_wrong(client: TestClient, folder: Path, tmp_path: Path) -> None:
    assert client.get("/api/verify?quick=false").json() == []
    shutil.copytree(folder / "index", tmp_path / "index")
    with searchlib.open(tmp_path / "index") as index:
        damaged = next((tmp_path / "index").glob("*.sto"))
        with damaged.open("r+b") as file:
            file.seek(damaged.stat().st_size // 2)
            file.write(b"damage")
        found = TestClient(app(index), base_url=BASE).get("/api/verify").json()
    assert [one["file"] for one in found] == [damaged.name]


def test_several_queries_are_answered_in_order(client: TestClient) -> None:
    found = client.get("/api/search_many?query=herons&query=nosuchword&query=tide&limit=1").json()
    assert [(one["query"], len(one["hits"])) for one in found] == [("herons", 1), ("nosuchword", 0), ("tide", 1)]
    too_many = client.get("/api/search_many?" + "query=a&" * 21)
    assert too_many.status_code == 400


def test_every_hit_comes_as_a_line_of_json(client: TestClient, index: searchlib.Index) -> None:
    answer = client.get("/api/all?query=wind")
    assert answer.headers["content-type"] == "application/jsonl"
    found = [json.loads(line) for line in answer.text.splitlines()]
    assert found == json.loads(json.dumps([hit.as_dict() for hit in index.all("wind")]))
    assert len(found) == 450


def test_documents_are_listed_page_by_page(client: TestClient, index: searchlib.Index) -> None:
    paths, after = [], ""
    while after is not None:
        page = client.get("/api/documents", params={"limit": 3} | ({"after": after} if after else {})).json()
        assert page["total"] == 7
        paths += [document["path"] for document in page["documents"]]
        after = page["cursor"]
    assert paths == [document.path for document in index.documents()]
    assert client.get("/api/documents?filter=author:ben").json()["total"] == 2


def test_citations_in_a_text_are_checked_by_the_index_alone_unless_the_seeds_may_be_read(
    folder: Path, tmp_path: Path
) -> None:
    shutil.copytree(folder / "seeds", tmp_path / "seeds")
    with searchlib.build(tmp_path / "seeds", tmp_path / "index", processes=1) as index:
        id = some_id(index)
        text = f"See searchlib:{id}, and searchlib:00000000000000zz."
        tides = tmp_path / "seeds" / "tides.md"
        tides.write_text(tides.read_text(encoding="utf-8").replace("Gauges", "Rulers"), encoding="utf-8")
        closed = TestClient(app(index), base_url=BASE)
        assert [one["status"] for one in closed.post("/api/check_citations", content=text).json()] == [
            "unchanged",
            "gone",
        ]
        assert closed.get(f"/api/is_stale/{id}").status_code == 403
        opened = TestClient(app(index, ServeOptions(sources=(tmp_path / "seeds",))), base_url=BASE)
        assert opened.post("/api/check_citations", content=text).json()[0]["status"] != "unchanged"
        assert opened.get(f"/api/is_stale/{id}").json() == {"stale": True}
        assert "has changed since" in opened.get(f"/p/{id}").text
        assert "has changed since" not in closed.get(f"/p/{id}").text


WRONG = [
    ("/api/search", 400, "bad-parameter", "query is missing"),
    ("/api/search?query=a&query=b", 400, "bad-parameter", "give it once"),
    ("/api/search?query=a&limit=1001", 400, "bad-parameter", "from 0 to 1000"),
    ("/api/search?query=a&limit=x", 400, "bad-parameter", "a whole number"),
    ("/api/search?query=a&limit=٣", 400, "bad-parameter", "a whole number"),
    ("/api/search?query=a&explain=1", 400, "bad-parameter", "true or false"),
    ("/api/search?query=a&timeout=nan", 400, "bad-parameter", "a number from 0.1 on"),
    ("/api/search?query=a&quury=b", 400, "bad-parameter", "There is no parameter 'quury'"),
    ("/api/search?query=a&facets=author:1001", 400, "bad-parameter", "1000"),
    ("/api/search?query=a&sort=text", 400, "settings-error", "cannot sort by text"),
    ("/api/search?query=a&after=zz", 400, "settings-error", ""),
    ("/api/search?query=a&synonyms=/etc/passwd", 400, "bad-parameter", "There is no parameter 'synonyms'"),
    ("/api/paragraph/zzzzzzzzzz", 404, "paragraph-not-found", ""),
    ("/api/document?path=nosuch", 404, "document-not-found", ""),
    ("/api/citation/{id}?quote=nosuch", 400, "settings-error", "does not say"),
    ("/api/citation/{id}?form=pdf", 400, "bad-parameter", "one of"),
    ("/api/nosuch", 404, "not-found", ""),
]


@pytest.mark.parametrize(("asked", "status", "kind", "said"), WRONG, ids=[asked for asked, *_ in WRONG])
def test_what_is_wrong_is_a_problem(
    client: TestClient, index: searchlib.Index, asked: str, status: int, kind: str, said: str
) -> None:
    answer = client.get(asked.replace("{id}", some_id(index)))
    problem = answer.json()
    assert (answer.status_code, answer.headers["content-type"]) == (status, PROBLEM)
    assert problem["type"] == f"urn:searchlib:{kind}"
    assert problem["status"] == status
    assert said in problem["detail"]
    assert "etag" not in answer.headers


def test_a_mistake_in_a_query_is_a_problem_with_its_place_if_strict_and_else_a_warning(client: TestClient) -> None:
    problem = client.get("/api/search", params={"query": 'tide "estuary', "strict": "true"}).json()
    assert problem["position"] == 5
    assert problem["source"] == 'tide "estuary'
    assert problem["advice"]
    found = client.get("/api/search", params={"query": 'tide "estuary'}).json()
    assert [warning["start"] for warning in found["warnings"]] == [5]


def test_what_asks_for_too_much_is_refused(client: TestClient) -> None:
    answer = client.get("/api/search", params={"query": "a " * 1100})
    assert answer.status_code == 400
    assert answer.json()["type"] == "urn:searchlib:query-error"
    big = client.post("/api/check_citations", content=b"x" * (1 << 19))
    assert (big.status_code, big.json()["type"]) == (413, "urn:searchlib:too-large")
    for body in (b"\xff", b""):
        answer = client.post("/api/check_citations", content=body)
        assert (answer.status_code, answer.json()["type"]) == (400, "urn:searchlib:not-text")


def test_every_error_of_searchlib_is_a_problem_with_a_status_of_its_own(client: TestClient) -> None:
    kinds = [kind for _, kind in inspect.getmembers(errors, inspect.isclass) if issubclass(kind, errors.SearchlibError)]
    assert len(kinds) > 10
    for kind in kinds:
        error = kind.__new__(kind)
        error.__dict__.update(message="m", source="", position=0, advice="", path="/secret/path", lines=[])
        error.args = ("no index at /secret/path",) if issubclass(kind, errors.IndexProblem) else ("m",)
        problem = problem_of(error)
        assert 400 <= problem.status < 600
        assert "/secret" not in problem.detail


def test_a_fault_says_nothing_of_itself_to_strangers(
    index: searchlib.Index, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*arguments: Any, **named: Any) -> None:
        raise RuntimeError("a secret")

    monkeypatch.setattr(searchlib.Index, "stats", broken)
    answer = TestClient(app(index), base_url=BASE).get("/api/stats")
    assert answer.status_code == 500
    assert "secret" not in answer.text
    assert "a secret" in caplog.text


def test_what_is_known_already_is_not_sent_again(client: TestClient, index: searchlib.Index) -> None:
    first = client.get("/api/search?query=tide")
    tag = first.headers["etag"]
    assert index.digest in tag
    for given in (tag, f'"x", {tag}', tag.removeprefix("W/"), "*"):
        again = client.get("/api/search?query=tide", headers={"If-None-Match": given})
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
    assert client.get("/api/all?query=tide", headers={"If-None-Match": tag}).status_code == 304
    assert client.get("/?q=tide", headers={"If-None-Match": tag}).status_code == 304
    assert client.get("/api/search?query=tide", headers={"If-None-Match": '"x"'}).status_code == 200


def test_what_is_known_of_a_server_with_other_settings_is_sent_again(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "synonyms.txt").write_text("tide, egret\n", encoding="utf-8")

    def tag(options: ServeOptions, path: str, **settings: Any) -> str:
        with searchlib.open(folder / "index", **settings) as index:
            return TestClient(app({"a": index}, options), base_url=BASE).get(path).headers["etag"]

    for path in ("/api/search?query=tide", "/?q=tide", "/api/all?query=tide"):
        as_before = tag(ServeOptions(), path)
        assert tag(ServeOptions(), path) == as_before
        others = [
            tag(ServeOptions(), path, synonyms=tmp_path / "synonyms.txt"),
            tag(ServeOptions(), path, ranking={"k1": 2.0}),
            tag(ServeOptions(), path, names=True),
            tag(ServeOptions(facets=("author",)), path),
        ]
        assert len({as_before, *others}) == 5


def test_answers_are_compressed_for_who_takes_it(client: TestClient) -> None:
    plain = client.get("/api/search?query=tide", headers={"Accept-Encoding": "identity"})
    packed = client.get("/api/search?query=tide", headers={"Accept-Encoding": "gzip"})
    assert "content-encoding" not in plain.headers
    assert packed.headers["content-encoding"] == "gzip"
    assert without_time(plain.json()) == without_time(packed.json())


def test_a_new_generation_is_picked_up_and_an_index_that_went_is_told_until_it_is_back(
    folder: Path, tmp_path: Path
) -> None:
    seeds, place = tmp_path / "seeds", tmp_path / "index"
    shutil.copytree(folder / "seeds", seeds)
    searchlib.build(seeds, place, processes=1).close()
    with searchlib.open(place, refresh="auto") as index:
        client = TestClient(app(index), base_url=BASE)
        before = client.get("/api/search?query=curlews")
        assert before.json()["total"] == 0
        (seeds / "new.txt").write_text("Curlews\n\nCurlews call.\n", encoding="utf-8")
        searchlib.build(seeds, place, processes=1).close()
        after = client.get("/api/search?query=curlews", headers={"If-None-Match": before.headers["etag"]})
        assert (after.status_code, after.json()["total"]) == (200, 1)
        shutil.rmtree(place)
        gone = client.get("/api/search?query=curlews")
        assert (gone.status_code, gone.json()["type"]) == (503, "urn:searchlib:index-missing")
        assert gone.headers["retry-after"]
        assert str(tmp_path) not in gone.text
        assert client.get("/?q=curlews").status_code == 503
        searchlib.build(seeds, place, processes=1).close()
        assert client.get("/api/search?query=curlews").json()["total"] == 1


def test_several_indexes_are_served_by_their_names(index: searchlib.Index) -> None:
    client = TestClient(app({"birds": index, "tides": index}), base_url=BASE)
    assert client.get("/birds/api/search?query=herons").json()["total"] == 1
    assert client.get("/api/search?query=herons").status_code == 404
    page = client.get("/").text
    assert 'href="/birds/"' in page
    assert 'href="/tides/"' in page
    tides = client.get("/tides/?q=tide").text
    assert 'action="/tides/"' in tides
    assert '<a href="/">All indexes</a>' in tides
    assert "All indexes" not in TestClient(app(index), base_url=BASE).get("/").text
    assert client.get("/birds", follow_redirects=False).headers["location"].endswith("/birds/")
    assert client.get("/birds/api/openapi.json").json()["servers"] == [{"url": "/birds"}]
    for name in ("api", "static", "a/b", "", ".", "x y"):
        with pytest.raises(searchlib.SettingsError):
            app({name: index})
    with pytest.raises(searchlib.SettingsError):
        app({})


def test_the_description_has_every_verb_and_refers_to_nothing_that_is_not_there(client: TestClient) -> None:
    found = client.get("/api/openapi.json").json()
    operations = [operation for path in found["paths"].values() for operation in path.values()]
    assert [one["operationId"] for one in operations] == [verb.name for verb in VERBS]
    text = json.dumps(found)
    assert set(re.findall(r"#/components/schemas/(\w+)", text)) == SCHEMAS.keys()


def test_every_verb_is_a_method_or_property_of_an_index() -> None:
    reads = {name for name, _ in inspect.getmembers(searchlib.Index) if not name.startswith("_")}
    assert {verb.name for verb in VERBS} <= reads
    not_over_http = {"writer", "refresh", "close", "whoosh", "library", "check_file"}
    assert reads - {verb.name for verb in VERBS} == not_over_http


def test_the_arguments_of_a_verb_are_those_of_python() -> None:
    shown = {"length", "snippets", "explain", "form"}
    paged = {"documents": {"limit", "after", "timeout"}, "search_many": {"query"}, "is_stale": {"id"}}
    for verb in VERBS:
        method = getattr(searchlib.Index, verb.name)
        known = set(inspect.signature(method).parameters) if callable(method) else set()
        asked = {one.name for one in verb.parameters} - shown - paged.get(verb.name, set())
        assert asked <= known, verb.name


def test_head_has_the_headers_and_no_body(client: TestClient) -> None:
    for path in ("/", "/api/search?query=tide", "/api/all?query=tide"):
        answer = client.head(path)
        assert (answer.status_code, answer.content) == (200, b"")
        assert answer.headers["etag"]
    refused = client.post("/api/search?query=tide")
    assert (refused.status_code, refused.headers["content-type"]) == (405, PROBLEM)
    assert set(refused.headers["allow"].split(", ")) == {"GET", "HEAD"}
