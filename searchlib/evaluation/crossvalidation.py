"""Tuning: which parameters of ranking answer a judged set best, and whether that is more than luck.

Parameters are tried one after another (coordinate ascent), each value of its *grid*, until none gains. What they are
worth is told by cross-validation: the queries of each fold are measured with the parameters that were found for the
other folds, so that none has had a say in what it is measured with. (T. Joachims; D. Metzler and B. Croft, Linear
Feature-Based Models for Information Retrieval, Information Retrieval 10, 2007, for the ascent.)
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import TYPE_CHECKING, Final

from searchlib.errors import SettingsError
from searchlib.evaluation.answering import answer
from searchlib.evaluation.measuring import Measured, measure
from searchlib.evaluation.significance import Comparison, compare
from searchlib.options import ranking_of

if TYPE_CHECKING:
    from searchlib import Index
    from searchlib.evaluation.judged import Judged
    from searchlib.model.jsonable import JsonObject

GRID: Final[Mapping[str, Sequence[float]]] = {
    "k1": (0.4, 0.6, 0.9, 1.2, 1.6, 2.0),
    "b": (0.2, 0.3, 0.4, 0.5, 0.6, 0.75, 0.9),
    "title": (0.0, 0.5, 1.0, 2.0, 3.0, 5.0),
    "headings": (0.0, 0.5, 1.0, 2.0, 3.0),
}
FOLDS: Final = 5
_SEED, _ROUNDS = 20260101, 3
_GAIN = 1e-6
_DEPTH = 20  # more is asked for only by measures that look further


@dataclass(frozen=True, slots=True)
class Tuned:
    """What was found: the parameters for all queries, and what such parameters were worth where they had no say."""

    ranking: Mapping[str, float]
    comparison: Comparison
    tried: int

    def as_dict(self) -> JsonObject:
        """All of it, ready for JSON."""
        return {"ranking": dict(self.ranking), "tried": self.tried, "held_out": self.comparison.as_dict()}


def tune(
    index: Index,
    judged: Judged,
    by: str = "nDCG@10",
    *,
    grid: Mapping[str, Sequence[float]] = GRID,
    folds: int = FOLDS,
    depth: int = _DEPTH,
    progress: Callable[[int], None] | None = None,
) -> Tuned:
    """Find the parameters that are best by a measure. ``progress`` is called with the number of rankings tried.

    Raises SettingsError where there are fewer queries than folds.
    """
    keys = sorted(judged.asked)
    if len(keys) < 2 * folds:
        raise SettingsError(f"{judged.name} has {len(keys)} queries: to tune takes {2 * folds}, better some hundreds")
    random.Random(_SEED).shuffle(keys)
    trials = _Trials(index, judged, by, depth, progress)
    usual = trials.values({})
    held_out: dict[str, float] = {}
    for fold in range(folds):
        own = keys[fold::folds]
        found = _ascend(trials, [key for key in keys if key not in set(own)], grid)
        values = trials.values(found)
        held_out |= {key: values[key] for key in own}
    best = _ascend(trials, keys, grid)
    before = Measured(judged.name, "default", {by: usual})
    after = Measured(judged.name, "tuned", {by: {key: held_out[key] for key in usual}})
    return Tuned(best, compare(before, after, by), trials.count)


def _ascend(trials: _Trials, keys: Sequence[str], grid: Mapping[str, Sequence[float]]) -> dict[str, float]:
    """The parameters, of those that differ from the usual ones, with the best mean over some queries."""
    best: dict[str, float] = {}
    reached = trials.mean(best, keys)
    for _ in range(_ROUNDS):
        before = reached
        for name, values in grid.items():
            for value in values:
                tried = {**best, name: value}
                mean = trials.mean(tried, keys)
                if mean > reached + _GAIN:
                    best, reached = tried, mean
        if reached <= before + _GAIN:
            break
    return {name: value for name, value in best.items() if value != trials.usual[name]}


class _Trials:
    """Rankings tried on all queries, each once."""

    def __init__(
        self, index: Index, judged: Judged, by: str, depth: int, progress: Callable[[int], None] | None
    ) -> None:
        self._index, self._judged, self._by, self._depth = index, judged, by, depth
        self._progress = progress
        self._known: dict[tuple[tuple[str, float], ...], Mapping[str, float]] = {}
        self.usual = index.ranking.as_dict()

    @property
    def count(self) -> int:
        """How many there were."""
        return len(self._known)

    def values(self, ranking: Mapping[str, float]) -> Mapping[str, float]:
        """The value of each query."""
        name = tuple(sorted({**self.usual, **ranking}.items()))
        if name not in self._known:
            wanted = ranking_of(ranking, self._index.ranking)
            run = answer(self._index, self._judged, depth=self._depth, ranking=wanted)
            self._known[name] = measure(self._judged, run, [self._by]).values[self._by]
            if self._progress is not None:
                self._progress(self.count)
        return self._known[name]

    def mean(self, ranking: Mapping[str, float], keys: Sequence[str]) -> float:
        """The mean over some queries."""
        values = self.values(ranking)
        return fmean(values[key] for key in keys)
