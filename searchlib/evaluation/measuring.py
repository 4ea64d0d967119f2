"""How good a run is: the measures of ir-measures (S. MacAvaney et al., Streamlining Evaluation with ir-measures, ECIR
2022), for each query and in the mean.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import TYPE_CHECKING, Any, Final

from searchlib.errors import MissingExtra, SettingsError
from searchlib.evaluation.answering import falling

if TYPE_CHECKING:
    from searchlib.evaluation.answering import Answers
    from searchlib.evaluation.judged import Judged
    from searchlib.model.jsonable import JsonObject

MEASURES: Final = ("nDCG@10", "RR@10", "R@100", "P@10")
"""Those that are told of by default."""


@dataclass(frozen=True, slots=True)
class Measured:
    """A run measured: for each measure the value of every query that can be measured, by its id."""

    set: str
    run: str
    values: Mapping[str, Mapping[str, float]]

    @property
    def queries(self) -> int:
        """How many queries were measured."""
        return len(next(iter(self.values.values()), {}))

    def mean(self, measure: str) -> float:
        """The mean over the queries."""
        return fmean(self.values[measure].values())

    def as_dict(self) -> JsonObject:
        """The means, ready for JSON."""
        means = {name: round(self.mean(name), 4) for name in self.values}
        return {"set": self.set, "run": self.run, "queries": self.queries, "measures": means}


def measure(judged: Judged, run: Answers, measures: Sequence[str] = MEASURES) -> Measured:
    """Measure a run. A query without an answer counts 0, one without a relevant target not at all.

    Raises MissingExtra without ir-measures, SettingsError for a measure that it does not know.
    """
    library = load_library()
    known = {name: parsed(library, name) for name in measures}
    asked = judged.asked
    qrels = [
        library.Qrel(key, target, grade)
        for key, grades in judged.grades.items()
        if key in asked
        for target, grade in grades.items()
    ]
    scored = [
        library.ScoredDoc(key, target, score) for key in asked for target, score in falling(run.answers.get(key, ()))
    ]
    found = {name: dict.fromkeys(asked, 0.0) for name in measures}
    names = {str(one): name for name, one in known.items()}
    for metric in library.iter_calc(list(known.values()), qrels, scored):
        found[names[str(metric.measure)]][metric.query_id] = float(metric.value)
    return Measured(judged.name, run.name, found)


def load_library() -> Any:
    """ir-measures. Raises MissingExtra."""
    try:
        import ir_measures
    except ImportError:
        raise MissingExtra("ir-measures", "evaluate") from None
    return ir_measures


def parsed(library: Any, name: str) -> Any:
    """The measure of this name. Raises SettingsError."""
    try:
        return library.parse_measure(name)
    except (NameError, ValueError, SyntaxError, AttributeError, TypeError):
        raise SettingsError(f"{name} is no measure: give one as {', '.join(MEASURES)}, AP") from None
