"""What all tests share."""

from __future__ import annotations

import gc
import os
import sys
import tempfile
from collections.abc import Iterator

import pytest
from exploring import DEV
from hypothesis import HealthCheck, settings
from unwaited import UnwaitedDisk

from searchlib.engines.whoosh import disk

# Containers say PYTHONDONTWRITEBYTECODE: then each worker would compile all of the tests, and each of the hundreds of
# processes that they start all of searchlib.
sys.dont_write_bytecode = False
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

# "dev" has the same examples every time, however busy the machine; "long" looks for new ones, twenty times as many.
ALLOWED = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.function_scoped_fixture]
settings.register_profile("dev", max_examples=DEV, deadline=None, derandomize=True, suppress_health_check=ALLOWED)
settings.register_profile("long", max_examples=20 * DEV, deadline=None, suppress_health_check=ALLOWED)
settings.register_profile("quick", parent=settings.get_profile("dev"), max_examples=DEV // 5)  # for mutation tests
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "dev"))


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "generated: explores more under a longer profile")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.get_closest_marker("hypothesis") or "seed" in getattr(getattr(item, "callspec", None), "params", ()):
            item.add_marker("generated")


def pytest_collection_finish() -> None:
    """What was imported and collected stays: whoever collects garbage in a test need not look at all of it again."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session", autouse=True)
def a_temporary_folder_of_its_own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """For each process of pytest-xdist: Whoosh writes to ``MAIN.tmp`` in the common one, and removes it."""
    before = tempfile.tempdir
    tempfile.tempdir = str(tmp_path_factory.mktemp("temporary"))
    yield
    tempfile.tempdir = before


@pytest.fixture(scope="session", autouse=True)
def a_state_folder_of_its_own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Where the last query of a terminal is kept: whoever runs the tests in one has queries of their own."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_STATE_HOME", str(tmp_path_factory.mktemp("state")))
        yield


@pytest.fixture(scope="session", autouse=True)
def a_disk_that_is_not_waited_for() -> Iterator[None]:
    before, disk.DISK = disk.DISK, UnwaitedDisk()
    yield
    disk.DISK = before
