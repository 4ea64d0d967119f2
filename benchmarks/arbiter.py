"""Brute force: which paragraphs match, by going through all of them.

It shares nothing with searchlib: an expression for words, Snowball's English stemmer, and loops. Patterns are looked
for in words as they are written; the queries are such that stems would give about the same.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence

from benchmarks.corpus import Paragraph
from benchmarks.engines.base import WORDS, stemmer
from benchmarks.queries import Query, edits

_TOKENS = re.compile(WORDS)


def totals(records: Iterable[Paragraph], queries: Sequence[Query]) -> list[int]:
    """How many of the paragraphs match each query. Linear in the text."""
    stem = stemmer()
    conditions: list[Callable[[str], bool]] = []
    asked: list[list[int]] = []
    numbers: dict[tuple[str, str], int] = {}
    for query in queries:
        mine = []
        for word in query.words:
            key = (query.kind, word) if query.kind in ("prefix", "fuzzy") else ("", stem(word))
            if key not in numbers:
                numbers[key] = len(conditions)
                conditions.append(_condition(*key, stem))
            mine.append(numbers[key])
        asked.append(mine)
    met: dict[str, tuple[int, ...]] = {}
    counts = [0] * len(queries)
    for record in records:
        places: dict[int, list[int]] = {}
        for position, word in enumerate(_TOKENS.findall(record.text.lower())):
            found = met.get(word)
            if found is None:
                found = met[word] = tuple(number for number, condition in enumerate(conditions) if condition(word))
            for number in found:
                places.setdefault(number, []).append(position)
        for number, (query, mine) in enumerate(zip(queries, asked, strict=True)):
            counts[number] += _matches(query, mine, places)
    return counts


def _matches(query: Query, conditions: list[int], places: dict[int, list[int]]) -> bool:
    there = [condition in places for condition in conditions]
    if query.kind == "and":
        return all(there)
    if query.kind == "bracketed":
        return (there[0] or there[1]) and there[2]
    if query.kind == "phrase":
        return all(there) and any(
            all(start + step in places[condition] for step, condition in enumerate(conditions))
            for start in places[conditions[0]]
        )
    return any(there)


def _condition(kind: str, word: str, stem: Callable[[str], str]) -> Callable[[str], bool]:
    if kind == "prefix":
        return lambda written: written.startswith(word)
    if kind == "fuzzy":
        near = set(edits(word))
        return lambda written: written in near
    return lambda written: stem(written) == word
