"""A loader that does what its file says: it runs in a sandbox, and is imported there by its name."""

from __future__ import annotations

import ctypes
import os
import socket
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

from searchlib import Document, Locator
from searchlib.documents import Seed, sandboxed
from searchlib.documents.builder import Builder


def _deep() -> None:
    _deep()


def _spin() -> None:
    while True:
        pass


HARM: dict[str, Callable[[], object]] = {
    "crash": lambda: ctypes.string_at(0),
    "exit": lambda: os._exit(3),
    "hang": lambda: time.sleep(600),
    "spin": _spin,
    "memory": lambda: [bytes(1 << 24) for _ in range(10_000)],
    "deep": _deep,
    "write": lambda: Path("written").write_text("x"),
    "append": lambda: os.open("written", os.O_WRONLY | os.O_CREAT),
    "run": lambda: os.system("true"),
    "fork": os.fork,
    "connect": lambda: socket.create_connection(("127.0.0.1", 9)),
    "fetch": lambda: urllib.request.urlopen("http://127.0.0.1:9/"),
    "raise": lambda: {}["nothing"],
}


def _awaited(seed: Seed, path: Path) -> str:
    """Tell how far it is, and wait until somebody made a file."""
    seed.passes(7)
    end = time.monotonic() + 30
    while not path.exists() and time.monotonic() < end:
        time.sleep(0.01)
    return "met" if path.exists() else "alone"


def slow(data: bytes) -> Iterator[int]:
    """Who answers, after so long that another call comes meanwhile."""
    time.sleep(0.5)
    yield os.getpid()


def leave(data: bytes) -> Iterator[int]:
    """An answer, and the end of the process."""
    yield 1
    os.close(0)


@sandboxed
def load_hostile(seed: Seed) -> Iterator[Document]:
    what, _, rest = seed.read().decode("utf-8").strip().partition(" ")
    print("whatever a library prints")
    HARM.get(what, lambda: None)()
    if what == "await":
        rest = _awaited(seed, Path(rest))
    if what == "secrets":
        rest = ",".join(sorted(os.environ))
    if what == "much":
        rest = "x" * 4_000_000
    if what == "rows":
        for row in rest.split():
            seed.notes(2, f"row {row}")
            yield Document(f"{seed.name}#{row}", row, row, metadata={"row": int(row)})
        return
    builder = Builder()
    builder.add("Part", "heading", line=0, level=1, locators=(Locator("page", 1),))
    builder.add(rest or "nothing", line=0, locators=(Locator("page", 2, "ii", end=3),))
    seed.skips(1, "a part")
    path = "elsewhere.txt" if what == "stranger" else seed.name
    about = {"pid": os.getpid(), "tags": ("a", "b")}
    yield Document(path, builder.text, "T", "hostile", "en", about, builder.blocks, line=0)
