"""Answers under test: what the answers to queries must have in them, whether they do, and why a rank moved.

* A *check* is a query with its *expectations*: a *target* (a paragraph, a document, words) that must come first, within
  so many, or not at all. `queryfile` reads them.
* Its *verdicts* say of each expectation whether it holds (`verdicts`).
* A *baseline* is what was answered at another time, or is by another index, with what scores are made of
  (`baselines`). A *movement* says why a target has another rank than there (`movements`).
"""

from searchlib.expectations.baselines import Baseline, read_baseline, write_baseline
from searchlib.expectations.queryfile import AnswerCheck, Expectation, Target, load_checks
from searchlib.expectations.verdicts import CheckReport, Outcome, Verdict, check_answers

__all__ = [
    "AnswerCheck",
    "Baseline",
    "CheckReport",
    "Expectation",
    "Outcome",
    "Target",
    "Verdict",
    "check_answers",
    "load_checks",
    "read_baseline",
    "write_baseline",
]
