"""An index with words of segmenters beside its pairs finds what it finds without them, in a better order."""

from __future__ import annotations

import random
import shutil
import sys
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

import pytest
from engines import memory
from exploring import seeds

import searchlib
from searchlib import Document, Index, SettingsError
from searchlib.analysis.segmenting import SEGMENTERS, is_there, made_by
from searchlib.engine.locations import ENGINES, engine_at
from searchlib.engine.writers import WriterOptions
from searchlib.engines.whoosh.building.portions import Portions
from searchlib.engines.whoosh.segmentedwords import wrong_words
from searchlib.model.fields import SEGMENTED
from searchlib.query import parse
from searchlib.update.comparing import compare

pytestmark = pytest.mark.skipif(
    not all(map(is_there, SEGMENTERS)), reason='segmenters are not installed: pip install "searchlib[segment]"'
)

ENGINES["memory"] = memory.__name__
ALL = tuple(SEGMENTERS)
TEXTS = {
    "ja/都.md": "# 東京都庁の都\n\n東京都に行く。都庁もある。\n\n京都に行く。古都である。\n\nGPS機能の東京。",
    "ja/空港.txt": "関西国際空港でパソコンを使う。\n\n空港の国際線。",
    "zh/大学.txt": "我来到北京清华大学。\n\n研究生命起源是很难的。\n\n研究生的大学生活很有意思。",
    "ko/학교.md": "# 학교 생활\n\n학교에서 한국어를 배웠다.\n\n선생님이 학교에 왔다.",
    "th/ทีม.txt": "ทีมรับของแพนเธอร์สยอมแพ้ที่คะแนนเท่าไร\n\nคะแนนของทีม\n\nทำงาน น้ำ\n\nท\u0e4d\u0e32งาน น้\u0e4d\u0e32",
    "en.txt": "The university of 東京 is old.",
}
QUERIES = [
    "京都",
    "東京都",
    "都",
    "大学生活",
    "研究生命",
    "학교에서 생활",
    "คะแนนเท่าไร",
    "ทำงาน",
    "น้ำ",
    "ท\u0e4d\u0e32งาน",
    "空港 パソコン",
    "GPS機能",
    "title:学校 학교",
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("segmented")
    for name, text in TEXTS.items():
        (made / "texts" / name).parent.mkdir(parents=True, exist_ok=True)
        (made / "texts" / name).write_text(text, encoding="utf-8")
    searchlib.build(made / "texts", made / "pairs").close()
    searchlib.build(made / "texts", made / "words", segment=ALL).close()
    return made


@pytest.fixture(scope="module")
def pairs(folder: Path) -> Iterator[Index]:
    with searchlib.open(folder / "pairs") as index:
        yield index


@pytest.fixture(scope="module")
def words(folder: Path) -> Iterator[Index]:
    with searchlib.open(folder / "words") as index:
        yield index


def asked(count: int) -> list[str]:
    """Queries, and stretches of the texts at random."""
    chance, text = random.Random(7), "".join(TEXTS.values())
    starts = [chance.randrange(len(text)) for _ in range(count)]
    return QUERIES + [" ".join(text[at : at + chance.randrange(2, 12)].split()) for at in starts]


@pytest.mark.parametrize("query", asked(len(seeds(30))))
def test_the_same_is_found_and_highlighted(query: str, pairs: Index, words: Index) -> None:
    def found(index: Index) -> dict[str, object]:
        results = index.search(query, limit=50)
        assert results.total == len(results)
        return {hit.id: (hit.spans, hit.snippet("html")) for hit in results}

    assert found(words) == found(pairs)


@pytest.mark.parametrize(
    "query", ['"京都に行く"', "東京 NEAR 都庁", "東京*", "NOT 東京", "東京 -京都", "+東京 都庁", "=京都", "京都~1"]
)
def test_operators_mean_what_they_mean_without(query: str, pairs: Index, words: Index) -> None:
    assert {hit.id for hit in words.search(query, limit=50)} == {hit.id for hit in pairs.search(query, limit=50)}


def test_a_word_comes_before_the_same_letters_in_two_words(tmp_path: Path) -> None:
    made = [
        Document("a", "東京都に行く。", language="ja"),
        Document("b", "南京都に行く。", language="ja"),
        Document("c", "昔京都に行く。", language="ja"),
    ]
    (tmp_path / "none").mkdir()
    with searchlib.build(tmp_path / "none", tmp_path / "index", segment=["ja"]) as index:
        with index.writer() as writer:
            for document in made:
                writer.add(document)
        assert [hit.document.path for hit in index.search("京都")] == ["c", "a", "b"]


def test_explanations_name_words_and_add_up(words: Index) -> None:
    hit = words.search("京都")[0]
    explanation = hit.explain()
    said = str(explanation)
    assert "“京都” as a word: rarity" in said
    assert "_text" not in said
    assert explanation.score == pytest.approx(sum(part.score for part in explanation.parts))
    fields = {one["field"] for part in explanation.as_dict()["parts"] for one in part["occurrences"]}
    assert fields <= {"text", "title", "headings"}


def test_fields_that_are_named_have_words_of_their_own(words: Index) -> None:
    (hit, *_) = words.search("title:학교")
    assert "as a word" in str(hit.explain())
    assert hit.document.path.endswith("학교.md")


def test_the_words_are_no_field_that_anyone_sees(words: Index) -> None:
    assert words.search("_text:京都").warnings
    assert not {name for name in words.whoosh.reader().indexed_field_names() if name.startswith("_")}
    assert str(parse("東京都", lexicon=words._reader.lexicon).query) == "東京 OR 京都"


def test_the_settings_say_what_found_them(words: Index, pairs: Index) -> None:
    assert words.stats().settings["segment"] == {language: made_by(language) for language in sorted(ALL)}
    assert "segment" not in pairs.stats().settings
    assert not words.verify()


def test_any_way_to_the_same_index_leads_to_the_same_bytes(folder: Path, tmp_path: Path) -> None:
    texts = tmp_path / "texts"
    shutil.copytree(folder / "texts", texts)
    (texts / "ja/空港.txt").unlink()
    (texts / "zh/大学.txt").write_text("別的大学", encoding="utf-8")
    few = Portions(batch=40, alone=80, keys=3, postings=8)
    searchlib.build(texts, tmp_path / "updated", segment=ALL, processes=2, tuning=few).close()
    shutil.rmtree(texts)
    shutil.copytree(folder / "texts", texts)
    with searchlib.build(texts, tmp_path / "updated", segment=ALL, compact=True) as updated:
        assert not updated.verify()
        with searchlib.open(folder / "words") as clean:
            assert updated.digest == clean.digest


def test_another_setting_or_version_is_another_index(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    searchlib.build(folder / "texts", tmp_path / "index", segment=["ja"]).close()
    assert not compare([folder / "texts"], tmp_path / "index", segment=["ja"])
    assert compare([folder / "texts"], tmp_path / "index", segment=["ja", "zh"]).settings
    version = metadata.version
    monkeypatch.setattr(metadata, "version", lambda name: "99" if name == "sudachipy" else version(name))
    with searchlib.open(tmp_path / "index") as index:
        assert index.search("京都").total
        with pytest.raises(SettingsError, match=r"found by sudachipy .*, here is sudachipy 99, .*: install that, or"):
            index.writer()
    with searchlib.build(folder / "texts", tmp_path / "index", segment=["ja"]) as index:
        assert index.changes is not None
        assert index.changes.rebuilt == "it was built with other settings"


@pytest.fixture
def without_sudachipy(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    version = metadata.version

    def installed(name: str) -> str:
        if name == "sudachipy":
            raise metadata.PackageNotFoundError(name)
        return version(name)

    is_there.cache_clear()
    monkeypatch.setitem(sys.modules, "sudachipy", None)
    monkeypatch.setattr(metadata, "version", installed)
    yield
    is_there.cache_clear()


def test_who_has_no_segmenter_searches_by_pairs_and_is_told(
    without_sudachipy: None, folder: Path, pairs: Index
) -> None:
    with searchlib.open(folder / "words") as index:
        found = index.search("京都")
        assert [hit.id for hit in found] == [hit.id for hit in pairs.search("京都")]
        (warning,) = found.warnings
        assert "words of ja" in warning.message
        assert 'pip install "searchlib[segment]"' in warning.advice
        assert index.search("京都", strict=True).total == found.total
        assert not index.search("harbour").warnings
        assert not index.search("학교").warnings
        assert not index.verify()


def test_who_has_no_segmenter_cannot_build(without_sudachipy: None, folder: Path, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r'the words of ja need sudachipy: pip install "searchlib\[segment\]"'):
        searchlib.build(folder / "texts", tmp_path / "index", segment=["ja"])
    assert not (tmp_path / "index").exists()
    with searchlib.open(folder / "words") as index, pytest.raises(SettingsError, match="need sudachipy"):
        index.writer()


def test_a_language_without_a_segmenter_is_refused(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="no segmenter finds the words of 'de': give some of ja, ko, th, zh"):
        searchlib.build(folder / "texts", tmp_path / "index", segment=["ja", "de"])


@pytest.mark.parametrize("scheme", ["http", "memory"])
def test_other_engines_say_that_they_keep_no_words(scheme: str) -> None:
    location = f"{scheme}://127.0.0.1:1/index"
    options = WriterOptions(settings={"segment": {"ja": made_by("ja")}})
    with pytest.raises(SettingsError, match="keeps pairs of characters, and no words of segmenters: leave segment out"):
        engine_at(location).open_writer(location, options)


def test_several_indexes_are_asked_for_the_words_of_any(folder: Path, pairs: Index) -> None:
    with searchlib.open([folder / "pairs", folder / "words"]) as both:
        found = both.search("京都", limit=50)
        assert found.total == 2 * pairs.search("京都").total
        assert "as a word" in "".join(str(hit.explain()) for hit in found)


def test_words_that_are_not_those_of_the_texts_are_found_out(folder: Path, words: Index, pairs: Index) -> None:
    (segment,) = words._reader._segments
    made = {language: made_by(language) for language in ALL}
    assert not list(wrong_words(segment, made))
    assert list(wrong_words(segment, {"zh": made["zh"]})) == [
        f"the words that segmenters found in {base!r} are not those of the texts" for base in SEGMENTED.values()
    ]
    assert list(wrong_words(segment, {})) == ["its words of segmenters are not those that the settings name"]
    assert not list(wrong_words(segment, {"zh": "another"}))
    (segment,) = pairs._reader._segments
    assert list(wrong_words(segment, made)) == ["its words of segmenters are not those that the settings name"]
