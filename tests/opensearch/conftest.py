"""An address for each test, on the node that is given."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator

import pytest

ADDRESS = "SEARCHLIB_OPENSEARCH"


@pytest.fixture(scope="session")
def node() -> str:
    """The address of a node of OpenSearch."""
    pytest.importorskip("opensearchpy", reason='opensearch-py is not installed: pip install "searchlib[opensearch]"')
    address = os.environ.get(ADDRESS)
    if not address:
        run = "python -m tests.opensearch.node pytest tests/opensearch"
        pytest.skip(f"there is no node of OpenSearch: set {ADDRESS} to the address of one, or run: {run}")
    return address.rstrip("/")


def removed(location: str) -> None:
    from searchlib.engines.opensearch.cluster import Cluster

    cluster = Cluster(location)
    for name in cluster.call("GET", f"/{cluster.name}--*/_settings"):
        cluster.call("DELETE", f"/{name}")
    cluster.client.close()


@pytest.fixture
def location(node: str) -> Iterator[str]:
    """Where an index may be made."""
    found = f"{node}/t{secrets.token_hex(6)}"
    yield found
    removed(found)


@pytest.fixture
def other(node: str) -> Iterator[str]:
    """Where another one may be."""
    found = f"{node}/t{secrets.token_hex(6)}"
    yield found
    removed(found)
