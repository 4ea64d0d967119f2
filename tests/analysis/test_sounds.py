"""Spellings of one name are told from other names by how they sound: a table of each, and what the tables measure."""

from __future__ import annotations

import random

import pytest

pytest.importorskip("anyascii", reason="names take the extra of that name")

from searchlib.analysis import fold
from searchlib.analysis.sounds import is_one_name, keys_of, sounds
from tests.analysis.namepairs import MISSED, ONE_NAME, TAKEN, TWO_NAMES, pairs


def keys(word: str) -> set[str]:
    return {key for _, some in keys_of([fold(word)]) for key in some}


def taken_for_one(name: str, other: str) -> bool:
    return bool(keys(name) & keys(other)) and is_one_name(fold(name), fold(other)) is not None


def test_spellings_of_one_name_are_found_from_either() -> None:
    found = [(*pair, taken_for_one(*pair)) for one, two in pairs(ONE_NAME) for pair in ((one, two), (two, one))]
    assert [pair for pair in found if not pair[2]] == []
    assert len(found) >= 2 * 100


def test_other_names_are_not() -> None:
    assert [pair for pair in pairs(TWO_NAMES) if taken_for_one(*pair)] == []
    assert len(pairs(TWO_NAMES)) >= 80


def test_what_the_tables_say_of_recall_and_precision() -> None:
    """docs/searching.md has both."""
    assert [pair for pair in pairs(MISSED) if taken_for_one(*pair)] == []
    assert [pair for pair in pairs(TAKEN) if not taken_for_one(*pair)] == []
    counted = [len(pairs(table)) for table in (ONE_NAME, MISSED, TWO_NAMES, TAKEN)]
    assert counted == [116, 6, 90, 15]


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("Tchaikovsky", "Caikovski"),
        ("Tschaikowski", "Caikowski"),
        ("Чайковский", "Caikovski"),
        ("Szczecin", "SCecin"),
        ("Μητσοτάκης", "micotakis"),
        ("القاهرة", "khr"),
    ],
)
def test_letters_that_are_said_together_are_one_sound(word: str, said: str) -> None:
    assert sounds(fold(word)) == said


def test_keys_of_many_words_are_those_of_each() -> None:
    """Words are keyed thousands at a time, plain ones apart; each has the keys that it has alone."""
    words = [fold(word) for pair in pairs(ONE_NAME) for word in pair]
    words += ["ไทยไทย", "東京", "\ud800\ud800"]
    random.Random(1).shuffle(words)
    found: dict[int, set[str]] = {number: set() for number in range(len(words))}
    for numbers, some in keys_of(words):
        for number, key in zip(numbers, some, strict=True):
            found[number].add(key)
    assert [found[number] for number in range(len(words))] == [keys(word) for word in words]
