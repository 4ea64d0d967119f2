"""Runs: what an index, or another engine, answered to the queries of a judged set."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from searchlib.errors import SeedError
from searchlib.files.opening import read_file
from searchlib.guards.arguments import StrPath
from searchlib.guards.limits import LIMITS

if TYPE_CHECKING:
    from searchlib import Hit, Index
    from searchlib.evaluation.judged import Judged
    from searchlib.options import Ranking

DEPTH = 100
"""Targets of a query."""


@dataclass(frozen=True, slots=True)
class Answers:
    """For each query, by its id, the targets that were answered, the best first, each with its score."""

    name: str
    answers: Mapping[str, Sequence[tuple[str, float]]]

    def rank(self, key: str, target: str) -> int | None:
        """The rank of a target, from 1; None if it was not answered."""
        return next((rank for rank, (name, _) in enumerate(self.answers.get(key, ()), 1) if name == target), None)


def answer(
    index: Index, judged: Judged, *, depth: int = DEPTH, ranking: Ranking | None = None, name: str = "searchlib"
) -> Answers:
    """The run of an index, each query as it was typed; of a document its best paragraph counts."""
    keys = list(judged.asked)
    per_document = 1 if judged.unit == "document" else None
    texts = [judged.queries[key] for key in keys]
    found = index.search_many(texts, depth, per_document=per_document, ranking=ranking)
    names = TargetNames(judged)
    return Answers(
        name,
        {key: [(names.of(hit), hit.score) for hit in results] for key, results in zip(keys, found, strict=True)},
    )


class TargetNames:
    """The names under which the hits of an index were judged: a row is known by its own id, too."""

    def __init__(self, judged: Judged) -> None:
        self._unit = judged.unit
        self._judged = judged.targets

    def of(self, hit: Hit) -> str:
        """The name of the target that a hit is."""
        if self._unit == "paragraph":
            return hit.id
        path = hit.document.path
        row = path.rpartition("#")[2]
        return row if path not in self._judged and row in self._judged else path


def read_run(path: StrPath) -> Answers:
    """A run in TREC's layout: query, ``Q0``, target, rank, score and name on each line. Raises SeedError."""
    file = Path(path)
    try:
        lines = read_file(file, LIMITS.file_bytes).decode("utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise SeedError(f"{file} cannot be read as a run ({error}): see that it is there, in UTF-8", file) from None
    found: dict[str, list[tuple[str, float]]] = {}
    for number, line in enumerate(lines, 1):
        cells = line.split()
        if not cells:
            continue
        try:
            key, _, target, _, score, _ = cells
            found.setdefault(key, []).append((target, float(score)))
        except ValueError:
            wanted = "query, Q0, target, rank, score and name"
            raise SeedError(f"{file}, line {number}: {wanted} should stand there", file) from None
    ordered = {key: sorted(targets, key=lambda one: -one[1]) for key, targets in found.items()}
    return Answers(file.stem, ordered)


def write_run(run: Answers, path: StrPath) -> None:
    """Write a run in TREC's layout. Scores fall strictly, since trec_eval orders by them, and ties by name."""
    lines = (
        f"{key} Q0 {target} {rank} {score!r} {run.name}\n"
        for key, targets in run.answers.items()
        for rank, (target, score) in enumerate(falling(targets), 1)
    )
    with Path(path).open("w", encoding="utf-8") as stream:
        stream.writelines(lines)


def falling(targets: Sequence[tuple[str, float]]) -> Iterator[tuple[str, float]]:
    """The same, equal scores made less one by one, by as little as there is."""
    last = math.inf
    for target, score in targets:
        last = score if score < last else math.nextafter(last, -math.inf)
        yield target, last
