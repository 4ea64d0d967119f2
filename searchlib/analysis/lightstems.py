"""Stems of languages that Snowball has no algorithm for: light stemmers, and first letters.

A *light* stemmer takes off what nouns and adjectives end with, and leaves verbs and what derives words alone; on such
languages it finds as much as thorough ones (Dolamic and Savoy, "Indexing and stemming approaches for the Czech
language", Information Processing & Management 45(6), 2009; "Indexing and searching strategies for the Russian
language", JASIST 60(12), 2009). Of other languages that inflect at the end of words the *first letters* are the stem,
as in McNamee and Mayfield, "Character n-gram tokenization for European language text retrieval", Information Retrieval
7, 2004.

Bulgarian follows Savoy, "Searching strategies for the Bulgarian language", Information Retrieval 10(6), 2007. Slovak
and Ukrainian have the endings of their grammars in the manner of the Czech and Russian ones.
"""

from __future__ import annotations

from collections.abc import Sequence

VERSION = 1  # raised whenever a word would have another stem
_LETTERS = 6
_LEAST = 3  # letters of a stem

# The longest that a word ends with is taken off.
_SLOVAK = (
    "atami ovia ovie iami ého ému ých ými ách ami ami och ami iach och ovi "
    "eho emu ich imi ej ou ám om ím ým ia iu ie ií iam iach ov ať ia aj at ät "
    "a e i o u y á é í ý ú ô"
)
_UKRAINIAN = (
    "ується юється уються юються ування ювання уванню уванням ування "
    "ового овому овими ення енню енням ання анню анням ість істю ості остей остям остями остях "
    "ього ьому ого ому ими іми ами ями ові еві єві ати яти ити іти ють уть ять ать ться тися ється ється "
    "ів їв ей ий ій їй ої єї ою ею єю их іх ам ям ах ях ом ем єм им ім ає ує ює іє "
    "ла ло ли ти ть а я о е є и і ї у ю ь й"
)
_BULGARIAN_ARTICLES = ("ият", "ът", "то", "те", "та", "ия", "ят", "я")
_BULGARIAN_PLURALS = (("овци", "о"), ("ове", ""), ("еве", "й"), ("ища", ""), ("ци", "к"), ("зи", "г"), ("и", ""))


class LightStemmer:
    """Takes endings off words; as a stemmer of PyStemmer is called."""

    def __init__(self, endings: str) -> None:
        self._endings = frozenset(endings.split())
        self._longest = max(map(len, self._endings))

    def stemWord(self, word: str) -> str:  # noqa: N802
        """The stem of one word."""
        for size in range(min(self._longest, len(word) - _LEAST), 0, -1):
            if word[-size:] in self._endings:
                return word[:-size]
        return word

    def stemWords(self, words: Sequence[str]) -> list[str]:  # noqa: N802
        """The stems of many words."""
        return [self.stemWord(word) for word in words]


class BulgarianStemmer(LightStemmer):
    """Takes off the article, then the plural, then the vowel of the gender."""

    def __init__(self) -> None:
        super().__init__("а о е я")

    def stemWord(self, word: str) -> str:  # noqa: N802
        """The stem of one word."""
        for article in _BULGARIAN_ARTICLES:
            if word.endswith(article) and len(word) - len(article) >= _LEAST:
                word = word.removesuffix(article)
                break
        for plural, singular in _BULGARIAN_PLURALS:
            if word.endswith(plural) and len(word) - len(plural) >= _LEAST:
                return word.removesuffix(plural) + singular
        return super().stemWord(word)


class FirstLetters(LightStemmer):
    """Leaves the first six letters."""

    def __init__(self) -> None:
        pass

    def stemWord(self, word: str) -> str:  # noqa: N802
        """The stem of one word."""
        return word[:_LETTERS]


# No prefixes, many endings.
_BY_LETTERS = "az be bn gu is ka kk kn ky lv mk ml mn mr pa si sl sq te tg tt ug ur uz"


def light_stemmer(language: str) -> tuple[str, LightStemmer] | None:
    """What stems a language, and its name; None if nothing here does."""
    if language in _BY_LETTERS.split():
        return "letters", FirstLetters()
    if language == "bg":
        return "light bulgarian", BulgarianStemmer()
    if language == "sk":
        return "light slovak", LightStemmer(_SLOVAK)
    if language == "uk":
        return "light ukrainian", LightStemmer(_UKRAINIAN)
    return None
