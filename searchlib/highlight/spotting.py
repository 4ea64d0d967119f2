"""Highlights of words and phrases, found where their written forms stand.

Most queries ask for words alone, and what they mean is a few written forms. To look for those in a paragraph takes a
tenth of what it takes to cut it into tokens, which is what `matching` does with all other queries. What is found is
the same: a form that stands between two characters of no word is a token. Texts in which a word can be several tokens,
or go on in the next line, are left to `matching`.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Mapping, Sequence
from operator import attrgetter
from typing import TypeAlias

from searchlib.analysis import join_key
from searchlib.analysis.folding import LONGEST_WORD, exact_form, joint_of
from searchlib.analysis.wordmarks import Marked, marks
from searchlib.analysis.words import SOFT_HYPHEN, split_words, word_pattern
from searchlib.guards.deadline import check
from searchlib.highlight.leaves import Leaves, Table
from searchlib.highlight.spans import Highlights, Span, by_line, joined
from searchlib.highlight.texts import known_words
from searchlib.model.fields import PROSE, TABLE
from searchlib.model.records import Record
from searchlib.query.nodes import And, Best, Constant, Node, Not, Optional, Or, Phrase, Require, Word
from searchlib.query.nodes import leaves as all_leaves

_prose = attrgetter(*(TABLE[name].path for name in PROSE))
_FEW = 24  # forms that are looked for one by one; of more, first those that the text has at all

Found: TypeAlias = "list[tuple[str, list[Span]]] | None"
"""What a node finds: for fields the ranges there; None if it does not match."""


class Spots:
    """Where the leaves of a query stand in one record."""

    __slots__ = ("of", "texts")

    def __init__(self) -> None:
        self.of: dict[int, list[tuple[str, list[Span]]]] = {}
        self.texts: dict[str, str] = {}


Rule: TypeAlias = Callable[[Spots], Found]


class Spotter:
    """Highlights the records that a query of words and phrases finds; safe between threads."""

    def __init__(self, rule: Rule, leaves: Leaves, placed: bool) -> None:
        self._rule = rule
        self._placed = placed  # whether it matters where words stand to one another
        self._leaves = leaves

    def highlights(self, record: Record) -> Highlights | None:
        """All that made the record match, or None where its texts have to be cut into tokens."""
        check()
        table = self._leaves.table(record.document.language)
        if not table.plain or table.longest >= LONGEST_WORD:
            return None
        spots = Spots()
        for name, value in zip(PROSE, _prose(record), strict=True):
            text = spots.texts[name] = value if isinstance(value, str) else "\n".join(value)
            if not text:
                continue
            found = _find(text, table, self._placed, flowing=name == "text")
            if found is None:
                return None
            for number, ranges in found.items():
                spots.of.setdefault(number, []).append((name, ranges))
        return _highlights(self._rule(spots), record.paragraph.headings)


def spotter(query: Node, leaves: Leaves) -> Spotter | None:
    """The spotter of a query, or None if it asks for more than words and phrases."""
    rule = _rule(query, leaves)
    return None if rule is None else Spotter(rule, leaves, any(isinstance(leaf, Phrase) for leaf in all_leaves(query)))


def _highlights(found: Found, headings: Sequence[str]) -> Highlights:
    if found is None:
        return Highlights(False, (), (), ((),) * len(headings))
    ranges: dict[str, list[Span]] = {name: [] for name in PROSE}
    for name, some in found:
        ranges[name] += some
    text, title, above = (joined(sorted(some)) if some else () for some in ranges.values())
    return Highlights(True, text, title, by_line(above, headings))


# Where words stand


def _find(text: str, table: Table, placed: bool, flowing: bool) -> dict[int, list[Span]] | None:
    """For each leaf that a text holds where it stands; None where a word can be several tokens, or ranges overlap."""
    found = _find_plain(text, table)
    if found is not None:
        for one in marks(text, flowing=flowing):
            if placed and joint_of(one.word):
                return None
            _note_marked(found, one, table)
    return found


def _note_marked(found: dict[int, list[Span]], one: Marked, table: Table) -> None:
    """Put a word with a mark in the place of that without it."""
    for number in table.of_key(join_key(exact_form(one.word))):
        others = [place for place in found.get(number, ()) if place != (one.first, one.last)]
        found[number] = sorted([*others, (one.start, one.end)])


def _find_plain(text: str, table: Table) -> dict[int, list[Span]] | None:
    """The same as if no word had a mark."""
    found: dict[int, list[Span]] = {}
    if text.isascii():
        text = text.lower()
        for form in table if len(table) <= _FEW else table.keys() & set(split_words(text)):
            at = text.find(form)
            if at >= 0 and (ranges := _alone(text, form, at)):
                _note(found, table[form], ranges)
        return found
    if SOFT_HYPHEN in text:
        return None
    known = known_words(True)
    for word in set(split_words(text)):
        key = known[word]
        if key is None:
            return None
        if numbers := table.get(key):
            _note(found, numbers, _whole(text, word))
    return found


def _note(found: dict[int, list[Span]], numbers: tuple[int, ...], ranges: list[Span]) -> None:
    for number in numbers:
        known = found.get(number)
        found[number] = sorted(known + ranges) if known else ranges


def _alone(text: str, form: str, at: int) -> list[Span]:
    """Where a form is a word of an ASCII text, from ``at`` on."""
    ranges = []
    length, size = len(text), len(form)
    while at >= 0:
        end = at + size
        if not (at and text[at - 1].isalnum()) and not (end < length and text[end].isalnum()):
            ranges.append((at, end))
        at = text.find(form, end)
    return ranges


def _whole(text: str, word: str) -> list[Span]:
    """Where a word that was cut from a text stands in it."""
    match = word_pattern(text).match
    ranges = []
    at = text.find(word)
    while at >= 0:
        end = at + len(word)
        here, before = match(text, at), match(text, at - 1) if at else None
        if here is not None and here.end() == end and (before is None or before.end() <= at):
            ranges.append((at, end))
        at = text.find(word, end)
    return ranges


# What a query asks of them


def _rule(node: Node, leaves: Leaves) -> Rule | None:  # noqa: PLR0911 - one for each shape of node
    """What a node finds, by what is found of its leaves: as `matching` has it."""
    match node:
        case Word():
            return _word(node, leaves)
        case Phrase():
            return _phrase(node, leaves)
        case And(nodes) | Or(nodes) | Best(nodes):
            rules = [one for one in (_rule(part, leaves) for part in nodes) if one is not None]
            if len(rules) < len(nodes) or not rules:
                return None
            return _all(rules) if isinstance(node, And) else _any(rules)
        case Constant(inner):
            return _rule(inner, leaves)
        case Not(inner) | Optional(inner) | Require(inner):
            first = _rule(inner, leaves)
            if first is None or isinstance(node, Not):
                return first and (lambda spots: [] if first(spots) is None else None)
            second = _rule(node.optional if isinstance(node, Optional) else node.required, leaves)
            if second is None:
                return None
            return _with(first, second) if isinstance(node, Optional) else _where(first, second)
        case _:
            return None


def _word(word: Word, leaves: Leaves) -> Rule | None:
    number, names = leaves.number(word), {name for name, _ in word.fields}
    if number is None or not names.issubset(PROSE):
        return None
    if len(names) == len(PROSE):
        return lambda spots: spots.of.get(number)
    return lambda spots: [one for one in spots.of.get(number, ()) if one[0] in names] or None


def _phrase(phrase: Phrase, leaves: Leaves) -> Rule | None:
    rules = [one for one in (_word(word, leaves) for word in phrase.words) if one is not None]
    if phrase.slop != 1 or len(rules) < len(phrase.words):
        return None

    def rule(spots: Spots) -> Found:
        steps: list[Mapping[str, Sequence[Span]]] = []
        for one in rules:
            found = one(spots)
            if found is None:
                return None
            steps.append(dict(found))
        ranges: list[tuple[str, list[Span]]] = []
        for name in steps[0]:
            if all(name in step for step in steps):
                row = _in_a_row(spots.texts[name], [step[name] for step in steps])
                if row:
                    ranges.append((name, row))
        return ranges or None

    return rule


def _in_a_row(text: str, steps: Sequence[Sequence[Span]]) -> list[Span]:
    """The ranges that take part in a whole row of tokens, one of each step."""
    between = word_pattern(text).search
    rows: list[tuple[Span, ...]] = [(one,) for one in steps[0]]
    for step in steps[1:]:
        longer = []
        for row in rows:
            end = row[-1][1]
            place = bisect_left(step, (end, 0))
            if place < len(step):
                start = step[place][0]
                if text[end:start] == " " or not between(text, end, start):  # mostly a space
                    longer.append((*row, step[place]))
        rows = longer
    return [one for row in rows for one in row]


def _any(rules: Sequence[Rule]) -> Rule:
    def rule(spots: Spots) -> Found:
        found, matched = [], False
        for one in rules:
            some = one(spots)
            if some is not None:
                found += some
                matched = True
        return found if matched else None

    return rule


def _all(rules: Sequence[Rule]) -> Rule:
    def rule(spots: Spots) -> Found:
        found = []
        for one in rules:
            some = one(spots)
            if some is None:
                return None
            found += some
        return found

    return rule


def _with(first: Rule, second: Rule) -> Rule:
    def rule(spots: Spots) -> Found:
        found = first(spots)
        return None if found is None else [*found, *(second(spots) or ())]

    return rule


def _where(first: Rule, second: Rule) -> Rule:
    return lambda spots: None if second(spots) is None else first(spots)
