"""Nearness: how close together, and how much in the order of the query, its words stand in the text of a hit.

Each two words that follow one another in the query add 1 / d, where d is how many positions the second stands behind
the first, where they are nearest; and one position more, if it stands before it. So a text that holds a query of n
words as it was typed has n - 1.
"""

from __future__ import annotations

from bisect import bisect
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

from searchlib.analysis import keys_of, split_key, split_words, words_in
from searchlib.analysis.folding import has_mark
from searchlib.analysis.wordmarks import may_have_marks
from searchlib.query.nodes import At, Node, Word, words

if TYPE_CHECKING:
    from searchlib.model.records import Record


def nearness(query: Node, records: Sequence[Record]) -> list[float]:
    """That of each of some records to the words of a query, as they were typed."""
    asked = typed_words(query)
    numbers = {language: _numbers(asked, language) for language in {record.document.language for record in records}}
    return [_of(record.paragraph.text, len(asked), numbers[record.document.language]) for record in records]


def typed_words(query: Node) -> list[Word]:
    """The words of a query, in the order in which they were typed."""
    typed: dict[At, Word] = {word.at: word for word in words(query) if word.at is not None}
    return [typed[at] for at in sorted(typed, key=lambda at: at or (0, 0))]


def _numbers(asked: Sequence[Word], language: str) -> Mapping[str, list[int]]:
    """The words of a query by the ways in which a text may write them: folded, or with a mark, by the exact form."""
    found: dict[str, list[int]] = {}
    for number, word in enumerate(asked):
        forms = [form for form in word.forms_in(language) if not form.prefix]
        for written in {form.exact if form.alone else form.folded for form in forms}:
            found.setdefault(written, []).append(number)
    return found


def _of(text: str, count: int, numbers: Mapping[str, list[int]]) -> float:
    places: list[list[int]] = [[] for _ in range(count)]
    for place, ways in enumerate(_ways(text)):
        for way in ways:
            for number in numbers.get(way, ()):
                places[number].append(place)
    return sum(_nearest(one, other) for one, other in pairwise(places) if one and other)


def _ways(text: str) -> Iterator[tuple[str, ...]]:
    """The tokens of a text, each in its folded form, and with its mark."""
    if text.isascii() and not may_have_marks(text):
        yield from zip(split_words(text))
        return
    for word in words_in(text):
        for key in keys_of(word):
            folded, exact = split_key(key)
            yield (folded, exact) if has_mark(exact) else (folded,)


def _nearest(one: Sequence[int], other: Sequence[int]) -> float:
    best = 0.0
    for place in one:
        following = bisect(other, place)
        if following < len(other):
            best = max(best, 1 / (other[following] - place))
        if following and other[following - 1] < place:
            best = max(best, 1 / (place - other[following - 1] + 1))
    return best
