"""``index --watch`` and ``serve --watch``: batches of changes, what is said of them, and errors that end nothing."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

import searchlib
from searchlib.cli import watch as watching
from tests.web.servers import serving

from .commands import in_process, write_seeds

PATIENCE = 60.0


def until(is_so: Callable[[], bool], what: Callable[[], str] = str) -> None:
    """Wait until it is so."""
    end = time.monotonic() + PATIENCE
    while not is_so():
        assert time.monotonic() < end, what()
        time.sleep(0.05)


class Watching:
    """A process that watches, and what it has said."""

    def __init__(self, process: subprocess.Popen[bytes], said: Path) -> None:
        self.process = process
        self._said = said

    @property
    def said(self) -> str:
        return self._said.read_text(encoding="utf-8")

    def until_said(self, pattern: str) -> None:
        until(lambda: re.search(pattern, self.said) is not None, lambda: f"{pattern}: {self.said}")


@contextmanager
def watched(folder: Path, *arguments: str) -> Iterator[Watching]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("SEARCHLIB_")}
    with (folder / "said").open("wb") as said:
        process = subprocess.Popen(
            [sys.executable, "-m", "searchlib", "index", "--watch", *arguments],
            cwd=folder,
            env=environment,
            stderr=said,
        )
    try:
        yield Watching(process, folder / "said")
    finally:
        process.kill()
        process.wait()


def found(folder: Path, query: str) -> int:
    with searchlib.open(folder / "indexes" / "default") as index:
        return index.search(query).total


def test_what_changes_is_indexed_and_told_until_it_is_interrupted(tmp_path: Path) -> None:
    write_seeds(tmp_path)
    seeds = tmp_path / "seeds"
    with watched(tmp_path) as watcher:
        watcher.until_said(r"default: 3 added")
        (seeds / "new.txt").write_text("New\n\nPelicans came.\n", encoding="utf-8")
        watcher.until_said(r"change.*seeds/new\.txt[^\n]*\n[^\n]*1 added")
        assert found(tmp_path, "pelicans") == 1

        (seeds / "bad.json").write_text("{", encoding="utf-8")
        watcher.until_said(r"Skipped 1|Noted 1")
        (seeds / "more.txt").write_text("More\n\nHerons came.\n", encoding="utf-8")
        watcher.until_said(r"change.*seeds/more\.txt[^\n]*\n[^\n]*1 added")
        (seeds / "new.txt").unlink()
        (seeds / "bad.json").unlink()
        until(lambda: found(tmp_path, "pelicans") == 0, lambda: watcher.said)
        assert len(re.findall(r"Skipped 1|Noted 1", watcher.said)) == 1  # and not with every change

        shutil.rmtree(seeds)  # an unmounted disk
        watcher.until_said(r"Error: There is no seeds")
        assert found(tmp_path, "pipelines") > 0
        write_seeds(tmp_path)
        (seeds / "again.txt").write_text("Again\n\nPelicans are back.\n", encoding="utf-8")
        until(lambda: found(tmp_path, "pelicans") == 1, lambda: watcher.said)

        watcher.process.send_signal(signal.SIGINT)
        assert watcher.process.wait(PATIENCE) == 130
        assert "Traceback" not in watcher.said


class Interrupts:
    """What is interrupted as it is thrown away."""

    def __del__(self) -> None:
        signal.raise_signal(signal.SIGINT)


def test_an_interrupt_that_python_loses_ends_it_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    write_seeds(tmp_path)
    monkeypatch.chdir(tmp_path)

    def go_on() -> bool:
        Interrupts()
        return True

    with pytest.raises(KeyboardInterrupt):
        watching.watch(watching.settings_with(), {}, go_on, again=0.1)
    assert "Traceback" not in "".join(capfd.readouterr())


def test_an_index_that_another_writes_is_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_seeds(tmp_path)
    monkeypatch.chdir(tmp_path)
    assert in_process("index").code == 0
    (tmp_path / "seeds" / "new.txt").write_text("New\n\nPelicans came.\n", encoding="utf-8")
    said: list[str] = []
    monkeypatch.setattr(watching, "say_error", lambda *lines: said.extend(lines))
    index = searchlib.open("indexes/default")
    writer = index.writer()

    def go_on() -> bool:
        if said and not index.path.joinpath("released").exists():
            index.path.joinpath("released").touch()
            writer.__exit__(RuntimeError, RuntimeError("given up"), None)
        return found(tmp_path, "pelicans") == 0

    with index:
        writer.__enter__()
        watching.watch(watching.settings_with(), {}, go_on, again=0.1)
    assert "tried again" in said[1]


def test_only_what_may_be_a_seed_is_a_change(tmp_path: Path) -> None:
    from searchlib.update.watching import Watched

    write_seeds(tmp_path)
    seeds = tmp_path / "seeds"
    (seeds / ".git").mkdir()
    (seeds / "ix").mkdir()
    single = tmp_path / "single.txt"
    single.write_text("One.\n", encoding="utf-8")
    with Watched([seeds, single], seeds / "ix") as watcher:
        (seeds / ".git" / "index").write_text("x", encoding="utf-8")
        (seeds / ".note.swp").write_text("x", encoding="utf-8")
        (seeds / "ix" / "file").write_text("x", encoding="utf-8")
        (tmp_path / "neighbour.txt").write_text("x", encoding="utf-8")
        (seeds / ".gitignore").write_text("x", encoding="utf-8")
        saved = tmp_path / "saved"
        saved.write_text("Two.\n", encoding="utf-8")
        saved.replace(single)  # as editors do
        seen: set[Path] = set()

        def both() -> bool:
            seen.update(watcher.changes(1))
            return seen >= {seeds / ".gitignore", single}

        until(both, lambda: str(seen))
        seen.update(watcher.changes(0.5))
        assert seen == {seeds / ".gitignore", single}


def test_a_server_can_watch(tmp_path: Path) -> None:
    import json
    import urllib.request

    write_seeds(tmp_path)
    with serving("--watch", folder=tmp_path) as (address, process):

        def total() -> int:
            with urllib.request.urlopen(f"{address}api/search?query=pelicans", timeout=30) as answer:
                return int(json.load(answer)["total"])

        assert total() == 0
        written = 0

        def is_there() -> bool:
            nonlocal written
            written += 1  # it may not be watching yet
            (tmp_path / "seeds" / "new.txt").write_text(f"New\n\nPelicans came {written}.\n", encoding="utf-8")
            time.sleep(0.5)
            return total() == 1

        until(is_there)
        process.send_signal(signal.SIGINT)
        assert process.wait(PATIENCE) in (0, 130)


def test_what_cannot_be_watched_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_seeds(tmp_path)
    monkeypatch.chdir(tmp_path)
    assert "leave out --check, --key, --digest and --json" in in_process("index", "--watch", "--json").err
    assert "standard input cannot be watched" in in_process("index", "--watch", "-").err
    assert "There is no nosuch" in in_process("index", "--watch", "nosuch").err
    assert "--watch is for the index of the settings" in in_process("serve", "--watch", "indexes/default").err
    monkeypatch.delitem(sys.modules, "searchlib.update.watching", raising=False)
    monkeypatch.setitem(sys.modules, "watchfiles", None)
    assert '--watch needs watchfiles: pip install "searchlib[watch]"' in in_process("index", "--watch").err
