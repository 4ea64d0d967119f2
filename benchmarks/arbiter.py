"""Brute force: which paragraphs match, by going through all of them.

It shares nothing with searchlib: an expression for words, Snowball's English stemmer, and loops.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence

from benchmarks.corpus import Paragraph
from benchmarks.engines.base import WORDS, stemmer
from benchmarks.queries import Query

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
                conditions.append(_condition(*key))
            mine.append(numbers[key])
        asked.append(mine)
    waiting: dict[int, list[int]] = {}
    for number, (query, mine) in enumerate(zip(queries, asked, strict=True)):
        # One of its words is enough to look at any other kind of query more closely.
        for condition in set(mine) if query.kind == "or" else mine[:1]:
            waiting.setdefault(condition, []).append(number)
    met: dict[str, tuple[int, ...]] = {}
    counts = [0] * len(queries)
    for record in records:
        places: dict[int, list[int]] = {}
        for position, word in enumerate(_TOKENS.findall(record.text.lower())):
            found = met.get(word)
            if found is None:
                stemmed = stem(word)
                found = met[word] = tuple(number for number, condition in enumerate(conditions) if condition(stemmed))
            for number in found:
                places.setdefault(number, []).append(position)
        for number in {number for condition in places for number in waiting.get(condition, ())}:
            counts[number] += _matches(queries[number], asked[number], places, record)
    return counts


def _matches(query: Query, conditions: list[int], places: dict[int, list[int]], record: Paragraph) -> bool:
    if query.kind in ("term", "or", "prefix", "fuzzy"):
        return True
    if not all(condition in places for condition in conditions):
        return False
    if query.kind.startswith("phrase"):
        return any(
            all(start + step in places[condition] for step, condition in enumerate(conditions))
            for start in places[conditions[0]]
        )
    return not query.group or record.group == query.group


def _condition(kind: str, word: str) -> Callable[[str], bool]:
    if kind == "prefix":
        return lambda stemmed: stemmed.startswith(word)
    if kind == "fuzzy":
        return lambda stemmed: abs(len(stemmed) - len(word)) < 2 and one_edit(stemmed, word)
    return lambda stemmed: stemmed == word


def one_edit(first: str, second: str) -> bool:
    """Whether at most one letter differs: one less, one more, one changed, or two neighbours swapped."""
    if first == second:
        return True
    if len(first) > len(second):
        first, second = second, first
    if len(second) - len(first) > 1:
        return False
    start = 0
    while start < len(first) and first[start] == second[start]:
        start += 1
    if len(first) < len(second):
        return first[start:] == second[start + 1 :]
    swapped = first[start : start + 2] == second[start : start + 2][::-1] and first[start + 2 :] == second[start + 2 :]
    return first[start + 1 :] == second[start + 1 :] or swapped
