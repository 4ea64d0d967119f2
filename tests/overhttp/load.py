"""200 requests at once, and an index that is updated, rebuilt and taken away meanwhile: ``nox -s load``.

Calm, every answer must be right. While the index is brought up to date over and over, too. While it is taken away and
built anew, the answer may be that it is not there (503), and nothing else; while the server is started again, that
nobody answers; and afterwards all is as before.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import shutil
import signal
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import searchlib
from tests.overhttp.clients import Heard, clients
from tests.web.corpus import write_seeds
from tests.web.servers import serving

WORDS = ("tide", "wind west", '"along the estuary"', "est*", "herons OR egrets", "author:Ann", "log -west", "hurons~")
PATHS = tuple(
    path.replace(" ", "%20").replace('"', "%22")
    for words in WORDS
    for path in (
        f"/?q={words}",
        f"/api/search?query={words}&facets=author",
        f"/api/search?query={words}&limit=3&snippets=2",
        f"/api/complete?text={words}",
        f"/feed?q={words}",
        "/document?path=seeds/tides.md&q=tide",
        "/api/stats",
        "/",
    )
)


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=60, help="of each of the four parts")
    parser.add_argument("--clients", type=int, default=200)
    parser.add_argument("--index", type=Path, help="to be calm with, in place of a small one of its own")
    wanted = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        write_seeds(folder / "seeds")
        build(folder)
        parts = [
            calm(folder, wanted, wanted.index or folder / "index"),
            while_it_is(updated, {200}, folder, wanted),
            while_it_is(taken_away, {200, 503}, folder, wanted),
            restarted(folder, wanted),
        ]
    return 0 if all(parts) else 1


def build(folder: Path) -> None:
    searchlib.build(folder / "seeds", folder / "index", processes=1).close()


def asked(address: str, wanted: argparse.Namespace) -> Heard:
    ends = time.monotonic() + wanted.seconds
    return asyncio.run(clients(address, PATHS, wanted.clients, lambda: time.monotonic() > ends))


def calm(folder: Path, wanted: argparse.Namespace, index: Path) -> bool:
    with serving(str(index), folder=folder) as (address, _):
        heard = asked(address, wanted)
    rate = len(heard.took) / wanted.seconds
    return told(f"{wanted.clients} clients", heard, {200}, more=f", {rate:.0f} a second")


def while_it_is(what: Callable[[Path], None], allowed: set[int], folder: Path, wanted: argparse.Namespace) -> bool:
    """Clients while something is done to the index over and over."""
    with serving("index", folder=folder) as (address, _):
        with over_and_over(what, folder) as times:
            heard = asked(address, wanted)
        build(folder)
        right = total(address) == searchlib.open(folder / "index").search("tide").total
    return told(f"while the index is {what.__name__.replace('_', ' ')} ({len(times)} times)", heard, allowed) and right


def updated(folder: Path) -> None:
    note = folder / "seeds" / "note.txt"
    note.write_text(f"Note\n\nA note of {time.time()} on the tide.\n", encoding="utf-8")
    build(folder)


def taken_away(folder: Path) -> None:
    shutil.rmtree(folder / "index")
    time.sleep(0.2)
    build(folder)
    time.sleep(0.5)


def restarted(folder: Path, wanted: argparse.Namespace) -> bool:
    """Clients that go on while the server ends and another begins at the same place."""
    half = argparse.Namespace(seconds=wanted.seconds / 2, clients=wanted.clients)
    with serving("index", folder=folder) as (address, process):
        threading.Timer(half.seconds, process.send_signal, [signal.SIGTERM]).start()
        before = asked(address, wanted)
        ended = process.wait(30) is not None
    port = address.rstrip("/").rpartition(":")[2]
    with serving("index", "--port", port, folder=folder) as (again, _):
        after = asked(again, half)
    fine = told("while it is ended", before, {200}, lost=True)
    return told("after it began again", after, {200}) and fine and ended


@contextmanager
def over_and_over(what: Callable[[Path], None], folder: Path) -> Iterator[list[float]]:
    times: list[float] = []
    ends = threading.Event()

    def run() -> None:
        while not ends.is_set():
            what(folder)
            times.append(time.monotonic())

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield times
    finally:
        ends.set()
        thread.join()


def total(address: str) -> int:
    with urllib.request.urlopen(f"{address}api/search?query=tide", timeout=60) as answer:
        return int(json.loads(answer.read())["total"])


def told(what: str, heard: Heard, allowed: set[int], *, lost: bool = False, more: str = "") -> bool:
    """Say what was heard; whether it was only what may be."""
    fine = set(heard.statuses) <= allowed and (lost or not heard.lost) and 200 in heard.statuses
    print(f"{'ok' if fine else 'WRONG'}: {what}: {heard}{more}", flush=True)
    return fine


if __name__ == "__main__":
    sys.exit(main())
