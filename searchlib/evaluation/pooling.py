"""Pooling: which paragraphs people should judge, so that a set is fair to whatever is measured with it.

The *pool* of a query is what several rankings answer first, and other engines' runs; it is judged *blind*: in an order
that says nothing of ranks, so that no ranking is favoured. Source: K. Spärck Jones and C. J. van Rijsbergen, Report on
the Need for and Provision of an "Ideal" Information Retrieval Test Collection, 1975.
"""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from searchlib.errors import SeedError

if TYPE_CHECKING:
    from searchlib import Index
    from searchlib.evaluation.answering import Answers
    from searchlib.options import Ranking

COLUMNS: Final = ("query", "paragraph", "grade", "document")
DEPTH: Final = 10
"""Paragraphs that each ranking gives to a pool."""
RANKINGS: Final[Sequence[Mapping[str, float]]] = (
    {},
    {"k1": 0.6, "b": 0.3},
    {"k1": 2.0, "b": 0.9, "title": 0, "headings": 0},
    {"title": 8, "headings": 5},
)
"""Rankings that disagree, so that a pool has what each of them prefers."""


def pool(
    index: Index,
    query: str,
    *,
    depth: int = DEPTH,
    rankings: Iterable[Ranking] = RANKINGS,
    runs: Iterable[Answers] = (),
) -> list[str]:
    """The ids of the paragraphs to judge for a query, in an order that is always the same and says nothing."""
    found = {hit.id for ranking in rankings for hit in index.search(query, depth, ranking=ranking)}
    found |= {target for run in runs for target, _ in run.answers.get(query, ())[:depth]}
    return sorted(found, key=lambda id: hashlib.sha256(f"{query}\0{id}".encode()).digest())


class Judgements:
    """A CSV file of judgements, to which each is added as it is made: what was judged once is not asked again."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.known: dict[tuple[str, str], int] = {}
        if path.exists():
            self._read()

    def _read(self) -> None:
        with self.path.open(encoding="utf-8", newline="") as stream:
            rows = csv.DictReader(stream)
            if not {"query", "paragraph", "grade"} <= set(rows.fieldnames or ()):
                raise SeedError(f"{self.path} has no columns query, paragraph and grade: give another file", self.path)
            for row in rows:
                try:
                    self.known[row["query"], row["paragraph"]] = int(row["grade"])
                except (TypeError, ValueError):
                    raise SeedError(f"{self.path}, line {rows.line_num}: the grade is no number", self.path) from None

    def add(self, query: str, paragraph: str, grade: int, document: str) -> None:
        """Write one down."""
        new = not self.path.exists()
        with self.path.open("a", encoding="utf-8", newline="") as stream:
            writer = csv.writer(stream)
            if new:
                writer.writerow(COLUMNS)
            writer.writerow((query, paragraph, grade, document))
        self.known[query, paragraph] = grade

    def undo(self) -> tuple[str, str] | None:
        """Take the last one back, and say of what it was; None where there is none."""
        if not self.known:
            return None
        last, _ = self.known.popitem()
        with self.path.open(encoding="utf-8", newline="") as stream:
            lines = stream.readlines()
        with self.path.open("w", encoding="utf-8", newline="") as stream:
            stream.writelines(lines[:-1])  # a query, an id and a path are of one line each
        return last
