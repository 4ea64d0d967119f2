"""Corrections: what a word that does not occur may have been meant to be.

A *correction* replaces a range of a query. Its *weight* says how likely it is, as in a noisy channel (Kernighan, Church
and Gale, "A spelling correction program based on a noisy channel model", 1990): a word that occurs often was more
likely meant, and every edit makes it less likely. An edit is a letter more, less or changed, or two neighbours swapped;
a blank too few or too many counts as one. Corrections are ranked by weight, then by alphabet.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from searchlib.analysis import fold
from searchlib.analysis.words import is_unspaced
from searchlib.frozen import frozen
from searchlib.spelling.casing import like

if TYPE_CHECKING:
    from searchlib.engine.readers import NearWord, Words

EDIT = 1000.0
"""How many times as frequent a word has to be for another edit."""
FIRST = 10.0
"""How many times, if its first letter is another: people get that right."""
SHORTEST, LONGEST = 3, 40
"""Letters of a word that is looked at."""
SHORT = 5
"""Letters up to which only one edit is thought of."""
RARER = 100
"""How many times as frequent another word has to be for one that occurs to be doubted."""
HOPELESS = 1000
"""How many times likelier the best correction may be than the last."""
MOST = 5
"""Corrections of a word."""
LEAST_PART = 3
"""Letters of each of the words that one is split into."""
MOST_SPLITS = 3


@frozen
class Correction:
    """``text`` in place of ``start`` to ``end`` of a query; the greater the weight the likelier."""

    start: int
    end: int
    text: str
    weight: float


@frozen
class TypedWord:
    """A word of a query: its range. ``bare`` if white space, or an end of the query, is on both sides."""

    start: int
    end: int
    text: str
    bare: bool


def can_be_corrected(word: str) -> bool:
    """Whether a word is of a kind that has a spelling: of letters, neither too short nor too long, with spaces."""
    return SHORTEST <= len(word) <= LONGEST and not any(map(_is_number, word)) and not is_unspaced(word)


def _is_number(character: str) -> bool:
    return character.isnumeric()


def edits_of(word: str) -> int:
    """How many edits of a word are thought of."""
    return 1 if len(word) <= SHORT else 2


def corrections(
    words: Words,
    near: Sequence[NearWord],
    place: TypedWord,
    neighbours: Sequence[TypedWord],
    together: Callable[[str], bool],
) -> list[Correction]:
    """What a word that does not occur may be: another of those that are ``near``, two, or one with a neighbour of it.

    ``together`` says whether two words stand next to each other anywhere.
    """
    found = replacing(place, near)
    if place.bare:
        found += _joined(words, place, neighbours)
        if not found:
            found += _split(words, place, together)
    return _best(found)


def doubts(near: Sequence[NearWord], place: TypedWord, count: int) -> list[Correction]:
    """What a word that occurs ``count`` times may be: one that is far more frequent, of those one edit away.

    Weights are what is gained over the word as it is.
    """
    found = replacing(place, near, least=RARER * count, but=fold(place.text))
    return _best([replace(one, weight=one.weight / count) for one in found])


def replacing(place: TypedWord, near: Sequence[NearWord], least: int = 1, but: str = "") -> list[Correction]:
    """The words that are near as corrections, if they occur at least so often."""
    initial = fold(place.text)[:1]
    found = []
    for word, count, edits in near:
        folded = fold(word)
        if count >= least and folded != but and len(folded) > 1:
            penalty = EDIT**edits * (1.0 if folded[:1] == initial else FIRST)
            found.append(Correction(place.start, place.end, like(place.text, word), count / penalty))
    return found


def _joined(words: Words, place: TypedWord, neighbours: Sequence[TypedWord]) -> list[Correction]:
    whole = []
    for other in neighbours:
        first, second = sorted((place, other), key=lambda one: one.start)
        if other.bare and second.start == first.end + 1:
            whole.append((first.start, second.end, first.text + second.text))
    counts = words.counts([text for _, _, text in whole])
    return [Correction(*one, count / EDIT) for one, count in zip(whole, counts, strict=True) if count]


def _split(words: Words, place: TypedWord, together: Callable[[str], bool]) -> list[Correction]:
    text = place.text
    parts = [(text[:cut], text[cut:]) for cut in range(LEAST_PART, len(text) - LEAST_PART + 1)]
    counts = words.counts([part for both in parts for part in both])
    found = [
        Correction(place.start, place.end, f"{first} {second}", min(counts[2 * number : 2 * number + 2]) / EDIT)
        for number, (first, second) in enumerate(parts)
        if all(counts[2 * number : 2 * number + 2])
    ]
    return [one for one in _best(found)[:MOST_SPLITS] if together(one.text)]


def _best(found: list[Correction]) -> list[Correction]:
    ranked = sorted(found, key=lambda one: (-one.weight, one.start, one.text))[:MOST]
    return [one for one in ranked if one.weight * HOPELESS >= ranked[0].weight]
