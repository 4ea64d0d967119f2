"""Whether two runs differ by more than chance, and at which queries.

The test is the paired randomisation test: were the two runs alike, the sign of each query's difference would be chance;
p is the share of 9,999 random signs, and that which was seen, under which the mean differs as much. Source: M. Smucker,
J. Allan and B. Carterette, A Comparison of Statistical Significance Tests for Information Retrieval Evaluation, CIKM
2007.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from searchlib.errors import SettingsError

if TYPE_CHECKING:
    from searchlib.evaluation.measuring import Measured
    from searchlib.model.jsonable import JsonObject

SIGNIFICANT: Final = 0.05
_SEED, _ROUNDS, _AT_ONCE = 20260101, 9_999, 1 << 22  # numbers made at once
_SAME = 1e-9


@dataclass(frozen=True, slots=True)
class QueryChange:
    """A query whose value is another."""

    query: str
    before: float
    after: float

    @property
    def gain(self) -> float:
        """How much better it is."""
        return self.after - self.before


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two runs compared by one measure. ``changes`` are the queries that differ, what gained most first."""

    measure: str
    before: float
    after: float
    p: float
    queries: int
    changes: Sequence[QueryChange]

    @property
    def difference(self) -> float:
        """How much better the second is in the mean."""
        return self.after - self.before

    @property
    def significant(self) -> bool:
        """Whether chance would seldom (one time in twenty) make such a difference."""
        return self.p < SIGNIFICANT

    @property
    def won(self) -> int:
        """Queries that gained."""
        return sum(change.gain > 0 for change in self.changes)

    @property
    def lost(self) -> int:
        """Queries that lost."""
        return len(self.changes) - self.won

    def as_dict(self) -> JsonObject:
        """All of it, ready for JSON."""
        return {
            "measure": self.measure,
            "before": round(self.before, 4),
            "after": round(self.after, 4),
            "difference": round(self.difference, 4),
            "p": round(self.p, 4),
            "queries": self.queries,
            "won": self.won,
            "lost": self.lost,
            "changes": [
                {"query": one.query, "before": round(one.before, 4), "after": round(one.after, 4)}
                for one in self.changes
            ],
        }


def compare(before: Measured, after: Measured, measure: str) -> Comparison:
    """Compare two runs of one judged set. Raises SettingsError where their queries are not the same."""
    first, second = before.values[measure], after.values[measure]
    if first.keys() != second.keys():
        raise SettingsError(f"the runs {before.run} and {after.run} have other queries: measure them on one judged set")
    changes = [QueryChange(key, first[key], second[key]) for key in first if abs(second[key] - first[key]) > _SAME]
    changes.sort(key=lambda one: (-one.gain, one.query))
    p = randomisation_test([second[key] - first[key] for key in first])
    return Comparison(measure, before.mean(measure), after.mean(measure), p, len(first), changes)


def randomisation_test(differences: Sequence[float]) -> float:
    """How often chance makes a mean as far from 0 as that of these differences: two-sided, seeded."""
    import numpy as np

    values = np.asarray([one for one in differences if abs(one) > _SAME])
    if not len(values):
        return 1.0
    generator = np.random.default_rng(_SEED)
    seen, extreme, left = abs(values.sum()), 1, _ROUNDS
    while left:
        rounds = min(left, max(1, _AT_ONCE // len(values)))
        signs = generator.integers(0, 2, (rounds, len(values)), np.int8) * 2 - 1
        extreme += int((np.abs(signs @ values) >= seen - _SAME).sum())
        left -= rounds
    return extreme / (_ROUNDS + 1)


def holm(values: Mapping[str, float]) -> dict[str, float]:
    """The p of several tests, each as large as it has to be for all of them to be right together (S. Holm, 1979)."""
    found: dict[str, float] = {}
    greatest = 0.0
    for number, (name, p) in enumerate(sorted(values.items(), key=lambda one: (one[1], one[0]))):
        greatest = max(greatest, min(1.0, p * (len(values) - number)))
        found[name] = greatest
    return found
