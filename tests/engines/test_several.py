"""Several indexes searched as one: as one index of all their documents, in all that there is to ask."""

from __future__ import annotations

import random
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from exploring import seeds

import searchlib
from searchlib import Document, SettingsError

from . import joined, suite
from .test_alike import Likeness


class Joined:
    @pytest.fixture
    def location(self, tmp_path: Path) -> str:
        return f"{joined.SCHEME}://{tmp_path}/index"

    @pytest.fixture
    def other(self, tmp_path: Path) -> str:
        return f"{joined.SCHEME}://{tmp_path}/other"


class TestCounting(Joined, suite.Counting): ...


class TestPaging(Joined, suite.Paging): ...


class TestFinding(Joined, suite.Finding): ...


class TestShowing(Joined, suite.Showing): ...


class TestUpdating(Joined, suite.Updating): ...


class TestAsInMemory(Joined, Likeness):
    """Searches with filters, orders, facets and pages, at random."""

    @pytest.fixture(params=seeds(2))
    def chance(self, request: pytest.FixtureRequest) -> random.Random:
        return random.Random(request.param)


SHELVES = (
    [Document("ports", "The harbour is closed.\n\nShips wait outside the harbour.", "Ports", metadata={"year": 1999})],
    [Document("fleet", "The fleet sails.\n\nHarbours are full of ships.", metadata={"year": 2001, "by": "Bo"})],
    [Document("häfen", "Der Hafen im Winter.", language="de"), Document("notes", "A harbour, a harbour, a harbour.")],
)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with an index for each shelf, and after them one of all."""
    folder = tmp_path_factory.mktemp("shelves")
    for number, documents in enumerate((*SHELVES, [one for shelf in SHELVES for one in shelf])):
        write(folder / str(number), *documents)
    return folder


@pytest.fixture
def folders(made: Path, tmp_path: Path) -> list[Path]:
    """Copies of these, each test's own."""
    shutil.copytree(made, tmp_path, dirs_exist_ok=True)
    return [tmp_path / str(number) for number in range(len(SHELVES) + 1)]


def write(folder: Path, *documents: Document) -> None:
    seeds = folder.with_name("seeds")
    seeds.mkdir(exist_ok=True)
    index = searchlib.open(folder) if folder.exists() else searchlib.build(seeds, folder, processes=1)
    with index, index.writer(processes=1) as w:
        for document in documents:
            w.add(document)


@pytest.fixture
def several(folders: list[Path]) -> Iterator[searchlib.Index]:
    with searchlib.open(folders[:-1]) as index:
        yield index


def test_scores_are_those_of_one_index_to_the_last_bit(several: searchlib.Index, folders: list[Path]) -> None:
    with searchlib.open(folders[-1]) as whole:
        for query in (
            "harbour",
            "harbours ship",
            '"the harbour"',
            "h* -ships",
            "title:ports harbour",
            "winter OR sails",
        ):
            found, expected = several.search(query), whole.search(query)
            assert [(hit.id, hit.score, hit.record) for hit in found] == [
                (hit.id, hit.score, hit.record) for hit in expected
            ]
            assert found[0].explain().score == expected[0].explain().score
        alone = searchlib.open(folders[0]).search("harbour")
        assert [hit.score for hit in alone] != [
            hit.score for hit in whole.search("harbour", filter={"document": "ports"})
        ]


def test_a_hit_says_which_index_it_is_of(several: searchlib.Index, folders: list[Path]) -> None:
    found = {hit.document.path: (hit.index, hit.as_dict()["index"]) for hit in several.search("*")}
    assert found["ports"] == (str(folders[0]),) * 2
    assert found["notes"] == (str(folders[2]),) * 2
    assert {hit.index for hit in several.all("harbour")} == set(map(str, folders[:3]))
    with searchlib.open(folders[0]) as alone:
        assert (alone.search("harbour")[0].index, "index" in alone.search("harbour")[0].as_dict()) == ("", False)


def test_a_document_that_is_in_two_of_them_is_two_documents(tmp_path: Path) -> None:
    """Pages go on between paragraphs that nothing but their index tells apart."""
    document = Document("a", "\n\n".join(f"A harbour, number {number}." for number in range(5)))
    write(tmp_path / "one", document)
    write(tmp_path / "two", document, Document("b", "Another harbour."))
    with searchlib.open([tmp_path / "one", tmp_path / "two"]) as index:
        everything = [(hit.id, hit.index) for hit in index.search("harbour", 100)]
        assert len(set(everything)) == len(everything) == 11
        for sort in ("relevance", "document", "-number"):
            expected = [(hit.id, hit.index) for hit in index.search("harbour", 100, sort=sort)]
            for size in (1, 2, 3):
                found: list[tuple[str, str]] = []
                page = index.search("harbour", size, sort=sort)
                while page:
                    found += [(hit.id, hit.index) for hit in page]
                    if page.cursor is None:
                        break
                    page = index.search("harbour", size, sort=sort, after=page.cursor)
                assert found == expected
        results = index.search("harbour", facets="document", per_document=1)
        assert (results.total, results.documents, len(results)) == (11, 3, 3)
        assert [tuple(one) for one in results.facets["document"]] == [("a", 10), ("b", 1)]
        assert index.search("harbour", 1, facets={"document": 1}).facets["document"].others == 1
        assert len(index.search("harbour", 100, distinct=True)) == 6
        assert len(index.document("a")) == 5
        assert index.paragraph(everything[1][0]).id == everything[1][0]


def test_words_are_counted_together(tmp_path: Path) -> None:
    """The commonest of all is the commonest of none."""
    write(
        tmp_path / "one", Document("a", "harbour " * 5 + "harvest " * 4 + "hare " * 3 + "résumé " * 5 + "resume " * 4)
    )
    write(tmp_path / "two", Document("b", "hair " * 5 + "harvest " * 4 + "resume " * 3))
    with searchlib.open([tmp_path / "one", tmp_path / "two"]) as index:
        assert [(one.word, one.count) for one in index.complete("ha", 1)] == [("harvest", 8)]
        assert [one.word for one in index.complete("ha", 4)] == ["harvest", "hair", "harbour", "hare"]
        assert index.search("harvset").suggestion == "harvest"
        assert index.search("resmue").suggestion == "resume"


def test_figures_are_added_up(several: searchlib.Index, folders: list[Path]) -> None:
    with searchlib.open(folders[-1]) as whole:
        one, other = several.stats(), whole.stats()
        for name in ("documents", "paragraphs", "tokens", "languages", "types", "settings", "format"):
            assert getattr(one, name) == getattr(other, name), name
        assert one.segments == 3 and one.digest == several.digest != whole.digest
        assert several.fields == whole.fields == ("by", "year")
        assert [info.path for info in several.documents()] == [info.path for info in whole.documents()]


def test_a_commit_to_one_of_them_is_seen(folders: list[Path]) -> None:
    with searchlib.open(folders[:2], refresh="auto") as index:
        before = index.digest
        write(folders[1], Document("new", "A new harbour."))
        assert index.search("new").total == 1
        assert index.digest != before


def test_files_of_each_are_verified(several: searchlib.Index, folders: list[Path]) -> None:
    assert several.verify() == []
    (damaged,) = folders[1].glob("*.sto")
    damaged.write_bytes(damaged.read_bytes()[:-1] + b"?")
    assert [Path(problem.file) for problem in several.verify()] == [damaged]


def test_citations_are_checked_by_the_seeds_of_each(tmp_path: Path) -> None:
    for name in ("north", "south"):
        (tmp_path / name / "texts").mkdir(parents=True)
        (tmp_path / name / "texts" / f"{name}.txt").write_text(f"The {name} has a harbour.\n")
        searchlib.build(tmp_path / name / "texts", tmp_path / name / "index", processes=1)
    with searchlib.open([tmp_path / name / "index" for name in ("north", "south")]) as index:
        text = "\n".join(f"searchlib:{hit.id}" for hit in index.search("harbour", sort="document"))
        assert [check.status for check in index.check_citations(text)] == ["unchanged", "unchanged"]
        assert [index.is_stale(hit) for hit in index.search("harbour")] == [False, False]
        (tmp_path / "south" / "texts" / "south.txt").write_text("The south has nothing.\n")
        checks = index.check_citations(text)
        assert [check.status for check in checks] == ["unchanged", "gone"]
        assert {hit.document.path: index.is_stale(hit) for hit in index.search("harbour")} == {
            "texts/north.txt": False,
            "texts/south.txt": True,
        }


def test_what_cannot_be_is_said(several: searchlib.Index, folders: list[Path], tmp_path: Path) -> None:
    for ask, message in (
        (several.writer, "cannot be written to: open the one that is meant alone"),
        (lambda: several.verify(tmp_path), "give one of them alone"),
        (lambda: several.whoosh, "no files for Whoosh"),
        (lambda: searchlib.open([]), "no index to open"),
        (lambda: searchlib.open([folders[0], tmp_path / "1" / ".." / "0"]), "is given twice"),
        (
            lambda: searchlib.open([folders[0], "https://localhost:1/news"]),
            "https://localhost:1/news cannot be searched",
        ),
        (lambda: searchlib.open(7), "give a path, or a list of paths"),
    ):
        with pytest.raises(SettingsError, match=message):
            ask()
    with pytest.raises(searchlib.IndexMissing, match="nowhere"):
        searchlib.open([folders[0], tmp_path / "nowhere"])


def test_its_path_opens_it_again_and_one_alone_is_itself(several: searchlib.Index, folders: list[Path]) -> None:
    with searchlib.open(several.path) as again:
        assert again.digest == several.digest
    assert repr(several) == f"<Index {folders[0]}, {folders[1]}, {folders[2]}>"
    with searchlib.open(folders[:1]) as alone:
        assert alone.path == folders[0]
