"""The words of an index are counted as a reader would count them, whatever is in memory and whatever is put aside."""

from __future__ import annotations

import random
from collections import Counter
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from exploring import examples
from hypothesis import given
from hypothesis import strategies as st

from searchlib.analysis import join_key, surfaces
from searchlib.analysis.words import find_words
from searchlib.engines.whoosh.building.incoming import Incoming
from searchlib.engines.whoosh.building.inversion import invert
from searchlib.engines.whoosh.building.portions import Portions
from searchlib.engines.whoosh.building.runsources import RunSource, SpilledRun
from searchlib.engines.whoosh.building.wordcounts import Miscounted, TextWords, Totals, count_records, write_vocabulary
from searchlib.model.records import Block, Document
from searchlib.paragraphs import split

WORDS = ("harbour", "The", "Erdoğan", "erdogan", "İstanbul", "Straße", "STRASSE", "東京都", "京", "GPS機能", "ﬁsh",
         "it's", "rfc2119", "ไทย", "x" * 70, "é" * 64, "\u00ad", "naïve")  # fmt: skip


def plainly(texts: list[str]) -> Counter[bytes]:
    """Words counted one by one."""
    found: Counter[bytes] = Counter()
    for text in texts:
        for match in find_words(text):
            found.update(join_key(surface).encode() for surface in surfaces(match[0]) if len(surface) <= 63)
    return found


def totals_of(keys: list[bytes], counts: list[int]) -> dict[bytes, int]:
    found: Counter[bytes] = Counter()
    for key, count in zip(keys, counts, strict=True):
        found[key] += count
    return dict(found)


def texts_of(document: Document) -> list[str]:
    """Its paragraphs, its title, and each heading where its section begins."""
    paragraphs = split(document)
    texts = [paragraph.text for paragraph in paragraphs]
    if paragraphs:
        texts.append(document.title)
    for before, after in pairwise([(), *(paragraph.headings for paragraph in paragraphs)]):
        same = 0
        while same < min(len(before), len(after)) and before[same] == after[same]:
            same += 1
        texts += after[same:]
    return texts


def in_sections(words: list[str]) -> Document:
    """A document with a heading before each second word."""
    text, blocks = "", []
    path: tuple[str, ...] = ()
    for number, word in enumerate(words):
        above = path if number % 2 else path[: number % 3]
        blocks.append(Block(len(text), len(text) + len(word), "text" if number % 2 else "heading", above, number + 1))
        path = path if number % 2 else (*above, word)
        text += word + "\n"
    return Document("a.md", text, title="Naïve title", blocks=tuple(blocks))


texts = st.lists(st.sampled_from(WORDS), min_size=0, max_size=12)


@examples(80)
@given(st.lists(st.tuples(texts, st.sampled_from(["en", "tr", "de"])), min_size=1, max_size=4), st.booleans())
def test_a_run_counts_what_counting_word_by_word_counts(
    tmp_path_factory: pytest.TempPathFactory, documents: list[tuple[list[str], str]], sections: bool
) -> None:
    made = [
        in_sections(words)
        if sections
        else Document(f"{number}", "\n\n".join(words), title="The Title", language=language)
        for number, (words, language) in enumerate(documents)
    ]
    run = invert([Incoming(document) for document in made])
    expected = sum((plainly(texts_of(document)) for document in made), Counter())
    spilled = SpilledRun(tmp_path_factory.mktemp("run") / "run", run)
    for source in (RunSource(run), spilled):
        assert totals_of(*source.words()) == expected
    # Counted again from what is stored, as an update does for documents that go.
    for source in (RunSource(run), spilled):
        again: Counter[bytes] = Counter()
        words = TextWords(lambda keys, counts, again=again: again.update(totals_of(list(keys), list(counts))))  # type: ignore[misc]
        begins = run.columns["number"] == 1
        count_records(np.arange(run.size), begins, source.stored_at, words)
        words.finish()
        assert again == expected


def test_words_of_sections_are_counted_where_they_begin() -> None:
    document = in_sections(["Ship", "harbour", "Winter", "ice", "Ship", "sea"])
    assert plainly(texts_of(document))[b"ship"] == 2
    assert totals_of(*RunSource(invert([Incoming(document)])).words())[b"ship"] == 2


@pytest.mark.parametrize("most", [1, 7, 1 << 20])
def test_totals_do_not_depend_on_what_fits_into_memory(tmp_path: Path, most: int) -> None:
    chance = random.Random(1)
    totals, expected = Totals(tmp_path, Portions(words=most, counts=5)), Counter[bytes]()
    before = {b"k%d" % number: chance.randrange(1, 9) for number in range(40)}
    expected.update(before)
    for _ in range(60):
        keys = [b"k%d" % chance.randrange(80) for _ in range(chance.randrange(4))]
        totals.add(keys, [2] * len(keys))
        for key in keys:
            expected[key] += 2
    gone = [b"k3", b"k5"]
    totals.subtract(gone, [expected[key] for key in gone])
    in_order = sorted(before.items())
    stream = (([key], [count]) for key, count in in_order)
    found = [item for keys, counts in totals.chunks(stream) for item in zip(keys, counts, strict=True)]
    assert found == sorted((key, count) for key, count in expected.items() if key not in gone)
    totals.close()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("before", [[([b"a"], [1])], [([b"b", b"a"], [9, 9])], [([b"c"], [9]), ([b"a"], [9])]])
def test_counts_that_cannot_be_are_noticed(tmp_path: Path, before: list[tuple[list[bytes], list[int]]]) -> None:
    totals = Totals(tmp_path)
    totals.subtract([b"a"], [2])
    with pytest.raises(Miscounted):
        write_vocabulary(tmp_path / "words", totals.chunks(iter(before)))
    assert not (tmp_path / "words").exists()


def test_a_temporary_folder_is_made_only_for_what_does_not_fit_and_removed() -> None:
    few, many = Totals(), Totals(portions=Portions(words=1))
    few.add([b"a"], [1])
    assert few._temporary is None
    many.add([b"b", b"a"], [1, 2])
    many.add([b"c"], [3])
    assert many._temporary is not None
    assert [pair for chunk in many.chunks() for pair in zip(*chunk, strict=True)] == [(b"a", 2), (b"b", 1), (b"c", 3)]
    many.close()
    assert not Path(many._temporary.name).exists()
