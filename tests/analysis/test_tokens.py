"""Tokens are defined once: words, folding, stems, bigrams, and the forms that a query asks for."""

import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from searchlib.analysis import Form, ascii_keys, fold, forms, keys_of, split_key, split_words, tokens
from searchlib.analysis.folding import AFTER_SEPARATOR, LONGEST_WORD, SEPARATOR, exact_form, join_key, without_accents
from searchlib.analysis.words import find_words


def keys(text: str) -> list[str]:
    return [token.key for token in tokens(text)]


def folded(text: str) -> list[str]:
    return [split_key(key)[0] for key in keys(text)]


def test_everything_but_letters_marks_and_digits_separates_words() -> None:
    assert keys("state-of-the-art foo_bar can't 3.14 a/b") == [
        "state", "of", "the", "art", "foo", "bar", "can", "t", "3", "14", "a", "b",
    ]  # fmt: skip


def test_marks_belong_to_words_so_vowel_signs_do_not_split_them() -> None:
    assert keys("हिन्दी में किताबें") == ["हिन्दी", "में", "किताबें"]


def test_case_is_folded_fully() -> None:
    assert keys("STRASSE Straße ﬁn") == ["strasse", "strasse", "fin"]


def test_the_dotted_capital_i_of_turkish_is_an_i() -> None:
    assert keys("İSTANBUL İstanbul istanbul") == ["istanbul"] * 3


def test_an_accented_word_has_its_folded_form_in_front_and_its_own_behind() -> None:
    assert keys("Erdogan Erdoğan") == ["erdogan", f"erdogan{SEPARATOR}erdoğan"]


def test_accent_variants_are_neighbours_in_the_dictionary() -> None:
    dictionary = sorted(key.encode() for key in keys("resume résumé resumé resumes result"))
    low, high = (f"resume{mark}".encode() for mark in (SEPARATOR, AFTER_SEPARATOR))
    assert (dictionary[0], dictionary[-1]) == (b"result", b"resumes")
    assert [key for key in dictionary if key == b"resume" or low <= key < high] == dictionary[1:4]


@pytest.mark.parametrize(
    ("word", "plain"),
    [("ångström", "angstrom"), ("Łódź", "lodz"), ("smørrebrød", "smorrebrod"), ("ёлка", "елка"), ("край", "край"),
     ("naïve", "naive"), ("Œuvre", "oeuvre"), ("ırmak", "irmak"), ("Việt", "viet"), ("ไทย", "ไทย"), ("नी", "नी")],
)  # fmt: skip
def test_folding_takes_accents_and_leaves_letters(word: str, plain: str) -> None:
    assert fold(word) == plain


def test_composed_and_decomposed_text_have_the_same_tokens() -> None:
    text = "Erdoğan café 한국어 が"
    assert keys(unicodedata.normalize("NFD", text)) == keys(text)


def test_what_stands_in_words_and_changes_nothing_does_not_count() -> None:
    assert keys("docu\u00adment می\u200cخواهم") == ["document", "ميخواهم\x1fمیخواهم"]
    assert keys("葛\U000e0100城市") == keys("葛城市") == ["葛城", "城市", "市"]
    assert keys("de\u2060fence \ufeffpeace na\ufe0fi\u034fve") == ["defence", "peace", "naive"]
    assert keys("\ufeff \u2060") == []


def test_a_soft_hyphen_where_a_line_ends_goes_on_in_the_next() -> None:
    text = "Die Poli\u00ad\ntikwissenschaft und\u00ad"
    assert keys(text) == ["die", "politikwissenschaft", "und"]
    assert [text[token.start : token.end] for token in tokens(text)][1] == "Poli\u00ad\ntikwissenschaft"
    assert keys("Poli\u00ad \n  tik") == ["politik"]
    assert keys("Poli\u00ad\n\ntik") == ["poli", "tik"]


@pytest.mark.parametrize(
    ("one", "other"), [("كتابي", "کتابی"), ("الدورى", "الدوري"), ("مدرسة", "مدرسه"), ("ہوا", "هوا"), ("أحمد", "احمد")]
)
def test_letters_that_only_keyboards_tell_apart_are_one(one: str, other: str) -> None:
    assert fold(one) == fold(other)


def test_words_stand_as_they_are_written() -> None:
    assert keys("leaders leading") == ["leaders", "leading"]
    assert folded("Häuser") == ["hauser"]


def test_defence_and_defense_stay_what_they_are() -> None:
    assert len(set(keys("defence defense"))) == 2


def test_unspaced_scripts_are_overlapping_bigrams_the_last_alone() -> None:
    assert keys("東京都") == ["東京", "京都", "都"]
    assert keys("ไทย") == ["ไท", "ทย", "ย"]
    assert keys("GPS機能x") == ["gps", "機能", "能", "x"]


def test_a_query_of_a_run_leaves_out_the_last_unit_and_a_unit_alone_is_a_prefix() -> None:
    assert [form.exact for (form,) in forms("東京都")] == ["東京", "京都"]
    assert forms("東") == [(Form("東", "東", None, prefix=True),)]


def test_positions_count_every_token_and_ranges_are_of_the_text() -> None:
    text = "The state of the 東京都, Erdoğan’s"
    found = tokens(text)
    assert [token.position for token in found] == list(range(len(found)))
    assert [text[token.start : token.end] for token in found] == [
        "The", "state", "of", "the", "東京", "京都", "都", "Erdoğan", "s",
    ]  # fmt: skip


def test_the_short_cuts_for_ascii_and_latin_know_the_same_characters() -> None:
    for code in (*range(0x250), *range(0x2010, 0x205F)):
        alone, beside = chr(code), chr(code) + "\u0416"
        words = [match[0] for match in find_words(alone + " ")]
        assert bool(words) == (find_words(beside).__next__().start() == 0), hex(code)


def test_overlong_words_are_cut_alike_everywhere() -> None:
    word = "x" * 1000
    assert keys(word) == ["x" * LONGEST_WORD]
    assert forms(word)[0][0].exact == "x" * LONGEST_WORD


texts = st.text(
    st.one_of(
        st.characters(),
        st.sampled_from("aZ9 é\u0301ğİıßЖйहिन्दีไทย東京한국어가عرעב\u200c\u00ad-_'’.,\n\U0001d400\U00020000👍🏽"),
    ),
    max_size=60,
)


@given(texts)
def test_split_words_finds_the_words_that_have_places(text: str) -> None:
    placed = [match[0] for match in find_words(text)]
    assert [exact_form(word) for word in split_words(text)] == [exact_form(word) for word in placed]


@given(texts)
def test_tokens_are_the_keys_of_the_words_in_order(text: str) -> None:
    assert keys(text) == [key for word in split_words(text) for key in keys_of(word)]


@given(st.lists(st.text("abcdefgs019'", min_size=1, max_size=250)))
def test_many_ascii_words_at_once_have_the_same_keys(texts: list[str]) -> None:
    words = [word for text in texts for word in split_words(text)]
    found = ascii_keys([word.encode() for word in words])
    assert [(key.decode(),) for key in found] == [keys_of(word) for word in words]


@given(texts)
def test_token_ranges_lie_in_the_text_in_order(text: str) -> None:
    starts = [token.start for token in tokens(text)]
    assert starts == sorted(starts)
    assert all(0 <= token.start < token.end <= len(text) for token in tokens(text))


@given(texts)
def test_a_key_tells_its_folded_and_exact_form(text: str) -> None:
    for key in keys(text):
        plain, exact = split_key(key)
        assert join_key(exact) == key
        assert without_accents(exact) == plain


@given(texts)
def test_every_token_of_a_text_is_found_by_asking_for_its_own_text(text: str) -> None:
    for token in tokens(text):
        asked = forms(text[token.start : token.end])
        plain = split_key(token.key)[0]
        assert any(
            plain == form.folded or (form.prefix and plain.startswith(form.folded)) for one in asked for form in one
        )


def test_word_characters_are_those_of_unicode_14_whatever_python_knows() -> None:
    by_python = {chr(c) for c in range(sys.maxunicode + 1) if unicodedata.category(chr(c))[0] in "LMN"}
    ours = {match[0] for c in by_python for match in find_words(c)}
    later = by_python - ours - {"ʻ", "ʼ"}  # apostrophes
    assert not ours - by_python
    assert not later or unicodedata.unidata_version > "14.0.0"
