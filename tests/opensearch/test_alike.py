"""OpenSearch answers as the engine in memory does: scores are added in single precision there."""

from __future__ import annotations

import random

import pytest
from engines.test_alike import QUERIES, Likeness
from exploring import seeds

MORE = (
    '"ship port harbour"~3', '"winter harbour" OR erdogan', "=harbours", "har* -harbour", "by:[a TO c]",
    "harbor~2", "+(ship OR winter)^3 port", "by:an*", "year:7*", "title:p*", "number:[2 TO 3]", '"sh* port"',
)  # fmt: skip


class TestOpenSearch(Likeness):
    tolerance = 2e-6
    searches = 20
    queries = QUERIES + MORE

    @pytest.fixture(params=seeds(2))
    def chance(self, request: pytest.FixtureRequest) -> random.Random:
        return random.Random(request.param)
