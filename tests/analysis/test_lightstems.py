"""Languages that Snowball has no algorithm for: forms of a word have one stem, other words have another."""

import pytest

from searchlib.analysis import stems
from searchlib.analysis.stemming import algorithm


@pytest.mark.parametrize(
    ("language", "words", "another"),
    [
        ("uk", "книга книги книгу книгою книгам книгами", "книжка"),
        ("uk", "процес процеси процесу процесом процесів", "процент"),
        ("bg", "книга книгата книги книгите", "кръгове"),
        ("bg", "град градът градове градовете", "градус"),
        ("sk", "mesto mesta mestu mestom mestách mestami", "miesto"),
        ("hr", "knjiga knjige knjigu knjigom књига књиге", "kuća"),
        ("sl", "datoteka datoteke datoteko datotekami", "datum"),
        ("ka", "თბილისი თბილისის თბილისში", "ბათუმი"),
    ],
)
def test_forms_of_a_word_have_one_stem(language: str, words: str, another: str) -> None:
    found = [set(stems(word, language)) for word in words.split()]
    assert set.intersection(*found)
    assert not set.union(*found) & set(stems(another, language))


@pytest.mark.parametrize("language", ["uk", "bg", "sk"])
def test_short_words_stay_as_they_are(language: str) -> None:
    assert stems("та", language) == ("та",)


def test_what_stems_a_language_is_named_with_its_version() -> None:
    assert algorithm("uk") == "light ukrainian 1"
    assert algorithm("ur") == "letters 1"
    assert algorithm("hr").startswith("serbian ")
    assert algorithm("vi") == ""
