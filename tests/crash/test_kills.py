"""kill -9 at random moments: the index is whole, and the next build makes it what its seeds would give.

``SEARCHLIB_KILLS`` says how many processes are killed; ``nox -s soak`` kills hundreds.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import searchlib
from searchlib.engines.whoosh.locking import LOCK

KILLS = int(os.environ.get("SEARCHLIB_KILLS", "6"))

PROGRAM = """
import sys
import searchlib
seeds, index = sys.argv[1:]
print("ready", flush=True)
for number in range(1000):
    with open(f"{seeds}/changing.txt", "w", encoding="utf-8") as file:
        file.write(f"Changing\\n\\nNumber {number} of the harbour.\\n")
    searchlib.build(seeds, index, processes=1, compact=number % 3 == 2)
"""


def test_a_process_killed_at_any_moment_leaves_an_index_that_answers_and_can_be_built(tmp_path: Path) -> None:
    seeds, index = tmp_path / "seeds", tmp_path / "index"
    seeds.mkdir()
    for number in range(20):
        (seeds / f"{number}.txt").write_text(f"Note {number}\n\nThe harbour, again.\n\nA ship.\n", encoding="utf-8")
    searchlib.build(seeds, index, processes=1)
    moment = random.Random(20)
    for _ in range(KILLS):
        process = subprocess.Popen(
            [sys.executable, "-c", PROGRAM, str(seeds), str(index)], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
        assert process.stdout is not None
        process.stdout.readline()
        time.sleep(moment.uniform(0.0, 0.4))
        process.send_signal(signal.SIGKILL)
        process.wait()
        process.stdout.close()
        opened = searchlib.open(index)
        assert opened.verify() == []
        assert opened.search("text:harbour", limit=100).total in (20, 21)
    built = searchlib.build(seeds, index, processes=1, compact=True)
    clean = searchlib.build(seeds, tmp_path / "clean", processes=1)
    assert built.digest == clean.digest
    assert {path.name for path in index.iterdir()} - {LOCK} == {
        path.name for path in (tmp_path / "clean").iterdir()
    } - {LOCK}
