"""Nodes that end, and disks that are full, in clusters of two and three nodes: ``nox -s cluster``, some minutes.

Not among the tests that every run collects: each cluster takes as long to start as all of those.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import searchlib
from searchlib import Document, IndexProblem
from searchlib.engines.opensearch.cluster import Cluster
from searchlib.errors import IndexReadOnly, IndexUnreadable

from .node import SearchNode, running, together

LAYOUT = {"shards": 2, "replicas": 1}
PATIENCE = 180.0
TEXT = "The harbour is closed in winter.\n\nShips wait outside the harbour."


@pytest.fixture
def three() -> Iterator[list[SearchNode]]:
    """A cluster that goes on without any one of its nodes."""
    with together(3) as nodes:
        yield nodes


@pytest.fixture
def two() -> Iterator[list[SearchNode]]:
    """A cluster of which the second node only has data."""
    with together(2) as nodes:
        yield nodes


def filled(nodes: list[SearchNode], folder: Path, number: int = 50, **layout: Any) -> tuple[str, searchlib.Index]:
    """An index of so many documents, when all of its copies are there."""
    (folder / "seeds").mkdir()
    location = f"{nodes[0].address}/news"
    index = searchlib.build(folder / "seeds", location, tuning=layout)
    with index.writer() as w:
        for one in range(number):
            w.add(Document(f"d{one}", TEXT))
    if layout["replicas"]:
        whole(location)
    return location, index


def whole(location: str) -> None:
    """Wait until every copy of every shard has its place."""
    cluster, end = Cluster(location), time.monotonic() + PATIENCE
    while cluster.call("GET", f"/_cluster/health/{cluster.name}")["status"] != "green":
        assert time.monotonic() < end, "not all shards have found a place"
        time.sleep(0.3)
    cluster.client.close()


def with_shards(nodes: list[SearchNode], location: str, kind: str = "") -> SearchNode:
    """A node, but not the first, with a shard of the index; with a ``kind`` ("p", "r") of that."""
    cluster = Cluster(location)
    rows = cluster.call("GET", f"/_cat/shards/{cluster.name}", None, {"format": "json"})
    cluster.client.close()
    names = {row["node"] for row in rows if kind in ("", row["prirep"])}
    return next(node for number, node in enumerate(nodes) if number and f"n{number}" in names)


def until(location: str, total: int) -> searchlib.Index:
    """The index, when it answers whole."""
    end = time.monotonic() + PATIENCE
    while True:
        try:
            index = searchlib.open(location)
            if index.search("harbour").total == total:
                return index
        except IndexProblem:
            assert time.monotonic() < end
        time.sleep(0.5)


def test_a_node_that_ends_while_a_cluster_of_three_answers_is_not_noticed(
    three: list[SearchNode], tmp_path: Path
) -> None:
    location, index = filled(three, tmp_path, **LAYOUT)
    answers, done = list[int](), threading.Event()

    def ask() -> None:
        number = 0
        while not done.is_set():
            number += 1
            answers.append(index.search("harbour " + "x " * (number % 50), 3).total)

    thread = threading.Thread(target=ask)
    thread.start()
    time.sleep(1)
    with_shards(three, location).kill()
    time.sleep(8)
    done.set()
    thread.join()
    assert len(answers) > 10 and set(answers) == {100}
    assert not until(location, 100).verify()


def test_a_node_that_ends_while_a_cluster_of_three_is_written_costs_nothing(
    three: list[SearchNode], tmp_path: Path
) -> None:
    location, index = filled(three, tmp_path, **LAYOUT)
    with index.writer() as w:
        for one in range(3000):
            w.add(Document(f"e{one}", TEXT + "\n\n" + "ice " * 200))
            if one == 1500:
                with_shards(three, location).kill()
    again = until(location, 6100)
    assert again.stats().documents == 3050 and not again.verify()


def test_without_replicas_a_node_that_ends_takes_its_shard_with_it_until_it_is_back(
    two: list[SearchNode], tmp_path: Path
) -> None:
    location, index = filled(two, tmp_path, shards=2, replicas=0)
    node = with_shards(two, location)
    node.kill()
    began = time.monotonic()
    with pytest.raises(IndexUnreadable, match=r"is too busy, or not whole .*: try again later$"):
        index.search("harbour is closed")
    assert time.monotonic() - began < 60
    (problem,) = index.verify(quick=True)
    assert "of its shards are not there" in problem.message
    with pytest.raises(IndexProblem), index.writer() as w:
        w.add(Document("later", "Later."))
    node.restart()
    again = until(location, 100)
    assert not again.verify() and again.search("later").total == 0
    with again.writer() as w:
        w.add(Document("later", "Later."))
    assert again.search("later").total == 1


def test_the_node_that_is_spoken_to_ends_while_it_is_written(two: list[SearchNode], tmp_path: Path) -> None:
    location, index = filled(two, tmp_path, shards=1, replicas=0)
    with pytest.raises(IndexUnreadable, match="cannot be reached"), index.writer() as w:
        for one in range(2000):
            w.add(Document(f"e{one}", TEXT + "ice " * 500))
            if one == 1000:
                two[0].kill()
    two[0].restart()
    again = until(f"{two[0].address}/news", 100)
    assert again.stats().documents == 50 and location


def several(nodes: list[SearchNode]) -> str:
    """The location of the same index at all nodes."""
    return "http://" + ",".join(node.address.removeprefix("http://") for node in nodes) + "/news"


def test_with_several_addresses_a_search_goes_on_when_the_node_that_was_spoken_to_ends(
    two: list[SearchNode], tmp_path: Path
) -> None:
    location, _ = filled(two, tmp_path, **LAYOUT)
    with searchlib.open(location) as one, searchlib.open(several(two)) as index:
        wanted = [hit.citation.as_dict() for hit in one.search("harbour", 7)]
        for number in range(20):
            if number == 5:
                two[0].kill()
            found = index.search("harbour" + " " * number, 7)
            assert (found.total, [hit.citation.as_dict() for hit in found]) == (100, wanted)
        with pytest.raises(IndexUnreadable, match="cannot be reached"):
            one.search("harbour is closed")


def test_with_several_addresses_a_commit_goes_on_when_the_node_that_was_spoken_to_ends(
    three: list[SearchNode], tmp_path: Path
) -> None:
    filled(three, tmp_path, **LAYOUT)
    location = several(three)
    with searchlib.open(location) as index, index.writer() as w:
        for one in range(3000):
            w.add(Document(f"e{one}", TEXT + "\n\n" + "ice " * 200))
            if one == 1500:
                three[0].kill()
    again = until(location, 6100)
    assert again.stats().documents == 3050 and not again.verify()


def test_disks_that_are_full_are_said() -> None:
    """Watermarks that any disk has reached."""
    watermark = "cluster.routing.allocation.disk.watermark"
    full = {f"{watermark}.{name}": f"{size}00000gb" for name, size in (("low", 9), ("high", 8), ("flood_stage", 7))}
    full |= {f"{watermark}.enable_for_single_data_node": "true"}
    settings = {"cluster.routing.allocation.disk.threshold_enabled": "true", **full}
    settings |= {"cluster.info.update.interval": "10s"}
    seeds, said = (
        {"seeds": Path(__file__).parent},
        r"gives .* no place|has a disk that is full|takes no new index \(.*\): see that its disks have room",
    )
    with running(settings) as node:
        end = time.monotonic() + PATIENCE
        with pytest.raises(IndexReadOnly, match=said):
            while time.monotonic() < end:  # the node looks at its disks now and then
                searchlib.build(seeds, f"{node.address}/news{int(end - time.monotonic())}", include=["*.py"]).close()
