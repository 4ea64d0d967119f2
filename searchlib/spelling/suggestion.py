"""Suggestions: a query with the words replaced that are probably misspelt, and all else as it was typed.

A word is taken for misspelt if neither it nor another with its stem occurs. If that leads to nothing and there are
hardly any hits, one or two words that occur are doubted that are far rarer than others one edit away. Not looked at
are words with digits, of scripts without spaces, of a letter or two, parts of patterns, what is searched in exact
fields, and what the query excludes.

A name that occurs may be spelt otherwise elsewhere, as often or more: that is offered however many hits there are.

Of several ways to correct a query the likeliest is offered that has all words in one paragraph; if none has, the
likeliest that has hits.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain, combinations, pairwise, product
from math import prod
from typing import TYPE_CHECKING, TypeAlias

from searchlib.concurrency.lazily import lazy_expression
from searchlib.engine.requests import Request
from searchlib.guards.deadline import check
from searchlib.model.fields import PROSE
from searchlib.query.nodes import And, Node, Not, Phrase, Word, children
from searchlib.spelling.corrections import Correction, TypedWord, can_be_corrected, corrections, doubts, edits_of
from searchlib.spelling.variants import SHORTEST_NAME, is_name, variants

if TYPE_CHECKING:
    from searchlib.engine.readers import Reader

Way: TypeAlias = tuple[Correction, ...]
"""Corrections that are made together."""

FEW = 10
"""With fewer hits than this, words that occur are doubted too."""
MOST_WORDS = 32
"""Words of a query that are looked at."""
MOST_TRIED = 6
"""Corrected queries that are searched."""
MOST_DOUBTED = 3
"""Words of a query that are doubted although they occur: the rarest."""
LOOKED_AT = 3
"""Records in which a word is looked at."""
_SIGNS = ".&+#\uff0b\uff03\u266f"
_WILDCARD = lazy_expression(r"\*|\?\w")
_CHOICES = {1: 5, 2: 5, 3: 3, 4: 2}  # corrections of each, by how many words are misspelt


class Suggester:
    """Corrects queries for one generation of an index."""

    def __init__(
        self, reader: Reader, parse: Callable[[str], Node], filter: Node | None = None, variants: bool = True
    ) -> None:
        """``parse`` makes a query tree of a text; ``filter`` limits what counts as a hit; ``variants`` of names too."""
        self._reader = reader
        self._parse = parse
        self._filter = filter
        self._variants = variants

    def suggest(self, text: str, tree: Node, fewer: Callable[[int], bool]) -> str | None:
        """What ``text``, parsed as ``tree``, may have been meant to be; None if nothing better is known.

        ``fewer`` says whether the query has fewer hits than so many.
        """
        words = dict(sorted(_words(text, tree).items())[:MOST_WORDS])
        places = [TypedWord(start, end, text[start:end], _is_bare(text, start, end)) for start, end in words]
        counts = self._counts(places)
        wrong = self._misspelt(places, list(words.values()), counts)
        certain = _ways(wrong)[:MOST_TRIED]
        found = self._with_hits(text, certain)
        if found is None and any(counts) and fewer(FEW):
            found = self._with_hits(text, _doubting(certain[:1] or [()], self._doubted(places, counts)))
        if found is None and not certain and self._variants:
            found = self._with_hits(text, self._spelt_otherwise(places, counts))
        return found

    def _spelt_otherwise(self, places: Sequence[TypedWord], counts: Sequence[int | None]) -> list[Way]:
        """Ways to spell one of the names otherwise, the rarest of them first."""
        long = (number for number, place in enumerate(places) if len(place.text) >= SHORTEST_NAME)
        names = sorted((count, number) for number in long if (count := counts[number]))[:MOST_DOUBTED]
        near = self._reader.words.near([(places[number].text, edits_of(places[number].text)) for _, number in names])
        ways: list[Way] = []
        for (count, number), close in zip(names, near, strict=True):
            found = variants(places[number], count, close)[:1]
            ways += [(one,) for one in found if self._is_name(one.text) and self._is_name(places[number].text)]
        return ways

    def _is_name(self, word: str) -> bool:
        """Whether the best records for a word have it as a name."""
        hits = self._reader.search(Request(self._parse(f'"{word}"'), self._filter, limit=LOOKED_AT, records=True)).hits
        records = [hit.record or self._reader.records([hit.handle])[0] for hit in hits]
        return is_name(word, (record.paragraph.text for record in records))

    def _counts(self, places: list[TypedWord]) -> list[int | None]:
        """How often each word occurs; None for one that has no spelling."""
        spelt = [number for number, place in enumerate(places) if can_be_corrected(place.text)]
        counts: list[int | None] = [None] * len(places)
        for number, count in zip(
            spelt, self._reader.words.counts([places[number].text for number in spelt]), strict=True
        ):
            counts[number] = count
        return counts

    def _misspelt(self, places: list[TypedWord], nodes: list[Word], counts: list[int | None]) -> list[list[Correction]]:
        """The corrections of each word that does not occur."""
        known = self._reader.words
        unwritten = [number for number, count in enumerate(counts) if count == 0]
        stands = self._reader.frequencies([nodes[number] for number in unwritten])  # with the same stem
        wrong = [number for number, often in zip(unwritten, stands, strict=True) if not often]
        near = known.near([(places[number].text, edits_of(places[number].text)) for number in wrong])
        found = []
        for number, close in zip(wrong, near, strict=True):
            check()
            neighbours = [*places[max(number - 1, 0) : number], *places[number + 1 : number + 2]]
            found.append(corrections(known, close, places[number], neighbours, self._stand_together))
        return [options for options in found if options]

    def _doubted(self, places: list[TypedWord], counts: list[int | None]) -> list[list[Correction]]:
        """What the rarest words that occur may have been meant to be."""
        rarest = sorted((count, number) for number, count in enumerate(counts) if count)[:MOST_DOUBTED]
        near = self._reader.words.near([(places[number].text, 1) for _, number in rarest])
        found = [doubts(close, places[number], count) for close, (count, number) in zip(near, rarest, strict=True)]
        return [options for options in found if options]

    def _stand_together(self, text: str) -> bool:
        return self._has_hits(self._parse(f'"{text}"'))

    def _has_hits(self, tree: Node) -> bool:
        if self._filter is None and isinstance(tree, Word) and {name for name, _ in tree.fields} == set(PROSE):
            return True  # it is a word of the documents
        return bool(self._reader.search(Request(tree, self._filter, limit=1)).hits)

    def _with_hits(self, text: str, ways: Sequence[Way]) -> str | None:
        """The first corrected query that has all words together, or else the first that has hits."""
        others = []
        for way in ways:
            corrected = _corrected(text, way)
            tree = self._parse(corrected)
            words = list(_words(corrected, tree).values())
            loose = len(words) > 1 and not isinstance(tree, (Phrase, And))
            if corrected != text and self._has_hits(And((tree, *words)) if loose else tree):
                return corrected
            if corrected != text and loose:
                others.append((corrected, tree))
        return next((corrected for corrected, tree in others if self._has_hits(tree)), None)


def suggest(
    text: str,
    tree: Node,
    reader: Reader,
    parse: Callable[[str], Node],
    fewer: Callable[[int], bool],
    filter: Node | None = None,
    variants: bool = True,
) -> str | None:
    """What a query may have been meant to be: see `Suggester`."""
    return Suggester(reader, parse, filter, variants).suggest(text, tree, fewer)


def _words(text: str, tree: Node) -> dict[tuple[int, int], Word]:
    """The words that a query wants to find in running text, by their ranges in its text."""
    found: dict[tuple[int, int], Word] = {}
    for word in _wanted(tree):
        if word.at is None:
            continue
        start, end = word.at
        typed = text[start:end] == word.text
        plain = word.text.strip(_SIGNS)  # C++ is spelt as C is; the parts of AT&T are looked at on their own
        if typed and "&" not in plain and all(name in PROSE for name, _ in word.fields):
            start += word.text.index(plain)
            end = start + len(plain)
            if not _is_pattern(text, start, end):
                found.setdefault((start, end), word)
    return found


def _wanted(tree: Node) -> Iterator[Word]:
    """The words of a tree, without those that it excludes."""
    if isinstance(tree, Word):
        yield tree
    elif isinstance(tree, Phrase):
        yield from tree.words
    elif not isinstance(tree, Not):
        for child in children(tree):
            yield from _wanted(child)


def _is_pattern(text: str, start: int, end: int) -> bool:
    """Whether a word stands within a pattern."""
    while start and not text[start - 1].isspace():
        start -= 1
    while end < len(text) and not text[end].isspace():
        end += 1
    return _WILDCARD.search(text, start, end) is not None


def _is_bare(text: str, start: int, end: int) -> bool:
    return (not start or text[start - 1].isspace()) and (end == len(text) or text[end].isspace())


def _ways(wrong: Sequence[Sequence[Correction]]) -> list[Way]:
    """The ways to correct all of some words, the likeliest first."""
    choices = _CHOICES.get(len(wrong), 1)
    ways = [way for way in product(*(options[:choices] for options in wrong)) if way and _apart(way)]
    return sorted(ways, key=lambda way: -prod(one.weight for one in way))


def _doubting(certain: Sequence[Way], doubted: Sequence[Sequence[Correction]]) -> list[Way]:
    """The ways that correct one more word, or two more, though they occur; those before that gain most."""
    singles: list[Way] = [(one,) for options in doubted for one in options]
    pairs: list[Way] = list(combinations([options[0] for options in doubted], 2))
    more = [
        sorted(ways, key=lambda way: -prod(one.weight for one in way))[:most]
        for ways, most in ((singles, MOST_TRIED // 2), (pairs, MOST_TRIED // 2))
    ]
    return [way for begun in certain for added in chain(*more) if _apart(way := (*begun, *added))]


def _corrected(text: str, way: Way) -> str:
    for one in sorted(set(way), key=lambda one: -one.start):
        text = text[: one.start] + one.text + text[one.end :]
    return text


def _apart(way: Iterable[Correction]) -> bool:
    """Whether corrections do not overlap; both halves of a word that was torn apart may have the same one."""
    ordered = sorted(set(way), key=lambda one: one.start)
    return all(a.end <= b.start for a, b in pairwise(ordered))
