"""A node of OpenSearch for the tests, assembled of what Maven Central has, on loopback.

``python -m tests.opensearch.node COMMAND...`` runs a command with its address in ``SEARCHLIB_OPENSEARCH``, and ends the
node after it. What was assembled is kept in ``~/.cache/searchlib/opensearch`` (or ``SEARCHLIB_NODES``); data is in a
temporary folder. It needs a JDK of 11 or later, and Maven once.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

HERE = Path(__file__).parent
SOURCES = (HERE / "pom.xml", HERE / "SearchNode.java")
HEAP = "512m"
MEMORY = Path("/dev/shm")
"""Where data of a node goes that is to end with it, where there is such a folder: nothing waits for a disk."""
QUICK = ("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC")
"""For what runs a minute: less is compiled, and by fewer threads."""
SECONDS = 300
"""How long a node may take to start: the machine may have much else to do."""


def assembled() -> Path:
    """The folder with the node, assembled if it is not there yet."""
    digest = hashlib.sha256(b"".join(path.read_bytes() for path in SOURCES)).hexdigest()[:16]
    cache = Path(os.environ.get("SEARCHLIB_NODES") or "~/.cache/searchlib/opensearch").expanduser()
    folder = cache / digest
    if folder.exists():
        return folder
    cache.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=cache) as made:
        part = Path(made) / "node"
        copy = ["mvn", "-B", "-q", "-f", str(SOURCES[0]), "dependency:copy-dependencies", "-DincludeScope=runtime"]
        subprocess.run([*copy, f"-DoutputDirectory={part / 'lib'}"], check=True)
        subprocess.run(["javac", "-cp", f"{part}/lib/*", "-d", str(part / "classes"), str(SOURCES[1])], check=True)
        part.rename(folder)
    return folder


class SearchNode:
    """A node that runs: its ``address``, and its ``process`` for who wants to kill it."""

    def __init__(self, home: Path, settings: Mapping[str, str] | None = None, *, quick: bool = True) -> None:
        self.home = home
        self._settings = settings or {}
        self.process = self._start(quick)
        self.address = f"http://127.0.0.1:{self._port()}"

    def _start(self, quick: bool) -> subprocess.Popen[bytes]:
        node = assembled()
        (self.home / "config").mkdir(parents=True, exist_ok=True)
        (self.home / "port").unlink(missing_ok=True)
        command = [
            "java",
            f"-Xms{HEAP}",
            f"-Xmx{HEAP}",
            *(QUICK if quick else ()),
            "-cp",
            f"{node}/lib/*:{node}/classes",
            "SearchNode",
            str(self.home),
        ]
        command += [f"{name}={value}" for name, value in self._settings.items()]
        with (self.home / "log").open("ab") as log:
            return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=log, stderr=log)

    def _port(self) -> int:
        began, file = time.monotonic(), self.home / "port"
        while not file.exists():
            if self.process.poll() is not None or time.monotonic() - began > SECONDS:
                self.stop()
                raise RuntimeError(f"the node did not start: {(self.home / 'log').read_text()[-3000:]}")
            time.sleep(0.1)
        return int(file.read_text())

    def kill(self) -> None:
        """End it at once, as a power cut does."""
        self.process.kill()
        self.process.wait()

    def stop(self) -> None:
        """End it; a node ends with its input."""
        if self.process.stdin is not None:
            self.process.stdin.close()
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.kill()


@contextmanager
def running(settings: Mapping[str, str] | None = None, *, quick: bool = True) -> Iterator[SearchNode]:
    """A node, which ends with the block, and its data too."""
    home = Path(tempfile.mkdtemp(prefix="searchlib-node-", dir=MEMORY if MEMORY.is_dir() else None))
    try:
        node = SearchNode(home, settings, quick=quick)
        try:
            yield node
        finally:
            node.stop()
    finally:
        shutil.rmtree(home, ignore_errors=True)


def main(command: list[str]) -> int:
    """Run a command with a node. The exit code is that of the command."""
    began = time.monotonic()
    assembled()
    print(f"assembled in {time.monotonic() - began:.1f} s", flush=True)
    began = time.monotonic()
    with running() as node:
        print(f"started in {time.monotonic() - began:.1f} s: {node.address}", flush=True)
        return subprocess.run(command, env={**os.environ, "SEARCHLIB_OPENSEARCH": node.address}, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
