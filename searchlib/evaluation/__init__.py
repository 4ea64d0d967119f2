"""Evaluation: how well an index answers, measured by queries whose answers people have judged.

* A *judged set* has queries, and for each the *grades* of some *targets* (documents or paragraphs): 0 is irrelevant.
* A *run*, or `Answers`, is what was answered: for each query its targets, the best first.
* A *measure* (nDCG@10, RR …) makes a number of a run and a judged set, for each query; the mean is that of the run.
* A *comparison* says whether two runs differ by more than chance would make them, and at which queries.

`judged` reads sets, `answering` makes and keeps runs, `measuring` and `significance` say how good they are, and
`reasons` why; `crossvalidation` looks for a better ranking, and `pooling` has people judge. The measures are those of
ir-measures (the extra ``evaluate``).
"""

from searchlib.evaluation.answering import Answers, answer, read_run, write_run
from searchlib.evaluation.crossvalidation import Tuned, tune
from searchlib.evaluation.judged import Judged, load_judged
from searchlib.evaluation.measuring import MEASURES, Measured, measure
from searchlib.evaluation.significance import Comparison, QueryChange, compare

__all__ = [
    "MEASURES",
    "Answers",
    "Comparison",
    "Judged",
    "Measured",
    "QueryChange",
    "Tuned",
    "answer",
    "compare",
    "load_judged",
    "measure",
    "read_run",
    "tune",
    "write_run",
]
