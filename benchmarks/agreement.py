"""Whether engines answer alike: looked at before anything is timed.

* Two engines *agree* on a query if the numbers of paragraphs that match differ by no more than 2 %, or by one:
  tokenizers and stemmers differ a little.
* The times of a kind are *compared* for an engine if it agrees with searchlib on 95 % of its queries, and for anyone if
  searchlib agrees so with brute force.
* The *overlap* is the share of searchlib's top ten that is in the engine's. It is only told: ties, lengths that
  are kept in a byte and variants of the formula change the order without a fault of anyone's.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from benchmarks.engines import REFERENCE
from benchmarks.queries import Query

TOLERANCE = 0.02
LEAST = 0.95

Answers = Sequence[Mapping[str, Any] | None]


def agree(first: int, second: int) -> bool:
    """Whether two numbers of matching paragraphs are near enough."""
    return abs(first - second) <= max(1.0, TOLERANCE * max(first, second))


def overlap(first: Sequence[int], second: Sequence[int]) -> float:
    """The share of the shorter list that is in the other; 1 if there is nothing to compare."""
    size = min(len(first), len(second))
    return len(set(first) & set(second)) / size if size else 1.0


def with_brute_force(
    queries: Sequence[Query], answers: Answers, sampled: Sequence[int], totals: Sequence[int]
) -> dict[str, dict[str, Any]]:
    """By kind: how many of the ``sampled`` queries have these totals, as near as that, and exactly."""
    found: dict[str, dict[str, Any]] = {}
    for number, total in zip(sampled, totals, strict=True):
        answer = answers[number]
        if answer is None:
            continue
        kind = found.setdefault(queries[number].kind, {"queries": 0, "agree": 0, "exact": 0})
        kind["queries"] += 1
        kind["agree"] += agree(answer["total"], total)
        kind["exact"] += answer["total"] == total
    for kind in found.values():
        kind["rate"] = kind["agree"] / kind["queries"]
    return found


def with_reference(queries: Sequence[Query], reference: Answers, answers: Answers) -> dict[str, dict[str, Any]]:
    """By kind: on how many queries an engine agrees with the reference, and the mean overlap of the top tens."""
    found: dict[str, dict[str, Any]] = {}
    for query, wanted, answer in zip(queries, reference, answers, strict=True):
        if wanted is None or answer is None:
            continue
        kind = found.setdefault(query.kind, {"queries": 0, "agree": 0, "overlap": 0.0})
        kind["queries"] += 1
        kind["agree"] += agree(wanted["total"], answer["total"])
        kind["overlap"] += overlap(wanted["ids"], answer["ids"])
    for kind in found.values():
        kind["rate"] = kind["agree"] / kind["queries"]
        kind["overlap"] /= kind["queries"]
    return found


def judge(queries: Sequence[Query], answers: Mapping[str, Answers], brute: Mapping[str, Any]) -> dict[str, Any]:
    """For each engine and kind the rate of agreement with searchlib, and whether times are to be ``compared``.

    ``brute`` has the numbers of the queries that were ``sampled`` and their ``totals``, none where brute force would
    take too long. Without searchlib among the engines, each is compared with brute force alone.
    """
    found_by_force = {
        name: with_brute_force(queries, found, brute["sampled"], brute["totals"]) for name, found in answers.items()
    }
    reference = answers.get(REFERENCE)
    right = found_by_force.get(REFERENCE, {})
    judged: dict[str, Any] = {}
    for name, found in answers.items():
        rates = found_by_force[name] if reference is None else with_reference(queries, reference, found)
        judged[name] = {
            kind: {**rate, "compared": min(rate["rate"], right.get(kind, rate)["rate"]) >= LEAST}
            for kind, rate in rates.items()
        }
    return {"brute": found_by_force, "engines": judged}
