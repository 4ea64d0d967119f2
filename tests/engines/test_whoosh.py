"""The Whoosh engine in the suite of all engines."""

from __future__ import annotations

from pathlib import Path

import pytest

from . import suite


class Whoosh:
    @pytest.fixture
    def location(self, tmp_path: Path) -> Path:
        return tmp_path / "index"

    @pytest.fixture
    def other(self, tmp_path: Path) -> Path:
        return tmp_path / "other"


class TestSearching(Whoosh, suite.Searching): ...


class TestFiltering(Whoosh, suite.Filtering): ...


class TestSorting(Whoosh, suite.Sorting): ...


class TestCounting(Whoosh, suite.Counting): ...


class TestPaging(Whoosh, suite.Paging): ...


class TestFinding(Whoosh, suite.Finding): ...


class TestShowing(Whoosh, suite.Showing): ...


class TestUpdating(Whoosh, suite.Updating): ...


class TestCopying(Whoosh, suite.Copying): ...
