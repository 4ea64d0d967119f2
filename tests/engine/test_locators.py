"""Where people find a paragraph: searched, sorted, filtered and counted, and kept in what is stored."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

import searchlib
from searchlib import Block, Document, Index, Locator, SettingsError
from searchlib.documents.builder import Builder
from searchlib.model.locators import KINDS, from_json, read, where, written
from searchlib.model.records import document_digest


def document(path: str, *parts: tuple[str, tuple[Locator, ...]], **others: object) -> Document:
    """A document of paragraphs, each with its locators, in a file without lines."""
    builder = Builder()
    for text, locators in parts:
        builder.add(text, line=0, locators=locators)
    return Document(path, builder.text, path, "pdf", "en", blocks=builder.blocks, line=0, **others)  # type: ignore[arg-type]


THESIS = document(
    "thesis.pdf",
    ("Preface of swans", (Locator("page", 1, "i"),)),
    ("Swans over two pages", (Locator("page", 2, "ii", end=3),)),
    ("Swans at last", (Locator("page", 10, "7"),)),
)
BOOK = document(
    "costs.xlsx",
    ("Swans cost", (Locator("sheet", 1, "Costs of 2020"), Locator("row", 2))),
    ("Ducks cost", (Locator("sheet", 2, "Summary"), Locator("row", 7))),
)
FILM = document("film.srt", ("Swans sing", (Locator("time", 83.5, end=86),)))
ROW = Document("rows.csv#3", "Swans in a row", metadata={"page": 3, "time": "2020-01-02"})


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Seeds, and an index of them and of documents with places."""
    folder = tmp_path_factory.mktemp("places")
    (folder / "seeds").mkdir()
    (folder / "seeds" / "plain.txt").write_text("Swans of no page.\n", "utf-8")
    with searchlib.build(folder / "seeds", folder / "index") as index, index.writer() as writer:
        for one in (THESIS, BOOK, FILM, ROW):
            writer.add(one)
    return folder


@pytest.fixture
def index(built: Path, tmp_path: Path) -> Index:
    shutil.copytree(built, tmp_path, dirs_exist_ok=True)
    return searchlib.open(tmp_path / "index")


def found(index: Index, query: str, **wanted: object) -> list[str]:
    hits = index.search(query, **{"sort": "document", **wanted})  # type: ignore[arg-type]
    assert hits.warnings == ()
    return [f"{hit.document.path} {hit.paragraph.number}" for hit in hits]


@pytest.mark.parametrize(
    ("query", "hits"),
    [
        ("page:1", ["thesis.pdf 1"]),
        ("page:2", ["thesis.pdf 2"]),
        ("page:3", ["rows.csv#3 1", "thesis.pdf 2"]),  # a paragraph goes on there; a column is called so
        ("page:4", []),
        ("page:3..10", ["rows.csv#3 1", "thesis.pdf 2", "thesis.pdf 3"]),
        ("page:4..", ["thesis.pdf 3"]),
        ("page:..1", ["thesis.pdf 1"]),
        ("page:[2 TO 9]", ["rows.csv#3 1", "thesis.pdf 2"]),
        ("page:ii", ["thesis.pdf 2"]),
        ("page_label:7", ["thesis.pdf 3"]),
        ("page:7", []),
        ("sheet:costs", ["costs.xlsx 1"]),
        ('sheet:"costs of 2020"', ["costs.xlsx 1"]),
        ("sheet:2 row:7", ["costs.xlsx 2"]),
        ("time:80..90", ["film.srt 1"]),
        ("time:2020", ["rows.csv#3 1"]),
        ("swans -page:*", ["costs.xlsx 1", "film.srt 1", "seeds/plain.txt 1"]),
    ],
)
def test_a_place_is_asked_for_by_number_label_and_range(index: Index, query: str, hits: list[str]) -> None:
    assert found(index, query) == hits


def test_a_place_filters_and_sorts_and_what_has_none_comes_last(index: Index) -> None:
    assert found(index, "swans", filter={"page": (2, 9)}) == ["rows.csv#3 1", "thesis.pdf 2"]
    assert found(index, "swans", filter="page:10") == ["thesis.pdf 3"]
    paged = ["thesis.pdf 1", "thesis.pdf 2", "rows.csv#3 1", "thesis.pdf 3"]
    assert found(index, "swans", sort="page")[:4] == paged
    assert found(index, "swans", sort="-page")[:4] == ["thesis.pdf 3", "rows.csv#3 1", "thesis.pdf 2", "thesis.pdf 1"]
    last = index.search("swans", sort="page")[4:]
    assert all("page" not in {one.kind for one in hit.paragraph.locators} for hit in last)
    pages = index.search("swans", sort="page", limit=2)
    assert found(index, "swans", sort="page", limit=2, after=pages.cursor) == paged[2:]


def test_places_are_counted_by_the_paragraph(index: Index) -> None:
    facets = index.search("swans", facets=["page", "sheet_label"]).facets
    assert {one.value: one.count for one in facets["page"]} == {1: 1, 2: 1, 3: 2, 10: 1}
    assert facets["page"].missing == 3
    assert [(one.value, one.count) for one in facets["sheet_label"]] == [("Costs of 2020", 1)]


def test_a_paragraph_says_where_it_stands_and_so_does_its_json(index: Index) -> None:
    (hit,) = index.search("page:2")
    assert hit.paragraph.locators == (Locator("page", 2, "ii", end=3),)
    assert (hit.paragraph.line, THESIS.text[hit.paragraph.start : hit.paragraph.end]) == (0, hit.text)
    said = {"kind": "page", "number": 2, "label": "ii", "end": 3, "fragment": ""}
    assert json.loads(json.dumps(hit.as_dict()))["paragraph"]["locators"] == [said]
    (sheet,) = index.search("row:7")
    assert where(sheet.paragraph.locators) == "sheet 2 “Summary”, row 7"
    (plain,) = index.search("document:seeds/plain.txt")
    assert (plain.paragraph.locators, plain.paragraph.line) == ((), 1)


def test_a_document_without_a_place_changes_when_it_gets_one() -> None:
    plain = replace(THESIS, blocks=tuple(replace(block, locators=()) for block in THESIS.blocks or ()))
    assert document_digest(plain) != document_digest(THESIS)


def test_locators_outlive_a_rebuild_of_a_damaged_index(index: Index, tmp_path: Path) -> None:
    (tmp_path / "index" / "searchlib.json").write_text("{}", "utf-8")
    again = searchlib.build(tmp_path / "seeds", tmp_path / "index")
    assert found(again, "page:3..10") == ["rows.csv#3 1", "thesis.pdf 2", "thesis.pdf 3"]


def test_a_long_block_in_pieces_is_on_its_page_in_each(tmp_path: Path) -> None:
    (tmp_path / "seeds").mkdir()
    index = searchlib.build(tmp_path / "seeds", tmp_path / "index")
    with index.writer() as writer:
        writer.add(document("a.pdf", ("A swan swims. " * 400, (Locator("page", 5),))))
    hits = index.search("page:5").total
    assert hits == index.search("swan").total > 1


@pytest.mark.parametrize(
    ("locator", "said"),
    [
        ("page 5", "is no searchlib.Locator"),
        (Locator("pages", 5), "has the kind 'pages': give one of page, slide"),  # type: ignore[arg-type]
        (Locator("page", "5"), "has no number"),  # type: ignore[arg-type]
        (Locator("page", -1), "has no number"),
        (Locator("time", float("nan")), "has no number"),
        (Locator("page", 1, end=float("inf")), "has no number"),
        (Locator("page", 1, label=7), "has a label that is no text"),  # type: ignore[arg-type]
    ],
)
def test_what_is_no_locator_is_refused_with_what_to_give(index: Index, locator: object, said: str) -> None:
    block = Block(0, 3, line=0, locators=(locator,))  # type: ignore[arg-type]
    with index.writer() as writer, pytest.raises(SettingsError, match=said):
        writer.add(Document("a", "One", blocks=(block,)))


def test_a_locator_reads_as_people_write_it() -> None:
    assert str(Locator("page", 12, "12")) == "page 12"
    assert str(Locator("page", 12, "a “b”\nc")) == 'page 12 “a "b" c”'
    assert str(Locator("page", 3, end=3)) == "page 3"
    assert str(Locator("time", 3723.25, end=3725)) == "time 1:02:03.25–1:02:05"
    assert where([Locator("cell", 4)], 30) == "cell 4, line 30"


def test_what_is_stored_is_read_again_and_nothing_else_is() -> None:
    for kind in KINDS:
        one = (Locator(kind, 3, "x", 4), Locator(kind, 0.5, fragment="epubcfi(/6/4!/2)"), Locator(kind, 1))
        assert read(written(one)) == one
        assert from_json(json.loads(json.dumps([{"kind": kind, "number": 3, "more": 1}]))) == (Locator(kind, 3),)
    assert read("") == ()
    for damaged in ("[", "{}x", "[1]", '[["page"]]', '[["page","x"]]', '[["verse",1]]', '[["page",1,2]]', "[[[[]]]]"):
        with pytest.raises(ValueError):
            read(damaged)
