"""Many queries at once: shared out among processes, and asked by threads that take turns."""

from __future__ import annotations

import errno
import os
import pickle
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import searchlib
from searchlib.concurrency.forked import forked
from searchlib.concurrency.turns import Bell, Turns, _own_bell
from searchlib.errors import QueryError, SearchlibError, SettingsError

forking = pytest.mark.skipif(not hasattr(os, "fork"), reason="processes cannot be forked here")
QUERIES = ["harbour", '"the harbour"', "ship*", "harbor~", "rope AND ship", "nothing such", "*", "", "harbour -rope"]


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[searchlib.Index]:
    folder = tmp_path_factory.mktemp("many")
    for number in range(6):
        paragraphs = [f"The harbour {number} and ship {one % 3}, with rope {number * one}." for one in range(8)]
        (folder / f"{number}.txt").write_text("\n\n".join(paragraphs), encoding="utf-8")
    with searchlib.build(folder, folder / "ix") as made:
        yield made


def told(results: searchlib.Results) -> tuple[object, ...]:
    hits = [(hit.rank, hit.id, hit.score, hit.spans, str(hit.explain())) for hit in results]
    asked = results.total, results.documents, results.facets, results.suggestion, results.cursor
    return hits, results.query, results.warnings, asked


@forking
@pytest.mark.parametrize("processes", [1, 2, 3, 50])
def test_processes_answer_as_a_single_one_does(index: searchlib.Index, processes: int) -> None:
    expected = [told(index.search(query, 5, facets=["type"], filter="ship OR rope")) for query in QUERIES]
    found = index.search_many(QUERIES, 5, facets=["type"], filter="ship OR rope", processes=processes)
    assert [told(results) for results in found] == expected
    assert [told(results) for results in pickle.loads(pickle.dumps(found))] == expected
    assert all(results.took > 0 for results in found)
    assert index.search_many([], processes=processes) == []


@forking
def test_the_first_query_that_cannot_be_is_named_whichever_process_had_it(index: searchlib.Index) -> None:
    for wrong, error in (('"open', QueryError), (7, SettingsError)):
        for place in range(4):
            queries = ["harbour"] * 6
            queries[place] = queries[5] = wrong  # type: ignore[call-overload]
            with pytest.raises(error, match=rf"^Query {place + 1} of 6: "):
                index.search_many(queries, strict=True, processes=3)


@forking
def test_processes_answer_from_the_generation_that_is_open(index: searchlib.Index, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("Rope.", encoding="utf-8")
    with searchlib.build(tmp_path / "a.txt", tmp_path / "ix") as one:
        older = searchlib.open(tmp_path / "ix")
        with one.writer() as writer:
            writer.add(searchlib.Document("b", "More rope."))
        assert [results.total for results in older.search_many(["rope"] * 4, processes=2)] == [1] * 4


def test_processes_are_a_whole_number_and_need_a_system_that_forks(
    index: searchlib.Index, monkeypatch: pytest.MonkeyPatch
) -> None:
    for wrong in (0, -1, 1.5, "2", True):
        with pytest.raises(SettingsError, match="processes"):
            index.search_many(["rope"], processes=wrong)  # type: ignore[arg-type]
    monkeypatch.setattr("searchlib.search.many.can_fork", lambda: False)
    assert index.search_many(["rope"], processes=1)[0].total > 0
    with pytest.raises(SettingsError, match="leave it out"):
        index.search_many(["rope"], processes=2)


@forking
def test_a_child_that_dies_is_an_error_and_none_is_left(tmp_path: Path) -> None:
    with pytest.raises(SearchlibError, match="ended without an answer"), forked([lambda: os._exit(3)]) as answers:
        answers()
    begun = time.monotonic()
    with pytest.raises(KeyError), forked([lambda: bytes(time.sleep(600) or 0)]):
        raise KeyError
    assert time.monotonic() - begun < 300
    with pytest.raises(ChildProcessError):
        os.waitpid(-1, os.WNOHANG)


# Turns


def test_turns_come_in_the_order_in_which_they_were_asked_for() -> None:
    turns, order = Turns(60), []
    turns._needed = True
    assert turns.take()

    def work(number: int) -> None:
        assert turns.take()
        order.append(number)
        turns.give()

    threads = []
    for number in range(5):
        threads.append(threading.Thread(target=work, args=(number,)))
        threads[-1].start()
        while len(turns._waiting) <= number:
            time.sleep(0.001)
    turns.give()
    for thread in threads:
        thread.join()
    assert order == list(range(5))
    assert turns.take()  # nobody has it


def test_what_takes_long_does_not_hold_others_up() -> None:
    turns = Turns(0.01)
    turns._needed = True
    assert turns.take()
    assert not turns.take()
    turns.give()
    assert turns.take()


@forking
def test_a_forked_child_has_its_turn_whoever_had_it_before() -> None:
    turns = Turns(60)
    turns._needed = True
    assert turns.take()
    with forked([lambda: str(turns.take()).encode()]) as answers:
        assert answers() == [b"True"]


def test_who_cannot_wait_goes_without(monkeypatch: pytest.MonkeyPatch) -> None:
    def none_left() -> None:
        raise OSError(errno.EMFILE, "Too many open files")

    turns = Turns(60)
    turns._needed = True
    assert turns.take()
    taken = list[bool]()
    monkeypatch.setattr("socket.socketpair", none_left)
    _ends(lambda: taken.append(turns.take()))
    assert taken == [False]
    turns.give()
    assert turns.take()


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="what is open is not told here")
def test_a_thread_that_waits_for_many_indexes_has_the_files_of_one() -> None:
    files, many, opened = Path("/proc/self/fd"), [Turns(0.001) for _ in range(20)], list[int]()
    for turns in many:
        turns._needed = True
        assert turns.take()

    def waits() -> None:
        before = len(list(files.iterdir()))
        assert [turns.take() for turns in many] == [False] * len(many)
        opened.append(len(list(files.iterdir())) - before)

    _ends(waits)
    assert opened == [2]


@forking
def test_a_forked_child_waits_for_a_ring_of_its_own() -> None:
    mine, of_parent = _own_bell(), _own_bell()
    assert mine is of_parent is not None
    with forked([lambda: str(_own_bell() is mine).encode()]) as answers:
        assert answers() == [b"False"]


def test_a_turn_that_comes_as_one_gives_up_waiting_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    turns = Turns(60)
    turns._needed = True
    assert turns.take()

    def given_up(bell: Bell, longest: float) -> bool:
        turns.give()  # by another thread, in this moment
        return False

    monkeypatch.setattr(Bell, "heard", given_up)
    assert turns.take()
    monkeypatch.undo()
    turns.give()
    assert turns.take()


@pytest.mark.parametrize("comes", ["", "rings", "rings, and is heard"])
def test_who_is_interrupted_waits_no_more(monkeypatch: pytest.MonkeyPatch, comes: str) -> None:
    turns, heard = Turns(60), Bell.heard
    turns._needed = True
    assert turns.take()

    def interrupted(bell: Bell, longest: float) -> bool:
        if comes:
            turns.give()
        if comes == "rings, and is heard":
            assert heard(bell, longest)
        raise KeyboardInterrupt

    def asks() -> None:
        with pytest.raises(KeyboardInterrupt):
            turns.take()

    monkeypatch.setattr(Bell, "heard", interrupted)
    _ends(asks)
    if not comes:
        turns.give()
    assert turns.take()


def test_a_turn_that_comes_as_its_giver_is_interrupted_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    turns, taken = Turns(0.1), []
    turns._needed = True
    assert turns.take()

    def interrupted(bell: Bell, longest: float) -> bool:
        with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
            patch.setattr(Bell, "ring", _interrupt)
            turns.give()  # by another thread
        return heard(bell, longest)

    heard = Bell.heard
    monkeypatch.setattr(Bell, "heard", interrupted)
    _ends(lambda: taken.append(turns.take()))
    assert taken == [True]
    monkeypatch.undo()
    turns.give()
    assert turns.take()


def test_a_bell_that_rang_for_nobody_does_not_ring_for_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    turns, heard = Turns(0.1), Bell.heard
    turns._needed = True
    assert turns.take()

    def too_late(bell: Bell, longest: float) -> bool:
        turns.give()
        return False

    monkeypatch.setattr(Bell, "heard", too_late)
    assert turns.take()
    monkeypatch.setattr(Bell, "heard", heard)
    assert not turns.take(), "it is taken"


def _interrupt(*_: object) -> None:
    raise KeyboardInterrupt


def _ends(function: Callable[[], object]) -> None:
    """Call a function, which does not wait for ever."""
    thread = threading.Thread(target=function, daemon=True)
    thread.start()
    thread.join(60)
    assert not thread.is_alive()
