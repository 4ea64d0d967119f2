"""How the program ends: at once, but for what others have to do first."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

RUN = "import sys; from searchlib.__main__ import main; sys.argv = ['searchlib', '--version']; {before}; main()"


def ran(before: str, *options: str, run: str = RUN) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, *options, "-c", run.format(before=before)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_what_was_registered_for_the_end_is_done_and_seen() -> None:
    found = ran("import atexit; atexit.register(print, 'goodbye')")
    assert (found.returncode, found.stderr) == (0, "")
    assert found.stdout.startswith("searchlib, version") or found.stdout.startswith("searchlib ")
    assert found.stdout.endswith("goodbye\n")


def test_a_profiler_sees_the_end(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "cProfile", "-o", str(tmp_path / "profile"), "-m", "searchlib", "--version"]
    subprocess.run(command, capture_output=True, check=True)
    assert (tmp_path / "profile").stat().st_size > 1000


def test_other_threads_are_waited_for() -> None:
    slow = "import threading, time; threading.Thread(target=lambda: (time.sleep(0.2), print('done'))).start()"
    assert ran(slow).stdout.endswith("done\n")


@pytest.mark.skipif(sys.platform == "win32", reason="there is no /dev/full")
def test_output_that_cannot_be_written_at_the_end_is_an_error() -> None:
    with Path("/dev/full").open("w") as full:
        command = [sys.executable, "-m", "searchlib", "--version"]
        assert subprocess.run(command, stdout=full, stderr=subprocess.DEVNULL, check=False).returncode != 0
