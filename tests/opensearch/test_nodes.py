"""A node that is killed, as by a power cut; ``failures`` has more of that, in clusters of several."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

import searchlib
from searchlib import Document, IndexProblem
from searchlib.errors import IndexUnreadable

from .node import MEMORY, SearchNode


@pytest.fixture
def mortal(node: str) -> Iterator[SearchNode]:
    """A node of one's own; of a cluster that is elsewhere nobody has the right to kill any."""
    if not node.startswith("http://127.0.0.1:"):
        pytest.skip("the node of the tests is not on this machine, so it is not one to be killed")
    home = Path(tempfile.mkdtemp(prefix="searchlib-node-", dir=MEMORY if MEMORY.is_dir() else None))
    one = SearchNode(home)
    yield one
    one.kill()
    shutil.rmtree(home, ignore_errors=True)


def test_a_node_that_is_killed_loses_nothing_that_was_committed(mortal: SearchNode, tmp_path: Path) -> None:
    (tmp_path / "seeds").mkdir()
    with searchlib.build(tmp_path / "seeds", f"{mortal.address}/news") as index:
        with index.writer() as w:
            w.add(Document("a", "One."))
        with pytest.raises(IndexProblem, match="cannot be reached"), index.writer() as w:
            w.add(Document("b", "Two."))
            mortal.kill()
        with pytest.raises(IndexUnreadable, match="cannot be reached"):
            index.search("one")
    mortal.restart()
    with searchlib.open(f"{mortal.address}/news") as index:
        assert [hit.document.path for hit in index.search("*")] == ["a"]
        assert not index.verify()
