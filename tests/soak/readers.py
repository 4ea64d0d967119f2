"""A reader beside a writer: ``python tests/soak/readers.py --commits 10000``, or ``--seconds 3600``.

A child commits one small document after another; this process, which may have so few files open as ``--files`` says,
goes over to each new generation (``refresh="auto"``) and asks it in every way that reads files. What it has open, and
how much memory it takes, must not grow. Exits with 1 if an answer is wrong or either grows.
"""

from __future__ import annotations

import argparse
import gc
import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

import searchlib

WRITER = """
import sys, time
import searchlib
path, commits, pause = sys.argv[1], int(sys.argv[2]), float(sys.argv[3])
index = searchlib.open(path)
for number in range(1, commits + 1):
    with index.writer() as writer:
        text = f"Rope for the harbour, lot {number}."
        writer.add(searchlib.Document(f"memo/{number % 50}", text, metadata={"lot": number}))
    print(number, flush=True)
    time.sleep(pause)
    if not sys.stdin.readline():
        break
"""
DOCUMENTS = 50  # the memos, of which each commit replaces one


@dataclass
class Watched:
    """What was seen: of each sample the commits so far, the files open, and the memory in kilobytes."""

    commits: int = 0
    generations: int = 0
    wrong: int = 0
    most_files: int = 0
    samples: list[tuple[int, int, int]] = field(default_factory=list)

    def look(self) -> None:
        """Take a sample."""
        self.samples.append((self.commits, open_files(), memory()))

    @property
    def grown(self) -> int:
        """How many kilobytes the last quarter of the samples takes more than the second one, at the median."""
        kilobytes = [sample[2] for sample in self.samples]
        quarter = max(len(kilobytes) // 4, 1)
        second, last = sorted(kilobytes[quarter : 2 * quarter] or kilobytes), sorted(kilobytes[-quarter:])
        return last[len(last) // 2] - second[len(second) // 2]

    def __str__(self) -> str:
        first, last = self.samples[0][2], self.samples[-1][2]
        return (
            f"{self.commits} commits, {self.generations} of them seen, {self.wrong} wrong answers; "
            f"at most {self.most_files} files open; memory {first} kB at first, {last} kB at the end, "
            f"{self.grown:+d} kB from the second quarter to the last"
        )


def open_files() -> int:
    """How many descriptors this process has."""
    return len(list(Path("/proc/self/fd").iterdir())) - 1  # without that of the listing


def memory() -> int:
    """What of this process is in memory, in kilobytes."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * resource.getpagesize() // 1024


def watch(folder: Path, commits: int, pause: float = 0.0, seconds: float = 0.0, say: bool = False) -> Watched:
    """Read beside a writer of so many commits, or for so long."""
    seeds, path = folder / "seeds", folder / "index"
    seeds.mkdir()
    for number in range(5):
        text = f"Notes {number}\n\nThe harbour is closed in winter.\n\nShips wait outside it until spring.\n"
        (seeds / f"{number}.txt").write_text(text, encoding="utf-8")
    searchlib.build(seeds, path).close()
    seen = Watched()
    writer = subprocess.Popen(
        [sys.executable, "-c", WRITER, str(path), str(commits), str(pause)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert writer.stdin is not None and writer.stdout is not None
    began = said = time.monotonic()
    try:
        with searchlib.open(path, refresh="auto") as index:
            last = index.digest
            for line in writer.stdout:
                seen.commits = int(line)
                ask(index, seen)
                seen.generations += index.digest != last
                last = index.digest
                writer.stdin.write("on\n")  # the next commit comes while this asks on
                writer.stdin.flush()
                ask(index, seen)
                seen.most_files = max(seen.most_files, open_files())
                if seen.commits % 25 == 1:
                    seen.look()
                now = time.monotonic()
                if say and now - said > 60:
                    said = now
                    print(f"{now - began:6.0f} s: {seen}", flush=True)
                if seconds and now - began > seconds:
                    break
    finally:
        writer.stdin.close()
        writer.stdout.read()  # what it commits until it notices
        writer.stdout.close()
        if writer.wait(timeout=60):
            raise SystemExit("the writer failed")
    seen.look()
    return seen


def ask(index: searchlib.Index, seen: Watched) -> None:
    """Ask for what the commits so far have written, and for what they never touch."""
    least = min(seen.commits, DOCUMENTS)
    ropes = index.search("rope", limit=5, facets=["lot"], sort="-lot")
    newest = max((int(str(hit.document.metadata["lot"])) for hit in ropes), default=0)
    seen.wrong += not least <= ropes.total <= min(seen.commits + 1, DOCUMENTS)
    seen.wrong += not seen.commits <= newest <= seen.commits + 1
    seen.wrong += ropes.facets["lot"].others + len(ropes.facets["lot"]) != ropes.total
    ships = index.search('"ships wait" NEAR(outside spring) harb*', limit=3)
    seen.wrong += ships.total < 5
    for hit in ships:
        seen.wrong += "Ships" not in hit.snippet("plain")
        seen.wrong += not str(hit.citation) or hit.explain() is None
    seen.wrong += not index.complete("har")


def main() -> int:
    """Watch, and say what was seen."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--commits", type=int, default=10_000)
    parser.add_argument("--seconds", type=float, default=0.0, help="stop after so long, whatever --commits says")
    parser.add_argument("--pause", type=float, default=0.0, help="seconds between commits")
    parser.add_argument("--files", type=int, default=64, help="descriptors that the reader may have")
    parser.add_argument("--without-gc", action="store_true", help="have Python collect no cycles")
    given = parser.parse_args()
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (given.files, hard))
    if given.without_gc:
        gc.disable()
    commits = sys.maxsize if given.seconds else given.commits
    with tempfile.TemporaryDirectory() as folder:
        seen = watch(Path(folder), commits, given.pause, given.seconds, say=True)
    print(seen)
    return int(bool(seen.wrong) or seen.grown > 8_192)


if __name__ == "__main__":
    sys.exit(main())
