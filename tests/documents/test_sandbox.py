"""A file whose parser crashes, hangs, fills the memory or does what no parser should costs that file alone."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from hostile_loaders import load_hostile

import searchlib
from searchlib import Document, Limits, SeedError
from searchlib.concurrency.sandbox import Bounds, Unanswered, call, keeping
from searchlib.documents import LoadOptions, Report, load, register, registry, walk

LIMITS = Limits(parser_seconds=20, parser_memory=1 << 30, parser_output=1 << 20)


@pytest.fixture(scope="module", autouse=True)
def _registered() -> Iterator[None]:
    before = dict(registry._TABLE), set(registry._STREAMED)
    register(".hostile", load_hostile)
    with keeping():  # as a build does
        yield
    registry._TABLE.clear()
    registry._TABLE.update(before[0])
    registry._STREAMED.clear()
    registry._STREAMED.update(before[1])


def loaded(tmp_path: Path, content: str, limits: Limits = LIMITS) -> tuple[list[Document], Report]:
    (tmp_path / "a.hostile").write_text(content, "utf-8")
    report = Report()
    (file,) = walk([tmp_path / "a.hostile"])
    return list(load(file, report=report, limits=limits)), report


def test_what_comes_out_is_what_the_loader_made(tmp_path: Path) -> None:
    found, report = loaded(tmp_path, "ok Ein Füllhorn 🐚\u0085")
    (here,) = load_hostile(searchlib.documents.Seed("a.hostile", "ok Ein Füllhorn 🐚\u0085".encode()))
    assert found[0].blocks == here.blocks
    assert (found[0].text, found[0].title, found[0].type, found[0].line) == (here.text, "T", "hostile", 0)
    assert found[0].metadata["tags"] == ("a", "b")
    assert found[0].metadata["pid"] != os.getpid()
    assert [(one.name, one.reason) for one in report.skipped] == [("a.hostile:1", "a part")]


def test_rows_are_documents_of_their_own(tmp_path: Path) -> None:
    found, report = loaded(tmp_path, "rows 3 5")
    assert [(one.path, one.metadata) for one in found] == [("a.hostile#3", {"row": 3}), ("a.hostile#5", {"row": 5})]
    assert [one.reason for one in report.notes] == ["row 3", "row 5"]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("crash", "its parser crashed (SIGSEGV): it is damaged, or made to"),
        ("exit", "its parser crashed (exit code 3)"),
        ("memory", "its parser needs more than 1,073,741,824 bytes; raise it by parser_memory"),
        ("deep", "too deeply nested"),
        ("much", "gives more than 1,048,576 bytes of text; raise it by parser_output"),
        ("write", "PermissionError: a parser writes no files"),
        ("append", "PermissionError: a parser writes no files"),
        ("run", "PermissionError: os.system is not for a parser"),
        ("fork", "PermissionError: os.fork is not for a parser"),
        ("connect", "PermissionError: socket."),
        ("fetch", "PermissionError: urllib.Request is not for a parser"),
        ("raise", "KeyError: 'nothing'"),
        ("stranger", "its parser gave what is no document (a document of another seed)"),
    ],
)
def test_harm_costs_its_file_and_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: str, reason: str
) -> None:
    monkeypatch.chdir(tmp_path)
    found, report = loaded(tmp_path, content)
    assert found == []
    assert report.skipped[-1].reason.startswith(reason)
    assert not (tmp_path / "written").exists()
    assert len(loaded(tmp_path, "ok again")[0]) == 1


@pytest.mark.parametrize("content", ["hang", "spin"])
def test_what_takes_too_long_is_ended(tmp_path: Path, content: str) -> None:
    found, report = loaded(tmp_path, content, LIMITS.with_(parser_seconds=1))
    assert (found, report.skipped[0].reason.partition(";")[0]) == ([], "its parser took more than 1 seconds")


def test_a_strict_run_raises_with_the_reason(tmp_path: Path) -> None:
    (tmp_path / "a.hostile").write_text("crash", "utf-8")
    (file,) = walk([tmp_path / "a.hostile"])
    with pytest.raises(SeedError, match=r"a\.hostile: its parser crashed \(SIGSEGV\)"):
        list(load(file, LoadOptions(strict=True), limits=LIMITS))


def test_a_build_goes_on_and_is_the_same_with_any_number_of_processes(tmp_path: Path) -> None:
    seeds = tmp_path / "seeds"
    seeds.mkdir()
    contents = {"a": "rows 1 2", "b": "crash", "c": "rows 7", "d": "exit", "e": "rows 8"}
    for name, content in contents.items():
        (seeds / f"{name}.hostile").write_text(content, "utf-8")
    one = searchlib.build(seeds, tmp_path / "one", processes=1)
    two = searchlib.build(seeds, tmp_path / "two", processes=2)
    assert one.digest == two.digest
    assert one.changes is not None
    assert one.changes.added == 4
    assert [name for name, _ in one.changes.skipped] == ["seeds/b.hostile", "seeds/d.hostile"]


def test_a_sandbox_is_kept_for_the_next_file_and_ends_with_the_last_keeper(tmp_path: Path) -> None:
    pids = [loaded(tmp_path, f"ok {number}")[0][0].metadata["pid"] for number in range(3)]
    assert len(set(pids)) == 1
    code = (
        "import sys, hostile_loaders\n"
        "from searchlib.documents import Seed, load, register, walk\n"
        "register('.hostile', hostile_loaders.load_hostile)\n"
        "(file,) = walk([sys.argv[1]])\n"
        "print(*[document.metadata['pid'] for document in load(file)])\n"
    )
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parent)}
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code, str(tmp_path / "a.hostile")],
        env=environment, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stderr == ""
    with pytest.raises(ProcessLookupError):
        os.kill(int(done.stdout), 0)


def test_a_sandbox_is_told_no_secrets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("A_TOKEN", "secret")
    call("hostile_loaders:leave", b"", {}, Bounds(60, 1 << 30, 1 << 10))  # what is kept was started before
    text = loaded(tmp_path, "secrets")[0][0].text
    assert "PYTHONPATH" in text
    assert "A_TOKEN" not in text


def test_calls_from_several_threads_have_sandboxes_of_their_own() -> None:
    bounds = Bounds(60, 1 << 30, 1 << 10)
    pids: list[bytes] = []
    threads = [
        threading.Thread(target=lambda: pids.extend(call("hostile_loaders:slow", b"", {}, bounds))) for _ in range(2)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(pids)) == 2


def test_a_function_that_is_not_there_is_an_error() -> None:
    with pytest.raises(Unanswered, match="nothing") as raised:
        call("hostile_loaders:nothing", b"", {}, Bounds(60, 1 << 30, 1 << 10))
    assert raised.value.why == "error"
