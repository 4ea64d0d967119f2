"""Inversion in bulk gives what counting token by token gives."""

import gc
import weakref
from collections import defaultdict
from typing import Any

import numpy as np
import pytest
from exploring import examples
from hypothesis import given
from hypothesis import strategies as st

from searchlib.analysis import tokens
from searchlib.engines.whoosh.building import inversion
from searchlib.engines.whoosh.building.incoming import Incoming
from searchlib.engines.whoosh.building.inversion import invert, stretches
from searchlib.engines.whoosh.building.runs import FieldRun, Run, ranges
from searchlib.model.records import Document, paragraph_id
from searchlib.paragraphs import split
from searchlib.query.values import meta_keys

Postings = dict[str, dict[int, list[int]]]


def postings(run: FieldRun) -> Postings:
    """{key: {record: positions}}; for a field without positions as many zeros as the frequency."""
    found: Postings = {}
    at = place = 0
    for key, df in zip(run.keys, run.df.tolist(), strict=True):
        records = found.setdefault(key.decode("utf-8", "surrogatepass"), {})
        for record, freq in zip(run.docs[at : at + df].tolist(), run.freqs[at : at + df].tolist(), strict=True):
            if run.positions is None:
                records[record] = [0] * freq
            else:
                records[record] = run.positions[place : place + freq].tolist()
            place += freq
        at += df
    assert at == len(run.docs)
    assert run.positions is None or place == len(run.positions)
    assert list(run.keys) == sorted(set(run.keys))
    return found


def counted(texts: list[str], language: str) -> tuple[Postings, list[int]]:
    found: Postings = defaultdict(lambda: defaultdict(list))
    lengths = []
    for record, text in enumerate(texts):
        analysed = tokens(text)
        lengths.append(len(analysed))
        for token in analysed:
            found[token.key][record].append(token.position)
    return {key: dict(records) for key, records in found.items()}, lengths


words = st.sampled_from(
    [
        "defense",
        "industry",
        "The",
        "of",
        "1,000",
        "Erdoğan",
        "erdogan",
        "İstanbul",
        "東京都",
        "ไทย",
        "हिन्दी",
        "ét",
        "\u200d",
        "👍",
        "a_b",
        "can't",
        "�",
    ]
)
paragraph_texts = st.lists(words, min_size=1, max_size=12).map(" ".join)
documents = st.lists(paragraph_texts, min_size=1, max_size=5).map("\n\n".join)
corpora = st.lists(documents, min_size=1, max_size=5)


def run_of(texts: list[str], language: str = "en") -> Run:
    documents = [Document(f"d{number}", text, f"Title {number}") for number, text in enumerate(texts)]
    return invert(map(Incoming, documents), language)


@given(corpora)
@examples(150)
def test_text_is_inverted_as_if_token_by_token(texts: list[str]) -> None:
    run = run_of(texts)
    expected, lengths = counted(run.texts, "en")
    assert postings(run.fields["text"]) == expected
    assert run.fields["text"].lengths is not None
    assert run.fields["text"].lengths.tolist() == lengths


@given(corpora)
@examples(50)
def test_a_title_counts_for_every_paragraph_of_its_document(texts: list[str]) -> None:
    run = run_of(texts)
    titles = [f"Title {number}" for number, one in enumerate(run.documents) for _ in range(one.records)]
    expected, lengths = counted(titles, "en")
    assert postings(run.fields["title"]) == expected
    assert run.fields["title"].lengths is not None
    assert run.fields["title"].lengths.tolist() == lengths


def test_metadata_is_inverted_with_its_marked_values() -> None:
    metadata = {"Author": ("Jane Doe", "John Roe"), "author": "X", "year": 1912, "seen": True}
    run = invert([Incoming(Document("d", "One.\n\nTwo.", metadata=metadata))], "en")
    assert run.metadata_fields == ["author", "seen", "year"]
    keys, places = meta_keys(("Jane Doe", "John Roe", "X"))
    expected: Postings = defaultdict(dict)
    for key, place in zip(keys, places, strict=True):
        for record in (0, 1):
            expected["author\0" + key].setdefault(record, []).append(place)
    found = postings(run.metadata)
    assert {key: value for key, value in found.items() if key.startswith("author\0")} == expected
    assert {key.partition("\0")[0] for key in found} == {"author", "seen", "year"}


def test_what_is_stored_says_where_each_paragraph_stands() -> None:
    document = Document("d.txt", "A title\n\nOne.\n\nTwo.\n\nOne.\n", "A title")
    run = invert([Incoming(document, "d.txt", "abc")], "en")
    paragraphs = split(document)
    assert run.texts == [paragraph.text for paragraph in paragraphs] == ["One.", "Two.", "One."]
    assert run.columns["start"].tolist() == [paragraph.start for paragraph in paragraphs]
    assert run.columns["line"].tolist() == [paragraph.line for paragraph in paragraphs]
    assert run.columns["number"].tolist() == [1, 2, 3]
    occurrences = run.stored["_occurrence"]
    assert (occurrences.values, occurrences.repeats.tolist()) == ([0, 1], [2, 1])
    ids = [paragraph_id("d.txt", "One.", 0), paragraph_id("d.txt", "Two."), paragraph_id("d.txt", "One.", 1)]
    alphabet = "0123456789abcdefghjkmnpqrstvwxyz"
    bits = ["".join(f"{alphabet.index(c):05b}" for c in id) for id in ids]
    for name, start, stop in (("_id", 0, 32), ("_id2", 32, 64), ("_id3", 64, 80)):
        assert run.columns[name].tolist() == [int(one[start:stop], 2) for one in bits]


def test_the_language_is_the_documents_own_the_given_one_or_the_detected_one() -> None:
    german = "Die Gespräche fanden in der Stadt statt, und es hieß, dass sie noch dauern."
    for given_language, own, expected in (
        ("auto", "", "de"),
        ("auto", "fr", "fr"),
        ("en", "", "en"),
        ("en", "fr", "fr"),
    ):
        run = invert([Incoming(Document("d", german, language=own))], given_language)
        assert run.about["language"] == [expected]
    unsure = invert([Incoming(Document("d", "42"), default_language="tr")], "auto")
    assert unsure.about["language"] == ["tr"]


def test_a_document_without_paragraphs_leaves_nothing() -> None:
    run = invert([Incoming(Document("empty", "")), Incoming(Document("d", "One."))], "en")
    assert run.size == 1
    assert run.documents == [("empty", 0, None), ("d", 1, None)]
    assert run.about["document"] == ["d"]


@pytest.mark.parametrize(
    ("values", "expected"),
    [([], []), (["a"], [(0, 1)]), (["a", "a", "b", "a"], [(0, 2), (2, 3), (3, 4)])],
)
def test_stretches_are_runs_of_equal_neighbours(values: list[str], expected: list[tuple[int, int]]) -> None:
    assert list(stretches(values)) == expected


def test_ranges_count_up_from_each_start() -> None:
    starts, sizes = np.array([5, 0, 9], np.uint32), np.array([3, 0, 2], np.int64)
    assert ranges(starts, sizes).tolist() == [5, 6, 7, 9, 10]


def test_a_batch_is_let_go_of_when_its_run_is(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the garbage collector, which comes by too late for batches of millions of words."""
    made = []
    original = inversion._Inverter

    def watched(*how: Any) -> Any:
        inverter = original(*how)
        made.append(weakref.ref(inverter))
        return inverter

    monkeypatch.setattr(inversion, "_Inverter", watched)
    gc.collect()
    gc.disable()
    try:
        run = inversion.invert([Incoming(Document("a", "One paragraph.", "Its title"))])
        assert run.size == 1
        assert made[0]() is None
    finally:
        gc.enable()
