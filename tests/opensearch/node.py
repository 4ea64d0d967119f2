"""A node of OpenSearch for the tests, assembled of what Maven Central has, on loopback.

``python -m tests.opensearch.node COMMAND...`` runs a command with its address in ``SEARCHLIB_OPENSEARCH``, and ends the
node after it. What was assembled is kept in ``~/.cache/searchlib/opensearch`` (or ``SEARCHLIB_NODES``); data is in a
temporary folder. It needs a JDK of 11 or later, and Maven once.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property
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

    def __init__(
        self, home: Path, settings: Mapping[str, str] | None = None, *, quick: bool = True, wait: bool = True
    ) -> None:
        self.home = home
        self._settings = settings or {}
        self._quick = quick
        self.process = self._start()
        if wait:
            self.address  # noqa: B018 - it has one when it has started

    @cached_property
    def address(self) -> str:
        """Where it answers, when it does."""
        return f"http://127.0.0.1:{self._port()}"

    def restart(self) -> None:
        """Start it again where it was killed, with the data that it has; its address is another."""
        self.process = self._start()
        self.__dict__.pop("address")
        self.address  # noqa: B018

    def _start(self) -> subprocess.Popen[bytes]:
        node = assembled()
        (self.home / "config").mkdir(parents=True, exist_ok=True)
        (self.home / "port").unlink(missing_ok=True)
        command = [
            "java",
            f"-Xms{HEAP}",
            f"-Xmx{HEAP}",
            *(QUICK if self._quick else ()),
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
        if self.process.stdin is not None:
            self.process.stdin.close()

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


@contextmanager
def together(number: int) -> Iterator[list[SearchNode]]:
    """So many nodes of one cluster, which end with the block. The first of two rules alone, of more any can."""
    ports = [_free_port() for _ in range(number)]
    names = [f"n{one}" for one in range(number)]
    rulers = names if number > 2 else names[:1]
    nodes: list[SearchNode] = []
    with tempfile.TemporaryDirectory(prefix="searchlib-nodes-", dir=MEMORY if MEMORY.is_dir() else None) as home:
        try:
            for name, port in zip(names, ports, strict=True):
                settings = {
                    "node.name": name,
                    "node.roles": "data,cluster_manager" if name in rulers else "data",
                    "discovery.type": "zen",
                    "discovery.seed_hosts": ",".join(f"127.0.0.1:{one}" for one in ports),
                    "cluster.initial_cluster_manager_nodes": ",".join(rulers),
                    "transport.port": str(port),
                }
                nodes.append(SearchNode(Path(home) / name, settings, wait=False))
            for node in nodes:
                node.address  # noqa: B018 - it has one when it has started
            yield nodes
        finally:
            for node in nodes:
                node.kill()


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


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
