"""Completions and suggestions are those that looking at every word of the documents gives."""

from __future__ import annotations

import random
from collections import Counter

import numpy as np
import pytest
from exploring import scaled

import searchlib
from searchlib.analysis import fold
from searchlib.engines.whoosh.execution import Snapshot, search
from searchlib.engines.whoosh.nearwords import NearWords
from searchlib.query.edits import within
from searchlib.query.nodes import Fuzzy
from searchlib.spelling.corrections import EDIT, FIRST, can_be_corrected, edits_of

from .corpus import build, by_folded, counts_of, random_texts, random_word

QUERIES = scaled(60)


def test_near_words_are_the_same_however_few_are_laid_out_at_once(known: tuple[searchlib.Index, Counter[str]]) -> None:
    index, counts = known
    vocabulary = index._opened._words.vocabulary
    many, few = NearWords(vocabulary), NearWords(vocabulary, at_once=3)
    for word in sorted(counts)[:30]:
        said = many.near(fold(word), 2)
        assert [one.tolist() for one in few.near(fold(word), 2)] == [one.tolist() for one in said]


def test_folded_forms_of_many_words_are_those_of_each(known: tuple[searchlib.Index, Counter[str]]) -> None:
    vocabulary = known[0]._opened._words.vocabulary
    near, chance = NearWords(vocabulary), random.Random(13)
    for count in (0, 1, len(vocabulary) // 2, len(vocabulary)):
        numbers = np.array(sorted(chance.sample(range(len(vocabulary)), count)), np.int64)
        assert near.folded(numbers) == [near.word(number)[0] for number in numbers.tolist()]


def test_fuzzy_words_are_those_that_comparing_all_terms_gives(known: tuple[searchlib.Index, Counter[str]]) -> None:
    index, counts = known
    reader, chance = index._opened, random.Random(11)
    compared = Snapshot([view.segment for view in reader._snapshot.views])
    some = 0
    for _ in range(QUERIES):
        text, distance, prefix = (
            fold(misspelt(chance, sorted(counts))),
            chance.choice((1, 2)),
            chance.choice((0, 0, 1, 3)),
        )
        asked = Fuzzy(text, ("text", "title", "headings"), distance, prefix)
        found = search(reader._snapshot, asked, None)
        expected = search(compared, asked, None)
        assert found.docs.tolist() == expected.docs.tolist(), asked
        assert found.segments.tolist() == expected.segments.tolist(), asked
        some += len(found) > 0
    assert some > QUERIES // 2


@pytest.fixture(scope="module", params=[1, 2])
def known(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> tuple[searchlib.Index, Counter[str]]:
    texts = random_texts(request.param, 90)
    return build(tmp_path_factory.mktemp("words"), texts), counts_of(texts)


def edits(first: str, second: str) -> int:
    return next(limit for limit in range(99) if within(first, second, limit))


def test_completions(known: tuple[searchlib.Index, Counter[str]]) -> None:
    index, counts = known
    assert index.stats().segments > 1
    prefixes = {word[:size] for word in counts for size in (1, 2, 3, 9)} | {"zz", "KA", "TE", "tě", "l", "京"}
    for prefix in sorted(prefixes):
        folded = fold(prefix)
        fitting = [word for word in counts if fold(word).startswith(folded)]
        # In alphabetical order without accents; of words that differ in these only, the plain one first.
        fitting.sort(key=lambda word: (-counts[word], fold(word).encode(), word != fold(word), word))
        for limit in (1, 4, 1000):
            found = index.complete(prefix, limit)
            if prefix in ("京都市", "東京", "京都", "都市"):
                continue  # of these the last character is completed
            assert [(one.word, one.count) for one in found] == [(word, counts[word]) for word in fitting[:limit]], (
                prefix
            )


def misspelt(chance: random.Random, words: list[str]) -> str:
    """A word with some edits, or another word altogether."""
    word = chance.choice(words) if chance.random() < 0.9 else random_word(chance)
    for _ in range(chance.randrange(1, 4)):
        place = chance.randrange(len(word))
        letter = chance.choice("akorьжлtx")
        before, rest = word[:place], word[place + 1 :]
        swapped = before + rest[:1] + word[place] + rest[1:]
        word = chance.choice([before + rest, before + letter + word[place:], before + letter + rest, swapped]) or letter
    return word


def test_near_words(known: tuple[searchlib.Index, Counter[str]]) -> None:
    index, counts = known
    chance = random.Random(5)
    words = by_folded(counts)
    for _ in range(QUERIES):
        text, limit = misspelt(chance, sorted(counts)), chance.choice((1, 2))
        folded = fold(text)
        expected = {
            (shown, total, edits(other, folded))
            for other, (shown, total) in words.items()
            if within(other, folded, limit) and not any(map(str.isdigit, other))
        }
        found = index._opened.words.near([(text, limit)])[0]
        assert set(found) == expected, text
        assert len(found) == len(expected)
        assert index._opened.words.counts([text])[0] == words.get(folded, ("", 0))[1]


def likeliest(text: str, counts: Counter[str]) -> str | None:
    """The best correction of a word that does not occur, and is not two in one."""
    folded = fold(text)
    ranked = []
    for other, (shown, total) in by_folded(counts).items():
        distance = edits(other, folded)
        if distance <= edits_of(text) and len(other) > 1 and not any(map(str.isdigit, other)):
            weight = total / EDIT**distance / (1 if other[0] == folded[0] else FIRST)
            ranked.append((-weight, shown))
    return min(ranked)[1] if ranked else None


def test_suggestions(known: tuple[searchlib.Index, Counter[str]]) -> None:
    index, counts = known
    chance = random.Random(7)
    offered = asked = 0
    while asked < QUERIES:
        text = misspelt(chance, sorted(counts))
        if fold(text) in by_folded(counts) or not can_be_corrected(text):
            continue
        if index.search(text).total:
            continue  # by its stem
        asked += 1
        suggestion = index.search(text).suggestion
        expected = likeliest(text, counts)
        if expected is None:
            # Two words in one, which stand together somewhere.
            assert suggestion is None or (suggestion.replace(" ", "") == text and index.search(f'"{suggestion}"').total)
            continue
        assert suggestion == expected, text
        assert index.search(suggestion).total
        offered += 1
    assert offered > QUERIES / 3
