"""Nearness: how close together, and how much in the order of the query, its words stand in the text of a hit.

Each two words that follow one another in the query add 1 / d, where d is how many positions the second stands behind
the first, where they are nearest; and one position more, if it stands before it.
"""

from __future__ import annotations

from bisect import bisect
from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

from searchlib.analysis import split_key, tokens
from searchlib.query.nodes import Or, Word

if TYPE_CHECKING:
    from searchlib.model.records import Record


def nearness(query: Or, records: Sequence[Record]) -> list[float]:
    """That of each of some records to the words side by side in a query."""
    words = sorted((one for one in query.nodes if isinstance(one, Word) and one.at), key=lambda word: word.at or (0, 0))
    return [_of(words, record) for record in records] if len(words) > 1 else [0.0] * len(records)


def _of(words: Sequence[Word], record: Record) -> float:
    places: dict[str, list[int]] = {}
    for token in tokens(record.paragraph.text):
        places.setdefault(split_key(token.key)[0], []).append(token.position)
    language = record.document.language
    found = [sorted(place for one in word.written_as(language) for place in places.get(one, ())) for word in words]
    return sum(_near(one, other) for one, other in pairwise(found))


def _near(one: Sequence[int], other: Sequence[int]) -> float:
    best = 0.0
    for place in one:
        following = bisect(other, place)
        if following < len(other):
            best = max(best, 1 / (other[following] - place))
        if following and other[following - 1] < place:
            best = max(best, 1 / (place - other[following - 1] + 1))
    return best
