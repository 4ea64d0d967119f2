"""What is sent to a cluster: made by several processes as by one, and whole before anything is published or removed."""

from __future__ import annotations

import threading
import time
from pathlib import Path
from typing import Any

import pytest

import searchlib
from searchlib import Document, IndexProblem, SearchlibError
from searchlib.engine.writers import DocumentState
from searchlib.paragraphs.identifying import records_of

pytest.importorskip("opensearchpy", reason='opensearch-py is not installed: pip install "searchlib[opensearch]"')

from searchlib.engines.opensearch import bulks
from searchlib.engines.opensearch.bulks import Bulks
from searchlib.engines.opensearch.cluster import Cluster
from searchlib.engines.opensearch.entries import EntryLines
from searchlib.engines.opensearch.linemaking import LineMaker, Recorded


def recorded(number: int, paragraphs: int) -> Recorded:
    text = "\n\n".join(f"Paragraph {one} of {number}: Erdoğan's harbour, 東京." for one in range(paragraphs))
    document = Document(f"d{number}", text, "A title", language="en", metadata={"by": "Ann", "year": 1999})
    return list(records_of(document, "en")), DocumentState(document.path, "digest", "seed")


def made(maker: LineMaker, documents: list[Recorded]) -> list[EntryLines]:
    try:
        return [one for document in documents for one in maker.lines(*document)] + list(maker.rest())
    finally:
        maker.close()


def test_lines_made_by_children_are_those_that_one_process_makes_in_the_same_order() -> None:
    documents = [recorded(number, 200 if number % 3 else 1) for number in range(12)]
    alone = made(LineMaker(1), documents)
    together = made(LineMaker(2, few=150), documents)
    assert [one.lines for one in together] == [one.lines for one in alone]
    assert [(one.records, one.lengths) for one in together] == [(one.records, one.lengths) for one in alone]
    words = [dict.fromkeys(word for one in some for word in one.words) for some in (alone, together)]
    assert words[0].keys() == words[1].keys() and ("paragraph", "en") in words[0]


def test_a_child_that_ends_is_said() -> None:
    maker = LineMaker(2, few=0)
    found = list(maker.lines(*recorded(0, 600)))
    assert not found
    for child in maker._children:
        child.kill()
    with pytest.raises(SearchlibError, match="a worker process ended early"):
        found = list(maker.rest()) + list(maker.lines(*recorded(1, 600))) + list(maker.rest())
    maker.close()


class Slow(Cluster):
    """A cluster that takes its time, and counts what is on its way."""

    def __init__(self) -> None:
        super().__init__("http://127.0.0.1:9/news")
        self.here, self.most, self.done = 0, 0, list[str]()
        self.refuses = ""
        self._lock = threading.Lock()

    def call(self, method: str, path: str, body: Any = None, *rest: Any, **more: Any) -> Any:
        with self._lock:
            self.here += 1
            self.most = max(self.most, self.here)
        time.sleep(0.01)
        with self._lock:
            self.here -= 1
            self.done.append(body)
        if self.refuses and self.refuses in body:
            raise self.explained(403, {"reason": "no"})
        return {"errors": False}


def test_some_bulks_are_on_their_way_at_a_time_and_all_are_there_when_it_is_settled() -> None:
    cluster = Slow()
    sending = Bulks(cluster, lambda: "news--1", most=10)
    for number in range(40):
        sending.add(f"{number:02} line of ten\n")
    sending.settle()
    assert sorted(cluster.done) == [f"{number:02} line of ten\n" for number in range(40)]
    assert 1 < cluster.most <= bulks.AT_ONCE
    sending.close()


def test_what_is_refused_is_raised_and_nothing_is_on_its_way_after_the_end() -> None:
    cluster = Slow()
    cluster.refuses = "07"
    sending = Bulks(cluster, lambda: "news--1", most=10)
    with pytest.raises(IndexProblem, match="does not allow this"):
        for number in range(40):
            sending.add(f"{number:02} line of ten\n")
        sending.settle()
    sending.close()
    assert cluster.here == 0 and len(cluster.done) < 40


def test_an_index_that_several_processes_sent_is_that_of_a_folder(location: str, tmp_path: Path) -> None:
    seeds = tmp_path / "seeds"
    seeds.mkdir()
    for number in range(3):
        text = "\n\n".join(f"The harbour {one} of {number} is closed." for one in range(1001))
        (seeds / f"{number}.txt").write_text(text)
    with (
        searchlib.build(seeds, tmp_path / "index", processes=1) as one,
        searchlib.build(seeds, location, processes=2) as two,
    ):
        for query in ("harbour 17", "*", '"is closed"'):
            wanted, found = (index.search(query, 20) for index in (one, two))
            assert [hit.id for hit in found] == [hit.id for hit in wanted]
            assert found.total == wanted.total
        assert one.complete("harb") == two.complete("harb")
        assert two.search("harbor").suggestion == one.search("harbor").suggestion
        with two.writer() as w:
            w.add(Document("seeds/late", "Late."))
        assert two.search("late").total == 1
