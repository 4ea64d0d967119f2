"""Words of many languages, found in an index: each as its own language has it, or as it is written."""

from pathlib import Path

import pytest

import searchlib
from searchlib.errors import SettingsError
from searchlib.render.terminal import snippet_lines

TEXTS = {
    "uk": "У цій хаті п\u02bcять книг, які ще не було видно.",
    "hr": "Knjige nije bilo u kući, ali su ovdje.",
    "ar": "كان هذا في سنة ٢٠٢٠",
    "en": "Hawai\u02bbi and O\u02bcBrien were there with the visitors.",
    "da": "Båten",
    "names": "Windows opened doors",
}


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> searchlib.Index:
    folder = tmp_path_factory.mktemp("languages")
    (folder / "seeds").mkdir()
    for name, text in TEXTS.items():
        (folder / "seeds" / f"{name}.txt").write_text(text, "utf-8")
    return searchlib.build(folder / "seeds", folder / "index", language="seeds/da.txt=sv,auto")


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("книга", ["uk"]),
        ("књига", ["hr"]),
        ("п'ять", ["uk"]),
        ("2020", ["ar"]),
        ("O'Brien", ["en"]),
        ("Hawai'i", ["en"]),
        ("visitor", ["en"]),
        ("båtens", ["da"]),
        ("door", []),
        ("doors", ["names"]),
    ],
)
def test_a_word_is_found_in_the_forms_of_the_language_of_a_document(
    index: searchlib.Index, query: str, found: list[str]
) -> None:
    assert [Path(hit.document.path).stem for hit in index.search(query)] == found


def test_digits_as_they_are_typed_come_first(tmp_path: Path) -> None:
    (tmp_path / "seeds").mkdir()
    for name, text in (("a", "٢٠٢٠ سنة"), ("b", "2020 سنة")):
        (tmp_path / "seeds" / f"{name}.txt").write_text(text, "utf-8")
    index = searchlib.build(tmp_path / "seeds", tmp_path / "index")
    assert [Path(hit.document.path).stem for hit in index.search("2020")] == ["b", "a"]
    assert [Path(hit.document.path).stem for hit in index.search("٢٠٢٠")] == ["a", "b"]


def test_a_mistake_in_languages_by_path_is_pointed_at(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("text")
    with pytest.raises(SettingsError) as error:
        searchlib.build(tmp_path / "a.txt", tmp_path / "index", language="de=german,auto")
    assert str(error.value).startswith("'de=german' is no language; give a code as en or tr, or auto, or several")


BROKEN = "日本の首都である東\n京は人口が多い。"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.txt", BROKEN),
        ("a.md", f"# 表題\n\n{BROKEN}\n"),
        ("a.html", f"<html><body><h1>表題</h1><p>{BROKEN}</p></body></html>"),
        ("b.html", "<html><body><p>日本の首都である<b>東</b>\n<i>京</i>は\n人口が多い。</p></body></html>"),
    ],
)
def test_a_word_of_a_script_without_spaces_goes_on_in_the_next_line(tmp_path: Path, name: str, text: str) -> None:
    (tmp_path / "seeds").mkdir()
    (tmp_path / "seeds" / name).write_text(text, "utf-8")
    index = searchlib.build(tmp_path / "seeds", tmp_path / "index")
    (hit,) = index.search('"東京は人口"')
    assert hit.snippet("html") == "日本の首都である<mark>東京は人口</mark>が多い。"
    assert hit.text.replace("\n", "") == BROKEN.replace("\n", "")
    assert "である東京は" in "".join(snippet_lines(hit.fragments(), hit.text, 0, color=False))
    assert [one.paragraph.number for one in index.search("東京")] == [hit.paragraph.number]


def test_lines_of_korean_and_of_code_end_with_a_space(tmp_path: Path) -> None:
    (tmp_path / "seeds").mkdir()
    (tmp_path / "seeds/a.txt").write_text("한국어 문장\n끝에는 공백이 있다.", "utf-8")
    (tmp_path / "seeds/b.md").write_text("```\n東\n京\n```\n", "utf-8")
    index = searchlib.build(tmp_path / "seeds", tmp_path / "index")
    assert not index.search("장끝")
    assert index.search("문장 끝에는")[0].snippet() == "한국어 문장\n끝에는 공백이 있다."
    assert index.search("東")[0].snippet() == "東\n京"
