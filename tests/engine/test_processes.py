"""Forked, spawned, from several threads: what an index, its results and its writer do in another process."""

from __future__ import annotations

import multiprocessing
import os
import pickle
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import pytest

import searchlib
from searchlib import Document, IndexLocked

pytestmark = pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
forking = pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork")

TEXT = "Notes\n\nThe harbour is closed in winter.\n\nShips wait outside the harbour until spring.\n"
PATIENCE = 600.0


@pytest.fixture
def path(tmp_path: Path) -> Path:
    (tmp_path / "seeds").mkdir()
    (tmp_path / "seeds" / "notes.txt").write_text(TEXT, encoding="utf-8")
    searchlib.build(tmp_path / "seeds", tmp_path / "index").close()
    return tmp_path / "index"


def in_child(do: Callable[[], object]) -> str:
    """What ``do`` returns, or raises, in a forked child, as text. A child that hangs is ended."""
    out, into = os.pipe()
    child = os.fork()
    if not child:
        os.close(out)
        try:
            said = str(do())
        except BaseException as error:
            said = f"{type(error).__name__}: {error}"
        os.write(into, said.encode())
        os._exit(0)
    os.close(into)
    alarm = threading.Timer(PATIENCE, os.kill, (child, 9))
    alarm.start()
    with os.fdopen(out, "rb") as answer:
        said = answer.read().decode()
    os.waitpid(child, 0)
    alarm.cancel()
    return said


@forking
@pytest.mark.parametrize("refresh", ["never", "auto"])
def test_an_index_works_in_a_forked_child_and_goes_on_in_its_parent(path: Path, refresh: str) -> None:
    with searchlib.open(path, refresh=refresh) as index:
        results = index.search("harbour")

        def ask() -> object:
            found = [hit.citation.paragraph for hit in results], index.search("ships").total
            index.close()
            return found

        assert in_child(ask) == "([1, 2], 1)"
        assert [hit.citation.paragraph for hit in results] == [1, 2]
        assert index.search("ships").total == 1


@forking
def test_a_child_may_be_forked_while_other_threads_search(path: Path) -> None:
    """Whatever locks they hold are not held in the child; those of Python's imports are, so these are made first."""
    index = searchlib.open(path, refresh="auto")
    assert index.search("harbour ships", facets=["type"]).total == 2
    assert index.search("harbour ships", facets=["type"]).facets
    done = threading.Event()

    def search() -> None:
        number = 0
        while not done.is_set():
            number += 1
            assert index.search(f"harbour x{number}", facets=["type"]).total == 2

    threads = [threading.Thread(target=search) for _ in range(3)]
    for thread in threads:
        thread.start()
    for _ in range(10):
        assert in_child(lambda: index.search("harbour ships", facets=["type"]).total) == "2"
    done.set()
    for thread in threads:
        thread.join()
    index.close()


@forking
def test_every_lock_of_a_reader_is_renewed_in_a_child(path: Path) -> None:
    from searchlib.concurrency import forking as module

    index = searchlib.open(path)
    results = index.search("harbour")
    assert results[0].text
    owners = list(module._OWNERS)
    assert {type(owner).__name__ for owner in owners} >= {"Index", "Decoded", "Cache", "BlockCache"}
    for owner in owners:
        owner._lock.acquire()
    try:
        assert in_child(lambda: (index.search("ships").total, results[1].text[:5], index.refresh())) == (
            "(1, 'Ships', False)"
        )
    finally:
        for owner in owners:
            owner._lock.release()


ENDS: dict[str, Callable[[searchlib.update.writing.WriterContext], object]] = {
    "raises": lambda writer: writer.__exit__(RuntimeError, RuntimeError(), None),
    "commits": lambda writer: writer.__exit__(None, None, None),
    "adds": lambda writer: writer.add(Document("other", "Buy tar.")),
    "removes": lambda writer: writer.remove("memo"),
    "enters": lambda writer: writer.__enter__(),
    "cancels below": lambda writer: writer._writer.cancel(),
    "commits below": lambda writer: writer._writer.commit(),
    "collects": lambda writer: __import__("gc").collect(),
}


@forking
@pytest.mark.parametrize("end", ENDS)
def test_a_forked_child_can_do_no_harm_with_the_writer_of_its_parent(path: Path, end: str) -> None:
    index = searchlib.open(path)
    with index.writer() as writer:
        writer.add(Document("memo", "Buy rope."))
        said = in_child(lambda: ENDS[end](writer))
        if end in ("raises", "cancels below"):
            assert said == "None", "what it raised itself is what is seen"
        elif end != "collects":
            assert said.startswith("IndexLocked: this writer ") and f"process {os.getpid()}" in said
        with pytest.raises(IndexLocked):
            searchlib.open(path).writer()
        assert "IndexLocked" in in_child(lambda: searchlib.open(path).writer())
        writer.add(Document("memo/2", "Buy more rope."))
    assert index.search("rope").total == 2
    assert index.search("tar").total == 0
    assert index.verify() == []


EXITS = """
import os, sys
import searchlib
index = searchlib.open(sys.argv[1])
with index.writer() as writer:
    writer.add(searchlib.Document("memo", "Buy rope."))
    if not os.fork():
        sys.exit(3)  # through the with, and to the end of the interpreter
    assert os.waitstatus_to_exitcode(os.wait()[1]) == 3
    try:
        searchlib.open(sys.argv[1]).writer()
    except searchlib.IndexLocked:
        writer.add(searchlib.Document("memo/2", "Buy more rope."))
assert index.search("rope").total == 2
"""


@forking
def test_a_forked_child_that_exits_leaves_the_lock_to_its_parent(path: Path) -> None:
    subprocess.run([sys.executable, "-c", EXITS, str(path)], check=True, timeout=PATIENCE)


@forking
def test_a_build_that_forks_is_not_undone_by_its_child(tmp_path: Path, path: Path) -> None:
    """As where a callback starts a process that fails."""
    (tmp_path / "seeds" / "more.txt").write_text("More\n\nBuy rope.\n", encoding="utf-8")
    children = []

    def progress(_: object) -> None:
        if not children:
            children.append(os.fork())
            if not children[0]:
                raise SystemExit(4)

    try:
        index = searchlib.build(tmp_path / "seeds", path, progress=progress)
    except SystemExit:
        os._exit(4)
    assert os.waitstatus_to_exitcode(os.waitpid(children[0], 0)[1]) == 4
    assert index.search("rope").total == 1
    assert index.verify() == []


def _search(path: str, query: str) -> searchlib.Results:
    with searchlib.open(path) as index:
        return index.search(query)


def _missing(path: str) -> None:
    with searchlib.open(path) as index:
        index.paragraph("zzzz")


def test_spawned_processes_give_results_hits_and_errors_whole(path: Path) -> None:
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        results = pool.submit(_search, str(path), "harbour").result(PATIENCE)
        assert [hit.citation.paragraph for hit in results] == [1, 2]
        assert results[0].explain().score == results[0].score
        (length,) = pool.map(len, [results[0].text])
        assert length == len(results[0].text)
        with pytest.raises(searchlib.ParagraphNotFound, match="zzzz") as caught:
            pool.submit(_missing, str(path)).result(PATIENCE)
        assert caught.value.id == "zzzz"


def test_two_threads_do_not_write_at_once_and_one_may_wait_for_the_other(path: Path) -> None:
    index = searchlib.open(path)
    first = index.writer()
    waiting = threading.Event()
    found: list[int] = []

    def write() -> None:
        waiting.set()
        with index.writer(wait=PATIENCE) as writer:
            writer.add(Document("second", "Buy rope."))
        found.append(index.search("rope").total)

    thread = threading.Thread(target=write)
    thread.start()
    waiting.wait()
    time.sleep(0.05)
    assert not found
    with first:
        first.add(Document("first", "Buy more rope."))
    thread.join(PATIENCE)
    assert found == [2]


def test_pickles_of_results_need_no_index(path: Path) -> None:
    program = "import pickle, sys; results = pickle.load(sys.stdin.buffer); print(results[0].snippet(), results.total)"
    with searchlib.open(path) as index:
        data = pickle.dumps(index.search("winter"))
    done = subprocess.run(
        [sys.executable, "-c", program], input=data, capture_output=True, check=True, timeout=PATIENCE
    )
    assert done.stdout.decode() == "The harbour is closed in winter. 1\n".replace("\n", os.linesep)
