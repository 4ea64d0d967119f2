"""Sandboxes work ahead, several at once, and what they answer comes in order."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hostile_loaders import load_hostile

import searchlib
from searchlib import Limits, SeedError
from searchlib.concurrency.sandbox import keeping
from searchlib.documents import Content, SeedFile, load, register, registry
from searchlib.documents.loadahead import LoadAhead

LIMITS = Limits(parser_seconds=60, parser_memory=1 << 30, parser_output=1 << 20)


@pytest.fixture(scope="module", autouse=True)
def _registered() -> Iterator[None]:
    before = dict(registry._TABLE), set(registry._STREAMED)
    register(".hostile", load_hostile)
    with keeping():
        yield
    registry._TABLE.clear()
    registry._TABLE.update(before[0])
    registry._STREAMED.clear()
    registry._STREAMED.update(before[1])


def seeds(*contents: str) -> list[tuple[SeedFile, Content | SeedError]]:
    return [
        (SeedFile(Path(f"{number}.hostile"), f"{number}.hostile"), Content(str(number), content.encode()))
        for number, content in enumerate(contents)
    ]


def contents_of(found: list[tuple[SeedFile, Content | SeedError]]) -> list[Content]:
    return [content for _, content in found if isinstance(content, Content)]


def text_of(seed: SeedFile, content: Content | SeedError) -> str:
    assert isinstance(content, Content)
    (document,) = load(seed, content=content, limits=LIMITS)
    return document.text.removeprefix("Part\n\n")


def test_the_second_is_loaded_while_the_first_takes_its_time(tmp_path: Path) -> None:
    found = seeds(f"await {tmp_path}/there", "ok b", "ok c")
    second = contents_of(found)[1]
    texts = []
    with LoadAhead(found, lambda seed, content: True, 2, limits=LIMITS) as ahead:
        for seed, content in ahead:
            if not texts:
                assert second.answers is not None
                second.answers(lambda size: None)  # is there, whatever the first does
                (tmp_path / "there").touch()
            texts.append(text_of(seed, content))
    assert texts == ["met", "b", "c"]


def test_only_what_is_to_be_loaded_is_asked_ahead_and_not_too_much_of_it() -> None:
    def asked(processes: int, room: int, *wanted: str) -> list[str]:
        found = seeds(*(f"ok {number}" for number in range(9)))
        found[3] = found[3][0], SeedError("gone")
        with LoadAhead(
            found, lambda seed, content: seed.name[0] in wanted, processes, limits=LIMITS, room=room
        ) as ahead:
            next(iter(ahead))
        return [seed.name[0] for seed, content in found if isinstance(content, Content) and content.answers is not None]

    assert asked(2, 1000, *"02468") == ["0", "2", "4"]
    assert asked(1, 1000, *"012345678") == ["0", "1"]
    assert asked(2, 8, *"02468") == ["0"]  # two seeds of 4 bytes are held


def test_all_come_in_order_also_those_that_need_no_sandbox_or_fail() -> None:
    found = [*seeds("ok a", "crash"), (SeedFile(Path("b.txt"), "b.txt"), Content("b", b"Part\n\nb")), *seeds("ok c")]
    with LoadAhead(found, lambda seed, content: True, 2, limits=LIMITS) as ahead:
        seen = []
        for seed, content in ahead:
            try:
                seen.append(text_of(seed, content))
            except ValueError:
                seen.append("skipped")
    assert seen == ["a", "skipped", "b", "c"]


def test_it_is_told_how_far_the_one_is_that_is_waited_for(tmp_path: Path) -> None:
    told = []

    def passes(size: int) -> None:
        told.append(size)
        if size == 7:
            (tmp_path / "there").touch()

    ((seed, content),) = found = seeds(f"await {tmp_path}/there")
    assert isinstance(content, Content)
    with LoadAhead(found, lambda seed, content: True, 2, limits=LIMITS) as ahead:
        next(iter(ahead))
        (document,) = load(seed, content=content, limits=LIMITS, passes=passes)
    assert document.text.endswith("met")
    assert told[-1] == 7


def test_what_is_under_way_is_ended_when_nobody_wants_it_any_more(tmp_path: Path) -> None:
    found = seeds("hang", "hang", "hang", "hang")
    with pytest.raises(KeyboardInterrupt), LoadAhead(found, lambda seed, content: True, 2, limits=LIMITS) as ahead:
        next(iter(ahead))
        raise KeyboardInterrupt
    content = contents_of(found)[0]
    assert content.answers is not None
    with pytest.raises(SeedError, match="crashed"):
        content.answers(lambda size: None)


def test_a_long_document_moves_the_progress_while_it_is_added(tmp_path: Path) -> None:
    (tmp_path / "s.txt").write_text("".join(f"Tide {number} came in.\n\n" for number in range(4_000)), "utf-8")
    seen = []
    searchlib.build(tmp_path / "s.txt", tmp_path / "index", progress=seen.append, memory=1 << 20, processes=1).close()
    within = {one.bytes for one in seen if 0 < one.bytes < one.total_bytes}
    assert len(within) > 3
    assert [one.bytes for one in seen] == sorted(one.bytes for one in seen)
