"""Which words of an index a word of a query finds: all that share a stem, in any accentuation, the typed one first."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lexicons import TextLexicon, lexicon_of

from searchlib.analysis import Form, forms, split_key, tokens
from searchlib.analysis.folding import exact_form
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


@pytest.mark.parametrize(
    ("language", "one", "other"),
    [
        ("de", "Müller", "Mueller"),
        ("de", "Häuser", "Haeuser"),
        ("de", "Öl", "Oel"),
        ("de", "Straße", "Strasse"),
        ("da", "Århus", "Aarhus"),
        ("da", "Søren", "Soeren"),
        ("no", "Håkon", "Haakon"),
        ("sv", "Göteborg", "Goeteborg"),
        ("sv", "Åkesson", "Aakesson"),
    ],
)
def test_two_letters_for_one_are_another_form_of_a_word(language: str, one: str, other: str) -> None:
    for typed, written in ((one, other), (other, one)):
        assert found(typed, written, language) == [written]
        (typed_first, *others) = forms(typed, lexicon_of(f"{one} {other}", languages=[language]))[0]
        assert typed_first.exact == exact_form(typed)
        assert others or exact_form(one) == exact_form(other)
        assert all(form.other for form in others)


@pytest.mark.parametrize(
    ("language", "word"), [("de", "neue"), ("de", "aktuell"), ("de", "Israel"), ("sv", "Israel"), ("da", "poet")]
)
def test_letters_that_only_look_so_join_no_words(language: str, word: str) -> None:
    (one,) = forms(word, lexicon_of(f"{word} und noch neü isra", languages=[language]))
    assert {form.folded for form in one} <= {word.lower(), "neu"}


def test_another_spelling_is_of_languages_that_have_it_and_of_words_of_the_index() -> None:
    words = TextLexicon([("Aarhus Århus", "da"), ("Aarhus Århus", "es"), ("Aalborg", "da")])
    (one,) = forms("Aarhus", words)
    assert Form("arhus", "århus", frozenset({"da"}), other=True) in one
    assert all(form.languages == frozenset({"da"}) for form in one[1:])
    assert len(forms("Aalborg", words)[0]) == 1


def test_accents_tell_vietnamese_words_apart_where_they_are_typed() -> None:
    words = TextLexicon([("ma má", "vi"), ("má", "pt")])
    (one,) = forms("má", words)
    assert one[:2] == (Form("ma", "má", frozenset({"pt"})), Form("ma", "má", frozenset({"vi"}), tonal=True))
    assert forms("ma", words)[0][0] == Form("ma", "ma")
    assert forms("má", lexicon_of("má", languages=["vi"]))[0][0] == Form("ma", "má", tonal=True)
