"""Facets: how they are asked for, and how they stand after updates; what they count is `engines`' to compare."""

from __future__ import annotations

from pathlib import Path

import pytest

import searchlib
from searchlib import Document, SettingsError

from .around import made


def test_facets_of_an_updated_index_are_those_of_a_clean_build(tmp_path: Path) -> None:
    seeds = tmp_path / "seeds"
    seeds.mkdir()
    for number in range(12):
        text = f"---\nby: {'ANN' if number % 2 else 'Ann'}\nyear: {1990 + number % 3}\n---\nA port.\n\nA ship.\n"
        (seeds / f"d{number}.md").write_text(text, encoding="utf-8")
    index = searchlib.build(seeds, tmp_path / "index")
    (seeds / "d0.md").write_text("---\nby: Bo\n---\nA port.\n", encoding="utf-8")
    (seeds / "d2.md").unlink()
    index = searchlib.build(seeds, tmp_path / "index")
    clean = searchlib.build(seeds, tmp_path / "clean")
    assert index.stats().segments > 1 == clean.stats().segments
    for one in (index, clean):
        facets = one.search("port", facets=["by", "year", "document"]).facets
        assert [tuple(one) for one in facets["by"]] == [("ANN", 10), ("Bo", 1)]
        assert facets["year"].missing == 1
    assert index.search("*", facets=["by", "document"]).facets == clean.search("*", facets=["by", "document"]).facets


def test_several_values_of_a_document_count_each_and_none_is_missing_once(tmp_path: Path) -> None:
    """In two segments, of documents and of paragraphs; with how many there are."""
    index = made(tmp_path, [])
    for name, authors in (("a", ("Ann", "Bo")), ("b", ("Bo",)), ("c", ())):
        with index.writer() as w:
            w.add(
                Document(name, "A port.\n\n- A port of ice.\n\n- A ship.", metadata={"by": authors} if authors else {})
            )
    assert index.stats().segments > 1
    found = index.search("port", 1, facets=["by", "kind"])
    assert (found.total, found.documents) == (6, 3)
    assert [tuple(one) for one in found.facets["by"]] == [("Bo", 4), ("Ann", 2)]
    assert (found.facets["by"].missing, found.facets["by"].others) == (2, 0)
    assert [tuple(one) for one in found.facets["kind"]] == [("item", 3), ("text", 3)]
    assert found.facets["kind"].missing == 0


def test_a_facet_over_an_empty_index_is_empty(tmp_path: Path) -> None:
    (tmp_path / "seeds").mkdir()
    facet = searchlib.build(tmp_path / "seeds", tmp_path / "index").search("*", facets=["type", "document"]).facets
    assert [(len(facet[name]), facet[name].others, facet[name].missing) for name in facet] == [(0, 0, 0)] * 2


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> searchlib.Index:
    folder = tmp_path_factory.mktemp("facets")
    index = made(folder, [])
    with index.writer() as w:
        for number in range(30):
            w.add(Document(f"d{number}", "A port.", metadata={"author": f"Name {number}", "Year": 1990 + number % 2}))
    return index


def test_ten_values_are_shown_unless_told(index: searchlib.Index) -> None:
    facet = index.search("port", facets="author").facets["author"]
    assert (len(facet), facet.others) == (10, 20)
    assert len(index.search("port", facets={"author": None}).facets["author"]) == 30


def test_a_facet_is_named_as_it_was_asked_for(index: searchlib.Index) -> None:
    facets = index.search("port", facets=["lang", "Year", "path"]).facets
    assert list(facets) == ["lang", "Year", "path"]
    assert [facet.name for facet in facets.values()] == ["language", "year", "document"]


def test_facets_count_what_passes_the_filter(index: searchlib.Index) -> None:
    facet = index.search("port", 0, filter={"year": 1990}, facets=["author"]).facets["author"]
    assert len(facet) + facet.others == 15


@pytest.mark.parametrize(
    ("facets", "said"),
    [
        ("text", "which is text"),
        ("number", "nearly every paragraph"),
        ({"author": -1}, "give a number, or None for all"),
        ([7], "a field is named by text"),
    ],
)
def test_what_cannot_be_counted_is_said(index: searchlib.Index, facets: object, said: str) -> None:
    with pytest.raises(SettingsError, match=said.replace("?", r"\?")):
        index.search("port", facets=facets)  # type: ignore[arg-type]


def test_a_facet_of_what_no_document_has_is_empty_and_a_warning(index: searchlib.Index) -> None:
    results = index.search("port", facets=["autor"])
    assert (len(results.facets["autor"]), results.facets["autor"].missing) == (0, 30)
    assert str(results.warnings[0]) == "No document has autor, to count by it.\nDid you mean author?"
    with pytest.raises(SettingsError, match="Did you mean author"):
        index.search("port", facets=["autor"], strict=True)


@pytest.mark.parametrize("blank", [" ", "\t", "\x1f", "\x85", "\u1680", "\u2028", "\u3000"])
def test_a_number_between_blanks_of_any_kind_is_one_value(tmp_path: Path, blank: str) -> None:
    index = made(tmp_path, [])
    with index.writer() as w:
        w.add(Document("a", "A port.", metadata={"size": f"{blank}12{blank}"}))
        w.add(Document("b", "A port.", metadata={"size": 12}))
    facet = index.search("port", facets=["size"]).facets["size"]
    assert [count for _, count in facet] == [2]
