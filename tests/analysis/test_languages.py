"""The language of a text is told by its script, its function words and its letters; what is unsure is not told."""

import pytest

from searchlib.analysis import base_language, detect_language, language_at, languages_said

SENTENCES = {
    "en": "The talks were held in the city, and it was said that they would go on for the whole week.",
    "de": "Die Gespräche fanden in der Stadt statt, und es hieß, dass sie bis zum Ende der Woche dauern werden.",
    "fr": "Les discussions ont eu lieu dans la ville, et on dit qu’elles vont durer pour le reste de la semaine.",
    "es": "Las conversaciones se celebraron en la ciudad, y se dijo que iban a seguir por el resto de la semana.",
    "tr": "Görüşmeler şehirde yapıldı ve bu hafta için de devam edecek olan bir program olduğu söylendi.",
    "ru": "Переговоры прошли в городе, и было сказано, что они не закончатся до конца недели.",
    "uk": "Перемовини відбулися в місті, і було сказано, що вони не закінчаться до кінця тижня.",
    "ar": "جرت المحادثات في المدينة وقيل إن من المقرر أن تستمر حتى نهاية الأسبوع.",
    "hi": "वार्ता शहर में हुई और कहा गया कि यह सप्ताह के अंत तक चलेगी।",
    "ja": "会談は市内で行われ、週末まで続くと言われた。",
    "zh": "会谈在市内举行，据说将持续到周末。",
    "ko": "회담은 시내에서 열렸으며 주말까지 계속된다고 한다.",
    "th": "การเจรจาจัดขึ้นในเมืองและจะดำเนินต่อไปจนถึงสิ้นสัปดาห์",
}


@pytest.mark.parametrize("language", sorted(SENTENCES))
def test_a_sentence_tells_its_language(language: str) -> None:
    assert detect_language(SENTENCES[language]) == language


@pytest.mark.parametrize("text", ["", "42", "RFC 793", "foo bar baz", "!!!"])
def test_when_unsure_the_default_is_taken(text: str) -> None:
    assert detect_language(text) == ""
    assert detect_language(text, "en") == "en"


def test_a_shared_script_alone_does_not_tell() -> None:
    assert detect_language("Стамбул Анкара Киев", "en") == "en"
    assert detect_language("Стамбул Анкара Киев") == ""


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Båten ligger i hamnen och väntar.", "sv"),
        ("Il gatto dorme sul divano.", "it"),
        ("Não há gatos em casa.", "pt"),
        ("Köpek bahçede değil.", "tr"),
        ("Kot śpi na kanapie.", "pl"),
        ("A macska nem alszik, és ez jó.", "hu"),
        ("Tämä on laiva.", "fi"),
        ("Hvad hedder båden?", "da"),
        ("Кіт спить у хаті, який ще є.", "uk"),
        ("Котката не е в къщата.", "bg"),
        ("Мачка није у кући.", "sr"),
        ("Mačka nije u kući.", "hr"),
        ("Pes môže byť v dome.", "sk"),
        ("یہ کتاب بہت اچھی ہے", "ur"),
        ("این کتاب را خواندم", "fa"),
        ("এটি একটি বই", "bn"),
    ],
)
def test_a_short_sentence_tells_its_language_or_none(text: str, language: str) -> None:
    assert detect_language(text) == language


@pytest.mark.parametrize(
    "text", ["Laiva on satamassa", "Katten sover", "Båten", "Die Hard", "hot dog", "Pizza con carne"]
)
def test_words_that_several_languages_have_tell_none(text: str) -> None:
    assert detect_language(text) == ""


def function_words(*counts: tuple[str, int], of: int) -> str:
    """So many words that only one language has, among others that none has."""
    words = {
        "en": "the that with which would",
        "de": "und von zu mit sich auf ist im nicht",
        "nl": "een naar uit hij wordt",
    }
    found = [word for language, count in counts for word in (words[language].split() * 2)[:count]]
    return " ".join([*found, *["qqq"] * (of - len(found))])


@pytest.mark.parametrize(("count", "language"), [(0, ""), (1, "en")])
def test_a_function_word_that_one_language_has_is_needed(count: int, language: str) -> None:
    assert detect_language(function_words(("en", count), of=count + 2)) == language


@pytest.mark.parametrize(("size", "language"), [(37, "en"), (38, ""), (50, "en"), (51, "")])
def test_eight_of_a_hundred_words_are_function_words_at_least(size: int, language: str) -> None:
    assert detect_language(function_words(("en", 3 if size < 40 else 4), of=size)) == language


@pytest.mark.parametrize(
    ("german", "dutch", "language"), [(2, 1, "de"), (3, 2, ""), (4, 2, "de"), (9, 5, ""), (5, 5, ""), (1, 2, "nl")]
)
def test_a_language_has_twice_the_function_words_of_any_other(german: int, dutch: int, language: str) -> None:
    assert detect_language(function_words(("de", german), ("nl", dutch), of=20)) == language


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Han var ikke i byen, men der er noget af det, som vi kan se på billedet.", "da"),
        ("Han var ikke i byen, men det er noe av det som vi kan se på bildet.", "no"),
        ("En el centro de la ciudad hay un museo que se puede visitar.", "es"),
    ],
)
def test_words_that_two_languages_share_do_not_hide_those_that_tell_them_apart(text: str, language: str) -> None:
    assert detect_language(text) == language


def test_single_ascii_letters_are_no_function_words() -> None:
    assert detect_language("l d n l d n") == ""  # French, elided


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("あ" + "x" * 9, "ja"),
        ("あ" + "x" * 10, ""),
        ("あ" + "漢" * 9, "ja"),
        ("あ" + "漢" * 10, "zh"),
        ("가" * 2 + "x" * 18, "ko"),
        ("ไ" * 2 + "x" * 19, ""),
    ],
)
def test_a_tenth_of_the_characters_tells_a_language_with_a_script_of_its_own(text: str, language: str) -> None:
    assert detect_language(text) == language


@pytest.mark.parametrize(("text", "language"), [("ა" * 5 + "x" * 5, "ka"), ("ა" * 5 + "x" * 6, ""), ("Ω" * 3, "el")])
def test_half_of_the_characters_tell_the_usual_language_of_a_script(text: str, language: str) -> None:
    assert detect_language(text) == language


def test_the_first_two_thousand_characters_tell() -> None:
    english = " the that with"
    before = "x" * (2000 - len(english))
    assert detect_language(before + english + " und" * 99) == "en"
    assert detect_language("x" * 2000 + " und" * 99) == ""


@pytest.mark.parametrize(
    ("tag", "language"),
    [("en-GB", "en"), ("pt_BR", "pt"), ("NB", "no"), ("zh-Hant-TW", "zh"), ("", ""), ("english", ""), ("x", "")],
)
def test_language_tags_are_cut_to_their_primary_subtag(tag: str, language: str) -> None:
    assert base_language(tag) == language


@pytest.mark.parametrize(
    ("path", "language"),
    [("s/de/a.txt", "de"), ("s/de", "de"), ("s/den/a.txt", "auto"), ("s/x_tr.txt", "tr"), ("s/de/x_tr.txt", "de")],
)
def test_the_first_pattern_that_matches_a_path_says_its_language(path: str, language: str) -> None:
    assert language_at(path, languages_said("s/de/=de-AT, *_tr.txt=tr, auto")) == language


@pytest.mark.parametrize(
    ("setting", "part"),
    [("", ""), ("german", "german"), ("s/de=", "s/de="), ("=de", "=de"), ("de,,tr", ""), ("a=b=c1", "a=b=c1")],
)
def test_what_is_no_language_is_refused(setting: str, part: str) -> None:
    with pytest.raises(ValueError) as error:
        languages_said(setting)
    assert str(error.value) == part
