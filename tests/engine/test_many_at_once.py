"""One writer and many readers, in threads and in processes; and writers that get in each other's way."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

import searchlib
from searchlib import Document, IndexLocked
from searchlib.engines.whoosh.locking import PRIVATE, WRITER

SECONDS = 2.0
PATIENCE = 600.0  # seconds: nothing here takes them, however busy the machine is
HOLDER = f"{PRIVATE}/{WRITER}"


@pytest.fixture
def seeds(tmp_path: Path) -> Path:
    folder = tmp_path / "seeds"
    folder.mkdir()
    for number in range(5):
        (folder / f"{number}.txt").write_text(f"Note {number}\n\nA harbour.\n\nA ship.\n", encoding="utf-8")
    return folder


@pytest.fixture
def path(seeds: Path, tmp_path: Path) -> Path:
    searchlib.build(seeds, tmp_path / "index")
    return tmp_path / "index"


@contextmanager
def writing_all_the_time(seeds: Path, path: Path) -> Iterator[None]:
    """Each generation has a pair of documents that the next has not, so that half of one would be seen."""
    stop = threading.Event()
    failed: list[BaseException] = []

    def write() -> None:
        number = 0
        while not stop.is_set():
            number += 1
            for name in ("left", "right"):
                (seeds / f"{name}.txt").write_text(f"Pair\n\nGeneration{number} here.\n", encoding="utf-8")
            try:
                searchlib.build(seeds, path, processes=1, compact=number % 4 == 0)
            except BaseException as error:
                failed.append(error)
                return

    thread = threading.Thread(target=write)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()
    assert not failed


def look(index: searchlib.Index) -> None:
    """An index of one generation, whichever: both documents of the pair or neither, and the same text in both."""
    results = index.search("title:pair", limit=10)
    texts = [hit.text for hit in results]
    assert len(texts) in (0, 2) and len(set(texts)) <= 1, texts
    assert index.search("text:harbour").total == 5


def goes_on(began: float, seen_enough: bool) -> bool:
    """Whether to look on: for some time, and on a busy machine until something was to be seen."""
    seconds = time.monotonic() - began
    return seconds < SECONDS or (not seen_enough and seconds < PATIENCE)


def test_readers_that_open_while_a_writer_commits_see_whole_generations(seeds: Path, path: Path) -> None:
    opened, began = 0, time.monotonic()
    with writing_all_the_time(seeds, path):
        while goes_on(began, opened > 10):
            with searchlib.open(path) as index:
                look(index)
            opened += 1
    assert opened > 10


def test_threads_that_share_an_index_which_refreshes_itself_see_no_error(seeds: Path, path: Path) -> None:
    index = searchlib.open(path, refresh="auto")
    failed: list[BaseException] = []
    digests: set[str] = set()
    began = time.monotonic()

    def read() -> None:
        try:
            while goes_on(began, len(digests) > 2 or bool(failed)):
                look(index)
                digests.add(index.digest)
        except BaseException as error:
            failed.append(error)

    with writing_all_the_time(seeds, path):
        threads = [threading.Thread(target=read) for _ in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert not failed
    assert len(digests) > 2


READER = """
import sys
import searchlib
index = searchlib.open(sys.argv[1])
digests = set()
number = 0
while number < 25 or len(digests) < 2:  # a writer may wait long for its turn
    number += 1
    other = searchlib.open(sys.argv[1])
    index.refresh()
    for one in (index, other):
        texts = [hit.text for hit in one.search("title:pair", limit=10)]
        assert len(texts) in (0, 2) and len(set(texts)) <= 1, texts
        assert one.search("text:harbour").total == 5
        digests.add(one.digest)
    other.close()
print(len(digests))
"""


def test_processes_that_read_while_a_writer_commits_see_whole_generations(seeds: Path, path: Path) -> None:
    with writing_all_the_time(seeds, path):
        readers = [
            subprocess.Popen([sys.executable, "-c", READER, str(path)], stdout=subprocess.PIPE, text=True)
            for _ in range(2)
        ]
        found = [reader.communicate(timeout=PATIENCE)[0] for reader in readers]
    assert [reader.returncode for reader in readers] == [0, 0]
    assert all(int(generations) > 1 for generations in found)


def test_an_open_index_answers_every_kind_of_query_after_its_files_were_removed(seeds: Path, path: Path) -> None:
    from whoosh import query as wq

    index = searchlib.open(path)
    (seeds / "0.txt").write_text("Other\n\nWords.\n", encoding="utf-8")
    searchlib.build(seeds, path, compact=True)
    assert index.search("harbour").total == 5
    assert index.search("harbour")[0].text == "A harbour."
    assert index.search('"a harb*"~2').total == 5 or index.search("harb*").total == 5
    assert index.search(wq.Term("text", "harbour")).total == 5
    assert index.refresh()
    assert index.search("harbour").total == 4


def test_a_refresh_that_finds_nothing_new_reads_no_file(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    index = searchlib.open(path)
    monkeypatch.setattr(Path, "open", None)
    assert not index.refresh()


def test_a_commit_that_changes_nothing_is_no_newer_generation(seeds: Path, path: Path) -> None:
    index = searchlib.open(path)
    searchlib.build(seeds, path)
    os.utime(path / "searchlib.json")
    assert not index.refresh()


def test_refresh_is_never_or_auto(path: Path) -> None:
    with pytest.raises(searchlib.SettingsError, match="never or auto"):
        searchlib.open(path, refresh="sometimes")


def test_a_second_writer_waits_as_long_as_it_is_told_to(seeds: Path, path: Path) -> None:
    writer = searchlib.open(path).writer()
    began = time.monotonic()
    with pytest.raises(IndexLocked, match="that is this process: leave the with of its writer"):
        searchlib.build(seeds, path, wait=0.2)
    assert time.monotonic() - began >= 0.2
    threading.Timer(0.2, lambda: writer.__exit__(None, None, None)).start()
    searchlib.build(seeds, path, wait=PATIENCE)
    with searchlib.open(path).writer(wait=1) as w:
        w.add(Document("memo", "A ship."))


WRITER = """
import sys
import searchlib
path, name = sys.argv[1:]
index = searchlib.open(path)
for number in range(3):
    with index.writer(wait=600) as w:
        w.add(searchlib.Document(f"{name}{number}", "A lighthouse."))
"""


def test_processes_that_write_at_once_wait_for_each_other_and_nothing_is_lost(path: Path) -> None:
    writers = [subprocess.Popen([sys.executable, "-c", WRITER, str(path), name]) for name in "abc"]
    assert [writer.wait(timeout=PATIENCE) for writer in writers] == [0, 0, 0]
    index = searchlib.open(path)
    found = {hit.document.path for hit in index.search("lighthouse", limit=20)}
    assert found == {f"{name}{number}" for name in "abc" for number in range(3)}
    assert index.search("text:harbour").total == 5
    assert index.verify() == []


HOLD = """
import sys, time
import searchlib
writer = searchlib.open(sys.argv[1]).writer()
print("holding", flush=True)
time.sleep(600)
"""


def test_the_lock_says_who_holds_it_and_that_of_a_dead_writer_is_nobodys(seeds: Path, path: Path) -> None:
    holder = subprocess.Popen([sys.executable, "-c", HOLD, str(path)], stdout=subprocess.PIPE, text=True)
    assert holder.stdout is not None and holder.stdout.readline() == "holding\n"
    with pytest.raises(IndexLocked, match=f"process {holder.pid} on .* wait for it to end, or .* --wait"):
        searchlib.build(seeds, path)
    holder.send_signal(signal.SIGKILL)
    holder.wait()
    holder.stdout.close()
    assert (path / HOLDER).exists(), "it had no time to clean up"
    before = searchlib.open(path).digest
    assert searchlib.build(seeds, path).digest == before, "who writes is no part of the index"
    assert not (path / HOLDER).exists()


@pytest.mark.parametrize("content", ["", "[]", '{"pid": "x"}', "\x00" * 100, '{"pid": 1}'])
def test_a_lock_without_a_name_is_held_by_another_process(seeds: Path, path: Path, content: str) -> None:
    writer = searchlib.open(path).writer()
    (path / HOLDER).write_text(content, encoding="utf-8")
    with pytest.raises(IndexLocked, match="another process is writing"):
        searchlib.build(seeds, path)
    writer.__exit__(RuntimeError, None, None)


CHANGES = ("os.mkdir", "os.rename", "os.remove", "os.rmdir", "os.link", "os.symlink", "os.truncate", "os.chmod")

LOOK = """
import os, sys
import searchlib
changes = sys.argv[2].split()
def hook(event, arguments):
    if event in changes:
        raise AssertionError((event, arguments))
    if event == "open" and isinstance(arguments[2], int) and arguments[2] & (os.O_WRONLY | os.O_RDWR | os.O_CREAT):
        raise AssertionError((event, arguments))
sys.dont_write_bytecode = True
sys.addaudithook(hook)
index = searchlib.open(sys.argv[1], refresh="auto")
assert index.search("harbour").total == 5
assert index.search("harb* -winter")[0].citation
assert index.verify() == []
index.stats()
"""


def test_opening_searching_and_verifying_write_nothing_so_read_only_media_will_do(path: Path) -> None:
    subprocess.run([sys.executable, "-c", LOOK, str(path), " ".join(CHANGES)], check=True, timeout=PATIENCE)


def test_where_the_index_cannot_be_written_the_error_says_so(seeds: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder", encoding="utf-8")
    with pytest.raises(searchlib.IndexReadOnly, match="--index"):
        searchlib.build(seeds, tmp_path / "file" / "index")
