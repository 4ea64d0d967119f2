"""Pytest plugin: options of the codec for some of Whoosh's tests, and a record of how each ended.

Environment: ``CONFORMANCE_RESULTS`` is the file to write outcomes to. `sitecustomize` makes the codec the default.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from sitecustomize import OPTIONS

ROUNDED_LENGTHS = frozenset(
    {
        "test_indexing.py::test_lengths",
        "test_indexing.py::test_many_lengths",
        "test_mpwriter.py::test_merge_multi",
        "test_mpwriter.py::test_merge_serial",
        "test_quality.py::test_max_field_length",
        "test_quality.py::test_minmax_field_length",
    }
)
"""Tests that assert lengths of documents to be rounded as one byte rounds them: they run with the codec's
``rounded_lengths``; all others run with exact lengths, as searchlib uses it."""

_outcomes: dict[str, str] = {}


def name_of(node_id: str) -> str:
    """A test's name without the folder that the suite is in."""
    return node_id.rpartition("tests/")[2]


@pytest.fixture(autouse=True)
def codec_options(request: pytest.FixtureRequest) -> Iterator[None]:
    """Round lengths in the tests that assert it."""
    if name_of(request.node.nodeid) in ROUNDED_LENGTHS:
        OPTIONS["rounded_lengths"] = True
    yield
    OPTIONS.clear()


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Note how a test ended: the worst of its set-up, call and tear-down."""
    name = name_of(report.nodeid)
    if report.outcome != "passed":
        _outcomes[name] = report.outcome
    elif report.when == "call":
        _outcomes.setdefault(name, "passed")


def pytest_collectreport(report: pytest.CollectReport) -> None:
    """A module that cannot be imported counts as failed."""
    if report.outcome == "failed":
        _outcomes[name_of(report.nodeid)] = "failed"


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Write all outcomes (only once, where tests are spread over processes)."""
    target = os.environ.get("CONFORMANCE_RESULTS")
    if target and not hasattr(session.config, "workerinput"):
        Path(target).write_text(json.dumps(_outcomes), encoding="utf-8")
