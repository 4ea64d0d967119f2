"""Nodes that stand near each other in one field."""

# ruff: noqa: D102 - what the methods of a scorer do is written at Scorer

from __future__ import annotations

import numpy as np

from searchlib.engines.whoosh.execution.extents import Placed, TooMany
from searchlib.engines.whoosh.execution.interface import Bools, Docs
from searchlib.engines.whoosh.execution.phrasescorer import StandingScorer
from searchlib.engines.whoosh.execution.scorer import Scorer
from searchlib.errors import QueryError
from searchlib.guards.deadline import check
from searchlib.query.nodes import Near
from searchlib.query.wording import described


class NearScorer(StandingScorer):
    """What two scorers match, where ``placed`` stands."""

    def __init__(self, first: Scorer, second: Scorer, placed: Placed, asked: Near) -> None:
        super().__init__((first, second), asked)
        self._placed = placed

    def confirm(self, docs: Docs) -> Bools:
        check()
        try:
            return self._placed.stands(docs)
        except TooMany:
            if len(docs) == 1:
                asked = described(self._asked)
                raise QueryError(f"{asked} stands too often in one paragraph; use a smaller NEAR/n") from None
        half = len(docs) // 2
        return np.concatenate((self.confirm(docs[:half]), self.confirm(docs[half:])))
