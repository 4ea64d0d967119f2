"""A commit is whole: whatever goes wrong, and wherever, the index is as it was before, or as it should be after."""

from __future__ import annotations

import errno
import os
import random
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from exploring import scaled, seeds, some

from .scenarios import SCENARIOS, Scenario, make_scenario

VISITS = 8
ERRORS = 25


@pytest.fixture(scope="module", params=SCENARIOS)
def scenario(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Scenario:
    return make_scenario(request.param, tmp_path_factory.mktemp("scenario"))


def operations(scenario: Scenario) -> int:
    done = scenario.run()
    found = len(done.log)
    assert scenario.check(done.folder) == "after"
    return found


@pytest.mark.parametrize("turn", range(min(scaled(1), 3)))
def test_a_process_that_stops_at_any_operation_leaves_the_old_index_or_the_new(scenario: Scenario, turn: int) -> None:
    """Killed, with what was not synced lost, or torn: at each operation one of these, at the next another."""
    outcomes = []
    for at in range(1, operations(scenario) + 1):
        lost = (at + turn) % 3
        stopped = scenario.run(at)
        if lost:
            stopped.lose(lost)
        outcomes.append(scenario.check(stopped.folder))
    if scenario.before != scenario.after:
        assert outcomes[0] == "before"
        assert outcomes == sorted(outcomes, reverse=True), "once it is committed it stays so"


@pytest.mark.parametrize("turn", range(min(scaled(1), 3)))
def test_an_error_at_any_operation_leaves_the_old_index_or_the_new(scenario: Scenario, turn: int) -> None:
    """One of several errors at each operation, and at the next another."""
    errors = errno.ENOSPC, errno.EIO, errno.EACCES
    for at in some(range(1, operations(scenario) + 1), ERRORS):
        scenario.check(scenario.run(at, errors[(at + turn) % 3]).folder)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no FIFOs")
def test_after_a_stop_a_stranger_may_come_by_and_the_next_build_still_makes_it_what_it_should_be(
    scenario: Scenario,
) -> None:
    """``nox -s fuzz -- --only crash`` goes on for a time."""
    count = operations(scenario)
    for seed in seeds(VISITS):
        scenario.visited(random.Random(seed), count)


def test_everything_that_changes_the_index_goes_through_the_disk_that_is_counted(scenario: Scenario) -> None:
    """Or else a crash there would not be tested. What is only in the private folder need not be."""
    index = scenario.copy()
    program = [sys.executable, "-c", AUDITED, scenario.name, str(scenario.base / "seeds"), str(index)]
    subprocess.run(program, check=True, timeout=600, cwd=Path(__file__).parents[1])
    assert scenario.check(index) == "after"


AUDITED = """
import os, sys
from pathlib import Path
import searchlib
from searchlib.engines.whoosh import disk
name, seeds, index = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])
seen = []
def hook(event, arguments):
    if event == "open":
        changes = isinstance(arguments[2], int) and arguments[2] & (os.O_WRONLY | os.O_RDWR | os.O_CREAT)
        paths = arguments[:1] if changes else ()
    elif event in ("os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.truncate", "os.link", "os.symlink"):
        paths = [part for part in arguments if isinstance(part, (str, bytes, os.PathLike))]
    else:
        return
    for path in paths:
        if not isinstance(path, (str, bytes, os.PathLike)):
            continue
        path = Path(os.fsdecode(path))
        # The folder itself is there by then; filelock makes sure of it once more.
        if index in path.parents and path.parent.name != ".searchlib" and path.name != ".lock":
            frame = sys._getframe(1)
            while frame is not None and frame.f_code.co_filename != disk.__file__:
                frame = frame.f_back
            if frame is None:
                seen.append((event, str(path)))
sys.addaudithook(hook)
searchlib.build(seeds, index, processes=1, compact=name == "merge")
assert not seen, seen
"""


def test_the_manifest_is_renamed_after_everything_is_synced_and_before_anything_is_removed(scenario: Scenario) -> None:
    done = scenario.run()
    log = done.log
    shutil.rmtree(done.folder.parent)
    commit = log.index("rename searchlib.json")
    syncs = [number for number, entry in enumerate(log) if entry.startswith("sync ") and number < commit]
    renames = [number for number, entry in enumerate(log) if entry.startswith("rename ") and "new" not in entry]
    assert log[commit - 1] == "sync searchlib.json"
    assert log[commit + 1] == "sync folder index"
    written = {
        entry.removeprefix("sync ") for entry in log[:commit] if entry.startswith("sync ") and "folder" not in entry
    }
    assert written >= {log[number].removeprefix("rename ") for number in renames if number > min(syncs)}
    assert not [entry for entry in log[:commit] if entry.startswith("remove ") and entry != "remove .searchlib"]
