"""OpenSearch in the suite of all engines."""

from __future__ import annotations

from engines import suite


class TestSearching(suite.Searching): ...


class TestFiltering(suite.Filtering): ...


class TestSorting(suite.Sorting): ...


class TestCounting(suite.Counting): ...


class TestPaging(suite.Paging): ...


class TestFinding(suite.Finding): ...


class TestShowing(suite.Showing): ...


class TestUpdating(suite.Updating): ...


class TestCopying(suite.Copying): ...
