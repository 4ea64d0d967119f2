"""A small index that is served, as a browser sees it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

import searchlib
from searchlib.web import app

from .corpus import write_seeds

BASE = "http://localhost"


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Seeds and an index of them. Not to be changed."""
    folder = tmp_path_factory.mktemp("served")
    write_seeds(folder / "seeds")
    searchlib.build(folder / "seeds", folder / "index", processes=1).close()
    return folder


@pytest.fixture(scope="session")
def index(folder: Path) -> Iterator[searchlib.Index]:
    with searchlib.open(folder / "index", refresh="auto") as index:
        yield index


@pytest.fixture(scope="session")
def client(index: searchlib.Index) -> Iterator[TestClient]:
    with TestClient(app(index), base_url=BASE, raise_server_exceptions=False) as client:
        yield client
