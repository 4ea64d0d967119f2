"""An index whose words are all known, and the plainest way to answer from them."""

from __future__ import annotations

import random
from collections import Counter
from pathlib import Path

import searchlib
from searchlib import Document
from searchlib.analysis import fold, surfaces
from searchlib.analysis.words import find_words

SYLLABLES = ("ka", "ko", "ra", "ro", "ti", "té", "lu", "sen", "şu", "жа", "ло", "x")


def random_word(chance: random.Random) -> str:
    """A word of a few syllables, all of one script."""
    if chance.random() < 0.2:
        return "".join(chance.choices(("жа", "ло", "й", "ни"), k=chance.randrange(1, 4)))
    return "".join(chance.choices(SYLLABLES[:9], k=chance.randrange(1, 5)))


def random_texts(seed: int, count: int) -> list[str]:
    """Texts whose words are as unevenly frequent as those of a language; some with digits, some Chinese."""
    chance = random.Random(seed)
    words = [*sorted({random_word(chance) for _ in range(160)}), "rfc21", "東京", "京都市", "Straße", "L'été"]
    weights = [chance.paretovariate(0.7) for _ in words]
    return [" ".join(chance.choices(words, weights, k=chance.randrange(1, 30))) for _ in range(count)]


def build(folder: Path, texts: list[str]) -> searchlib.Index:
    """An index of the texts, a document each, in several segments and with some deleted."""
    (folder / "seeds").mkdir(parents=True)
    index = searchlib.build(folder / "seeds", folder / "index", processes=1)
    for first in range(0, len(texts), 20):
        with index.writer(processes=1) as writer:
            writer.remove(f"gone{first - 20}")
            writer.add(Document(f"gone{first}", "kakaka gone words kora"))
            for number in range(first, min(first + 20, len(texts))):
                writer.add(Document(f"d{number}", texts[number]))
    with index.writer(processes=1) as writer:
        for first in range(0, len(texts), 20):
            writer.remove(f"gone{first}")
    return index


def counts_of(texts: list[str]) -> Counter[str]:
    """Every word and how often it occurs."""
    return Counter(surface for text in texts for match in find_words(text) for surface in surfaces(match[0]))


def by_folded(counts: Counter[str]) -> dict[str, tuple[str, int]]:
    """For each word without accents, the commonest way to write it, and how often it occurs in all."""
    found: dict[str, tuple[str, int]] = {}
    for word in sorted(counts, key=lambda word: (-counts[word], word != fold(word), word)):
        folded = fold(word)
        shown, total = found.get(folded, (word, 0))
        found[folded] = (shown, total + counts[word])
    return found
