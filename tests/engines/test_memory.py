"""The engine in memory in the suite of all engines."""

from __future__ import annotations

from pathlib import Path

import pytest

from searchlib.engine.locations import ENGINES

from . import memory, suite

ENGINES["memory"] = memory.__name__


class Memory:
    @pytest.fixture
    def location(self, tmp_path: Path) -> str:
        return f"memory://{tmp_path}/index"

    @pytest.fixture
    def other(self, tmp_path: Path) -> str:
        return f"memory://{tmp_path}/other"


class TestSearching(Memory, suite.Searching): ...


class TestFiltering(Memory, suite.Filtering): ...


class TestSorting(Memory, suite.Sorting): ...


class TestCounting(Memory, suite.Counting): ...


class TestPaging(Memory, suite.Paging): ...


class TestFinding(Memory, suite.Finding): ...


class TestShowing(Memory, suite.Showing): ...


class TestUpdating(Memory, suite.Updating): ...


class TestCopying(Memory, suite.Copying): ...
