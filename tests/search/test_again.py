"""Words side by side are ranked again: questions by the letters of their texts, equal scores by nearness."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from random import Random
from typing import Any

import pytest
from lexicons import lexicon_of

import searchlib
from searchlib import Document
from searchlib.engine.answers import Answer, Handle, Ranked
from searchlib.engine.cursors import seal
from searchlib.engine.requests import Request
from searchlib.model.ranking import DEFAULT_RANKING
from searchlib.model.records import DocumentInfo, Paragraph, Record
from searchlib.query import parse
from searchlib.search.again import AGAIN, DOCUMENT, LETTERS, NEAR, WITHIN, _of_documents, ranked
from searchlib.search.nearness import nearness
from searchlib.search.wanted import Wanted

QUESTION = "who held the defence line of football"
ENGINE = {"letters": 0.0, "near": 0.0, "document": 0.0}


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[searchlib.Index]:
    folder = tmp_path_factory.mktemp("again")
    texts = ["The defenders of footballers held the lines.", "Who held the defence line?"]
    texts += [f"The line of number {number} held, of football." for number in range(AGAIN + 10)]
    rows = "".join(f'{{"id": "{number}", "text": "{text}"}}\n' for number, text in enumerate(texts))
    (folder / "rows.jsonl").write_text(rows, encoding="utf-8")
    with searchlib.build(folder / "rows.jsonl", folder / "index", language="en", processes=1) as opened:
        yield opened


def ids(results: searchlib.Results) -> list[str]:
    return [hit.id for hit in results]


def test_what_shares_letters_with_the_question_comes_earlier(tmp_path: Path) -> None:
    texts = ["Die Spieler der Vereinsgelände sah jeder.", "Die Spieler der Abwehrverteidigung sah jeder."]
    for number, text in enumerate(texts):
        (tmp_path / f"{number}.txt").write_text(text + "\n", encoding="utf-8")
    with searchlib.build(tmp_path, tmp_path / "index", language="de", processes=1) as index:
        question = "Welche Verteidiger Spieler sah jeder"
        assert [hit.text for hit in index.search(question, ranking=ENGINE)] == texts
        assert [hit.text for hit in index.search(question)] == texts[::-1]


def test_scores_are_the_engines_and_what_the_letters_gave_and_fall(index: searchlib.Index) -> None:
    engines = {hit.id: hit.score for hit in index.search(QUESTION, limit=AGAIN + 5, ranking=ENGINE)}
    found = list(index.search(QUESTION, limit=AGAIN + 5))
    assert [hit.score for hit in found] == sorted((hit.score for hit in found), reverse=True)
    for hit in found[:AGAIN]:
        explained = hit.explain()
        assert explained is not None
        added = {part.text: part.score for part in explained.parts if part.text in (LETTERS, NEAR, DOCUMENT)}
        assert hit.score == pytest.approx(engines[hit.id] + sum(added.values()))
        assert explained.score == pytest.approx(hit.score)
        assert list(added) == [LETTERS, NEAR]
        assert all(text in str(explained) for text in added)
    assert [hit.score for hit in found[AGAIN:]] == [engines[hit.id] for hit in found[AGAIN:]]


@pytest.mark.parametrize("size", [1, 4, AGAIN - 1, AGAIN, AGAIN + 1, 100])
def test_pages_are_parts_of_one_order(index: searchlib.Index, size: int) -> None:
    whole = ids(index.search(QUESTION, limit=100))
    assert len(whole) == AGAIN + 12
    by_offset = [ids(index.search(QUESTION, limit=size, offset=first)) for first in range(0, len(whole), size)]
    assert [id for page in by_offset for id in page] == whole
    found, cursor = ids(results := index.search(QUESTION, limit=size)), results.cursor
    while cursor is not None:
        results = index.search(QUESTION, limit=size, after=cursor)
        assert results.offset == len(found)
        found, cursor = found + ids(results), results.cursor
    assert found == whole


@pytest.mark.parametrize(
    ("query", "options"),
    [
        ("defence line football", {}),
        ("held AND the AND line AND football", {}),
        (QUESTION, {"sort": "document"}),
        (QUESTION, {"ranking": ENGINE}),
        ("東京大学の歴史を知る", {}),
    ],
)
def test_nothing_else_is_ranked_again(
    index: searchlib.Index, monkeypatch: pytest.MonkeyPatch, query: str, options: dict[str, object]
) -> None:
    def never(*_: object) -> list[float]:
        raise AssertionError("the letters were asked for")

    monkeypatch.setattr("searchlib.search.letters.similarities", never)
    assert index.search(query, **options) is not None  # type: ignore[arg-type]
    with pytest.raises(AssertionError):
        index.search(QUESTION)


def test_a_page_about_a_thing_comes_before_one_that_names_it_once(tmp_path: Path) -> None:
    about = ["Salt of the sea makes the water heavy.", "Salt of the sea comes from rivers.", "Salt of the sea is won."]
    (tmp_path / "b.md").write_text("\n\n".join(about) + "\n", encoding="utf-8")
    (tmp_path / "a.md").write_text("Salt of the sea makes the water heavy!\n", encoding="utf-8")
    with searchlib.build(tmp_path, tmp_path / "index", language="en", processes=1) as index:
        query = "how salt makes water of the sea heavy"
        assert index.search(query, ranking={"document": 0.0})[0].document.path.endswith("a.md")
        first = index.search(query)[0]
        assert first.document.path.endswith("b.md")
        explained = first.explain()
        assert explained is not None and explained.parts[-1].text == DOCUMENT


def test_of_the_other_hits_of_a_document_the_best_four_count() -> None:
    hits = [Ranked(searchlib.Citation, score) for score in (9.0, 8.0, 7.0, 6.0, 5.0, 4.0, 3.0)]  # type: ignore[arg-type]
    paths = ["a", "a", "b", "a", "a", "a", "a"]
    assert _of_documents(hits, paths) == [23.0, 24.0, 0.0, 26.0, 27.0, 28.0, 28.0]


NEARNESS = {
    "the hot dog": [
        ("The hot dog.", 2.0),
        ("the hot big dogs", 1.5),
        ("dog hot", 0.5),
        ("hot", 0.0),
        ("Hot, the dog", 1.0),
    ],
    "café olé": [("Le Café Olé", 1.0), ("cafe ole", 1.0), ("ole, ein Café", 1 / 3)],
    "hand-off baton": [("hand off the baton", 1.5), ("handoff baton", 0.0)],
    "東京大学": [("東京大学", 2.0), ("大学東京", 0.0)],
    "winter ship": [("A win-\nter ship", 1.0), ("A win-ter ship", 0.0)],
}


@pytest.mark.parametrize(("query", "texts"), NEARNESS.items())
def test_nearness_is_a_whole_for_each_two_words_that_stand_as_they_were_typed(
    query: str, texts: list[tuple[str, float]]
) -> None:
    records = [
        Record("0" * 16, DocumentInfo("a", "", "text", "en", {}), Paragraph(1, 0, len(text), text)) for text, _ in texts
    ]
    lexicon = lexicon_of(*(text for text, _ in texts))
    assert nearness(parse(query, (), lexicon).query, records) == pytest.approx([number for _, number in texts])


def test_what_is_found_and_counted_is_the_same(index: searchlib.Index) -> None:
    one, other = (index.search(QUESTION, limit=5, facets="type", ranking=ranking) for ranking in (None, ENGINE))
    assert (one.total, one.documents, one.facets) == (other.total, other.documents, other.facets)
    assert {hit.id for hit in index.search(QUESTION, limit=100)} == {
        hit.id for hit in index.search(QUESTION, limit=100, ranking=ENGINE)
    }


def test_many_queries_are_ranked_as_each_is(index: searchlib.Index) -> None:
    expected = [(hit.id, hit.score, str(hit.explain())) for hit in index.search(QUESTION)]
    for processes in (1, 2):
        _, results = index.search_many(["line", QUESTION], processes=processes)
        assert [(hit.id, hit.score, str(hit.explain())) for hit in results] == expected


@pytest.mark.parametrize("place", [b"", b"x", b"123", b"-1", "²".encode()])
def test_a_forged_cursor_is_none(index: searchlib.Index, place: bytes) -> None:
    forged = seal(WITHIN + place, Wanted().question(QUESTION))
    with pytest.raises(searchlib.SettingsError, match="no cursor"):
        index.search(QUESTION, after=forged)


TIED = [
    "A dog is hot.",
    "A dog hot is.",
    "Is a hot dog.",
    "Hot is a dog.",
    "A cat is big.",
]
NEAREST = ["Is a hot dog.", "A dog hot is.", "A dog is hot.", "Hot is a dog."]


@pytest.fixture(scope="module")
def tied(tmp_path_factory: pytest.TempPathFactory) -> Iterator[searchlib.Index]:
    folder = tmp_path_factory.mktemp("tied")
    for number, text in enumerate(TIED):
        (folder / f"{number}.txt").write_text(text + "\n", encoding="utf-8")
    with searchlib.build(folder, folder / "index", language="en", processes=1) as opened:
        yield opened


@pytest.mark.parametrize("query", ["hot dog", "+missing OR hot dog", "hots dogs"])
def test_of_equal_scores_the_nearer_comes_first_and_the_one_in_order(tied: searchlib.Index, query: str) -> None:
    found = list(tied.search(query))
    assert len({hit.score for hit in found}) == 1
    assert [hit.text for hit in found] == NEAREST


@pytest.mark.parametrize("query", ["dog AND hot", "dog", '"dog hot" OR hot'])
def test_nearness_counts_for_words_side_by_side_alone(tied: searchlib.Index, query: str) -> None:
    scores = {hit.text: hit.score for hit in tied.search(query)}
    assert list(scores) == sorted(scores, key=lambda text: (-scores[text], TIED.index(text)))


@pytest.mark.parametrize("size", [1, 2, 3, 4, 30])
def test_pages_of_equal_scores_are_parts_of_one_order(tied: searchlib.Index, size: int) -> None:
    found, cursor = [], None
    while True:
        results = tied.search("hot dog", limit=size, after=cursor)
        assert [hit.text for hit in tied.search("hot dog", limit=size, offset=len(found))] == [h.text for h in results]
        found += [hit.text for hit in results]
        cursor = results.cursor
        if cursor is None:
            break
    assert found == NEAREST


def test_a_cursor_between_different_scores_is_the_engines(tied: searchlib.Index) -> None:
    first = tied.search("hot big", limit=1, sort="relevance")
    rest = tied.search("hot big", limit=9, after=first.cursor, sort="relevance")
    assert [hit.text for hit in (*first, *rest)] == [hit.text for hit in tied.search("hot big", limit=10)]


class WithoutNearness:
    """The same reader, which does not tell nearness: texts are read for it."""

    def __init__(self, reader: Any) -> None:
        self._reader = reader

    def search(self, request: Request) -> Answer:
        return self._reader.search(request)

    def records(self, handles: Sequence[Handle]) -> list[Record]:
        return self._reader.records(handles)


@pytest.mark.parametrize("seed", range(3))
def test_positions_tell_the_nearness_that_texts_have(tmp_path: Path, seed: int) -> None:
    random = Random(seed)
    words = ["hot", "Hots", "dog", "dogs'", "café", "cafe", "Straße", "東京大学", "京都", "a", "e-mail"]
    words += ["C++", "AT&T", "win-\nter", "winter"]

    def told() -> dict[str, str]:
        text = " ".join(random.choices(words, k=random.choice([4, 6, 6, 6])))
        return {"text": text, "language": random.choice(["en", "de"])}

    with searchlib.build([], tmp_path / "index", processes=1) as index:
        for _ in range(2):
            with index.writer() as writer:
                for number in range(60):
                    about = told()
                    writer.add(Document(f"{random.random()}{number}", about["text"], language=about["language"]))
        reader = index._reader
        for _ in range(40):
            query = parse(" ".join(random.choices(words, k=random.choice([2, 2, 3]))), (), reader.lexicon).query
            limit, offset = random.choice([3, 10, 50, None]), random.choice([0, 0, 4])
            request = Request(query, limit=limit, offset=offset, ranking=DEFAULT_RANKING.with_(ENGINE))
            one, other = (ranked(each, request) for each in (reader, WithoutNearness(reader)))
            assert [(hit.handle.id, hit.score) for hit in one.hits] == [(h.handle.id, h.score) for h in other.hits]
            assert one.cursor == other.cursor
