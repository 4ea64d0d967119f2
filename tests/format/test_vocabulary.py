"""The file of the words of an index: what is written is read, in every way of reading it, and damage is named."""

from __future__ import annotations

import random
from itertools import islice
from pathlib import Path

import numpy as np
import pytest
from exploring import examples
from hypothesis import given
from hypothesis import strategies as st

from searchlib.analysis import fold, join_key
from searchlib.engines.whoosh.format.access import map_file
from searchlib.engines.whoosh.format.container import Container, ContainerWriter
from searchlib.engines.whoosh.format.vocabulary import BLOCK, KIND, Vocabulary, VocabularyWriter, sets_of
from searchlib.errors import IndexCorrupt, IndexIncompatible

from .test_damage import forge

LETTERS = "abcdeéşжд漢0"


def write(path: Path, words: dict[bytes, int], at_once: int = 100) -> Path:
    writer = VocabularyWriter(ContainerWriter(path.open("wb"), KIND))
    items = iter(sorted(words.items()))
    while part := list(islice(items, at_once)):
        writer.add([key for key, _ in part], [count for _, count in part])
    writer.close(sync=False)
    return path


def opened(path: Path) -> Vocabulary:
    return Vocabulary(Container(map_file(path), str(path), KIND))


def random_words(seed: int, count: int) -> dict[bytes, int]:
    """Keys and counts, some of which are large, and many alike."""
    chance = random.Random(seed)
    made = {"".join(chance.choices(LETTERS, k=chance.randrange(1, 9))) for _ in range(count)}
    return {join_key(word).encode(): int(chance.paretovariate(0.4)) for word in made}


def everything(vocabulary: Vocabulary) -> list[object]:
    """All that a vocabulary says."""
    size = len(vocabulary)
    keys, counts = [], []
    for part, numbers in vocabulary.chunks():
        keys += part
        counts += numbers
    data, ends, lengths = vocabulary.places()
    numbers = np.arange(size)
    return [
        keys,
        counts,
        [vocabulary.text(key) for key in keys],
        [data[end - length : end].tobytes() for end, length in zip(ends.tolist(), lengths.tolist(), strict=True)],
        vocabulary.counts_of(numbers).tolist(),
        vocabulary.sets.tolist(),
        [vocabulary.locate(b"\xff"), vocabulary.locate(b"c"), vocabulary.locate("ж".encode())],
        vocabulary.most(0, size, 20),
        [vocabulary.keys(first, first + 1) for first in range(0, size, 7)],
        [vocabulary.counts(first, min(first + 9, size)).tolist() for first in range(0, size, 50)],
    ]


@pytest.mark.parametrize("size", [0, 1, BLOCK - 1, BLOCK, BLOCK + 1, 700])
def test_words_are_read_as_they_were_written(tmp_path: Path, size: int) -> None:
    words = dict(islice(random_words(size, 3 * size).items(), size))
    vocabulary = opened(write(tmp_path / "words", words))
    keys = sorted(words)
    assert len(vocabulary) == len(words)
    assert vocabulary.tokens == sum(words.values())
    assert [(key, count) for part in vocabulary.chunks() for key, count in zip(*part, strict=True)] == [
        (key, words[key]) for key in keys
    ]
    data, ends, lengths = vocabulary.places()
    assert [
        data[end - length : end].tobytes() for end, length in zip(ends.tolist(), lengths.tolist(), strict=True)
    ] == keys
    assert vocabulary.counts_of(np.arange(size)).tolist() == [words[key] for key in keys]
    for number, key in enumerate(keys):
        assert vocabulary.locate(key) == number
        assert vocabulary.locate(key + b"\0") == number + 1


def test_the_bytes_do_not_depend_on_how_many_words_come_at_once(tmp_path: Path) -> None:
    words = random_words(1, 500)
    one, other = (write(tmp_path / str(at_once), words, at_once) for at_once in (7, 1000))
    assert one.read_bytes() == other.read_bytes()


@examples(60)
@given(st.integers(0, 2**32), st.integers(0, 300), st.integers(0, 300), st.integers(1, 40))
def test_the_most_frequent_are_those_of_a_sort(tmp_path_factory: object, seed: int, a: int, b: int, limit: int) -> None:
    words = random_words(seed, 300)
    vocabulary = opened(write(tmp_path_factory.mktemp("most") / "words", words))  # type: ignore[attr-defined]
    first, last = sorted((min(a, len(words)), min(b, len(words))))
    ranked = sorted(((-words[key], number) for number, key in enumerate(sorted(words)) if first <= number < last))
    assert vocabulary.most(first, last, limit) == [(number, -count) for count, number in ranked[:limit]]


def test_a_set_changes_by_no_more_than_the_edits_do() -> None:
    """Whatever is within some edits is never ruled out by its set."""
    chance = random.Random(3)
    for _ in range(500):
        word = "".join(chance.choices("abcdefxyzéжд", k=chance.randrange(1, 12)))
        place, letter = chance.randrange(len(word)), chance.choice("abxyzж")
        swapped = word[:place] + word[place + 1 : place + 2] + word[place] + word[place + 2 :]
        rest = word[place + 1 :]
        edited = chance.choice([word[:place] + rest or "a", word[:place] + letter + word[place:], swapped,
                                word[:place] + letter + rest])  # fmt: skip
        before, after = (int(found) for found in sets_of([fold(word).encode(), fold(edited).encode()]))
        lost, won = before & ~after & (1 << 26) - 1, after & ~before & (1 << 26) - 1
        assert lost.bit_count() <= 1
        assert won.bit_count() <= 1
        assert abs((before >> 26) - (after >> 26)) <= 1


def test_a_set_has_the_characters_of_a_word_and_their_number() -> None:
    assert sets_of([b"a" * 63, b"ab", b"a1\x1f\xc3\xa11"]).tolist() == [1 | 63 << 26, 3 | 2 << 26, 1 | 1 << 4 | 2 << 26]


@pytest.mark.parametrize(
    ("keys", "counts"), [([b"b", b"a"], [1, 1]), ([b"a", b"a"], [1, 1]), ([b"a"], [0]), ([b"a" * 256], [1])]
)
def test_what_cannot_be_in_a_vocabulary_is_refused(tmp_path: Path, keys: list[bytes], counts: list[int]) -> None:
    writer = VocabularyWriter(ContainerWriter((tmp_path / "words").open("wb"), KIND))
    with pytest.raises(ValueError, match="words that"):
        writer.add(keys, counts)
    writer.abort()


def test_a_flipped_bit_anywhere_is_found_or_changes_nothing(tmp_path: Path) -> None:
    path = write(tmp_path / "words", random_words(2, 900))
    expected = everything(opened(path))
    whole = path.read_bytes()
    chance = random.Random(4)
    found = 0
    for _ in range(80):
        at = chance.randrange(len(whole))
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 1 << chance.randrange(8)]) + whole[at + 1 :])
        try:
            assert everything(opened(path)) == expected
        except IndexCorrupt as error:
            assert error.path == str(path)
            found += 1
        except IndexIncompatible:
            assert 12 <= at < 16  # the version
    assert found > 70


def test_forged_contents_with_right_checksums_never_raise_anything_else(tmp_path: Path) -> None:
    path = write(tmp_path / "words", random_words(5, 700))
    whole = path.read_bytes()
    chance = random.Random(6)

    def change(_: str, data: np.ndarray) -> np.ndarray:
        for _ in range(chance.choice((0, 1, 1, 3))):
            if len(data):
                data[chance.randrange(len(data))] = chance.randrange(256)
        return data[: chance.randrange(len(data))] if len(data) and chance.random() < 0.1 else data

    refused = 0
    for _ in range(150):
        path.write_bytes(whole)
        forge(path, KIND, change)
        try:
            everything(opened(path))
        except IndexCorrupt as error:
            assert error.path == str(path)
            refused += 1
    assert refused


@pytest.mark.parametrize("claimed", [2**40, 10**400, -1, None, True, 1.5, "9"])
def test_a_number_of_words_that_cannot_be_is_found(tmp_path: Path, claimed: object) -> None:
    path = write(tmp_path / "words", random_words(7, 100))
    container = Container(path.read_bytes(), str(path), KIND)
    with path.with_suffix(".new").open("wb") as file:
        writer = ContainerWriter(file, KIND)
        for name in container.names():
            section = container.section(name)
            writer.section(name, section.slice(0, section.length))
        writer.meta = {**container.meta, "words": claimed}
        writer.close()
    path.with_suffix(".new").replace(path)
    with pytest.raises(IndexCorrupt):
        opened(path)
