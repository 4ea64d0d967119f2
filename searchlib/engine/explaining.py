"""What a score is made of.

An `Explanation` is a tree of the shape of the query: the score of a node is made of those of its parts, and the
leaves are words, each with what the formula of ``searchlib.model.ranking`` saw in the record.

What is shown are *amounts*: scores in units of the last digit shown. The amounts of the parts of a node add up to its
own, digit for digit: they are rounded by the method of the largest remainder (Hamilton's), the whole first.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache
from typing import Any, Literal, TypeAlias

from searchlib.analysis import tokens
from searchlib.analysis.words import is_unspaced
from searchlib.frozen import frozen
from searchlib.model.fields import PROSE, TABLE
from searchlib.model.records import Record
from searchlib.query.wording import listed

Made: TypeAlias = Literal["word", "sum", "max", "phrase", "constant", "added"]

DIGITS = 4
"""Shown after the point."""
_UNIT = 10**DIGITS
_TIMES = {1: "once", 2: "twice"}


@frozen
class Occurrence:
    """A ``key`` of a word in a ``field`` of the record: ``share`` = weight * frequency / norm is its part of tf~.

    ``frequency`` is how often it stands there, ``length`` how many tokens the field has in this record (``counts_as``
    how many it counts as, if it is short, else 0) and ``average_length`` in all; ``weight`` is that of the field and
    the form, and ``norm`` what length makes of it.

    ``synonym_of`` is the word of the query that it is a synonym of, or with ``by_name`` another spelling of; "" if it
    is that word. ``found_as`` is how the word is written there, each way once.
    """

    field: str
    key: str
    frequency: int
    length: int
    average_length: float
    weight: float
    norm: float
    share: float
    synonym_of: str = ""
    found_as: tuple[str, ...] = ()
    by_name: bool = False
    counts_as: float = 0.0


@frozen
class Explanation:
    """The ``score`` of a node for one record.

    ``made`` says how: ``sum`` or ``max`` of ``parts`` (a ``phrase`` is the sum of its words, counted because they
    stand together), a ``constant``, what was ``added`` (`searchlib.search.again`), or a ``word``: ``boost`` * ``idf`` *
    ((``k1`` + 1) * tf / (k1 + tf) + ``delta``), where ``tf`` is the sum of the shares of the ``occurrences``, and
    ``df`` of ``records`` paragraphs have the word. Of a ``max``, the parts that are not the greatest count
    ``tiebreak`` times. ``text`` says in words what was asked for.
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
        return "\n".join(self.lines())

    def lines(self, width: int = 0) -> list[str]:
        """The same in lines of at most ``width`` columns; 0: as long as they are."""
        from searchlib.render.terminal import wrap

        found: list[str] = []
        for depth, number, text in _entries(self, amount_of(self.score), 0):
            indent = "  " * depth
            hanging = " " * (len(indent) + len(number) + 2)
            first, *more = wrap(text, width, hanging)
            found += [f"{indent}{number}  {first[len(hanging) :]}", *more]
        # As the score is shown elsewhere, even if it is -0.
        found[0] = f"{self.score:.{DIGITS}f}" + found[0][len(shown(amount_of(self.score))) :]
        return found

    def as_dict(self) -> dict[str, Any]:
        """All of it, ready for JSON. Each ``share`` is rounded so that those below it add up to it."""
        return _as_dict(self, amount_of(self.score))

    @property
    def frequency(self) -> float:
        """Of a word, the factor that grows with its occurrences, up to k1 + 1 + delta."""
        return (self.k1 + 1) * self.tf / (self.k1 + self.tf) + self.delta if self.tf else self.delta

    def contributions(self) -> list[float]:
        """What each part adds to the score; of a word, each occurrence."""
        if self.made == "word":
            size = len(self.occurrences)
            return [self.score * (one.share / self.tf if self.tf else 1 / size) for one in self.occurrences]
        scores = [part.score for part in self.parts]
        if self.made != "max" or not scores:
            return scores
        best = scores.index(max(scores))
        return [score if number == best else self.tiebreak * score for number, score in enumerate(scores)]

    def leaves(self, factor: float = 1.0) -> Iterator[tuple[Explanation, float]]:
        """The nodes that are made of no others, and what each adds to the score."""
        if not self.parts:
            yield self, self.score * factor
            return
        for part, share in zip(self.parts, self.contributions(), strict=True):
            if part.score:
                yield from part.leaves(factor * share / part.score)

    def amounts(self, amount: int) -> list[int]:
        """The amounts of parts or occurrences, where the node's own is ``amount``: they add up to it."""
        return apportioned(amount, self.contributions())

    def written_in(self, record: Record) -> Explanation:
        """The same with how each word is written in the record."""

        @cache
        def written(field: str) -> Mapping[str, tuple[str, ...]]:
            return _written(TABLE[field].text(record) if field in PROSE else "", flowing=field == "text")

        return _written_in(self, written)


def amount_of(score: float) -> int:
    """A score in units of the last digit shown, rounded as it is shown."""
    return int(f"{score:.{DIGITS}f}".replace(".", ""))


def shown(amount: int) -> str:
    """An amount as it is shown."""
    return f"{amount / _UNIT:.{DIGITS}f}"


def apportioned(amount: int, values: Sequence[float]) -> list[int]:
    """Each value in whole units, so that they add up to ``amount``; none is further than a unit from its own."""
    exact = [value * _UNIT for value in values]
    found = [math.floor(value) for value in exact]
    falling = sorted(range(len(values)), key=lambda number: (found[number] - exact[number], number))
    for turn in range(amount - sum(found) if values else 0):
        found[falling[turn % len(values)]] += 1
    for turn in range(sum(found) - amount if values else 0):  # rounding of floats, at most
        found[falling[-1 - turn % len(values)]] -= 1
    return found


def _as_dict(node: Explanation, amount: int) -> dict[str, Any]:
    found: dict[str, Any] = {
        "share": amount / _UNIT,
        "score": node.score,
        "made": node.made,
        "text": node.text,
    }
    amounts = node.amounts(amount)
    if node.made == "word":
        names = ("boost", "idf", "df", "records", "frequency", "tf", "k1", "delta")
        found |= {name: getattr(node, name) for name in names}
        found["occurrences"] = [
            {
                "share": part / _UNIT,
                "field": one.field,
                "found_as": list(one.found_as),
                "frequency": one.frequency,
                "length": one.length,
                "average_length": one.average_length,
                **({"counts_as": one.counts_as} if one.counts_as else {}),
                "weight": one.weight,
                **({"synonym_of": one.synonym_of} if one.synonym_of else {}),
                **({"by_name": True} if one.by_name else {}),
            }
            for one, part in zip(node.occurrences, amounts, strict=True)
        ]
    elif node.parts:
        found |= {"tiebreak": node.tiebreak} if node.made == "max" else {}
        found["parts"] = [
            # What counts in part only is not taken apart: its own parts would add up to something else.
            _as_dict(part if contribution == part.score else replace(part, parts=(), occurrences=()), share)
            for part, share, contribution in zip(node.parts, amounts, node.contributions(), strict=True)
        ]
    return found


def _written(text: str, flowing: bool) -> dict[str, tuple[str, ...]]:
    """For each key in a text how its tokens are written, without case and the ends of lines."""
    found: dict[str, dict[str, str]] = {}
    for token in tokens(text, flowing):
        word = "".join(text[token.start : token.end].split())
        found.setdefault(token.key, {}).setdefault(word.casefold(), word)
    return {key: tuple(words.values()) for key, words in found.items()}


def _written_in(node: Explanation, written: Callable[[str], Mapping[str, tuple[str, ...]]]) -> Explanation:
    occurrences = tuple(replace(one, found_as=written(one.field).get(one.key, ())) for one in node.occurrences)
    parts: Iterator[Explanation] = (_written_in(part, written) for part in node.parts)
    return replace(node, parts=tuple(parts), occurrences=occurrences)


def _entries(node: Explanation, amount: int, depth: int) -> Iterator[tuple[int, str, str]]:
    """Depth, amount and text of each line; a sum of one is that one."""
    while node.made == "sum" and len(node.parts) == 1:
        node = node.parts[0]
    yield depth, shown(amount), _summary(node, depth)
    amounts = node.amounts(amount)
    if node.made == "word":
        for one, share in zip(node.occurrences, amounts, strict=True):
            yield depth + 1, shown(share), _occurrence(one, _typed(node))
        return
    for part, share, contribution in zip(node.parts, amounts, node.contributions(), strict=True):
        if contribution == part.score:
            yield from _entries(part, share, depth + 1)
        else:
            much = f"{node.tiebreak:g} of it counts" if node.tiebreak else "does not count"
            yield depth + 1, shown(share), f"{part.text}: {part.score:.{DIGITS}f}, which is not the greatest and {much}"


def _summary(node: Explanation, depth: int) -> str:
    if node.made == "word":
        return _word(node)
    if node.made == "sum":
        return "the score, the sum of:" if depth == 0 else f"{node.text}, the sum of:"
    if node.made == "max":
        return f"{node.text}, of which the greatest counts:"
    return f"{node.text}{_HOW[node.made]}"


_HOW = {
    "phrase": ": the words stand as asked, and add up:",
    "constant": ": whatever it finds counts the same",
    "added": "",
}


def _word(node: Explanation) -> str:
    ways: dict[str, str] = {}
    for one in node.occurrences:
        for word in one.found_as:
            ways.setdefault(word.casefold(), word)
    typed = _typed(node).casefold()
    here = listed([f"“{word}”" for word in ways.values()], "and") if list(ways) != [typed] else ""
    asked = f"{node.text}, found as {here}" if here else node.text
    rarity = f"rarity {node.idf:.{DIGITS}f} (in {node.df:,} of {node.records:,} paragraphs)"
    most = node.k1 + 1 + node.delta
    boost = f" × boost {node.boost:g}" if node.boost != 1.0 else ""
    return f"{asked}: {rarity} × frequency {node.frequency:.{DIGITS}f} (of at most {most:g}){boost}"


def _typed(word: Explanation) -> str:
    """What was typed of a word: what its text has in quotation marks, first."""
    return word.text.partition("”")[0].lstrip("“")


def _occurrence(one: Occurrence, typed: str) -> str:
    often = _TIMES.get(one.frequency, f"{one.frequency:,} times")
    of_pairs = " and pairs of characters" * is_unspaced(typed)  # which such texts are made of
    words = "1 word" if one.length == 1 else f"{one.length:,} words{of_pairs}"
    short = f", which is short and counts as {one.counts_as:,.0f}" if one.counts_as else ""
    size = f" of {words}{short} ({one.average_length:.1f} on average)" if one.length else ""
    weight = f", each counting {one.weight:g}" if one.weight != 1.0 else ""
    kind = "another spelling of the name" if one.by_name else "a synonym of"
    synonym = f", as {kind} “{one.synonym_of}”" if one.synonym_of else ""
    others = [f"“{word}”" for word in one.found_as if word.casefold() != typed.casefold()]
    form = f" as {listed(others, 'or')}" if others else ""
    return f"{often}{form} in the {one.field}{size}{weight}{synonym}"
