"""The examples of other people's libraries, run: as a user runs them, on the seeds of the repository."""

from __future__ import annotations

import importlib.util
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import searchlib

ROOT = Path(__file__).parents[2]
NEEDS = "is not installed: nox -s integrations"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder with the seeds and an index of them, in which the examples run."""
    shutil.copytree(ROOT / "seeds", tmp_path / "seeds")
    monkeypatch.chdir(tmp_path)
    searchlib.build("seeds", "indexes/default", processes=1).close()
    yield tmp_path


def imported(name: str) -> Any:
    """The module of an example, imported anew."""
    found = importlib.util.spec_from_file_location(name, ROOT / "examples" / f"{name}.py")
    assert found is not None and found.loader is not None
    module = sys.modules[name] = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    return module


def test_fastapi(folder: Path) -> None:
    pytest.importorskip("fastapi", reason=f"FastAPI {NEEDS}")
    from fastapi.testclient import TestClient

    with TestClient(imported("fastapi_app").app) as client:
        found = client.get("/search", params={"q": '"defense industry"'})
        assert found.status_code == 200
        (hit,) = found.json()["hits"]
        assert found.json()["facets"]["type"]["values"] == [{"value": "text", "count": 1}]
        assert client.get(f"/paragraphs/{hit['id']}").json()["quote"] == hit["text"]
        first = client.get("/search", params={"q": "ukraine", "limit": 2}).json()
        following = client.get("/search", params={"q": "ukraine", "limit": 2, "after": first["cursor"]}).json()
        assert [one["rank"] for one in following["hits"]] == [3, 4]
        assert client.get("/search", params={"q": "peace", "after": first["cursor"]}).status_code == 400
        assert client.get("/search", params={"q": " ".join(["a"] * 2000)}).status_code == 422
        assert "no paragraph" in client.get("/paragraphs/zzzz").json()["detail"]
        with searchlib.open("indexes/default") as index, index.writer(processes=1) as w:
            w.add(searchlib.Document("new", "A new paragraph of lighthouses.", language="en"))
        assert client.get("/search", params={"q": "lighthouse"}).json()["total"] == 1


def test_django(folder: Path) -> None:
    pytest.importorskip("django", reason=f"Django {NEEDS}")
    imported("django_view")
    from django.test import Client

    client = Client()
    page = client.get("/", {"q": '"defense industry"'}).content.decode()
    assert "<mark>defense</mark> <mark>industry</mark>" in page and "<p>1 paragraph</p>" in page and "¶ 3" in page
    assert "Did you mean" in client.get("/", {"q": "defnse"}).content.decode()
    hostile = client.get("/", {"q": "<script>alert(1)</script>"}).content.decode()
    assert "<script>" not in hostile and "&lt;script&gt;" in hostile
    assert client.get("/", {"q": " ".join(f"w{n}" for n in range(2000))}).status_code == 400
    assert b"<ol>" in client.get("/").content


def test_notebook(folder: Path) -> None:
    nbclient = pytest.importorskip("nbclient", reason=f"nbclient {NEEDS}")
    pytest.importorskip("pandas", reason=f"pandas {NEEDS}")
    import nbformat

    notebook = nbformat.read(ROOT / "examples" / "notebook.ipynb", as_version=4)
    assert not any(cell.get("outputs") for cell in notebook.cells)  # it is kept as it was written
    nbclient.NotebookClient(notebook, timeout=120, resources={"metadata": {"path": str(folder)}}).execute()
    nbformat.validate(notebook)
    shown = [output for cell in notebook.cells for output in cell.get("outputs", ())]
    html = [output.data["text/html"] for output in shown if "text/html" in output.get("data", {})]
    assert sum('class="searchlib"' in one for one in html) == 2 and "<mark>" in html[0]
    assert 'class="dataframe"' in html[2]
    assert any("['unchanged']" in output.get("data", {}).get("text/plain", "") for output in shown)
