"""Timeouts: a search ends in time with an error, wherever it is, and leaves an index that answers as before.

The clock is a fake one that goes on by a second each time that somebody looks at it, so a timeout of n seconds ends a
search at its n-th look.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from whoosh import query as wq

import searchlib
from searchlib.errors import QueryTimeout, SettingsError
from searchlib.guards.deadline import Deadline, check, pause, resume
from searchlib.search.searching import search, stream
from searchlib.search.wanted import Wanted


class Ticking:
    """A clock that goes on by a second a look, and counts the looks."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        self.now += 1.0
        return self.now


class Standing:
    """A clock that is set by hand."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_without_a_deadline_a_check_says_nothing() -> None:
    check()
    with Deadline(None).running():
        check()


def test_a_check_raises_once_the_time_is_used_up() -> None:
    clock = Standing()
    deadline = Deadline(2.5, clock)
    with pytest.raises(QueryTimeout) as caught, deadline.running():
        clock.now = 2.4
        check()
        clock.now = 2.5
        check()
    assert caught.value.seconds == 2.5
    assert str(caught.value).startswith("The search took longer than 2.5 seconds, its timeout: ask for less")
    check()  # outside there is none


def test_only_the_time_in_the_blocks_counts_and_it_adds_up() -> None:
    clock = Standing()
    deadline = Deadline(2.0, clock)
    for start in (0.0, 100.0):
        clock.now = start
        with deadline.running():
            clock.now += 0.9
            check()
    clock.now = 200.0
    with pytest.raises(QueryTimeout), deadline.running():
        clock.now += 0.2
        check()
    with pytest.raises(QueryTimeout), deadline.running():
        pass


def test_a_block_within_a_block_has_the_time_of_the_outer_one() -> None:
    clock = Standing()
    with Deadline(5.0, clock).running(), Deadline(1.0, clock).running():
        clock.now = 3.0
        check()


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[searchlib.Index]:
    """Several segments, words that differ in a letter, and metadata."""
    folder = tmp_path_factory.mktemp("timed")
    with searchlib.build([], folder / "ix") as built:
        for part in range(3):
            with built.writer() as writer:
                for number in range(part, 60, 3):
                    words = " ".join(f"w{(number * step) % 97}x{step % 7}" for step in range(1, 40))
                    text = f"common {words} war peace"
                    writer.add(searchlib.Document(f"d{number}.txt", text, metadata={"year": 1900 + number % 9}))
        yield built


HARD: dict[str, Any] = {
    "words": " ".join(f"w{number}x{number % 7}" for number in range(90)),
    "all words": "+common +war +peace",
    "either": "(w1x1 OR war) AND common AND NOT w3x3",
    "phrase": '"war peace"',
    "long phrase": '"' + "war peace " * 40 + '"',
    "slop": '"common peace"~60',
    "near": "war NEAR/5 peace",
    "fuzzy": "w1x1~2 w22x3~",
    "wildcard": "*1x?",
    "range": "text:[w1 TO w5]",
    "year": "year:[1901 TO 1905]",
    "scored": wq.FuzzyTerm("text", "w1x1", maxdist=2, constantscore=False),
}
WANTED: dict[str, Callable[[Any], Any]] = {
    "hits": lambda results: [(hit.id, hit.score, hit.spans) for hit in results],
    "total": lambda results: results.total,
    "documents": lambda results: results.documents,
    "facets": lambda results: {name: list(facet) for name, facet in results.facets.items()},
    "suggestion": lambda results: results.suggestion,
    "explanation": lambda results: str(results[0].explain()) if results else None,
}


@pytest.mark.parametrize("asked", WANTED)
@pytest.mark.parametrize("name", HARD)
def test_a_search_ends_at_any_look_at_the_clock_and_the_next_one_is_right(
    index: searchlib.Index, name: str, asked: str
) -> None:
    request = Wanted(10, facets=("year", "document", "title"))
    wanted = WANTED[asked]

    def answer(deadline: Deadline) -> Any:
        return wanted(search(index._reader, HARD[name], request, deadline))

    right = answer(Deadline(None))
    clock = Ticking()
    assert answer(Deadline(1e9, clock)) == right
    looks = int(clock.now) - 25  # the first look of each block is at no time that counts: a hit has two
    for seconds in {1, 2, *range(1, min(looks, 40)), *range(1, looks, 1 + max(looks, 0) // 20)}:
        with pytest.raises(QueryTimeout):
            answer(Deadline(float(seconds), Ticking()))
    assert answer(Deadline(None)) == right


@pytest.mark.parametrize(
    "request_", [Wanted(5, sort="-year"), Wanted(5, per_document=1), Wanted(5, filter="year:1903")]
)
def test_orders_and_filters_end_in_time_too(index: searchlib.Index, request_: Wanted) -> None:
    for seconds in range(1, 12):
        with pytest.raises(QueryTimeout):
            search(index._reader, HARD["words"], request_, Deadline(float(seconds), Ticking()))
    assert search(index._reader, HARD["words"], request_).total


def test_a_timeout_is_an_argument_of_whatever_evaluates_a_query(index: searchlib.Index) -> None:
    tiny = 1e-9
    some = index.search("war")[0].id
    for ask in (
        lambda: index.search("war", timeout=tiny),
        lambda: index.search_many(["war"], timeout=tiny),
        lambda: index.all("war", timeout=tiny),
        lambda: index.similar(some, timeout=tiny),
    ):
        with pytest.raises(QueryTimeout):
            ask()
    assert index.search("war", timeout=1e9).total == 60


def test_a_pause_is_not_counted_and_may_be_within_another() -> None:
    clock = Standing()
    limited = Deadline(5.0, clock)
    with limited.running():
        pause()
        pause()
        clock.now = 100.0
        resume()
        clock.now = 200.0
        resume()
        clock.now = 203.0
        check()
    clock.now = 1000.0
    with limited.running():
        clock.now = 1001.0
        check()
        clock.now = 1002.0
        with pytest.raises(QueryTimeout):
            check()


def test_a_search_that_waits_for_operations_to_be_compiled_has_its_time_nevertheless() -> None:
    numba = pytest.importorskip("numba")
    from numba.core import event

    from searchlib.engines.whoosh.execution import compiled

    clock = Standing()

    class Slow(event.Listener):
        def on_start(self, event: object) -> None:
            clock.now += 100.0

        def on_end(self, event: object) -> None:
            pass

    assert compiled.Compiled.prunes
    function = numba.njit(lambda number: number + 1)
    with Deadline(10.0, clock).running():
        with event.install_listener("numba:compile", Slow()):
            assert function(1) == 2
        assert clock.now >= 100.0
        check()


def test_of_several_queries_the_one_that_took_too_long_is_named(index: searchlib.Index, monkeypatch: Any) -> None:
    monkeypatch.setattr("searchlib.search.many.Deadline", lambda seconds: Deadline(seconds, Ticking()))
    with pytest.raises(QueryTimeout, match=r"^Query 2 of 2: The search took longer"):
        index.search_many(["war", HARD["words"]], timeout=60)


def test_what_is_streamed_before_the_time_is_used_up_stands(index: searchlib.Index, monkeypatch: Any) -> None:
    everything = [hit.id for hit in index.all("common")]
    monkeypatch.setattr("searchlib.search.searching.Deadline", lambda seconds: Deadline(seconds, Ticking()))
    hits = stream(index._reader, "common", limits=searchlib.Limits(timeout=60.0))
    seen: list[str] = []
    with pytest.raises(QueryTimeout):
        seen.extend(hit.id for hit in hits)
    assert 0 < len(seen) < len(everything)
    assert seen == everything[: len(seen)]


def test_the_timeout_of_an_index_is_that_of_its_limits(index: searchlib.Index, tmp_path: Path) -> None:
    with searchlib.open(index.path, limits=searchlib.Limits(timeout=1e-9)) as impatient:
        with pytest.raises(QueryTimeout):
            impatient.search("war")
        assert impatient.search("war", timeout=1e9).total == 60


@pytest.mark.parametrize("timeout", [0, -1, True, "1", float("nan")])
def test_a_timeout_that_cannot_be_is_refused(index: searchlib.Index, timeout: Any) -> None:
    with pytest.raises(SettingsError, match="the limit timeout is"):
        index.search("war", timeout=timeout)
