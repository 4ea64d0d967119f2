"""Languages that Snowball has no algorithm for: forms of a word have one stem, other words have another."""

import pytest

from searchlib.analysis import stems
from searchlib.analysis.folding import exact_form
from searchlib.analysis.stemming import algorithm, stem


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


@pytest.mark.parametrize(
    ("language", "pairs"),
    [
        (
            "bg",
            "братовци брат ученици ученик съседи съсяд змията зми добрият добр пътища път старец старец червен червн",
        ),
        ("bg", "градовете град столове стол песента песн вълците вълц шейове шейов и и"),
        ("lv", "valstīm valst lāča lāc kaķu kaķ mājās māj labajiem lab brāļu brāl suņu sun pakšu pakst kšu kšu"),
        ("bn", "অংশগ্রহণের অংশগ্রহণ অংশটি অংশ অক্টোবর অক্টোবর সময়ের সময়"),
        ("te", "అంశము అంశ అంతర్ అంతర్ హీబ్రూ హీబ్ర"),
        ("ckb", "کوڕەکە کوڕە ژنەکان ژنەک پیاوێک پیاو کتێبەکانمان کتێب کتێبی کتێب"),
    ],
)
def test_what_lucene_has_an_algorithm_for_has_the_stems_of_lucene(language: str, pairs: str) -> None:
    words = [exact_form(word) for word in pairs.split()]
    assert [stem(word, language) for word in words[::2]] == words[1::2]


@pytest.mark.parametrize("language", ["uk", "bg", "sk"])
def test_short_words_stay_as_they_are(language: str) -> None:
    assert stems("та", language) == ("та",)


def test_what_stems_a_language_is_named_with_its_version() -> None:
    assert algorithm("uk") == "light ukrainian 2"
    assert algorithm("ur") == "letters 2"
    assert algorithm("hr").startswith("serbian ")
    assert algorithm("vi") == ""
