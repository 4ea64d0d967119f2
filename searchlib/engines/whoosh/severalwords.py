"""The words of several indexes as those of one: counts are added up."""

from __future__ import annotations

from collections.abc import Sequence

from searchlib.engine.readers import NearWord
from searchlib.engines.whoosh.indexwords import FormNear, IndexWords, joined
from searchlib.engines.whoosh.nearwords import NearWords

_MORE = 8  # times as many words are asked for, where those asked for do not tell which are commonest


class SeveralWords:
    """Implements ``searchlib.engine.readers.Words`` on several vocabularies; safe to share between threads."""

    def __init__(self, vocabularies: Sequence[NearWords]) -> None:
        self._text = vocabularies[0].vocabulary.text
        self._parts = list(map(IndexWords, vocabularies))

    def beginning(self, prefix: str, limit: int) -> list[tuple[str, int]]:
        """The commonest words that begin with ``prefix``; those of one count in the order of a vocabulary.

        By the threshold algorithm of R. Fagin et al., Optimal Aggregation Algorithms for Middleware, PODS 2001: what no
        index has among its commonest occurs at most as often as the last of these do, together.
        """
        asked = limit
        while True:
            found = [part.keys_beginning(prefix, asked) for part in self._parts]
            keys = {key for one in found for key, _ in one}
            counts = {key: sum(part.count_of(key) for part in self._parts) for key in keys}
            best = sorted(counts.items(), key=lambda one: (-one[1], one[0]))[:limit]
            unseen = sum(one[-1][1] for one in found if len(one) == asked and asked)
            if not unseen or (len(best) == limit and best[-1][1] > unseen):
                return [(self._text(key)[1], count) for key, count in best]
            asked *= _MORE

    def counts(self, words: Sequence[str]) -> list[int]:
        """How often each of these occurs, with whatever accents."""
        return [sum(each) for each in zip(*(part.counts(words) for part in self._parts), strict=True)]

    def commonest(self, most: int) -> list[tuple[str, int]]:
        """Those of each index."""
        return [one for part in self._parts for one in part.commonest(most)]

    def near(self, words: Sequence[tuple[str, int]]) -> list[list[NearWord]]:
        """For each of these the words at most so many edits away; of those that differ in accents, the commonest."""
        return [joined(self._near_forms(word, distance)) for word, distance in words]

    def _near_forms(self, word: str, distance: int) -> list[FormNear]:
        """The same words in each index, once, in the order of a vocabulary."""
        found: dict[tuple[str, str], FormNear] = {}
        for part in self._parts:
            for form in part.near_forms(word, distance):
                key = form.folded, form.exact
                found[key] = form._replace(often=form.often + (found[key].often if key in found else 0))
        # A word without accents is its own folded form, and stands before its variants.
        return [found[key] for key in sorted(found, key=lambda key: (key[0], key[1] != key[0], key[1]))]
