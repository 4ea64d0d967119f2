"""More like a paragraph, and several queries in one call."""

from __future__ import annotations

from pathlib import Path

import pytest
from whoosh import query as wq

import searchlib
from searchlib import Document, ParagraphNotFound, QueryError, SettingsError
from searchlib.engine.answers import FacetCount
from searchlib.query.synonyms import parse_synonyms
from searchlib.search.similarity import telling_words

from .around import apply, made

TEXTS = {
    "pipes": "The pipelines carry gas.\n\nThe gas pipelines closed, and the gas with them.",
    "gas": "Of gas in pipelines there was much talk.\n\nThe weather was fine.",
    "bees": "The bees were out.\n\nThe honey was in the hive.",
    "tokyo": "東京都の港は冬に閉まる。\n\n港の船。",
    "osaka": "大阪の港は冬に閉まる。",
}


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> searchlib.Index:
    index = made(tmp_path_factory.mktemp("similar"), [])
    with index.writer() as w:
        for path, text in TEXTS.items():
            w.add(Document(path, text, language="ja" if text.isascii() is False else "en"))
    return index


def id_of(index: searchlib.Index, path: str, number: int) -> str:
    return next(h.id for h in index.all("*") if (h.document.path, h.paragraph.number) == (path, number))


def places(results: searchlib.Results) -> list[tuple[str, int]]:
    return [(hit.document.path, hit.paragraph.number) for hit in results]


def test_what_shares_the_telling_words_is_similar(index: searchlib.Index) -> None:
    found = index.similar(id_of(index, "pipes", 2))
    assert places(found)[0] == ("gas", 1)
    assert all(path != "pipes" for path, _ in places(found))
    assert [found[0].text[start:end] for start, end in found[0].spans] == ["gas", "pipelines"]
    assert "gas" in str(found[0].explain())


def test_its_own_document_counts_if_asked_for_but_never_itself(index: searchlib.Index) -> None:
    found = places(index.similar(id_of(index, "pipes", 2), within_document=True))
    assert found[0] == ("pipes", 1)
    assert ("pipes", 2) not in found


def test_scripts_without_spaces_have_telling_words_too(index: searchlib.Index) -> None:
    assert places(index.similar(id_of(index, "osaka", 1)))[0] == ("tokyo", 1)


def test_words_that_nobody_else_has_say_nothing(index: searchlib.Index) -> None:
    reader = index._reader
    words = telling_words(reader, index.paragraph(id_of(index, "bees", 2)))
    assert {word.text for word in words} == {"The", "was", "in"}


def test_the_rarest_and_most_frequent_words_come_first(index: searchlib.Index) -> None:
    words = telling_words(index._reader, index.paragraph(id_of(index, "pipes", 2)), most=3)
    assert [(word.text, word.boost) for word in words] == [("gas", 16 / 9), ("The", 16 / 9), ("pipelines", 1.0)]


def test_limits_and_filters_apply(index: searchlib.Index) -> None:
    id = id_of(index, "pipes", 2)
    assert len(index.similar(id, 1)) == 1
    assert places(index.similar(id, filter={"document": "bees"}, per_document=1)) == [("bees", 2)]
    assert places(index.similar(id, offset=1))[0] == places(index.similar(id))[1]
    with pytest.raises(ParagraphNotFound):
        index.similar("zzzz")
    with pytest.raises(SettingsError):
        index.similar(id, -1)


def test_a_paragraph_without_words_is_like_no_other(tmp_path: Path) -> None:
    index = made(tmp_path, [{"a1": (["***", "harbour"], {}, "")}])
    assert places(index.similar(id_of(index, "a1", 1))) == []


def test_several_queries_are_answered_in_order(index: searchlib.Index) -> None:
    queries = ["gas", wq.Term("text", "bee"), "gas", "zebra"]
    found = index.search_many(queries, 1, facets=["lang"])
    alone = [index.search(query, 1) for query in queries]
    assert [places(one) for one in found] == [places(one) for one in alone]
    assert [one.total for one in found] == [one.total for one in alone]
    assert found[0].facets["lang"].values[0] == FacetCount("en", found[0].total)
    assert index.search_many([]) == []


def test_the_same_text_is_parsed_once(index: searchlib.Index, monkeypatch: pytest.MonkeyPatch) -> None:
    import searchlib.query

    parsed = []
    parse = searchlib.query.parse
    monkeypatch.setattr(searchlib.query, "parse", lambda text, *a, **k: (parsed.append(text), parse(text, *a, **k))[1])
    index.search_many(["gas here", "bees here", "gas here"], filter="gas here")
    assert parsed == ["gas here", "bees here"]
    index.search("gas here")
    index.search("gas here", filter="bees here")
    assert parsed == ["gas here", "bees here"]
    index.search("gas here", strict=True)
    index.search("gas here", synonyms=parse_synonyms("gas, petrol"))
    assert parsed == ["gas here", "bees here", "gas here", "gas here"]


def test_an_error_says_in_which_query_it_is(index: searchlib.Index) -> None:
    with pytest.raises(QueryError) as error:
        index.search_many(["gas", '"bees'], strict=True)
    assert str(error.value).startswith("Query 2 of 2: ")
    assert '\n    "bees\n    ^' in str(error.value)
    with pytest.raises(SettingsError, match="a list of queries"):
        index.search_many("gas")
    with pytest.raises(SettingsError, match="Query 2 of 2: a query is a text"):
        index.search_many(["gas", 7])


def test_all_answers_are_of_one_generation(tmp_path: Path) -> None:
    index = searchlib.open(made(tmp_path, [{"a1": (["harbour"], {}, "")}]).path, refresh="auto")

    def queries():  # type: ignore[no-untyped-def]
        yield "harbour"
        apply(searchlib.open(index.path), {"a2": (["harbour"], {}, "")})
        yield "harbour "

    assert len({one.total for one in index.search_many(queries())}) == 1


def test_the_text_of_a_query_tree_is_made_only_when_it_is_asked_for(index: searchlib.Index) -> None:
    class Counted(wq.Term):  # type: ignore[misc]
        asked = 0

        def __str__(self) -> str:
            Counted.asked += 1
            return "counted"

    results = index.search(Counted("text", "gas"))
    assert Counted.asked == 0
    assert (results.query, Counted.asked) == ("counted", 1)
