"""Why a query won or lost: what its best target gets from each word, beside what stands first instead."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from searchlib.evaluation.answering import TargetNames

if TYPE_CHECKING:
    from searchlib import Hit, Index
    from searchlib.engine.explaining import Explanation
    from searchlib.evaluation.answering import Answers
    from searchlib.evaluation.judged import Judged
    from searchlib.model.jsonable import JsonObject
    from searchlib.options import Ranking

_WORDS = 6


@dataclass(frozen=True, slots=True)
class Reason:
    """The best target of a query: its ranks in two runs (None: not answered), and what each word gives it now.

    ``first`` is what stands first now where it should not, "" if nothing does; ``words`` has for each word what it
    gives the target, and what it gives the first.
    """

    query: str
    text: str
    target: str
    before: int | None
    after: int | None
    first: str
    words: Mapping[str, tuple[float, float]]

    def __str__(self) -> str:
        """In words."""
        moved = f"{self.target}: {_rank(self.before)} → {_rank(self.after)}"
        if not self.words:
            return f"{moved}; no word of the query is in it"
        if not self.first:
            return f"{moved}; " + ", ".join(f"{word} {own:.2f}" for word, (own, _) in self.words.items())
        shares = ", ".join(f"{word} {own:.2f} : {other:.2f}" for word, (own, other) in self.words.items())
        return f"{moved}, behind {self.first}; {shares}"

    def as_dict(self) -> JsonObject:
        """All of it, ready for JSON."""
        return {
            "query": self.query,
            "text": self.text,
            "target": self.target,
            "before": self.before,
            "after": self.after,
            "first": self.first,
            "words": {word: [round(own, 4), round(other, 4)] for word, (own, other) in self.words.items()},
        }


def why(
    index: Index, judged: Judged, key: str, before: Answers, after: Answers, *, ranking: Ranking | None = None
) -> Reason:
    """What became of the best target of a query, and through which words: those of the ranking of the second run."""
    text = judged.queries[key]
    grades = judged.grades[key]
    best = max(grades.values())
    target = min(
        (name for name, grade in grades.items() if grade == best),
        key=lambda name: (after.rank(key, name) or 1 << 30, before.rank(key, name) or 1 << 30, name),
    )
    answers = after.answers.get(key, ())
    first = answers[0][0] if answers and grades.get(answers[0][0], 0) < best else ""
    names = TargetNames(judged)
    own, other = {}, {}
    wanted = {target, first} - {""}
    hits: dict[str, Hit] = {}
    per_document = 1 if judged.unit == "document" else None
    for hit in index.search(text, max(len(answers), 1), per_document=per_document, ranking=ranking):
        name = names.of(hit)
        if name in wanted and name not in hits:
            hits[name] = hit
    if target in hits:
        own = dict(shares(hits[target].explain()))
    if first in hits:
        other = dict(shares(hits[first].explain()))
    ordered = sorted({*own, *other}, key=lambda word: (-abs(own.get(word, 0) - other.get(word, 0)), word))[:_WORDS]
    words = {word: (own.get(word, 0.0), other.get(word, 0.0)) for word in ordered}
    return Reason(key, text, target, before.rank(key, target), after.rank(key, target), first, words)


def shares(explanation: Explanation) -> Iterator[tuple[str, float]]:
    """What each word, or part that is not made of words, adds to a score."""
    found: dict[str, float] = {}
    for node, score in explanation.leaves():
        found[node.text] = found.get(node.text, 0.0) + score
    return iter(found.items())


def _rank(rank: int | None) -> str:
    return "not found" if rank is None else f"rank {rank}"
