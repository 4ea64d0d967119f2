"""Which words the documents of each language hold, and what their stems are: the tables of stems of a segment.

What is in them depends on the words alone, and on what stems them: so they are made of the dictionary, when a segment
is written, and can be made of it again.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from operator import itemgetter

import numpy as np

from searchlib.analysis import split_key, stems
from searchlib.analysis.folding import folded_form
from searchlib.analysis.stemming import algorithm, stems_of_all
from searchlib.engines.whoosh.format.stemtables import encoded
from searchlib.model.arrays import NDArray

UInts = NDArray[np.uint32]
JOINED = re.compile(b"[&-]")
"""What a key of joined words has in it (`searchlib.analysis.wordmarks`)."""


def language_number(language: str, number_of: dict[str, int]) -> int:
    """The number of a language, given when it is met."""
    return number_of.setdefault(language, len(number_of) + 1)


class SpokenWords:
    """Gathers the words of a segment by language.

    ``number_of`` has the numbers of languages, ``spoken`` that of each record's; 0 is that of no record.
    """

    def __init__(self, number_of: dict[str, int], spoken: UInts) -> None:
        self._spoken = spoken
        there = set(np.unique(spoken).tolist())  # not those of records that were left out
        self._keys: dict[int, tuple[str, set[bytes]]] = {
            number: (language, set()) for language, number in number_of.items() if number in there
        }
        self._only = there.pop() if len(there) == 1 else None

    def add(self, keys: Sequence[bytes], df: UInts, docs: UInts) -> None:
        """Take successive keys of a field of prose, with their documents."""
        if self._only is not None:
            self._add(self._only, keys)
            return
        spoken = self._spoken[docs]
        key_of = np.repeat(np.arange(len(keys)), df)
        for number in self._keys:
            there = np.zeros(len(keys), bool)
            there[key_of[spoken == number]] = True
            self._add(number, [keys[at] for at in np.flatnonzero(there).tolist()])

    def _add(self, number: int, keys: Iterable[bytes]) -> None:
        if number:
            language, found = self._keys[number]
            found.update(pairs(keys, language))

    def tables(self) -> Iterator[tuple[str, str, list[bytes]]]:
        """For each language, in order: what made the stems, and the keys of its table."""
        for language, found in sorted(self._keys.values(), key=itemgetter(0)):
            if found or algorithm(language):
                yield language, algorithm(language), sorted(found)


def pairs(keys: Iterable[bytes], language: str) -> Iterator[bytes]:
    """The keys of the table of a language for some words; none for one that is its own stem without accents.

    Where nothing stems the words, these are of what is joined alone.
    """
    if not algorithm(language):
        keys = filter(JOINED.search, keys)
    words = [split_key(key.decode("utf-8", "surrogatepass"))[1] for key in keys]
    for word, found in zip(words, stems_of_all(words, language), strict=True):
        if len(found) == 1 and found[0] == word:
            continue
        folded = folded_form(word)
        for number, one in enumerate(found):
            if one != folded or number:
                key = encoded(one.encode("utf-8", "surrogatepass"), word.encode("utf-8", "surrogatepass"))
                if key is not None:
                    yield key


def is_own_stem(folded: str, language: str) -> bool:
    """Whether all words with this folded form have it as a stem, and no table has them."""
    return stems(folded, language)[0] == folded
