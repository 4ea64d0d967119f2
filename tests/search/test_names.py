"""Names in other spellings and scripts: found where that is asked for, behind what was typed, and told."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

pytest.importorskip("anyascii", reason="names take the extra of that name")

import searchlib
from searchlib import Index, MissingExtra, SettingsError
from searchlib.analysis import sounds
from searchlib.analysis.wordforms import NoWords
from searchlib.query import parse
from searchlib.query.synonyms import parse_synonyms
from searchlib.spelling import nametable

SEEDS = {
    "en.txt": (
        "President Zelensky met Erdoğan in Ankara on Monday, and they spoke of grain.\n\n"
        "Volodymyr Zelenskyy spoke in Kyiv about the war, and of nothing else that day.\n\n"
        "Kiev is in the old chronicle, with a cave that nobody has found in our days.\n\n"
        "They prayed in a mosque of Moscow, which is no name, on the Monday after that."
    ),
    "uk.txt": (
        "Президент України Володимир Зеленський зустрівся з президентом Туреччини у місті Києві.\n\n"
        "Київ є столицею України, і там живе багато людей з усієї країни."
    ),
    "ar.txt": "التقى زيلينسكي مع أردوغان في كييف اليوم وتحدثا عن الحرب",
}


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Index]:
    folder = tmp_path_factory.mktemp("names")
    for name, text in SEEDS.items():
        (folder / name).write_text(text, encoding="utf-8")
    with searchlib.build(folder, folder / "index", processes=1) as index:
        yield index


def found(index: Index, query: str, **asked: object) -> list[str]:
    """Where the hits are, the best first."""
    hits = index.search(query, names=True, **asked)  # type: ignore[arg-type]
    return [f"{hit.document.path.rpartition('/')[2]} {hit.paragraph.number}" for hit in hits]


def notes(index: Index, query: str) -> list[str]:
    return [warning.message for warning in index.search(query, names=True).warnings]


@pytest.mark.parametrize(
    ("query", "places"),
    [
        ("Zelensky", ["en.txt 1", "ar.txt 1", "en.txt 2", "uk.txt 1"]),
        ("Зеленський", ["uk.txt 1", "ar.txt 1", "en.txt 2", "en.txt 1"]),
        ("زيلينسكي", ["ar.txt 1", "en.txt 2", "en.txt 1", "uk.txt 1"]),
        ('"Volodymyr Zelensky"', ["en.txt 2", "uk.txt 1"]),
        ('text:"Zelensky"', ["en.txt 1", "ar.txt 1", "en.txt 2", "uk.txt 1"]),
        ("Zelensky -Erdogan", ["uk.txt 1", "en.txt 2"]),
        ("=Zelensky", ["en.txt 1"]),
        ('="Volodymyr Zelensky"', []),
        ("Zelensk*", ["en.txt 1", "en.txt 2"]),
    ],
)
def test_a_name_is_found_in_other_spellings_and_scripts_behind_its_own(
    index: Index, query: str, places: list[str]
) -> None:
    first = places[:1]
    assert found(index, query)[:1] == first
    assert sorted(found(index, query)) == sorted(places)


def test_it_is_found_as_it_is_written_where_nothing_else_is_asked_for(index: Index) -> None:
    assert index.search("Zelensky").total == 1
    assert index.search("Zelensky").warnings == ()


def test_what_was_taken_for_a_name_is_told_at_the_word(index: Index) -> None:
    results = index.search("grain Zelensky", names=True)
    (note,) = results.warnings
    assert note.message == "Also by name, for Zelensky: Zelenskyy, Зеленський, زيلينسكي."
    assert (note.start, note.end, note.advice) == (6, 14, "To find this spelling alone: =Zelensky")


def test_a_spelling_that_is_found_is_not_suggested(index: Index) -> None:
    assert index.search("Zelensky").suggestion == "Zelenskyy"
    assert index.search("Zelensky", names=True).suggestion is None


def test_it_is_no_mistake(index: Index) -> None:
    assert index.search("Zelensky", names=True, strict=True).total == 4


def test_an_explanation_says_by_what_name_and_the_name_is_highlighted(index: Index) -> None:
    hit = next(hit for hit in index.search("Zelensky", names=True) if hit.document.path.endswith("uk.txt"))
    assert "Володимир **Зеленський** зустрівся" in hit.snippet("markdown")
    explanation = hit.explain()
    assert "found as “Зеленський”" in str(explanation)
    assert "as another spelling of the name “Zelensky”" in str(explanation)
    assert explanation.as_dict()["occurrences"][0]["by_name"] is True


def test_a_word_without_a_capital_is_no_name_beside_one_that_has_it(index: Index) -> None:
    assert notes(index, "kyiv grain") == ["Also by name, for kyiv: Київ, كييف, Kiev, Києві."]
    assert notes(index, "kyiv Erdogan") == ["Also by name, for Erdogan: أردوغان."]
    assert notes(index, "kyiv AND grain") == notes(index, "kyiv grain"), "an operator is no word"


def test_what_documents_write_without_a_capital_is_no_name(index: Index) -> None:
    assert sounds.is_one_name("mosque", "mosqe") is not None
    assert notes(index, "Mosqe") == []


@pytest.mark.parametrize(
    ("query", "looked_for"),
    [
        ("When was Zelensky there", ["zelensky"]),
        ("when was zelensky there", ["zelensky"]),
        ("The war of Zelensky", ["zelensky"]),
        ("war and zelensky", ["war", "zelensky"]),
        ("=Zelensky Erdogan Zel* Put~", ["erdogan"]),
        ("اردوغان and Erdogan", ["اردوغان", "erdogan"]),
        ("Apollo11 東京都", []),
    ],
)
def test_which_words_may_be_names(query: str, looked_for: list[str]) -> None:
    """Those with a capital, or of a script without; any, where none has one; but no function words."""
    asked: list[str] = []

    def find(word: str) -> list[str]:
        asked.append(word)
        return []

    parse(query, lexicon=NoWords(["en"]), names=find)
    assert asked == looked_for


def test_words_of_numbers_and_of_scripts_without_spaces_are_left_alone(index: Index) -> None:
    assert notes(index, "2020 東京都 x86 SHA256") == []


def test_synonyms_and_names_go_together(index: Index) -> None:
    together = index.search("Zelensky", names=True, synonyms=parse_synonyms("Zelensky, Ankara, grain"))
    assert together.total == 4
    assert "as a synonym of “Zelensky”" in str(together[0].explain())


def test_every_way_to_search_takes_names(index: Index, tmp_path: Path) -> None:
    ids = sorted(hit.id for hit in index.search("Zelensky", names=True))
    assert len(ids) == 4
    every = index.all("Zelensky", names=True)
    assert sorted(hit.id for hit in every) == ids
    assert [one.message[:12] for one in every.warnings] == ["Also by name"]
    assert sorted(hit.id for hit in index.all("Zelensky", names=True, sort="title")) == ids
    assert [sorted(hit.id for hit in one) for one in index.search_many(["Zelensky"], names=True)] == [ids]

    async def ask() -> list[str]:
        async with await searchlib.aopen(index.path, names=True) as opened:
            return sorted(hit.id for hit in await opened.search("Zelensky"))

    assert asyncio.run(ask()) == ids
    (tmp_path / "de.txt").write_text("Selenskyj ist der Präsident der Ukraine, und er war in Berlin.", encoding="utf-8")
    searchlib.build(tmp_path / "de.txt", tmp_path / "index", processes=1).close()
    with searchlib.open([index.path, tmp_path / "index"], names=True) as several:
        assert several.search("Zelensky").total == 5
        assert several.search("Zelensky", names=False).total == 1


def test_a_cursor_is_of_a_search_with_names_or_without(index: Index) -> None:
    cursor = index.search("Zelensky", 1, names=True).cursor
    assert [hit.rank for hit in index.search("Zelensky", 1, names=True, after=cursor)] == [2]
    with pytest.raises(SettingsError):
        index.search("Zelensky", 1, after=cursor)


def test_without_its_package_the_extra_is_named(index: Index, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setitem(sys.modules, "anyascii", None)
    sounds._romans.cache_clear()
    with searchlib.open(index.path) as fresh, pytest.raises(MissingExtra, match=r"searchlib\[names\]"):
        fresh.search("Zelensky", names=True)


def test_a_name_is_looked_for_once_in_a_generation(index: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    index.search("Zelensky", names=True)
    monkeypatch.setattr(nametable, "is_one_name", None)
    assert index.search("Zelensky", names=True).total == 4


def test_the_table_of_words_gives_those_that_share_a_key() -> None:
    table = nametable.NameTable(["zelensky", "зеленський", "kyiv", "ok", "word" * 20, "abc1", "東京都", "ไทยไทย"])
    assert table.like("zelenskyy") == ["zelensky", "зеленський"]
    assert table.like("harbour") == []
    assert nametable.NameTable([]).like("zelensky") == []
