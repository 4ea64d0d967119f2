"""What a score is made of.

An `Explanation` is a tree of the shape of the query: the score of a node is made of those of its parts, and the
leaves are words, each with what the formula of ``searchlib.ranking`` saw in the record.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

Made: TypeAlias = Literal["word", "sum", "max", "phrase", "constant", "foreign"]


@dataclass(frozen=True, slots=True)
class Occurrence:
    """A key of a word in a field of the record: ``share`` = weight * frequency / norm is its part of tf~."""

    field: str
    key: str
    frequency: int
    length: int
    average_length: float
    weight: float
    norm: float
    share: float


@dataclass(frozen=True, slots=True)
class Explanation:
    """The score of a node for one record.

    ``made`` says how: ``sum`` or ``max`` of ``parts`` (a ``phrase`` is the sum of its words, counted because they
    stand together), a ``constant``, computed by a ``foreign`` matcher, or a ``word``: boost * idf *
    ((k1 + 1) * tf / (k1 + tf) + delta), where ``tf`` is the sum of the shares of the occurrences.
    """

    score: float
    made: Made
    text: str
    parts: tuple[Explanation, ...] = ()
    boost: float = 1.0
    idf: float = 0.0
    df: int = 0
    records: int = 0
    tf: float = 0.0
    k1: float = 0.0
    delta: float = 0.0
    tiebreak: float = 0.0
    occurrences: tuple[Occurrence, ...] = ()

    def __str__(self) -> str:
        """For people: the score, and under it what it is made of, a line each."""
        return "\n".join(_lines(self, ""))


_HOW = {
    "sum": "the sum of:",
    "max": "the greatest of:",
    "phrase": "the words stand together, and count:",
    "constant": "matches of this kind all count the same",
    "foreign": "computed by Whoosh",
}


def _lines(node: Explanation, indent: str) -> list[str]:
    times = f", times {node.boost:g}" if node.boost != 1.0 and node.made == "word" else ""
    if node.made != "word":
        found = [f"{indent}{node.score:.4f}  {node.text}: {_HOW[node.made]}"]
        for part in node.parts:
            found += _lines(part, indent + "  ")
        return found
    rarity = f"it is in {node.df:,} of {node.records:,} paragraphs, so its rarity is {node.idf:.4f}"
    found = [f"{indent}{node.score:.4f}  {node.text}: {rarity}, times {_saturated(node):.4f} for:{times}"]
    for one in node.occurrences:
        often = "once" if one.frequency == 1 else f"{one.frequency} times"
        key = one.key.rpartition("\x1f")[2]
        found.append(
            f"{indent}  {key} {often} in the {one.field} of {one.length} words (on average {one.average_length:.1f}),"
            f" weight {one.weight:g}: {one.share:.4f}"
        )
    return found


def _saturated(node: Explanation) -> float:
    return (node.k1 + 1) * node.tf / (node.k1 + node.tf) + node.delta if node.tf else node.delta
