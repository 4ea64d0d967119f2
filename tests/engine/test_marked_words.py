"""Names with signs, and words that the end of a line breaks: found as they are written, and as they are meant."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

import searchlib

NAMES = {
    "plain": "Written in C only.",
    "plus": "We write C++ and Java here.",
    "sharp": "We write C# here.",
    "wide": "The net is wide.",
    "dotnet": "I use .NET now.",
    "joined": "AT&T paid for R&D.",
    "apart": "Paid AT T for R & D.",
    "grade": "An A+ for Notepad++, with i++; in it.",
}
LINES = {
    "one": "It was reported by her.",
    "broken": "It was re-\n  ported by him.",
    "goods": "Re-ported goods.",
    "man": "A well-\nknown man.",
    "men": "Some well-known men.",
    "german": "Die Bundes-\nregierung und Vor-\nund Nachteile.",
}


@pytest.fixture(scope="module")
def names(tmp_path_factory: pytest.TempPathFactory) -> Iterator[searchlib.Index]:
    yield from indexed(tmp_path_factory.mktemp("names"), NAMES, "en")


@pytest.fixture(scope="module")
def lines(tmp_path_factory: pytest.TempPathFactory) -> Iterator[searchlib.Index]:
    yield from indexed(tmp_path_factory.mktemp("lines"), LINES, "en")


def indexed(folder: Path, texts: dict[str, str], language: str) -> Iterator[searchlib.Index]:
    (folder / "seeds").mkdir()
    for name, text in texts.items():
        (folder / "seeds" / f"{name}.txt").write_text(text + "\n", encoding="utf-8")
    with searchlib.build(folder / "seeds", folder / "index", language=language, processes=1) as index:
        assert not index.verify()
        yield index


def found(index: searchlib.Index, query: str) -> list[str]:
    return [Path(hit.document.path).stem for hit in index.search(query)]


def highlighted(index: searchlib.Index, query: str, name: str) -> list[str]:
    (hit,) = [hit for hit in index.search(query) if Path(hit.document.path).stem == name]
    return [hit.text[start:end] for start, end in hit.spans]


@pytest.mark.parametrize(
    ("query", "first", "behind"),
    [
        ("C++", "plus", {"plain", "sharp"}),
        ("c++", "plus", {"plain", "sharp"}),
        ('"C++"', "plus", {"plain", "sharp"}),
        ("C#", "sharp", {"plain", "plus"}),
        ("C", "plain", {"plus", "sharp"}),
        (".NET", "dotnet", {"wide"}),
        (".net", "dotnet", {"wide"}),
        ("net", "wide", {"dotnet"}),
        ("AT&T", "joined", {"apart"}),
        ("at&t", "joined", {"apart"}),
        ("R&D", "joined", {"apart"}),
        ("notepad++", "grade", set()),
        ("+C++ java", "plus", {"plain", "sharp"}),
        ("att", "joined", set()),
    ],
)
def test_a_name_with_signs_comes_first_and_what_has_none_behind(
    query: str, first: str, behind: set[str], names: searchlib.Index
) -> None:
    answer = found(names, query)
    assert (answer[0], set(answer[1:])) == (first, behind)
    assert names.search(query)[0].score > max((hit.score for hit in names.search(query)[1:]), default=0.0)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("=C++", ["plus"]),
        ("=c#", ["sharp"]),
        ("=.NET", ["dotnet"]),
        ("=AT&T", ["joined"]),
        ('="write C++"', ["plus"]),
        ('"write C++"', ["plus", "sharp"]),
        ("write -=C++", ["sharp"]),
        ("=C++ OR =C#", ["sharp", "plus"]),
        ('="R&D"', ["joined"]),
        ("=J++", []),
    ],
)
def test_a_name_with_signs_can_be_asked_for_alone(query: str, expected: list[str], names: searchlib.Index) -> None:
    assert found(names, query) == expected


def test_all_of_a_name_is_highlighted(names: searchlib.Index) -> None:
    assert highlighted(names, "C++", "plus") == highlighted(names, "c", "plus") == ["C++"]
    assert highlighted(names, "AT&T", "joined") == ["AT&T"]
    assert highlighted(names, '"at&t paid"', "joined") == ["AT&T", "paid"]
    assert highlighted(names, "net", "dotnet") == [".NET"]
    assert "<mark>C++</mark> and" in names.search("=C++")[0].snippet("html")


def test_signs_that_no_document_has_find_the_word_without(names: searchlib.Index) -> None:
    assert found(names, "i++") == found(names, "i")
    assert found(names, "J++") == []


def test_a_fuzzy_word_finds_words_with_marks(names: searchlib.Index, lines: searchlib.Index) -> None:
    assert found(names, "notepd~1") == ["grade"]
    assert set(found(lines, "portde~1")) == {"broken", "goods"}


@pytest.mark.parametrize(
    ("query", "suggestion"),
    [("Notpead++", "Notepad++"), ("C++ notpead++ jvaa", "C++ notepad++ java"), ("N&T", None), ("J++", None)],
)
def test_a_name_is_spelt_as_it_is_without_its_signs(query: str, suggestion: str | None, names: searchlib.Index) -> None:
    assert names.search(query).suggestion == suggestion


def test_words_with_marks_are_counted_without(tmp_path: Path) -> None:
    texts = {"wide": "Ｃ＋＋ and C＋＋ or Ｆ＃.", "both": "R&D+ for C&C++ of My_C++, X\u0301+ and x-\nc++."}
    for index in indexed(tmp_path, texts, "en"):  # which verifies it
        assert set(found(index, "=C++")) == {"wide", "both"}
        assert found(index, '"R&D for C"') == found(index, "my") == ["both"]


def test_the_parts_of_a_joined_name_are_found_as_ever(names: searchlib.Index) -> None:
    assert set(found(names, '"R D"')) == set(found(names, "R & D")) == set(found(names, "T")) == {"joined", "apart"}
    assert found(names, '"AT T for"') == ["apart"]


def test_a_synonym_of_a_name_with_signs_is_none_of_the_word_without(names: searchlib.Index, tmp_path: Path) -> None:
    synonyms = tmp_path / "synonyms.txt"
    synonyms.write_text("C++, java\n")
    assert len(names.search("=Java", synonyms=synonyms)) == 1
    texts = {query: str(names.search(query, synonyms=synonyms)[0].explain()) for query in ("C", "C++", "java")}
    assert "java" not in texts["C"].lower()
    assert {"plain", "plus", "sharp"} <= set(found_with(names, "java", synonyms))
    assert found_with(names, "C", synonyms) == found(names, "C")


def found_with(index: searchlib.Index, query: str, synonyms: Path) -> list[str]:
    return [Path(hit.document.path).stem for hit in index.search(query, synonyms=synonyms)]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("reported", ["one", "broken"]),
        ("reports", ["one", "broken"]),
        ("ported", ["broken", "goods"]),
        ("re", ["broken", "goods"]),
        ('"re ported"', ["broken", "goods"]),
        ("+re-ported", ["broken", "goods", "one"]),
        ('"reported by"', ["broken", "one"]),
        ('"was reported by"', ["broken", "one"]),
        ('"it was reported by him"', ["broken"]),
        ('"report by"~2', ["broken", "one"]),
        ("report NEAR/2 by", ["broken", "one"]),
        ("known", ["man", "men"]),
        ('"well known"', ["man", "men"]),
        ("+well-known", ["man", "men"]),
        ('"a well-known man"', ["man"]),
        ("wellknown", ["man", "men"]),
        ("Bundesregierung", ["german"]),
        ('"bundesregierung und"', ["german"]),
    ],
)
def test_a_word_that_the_end_of_a_line_breaks_is_found_whole_and_by_its_parts(
    query: str, expected: list[str], lines: searchlib.Index
) -> None:
    assert sorted(found(lines, query)) == sorted(expected)


def test_a_broken_word_counts_as_one_that_is_not_and_is_highlighted_whole(lines: searchlib.Index) -> None:
    whole, broken = lines.search("reported")
    assert whole.score > broken.score  # by the length of its paragraph, as for any other word
    assert highlighted(lines, "reported", "broken") == ["re-\n  ported"]
    assert highlighted(lines, '"was reported by"', "broken") == ["was", "re-\n  ported", "by"]
    assert highlighted(lines, "re", "broken") == ["re"]
    assert lines.search("reported")[1].text == "It was re-\n  ported by him."


def test_an_explanation_names_a_broken_word_in_one_line(lines: searchlib.Index) -> None:
    explained = str(lines.search("reported")[1].explain())
    assert "once as “re-ported” in the text" in explained


def test_a_query_with_a_broken_word_is_written_as_it_was_typed(lines: searchlib.Index) -> None:
    from searchlib.query import parse

    lexicon = lines._reader.lexicon
    for text in ('"was reported by"', '"was reported by"~2^3', "re-ported", "AT&T", '="AT&T"'):
        tree = parse(text, [], lexicon).query
        assert parse(str(tree), [], lexicon).query == tree, str(tree)


def test_texts_without_a_language_join_what_a_line_breaks_too(tmp_path: Path) -> None:
    for index in indexed(tmp_path, LINES, "und"):
        assert sorted(found(index, "reported")) == ["broken", "one"]
        assert found(index, "reports") == []
        with index.writer() as writer:
            writer.remove(index.search("her")[0].document.path)
        assert found(index, "reported")[0] == "broken"


def test_texts_without_a_language_join_it_among_others_with_one(tmp_path: Path) -> None:
    texts = {"english": "It was the first of them that they have reported in the end.", "none": "Xyz re-\nported zyx."}
    for index in indexed(tmp_path, texts, "auto"):
        assert {hit.document.language for hit in index.search("NOT nothing")} == {"en", ""}
        assert set(found(index, "reported")) == {"english", "none"}
        assert found(index, '"xyz reported"') == ["none"]


TONES = {"ghost": "ma ma ma ma ma ma", "cheek": "má", "but": "mà", "which": "ma nào"}


def test_the_accents_that_are_typed_come_first_by_far_in_vietnamese(tmp_path: Path) -> None:
    for index in indexed(tmp_path, TONES, "vi"):
        assert found(index, "má")[0] == "cheek"
        assert found(index, "mà")[0] == "but"
        assert set(found(index, "ma")) == set(TONES)
        assert index.search("má")[0].score > 3 * index.search("má")[1].score
