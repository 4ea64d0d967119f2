"""The language of a text is told by its script and its function words."""

import pytest

from searchlib.analysis import base_language, detect_language

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


def test_a_shared_script_without_function_words_still_tells() -> None:
    assert detect_language("Стамбул Анкара Киев", "en") == "ru"


@pytest.mark.parametrize(
    ("tag", "language"),
    [("en-GB", "en"), ("pt_BR", "pt"), ("NB", "no"), ("zh-Hant-TW", "zh"), ("", ""), ("english", ""), ("x", "")],
)
def test_language_tags_are_cut_to_their_primary_subtag(tag: str, language: str) -> None:
    assert base_language(tag) == language
