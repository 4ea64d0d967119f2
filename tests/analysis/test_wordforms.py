"""Which words of an index a word of a query finds: all that share a stem, in any accentuation, the typed one first."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lexicons import TextLexicon, lexicon_of

from searchlib.analysis import Form, forms, split_key, tokens
from searchlib.analysis.stemming import ALGORITHMS, algorithm, stems, stems_of_all


def found(word: str, text: str, *languages: str) -> list[str]:
    """The words of a text that one finds, in order."""
    (one,) = forms(word, lexicon_of(text, languages=languages or ("en",)))
    folded = {form.folded for form in one}
    return [text[token.start : token.end] for token in tokens(text) if split_key(token.key)[0] in folded]


def test_a_word_finds_every_form_of_its_stem_and_no_other() -> None:
    text = "The industry of industries, and of indus; industrialists."
    assert found("industries", text) == ["industry", "industries"]
    assert found("industry", text) == ["industry", "industries"]


# English, Portuguese, French, Spanish, German, Catalan, Hungarian, Turkish, Lithuanian: stemmers look at accents.
ACCENTED = {
    "en": "résumé Beyoncé André café naïveté façade cliché protégé fiancée",
    "pt": "não informação pão também até você inglês português últimos países",
    "fr": "université après privilégiés été société élève première années",
    "es": "también información árbol corazón después según",
    "de": "Bäume Häuser Mädchen schön größer",
    "ca": "català història públic nació",
    "hu": "például város között műszaki",
    "tr": "şehirler çalışmaları gözlük",
    "lt": "žmonės šalyje daugiau būtų",
}


@pytest.mark.parametrize("language", ACCENTED)
def test_accents_never_decide_whatever_a_stemmer_makes_of_them(language: str) -> None:
    for word in ACCENTED[language].split():
        (token,) = tokens(word)
        plain = split_key(token.key)[0]
        assert found(plain, word, language) == [word]
        assert found(word, plain, language) == [plain]
        assert found(plain, f"{word} {plain}", language) == found(word, f"{word} {plain}", language)


def test_a_word_without_accents_finds_the_forms_that_it_has_with_them() -> None:
    text = "informação informações"
    assert found("informacao", text, "pt") == found("informação", text, "pt") == text.split()
    assert found("resume", "résumé résumés resumes") == ["résumé", "résumés", "resumes"]


def test_the_form_that_was_typed_comes_first_and_knows_the_accents_of_the_others() -> None:
    (one,) = forms("Häuser", lexicon_of("Haus Häuser hauser hause", languages=["de"]))
    assert one[0] == Form("hauser", "häuser")
    assert {(form.folded, form.exact) for form in one[1:] if form.other} == {("haus", "haus"), ("hause", "hause")}
    (one,) = forms("résumé", lexicon_of("résumé résumés resumes resumed"))
    assert [(form.folded, form.exact) for form in one] == [
        ("resume", "résumé"),
        ("resumed", ""),
        ("resumes", "résumés"),
    ]


def test_a_form_counts_in_documents_of_the_languages_that_stem_so() -> None:
    words = TextLexicon([("leaders leader", "en"), ("leaders leader", "tr"), ("leader", "")])
    (one,) = forms("leaders", words)
    assert one == (Form("leaders", "leaders"), Form("leader", "leader", frozenset({"en"}), other=True))
    (one,) = forms("leaders", lexicon_of("leader leaders", languages=["en"]))
    assert one[1].languages is None


def test_words_with_digits_and_of_languages_without_stems_have_themselves_alone() -> None:
    assert found("rfc793s", "rfc793s rfc793") == ["rfc793s"]
    assert found("leaders", "leader leaders", "xx") == ["leaders"]


@given(st.text("abc", max_size=6), st.lists(st.text("abceings", min_size=1, max_size=8), max_size=6))
def test_what_is_found_is_found_from_either_end(word: str, words: list[str]) -> None:
    """b in found(a) if and only if a in found(b): forms of one another."""
    every = list(dict.fromkeys(filter(None, [word, *words])))
    text = " ".join(every)
    for one in every:
        for other in found(one, text):
            assert one in found(other, text)


@given(st.lists(st.text("abcdeéèçãüıßs0'", min_size=1, max_size=8)), st.sampled_from(["en", "pt", "de", "xx"]))
def test_stems_of_many_words_are_those_of_each(words: list[str], language: str) -> None:
    assert stems_of_all(words, language) == [stems(word, language) for word in words]


def test_a_plain_word_may_have_a_stem_with_an_accent() -> None:
    words = ["uca", "uçtan", "kitaba", "uz"]
    assert stems_of_all(words, "tr") == [stems(word, "tr") for word in words]
    assert stems("uca", "tr") == ("uc",)


def test_what_stems_a_language_is_named_with_its_version() -> None:
    assert algorithm("en").startswith("english ")
    assert algorithm("xx") == algorithm("") == ""
    assert len({algorithm(language) for language in ALGORITHMS}) > 20
