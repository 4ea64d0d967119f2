"""An index is laid out for the lengths that its fields have when it is published."""

from __future__ import annotations

from typing import Any

import pytest

import searchlib
from searchlib import Document
from searchlib.engine.writers import WriterOptions
from searchlib.errors import IndexUnreadable

pytest.importorskip("opensearchpy", reason='opensearch-py is not installed: pip install "searchlib[opensearch]"')

from searchlib.engines.opensearch import fitting
from searchlib.engines.opensearch.cluster import Cluster
from searchlib.engines.opensearch.clusterwriter import OpenSearchWriter
from searchlib.engines.opensearch.generations import newest


def written(location: str, words: int, large: int = 100) -> dict[str, Any]:
    """The lengths for which an index is laid out, with a hundred paragraphs more of so many words."""
    writer = OpenSearchWriter(Cluster(location), WriterOptions(), large)
    for number in range(100):
        text = " ".join(["harbour", f"at{number}", *(f"word{one}" for one in range(words - 2))])
        writer.add(Document(f"of{words}-{number}", text, language="en"))
    writer.commit()
    return dict(newest(Cluster(location)).lengths)


def test_what_was_sent_first_does_not_decide(location: str) -> None:
    assert written(location, 3) == {"text": 3.0}
    assert written(location, 21, large=10_000) == {"text": 3.0}, "too small an index to bother"
    assert written(location, 39)["text"] == pytest.approx((3 + 21 + 39) / 3)
    with searchlib.open(location) as index:
        every = index.search("harbour word1", 10)
        index._opened.many = 1  # type: ignore[union-attr]
        best = index.search("harbour word1 ", 10)
        assert [(hit.id, hit.score) for hit in best] == [(hit.id, hit.score) for hit in every]
        assert best.total == 300 and not index.verify()


def test_who_may_not_close_an_index_publishes_it_as_it_is(location: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert written(location, 3) == {"text": 3.0}
    call = Cluster.call

    def refusing(self: Any, method: str, path: str, *rest: Any, **more: Any) -> Any:
        if path.endswith("/_close"):
            raise IndexUnreadable("no", "there")
        return call(self, method, path, *rest, **more)

    monkeypatch.setattr(Cluster, "call", refusing)
    assert written(location, 30) == {"text": 3.0}
    with searchlib.open(location) as index:
        assert index.search("harbour").total == 200


class Counted:
    """What a cluster counts of an index."""

    size = 100

    def __init__(self, *_: object) -> None: ...

    def average(self, _: str) -> float:
        return 30.0


def test_an_index_is_open_again_whose_closing_was_not_answered(monkeypatch: pytest.MonkeyPatch) -> None:
    is_open = True

    def call(_: Any, method: str, path: str, *rest: Any) -> Any:
        nonlocal is_open
        assert (method, path.startswith("/news--1/_")) == ("POST", True)
        is_open = path.endswith("/_open")
        if not is_open:
            raise IndexUnreadable("did not answer in 60 seconds", "there")
        return {"shards_acknowledged": True}

    monkeypatch.setattr(Cluster, "call", call)
    monkeypatch.setattr(fitting, "Statistics", Counted)
    assert fitting.fitted(Cluster("http://127.0.0.1:9/news"), "news--1", {"text": 3.0}) == {"text": 3.0}
    assert is_open
