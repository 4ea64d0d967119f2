"""The index that agents ask: that of the tests of the web."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

import searchlib
from tests.web.corpus import write_seeds


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Seeds and an index of them. Not to be changed."""
    folder = tmp_path_factory.mktemp("agents")
    write_seeds(folder / "seeds")
    searchlib.build(folder / "seeds", folder / "index", processes=1).close()
    return folder


@pytest.fixture(scope="session")
def index(folder: Path) -> Iterator[searchlib.Index]:
    with searchlib.open(folder / "index", refresh="auto") as index:
        yield index
