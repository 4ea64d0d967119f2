"""The forms of a word, by the languages of which they count: as few questions as will do.

A form may count in documents of some languages only. It is left out where no word that has it stands in these, and
nothing is said of languages where it stands in no others. Only of what stands in others too, or counts otherwise there,
it is said which it counts in (`Limit`): that is rare, so a word asks for little however many languages an index has.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, NamedTuple, TypeAlias

from searchlib.analysis import Form
from searchlib.engines.opensearch import entryfields
from searchlib.engines.opensearch.clusterwords import ClusterLexicon
from searchlib.model.fields import PROSE
from searchlib.query.nodes import Word

Json = dict[str, Any]
Limit: TypeAlias = Json | None
"""What limits records to some languages; None for all."""


class Way(NamedTuple):
    """A way in which a word with some folded form is written, and what it counts."""

    exact: str
    weight: float
    other: bool
    alone: bool = False
    tonal: bool = False


class Ways(NamedTuple):
    """The ways in which a folded form is written; with ``prefix`` it is the beginning of a term."""

    ways: tuple[Way, ...]
    prefix: bool

    @property
    def alone(self) -> tuple[Way, ...]:
        """Those that count in no other spelling."""
        return tuple(way for way in self.ways if way.alone)

    @property
    def free(self) -> tuple[Way, ...]:
        """Those that count in any."""
        return tuple(way for way in self.ways if not way.alone)


Folded: TypeAlias = Mapping[str, Ways]
"""The folded forms of a word."""


class FormGroups:
    """What tells, for one question, the forms that count in an index of documents of these languages."""

    def __init__(self, lexicon: ClusterLexicon) -> None:
        self._lexicon = lexicon
        self._languages = lexicon.languages
        self._known: dict[tuple[int, str], tuple[Word, Sequence[tuple[Limit, Folded]]]] = {}

    def of_word(self, word: Word, field: str) -> Sequence[tuple[Limit, Folded]]:
        """The forms of a word in a field. A record may have some of several groups."""
        known = self._known.get((id(word), field))
        if known is None:
            known = self._known[id(word), field] = word, list(self._of_word(word, field))
        return known[1]

    def _of_word(self, word: Word, field: str) -> Iterator[tuple[Limit, Folded]]:
        found: dict[tuple[str, ...], dict[str, Ways]] = {}
        for folded, forms in _by_folded(word).items():
            by_ways: dict[Ways, list[str]] = {}
            for language in self._where(forms, field):
                by_ways.setdefault(_ways(forms, language), []).append(language)
            for ways, languages in by_ways.items():
                if ways.ways:
                    found.setdefault(() if len(by_ways) == 1 else tuple(languages), {})[folded] = ways
        for limit, group in found.items():
            yield _limit(limit), group

    def of_row(self, words: Sequence[Word], field: str) -> Iterator[tuple[Limit, list[Folded]]]:
        """The forms of words that have to stand together in a field, in the languages that have the same."""
        rows = list(map(_by_folded, words))
        languages_of: dict[str, list[str]] = {}
        made: dict[str, list[Folded]] = {}
        for language in self._languages:
            row = [self._in_language(forms, field, language) for forms in rows]
            if all(row):
                languages_of.setdefault(repr(row), []).append(language)
                made[repr(row)] = row
        for text, languages in languages_of.items():
            others = [one for one in self._languages if one not in languages]
            alone = not any(self._stand(rows, made[text], field, one) for one in others)
            yield _limit(() if alone else languages), made[text]

    def _in_language(self, of_word: Mapping[str, list[Form]], field: str, language: str) -> Folded:
        found = {
            folded: _ways(forms, language) for folded, forms in of_word.items() if language in self._where(forms, field)
        }
        return {folded: ways for folded, ways in found.items() if ways.ways}

    def _stand(
        self, rows: Sequence[Mapping[str, list[Form]]], row: Sequence[Folded], field: str, language: str
    ) -> bool:
        """Whether forms of all these words may stand in documents of a language."""
        return all(
            any(language in self._where(forms[folded], field) for folded in group)
            for forms, group in zip(rows, row, strict=True)
        )

    def _where(self, forms: Sequence[Form], field: str) -> Collection[str]:
        """The languages of documents in which a folded form may stand."""
        known = self._lexicon.languages_of(forms[0].folded) if field in PROSE and not forms[0].prefix else None
        return self._languages if known is None else known


def _by_folded(word: Word) -> dict[str, list[Form]]:
    found: dict[str, list[Form]] = {}
    for form in word.forms:
        found.setdefault(form.folded, []).append(form)
    return found


def _ways(forms: Sequence[Form], language: str) -> Ways:
    ways = dict.fromkeys(
        Way(one.exact, one.weight, one.other, one.alone, one.tonal)
        for one in forms
        if one.languages is None or language in one.languages
    )
    return Ways(tuple(ways), forms[0].prefix)


def _limit(languages: Sequence[str]) -> Limit:
    return {"terms": {entryfields.exact("language"): list(languages)}} if languages else None
