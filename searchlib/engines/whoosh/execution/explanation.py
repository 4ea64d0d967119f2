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
