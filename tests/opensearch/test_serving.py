"""What stands on an index stands on one in a cluster: the page, HTTP, agents and the command line answer the same."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

import searchlib
from searchlib.web import app
from tests.agents.asking import calling, text_of
from tests.cli.commands import in_process
from tests.web.corpus import write_seeds

from .conftest import removed

ASKED = (
    "/api/search?query=tide&facets=author&facets=year&limit=5", "/api/search?query=%22along%20the%22&explain=true",
    "/api/search?query=estuery", "/api/search?query=tide&sort=-year&filter=author:ann", "/api/complete?text=est",
    "/api/search?query=tide&per_document=1", "/api/search_many?query=herons&query=tide&limit=2", "/api/all?query=tide",
    "/api/documents?limit=3",
    "/api/outline?path=seeds/tides.md", "/api/document?path=seeds/tides.md", "/api/similar/{id}", "/api/paragraph/{id}",
    "/api/context/{id}?before=1&after=2", "/api/citation/{id}?query=tide", "/api/citation/{id}?form=annotation",
    "/api/verify", "/api/search?query=tide%20AND", "/api/search?query=a&sort=text", "/api/paragraph/zzzz",
    "/?query=tide", "/?query=estuery", "/paragraph/{id}?query=tide", "/document?path=seeds/tides.md",
)  # fmt: skip
TOOLS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("search", {"query": "tide estuary"}),
    ("context", {"id": "{id}"}),
    ("outline", {"path": "seeds/tides.md"}),
)


@pytest.fixture(scope="module")
def folder(node: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("served")
    write_seeds(folder / "seeds")
    searchlib.build(folder / "seeds", folder / "index", processes=1).close()
    return folder


@pytest.fixture(scope="module")
def there(node: str, folder: Path) -> Iterator[str]:
    """The index of `folder`, in the cluster."""
    location = f"{node}/served{abs(hash(folder)) % 10**9}"
    searchlib.copy(folder / "index", location).close()
    yield location
    removed(location)


def told(text: str) -> Any:
    """An answer without what is an index's own: its time, digest and cursors, the last digits of scores."""
    text = re.sub(r'"(took|digest|index|cursor)": ?("[^"]*"|[0-9.e-]+)', r'"\1": 0', text)
    text = re.sub(r"\b[0-9a-f]{32}\b|[0-9.,]+ (ms|µs|s)\b|after=[\w-]+", "-", text)
    return re.sub(r"\b\d+\.\d{4,}\b", lambda found: f"{float(found[0]):.4g}", text)


def test_every_verb_and_page_answers_as_from_a_folder(folder: Path, there: str) -> None:
    with searchlib.open(folder / "index") as one, searchlib.open(there, refresh="auto") as other:
        id = one.search('"along the estuary"')[0].id
        with (
            TestClient(app(one), base_url="http://localhost") as wanted,
            TestClient(app(other), base_url="http://localhost") as found,
        ):
            for path in ASKED:
                right, answer = (client.get(path.replace("{id}", id)) for client in (wanted, found))
                assert answer.status_code == right.status_code, path
                if "explain" not in path:  # explanations end with words here
                    assert told(answer.text) == told(right.text), path
            assert found.get("/api/stats").json()["paragraphs"] == one.stats().paragraphs


def test_agents_are_answered_as_from_a_folder(folder: Path, there: str) -> None:
    with searchlib.open(folder / "index") as one, searchlib.open(there) as other:
        id = one.search('"along the estuary"')[0].id
        for name, arguments in TOOLS:
            given = {key: value.replace("{id}", id) for key, value in arguments.items()}
            right, answer = (calling(index, name, **given) for index in (one, other))
            assert not answer.is_error and told(text_of(answer)) == told(text_of(right)), name


def test_commands_take_an_address_for_a_folder(
    folder: Path, there: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(folder)
    id = json.loads(in_process("query", "along the estuary", "--index", "index", "--json").out)["hits"][0]["id"]
    (tmp_path / "notes.txt").write_text(in_process("cite", id, "--index", "index").out)
    checks = tmp_path / "checks.toml"
    checks.write_text('[[check]]\nquery = "tide"\nexpect = "seeds/tides.md"\n')
    for words in (
        ("query", "tide", "--facet", "author"),
        ("query", "tide", "--all", "--jsonl"),
        ("show", id),
        ("similar", id),
        ("cite", id),
        ("cite", "--check", str(tmp_path / "notes.txt")),
        ("complete", "est"),
        ("check", str(checks)),
        ("index", "seeds", "--check"),
        ("verify", "--sources", "seeds"),
    ):
        right, answer = (in_process(*words, "--index", str(at)) for at in ("index", there))
        assert (answer.code, told(answer.out.replace(there, "index"))) == (0, told(right.out)), words
        assert right.code == 0, words
    assert in_process("diff", "index", there).code == 0
