"""Synonyms from a file: what a query for a word finds besides."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

import searchlib
from searchlib.analysis import NO_WORDS, NoWords
from searchlib.errors import SettingsError
from searchlib.query import parse, write
from searchlib.query.analysing import words_of
from searchlib.query.nodes import Best, Phrase, Word, leaves, words
from searchlib.query.synonyms import MOST_VARIANTS, load_synonyms, parse_synonyms

RULES = """\
# what people call things
car, automobile, motor vehicle
usa, United States of America   # and of no other
tv => television
café => bistro
naïve, simple-minded
C\\, the language, K&R
東京, tokyo
"""
TEXTS = {
    "car": "The car stopped.",
    "cars": "Two automobiles stopped here.",
    "vehicle": "A motor vehicle stopped.",
    "apart": "The motor of the vehicle stopped.",
    "usa": "The USA agreed.",
    "states": "The United States of America agreed.",
    "united": "They are united.",
    "tv": "The TV was on.",
    "television": "The television was on.",
    "cafe": "A cafe nearby.",
    "bistro": "A bistro nearby.",
    "tokyo": "Tokyo is large.",
    "東京": "私は東京に行く",
    "k": "He read K&R twice.",
    "simple": "A simple-minded plan.",
}


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[searchlib.Index]:
    folder = tmp_path_factory.mktemp("synonyms")
    (folder / "seeds").mkdir()
    for number, text in enumerate(TEXTS.values()):
        (folder / "seeds" / f"d{number}.txt").write_text(text + "\n", encoding="utf-8")
    (folder / "words.txt").write_text(RULES, encoding="utf-8")
    searchlib.build(folder / "seeds", folder / "index", language="en", processes=1).close()
    with searchlib.open(folder / "index", synonyms=folder / "words.txt") as opened:
        yield opened


def name_of(hit: searchlib.Hit) -> str:
    return next(name for name, text in TEXTS.items() if text == hit.text)


def marked(index: searchlib.Index, text: str) -> dict[str, str]:
    """The texts found, with the matches marked as in Markdown; `total` must count the same."""
    results = index.search(text, 100)
    assert results.warnings == ()
    assert len(results) == results.total
    return {name_of(hit): hit.snippet("markdown") for hit in results}


def found(index: searchlib.Index, text: str) -> set[str]:
    return set(marked(index, text))


def test_any_of_several_synonyms_finds_the_others_in_any_form_and_marks_them(index: searchlib.Index) -> None:
    expected = {
        "car": "The **car** stopped.",
        "cars": "Two **automobiles** stopped here.",
        "vehicle": "A **motor** **vehicle** stopped.",
    }
    assert marked(index, "cars") == marked(index, "AUTOMOBILE") == expected
    assert marked(index, '"motor vehicles"') == expected
    # Side by side, without quotation marks, each word counts as ever.
    assert marked(index, "motor vehicle") == {**expected, "apart": "The **motor** of the **vehicle** stopped."}


def test_an_arrow_points_one_way_and_takes_nothing_away(index: searchlib.Index) -> None:
    assert found(index, "tv") == {"tv", "television"}
    assert found(index, "television") == {"television"}
    assert found(index, "Cafe") == {"cafe", "bistro"}  # without accents, as always


def test_several_words_may_stand_for_one_and_one_for_several(index: searchlib.Index) -> None:
    assert found(index, "usa") == {"usa", "states"}
    assert found(index, '"United States of America"') == {"usa", "states"}
    assert found(index, '"United States"') == {"states"}
    assert found(index, "united states of america") == {"usa", "states", "united", "apart"}
    assert found(index, "united AND states AND of AND america") == {"states"}


def test_they_stand_in_phrases_and_near_other_words(index: searchlib.Index) -> None:
    assert marked(index, '"car stopped"') == {
        "car": "The **car** **stopped**.",
        "cars": "Two **automobiles** **stopped** here.",
        "vehicle": "A **motor** **vehicle** **stopped**.",
    }
    assert found(index, '"the united states of america agreed"') == {"usa", "states"}
    assert found(index, '"the usa agreed"') == {"usa", "states"}
    assert found(index, "automobile NEAR/2 here") == {"cars"}
    assert found(index, "usa NEAR/1 agreed") == {"usa", "states"}
    assert found(index, "stopped -car") == {"apart"}
    assert found(index, "+(car OR tv)^2 -two") == {"car", "vehicle", "tv", "television"}


def test_scripts_without_spaces_and_words_of_several_tokens_have_them_too(index: searchlib.Index) -> None:
    assert found(index, "東京") == found(index, "tokyo") == {"tokyo", "東京"}
    assert found(index, "K&R") == {"k"}
    assert found(index, "naive") == {"simple"}


def test_parts_of_words_and_exact_fields_have_none(index: searchlib.Index) -> None:
    assert found(index, "c?r") == {"car"}
    assert found(index, "tele*") == {"television"}
    assert found(index, "document:car") == found(index, "kind:usa") == set()


def test_what_was_typed_ranks_before_what_means_the_same(index: searchlib.Index) -> None:
    assert name_of(index.search("car")[0]) == "car"
    assert [name_of(hit) for hit in index.search("tv")] == ["tv", "television"]
    assert [name_of(hit) for hit in index.search("usa")] == ["usa", "states"]


def test_explanations_say_whose_synonym_a_word_is(index: searchlib.Index) -> None:
    def explained(query: str, name: str) -> str:
        (hit,) = [hit for hit in index.search(query) if name_of(hit) == name]
        return str(hit.explain())

    assert "synonym of “automobile”" in explained("automobile", "car")
    assert "as a synonym" not in explained("automobile", "cars")
    assert "a synonym of “automobile”" in explained("automobile", "vehicle")
    assert "a synonym of “usa”" in explained("usa", "states")


def test_a_search_may_have_synonyms_of_its_own(index: searchlib.Index) -> None:
    other = parse_synonyms("car, tv")
    assert index.search("car", synonyms=other).total == 2
    assert index.search("car", synonyms=parse_synonyms("")).total == 1
    assert [results.total for results in index.search_many(["car", "bistro"])] == [3, 1]
    assert len(list(index.all("car"))) == 3


BAD = {
    "car": "words, line 1 has a single entry: put a comma between synonyms, as in: car, automobile",
    "a, b\n\nc,,d": "words, line 3 has an empty entry: put words between the commas and around =>",
    "=> b": "words, line 1 has an empty entry: put words between the commas and around =>",
    "a =>": "words, line 1 has an empty entry: put words between the commas and around =>",
    "a, !!!": 'words, line 1 has "!!!" without a word: put words between the commas and around =>',
    "a => b => c": "words, line 1 has more than one =>: write one rule a line, as in: tv => television",
}


@pytest.mark.parametrize(("text", "message"), BAD.items())
def test_a_line_that_makes_no_sense_is_named(text: str, message: str) -> None:
    with pytest.raises(SettingsError) as raised:
        parse_synonyms(text, "words")
    assert str(raised.value) == message


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"nowhere\.txt cannot be read .*: give another file"):
        load_synonyms(tmp_path / "nowhere.txt")
    (tmp_path / "latin.txt").write_bytes("café, bistro".encode("latin-1"))
    with pytest.raises(SettingsError, match=r"latin\.txt are not in UTF-8"):
        load_synonyms(tmp_path / "latin.txt")


def test_escapes_comments_and_marks_at_the_beginning_are_read(tmp_path: Path) -> None:
    (tmp_path / "words.txt").write_text("\ufeffa\\,b, c\\=>d # e\n\n  \n#\nx, y, x\r\n", encoding="utf-8")
    assert load_synonyms(tmp_path / "words.txt").rules == (
        (("a,b", "c=>d"), ("a,b", "c=>d")),
        (("x", "y"), ("x", "y")),
    )


def test_a_phrase_of_many_entries_does_not_grow_without_bounds() -> None:
    thesaurus = parse_synonyms("a, x y, z w, u v").thesaurus(NO_WORDS)
    made = thesaurus.phrase(words_of("a " * 50, NO_WORDS, (("text", 1.0),)))
    assert isinstance(made, Best)
    assert len(made.nodes) <= MOST_VARIANTS


@pytest.mark.parametrize(
    "text", ["cars^2", '"a car"~2', "motor vehicle -tv", "title:usa NEAR/3 agreed", "united states of america", "tokyo"]
)
def test_a_tree_is_written_as_it_was_typed_and_finds_the_same_synonyms(text: str) -> None:
    synonyms, words_there = parse_synonyms(RULES), NoWords(["en"])
    made = parse(text, [], words_there, synonyms=synonyms).query
    assert parse(write(made), [], words_there, synonyms=synonyms).query == made
    assert any(leaf.synonym_of for leaf in leaves(made) if isinstance(leaf, (Word, Phrase))) or any(
        form.synonym_of for word in words(made) for form in word.forms
    )


def test_a_synonym_stands_where_that_was_typed_which_it_is_of() -> None:
    found = parse("a motor vehicle", [], synonyms=parse_synonyms(RULES)).query
    assert [(leaf.synonym_of, leaf.at) for leaf in leaves(found) if isinstance(leaf, Word) and leaf.synonym_of] == [
        ("motor vehicle", (2, 15)),
        ("motor vehicle", (2, 15)),
    ]
