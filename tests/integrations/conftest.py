"""An index for the retrievers of other libraries, which are tested where the library is installed."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest

import searchlib
from searchlib import Document

DOCUMENTS = (
    Document(
        "ports", "The harbour is closed in winter.\n\nShips wait outside the harbour.", "Ports", metadata={"year": 1999}
    ),
    Document(
        "fleet", "The fleet sails.\n\nHarbours are full of ships.", metadata={"year": 2001, "tag": ("sea", "ice")}
    ),
    Document("snow", "A winter harbour under snow.", metadata={"year": 2005, "tag": "ice"}),
)
FILTERS = (
    ("year", "==", 1999, {"ports"}),
    ("year", "!=", 1999, {"fleet", "snow"}),
    ("year", ">", 1999, {"fleet", "snow"}),
    ("year", ">=", 2001, {"fleet", "snow"}),
    ("year", "<", 2005, {"ports", "fleet"}),
    ("year", "<=", 1999, {"ports"}),
    ("year", "in", [1999, 2005], {"ports", "snow"}),
    ("year", "not in", [1999, 2005], {"fleet"}),
)


@pytest.fixture(params=["folder", "cluster"])
def location(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where the index is: in a folder, and in a cluster."""
    if request.param == "folder":
        return str(tmp_path / "index")
    address = os.environ.get("SEARCHLIB_OPENSEARCH")
    if not address:
        pytest.skip("there is no node of OpenSearch: set SEARCHLIB_OPENSEARCH to the address of one")
    return f"{address}/r{secrets.token_hex(6)}"


@pytest.fixture
def index(location: str, tmp_path: Path) -> Iterator[searchlib.Index]:
    (tmp_path / "seeds").mkdir()
    with searchlib.build(tmp_path / "seeds", location, processes=1) as index:
        with index.writer(processes=1) as w:
            for document in DOCUMENTS:
                w.add(document)
        yield index


def assert_carries_its_place(metadata: dict[str, object], text: str) -> None:
    """Offsets are true: they slice the text of the document."""
    (document,) = (one for one in DOCUMENTS if one.path == metadata["source"])
    assert document.text[int(str(metadata["start"])) : int(str(metadata["end"]))] == text
    assert f"({document.path}, line " in str(metadata["citation"])
    assert len(str(metadata["id"])) == 16
    assert metadata["year"] == document.metadata["year"]
