"""What segmenters find in texts of scripts without spaces: words that their pairs find too."""

from __future__ import annotations

import os
import re
from importlib import metadata
from threading import Event, Thread

import pytest
from exploring import examples
from hypothesis import given
from hypothesis import strategies as st

from searchlib.analysis import split_key, tokens
from searchlib.analysis.folding import exact_form
from searchlib.analysis.segmenting import SEGMENTERS, Cut, Segmenter, is_there, made_by, words_of_run, words_of_text
from searchlib.errors import SettingsError

NEEDS = 'is not installed: pip install "searchlib[segment]"'
LETTERS = {
    "ja": "東京都庁関西国際空港でを使うパソコンﾊﾟー、GPS々",
    "ko": "학교에서한국어를배웠다 공부12ㅋ\u1112\u1161\u11a8\u116f",
    "th": "ทีมรับของแพนเธอร์สยอมแพ้ที่คะแนนทำน้ำ 12\u0e4d\u0e32",
    "zh": "我来到北京清华大学研究生命起源,GPS\n",
}


def needs(language: str) -> None:
    if not is_there(language):
        pytest.skip(f"what finds the words of {language} {NEEDS}")


@pytest.mark.parametrize(
    ("language", "text", "words"),
    [
        ("ja", "関西国際空港で学ぶ", ["関西", "国際", "空港", "学ぶ"]),
        ("ko", "학교에서 한국어를 배웠다", ["학교", "에서", "한국어", "배웠"]),
        ("th", "ยอมแพ้ที่คะแนนเท่าไร", ["ยอมแพ้", "คะแนน", "เท่าไร"]),
        ("th", "ทำงาน", [exact_form("ทำงาน")]),
        ("th", exact_form("ทำงาน"), ["งาน"]),  # in parts, as nobody writes it
        ("zh", "我来到北京清华大学", ["来到", "北京", "清华大学"]),
    ],
)
def test_words_of_two_units_and_more_are_found(language: str, text: str, words: list[str]) -> None:
    needs(language)
    assert words_of_text(text, language) == words


@pytest.mark.parametrize(("language", "words"), [("ja", ["東京"]), ("ko", ["서울"]), ("th", ["หนู"]), ("zh", ["東京"])])
def test_only_what_the_language_writes_is_looked_at(language: str, words: list[str]) -> None:
    needs(language)
    assert words_of_text("หนู 東京 서울 Tokyo Стамбул 123", language) == words


def test_what_has_kana_in_it_is_not_chinese() -> None:
    needs("zh")
    assert words_of_run("東京に大学", "zh") == ()


def test_the_end_of_a_line_is_no_end_of_a_word() -> None:
    needs("ja")
    assert words_of_text("国際空\n港", "ja") == ["国際", "空港"]


def test_case_and_width_are_folded() -> None:
    needs("ja")
    assert words_of_text("ﾊﾟｿｺﾝ", "ja") == words_of_text("パソコン", "ja") == ["パソコン"]


@pytest.mark.parametrize("language", sorted(SEGMENTERS))
@examples(30)
@given(data=st.data())
def test_every_word_has_pairs_and_all_of_them_are_in_the_text(language: str, data: st.DataObject) -> None:
    needs(language)
    text = data.draw(st.text(LETTERS[language], max_size=40))
    pairs = {token.key for token in tokens(text)}
    for word in words_of_text(text, language):
        written = split_key(word)[1].replace("\u0e4d\u0e32", "\u0e33")
        of_word = [token.key for token in tokens(written)][:-1]  # the last is a unit alone
        assert of_word
        assert pairs.issuperset(of_word)


@pytest.mark.parametrize("language", sorted(SEGMENTERS))
def test_a_run_may_be_as_long_as_anything(language: str) -> None:
    needs(language)
    run = LETTERS[language].split()[0].replace("、", "").replace(",", "") * 2_000
    found = words_of_text(run, language)
    assert len(found) > 2_000
    assert words_of_text(run, language) == found


def test_what_found_the_words_is_said_with_its_versions() -> None:
    needs("ja")
    version = metadata.version
    expected = f"sudachipy {version('sudachipy')}, sudachidict-small {version('sudachidict-small')}"
    assert made_by("ja") == expected


def test_what_is_not_installed_is_named_with_its_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    def version(package: str) -> str:
        raise metadata.PackageNotFoundError(package)

    monkeypatch.setattr(metadata, "version", version)
    with pytest.raises(SettingsError) as error:
        made_by("ko")
    assert str(error.value) == 'the words of ko need fugashi: pip install "searchlib[segment]"'


@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
@pytest.mark.skipif(not hasattr(os, "fork"), reason="there are no forks here")
def test_a_child_that_is_forked_while_words_are_looked_for_finds_some(monkeypatch: pytest.MonkeyPatch) -> None:
    waiting, going_on = Event(), Event()

    def slow() -> Cut:
        def cut(text: str) -> list[tuple[int, int]]:
            waiting.set()
            assert going_on.wait(20)
            return [(0, len(text))]

        return cut

    monkeypatch.setitem(SEGMENTERS, "xx", Segmenter(re.compile("京"), {}, slow))
    thread = Thread(target=words_of_run, args=("京都" * 20, "xx"))
    thread.start()
    try:
        assert waiting.wait(20)
        child = os.fork()
        if not child:  # pragma: no cover - in another process
            going_on.set()
            os._exit(0 if words_of_run("京都" * 21, "xx") else 1)
        assert os.waitpid(child, 0)[1] == 0
    finally:
        going_on.set()
        thread.join()
